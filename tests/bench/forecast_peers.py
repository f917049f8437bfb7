"""Forecasts of a series by peers, at its rolling origins: quantiles of every interval of four weeks as Parquet.

Runs in an environment of its own (``forecast_peers.txt``)::

    python tests/bench/forecast_peers.py bank30 theta mstl --out FOLDER [--every 4]

Goes on where it stopped: origins already in ``FOLDER/SERIES_PEER.parquet`` are not forecast again. Each origin's
28 days come from one fit; ``cpu_s`` of a row is the CPU time of that fit and forecast.

Every peer sees square roots of counts, whose noise hardly grows with the count, and its quantiles are squared.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from forecast_series import QUANTILES, SERIES, Series, load
from prophet import Prophet
from statsforecast.models import ARIMA, MSTL, AutoARIMA, AutoETS, AutoTheta

logging.getLogger("cmdstanpy").setLevel(logging.WARNING)

WEEKS = 12
"""Of training for the methods that count steps."""
PROPHET_WEEKS = 26
LEVELS = [50, 80, 95]
BOUNDS = ["lo-95", "lo-80", "lo-50", "mean", "hi-50", "hi-80", "hi-95"]
"""Of statsforecast, in the order of ``QUANTILES``: on the scale of square roots mean and median are one."""

Forecaster = Callable[[Series, pd.Timestamp], pd.DataFrame]
"""Quantiles (columns of ``QUANTILES``) of the cells after the origin, square roots of counts."""


def theta(series: Series, origin: pd.Timestamp) -> pd.DataFrame:
    """The best of four Theta methods (Assimakopoulos and Nikolopoulos 2000), seasonal over the week."""
    return _stepwise(AutoTheta(season_length=series.slots_per_week, decomposition_type="additive"), series, origin)


def mstl(series: Series, origin: pd.Timestamp) -> pd.DataFrame:
    """Seasons of a day and a week by loess (Bandara, Hyndman, Bergmeir 2021), the rest by exponential smoothing."""
    seasons = [series.slots_per_day, series.slots_per_week]
    return _stepwise(MSTL(season_length=seasons, trend_forecaster=AutoETS(model="ZZN")), series, origin)


def mstl_arima(series: Series, origin: pd.Timestamp) -> pd.DataFrame:
    """The same with AutoARIMA for the rest."""
    seasons = [series.slots_per_day, series.slots_per_week]
    return _stepwise(MSTL(season_length=seasons, trend_forecaster=AutoARIMA(seasonal=False)), series, origin)


def _stepwise(model: object, series: Series, origin: pd.Timestamp, **regressors: np.ndarray) -> pd.DataFrame:
    known, ahead = series.regular(origin, WEEKS), series.ahead(origin)
    found = model.forecast(np.sqrt(known.to_numpy()), len(ahead), level=LEVELS, **regressors)  # type: ignore[attr-defined]
    bands = np.column_stack([np.asarray(found[bound]) for bound in BOUNDS])
    return pd.DataFrame(bands, index=ahead, columns=list(QUANTILES))


WEEKLY_HARMONICS = {"bank30": 12, "anon30": 24, "seattle60": 17, "seattle60_2020": 17}
"""Of the week: they let the profiles of the weekdays differ."""
DAILY_HARMONICS = 8


def arima(series: Series, origin: pd.Timestamp) -> pd.DataFrame:
    """Harmonics of the day and the week with ARIMA noise, whose order AutoARIMA chooses at each origin."""
    return _harmonics_and_noise(series, origin, stationary=False)


def arima_stationary(series: Series, origin: pd.Timestamp) -> pd.DataFrame:
    """The same without differences, so that the level comes back to its mean and bands stay narrow."""
    return _harmonics_and_noise(series, origin, stationary=True)


def _harmonics_and_noise(series: Series, origin: pd.Timestamp, *, stationary: bool) -> pd.DataFrame:
    known, ahead = series.regular(origin, WEEKS), series.ahead(origin)
    at = np.arange(len(known) + len(ahead))
    days, weekly = series.days_per_week, WEEKLY_HARMONICS[series.name]
    # A harmonic of the day is one of the week, too: each once.
    harmonics = sorted({*range(1, weekly + 1), *(days * k for k in range(1, DAILY_HARMONICS + 1))})
    turns = 2 * np.pi * at[:, None] * np.array(harmonics) / series.slots_per_week
    waves = np.hstack([np.sin(turns), np.cos(turns)])
    past, future = waves[: len(known)], waves[len(known) :]
    # The order is sought in what least squares leave over: with the waves in every trial a fit takes half a minute.
    counts = np.sqrt(known.to_numpy())
    waves_and_mean = np.hstack([np.ones((len(past), 1)), past])
    left = counts - waves_and_mean @ np.linalg.lstsq(waves_and_mean, counts, rcond=None)[0]
    p, q, *_, d, _ = AutoARIMA(seasonal=False, max_p=3, max_q=2, stationary=stationary).fit(left).model_["arma"]
    return _stepwise(ARIMA(order=(p, d, q)), series, origin, X=past, X_future=future)


def prophet(series: Series, origin: pd.Timestamp) -> pd.DataFrame:
    """Trend, week and a daily profile for each kind of day (Taylor and Letham 2018), 300 samples."""
    return _prophet(series, origin, growth="linear")


def prophet_flat(series: Series, origin: pd.Timestamp) -> pd.DataFrame:
    """The same without a trend."""
    return _prophet(series, origin, growth="flat")


def _prophet(series: Series, origin: pd.Timestamp, *, growth: str) -> pd.DataFrame:
    known = series.known(origin).dropna()
    known = known[known.index >= origin - pd.Timedelta(weeks=PROPHET_WEEKS)]
    ahead = series.ahead(origin)
    model = Prophet(
        growth=growth,
        daily_seasonality=False,
        weekly_seasonality=3 if series.days_per_week == 7 else 2,
        yearly_seasonality=False,
        uncertainty_samples=300,
    )
    kinds = _kinds(series, known.index)
    for kind in kinds:
        model.add_seasonality(f"day_{kind}", period=1, fourier_order=8, condition_name=kind)
    model.fit(_frame(known.index, kinds).assign(y=np.sqrt(known.to_numpy())))
    samples = model.predictive_samples(_frame(ahead, _kinds(series, ahead)))["yhat"]
    found = np.quantile(samples, list(QUANTILES.values()), axis=1)
    return pd.DataFrame(found.T, index=ahead, columns=list(QUANTILES))


def _kinds(series: Series, cells: pd.DatetimeIndex) -> dict[str, np.ndarray]:
    """Days that share a profile: the weekend's days one by one, the others together."""
    day = cells.dayofweek.to_numpy()
    if series.days_per_week == 5:
        return {"monday": day == 0, "later": day > 0}
    weekend = {"friday": 4, "saturday": 5} if series.name == "anon30" else {"saturday": 5, "sunday": 6}
    kinds = {kind: day == number for kind, number in weekend.items()}
    return {**kinds, "week": ~np.isin(day, list(weekend.values()))}


