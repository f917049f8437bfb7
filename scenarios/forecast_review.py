"""How good the forecasts of some days were: over all, by line, by day, by hour and by how far ahead they were made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from wfm.calendar import WorkingCalendar
from wfm.hotline import Hotline, calendar_of, grid_of, open_intervals
from wfm.review.forecast_accuracy import Accuracy, accuracy_of, forecast_cells, naive_error
from wfm.store import Store

__all__ = ["LEADS_DAYS", "ForecastReview", "review_forecasts"]

LEADS_DAYS = (0, 7, 28)
"""Leads at which forecasts are judged: as they stood on the evening before, a week and four weeks ahead."""


@dataclass(frozen=True, slots=True)
class ForecastReview:
    """How good the forecasts were."""

    overall: Accuracy | None
    """Those that the plans of the days used; None where no cell of them was recorded."""
    by_line: dict[str, Accuracy]
    by_day: dict[date, Accuracy]
    by_hour: dict[int, Accuracy]
    by_lead: dict[int, Accuracy]
    """Lead in days → the forecasts that stood then; leads without a stored forecast are left out."""


def review_forecasts(
    hotline: Hotline,
    forecasts: Mapping[date, pd.DataFrame],
    actuals: pd.DataFrame,
    first: date,
    store: Store | None = None,
) -> ForecastReview:
    """Judge the forecasts of some days by what came.

    Args:
        hotline: the hotline.
        forecasts: the forecast that each day was planned on (``Forecast.summary()``, perhaps of more days).
        actuals: ``tables.ACTUALS`` of the days, and of the past that MASE is scaled by.
        first: the past ends before this day.
        store: where forecasts of other leads stand; None: they are not judged.
    """
    scale = naive_error(actuals[actuals["interval"].dt.tz_localize(None) < pd.Timestamp(first)])
    calendar = calendar_of(hotline)
    cells = pd.concat(
        [_cells(hotline, calendar, summary, actuals, day) for day, summary in forecasts.items()], ignore_index=True
    )
    if cells.empty:
        return ForecastReview(None, {}, {}, {}, {})
    hour = cells["interval"].dt.tz_localize(None).dt.hour
    by_line = {str(line): accuracy_of(part, scale=scale) for line, part in cells.groupby("line", sort=False)}
    by_day = {day: cells[cells["date"] == pd.Timestamp(day)] for day in forecasts}
    return ForecastReview(
        overall=accuracy_of(cells, scale=scale),
        by_line=by_line if len(by_line) > 1 else {},
        by_day={day: accuracy_of(part, scale=scale) for day, part in by_day.items() if len(part)},
        by_hour={h: accuracy_of(cells[hour == h], scale=scale) for h in range(24) if (hour == h).any()},
        by_lead={} if store is None else _by_lead(hotline, list(forecasts), actuals, store, scale),
    )


def _by_lead(
    hotline: Hotline, days: list[date], actuals: pd.DataFrame, store: Store, scale: float
) -> dict[int, Accuracy]:
    calendar, summaries = calendar_of(hotline), dict[int, pd.DataFrame]()
    found = {}
    for lead in LEADS_DAYS:
        parts = []
        for day in days:
            record = store.forecasts.standing_at(hotline.id, day, lead, time_zone=hotline.time_zone)
            if record is None:
                continue
            if record.id not in summaries:
                summary = store.forecasts.summary(record.id)
                summary["interval"] = summary["interval"].dt.tz_convert(hotline.time_zone)
                summaries[record.id] = summary
            parts.append(_cells(hotline, calendar, summaries[record.id], actuals, day))
        if parts and len(together := pd.concat(parts, ignore_index=True)):
            found[lead] = accuracy_of(together, scale=scale)
    return found


def _cells(
    hotline: Hotline, calendar: WorkingCalendar, summary: pd.DataFrame, actuals: pd.DataFrame, day: date
) -> pd.DataFrame:
    """The day's cells in opening hours, which forecasts are of."""
    grid = grid_of(hotline, day, 1)
    within = grid.locate(pd.DatetimeIndex(summary["interval"]))
    opened = open_intervals(hotline, grid, calendar)
    return forecast_cells(summary[(within >= 0) & opened[np.maximum(within, 0)]], actuals)
