"""The one sentence over work orders and call-backs, and how serious it is."""

from __future__ import annotations

from scenarios.orders_cover import ClearingCover
from scenarios.orders_due import OrdersDue
from wfm.i18n import Text, both

__all__ = ["cover_sentence", "orders_headline", "orders_status"]


def orders_status(due: OrdersDue) -> str:
    """``missed`` with something overdue, ``at risk`` with something due today, else ``met``; ``unknown`` without records."""
    if due.reach is None:
        return "unknown"
    if due.count("overdue"):
        return "missed"
    return "at risk" if due.count("today") else "met"


def orders_headline(due: OrdersDue) -> Text:
    """What is overdue and what is due today, of orders and call-backs."""
    late, today = due.count("overdue"), due.count("today")
    orders, backs = due.count("overdue", "order"), due.count("overdue", "call_back")
    if not late and not today:
        return both("Nothing is overdue and nothing is due today; {open} items are open.", open=f"{len(due.items):,}")
    if not late:
        return both("Nothing is overdue; {today} items are due today.", today=f"{today:,}")
    oldest = int(due.items["days_late"].max())
    days = both("one working day") if oldest == 1 else both("{n} working days", n=oldest)
    values = {"orders": f"{orders:,}", "backs": f"{backs:,}", "today": f"{today:,}", "days": days}
    if not backs:
        return both(
            "Overdue work orders: {orders}, the oldest late by {days}; items due today: {today}.",
            **values,
        )
    if not orders:
        return both("Overdue call-backs: {backs}, the oldest late by {days}; items due today: {today}.", **values)
    return both(
        "Overdue work orders: {orders}, call-backs: {backs}, the oldest late by {days}; items due today: {today}.",
        **values,
    )


def cover_sentence(due: OrdersDue, cover: ClearingCover) -> Text:
    """Which cover would clear what is overdue and keep the rest in time."""
    smallest = cover.smallest
    if not smallest.people:
        return both("Nothing is open: no cover is needed.")
    values = {
        "people": smallest.people,
        "hours": f"{smallest.hours_per_day:g}",
        "clear": f"{cover.clear_by:%Y-%m-%d %H:%M}",
        "late": f"{cover.unavoidable:.0f}",
    }
    if due.count("overdue"):
        first = both(
            "A back office of {people} at work at once ({hours} h a working day) clears everything overdue by {clear} and "
            "keeps every other deadline.",
            **values,
        )
    else:
        first = both(
            "A back office of {people} at work at once ({hours} h a working day) keeps every deadline.", **values
        )
    if cover.unavoidable < 0.5:
        return first
    second = both(
        "{late} items cannot be in time with any number of people: too little working time is left.", **values
    )
    return Text(f"{first.en} {second.en}", f"{first.zh}{second.zh}")
