"""The rest of today, from the calls of the morning.

What came by now is set against what was expected by now; how much of the difference the rest of the day inherits
follows from how uncertain the day was and how noisy its intervals are (see ``intraday_factor``), corrected by how
past days unfolded (see ``intraday_learning``). The result is a forecast like any other: sample paths that share the
recorded past of the day and differ in its future.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from wfm.calendar import TimeGrid
from wfm.forecast.counts import count_quantile
from wfm.forecast.forecast_table import Forecast
from wfm.forecast.intraday_blocks import block_minutes, block_of, blocks_of
from wfm.forecast.intraday_factor import DayFactors, day_factors_given
from wfm.forecast.intraday_learning import IntradayLearning
from wfm.forecast.intraday_seen import SeenDay, seen_today
from wfm.forecast.intraday_variance import common_share_of, day_variance, within_day_dispersion_of
from wfm.forecast.keyed_draws import keyed_uniforms

__all__ = ["MODEL", "NOTHING_LEARNED", "reforecast", "rest_of_day"]

Floats = NDArray[np.float64]

MODEL = "intraday"
NOTHING_LEARNED = IntradayLearning()
"""The conjugate update alone."""
CALLS_TO_TRUST_HANDLING = 700.0
"""Handled calls after which today's handling time counts as much as the forecast's: (cv 1.3 ÷ 5 % a day)²."""
LEAST_SPREAD = 1e-9


@dataclass(frozen=True)
class _Update:
    """Mean and variance of the factors (L, B), and their normal scores' loadings on three sources."""

    mean: Floats
    variance: Floats
    given: DayFactors


def reforecast(
    day_forecast: Forecast,
    today: pd.DataFrame,
    now: datetime,
    learned: IntradayLearning = NOTHING_LEARNED,
    *,
    observed: NDArray[np.bool_] | None = None,
    paths: int | None = None,
) -> Forecast:
    """The forecast of the whole day, known up to ``now``.

    Intervals that have passed hold what was recorded, on every path; the current one adds what is still to come;
    later ones hold the updated forecast. So calls so far and the rest make the day, on every path and in the mean.
    The same seed gives the same paths.

    Args:
        day_forecast: one day's forecast, made before the day or at any earlier moment.
        today: columns line, interval, first_attempts of ``tables.ACTUALS``, with answered and handle_s where known;
            the interval that holds ``now`` counts its calls before ``now``.
        now: moment up to which the day is known.
        learned: what past days taught; by default the conjugate update alone.
        observed: (T,) whether each interval was recorded; inferred when absent.
        paths: number of sample paths, by default those of ``day_forecast``.

    Raises:
        BadInput: as :func:`~wfm.forecast.intraday_seen.seen_today`.
    """
    seen = seen_today(day_forecast, today, now, observed=observed)
    if not seen.passed.any() and paths is None:
        return replace(day_forecast, origin=now, notes=(*seen.notes, *day_forecast.notes))
    grid, lines = day_forecast.grid, day_forecast.lines
    ahead = day_forecast.mean * (1.0 - seen.passed)
    place = block_of(grid)
    update = _update(day_forecast, seen, now, learned, place)
    rest = ahead * update.mean[:, place]
    count = day_forecast.paths.shape[0] if paths is None else paths
    drawn = _draw(day_forecast, update, ahead, place, count)
    return Forecast(
        grid=grid,
        lines=list(lines),
        origin=now,
        model=f"{day_forecast.model} + {MODEL}",
        paths=seen.calls + drawn,
        mean=seen.calls + rest,
        aht_s=_handling_time(day_forecast, today, now),
        notes=(*seen.notes, *day_forecast.notes),
    )


def rest_of_day(forecast: Forecast, seen: SeenDay) -> pd.DataFrame:
    """line, so_far, expected_so_far, rest, p025, p10, p50, p90, p975, day: totals of each line and, last, of all (line "").

    Args:
        forecast: what :func:`reforecast` returned.
        seen: what it was made from.
    """
    so_far, expected = seen.calls.sum(axis=1), seen.expected.sum(axis=1)
    totals = forecast.paths.sum(axis=2) - so_far
    totals = np.column_stack([totals, totals.sum(axis=1)])
    day = forecast.mean.sum(axis=1)
    so_far, expected, day = (np.append(x, x.sum()) for x in (so_far, expected, day))
    low, ten, half, ninety, high = np.quantile(totals, [0.025, 0.1, 0.5, 0.9, 0.975], axis=0)
    return pd.DataFrame(
        {
            "line": pd.Series([*forecast.lines, ""], dtype="string"),
            "so_far": so_far,
            "expected_so_far": expected,
            "rest": day - so_far,
            "p025": low,
            "p10": ten,
            "p50": half,
            "p90": ninety,
            "p975": high,
            "day": day,
        }
    )


