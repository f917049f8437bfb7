"""``wfm import`` of layouts: what it finds, tells, keeps and refuses, in both languages."""

from __future__ import annotations

import csv
import json
import re
from datetime import date
from pathlib import Path

import pytest

from wfm.cli.app import run
from wfm.i18n import use_language
from wfm.records import RecordStore

HSPLIT = (
    "row_date,starttime,split,callsoffered,acdcalls,abncalls,acdtime,anstime,acwtime\n"
    "14/09/2026,800,1,12,11,1,3520,132,605\n"
    "14/09/2026,830,1,9,9,0,2790,63,495\n"
    "14/09/2026,800,7,9,9,0,2790,63,495\n"
)
LOG = (
    "1789344000|a|general|NONE|ENTERQUEUE||13912345678|1\n"
    "1789344012|a|general|SIP/8|CONNECT|12|x|4\n"
    "1789344312|a|general|SIP/8|COMPLETECALLER|12|300|1\n"
)


@pytest.fixture
def wfm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Run a command: its exit code, output and error."""
    monkeypatch.setenv("WFM_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, language: str = "en") -> tuple[int, str, str]:
        with use_language(language):
            code = run(["--lang", language, *arguments])
        told = capsys.readouterr()
        return code, told.out, told.err

    return call


TO = ("--hotline", "guizhou-12348")


def test_settings_of_a_layout(wfm, tmp_path: Path) -> None:
    (tmp_path / "h.txt").write_text(HSPLIT, encoding="utf-8")
    (tmp_path / "s.yaml").write_text(
        "layout: avaya-hsplit\nhotline: guizhou-12348\ndate_format: '%d/%m/%Y'\nlines: {1: general, 7: skip}\n",
        encoding="utf-8",
    )
    code, out, _ = wfm("import", "h.txt", "--map", "s.yaml", "--json", "--rejects", "r.csv")
    told = json.loads(out)
    assert code == 0
    assert (told["layout"], told["level"], told["interval_min"]) == ("avaya-hsplit", "intervals", 30)
    assert (told["rows_read"], told["accepted"], told["left_out"], told["calls"]) == (3, 2, 1, 21)
    assert told["queues"] == {"1": "general"}
    assert "first_attempts" in told["not_known"]
    assert [part["day"] for part in told["partial_days"]] == ["2026-09-14"]
    with (tmp_path / "r.csv").open(encoding="utf-8-sig", newline="") as listed:
        assert [(r["line"], r["code"]) for r in csv.DictReader(listed)] == [("4", "left_out")]
    # The option goes before the file of settings.
    code, out, _ = wfm("import", "h.txt", "--map", "s.yaml", "--lines", "7=consumer", "--json")
    assert json.loads(out)["queues"] == {"1": "general", "7": "consumer"}


def test_a_mapping_of_calls_takes_lines_too(wfm, tmp_path: Path) -> None:
    header = "来电时间,接通时间,挂机时间,主叫号码,专线,座席工号,结果,满意度"
    row = "2026-09-14 08:00:00,2026-09-14 08:00:12,2026-09-14 08:05:12,13912345678,甲队列,1001,接通,满意"
    (tmp_path / "c.csv").write_text(f"{header}\n{row}\n", encoding="gbk")
    code, out, _ = wfm("import", "c.csv", *TO, "--lines", "甲队列=consumer", "--json")
    told = json.loads(out)
    assert (code, told["layout"], told["level"], told["accepted"]) == (0, "chinese-acd", "calls", 1)
    calls = RecordStore(tmp_path / "home", "guizhou-12348").calls(date(2026, 9, 14), date(2026, 9, 14))
    assert calls["line"].tolist() == ["consumer"]


def test_calls_and_intervals_of_one_day(wfm, tmp_path: Path) -> None:
    (tmp_path / "queue_log").write_text(LOG, encoding="utf-8")
    (tmp_path / "t.csv").write_text("interval,line,offered\n2026-09-14 08:00,general,9\n", encoding="utf-8")
    code, out, _ = wfm("import", "queue_log", *TO)
    assert (code, "Asterisk queue_log" in out, "1 calls accepted" in out) == (0, True, True)
    code, out, _ = wfm("import", "t.csv", *TO)
    assert code == 0
    assert "of 1 days both calls and intervals are stored" in out
    code, out, _ = wfm("import", "t.csv", *TO, "--json")
    told = json.loads(out)
    assert (told["already_imported"], told["days_with_calls_and_intervals"]) == (True, ["2026-09-14"])


def test_recorded_intervals_are_not_put_beside_synthetic_calls(wfm, tmp_path: Path) -> None:
    assert wfm("generate-calls", "guizhou-12348", "--first", "2026-09-14", "--days", "1", "--store")[0] == 0
    (tmp_path / "t.csv").write_text("interval,line,offered\n2026-09-14 08:00,general,9\n", encoding="utf-8")
    code, _, err = wfm("import", "t.csv", *TO)
    assert (code, "holds synthetic calls" in err) == (2, True)
    assert wfm("import", "t.csv", *TO, "--mix")[0] == 0


@pytest.mark.parametrize("language", ["en", "zh"])
def test_all_that_is_said_of_a_good_file(wfm, tmp_path: Path, language: str) -> None:
    (tmp_path / "h.csv").write_text(HSPLIT.replace("14/09", "09/14") + HSPLIT.splitlines()[1].replace("14/09", "09/14"))
    code, out, _ = wfm("import", "h.csv", *TO, "--lines", "1=general,7=skip", language=language)
    assert code == 0
    lines = out.splitlines()
    assert len(lines) == 8
    if language == "zh":
        assert [line for line in lines if not re.search("[一-鿿]", line)] == []
        assert "时段30分钟" in out


@pytest.mark.parametrize(
    ("name", "content", "options"),
    [
        ("empty.csv", b"", ()),
        ("binary.csv", bytes(range(256)) * 20, ()),
        ("words.csv", b"soup,price\nhot,4\n", ()),
        ("half.csv", HSPLIT[:150].encode(), ("--lines", "1=general")),
        ("wrong.csv", b"a,b\n1,2\n", ("--layout", "avaya-hsplit")),
        ("wrong.csv", b"a,b\n1,2\n", ("--layout", "nortel")),
        ("wrong.csv", b"a,b\n1,2\n", ("--layout", "huawei-skills", "--map", "chinese-acd")),
        ("broken.xlsx", b"PK\x03\x04nothing", ()),
        ("broken.parquet", b"PAR1nothing", ()),
        ("log", LOG.replace("general", "elsewhere").encode(), ()),
        ("log", LOG.encode(), ("--lines", "general=nowhere")),
        ("log", LOG.encode(), ("--lines", "general")),
        ("log", b"1789344000|NONE|NONE|NONE|QUEUESTART|\n", ()),
        ("t.csv", b"interval,line,offered\n2026-09-14 08:00,general,9\n2026-09-14 09:00,general,9\n", ()),
    ],
)
def test_a_bad_file_is_one_sentence_and_exit_code_2(
    wfm, tmp_path: Path, name: str, content: bytes, options: tuple[str, ...]
) -> None:
    (tmp_path / name).write_bytes(content)
    code, out, err = wfm("import", name, *TO, *options, language="zh")
    said = [line for line in err.splitlines() if not re.match("(正在读取|读取)", line)]
    assert (code, out, len(said)) == (2, "", 1)
    assert re.search("[一-鿿]", said[0])
    assert not (tmp_path / "home" / "records").exists()


def test_a_hotline_is_asked_for(wfm, tmp_path: Path) -> None:
    (tmp_path / "queue_log").write_text(LOG, encoding="utf-8")
    code, _, err = wfm("import", "queue_log")
    assert (code, "--hotline NAME is needed" in err) == (2, True)
