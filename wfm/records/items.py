"""Work orders, satisfaction answers and agents' states as they were imported: what reviews and scorecards read."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from wfm.hotline import calendar_of
from wfm.hotline.order_deadlines import after_working_days
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
    if orders.empty or not hotline.work_orders:
        return orders
    calendar, zone = calendar_of(hotline), hotline.time_zone
    received = orders["received_at"].dt.tz_convert(zone)
    by_day = orders["days_only"].fillna("").str.split(";").map(lambda names: "received_at" in names).astype(bool)
    found = {name: orders[name].dt.tz_convert(zone) for name in ("due_at", "first_contact_due_at")}

    def working_days(rows: pd.Series, count: int) -> pd.Series:
        # With no working day allowed the hour of receipt matters, else only its day.
        begins = received[rows].where(by_day[rows] | (count == 0), received[rows].dt.normalize())
        known = {
            moment: pd.Timestamp(after_working_days(hotline, calendar, moment.to_pydatetime(), count))
            for moment in begins.unique()
        }
        due: pd.Series = begins.map(known)
        return due

    for order in hotline.work_orders:
        mine = (orders["class"] == order.id).fillna(False).astype(bool)
        open_due = mine & found["due_at"].isna()
        if order.deadline_working_days is not None:
            found["due_at"] = found["due_at"].fillna(working_days(open_due, order.deadline_working_days))
        elif order.deadline_h is not None:
            hours = received[open_due & ~by_day] + pd.Timedelta(hours=order.deadline_h)
            found["due_at"] = found["due_at"].fillna(hours)
        if order.first_contact_working_days is not None:
            first = working_days(mine, order.first_contact_working_days)
            found["first_contact_due_at"] = found["first_contact_due_at"].fillna(first)
    return orders.assign(**found)
