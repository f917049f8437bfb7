"""How a queue fills and drains when rates change: the pointwise stationary fluid flow.

The mean number of callers in the system, X, follows

    dX/dt = λ(t) − r(X),    where the stationary queue with arrival rate r has X callers in it:

as many callers leave as would come in a stationary queue that is as full (W.-P. Wang, D. Tipper and
S. Banerjee 1996, "A simple approximation for modeling nonstationary queues", IEEE INFOCOM). The stationary
queue is Erlang A, C or B.

r(X) is tabulated in erlangs for each number of seats and each patience in handling times (rounded to
one in a hundred) and taken as straight lines between the points. Neither disturbs the rate where X settles, as
there r = λ whatever the table says; X itself is right to about 1 in 100.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wfm.queueing.delay import delay
from wfm.queueing.poisson import Floats

__all__ = ["Filling", "Tables", "carry_over_days", "follow"]

_POINTS = 96
_NEAR_FULL = 1e-9
"""How near to full load callers who never give up may bring the stationary queue."""
_PATIENCE_STEP = 0.01
_LEAST_PATIENCE = 1e-3
"""In handling times: who gives up sooner is taken to give up so soon."""

_SAME = 1e-9
"""Two courses of X that are as near as this (relative, above one caller) are one."""

Tables = dict[tuple[float, float], tuple[Floats, Floats]]
"""Tables of r(X) already made, by seats and rounded patience."""


@dataclass(frozen=True, slots=True)
class Filling:
    """Tables of r(X) for queues side by side: loads in erlangs and numbers in the system, both (queues, points)."""

    load: Floats
    in_system: Floats
    aht_s: Floats

    @classmethod
    def of(cls, aht_s: Floats, seats: Floats, patience_s: Floats, known: Tables) -> Filling:
        """The tables of these queues; ``known`` keeps those already made and is added to."""
        services = np.maximum(patience_s / aht_s, _LEAST_PATIENCE)
        rounded = np.where(np.isinf(services), np.inf, np.rint(np.log(services) / _PATIENCE_STEP))
        keys = list(zip(seats.tolist(), rounded.tolist(), strict=True))
        fresh = sorted(set(keys) - known.keys())
        if fresh:
            asked = np.array(fresh)
            loads, levels = _tabulate(asked[:, 0], np.exp(asked[:, 1] * _PATIENCE_STEP))
            known.update(zip(fresh, zip(loads, levels, strict=True), strict=True))
        tables = [known[key] for key in keys]
        return cls(np.stack([load for load, _ in tables]), np.stack([level for _, level in tables]), aht_s)

    def rate_and_slope(self, present: Floats) -> tuple[Floats, Floats]:
        """r(X) per second and its slope, for X ``present``; beyond the table its last line goes on."""
        # Of the few numbers there mostly are, np.clip takes longer than all the rest.
        reached = (self.in_system <= present[:, None]).sum(axis=1) - 1
        place, rows = np.minimum(np.maximum(reached, 0), _POINTS - 2), np.arange(present.size)
        x0, r0 = self.in_system[rows, place], self.load[rows, place]
        slope = (self.load[rows, place + 1] - r0) / (self.in_system[rows, place + 1] - x0)
        return (r0 + slope * (present - x0)) / self.aht_s, slope / self.aht_s


def follow(
    filling: Filling, inflow_per_s: Floats, present: Floats, length_s: float, steps: int
) -> tuple[Floats, Floats, Floats]:
    """Follow X for ``length_s`` seconds of constant inflow, queue by queue.

    Along a straight line of the table X is known exactly; each step takes the line that is met half-way
    (exponential midpoint rule): stable however short patience is.

    Returns:
        r and X at the middle of each step, both ``(queues, steps)``, and X at the end.
    """
    step = length_s / steps
    rates, levels = np.zeros((present.size, steps)), np.zeros((present.size, steps))
    rate, slope = filling.rate_and_slope(present)
    for k in range(steps):
        half = np.maximum(present + (inflow_per_s - rate) * _lasting(slope, step / 2), 0.0)
        rates[:, k], slope = filling.rate_and_slope(half)
        levels[:, k] = half
        rate = rates[:, k] + slope * (present - half)
        present = np.maximum(present + (inflow_per_s - rate) * _lasting(slope, step), 0.0)
        rate, slope = filling.rate_and_slope(present)
    return rates, levels, present


def carry_over_days(
    step: Callable[[NDArray[np.intp], int, Floats], Floats], start: Floats, days: int, per_day: int
) -> Floats:
    """X at the end of every interval, ``(queues, days, per_day)``, the days side by side.

    All days begin empty but the first; then each begins with what the day before left, and is followed until
    it meets its earlier course. So each day is right once the day before is, however much is carried over.

    Args:
        step: ``(days d, interval t, X)`` to X at the end of interval t of these days, both ``(queues, len(d))``.
        start: X at the start of the first day, ``(queues,)``.
        days: number of days.
        per_day: intervals of a day.
    """
    starts, ends = np.zeros((start.size, days)), np.full((start.size, days, per_day), np.nan)
    starts[:, 0] = start
    changed = np.arange(days)
    while changed.size:
        here, present = changed, starts[:, changed]
        for t in range(per_day):
            present = step(here, t, present)
            apart = ~_same(present, ends[:, here, t])
            ends[:, here, t] = present
            here, present = here[apart], present[:, apart]
            if not here.size:
                break
        left = ends[:, :-1, -1]
        changed = 1 + np.flatnonzero(~_same(left, starts[:, 1:]))
        starts[:, 1:] = left
    return ends


def _same(one: Floats, other: Floats) -> NDArray[np.bool_]:
    """Which days are alike for every queue; (queues, days) each."""
    alike: NDArray[np.bool_] = np.all(np.abs(one - other) <= _SAME * (1 + one), axis=0)
    return alike


def _lasting(slope: Floats, step: float) -> Floats:
    """(1 − e^(−slope·step)) ÷ slope."""
    steep = np.maximum(slope, 1e-15)
    lasting: Floats = -np.expm1(-steep * step) / steep
    return lasting


def _tabulate(seats: Floats, services: Floats) -> tuple[Floats, Floats]:
    """Loads and callers in the system of stationary queues with handling time 1; points are dense near full load."""
    endless = np.isinf(services)
    size = np.maximum(seats, 1.0)
    place = np.linspace(0, 1, _POINTS)
    # Around full load the stationary queue turns from busy seats to waiting callers within this share of load.
    width = 1 / np.sqrt(size * np.maximum(np.where(endless, 1.0, services), 1.0))
    low, high = -np.arcsinh(1 / width), np.arcsinh((8 / np.sqrt(size) + 8 * width) / width)
    finite = 1 + width[:, None] * np.sinh(low[:, None] + (high - low)[:, None] * place)
    share = np.where(endless[:, None], -np.expm1(np.log(_NEAR_FULL) * place), finite)
    share[:, 0] = 0.0
    load = share * size[:, None]
    flat, n, patience = load.ravel(), np.repeat(seats, _POINTS), np.repeat(services, _POINTS)
    solved = delay(flat, np.ones_like(flat), n, patience)
    in_system = solved.answered_share * flat + flat * solved.mean_wait_s()
    levels: NDArray[np.float64] = in_system.reshape(load.shape)
    levels[:, 0] = 0.0
    # Without seats and with endless patience callers gather and nobody leaves.
    stuck = endless & (seats == 0)
    load[stuck], levels[stuck] = 0.0, place
    return load, levels
