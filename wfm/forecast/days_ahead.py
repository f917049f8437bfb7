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

OUTER_WAYS = (0.16, 0.84)
"""Between these shares of the ways what they make of a day is told apart: one standard deviation to both sides."""
CALENDARS = 11
"""Ways in which the days of a year not announced may turn out that are looked at."""


@dataclass(frozen=True)
class DaysAhead:
    """The days of the forecast, one set of features for each calendar that may come true, equally likely."""

    ways: tuple[DayFeatures, ...]

    def predict(self, line: Callable[[DayFeatures], Prediction]) -> Prediction:
        """The prediction over all ways: their median, wider by what they differ by.

        What fewer than one way in six makes of a day counts as the next best does: a small chance of a holiday is no reason to
        expect half a holiday's calls, nor to be unsure of an ordinary day.
        """
        found = [line(features) for features in self.ways]
        within: Floats = np.mean([p.covariance for p in found], axis=0)
        if len(found) == 1:
            return Prediction(found[0].mean, within, found[0].own)
        means = np.stack([p.mean for p in found])
        low, high = np.quantile(means, OUTER_WAYS, axis=0, method="closest_observation")
        between = np.cov(np.clip(means, low, high), rowvar=False, bias=True).reshape(within.shape)
        return Prediction(np.median(means, axis=0), within + between, found[0].own)

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
