"""The day-level optimum of 96 intervals × 4 lines, and the whole curve of a slider."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator

import numpy as np
from row import RUNS, Row

from wfm.queueing import Goal
from wfm.staffing.day_level import day_level_seats
from wfm.staffing.interval_seats import seats_per_interval
from wfm.staffing.trade_off import trade_off_curve

ASA, LONG, LOST = Goal("asa_s", 12, strict=True), Goal("wait_exceeds", 0.05, t_s=37), Goal("abandon_share", 0.05)
CAP = Goal("occupancy", 0.85)
TOGETHER = (Goal("asa_s", 2.8), Goal("abandon_share", 0.0399), Goal("wait_exceeds", 0.0443, t_s=37), CAP)
"""Limits so near to each other that several bind at once."""


def a_day(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Arrivals, handling time and patience of four lines with two peaks and no two intervals alike; ``(4, 96)``."""
    at = np.arange(96) / 96
    profile = 0.15 + np.exp(-(((at - 0.42) / 0.1) ** 2)) + 0.8 * np.exp(-(((at - 0.65) / 0.09) ** 2))
    aht = np.array([420.0, 600.0, 500.0, 700.0])[:, None] + np.zeros((4, 96))
    load = np.array([18.0, 9.0, 6.0, 3.0])[:, None] * profile
    load = load * np.random.default_rng(seed).gamma(100, 0.01, (4, 96))
    return load / aht, aht, np.array([120.0, 90.0, 150.0, 180.0])[:, None] + np.zeros((4, 96))


def cpu_s(work: Callable[[], object]) -> float:
    """Median CPU seconds, after one run that is not counted."""
    work()
    spent = []
    for _ in range(RUNS):
        began = time.process_time()
        work()
        spent.append(time.process_time() - began)
    return statistics.median(spent)


def rows() -> Iterator[Row]:
    """CPU seconds of four kinds of day, and of the curve."""
    rate, aht, patience = a_day(0)
    date, cover = np.zeros(96, dtype=np.int64), np.ones((4, 96), dtype=np.int64)
    cases = (
        ("one target", (LOST,), 500),
        ("ASA, P(W>40), lost calls, occupancy", (ASA, LONG, LOST, CAP), 500),
        ("three targets that bind together", TOGETHER, 500),
        ("  and places that bind", TOGETHER, 48),
        ("  and places too few (best they can do)", TOGETHER, 42),
    )
    for name, goals, opened in cases:
        found = day_level_seats(goals, rate, aht, patience, 0.0, cover, opened, 900.0, date)
        spent = cpu_s(lambda g=goals, n=opened: day_level_seats(g, rate, aht, patience, 0.0, cover, n, 900.0, date))
        state = "optimal, proven" if found.proven[0] and found.kept[0] else "cannot be kept, proven"
        yield Row(
            f"day level, 96 × 4: {name}",
            f"{spent * 1e3:.0f} ms CPU",
            f"bound 200; {state if found.proven[0] else 'open'}",
        )
    goals = (ASA, LONG, LOST, CAP)
    found = day_level_seats(goals, rate, aht, patience, 0.0, cover, 500, 900.0, date)
    every = seats_per_interval(goals, rate, aht, patience, np.zeros_like(rate), cover, 500).seats.sum() / 4
    yield Row("  seat-hours, day against every interval", f"{found.staff_hours[0]:.1f}", f"{every:.1f}")
    for goal in (LOST, ASA):
        spent = cpu_s(lambda g=goal: trade_off_curve(g, rate, aht, patience, 1, 500, 900.0))
        points = len(trade_off_curve(goal, rate, aht, patience, 1, 500, 900.0))
        yield Row(
            f"trade-off curve, 96 × 4: {goal.measure}", f"{spent * 1e3:.0f} ms CPU", f"bound 50; {points:,} points"
        )
