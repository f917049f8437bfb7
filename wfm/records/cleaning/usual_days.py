"""What is usual: calls of each day and interval, by the kind of day, from the days around it; odd days do not move it.

A day's calls are level × kind of day × share of the time of day. Level (a running median over four weeks) and kind (a median
over all its days) are taken in turn on the logarithm, as in Tukey's median polish (1977), each without the day itself. How far days stray beyond chance is the
median absolute deviation of what is left (1.4826 MAD; Rousseeuw and Croux 1993), less what Poisson counts explain.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from wfm.calendar import DayKind, TimeGrid, WorkingCalendar

__all__ = ["DAYS_MIN", "Usual", "day_kinds", "usual_days"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

WINDOW_DAYS = 29
"""Days over which the level is taken: four weeks and the day itself."""
DAYS_MIN = 15
"""Days with calls before anything is said of single days."""
SAME_KIND_MIN = 5
"""Days of its kind before a day is compared with them."""
STRAY_LEAST = 0.03
"""Coefficient of variation of the days that is always allowed for."""
HOLIDAY, MAKEUP, SPECIAL = 14, 15, 16


@dataclass(frozen=True)
class Usual:
    """What was to be expected. D days, T intervals.

    ``kinds`` (D,): kind of each day; ``day`` and ``slot`` (T,): day and time of day of each interval; ``expected`` (T,): mean calls; ``totals``
    (D,): their sums over the intervals that were recorded; ``variation`` (D,): coefficient of variation of a day's calls
    beyond Poisson, what is not known of the mean included; ``known`` (D,): whether there is anything to compare with.
    """

    kinds: Ints
    day: Ints
    slot: Ints
    expected: Floats
    totals: Floats
    variation: Floats
    known: Flags


def day_kinds(days: list[date], calendar: WorkingCalendar) -> Ints:
    """Kind of each day: Monday … Sunday as working days (0–6), as days off (7–13), holidays, make-up days, and from
    :data:`SPECIAL` on the hotline's special days, a kind for each set of causes.
    """
    kinds: list[int] = []
    causes: list[tuple[str, ...]] = []
    for day in days:
        kind, special = calendar.kind(day), calendar.special(day)
        if special:
            causes += [] if special in causes else [special]
            kinds.append(SPECIAL + causes.index(special))
        elif kind is DayKind.HOLIDAY:
            kinds.append(HOLIDAY)
        elif kind is DayKind.MAKEUP:
            kinds.append(MAKEUP)
        else:
            kinds.append(day.weekday() + (7 if kind is DayKind.WEEKEND else 0))
    return np.array(kinds, dtype=np.int64)


def usual_days(counts: Floats, grid: TimeGrid, kinds: Ints, recorded: Flags, odd: Flags | None = None) -> Usual:
    """What was to be expected in each interval.

    Args:
        counts: (T,) calls.
        grid: the intervals.
        kinds: (D,) kind of each day.
        recorded: (T,) intervals that were recorded.
        odd: (D,) days that are not to be compared with.
    """
    days = len(kinds)
    day = (grid.dates.astype("datetime64[D]") - np.datetime64(grid.first, "D")).astype(np.int64)
    slot = np.asarray(grid.minutes, dtype=np.int64) // grid.interval_min
    total = _by_day(counts, day, recorded, days)
    whole = np.bincount(day, weights=~recorded, minlength=days) == 0
    model = whole & (total > 0) & (~odd if odd is not None else True)
    shares = _shares(counts, day, slot, kinds, model)
    level = _levels(total, kinds, model)
    expected = level[day] * shares
    seen = _by_day(expected, day, recorded, days)
    same_kind = np.array([(model & (kinds == kind)).sum() for kind in kinds])
    known = (same_kind >= SAME_KIND_MIN) & (model.sum() >= DAYS_MIN) & (level > 0)
    return Usual(kinds, day, slot, expected, seen, _variation(total, level, model & known, same_kind), known)


def _by_day(values: Floats, day: Ints, chosen: Flags, days: int) -> Floats:
    """Sums over the chosen intervals of each day, (D,)."""
    return np.bincount(day, weights=np.where(chosen, values, 0.0), minlength=days).astype(float)


def _shares(counts: Floats, day: Ints, slot: Ints, kinds: Ints, model: Flags) -> Floats:
    """Share of the day's calls in each interval, (T,): of the days of its kind, of all days where there are too few."""
    slots = int(slot.max()) + 1
    shares = np.zeros(len(counts))
    chosen = model[day]
    everything = _mean_share(counts, slot, chosen, slots)
    for kind in np.unique(kinds):
        mine = kinds[day] == kind
        of_kind = chosen & mine
        enough = (model & (kinds == kind)).sum() >= SAME_KIND_MIN
        shares[mine] = (_mean_share(counts, slot, of_kind, slots) if enough else everything)[slot[mine]]
    return shares


