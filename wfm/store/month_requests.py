"""Rows of a month's requests: kept as they came in; a withdrawal is a row of its own, so that nothing is overwritten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select
from sqlalchemy.engine import RowMapping

from wfm.errors import BadInput
from wfm.i18n import say
from wfm.store.month_models import RequestRow
from wfm.store.month_records import MonthRequest
from wfm.store.rows import insert_row

__all__ = ["insert_requests", "open_requests", "withdraw_row", "withdrawn_requests"]

WITHDRAWAL = "withdrawn"
"""Kind of the row that withdraws another one, which its details name."""


def insert_requests(
    connection: Connection, month: int, requests: Iterable[MonthRequest], who: str
) -> list[MonthRequest]:
    """Keep those that do not stand there already, and return them; one that was withdrawn may be asked for again."""
    known = {_key(r) for r in open_requests(connection, month)}
    fresh: dict[tuple[object, ...], MonthRequest] = {}
    for request in requests:
        if _key(request) not in known:
            fresh.setdefault(_key(request), request)
    if fresh:
        connection.execute(insert(RequestRow), [{**_columns(r), "month_id": month, "who": who} for r in fresh.values()])
    return list(fresh.values())


def open_requests(connection: Connection, month: int) -> list[MonthRequest]:
    """What came in for the month and stands, in its order."""
    return [r for r in _requests(connection, month) if r.withdrawn_at is None]


def withdrawn_requests(connection: Connection, month: int) -> list[MonthRequest]:
    """What came in for the month and was withdrawn, in its order."""
    return [r for r in _requests(connection, month) if r.withdrawn_at is not None]


def withdraw_row(connection: Connection, request: int, who: str, at: datetime) -> tuple[int, MonthRequest]:
    """Withdraw a request. Returns the month and what was withdrawn.

    Raises:
        BadInput: there is none of this number, or it was withdrawn before.
    """
    query = select(RequestRow.__table__).where(RequestRow.id == request, RequestRow.kind != WITHDRAWAL)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise BadInput(say("planning store: there is no request {number}", number=request))
    found = next(r for r in _requests(connection, row["month_id"]) if r.id == request)
    if found.withdrawn_at is not None:
        raise BadInput(say("request {number} was withdrawn before", number=request))
    values = {"month_id": row["month_id"], "kind": WITHDRAWAL, "agent": found.agent, "details": {"request": request}}
    insert_row(connection, RequestRow, {**values, "received_at": at, "late": False, "who": who})
    return int(row["month_id"]), found


def _requests(connection: Connection, month: int) -> list[MonthRequest]:
    query = (
        select(RequestRow.__table__).where(RequestRow.month_id == month).order_by(RequestRow.received_at, RequestRow.id)
    )
    rows = connection.execute(query).mappings().all()
    withdrawn = {int(row["details"]["request"]): row for row in rows if row["kind"] == WITHDRAWAL}
    return [_request(row, withdrawn.get(row["id"])) for row in rows if row["kind"] != WITHDRAWAL]


def _request(row: RowMapping, withdrawal: RowMapping | None) -> MonthRequest:
    values: dict[str, Any] = {str(k): v for k, v in row.items() if k != "month_id"}
    if withdrawal is not None:
        values |= {"withdrawn_at": withdrawal["received_at"], "withdrawn_by": withdrawal["who"]}
    return MonthRequest(**values)


def _columns(request: MonthRequest) -> Mapping[str, Any]:
    names = ("kind", "agent", "details", "received_at", "late")
    return {name: getattr(request, name) for name in names}


def _key(request: MonthRequest) -> tuple[object, ...]:
    return (request.kind, request.agent, tuple(sorted((k, str(v)) for k, v in request.details.items())))
