"""The days to forecast: their levels, and their types, over every way in which a year not yet announced may turn out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wfm.calendar import TimeGrid, WorkingCalendar, possible_calendars
from wfm.forecast.day_features import DayFeatures, day_features
from wfm.forecast.day_process import Prediction
from wfm.forecast.history import History
from wfm.forecast.line_fit import features_to_come

__all__ = ["DaysAhead", "days_ahead"]

Floats = NDArray[np.float64]

CALENDARS = 11
"""Ways in which the days of a year not announced may turn out that are looked at."""


@dataclass(frozen=True)
class DaysAhead:
    """The days of the forecast, one set of features for each calendar that may come true, equally likely."""

    ways: tuple[DayFeatures, ...]

    def predict(self, line: Callable[[DayFeatures], Prediction]) -> Prediction:
        """The prediction over all ways: what they differ by widens it (law of total variance)."""
        found = [line(features) for features in self.ways]
        means = np.stack([p.mean for p in found])
        within = np.mean([p.covariance for p in found], axis=0)
        between = np.cov(means, rowvar=False, bias=True).reshape(within.shape) if len(found) > 1 else 0.0
        return Prediction(means.mean(axis=0), within + between, found[0].own)

    def open_share(self, closed: frozenset[int]) -> Floats:
        """Share of the ways in which each day is of a type that is open, (D,)."""
        opened = [~np.isin(features.types, list(closed)) for features in self.ways]
        result: Floats = np.mean(opened, axis=0)
        return result

    def of_type(self, table: Floats) -> Floats:
        """The mean over the ways of a table's row of each day's type, (D, S) from (DAY_TYPES, S)."""
        result: Floats = np.mean([table[features.types] for features in self.ways], axis=0)
        return result


def days_ahead(history: History, grid: TimeGrid, calendar: WorkingCalendar) -> tuple[DayFeatures, DaysAhead]:
    """Features of the history's days, and the days of the forecast."""
    ways = []
    before = day_features(history.dates, calendar)
    for possible in possible_calendars(calendar, grid.first, grid.day_list[-1], CALENDARS):
        features = features_to_come(day_features([*history.dates, *grid.day_list], possible), history, grid.days)
        ways.append(features.at(slice(len(history.dates), None)))
        before = features.at(slice(0, len(history.dates)))
    return before, DaysAhead(tuple(ways))