def _mean_share(counts: Floats, slot: Ints, chosen: Flags, slots: int) -> Floats:
    total = np.bincount(slot[chosen], weights=counts[chosen], minlength=slots)
    share: Floats = total / max(total.sum(), 1.0)
    return share


def _levels(total: Floats, kinds: Ints, model: Flags) -> Floats:
    """Expected calls of each day, (D,); 0 where no day of its kind ever had calls or nothing is known."""
    if not model.any():
        return np.zeros(len(total))
    log = np.log(total + 0.5)
    effect = np.zeros(len(total))
    level = np.full(len(total), np.median(log[model]))
    for _ in range(3):
        for kind in np.unique(kinds):
            effect[kinds == kind] = _median_of_others((log - level), model & (kinds == kind))[kinds == kind]
        level = _median_around(log - effect, model)
    known = np.array([(model & (kinds == kind)).any() for kind in kinds])
    expected: Floats = np.where(known, np.exp(level + effect), 0.0)
    return expected


def _median_of_others(values: Floats, chosen: Flags) -> Floats:
    """Median of the chosen values other than the day's own, (D,); 0 where there is none, its own where it is alone."""
    place = np.flatnonzero(chosen)
    if len(place) < 2:
        return np.full(len(values), values[place[0]] if len(place) else 0.0)
    found = np.full(len(values), np.median(values[place]))
    own = np.eye(len(place), dtype=bool)
    others = np.broadcast_to(values[place], own.shape)[~own].reshape(len(place), -1)
    found[place] = np.median(others, axis=1)
    return found


def _median_around(values: Floats, chosen: Flags) -> Floats:
    """Median of the nearest chosen values around each day but its own, (D,); at either end of those that are there."""
    place = np.flatnonzero(chosen)
    size = min(WINDOW_DAYS, len(place))
    middle = np.searchsorted(place, np.arange(len(values)))
    near = place[np.clip(middle - size // 2, 0, len(place) - size)[:, None] + np.arange(size)]
    around = np.where(near == np.arange(len(values))[:, None], np.nan, values[near])
    found: Floats = np.nanmedian(around, axis=1) if size > 1 else np.full(len(values), values[place[0]])
    return found


def _variation(total: Floats, level: Floats, model: Flags, same_kind: Ints) -> Floats:
    """Coefficient of variation of each day's calls beyond Poisson, (D,)."""
    if not model.any():
        return np.full(len(total), STRAY_LEAST)
    left = np.log(total[model] + 0.5) - np.log(level[model] + 0.5)
    spread = 1.4826 * np.median(np.abs(left))
    # What is left holds Poisson chance, the day's own variation, and what is not known of a mean over so few days (the
    # variance of a median is π/2 that of a mean). A scale from few days may itself be too small.
    unknown = np.pi / 2 * (1 / np.maximum(same_kind, 1) + 1 / WINDOW_DAYS)
    poisson = 1 / np.maximum(level, 1.0)
    chance = np.mean((poisson * (1 + unknown))[model])
    own = max(spread**2 - chance, STRAY_LEAST**2) / np.mean(1 + unknown[model]) * (1 + 3 / np.sqrt(len(left)))
    variation: Floats = np.sqrt(own * (1 + unknown) + poisson * unknown)
    return variation
