"""Chosen shifts against explicit enumeration, published optima, and what must always be conserved."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import optimize

from scheduler import cover_shifts
from scheduler.shifts import SkillSet, choose_shifts, choose_weekly_shifts, fewer_shifts, shifts_of
from scheduler.shifts.horizon import Horizon
from scheduler.shifts.implicit_model import Limits, shift_program
from scheduler.shifts.shift_space import ShiftKind, ShiftSpace
from scheduler.shifts.solve_program import solve_program
from wfm.errors import BadInput
from wfm.hotline import MealBreak, ShiftDesign, ShortBreaks, calendar_of, grid_of
from wfm.i18n import use_language

Make = Any


def explicit_least(space: ShiftSpace, need: np.ndarray, **limits: Any) -> float | None:
    """Least cost with one column for every shift and every place of its breaks: Dantzig's model, written apart."""
    horizon, design = space.horizon, space.design
    columns, cost, option_of = [], [], []
    for n in range(len(space)):
        kind = space.kinds[space.kind[n]]
        places = [range(w.earliest_min, w.latest_min + 1, design.break_grid_min) for w in kind.windows]
        for chosen in itertools.product(*places):
            minutes = set(range(0, kind.length_min, horizon.slot_min))
            for window, after in zip(kind.windows, chosen, strict=True):
                minutes -= set(range(after, after + window.length_min, horizon.slot_min))
            duty = np.zeros(horizon.slots)
            for minute in minutes:
                slot = int(space.begin[n]) + minute // horizon.slot_min
                if horizon.cyclic:
                    duty[slot % horizon.slots] = 1
                elif 0 <= slot < horizon.slots:
                    duty[slot] = 1
            columns.append(duty)
            factor = design.night_cost_factor if kind.night else 1.0
            cost.append(kind.paid_h * design.cost_per_h * factor)
            option_of.append(n)
    matrix = np.array(columns).T
    hour = horizon.slot_min / 60
    over, under = design.overstaffing_cost_per_h * hour, design.understaffing_cost_per_h
    size, slots = len(columns), horizon.slots
    kinds = sorted(set(space.kind.tolist()))
    in_use = np.array([[1.0 if space.kind[option_of[c]] == k else 0.0 for c in range(size)] for k in kinds])
    # columns: posts | over (T) | short (T) | kinds in use
    whole = np.concatenate([np.ones(size), np.zeros(2 * slots), np.ones(len(kinds))])
    prices = np.concatenate(
        [
            cost,
            np.full(slots, over),
            np.full(slots, 0.0 if under is None else under * hour),
            np.full(len(kinds), design.cost_per_shift),
        ]
    )
    high = np.concatenate(
        [
            np.full(size, np.inf),
            np.full(slots, np.inf if design.overstaffing_max is None else design.overstaffing_max),
            np.zeros(slots) if under is None else np.full(slots, np.inf),
            np.ones(len(kinds)),
        ]
    )
    eye, none = np.eye(slots), np.zeros((slots, len(kinds)))
    rows = [optimize.LinearConstraint(np.hstack([matrix, -eye, eye, none]), need, need)]
    big = 1000.0
    link = np.hstack([in_use, np.zeros((len(kinds), 2 * slots)), -big * np.eye(len(kinds))])
    rows.append(optimize.LinearConstraint(link, -np.inf, 0))
    if design.shifts_max is not None:
        count = np.concatenate([np.zeros(size + 2 * slots), np.ones(len(kinds))])
        rows.append(optimize.LinearConstraint(count[None], 0, design.shifts_max))
    if design.posts_max is not None:
        per = np.array([[1.0 if o == n else 0.0 for o in option_of] for n in range(len(space))])
        wide = np.hstack([per, np.zeros((len(space), 2 * slots + len(kinds)))])
        rows.append(optimize.LinearConstraint(wide, 0, design.posts_max))
    found = optimize.milp(prices, integrality=whole, bounds=optimize.Bounds(0, high), constraints=rows)
    return None if found.x is None else float(found.fun)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"overstaffing_cost_per_h": 0.4},
        {"understaffing_cost_per_h": 1.5},
        {"understaffing_cost_per_h": 3.0, "overstaffing_cost_per_h": 0.5, "overstaffing_max": 1},
        {"cost_per_shift": 4.0},
        {"posts_max": 2},
        {"shifts_max": 4},
        {"night_from": "17:00", "night_to": "06:00", "night_h": 2.0, "night_cost_factor": 2.0},
    ],
    ids=lambda c: "+".join(c) or "plain",
)
def test_the_least_cost_is_that_of_every_place_of_every_break(make: Make, changes: dict[str, Any]) -> None:
    hotline = make.hotline(interval_min=30)
    design = make.day_design.model_copy(update=changes)
    requirement, grid = make.requirement(hotline, {"all": make.day_heads(make.day_profile)}, first=make.monday)
    choice = choose_shifts(hotline, requirement, grid, design=design, seconds=60)
    need = requirement["heads"].to_numpy()
    assert choice.status == "optimal"
    assert choice.objective == pytest.approx(explicit_least(choice.space, need))
    make.check_conserved(choice)
    if design.shifts_max is not None:
        assert len(choice.shifts) <= design.shifts_max
        plain = choose_shifts(hotline, requirement, grid, design=make.day_design, seconds=60)
        assert len(plain.shifts) > design.shifts_max
        assert plain.objective < choice.objective
    if design.posts_max is not None:
        assert choice.posts.groupby(["day", "shift"])["posts"].sum().max() <= design.posts_max
    if design.overstaffing_max is not None:
        assert choice.cover["over"].max() <= design.overstaffing_max


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    heads=st.lists(st.integers(0, 3), min_size=11, max_size=11),
    every_h=st.sampled_from([2.0, 3.0, 6.0]),
    window=st.sampled_from([0, 30, 90]),
    under=st.sampled_from([None, 2.0]),
)
def test_random_days_with_meals_and_short_breaks_cost_what_enumeration_says(
    make: Make, heads: list[int], every_h: float, window: int, under: float | None
) -> None:
    short = ShortBreaks(length_min=30, every_h=every_h, window_min=window)
    meal = MealBreak(length_min=30, from_length_h=5, earliest_min=150, latest_min=180)
    design = make.day_design.model_copy(
        update={"short_breaks": short, "meal": meal, "apart_min": 0, "understaffing_cost_per_h": under}
    )
    hotline = make.hotline(interval_min=30)
    requirement, grid = make.requirement(
        hotline, {"all": make.day_heads(dict(enumerate(heads, start=8)))}, first=make.monday
    )
    choice = choose_shifts(hotline, requirement, grid, design=design, seconds=60)
    make.check_conserved(choice)
    assert choice.status == "optimal"
    reached = requirement["heads"].to_numpy() - (choice.cover["short"].to_numpy() if under is None else 0)
    assert choice.objective == pytest.approx(explicit_least(choice.space, reached) if len(choice.space) else 0.0)