def _frame(cells: pd.DatetimeIndex, kinds: dict[str, np.ndarray]) -> pd.DataFrame:
    return pd.DataFrame({"ds": cells, **kinds})


def mean6(series: Series, origin: pd.Timestamp) -> pd.DataFrame:
    """The mean of the cell in the last six weeks; bands from what this missed by in the weeks known."""
    known, ahead = series.regular(origin, 6 + 12), series.ahead(origin)
    return _repeated(known.to_numpy(), series, ahead, 6)


def naive(series: Series, origin: pd.Timestamp) -> pd.DataFrame:
    """The last week again."""
    known, ahead = series.regular(origin, 1 + 12), series.ahead(origin)
    return _repeated(known.to_numpy(), series, ahead, 1)


def _repeated(counts: np.ndarray, series: Series, ahead: pd.DatetimeIndex, weeks: int) -> pd.DataFrame:
    season = series.slots_per_week
    # From the end, so that the last row is the last full week whatever weekday the origin is.
    table = counts[len(counts) % season :].reshape(-1, season)
    weeks = min(weeks, len(table) - 1)
    middle = np.sqrt(np.resize(table[-weeks:].mean(axis=0), len(ahead)))
    missed = [
        np.sqrt(table[week]) - np.sqrt(table[week - weeks : week].mean(axis=0)) for week in range(weeks, len(table))
    ]
    bands = np.quantile(np.concatenate(missed), list(QUANTILES.values()))
    # The median is the point forecast itself.
    bands -= bands[len(bands) // 2]
    return pd.DataFrame(middle[:, None] + bands[None, :], index=ahead, columns=list(QUANTILES))


PEERS: dict[str, Forecaster] = {
    "mean6": mean6,
    "naive": naive,
    "theta": theta,
    "mstl": mstl,
    "mstl_arima": mstl_arima,
    "prophet": prophet,
    "prophet_flat": prophet_flat,
    "arima": arima,
    "arima_stationary": arima_stationary,
}


def forecast(series: Series, peer: str, origin: pd.Timestamp) -> pd.DataFrame:
    """Rows of one origin: origin, timestamp, actual, quantiles in calls per interval, CPU seconds."""
    np.random.seed(0)  # noqa: NPY002 - Prophet samples from numpy's own generator
    began = _cpu_s()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = PEERS[peer](series, origin)
    cpu_s = _cpu_s() - began
    actual = series.wanted(origin)
    if not np.isfinite(found.to_numpy()).all():
        raise ArithmeticError(f"{peer} forecast no number at {origin}")
    counts = np.square(np.maximum(found.reindex(actual.index), 0))
    counts = pd.DataFrame(np.sort(counts.to_numpy(), axis=1), index=actual.index, columns=list(QUANTILES))
    counts.insert(0, "actual", actual)
    counts.insert(0, "timestamp", actual.index)
    counts.insert(0, "origin", origin)
    return counts.assign(cpu_s=cpu_s).reset_index(drop=True)


def _cpu_s() -> float:
    used = os.times()
    # Prophet fits in a process of its own.
    return used.user + used.system + used.children_user + used.children_system


def run(name: str, peer: str, folder: Path, every: int) -> pd.DataFrame:
    """Forecast the origins that are not in the file yet, saving after each; all rows of the file."""
    series = load(name)
    file = folder / f"{name}_{peer}.parquet"
    rows = pd.read_parquet(file) if file.exists() else pd.DataFrame()
    done = set(rows["origin"]) if len(rows) else set()
    left = [origin for origin in series.origins[::every] if origin not in done]
    for number, origin in enumerate(left, start=1):
        new = forecast(series, peer, origin)
        rows = pd.concat([rows, new], ignore_index=True) if len(rows) else new
        part = file.with_suffix(".part")
        rows.to_parquet(part, index=False)
        part.replace(file)
        print(f"{name} {peer} {number}/{len(left)} {origin:%Y-%m-%d} {new['cpu_s'].iloc[0]:.1f} s", file=sys.stderr)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("series", choices=SERIES)
    parser.add_argument("peers", nargs="+", choices=list(PEERS), metavar="peer", help=" ".join(PEERS))
    parser.add_argument("--out", type=Path, required=True, help="folder of the Parquet files")
    parser.add_argument("--every", type=int, default=1, help="forecast at every n-th origin")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    for peer in asked.peers:
        run(asked.series, peer, asked.out, asked.every)


if __name__ == "__main__":
    main()
