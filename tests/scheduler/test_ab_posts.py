"""One A and one B for each circuit, through all opening hours."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest

from scheduler.ab_posts import ab_posts
from wfm.errors import BadInput
from wfm.hotline import Group, OpeningHours, Seats, Trunks, calendar_of, find_hotline, load_hotline

MONDAY = date(2026, 9, 7)


def on_duty(hotline, posts, moment):
    """A posts on duty at the moment, counted shift by shift."""
    shifts = {s.id: s for s in hotline.shifts}
    total = 0
    for row in posts.itertuples(index=False):
        start = row.date + pd.Timedelta(minutes=shifts[row.shift].start_min)
        if start <= moment < start + pd.Timedelta(minutes=shifts[row.shift].length_min):
            total += row.posts_a
    return total


def test_the_court_line_has_an_a_and_a_b_for_each_circuit():
    """§91: DB330503/T 02.3: 按照线路数量设置AB岗; lunch in turn, on working days only."""
    hotline = load_hotline(find_hotline("nanxun-12368"))
    found = ab_posts(hotline, MONDAY, 7, calendar_of(hotline))
    assert found.circuits == {"court": hotline.trunks.circuits}
    assert found.choices == ()
    assert found.posts["date"].nunique() == 5
    by_day = found.posts.groupby("date")[["posts_a", "posts_b"]].sum()
    assert set(by_day["posts_a"]) == set(by_day["posts_b"]) == {4}
    assert set(found.posts["shift"]) == {"day-1", "day-2"}
    assert set(found.posts["posts_a"]) == {2}


def test_round_the_clock_every_circuit_always_has_a_post(make):
    """§91"""
    hotline = make.hotline(trunks=Trunks(circuits=3))
    found = ab_posts(hotline, MONDAY, 7, calendar_of(hotline))
    for hour in range(7 * 24):
        assert on_duty(hotline, found.posts, pd.Timestamp(MONDAY) + pd.Timedelta(hours=hour)) == 3
    assert found.posts["posts_b"].eq(3).all()


def test_a_night_of_the_eve_holds_the_first_hours(make):
    """§91"""
    shifts = (make.shift("day", "08:00", "20:00"), make.shift("night", "20:00", "08:00", night=True))
    hotline = make.hotline(trunks=Trunks(circuits=2), shifts=shifts)
    found = ab_posts(hotline, MONDAY, 3, calendar_of(hotline))
    assert found.posts["date"].min() == pd.Timestamp(MONDAY - timedelta(days=1))
    for hour in range(72):
        assert on_duty(hotline, found.posts, pd.Timestamp(MONDAY) + pd.Timedelta(hours=hour)) == 2


def test_what_the_rule_leaves_open_is_chosen_aloud(make):
    """§91"""
    groups = (
        Group(id="all", name=make.text("all"), lines=("general",), posts_per_backup=2),
        Group(id="women", name=make.text("women"), lines=("women",)),
    )
    hotline = make.hotline(
        lines=(make.line("general"), make.line("women")), groups=groups, seats=Seats(built=9, opened=5)
    )
    silent = ab_posts(hotline, MONDAY, 1, calendar_of(hotline))
    assert sum(silent.circuits.values()) == 5
    assert any("seats opened are taken for it" in c.en for c in silent.choices)
    assert any("how circuits are divided is not given" in c.en for c in silent.choices)
    assert all(c.en != c.zh for c in silent.choices)
    many = ab_posts(hotline, MONDAY, 1, calendar_of(hotline), circuits=50)
    assert sum(many.circuits.values()) == 5
    assert any("limited to the seats" in c.en for c in many.choices)
    given = ab_posts(hotline, MONDAY, 1, calendar_of(hotline), circuits={"all": 3})
    assert given.circuits == {"all": 3, "women": 0}
    assert given.choices == ()
    assert set(given.posts["posts_b"]) == {2}, "two A share a B"


def test_hours_in_no_shift_are_named(make):
    """§91"""
    shifts = (make.shift("day", "09:00", "17:00"),)
    hours = OpeningHours(weekday=("08:00", "18:00"), weekend=None, holiday=None)
    hotline = make.hotline(trunks=Trunks(circuits=1), shifts=shifts, opening=hours)
    found = ab_posts(hotline, MONDAY, 7, calendar_of(hotline))
    assert len(found.posts) == 5
    assert any("10 opening hours lie in no shift" in c.en for c in found.choices)


@pytest.mark.parametrize(
    ("circuits", "expected"), [({"none": 1}, "unknown group none"), ({"all": -1}, "0 or more"), (-2, "0 or more")]
)
def test_circuits_that_cannot_be(make, circuits, expected):
    hotline = make.hotline()
    with pytest.raises(BadInput, match=expected):
        ab_posts(hotline, MONDAY, 1, calendar_of(hotline), circuits=circuits)
