"""Work orders and call-backs that are still open at a moment: overdue, due today, due in the next working days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from wfm.calendar import WorkingCalendar
from wfm.hotline import Hotline, calendar_of
from wfm.records import RecordStore
from wfm.records.answers import CALL_BACK, gather_answers
from wfm.records.items import satisfaction_answers, work_orders
from wfm.records.order_compliance import OrderReview, open_orders, review_orders

__all__ = ["LOOK_BACK_DAYS", "OrdersDue", "count_by_due_day", "counts_by", "look_at_orders", "working_days_late"]

LOOK_BACK_DAYS = 366
"""Orders received and answers given before that are not looked for."""

ITEM_COLUMNS = [
    "item",
    "kind",
    "class",
    "department",
    "begun_at",
    "due_at",
    "state",
    "days_late",
    "answer",
    "contacted",
]
STATES = ("overdue", "today", "ahead", "none")
"""Overdue, due later today, due on a later day, without a deadline."""


@dataclass(frozen=True, slots=True, eq=False)
class OrdersDue:
    """What is open at a moment.

    Attributes:
        now: the moment.
        reach: the last moment that the records tell of, no later than now; None where nothing was ever imported.
        items: one row an open work order (kind ``order``) or call-back owed (``call_back``): item, kind, class, department,
            begun_at (receipt, or when the caller was asked), due_at, state, days_late (working days), answer, contacted.
        call_backs_done: call-backs of the period that are done.
        call_backs_unknown: answers of the period of which no import tells whether they were called back.
        review: how the period so far keeps the standard.
        arriving: class (``call-back`` for call-backs) and per_day: new items on an average day of the last four weeks.
    """

    now: datetime
    reach: datetime | None
    items: pd.DataFrame
    call_backs_done: int
    call_backs_unknown: int
    review: OrderReview | None
    arriving: pd.DataFrame

    def count(self, state: str, kind: str = "") -> int:
        """Open items in a state, of one kind or of both."""
        mine = self.items["state"] == state
        return int((mine if not kind else mine & (self.items["kind"] == kind)).sum())


def look_at_orders(
    hotline: Hotline, home: Path, now: datetime, first: date | None = None, *, judged: bool = True
) -> OrdersDue:
    """What is open at ``now``, and how the period from ``first`` (the month's first day) to now kept the standard.

    Args:
        hotline: its classes, deadlines, survey and calendar.
        home: where records lie.
        now: the moment, in the hotline's time zone; what was recorded later is not looked at.
        first: first day of the period that is judged.
        judged: also judge the period; without it ``review`` is None.
    """
    day, moment = now.date(), pd.Timestamp(now)
    since = day - timedelta(days=LOOK_BACK_DAYS)
    orders = work_orders(home, hotline, since, day)
    answers = satisfaction_answers(home, hotline, since, day)
    orders = orders[(orders["received_at"] <= moment).to_numpy(dtype=bool)].reset_index(drop=True)
    answers = answers[(answers["asked_at"] <= moment).to_numpy(dtype=bool)].reset_index(drop=True)
    if orders.empty and answers.empty:
        return OrdersDue(
            now, None, pd.DataFrame(columns=ITEM_COLUMNS), 0, 0, None, _arriving(hotline, orders, None, now)
        )
    first = first or day.replace(day=1)
    review = _judged(hotline, home, orders, answers, first, now) if judged else None
    given = gather_answers(orders, answers, None, hotline)
    if len(given):
        given = given[(given["asked_at"] <= moment).to_numpy(dtype=bool)]
    owed, done, unknown = _call_backs(given, moment, first)
    calendar = calendar_of(hotline)
    opened = open_orders(orders, moment)
    every = [part for part in (_order_items(opened), owed) if len(part)]
    items = pd.concat(every, ignore_index=True) if every else pd.DataFrame(columns=ITEM_COLUMNS)
    return OrdersDue(
        now=now,
        reach=_reach(orders, answers, now),
        items=_with_state(items, now, calendar),
        call_backs_done=done,
        call_backs_unknown=unknown,
        review=review,
        arriving=_arriving(hotline, orders, given, now),
    )


def _judged(
    hotline: Hotline, home: Path, orders: pd.DataFrame, answers: pd.DataFrame, first: date, now: datetime
) -> OrderReview:
    store, moment = RecordStore(home, hotline.id), pd.Timestamp(now)
    calls = None
    if store.labels() == ["recorded"]:  # generated calls answer nothing
        calls = store.calls(first, now.date(), time_zone=hotline.time_zone)
        calls = calls[calls["arrived_at"] <= moment]
    return review_orders(hotline, orders, answers, first, now.date(), calls=calls, now=moment)


def _order_items(opened: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "item": opened["item"].astype(object),
            "kind": "order",
            "class": opened["class"].astype(object).where(opened["class"].notna(), ""),
            "department": opened["department"].astype(object).where(opened["department"].notna(), ""),
            "begun_at": opened["received_at"],
            "due_at": opened["due_at"],
            "answer": "",
            "contacted": opened["first_contact_at"].notna(),
        }
    )


def _call_backs(given: pd.DataFrame, moment: pd.Timestamp, first: date) -> tuple[pd.DataFrame, int, int]:
    """Call-backs still owed, how many of the period are done, and of how many answers nobody knows."""
    if given.empty:
        return pd.DataFrame(columns=ITEM_COLUMNS), 0, 0
    asked = given[given["answer"].isin(CALL_BACK).to_numpy(dtype=bool)]
    told = asked["told"].to_numpy(dtype=bool)
    done = (asked["called_back_at"] <= moment).to_numpy(dtype=bool)
    inside = (asked["asked_at"].dt.date >= first).to_numpy(dtype=bool)
    owed = asked[told & ~done]
    found = pd.DataFrame(
        {
            "item": owed["item"].astype(object),
            "kind": "call_back",
            "class": owed["class"].astype(object).where(owed["class"].notna(), ""),
            "department": owed["department"].astype(object).where(owed["department"].notna(), ""),
            "begun_at": owed["asked_at"],
            "due_at": owed["call_back_due_at"],
            "answer": owed["answer"].astype(object),
            "contacted": False,
        }
    )
    return found, int((told & done & inside).sum()), int((~told & inside).sum())


def _with_state(items: pd.DataFrame, now: datetime, calendar: WorkingCalendar) -> pd.DataFrame:
    if items.empty:
        return items.reindex(columns=ITEM_COLUMNS)
    moment = pd.Timestamp(now)
    due = items["due_at"]
    late = (due < moment).to_numpy(dtype=bool)
    today = (due.dt.date == now.date()).to_numpy(dtype=bool)
    state = np.select([due.isna().to_numpy(), late, today], ["none", "overdue", "today"], "ahead")
    days = {d: working_days_late(calendar, d, now.date()) for d in due[late].dt.date.unique()}
    items = items.assign(
        state=state, days_late=[days.get(d, 0) if x else 0 for d, x in zip(due.dt.date, late, strict=True)]
    )
    return items.sort_values(["due_at", "kind", "item"], na_position="last")[ITEM_COLUMNS].reset_index(drop=True)


def working_days_late(calendar: WorkingCalendar, due: date, today: date) -> int:
    """Working days after the day something was due, today included."""
    return sum(calendar.is_working_day(due + timedelta(days=n)) for n in range(1, (today - due).days + 1))


def _reach(orders: pd.DataFrame, answers: pd.DataFrame, now: datetime) -> datetime:
    stages = ("received_at", "first_contact_at", "told_at", "closed_at", "follow_up_at", "called_back_at")
    moments = [orders[name].max() for name in stages] + [answers[n].max() for n in ("asked_at", "called_back_at")]
    latest: pd.Timestamp = max(m for m in moments if not pd.isna(m))
    return min(latest.tz_convert(now.tzinfo).to_pydatetime(), now)


def _arriving(hotline: Hotline, orders: pd.DataFrame, given: pd.DataFrame | None, now: datetime) -> pd.DataFrame:
    """New items a calendar day, over four weeks or as far back as the records go."""
    moment = pd.Timestamp(now)
    rows: list[tuple[str, float]] = []
    if len(orders):
        span = min(28.0, max(1.0, (moment - orders["received_at"].min()).total_seconds() / 86400))
        recent = orders[(orders["received_at"] > moment - pd.Timedelta(days=span)).to_numpy(dtype=bool)]
        found = recent["class"].astype(object).value_counts()
        rows += [(order.id, float(found.get(order.id, 0)) / span) for order in hotline.work_orders]
        if given is not None and len(given):
            asked = given["answer"].isin(CALL_BACK) & (given["asked_at"] > moment - pd.Timedelta(days=span))
            rows.append(("call-back", float(asked.sum()) * hotline.satisfaction.call_back_share / span))
    return pd.DataFrame(rows, columns=["class", "per_day"])


def count_by_due_day(due: OrdersDue, calendar: WorkingCalendar, working_days: int) -> pd.DataFrame:
    """Open items by the day they are due: day (None: overdue), kind, count, over today and the next working days.

    Days off between stand in the table too; what is due later is left out.
    """
    days = [due.now.date()]
    worked = 0
    while worked < working_days:
        days.append(days[-1] + timedelta(days=1))
        worked += calendar.is_working_day(days[-1])
    rows: list[tuple[date | None, str, int]] = []
    dates = due.items["due_at"].dt.date if len(due.items) else pd.Series([], dtype=object)
    for kind in ("order", "call_back"):
        mine = due.items["kind"] == kind
        rows.append((None, kind, int((mine & (due.items["state"] == "overdue")).sum())))
        ahead = mine & due.items["state"].isin(("today", "ahead"))
        counted = dates[ahead.to_numpy(dtype=bool)].value_counts()
        rows += [(day, kind, int(counted.get(day, 0))) for day in days]
    return pd.DataFrame(rows, columns=["day", "kind", "count"])


def counts_by(due: OrdersDue, column: str) -> pd.DataFrame:
    """Open work orders by ``class`` or ``department``: group, overdue, today, ahead, none, open; the most overdue first."""
    orders = due.items[due.items["kind"] == "order"]
    if orders.empty:
        return pd.DataFrame(columns=["group", *STATES, "open"])
    table = pd.crosstab(orders[column], orders["state"]).reindex(columns=list(STATES), fill_value=0)
    table["open"] = table.sum(axis=1)
    table = table.rename_axis("group").reset_index()
    return table.sort_values(["overdue", "today", "open", "group"], ascending=[False, False, False, True]).reset_index(
        drop=True
    )
