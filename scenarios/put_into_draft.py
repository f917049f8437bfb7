"""Changes that were found elsewhere (a repair, a move of the running day) put into the draft of a month's roster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from scenarios.roster_at_hand import RosterAtHand
from scenarios.roster_draft import DraftAtHand, begin_draft, change_cells, open_draft, up_to_date
from scenarios.scenario import Scenario
from scheduler.roster_cells import Cell, CellPlace
from wfm.store import CellEdit, CellsChanged, Store

__all__ = ["CellWish", "Differing", "PutIn", "put_into_draft"]


@dataclass(frozen=True, slots=True)
class CellWish:
    """What is to stand in a cell, and what stood there where the change was found."""

    before: Cell
    after: Cell


@dataclass(frozen=True, slots=True)
class Differing:
    """A cell of the draft that holds neither what the change was found for nor what it brings.

    Attributes:
        agent: the person.
        date: the day.
        wish: the change.
        stands: what stands there.
        edit: the draft's last change of it; None where the draft began so.
    """

    agent: str
    date: date
    wish: CellWish
    stands: Cell
    edit: CellEdit | None


@dataclass(frozen=True, slots=True)
class PutIn:
    """What came of it.

    Attributes:
        draft: the draft as it stands now.
        step: the step of the draft that holds the change, by which it can be undone; None where nothing was written.
        differs: cells on which the draft and the change do not agree; where there are any, nothing was written.
    """

    draft: DraftAtHand
    step: int | None
    differs: tuple[Differing, ...] = ()


def put_into_draft(
    scenario: Scenario,
    store: Store,
    base: RosterAtHand,
    origin: Mapping[str, Any],
    wishes: Mapping[CellPlace, CellWish],
    *,
    draft: DraftAtHand | None = None,
    seen: int | None = None,
    who: str = "",
) -> PutIn:
    """Put changes into a draft as one step, all or none. Whatever else the draft holds stays as it is.

    Args:
        scenario: hotline and people.
        store: the planning store.
        base: the roster that the changes were found for; a new draft begins from it.
        origin: what that is, as plain values.
        wishes: the changes.
        draft: the draft; None: a new one is begun.
        seen: number of the draft's last edit that whoever asks has seen: cells on which the draft differed then are
            changed too. None: such cells are told, and nothing is written.
        who: who asks.

    Raises:
        BadInput: a cell is pinned or lies outside the roster, the draft is closed, or the month is settled.
    """
    if draft is None:
        found = open_draft(scenario, store, begin_draft(store, base, origin, who=who).id)
    else:
        found = up_to_date(draft, store)
    differs = _differing(found, wishes, set(wishes))
    if differs and seen is None:
        return PutIn(found, None, differs)
    wanted = {
        place: Cell(wish.after.duties, found.live.cell(*place).pinned)
        for place, wish in wishes.items()
        if found.live.cell(*place).duties != wish.after.duties
    }
    based_on = found.latest if seen is None else min(seen, found.latest)
    try:
        now, edits = change_cells(found, store, wanted, based_on=based_on, who=who)
    except CellsChanged as changed:
        now = up_to_date(found, store)
        differs = _differing(now, wishes, {(e.agent, e.date) for e in changed.edits})
        # Cells that were changed and are by now as the change was found for stand in nobody's way.
        return (
            PutIn(now, None, differs)
            if differs
            else put_into_draft(scenario, store, base, origin, wishes, draft=now, who=who)
        )
    return PutIn(now, edits[0].step if edits else None)


def _differing(
    draft: DraftAtHand, wishes: Mapping[CellPlace, CellWish], among: set[CellPlace]
) -> tuple[Differing, ...]:
    last = {(e.agent, e.date): e for e in draft.edits}
    found = []
    for place in sorted(among & wishes.keys(), key=lambda p: (p[1], p[0])):
        wish, stands = wishes[place], draft.live.cell(*place)
        if stands.duties not in (wish.before.duties, wish.after.duties):
            found.append(Differing(*place, wish, stands, last.get(place)))
    return tuple(found)
