"""What counts toward a ``CountLimit``, over which days, and how much is still owed: read by the rules and the model.

Amounts are whole numbers: minutes for hours, else 1 for each duty that counts. A weekend counts once, however many of its
days have a duty. A limit on hours is in units of 60, any other in units of 1; what is beyond is counted in units begun.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from scheduler.slots import PAST_DAYS, Slot, Slots
from scheduler.work import Work
from wfm.hotline import CountLimit

__all__ = [
    "amount_of",
    "amounts",
    "bounds",
    "counted",
    "is_weekend_day",
    "limit_cost_units",
    "most_spans",
    "owed_units",
    "past_amounts",
    "unit_of",
    "weekends_of",
    "whole_spans",
]

WINDOW_DAYS = 28


def amount_of(slots: Slots, slot: Slot, limit: CountLimit) -> int:
    """How much the slot counts: paid minutes, or 1 where it is of the kind."""
    kinds = {
        "duties": True,
        "nights": slot.shift.night,
        "weekends": is_weekend_day(slots, slot.day),
        "rest_days": slot.rest_day,
        "standbys": slot.role == "B",
        "shift": slot.shift.id == limit.shift,
    }
    return slot.paid_min if limit.count == "hours" else int(kinds[limit.count])


def past_amounts(slots: Slots, limit: CountLimit) -> NDArray[np.int64]:
    """(agents, days) what the history counts, and of hours the training of all days."""
    found = slots.training_min.copy() if limit.count == "hours" else np.zeros_like(slots.training_min)
    for duty in slots.past:
        if duty.day < 0:
            continue
        kinds = {
            "duties": 1,
            "hours": duty.paid_min,
            "nights": bool(duty.shift and duty.shift.night),
            "weekends": is_weekend_day(slots, duty.day),
            "rest_days": slots.is_rest_day(duty.day),
            "standbys": duty.role == "B",
            "shift": duty.shift_id == limit.shift,
        }
        found[duty.agent, duty.day] += int(kinds[limit.count])
    return found


def amounts(work: Work, limit: CountLimit, people: NDArray[np.int64]) -> NDArray[np.int64]:
    """(people, days) what counts on each day, past and period."""
    of_slot, past = work.slots.limit_amounts(limit)
    mine = work.slot[people]
    found: NDArray[np.int64] = past[people] + np.where(mine >= 0, of_slot[np.maximum(mine, 0)], 0)
    return found


def bounds(limit: CountLimit) -> tuple[int | None, int | None]:
    """Least and most in whole amounts."""
    if limit.count == "hours":
        least = None if limit.least is None else round(limit.least * 60)
        return least, None if limit.most is None else round(limit.most * 60)
    least = None if limit.least is None else math.ceil(limit.least - 1e-9)
    return least, None if limit.most is None else math.floor(limit.most + 1e-9)


def unit_of(limit: CountLimit) -> int:
    """The amount of one unit."""
    return 60 if limit.count == "hours" else 1


def is_weekend_day(slots: Slots, day: int) -> bool:
    """Whether the day is one of the calendar's weekend days, whatever holiday or make-up day it is."""
    if 0 <= day < slots.n_days:
        return bool(slots.weekend_days[day])
    return slots.date_of(day).weekday() in slots.problem.hotline.calendar.weekend


def weekends_of(slots: Slots, days: Iterable[int]) -> list[list[int]]:
    """The weekend days among the days, weekend by weekend."""
    found: list[list[int]] = []
    for day in days:
        if is_weekend_day(slots, day):
            if found and found[-1][-1] == day - 1:
                found[-1].append(day)
            else:
                found.append([day])
    return found


