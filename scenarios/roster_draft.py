"""A roster that is worked on: begun from another one, changed cell by cell by several people, published in the end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any

from scenarios.roster_at_hand import RosterAtHand, counted_posts
from scenarios.roster_in_month import in_its_month
from scenarios.roster_month import Published, plain_posts, publish_roster
from scenarios.roster_problem import roster_problem
from scenarios.scenario import Scenario
from scheduler.month import month_dates, refuse_settled
from scheduler.roster_cells import Cell, CellPlace, LiveRoster, live_roster
from wfm.errors import BadInput
from wfm.i18n import say
from wfm.store import CellChange, CellEdit, DraftRecord, EditKind, StaleVersion, Store

__all__ = [
    "DraftAtHand",
    "begin_draft",
    "change_cells",
    "open_draft",
    "publish_draft",
    "redo_step",
    "steps_to_redo",
    "steps_to_undo",
    "undo_step",
    "up_to_date",
]


@dataclass(frozen=True, slots=True)
class DraftAtHand:
    """A draft as it stands after its edit number ``latest``.

    Attributes:
        record: the draft.
        roster: its hotline, problem and duties as it began.
        begun: the roster as it began.
        live: the roster as it stands.
        edits: every change so far, in their order.
    """

    record: DraftRecord
    roster: RosterAtHand
    begun: LiveRoster
    live: LiveRoster
    edits: tuple[CellEdit, ...]

    @property
    def latest(self) -> int:
        """Number of the last edit."""
        return self.edits[-1].number if self.edits else 0

    def at_hand(self) -> RosterAtHand:
        """The roster as it stands, to be published or exported."""
        return replace(self.roster, duties=self.live.duties())


def begin_draft(
    store: Store,
    found: RosterAtHand,
    origin: Mapping[str, Any],
    *,
    pinned: Iterable[CellPlace] = (),
    note: str = "",
    who: str = "",
) -> DraftRecord:
    """Begin a draft from a roster.

    Args:
        store: the planning store.
        found: the roster.
        origin: what it is, as plain values.
        pinned: cells that are decided already.
        note: why.
        who: who begins.

    Raises:
        BadInput: the month is settled.
    """
    problem = found.problem
    month = store.months.month(problem.hotline.id, problem.first)
    if month is not None:
        dates = month_dates(problem.hotline, month.first, month.last)
        refuse_settled(dates, settled=store.months.settlement(month) is not None)
    marks = sorted([agent, day.isoformat()] for agent, day in pinned)
    return store.drafts.begin(
        hotline=problem.hotline.id,
        first=problem.first,
        last=problem.last,
        duties=found.duties,
        posts=plain_posts(problem.posts) if found.posts_known else None,
        origin={**origin, "pinned": marks} if marks else dict(origin),
        note=note,
        who=who,
    )


def open_draft(scenario: Scenario, store: Store, draft: int) -> DraftAtHand:
    """The draft as it stands now.

    Raises:
        BadInput: there is no such draft, or it is of another hotline.
    """
    record = store.drafts.draft(draft)
    if record.hotline != scenario.hotline.id:
        raise BadInput(
            say(
                "draft {draft} is of {found}, not of {wanted}",
                draft=draft,
                found=record.hotline,
                wanted=scenario.hotline.id,
            )
        )
    duties, posts = store.drafts.base(draft)
    needed = counted_posts(scenario.hotline, duties) if posts is None else posts
    days = (record.last - record.first).days + 1
    problem = in_its_month(roster_problem(scenario, record.first, days, needed), store)
    known = {s.id for s in scenario.hotline.shifts}
    foreign = sorted(set(duties["shift"]) - known)
    if foreign:
        raise BadInput(
            say("draft {draft} holds the shift {shift}, which the hotline no longer has", draft=draft, shift=foreign[0])
        )
    pinned = [(str(agent), date.fromisoformat(day)) for agent, day in record.origin.get("pinned", ())]
    begun = live_roster(problem, duties, pinned)
    roster = RosterAtHand(scenario.hotline.id, scenario, problem, duties, posts is not None)
    return up_to_date(DraftAtHand(record, roster, begun, begun, ()), store)


def up_to_date(draft: DraftAtHand, store: Store) -> DraftAtHand:
    """The draft with what was changed since, by whomever."""
    fresh = store.drafts.edits(draft.record.id, after=draft.latest)
    return _advanced(draft, fresh) if fresh else draft


def _advanced(draft: DraftAtHand, fresh: Sequence[CellEdit]) -> DraftAtHand:
    live = draft.live
    for _, step in groupby(fresh, key=lambda e: e.step):
        # Step by step, so that every process gives the same posts to the same changes.
        live = live.with_cells({(e.agent, e.date): Cell.of_plain(e.after) for e in step})
    record = replace(draft.record, edits=fresh[-1].number, changed_at=fresh[-1].at)
    return replace(draft, record=record, live=live, edits=(*draft.edits, *fresh))


def change_cells(
    draft: DraftAtHand, store: Store, wanted: Mapping[CellPlace, Cell], *, based_on: int, who: str = ""
) -> tuple[DraftAtHand, list[CellEdit]]:
    """Change cells: all or none. What others changed elsewhere in the meantime stays.

    Args:
        draft: the draft, at or after ``based_on``.
        store: the planning store.
        wanted: what is to stand in the cells.
        based_on: number of the last edit that the person who changes has seen.
        who: who changes.

    Returns:
        the draft as it stands afterwards, and what was written.

    Raises:
        CellsChanged: somebody changed one of these cells since ``based_on``; nothing was written.
        BadInput: a cell is decided, lies outside the roster, names somebody unknown, or the draft is closed.
    """
    current = up_to_date(draft, store)
    _refuse(current, wanted)
    return _write(current, store, wanted, based_on, "change", None, who)


def _refuse(draft: DraftAtHand, wanted: Mapping[CellPlace, Cell]) -> None:
    live, people = draft.live, {a.id for a in draft.live.problem.agents}
    for (agent, day), cell in wanted.items():
        now = live.cell(agent, day)
        if agent not in people and not now.duties:
            raise BadInput(say("unknown agent {agent}", agent=agent))
        eve = any(place[1] == day for place in live.rows) and day < draft.record.first
        if not (draft.record.first <= day <= draft.record.last or eve):
            raise BadInput(say("{date} is no day of this roster", date=day))
        if now.pinned and cell.pinned and now.duties != cell.duties:
            raise BadInput(
                say("the day {date} of {agent} is pinned; unpin it before it is changed", date=day, agent=agent)
            )


def _write(
    draft: DraftAtHand,
    store: Store,
    wanted: Mapping[CellPlace, Cell],
    based_on: int,
    kind: EditKind,
    of_step: int | None,
    who: str,
) -> tuple[DraftAtHand, list[CellEdit]]:
    changes = [
        CellChange(agent, day, draft.live.cell(agent, day).plain(), cell.plain())
        for (agent, day), cell in wanted.items()
    ]
    made = store.drafts.change(draft.record.id, changes, based_on=based_on, kind=kind, of_step=of_step, who=who)
    return up_to_date(draft, store), made


def steps_to_undo(edits: Sequence[CellEdit], who: str) -> list[int]:
    """Steps of a person that may be taken back, the one to take back first last."""
    return _stacks(edits, who)[0]


def steps_to_redo(edits: Sequence[CellEdit], who: str) -> list[int]:
    """Steps of a person that were taken back and may be repeated, the one to repeat first last."""
    return _stacks(edits, who)[1]


def _stacks(edits: Sequence[CellEdit], who: str) -> tuple[list[int], list[int]]:
    undo: list[int] = []
    redo: list[int] = []
    for step, group in groupby((e for e in edits if e.who == who), key=lambda e: e.step):
        edit = next(group)
        if edit.kind == "change":
            undo.append(step)
            redo.clear()
        elif edit.of_step is not None:
            source, target = (undo, redo) if edit.kind == "undo" else (redo, undo)
            if edit.of_step in source:
                source.remove(edit.of_step)
                target.append(edit.of_step)
    return undo, redo


def undo_step(draft: DraftAtHand, store: Store, *, who: str = "") -> tuple[DraftAtHand, list[CellEdit]]:
    """Take back the person's own last step. Cells that somebody else changed since then are left as they are.

    Raises:
        BadInput: there is nothing to take back, or others changed every cell of it since.
    """
    return _back_or_forth(up_to_date(draft, store), store, "undo", who)


def redo_step(draft: DraftAtHand, store: Store, *, who: str = "") -> tuple[DraftAtHand, list[CellEdit]]:
    """Repeat the step that the person took back last.

    Raises:
        BadInput: there is nothing to repeat, or others changed every cell of it since.
    """
    return _back_or_forth(up_to_date(draft, store), store, "redo", who)


def _back_or_forth(draft: DraftAtHand, store: Store, kind: EditKind, who: str) -> tuple[DraftAtHand, list[CellEdit]]:
    undo, redo = _stacks(draft.edits, who)
    steps = undo if kind == "undo" else redo
    if not steps:
        raise BadInput(say("there is nothing to take back") if kind == "undo" else say("there is nothing to repeat"))
    foreign = None
    for step in reversed(steps):
        wanted = {}
        for edit in (e for e in draft.edits if e.step == step):
            stands, goal = (edit.after, edit.before) if kind == "undo" else (edit.before, edit.after)
            if draft.live.cell(edit.agent, edit.date) == Cell.of_plain(stands):
                wanted[edit.agent, edit.date] = Cell.of_plain(goal)
            else:
                foreign = foreign or edit
        if wanted:
            return _write(draft, store, wanted, draft.latest, kind, step, who)
    assert foreign is not None
    last = [e for e in draft.edits if (e.agent, e.date) == (foreign.agent, foreign.date)][-1]
    raise BadInput(
        say(
            "{date} of {agent} was changed by {who} since then; it stays as it is",
            date=foreign.date,
            agent=foreign.agent,
            who=last.who or say("somebody else"),
        )
    )


def publish_draft(
    draft: DraftAtHand,
    store: Store,
    now: datetime,
    *,
    based_on: int,
    over: int | None = None,
    to_firms: bool = False,
    despite_rules: bool = False,
    note: str = "",
    who: str = "",
) -> tuple[Published, bool]:
    """Publish a draft as the next version of its month's roster, and end the work on it.

    Args:
        draft: the draft.
        store: the planning store.
        now: when.
        based_on: number of the last edit that whoever publishes has seen.
        over: the published version that this one replaces.
        to_firms: give the duties of firms' people to their firms.
        despite_rules: publish even where rules are broken.
        note: what was changed.
        who: who publishes.

    Returns:
        the publication, and whether the draft is closed: it stays open where somebody changed it that very moment.

    Raises:
        StaleVersion: the draft was changed since ``based_on``, or another version was published; nothing was published.
        PublishedAlready: a version is published, and ``over`` does not say that it is to be replaced.
        BadInput: rules are broken, or the month is settled.
    """
    current = up_to_date(draft, store)
    if current.latest != based_on:
        raise StaleVersion(
            say("the draft was changed by somebody else since you looked at it; look at the changes again"),
            found=current.latest,
            expected=based_on,
        )
    published = publish_roster(
        current.at_hand(),
        store,
        now,
        over=over,
        to_firms=to_firms,
        despite_rules=despite_rules,
        note=note,
        who=who,
    )
    try:
        store.drafts.close(draft.record.id, "published", based_on=based_on, who=who)
    except StaleVersion:
        return published, False
    return published, True
