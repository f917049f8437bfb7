"""Gaps in the records of real call centres, whose missing days are known."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from wfm.calendar import DayKind, TimeGrid, WorkingCalendar
from wfm.hotline import calendar_of, grid_of, load_hotline
from wfm.records import aggregate_actuals, import_calls, load_mapping
from wfm.records.cleaning import Mark, find_marks

pytestmark = pytest.mark.real_data

FOLDER = Path(__file__).resolve().parents[1] / "data" / "anonymous-bank"


@pytest.fixture(scope="module")
def marks(bench_data: Path) -> list[Mark]:
    hotline = load_hotline(FOLDER)
    file = bench_data / "anonymous_bank_1999_calls_jan_feb.parquet"
    calls = import_calls(file, load_mapping("anonymous-bank"), hotline=hotline, key=b"k").calls
    grid = grid_of(hotline, date(1999, 1, 1), 59)
    actuals = aggregate_actuals(calls, grid, hotline.line_ids, hotline.short_abandon_s)
    return find_marks(actuals, grid, calendar_of(hotline), hotline.line_ids)


def test_the_missing_days_are_a_gap(marks: list[Mark]) -> None:
    (gap,) = (mark for mark in marks if mark.kind == "gap")
    assert gap.line is None
    zone = gap.start.tzinfo
    assert datetime(1999, 1, 10, 23, tzinfo=zone) <= gap.start <= datetime(1999, 1, 11, tzinfo=zone)
    assert datetime(1999, 1, 13, tzinfo=zone) <= gap.end <= datetime(1999, 1, 13, 7, tzinfo=zone)
    assert gap.usual > 2000


def test_other_days_are_mostly_left_alone(marks: list[Mark]) -> None:
    # Nobody says of this centre what else went wrong: on most of its 59 days nothing may be claimed.
    assert len({day for mark in marks for day in mark.days("Asia/Jerusalem")}) < 20
    assert not [mark for mark in marks if mark.kind == "partial_day"]


def test_working_days_absent_from_a_file_are_its_gap(bench_data: Path) -> None:
    """§108"""
    rows = pd.read_parquet(bench_data / "bank_calls_5min_to_2003-09-12.parquet")
    calendar = WorkingCalendar("US")
    first, last = rows["timestamp"].min().date(), rows["timestamp"].max().date()
    grid = TimeGrid(first, (last - first).days + 1, 30, "America/New_York")
    counts = np.zeros(len(grid))
    np.add.at(counts, grid.locate(rows["timestamp"].dt.tz_localize("America/New_York")), rows["calls"].to_numpy(float))
    actuals = pd.DataFrame({"line": "x", "interval": grid.starts, "first_attempts": counts, "offered": counts})
    marks = find_marks(actuals, grid, calendar, ["x"])
    held = set(rows["timestamp"].dt.date)
    absent = {day for day in grid.day_list if day not in held and calendar.kind(day) is DayKind.WEEKDAY}
    gaps = {day for mark in marks if mark.kind == "gap" for day in mark.days("America/New_York")}
    assert absent
    assert {day for day in gaps if calendar.kind(day) is DayKind.WEEKDAY} == absent
    # The Tuesdays after two holidays brought a quarter more calls than other Tuesdays.
    assert [mark.name.en for mark in marks if mark.kind == "special_day"] == ["after Memorial Day", "after Labor Day"]
    assert len(marks) < 12