def test_few_shifts_are_found_by_dropping_where_there_are_many(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The set chosen by dropping against the best set, which branch and bound finds here."""
    hotline = make.hotline(interval_min=30)
    requirement, grid = make.requirement(hotline, {"all": make.day_heads(make.day_profile)}, first=make.monday)
    for changes in ({"shifts_max": 4}, {"cost_per_shift": 4.0}, {"shifts_max": 1}):
        design = make.day_design.model_copy(update=changes)
        exact = choose_shifts(hotline, requirement, grid, design=design, seconds=60)
        assert exact.status == "optimal"
        with monkeypatch.context() as patch:
            patch.setattr(fewer_shifts, "EXACT_OPTIONS", 0)
            dropped = choose_shifts(hotline, requirement, grid, design=design, seconds=20)
        make.check_conserved(dropped)
        assert len(dropped.shifts) <= (design.shifts_max or 99)
        assert dropped.short_h == pytest.approx(exact.short_h)
        assert exact.objective - 1e-6 <= dropped.objective <= 1.1 * exact.objective
        assert dropped.bound <= exact.objective + 1e-6
        if changes == {"shifts_max": 1}:
            # One shift of six hours cannot span a day of ten.
            assert exact.short_h > 0


def bare(slots: int, slot_min: int, starts: range, lengths: tuple[int, ...], need: np.ndarray) -> float:
    """Least number of posts on a circle without breaks, straight through the model."""
    horizon = Horizon(slots, slot_min, cyclic=True, days=1)
    options = [(s, n) for s in starts for n in lengths]
    kinds = tuple(ShiftKind(s * slot_min, n * slot_min, False, ()) for s, n in options)
    begin = np.array([s for s, _ in options])
    space = ShiftSpace(
        horizon,
        ShiftDesign(cost_per_h=1.0),
        (SkillSet("all", ("all",)),),
        ("all",),
        kinds,
        kind=np.arange(len(options)),
        skill_set=np.zeros(len(options), dtype=np.int64),
        day=np.zeros(len(options), dtype=np.int64),
        begin=begin,
        end=begin + np.array([n for _, n in options]),
        serves=np.ones((1, 1, slots), dtype=bool),
    )
    made = shift_program(space, need[None], Limits(short_allowed=False))
    answer = solve_program(made.program, 30)
    assert answer.status == "optimal"
    return float(np.rint(answer.x[made.posts]).sum())


def test_the_buses_of_a_textbook() -> None:
    """Taha, Operations Research: An Introduction, section on LP applications (bus scheduling): buses needed in six spells of
    four hours 4, 8, 10, 7, 12, 4; each runs eight hours in a row, round the clock; the published optimum is 26 buses."""
    assert bare(6, 240, range(6), (2,), np.array([4, 8, 10, 7, 12, 4])) == 26


def test_the_post_office_of_a_textbook() -> None:
    """Winston, Operations Research: Applications and Algorithms, section 3.5: employees needed Monday to Sunday 17, 13, 15,
    19, 14, 16, 11; each works five days in a row; 22⅓ in the relaxation, the published optimum in whole people is 23."""
    assert bare(7, 1440, range(7), (5,), np.array([17, 13, 15, 19, 14, 16, 11])) == 23


def test_a_week_runs_into_itself(make: Make) -> None:
    """Nights from Sunday to Monday are one shift; without the wrap Monday's first hours would need another."""
    hotline = make.hotline(interval_min=30)
    design = ShiftDesign(start_grid_min=60, shortest_h=8, longest_h=8, meal=None, short_breaks=None)
    requirement, grid = make.requirement(hotline, {"all": [1] * 48 * 7}, days=7, first=make.monday)
    week = choose_weekly_shifts(hotline, requirement, grid, design=design, seconds=60)
    assert week.status == "optimal"
    assert week.objective == 7 * 24  # three posts of 8 h a day leave nothing over, only in a circle
    assert week.over_h == week.short_h == 0
    make.check_conserved(week)
    late = design.model_copy(
        update={"earliest_start": "22:00", "latest_start": "22:00", "longest_h": 12.0, "shortest_h": 12.0}
    )
    nights, grid = make.requirement(hotline, {"all": ([1] * 16 + [0] * 28 + [1] * 4) * 7}, days=7, first=make.monday)
    week = choose_weekly_shifts(hotline, nights, grid, design=late, seconds=60)
    assert week.posts["posts"].sum() == 7
    assert week.short_h == 0
    period = choose_shifts(hotline, nights, grid, design=late, seconds=60)
    assert period.posts["posts"].sum() == 8  # the eve's too
    assert period.posts["day"].min() == -1


def test_the_most_or_the_mean_of_weeks(make: Make) -> None:
    hotline = make.hotline(interval_min=30)
    design = make.day_design.model_copy(update={"meal": None})
    heads = make.day_heads(dict.fromkeys(range(9, 12), 4), 7) + make.day_heads(dict.fromkeys(range(9, 12), 1), 7)
    requirement, grid = make.requirement(hotline, {"all": heads}, days=14, first=make.monday)
    most = choose_weekly_shifts(hotline, requirement, grid, design=design, seconds=20)
    mean = choose_weekly_shifts(hotline, requirement, grid, over_weeks="mean", design=design, seconds=20)
    assert most.objective == 7 * 4 * 3
    assert mean.objective == 7 * 3 * 3  # 2.5 rounded up
    with pytest.raises(BadInput, match="at least 7 days, found 1"):
        choose_weekly_shifts(
            hotline, *make.requirement(hotline, {"all": make.day_heads({9: 1})}, first=make.monday), design=design
        )


def test_chosen_shifts_cover_as_shifts_of_the_hotline(make: Make) -> None:
    """Written as the hotline's own, with their fixed breaks, they cover at no more paid hours than they were chosen with."""
    hotline = make.hotline(interval_min=30)
    requirement, grid = make.requirement(hotline, {"all": make.day_heads(make.day_profile)}, first=make.monday)
    choice = choose_shifts(hotline, requirement, grid, design=make.day_design, seconds=60)
    written = shifts_of(choice)
    assert len({s.id for s in written}) == len(written) == len(choice.posts)
    cover = cover_shifts(make.with_shifts(hotline, *written), requirement, grid, calendar_of(hotline))
    assert cover.shortfall.empty
    assert cover.paid_h <= choice.paid_h + 1e-9
    assert cover.paid_h >= choice.bound - 1e-9


def test_the_same_seed_gives_the_same_shifts(make: Make) -> None:
    hotline = make.hotline(interval_min=30)
    requirement, grid = make.requirement(hotline, {"all": make.day_heads(make.day_profile)}, first=make.monday)
    one, two = (choose_shifts(hotline, requirement, grid, design=make.day_design, seconds=60, seed=3) for _ in range(2))
    pd.testing.assert_frame_equal(one.posts, two.posts)


def test_nobody_needed_costs_nothing(make: Make) -> None:
    hotline = make.hotline(interval_min=30)
    requirement, grid = make.requirement(hotline, {"all": [0] * 48}, first=make.monday)
    choice = choose_shifts(hotline, requirement, grid, seconds=5)
    assert (choice.status, choice.objective, len(choice.posts), choice.shifts) == ("optimal", 0, 0, ())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"meal": MealBreak(earliest_min=0, latest_min=60, from_length_h=3)}, "do not fit into a shift of 3 h"),
        ({"short_breaks": ShortBreaks(every_h=0.25)}, "do not fit into a shift of 3 h"),
    ],
)
def test_breaks_that_do_not_fit_are_refused(make: Make, changes: dict[str, Any], words: str) -> None:
    hotline = make.hotline(interval_min=30)
    requirement, grid = make.requirement(hotline, {"all": make.day_heads(make.day_profile)}, first=make.monday)
    with pytest.raises(BadInput, match=words):
        choose_shifts(hotline, requirement, grid, design=make.day_design.model_copy(update=changes))
    with use_language("zh"), pytest.raises(BadInput, match="放不进 3 小时的班次"):
        choose_shifts(hotline, requirement, grid, design=make.day_design.model_copy(update=changes))


