"""What the page shows, looked at once for several people: kept until records come, at most a minute."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard.asked import Asked
from dashboard.desk import Desk
from scenarios.orders_cover import ClearingCover, clearing_cover
from scenarios.orders_due import OrdersDue, look_at_orders
from scenarios.scenario import Scenario
from wfm.hotline import Hotline
from wfm.records.records_version import records_version

__all__ = ["CLEAR_IN", "Looked", "chosen_items", "clear_in", "cover_of", "looked"]

CLEAR_IN = (0, 1, 2, 3, 5, 10)
"""Working days in which overdue items may be asked to be cleared."""
CLEAR_USUAL = 3
_KEPT_S = 60.0
_KEPT_MOST = 16


@dataclass(frozen=True, slots=True)
class Looked:
    """Open items of a hotline, and whose."""

    hotline: Hotline
    due: OrdersDue


_lock = threading.Lock()
_kept: OrderedDict[tuple[Any, ...], tuple[float, Scenario, Any]] = OrderedDict()


def looked(asked: Asked, desk: Desk) -> Looked:
    """What is open at the moment that is asked for.

    Raises:
        BadInput: there is no such hotline, or its files hold a mistake.
    """
    scenario, now = desk.scenario(asked), desk.now(asked)
    due = _once((*_key(scenario, desk, now), "due"), scenario, lambda: look_at_orders(scenario.hotline, desk.home, now))
    return Looked(scenario.hotline, due)


def cover_of(asked: Asked, desk: Desk) -> ClearingCover:
    """The cover that would clear what is overdue in the working days that are asked for."""
    seen = looked(asked, desk)
    scenario, now, days = desk.scenario(asked), desk.now(asked), clear_in(asked)
    found: ClearingCover = _once(
        (*_key(scenario, desk, now), "cover", days), scenario, lambda: clearing_cover(seen.hotline, seen.due, days)
    )
    return found


def clear_in(asked: Asked) -> int:
    """Working days of the address in which overdue items are to be cleared."""
    return int(asked.get("clear")) if asked.get("clear") in {str(n) for n in CLEAR_IN} else CLEAR_USUAL


def chosen_items(seen: Looked, asked: Asked) -> pd.DataFrame:
    """Open items as the address filters them."""
    items = seen.due.items
    for key, column in (("state", "state"), ("kind", "kind"), ("class", "class"), ("department", "department")):
        wanted = asked.get(key)
        if wanted:
            items = items[items[column] == ("" if wanted == "-" else wanted)]
    return items


def _key(scenario: Scenario, desk: Desk, now: Any) -> tuple[Any, ...]:
    hotline = scenario.hotline.id
    minute = now.replace(second=0, microsecond=0)
    return (str(desk.home), hotline, id(scenario), minute, records_version(desk.home, hotline))


def _once(key: tuple[Any, ...], scenario: Scenario, work: Any) -> Any:
    with _lock:
        held = _kept.get(key)
    if held is None or time.monotonic() - held[0] > _KEPT_S:
        held = (time.monotonic(), scenario, work())
        with _lock:
            _kept[key] = held
            while len(_kept) > _KEPT_MOST:
                _kept.popitem(last=False)
    return held[2]
