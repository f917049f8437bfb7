"""Three real series, the origins of their forecasts and the scores: what every forecaster of the bench is measured by.

Only pandas and numpy: our environment and the peers' both import it. All times are local and without a zone, as the
files have them. A forecast made at an origin (midnight before day D) may use what happened before it, and tells the
intervals of D … D+27; the horizons are the first open day of these, the first 7 days and all 28.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

QUANTILES = {"q025": 0.025, "q10": 0.1, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q90": 0.9, "q975": 0.975}
"""Column of a forecast, and the probability that the count is below it."""

HORIZONS = {"1d": 1, "1w": 7, "4w": 28}
"""Calendar days from the origin."""

ORIGINS = 60
DAYS_AHEAD = 28
SERIES = ("bank30", "anon30", "seattle60", "seattle60_2020")


@dataclass(frozen=True)
class Series:
    """Counts per interval, and when forecasts of them are made."""

    name: str
    counts: pd.Series
    """By local start of the interval, cells of closed days absent, a count not known NaN."""
    interval_min: int
    slots_per_day: int
    days_per_week: int
    """7, or 5 when the centre is never open at the weekend."""
    origins: tuple[pd.Timestamp, ...]

    @property
    def slots_per_week(self) -> int:
        return self.slots_per_day * self.days_per_week

    def known(self, origin: pd.Timestamp) -> pd.Series:
        """What a forecaster may see: every count before the origin."""
        return self.counts[self.counts.index < origin]

    def wanted(self, origin: pd.Timestamp) -> pd.Series:
        """Actual counts of D … D+27, cells that are not known or closed left out."""
        end = origin + pd.Timedelta(days=DAYS_AHEAD)
        return self.counts[(self.counts.index >= origin) & (self.counts.index < end)].dropna()

    def ahead(self, origin: pd.Timestamp) -> pd.DatetimeIndex:
        """Every cell of D … D+27, closed days of the week's open weekdays among them."""
        return self._cells(origin, origin + pd.Timedelta(days=DAYS_AHEAD))

    def regular(self, origin: pd.Timestamp, weeks: int) -> pd.Series:
        """Up to ``weeks`` weeks before the origin (at least two) without a gap, for methods that count steps.

        The time axis is open weekdays × slots; a closed day or an unknown count is taken from the week before (the
        week after, where there is none).
        """
        known = self.known(origin)
        first = max(known.index[0].normalize(), origin - pd.Timedelta(weeks=weeks))
        cells = self._cells(first, origin)
        filled = known.reindex(cells)
        while filled.isna().any():
            before, gaps = filled.shift(self.slots_per_week), filled.isna().sum()
            filled = filled.fillna(before).fillna(filled.shift(-self.slots_per_week))
            if filled.isna().sum() == gaps:
                raise ValueError(f"a cell of the week was never counted in the {weeks} weeks before {origin}")
        return filled

    def _cells(self, first: pd.Timestamp, end: pd.Timestamp) -> pd.DatetimeIndex:
        days = pd.date_range(first, end, inclusive="left")
        days = days[days.dayofweek < self.days_per_week]
        opening = self.counts.index[0] - self.counts.index[0].normalize()
        steps = pd.to_timedelta(np.arange(self.slots_per_day) * self.interval_min, unit="min") + opening
        return pd.DatetimeIndex((days.to_numpy()[:, None] + steps.to_numpy()[None, :]).ravel())


