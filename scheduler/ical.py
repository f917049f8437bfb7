"""Duties as an iCalendar file (RFC 5545): per person, per line or group, and what was cancelled since.

A duty keeps its UID from version to version (hotline, post, agent and role), and its SEQUENCE is the roster's
version, so that a calendar which reads the file again changes its entries instead of doubling them.
Neither telephone numbers nor anything else of a person but the name stands in the file.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scheduler.firm_places import firm_of_place
from scheduler.table_rows import rows_of
from wfm.errors import BadInput
from wfm.hotline import Agent, Hotline
from wfm.i18n import list_words, say

if TYPE_CHECKING:
    from icalendar import Calendar, Event

__all__ = ["cancelled_calendar", "duties_of_line", "duties_of_months", "duty_uid", "roster_calendar"]

_SPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "roster.hotline-wfm")


def duty_uid(hotline: str, post: str, agent: str, role: str) -> str:
    """Identifier of a duty's calendar entry: the same for the same hotline, post, agent and role.

    A name-based UUID (RFC 9562, version 5), as RFC 7986 advises, so that it tells nothing of the person.
    """
    return f"{uuid.uuid5(_SPACE, chr(0).join((hotline, post, agent, role)))}@hotline-wfm"


def roster_calendar(
    hotline: Hotline,
    agents: Iterable[Agent],
    duties: pd.DataFrame,
    *,
    version: int,
    made_at: datetime,
    before: pd.DataFrame | None = None,
    person: str | None = None,
    name: str = "",
) -> bytes:
    """The duties as a calendar to publish (METHOD:PUBLISH), in the language of the moment.

    Args:
        hotline: its names, lines and time zone.
        agents: the people; names stand in the entries unless the calendar is one person's.
        duties: ``tables.DUTIES``.
        version: version of the roster, from 0; the SEQUENCE of every entry.
        made_at: when this version was made (DTSTAMP), with time zone.
        before: duties of the version before: those no longer there stay as cancelled entries.
        person: only this person's duties.
        name: name of the calendar; the hotline's by default.

    Raises:
        BadInput: ``person`` is nobody of the agents or duties.
    """
    people = {a.id: a for a in agents}
    if person is not None:
        _check_person(person, people, duties if before is None else pd.concat([duties, before]))
        duties = duties[duties["agent"] == person]
        before = None if before is None else before[before["agent"] == person]
    gone = _gone(duties, before)
    calendar = _calendar(hotline, pd.concat([duties, gone]), "PUBLISH", name or _title(hotline, people, person))
    for row in rows_of(duties.sort_values(["start", "role", "post"], kind="stable")):
        calendar.add_component(_event(hotline, people, row, version, made_at, "CONFIRMED", named=person is None))
    for row in rows_of(gone):
        calendar.add_component(_event(hotline, people, row, version, made_at, "CANCELLED", named=person is None))
    return bytes(calendar.to_ical())


def cancelled_calendar(
    hotline: Hotline,
    agents: Iterable[Agent],
    duties: pd.DataFrame,
    before: pd.DataFrame,
    *,
    version: int,
    made_at: datetime,
    person: str | None = None,
) -> bytes | None:
    """The duties of ``before`` that ``duties`` no longer hold, as a cancellation (METHOD:CANCEL); None if there are none.

    For calendars into which the version before was imported by hand. Arguments as of :func:`roster_calendar`.

    Raises:
        BadInput: ``person`` is nobody of the agents or duties.
    """
    people = {a.id: a for a in agents}
    if person is not None:
        _check_person(person, people, pd.concat([duties, before]))
        duties, before = duties[duties["agent"] == person], before[before["agent"] == person]
    gone = _gone(duties, before)
    if gone.empty:
        return None
    calendar = _calendar(hotline, gone, "CANCEL", _title(hotline, people, person))
    for row in rows_of(gone):
        calendar.add_component(_event(hotline, people, row, version, made_at, "CANCELLED", named=person is None))
    return bytes(calendar.to_ical())


def duties_of_months(
    hotline: Hotline,
    agent: Agent,
    months: Iterable[tuple[pd.DataFrame, pd.DataFrame | None, int, datetime]],
) -> bytes:
    """One person's duties of several rosters as one calendar to publish.

    Args:
        hotline: its names, lines and time zone.
        agent: the person.
        months: of each roster its duties, those of the version before or None, its version and when that was made.
    """
    people = {agent.id: agent}
    rows: list[tuple[Any, int, datetime, str]] = []
    parts: list[pd.DataFrame] = []
    for duties, before, version, made_at in months:
        mine = duties[duties["agent"] == agent.id]
        gone = _gone(mine, None if before is None else before[before["agent"] == agent.id])
        rows += [(row, version, made_at, "CONFIRMED") for row in rows_of(mine)]
        rows += [(row, version, made_at, "CANCELLED") for row in rows_of(gone)]
        parts += [mine, gone]
    whole = pd.concat(parts) if parts else pd.DataFrame({"start": [], "end": []})
    calendar = _calendar(hotline, whole, "PUBLISH", _title(hotline, people, agent.id))
    for row, version, made_at, status in sorted(rows, key=lambda r: (r[0].start, r[0].role, r[0].post)):
        calendar.add_component(_event(hotline, people, row, version, made_at, status, named=False))
    return bytes(calendar.to_ical())


def duties_of_line(hotline: Hotline, duties: pd.DataFrame, name: str) -> pd.DataFrame:
    """The duties that serve a line, or those of a group.

    Raises:
        BadInput: the hotline has no such line or group.
    """
    groups = {g.id for g in hotline.groups if name == g.id or name in g.lines}
    if not groups:
        known = list_words([*hotline.line_ids, *(g.id for g in hotline.groups)])
        raise BadInput(say("no line or group {found!r}; known: {known}", found=name, known=known))
    return duties[duties["group"].isin(groups)]


def _check_person(person: str, people: Collection[str], duties: pd.DataFrame) -> None:
    if person not in people and not (duties["agent"] == person).any():
        raise BadInput(say("no agent {found!r} in this roster", found=person))


def _gone(duties: pd.DataFrame, before: pd.DataFrame | None) -> pd.DataFrame:
    if before is None:
        return duties.iloc[:0]
    there = set(zip(duties["post"], duties["agent"], duties["role"], strict=True))
    keys = zip(before["post"], before["agent"], before["role"], strict=True)
    gone = np.array([key not in there for key in keys], dtype=bool)
    return before[gone].sort_values(["start", "role", "post"], kind="stable")


def _title(hotline: Hotline, people: dict[str, Agent], person: str | None) -> str:
    if person is None:
        return say("{hotline}: duties", hotline=hotline.name)
    return say("{hotline}: duties of {person}", hotline=hotline.name, person=_name(people, person))


def _name(people: dict[str, Agent], agent: str) -> str:
    firm = firm_of_place(agent)
    if firm is not None:
        return say("{firm}, to be named", firm=firm)
    return (people[agent].name if agent in people else "") or agent


def _calendar(hotline: Hotline, duties: pd.DataFrame, method: str, name: str) -> Calendar:
    from icalendar import Calendar, Timezone

    calendar = Calendar()
    for key, value in (
        ("PRODID", "-//hotline-wfm//roster//EN"),
        ("VERSION", "2.0"),
        ("CALSCALE", "GREGORIAN"),
        ("METHOD", method),
        ("X-WR-CALNAME", name),
        ("X-WR-TIMEZONE", hotline.time_zone),
    ):
        calendar.add(key, value)
    first = min((pd.Timestamp(t).date() for t in duties["start"]), default=date(2026, 1, 1))
    last = max((pd.Timestamp(t).date() for t in duties["end"]), default=first)
    zone = Timezone.from_tzid(
        hotline.time_zone, first_date=first - timedelta(days=366), last_date=last + timedelta(days=366)
    )
    calendar.add_component(zone)
    return calendar


def _event(
    hotline: Hotline,
    people: dict[str, Agent],
    row: Any,
    version: int,
    made_at: datetime,
    status: str,
    *,
    named: bool,
) -> Event:
    from icalendar import Event

    shift = next((s for s in hotline.shifts if s.id == row.shift), None)
    group = next((g for g in hotline.groups if g.id == row.group), None)
    shift_name = str(shift.name) if shift else str(row.shift)
    group_name = str(group.name) if group else str(row.group)
    role = say("A, answers") if row.role == "A" else say("B, stands by")
    place = say("away from the centre") if row.remote else str(hotline.name)
    who = _name(people, str(row.agent))
    head = say("{shift} {role} · {group}", shift=shift_name, role=row.role, group=group_name)
    event = Event()
    event.add("UID", duty_uid(hotline.id, str(row.post), str(row.agent), str(row.role)))
    event.add("DTSTAMP", made_at.astimezone(UTC).replace(microsecond=0))
    event.add("DTSTART", _moment(row.start, hotline))
    event.add("DTEND", _moment(row.end, hotline))
    event.add("SEQUENCE", version)
    event.add("STATUS", status)
    event.add("SUMMARY", f"{who}: {head}" if named else head)
    lines = [str(x.name) for x in hotline.lines if group is not None and x.id in group.lines]
    said = [
        say("Role: {role}", role=role),
        say("Lines: {lines}", lines=list_words(lines) or group_name),
        say("Place: {place}", place=place),
    ]
    if row.breaks:
        said.append(say("Breaks: {breaks}", breaks=list_words(str(row.breaks).split(";"))))
    event.add("DESCRIPTION", "\n".join(said))
    event.add("LOCATION", place)
    event.add("CATEGORIES", [shift_name])
    event.add("CLASS", "PRIVATE")
    event.add("TRANSP", "TRANSPARENT" if row.role == "B" and row.remote else "OPAQUE")
    return event


def _moment(value: object, hotline: Hotline) -> datetime:
    from zoneinfo import ZoneInfo

    moment: datetime = pd.Timestamp(value).to_pydatetime(warn=False)  # type: ignore[arg-type]
    return moment.astimezone(ZoneInfo(hotline.time_zone))
