"""What a scheduler types into a cell of a draft, and what dragging one cell to another means."""

from __future__ import annotations

from datetime import date

from scheduler.grid_words import CellDuty, CellWords, UnknownWord, read_cell
from scheduler.roster_cells import EMPTY, Cell, CellPlace, LiveRoster, StandingDuty
from scheduler.roster_grid import GridDuty, GroupChoices, usual_group, usual_remote
from scheduler.table_rows import rows_of
from wfm.errors import BadInput
from wfm.i18n import list_words, say

__all__ = ["dragged_cells", "typed_cell"]


def typed_cell(live: LiveRoster, words: CellWords, agent: str, day: date, text: str) -> Cell:
    """The cell that ``text`` asks for: shifts by their short name, ``B`` after it for a standby; empty for none.

    Where the text names no group and the shift leaves a choice, it is the group of the duty that stands there, else
    the one that the person serves most, else the one that lacks most people in that shift.

    Raises:
        BadInput: a word is not known, or a shift stands twice.
    """
    try:
        read = read_cell(words, text)
    except UnknownWord as unknown:
        raise BadInput(
            say("“{word}” is no shift; known: {known}", word=unknown.word, known=list_words(unknown.known))
        ) from None
    person = next((a for a in live.problem.agents if a.id == agent), None)
    choices = GroupChoices(live.problem)
    now = live.cell(agent, day)
    duties = []
    for duty in read:
        possible = choices.of(person, duty.shift)
        group = duty.group or _group(live, choices, agent, day, duty, possible)
        remote = usual_remote(live.problem, person, duty.role) if duty.remote is None else duty.remote
        duties.append(StandingDuty(duty.shift, group, duty.role, remote))
    if len({(d.shift, d.role) for d in duties}) < len(duties):
        raise BadInput(say("a day holds each shift once"))
    return Cell(_in_order(live, duties), now.pinned)


def _group(live: LiveRoster, choices: GroupChoices, agent: str, day: date, duty: CellDuty, possible: list[str]) -> str:
    standing = [d.group for d in live.cell(agent, day).duties if d.group in possible]
    if standing:
        return standing[0]
    person = next((a for a in live.problem.agents if a.id == agent), None)
    mine = [
        GridDuty(agent, place[1], CellDuty(d.shift, d.role, d.group))
        for place, cell in live.cells.items()
        if place[0] == agent
        for d in cell.duties
    ]
    usual = usual_group(choices, person, mine)
    if usual in possible:
        return usual
    if not possible:
        return live.problem.hotline.groups[0].id
    return max(possible, key=lambda group: (_lacking(live, day, group, duty), -possible.index(group)))


def _lacking(live: LiveRoster, day: date, group: str, duty: CellDuty) -> int:
    """Posts of the group in that shift and role that nobody fills."""
    column = "posts_a" if duty.role == "A" else "posts_b"
    wanted = sum(
        int(getattr(row, column))
        for row in rows_of(live.problem.posts)
        if row.group == group and row.shift == duty.shift and row.date.date() == day
    )
    there = sum(
        (d.shift, d.group, d.role) == (duty.shift, group, duty.role)
        for (_, when), cell in live.cells.items()
        if when == day
        for d in cell.duties
    )
    return wanted - there


def _in_order(live: LiveRoster, duties: list[StandingDuty]) -> tuple[StandingDuty, ...]:
    begin = {s.id: s.start_min for s in live.problem.hotline.shifts}
    return tuple(sorted(duties, key=lambda d: (begin[d.shift], d.role)))


def dragged_cells(live: LiveRoster, source: CellPlace, target: CellPlace) -> dict[CellPlace, Cell]:
    """Two cells after the first was dragged onto the second: an empty one takes what was dragged, others exchange it.

    Whoever stands by stands by from where that person usually does.

    Raises:
        BadInput: there is nothing to drag, one of the cells is pinned, or both are the same.
    """
    moved, there = live.cells.get(source, EMPTY), live.cells.get(target, EMPTY)
    if source == target or not moved.duties:
        raise BadInput(say("there is no duty to move"))
    for place, cell in ((source, moved), (target, there)):
        if cell.pinned:
            raise BadInput(
                say("the day {date} of {agent} is pinned; unpin it before it is changed", date=place[1], agent=place[0])
            )
    return {source: _taken_over(live, source[0], there), target: _taken_over(live, target[0], moved)}


def _taken_over(live: LiveRoster, agent: str, cell: Cell) -> Cell:
    person = next((a for a in live.problem.agents if a.id == agent), None)
    return Cell(
        tuple(StandingDuty(d.shift, d.group, d.role, usual_remote(live.problem, person, d.role)) for d in cell.duties)
    )
