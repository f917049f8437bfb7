"""Shift cover against a textbook's optimum, brute force and conservation."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler import cover_shifts, rostered_agents
from wfm.calendar import TimeGrid, WorkingCalendar
from wfm.errors import BadInput
from wfm.hotline import Break, Group, OpeningHours, Seats

MONDAY = date(2026, 9, 14)
PLAIN = WorkingCalendar(country=None)


def requirement(grid: TimeGrid, heads, group="all"):
    return pd.DataFrame({"group": group, "interval": grid.starts, "heads": np.asarray(heads, dtype=float)})


def on_duty(cover, hotline, grid):
    """A on duty in each interval counted minute by minute from shift definitions alone."""
    shifts = {s.id: s for s in hotline.shifts}
    minutes = np.zeros(1440 * (grid.days + 3))
    for row in cover.posts.itertuples():
        shift = shifts[row.shift]
        begin = ((row.date.date() - grid.first).days + 1) * 1440 + shift.start_min
        there = np.ones(shift.length_min)
        for pause in shift.breaks:
            there[pause.after_min : pause.after_min + pause.length_min] = 0
        minutes[begin : begin + shift.length_min] += row.posts_a * there
    step = grid.interval_min
    return minutes[1440 : 1440 * (grid.days + 1)].reshape(-1, step).min(axis=1)


def test_union_airways(make):
    """Hillier and Lieberman, Introduction to Operations Research, section 3.4, "Scheduling employees
    at the airport": shifts of 8 h, published solution 48, 31, 39, 43 and 15 people."""
    shifts = (
        make.shift("s1", "06:00", "14:00"),
        make.shift("s2", "08:00", "16:00"),
        make.shift("s3", "12:00", "20:00"),
        make.shift("s4", "16:00", "24:00"),
        make.shift("s5", "22:00", "06:00", night=True),
    )
    needs = {6: 48, 8: 79, 10: 65, 12: 87, 14: 64, 16: 73, 18: 82, 20: 43, 22: 52, 24: 15}
    grid = TimeGrid(MONDAY, 2, 60, "Asia/Shanghai")
    heads = [15 if h < 6 else needs[max(k for k in needs if k <= h)] for h in [*range(24)] * 2]
    hotline = make.hotline(shifts=shifts, interval_min=60)
    cover = cover_shifts(hotline, requirement(grid, heads), grid, PLAIN)
    today = cover.posts[cover.posts["date"] == pd.Timestamp(MONDAY)]
    assert today["posts_a"].sum() == 48 + 31 + 39 + 43 + 15
    eve = cover.posts[cover.posts["date"] < pd.Timestamp(MONDAY)]
    assert eve[["shift", "posts_a"]].to_numpy().tolist() == [["s5", 15]]
    assert cover.proven
    assert cover.shortfall.empty


def test_eve_serves_the_first_hours_and_is_called_tail(make):
    hotline = make.hotline(
        shifts=(make.shift("day", "08:00", "20:00"), make.shift("night", "20:00", "08:00", night=True))
    )
    grid = TimeGrid(MONDAY, 2, 30, "Asia/Shanghai")
    cover = cover_shifts(hotline, requirement(grid, np.ones(96)), grid, PLAIN)
    assert [d.date() for d in cover.posts["date"]] == [
        MONDAY - timedelta(days=1),
        MONDAY,
        MONDAY,
        *[MONDAY + timedelta(days=1)] * 2,
    ]
    assert len(cover.tail) == 16
    assert cover.tail["interval"].max() == grid.starts[15]
    assert cover.shortfall.empty


def test_history_serves_the_first_hours_instead_of_an_eve_shift(make):
    hotline = make.hotline(
        shifts=(make.shift("day", "08:00", "20:00"), make.shift("night", "20:00", "08:00", night=True))
    )
    grid = TimeGrid(MONDAY, 1, 30, "Asia/Shanghai")
    history = make.duties(hotline, [("a0", -1, "night", "A")])
    cover = cover_shifts(hotline, requirement(grid, np.ones(48)), grid, PLAIN, history=history)
    assert (cover.posts["date"] >= pd.Timestamp(MONDAY)).all()
    assert cover.shortfall.empty
    two = cover_shifts(hotline, requirement(grid, np.full(48, 2)), grid, PLAIN, history=history)
    assert set(two.shortfall["interval"]) == set(grid.starts[:16])
    assert (two.shortfall["short_heads"] == 1).all()


def test_breaks_are_relieved(make):
    """One post with a break in the middle of an interval needs a second one then."""
    early = make.shift("early", "08:00", "16:00", breaks=(Break(after_min=250, length_min=20),))
    late = make.shift("late", "11:00", "13:00")
    hotline = make.hotline(shifts=(early, late))
    grid = TimeGrid(MONDAY, 1, 30, "Asia/Shanghai")
    heads = np.where((grid.minutes >= 480) & (grid.minutes < 960), 1, 0)
    cover = cover_shifts(hotline, requirement(grid, heads), grid, PLAIN)
    assert set(cover.posts["shift"]) == {"early", "late"}
    assert (on_duty(cover, hotline, grid)[heads > 0] >= 1).all()


def test_shortfall_where_no_shift_lies(make):
    hotline = make.hotline(shifts=(make.shift("day", "08:00", "16:00"),))
    grid = TimeGrid(MONDAY, 1, 60, "Asia/Shanghai")
    heads = np.where(grid.minutes < 17 * 60, 2, 0)
    cover = cover_shifts(hotline, requirement(grid, heads), grid, PLAIN)
    assert {t.hour for t in cover.shortfall["interval"]} == {*range(8), 16}
    assert (cover.shortfall["short_heads"] == 2).all()


