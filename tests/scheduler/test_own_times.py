"""Duties with times of their own: put into a cell, told by it, judged, kept on their post, and breaks within them."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from scheduler.own_times import clock_span, times_of
from scheduler.roster_cells import Cell, StandingDuty, cells_of, live_roster
from scheduler.roster_changes import roster_changes
from scheduler.roster_grid import roster_grid
from scheduler.slots import Slots
from wfm.errors import BadInput
from wfm.hotline import Break

MONDAY = date(2026, 9, 14)
ZONE = ZoneInfo("Asia/Shanghai")


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.fixture
def problem(make):
    shifts = (
        make.shift("day", "08:00", "16:00", breaks=(Break(after_min=240, length_min=60),)),
        make.shift("night", "20:00", "04:00", night=True),
    )
    hotline = make.hotline(shifts=shifts)
    return make.problem(hotline, make.agents(3), make.posts([(0, "day", 2, 0), (0, "night", 1, 0)]))


def test_a_span_over_midnight_ends_on_the_next_day(problem):
    assert times_of(problem, MONDAY, "day") == (at("2026-09-14T08:00"), at("2026-09-14T16:00"))
    assert times_of(problem, MONDAY, "day", "08:00-18:30") == (at("2026-09-14T08:00"), at("2026-09-14T18:30"))
    assert times_of(problem, MONDAY, "night", "20:00-05:30") == (at("2026-09-14T20:00"), at("2026-09-15T05:30"))
    with pytest.raises(BadInput, match="found 'later'"):
        times_of(problem, MONDAY, "day", "later")


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        ("2026-09-14T20:00", "2026-09-15T05:30", "20:00-05:30"),
        ("2026-09-14T00:00", "2026-09-15T00:00", "00:00-00:00"),
        ("2026-09-13T23:00", "2026-09-14T08:00", None),  # begins on another day than its own
        ("2026-09-14T08:00", "2026-09-15T09:00", None),  # longer than a day
    ],
)
def test_what_a_cell_can_hold(start, end, told):
    assert clock_span(MONDAY, at(start), at(end)) == told


def test_somebody_stays_longer_on_the_same_post_and_the_checker_says_so(make, problem):
    begun = make.duties(problem.hotline, [("a0", 0, "day", "A"), ("a1", 0, "day", "A")])
    live = live_roster(problem, begun)
    assert not [v for v in live.violations if v.rule == "shift_times"]
    longer = StandingDuty("day", "all", "A", times="08:00-17:30")
    later = live.with_cells({("a1", MONDAY): Cell((longer,))})
    (duty,) = later.rows["a1", MONDAY]
    assert (duty.end, duty.post) == (at("2026-09-14T17:30"), live.rows["a1", MONDAY][0].post)
    (found,) = [v for v in later.violations if v.rule == "shift_times"]
    assert "2026-09-14 08:00 to 2026-09-14 17:30 is not the shift day (08:00 to 16:00)" in found.text.en
    # Kept and read again, the cell is the same; so is the roster made of its duties.
    assert Cell.of_plain(later.cell("a1", MONDAY).plain()) == Cell((longer,))
    assert cells_of(problem, later.duties())["a1", MONDAY] == Cell((longer,))
    assert live_roster(problem, later.duties()).cells == later.cells
    back = later.with_cells({("a1", MONDAY): live.cell("a1", MONDAY)})
    assert back.cells == live.cells
    assert back.rows == live.rows


def test_breaks_after_the_end_are_none(make, problem):
    live = live_roster(problem, make.duties(problem.hotline, [("a0", 0, "day", "A")]))
    assert live.duties()["breaks"].tolist() == ["12:00-13:00"]
    sooner = live.with_cells({("a0", MONDAY): Cell((StandingDuty("day", "all", "A", times="08:00-12:30"),))})
    assert sooner.duties()["breaks"].tolist() == [""]
    longer = live.with_cells({("a0", MONDAY): Cell((StandingDuty("day", "all", "A", times="06:00-16:00"),))})
    assert longer.duties()["breaks"].tolist() == ["12:00-13:00"]


@pytest.mark.parametrize(
    ("times", "hours"),
    [
        ("", 7.0),  # eight hours with an unpaid hour at noon
        ("08:00-17:30", 8.5),
        ("06:00-16:00", 9.0),
        ("08:00-12:30", 4.5),  # gone before the break is over: none of it was one
        ("13:00-16:00", 3.0),
    ],
)
def test_its_hours_are_its_own(make, problem, times, hours):
    """§79"""
    live = live_roster(problem, make.duties(problem.hotline, [("a1", 0, "day", "A"), ("a0", 0, "night", "A")]))
    changed = live.with_cells({("a1", MONDAY): Cell((StandingDuty("day", "all", "A", times=times),))})
    assert changed.totals("a1").hours == hours
    assert changed.totals("a0").hours == 8
    grid = roster_grid(problem, changed.duties())
    assert {row.agent: row.hours for row in grid.rows} == {"a0": 8, "a1": hours, "a2": 0}
    earlier = replace(problem, history=changed.duties(), first=MONDAY + timedelta(days=1))
    assert {d.paid_min / 60 for d in Slots(earlier).past if d.shift_id == "day"} == {hours}


def test_times_are_told_as_a_difference_only_where_they_alone_differ(make, problem):
    before = make.duties(problem.hotline, [("a0", 0, "day", "A"), ("a1", 0, "night", "A")])
    after = before.copy()
    after.loc[0, "end"] = pd.Timestamp("2026-09-14 18:00", tz="Asia/Shanghai")
    (change,) = roster_changes(before, after)
    assert [d.times for d in (*change.lost, *change.gained)] == ["08:00–16:00", "08:00–18:00"]
    other = make.duties(problem.hotline, [("a0", 0, "night", "A"), ("a1", 0, "night", "A")])
    (change,) = roster_changes(before, other)
    assert [d.times for d in (*change.lost, *change.gained)] == ["", ""]
    elsewhere = before.assign(start=before["start"].dt.tz_convert("UTC"), end=before["end"].dt.tz_convert("UTC"))
    assert roster_changes(before, elsewhere) == []
