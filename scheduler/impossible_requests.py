"""Wishes, pins and busy hours that cannot be: each refused in one sentence before anything is solved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pandas as pd

from scheduler.table_rows import rows_of
from wfm.errors import BadInput
from wfm.hotline import Pin, Shift
from wfm.i18n import Text, both, say

if TYPE_CHECKING:
    from scheduler.problem import RosterProblem

__all__ = ["check_requests"]

_Place = tuple[str, str]
"""Group and role of the posts of one shift on one day."""


def check_requests(problem: RosterProblem) -> None:
    """Refuse wishes, pins and busy hours that name nobody, stand twice, contradict each other or cannot be kept.

    Those of days outside the roster are let be: a file may hold many months.

    Raises:
        BadInput: with the first that cannot be.
    """
    people = {a.id for a in problem.agents}
    shifts = {s.id for s in problem.hotline.shifts}
    groups = {g.id for g in problem.hotline.groups}
    for what, requests in (
        ("wishes", problem.wishes),
        ("pins", problem.pins),
        ("busy", problem.busy),
        ("balances", problem.balances),
    ):
        for request in requests:
            if request.agent not in people:
                raise BadInput(say("{what}: unknown agent {agent}", what=what, agent=request.agent))
    for what, asked in (("wishes", problem.wishes), ("pins", problem.pins)):
        for request in asked:
            if request.shift and request.shift not in shifts:
                raise BadInput(
                    say("{what}: unknown shift {shift} on {date}", what=what, shift=request.shift, date=request.date)
                )
    for pin in problem.pins:
        if pin.group and pin.group not in groups:
            raise BadInput(say("pins: unknown group {group} on {date}", group=pin.group, date=pin.date))
    twice = [key for key, n in Counter((w.agent, w.date, w.shift) for w in problem.wishes).items() if n > 1]
    if twice:
        agent, day, shift = twice[0]
        raise BadInput(
            say(
                "wishes: {agent} wishes twice for {date}, {shift}; one wish each is allowed",
                agent=agent,
                date=day,
                shift=shift or say("any shift"),
            )
        )
    _check_pins(problem)


def _check_pins(problem: RosterProblem) -> None:
    _refuse_two_a_day(problem.pins)
    posts = _posts(problem)
    of_shift: dict[tuple[date, str], list[Pin]] = {}
    for pin in problem.pins:
        if pin.shift and problem.first - timedelta(days=1) <= pin.date <= problem.last:
            of_shift.setdefault((pin.date, pin.shift), []).append(pin)
    for key, pins in of_shift.items():
        places = posts.get(key, {})
        for pin in pins:
            _refuse_impossible_pin(problem, pin, [place for place in places if _fits(pin, place)], places)
        _refuse_too_many(pins, places)


def _refuse_two_a_day(pins: Sequence[Pin]) -> None:
    of_day: dict[tuple[str, date], Pin] = {}
    for pin in pins:
        other = of_day.setdefault((pin.agent, pin.date), pin)
        if other is not pin:
            raise BadInput(
                say(
                    "pins: {agent} has both {one} and {other} on {date}; one pin a day is allowed",
                    agent=pin.agent,
                    one=_words(other),
                    other=_words(pin),
                    date=pin.date,
                )
            )


def _refuse_impossible_pin(
    problem: RosterProblem, pin: Pin, fitting: list[_Place], places: Mapping[_Place, float]
) -> None:
    if not any(places[place] > 0 for place in fitting):
        raise BadInput(
            say(
                "pins: {agent} is to work {pin} on {date}, which has no such post",
                agent=pin.agent,
                pin=_words(pin),
                date=pin.date,
            )
        )
    why = _hindrance(problem, pin, fitting)
    if why is not None:
        raise BadInput(
            say(
                "pins: {agent} cannot work {pin} on {date}: {why}",
                agent=pin.agent,
                pin=_words(pin),
                date=pin.date,
                why=why,
            )
        )


def _refuse_too_many(pins: list[Pin], places: Mapping[_Place, float]) -> None:
    """More people pinned to a shift of a day than the places that any of them could hold, or to one kind of place."""
    there = sum(n for place, n in places.items() if any(_fits(pin, place) for pin in pins))
    of_kind = Counter((pin.group, pin.role) for pin in pins)
    for pin in pins:
        own = sum(n for place, n in places.items() if _fits(pin, place))
        if len(pins) > there or of_kind[pin.group, pin.role] > own:
            raise BadInput(
                say(
                    "pins: {people} people are to work {pin} on {date}, which has {posts} posts",
                    people=max(len(pins), of_kind[pin.group, pin.role]),
                    pin=_words(pin),
                    date=pin.date,
                    posts=there if len(pins) > there else own,
                )
            )


def _posts(problem: RosterProblem) -> dict[tuple[date, str], dict[_Place, float]]:
    """Posts by (date, shift), there by (group, role); without end where people may be added."""
    found: dict[tuple[date, str], dict[_Place, float]] = {}
    for row in rows_of(problem.posts):
        surplus = getattr(row, "surplus_cost", None)
        open_end = surplus is not None and not pd.isna(surplus)
        places = found.setdefault((pd.Timestamp(row.date).date(), str(row.shift)), {})
        places[str(row.group), "A"] = float("inf") if open_end else int(row.posts_a)
        places[str(row.group), "B"] = int(row.posts_b)
    return found


def _fits(pin: Pin, place: _Place) -> bool:
    group, role = place
    return pin.group in ("", group) and pin.role in ("", role)


def _words(pin: Pin) -> str:
    return " ".join(x for x in (pin.shift, pin.group, pin.role) if x) or say("a day off")


def _hindrance(problem: RosterProblem, pin: Pin, places: list[_Place]) -> Text | None:
    """Why the person cannot hold any of the places of the shift; None where one is possible."""
    hotline = problem.hotline
    person = next(a for a in problem.agents if a.id == pin.agent)
    shift = next(s for s in hotline.shifts if s.id == pin.shift)
    answering = {k.id for k in hotline.staff_kinds if k.answers_calls}
    if hotline.staff_kinds and person.staff_kind not in answering:
        return both("staff of kind {kind} answer no calls", kind=person.staff_kind)
    able = {group for group, _ in places if set(hotline.group(group).lines) <= set(person.lines)}
    if not able:
        lacking = next(x for x in hotline.group(places[0][0]).lines if x not in person.lines)
        return both("the line {line} is not among the person's", line=lacking)
    unspoken = [
        next((x for x in problem.dialects_for(pin.date, group, pin.shift) if x not in person.dialects), "")
        for group in sorted(able)
    ]
    if all(unspoken):
        return both("the person does not speak {dialect}", dialect=unspoken[0])
    if shift.night and not person.night:
        return both("the person works no nights")
    days = [pin.date, pin.date + timedelta(days=1)] if _spills(shift) else [pin.date]
    if any(x.agent == pin.agent and x.first <= d <= x.last for x in problem.leave for d in days):
        return both("the person is on leave")
    if person.weekdays[pin.date.weekday()] != "1":
        return both("the person cannot be rostered on that weekday")
    midnight = pd.Timestamp(pin.date).tz_localize(problem.zone)
    start = midnight + pd.Timedelta(minutes=shift.start_min)
    end = start + pd.Timedelta(minutes=shift.length_min)
    for busy in problem.busy:
        first, last = problem.busy_times(busy)
        if busy.agent != pin.agent or first >= end or last <= start:
            continue
        if busy.kind != "protected":
            return both("the person is busy then")
        if shift.night or shift.paid_h > hotline.labour_law.hours_per_day:
            return both("the person is protected from nights and overtime (Labour Law, Arts. 61, 63)")
    if any(s.first <= d <= s.last for s in hotline.rules.centre_closed for d in days) and not person.remote:
        return both("the centre is closed and the person cannot answer remotely")
    return None


def _spills(shift: Shift) -> bool:
    return shift.start_min + shift.length_min > 1440