def test_seats_cap_what_all_groups_open_together(make):
    lines = (make.line("general"), make.line("women"))
    groups = tuple(Group(id=f"g-{x.id}", name=make.text(x.id), lines=(x.id,)) for x in lines)
    hotline = make.hotline(lines=lines, groups=groups, seats=Seats(built=9, opened=5))
    grid = TimeGrid(MONDAY, 1, 60, "Asia/Shanghai")
    both = pd.concat([requirement(grid, np.full(24, 3), g.id) for g in groups])
    cover = cover_shifts(hotline, both, grid, PLAIN)
    assert cover.posts.groupby("shift")["posts_a"].sum().max() == 5
    assert cover.shortfall.groupby("interval")["short_heads"].sum().tolist() == [1.0] * 24
    assert cover_shifts(hotline, both, grid, PLAIN, seats_opened=False).shortfall.empty


def test_shift_begins_only_on_its_days_and_for_its_groups(make):
    shifts = (
        make.shift("office", "08:00", "16:00", days=("weekday",)),
        make.shift("weekend", "08:00", "16:00", days=("weekend",)),
        make.shift("foreign", "08:00", "09:00", groups=("all",)),
    )
    hotline = make.hotline(shifts=shifts, opening=OpeningHours())
    grid = TimeGrid(date(2026, 9, 18), 2, 60, "Asia/Shanghai")  # Friday and Saturday
    heads = np.where((grid.minutes >= 480) & (grid.minutes < 960), 1, 0)
    posts = cover_shifts(hotline, requirement(grid, heads), grid, PLAIN).posts
    assert list(zip(posts["date"].dt.day, posts["shift"], strict=True)) == [(18, "office"), (19, "weekend")]


@pytest.mark.parametrize(("per_backup", "posts_b"), [(0, 0), (1, 5), (2, 3), (4, 2), (9, 1)])
def test_backups_are_a_ceiling(make, per_backup, posts_b):
    group = Group(id="all", name=make.text("all"), lines=("general",), posts_per_backup=per_backup)
    hotline = make.hotline(groups=(group,))
    grid = TimeGrid(MONDAY, 1, 60, "Asia/Shanghai")
    posts = cover_shifts(hotline, requirement(grid, np.full(24, 5)), grid, PLAIN).posts
    assert (posts["posts_a"] == 5).all()
    assert (posts["posts_b"] == posts_b).all()


def test_clock_change_keeps_every_interval_covered(make):
    hotline = make.hotline(time_zone="Europe/Berlin")
    grid = TimeGrid(date(2026, 10, 25), 1, 60, "Europe/Berlin")
    assert len(grid) == 25
    cover = cover_shifts(hotline, requirement(grid, np.ones(25)), grid, PLAIN)
    assert cover.shortfall.empty
    assert cover.posts["posts_a"].sum() == 3


@settings(max_examples=25, deadline=None)
@given(heads=st.lists(st.integers(0, 2), min_size=12, max_size=12), data=st.data())
def test_least_hours_of_all_covers(make, heads, data):
    """Exhaustive search over all covers of a small day finds no cheaper one."""
    hours = data.draw(
        st.lists(st.tuples(st.integers(0, 9), st.integers(2, 8)), min_size=2, max_size=4, unique=True), label="shifts"
    )
    shifts = tuple(
        make.shift(f"s{i}", f"{8 + a:02d}:00", f"{min(8 + a + n, 20):02d}:00") for i, (a, n) in enumerate(hours)
    )
    hotline = make.hotline(shifts=shifts)
    grid = TimeGrid(MONDAY, 1, 60, "Asia/Shanghai")
    needed = np.zeros(24)
    needed[8:20] = heads
    covered = np.zeros((len(shifts), 24))
    for i, s in enumerate(shifts):
        covered[i, s.start_min // 60 : (s.start_min + s.length_min) // 60] = 1
    reachable = np.where(covered.any(axis=0), needed, 0)
    lengths = covered.sum(axis=1)
    best = min(
        float(np.dot(n, lengths))
        for n in product(range(3), repeat=len(shifts))
        if (np.array(n) @ covered >= reachable).all()
    )
    cover = cover_shifts(hotline, requirement(grid, needed), grid, PLAIN)
    assert cover.paid_h == pytest.approx(best)
    assert (on_duty(cover, hotline, grid) >= reachable).all()
    assert cover.shortfall["short_heads"].sum() == (needed - reachable).sum()


def test_four_weeks_round_the_clock_are_covered(make):
    rng = np.random.default_rng(7)
    shifts = (
        *make.standard_shifts,
        make.shift("mid", "10:00", "18:00", breaks=(Break(after_min=240, length_min=45),)),
        make.shift("late", "20:00", "04:00", night=True),
    )
    hotline = make.hotline(shifts=shifts)
    grid = TimeGrid(MONDAY, 28, 30, "Asia/Shanghai")
    heads = rng.integers(1, 12, len(grid))
    cover = cover_shifts(hotline, requirement(grid, heads), grid, PLAIN)
    assert cover.shortfall.empty
    assert (on_duty(cover, hotline, grid) >= heads).all()
    assert cover.proven
    duties = pd.DataFrame(columns=["group", "role", "start", "end", "breaks"])
    assert rostered_agents(duties, hotline, grid)["rostered_a"].sum() == 0


def test_unknown_group_is_one_sentence(make):
    grid = TimeGrid(MONDAY, 1, 60, "Asia/Shanghai")
    with pytest.raises(BadInput, match="unknown group nobody; known: all"):
        cover_shifts(make.hotline(), requirement(grid, np.ones(24), "nobody"), grid, PLAIN)
