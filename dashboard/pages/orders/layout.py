"""The page of work orders and call-backs: what is overdue, what is due when, how the standard is kept, which cover clears it."""

from __future__ import annotations

from typing import Any

import dash_ag_grid as dag
import dash_mantine_components as dmc
import plotly.graph_objects as go
from dash import dcc, html

from dashboard.asked import Asked, address
from dashboard.attributes import UNSPOKEN, cell_label
from dashboard.colours import Screen
from dashboard.desk import Desk
from dashboard.figures.orders import due_figure
from dashboard.graph import graph
from dashboard.grid_words import grid_texts
from dashboard.pages.orders.looking import CLEAR_IN, Looked, chosen_items, clear_in, cover_of
from dashboard.pages.orders.words import class_words, department_words, kind_words, moment_words, state_words
from dashboard.pages.parts import STATUS_CLASS, card, download, key, select, status_cell
from dashboard.wording import limit_words, number_words, source_words, value_words
from scenarios.orders_cover import ClearingCover, Cover
from scenarios.orders_due import LOOK_BACK_DAYS, STATES, count_by_due_day, counts_by
from scenarios.orders_sentences import cover_sentence, orders_headline, orders_status
from wfm.hotline import calendar_of
from wfm.i18n import say
from wfm.records.order_compliance import MeasuredRow

__all__ = ["FILTERS", "cover_part", "figure_of", "items_count", "orders_grid", "orders_page"]

FILTERS = ("state", "kind", "class", "department")
_ON_A_PHONE = ("due", "item", "class", "late")
WORKING_DAYS = 10
"""Working days ahead that the chart shows."""


def orders_page(seen: Looked, asked: Asked, desk: Desk) -> list[Any]:
    """Everything on the page, drawn for this screen."""
    if seen.due.reach is None:
        return _empty(seen, asked)
    cover = cover_of(asked, desk)
    return [
        dcc.Location(id="orders-url", refresh="callback-nav"),
        dcc.Store(id="orders-page", data=asked.with_().partition("?")[2]),
        _top(seen),
        _headline(seen),
        _tiles(seen, asked),
        _due(seen, cover, asked),
        card(
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
        ),
        _compliance(seen, asked),
        html.Div([_by(seen, asked, "class"), _by(seen, asked, "department")], className="two"),
        _items(seen, asked),
        html.Ul([html.Li(note.of()) for note in seen.due.review.notes], className="note")
        if seen.due.review is not None and seen.due.review.notes
        else None,
    ]


def _clear_words(days: int) -> str:
    if days == 0:
        return say("today")
    return say("within {n} working days", n=days) if days > 1 else say("within 1 working day")


def _empty(seen: Looked, asked: Asked) -> list[Any]:
    query = {"hotline": seen.hotline.id}
    return [
        dcc.Location(id="orders-url", refresh="callback-nav"),
        html.Div(
            [
                html.H1(say("Work orders and call-backs")),
                html.P(
                    say("No work orders and no satisfaction answers of this hotline are imported yet."),
                    className="headline none",
                    id="orders-headline",
                ),
                html.P(
                    say(
                        "Here stand work orders that are overdue or due next, call-backs owed to callers who were not fully "
                        "satisfied, how the standard is kept, and how many people would clear what is open."
                    )
                ),
                html.P(dcc.Link(say("Import work orders"), href=address("/data", **query), className="button")),
                html.P(say("Or at the command line:")),
                html.Code(f"wfm import-orders FILE.csv --hotline {seen.hotline.id}"),
            ],
            className="empty",
        ),
    ]


def _top(seen: Looked) -> html.Div:
    due = seen.due
    words = [moment_words(due.now), say("records until {clock}", clock=moment_words(due.reach))]
    return html.Div(
        html.Div([html.H1(seen.hotline.name.of()), html.P(" · ".join(words))], className="title"), className="top"
    )


def _headline(seen: Looked) -> html.P:
    look = STATUS_CLASS.get(orders_status(seen.due), "none")
    icon = {"met": "✓", "risk": "△", "missed": "✕"}.get(look, "–")
    return html.P(
        [html.Span(icon, className=f"mark {look}", **UNSPOKEN), " ", orders_headline(seen.due).of()],
        className=f"headline {look}",
        id="orders-headline",
    )


def _tile(name: str, value: str, below: str, href: str = "", look: str = "") -> html.Div:
    shown: Any = dcc.Link(value, href=href) if href else value
    return html.Div(
        [
            html.Dt(name),
            html.Dd(
                [
                    html.Span(
                        [html.Span({"missed": "✕ ", "risk": "△ "}.get(look, ""), className=f"mark {look}"), shown],
                        className="figure",
                    ),
                    html.Span(below, className="small"),
                ]
            ),
        ]
    )


