"""Searches over seats against exact queues, every staffing counted out, and the simulation's own rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import product
from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation import Centre, Engine, daily_counts
from simulation.attendance import rostered_duties
from simulation.fewest_seats import Effort, fewest_seats
from simulation.iterative_staffing import settle, within
from simulation.seat_duties import seat_duties
from simulation.seat_trials import DayWindow, SeatTrials, manned_seats, window_of
from simulation.staffing_search import Cover, OneByOne, Sample, SeatSpace, certainty
from wfm.hotline import grid_of
from wfm.i18n import Text
from wfm.queueing import Goal
from wfm.staffing.day_level import day_level_seats
from wfm.standards import Target

EXACT = Sample(0, 1, 0.95)
AHT_S, PATIENCE_S = 300.0, 200.0


def erlang_a(load: float, seats: int) -> tuple[float, float]:
    """Share that gives up and mean wait of all (s): M/M/n+M by its birth–death weights, without any formula."""
    weights, weight = [], 1.0
    for k in range(int(load + 12 * sqrt(load + 1)) + seats + 80):
        weights.append(weight)
        weight *= load / (min(k + 1, seats) + max(k + 1 - seats, 0) * AHT_S / PATIENCE_S)
    queue = sum(max(k - seats, 0) * w for k, w in enumerate(weights)) / sum(weights)
    per_s = load / AHT_S
    return queue / PATIENCE_S / per_s, queue / per_s


def exact_day(
    loads: list[float], wait_s: float = 12.0, lost: float = 0.05
) -> Callable[[np.ndarray, int, int], np.ndarray]:
    """Surplus of a day of independent queues: mean wait of all callers below ``wait_s``, at most ``lost`` given up."""
    table = {(load, n): erlang_a(load, n) for load in set(loads) for n in range(41)}

    def evaluate(seats: np.ndarray, first: int, size: int) -> np.ndarray:
        terms = [table[load, int(n)] for load, n in zip(loads, seats[0], strict=True)]
        calls = np.array(loads) / AHT_S * 1800
        waits = calls * (wait_s - np.array([t[1] for t in terms])) / wait_s
        given_up = calls * (lost - np.array([t[0] for t in terms]))
        return np.array([[waits, given_up]])

    return evaluate


def space_of(blocks: int, most: int = 40) -> SeatSpace:
    return SeatSpace(
        np.zeros((1, blocks), dtype=np.int64), np.full((1, blocks), most), np.full(blocks, 0.5), opened=most
    )


def test_the_test_is_students() -> None:
    """Ten values, one-sided at 95 %: t = 1.833 (any printed table, 9 degrees of freedom)."""
    values = np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    found = certainty(values[:, None], 0.95)
    assert found.mean[0] == 5.5
    assert found.error[0] == pytest.approx(sqrt(82.5 / 9 / 10))
    assert found.margin[0] == pytest.approx(5.5 - 1.833 * found.error[0], abs=1e-3)
    assert certainty(np.array([[0.0, -1e-12]]), 0.95).holds
    assert not certainty(np.array([[1.0, -1e-6]]), 0.95).holds


@pytest.mark.parametrize("load", [0.3, 2.0, 7.5, 20.0])
@pytest.mark.parametrize("start", [0, 12, 40])
def test_one_queue_gets_its_fewest_seats_from_any_start(load: float, start: int) -> None:
    evaluate = exact_day([load])
    fewest = next(n for n in range(41) if (evaluate(np.array([[n]]), 0, 1).sum(axis=2) >= 0).all())
    found = settle(space_of(1), OneByOne(evaluate), np.array([[start]]), EXACT)
    assert found.seats.tolist() == [[fewest]]
    assert found.holds
    assert found.minimal


@pytest.mark.parametrize("loads", [[2.0, 5.0, 3.0], [0.5, 8.0, 0.5], [4.0, 4.0, 4.0], [1.0, 2.0, 6.0]])
def test_a_day_is_as_cheap_as_the_cheapest_of_all_staffings(loads: list[float]) -> None:
    evaluate = exact_day(loads)
    best = min(
        sum(seats)
        for seats in product(range(14), repeat=3)
        if (evaluate(np.array([seats]), 0, 1).sum(axis=2) >= 0).all()
    )
    found = settle(space_of(3), OneByOne(evaluate), np.array([[13, 13, 13]]), EXACT)
    assert found.seats.sum() == best


@pytest.mark.parametrize("seed", range(4))
def test_a_whole_day_comes_within_a_seat_of_the_proven_optimum(seed: int) -> None:
    """The optimum is that of the exact knapsack of ``wfm.staffing.day_optimum``, proven there."""
    rng = np.random.default_rng(seed)
    loads = np.round(np.abs(rng.normal(8, 5, 24)) + 0.5, 3).tolist()
    goals = (Goal("mean_wait_s", 12.0), Goal("abandon_share", 0.05))
    rate = np.array([loads]) / AHT_S
    day = np.zeros(24, dtype=np.int64)
    proven = day_level_seats(goals, rate, AHT_S, PATIENCE_S, 0.0, 0, 40, 1800.0, day)
    assert proven.proven.all()
    found = settle(space_of(24), OneByOne(exact_day(loads)), np.ceil(np.array([loads])).astype(np.int64), EXACT)
    assert found.holds
    assert proven.staff_hours[0] <= found.seats.sum() / 2 <= proven.staff_hours[0] + 0.5


@settings(max_examples=12, deadline=None)
@given(
    loads=st.lists(st.sampled_from([0.0, 0.2, 1.0, 3.0, 6.0, 11.0]), min_size=2, max_size=6),
    start=st.integers(0, 25),
    opened=st.sampled_from([3, 25]),
)
def test_what_is_found_cannot_lose_a_seat(loads: list[float], start: int, opened: int) -> None:
    evaluate = exact_day([load or 1e-9 for load in loads])
    space = space_of(len(loads), opened)
    found = settle(space, OneByOne(evaluate), np.full((1, len(loads)), start), EXACT)
    assert space.allows(found.seats)
    enough = (evaluate(np.full((1, len(loads)), opened), 0, 1).sum(axis=2) >= 0).all()
    assert found.holds == found.minimal == enough
    for block in range(len(loads)):
        fewer = found.seats.copy()
        fewer[0, block] -= 1
        if found.holds and fewer[0, block] >= 0:
            assert (evaluate(fewer, 0, 1).sum(axis=2) < -1e-9).any()


def test_mending_only_adds() -> None:
    loads = [3.0, 6.0, 9.0]
    start = np.array([[2, 10, 6]])
    found = settle(space_of(3), OneByOne(exact_day(loads)), start, EXACT, only_mend=True)
    assert found.holds
    assert (found.seats >= start).all()
    assert (found.seats > start).any()
    enough = np.array([[20, 20, 20]])
    assert (
        settle(space_of(3), OneByOne(exact_day(loads)), enough, EXACT, only_mend=True).seats.tolist() == enough.tolist()
    )


def test_seats_are_brought_within_bounds_places_and_covers() -> None:
    cover = Cover(np.array([True, True]), np.array([5, 0]))
    space = SeatSpace(np.array([[1, 0], [0, 0]]), np.array([[9, 9], [2, 9]]), np.ones(2), 6, covers=(cover,))
    found = within(space, np.array([[0, 8], [0, 8]]))
    assert space.allows(found)
    assert found[:, 0].sum() == 5
    assert found[:, 1].sum() == 6
    assert not space.one_less(found)[:, 0].any()
    assert not space.one_more(found)[:, 1].any()


def test_checks_on_fresh_luck_keep_their_word() -> None:
    """A service that is known, heard through noise: of 20 searches that claim to hold at 90 %, at most 2 + 3σ err."""
    needed = 7.0

    def heard(luck: int) -> Callable[[np.ndarray, int, int], np.ndarray]:
        noise = np.random.default_rng(luck).normal(0, 3.0, 100)

        def evaluate(seats: np.ndarray, first: int, size: int) -> np.ndarray:
            return (seats.sum() - needed - 0.4 + noise[first : first + size])[:, None]

        return evaluate

    effort = Effort(small=5, large=10, check=20, checks=4, bound_rounds=1)
    wrong, hours = 0, []
    for luck in range(20):
        found = fewest_seats(space_of(1, 25), OneByOne(heard(luck)), [np.array([[3]])], confidence=0.9, effort=effort)
        wrong += found.holds and found.seats.sum() < needed + 0.4
        hours.append(found.seats.sum())
        assert found.mended.sum() >= 3
        assert found.bound <= found.seats.sum() * 0.5 + 1e-9
    assert wrong <= 2 + 3 * sqrt(20 * 0.1 * 0.9)
    assert np.mean(hours) < needed + 4


# The centre behind the search.


def target(kpi: str, operator: str, limit: float, unit: str = "share") -> Target:
    return Target(
        id=kpi,
        name=Text("a", "甲"),
        kpi=kpi,
        operator=operator,
        limit=limit,
        unit=unit,
        clause="",
        quote=Text("a", "甲"),
        source="assumed",
    )


TARGETS = (target("service_level_20_offered", ">=", 0.8), target("asa_s", "<", 20.0, "s"))


def trials_of(centre: Centre, paths: int = 6, calls: float = 9.0, **asked: object) -> SeatTrials:
    rng = np.random.default_rng(4)
    mean = np.zeros((len(centre.line_ids), 24))
    mean[:, 8:20] = calls
    centre = replace(centre, arrivals=rng.poisson(mean, (paths, *mean.shape)))
    day = DayWindow(centre, 0, np.zeros((len(centre.group_ids), 0), dtype=np.int64), 0)
    return SeatTrials(day, TARGETS, 5, engine=Engine.SIMPY, **asked)


def staffing(*seats: int) -> np.ndarray:
    found = np.zeros((len(seats), 24), dtype=np.int64)
    found[:, 8:20] = np.array(seats)[:, None]
    return found


def test_a_surplus_is_what_the_daily_counts_say(small_centre: Callable[..., Centre], on_duty: Callable) -> None:
    """Numerator − limit × denominator of the day, better always up, seconds in parts of the limit."""
    trials = trials_of(small_centre({9: 1}, [on_duty("a")]))
    seats = staffing(2)
    centre = replace(trials.day.centre, duties=manned_seats(seats, ("all",), 3600.0))
    counts = daily_counts(replace(centre, pace=np.ones(2)), 5, 0, 6, engine=Engine.SIMPY)
    within_20 = counts["answered_within_20_s"] - 0.8 * counts["queued"]
    asa = (20.0 * counts["answered"] - counts["wait_answered_s"]) / 20.0
    found = trials.surplus(seats, 0, 6)
    assert found[:, 0] == pytest.approx(within_20.to_numpy())
    assert found[:, 1] == pytest.approx(asa.to_numpy())
    measures = trials.measures(seats, 0, 6)
    assert measures.values[0] == pytest.approx(counts["answered_within_20_s"].sum() / counts["queued"].sum())
    assert trials.mean_parts(seats, 0, 6).sum(axis=1) == pytest.approx(found.mean(axis=0))


def test_a_probability_counts_days_that_keep_everything(small_centre: Callable[..., Centre], on_duty: Callable) -> None:
    centre = small_centre({9: 1}, [on_duty("a")])
    plain, chance = trials_of(centre, calls=15.0), trials_of(centre, calls=15.0, probability=0.7)
    kept = (plain.surplus(staffing(2), 0, 6) >= 0).all(axis=1)
    assert 0 < kept.sum() < 6
    assert chance.surplus(staffing(2), 0, 6)[:, 0] == pytest.approx(kept - 0.7)
    assert chance.mean_parts(staffing(2), 0, 6).tolist() == [[pytest.approx(kept.mean() - 0.7)]]


@pytest.mark.parametrize("step", [1, -1])
@pytest.mark.parametrize(("calls", "asked"), [(9.0, {}), (9.0, {"each_interval": True}), (16.0, {"probability": 0.5})])
def test_changes_measured_together_are_those_of_each_alone(
    small_centre: Callable[..., Centre], on_duty: Callable, step: int, calls: float, asked: dict
) -> None:
    """Handling takes minutes, and a change is felt for hours: what is credited is all that happens."""
    trials = trials_of(small_centre({9: 1}, [on_duty("a")]), paths=8, calls=calls, **asked)
    seats = staffing(2)
    cells = np.zeros((1, 24), dtype=bool)
    cells[0, [8, 9, 12, 13, 17, 19]] = True
    together = trials.changes(seats, cells, step, 0, 8)
    alone = OneByOne(trials.surplus).changes(seats, cells, step, 0, 8)
    assert together.sum(axis=1) == pytest.approx(alone.sum(axis=1), abs=1e-9)
    assert np.abs(alone).sum() > 0


def test_an_interval_is_judged_by_its_own_callers(small_centre: Callable[..., Centre], on_duty: Callable) -> None:
    centre = small_centre({9: 1}, [on_duty("a")])
    day, intervals = trials_of(centre), trials_of(centre, each_interval=True)
    parts = day.mean_parts(staffing(2), 0, 6)
    assert intervals.surplus(staffing(2), 0, 6).mean(axis=0).reshape(2, 24) == pytest.approx(parts)


def test_manned_seats_are_the_duties_of_the_same_seats(small_hotline: Callable) -> None:
    hotline = small_hotline()
    grid = grid_of(hotline, date(2026, 9, 14), 1)
    seats = np.random.default_rng(0).integers(0, 4, (1, 24))
    ours = manned_seats(seats, ("all",), 3600.0)
    theirs = rostered_duties(seat_duties(seats, ["all"], grid), ["all"], grid)
    for name in ("agent", "group", "start_s", "end_s"):
        assert getattr(ours, name).tolist() == getattr(theirs, name).tolist()
    assert ours.agent_ids == theirs.agent_ids
    assert len(set(ours.key.tolist())) == len(ours)


def test_a_window_holds_its_own_calls_and_hours(small_centre: Callable[..., Centre], on_duty: Callable) -> None:
    """Two days cut to the second and the last six hours of the first."""
    counts = np.zeros((1, 1, 48))
    counts[0, 0, 20], counts[0, 0, 30] = 5, 7
    hours = {
        "opening": {k: ["08:00", "18:00"] for k in ("weekday", "weekend", "holiday")},
        "call_back": {"closed_calls": True},
    }
    centre = small_centre(counts, [on_duty("a")], days=2, hotline=hours)
    cut = window_of(centre, 18, 48)
    assert cut.arrivals[0, 0].tolist() == counts[0, 0, 18:].tolist()
    assert cut.dates.tolist() == centre.dates.tolist()
    assert cut.interval_date.tolist() == [0] * 6 + [1] * 24
    assert cut.next_opening_s(0.0) == 14 * 3600.0
    day = DayWindow(replace(cut, duties=centre.duties), 6, np.zeros((1, 6), dtype=np.int64), 0)
    trials = SeatTrials(day, (target("connection_rate_daily_mean", ">=", 0.9),), 1, engine=Engine.SIMPY)
    seats = np.zeros((1, 24), dtype=np.int64)
    seats[0, 8:18] = 3
    # What is closed in the evening is called back on a morning that the window does not hold, as often as reached.
    late = replace(day.centre, arrivals=np.where(np.arange(30) == 28, 4, 0)[None, None, :])
    evening = SeatTrials(DayWindow(late, 6, day.before, 0), trials.targets, 1, engine=Engine.SIMPY)
    assert evening.measures(seats, 0, 1).above[0, 0] == pytest.approx(4 * late.call_back_reached_share)
    assert trials.measures(seats, 0, 1).below[0, 0] == 7


def test_a_seat_that_does_not_help_is_not_tried_for_ever() -> None:
    """More of the first seat is promised to help and does not: the search gives it up."""

    class Liar(OneByOne):
        def changes(self, seats: np.ndarray, cells: np.ndarray, step: int, first: int, size: int) -> np.ndarray:
            return np.where(cells, float(step), 0.0)[None, None]

    oracle = Liar(lambda seats, first, size: np.array([[-1.0]]))
    found = settle(space_of(2, most=3), oracle, np.array([[1, 1]]), EXACT)
    assert not found.holds
    assert oracle.evaluations < 50
