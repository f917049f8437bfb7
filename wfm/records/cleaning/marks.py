"""A mark on the records, and what accepted marks mean for whoever learns from the records."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.calendar import TimeGrid
from wfm.i18n import Text
from wfm.tables import ACTUALS

__all__ = ["HIDDEN", "KINDS", "Kind", "Mark", "Status", "hide_marked", "mark_id", "observed_mask", "special_days"]

Kind = Literal["gap", "outage", "partial_day", "outlier_high", "outlier_low", "special_day"]
KINDS: tuple[Kind, ...] = ("gap", "outage", "partial_day", "outlier_high", "outlier_low", "special_day")
"""Whole days without records; a silence inside a day; a day recorded in part, at the edge of the records; more or fewer
calls than chance explains; a day of a kind of its own."""
HIDDEN = frozenset(KINDS) - {"special_day"}
"""Kinds whose accepted marks say that the stretch is not to be learned from."""

Status = Literal["proposed", "accepted", "undone"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of time that is not as others are."""

    id: str
    """Made of line, moments and kind: what is found again has the same one."""
    line: str | None
    """None: all lines."""
    start: datetime
    end: datetime
    """First moment after the stretch."""
    kind: Kind
    reason: Text
    """One sentence with its numbers."""
    name: Text | None = None
    """Of a special day."""
    status: Status = "proposed"
    by: str = ""
    """Who proposed, accepted or undid it last."""
    at: datetime | None = None
    """When that was."""
    found: float | None = None
    """Calls recorded in the stretch."""
    usual: float | None = None
    """Calls to be expected there."""
    spread: float | None = None
    """Standard deviation of that expectation."""

    def as_dict(self) -> dict[str, Any]:
        """What was found, fit for JSON: all but the id and what was decided."""
        return {
            "line": self.line,
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "kind": self.kind,
            "reason": self.reason.as_dict(),
            "name": None if self.name is None else self.name.as_dict(),
            "found": self.found,
            "usual": self.usual,
            "spread": self.spread,
        }

    def days(self, time_zone: str) -> list[date]:
        """Local dates that the stretch touches."""
        zone = ZoneInfo(time_zone)
        first = self.start.astimezone(zone).date()
        last = (self.end - timedelta(microseconds=1)).astimezone(zone).date()
        return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def mark_id(line: str | None, start: datetime, end: datetime, kind: str) -> str:
    """Eight characters that name a mark."""
    moments = [pd.Timestamp(moment).tz_convert("UTC").isoformat() for moment in (start, end)]
    return hashlib.sha256("\0".join([line or "", *moments, kind]).encode()).hexdigest()[:8]


def observed_mask(marks: Iterable[Mark], grid: TimeGrid, lines: Sequence[str]) -> NDArray[np.bool_]:
    """Which intervals may be learned from, line by line: ``(L, T)``, False where an accepted mark touches the interval.

    Special days stay: they were recorded, and :func:`special_days` names them.
    """
    observed = np.ones((len(lines), len(grid)), dtype=bool)
    # Nanoseconds since 1970, whatever zone the moments are told in.
    starts = grid.starts.as_unit("ns").asi8
    ends = starts + np.int64(grid.interval_s * 1e9)
    for mark in marks:
        if mark.status != "accepted" or mark.kind not in HIDDEN:
            continue
        first, last = (pd.Timestamp(moment).as_unit("ns").value for moment in (mark.start, mark.end))
        touched = (starts < last) & (ends > first)
        for row, line in enumerate(lines):
            if mark.line in (None, line):
                observed[row] &= ~touched
    return observed


def hide_marked(actuals: pd.DataFrame, grid: TimeGrid, marks: Iterable[Mark]) -> pd.DataFrame:
    """Interval actuals without what accepted marks hide: empty there, as what nobody recorded.

    Args:
        actuals: ``tables.ACTUALS``.
        grid: their intervals.
        marks: of the hotline.
    """
    lines = list(dict.fromkeys(actuals["line"]))
    hidden = ~observed_mask(marks, grid, lines)
    at = grid.locate(pd.DatetimeIndex(actuals["interval"]))
    row = pd.Index(lines).get_indexer(pd.Index(actuals["line"].to_numpy(dtype=object)))
    here = (at >= 0) & hidden[row, at]
    if not here.any():
        return actuals
    values = [name for name in actuals.columns if name not in ACTUALS.key]
    return actuals.assign(**{name: actuals[name].mask(here) for name in values})


def special_days(marks: Iterable[Mark], time_zone: str | None = None) -> dict[date, str]:
    """Names of the accepted special days, by date; a day with several marks has the name accepted last.

    Args:
        marks: of the hotline.
        time_zone: of the hotline; None: the one that each mark's moments carry.
    """
    accepted = [mark for mark in marks if mark.status == "accepted" and mark.kind == "special_day"]
    accepted.sort(key=lambda mark: (mark.at is not None, mark.at.timestamp() if mark.at else 0.0))
    names: dict[date, str] = {}
    for mark in accepted:
        zone = ZoneInfo(time_zone) if time_zone else mark.start.tzinfo
        first = mark.start.astimezone(zone).date()
        last = (mark.end - timedelta(microseconds=1)).astimezone(zone).date()
        for n in range((last - first).days + 1):
            names[first + timedelta(days=n)] = str(mark.name or mark.reason)
    return names
