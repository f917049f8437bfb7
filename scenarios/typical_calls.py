"""Calls of a like day for the long view: from the store's records, or else from the hotline's own demand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.history import RECORDED_DAYS_MIN, find_history
from wfm.calendar import DayKind, TimeGrid, WorkingCalendar
from wfm.hotline import Hotline, calendar_of, grid_of
from wfm.i18n import Text, both
from wfm.records import RecordStore, demand_column
from wfm.staffing.long_view import TypicalCalls, calls_of_demand, month_after

__all__ = ["CallsFound", "find_typical_calls", "season_of_records", "typical_calls_of"]

Floats = NDArray[np.float64]

WEEKDAYS_MIN = 5
"""Weekdays that have to be recorded before records stand for demand."""
DAYS_OF_KIND_MIN = 2
MONTH_WEEKDAYS_MIN = 10
"""Recorded weekdays that a month needs for a season of its own."""


@dataclass(frozen=True, slots=True)
class CallsFound:
    """Typical calls and where they come from."""

    calls: TypicalCalls
    note: Text


def find_typical_calls(hotline: Hotline, first: date, home: Path) -> CallsFound:
    """Typical days of the last twelve weeks recorded before ``first``; the hotline's demand where too few are."""
    store = RecordStore(home, hotline.id)
    recorded = [day for day in store.days() if day < first]
    own = calls_of_demand(hotline)
    without = CallsFound(own, both("Calls: the hotline's own demand settings, as no records are stored."))
    if len(recorded) < RECORDED_DAYS_MIN:
        return without
    # Up to the day after the last recorded one: months may lie between the records and the plan.
    history = find_history(hotline, recorded[-1] + timedelta(days=1), 1, home)
    season = season_of_records(hotline, store, recorded)
    found = typical_calls_of(hotline, history.actuals, history.grid, calendar_of(hotline), season, own)
    if found is None:
        return without
    words = {"days": history.days, "first": history.grid.first, "last": recorded[-1]}
    if history.kind == "synthetic":
        return CallsFound(found, both("Calls: {days} days of synthetic records, {first} to {last}.", **words))
    return CallsFound(found, both("Calls: {days} recorded days, {first} to {last}.", **words))


def typical_calls_of(
    hotline: Hotline,
    actuals: pd.DataFrame,
    grid: TimeGrid,
    calendar: WorkingCalendar,
    season: tuple[float, ...],
    own: TypicalCalls,
) -> TypicalCalls | None:
    """Mean first attempts by kind of day, line and interval; None where too few weekdays hold calls.

    A kind of day recorded less than twice is the weekdays' mean by the demand's ratio to weekdays. Days
    without any call are taken as not recorded. ``demand.scale`` multiplies everything, ``handling.scale`` the times.
    """
    lines, slots = hotline.line_ids, 1440 // hotline.interval_min
    table = actuals.set_index(["line", "interval"])
    by_line = [table.loc[[line]].droplevel("line").reindex(grid.starts) for line in lines]
    calls = np.array([demand_column(part).to_numpy(float) for part in by_line])
    day = (grid.dates - np.datetime64(grid.first, "D")).astype(np.int64)
    slot = grid.minutes // hotline.interval_min
    cube = np.zeros((len(lines), grid.days, slots))
    seen = np.ones(cube.shape)
    for row in range(len(lines)):
        np.add.at(cube[row], (day, slot), np.nan_to_num(calls[row]))
        blank = np.isnan(calls[row])
        seen[row, day[blank], slot[blank]] = 0.0  # not recorded is no quiet interval
    held = cube.sum(axis=(0, 2)) > 0
    kinds = np.array([calendar.kind(d) for d in grid.day_list], dtype=object)
    weekdays = held & (kinds == DayKind.WEEKDAY)
    if weekdays.sum() < WEEKDAYS_MIN:
        return None
    scale = np.array([[line.demand.scale] for line in hotline.lines])

    def mean_of(days: NDArray[np.bool_]) -> Floats:
        found: Floats = cube[:, days].sum(axis=1) / np.maximum(seen[:, days].sum(axis=1), 1.0) * scale
        return found

    usual = mean_of(weekdays)
    by_kind: dict[DayKind, Floats] = {}
    for kind in DayKind:
        days = held & (kinds == kind)
        if kind is DayKind.WEEKDAY or days.sum() >= DAYS_OF_KIND_MIN:
            by_kind[kind] = mean_of(days)
        else:
            weekday = np.maximum(own.by_kind[DayKind.WEEKDAY].sum(axis=1, keepdims=True), 1e-12)
            by_kind[kind] = usual * own.by_kind[kind].sum(axis=1, keepdims=True) / weekday
    timed = [part[part["handle_s"].notna()] for part in by_line]
    handled = np.array([part["handle_s"].sum() for part in timed], dtype=float)
    answered = np.array([part["answered"].sum() for part in timed], dtype=float)
    times = np.array([line.handling.scale for line in hotline.lines])
    aht = np.where(answered > 0, times * handled / np.maximum(answered, 1), own.aht_s[:, 0])
    middle = grid.day_list[int(np.flatnonzero(held).mean())]
    given = hotline.long_view.month_factors or season
    factors = np.array(given or [1.0] * 12)
    return TypicalCalls(
        by_kind,
        np.repeat(np.where(aht > 0, aht, own.aht_s[:, 0])[:, None], slots, axis=1),
        middle,
        factors / factors.mean(),
    )


def season_of_records(hotline: Hotline, store: RecordStore, recorded: list[date]) -> tuple[float, ...]:
    """Calls of a weekday in January … December ÷ their mean, from the last twelve whole months; empty without them."""
    if hotline.long_view.month_factors:
        return ()
    end = date(recorded[-1].year, recorded[-1].month, 1)
    months = [month_after(end, -n) for n in range(12, 0, -1)]
    days = set(recorded)
    calendar = calendar_of(hotline)
    means = np.zeros(12)
    for month in months:
        grid = grid_of(hotline, month, (month_after(month, 1) - month).days)
        weekdays = [d for d in grid.day_list if d in days and calendar.kind(d) is DayKind.WEEKDAY]
        if len(weekdays) < MONTH_WEEKDAYS_MIN:
            return ()
        actuals = store.actuals(grid, hotline.line_ids, hotline.short_abandon_s)
        chosen = np.isin(actuals["interval"].dt.date.to_numpy(), np.array(weekdays, dtype=object))
        means[month.month - 1] = np.nansum(demand_column(actuals).to_numpy(float)[chosen]) / len(weekdays)
    if not means.all():
        return ()
    return tuple((means / means.mean()).tolist())
