"""How good the forecasts were: errors, bias, tracking signals and coverage of bands, cell by cell and over time.

Definitions, e = forecast − actual over the cells counted:

* WAPE = Σ|e| ÷ Σ actual; bias = Σe ÷ Σ actual (above zero: forecast too high).
* MASE = mean |e| ÷ the mean absolute error that "as a week before" had on the past
  (R. J. Hyndman and A. B. Koehler 2006, "Another look at measures of forecast accuracy", IJF 22:679–688).
* Tracking signals run over daily totals in order of time. R. G. Brown 1959 ("Statistical forecasting for inventory
  control"): Σe ÷ mean |e|; beyond ±4 to ±6 the forecast is off. D. W. Trigg 1964 ("Monitoring a forecasting system",
  Oper. Res. Quarterly 15:271–274): E ÷ M with E ← α·e + (1 − α)·E and M ← α·|e| + (1 − α)·M, which lies between −1
  and 1. Here α = 0.2, E begins at 0 and M at the mean |e|.
* Coverage counts cells in which a call was possible (band or actual above zero). Its own 95 % interval comes from
  drawing whole days with replacement, as the intervals of one day err together; with fewer than eight days from the
  binomial law (C. J. Clopper and E. S. Pearson 1934), which takes cells as independent and so is too narrow.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from wfm.records import demand_column

__all__ = [
    "TRIGG_ALPHA",
    "Accuracy",
    "Coverage",
    "accuracy_of",
    "brown_signal",
    "forecast_cells",
    "naive_error",
    "trigg_signal",
]

Floats = NDArray[np.float64]

TRIGG_ALPHA = 0.2
BANDS = {0.80: ("p10", "p90"), 0.95: ("p025", "p975")}
BOOTSTRAP_DAYS = 8
"""From so many days on, the interval of a coverage comes from drawing days."""
DRAWS = 1000


@dataclass(frozen=True, slots=True)
class Coverage:
    """Share of cells within a band that should hold ``nominal`` of them, with its own 95 % interval."""

    nominal: float
    share: float
    low: float
    high: float
    cells: int
    by_days: bool
    """The interval comes from drawing days, else from the binomial law."""


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How good forecasts were over some cells; NaN where nothing is known."""

    cells: int
    days: int
    calls: float
    forecast: float
    wape: float
    bias: float
    day_wape: float
    """WAPE of the days' totals."""
    mase: float
    brown: float
    trigg: float
    coverage: tuple[Coverage, ...]


def forecast_cells(summary: pd.DataFrame, actuals: pd.DataFrame, *, lead_days: int | None = None) -> pd.DataFrame:
    """Forecast beside what came: line, interval, date, mean, p025, p10, p90, p975, actual; recorded cells alone.

    Args:
        summary: ``Forecast.summary()``, or rows of several days of it.
        actuals: ``tables.ACTUALS``.
        lead_days: how far ahead the forecast was made, kept as a column; None leaves it out.
    """
    came = actuals[["line", "interval"]].assign(
        line=actuals["line"].astype(str), actual=demand_column(actuals).to_numpy(dtype=np.float64, na_value=np.nan)
    )
    columns = ["line", "interval", "mean", "p025", "p10", "p90", "p975"]
    cells = summary[columns].assign(line=summary["line"].astype(str)).merge(came, on=["line", "interval"])
    cells = cells[cells["actual"].notna()].reset_index(drop=True)
    cells["date"] = cells["interval"].dt.tz_localize(None).dt.normalize()
    return cells if lead_days is None else cells.assign(lead_days=lead_days)