def counted(slots: Slots, limit: CountLimit, there: NDArray[np.int64], span: range) -> NDArray[np.int64]:
    """(people,) the count within the span; ``there`` as :func:`amounts` gives it."""
    if limit.count == "weekends":
        key = (span.start, span.stop)
        if key not in slots.weekends_in:
            groups = weekends_of(slots, span)
            days = np.array([day for group in groups for day in group], dtype=np.int64)
            begins = np.cumsum([0, *(len(group) for group in groups[:-1])], dtype=np.int64)
            slots.weekends_in[key] = (days, begins)
        days, begins = slots.weekends_in[key]
        if not len(days):
            return np.zeros(len(there), dtype=np.int64)
        worked = np.logical_or.reduceat(there[:, days] > 0, begins, axis=1)
        return np.asarray(worked.sum(axis=1), dtype=np.int64)
    return np.asarray(there[:, span.start : span.stop].sum(axis=1), dtype=np.int64)


def most_spans(slots: Slots, limit: CountLimit) -> list[range]:
    """Spans, as ranges of day numbers, over which the most is counted: those with a day of the period or its eve.

    The past before the period counts where the arrays hold it; over ``roster`` neither it nor the eve does.
    """
    first, last = slots.period.start, slots.period.stop - 1
    if limit.over == "roster":
        return [range(PAST_DAYS, last + 1)]
    if limit.over == "four_weeks":
        begin = max(0, first - WINDOW_DAYS + 1)
        return [range(d, d + WINDOW_DAYS) for d in range(begin, min(last, slots.n_days - WINDOW_DAYS) + 1)]
    if limit.over == "week":
        return slots.weeks
    return [range(max(0, s.start), min(s.stop, slots.n_days)) for s in _months(slots, first, last)]


def whole_spans(slots: Slots, limit: CountLimit) -> list[range]:
    """Spans that lie wholly inside the period: only in these a least amount is owed."""
    first, last = PAST_DAYS, slots.period.stop - 1
    if limit.over == "roster":
        return [range(first, last + 1)]
    spans = slots.weeks if limit.over == "week" else _months(slots, first, last)
    whole = 7 if limit.over == "week" else 28
    return [s for s in spans if s.start >= first and s.stop - 1 <= last and len(s) >= whole]


def _months(slots: Slots, first: int, last: int) -> list[range]:
    """Calendar months that touch the days, uncut."""
    found = []
    day = first
    while day <= last:
        date = slots.date_of(day)
        start = slots.day_of(date.replace(day=1))
        stop = slots.day_of((date.replace(day=28) + timedelta(days=4)).replace(day=1))
        found.append(range(start, stop))
        day = stop
    return found


def owed_units(work: Work) -> NDArray[np.int64]:
    """(agents,) units below the least of the limits without weight, over all spans."""
    slots = work.slots
    owed = np.zeros(slots.n_agents, dtype=np.int64)
    for limit, people in slots.limits:
        least, _ = bounds(limit)
        if least is not None:
            there = amounts(work, limit, people)
            for span in whole_spans(slots, limit):
                short = np.maximum(least - counted(slots, limit, there, span), 0)
                owed[people] += -(-short // unit_of(limit))
    return owed


def limit_cost_units(work: Work, limit: CountLimit, people: NDArray[np.int64]) -> NDArray[np.int64]:
    """(people,) units beyond the limit, each span with a day of the period by itself: of a weighted limit what costs.

    Over ``four_weeks`` the fullest 28 days count, once.
    """
    slots = work.slots
    least, most = bounds(limit)
    there = amounts(work, limit, people)
    units = np.zeros(len(people), dtype=np.int64)
    if most is not None:
        beyond = [
            -(-np.maximum(counted(slots, limit, there, span) - most, 0) // unit_of(limit))
            for span in most_spans(slots, limit)
            if span.stop > PAST_DAYS
        ]
        units += np.max(beyond, axis=0) if limit.over == "four_weeks" else np.sum(beyond, axis=0)
    if least is not None:
        for span in whole_spans(slots, limit):
            units += -(-np.maximum(least - counted(slots, limit, there, span), 0) // unit_of(limit))
    return units
