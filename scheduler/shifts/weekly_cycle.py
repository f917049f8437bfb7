"""A week that repeats: what it needs, from the needs of a period of weeks."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from wfm.calendar import TimeGrid
from wfm.errors import BadInput
from wfm.i18n import say

__all__ = ["OverWeeks", "weekly_need"]

THURSDAY = 3
"""The weekday of 1 January 1970."""
OverWeeks = Literal["most", "mean"]


def weekly_need(
    heads: dict[str, NDArray[np.int64]], grid: TimeGrid, over_weeks: OverWeeks = "most"
) -> dict[str, NDArray[np.int64]]:
    """Heads of each group in each interval of a week from Monday 00:00, ``(7 × intervals a day,)``.

    Args:
        heads: ``(T,)`` of the period's intervals.
        over_weeks: the most of all weeks, or their mean rounded up. Intervals by local time: an hour that clocks skip
            needs nobody, one that comes twice counts twice.

    Raises:
        BadInput: the period has no whole week.
    """
    if grid.days < 7:
        raise BadInput(say("a weekly cycle needs a period of at least 7 days, found {days}", days=grid.days))
    a_day = 1440 // grid.interval_min
    weekday = (grid.dates.astype("datetime64[D]").astype(np.int64) + THURSDAY) % 7
    place = weekday * a_day + grid.minutes // grid.interval_min
    found = {}
    for group, needed in heads.items():
        if over_weeks == "most":
            week = np.zeros(7 * a_day, dtype=np.int64)
            np.maximum.at(week, place, needed)
        else:
            sums = np.bincount(place, weights=needed, minlength=7 * a_day)
            times = np.maximum(np.bincount(place, minlength=7 * a_day), 1)
            week = np.ceil(sums / times - 1e-9).astype(np.int64)
        found[group] = week
    return found
