"""How the page answers: its list follows the filters, the cover follows the days to clear; both stand in the address."""

from __future__ import annotations

from typing import Any

import dash
import pandas as pd
from dash import Input, Output, State

from dashboard.answering import Answering
from dashboard.asked import Asked, asked_of
from dashboard.desk import Desk
from dashboard.figures.frame import aria
from dashboard.pages.orders.cover_part import cover_part
from dashboard.pages.orders.downloads import serve_orders_tables
from dashboard.pages.orders.due_chart import figure_of
from dashboard.pages.orders.items import FILTERS, items_count, orders_grid
from dashboard.pages.orders.looking import CLEAR_USUAL, Looked, chosen_items, cover_of, looked
from dashboard.pages.orders.words import (
    answer_words,
    class_words,
    kind_words,
    moment_words,
    state_words,
)

__all__ = ["wire"]

_SORTED = {
    "due": "due_at",
    "late": "days_late",
    "begun": "begun_at",
    "item": "item",
    "class": "class",
    "department": "department",
}


def wire(answer: Answering, desk: Desk) -> None:
    """Register the callbacks of the page, and its tables."""
    _filters(answer, desk)
    _rows(answer, desk)
    _cover(answer, desk)
    serve_orders_tables(answer.app.server, desk)


def _asked(search: str | None, told: dict[str, bool] | None = None) -> Asked:
    return asked_of("/orders", search, told)


def _filters(answer: Answering, desk: Desk) -> None:
    @answer(
        Output("orders-url", "search"),
        *(Output(f"orders-{name}", "value") for name in FILTERS),
        Output("orders-grid-frame", "children"),
        Output("orders-count", "children"),
        Output("orders-items-csv", "href"),
        Input("orders-url", "search"),
        *(Input(f"orders-{name}", "value") for name in FILTERS),
        State("screen", "data"),
        right="see",
        prevent_initial_call=True,
    )
    def follow(search: str | None, *given: Any) -> Any:
        """The list of what is chosen; the address says it, and going back brings it back."""
        *values, told = given
        asked = _asked(search, told)
        by_address = "orders-url.search" in dash.ctx.triggered_prop_ids
        by_hand = {name: "" if v in (None, "all") else str(v) for name, v in zip(FILTERS, values, strict=True)}
        named = {name: asked.get(name) for name in FILTERS}
        if by_hand == named:
            raise dash.exceptions.PreventUpdate
        chosen = named if by_address else by_hand
        there = Asked("/orders", {k: v for k, v in {**asked.query, **chosen}.items() if v})
        seen = looked(there, desk)
        return (
            dash.no_update if by_address else there.search(),
            *(chosen[name] or "all" for name in FILTERS),
            orders_grid(asked.screen),
            items_count(seen, there),
            Asked("/download/orders/items.csv", there.query).with_(),
        )


def _rows(answer: Answering, desk: Desk) -> None:
    @answer(
        Output("orders-grid", "getRowsResponse"),
        Input("orders-grid", "getRowsRequest"),
        State("orders-url", "search"),
        *(State(f"orders-{name}", "value") for name in FILTERS),
        right="see",
        prevent_initial_call=True,
    )
    def rows(wanted: dict[str, Any] | None, search: str | None, *values: str | None) -> Any:
        """The rows that are scrolled to, and no others."""
        if not wanted:
            raise dash.exceptions.PreventUpdate
        chosen = {name: "" if v in (None, "all") else str(v) for name, v in zip(FILTERS, values, strict=True)}
        asked = Asked("/orders", {**_asked(search).query, **chosen})
        seen = looked(asked, desk)
        items = _in_order(chosen_items(seen, asked), wanted.get("sortModel") or [])
        part = items.iloc[int(wanted["startRow"]) : int(wanted["endRow"])]
        return {"rowData": [_shown(row, seen) for row in part.to_dict("records")], "rowCount": len(items)}


def _in_order(items: pd.DataFrame, order: list[dict[str, str]]) -> pd.DataFrame:
    known = [(name, one.get("sort") != "desc") for one in order if (name := _SORTED.get(one.get("colId", "")))]
    if not known:
        return items
    return items.sort_values([name for name, _ in known], ascending=[up for _, up in known], kind="stable")


def _shown(row: dict[Any, Any], seen: Looked) -> dict[str, Any]:
    return {
        "state": state_words(row["state"]),
        "due": moment_words(row["due_at"]),
        "late": int(row["days_late"]) if row["state"] == "overdue" else None,
        "kind": kind_words(row["kind"]),
        "item": str(row["item"]),
        "class": class_words(seen.hotline, row["class"]) if row["class"] or row["kind"] == "order" else "",
        "department": row["department"],
        "begun": moment_words(row["begun_at"]),
        "answer": answer_words(row["answer"]),
    }


def _cover(answer: Answering, desk: Desk) -> None:
    @answer(
        Output("orders-url", "search", allow_duplicate=True),
        Output("orders-cover", "children"),
        Output("orders-due", "figure"),
        Output("orders-due-frame", "aria-label"),
        Input("orders-clear", "value"),
        State("orders-url", "search"),
        State("screen", "data"),
        right="see",
        prevent_initial_call=True,
    )
    def clear(value: str | None, search: str | None, told: dict[str, bool] | None) -> Any:
        """Another number of working days in which to clear what is overdue."""
        asked = _asked(search, told)
        if not value or value == (asked.get("clear") or str(CLEAR_USUAL)):
            raise dash.exceptions.PreventUpdate
        there = Asked("/orders", {**asked.query, "clear": value}, asked.screen)
        seen, cover = looked(there, desk), cover_of(there, desk)
        figure = figure_of(seen, cover, asked.screen)
        return there.search(), cover_part(seen, cover), figure, aria(figure)