def load(name: str, folder: Path | None = None) -> Series:
    """One of ``SERIES`` from the folder that ``WFM_BENCH_DATA`` names."""
    folder = folder or Path(os.environ.get("WFM_BENCH_DATA", Path(__file__).parents[3] / "shared" / "data"))
    if name == "bank30":
        calls = _read(folder, "bank_calls_5min_to_2003-09-12")
        # One stray cell, 21:00–21:05, is no half-hour.
        calls = calls[calls.index.hour < 21].resample("30min").sum(min_count=6).dropna()
        return _series(name, calls, 30, 28, 5, calls.index[-1])
    if name == "anon30":
        calls = _read(folder, "anonymous_bank_1999_6min_to_september").resample("30min").sum(min_count=5)
        return _series(name, calls, 30, 48, 7, calls.index[-1])
    calls = _read(folder, "seattle_fire911_hourly_2015_2020").asfreq("h")
    calls = calls[calls.index >= calls.index[0].normalize() + pd.Timedelta(days=1)]
    last = {"seattle60": pd.Timestamp("2019-12-31 23:00"), "seattle60_2020": calls.index[-1]}[name]
    return _series(name, calls, 60, 24, 7, last)


def _read(folder: Path, file: str) -> pd.Series:
    return pd.read_parquet(folder / f"{file}.parquet").set_index("timestamp")["calls"].astype(float)


def _series(name: str, calls: pd.Series, interval_min: int, slots: int, days: int, last: pd.Timestamp) -> Series:
    # Every origin has its 28 days, so all horizons are measured at the same ones.
    latest = last.normalize() - pd.Timedelta(days=DAYS_AHEAD - 1)
    open_days = calls.dropna().index.normalize().unique()
    origins = open_days[open_days <= latest][-ORIGINS:]
    return Series(name, calls, interval_min, slots, days, tuple(origins))


def scores(forecasts: pd.DataFrame) -> pd.DataFrame:
    """Per horizon, pooled over origins and intervals.

    Args:
        forecasts: ``origin``, ``timestamp``, ``actual`` and the columns of ``QUANTILES``, calls per interval.

    Returns:
        By horizon: ``wape`` = Σ|actual − median| / Σ actual; ``day_wape``, the same of day totals (the sum of
        medians); ``pinball``, mean over cells and quantiles, calls; ``pinball_share`` of the mean count;
        ``cover80`` and ``cover95``, share of cells inside the central bands; ``cells``.
    """
    return pd.DataFrame({horizon: _scores_of(within(forecasts, horizon)) for horizon in HORIZONS}).T


def within(forecasts: pd.DataFrame, horizon: str) -> pd.DataFrame:
    """The rows of one horizon: 1d is the first open day, which is the day of the origin."""
    ahead = forecasts["timestamp"] - forecasts["origin"]
    return forecasts[ahead < pd.Timedelta(days=HORIZONS[horizon])]


def pinball(forecasts: pd.DataFrame) -> np.ndarray:
    """Mean over the quantiles of the pinball loss of each cell, calls (shape: rows)."""
    actual = forecasts["actual"].to_numpy()
    losses = []
    for column, probability in QUANTILES.items():
        below = actual - forecasts[column].to_numpy()
        losses.append(np.maximum(probability * below, (probability - 1) * below))
    return np.mean(losses, axis=0)


def inside(forecasts: pd.DataFrame, low: str, high: str) -> np.ndarray:
    """Whether each cell's count lies in the band, the edges belonging to it."""
    actual = forecasts["actual"].to_numpy()
    return (actual >= forecasts[low].to_numpy()) & (actual <= forecasts[high].to_numpy())


def _scores_of(rows: pd.DataFrame) -> dict[str, float]:
    total = float(rows["actual"].sum())
    days = rows.groupby(["origin", rows["timestamp"].dt.normalize()])[["actual", "q50"]].sum()
    loss = float(pinball(rows).mean())
    return {
        "wape": float((rows["actual"] - rows["q50"]).abs().sum()) / total,
        "day_wape": float((days["actual"] - days["q50"]).abs().sum()) / total,
        "pinball": loss,
        "pinball_share": loss / float(rows["actual"].mean()),
        "cover80": float(inside(rows, "q10", "q90").mean()),
        "cover95": float(inside(rows, "q025", "q975").mean()),
        "cells": len(rows),
    }
