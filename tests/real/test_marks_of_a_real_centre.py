"""Gaps in the records of a real call centre, whose missing days are known from their description."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

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
