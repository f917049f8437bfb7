"""Marks: kept with their history, accepted and undone, and what they mean for whoever learns from the records."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from wfm.calendar import TimeGrid, WorkingCalendar
from wfm.errors import BadInput
from wfm.i18n import Text
from wfm.records.cleaning import KINDS, Mark, MarkHistory, observed_mask, special_days
from wfm.records.cleaning.marks import mark_id

ZONE = "Asia/Shanghai"
GRID = TimeGrid(date(2026, 9, 14), 2, 60, ZONE)
START, END = GRID.starts[0].to_pydatetime(), GRID.ends[-1].to_pydatetime()


def at(text: str, zone: str = ZONE) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def mark(start: str, end: str, kind: str = "outage", line: str | None = None, status: str = "proposed", **more) -> Mark:
    begins, ends = at(start), at(end)
    return Mark(mark_id(line, begins, ends, kind), line, begins, ends, kind, Text("why", "为何"), status=status, **more)


@pytest.fixture
def history(tmp_path: Path) -> MarkHistory:
    return MarkHistory(tmp_path, "somewhere")


def test_accepted_marks_hide_the_intervals_they_touch() -> None:
    """§106"""
    marks = [
        mark("2026-09-14T10:15", "2026-09-14T11:15", status="accepted"),
        mark("2026-09-15T00:00", "2026-09-15T02:00", "gap", "b", "accepted"),
        mark("2026-09-14T20:00", "2026-09-14T21:00", status="proposed"),
        mark("2026-09-14T22:00", "2026-09-14T23:00", status="undone"),
        mark("2026-09-14T00:00", "2026-09-15T00:00", "special_day", status="accepted"),
    ]
    seen = observed_mask(marks, GRID, ["a", "b"])
    assert np.flatnonzero(~seen[0]).tolist() == [10, 11]
    assert np.flatnonzero(~seen[1]).tolist() == [10, 11, 24, 25]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_but_special_days_hides(kind: str) -> None:
    """§106"""
    seen = observed_mask([mark("2026-09-14T05:00", "2026-09-14T06:00", kind, status="accepted")], GRID, ["a"])
    assert seen.sum() == 48 - (kind != "special_day")


def test_marks_told_in_another_zone_hide_the_same_moments() -> None:
    other = mark("2026-09-14T05:00", "2026-09-14T06:00", status="accepted")
    told = replace(other, start=other.start.astimezone(ZoneInfo("UTC")), end=other.end.astimezone(ZoneInfo("UTC")))
    assert (observed_mask([told], GRID, ["a"]) == observed_mask([other], GRID, ["a"])).all()
    assert mark_id(None, told.start, told.end, told.kind) == other.id


def test_special_days_have_names_that_the_calendar_takes() -> None:
    """§106"""
    flood = mark("2026-09-14T00:00", "2026-09-16T00:00", "special_day", name=Text("flood", "洪水"), status="accepted")
    marks = [
        replace(flood, at=at("2026-10-01T10:00")),
        mark("2026-09-15T00:00", "2026-09-16T00:00", "special_day", status="accepted", at=at("2026-10-02T10:00")),
        mark("2026-09-18T00:00", "2026-09-19T00:00", "special_day"),
        mark("2026-09-20T00:00", "2026-09-21T00:00", "gap", status="accepted"),
    ]
    days = special_days(marks, ZONE)
    assert days == {date(2026, 9, 14): "flood", date(2026, 9, 15): "why"}
    assert WorkingCalendar().with_special(days).special(date(2026, 9, 14)) == ("flood",)
    # In UTC these midnights lie on the day before.
    assert min(special_days([flood], "UTC")) == date(2026, 9, 13)


def test_proposed_accepted_undone_and_nothing_is_ever_changed(history: MarkHistory) -> None:
    """§107"""
    found = mark("2026-09-14T10:00", "2026-09-14T12:00", found=0.0, usual=40.5, spread=7.0)
    assert [m.status for m in history.propose([found], "程序", start=START, end=END)] == ["proposed"]
    before = {path: path.read_bytes() for path in history.folder.iterdir()}
    (accepted,) = history.accept([found.id], "甲")
    assert (accepted.status, accepted.by, accepted.usual) == ("accepted", "甲", 40.5)
    assert [m.status for m in history.propose([found], "程序", start=START, end=END)] == ["accepted"]
    (undone,) = history.undo([found.id], "乙")
    assert (undone.status, undone.by, undone.reason) == ("undone", "乙", found.reason)
    # What was undone is found again and stays undone; nor does it vanish when it is not found.
    for again in ([found], []):
        assert [m.status for m in history.propose(again, "程序", start=START, end=END)] == ["undone"]
    history.accept([found.id], "乙")
    assert [(e.event, e.by) for e in history.events()] == [
        ("proposed", "程序"),
        ("accepted", "甲"),
        ("undone", "乙"),
        ("accepted", "乙"),
    ]
    assert {path: path.read_bytes() for path in before} == before
    assert all(path.suffix == ".jsonl" for path in history.folder.iterdir())


def test_proposals_that_are_not_found_again_are_withdrawn_inside_what_was_looked_at(history: MarkHistory) -> None:
    """§107"""
    inside, outside = mark("2026-09-14T10:00", "2026-09-14T12:00"), mark("2026-09-20T10:00", "2026-09-20T12:00")
    history.propose([inside, outside], "p", start=START, end=END + timedelta(days=9))
    assert history.propose([], "p", start=START, end=END) == []
    assert [m.id for m in history.marks()] == [outside.id]
    # With other numbers the same mark is told anew.
    other = replace(outside, reason=Text("why now", "为何"))
    history.propose([other], "p", start=START, end=END + timedelta(days=9))
    assert [m.reason.en for m in history.marks()] == ["why now"]


def test_what_a_person_adds_is_accepted(history: MarkHistory) -> None:
    """§107"""
    added = history.add(mark("2026-09-14T00:00", "2026-09-15T00:00", "special_day", name=Text("flood", "洪水")), "甲")
    assert added.status == "accepted"
    (kept,) = history.marks()
    assert (kept.status, kept.by, kept.name) == ("accepted", "甲", Text("flood", "洪水"))
    assert kept.start == added.start


def test_two_processes_write_beside_each_other(history: MarkHistory) -> None:
    other = MarkHistory(history.folder.parents[2], "somewhere")
    first, second = mark("2026-09-14T10:00", "2026-09-14T12:00"), mark("2026-09-15T10:00", "2026-09-15T12:00")
    history.propose([first, second], "p", start=START, end=END)
    history.accept([first.id], "a")
    other.accept([second.id], "b")
    assert [(m.status, m.by) for m in history.marks()] == [("accepted", "a"), ("accepted", "b")]


def test_bad_marks_are_said(history: MarkHistory) -> None:
    with pytest.raises(BadInput, match="none: nothing is marked"):
        history.accept(["nonsense"], "a")
    found = mark("2026-09-14T10:00", "2026-09-14T12:00")
    history.propose([found], "p", start=START, end=END)
    with pytest.raises(BadInput, match=f"found mark nonsense, allowed are {found.id}"):
        history.undo([found.id, "nonsense"], "a")
    assert history.marks()[0].status == "proposed"
    (history.folder / "x.jsonl").write_text("{", encoding="utf-8")
    with pytest.raises(BadInput, match=r"x\.jsonl: is no readable file of marks"):
        history.marks()
    (history.folder / "x.jsonl").write_text(json.dumps({"event": "accepted"}), encoding="utf-8")
    with pytest.raises(BadInput, match=r"x\.jsonl"):
        history.marks()
