"""Limits on what one person carries in a span (``contract.limits``): the hard ones here, the weighted ones as notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, floor

from scheduler.checker.view import Duty, RosterView
from scheduler.checker.violation import Violation
from wfm.calendar import DayKind
from wfm.hotline import CountLimit
from wfm.i18n import Text, both

__all__ = ["counted_limits", "counted_words", "limits_owed", "owed_units", "units_beyond"]

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Count:
    """A count over a span: what it is, and what of it the past and training give already."""

    first: date
    last: date
    value: float
    given: float


def counted_limits(view: RosterView) -> Iterator[Violation]:
    """Nobody carries more than a limit of the contract allows in a span; what the past holds already is not the roster's fault."""
    for agent, limit in _limits(view, weighted=False):
        if limit.most is None:
            continue
        most = _round(limit, limit.most, up=False)
        over = [c for c in _counts(view, agent, limit) if c.value > most + 1e-6 and c.value > c.given + 1e-6]
        if over:
            worst = max(over, key=lambda c: c.value)
            text = both(
                "{agent} has {value:g} {what} from {first} to {last}; {most:g} are allowed",
                agent=agent,
                value=round(worst.value, 2),
                what=counted_words(limit),
                first=worst.first,
                last=worst.last,
                most=limit.most,
            )
            yield Violation("counted_limits", agent, worst.last, text)


def limits_owed(view: RosterView) -> Iterator[Violation]:
    """Everybody carries the least that a limit of the contract asks for, in each span that lies wholly inside the roster."""
    for agent, limit in _limits(view, weighted=False):
        for count in _owed(view, agent, limit):
            text = both(
                "{agent} has {value:g} {what} from {first} to {last}; at least {least:g} are due",
                agent=agent,
                value=round(count.value, 2),
                what=counted_words(limit),
                first=count.first,
                last=count.last,
                least=limit.least,
            )
            yield Violation("limits_owed", agent, count.first, text)


def units_beyond(view: RosterView, agent: str, limit: CountLimit) -> int:
    """Units (of hours: hours begun) beyond the limit over the spans that hold a day of the roster; of 28 days the fullest."""
    problem = view.problem
    units = 0
    if limit.most is not None:
        most = _round(limit, limit.most, up=False)
        beyond = [
            ceil(round(max(0.0, c.value - most), 6))
            for c in _counts(view, agent, limit)
            if c.last >= problem.first and c.first <= problem.last
        ]
        units += max(beyond, default=0) if limit.over == "four_weeks" else sum(beyond)
    if limit.least is not None:
        least = _round(limit, limit.least, up=True)
        units += sum(ceil(round(least - c.value, 6)) for c in _owed(view, agent, limit))
    return units


def owed_units(view: RosterView) -> int:
    """Units (of hours: hours begun) that the roster stays below the least of the limits without weight."""
    return sum(
        ceil(round(_round(limit, limit.least, up=True) - count.value, 6))
        for agent, limit in _limits(view, weighted=False)
        if limit.least is not None
        for count in _owed(view, agent, limit)
    )


def counted_words(limit: CountLimit) -> Text:
    """What the limit counts, in words."""
    words = {
        "duties": both("duties in all"),
        "hours": both("paid hours"),
        "nights": both("night duties"),
        "weekends": both("weekends with duties"),
        "rest_days": both("duties on weekends and holidays"),
        "standbys": both("standby duties"),
        "shift": both("duties of the shift {shift}", shift=limit.shift),
    }
    return words[limit.count]


def _limits(view: RosterView, *, weighted: bool) -> Iterator[tuple[str, CountLimit]]:
    for agent, contract in view.contracts.items():
        for limit in contract.limits:
            if (limit.weight is not None) == weighted:
                yield agent, limit


def _round(limit: CountLimit, bound: float, *, up: bool) -> float:
    """Hours in whole minutes; of anything else only whole numbers can be had."""
    if limit.count == "hours":
        return round(bound * 60) / 60
    return ceil(bound - 1e-9) if up else floor(bound + 1e-9)


def _counts(view: RosterView, agent: str, limit: CountLimit) -> list[_Count]:
    problem = view.problem
    return [_count(view, agent, limit, first, last) for first, last in _spans(limit, problem.first, problem.last)]


def _owed(view: RosterView, agent: str, limit: CountLimit) -> list[_Count]:
    """Counts below the least, in spans wholly inside the roster."""
    if limit.least is None:
        return []
    problem = view.problem
    least = _round(limit, limit.least, up=True)
    inside = [(a, b) for a, b in _spans(limit, problem.first, problem.last) if problem.first <= a and b <= problem.last]
    found = [_count(view, agent, limit, first, last) for first, last in inside]
    return [c for c in found if c.value < least - 1e-6]


def _spans(limit: CountLimit, first: date, last: date) -> list[tuple[date, date]]:
    """(first, last) day of every span that holds a day of the roster or its eve."""
    eve = first - DAY
    if limit.over == "roster":
        return [(first, last)]
    if limit.over == "four_weeks":
        return [(eve + n * DAY, eve + (n + 27) * DAY) for n in range(-27, (last - eve).days + 1)]
    spans = []
    day = eve
    while day <= last:
        if limit.over == "week":
            begin = day - day.weekday() * DAY
            end = begin + 6 * DAY
        else:
            begin = day.replace(day=1)
            end = (begin + 31 * DAY).replace(day=1) - DAY
        spans.append((begin, end))
        day = end + DAY
    return spans


def _count(view: RosterView, agent: str, limit: CountLimit, first: date, last: date) -> _Count:
    inside = [d for d in view.by_agent.get(agent, []) if first <= d.date <= last]
    trained = 0.0
    if limit.count == "hours":
        trained = sum(hours for day, hours in view.training.get(agent, []) if first <= day <= last)
    value = _value(view, limit, inside) + trained
    return _Count(first, last, value, _value(view, limit, (d for d in inside if d.past)) + trained)


def _value(view: RosterView, limit: CountLimit, duties: Iterable[Duty]) -> float:
    problem = view.problem
    if limit.count == "hours":
        return sum(view.hours(d) for d in duties)
    if limit.count == "weekends":
        weekend = problem.hotline.calendar.weekend
        return len({_weekend_of(d.date, weekend) for d in duties if d.date.weekday() in weekend})
    return sum(_is_counted(view, limit, d) for d in duties)


def _is_counted(view: RosterView, limit: CountLimit, duty: Duty) -> bool:
    if limit.count == "nights":
        return view.is_night(duty)
    if limit.count == "rest_days":
        return view.problem.kind_of(duty.date) in (DayKind.WEEKEND, DayKind.HOLIDAY)
    if limit.count == "standbys":
        return duty.role == "B"
    return limit.count == "duties" or duty.shift == limit.shift


def _weekend_of(day: date, weekend: tuple[int, ...]) -> date:
    """First day of the weekend that holds the day."""
    while (day - DAY).weekday() in weekend and len(set(weekend)) < 7:
        day -= DAY
    return day
