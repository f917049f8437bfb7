"""Satisfaction answers from wherever they were imported: surveys, work orders, call records; and who is to be called back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from wfm.hotline import calendar_of
from wfm.hotline.order_deadlines import after_working_days

if TYPE_CHECKING:
    from wfm.hotline import Hotline

__all__ = ["CALL_BACK", "gather_answers"]

CALL_BACK = ("basically_satisfied", "not_satisfied")
"""Who answers 基本满意 or 不满意 is to be called back."""

_COLUMNS = ["item", "source", "class", "department", "asked_at", "answer", "called_back_at", "told", "by_day"]


def gather_answers(
    orders: pd.DataFrame, answers: pd.DataFrame, calls: pd.DataFrame | None, hotline: Hotline
) -> pd.DataFrame:
    """Every answer once: item, source (survey, order or call), class, department, asked_at, answer, called_back_at, ``told``
    (whether the source tells of call-backs at all), ``by_day`` (call-backs of which only the day is known) and call_back_due_at.

    A survey's answer stands before that of the order or call it belongs to. Where orders tell no call-back of their own,
    the follow-up call counts as one; the answer is then taken to be given at closure. Deadlines are the hotline's own
    working days from the answer.

    Args:
        orders: ``tables.WORK_ORDERS``.
        answers: ``tables.SATISFACTION``.
        calls: ``tables.CALLS``, whose answers count too; None: none.
        hotline: its survey and calendar.
    """
    parts = [_of_surveys(answers, orders), _of_orders(orders)]
    if calls is not None:
        parts.append(_of_calls(calls, hotline.time_zone))
    parts = [part for part in parts if len(part)]
    if not parts:
        return pd.DataFrame({name: pd.Series([], dtype=object) for name in [*_COLUMNS, "call_back_due_at"]})
    found = pd.concat(parts, ignore_index=True)
    surveyed = set(answers["item"])
    found = found[(found["source"] == "survey") | ~found["item"].isin(surveyed)].reset_index(drop=True)
    for name in ("asked_at", "called_back_at"):
        found[name] = found[name].dt.tz_convert(hotline.time_zone)
    calendar = calendar_of(hotline)
    count = hotline.satisfaction.call_back_working_days
    days = found["asked_at"].dt.normalize()
    due = {
        day: pd.Timestamp(after_working_days(hotline, calendar, day.to_pydatetime(), count)) for day in days.unique()
    }
    found["call_back_due_at"] = days.map(due)
    return found


def _of_surveys(answers: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    given = answers[answers["answer"].notna()].reset_index(drop=True)
    classes = dict(zip(orders["item"], orders["class"].astype(object), strict=True))
    departments = dict(zip(orders["item"], orders["department"].astype(object), strict=True))
    items = given["item"].tolist()
    department = given["department"].astype(object)
    found = pd.DataFrame(
        {
            "item": given["item"],
            "source": "survey",
            "class": pd.Series([classes.get(item) for item in items], dtype=object),
            "department": department.where(department.notna(), [departments.get(item) for item in items]),
            "asked_at": given["asked_at"],
            "answer": given["answer"],
            "called_back_at": given["called_back_at"],
            "told": _tells(given, "called_back_at"),
            "by_day": _by_day(given, "called_back_at"),
        }
    )
    return found[_COLUMNS]


def _of_orders(orders: pd.DataFrame) -> pd.DataFrame:
    given = orders[orders["satisfaction"].notna()].reset_index(drop=True)
    own = _tells(given, "called_back_at")
    asked = given["closed_at"].fillna(given["told_at"]).fillna(given["received_at"])
    asked = asked.where(~own, given["follow_up_at"].fillna(asked))
    found = pd.DataFrame(
        {
            "item": given["item"],
            "source": "order",
            "class": given["class"].astype(object),
            "department": given["department"].astype(object),
            "asked_at": asked,
            "answer": given["satisfaction"],
            "called_back_at": given["called_back_at"].where(own, given["follow_up_at"]),
            "told": own | _tells(given, "follow_up_at"),
            "by_day": np.where(own, _by_day(given, "called_back_at"), _by_day(given, "follow_up_at")),
        }
    )
    return found[_COLUMNS]


def _of_calls(calls: pd.DataFrame, time_zone: str) -> pd.DataFrame:
    given = calls[calls["satisfaction"].notna()].reset_index(drop=True)
    asked = given["ended_at"].fillna(given["arrived_at"])
    found = pd.DataFrame(
        {
            "item": given["call"],
            "source": "call",
            "class": None,
            "department": None,
            "asked_at": asked,
            "answer": given["satisfaction"],
            "called_back_at": pd.Series(pd.NaT, index=given.index, dtype=f"datetime64[ns, {time_zone}]"),
            "told": False,
            "by_day": False,
        }
    )
    return found[_COLUMNS]


def _tells(items: pd.DataFrame, column: str) -> pd.Series:
    return items["told_of"].map(lambda names: column in str(names).split(";")).astype(bool)


def _by_day(items: pd.DataFrame, column: str) -> pd.Series:
    return items["days_only"].fillna("").map(lambda names: column in str(names).split(";")).astype(bool)
