"""How evenly a roster shares its burdens: what everybody carries, what the even share would be, and how far off it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scheduler import RosterProblem
from scheduler.carried_before import carried_beyond
from scheduler.fairness import BURDENS, Burden, allowed_by_contract, fair_burdens
from scheduler.firm_places import firm_of_place
from scheduler.slots import Slots
from scheduler.table_rows import rows_of
from wfm.calendar import DayKind
from wfm.i18n import Text, both

__all__ = ["COUNTED", "EARLY_UNTIL_MIN", "Carried", "FairShare", "Fairness", "roster_fairness"]

EARLY_UNTIL_MIN = 7 * 60
"""A duty that is no night and begins before this minute of the day (07:00) is an early morning: a choice, no statute."""

COUNTED: dict[str, Text] = {
    "hours": both("hours"),
    "duties": both("duties"),
    "standbys": both("standbys (B)"),
    "nights": both("nights"),
    "rest_days": both("weekends and holidays"),
    "holidays": both("holidays"),
    "early": both("early mornings"),
}
"""What is counted, in the order of the table. All but duties and early mornings have an even share."""


@dataclass(frozen=True, slots=True)
class FairShare:
    """The even share of one burden for one person or firm, in hours or duties.

    Attributes:
        share: even share, what was carried before made good.
        low, high: band within which the roster counts as fair.
        before: what was carried beyond the share before this roster; negative: less.
        beyond: carried now beyond the band; negative: below it; 0 within.
    """

    share: float
    low: float
    high: float
    before: float
    beyond: float


@dataclass(frozen=True, slots=True)
class Carried:
    """One person, or one firm with all its people.

    Attributes:
        agent: the person's number; empty for a firm.
        name, firm: of the person; of a firm only ``firm``.
        people: 1, or how many people of the firm could hold a post.
        carried: amount of each of :data:`COUNTED`.
        shares: even share of each burden that anybody carries.
    """

    agent: str
    name: str
    firm: str
    people: int
    carried: dict[str, float]
    shares: dict[str, FairShare]


@dataclass(frozen=True, slots=True)
class Fairness:
    """A roster's fairness.

    Attributes:
        counted: what anybody carries, keys of :data:`COUNTED` in their order.
        shared: those of them that have an even share.
        people: everybody who can hold a post, in the hotline's order.
        firms: every firm, by name; empty where nobody is of one.
    """

    counted: tuple[str, ...]
    shared: tuple[str, ...]
    people: tuple[Carried, ...]
    firms: tuple[Carried, ...]

    def uneven(self, key: str) -> tuple[Carried, ...]:
        """People outside the fair band of a burden, the farthest first."""
        found = [p for p in self.people if key in p.shares and p.shares[key].beyond]
        return tuple(sorted(found, key=lambda p: (-abs(p.shares[key].beyond), p.agent)))


def roster_fairness(problem: RosterProblem, duties: pd.DataFrame) -> Fairness:
    """What everybody carries, against the even shares that the search itself aims at (:mod:`scheduler.fairness`).

    Duties that a firm has still to name somebody for count for the firm, and for nobody.
    """
    slots = Slots(problem)
    burdens = fair_burdens(slots)
    amounts = _amounts(problem, duties)
    numbers = slots.agent_numbers
    able = np.asarray(slots.eligible.any(axis=1), dtype=bool)
    allowed = allowed_by_contract(slots)
    before = {b.name: carried_beyond(slots, b.name, _able_to(slots, b), allowed) for b in burdens}
    people = []
    for agent in problem.agents:
        mine = amounts.get(agent.id, {})
        number = numbers[agent.id]
        if not able[number] and not mine:
            continue
        shares = {}
        for burden in burdens:
            scale = 60.0 if burden.name == "hours" else 1.0
            shares[burden.name] = _share(burden, number, mine.get(burden.name, 0.0), before[burden.name], scale)
        people.append(Carried(agent.id, agent.name, agent.firm, 1, {k: mine.get(k, 0.0) for k in COUNTED}, shares))
    firms = _firms(people, amounts)
    counted = tuple(k for k in COUNTED if any(p.carried[k] for p in (*people, *firms)))
    shared = tuple(b for b in BURDENS if b in counted and any(b in p.shares for p in people))
    return Fairness(counted, shared, tuple(people), firms)


def _able_to(slots: Slots, burden: Burden) -> NDArray[np.bool_]:
    """(agents,) who can carry any of the burden."""
    return np.asarray(slots.eligible[:, burden.weight > 0].any(axis=1), dtype=bool)


def _share(burden: Burden, number: int, carried: float, before: NDArray[np.float64], scale: float) -> FairShare:
    low, high = float(burden.low[number]) / scale, float(burden.high[number]) / scale
    beyond = carried - high if carried > high + 1e-9 else carried - low if carried < low - 1e-9 else 0.0
    return FairShare(float(burden.share[number]) / scale, low, high, float(before[number]) / scale, beyond)


def _amounts(problem: RosterProblem, duties: pd.DataFrame) -> dict[str, dict[str, float]]:
    """What each agent of the duties carries, firms' places among them."""
    shifts = {s.id: s for s in problem.hotline.shifts}
    standby = problem.hotline.rules.standby_hours_share
    found: dict[str, dict[str, float]] = {}
    for row in rows_of(duties):
        day = pd.Timestamp(row.date).date()
        if day < problem.first or day > problem.last:
            continue
        mine = found.setdefault(str(row.agent), dict.fromkeys(COUNTED, 0.0))
        shift = shifts.get(str(row.shift))
        start = pd.Timestamp(row.start).tz_convert(problem.zone)
        lasted_h = (pd.Timestamp(row.end) - pd.Timestamp(row.start)).total_seconds() / 3600
        hours = shift.paid_h if shift else lasted_h
        kind = problem.kind_of(day)
        night = bool(shift and shift.night)
        mine["hours"] += hours * (standby if row.role == "B" else 1.0)
        mine["duties"] += 1
        mine["standbys"] += row.role == "B"
        mine["nights"] += night
        mine["rest_days"] += kind in (DayKind.WEEKEND, DayKind.HOLIDAY)
        mine["holidays"] += kind is DayKind.HOLIDAY
        mine["early"] += not night and start.hour * 60 + start.minute < EARLY_UNTIL_MIN
    return found


def _firms(people: Sequence[Carried], amounts: dict[str, dict[str, float]]) -> tuple[Carried, ...]:
    """Sums over the people of each firm, with the duties for which it has still to name somebody."""
    places: dict[str, list[dict[str, float]]] = {}
    for agent, mine in amounts.items():
        firm = firm_of_place(agent)
        if firm is not None:
            places.setdefault(firm, []).append(mine)
    found = []
    for firm in sorted({p.firm for p in people if p.firm} | set(places)):
        mine_people = [p for p in people if p.firm == firm]
        carried = {k: sum(p.carried[k] for p in mine_people) + sum(m[k] for m in places.get(firm, [])) for k in COUNTED}
        shares = {}
        for key in mine_people[0].shares if mine_people else ():
            low, high, share, before = (
                sum(getattr(p.shares[key], field) for p in mine_people) for field in ("low", "high", "share", "before")
            )
            now = carried[key]
            beyond = now - high if now > high + 1e-9 else now - low if now < low - 1e-9 else 0.0
            shares[key] = FairShare(share, low, high, before, beyond)
        found.append(Carried("", "", firm, len(mine_people), carried, shares))
    return tuple(found)
