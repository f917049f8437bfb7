"""A and B posts from the number of telephone circuits: one A and one B for each (按照线路数量设置AB岗, DB330503/T 02.3—2018).

Through all opening hours every circuit has a post, held by the shifts that do so in the least time. Where the rule is
silent a choice is made and named: how circuits are divided among groups that are at work together (by the calls of
their lines), what holds where no number of circuits is given (the seats opened), and that seats limit posts. Breaks are taken in turn
where shifts have variants; then fewer circuits are manned.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import pandas as pd

from scheduler.problem import POST_COLUMNS
from wfm.calendar import WorkingCalendar
from wfm.errors import BadInput
from wfm.hotline import Group, Hotline, Shift, opening_hours
from wfm.i18n import Text, both, say

__all__ = ["AbPosts", "ab_posts"]

DAY_MIN = 1440


@dataclass(frozen=True, slots=True)
class AbPosts:
    """Posts for every circuit.

    Attributes:
        posts: columns ``date, group, shift, posts_a, posts_b``.
        circuits: circuits of each group.
        choices: what was chosen where the rule is silent, and hours that no shift holds.
    """

    posts: pd.DataFrame
    circuits: dict[str, int]
    choices: tuple[Text, ...]


def ab_posts(
    hotline: Hotline,
    first: date,
    days: int,
    calendar: WorkingCalendar,
    *,
    circuits: int | Mapping[str, int] | None = None,
) -> AbPosts:
    """One A post for each circuit through all opening hours, and B posts by ``group.posts_per_backup``.

    Args:
        hotline: groups, shifts and opening hours.
        first: first day of the period; a night begun on its eve may hold the first hours.
        days: length of the period.
        calendar: the hotline's calendar.
        circuits: number of circuits, or of each group; ``trunks.circuits`` if None.

    Raises:
        BadInput: a group is unknown or a number is negative.
    """
    choices: list[Text] = []
    numbers = _circuits(hotline, circuits, choices)
    rows: dict[tuple[date, str, str], int] = defaultdict(int)
    for group in hotline.groups:
        if numbers[group.id] > 0:
            for day, shifts in _shifts_by_day(hotline, group, first, days, calendar, choices):
                for place in range(numbers[group.id]):
                    rows[day, group.id, shifts[place % len(shifts)].id] += 1
    found = []
    for (day, group_id, shift_id), count in sorted(rows.items()):
        span = hotline.group(group_id).posts_per_backup
        found.append((pd.Timestamp(day), group_id, shift_id, count, math.ceil(count / span) if span else 0))
    return AbPosts(pd.DataFrame(found, columns=list(POST_COLUMNS)), numbers, tuple(choices))


def _circuits(hotline: Hotline, given: int | Mapping[str, int] | None, choices: list[Text]) -> dict[str, int]:
    """Circuits of each group."""
    groups = [g.id for g in hotline.groups]
    if isinstance(given, Mapping):
        for group_id, number in given.items():
            if group_id not in groups:
                raise BadInput(
                    say("circuits: unknown group {group}; known: {known}", group=group_id, known=", ".join(groups))
                )
            if number < 0:
                raise BadInput(
                    say("circuits: {group} has {number}; 0 or more are allowed", group=group_id, number=number)
                )
        return {g: given.get(g, 0) for g in groups}
    total = hotline.trunks.circuits if given is None else given
    if total is None:
        total = hotline.seats.opened
        choices.append(
            both("The number of circuits is not given: the {seats} seats opened are taken for it.", seats=total)
        )
    if total < 0:
        raise BadInput(say("circuits: found {number}; 0 or more are allowed", number=total))
    if total > hotline.seats.opened:
        choices.append(
            both(
                "{circuits} circuits, but {seats} seats opened: posts are limited to the seats.",
                circuits=total,
                seats=hotline.seats.opened,
            )
        )
        total = hotline.seats.opened
    calls = {g.id: sum(hotline.line(x).demand.calls_per_day for x in g.lines) for g in hotline.groups}
    numbers: dict[str, int] = {}
    for group in hotline.groups:
        beside = [g for g in hotline.groups if _together(g, group)]
        numbers[group.id] = (
            total if len(beside) == 1 else _part(total, [calls[g.id] for g in beside], beside.index(group))
        )
        if len(beside) > 1:
            choices.append(
                both(
                    "{group} has {part} of {circuits} circuits, by the calls of its lines: how circuits are divided is not given.",
                    group=group.name,
                    part=numbers[group.id],
                    circuits=total,
                )
            )
    return numbers


def _together(one: Group, other: Group) -> bool:
    return any(one.covers(m) and other.covers(m) for m in range(0, DAY_MIN, 5))


def _part(total: int, weights: list[float], place: int) -> int:
    """The largest-remainder share of one among several; everybody gets one circuit where there are enough."""
    everybody = 1 if total >= len(weights) else 0
    left = total - everybody * len(weights)
    whole = sum(weights) or 1.0
    shares = [left * w / whole for w in weights]
    parts = [math.floor(s) for s in shares]
    order = sorted(range(len(weights)), key=lambda i: (parts[i] - shares[i], i))
    for i in order[: left - sum(parts)]:
        parts[i] += 1
    return everybody + parts[place]


def _shifts_by_day(
    hotline: Hotline, group: Group, first: date, days: int, calendar: WorkingCalendar, choices: list[Text]
) -> list[tuple[date, list[Shift]]]:
    """(date, shifts of one span among which circuits take turns) that hold the group's opening hours in the least time."""
    spans: dict[tuple[int, int], tuple[date, list[Shift]]] = {}
    for n in range(-1, days):
        day = first + timedelta(days=n)
        for shift in hotline.shifts_of(group.id):
            start = n * DAY_MIN + shift.start_min
            if calendar.kind(day) in shift.days and start + shift.length_min > 0:
                spans.setdefault((start, start + shift.length_min), (day, []))[1].append(shift)
    candidates = sorted(spans)

    @cache
    def best(at: int, end: int) -> tuple[int, int, int, tuple[tuple[int, int], ...]]:
        """(minutes without a shift, minutes, shifts) that hold ``at`` to ``end`` at least, and the spans."""
        if at >= end:
            return 0, 0, 0, ()
        found = []
        for span in candidates:
            if span[0] <= at < span[1]:
                gap, minutes, count, rest = best(span[1], end)
                found.append((gap, minutes + span[1] - span[0], count + 1, (span, *rest)))
        if found:
            return min(found)
        later = min((s for s, _ in candidates if at < s < end), default=end)
        gap, minutes, count, rest = best(later, end)
        return gap + later - at, minutes, count, rest

    chosen: set[tuple[int, int]] = set()
    lacking = 0
    for begin, end in _open_spans(hotline, group, first, days, calendar):
        # Day by day from the back, so that no chain of calls grows with the period.
        for cut in range(end - DAY_MIN, begin, -DAY_MIN):
            best(cut, end)
        gap, _, _, taken = best(begin, end)
        lacking += gap
        chosen |= set(taken)
    if lacking:
        choices.append(
            both(
                "{group}: {hours:g} opening hours lie in no shift; they have no posts.",
                group=group.name,
                hours=round(lacking / 60, 2),
            )
        )
    return [spans[span] for span in sorted(chosen)]


def _open_spans(
    hotline: Hotline, group: Group, first: date, days: int, calendar: WorkingCalendar
) -> list[tuple[int, int]]:
    """Stretches of minutes, from midnight of the first day, in which the group works."""
    step = math.gcd(hotline.interval_min, 5)
    found: list[tuple[int, int]] = []
    for n in range(days):
        hours = opening_hours(hotline, first + timedelta(days=n), calendar)
        for minute in range(*hours, step) if hours is not None else ():
            if group.covers(minute):
                at = n * DAY_MIN + minute
                if found and found[-1][1] == at:
                    found[-1] = (found[-1][0], at + step)
                else:
                    found.append((at, at + step))
    return found
