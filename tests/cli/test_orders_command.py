"""``wfm import-orders``, ``import-satisfaction``, ``import-states``, ``orders`` and ``adherence`` as a person types them."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from scheduler import write_duties
from wfm.cli import main
from wfm.store import open_store
from wfm.tables import DUTIES, check_table

HOTLINE = "nanxun-12368"
HEAD = "工单编号,受理时间,工单类型,承办单位,首次联系时间,答复时间,办结时间,满意度,联系电话"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WFM_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *words: str, exits: int = 0) -> str:
    code = main([*words])
    found = capsys.readouterr()
    assert code == exits, found.err
    return found.out if exits == 0 else found.err


def write(path: Path, *lines: str) -> str:
    path.write_text("\n".join(lines) + "\n", encoding="gbk")
    return path.name


def orders(home: Path) -> str:
    return write(
        home / "orders.csv",
        HEAD,
        "G1,2026-09-14 10:00,联系法官,立案庭,2026-09-14 15:00,2026-09-15 10:00,2026-09-15 17:00,满意,13800001111",
        "G2,2026-09-14 10:00,联系法官,民一庭,,,,,13800002222",
        "G3,2026-09-14 10:00,其他,民一庭,,,2026-09-15 09:00,不满意,13800003333",
        "G4,没有时间,其他,民一庭,,,,,13800003333",
    )


def test_orders_are_imported_told_and_judged(home, capsys):
    file = orders(home)
    refused = run(capsys, "import-orders", file, "--hotline", HOTLINE, exits=2)
    assert "1 of 4 rows rejected, nothing imported; line 5: 受理时间: '没有时间' is no time" in refused
    asked = ("import-orders", file, "--hotline", HOTLINE, "--rejected-max", "0.5", "--rejects", "rejects.csv")
    told = json.loads(run(capsys, *asked, "--json"))
    assert (told["rows_read"], told["accepted"], told["rejected"], told["table"]) == (4, 3, 1, "work_orders")
    assert told["columns"][0] == "item"
    assert (home / "rejects.csv").read_text(encoding="utf-8-sig").splitlines()[1].startswith("5,bad_time,")
    assert "imported before" in run(capsys, *asked)
    survey = write(
        home / "survey.csv",
        "通话编号,评价时间,评价结果,回访时间",
        "C1,2026-09-14 11:00,基本满意,",
        "C2,2026-09-14 11:00,满意,",
    )
    assert "2 accepted: Satisfaction answers" in run(capsys, "import-satisfaction", survey, "--hotline", HOTLINE)
    found = run(capsys, "orders", HOTLINE, "--from", "2026-09-01", "--to", "2026-09-30", "--now", "2026-09-30T12:00")
    for words in ("Timely reply rate", "≥ 95.0 %", "no data", "By department", "民一庭", "not called back", "C1"):
        assert words in found
    told = json.loads(run(capsys, "orders", HOTLINE, "--now", "2026-09-30T12:00", "--json"))
    assert (told["from"], told["to"], told["orders"], told["answers"]) == ("2026-09-01", "2026-09-15", 3, 4)
    assert [row["item"] for row in told["not_called_back"]] == ["C1"]
    assert told["call_back_unknown"] == 1, "the file of the orders has neither follow-up nor call-back"
    rows = {row["target"]: row for row in told["rows"]}
    assert rows["satisfaction"]["value"] == 0.75
    assert rows["effective-closure"]["value"] is None
    for path in (home / "home").rglob("*"):
        assert not path.is_file() or b"1380000" not in path.read_bytes()


def test_nothing_imported_is_said(home, capsys):
    assert "no work orders and no satisfaction answers" in run(capsys, "orders", HOTLINE, exits=2)
    asked = ("orders", HOTLINE, "--from", "2026-09-30", "--to", "2026-09-01")
    assert "--to: 2026-09-01 lies before --from 2026-09-30" in run(capsys, *asked, exits=2)
    assert "沒有" not in run(capsys, "--lang", "zh", "orders", HOTLINE, exits=2)
    assert "尚未导入" in run(capsys, "--lang", "zh", "orders", HOTLINE, exits=2)


def duties() -> pd.DataFrame:
    rows = [
        {
            "agent": agent,
            "date": pd.Timestamp("2026-09-14"),
            "shift": "day-1",
            "group": "day",
            "post": "1",
            "role": "A",
            "start": pd.Timestamp("2026-09-14 09:00", tz="Asia/Shanghai"),
            "end": pd.Timestamp("2026-09-14 17:00", tz="Asia/Shanghai"),
            "breaks": "12:00-13:00",
            "remote": False,
        }
        for agent in ("A001", "A002")
    ]
    return check_table(DUTIES, pd.DataFrame(rows))


def test_adherence_to_the_published_roster_and_to_a_file(home, capsys):
    states = write(
        home / "states.csv",
        "工号,状态,开始时间,结束时间",
        "A001,签入,2026-09-14 09:30,2026-09-14 12:00",
        "A001,签入,2026-09-14 13:00,2026-09-14 17:00",
    )
    asked = ("adherence", HOTLINE, "--from", "2026-09-14")
    write_duties(duties(), home / "duties.csv")
    assert "no agents' states" in run(capsys, *asked, "--duties", "duties.csv", exits=2)
    told = run(capsys, "import-states", states, "--hotline", HOTLINE)
    assert "2 accepted: Agent states" in told
    assert "agents who are not in agents.csv" not in told
    stranger = write(home / "stranger.csv", "工号,状态,开始时间,结束时间", "Z9,签入,2026-10-14 09:30,2026-10-14 12:00")
    assert "not in agents.csv: 1 (Z9)" in run(capsys, "import-states", stranger, "--hotline", HOTLINE)
    told = json.loads(run(capsys, *asked, "--duties", "duties.csv", "--json"))
    # A001 half an hour late of eight, A002 absent: 7.5 of 16 hours; worked 6.5 of 14.
    assert told["adherence"] == 7.5 / 16
    assert told["conformance"] == 6.5 / 14
    assert told["fates_s"]["late"] == 1800
    assert told["fates_s"]["absent"] == 8 * 3600
    assert told["never_seen"] == ["A002"]
    assert sum(told["fates_s"].values()) == told["scheduled_s"]
    assert "no roster of nanxun-12368 is published" in run(capsys, *asked, exits=2)
    store = open_store()
    store.save_roster(hotline=HOTLINE, first=date(2026, 9, 14), last=date(2026, 9, 20), duties=duties(), published=True)
    shown = run(capsys, *asked)
    assert "adherence 46.9 %: 7.5 of 16.0 scheduled hours were as scheduled" in shown
    assert "absent all duty" in shown
    assert "rostered people who occur in no state: 1" in shown
    part = json.loads(run(capsys, *asked, "--now", "2026-09-14T13:00", "--json"))
    assert part["scheduled_s"] == 8 * 3600
