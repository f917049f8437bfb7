"""Days, and stretches of a day, with more or fewer calls than chance explains."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wfm.records.cleaning.tails import believed, negative_binomial_tails
from wfm.records.cleaning.usual_days import Usual

__all__ = ["OddStretch", "odd_days", "odd_stretches"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

DAY_EFFECT = 1.2
"""Days that are less than a fifth above what is usual, or below it by as much, are left alone."""
STRETCH_EFFECT = 1.5
"""Stretches of a day likewise, by a half."""
STRETCH_CALLS = 10.0
"""Calls by which a stretch must stray at least."""
SEEN_SHARE = 0.5
"""Share of a day's usual calls that must lie in recorded intervals for the day to be judged."""
VARIATION_LEAST = 0.02


@dataclass(frozen=True, slots=True)
class OddStretch:
    """Intervals ``first`` to before ``last`` with ``found`` calls where ``expected`` ± ``spread`` were usual."""

    first: int
    last: int
    found: float
    expected: float
    spread: float


def odd_days(counts: Floats, usual: Usual, recorded: Flags, false_share: float) -> NDArray[np.int64]:
    """Days that stray, (D,): 1 too many calls, −1 too few, 0 as usual or not to be judged.

    A day's calls are Poisson around a gamma mean with the variation of :class:`Usual`; both tails are looked at, and of
    the days told at most ``false_share`` are told falsely on average (Benjamini and Hochberg 1995).
    """
    days = len(usual.kinds)
    found = np.bincount(usual.day, weights=np.where(recorded, counts, 0.0), minlength=days).astype(float)
    whole = np.bincount(usual.day, weights=usual.expected, minlength=days)
    judged = usual.known & (usual.totals > 0) & (usual.totals >= SEEN_SHARE * whole)
    result = np.zeros(days, dtype=np.int64)
    if not judged.any():
        return result
    count, mean = found[judged], usual.totals[judged]
    below, above = negative_binomial_tails(count, mean, usual.variation[judged])
    chance = np.minimum(1.0, 2 * np.minimum(below, above))
    ratio = (count + 0.5) / (mean + 0.5)
    odd = believed(chance, false_share) & (np.abs(np.log(ratio)) >= np.log(DAY_EFFECT))
    result[judged] = np.where(odd, np.where(below < above, -1, 1), 0)
    return result


def odd_stretches(
    counts: Floats, usual: Usual, recorded: Flags, odd: NDArray[np.int64], false_share: float
) -> list[OddStretch]:
    """Stretches that stray from what was usual at the time of day, given how many called on the day; odd days left out.

    The day's own factor is its gamma posterior mean given all its calls. How far intervals stray beyond Poisson is
    taken at each time of day from the median absolute deviation.
    """
    judged = recorded & usual.known[usual.day] & (odd[usual.day] == 0) & (usual.expected > 0)
    if not judged.any():
        return []
    factor = _day_factors(counts, usual, recorded)
    mean = usual.expected * factor[usual.day]
    variation = _interval_variation(counts, mean, usual.slot, judged)[usual.slot]
    place = np.flatnonzero(judged)
    below, above = negative_binomial_tails(counts[place], mean[place], variation[place])
    chance = np.minimum(1.0, 2 * np.minimum(below, above))
    away = counts[place] - mean[place]
    ratio = (counts[place] + 0.5) / (mean[place] + 0.5)
    strong = (np.abs(np.log(ratio)) >= np.log(STRETCH_EFFECT)) & (np.abs(away) >= STRETCH_CALLS)
    sign = np.zeros(len(counts), dtype=np.int64)
    sign[place] = np.where(believed(chance, false_share) & strong, np.sign(away), 0).astype(np.int64)
    stretches = []
    for first, last in _runs(sign, usual.day):
        expected = float(mean[first:last].sum())
        spread = float(np.sqrt((mean + (variation * mean) ** 2)[first:last].sum()))
        stretches.append(OddStretch(first, last, float(counts[first:last].sum()), expected, spread))
    return stretches


def _day_factors(counts: Floats, usual: Usual, recorded: Flags) -> Floats:
    """What each day's calls are to the usual ones, (D,): the gamma posterior mean, without being led by a few hours.

    Counts beyond three standard deviations of a first guess, the weighted median of the intervals' ratios, count as
    if they lay there (Winsor's rule).
    """
    days = len(usual.kinds)
    expected = np.where(recorded, usual.expected, 0.0)
    guess = np.ones(days)
    for day in range(days):
        begin, end = np.searchsorted(usual.day, [day, day + 1])
        weight = expected[begin:end]
        if weight.sum() > 0:
            guess[day] = _weighted_median(counts[begin:end] / np.maximum(weight, 1e-9), weight)
    mean = expected * guess[usual.day]
    clipped = np.clip(counts, mean - 3 * np.sqrt(mean), mean + 3 * np.sqrt(np.maximum(mean, 1.0)))
    found = np.bincount(usual.day, weights=np.where(recorded, clipped, 0.0), minlength=days)
    shape = 1 / usual.variation**2
    factor: Floats = (shape + found) / (shape + usual.totals)
    return factor


def _weighted_median(values: Floats, weights: Floats) -> float:
    order = np.argsort(values)
    upto = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(upto, upto[-1] / 2)])


def _interval_variation(counts: Floats, mean: Floats, slot: NDArray[np.int64], judged: Flags) -> Floats:
    """Coefficient of variation of intervals beyond Poisson, by time of day."""
    slots = int(slot.max()) + 1
    variation = np.full(slots, VARIATION_LEAST)
    left = np.zeros(len(counts))
    left[judged] = (counts - mean)[judged] / np.sqrt(mean[judged])
    for at in range(slots):
        mine = judged & (slot == at)
        if not mine.any() or mean[mine].mean() < 1:
            continue
        # A mean share is known from as many days; what it lacks makes others stray more.
        size = mine.sum()
        spread = 1.4826 * np.median(np.abs(left[mine])) * np.sqrt(size / max(size - 1.0, 1.0))
        beyond = (spread**2 - 1) / mean[mine].mean()
        variation[at] = np.sqrt(max(beyond, VARIATION_LEAST**2) + 1 / (mean[mine].mean() * size))
    # Medians of few days wander: each time of day is as wild at least as the middle one of its neighbours.
    padded = np.pad(variation, 2, mode="wrap")
    smooth = np.median(np.lib.stride_tricks.sliding_window_view(padded, 5), axis=1)
    wide: Floats = np.maximum(variation, smooth)
    return wide


def _runs(sign: NDArray[np.int64], day: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Runs of one sign within a day; a single interval between two of them joins them."""
    found: list[tuple[int, int]] = []
    for at in np.flatnonzero(sign).tolist():
        if found:
            first, last = found[-1]
            if at - last <= 1 and sign[at] == sign[first] and day[at] == day[first]:
                found[-1] = (first, at + 1)
                continue
        found.append((at, at + 1))
    return found
