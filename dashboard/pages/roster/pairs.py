"""Who backs whom: A and B of every post of a day."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from dash import html

from dashboard.attributes import cell_label
from dashboard.pages.roster.sheet import Sheet
from scheduler.checker.view import Duty
from scheduler.roster_cells import LiveRoster
from wfm.i18n import list_words, say

__all__ = ["pair_rows", "pairs_table"]


def pair_rows(sheet: Sheet, live: LiveRoster, day: date) -> list[tuple[str, str, list[str], list[str]]]:
    """Shift, group, A and B of each post that is filled, in the hotline's order; one B may back several A."""
    posts: dict[tuple[int, int, str], dict[str, list[Duty]]] = defaultdict(lambda: {"A": [], "B": []})
    for (_, when), duties in live.rows.items():
        for duty in duties if when == day else ():
            place = (sheet.shift_numbers.get(duty.shift, -1), sheet.group_numbers.get(duty.group, -1))
            posts[*place, sheet.shared_post(duty)][duty.role].append(duty)
    hotline = sheet.problem.hotline
    rows = []
    for shift, group, post in sorted(posts, key=lambda key: (key[0], key[1], len(key[2]), key[2])):
        names = {
            role: sorted(_name(sheet, duty.agent) for duty in posts[shift, group, post][role]) for role in ("A", "B")
        }
        times = f"{hotline.shifts[shift].name} {hotline.shifts[shift].start}–{hotline.shifts[shift].end}"
        rows.append((times, hotline.groups[group].name.of(), names["A"], names["B"]))
    return rows


def pairs_table(sheet: Sheet, live: LiveRoster, day: date) -> Any:
    """The same as a table."""
    rows = pair_rows(sheet, live, day)
    if not rows:
        return html.P(say("Nobody is on duty on this day."))
    heads = [say("Shift"), say("Group"), "A", "B"]
    body = [
        html.Tr(
            [
                html.Td(shift, className="full"),
                html.Td(group, **cell_label(heads[1])),
                html.Td(_people(answering), **cell_label("A")),
                html.Td(_people(standing_by), **cell_label("B")),
            ]
        )
        for shift, group, answering, standing_by in rows
    ]
    table = html.Table([html.Thead(html.Tr([html.Th(head) for head in heads])), html.Tbody(body)], className="score")
    return html.Div(table, className="roster-pairs")


def _people(names: list[str]) -> Any:
    return list_words(names) if names else html.Span(say("nobody"), className="roster-short")


def _name(sheet: Sheet, agent: str) -> str:
    person = sheet.people.get(agent)
    return person.name if person and person.name else agent
