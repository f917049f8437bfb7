"""Synthetic work orders and satisfaction answers for generated calls, to practise on; seeded and plausible."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from wfm.hotline.order_deadlines import after_hours, after_working_days
from wfm.records.call_flow import SYNTHETIC
from wfm.tables import SATISFACTION, WORK_ORDERS, Table, check_table, empty_table

if TYPE_CHECKING:
    from wfm.calendar import WorkingCalendar
    from wfm.hotline import Hotline

__all__ = ["generate_answers", "generate_orders"]

_DEPARTMENTS = ("人力资源社会保障局", "民政局", "住房城乡建设局", "市场监督管理局")
_ORDERS_TOLD = (
    "class;department;due_at;first_contact_due_at;first_contact_at;told_at;closed_at;satisfaction;called_back_at"
)
_LATE_SHARE = 0.04
_CALLED_BACK_SHARE = 0.9


def generate_orders(
    hotline: Hotline, calls: pd.DataFrame, calendar: WorkingCalendar, until: datetime, seed: int
) -> pd.DataFrame:
    """Work orders of the hotline's classes that the calls bring, as they stood at a moment.

    Each answered call brings an order of a class with the class's ``per_answered_call``. An order is closed after a
    share of its time that varies between orders (most in time, a few late, as the classes' rates would have it);
    what lies after ``until`` is not known yet.

    Args:
        hotline: its classes and working hours.
        calls: ``tables.CALLS`` of this hotline.
        calendar: its working days.
        until: moment up to which things are known, with a time zone.
        seed: of the draws.

    Returns:
        ``tables.WORK_ORDERS``, every identifier beginning with ``synthetic-``.
    """
    draws = np.random.default_rng([seed, 0x6F72646572])
    answered = calls[calls["answered_at"].notna() & (calls["ended_at"] <= pd.Timestamp(until))]
    found = []
    for order in hotline.work_orders:
        for call in answered[draws.random(len(answered)) < order.per_answered_call].to_dict("records"):
            received = call["ended_at"].floor("s")
            moment = received.to_pydatetime()
            if order.deadline_h is not None:
                due = pd.Timestamp(after_hours(moment, order.deadline_h))
            else:
                due = pd.Timestamp(after_working_days(hotline, calendar, moment, order.deadline_working_days or 0))
            contact_due = None
            if order.first_contact_working_days is not None:
                contact_due = pd.Timestamp(
                    after_working_days(hotline, calendar, moment, order.first_contact_working_days)
                )
            span = max(due - received, pd.Timedelta(minutes=30))
            used = draws.uniform(1.05, 1.6) if draws.random() < _LATE_SHARE else draws.beta(4, 2.2)
            closed = (received + span * used).floor("s")
            contact = (received + (closed - received) * draws.uniform(0.05, 0.5)).floor("s")
            answer = str(draws.choice(["satisfied", "basically_satisfied", "not_satisfied"], p=[0.86, 0.09, 0.05]))
            back = (closed + pd.Timedelta(hours=float(draws.uniform(2, 60)))).floor("s")
            owed = answer != "satisfied" and draws.random() < _CALLED_BACK_SHARE
            found.append(
                {
                    "item": f"{SYNTHETIC}-{order.id}-{str(call['call']).removeprefix(SYNTHETIC + '-')}",
                    "line": call["line"],
                    "class": order.id,
                    "department": _DEPARTMENTS[int(draws.integers(len(_DEPARTMENTS)))],
                    "received_at": received,
                    "due_at": due,
                    "first_contact_due_at": contact_due,
                    "first_contact_at": contact,
                    "told_at": closed,
                    "closed_at": closed,
                    "satisfaction": answer if closed <= pd.Timestamp(until) else None,
                    "called_back_at": back if owed else None,
                    "told_of": _ORDERS_TOLD,
                }
            )
    return _known(found, WORK_ORDERS, hotline.time_zone, until)


def generate_answers(hotline: Hotline, calls: pd.DataFrame, until: datetime, seed: int) -> pd.DataFrame:
    """Answers to the question after the call, and call-backs of those who were not satisfied, as known at a moment.

    Args:
        hotline: for its time zone.
        calls: ``tables.CALLS``; their ``satisfaction`` is the answer.
        until: moment up to which things are known, with a time zone.
        seed: of the draws.

    Returns:
        ``tables.SATISFACTION``.
    """
    draws = np.random.default_rng([seed, 0x616E73776572])
    asked = calls[calls["satisfaction"].notna() & (calls["ended_at"] <= pd.Timestamp(until))]
    found = []
    for call in asked.to_dict("records"):
        owed = call["satisfaction"] in ("basically_satisfied", "not_satisfied")
        back = (call["ended_at"] + pd.Timedelta(hours=float(draws.uniform(1, 60)))).floor("s")
        done = owed and draws.random() < _CALLED_BACK_SHARE
        found.append(
            {
                "item": call["call"],
                "line": call["line"],
                "agent": call["agent"],
                "asked_at": call["ended_at"].floor("s"),
                "channel": "after_call",
                "answer": call["satisfaction"],
                "called_back_at": back if done else None,
                "told_of": "line;agent;channel;answer;called_back_at",
            }
        )
    return _known(found, SATISFACTION, hotline.time_zone, until)


def _known(rows: list[dict[str, object]], table: Table, zone: str, until: datetime) -> pd.DataFrame:
    if not rows:
        return empty_table(table, zone)
    frame = pd.DataFrame(rows)
    for column in table.columns:
        if column.name not in frame:
            frame[column.name] = None
        if column.kind == "time":
            moments = pd.to_datetime(frame[column.name], utc=True).dt.tz_convert(zone).dt.as_unit("ns")
            known = column.name in ("due_at", "first_contact_due_at")
            frame[column.name] = moments if known else moments.where(moments <= pd.Timestamp(until))
    return check_table(table, frame)
