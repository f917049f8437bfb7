"""What the day model knows of a day beforehand: its type, its place in month and year, feasts near it, special days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from wfm.calendar import WorkingCalendar, day_marks
from wfm.forecast.history import day_types

__all__ = ["DayFeatures", "day_features", "marked_after"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DAY = timedelta(days=1)
NEAR_FEAST_DAYS = 3
"""Days before and after a run of days off that have effects of their own."""
SPRING_BEFORE, SPRING_AFTER = 15, 20
"""Days around the Chinese New Year along which callers' habits change smoothly."""
MONTH_DAYS = 365.25 / 12


@dataclass(frozen=True)
class DayFeatures:
    """Features of D days, arrays (D,) each.

    ``number``: days since 1970. ``types``: day type. ``turn``: days from the nearest turn of the month, 0 on the 1st, −1 on
    the last. ``work_turn``: the same counted in working days (a day off counts as the next working day). ``feast``: name of
    the run of days off, empty outside; ``place``: in that run. ``before``, ``after``: 1 … 3 days from one, 0 elsewhere.
    ``spring``: days from the Chinese New Year, NaN farther away. ``special``: the hotline's own special days.
    """

    number: Floats
    types: Ints
    turn: Floats
    work_turn: Floats
    feast: NDArray[np.str_]
    place: Ints
    before: Ints
    after: Ints
    spring: Floats
    special: tuple[tuple[str, ...], ...]

    def __len__(self) -> int:
        return len(self.number)

    def at(self, chosen: NDArray[np.bool_] | NDArray[np.int64] | slice) -> DayFeatures:
        """Some of the days."""
        places = np.arange(len(self))[chosen]
        return DayFeatures(
            self.number[places],
            self.types[places],
            self.turn[places],
            self.work_turn[places],
            self.feast[places],
            self.place[places],
            self.before[places],
            self.after[places],
            self.spring[places],
            tuple(self.special[p] for p in places.tolist()),
        )


def day_features(days: Sequence[date], calendar: WorkingCalendar) -> DayFeatures:
    """Features of some days by the calendar."""
    marks = day_marks(calendar, days)
    spring = [
        float(m.spring_offset)
        if m.spring_offset is not None and -SPRING_BEFORE <= m.spring_offset <= SPRING_AFTER
        else np.nan
        for m in marks
    ]
    in_month = np.array([d.day for d in days], dtype=float) - 1.0
    length = np.array([((d.replace(day=1) + 31 * DAY).replace(day=1) - DAY).day for d in days], dtype=float)
    return DayFeatures(
        number=np.array([(d - date(1970, 1, 1)).days for d in days], dtype=float),
        types=day_types(list(days), calendar),
        turn=_nearest(in_month, length),
        work_turn=_work_turns(days, calendar),
        feast=np.array([m.festival or "" for m in marks], dtype=np.str_),
        place=np.array([m.place for m in marks], dtype=np.int64),
        before=np.array([m.before if m.before <= NEAR_FEAST_DAYS else 0 for m in marks], dtype=np.int64),
        after=np.array([m.after if m.after <= NEAR_FEAST_DAYS else 0 for m in marks], dtype=np.int64),
        spring=np.array(spring),
        special=tuple(m.special for m in marks),
    )


def marked_after(features: DayFeatures, closed: NDArray[np.bool_], known: NDArray[np.bool_]) -> DayFeatures:
    """The features with the first open day after a closure that the calendar does not know marked as after a feast.

    Args:
        features: of consecutive days.
        closed: (D,) days on which a centre that is open on such days was not.
        known: (D,) whether that is known of the day.
    """
    follows = np.zeros(len(features), dtype=bool)
    follows[1:] = (closed & known)[:-1] & ~closed[1:] & (np.diff(features.number) == 1)
    return replace(features, after=np.where(follows & (features.after == 0), 1, features.after))


def _nearest(since: Floats, length: Floats) -> Floats:
    """Signed distance to the nearer end of a month: ``since`` its begin, or less than zero to its end."""
    until = since - length
    nearest: Floats = np.where(since <= -until, since, until)
    return nearest


def _work_turns(days: Sequence[date], calendar: WorkingCalendar) -> Floats:
    """Working days from the nearest turn of the month; the first working day of a month is 0, its last −1."""
    found: dict[date, float] = {}
    for year, month in sorted({(d.year, d.month) for d in days}):
        first = date(year, month, 1)
        after = (first + 31 * DAY).replace(day=1)
        span = [first + n * DAY for n in range((after - first).days)]
        worked = np.array([calendar.is_working_day(d) for d in span])
        since = np.cumsum(worked) - worked  # working days before this one: a day off stands with the next working day
        turns = _nearest(since.astype(float), np.full(len(span), float(worked.sum())))
        found |= dict(zip(span, turns.tolist(), strict=True))
    return np.array([found[d] for d in days])
