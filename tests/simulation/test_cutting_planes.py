"""Cutting planes against every staffing counted out: exact queues, and two-skill centres on the same simulated calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from simulation import Centre, Engine
from simulation.centre import Overflow
from simulation.cutting_planes import allowance_of, cut_off, cuts_of, least_cost
from simulation.iterative_staffing import measure, settle
from simulation.seat_trials import DayWindow, SeatTrials
from simulation.staffing_search import Cover, OneByOne, Sample, SeatSpace
from wfm.i18n import Text
from wfm.standards import Target

EXACT = Sample(0, 1, 0.95)


def concave(weights: list[float], need: float) -> Callable[[np.ndarray, int, int], np.ndarray]:
    """A service that each seat helps less than the one before: Σ w·√n − need."""

    def evaluate(seats: np.ndarray, first: int, size: int) -> np.ndarray:
        return np.array([[np.array(weights) * np.sqrt(seats.ravel()) - need / len(weights)]])

    return evaluate


def space_of(groups: int, blocks: int = 1, most: int = 12, **more: object) -> SeatSpace:
    shape = (groups, blocks)
    return SeatSpace(np.zeros(shape, dtype=np.int64), np.full(shape, most), np.ones(blocks), 10_000, **more)


def counted_out(space: SeatSpace, sample: Sample, oracle: object) -> float:
    """Least cost of all staffings of the space that hold."""
    ranges = [range(int(a), int(b) + 1) for a, b in zip(space.least.ravel(), space.most.ravel(), strict=True)]
    every = [np.array(flat, dtype=np.int64).reshape(space.least.shape) for flat in product(*ranges)]
    for seats in sorted(every, key=space.cost_of):
        if space.allows(seats) and sample.look(oracle, seats).holds:
            return space.cost_of(seats)
    raise AssertionError("no staffing of the space holds")


@pytest.mark.parametrize("need", [4.0, 7.3, 11.0])
@pytest.mark.parametrize("cost", [[1.0, 1.0, 1.0], [1.0, 2.5, 1.3]])
@pytest.mark.parametrize("known", [False, True])
def test_the_optimum_of_a_concave_service_is_proven(need: float, cost: list[float], known: bool) -> None:
    evaluate = concave([1.0, 2.0, 1.5], need)
    space = space_of(3, cost=np.array(cost), most=9)
    best = counted_out(space, EXACT, OneByOne(evaluate))
    start = settle(space, OneByOne(evaluate), np.full((3, 1), 9), EXACT) if known else None
    found = cut_off(
        space,
        OneByOne(evaluate),
        None if start is None else start.seats,
        EXACT,
        known=() if start is None else start.measured,
    )
    assert found.exact
    assert found.best is not None
    assert space.cost_of(found.best) == pytest.approx(best)
    assert found.bound <= best + 1e-6
    assert found.bound >= best - max(cost) - 1e-6
    assert found.allowance == pytest.approx(0.0, abs=1e-9)


def test_covers_and_places_are_kept_by_the_program() -> None:
    """Two groups, one may help the other: counted by hand, 3 of the helpers and 1 of the others."""
    covers = (Cover(np.array([True, False]), np.array([3])), Cover(np.array([True, True]), np.array([4])))
    master = least_cost(space_of(2, covers=covers, cost=np.array([2.0, 1.0])), ())
    assert master is not None
    assert master.seats.tolist() == [[3], [1]]
    assert master.bound == pytest.approx(7.0)
    crowded = replace(space_of(2, covers=covers), opened=4)
    assert least_cost(crowded, ()).seats.sum() == 4


def test_cuts_that_forbid_what_holds_are_eased() -> None:
    evaluate = concave([2.0], 4.0)
    space = space_of(1)
    oracle = OneByOne(evaluate)
    seats = np.array([[6]])
    at = measure(space, oracle, seats, EXACT.look(oracle, seats), EXACT)
    cuts = cuts_of(at)
    assert allowance_of(cuts, [np.array([[4]])]).tolist() == [0.0]
    # The slope at 6 leaves 2√6 − 4 − 4·0.41 < 0 at 2, where the service itself is short by 2√2 − 4.
    short = 4.0 - (2 * np.sqrt(6) - 4 * (np.sqrt(7) - np.sqrt(5)))
    assert allowance_of(cuts, [np.array([[2]])])[0] == pytest.approx(short)
    assert least_cost(space, cuts).seats[0, 0] > 2
    assert least_cost(space, cuts, np.array([short + 1e-6])).seats[0, 0] <= 2


# Groups that help each other out, every staffing played on the same calls.


def target(kpi: str, operator: str, limit: float, unit: str = "share") -> Target:
    words = Text("a", "甲")
    return Target(
        id=kpi, name=words, kpi=kpi, operator=operator, limit=limit, unit=unit, clause="", quote=words, source="assumed"
    )


TARGETS = (target("service_level_20_offered", ">=", 0.8), target("agent_connection_rate", ">=", 0.92))
SAMPLE = Sample(0, 8, 0.95)


def shared_centre(build: Callable[..., Centre], duty: dict, groups: int, calls: list[float]) -> SeatTrials:
    """Each line has its own group; the last group has no line of its own in a W, and in an N helps the first line."""
    lines = [
        {
            "id": f"line{k}",
            "name": {"en": "L", "zh": "线"},
            "demand": {"calls_per_day": 100},
            "handling": {"talk_s": 240, "wrap_s": 30},
            "patience": {"mean_s": 150},
        }
        for k in range(len(calls))
    ]
    teams = [{"id": f"group{g}", "name": {"en": "G", "zh": "组"}, "lines": [f"line{g}"]} for g in range(len(calls))]
    centre = build(
        np.zeros((1, len(calls), 24)), [duty | {"group": "group0"}], hotline={"lines": lines, "groups": teams}
    )
    names = tuple(f"group{g}" for g in range(groups))
    centre = replace(centre, group_ids=names, order_groups=np.zeros(groups, dtype=bool))
    helper = groups - 1
    # N: the second line's group helps the first. W: a third group helps both.
    steps = ((Overflow(helper, 0.0),), ()) if groups == 2 else ((Overflow(helper, 10.0),), (Overflow(helper, 10.0),))
    rng = np.random.default_rng(7)
    mean = np.zeros((len(calls), 24))
    mean[:, 9:12] = np.array(calls)[:, None]
    arrivals = rng.poisson(mean, (SAMPLE.size, *mean.shape))
    centre = replace(centre, arrivals=arrivals, overflow=steps)
    day = DayWindow(centre, 0, np.zeros((groups, 0), dtype=np.int64), 0)
    return SeatTrials(day, TARGETS, 3, per_block=24, engine=Engine.SIMPY)


@pytest.mark.parametrize(("groups", "most"), [(2, 7), (3, 5)])
def test_two_skills_come_to_the_cheapest_of_all_staffings(
    small_centre: Callable[..., Centre], on_duty: Callable, groups: int, most: int
) -> None:
    """An N-model and a W-model: all seats are tried on the same calls, and none that holds is cheaper.

    Helpers cost more; covers keep the program where each seat still helps.
    """
    trials = shared_centre(small_centre, on_duty("a"), groups, [22.0, 26.0])
    lines = [[0, groups - 1], [1, groups - 1]]
    covers = tuple(Cover(np.isin(np.arange(groups), of), np.array([2])) for of in lines)
    cost = np.array([1.0, 1.2] if groups == 2 else [1.0, 1.0, 1.25])
    space = replace(space_of(groups, most=most, covers=covers, cost=cost), hours=np.array([24.0]))
    best = counted_out(space, SAMPLE, trials)
    assert best > space.cost_of(least_cost(space, ()).seats)
    planes = cut_off(space, trials, None, SAMPLE)
    polished = settle(space, trials, np.full((groups, 1), most) if planes.best is None else planes.best, SAMPLE)
    assert polished.holds
    assert space.cost_of(polished.seats) == pytest.approx(best)
    assert planes.bound <= best + 1e-6


def test_groups_that_share_callers_are_changed_one_at_a_time(
    small_centre: Callable[..., Centre], on_duty: Callable
) -> None:
    """What each change does is what it does alone, also where both groups answer the same callers."""
    trials = shared_centre(small_centre, on_duty("a"), 2, [22.0, 26.0])
    seats = np.array([[3], [4]])
    cells = np.ones((2, 1), dtype=bool)
    together = trials.changes(seats, cells, -1, 0, 4)
    alone = OneByOne(trials.surplus).changes(seats, cells, -1, 0, 4)
    assert together.sum(axis=1) == pytest.approx(alone.sum(axis=1))
    assert (together.sum(axis=1) < 0).any()
