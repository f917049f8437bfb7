"""Work orders, satisfaction answers and agents' states as they were imported: what reviews and scorecards read."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from wfm.hotline import calendar_of
from wfm.hotline.order_deadlines import after_hours, after_working_days
from wfm.records.item_store import ItemStore
from wfm.tables import AGENT_STATES, SATISFACTION, WORK_ORDERS

if TYPE_CHECKING:
    from wfm.hotline import Hotline

__all__ = ["agent_states", "fill_deadlines", "satisfaction_answers", "work_orders"]


def work_orders(home: Path, hotline: Hotline, first: date | None, last: date) -> pd.DataFrame:
    """Work orders (``tables.WORK_ORDERS``) received from ``first`` (None: the earliest) to ``last``, with their deadlines.

    A deadline that the file told stands; elsewhere the hotline's own for the class holds, which is worked out here.
    """
    stored = ItemStore(home, hotline.id, WORK_ORDERS).read(first, last, hotline.time_zone)
    return fill_deadlines(stored, hotline)


def satisfaction_answers(home: Path, hotline: Hotline, first: date | None, last: date) -> pd.DataFrame:
    """Satisfaction answers (``tables.SATISFACTION``) of callers asked from ``first`` (None: the earliest) to ``last``."""
    return ItemStore(home, hotline.id, SATISFACTION).read(first, last, hotline.time_zone)


def agent_states(home: Path, hotline: Hotline, first: date | None, last: date) -> pd.DataFrame:
    """Agents' states (``tables.AGENT_STATES``) that reach into ``first`` (None: the earliest) to ``last``."""
    return ItemStore(home, hotline.id, AGENT_STATES).read(first, last, hotline.time_zone)


def fill_deadlines(orders: pd.DataFrame, hotline: Hotline) -> pd.DataFrame:
    """``orders`` with ``due_at`` where the file told none, and ``first_contact_due_at``, by the hotline's classes.

    Deadlines in hours run from a known clock: an order of which only the day of receipt is known has none.
    """
    if orders.empty:
        return orders
    calendar = calendar_of(hotline)
    received = orders["received_at"].dt.tz_convert(hotline.time_zone)
    by_day = (
        orders["days_only"].fillna("").str.split(";").map(lambda names: "received_at" in names).to_numpy(dtype=bool)
    )
    found = {"due_at": orders["due_at"].copy(), "first_contact_due_at": orders["first_contact_due_at"].copy()}
    kept: dict[tuple[date, int], pd.Timestamp] = {}

    def working_days(at: int, count: int) -> pd.Timestamp:
        moment = received.iloc[at]
        if count == 0 and not by_day[at]:
            return pd.Timestamp(after_working_days(hotline, calendar, moment.to_pydatetime(), 0))
        key = (moment.date(), count)
        if key not in kept:
            kept[key] = pd.Timestamp(after_working_days(hotline, calendar, moment.normalize().to_pydatetime(), count))
        return kept[key]

    for order in hotline.work_orders:
        for at in (orders["class"] == order.id).fillna(False).to_numpy(dtype=bool).nonzero()[0].tolist():
            if pd.isna(found["due_at"].iloc[at]):
                if order.deadline_working_days is not None:
                    found["due_at"].iloc[at] = working_days(at, order.deadline_working_days)
                elif order.deadline_h is not None and not by_day[at]:
                    moment = received.iloc[at].to_pydatetime()
                    found["due_at"].iloc[at] = pd.Timestamp(after_hours(moment, order.deadline_h))
            if order.first_contact_working_days is not None:
                found["first_contact_due_at"].iloc[at] = working_days(at, order.first_contact_working_days)
    return orders.assign(**found)
