"""Changes put into the draft from elsewhere: what was put in, where it is looked at, and where the draft does not agree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dash import dcc, html

from dashboard.asked import Asked, address
from dashboard.desk import Desk
from dashboard.pages.month_parts import button, marked
from dashboard.pages.roster.names import moment, nobody
from dashboard.pages.roster.showing import sheet_for
from dashboard.pages.roster.view import RosterView
from dashboard.roster_shelf import roster_shelf
from dashboard.wording import day_label
from scenarios.put_into_draft import Differing, PutIn
from scenarios.roster_difference import cell_words
from scenarios.roster_draft import DraftAtHand, steps_to_undo
from scheduler.grid_words import CellWords
from scheduler.roster_cells import Cell, CellPlace
from wfm.hotline import Agent
from wfm.i18n import language, list_words, say

__all__ = ["differing_part", "draft_to_change", "put_in_place", "put_in_words"]

CELLS_SHOWN = 8
"""Cells told one by one."""


def draft_to_change(desk: Desk, view: RosterView) -> DraftAtHand | None:
    """The open draft of the month: the one looked at, else the one last changed; None where none is open."""
    open_ones = [d.id for d in desk.store.drafts.drafts(view.scenario.hotline.id, view.first)]
    if not open_ones:
        return None
    number = view.draft if view.draft in open_ones else open_ones[0]
    return roster_shelf(desk).draft(view.scenario, number)


def put_in_place(asked: Asked, view: RosterView, put: PutIn, places: Iterable[CellPlace]) -> str:
    """The grid of the draft, on the first day that was changed, with what differs from the published version marked."""
    return address(
        "/roster",
        hotline=view.hotline,
        month=view.first.isoformat(),
        at=asked.get("at"),
        draft=put.draft.record.id,
        day=min((day for _, day in places), default=None),
        compare=f"v{view.published}" if view.published else "",
        step=put.step,
    )


def put_in_words(desk: Desk, draft: DraftAtHand, step: int | None) -> html.P | None:
    """What the step named in the address put into the draft; nothing where it is none, or was taken back."""
    edits = [e for e in draft.edits if e.step == step]
    if step is None or not edits or step not in steps_to_undo(draft.edits, edits[0].who):
        return None
    sheet = sheet_for(desk, draft.live.problem)
    told = [
        say(
            "{name}, {day}: {before} → {after}",
            name=_name(sheet.people, e.agent),
            day=day_label(e.date),
            before=cell_words(sheet.words, Cell.of_plain(e.before)),
            after=cell_words(sheet.words, Cell.of_plain(e.after)),
        )
        for e in edits[:CELLS_SHOWN]
    ]
    if len(edits) > CELLS_SHOWN:
        told.append(say("{n} more", n=len(edits) - CELLS_SHOWN))
    words = say(
        "Put into the draft: {cells}. Undo takes it back; nothing is published until you say so.",
        cells=("；" if language() == "zh" else "; ").join(told),
    )
    return html.P(marked("•", "none", words), className="put-in", id="roster-put-in", role="status")


def differing_part(desk: Desk, asked: Asked, view: RosterView, put: PutIn, insist: Mapping[str, Any]) -> list[Any]:
    """On which cells the draft does not agree, and what may be done. ``insist``: id of the button that puts it in anyway."""
    sheet = sheet_for(desk, put.draft.live.problem)
    draft = put.draft.record.id
    words = say(
        "Nothing was changed: draft {draft} no longer holds there what this was found for.",
        draft=draft,
    )
    href = address("/roster", hotline=view.hotline, month=view.first.isoformat(), at=asked.get("at"), draft=draft)
    lines = _differing(sheet.words, sheet.people, put.differs, put.draft)
    return [
        html.P(marked("△", "risk", words)),
        html.Ul([html.Li(line) for line in lines], className="plain-list"),
        html.Div(
            [
                button({**insist, "seen": put.draft.latest}, say("Put it in nevertheless")),
                dcc.Link(say("Open the draft"), href=href, className="button quiet-button"),
            ],
            className="form-buttons",
        ),
    ]


def _differing(
    words: CellWords, people: Mapping[str, Agent], differs: Sequence[Differing], draft: DraftAtHand
) -> list[str]:
    """``Tue 15 Sep, Li Si: the draft has N, not E; this brings L``, and who changed it."""
    told = []
    for one in differs[:CELLS_SHOWN]:
        line = say(
            "{day}, {name}: the draft has {stands}, not {before}; this would bring {after}.",
            day=day_label(one.date),
            name=_name(people, one.agent),
            stands=cell_words(words, one.stands),
            before=cell_words(words, Cell(one.wish.before.duties)),
            after=cell_words(words, Cell(one.wish.after.duties)),
        )
        if one.edit is not None:
            at = moment(one.edit.at, draft.live.problem.zone)
            line = list_words([line.rstrip(".。"), say("changed by {who} at {at}", who=nobody(one.edit.who), at=at)])
        told.append(line)
    if len(differs) > CELLS_SHOWN:
        told.append(say("{n} more", n=len(differs) - CELLS_SHOWN))
    return told


def _name(people: Mapping[str, Agent], number: str) -> str:
    person = people.get(number)
    return f"{number} {person.name}" if person and person.name and person.name != number else number
