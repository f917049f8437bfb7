"""Expected handling time by line and hour of the day, shrunk to the line's mean.

Handling times vary with a cv near 1.3, true hourly means by some 10 %: an hour's own mean deserves as
much weight as the line's after (1.3 ÷ 0.1)² ≈ 170 answered calls.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.calendar import TimeGrid
from wfm.forecast.interval_profile import recency_weights

__all__ = ["CALLS_PER_HOUR_PRIOR", "CALLS_PER_LINE_PRIOR", "forecast_handling_time"]

CALLS_PER_HOUR_PRIOR = 170.0
CALLS_PER_LINE_PRIOR = 30.0


def forecast_handling_time(
    actuals: pd.DataFrame,
    history_grid: TimeGrid,
    grid: TimeGrid,
    lines: list[str],
    *,
    origin: datetime,
    prior_s: Mapping[str, float],
    half_life_days: float,
) -> NDArray[np.float64]:
    """Mean handling time of an answered call, (L, T) seconds.

    Args:
        actuals: columns of ``tables.ACTUALS``.
        history_grid: intervals of the past; those that end after ``origin`` are not looked at.
        grid: intervals to forecast.
        lines: lines in order.
        origin: moment up to which the past is known.
        prior_s: each line's handling time before any record, worth 30 answered calls.
        half_life_days: age at which a day counts half.
    """
    rows = actuals[actuals["line"].isin(lines) & (actuals["answered"] > 0) & actuals["handle_s"].notna()]
    at = history_grid.locate(pd.DatetimeIndex(rows["interval"]))
    known = (at >= 0) & np.asarray(history_grid.ends <= pd.Timestamp(origin))[at]
    rows, at = rows[known], at[known]
    age = (pd.Timestamp(origin) - history_grid.starts[at]).total_seconds().to_numpy() / 86_400
    weight = recency_weights(np.maximum(age, 0.0), half_life_days)
    hour = np.asarray(history_grid.minutes, dtype=np.int64)[at] // 60
    line_number = rows["line"].map({line: i for i, line in enumerate(lines)}).to_numpy(np.int64)
    answered, handled = np.zeros((len(lines), 24)), np.zeros((len(lines), 24))
    np.add.at(answered, (line_number, hour), weight * rows["answered"].to_numpy(float))
    np.add.at(handled, (line_number, hour), weight * rows["handle_s"].to_numpy(float))
    prior = np.array([prior_s[line] for line in lines])
    mean = (handled.sum(axis=1) + CALLS_PER_LINE_PRIOR * prior) / (answered.sum(axis=1) + CALLS_PER_LINE_PRIOR)
    hourly = (handled + CALLS_PER_HOUR_PRIOR * mean[:, None]) / (answered + CALLS_PER_HOUR_PRIOR)
    result: NDArray[np.float64] = hourly[:, np.asarray(grid.minutes, dtype=np.int64) // 60]
    return result
