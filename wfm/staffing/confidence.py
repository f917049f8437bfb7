"""Seats so that the day complies with probability p: what is not known of the demand enters the sizing.

A day complies when its own measures keep the standard. They vary for two reasons: nobody knows the day's rate
(weather, news, a drifting level), and calls come and last by luck. Sizing to the expected rate meets the
expected measures, and so misses about every second day. Here a family of staffings, the requirement at demand
x · mean, is searched for the smallest x whose staffing complies on a share p of generated days. All staffings
meet the same days (common random numbers), so that the share hardly ever falls as x rises, and in log x its
normal quantile is nearly a straight line: a secant with bisection as safeguard needs five to eight evaluations.
Between the last staffing that fails and the first that complies, seats are then added one after another.

The search picks what looks good on its own days; how surely the day complies is therefore stated from *other*
days, independent of the search. As the searched share itself has an error, the search aims half a standard
error above p; should the stated probability fall short of p by more than its own error, it aims higher once.

This room does not simulate: the days are an argument, ``evaluate(seats) -> (D,) bool``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import special

from wfm.errors import BadInput
from wfm.i18n import say

__all__ = ["ConfidentSeats", "Evaluate", "day_gamma_paths", "find_confident_seats", "share_and_half_width"]

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]

Evaluate = Callable[[Counts], Flags]
"""Seats ``(G, T)`` → which of the D generated days comply."""

FACTOR_LEAST, FACTOR_MOST = 0.25, 6.0
"""Demand factors searched: staffings for a quarter to six times the expected demand."""
_WIDTH = 0.015
"""Demand factors closer than this (in logs) are not parted; what lies between is settled seat by seat."""
_ROUNDS = 16
_CERTAIN = 1.96


@dataclass(frozen=True, slots=True)
class ConfidentSeats:
    """Seats of one day and how surely the day complies with them."""

    seats: Counts
    """``(G, T)``"""
    probability: float
    """Share of days, other than those searched on, that comply."""
    half_width: float
    """Half-width of the 95 % interval of :attr:`probability`."""
    demand_factor: float
    """The seats lie at or just below the requirement at this multiple of the expected demand."""
    evaluations: int
    """Staffings that were played."""
    reached: bool
    """Whether the search found its probability; else these are the best seats of the family."""


def find_confident_seats(
    requirement_at: Callable[[float], Counts],
    evaluate: Evaluate,
    confirm: Evaluate,
    confidence: float,
    *,
    start: float = 1.0,
    least: float = FACTOR_LEAST,
    most: float = FACTOR_MOST,
    origin: NDArray[np.int64] | None = None,
) -> ConfidentSeats:
    """The cheapest staffing of the family that complies with probability ``confidence``.

    Args:
        requirement_at: demand factor → seats ``(G, T)``; more demand never needs fewer seat-hours.
        evaluate: the days that the search sees.
        confirm: other days, from which the probability is stated.
        confidence: the probability asked for, in (0, 1).
        start: demand factor to begin at: that of a similar day.
        least: no staffing below this demand factor.
        most: no staffing above it.
        origin: ``(D',)`` where each day of ``confirm`` has its rate from, for days that share one: see
            :func:`share_and_half_width`.

    Raises:
        BadInput: ``confidence`` is not between 0 and 1.
    """
    if not 0 < confidence < 1:
        raise BadInput(say("confidence should lie between 0 and 1, both left out; found {found:g}", found=confidence))
    search = _Search(requirement_at, evaluate, confidence)
    factor, seats = search.run(min(max(start, least), most), least, most)
    probability, half_width = share_and_half_width(confirm(seats), origin)
    stated = 1
    if search.reached and probability + half_width < confidence:
        # The days searched were kinder than the others, by more than the others' own error: aim higher, once.
        wanted = special.ndtri(confidence)
        search.aim = float(special.ndtr(2 * wanted - special.ndtri(max(probability, confidence / 2))))
        factor, seats = search.run(factor, least, most)
        probability, half_width = share_and_half_width(confirm(seats), origin)
        stated = 2
    return ConfidentSeats(seats, probability, half_width, factor, search.evaluations + stated, search.reached)


def share_and_half_width(complies: Flags, origin: NDArray[np.int64] | None = None) -> tuple[float, float]:
    """Share of days that comply and half-width of its 95 % interval.

    Days with one ``origin`` share a rate and do not tell twice of it: the error is then that of the origins'
    means. Without one it is Wilson's (1927, "Probable inference", JASA 22:209–212), which stays sensible when
    every day complies.
    """
    share = float(np.mean(complies))
    if origin is not None and len(np.unique(origin)) < len(origin):
        size = np.bincount(origin)
        means = np.bincount(origin, weights=complies)[size > 0] / size[size > 0]
        if 0 < share < 1:
            return share, _CERTAIN * float(means.std(ddof=1)) / sqrt(len(means))
        return share, _wilson(share, len(means))
    return share, _wilson(share, len(complies))


def _wilson(share: float, days: int) -> float:
    z = _CERTAIN
    return z / (1 + z * z / days) * sqrt(share * (1 - share) / days + (z / (2 * days)) ** 2)


class _Search:
    """One day's search, with what every staffing tried was worth."""

    def __init__(self, requirement_at: Callable[[float], Counts], evaluate: Evaluate, confidence: float) -> None:
        self.requirement_at = requirement_at
        self.evaluate = evaluate
        self.aim = confidence
        self.known: dict[bytes, tuple[int, int]] = {}
        self.reached = True

    @property
    def evaluations(self) -> int:
        return len(self.known)

    def lead(self, seats: Counts) -> float:
        """Normal quantile of the share that complies, less that of the share aimed at; ≥ 0 is enough."""
        key = seats.tobytes()
        if key not in self.known:
            complies = self.evaluate(seats)
            self.known[key] = int(complies.sum()), len(complies)
        kept, days = self.known[key]
        aim = min(self.aim + 0.5 * sqrt(self.aim * (1 - self.aim) / days), 1 - 0.5 / days, (days + 0.4) / (days + 1))
        # Half a day is added to both sides: no share is 0 or 1.
        return float(special.ndtri((kept + 0.5) / (days + 1)) - special.ndtri(aim))

    def run(self, start: float, least: float, most: float) -> tuple[float, Counts]:
        """The demand factor and the seats found."""
        low: tuple[float, float] | None = None
        high: tuple[float, float] | None = None
        at, step = log(start), 0.08
        for _ in range(_ROUNDS):
            lead = self.lead(self.requirement_at(exp(at)))
            if lead >= 0:
                high = (at, lead)
            else:
                low = (at, lead)
            if low is not None and high is not None:
                if high[0] - low[0] <= _WIDTH:
                    break
                at = _between(low, high)
                continue
            edge = log(least) if low is None else log(most)
            if at == edge:
                break
            at = max(at - step, edge) if low is None else min(at + step, edge)
            step *= 2
        if high is None:
            self.reached = False
            factor = self._no_more_than_needed(least, exp(at))
            return factor, self.requirement_at(factor)
        seats = self.requirement_at(exp(high[0]))
        if low is not None:
            seats = self._fill(self.requirement_at(exp(low[0])), seats)
        return exp(high[0]), seats

    def _fill(self, short: Counts, enough: Counts) -> Counts:
        """The fewest of the seats between the two that are enough, those of the busiest intervals first."""
        base = np.minimum(short, enough)
        group, interval = np.nonzero(enough > base)
        times = (enough - base)[group, interval]
        order = np.argsort(-enough[group, interval], kind="stable")
        cells = np.repeat(np.stack([group, interval])[:, order], times[order], axis=1)

        def with_first(count: int) -> Counts:
            seats = base.copy()
            np.add.at(seats, (cells[0, :count], cells[1, :count]), 1)
            return seats

        fails, complies = 0, cells.shape[1]
        while complies - fails > 1:
            middle = (fails + complies) // 2
            if self.lead(with_first(middle)) >= 0:
                complies = middle
            else:
                fails = middle
        return with_first(complies)

    def _no_more_than_needed(self, least: float, factor: float) -> float:
        """The least demand whose seats are those of ``factor``: where places are short, more demand adds none."""
        best = self.requirement_at(factor)
        low, high = log(least), log(factor)
        while high - low > _WIDTH:
            middle = (low + high) / 2
            if np.array_equal(self.requirement_at(exp(middle)), best):
                high = middle
            else:
                low = middle
        return exp(high)


def _between(low: tuple[float, float], high: tuple[float, float]) -> float:
    """Where a straight line through both ends is zero, kept off the ends by a tenth."""
    width = high[0] - low[0]
    share = min(max(-low[1] / (high[1] - low[1]), 0.1), 0.9)
    # A little above the line's zero, so that the ends close in from both sides.
    return low[0] + width * min(share + 0.05, 0.9)


def day_gamma_paths(mean: Floats, cv: float, paths: int, seed: int) -> Floats:
    """Rates of P days that share a profile and differ by a gamma factor with mean 1; ``(P, L, T)``.

    For hotlines without a forecast (Avramidis, Deslauriers and L'Ecuyer 2004, *Management Science* 50:896–908).
    The factors are stratified: one from each of P equally likely parts of the gamma distribution.

    Args:
        mean: ``(L, T)`` expected calls.
        cv: standard deviation ÷ mean of the factor; 0 for none.
        paths: P.
        seed: seed of the factors.

    Raises:
        BadInput: ``cv`` is negative or not a number, or there is no path.
    """
    if not (np.isfinite(cv) and cv >= 0):
        raise BadInput(say("variation of the day's demand: should be 0 or more, found {found}", found=cv))
    if paths < 1:
        raise BadInput(say("paths should be 1 or more, found {found}", found=paths))
    rng = np.random.default_rng(np.random.SeedSequence([seed, 0xDA]))
    u = (rng.permutation(paths) + rng.random(paths)) / paths
    factor: Floats = np.asarray(special.gammaincinv(cv**-2, u) * cv**2) if cv > 0 else np.ones(paths)
    result: Floats = factor[:, None, None] * mean
    return result
