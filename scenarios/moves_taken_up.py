"""A move of the running day as a change of duties, to be put into the draft of the month's roster."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pandas as pd

from scenarios.intraday_moves import Move
from scenarios.put_into_draft import CellWish
from scenarios.roster_at_hand import RosterAtHand
from scheduler.own_times import clock_span
from scheduler.roster_cells import EMPTY, Cell, CellPlace, StandingDuty, cells_of
from scheduler.roster_grid import usual_remote
from scheduler.table_rows import rows_of
from wfm.errors import BadInput
from wfm.i18n import Text, both, say

__all__ = ["cells_of_move", "not_a_duty"]

_NO_DUTY: dict[str, Text] = {
    "break": both("A break at another time is no change of a duty: tell those concerned; the roster stays as it is."),
    "postpone": both("Work is put off, and nobody's duty changes."),
}


def not_a_duty(move: Move) -> Text | None:
    """Why a move cannot be put into a roster; None where it is a change of duties."""
    return _NO_DUTY.get(move.kind)


def cells_of_move(found: RosterAtHand, move: Move) -> dict[CellPlace, CellWish]:
    """The days of people that a move changes, with what stands there.

    Args:
        found: the roster.
        move: the move: a standby answers too, somebody comes, stays longer, begins earlier or goes sooner.

    Raises:
        BadInput: the move is no change of duties; somebody's duty is no longer as it was when the move was found; or the
            duty would last a day or longer, which a cell cannot hold.
    """
    reason = not_a_duty(move)
    if reason is not None:
        raise BadInput(reason.of())
    mine = found.duties[found.duties["agent"].isin(move.people)]
    standing = cells_of(found.problem, mine)
    if move.kind == "extra":
        return {place: CellWish(EMPTY, cell) for place, cell in _added(found, move, standing).items()}
    wishes = {}
    for agent in move.people:
        row = _row(mine, agent, move)
        place = (agent, pd.Timestamp(row.date).date())
        cell = standing[place]
        old = next(d for d in cell.duties if (d.shift, d.group, d.role) == (row.shift, row.group, row.role))
        new = _changed(found, move, old, row)
        duties = (new if d == old else d for d in cell.duties)
        wishes[place] = CellWish(cell, Cell(tuple(d for d in duties if d is not None), cell.pinned))
    return wishes


def _added(found: RosterAtHand, move: Move, standing: dict[CellPlace, Cell]) -> dict[CellPlace, Cell]:
    """Whoever is off today comes for a shift."""
    people = {a.id: a for a in found.problem.agents}
    day = move.start.astimezone(found.problem.zone).date()
    for agent in move.people:
        if standing.get((agent, day), EMPTY).duties or agent not in people:
            raise BadInput(_changed_since(agent))
    return {
        (agent, day): Cell(
            (StandingDuty(move.shift, move.group, "A", usual_remote(found.problem, people[agent], "A")),)
        )
        for agent in move.people
    }


def _row(duties: pd.DataFrame, agent: str, move: Move) -> Any:
    """The person's duty that the move is about."""
    role = "B" if move.kind == "backup" else "A"
    here = duties[
        (duties["agent"] == agent)
        & (duties["group"] == move.group)
        & (duties["shift"] == move.shift)
        & (duties["role"] == role)
    ]
    if move.kind == "longer":
        here = here[here["end"] == move.start]
    elif move.kind == "earlier":
        here = here[here["start"] == move.end]
    else:
        here = here[(here["start"] < move.end) & (here["end"] > move.start)]
    rows = rows_of(here)
    found = next(iter(rows), None)
    if found is None:
        raise BadInput(_changed_since(agent))
    return found


def _changed_since(agent: str) -> str:
    return say("The roster has changed since this look: the duty of {agent} is another one. Look again.", agent=agent)


def _changed(found: RosterAtHand, move: Move, old: StandingDuty, row: Any) -> StandingDuty | None:
    """The duty as the move leaves it; None where nothing of it is left."""
    zone = found.problem.zone
    start, end = (pd.Timestamp(moment).tz_convert(zone).to_pydatetime() for moment in (row.start, row.end))
    if move.kind == "backup":
        person = next((a for a in found.problem.agents if a.id == row.agent), None)
        return replace(old, role="A", remote=usual_remote(found.problem, person, "A"))
    begins, ends = (moment.astimezone(zone) for moment in (move.start, move.end))
    if move.kind == "longer":
        return _timed(old, row, start, ends)
    if move.kind == "earlier":
        return _timed(old, row, begins, end)
    return _timed(old, row, start, begins) if begins > start else None


def _timed(old: StandingDuty, row: Any, start: datetime, end: datetime) -> StandingDuty:
    times = clock_span(pd.Timestamp(row.date).date(), start, end)
    if times is None:
        raise BadInput(
            say(
                "The duty of {agent} from {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} cannot be told in the roster: it "
                "begins on another day than its own, or lasts longer than a day.",
                agent=row.agent,
                start=start,
                end=end,
            )
        )
    return replace(old, times=times)
