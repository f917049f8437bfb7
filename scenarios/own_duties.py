"""One person's own duties: what the published rosters hold, with whom, and what the person has asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd

from scenarios.scenario import Scenario
from scenarios.withdrawn_requests import why_it_stands
from scheduler.firm_places import firm_of_place
from scheduler.table_rows import rows_of
from wfm.hotline import Agent
from wfm.i18n import Text
from wfm.store import MonthRecord, MonthRequest, Store, SwapRecord

__all__ = ["OwnDuties", "OwnDuty", "OwnRequest", "OwnSwap", "numbers_of", "own_calendar", "own_duties", "partners_on"]


@dataclass(frozen=True, slots=True)
class OwnDuty:
    """A duty of the person.

    Attributes:
        day: the day on which it begins.
        shift, group, role, post: as in ``tables.DUTIES``.
        start, end: when, in the hotline's time zone.
        remote: done away from the centre.
        partners: names of the other people of the pair: of an A its B, of a B the As it stands behind.
        month: first day of the month in whose published roster it stands.
    """

    day: date
    shift: str
    group: str
    role: str
    post: str
    start: datetime
    end: datetime
    remote: bool
    partners: tuple[str, ...]
    month: date


@dataclass(frozen=True, slots=True)
class OwnRequest:
    """What the person asked for, for the month that begins on ``month``; ``stands``: why it cannot be withdrawn any more."""

    month: date
    request: MonthRequest
    stands: Text | None


@dataclass(frozen=True, slots=True)
class OwnSwap:
    """A swap in which the person gives or takes a duty."""

    month: date
    swap: SwapRecord


@dataclass(frozen=True, slots=True)
class OwnDuties:
    """What concerns one person.

    Attributes:
        agent: the person.
        duties: duties of published rosters that end after ``since``, by time.
        requests: what the person asked for, the latest first.
        swaps: swaps in which the person takes part, the latest first.
        known_until: last day of the last published roster; None where none is published.
    """

    agent: Agent
    duties: tuple[OwnDuty, ...]
    requests: tuple[OwnRequest, ...]
    swaps: tuple[OwnSwap, ...]
    known_until: date | None

    def next(self, now: datetime) -> OwnDuty | None:
        """The duty under way, else the next one."""
        return next((d for d in self.duties if d.end > now), None)


def numbers_of(scenario: Scenario) -> dict[str, Agent]:
    """Everybody of a hotline by number."""
    return {a.id: a for a in scenario.agents}


def own_duties(scenario: Scenario, store: Store, number: str, since: datetime) -> OwnDuties:
    """The duties of the person ``number`` from ``since`` on, of the months published.

    Raises:
        KeyError: the hotline has nobody of this number.
    """
    agent = numbers_of(scenario)[number]
    duties: list[OwnDuty] = []
    requests: list[OwnRequest] = []
    swaps: list[OwnSwap] = []
    until: date | None = None
    for month in store.months.months(scenario.hotline.id):
        requests += _asked(scenario, store, month, number)
        swaps += [
            OwnSwap(month.first, s)
            for s in store.months.swaps(month)
            if number in (s.asked.get("giver"), s.asked.get("taker"))
        ]
        if month.roster_id is None:
            continue
        until = month.last if until is None else max(until, month.last)
        if month.last < since.date():
            continue
        published = _published(store, month)
        duties += _of(scenario, published, number, month.first, since)
    requests.sort(key=lambda r: r.request.received_at, reverse=True)
    swaps.sort(key=lambda s: s.swap.id, reverse=True)
    return OwnDuties(agent, tuple(sorted(duties, key=lambda d: d.start)), tuple(requests), tuple(swaps), until)


def _asked(scenario: Scenario, store: Store, month: MonthRecord, number: str) -> list[OwnRequest]:
    mine = [r for r in store.months.requests(month) if r.agent == number]
    if not mine:
        return []
    made = store.months.publications(month.roster_id) if month.roster_id is not None else []
    settled = store.months.settlement(month) is not None
    return [OwnRequest(month.first, r, why_it_stands(scenario, r, made, settled=settled, own=True)) for r in mine]


def partners_on(scenario: Scenario, duties: pd.DataFrame, row: Any) -> tuple[str, ...]:
    """Numbers of the other people of a duty's pair: an A's B, or the As of the posts behind which a B stands."""
    there = duties[(duties["date"] == row.date) & (duties["group"] == row.group) & (duties["shift"] == row.shift)]
    group = next((g for g in scenario.hotline.groups if g.id == row.group), None)
    span = max(1, group.posts_per_backup) if group else 1
    mine = _post_number(str(row.post))
    found = []
    for other in rows_of(there):
        if other.role == row.role or str(other.agent) == str(row.agent):
            continue
        their = _post_number(str(other.post))
        a, b = (mine, their) if row.role == "A" else (their, mine)
        same = str(other.post) == str(row.post) if a is None or b is None else 0 <= a - b < span
        if same:
            found.append(str(other.agent))
    return tuple(found)


def own_calendar(scenario: Scenario, store: Store, number: str, since: datetime) -> bytes:
    """The person's duties of all published months from ``since`` on as an iCalendar file; duties that were taken back
    since the version before stand in it as cancelled.

    Raises:
        KeyError: the hotline has nobody of this number.
    """
    from scheduler.ical import duties_of_months

    agent = numbers_of(scenario)[number]
    months = []
    for month in store.months.months(scenario.hotline.id):
        if month.roster_id is None or month.last < since.date():
            continue
        made = store.months.publications(month.roster_id)
        now = store.roster(month.roster_id, made[-1].version).duties
        before = store.roster(month.roster_id, made[-2].version).duties if len(made) > 1 else None
        months.append((now, before, made[-1].version, made[-1].at))
    return duties_of_months(scenario.hotline, agent, months)


def _published(store: Store, month: MonthRecord) -> pd.DataFrame:
    assert month.roster_id is not None
    return store.roster(month.roster_id, store.months.publications(month.roster_id)[-1].version).duties


def _of(scenario: Scenario, duties: pd.DataFrame, number: str, month: date, since: datetime) -> list[OwnDuty]:
    people = numbers_of(scenario)
    mine = duties[(duties["agent"] == number) & (duties["end"] > since)]
    found = []
    for row in rows_of(mine):
        names = []
        for other in partners_on(scenario, duties, row):
            place = firm_of_place(other)
            names.append(place if place is not None else (people[other].name if other in people else "") or other)
        found.append(
            OwnDuty(
                day=pd.Timestamp(row.date).date(),
                shift=str(row.shift),
                group=str(row.group),
                role=str(row.role),
                post=str(row.post),
                start=pd.Timestamp(row.start).to_pydatetime(),
                end=pd.Timestamp(row.end).to_pydatetime(),
                remote=bool(row.remote),
                partners=tuple(names),
                month=month,
            )
        )
    return found


def _post_number(post: str) -> int | None:
    last = post.rpartition("/")[2]
    return int(last) if last.isdigit() else None
