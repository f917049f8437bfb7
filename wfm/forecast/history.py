"""The recorded past as arrays line × day × time of day, with what was not recorded marked as such.

A zero in the records can mean that nobody called or that nobody wrote. Where the caller does not say
which intervals were recorded, a stretch of intervals without a single call on any line is taken as
not recorded when so many calls were to be expected in it that chance cannot explain the silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.calendar import DayKind, TimeGrid, WorkingCalendar
from wfm.errors import BadInput
from wfm.i18n import say
from wfm.records import demand_column

__all__ = [
    "DAY_TYPES",
    "HOLIDAY",
    "MAKEUP",
    "SILENCE_CALLS",
    "History",
    "day_types",
    "read_history",
    "slots_of",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DAY_TYPES = 16
"""Monday … Sunday as working days (0–6), as weekend days (7–13), holidays, make-up days."""
HOLIDAY, MAKEUP = 14, 15

SILENCE_CALLS = 15.0
"""Calls to be expected in a silent stretch for it to count as not recorded (Poisson chance 3e-7)."""


@dataclass(frozen=True)
class History:
    """Counts of the past. L lines, D days, S times of day.

    ``calls`` (L, D, S): first attempts in observed intervals; ``exposure`` (L, D, S): observed
    intervals in the cell (0, 1, or 2 when the clock was set back); ``types`` (D,): day type;
    ``closed_types``: day types that came at least twice and never had a call; ``silent_days``: days
    taken as not recorded.
    """

    lines: list[str]
    dates: list[date]
    calls: Floats
    exposure: Floats
    types: Ints
    closed_types: frozenset[int]
    silent_days: tuple[date, ...]
    interval_min: int

    @property
    def totals(self) -> Floats:
        """Calls per line and day, (L, D)."""
        total: Floats = self.calls.sum(axis=2)
        return total


def day_types(days: list[date], calendar: WorkingCalendar) -> Ints:
    """Type of each day, 0 … :data:`DAY_TYPES` − 1."""
    types = []
    for day in days:
        kind = calendar.kind(day)
        if kind is DayKind.HOLIDAY:
            types.append(HOLIDAY)
        elif kind is DayKind.MAKEUP:
            types.append(MAKEUP)
        else:
            types.append(day.weekday() + (7 if kind is DayKind.WEEKEND else 0))
    return np.array(types, dtype=np.int64)


def slots_of(grid: TimeGrid) -> Ints:
    """Time of day of each interval, as a number from midnight, (T,)."""
    return np.asarray(grid.minutes, dtype=np.int64) // grid.interval_min


def read_history(
    actuals: pd.DataFrame,
    grid: TimeGrid,
    calendar: WorkingCalendar,
    lines: list[str],
    *,
    origin: datetime,
    observed: NDArray[np.bool_] | None = None,
    weeks_max: int = 104,
) -> History:
    """Arrange actuals by line, day and time of day; nothing that ends after ``origin`` is looked at.

    Args:
        actuals: columns of ``tables.ACTUALS``; rows off the grid and of other lines are ignored.
        grid: intervals of the past.
        calendar: kinds of the days.
        lines: lines wanted, in order.
        origin: moment up to which the past is known.
        observed: (H,) whether each interval was recorded; inferred when absent.
        weeks_max: older weeks are left out.

    Raises:
        BadInput: ``observed`` has another length than the grid.
    """
    if observed is not None and len(observed) != len(grid):
        raise BadInput(
            say(
                "observed: found {found} intervals, but the history grid has {allowed}",
                found=len(observed),
                allowed=len(grid),
            )
        )
    known = np.asarray(grid.ends <= pd.Timestamp(origin))
    days = grid.day_list
    start = max(0, _last_day(grid, known) + 1 - 7 * weeks_max)
    dates = np.asarray(grid.dates).astype("datetime64[D]")
    day_index = (dates - np.datetime64(days[0], "D")).astype(np.int64)
    known &= day_index >= start
    slots = slots_of(grid)

    counts = np.zeros((len(lines), len(grid)))
    rows = actuals[actuals["line"].isin(lines)]
    at = grid.locate(pd.DatetimeIndex(rows["interval"]))
    line_number = rows["line"].map({line: i for i, line in enumerate(lines)}).to_numpy(np.int64)
    inside = at >= 0
    values = demand_column(rows).to_numpy(float)
    np.add.at(counts, (line_number[inside], at[inside]), np.nan_to_num(values[inside]))
    blank = np.zeros(counts.shape, dtype=bool)  # an empty value is no zero: nothing was recorded
    blank[line_number[inside], at[inside]] = np.isnan(values[inside])

    types = day_types(days, calendar)
    recorded = known.copy() if observed is None else known & np.asarray(observed, dtype=bool)
    recorded &= ~blank.all(axis=0)
    per_line = recorded & ~blank
    centre = counts.sum(axis=0)
    closed: frozenset[int] = frozenset()
    if observed is None:
        expected, closed = _crude_expectation(centre, recorded, day_index, slots, types)
        recorded &= ~_silences(centre, expected, recorded)
        per_line &= recorded
        for i in range(len(lines)):  # a line that opened later than the others
            first = int(np.argmax(counts[i] > 0)) if counts[i].any() else 0
            mine, _ = _crude_expectation(counts[i], recorded & (np.arange(len(grid)) >= first), day_index, slots, types)
            if mine[:first][recorded[:first]].sum() >= SILENCE_CALLS:
                per_line[i, :first] = False

    keep = [d for d in range(start, len(days)) if known[day_index == d].any()]
    where = np.full(len(days), -1)
    where[keep] = np.arange(len(keep))
    shape = (len(lines), len(keep), 1440 // grid.interval_min)
    calls, exposure = np.zeros(shape), np.zeros(shape)
    row = where[day_index]
    for i in range(len(lines)):
        mine_now = per_line[i] & (row >= 0)
        np.add.at(calls[i], (row[mine_now], slots[mine_now]), counts[i, mine_now])
        np.add.at(exposure[i], (row[mine_now], slots[mine_now]), 1.0)
    silent = tuple(days[d] for d in keep if not recorded[day_index == d].any())
    return History(lines, [days[d] for d in keep], calls, exposure, types[keep], closed, silent, grid.interval_min)


def _last_day(grid: TimeGrid, known: NDArray[np.bool_]) -> int:
    if not known.any():
        return 0
    dates = np.asarray(grid.dates).astype("datetime64[D]")
    return int((dates[np.flatnonzero(known)[-1]] - np.datetime64(grid.day_list[0], "D")).astype(np.int64))


def _crude_expectation(
    counts: Floats, recorded: NDArray[np.bool_], day_index: Ints, slots: Ints, types: Ints
) -> tuple[Floats, frozenset[int]]:
    """Mean count by day type and time of day over days with calls, per interval; and the closed types.

    A day type that came twice or more and never had a call is closed, not missing.
    """
    days = len(types)
    totals = np.bincount(day_index, weights=np.where(recorded, counts, 0.0), minlength=days)
    seen = np.bincount(day_index, weights=recorded.astype(float), minlength=days) > 0
    lively = seen & (totals > 0)
    expected = np.zeros(len(counts))
    closed = set()
    overall = _mean_by_slot(counts, recorded & lively[day_index], slots)
    for kind in np.unique(types):
        of_kind = types == kind
        mine = of_kind[day_index]
        if (lively & of_kind).any():
            expected[mine] = _mean_by_slot(counts, recorded & mine & lively[day_index], slots)[slots[mine]]
        elif (seen & of_kind).sum() >= 2 and lively.any():
            closed.add(int(kind))
        else:
            expected[mine] = overall[slots[mine]]
    return expected, frozenset(closed)


def _mean_by_slot(counts: Floats, chosen: NDArray[np.bool_], slots: Ints) -> Floats:
    size = int(slots.max()) + 1
    total = np.bincount(slots[chosen], weights=counts[chosen], minlength=size)
    times = np.bincount(slots[chosen], minlength=size)
    mean: Floats = np.divide(total, times, out=np.zeros(size), where=times > 0)
    return mean


def _silences(counts: Floats, expected: Floats, recorded: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Intervals inside silent stretches in which at least :data:`SILENCE_CALLS` were to be expected."""
    quiet = (counts <= 0) | ~recorded
    run = np.cumsum(np.diff(quiet.astype(np.int8), prepend=np.int8(0)) == 1)
    hoped = np.bincount(run[quiet], weights=np.where(recorded, expected, 0.0)[quiet], minlength=int(run.max()) + 1)
    result: NDArray[np.bool_] = quiet & (hoped[run] >= SILENCE_CALLS)
    return result
