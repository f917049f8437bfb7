"""How the page answers: its list follows the filters, the cover follows the days to clear; both stand in the address."""

from __future__ import annotations

from typing import Any

import dash
import pandas as pd
from dash import Input, Output, State
from flask import Response, request

from dashboard.answering import Answering
from dashboard.asked import Asked, asked_of
from dashboard.desk import Desk
from dashboard.figures.frame import aria
from dashboard.pages.orders.layout import FILTERS, WORKING_DAYS, cover_part, figure_of, items_count, orders_grid
from dashboard.pages.orders.looking import CLEAR_USUAL, Looked, chosen_items, cover_of, looked
from dashboard.pages.orders.words import (
    answer_words,
    class_words,
    department_words,
    kind_words,
    moment_words,
    state_words,
)
from dashboard.person import require
from dashboard.safe_csv import csv_answer
from scenarios.orders_due import count_by_due_day
from wfm.errors import BadInput
from wfm.hotline import calendar_of

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
    _downloads(answer, desk)


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
            dash.no_update if by_address else f"?{there.with_().partition('?')[2]}",
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
        return f"?{there.with_().partition('?')[2]}", cover_part(seen, cover), figure, aria(figure)


def _downloads(answer: Answering, desk: Desk) -> None:
    @answer.app.server.get("/download/orders/<name>.csv")  # type: ignore[untyped-decorator]
    def orders_table(name: str) -> Response:
        require("see")
        asked = asked_of("/orders", request.query_string.decode())
        try:
            seen = looked(asked, desk)
        except BadInput as error:
            return Response(str(error), status=404, mimetype="text/plain")
        made = {"items": _items_table, "due": _due_table, "rates": _rates_table}.get(name)
        if made is None:
            return Response(name, status=404, mimetype="text/plain")
        return csv_answer(made(seen, asked), f"{seen.hotline.id}-{seen.due.now:%Y-%m-%d}-{name}")


def _items_table(seen: Looked, asked: Asked) -> pd.DataFrame:
    items = chosen_items(seen, asked)
    return items.assign(
        class_name=[class_words(seen.hotline, c) for c in items["class"]],
        department=[department_words(d) for d in items["department"]],
        begun_at=[_iso(m) for m in items["begun_at"]],
        due_at=[_iso(m) for m in items["due_at"]],
    )


def _iso(moment: Any) -> str:
    return "" if moment is None or pd.isna(moment) else f"{moment:%Y-%m-%d %H:%M}"


def _due_table(seen: Looked, asked: Asked) -> pd.DataFrame:
    table = count_by_due_day(seen.due, calendar_of(seen.hotline), WORKING_DAYS)
    return table.assign(
        day=[state_words("overdue") if d is None or pd.isna(d) else d.isoformat() for d in table["day"]]
    )


def _rates_table(seen: Looked, asked: Asked) -> pd.DataFrame:
    review = seen.due.review
    rows = review.rows if review is not None else ()
    return pd.DataFrame(
        [
            {
                "target": row.target,
                "kpi": row.kpi,
                "name": row.name.of(),
                "value": row.value,
                "kept": row.kept,
                "counted": row.counted,
                "not_told": row.not_told,
                "operator": row.operator,
                "limit": row.limit,
                "clause": row.clause,
                "source": row.source,
                "status": row.status,
                "definition": row.definition.of(),
            }
            for row in rows
        ]
    )
