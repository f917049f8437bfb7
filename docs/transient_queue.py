"""One queue through a day, without any approximation to test: its equations of state, and a plain simulation.

``transient`` integrates the Kolmogorov equations of M_t/M/n_t + M by uniformisation; a caller whose seat closes
waits again. ``simulate`` plays calls one after another, first come first served, with any handling times; an agent
whose seat closes finishes the call. Neither uses the product's formulas.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm
from scipy.stats import poisson

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Course:
    """Per interval: means over its callers (shares, seconds), and mean numbers over its time."""

    calls: Floats
    within: Floats
    """Share answered within the threshold."""
    answered: Floats
    wait_of_answered_s: Floats
    """Wait of answered callers ÷ all callers."""
    waiting: Floats
    busy: Floats

    @property
    def asa_s(self) -> Floats:
        """Mean wait of the answered callers."""
        with np.errstate(invalid="ignore"):
            return self.wait_of_answered_s / self.answered

    @property
    def within_all(self) -> float:
        """Share answered within the threshold, over all callers of the period."""
        return float(self.calls @ self.within / self.calls.sum())

    @property
    def asa_all_s(self) -> float:
        """Mean wait of the answered callers of the period."""
        return float(self.calls @ self.wait_of_answered_s / (self.calls @ self.answered))


@lru_cache(maxsize=1000)
def tagged_caller(seats: int, aht_s: float, patience_s: float, within_s: float, room: int) -> list[Floats]:
    """By number in the system found: P(answered within), P(answered), E[wait; answered]."""
    theta, places = 1 / patience_s, room + 1 - seats
    ahead = seats / aht_s + np.arange(places) * theta
    moves = np.zeros((places + 1, places + 1))
    for j in range(places):
        moves[j, j] = -(ahead[j] + theta)
        # The last of the callers ahead makes way: the next state is the answer, kept in the last place.
        moves[j, j - 1 if j else places] += ahead[j]
    soon = expm(moves * within_s)[:places, places]
    answered = seats / aht_s / (ahead + theta)
    wait = answered * np.cumsum(1 / (ahead + theta))
    return [np.concatenate([np.full(seats, x), rest]) for x, rest in ((1.0, soon), (1.0, answered), (0.0, wait))]


def transient(
    calls: Floats, interval_s: float, aht_s: float, seats: NDArray[np.int64], patience_s: float, within_s: float,
    room: int = 150,
) -> Course:  # fmt: skip
    """The queue from empty on; at most ``room`` callers wait."""
    most = int(seats.max()) + room
    state, number = np.zeros(most + 1), np.arange(most + 1)
    state[0] = 1.0
    rows = []
    for rate, n in zip(calls / interval_s, seats.tolist(), strict=True):
        up = np.where(number < most, rate, 0.0)
        down = np.minimum(number, n) / aht_s + np.maximum(number - n, 0) / patience_s
        top = float((up + down).max()) or 1.0
        mean = top * interval_s
        jumps = np.arange(int(mean + 10 * np.sqrt(mean) + 30))
        here, later = poisson.pmf(jumps, mean), poisson.sf(jumps, mean)
        end, average = np.zeros_like(state), np.zeros_like(state)
        for k in jumps:
            end += here[k] * state
            average += later[k] * state
            moved = state * (1 - (up + down) / top)
            moved[1:] += (state * up / top)[:-1]
            moved[:-1] += (state * down / top)[1:]
            state = moved
        state, average = end / end.sum(), average / average.sum()
        soon, answered, wait = tagged_caller(n, aht_s, patience_s, within_s, most)
        waiting = np.maximum(number - n, 0)
        rows.append([average @ x for x in (soon, answered, wait, waiting, number - waiting)])
    return Course(calls, *np.array(rows).T)


def simulate(
    calls: Floats,
    interval_s: float,
    handling: Callable[[np.random.Generator, int], Floats],
    seats: NDArray[np.int64],
    patience_s: float,
    within_s: float,
    days: int,
    seed: int,
) -> Course:
    """The queue on many days; numbers waiting and busy are not kept (NaN)."""
    rng = np.random.default_rng(seed)
    totals = np.zeros((3, calls.size))
    came = np.zeros(calls.size)
    for _ in range(days):
        count = rng.poisson(calls)
        interval = np.repeat(np.arange(calls.size), count)
        arrived = (interval + rng.random(interval.size)) * interval_s
        order = np.argsort(arrived)
        arrived, interval = arrived[order], interval[order]
        gives_up = arrived + rng.exponential(patience_s, arrived.size)
        wait = _waits(
            arrived.tolist(), gives_up.tolist(), handling(rng, arrived.size).tolist(), seats.tolist(), interval_s
        )
        answered = ~np.isnan(wait)
        came += count
        for row, values in enumerate((answered & (wait <= within_s), answered, np.where(answered, wait, 0.0))):
            totals[row] += np.bincount(interval, weights=values.astype(float), minlength=calls.size)
    unknown = np.full(calls.size, np.nan)
    with np.errstate(invalid="ignore"):
        within, answered, waits = totals / came
    return Course(calls, *(np.nan_to_num(x) for x in (within, answered, waits)), unknown, unknown)


def _waits(
    arrived: list[float], gives_up: list[float], lasts: list[float], seats: list[int], interval_s: float
) -> Floats:
    """Wait of each call, NaN where it gave up."""
    waits = np.full(len(arrived), np.nan)
    line: deque[int] = deque()
    ends: list[float] = []
    changes = [(t * interval_s, n) for t, n in enumerate(seats) if t == 0 or n != seats[t - 1]][::-1]
    posts = 0

    def answer(now: float) -> None:
        while line and len(ends) < posts:
            call = line.popleft()
            if gives_up[call] > now:
                waits[call] = now - arrived[call]
                heapq.heappush(ends, now + lasts[call])

    for call, now in [*enumerate(arrived), (len(arrived), float("inf"))]:
        while (ends and ends[0] <= now) or (changes and changes[-1][0] <= now):
            if changes and (not ends or changes[-1][0] <= ends[0]):
                moment, posts = changes.pop()
            else:
                moment = heapq.heappop(ends)
            answer(moment)
        if call < len(arrived):
            line.append(call)
            answer(now)
    return waits