def accuracy_of(cells: pd.DataFrame, *, scale: float = float("nan")) -> Accuracy:
    """Accuracy over cells of :func:`forecast_cells`; ``scale`` is :func:`naive_error` of the past, for MASE."""
    error = (cells["mean"] - cells["actual"]).to_numpy(dtype=np.float64)
    total = float(cells["actual"].sum())
    daily = cells.groupby("date", sort=True)[["mean", "actual"]].sum()
    misses = (daily["mean"] - daily["actual"]).to_numpy(dtype=np.float64)

    def part(value: float, of: float) -> float:
        return value / of if of > 0 else float("nan")

    return Accuracy(
        cells=len(cells),
        days=len(daily),
        calls=total,
        forecast=float(cells["mean"].sum()),
        wape=part(float(np.abs(error).sum()), total),
        bias=part(float(error.sum()), total),
        day_wape=part(float(np.abs(misses).sum()), total),
        mase=part(float(np.abs(error).mean()), scale) if len(cells) and scale > 0 else float("nan"),
        brown=brown_signal(misses),
        trigg=trigg_signal(misses),
        coverage=tuple(_coverage(cells, nominal, *names) for nominal, names in BANDS.items()),
    )


def naive_error(actuals: pd.DataFrame, season_days: int = 7) -> float:
    """Mean absolute difference of recorded cells to the same time ``season_days`` before; NaN without such pairs.

    Cells in which neither had a call are left out, as closed hours are in no forecast's favour.
    """
    demand = demand_column(actuals).to_numpy(dtype=np.float64, na_value=np.nan)
    local = actuals["interval"].dt.tz_localize(None)
    table = pd.DataFrame({"line": actuals["line"].astype(str).to_numpy(), "at": local.to_numpy(), "demand": demand})
    table = table.drop_duplicates(["line", "at"])  # the hour that comes twice
    before = table.assign(at=table["at"] + pd.Timedelta(days=season_days))
    pairs = table.merge(before, on=["line", "at"], suffixes=("", "_before")).dropna()
    pairs = pairs[(pairs["demand"] > 0) | (pairs["demand_before"] > 0)]
    return float((pairs["demand"] - pairs["demand_before"]).abs().mean()) if len(pairs) else float("nan")


def brown_signal(errors: ArrayLike) -> float:
    """Σe ÷ mean |e|; NaN without errors, 0 where all are zero."""
    e = np.asarray(errors, dtype=np.float64)
    if not e.size:
        return float("nan")
    spread = float(np.abs(e).mean())
    return float(e.sum()) / spread if spread > 0 else 0.0


def trigg_signal(errors: ArrayLike, alpha: float = TRIGG_ALPHA) -> float:
    """Trigg's signal after the last error; between −1 and 1."""
    e = np.asarray(errors, dtype=np.float64)
    if not e.size:
        return float("nan")
    smoothed, spread = 0.0, float(np.abs(e).mean())
    for one in e.tolist():
        smoothed = alpha * one + (1 - alpha) * smoothed
        spread = alpha * abs(one) + (1 - alpha) * spread
    return smoothed / spread if spread > 0 else 0.0


def _coverage(cells: pd.DataFrame, nominal: float, low: str, high: str) -> Coverage:
    possible = ((cells[high] > 0) | (cells["actual"] > 0)).to_numpy(dtype=bool)
    inside = ((cells["actual"] >= cells[low]) & (cells["actual"] <= cells[high])).to_numpy(dtype=bool) & possible
    by_day = pd.DataFrame({"date": cells["date"], "inside": inside, "possible": possible})
    days = by_day.groupby("date", sort=True)[["inside", "possible"]].sum().to_numpy(dtype=np.float64)
    days = days[days[:, 1] > 0]
    hits, count = (float(x) for x in days.sum(axis=0)) if len(days) else (0.0, 0.0)
    if count == 0:
        nothing = float("nan")
        return Coverage(nominal, nothing, nothing, nothing, 0, False)
    if len(days) >= BOOTSTRAP_DAYS:
        drawn = days[np.random.default_rng(110).integers(0, len(days), (DRAWS, len(days)))].sum(axis=1)
        bounds = np.quantile(drawn[:, 0] / drawn[:, 1], [0.025, 0.975])
        return Coverage(nominal, hits / count, float(bounds[0]), float(bounds[1]), int(count), True)
    below = float(stats.beta.ppf(0.025, hits, count - hits + 1)) if hits > 0 else 0.0
    above = float(stats.beta.ppf(0.975, hits + 1, count - hits)) if hits < count else 1.0
    return Coverage(nominal, hits / count, below, above, int(count), False)
