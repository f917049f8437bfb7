"""The fewest seats beside a scan of every number of seats from none, with queues solved by other means."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import weibull_min

from wfm.queueing import Goal, hyperexponential_patience, minimal_seats, weibull_patience
from wfm.queueing.first_guess import first_guess


def goals(rng: np.random.Generator, t: float) -> list[Goal]:
    """One of each measure, with a limit of its own."""
    strict = bool(rng.integers(2))
    return [
        Goal("service_level", rng.uniform(0.3, 0.99), t_s=t, strict=strict),
        Goal("service_level_of_answered", rng.uniform(0.3, 0.99), t_s=t),
        Goal("service_level_less_short", rng.uniform(0.3, 0.99), t_s=t, short_s=t),
        Goal("asa_s", rng.uniform(1, 40), strict=strict),
        Goal("mean_wait_s", rng.uniform(1, 40)),
        Goal("wait_exceeds", rng.uniform(0.01, 0.6), t_s=t),
        Goal("abandon_share", rng.uniform(0.005, 0.6)),
        Goal("occupancy", rng.uniform(0.3, 0.95)),
    ]


def measures(solved, seats: int) -> dict[str, float]:  # type: ignore[no-untyped-def]
    """Every measure out of the birth–death solution; giving up by t is what neither waits nor is answered then."""
    within, over = solved.answered_within, solved.waits_over
    return {
        "service_level": within,
        "service_level_of_answered": within / (1 - solved.abandon) if seats else np.nan,
        "service_level_less_short": within / (within + over),
        "asa_s": solved.asa_s,
        "mean_wait_s": solved.mean_wait_s,
        "wait_exceeds": over,
        "abandon_share": solved.abandon,
        "occupancy": solved.occupancy if seats else np.nan,
    }


def first_kept(goals: list[Goal], measured: Callable[[int], dict[str, float]]) -> list[int]:
    """For every goal the first number of seats, from none, that keeps it."""
    found: dict[int, int] = {}
    seats = 0
    while len(found) < len(goals):
        values = measured(seats)
        for place, goal in enumerate(goals):
            if place not in found and bool(goal.kept_by(np.array(values[goal.measure]))):
                found[place] = seats
        seats += 1
    return [found[place] for place in range(len(goals))]


def test_erlang_a_is_what_a_scan_of_all_seats_finds(birth_death, usually) -> None:  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(5)
    below_load, cases = 0, usually(40, 200)
    for _ in range(cases):
        load, aht = 10 ** rng.uniform(-1.5, 1.1), rng.uniform(30, 900)
        patience, t = 10 ** rng.uniform(1, 3.3), rng.uniform(1, 60)
        wanted = goals(rng, t)
        scanned = first_kept(wanted, lambda n: measures(birth_death(load / aht, aht, n, patience, t), n))  # noqa: B023
        found = [int(minimal_seats(load / aht, aht, goal, patience)) for goal in wanted]
        assert found == scanned, (load, aht, patience, wanted)
        below_load += sum(n < load for n in scanned)
    # The scan is worth its name only if it meets minima below the load.
    assert below_load > cases / 2


def test_large_minima_keep_the_goal_and_one_seat_less_does_not(birth_death) -> None:  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(6)
    below_load = 0
    for _ in range(40):
        load, aht, patience = rng.uniform(20, 250), rng.uniform(120, 600), rng.uniform(30, 400)
        t, level = rng.uniform(5, 60), rng.uniform(0.6, 0.97)
        n = int(minimal_seats(load / aht, aht, Goal("service_level", level, t_s=t), patience))
        assert birth_death(load / aht, aht, n, patience, t).answered_within >= level
        assert birth_death(load / aht, aht, n - 1, patience, t).answered_within < level
        below_load += n < load
    assert below_load > 5


def erlang_c_by_recursion(load: float, aht: float, t: float) -> Callable[[int], dict[str, float]]:
    def measured(seats: int) -> dict[str, float]:
        if seats <= load:
            return dict.fromkeys(measures_of_erlang_c, np.nan)
        inverse = 1.0
        for n in range(1, seats):
            inverse = 1 + inverse * n / load
        wait = 1 / (1 + (seats - load) / load * inverse)
        late, mean = wait * np.exp(-(seats - load) * t / aht), wait * aht / (seats - load)
        values = (1 - late, 1 - late, 1 - late, mean, mean, late, 0.0, load / seats)
        return dict(zip(measures_of_erlang_c, values, strict=True))

    return measured


measures_of_erlang_c = [goal.measure for goal in goals(np.random.default_rng(0), 1.0)]


def test_erlang_c_is_what_a_scan_of_all_seats_finds(usually: Callable[[int, int], int]) -> None:
    rng = np.random.default_rng(7)
    for _ in range(usually(100, 300)):
        load, aht, t = 10 ** rng.uniform(-2, 2), rng.uniform(30, 900), rng.uniform(0, 60)
        wanted = goals(rng, t)
        found = [int(minimal_seats(load / aht, aht, goal)) for goal in wanted]
        assert found == first_kept(wanted, erlang_c_by_recursion(load, aht, t)), (load, aht, wanted)


def test_without_patience_it_is_what_a_scan_of_erlang_b_finds() -> None:
    rng = np.random.default_rng(8)
    for _ in range(200):
        load, lost = 10 ** rng.uniform(-2, 2), rng.uniform(0.001, 0.5)
        blocked, seats = 1.0, 0
        while blocked > lost:
            seats += 1
            blocked = load * blocked / (seats + load * blocked)
        for goal in (Goal("abandon_share", lost), Goal("service_level", 1 - lost, t_s=20)):
            assert minimal_seats(load / 300, 300, goal, 0.0) == seats


def by_virtual_wait(
    rate: float, aht: float, t: float, survival: Callable[[np.ndarray], np.ndarray]
) -> Callable[[int], dict[str, float]]:
    """M/M/n+G by the trapezoid rule on the density of the offered wait (Baccelli and Hebuterne 1981)."""
    grid = np.concatenate([t * np.linspace(0, 1, 4001) ** 2, t + 3000 * np.linspace(0, 1, 40001)[1:] ** 2])
    alive = survival(grid)
    waited = np.concatenate([[0.0], np.cumsum((alive[1:] + alive[:-1]) / 2 * np.diff(grid))])

    def measured(seats: int) -> dict[str, float]:
        if not seats:
            return {"service_level": 0.0, "abandon_share": 1.0, "asa_s": np.nan}
        inverse = 1.0
        for n in range(1, seats):
            inverse = 1 + inverse * n * 1.0 / (rate * aht)
        density = rate * np.exp(rate * waited - seats / aht * grid)

        def area(of: np.ndarray, upto: int | None = None) -> float:
            return float(np.trapezoid(of[:upto], grid[:upto]))

        total, answered = inverse + area(density), inverse + area(density * alive)
        return {
            "service_level": (inverse + area(density * alive, 4001)) / total,
            "abandon_share": area(density * (1 - alive)) / total,
            "asa_s": area(density * alive * grid) / answered,
        }

    return measured


def test_laws_of_patience_are_sized_like_a_scan_of_all_seats() -> None:
    rng = np.random.default_rng(9)
    for case in range(16):
        load, aht, t = 10 ** rng.uniform(-0.5, 1.3), rng.uniform(60, 600), rng.uniform(5, 40)
        if case % 2:
            shape, mean = rng.uniform(0.6, 2.5), rng.uniform(40, 300)
            law = weibull_patience(mean, shape)
            shapely = weibull_min(shape, scale=mean / weibull_min(shape).mean())
            survival = shapely.sf
        else:
            means, share = rng.uniform(10, 60), rng.uniform(0.2, 0.8)
            law = hyperexponential_patience([means, 10 * means], [share, 1 - share])

            def survival(s: np.ndarray, means: float = means, share: float = share) -> np.ndarray:
                return share * np.exp(-s / means) + (1 - share) * np.exp(-s / (10 * means))

        wanted = [
            Goal("service_level", rng.uniform(0.5, 0.97), t_s=t),
            Goal("abandon_share", rng.uniform(0.01, 0.3)),
            Goal("asa_s", rng.uniform(3, 30)),
        ]
        scanned = first_kept(wanted, by_virtual_wait(load / aht, aht, t, survival))
        assert [int(minimal_seats(load / aht, aht, goal, law)) for goal in wanted] == scanned, (case, load, aht, t)


def test_cells_of_every_kind_are_sized_together_as_alone() -> None:
    rate = np.array([0.0, 0.01, 0.2, 0.2, 3.0, 0.2])
    patience = np.array([60.0, np.inf, 0.0, 90.0, 1e5, np.inf])
    wanted = [Goal("service_level", 0.9, t_s=20), Goal("occupancy", 0.8), Goal("asa_s", 5)]
    alone = [int(minimal_seats(r, 240, wanted, p)) for r, p in zip(rate, patience, strict=True)]
    assert minimal_seats(rate, 240, wanted, patience).tolist() == alone


@pytest.mark.parametrize("patience", [np.inf, 60.0, 1000.0])
def test_the_first_guess_is_near_the_answer(patience: float) -> None:
    # Not needed for the answer, but for its speed.
    rng = np.random.default_rng(10)
    rate, aht = rng.uniform(0.01, 0.3, 500), rng.uniform(120, 600, 500)
    for goal in (Goal("service_level", 0.8, t_s=20), Goal("wait_exceeds", 0.05, t_s=40), Goal("mean_wait_s", 10)):
        found = minimal_seats(rate, aht, goal, patience)
        guess = first_guess(goal, rate, aht, np.full(500, patience), np.zeros(500))
        assert (np.abs(np.ceil(guess) - found) <= 2).mean() > 0.98
