"""What the page shows, looked at once for several people: kept until something has come, at most twenty seconds."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from dashboard.asked import Asked
from dashboard.desk import Desk
from scenarios.attention import Attention, needs_attention, roster_attention
from scenarios.kept_plans import WHAT_IF
from scenarios.orders_due import OrdersDue, look_at_orders
from scenarios.plan import Plan
from scenarios.scenario import Scenario
from scenarios.today import Today, look_at_today
from wfm.errors import BadInput
from wfm.records.records_version import records_version

__all__ = ["Looked", "looked"]

KEPT_S = 20.0
_KEPT_MOST = 24
_PLANS_MOST = 8
"""Plans that are looked into, the newest first."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A look at a hotline's day."""

    scenario: Scenario
    today: Today
    attention: tuple[Attention, ...]
    live: bool
    """Whether it is the clock's moment; otherwise one that was asked for."""


_lock = threading.Lock()
_kept: OrderedDict[tuple[Any, ...], tuple[float, Scenario, tuple[Today, OrdersDue | None, list[Attention]]]] = (
    OrderedDict()
)


def looked(asked: Asked, desk: Desk) -> Looked:
    """The day that is asked for, and what needs attention.

    Raises:
        BadInput: there is no such hotline, or its files hold a mistake.
    """
    scenario, now = desk.scenario(asked), desk.now(asked)
    hotline = scenario.hotline.id
    plans = desk.plans_of(hotline)
    key = (
        str(desk.home),
        hotline,
        id(scenario),  # the shelf gives the same one until a file changes; it is held below
        now.replace(second=0, microsecond=0),
        records_version(desk.home, hotline),
        tuple(plans),
        tuple((r.id, r.version, r.published_version) for r in desk.store.rosters(hotline)),
        _newest_look(desk, hotline, now),
    )
    with _lock:
        held = _kept.get(key)
    if held is None or time.monotonic() - held[0] > KEPT_S:
        held = (time.monotonic(), scenario, _look(scenario, now, desk, plans))
        with _lock:
            _kept[key] = held
            while len(_kept) > _KEPT_MOST:
                _kept.popitem(last=False)
    today, orders, roster = held[2]
    today = replace(today, now=now)
    jobs = desk.jobs.recent(hotline=hotline, limit=30)
    attention = needs_attention(today, orders=orders, roster=roster, jobs=jobs)
    return Looked(scenario, today, tuple(attention), live=not asked.get("at"))


def _look(
    scenario: Scenario, now: datetime, desk: Desk, names: list[str]
) -> tuple[Today, OrdersDue | None, list[Attention]]:
    today = look_at_today(scenario, now, desk.home, desk.store, _plans_that_hold(now.date(), desk, names))
    orders = look_at_orders(scenario.hotline, desk.home, now, judged=False)
    return today, orders if orders.reach is not None else None, roster_attention(scenario, desk.store, now)


def _plans_that_hold(day: date, desk: Desk, names: list[str]) -> list[tuple[str, Plan]]:
    """Plans that hold the day, the newest first, down to one of the hotline as it is; one that cannot be read is passed over."""
    found: list[tuple[str, Plan]] = []
    for name in names[:_PLANS_MOST]:
        try:
            plan = desk.plans.plan(name)
        except BadInput:
            continue
        if plan.first <= day < plan.first + timedelta(days=plan.days):
            found.append((name, plan))
            if WHAT_IF not in plan.inputs:
                break
    return found


def _newest_look(desk: Desk, hotline: str, now: datetime) -> str:
    folder = desk.home / "intraday" / hotline / now.date().isoformat()
    return max((path.name for path in folder.glob("*.json")), default="")
