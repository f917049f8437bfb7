"""Marks on days as people make them: kept with who and when, named, taken back, and followed by forecasts."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from scenarios.day_marks import add_mark, confirm_mark, look_for_marks, marks_of, on_day, undo_mark
from wfm.errors import BadInput
from wfm.hotline import Hotline, find_hotline, grid_of, load_hotline
from wfm.records import RecordStore, generate_calls, observed_mask, special_days

DAY = date(2026, 9, 16)


@pytest.fixture(scope="module")
def court() -> Hotline:
    return load_hotline(find_hotline("nanxun-12368"))


def test_a_day_is_annotated_kept_and_followed(court: Hotline, tmp_path: Path) -> None:
    mark = add_mark(tmp_path, court, DAY, DAY, " new  wage law ", "wang")
    (kept,) = marks_of(tmp_path, court).marks
    assert (kept.status, kept.by, str(kept.name)) == ("accepted", "wang", "new wage law")
    assert kept.at is not None
    assert kept.days(court.time_zone) == [DAY]
    assert special_days([kept], court.time_zone) == {DAY: "new wage law"}
    assert on_day([kept], DAY, court.time_zone) == [mark]
    assert on_day([kept], DAY + timedelta(days=1), court.time_zone) == []


def test_days_that_were_not_usual_are_hidden_from_forecasts(court: Hotline, tmp_path: Path) -> None:
    add_mark(tmp_path, court, DAY, DAY + timedelta(days=1), "power cut", "wang", kind="outage")
    grid = grid_of(court, DAY - timedelta(days=1), 4)
    seen = observed_mask(marks_of(tmp_path, court).accepted, grid, court.line_ids)
    by_day = pd.Series(seen[0]).groupby(grid.dates).mean()
    assert list(by_day) == [1.0, 0.0, 0.0, 1.0]


def test_what_is_taken_back_counts_no_more_and_stays_in_the_history(court: Hotline, tmp_path: Path) -> None:
    mark = add_mark(tmp_path, court, DAY, DAY, "storm", "wang")
    undo_mark(tmp_path, court, mark.id, "li")
    marks = marks_of(tmp_path, court)
    assert (marks.accepted, [m.by for m in marks.undone]) == ([], ["li"])
    assert [(e.event, e.by) for e in marks.history(mark)] == [("accepted", "wang"), ("undone", "li")]
    assert on_day(marks.marks, DAY, court.time_zone) == []
    confirm_mark(tmp_path, court, mark.id, "zhao", "hail")
    assert str(marks_of(tmp_path, court).accepted[0].name) == "hail"


def test_a_day_without_calls_is_found_and_waits_for_a_decision(court: Hotline, tmp_path: Path) -> None:
    """Eight weeks, and one working day of which nothing was recorded."""
    calls = generate_calls(court, DAY - timedelta(days=30), 56, 3)
    calls = calls[calls["arrived_at"].dt.date != DAY]
    RecordStore(tmp_path, court.id).add(calls, "made", "synthetic", time_zone=court.time_zone)
    waiting = look_for_marks(tmp_path, court, "wang")
    marks = marks_of(tmp_path, court)
    assert waiting == len(marks.proposed) >= 1
    gap = next(m for m in marks.proposed if DAY in m.days(court.time_zone))
    confirmed = confirm_mark(tmp_path, court, gap.id, "li", "telephone system replaced")
    assert "telephone system replaced" in confirmed.reason.en
    assert confirmed.by == "li"
    assert look_for_marks(tmp_path, court, "wang") == waiting - 1  # what was decided stays decided


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"words": "  "}, "what it was"),
        ({"words": "x" * 201}, "At most 200"),
        ({"last": DAY - timedelta(days=1)}, "before the first"),
        ({"kind": "party"}, "kind: found"),
        ({"line": "nowhere"}, "line: found"),
    ],
)
def test_what_makes_no_mark_is_refused_in_a_sentence(
    court: Hotline, tmp_path: Path, change: dict[str, Any], told: str
) -> None:
    asked: dict[str, Any] = {"first": DAY, "last": DAY, "words": "storm", "who": "wang"} | change
    with pytest.raises(BadInput, match=told):
        add_mark(tmp_path, court, **asked)
    assert marks_of(tmp_path, court).marks == ()


def test_without_records_nothing_is_looked_for(court: Hotline, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no records"):
        look_for_marks(tmp_path, court, "wang")
    with pytest.raises(BadInput, match="found mark"):
        confirm_mark(tmp_path, court, "nothing1", "wang", "x")
