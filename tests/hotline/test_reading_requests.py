"""wishes, pins and busy hours: CSV and Excel as offices write them, and every mistake with its line."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import openpyxl
import pytest

from wfm.errors import BadInput
from wfm.hotline import Agent, load_busy, load_hotline, load_pins, load_wishes

AGENTS = [Agent(id=name, lines=("general",)) for name in ("L001", "L002")]


@pytest.fixture
def hotline(write_hotline, hotline_text):
    return load_hotline(write_hotline(hotline_text))


def test_without_files_there_is_nothing(hotline, tmp_path):
    assert load_wishes(hotline, tmp_path, AGENTS) == []
    assert load_pins(hotline, tmp_path, AGENTS) == []
    assert load_busy(hotline, tmp_path, AGENTS) == []


def test_wishes_in_chinese(hotline, tmp_path):
    shift = hotline.shifts[0]
    (tmp_path / "wishes.csv").write_bytes(
        f"工号,日期,班次,意愿,权重\nL001,2026年9月20日,{shift.name.zh},想上,3\nL002,2026/9/21,,不想,\n".encode("gbk")
    )
    one, two = load_wishes(hotline, tmp_path, AGENTS)
    assert (one.agent, one.date, one.shift, one.wanted, one.weight) == ("L001", date(2026, 9, 20), shift.id, True, 3)
    assert (two.shift, two.wanted, two.weight) == ("", False, 1)


def test_pins_know_days_off_groups_and_roles(hotline, tmp_path):
    shift, group = hotline.shifts[0], hotline.groups[0]
    (tmp_path / "pins.csv").write_text(
        f"agent,date,shift,group,role\nL001,2026-09-20,{shift.id},{group.name.en},a\nL002,2026-09-20,休,,\n",
        encoding="utf-8",
    )
    one, two = load_pins(hotline, tmp_path, AGENTS)
    assert (one.shift, one.group, one.role) == (shift.id, group.id, "A")
    assert (two.shift, two.group, two.role) == ("", "", "")


def test_busy_hours_from_csv_and_excel(hotline, tmp_path):
    rows = [
        ("L001", "2026-09-20 14:00", "2026/9/20 16:30", "开庭", "case 7"),
        ("L001", "2026-09-21", "", "培训", ""),
        ("L002", "2026-09-22", "2026-12-31", "哺乳期", ""),
        ("L002", "2026-09-20T08:00+08:00", "2026-09-20T24:00+08:00", "", ""),
    ]
    (tmp_path / "busy.csv").write_text(
        "工号,开始时间,结束时间,类别,事由\n" + "".join(",".join(row) + "\n" for row in rows), encoding="utf-8"
    )
    found = load_busy(hotline, tmp_path, AGENTS)
    east = timezone(timedelta(hours=8))
    assert [(b.start, b.end, b.kind) for b in found] == [
        (datetime(2026, 9, 20, 14), datetime(2026, 9, 20, 16, 30), "busy"),  # noqa: DTZ001
        (datetime(2026, 9, 21), datetime(2026, 9, 22), "training"),  # noqa: DTZ001
        (datetime(2026, 9, 22), datetime(2027, 1, 1), "protected"),  # noqa: DTZ001
        (datetime(2026, 9, 20, 8, tzinfo=east), datetime(2026, 9, 21, tzinfo=east), "busy"),
    ]
    (tmp_path / "busy.csv").unlink()
    book = openpyxl.Workbook()
    book.active.append(["agent", "start", "end", "kind"])
    book.active.append(["L001", datetime(2026, 9, 20, 14), datetime(2026, 9, 20, 16, 30), "busy"])  # noqa: DTZ001
    book.active.append(["L002", datetime(2026, 9, 21), datetime(2026, 9, 22), "training"])  # noqa: DTZ001
    book.save(tmp_path / "busy.xlsx")
    one, two = load_busy(hotline, tmp_path, AGENTS)
    assert (one.start.hour, one.end.minute) == (14, 30)
    assert (two.start, two.end) == (datetime(2026, 9, 21), datetime(2026, 9, 23))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("wishes", "agent,date,wanted\nL009,2026-09-20,yes\n", "wishes.csv:2: agent: unknown agent 'L009'"),
        ("wishes", "agent,date,wanted\nL001,soon,yes\n", "wishes.csv:2: date: should be a date"),
        ("wishes", "agent,date,wanted\nL001,2026-09-20,maybe\n", "wishes.csv:2: wanted: should be yes or no"),
        ("wishes", "agent,date,wanted,weight\nL001,2026-09-20,yes,0\n", "wishes.csv:2: weight: should be at least 1"),
        ("wishes", "agent,date,shift,wanted\nL001,2026-09-20,none,yes\n", "wishes.csv:2: shift: unknown shift 'none'"),
        ("wishes", "agent,date,wanted\nL001,2026-09-20,yes\nL001,2026-09-20,no\n", "same already in line 2"),
        ("pins", "agent,date,role\nL001,2026-09-20,A\n", "pins.csv:2: shift: a day off has neither group nor role"),
        ("pins", "agent,date,group\nL001,2026-09-20,none\n", "pins.csv:2: group: unknown group 'none'"),
        ("busy", "agent,start,end\nL001,2026-09-20 14:00,2026-09-20 13:00\n", "busy.csv:2: end: ends"),
        ("busy", "agent,start\nL001,2026-09-20 26:00\n", "busy.csv:2: start: should be a time"),
        ("busy", "agent,start,kind\nL001,2026-09-20,party\n", "busy.csv:2: kind: should be busy, training"),
    ],
)
def test_mistakes_name_their_place(hotline, tmp_path, name, text, expected):
    (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    load = {"wishes": load_wishes, "pins": load_pins, "busy": load_busy}[name]
    with pytest.raises(BadInput) as caught:
        load(hotline, tmp_path, AGENTS)
    assert expected in str(caught.value)
