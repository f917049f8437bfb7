"""The smallest back office that clears what is overdue, beside smaller and larger ones."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.asked import Asked
from dashboard.attributes import UNSPOKEN, cell_label
from dashboard.pages.orders.looking import CLEAR_IN, Looked, clear_in
from dashboard.pages.orders.words import moment_words
from dashboard.pages.parts import card, select
from dashboard.wording import number_words, value_words
from scenarios.orders_cover import ClearingCover, Cover
from scenarios.orders_sentences import cover_sentence
from wfm.i18n import say

__all__ = ["cover_card", "cover_part"]


def cover_card(seen: Looked, cover: ClearingCover, asked: Asked) -> html.Section:
    """The card, with the choice of the days in which to clear."""
    return card(
        say("The cover that would clear it"),
        [html.Div(cover_part(seen, cover), id="orders-cover")],
        [
            select(
                "orders-clear",
                say("Clear overdue items"),
                [(str(n), _clear_words(n)) for n in CLEAR_IN],
                str(clear_in(asked)),
                220,
            )
        ],
    )


def _clear_words(days: int) -> str:
    if days == 0:
        return say("today")
    return say("within {n} working days", n=days) if days > 1 else say("within 1 working day")


def cover_part(seen: Looked, cover: ClearingCover) -> list[Any]:
    """The sentence, the table of covers, and what is assumed."""
    heads = [
        (say("people at once"), "n"),
        (say("hours a working day"), "n"),
        (say("open items late"), "n"),
        (say("overdue cleared by"), "n"),
        (say("items a working day"), "n"),
    ]
    rows = [_cover_row(one, cover, [words for words, _ in heads]) for one in cover.others]
    notes = [
        say(
            "Open items take {hours} in all; new ones bring {new} a day on average (last four weeks). Earliest deadline "
            "first, in the office's hours; time per item as the hotline's class says.",
            hours=value_words(cover.hours, "h"),
            new=value_words(cover.new_hours_per_day, "h"),
        ),
        *(note.of() for note in cover.notes),
    ]
    table = html.Table(
        [
            html.Thead(html.Tr([html.Th(words, className=cls, scope="col") for words, cls in heads])),
            html.Tbody(rows),
        ],
        className="score",
    )
    return [
        html.P(cover_sentence(seen.due, cover).of(), id="orders-cover-sentence"),
        html.Div(table, className="wide") if rows else None,
        html.Ul([html.Li(note) for note in notes], className="note"),
    ]


def _cover_row(one: Cover, cover: ClearingCover, heads: list[str]) -> html.Tr:
    smallest = one.people == cover.smallest.people
    late = one.late - cover.unavoidable
    mark = ("✓ ", "met") if late < 0.5 else ("✕ ", "missed")
    cleared = moment_words(one.cleared_at) if one.cleared_at is not None else say("not within four weeks")
    values: list[Any] = [
        number_words(one.people),
        value_words(one.hours_per_day, "h"),
        [html.Span(mark[0], className=f"mark {mark[1]}", **UNSPOKEN), number_words(round(one.late))],
        cleared,
        number_words(one.items_per_day),
    ]
    return html.Tr(
        [html.Td(v, className="n", **cell_label(h)) for v, h in zip(values, heads, strict=True)],
        className="sure" if smallest else "",
    )