def _update(
    day_forecast: Forecast, seen: SeenDay, now: datetime, learned: IntradayLearning, place: NDArray[np.int64]
) -> _Update:
    """Factors on the forecast of each line and block."""
    grid, lines = day_forecast.grid, day_forecast.lines
    length_min = block_minutes(grid.interval_min)
    size = 1440 // length_min
    dispersion = within_day_dispersion_of(day_forecast)
    _, precision, ratio = (
        np.array(x)
        for x in zip(
            *(blocks_of(seen.calls[i], seen.expected[i], dispersion[i], place, size) for i in range(len(lines))),
            strict=True,
        )
    )
    known = [learned.of(line) for line in lines]
    variance = day_variance(day_forecast)[:, 0]
    share = common_share_of(day_forecast, 0)
    block_h = length_min / 60.0
    given = day_factors_given(precision, ratio, variance, share, known, block_h)
    before = day_factors_given(np.zeros_like(precision), ratio, variance, share, known, block_h)
    here = int(np.clip((pd.Timestamp(now) - grid.starts[0]).total_seconds() // 60 // length_min, 0, size - 1))
    trust = np.array([[line.trust_at(here)] for line in known])
    spread = np.array([[line.spread**2] for line in known])
    part = np.minimum(trust, 1.0)
    return _Update(
        np.maximum(1.0 + trust * (given.mean - 1.0), LEAST_SPREAD),
        spread * (part * given.variance + (1.0 - part) * before.variance),
        given,
    )


def _draw(day_forecast: Forecast, update: _Update, ahead: Floats, place: NDArray[np.int64], count: int) -> Floats:
    """Calls still to come, (P, L, T): gamma factors whose normal scores go together, then negative binomial counts."""
    grid, lines = day_forecast.grid, day_forecast.lines
    seed = day_forecast.recipe.seed if day_forecast.recipe is not None else 0
    dispersion = within_day_dispersion_of(day_forecast)
    day, size = int(np.datetime64(grid.first, "D").astype(np.int64)), update.mean.shape[1]
    first = int(grid.starts[0].timestamp()) // (60 * grid.interval_min)
    open_now = np.flatnonzero(ahead.any(axis=0))
    drawn = np.zeros((count, *ahead.shape))
    if not len(open_now):
        return drawn
    common = _normals(seed, "", "intraday", day, count, 1)
    for i, line in enumerate(lines):
        given = update.given
        own = _normals(seed, line, "intraday", day, count, 1)
        wave = _normals(seed, line, "intraday wave", day, count, size)
        score = common * given.common_loading[i] + own * given.own_loading[i] + wave @ given.wave_root[i].T
        score = score / np.sqrt(np.maximum(given.variance[i], LEAST_SPREAD))
        mean, variance = update.mean[i], np.maximum(update.variance[i], LEAST_SPREAD)
        factor = special.gammaincinv(mean / variance, special.ndtr(score)) * variance
        uniforms = np.array(
            [keyed_uniforms(seed, path, line, "calls", first, len(grid))[open_now] for path in range(count)]
        )
        means = ahead[i, open_now] * factor[:, place[open_now]]
        drawn[:, i, open_now] = count_quantile(uniforms, means, np.broadcast_to(dispersion[i, open_now], means.shape))
    return drawn


def _normals(seed: int, owner: str, purpose: str, day: int, count: int, size: int) -> Floats:
    """Standard normal numbers (count, size) of one day; the first rows do not depend on how many there are."""
    uniforms = keyed_uniforms(seed, day, owner, purpose, 0, count * size).reshape(count, size)
    found: Floats = special.ndtri(uniforms)
    return found


def _handling_time(day_forecast: Forecast, today: pd.DataFrame, now: datetime) -> Floats:
    """Handling times of the day, with those of the calls handled today: credibility with :data:`CALLS_TO_TRUST_HANDLING`.

    Intervals of the last two handling times are left out: their long calls still go on.
    """
    grid: TimeGrid = day_forecast.grid
    aht = day_forecast.aht_s.copy()
    if not {"answered", "handle_s"} <= set(today.columns):
        return aht
    at = grid.locate(pd.DatetimeIndex(today["interval"]))
    for i, line in enumerate(day_forecast.lines):
        done = grid.ends <= pd.Timestamp(now) - pd.Timedelta(seconds=2.0 * float(aht[i].mean()))
        mine = (today["line"] == line).to_numpy() & (at >= 0) & np.asarray(done)[at]
        mine &= (today["answered"].to_numpy(float) > 0) & (today["handle_s"].to_numpy(float) > 0)
        if not mine.any():
            continue
        answered, handled = (today.loc[mine, c].to_numpy(float) for c in ("answered", "handle_s"))
        usual = float((answered * aht[i, at[mine]]).sum())
        trust = CALLS_TO_TRUST_HANDLING * usual / float(answered.sum())
        aht[i] *= (float(handled.sum()) + trust) / (usual + trust)
    return aht
