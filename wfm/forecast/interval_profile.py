"""How a day's calls spread over the times of day, by day type, each shrunk as far as its data are thin.

Chain of shrinkage: the day type (a Monday) leans on its kind (working days), the kind on the line's
all-day profile, that one on a smoothed profile of the line and the centre. How far is measured: the
spread of the counts about the parent beyond chance gives the concentration of a Dirichlet prior by
the method of moments (Mosimann 1962, Biometrika 49:65–82; variance inflation of the compound
multinomial).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wfm.forecast.history import DAY_TYPES, HOLIDAY, MAKEUP, History

__all__ = [
    "Profiles",
    "dispersion_by_type_and_time",
    "fit_profiles",
    "recency_weights",
    "within_day_dispersion",
]

Floats = NDArray[np.float64]

SMOOTHING_MIN = 45
"""Half-width of the triangular kernel under the thinnest data."""
CAP = 3.5**2
"""Squared standard residual beyond which a count is an accident."""
PASSES = 4
"""Refits of the profiles: counts that the fit before calls accidents are cut back to its limit."""
DISPERSION_DAYS = 6.0
"""Days' worth of trust in the line's one dispersion for each time of day and each day type."""
CENTRE_CALLS = 40.0
"""Calls' worth of trust in the whole centre's profile for a line of its own."""


@dataclass(frozen=True)
class Profiles:
    """Interval shares of one line.

    ``share`` (DAY_TYPES, S): share of a fully open day's calls; rows sum to 1.
    ``dispersion``: NB2 dispersion of an interval's count within its day, 0 for Poisson.
    """

    share: Floats
    dispersion: float


def recency_weights(days_ago: Floats, half_life_days: float) -> Floats:
    """Weights that halve every ``half_life_days``."""
    weights: Floats = 0.5 ** (days_ago / half_life_days)
    return weights


def fit_profiles(history: History, days_ago: Floats, *, half_life_days: float) -> list[Profiles]:
    """The profiles of every line.

    Args:
        history: the past.
        days_ago: (D,) age of each day at the end of the history.
        half_life_days: age at which a day counts half.
    """
    weights = recency_weights(days_ago, half_life_days)
    centre = _rates(history.calls.sum(axis=0), history.exposure.max(axis=0), weights)
    centre = _smooth(centre, history.interval_min, centre > 0)
    centre = centre / centre.sum() if centre.sum() > 0 else np.full(len(centre), 1.0 / len(centre))
    return [
        _line_profiles(history.calls[i], history.exposure[i], history.types, weights, centre, history.interval_min)
        for i in range(len(history.lines))
    ]


def _line_profiles(
    calls: Floats, exposure: Floats, types: NDArray[np.int64], weights: Floats, centre: Floats, interval_min: int
) -> Profiles:
    shares = np.tile(centre, (DAY_TYPES, 1))
    if calls.sum() <= 0:
        return Profiles(shares, 0.0)
    dispersion, ordinary = 0.0, calls
    for _ in range(PASSES):  # each pass knows the noise that the one before found
        shares = _shrunken_shares(ordinary, exposure, types, weights, centre, interval_min, dispersion)
        dispersion = within_day_dispersion(calls, exposure, shares[types], weights)
        mean, noise, _squared = _within_day(calls, exposure, shares[types])
        # A burst that came once, after an outage say, is no habit of its weekday.
        ordinary = np.minimum(calls, mean + np.sqrt(CAP * (noise + dispersion * mean**2)) + 1.0)
    return Profiles(shares, dispersion)


def _shrunken_shares(
    calls: Floats,
    exposure: Floats,
    types: NDArray[np.int64],
    weights: Floats,
    centre: Floats,
    interval_min: int,
    dispersion: float,
) -> Floats:
    def pooled(chosen: NDArray[np.bool_]) -> tuple[Floats, Floats]:
        """Rates by time of day, and effective calls behind each (recency and noise discounted)."""
        rate = _rates(calls[chosen], exposure[chosen], weights[chosen])
        times = (weights[chosen, None] * exposure[chosen]).sum(axis=0)
        squared = (weights[chosen, None] ** 2 * exposure[chosen]).sum(axis=0)
        sample = np.divide(times**2, squared, out=np.zeros_like(times), where=squared > 0)
        return rate, rate * sample / (1.0 + dispersion * rate)

    def leaned(chosen: NDArray[np.bool_], parent: Floats) -> Floats:
        rate, behind = pooled(chosen)
        return _lean_on(parent, rate, behind)

    everything = np.ones(len(types), dtype=bool)
    rate, _behind = pooled(everything)
    hoped = _smooth(rate, interval_min, rate >= 0) * exposure.sum(axis=0)
    open_slots = (rate > 0) | (hoped < 10.0)  # silent beside busy neighbours: closed
    prior = rate / max(rate.sum(), 1e-12) * calls.sum() + CENTRE_CALLS * centre
    prior = _smooth(prior, interval_min, open_slots)
    all_day = leaned(everything, prior / prior.sum())
    working = (types < 7) | (types == MAKEUP)
    kinds = [leaned(working, all_day), leaned(~working, all_day)]
    shares = np.empty((DAY_TYPES, calls.shape[1]))
    for kind in range(DAY_TYPES):
        parent = kinds[0] if kind < 7 or kind == MAKEUP else kinds[1]
        if not (types == kind).any() and kind not in (HOLIDAY, MAKEUP) and not (working == (kind < 7)).any():
            parent = all_day
        shares[kind] = leaned(types == kind, parent)
    return shares


def _rates(calls: Floats, exposure: Floats, weights: Floats) -> Floats:
    """Calls per observed interval by time of day, recency-weighted, (S,)."""
    total = (weights[:, None] * calls).sum(axis=0)
    times = (weights[:, None] * exposure).sum(axis=0)
    rates: Floats = np.divide(total, times, out=np.zeros_like(total), where=times > 0)
    return rates


def _lean_on(parent: Floats, rate: Floats, behind: Floats) -> Floats:
    """Shares from ``rate``, shrunk toward ``parent`` by the measured Dirichlet concentration."""
    seen = behind > 0
    n = behind.sum()
    if n <= 1.0 or rate.sum() <= 0:
        return parent
    own = rate / rate.sum()
    expected = np.maximum(parent * n, 1e-9)
    usable = (parent > 0) | seen
    freedom = max(int(usable.sum()) - 1, 1)
    inflation = float((((own * n - expected) ** 2) / expected)[usable].sum()) / freedom
    if inflation <= 1.0 + 1e-9:
        return parent
    concentration = max((n - 1.0) / (inflation - 1.0) - 1.0, 1e-6)
    mixed = (own * n + concentration * parent) / (n + concentration)
    shares: Floats = mixed / mixed.sum()
    return shares


def _smooth(values: Floats, interval_min: int, open_slots: NDArray[np.bool_]) -> Floats:
    """Triangular kernel around the clock, over open times of day only."""
    reach = max(1, round(SMOOTHING_MIN / interval_min))
    total, weight = np.zeros_like(values), np.zeros_like(values)
    inside = open_slots.astype(float)
    for lag in range(-reach, reach + 1):
        kernel = 1.0 - abs(lag) / (reach + 1)
        total += kernel * np.roll(values * inside, lag)
        weight += kernel * np.roll(inside, lag)
    smoothed: Floats = np.where(open_slots & (weight > 0), total / np.maximum(weight, 1e-12), 0.0)
    return smoothed


def within_day_dispersion(calls: Floats, exposure: Floats, shares: Floats, weights: Floats) -> float:
    """NB2 dispersion of interval counts about their share of the day's own total.

    Moment estimate, each squared residual capped at (3.5 sd)² against single accidents, then shrunk
    toward Poisson by its standard error under Poisson, √2/√(Σμ²).
    """
    mean, noise, squared = _within_day(calls, exposure, shares)
    weight = np.broadcast_to(weights[:, None], mean.shape)
    below = float((weight * mean**2).sum())
    if below <= 0:
        return 0.0
    found = 0.0
    for _ in range(3):
        cap = CAP * (noise + found * mean**2)
        capped = np.minimum(squared, cap) if found > 0 else squared
        found = max(0.0, float((weight * (capped - noise)).sum()) / below)
        if found == 0.0:
            return 0.0
    error = float(np.sqrt(2.0 * (weight**2 * mean**2).sum())) / below
    return found * found**2 / (found**2 + error**2)


def dispersion_by_type_and_time(calls: Floats, exposure: Floats, shares: Floats, types: NDArray[np.int64]) -> Floats:
    """The same by day type and time of day, (DAY_TYPES, S): opening times and odd days vary more.

    One factor for the time of day and one for the type, each shrunk to 1 with the weight of
    :data:`DISPERSION_DAYS` ordinary days.
    """
    overall = within_day_dispersion(calls, exposure, shares, np.ones(len(calls)))
    table = np.full((DAY_TYPES, calls.shape[1]), overall)
    if overall <= 0:
        return table
    mean, noise, squared = _within_day(calls, exposure, shares)
    excess = np.minimum(squared, CAP * (noise + 3.0 * overall * mean**2)) - noise
    base = overall * mean**2
    a_day = base.sum() / len(calls)
    by_slot = _shrunken_ratio(excess.sum(axis=0), base.sum(axis=0), DISPERSION_DAYS * base.sum(axis=0) / len(calls))
    table *= by_slot
    base = base * by_slot
    for kind in np.unique(types):
        mine = types == kind
        table[kind] *= _shrunken_ratio(excess[mine].sum(), base[mine].sum(), DISPERSION_DAYS * a_day)
    return table


def _shrunken_ratio(above: Floats, below: Floats, trust: Floats) -> Floats:
    """``above ÷ below`` leaning on 1 with weight ``trust``, within bounds."""
    total = below + trust
    ratio = np.divide(above + trust, total, out=np.ones_like(total), where=total > 0)
    bounded: Floats = np.clip(ratio, 0.3, 8.0)
    return bounded


def _within_day(calls: Floats, exposure: Floats, shares: Floats) -> tuple[Floats, Floats, Floats]:
    """Expected counts given the day's own total, their multinomial variance, and squared residuals; (D, S) each."""
    mass = (shares * exposure).sum(axis=1, keepdims=True)
    part = np.divide(shares * exposure, mass, out=np.zeros_like(shares), where=mass > 0)
    mean = part * calls.sum(axis=1, keepdims=True)
    return mean, mean * (1.0 - part), (calls - mean) ** 2
