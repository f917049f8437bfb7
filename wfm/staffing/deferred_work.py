"""Work that waits: call-backs of missed calls, satisfaction call-backs (回访) and work orders (工单).

The rule of who does it and when:

* **Missed calls** (漏话) are called back by the agents of the line's group, in the interval after the
  call-back delay, or after the next opening. An attempt that reaches nobody is taken to cost no handling
  time. Calls that came outside opening hours are called back over the first two hours after opening.
* **Work orders and satisfaction call-backs** arise with answered calls and are done by day, evenly over
  09:00–18:00. Where the hotline has back-office staff who do not answer calls, they do it, on working
  days: what a rest day brings is done on the next working day of the period, or else on its last. Where
  it has none, the answering agents do it the same day in open intervals: it is blended.
* **Blended work** yields to calls. It adds to the work that must fit under the occupancy cap, and not to
  the queue that callers wait in.
"""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from wfm.calendar import TimeGrid, WorkingCalendar
from wfm.hotline import Hotline

__all__ = ["closed_call_work_s", "daytime_work_s", "has_back_office", "missed_call_work_s", "work_per_answered_call_s"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_DAYTIME_MIN = (9 * 60, 18 * 60)
_CLOSED_CALLS_WITHIN_S = 7200.0


def has_back_office(hotline: Hotline) -> bool:
    """Whether some kind of staff handles work orders without answering calls."""
    return any(kind.back_office and not kind.answers_calls for kind in hotline.staff_kinds)


def work_per_answered_call_s(hotline: Hotline) -> float:
    """Seconds of work orders and satisfaction call-backs that one answered call brings, mean."""
    orders = sum(order.per_answered_call * order.handling_s for order in hotline.work_orders)
    return orders + hotline.satisfaction.call_backs_per_answer * hotline.satisfaction.call_back_s


def missed_call_work_s(hotline: Hotline, missed: Floats, aht_s: Floats, opened: Flags, interval_s: float) -> Floats:
    """Seconds of call-backs to missed callers of one line in each interval; shape ``(T,)``.

    ``missed`` are callers who gave up for good. Call-backs due after the period's last open interval are
    done in that interval.
    """
    work = np.zeros_like(missed)
    places = np.flatnonzero(opened)
    if not hotline.call_back.missed_calls or not places.size:
        return work
    later = np.arange(len(missed)) + int((interval_s / 2 + hotline.call_back.delay_s) // interval_s)
    due = places[np.minimum(np.searchsorted(places, later), places.size - 1)]
    np.add.at(work, due, missed * hotline.call_back.reached_share * aht_s)
    return work


def closed_call_work_s(hotline: Hotline, asked: Floats, aht_s: Floats, opened: Flags, interval_s: float) -> Floats:
    """Seconds of call-backs to callers of one line who came outside opening hours; shape ``(T,)``.

    Done evenly over the first two hours of open intervals that follow; calls after the last opening of
    the period are called back after the period.
    """
    work = np.zeros_like(asked)
    places = np.flatnonzero(opened)
    if not hotline.call_back.closed_calls or not places.size:
        return work
    closed = np.flatnonzero(~opened & (asked > 0) & (np.arange(len(asked)) < places[-1]))
    count = max(int(_CLOSED_CALLS_WITHIN_S // interval_s), 1)
    for at in closed:
        first = int(np.searchsorted(places, at))
        due = places[first : first + count]
        work[due] += asked[at] * hotline.call_back.reached_share * aht_s[at] / due.size
    return work


def daytime_work_s(
    work_s: Floats, grid: TimeGrid, opened: Flags, calendar: WorkingCalendar, *, back_office: bool
) -> Floats:
    """Deferred work of one line, moved from the interval in which it arises to those in which it is done; ``(T,)``.

    The sum over the period stays the same.
    """
    day = (grid.dates - np.datetime64(grid.first, "D")).astype(np.int64)
    arising = np.bincount(day, weights=work_s, minlength=grid.days)
    by_day = (grid.minutes >= _DAYTIME_MIN[0]) & (grid.minutes < _DAYTIME_MIN[1])
    if back_office:
        done, able = np.zeros_like(arising), by_day
        np.add.at(done, _working_day_of(grid.day_list, calendar), arising)
    else:
        done, able = arising, by_day & opened
        # A day without open daytime does its work whenever it is open.
        for other in (opened, np.ones_like(opened)):
            without = np.bincount(day, weights=able, minlength=grid.days) == 0
            able = able | (without[day] & other)
    counts = np.bincount(day, weights=able, minlength=grid.days)
    spread: Floats = np.where(able, done[day] / np.maximum(counts[day], 1), 0.0)
    return spread


def _working_day_of(days: list[date], calendar: WorkingCalendar) -> NDArray[np.int64]:
    """For each day the day on which its back-office work is done: itself or the next working day; index into ``days``."""
    working = np.flatnonzero([calendar.is_working_day(day) for day in days])
    own = np.arange(len(days))
    if not working.size:
        return own
    return working[np.minimum(np.searchsorted(working, own), working.size - 1)].astype(np.int64)
