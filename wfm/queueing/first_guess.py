"""Where a search for the fewest seats starts: the formulas in their first terms, solved for the goal.

With the expansion of :mod:`wfm.queueing.gamma_ratio` cut to W = −1/3 + η/12 − 2η²/135 − 4/(135x), Γ* = 1 + 1/(12x)
(seats now a real number n):

    1/B(n−1, a) = (a/n)·(√(2n)·r(z₁) + W),      r(z) = √π/2·erfcx(z)
    J(x, y)     = (y/x)·(√(2x)·r(−z₂) − W)
    P(wait) = J/(ε + J),  P(answered later than t) = J(x+1, y·e^(−θt))·e^(y(1 − e^(−θt)) − xθt)/(ε + J)

with ε = 1/B(n−1, a), x = nμ/θ, y = λ/θ; J(x+1, y) follows from J(x, y) = (y/x)(1 + J(x+1, y)). Infinite patience
is Erlang C, J = a/(n − a). In heavy traffic this is the square-root rule of Halfin and Whitt (1981) and of Garnett,
Mandelbaum and Reiman (2002); unlike it, it stays within some thousandths of a seat down to a few erlangs.
Secant and parabola steps in the logarithm of the measure give n. It is a start only: the search decides by
the exact formulas.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from wfm.queueing.goal import HIGH, Goal
from wfm.queueing.poisson import Floats

__all__ = ["first_guess"]

_ROOT_PI = float(np.sqrt(np.pi))
_TINY = 1e-300
_FAR_BELOW = ("asa_s", "mean_wait_s", "abandon_share")
"""Measures whose usual limits are kept far below the load when callers give up: one step more is cheaper than a look."""


def first_guess(goal: Goal, rate: Floats, aht: Floats, patience: Floats, other: Floats) -> Floats:
    """About the seats that keep the goal, a real number per cell, at least 0; one-dimensional arrays.

    Cells have arrivals, or other work under an occupancy goal. All have patience without end, or none has.
    """
    load = rate * aht
    if goal.measure == "occupancy":
        return np.asarray((load + other) / goal.limit)
    endless = patience.size > 0 and bool(np.isinf(patience[0]))
    if endless and goal.measure == "abandon_share":
        return load
    root = np.sqrt(load)
    t = max(goal.t_s, 0.0)
    wanted = np.log(1 - goal.limit if goal.measure in HIGH else goal.limit)
    # Seconds; neither zero nor without end.
    brief = np.clip(patience, 1e-3, 1e9)
    ratio = brief / aht

    def miss(seats: Floats) -> Floats:
        if endless:
            short = _patient_shortfall(goal, load, seats, t / aht, aht)
        else:
            short = _shortfall(goal, load, seats, ratio, t / brief, aht)
        return np.asarray(np.log(np.maximum(short, _TINY)) - wanted)

    lowest = load * (1 + 1e-6) + 1e-3 if endless else np.full_like(load, 0.05)
    with np.errstate(all="ignore"):
        # Where goals of this height usually lie; 80/20 sets the scale.
        far = 1.0 if goal.measure in ("asa_s", "mean_wait_s") else np.sqrt(max(-float(wanted), 0.2) / 1.6)
        first, second = load + 0.3 * far * root + 0.3, load + 0.9 * far * root + 0.3
        at_first, at_second = miss(first), miss(second)
        third = _through_two(first, second, at_first, at_second, lowest)
        at_third = miss(third)
        fourth = _through_three(first, second, third, at_first, at_second, at_third, lowest)
        if endless or goal.measure not in _FAR_BELOW:
            return fourth
        return _through_three(second, third, fourth, at_second, at_third, miss(fourth), lowest)


def _through_two(one: Floats, two: Floats, at_one: Floats, at_two: Floats, lowest: Floats) -> Floats:
    """Where the line through two points crosses zero."""
    step = at_two * (two - one) / (at_one - at_two)
    return np.maximum(two + np.where(np.isfinite(step), step, 0.0), lowest)


def _through_three(
    one: Floats, two: Floats, three: Floats, at_one: Floats, at_two: Floats, at_three: Floats, lowest: Floats
) -> Floats:
    """Where the parabola n(value) through three points crosses zero; the line's answer where it is wild."""
    slope = (three - two) / (at_three - at_two)
    bend = (slope - (two - one) / (at_two - at_one)) / (at_three - at_one)
    line = -at_three * slope
    step = line + at_three * at_two * bend
    step = np.where(np.abs(step - line) <= 0.5 * np.abs(three - two) + 1, step, line)
    return np.maximum(three + np.where(np.isfinite(step), step, 0.0), lowest)


def _scaled_tail(x: Floats, y: Floats, sign: float) -> Floats:
    """Upper (sign 1) or lower (−1) tail of the gamma distribution over its height, to about 0.01 %."""
    m = y / x - 1
    eta = np.copysign(np.sqrt(2 * np.maximum(m - np.log1p(m), 0.0)), m)
    half = np.sqrt(0.5 * x)
    small = 1 / np.maximum(x, 1.0)
    series = (1 / 12 - 2 / 135 * eta) * eta - 1 / 3 - 4 / 135 * small
    return np.asarray(_ROOT_PI * (1 + small / 12) * half * special.erfcx(sign * eta * half) + sign * series)


def _patient_shortfall(goal: Goal, load: Floats, seats: Floats, t: Floats, aht: Floats) -> Floats:
    """Erlang C: the measure, or 1 − the measure where it is to be high; ``t`` in handling times."""
    room = seats - load
    wait = 1 / (1 + room / seats * _scaled_tail(seats, load, 1.0))
    if goal.measure in ("asa_s", "mean_wait_s"):
        return np.asarray(wait * aht / room)
    return np.asarray(wait * np.exp(-room * t))


def _shortfall(goal: Goal, load: Floats, seats: Floats, ratio: Floats, t: Floats, aht: Floats) -> Floats:
    """Erlang A: the measure, or 1 − the measure where it is to be high; ``t`` in mean patiences."""
    x, y = seats * ratio, load * ratio
    # J(x + 1, y) is at least zero: patience short beside the handling time lies outside the expansion.
    lower = np.maximum(_scaled_tail(x, y, -1.0), 1.0)
    j = y / x * lower
    total = load / seats * _scaled_tail(seats, load, 1.0) + j
    lost = (j - lower + 1) / total
    if goal.measure == "abandon_share":
        return lost
    if goal.measure == "mean_wait_s":
        # Rate balance: callers give up at θ·E[queue].
        return np.asarray(lost * ratio * aht)
    if goal.measure == "asa_s":
        # The mean h of those who waited and were answered is −∂ ln J(x + 1, y)/∂x. The step ln J(x, y) − ln J(x + 1, y)
        # is that half a unit of x too early, and h falls by its variance a unit: about h² below the edge, 1/y above.
        early = np.log(j / (lower - 1))
        h = early - 0.5 / (1 / (early * early) + y)
        return np.asarray((lower - 1) / total * h / (1 - lost) * ratio * aht)
    later = y * np.exp(-t)
    lower_later = np.maximum(_scaled_tail(x, later, -1.0), 1.0)
    grown = np.exp(y - later - x * t) / total
    if goal.measure == "wait_exceeds":
        return np.asarray(later / x * lower_later * grown)
    late = (lower_later - 1) * grown
    if goal.measure == "service_level_of_answered":
        return np.asarray(late / (1 - lost))
    return np.asarray(late + lost)