def _tiles(seen: Looked, asked: Asked) -> html.Dl:
    due = seen.due

    def to(**query: str) -> str:
        kept = {k: v for k, v in asked.query.items() if k not in FILTERS}
        return address("/orders", **{**kept, **query})

    late, today = due.count("overdue", "order"), due.count("today", "order")
    back_late = due.count("overdue", "call_back")
    back_open = sum(due.count(state, "call_back") for state in STATES)
    unknown = say("{n} more of which nobody told", n=number_words(due.call_backs_unknown))
    return html.Dl(
        [
            _tile(
                say("Work orders overdue"),
                number_words(late),
                say("of {n} open", n=number_words(sum(due.count(s, "order") for s in STATES))),
                to(state="overdue", kind="order"),
                "missed" if late else "",
            ),
            _tile(
                say("Work orders due today"),
                number_words(today),
                "",
                to(state="today", kind="order"),
                "risk" if today else "",
            ),
            _tile(
                say("Work orders due later"),
                number_words(due.count("ahead", "order")),
                "",
                to(state="ahead", kind="order"),
            ),
            _tile(
                say("Call-backs overdue"),
                number_words(back_late),
                say("of {n} owed", n=number_words(back_open)),
                to(state="overdue", kind="call_back"),
                "missed" if back_late else "",
            ),
            _tile(
                say("Call-backs due today"),
                number_words(due.count("today", "call_back")),
                "",
                to(state="today", kind="call_back"),
            ),
            _tile(
                say("Call-backs done this month"),
                number_words(due.call_backs_done),
                unknown if due.call_backs_unknown else "",
            ),
        ],
        className="tiles",
    )


def figure_of(seen: Looked, cover: ClearingCover, screen: Screen) -> go.Figure:
    """The chart of open items by due day."""
    calendar = calendar_of(seen.hotline)
    counts = count_by_due_day(seen.due, calendar, WORKING_DAYS)
    smallest = cover.smallest
    return due_figure(counts, calendar, seen.due.now.date(), smallest.items_per_day, smallest.people, screen)


def _due(seen: Looked, cover: ClearingCover, asked: Asked) -> html.Section:
    marks = key(
        [
            (say("overdue"), {"background": "var(--short)"}, ""),
            (say("work orders"), {"background": "var(--accent)"}, ""),
            (say("call-backs"), {"background": "var(--soft)"}, ""),
            (say("what the cover below can do in a day"), {}, "cap"),
        ]
    )
    return card(
        say("Open items by due day"),
        [marks, graph("orders-due", figure_of(seen, cover, asked.screen))],
        [_csv("due", asked)],
    )


def _csv(name: str, asked: Asked) -> html.A:
    return download(f"orders-{name}-csv", address(f"/download/orders/{name}.csv", **asked.query))


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


def _compliance(seen: Looked, asked: Asked) -> html.Section | None:
    review = seen.due.review
    if review is None:
        return None
    heads = [
        (say("status"), ""),
        (say("target"), ""),
        (say("value"), "n"),
        (say("kept of"), "n"),
        (say("limit"), "n"),
        (say("clause"), ""),
    ]
    rows = [_measured(row) for row in review.rows if row.counted or row.not_told or not row.target.startswith("own-")]
    period = say("{first} to {last}", first=review.first.isoformat(), last=review.last.isoformat())
    return card(
        say("How the standard is kept this month"),
        [
            html.P(period, className="note"),
            html.Div(
                html.Table(
                    [
                        html.Thead(html.Tr([html.Th(words, className=cls, scope="col") for words, cls in heads])),
                        html.Tbody(rows),
                    ],
                    className="score",
                ),
                className="wide",
            ),
        ],
        [_csv("rates", asked)],
    )


def _measured(row: MeasuredRow) -> html.Tr:
    told = [row.definition.of(), row.note.of() if row.note else ""]
    name = dmc.Tooltip(
        html.Span(row.name.of(), className="defined", tabIndex="0"),
        label=html.Div([html.Div(words) for words in told if words]),
        multiline=True,
        w=320,
        events={"hover": True, "focus": True, "touch": True},
        withArrow=True,
        position="bottom-start",
    )
    counted = f"{row.kept:,} / {row.counted:,}" if row.counted else "–"
    missing = html.Span(say("{n} not told", n=number_words(row.not_told)), className="small") if row.not_told else None
    mark = (
        html.Span(source_words(row.source), className="assumed") if row.clause and row.source != "published" else None
    )
    return html.Tr(
        [
            status_cell(row.status),
            html.Td(name, className="full"),
            html.Td(value_words(row.value, "share"), className="n", **cell_label(say("value"))),
            html.Td([counted, missing], className="n", **cell_label(say("kept of"))),
            html.Td(limit_words(row.operator, row.limit, "share"), className="n", **cell_label(say("limit"))),
            html.Td([row.clause, " ", mark], className="clause full"),
        ]
    )


