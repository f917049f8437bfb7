"""The day so far, from the records as they stood at a moment: what came, what was answered, who waits, how far they reach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from wfm.calendar import TimeGrid
from wfm.hotline import Hotline, grid_of
from wfm.metrics import COUNTS
from wfm.records import RecordStore, aggregate_actuals, tally_calls

__all__ = ["DaySoFar", "day_so_far", "known_at"]


BEYOND_MIN = 15
"""A call is recorded once it has ended: who waited at a moment is known when the records reach so far beyond it."""


@dataclass(frozen=True, slots=True, eq=False)
class DaySoFar:
    """A day's records up to a moment.

    Attributes:
        reach: the last moment of the day that its records tell of, no later than now; None without records of the day.
        counts: line and the counts of ``metrics.COUNTS``, of calls whose fate was known by then; NaN where not known.
        intervals: line, interval and first_attempts, whole and begun intervals up to the moment.
        talking: calls in conversation at the moment; None as for ``waiting``.
        waiting: callers in the queue at the moment by line; None where records cannot tell, because they do not reach
            beyond it (a call is recorded once it has ended).
        synthetic: whether the calls were generated.
        last_day: the last day that holds records.
    """

    reach: datetime | None
    counts: pd.DataFrame
    intervals: pd.DataFrame
    talking: int | None
    waiting: dict[str, int] | None
    synthetic: bool
    last_day: object

    @property
    def known(self) -> bool:
        """Whether anything of the day is recorded."""
        return self.reach is not None

    def of(self, line: str = "") -> pd.DataFrame:
        """Counts of one line in one row; of all lines where ``line`` is empty."""
        rows = self.counts if not line else self.counts[self.counts["line"] == line]
        sums = rows[list(COUNTS)].sum(min_count=1)
        return pd.DataFrame([sums])


def day_so_far(store: RecordStore, hotline: Hotline, now: datetime) -> DaySoFar:
    """What the records tell of the day that holds ``now`` (in the hotline's time zone), as they stood then.

    Reads two days of calls and no more: yesterday evening's show which of today's are redials.
    """
    day = now.date()
    grid = grid_of(hotline, day, 1)
    days = store.days()
    last_day = max((d for d in days if d <= day), default=None)
    nothing = pd.DataFrame({"line": hotline.line_ids, **dict.fromkeys(COUNTS, np.nan)})
    no_intervals = pd.DataFrame({"line": [], "interval": grid.starts[:0], "first_attempts": []})
    synthetic = store.labels() == ["synthetic"]
    if day not in days:
        return DaySoFar(None, nothing, no_intervals, None, None, synthetic, last_day)
    calls = store.calls(day - timedelta(days=1), day, time_zone=hotline.time_zone)
    moment = pd.Timestamp(now)
    of_today = calls[calls["arrived_at"] >= grid.starts[0]]
    if of_today.empty:
        return _of_intervals(store, hotline, grid, now, synthetic, last_day)
    latest = max(_latest(of_today), moment) if any(d > day for d in days) else _latest(of_today)
    # Of a later day's records alone: all of today's calls have long ended.
    beyond = any(d > day for d in days) or latest >= moment + pd.Timedelta(minutes=BEYOND_MIN)
    decided, waiting, talking = known_at(of_today, now)
    counts = tally_calls(decided, hotline)
    if counts.empty:
        counts = pd.DataFrame({"line": hotline.line_ids, **dict.fromkeys(COUNTS, 0.0)})
    actuals = aggregate_actuals(calls[calls["arrived_at"] < moment], grid, hotline.line_ids, hotline.short_abandon_s)
    actuals = actuals[actuals["interval"] < moment]
    reach = min(latest.to_pydatetime(), now)
    by_line = None
    if beyond:
        found = waiting["line"].value_counts()
        by_line = {line: int(found.get(line, 0)) for line in hotline.line_ids}
    return DaySoFar(
        reach=reach,
        counts=counts[["line", *COUNTS]],
        intervals=actuals[["line", "interval", "first_attempts"]].reset_index(drop=True),
        talking=len(talking) if beyond else None,
        waiting=by_line,
        synthetic=synthetic,
        last_day=last_day,
    )


def known_at(calls: pd.DataFrame, now: datetime) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The calls whose fate was known at a moment, those then waiting for an agent, and those then in conversation.

    A call that an agent picked up has its fate from then on; any other once it has ended. Where the end is not
    recorded, a call that had come counts as known.

    Args:
        calls: ``tables.CALLS``, which may tell of what came later.
        now: the moment.
    """
    moment = pd.Timestamp(now)
    came = calls[calls["arrived_at"] < moment]
    answered = came["outcome"] == "answered"
    later = pd.Series(np.where(answered, came["answered_at"] > moment, came["ended_at"] > moment), index=came.index)
    waits = later & (came["queued_at"] <= moment).fillna(False) & came["outcome"].isin(("answered", "abandoned"))
    return came[~later], came[waits], came[answered & ~later & (came["ended_at"] > moment)]


def _latest(calls: pd.DataFrame) -> pd.Timestamp:
    moments = [calls[name].max() for name in ("arrived_at", "answered_at", "ended_at")]
    latest: pd.Timestamp = max(m for m in moments if not pd.isna(m))
    return latest


def _of_intervals(
    store: RecordStore, hotline: Hotline, grid: TimeGrid, now: datetime, synthetic: bool, last_day: object
) -> DaySoFar:
    """Of a day that only interval-level records tell of: whole intervals that have passed, nobody's single fate."""
    actuals = store.actuals(grid, hotline.line_ids, hotline.short_abandon_s)
    ended = actuals["interval"] + pd.Timedelta(minutes=grid.interval_min) <= pd.Timestamp(now)
    passed = actuals[ended & actuals["offered"].notna()]
    counts = passed.reindex(columns=["line", *COUNTS]).groupby("line")[list(COUNTS)].sum(min_count=1)
    reach = None
    if len(passed):
        reach = (passed["interval"].max() + pd.Timedelta(minutes=grid.interval_min)).to_pydatetime()
    first = passed["first_attempts"].fillna(passed["offered"])
    return DaySoFar(
        reach=reach,
        counts=counts.reindex(hotline.line_ids).rename_axis("line").reset_index(),
        intervals=passed.assign(first_attempts=first)[["line", "interval", "first_attempts"]].reset_index(drop=True),
        talking=None,
        waiting=None,
        synthetic=synthetic,
        last_day=last_day,
    )
