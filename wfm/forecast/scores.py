"""How good forecasts were: errors, bands and sharpness, and the part of the error that nobody could avoid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wfm.forecast.noise_floor import deviation_from_median

__all__ = ["SCORED_QUANTILES", "Cells", "Coverage", "Score", "score_cells"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SCORED_QUANTILES = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
"""Probabilities at which forecasts are scored."""
_MEDIAN, _BAND_80, _BAND_95 = 3, (1, 5), (0, 6)
BLOCK_DAYS, RESAMPLES = 7, 1000
"""Days in a row that the bootstrap keeps together, and how often it draws."""


@dataclass(frozen=True)
class Cells:
    """Forecast intervals whose count became known. N cells.

    ``origin``, ``day`` (N,): days since 1970 of the origin and of the interval; ``actual`` (N,) calls; ``quantiles`` (7, N) at
    :data:`SCORED_QUANTILES`; ``mean`` (N,); ``dispersion`` (N,): of a count about its rate, the day's level known.
    """

    origin: Ints
    day: Ints
    actual: Floats
    quantiles: Floats
    mean: Floats
    dispersion: Floats

    def at(self, which: NDArray[np.bool_]) -> Cells:
        """Some of the cells."""
        return Cells(
            self.origin[which],
            self.day[which],
            self.actual[which],
            self.quantiles[:, which],
            self.mean[which],
            self.dispersion[which],
        )

    def within(self, days: int) -> Cells:
        """The cells less than ``days`` days after their origin."""
        return self.at(self.day - self.origin < days)

    @staticmethod
    def joined(parts: list[Cells]) -> Cells:
        """All cells of several."""
        return Cells(
            np.concatenate([p.origin for p in parts]),
            np.concatenate([p.day for p in parts]),
            np.concatenate([p.actual for p in parts]),
            np.concatenate([p.quantiles for p in parts], axis=1),
            np.concatenate([p.mean for p in parts]),
            np.concatenate([p.dispersion for p in parts]),
        )


@dataclass(frozen=True)
class Coverage:
    """Share of counts inside a band, and its 95 % interval by a block bootstrap."""

    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Score:
    """Scores pooled over origins and intervals.

    ``wape_share``: Σ|actual − median| / Σ actual. ``day_wape_share``: the same of day totals. ``mase``: mean absolute error over
    that of last week's counts in the training data (Hyndman and Koehler 2006, eq. 3), None without a week of them.
    ``bias_share``: Σ(mean − actual) / Σ actual. ``pinball``: mean over cells and quantiles, calls (Koenker and Bassett 1978);
    ``pinball_share``: over the mean count. ``poisson_floor_share``: E|N − median| summed over the rates, over their sum, had the
    rates been known and chance been Poisson; ``floor_share``: with the overdispersion of the intervals.
    """

    origins: int
    cells: int
    wape_share: float
    day_wape_share: float
    mase: float | None
    bias_share: float
    pinball: float
    pinball_share: float
    cover_80: Coverage
    cover_95: Coverage
    poisson_floor_share: float
    floor_share: float

    @property
    def wape_over_poisson_floor(self) -> float | None:
        """1 is the best that any forecast could do if chance were Poisson; None where no call was expected."""
        return self.wape_share / self.poisson_floor_share if self.poisson_floor_share > 0 else None

    @property
    def wape_over_floor(self) -> float | None:
        """1 is the best that any forecast could do; None where no call was expected."""
        return self.wape_share / self.floor_share if self.floor_share > 0 else None


def score_cells(cells: Cells, naive_error: float | None = None) -> Score | None:
    """Score the cells; None where there is no call among them.

    Args:
        cells: what was forecast and what came.
        naive_error: mean absolute error of last week's counts in the training data, calls.
    """
    total = float(cells.actual.sum())
    if total <= 0:
        return None
    # The median of a count is a whole number; its smooth version errs more where calls are few.
    error = np.abs(cells.actual - np.rint(cells.quantiles[_MEDIAN]))
    below = cells.actual - cells.quantiles
    q = np.array(SCORED_QUANTILES)[:, None]
    pinball = float(np.maximum(q * below, (q - 1.0) * below).mean())
    rate = np.maximum(cells.mean, 0.0)
    rates = max(float(rate.sum()), 1e-12)
    return Score(
        origins=len(np.unique(cells.origin)),
        cells=len(cells.actual),
        wape_share=float(error.sum()) / total,
        day_wape_share=_day_error(cells) / total,
        mase=None if naive_error is None or naive_error <= 0 else float(error.mean()) / naive_error,
        bias_share=float((cells.mean - cells.actual).sum()) / total,
        pinball=pinball,
        pinball_share=pinball / float(cells.actual.mean()),
        cover_80=_coverage(cells, *_BAND_80),
        cover_95=_coverage(cells, *_BAND_95),
        poisson_floor_share=float(deviation_from_median(rate).sum()) / rates,
        floor_share=float(deviation_from_median(rate, cells.dispersion).sum()) / rates,
    )


def _day_error(cells: Cells) -> float:
    """Absolute errors of day totals, summed over origins and days; the forecast of a day is the sum of its medians."""
    _, group = np.unique(np.stack([cells.origin, cells.day]), axis=1, return_inverse=True)
    gap = np.bincount(group.ravel(), weights=cells.actual - cells.quantiles[_MEDIAN])
    return float(np.abs(gap).sum())


def _coverage(cells: Cells, low: int, high: int) -> Coverage:
    """Share inside the band; days in a row are drawn together (circular blocks; Politis and Romano 1992)."""
    inside = (cells.actual >= cells.quantiles[low]) & (cells.actual <= cells.quantiles[high])
    _, day = np.unique(cells.day, return_inverse=True)
    held, cells_of_day = np.bincount(day, weights=inside), np.bincount(day)
    days = len(held)
    block = min(BLOCK_DAYS, max(1, days // 4))  # of few days every block would be all of them
    rng = np.random.default_rng(days)
    starts = rng.integers(0, days, (RESAMPLES, -(-days // block)))
    drawn = ((starts[:, :, None] + np.arange(block)) % days).reshape(RESAMPLES, -1)[:, :days]
    shares = held[drawn].sum(axis=1) / cells_of_day[drawn].sum(axis=1)
    at_low, at_high = np.quantile(shares, [0.025, 0.975]).tolist()
    return Coverage(float(inside.mean()), at_low, at_high)