def test_an_unknown_group_of_people_is_refused(make: Make) -> None:
    hotline = make.hotline(interval_min=30)
    requirement, grid = make.requirement(hotline, {"all": make.day_heads(make.day_profile)}, first=make.monday)
    with pytest.raises(BadInput, match="skill set x: unknown group 'nope'; known: all"):
        choose_shifts(hotline, requirement, grid, skill_sets=(SkillSet("x", ("nope",)),))
    with pytest.raises(BadInput, match="--seconds: found 0"):
        choose_shifts(hotline, requirement, grid, seconds=0)


def test_fifteen_minutes_are_refined_from_half_hours(make: Make) -> None:
    hotline = make.hotline(interval_min=30)
    requirement, grid = make.requirement(
        hotline, {"all": make.day_heads({9: 2, 10: 2, 11: 2, 12: 2})}, first=make.monday
    )
    design = make.day_design.model_copy(update={"grid_min": 15, "short_breaks": ShortBreaks(length_min=15, every_h=3)})
    choice = choose_shifts(hotline, requirement, grid, design=design, seconds=20)
    assert choice.horizon.slot_min == 15
    assert choice.cover["need"].sum() == 2 * requirement["heads"].sum()
    assert choice.short_h == 0
    make.check_conserved(choice)


def test_a_period_in_which_clocks_change(make: Make) -> None:
    """Berlin, 25 October 2026: the night has an hour more, which somebody serves."""
    from datetime import date

    hotline = make.hotline(interval_min=30, time_zone="Europe/Berlin")
    grid = grid_of(hotline, date(2026, 10, 24), 2)
    assert len(grid) == 98
    requirement = pd.DataFrame({"group": "all", "interval": grid.starts, "heads": 1.0})
    design = ShiftDesign(start_grid_min=60, meal=None, short_breaks=None, shortest_h=6, longest_h=8)
    choice = choose_shifts(hotline, requirement, grid, design=design, seconds=20)
    assert choice.short_h == 0
    assert choice.cover["need"].sum() * choice.horizon.slot_h == 49


def test_a_time_limit_is_never_called_optimal(make: Make) -> None:
    """A week at 15 minutes round the clock, with meals and short breaks, in too little time."""
    hotline = make.hotline(interval_min=30)
    hours = np.arange(48) / 2
    day = np.ceil(3 + 17 * np.exp(-(((hours - 14) / 5) ** 2))).astype(int).tolist()
    requirement, grid = make.requirement(hotline, {"all": day * 7}, days=7, first=make.monday)
    choice = choose_weekly_shifts(hotline, requirement, grid, seconds=1)
    assert choice.status == "feasible"
    assert 0 < choice.gap < 0.3
    assert choice.short_h == 0
    make.check_conserved(choice)
