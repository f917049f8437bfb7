"""The tables of the page as CSV."""

from __future__ import annotations

from typing import Any

import pandas as pd
from flask import Flask, Response, request

from dashboard.asked import Asked, asked_of
from dashboard.csv_files import csv_file
from dashboard.desk import Desk
from dashboard.pages.orders.due_chart import WORKING_DAYS
from dashboard.pages.orders.looking import Looked, chosen_items, looked
from dashboard.pages.orders.words import class_words, department_words, state_words
from dashboard.person import require
from scenarios.orders_due import count_by_due_day
from wfm.errors import BadInput
from wfm.hotline import calendar_of
from wfm.i18n import say

__all__ = ["serve_orders_tables"]


def serve_orders_tables(server: Flask, desk: Desk) -> None:
    """Add ``/download/orders/NAME.csv``."""

    @server.get("/download/orders/<name>.csv")
    def orders_table(name: str) -> Response:
        require("see")
        asked = asked_of("/orders", request.query_string.decode())
        make = {"items": _items_table, "due": _due_table, "rates": _rates_table}.get(name)
        if make is None:
            raise BadInput(say("There is no table {name}.", name=name))
        seen = looked(asked, desk)
        return csv_file(desk, asked, make(seen, asked), f"{seen.hotline.id}-{seen.due.now:%Y-%m-%d}-{name}")


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
