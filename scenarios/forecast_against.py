"""Forecasts beside what came, cell by cell, and how good they were by day, week and line.

A forecast of a day is the one that stood so many days before it (:meth:`wfm.store.forecast_store.ForecastStore.standing_at`); where none stood then, and
none is asked of an earlier time, the latest made counts and is told as late.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from scenarios.forecast_review import LEADS_DAYS
from wfm.errors import BadInput
from wfm.hotline import Hotline, calendar_of, grid_of, open_intervals
from wfm.i18n import say
from wfm.records import RecordStore
from wfm.records.demand import demand_column
from wfm.review.forecast_accuracy import Accuracy, accuracy_of
from wfm.store import ForecastRecord, Store

__all__ = ["DAYS_MAX", "ForecastAgainst", "StoodThen", "errors_by", "forecast_against", "recorded_cells"]

DAYS_MAX = 400
"""Days that are looked at together."""
_BANDS = ("mean", "p025", "p10", "p90", "p975")


@dataclass(frozen=True, slots=True)
class StoodThen:
    """The forecast of one day."""

    record: ForecastRecord
    late: bool
    """Made when the day, or the days before it that were asked for, had begun."""


@dataclass(frozen=True, slots=True)
class ForecastAgainst:
    """A period's forecasts and what came.

    ``cells``: line, interval, date, mean, p025, p10, p90, p975, actual, is_open; one row a line and interval. What nobody
    forecast or recorded is NaN. ``actual`` counts what a forecast learns from: first attempts, or calls offered where
    callers are not known.
    """

    hotline: Hotline
    first: date
    last: date
    lead_days: int
    cells: pd.DataFrame
    stood: dict[date, StoodThen]
    recorded: tuple[date, ...]

    @property
    def days(self) -> list[date]:
        """The days of the period."""
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


def forecast_against(
    hotline: Hotline,
    first: date,
    last: date,
    home: Path,
    store: Store,
    lead_days: int = 0,
    now: datetime | None = None,
) -> ForecastAgainst:
    """Set the forecasts of a period beside its records.

    Args:
        hotline: the hotline.
        first: first local day.
        last: last local day.
        home: where call records live.
        store: where forecasts stand.
        lead_days: as the forecast stood so many days ahead, one of :data:`scenarios.forecast_review.LEADS_DAYS`.
        now: the moment of looking; of its day only what the records reach counts as recorded.

    Raises:
        BadInput: the period is empty or too long, or there is no such lead.
    """
    count = (last - first).days + 1
    if not 1 <= count <= DAYS_MAX:
        raise BadInput(say("A period of {days} days: allowed are 1 to {most}.", days=count, most=DAYS_MAX))
    if lead_days not in LEADS_DAYS:
        raise BadInput(say("A lead of {days} days is not kept.", days=lead_days))
    records = RecordStore(home, hotline.id)
    grid = grid_of(hotline, first, count)
    actuals = records.actuals(grid, hotline.line_ids, hotline.short_abandon_s)
    recorded = tuple(day for day in records.days() if first <= day <= last)
    came = pd.DataFrame(
        {
            "line": actuals["line"].astype(str),
            "interval": actuals["interval"],
            "actual": demand_column(actuals).to_numpy(dtype=np.float64, na_value=np.nan),
        }
    )
    days = [first + timedelta(days=n) for n in range(count)]
    # A day without a record tells nothing, whatever silence the count finds there.
    local = came["interval"].dt.tz_localize(None).dt.normalize()
    came["date"] = local
    came.loc[~local.isin(pd.DatetimeIndex(recorded)), "actual"] = np.nan
    if now is not None and now.date() in recorded:
        calls = records.calls(now.date(), now.date(), time_zone=hotline.time_zone)
        reach = min(pd.Timestamp(now), calls["arrived_at"].max()) if len(calls) else pd.Timestamp(now)
        ends = came["interval"] + pd.Timedelta(seconds=grid.interval_s)
        came.loc[(local == pd.Timestamp(now.date())) & (ends > reach), "actual"] = np.nan
    stood = _stood(hotline, days, store, lead_days)
    cells = came.merge(_summaries(hotline, stood, store), on=["line", "interval"], how="left")
    is_open = pd.Series(open_intervals(hotline, grid, calendar_of(hotline)), index=grid.starts)
    cells["is_open"] = is_open.reindex(pd.DatetimeIndex(cells["interval"])).to_numpy(dtype=bool)
    return ForecastAgainst(hotline, first, last, lead_days, cells, stood, recorded)


def _stood(hotline: Hotline, days: Iterable[date], store: Store, lead_days: int) -> dict[date, StoodThen]:
    """As :meth:`ForecastStore.standing_at` says of each day; without a lead the latest of all where none stood."""
    every = store.forecasts.records(hotline.id)
    zone = ZoneInfo(hotline.time_zone)
    found: dict[date, StoodThen] = {}
    for day in days:
        held = [f for f in every if f.first <= day < f.first + timedelta(days=f.days)]
        known_until = datetime.combine(day - timedelta(days=lead_days), time(), tzinfo=zone)
        then = [f for f in held if f.origin <= known_until]
        chosen = max(then, key=lambda f: (f.origin, f.id), default=None)
        if chosen is not None:
            begun = datetime.combine(day, time(), tzinfo=zone)
            found[day] = StoodThen(chosen, chosen.created_at >= begun)
        elif held and lead_days == 0:
            found[day] = StoodThen(max(held, key=lambda f: f.id), True)
    return found


def _summaries(hotline: Hotline, stood: dict[date, StoodThen], store: Store) -> pd.DataFrame:
    """Forecast of every cell, each day from its own forecast."""
    parts = []
    for number in sorted({one.record.id for one in stood.values()}):
        summary = store.forecasts.summary(number)
        summary["interval"] = summary["interval"].dt.tz_convert(hotline.time_zone)
        mine = [day for day, one in stood.items() if one.record.id == number]
        at = summary["interval"].dt.tz_localize(None).dt.normalize().isin(pd.DatetimeIndex(mine))
        parts.append(summary.loc[at, ["line", "interval", *_BANDS]].assign(line=summary["line"].astype(str)))
    if not parts:
        moments = pd.DatetimeIndex([], tz=hotline.time_zone).as_unit("ns")
        nothing = {name: np.zeros(0) for name in _BANDS}
        lines = pd.Series([], dtype="str")
        empty: pd.DataFrame = pd.DataFrame({"line": lines, "interval": moments, **nothing})
        return empty
    together: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return together


def recorded_cells(against: ForecastAgainst, line: str = "") -> pd.DataFrame:
    """Cells in opening hours that were both forecast and recorded; of one line, or of all."""
    cells = against.cells
    known = cells["is_open"] & cells["mean"].notna() & cells["actual"].notna()
    chosen: pd.DataFrame = cells[known & (cells["line"] == line)] if line else cells[known]
    return chosen


def errors_by(against: ForecastAgainst, by: str, line: str = "") -> dict[date | str, Accuracy]:
    """How good the forecasts were: ``by`` day, week (its Monday), or line; parts without a common cell are left out."""
    cells = recorded_cells(against, line)
    if cells.empty:
        return {}
    if by == "line":
        return {
            one: accuracy_of(cells[cells["line"] == one])
            for one in against.hotline.line_ids
            if (cells["line"] == one).any()
        }
    day = cells["date"] if by == "day" else cells["date"] - pd.to_timedelta(cells["date"].dt.day_of_week, unit="D")
    return {moment.date(): accuracy_of(part) for moment, part in cells.groupby(day, sort=True)}
