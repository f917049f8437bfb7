"""Shifts found by simulation, held against a simulation of their own: duties as the roster writes them, other luck."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scenarios.post_search import Post, PostDays
from scenarios.preparation import Prepared, prepare
from scenarios.scenario import load_scenario
from scenarios.shift_search import ShiftSearch, search_shifts
from scenarios.staff_by_simulation import search_days
from scheduler.shifts import ShiftChoice, choose_shifts
from simulation import Engine, centre_of, run_replications
from simulation.fewest_seats import Effort
from wfm.metrics import KPIS
from wfm.staffing import compute_requirement, compute_workload

QUICK = Effort(small=8, large=32, check=80, checks=2)
MONDAY = date(2026, 9, 14)
Found = tuple[Prepared, pd.DataFrame, ShiftChoice, ShiftSearch]


def prepared_of(home: Path) -> tuple[Prepared, pd.DataFrame]:
    prepared = prepare(load_scenario("nanxun-12368"), MONDAY, 1, seed=1, paths=20, home=home)
    workload = compute_workload(prepared.hotline, prepared.forecast.summary(), prepared.grid, prepared.calendar)
    return prepared, compute_requirement(prepared.hotline, workload, prepared.targets, "interval")


@pytest.fixture(scope="module")
def court(tmp_path_factory: pytest.TempPathFactory) -> Found:
    prepared, requirement = prepared_of(tmp_path_factory.mktemp("home"))
    start = choose_shifts(prepared.hotline, requirement, prepared.grid, seconds=5)
    found = search_shifts(prepared, requirement, start, level="day", seconds=6, effort=QUICK)
    return prepared, requirement, start, found


def duties_of(choice: ShiftChoice, zone: str) -> pd.DataFrame:
    """The roster's table from the posts, written here without the product's code."""
    kinds = {s.id: s.kind for s in choice.shifts}
    rows = []
    for row in choice.posts.itertuples():
        kind = kinds[row.shift]
        midnight = pd.Timestamp(MONDAY + timedelta(days=row.day), tz=zone)
        start = midnight + pd.Timedelta(minutes=kind.start_min)
        pauses = []
        for part in filter(None, row.breaks.split(";")):
            after, length = map(int, part.split("+"))
            begin = start + pd.Timedelta(minutes=after)
            pauses.append(f"{begin:%H:%M}-{begin + pd.Timedelta(minutes=length):%H:%M}")
        for n in range(row.posts):
            name = f"{row.skill_set}-{row.shift}-{row.breaks}-{n}"
            end = start + pd.Timedelta(minutes=kind.length_min)
            rows.append(
                (
                    name,
                    midnight.tz_localize(None),
                    row.shift,
                    row.skill_set,
                    name,
                    "A",
                    start,
                    end,
                    ";".join(pauses),
                    False,
                )
            )
    names = ["agent", "date", "shift", "group", "post", "role", "start", "end", "breaks", "remote"]
    return pd.DataFrame(rows, columns=names)


def test_the_targets_hold_in_a_simulation_of_their_own(court: Found) -> None:
    prepared, _, _, found = court
    assert found.days["held"].all()
    hotline, grid = prepared.hotline, prepared.grid
    duties = duties_of(found.choice, hotline.time_zone)
    calls = np.random.default_rng(99).poisson(prepared.forecast.mean, (120, *prepared.forecast.mean.shape))
    centre = centre_of(hotline, grid, prepared.open_mask, calls, prepared.forecast.aht_s, duties)
    counts = run_replications(centre, seed=77, replications=120)
    checked = 0
    for target in prepared.targets:
        if target.id not in set(found.measures["target"]) or target.kpi.startswith("connection"):
            continue  # evening callers of a single day are called back on no morning of it
        kpi = KPIS[target.kpi]
        above, below = counts[list(kpi.numerator)].sum(axis=1), counts[list(kpi.denominator)].sum(axis=1)
        value = above.sum() / below.sum()
        error = (above - value * below).std() / below.mean() / np.sqrt(len(counts))
        assert target.met(value + (-3 * error if kpi.better == "lower" else 3 * error)), (target.id, value, error)
        checked += 1
    assert checked


def test_it_costs_no_more_than_what_it_began_with(court: Found) -> None:
    _, _, start, found = court
    assert found.start is start
    assert found.choice.paid_h <= found.mended_paid_h + 1e-9 or found.added
    if found.start_held and not found.added:
        assert found.choice.paid_h <= start.paid_h + 1e-9
    assert found.rounds >= 1
    assert found.cuts >= len(found.days)
    values = found.as_values()
    assert values["held"]
    assert [row["date"] for row in values["days"]] == ["2026-09-14"]


def test_the_choice_is_told_by_its_posts(court: Found) -> None:
    """Cover, paid hours and shifts follow from the posts, and somebody is always there while the line is open."""
    prepared, _, start, found = court
    choice = found.choice
    kinds = {s.id: s.kind for s in choice.shifts}
    on_duty = np.zeros(choice.horizon.slots)
    paid = 0.0
    for row in choice.posts.itertuples():
        kind = kinds[row.shift]
        paid += row.posts * kind.paid_h
        first = kind.start_min // choice.horizon.slot_min
        on_duty[first : first + kind.length_min // choice.horizon.slot_min] += row.posts
        for part in filter(None, row.breaks.split(";")):
            after, length = (int(v) // choice.horizon.slot_min for v in part.split("+"))
            on_duty[first + after : first + after + length] -= row.posts
    assert paid == pytest.approx(choice.paid_h)
    assert np.array_equal(on_duty, choice.cover["on_duty"])
    assert (choice.cover["need"] == start.cover["need"]).all()
    per = prepared.grid.interval_min // choice.horizon.slot_min
    minimum = prepared.hotline.groups[0].minimum_seats
    assert (on_duty[np.repeat(prepared.open_mask, per)] >= minimum).all()


def test_posts_are_played_where_they_are(court: Found) -> None:
    """A day without posts answers nobody; with posts it answers; a break takes its post away."""
    prepared, requirement, _, found = court
    days, family = search_days(
        prepared, requirement, "day", None, False, absence=True, seed=1, engine=Engine.COMPILED, effort=QUICK
    )
    space = found.choice.space
    playing = PostDays(space, days, prepared.grid.interval_s, np.asarray(family.inputs.minimum, dtype=np.int64))
    kind = next(n for n, k in enumerate(space.kinds) if (k.start_min, k.length_min) == (510, 480))
    post = Post(0, 0, kind, ((60, 15, True), (180, 30, False), (375, 15, True)))
    duties = playing.duties(0, [post, post])
    origin = playing.begins_s[0]
    assert duties.start_s.tolist() == [510 * 60 - origin] * 2
    assert duties.end_s.tolist() == [990 * 60 - origin] * 2
    assert duties.pauses[0][1] == (690 * 60 - origin, 720 * 60 - origin)
    assert len(set(duties.key.tolist())) == 2
    assert playing.touched(post) == [0]
    assert playing.touched(replace(post, day=3)) == []
    cells = playing.cells(post)[0] * prepared.grid.interval_s / 60
    assert cells.sum() == 480 - 60
    assert not playing.kept([post], 0)
    alone = playing.look(0, [post], 0, 8, 0.95)
    many = playing.look(0, [post] * 3, 0, 8, 0.95)
    assert (alone.mean < many.mean).any()
