"""A forecast: sample paths first, from which mean, quantiles and tables are derived."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.calendar import TimeGrid
from wfm.errors import BadInput
from wfm.forecast.band_width import stretched_quantile
from wfm.forecast.sample_paths import PathRecipe, draw_paths
from wfm.i18n import Text, list_words, say
from wfm.tables import FORECAST, check_table

__all__ = ["QUANTILES", "Forecast"]

Floats = NDArray[np.float64]

QUANTILES = {"p025": 0.025, "p10": 0.10, "p50": 0.50, "p90": 0.90, "p975": 0.975}
"""Columns of :meth:`Forecast.summary` and their probabilities."""


@dataclass(frozen=True)
class Forecast:
    """Arrivals (first attempts) and handling times of P paths, L lines, T intervals.

    ``paths`` (P, L, T): whole counts as float; ``mean`` (L, T) calls per interval; ``aht_s`` (L, T)
    seconds; ``dispersion`` (L, T): NB2 dispersion of the interval's count over all uncertainty, for
    smooth quantiles; ``recipe``: what the paths were drawn from, so that :meth:`scaled` draws with the
    same random numbers. Without the two, quantiles come from the paths and scaling rounds them. ``stretch`` (L, 2): factors on
    the half-widths of the 80 and 95 % bands that the past asked for.
    """

    grid: TimeGrid
    lines: list[str]
    origin: datetime
    model: str
    paths: Floats
    mean: Floats
    aht_s: Floats
    notes: tuple[Text, ...] = ()
    dispersion: Floats | None = None
    recipe: PathRecipe | None = None
    stretch: Floats | None = None

    def quantile(self, q: float) -> Floats:
        """The ``q`` quantile of each interval's count, (L, T); smooth, never below zero.

        From the negative binomial that matches mean and variance of the fitted mixture; from the
        paths when the forecast carries no dispersion.
        """
        if self.dispersion is None:
            found: Floats = np.quantile(self.paths, q, axis=0)
            return found
        stretch = np.ones((len(self.lines), 2)) if self.stretch is None else self.stretch
        return stretched_quantile(q, self.mean, self.dispersion, stretch)

    def day_totals(self) -> pd.DataFrame:
        """line, date, mean, p10, p90 of each day's calls, from the paths (coherent with intervals)."""
        dates = np.asarray(self.grid.dates).astype("datetime64[D]")
        days, position = np.unique(dates, return_inverse=True)
        edges = np.flatnonzero(np.diff(position, prepend=-1))
        totals = np.add.reduceat(self.paths, edges, axis=2)
        means = np.add.reduceat(self.mean, edges, axis=1)
        low, high = np.quantile(totals, [0.1, 0.9], axis=0)
        return pd.DataFrame(
            {
                "line": pd.Series(np.repeat(self.lines, len(days)), dtype="string"),
                "date": np.tile(days.astype("datetime64[ns]"), len(self.lines)),
                "mean": means.ravel(),
                "p10": low.ravel(),
                "p90": high.ravel(),
            }
        )

    def summary(self) -> pd.DataFrame:
        """line, interval, mean, p025, p10, p50, p90, p975, aht_s; one row a line and interval."""
        frame = self._cells()
        frame["mean"] = self.mean.ravel()
        for name, q in QUANTILES.items():
            frame[name] = self.quantile(q).ravel()
        frame["aht_s"] = self.aht_s.ravel()
        return frame

    def to_table(self) -> pd.DataFrame:
        """Every path as ``tables.FORECAST``: one row a line, interval and path."""
        paths = self.paths.shape[0]
        frame = pd.concat([self._cells()] * paths, ignore_index=True)
        frame["origin"] = pd.Timestamp(self.origin)
        frame["path"] = np.repeat(np.arange(paths, dtype=float), self.mean.size)
        frame["arrivals"] = self.paths.ravel()
        frame["aht_s"] = np.tile(self.aht_s.ravel(), paths)
        frame["model"] = pd.Series(self.model, index=frame.index, dtype="string")
        return check_table(FORECAST, frame)

    def scaled(self, factors: Mapping[str, float]) -> Forecast:
        """The forecast with the arrivals of some lines multiplied, drawn with the same random numbers.

        A larger factor never gives fewer calls in any interval of any path.

        Args:
            factors: line → factor ≥ 0; lines that are not named keep theirs.

        Raises:
            BadInput: an unknown line, or a factor that is negative or not a number.
        """
        for line, factor in factors.items():
            if line not in self.lines:
                raise BadInput(
                    say("forecast: unknown line {line!r}; known: {known}", line=line, known=list_words(self.lines))
                )
            if not (np.isfinite(factor) and factor >= 0):
                raise BadInput(
                    say("factor of line {line}: should be 0 or more, found {found}", line=line, found=factor)
                )
        vector = np.array([float(factors.get(line, 1.0)) for line in self.lines])
        mean = self.mean * vector[:, None]
        paths = self.paths.copy()
        for i in np.flatnonzero(vector != 1.0):
            if self.recipe is None:
                paths[:, i] = np.rint(paths[:, i] * vector[i])
            else:
                paths[:, i] = draw_paths(self.recipe, self.grid, self.lines, mean, only=int(i))
        return replace(self, mean=mean, paths=paths)

    def _cells(self) -> pd.DataFrame:
        size = len(self.grid)
        starts = self.grid.starts
        return pd.DataFrame(
            {
                "line": pd.Series(np.repeat(self.lines, size), dtype="string"),
                "interval": starts[np.tile(np.arange(size), len(self.lines))],
            }
        )
