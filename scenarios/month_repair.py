"""Somebody cannot come: who stands in at once, which repairs there are, and the one that is taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd

from scenarios.collected_requests import ABSENT
from scenarios.put_into_draft import CellWish, PutIn, put_into_draft
from scenarios.roster_at_hand import RosterAtHand
from scenarios.roster_draft import DraftAtHand
from scenarios.roster_month import published_roster
from scenarios.roster_repair import Happened, Repair, repair_roster
from scenarios.scenario import Scenario
from scheduler.duties_hash import duties_hash
from scheduler.duties_table import duties_frame
from scheduler.month import month_dates, refuse_settled
from scheduler.roster_cells import EMPTY, CellPlace, cells_of
from scheduler.table_rows import rows_of
from scheduler.who import PostCover, posts_at, who_covers
from wfm.errors import BadInput
from wfm.execution import Progress, no_progress
from wfm.i18n import Text, say
from wfm.store import MonthRecord, MonthRequest, Publication, Store

__all__ = [
    "Proposal",
    "apply_proposal",
    "proposals_of",
    "propose_repairs",
    "quick_to_repair",
    "repair_in_draft",
    "stand_ins_at",
    "take_repair",
]

QUICK_CELLS = 600
"""Rosters of so many people × days are repaired at once, in well under a second; larger ones are work of their own."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A repair as plain values, that can be kept and taken later.

    Attributes:
        base: hash of the duties that it changes.
        name: kind of the alternative (``scheduler.Alternative.name``).
        title: what is special about it.
        moves: who moves, in words, with person, day and whether the person gets a duty: ``agent, date, before, after, text``.
        people: who gets a duty that they did not have.
        open_posts: posts from now on that stay open: ``date, group, shift, role, missing``.
        bends: rules that it breaks and the roster did not.
        legal: whether none of these is a matter of law.
        cost: cost of the changes.
        objective: cost of the roster then.
        proven: no repair changes fewer cells.
        removed: duties that are taken out: agent, post, role.
        added: duties that come in: a value for each column of ``tables.DUTIES``, moments in ISO 8601.
    """

    base: str
    name: str
    title: Text
    moves: tuple[dict[str, Any], ...]
    people: tuple[str, ...]
    open_posts: tuple[dict[str, Any], ...]
    bends: tuple[Text, ...]
    legal: bool
    cost: int
    objective: float
    proven: bool
    removed: tuple[tuple[str, str, str], ...]
    added: tuple[dict[str, Any], ...]

    def plain(self) -> dict[str, Any]:
        """Values that JSON holds; :meth:`of` reads them back."""
        return {
            "base": self.base,
            "name": self.name,
            "title": self.title.as_dict(),
            "moves": [{**m, "text": m["text"].as_dict()} for m in self.moves],
            "people": list(self.people),
            "open_posts": list(self.open_posts),
            "bends": [b.as_dict() for b in self.bends],
            "legal": self.legal,
            "cost": self.cost,
            "objective": self.objective,
            "proven": self.proven,
            "removed": [list(r) for r in self.removed],
            "added": list(self.added),
        }

    @classmethod
    def of(cls, plain: dict[str, Any]) -> Proposal:
        """What :meth:`plain` gave."""
        return cls(
            base=str(plain["base"]),
            name=str(plain["name"]),
            title=Text(**plain["title"]),
            moves=tuple({**m, "text": Text(**m["text"])} for m in plain["moves"]),
            people=tuple(plain["people"]),
            open_posts=tuple(plain["open_posts"]),
            bends=tuple(Text(**b) for b in plain["bends"]),
            legal=bool(plain["legal"]),
            cost=int(plain["cost"]),
            objective=float(plain["objective"]),
            proven=bool(plain["proven"]),
            removed=tuple((r[0], r[1], r[2]) for r in plain["removed"]),
            added=tuple(plain["added"]),
        )


def quick_to_repair(found: RosterAtHand) -> bool:
    """Whether a repair answers at once, so that nobody has to wait for work in the background."""
    return len(found.problem.agents) * found.problem.days <= QUICK_CELLS


def stand_ins_at(found: RosterAtHand, agent: str, at: datetime) -> tuple[PostCover, ...]:
    """Of the posts that ``agent`` holds as A at a moment: who takes over while the person is absent.

    Empty where the person is not on duty as A then.
    """
    on = found.duties
    mine = on[(on["agent"] == agent) & (on["role"] == "A") & (on["start"] <= at) & (on["end"] > at)]
    held = {str(r.post) for r in rows_of(mine)}
    return tuple(
        who_covers(found.problem, found.duties, post, at, absent=(agent,))
        for post in posts_at(found.problem, found.duties, at)
        if post in held
    )


def propose_repairs(
    found: RosterAtHand,
    away: Sequence[tuple[str, date, date | None]],
    now: datetime,
    *,
    seconds: float = 10.0,
    seed: int = 1,
    progress: Progress = no_progress,
) -> tuple[Proposal, ...]:
    """Two or three ways to mend a roster after somebody cannot come, fewest changes first.

    The same roster and absence give the same proposals on every run.

    Args:
        found: the roster, in its month.
        away: person, first and last day; the last may be None: to the end of the roster.
        now: what began before stays.
        seconds: time for all of them, in deterministic seconds.
        seed: seed of the solver.
        progress: hears how many ways have been tried.

    Raises:
        BadInput: what happened does not fit the roster, or is over by now.
    """
    happened = Happened(away=tuple(away), reason="")
    return proposals_of(
        repair_roster(found, happened, now, seconds=seconds, seed=seed, reproducible=True, progress=progress)
    )


def proposals_of(repair: Repair) -> tuple[Proposal, ...]:
    """The alternatives of a repair as plain values."""
    base = duties_hash(repair.found.duties)
    proposals = []
    for one, legal in zip(repair.alternatives, repair.legal, strict=True):
        removed, added = _difference(repair.found.duties, one.duties)
        proposals.append(
            Proposal(
                base=base,
                name=one.name,
                title=one.title,
                moves=tuple(
                    {
                        "agent": m.agent,
                        "date": m.date.isoformat(),
                        "before": list(m.before) if m.before else None,
                        "after": list(m.after) if m.after else None,
                        "text": m.text,
                    }
                    for m in one.moves
                ),
                people=one.people,
                open_posts=tuple(
                    {
                        "date": pd.Timestamp(row.date).date().isoformat(),
                        "group": str(row.group),
                        "shift": str(row.shift),
                        "role": str(row.role),
                        "missing": int(row.missing),
                    }
                    for row in rows_of(one.unfilled)
                ),
                bends=one.bends,
                legal=legal,
                cost=int(one.cost),
                objective=float(one.objective),
                proven=one.proven,
                removed=removed,
                added=added,
            )
        )
    return tuple(proposals)


def apply_proposal(found: RosterAtHand, proposal: Proposal) -> pd.DataFrame:
    """The duties with a repair in them.

    Raises:
        BadInput: the roster is not the one that the repair was made for.
    """
    duties = found.duties
    if duties_hash(duties) != proposal.base:
        raise BadInput(
            say("the roster has changed since these repairs were proposed; ask for them again, nothing was changed")
        )
    gone = set(proposal.removed)
    stays = [key not in gone for key in _keys(duties)]
    kept = duties[pd.Series(stays, index=duties.index, dtype=bool)]
    if not proposal.added:
        return kept.reset_index(drop=True)
    rows = [
        {
            **row,
            "date": pd.Timestamp(row["date"]),
            "start": pd.Timestamp(row["start"]),
            "end": pd.Timestamp(row["end"]),
        }
        for row in proposal.added
    ]
    fresh = duties_frame(rows, found.problem.hotline.time_zone)
    together = pd.concat([kept, fresh[kept.columns]], ignore_index=True)
    return together.sort_values(["start", "group", "post", "role", "agent"], ignore_index=True)


def repair_in_draft(
    scenario: Scenario,
    store: Store,
    first: date,
    proposal: Proposal,
    away: Sequence[tuple[str, date, date | None]],
    now: datetime,
    *,
    draft: DraftAtHand | None = None,
    seen: int | None = None,
    who: str = "",
) -> PutIn:
    """Put a repair into the draft of the month, and keep that the people are away; nothing is published.

    Args:
        scenario: the hotline and its people.
        store: the planning store.
        first: first day of the month.
        proposal: the repair.
        away: who cannot come, as it was asked.
        now: when.
        draft: the month's draft; None: a new one is begun from the published version.
        seen: as :func:`scenarios.put_into_draft.put_into_draft` takes it.
        who: who takes it.

    Raises:
        BadInput: nothing is published, the month is settled, another roster was repaired, or a cell is pinned.
    """
    month, found = published_roster(scenario, store, first)
    wishes = _wishes(found, proposal)
    origin = {"kind": "version", "version": found.version}
    put = put_into_draft(scenario, store, found, origin, wishes, draft=draft, seen=seen, who=who)
    if not put.differs:
        _keep_absences(store, month, found, away, now, who)
    return put


def _wishes(found: RosterAtHand, proposal: Proposal) -> dict[CellPlace, CellWish]:
    """The days of people that a repair changes."""
    before = cells_of(found.problem, found.duties)
    after = cells_of(found.problem, apply_proposal(found, proposal))
    return {
        place: CellWish(before.get(place, EMPTY), after.get(place, EMPTY))
        for place in before.keys() | after.keys()
        if before.get(place, EMPTY) != after.get(place, EMPTY)
    }


def take_repair(
    scenario: Scenario,
    store: Store,
    first: date,
    proposal: Proposal,
    away: Sequence[tuple[str, date, date | None]],
    now: datetime,
    *,
    over: int,
    who: str = "",
) -> Publication:
    """Publish a repair as the month's next version, and keep that the people are away.

    Args:
        scenario: the hotline and its people.
        store: the planning store.
        first: first day of the month.
        proposal: the repair.
        away: who cannot come, as it was asked.
        now: when.
        over: the published version that it changes.
        who: who takes it.

    Raises:
        BadInput: nothing is published, the month is settled, or another roster was repaired.
        StaleVersion: another version was published in the meantime; nothing was written.
    """
    month, found = published_roster(scenario, store, first)
    dates = month_dates(scenario.hotline, month.first, month.last)
    refuse_settled(dates, settled=store.months.settlement(month) is not None)
    # Of another version than the one repaired, the store says who was quicker.
    duties = apply_proposal(found, proposal) if found.version == over else found.duties.iloc[:0]
    note = say("repair: {people} away; {title}", people=", ".join(agent for agent, _, _ in away), title=proposal.title)
    published = store.months.publish(
        month, duties, duties_hash(duties), over=over, late=False, note=note, who=who, at=now
    )
    _keep_absences(store, month, found, away, now, who)
    return published


def _keep_absences(
    store: Store,
    month: MonthRecord,
    found: RosterAtHand,
    away: Sequence[tuple[str, date, date | None]],
    now: datetime,
    who: str,
) -> None:
    absences = [_absence(found, agent, begin, end or found.problem.last, now) for agent, begin, end in away]
    store.months.collect(month, [a for a in absences if a is not None], who=who)


def _absence(found: RosterAtHand, agent: str, first: date, last: date, now: datetime) -> MonthRequest | None:
    """The days on which the person is known to be away; not those of duties that had begun, as those stay."""
    mine = found.duties[(found.duties["agent"] == agent) & (found.duties["start"] < now)]
    begun = max((pd.Timestamp(day).date() for day in mine["date"]), default=None)
    reaches = max((pd.Timestamp(end).date() for end in mine["end"]), default=None)
    for day in (begun, reaches):
        if day is not None and day >= first:
            first = day + timedelta(days=1)
    if first > last:
        return None
    details = {"first": first.isoformat(), "last": last.isoformat(), "reason": ""}
    return MonthRequest(ABSENT, agent, details, now, late=False)


def _difference(
    before: pd.DataFrame, after: pd.DataFrame
) -> tuple[tuple[tuple[str, str, str], ...], tuple[dict[str, Any], ...]]:
    """Duties taken out, and those that come in."""
    there, then = _whole(before), _whole(after)
    removed = sorted({key[:3] for key in there} - {key[:3] for key in there if key in then})
    added = [
        {
            "agent": str(row.agent),
            "date": pd.Timestamp(row.date).date().isoformat(),
            "shift": str(row.shift),
            "group": str(row.group),
            "post": str(row.post),
            "role": str(row.role),
            "start": pd.Timestamp(row.start).isoformat(),
            "end": pd.Timestamp(row.end).isoformat(),
            "breaks": "" if pd.isna(row.breaks) else str(row.breaks),
            "remote": bool(row.remote),
        }
        for key, row in then.items()
        if key not in there
    ]
    return tuple(removed), tuple(added)


def _whole(duties: pd.DataFrame) -> dict[tuple[str, str, str, str, str], Any]:
    """Rows by person, post, role and times."""
    return {
        (str(r.agent), str(r.post), str(r.role), pd.Timestamp(r.start).isoformat(), pd.Timestamp(r.end).isoformat()): r
        for r in rows_of(duties)
    }


def _keys(duties: pd.DataFrame) -> list[tuple[str, str, str]]:
    return [(str(a), str(p), str(r)) for a, p, r in zip(duties["agent"], duties["post"], duties["role"], strict=True)]