def _by(seen: Looked, asked: Asked, column: str) -> html.Section | None:
    table = counts_by(seen.due, column)
    if table.empty:
        return None
    title = say("By class") if column == "class" else say("By department")
    heads = [
        (say("class") if column == "class" else say("department"), ""),
        (say("overdue"), "n"),
        (say("due today"), "n"),
        (say("due later"), "n"),
        (say("open"), "n"),
    ]
    rows = []
    for row in table.to_dict("records"):
        name = str(row["group"])
        words = class_words(seen.hotline, name) if column == "class" else department_words(name)
        kept = {k: v for k, v in asked.query.items() if k not in FILTERS}
        link = dcc.Link(words, href=address("/orders", **{**kept, column: name or "-"}))
        numbers = [row["overdue"], row["today"], row["ahead"], row["open"]]
        rows.append(
            html.Tr(
                [
                    html.Td(link, className="full"),
                    *(
                        html.Td(number_words(n), className="n", **cell_label(h))
                        for n, (h, _) in zip(numbers, heads[1:], strict=True)
                    ),
                ]
            )
        )
    head = html.Thead(html.Tr([html.Th(words, className=cls, scope="col") for words, cls in heads]))
    return card(title, [html.Div(html.Table([head, html.Tbody(rows)], className="score"), className="wide")])


def _items(seen: Looked, asked: Asked) -> html.Section:
    items = seen.due.items
    orders = items[items["kind"] == "order"]
    everything = ("", say("all"))
    controls = [
        select(
            "orders-state", say("State"), [everything, *((s, state_words(s)) for s in STATES)], asked.get("state"), 140
        ),
        select(
            "orders-kind",
            say("Kind"),
            [everything, ("order", kind_words("order")), ("call_back", kind_words("call_back"))],
            asked.get("kind"),
            140,
        ),
        select(
            "orders-class",
            say("Class"),
            [everything, *((c or "-", class_words(seen.hotline, c)) for c in sorted(set(items["class"])))],
            asked.get("class"),
            170,
        ),
        select(
            "orders-department",
            say("Department"),
            [
                everything,
                *((d or "-", department_words(d)) for d in sorted({*orders["department"], *items["department"]})),
            ],
            asked.get("department"),
            170,
        ),
        _csv("items", asked),
    ]
    return card(
        say("Open items"),
        [
            html.P(items_count(seen, asked), id="orders-count", className="note", role="status"),
            html.Div(orders_grid(asked.screen), id="orders-grid-frame"),
            html.P(
                say(
                    "Orders received and answers given in the last {days} days. Numbers and moments only: telephone numbers and free text are never stored.",
                    days=LOOK_BACK_DAYS,
                ),
                className="note",
            ),
        ],
        controls,
    )


def items_count(seen: Looked, asked: Asked) -> str:
    """How many items are listed of how many."""
    shown = len(chosen_items(seen, asked))
    return say("{n} of {all} open items", n=number_words(shown), all=number_words(len(seen.due.items)))


def orders_grid(screen: Screen) -> dag.AgGrid:
    """The list of items; rows come from the server as they are scrolled to. A phone shows what matters most of each."""
    names = {
        "state": (say("State"), 90),
        "due": (say("Deadline"), 145),
        "late": (say("Working days late"), 110),
        "kind": (say("Kind"), 90),
        "item": (say("Item number"), 130),
        "class": (say("Class"), 150),
        "department": (say("Department"), 130),
        "begun": (say("Received or asked"), 145),
        "answer": (say("Answer"), 120),
    }
    columns = [
        {
            "field": field,
            "headerName": words,
            "width": width,
            "type": "rightAligned" if field == "late" else "",
            "sortable": field in ("due", "late", "begun", "item", "class", "department"),
        }
        for field, (words, width) in names.items()
        if not screen.narrow or field in _ON_A_PHONE
    ]
    return dag.AgGrid(
        id="orders-grid",
        columnDefs=columns,
        rowModelType="infinite",
        defaultColDef={"resizable": True, "suppressHeaderMenuButton": True},
        dashGridOptions={
            "localeText": grid_texts(empty=say("Nothing open here.")),
            "cacheBlockSize": 100,
            "maxBlocksInCache": 5,
            "rowBuffer": 0,
            "blockLoadDebounceMillis": 50,
        },
        className="grid",
        style={"height": "420px", "width": "100%"},
    )
