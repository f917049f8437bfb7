"""Every row of the curve is a real allocation, and where it says so no allocation of as many seats is better."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfm.queueing import Goal, delay, goal_terms, size_seats
from wfm.staffing.day_level import day_level_seats
from wfm.staffing.seat_path import hull_gains, seat_path
from wfm.staffing.trade_off import trade_off_curve

RATE = np.array([[0.004, 0.012, 0.007], [0.002, 0.003, 0.005]])
AHT = np.array([[300.0], [500.0]]) * np.ones((1, 3))
PATIENCE = np.array([[90.0], [150.0]]) * np.ones((1, 3))


def test_rows_are_those_of_the_balance_equations(chain: Any) -> None:
    curve = trade_off_curve(Goal("abandon_share", 0.05), RATE, AHT, PATIENCE, 1, 20, 900.0, long_wait_s=40)
    seats = np.ones(RATE.shape, dtype=int)
    for row in curve.to_dict("records"):
        if row["group"] >= 0:
            seats[row["group"], row["interval"]] += 1
        assert row["seats"] == seats.sum()
        assert row["staff_hours"] == seats.sum() / 4
        if row["seats"] % 7:
            continue
        lost = long = waited = answered = 0.0
        for rate, aht, patience, n in zip(*(a.ravel() for a in (RATE, AHT, PATIENCE, seats)), strict=True):
            queue = chain(rate, aht, int(n), patience)
            lost += rate * queue.abandon
            long += rate * queue.waits_over(40.0)
            answered += rate * (1 - queue.abandon)
            waited += rate * (1 - queue.abandon) * queue.asa_s
        assert row["abandon_share"] == pytest.approx(lost / RATE.sum(), rel=1e-9)
        assert row["waited_over_share"] == pytest.approx(long / RATE.sum(), rel=1e-9)
        assert row["asa_s"] == pytest.approx(waited / answered, rel=1e-9)


@pytest.mark.parametrize("opened", [100, 5])
@pytest.mark.parametrize(
    "goal", [Goal("abandon_share", 0.05), Goal("wait_exceeds", 0.05, t_s=40), Goal("service_level", 0.9, t_s=15)]
)
def test_no_allocation_of_as_many_seats_is_better(goal: Goal, opened: int) -> None:
    rate, aht, patience = RATE[:, :2], AHT[:, :2], PATIENCE[:, :2]
    curve = trade_off_curve(goal, rate, aht, patience, 1, opened, 900.0, within_s=15, long_wait_s=40)
    column = {"abandon_share": "abandon_share", "wait_exceeds": "waited_over_share", "service_level": "service_level"}
    every = np.array(list(product(range(1, 8), repeat=4))).reshape(-1, 2, 2)
    every = every[(every.sum(axis=1) <= opened).all(axis=1)]
    flat = [np.broadcast_to(a, every.shape).ravel() for a in (rate, aht, every.astype(float), patience)]
    above, _ = goal_terms(goal, delay(*flat))
    values = (above * flat[0]).reshape(len(every), -1).sum(axis=1) / rate.sum()
    totals = every.sum(axis=(1, 2))
    sign = -1 if goal.measure == "service_level" else 1
    checked = 0
    for row in curve[curve["best"] & (curve["seats"] <= 10)].to_dict("records"):
        best = (sign * values[totals == row["seats"]]).min() * sign
        assert row[column[goal.measure]] == pytest.approx(best, rel=1e-9)
        checked += 1
    assert checked >= 4


def test_the_curve_meets_the_day_level_optimum() -> None:
    goal = Goal("abandon_share", 0.05)
    curve = trade_off_curve(goal, RATE, AHT, PATIENCE, 1, 20, 900.0)
    found = day_level_seats([goal], RATE, AHT, PATIENCE, 0.0, 1, 20, 900.0, np.zeros(3, dtype=int))
    enough = curve[curve["abandon_share"] <= 0.05].iloc[0]
    assert enough["staff_hours"] == found.staff_hours[0]
    assert (np.diff(curve["abandon_share"]) < 0).all()
    assert (np.diff(curve["seats"]) == 1).all()


def test_places_end_the_curve() -> None:
    curve = trade_off_curve(Goal("abandon_share", 0.05), RATE, AHT, PATIENCE, 1, 4, 900.0)
    assert curve["seats"].iloc[-1] == 4 * 3
    full = trade_off_curve(Goal("abandon_share", 0.05), RATE, AHT, PATIENCE, 1, 2, 900.0)
    assert len(full) == 1


@settings(deadline=None, derandomize=True, max_examples=200)
@given(
    st.lists(st.lists(st.integers(-20, 20), min_size=6, max_size=6), min_size=1, max_size=3),
    st.lists(st.integers(1, 6), min_size=3, max_size=3),
)
def test_hull_is_the_largest_convex_function_below(rows: list[list[int]], counts: list[int]) -> None:
    values = np.array(rows, dtype=float)
    allowed = np.arange(6) < np.array(counts[: len(rows)])[:, None]
    gains = hull_gains(values, allowed)
    for row, count, gain in zip(values, counts, gains, strict=False):
        hull = row[0] - np.append(0.0, np.cumsum(gain[: count - 1]))
        for k in range(count):
            # The lowest point above k on any chord between two levels.
            chords = [
                row[a] + (row[b] - row[a]) * (k - a) / max(b - a, 1)
                for a in range(k + 1)
                for b in range(k, count)
                if b > a or a == k
            ]
            assert hull[k] == pytest.approx(min(chords), abs=1e-9)


def test_seats_beyond_the_room_are_the_least_useful() -> None:
    values = np.array([[9.0, 5.0, 3.0, 2.0], [9.0, 6.0, 5.5, 5.4]])
    path = seat_path(values, np.ones((2, 4), dtype=bool), np.zeros(2, dtype=int), np.array([3]))
    assert path.gain.tolist() == [4.0, 3.0, 2.0]
    assert path.levels_after(3, 2).tolist() == [2, 1]


def test_the_day_level_never_takes_more_than_every_interval() -> None:
    goals = [Goal("abandon_share", 0.05), Goal("asa_s", 15)]
    minimum = np.ones(RATE.shape, dtype=int)
    found = day_level_seats(goals, RATE, AHT, PATIENCE, 0.0, minimum, 20, 900.0, np.zeros(3, dtype=int))
    every = np.maximum(size_seats(RATE, AHT, goals, PATIENCE).seats, 1).sum() / 4
    assert 0 < found.staff_hours[0] <= every
