"""The list of open items with its filters; rows come as they are scrolled to."""

from __future__ import annotations

import dash_ag_grid as dag
from dash import html

from dashboard.asked import Asked
from dashboard.colours import Screen
from dashboard.grid_words import grid_texts
from dashboard.pages.orders.looking import Looked, chosen_items
from dashboard.pages.orders.table_link import table_link
from dashboard.pages.orders.words import class_words, department_words, kind_words, state_words
from dashboard.pages.parts import card, select
from dashboard.wording import number_words
from scenarios.orders_due import LOOK_BACK_DAYS, STATES
from wfm.i18n import say

__all__ = ["FILTERS", "items_card", "items_count", "orders_grid"]


FILTERS = ("state", "kind", "class", "department")


_ON_A_PHONE = ("due", "item", "class", "late")


def items_card(seen: Looked, asked: Asked) -> html.Section:
    """The list under its filters."""
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
        table_link("items", asked),
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
