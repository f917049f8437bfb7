"""Learn from past days how much a morning says of the rest of its day.

Every past day was forecast from what was known before it; what came, block by block, is set against that forecast.
Wave and widths maximise the likelihood of those days, weighted by the grid's evidence; then each past day is
played up to each time of day and the rest as updated is regressed on the rest as it came, the slope shrunk to 1,
which is theory. So is the spread that would have put 80 and 95 % of the rests into their bands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.calendar import DayKind, TimeGrid, WorkingCalendar
from wfm.forecast.arrivals import KIND_FACTORS, forecast_calls
from wfm.forecast.forecast_table import Forecast
from wfm.forecast.history import read_history, slots_of
from wfm.forecast.intraday_blocks import BlockDays, block_minutes, block_of, blocks_of
from wfm.forecast.intraday_factor import (
    THEORY,
    WIDTHS,
    LineLearning,
    capped,
    mixture_posterior,
    wave_covariance,
    wave_inverse,
)
from wfm.forecast.intraday_variance import day_variance, within_day_dispersion_of

__all__ = ["IntradayLearning", "learn_intraday", "learn_line"]

Floats = NDArray[np.float64]

WAVE_VARIANCES = (0.0, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032)
WAVE_HOURS = (1.0, 2.0, 4.0, 8.0)
WIDTH_PRIOR = np.array([0.38, 0.75, 1.5, 0.75, 0.38, 0.15, 0.09])
"""Days' worth of belief in each width before any day was seen: as forecast, or half or double that."""
EM_STEPS = 30
DAYS_LEAST = 10
"""With fewer days than this nothing is learned."""
TRUST_DAYS = 15.0
"""Days' worth of belief in theory (slope 1) at each time of day."""
TRUST_REACH = 2
"""Blocks on either side whose regressions count too, less and less."""
SPREAD_DAYS = 20.0
WEEKS, STEP_DAYS = 10, 14
"""How far to look back, and how many days are forecast from each origin."""
TRAINING_DAYS_MIN = 28


@dataclass(frozen=True)
class IntradayLearning:
    """What was learned of each line; lines that are not named are taken as in theory.

    ``days``: past days behind it.
    """

    lines: Mapping[str, LineLearning] = field(default_factory=dict)
    days: int = 0

    def of(self, line: str) -> LineLearning:
        """What is known of this line."""
        return self.lines.get(line, THEORY)


def learn_intraday(
    actuals: pd.DataFrame,
    history_grid: TimeGrid,
    calendar: WorkingCalendar,
    lines: list[str],
    *,
    origin: datetime,
    aht_prior_s: Mapping[str, float],
    observed: NDArray[np.bool_] | None = None,
    kind_factors: Mapping[DayKind, float] = KIND_FACTORS,
    weeks: int = WEEKS,
) -> IntradayLearning:
    """Forecast the last weeks before ``origin``, each from the days before it, and learn from how their days unfolded.

    Args:
        actuals: columns of ``tables.ACTUALS``.
        history_grid: intervals of the past.
        calendar: kinds of the days.
        lines: lines to learn.
        origin: moment up to which the past is known; later actuals are not looked at.
        aht_prior_s: handling time of each line, seconds.
        observed: (H,) whether each interval of the past was recorded; inferred when absent.
        kind_factors: ratio of each kind of day to a weekday.
        weeks: weeks to look back.

    Raises:
        BadInput: as :func:`wfm.forecast.forecast_calls`.
    """
    history = read_history(actuals, history_grid, calendar, lines, origin=origin, observed=observed)
    collected: dict[str, list[BlockDays]] = {line: [] for line in lines}
    for back in range(7 * weeks // STEP_DAYS, 0, -1):
        known = len(history.dates) - STEP_DAYS * back
        if known < TRAINING_DAYS_MIN:
            continue
        first = history.dates[known]
        before = (first - history_grid.first).days
        past = TimeGrid(history_grid.first, before, history_grid.interval_min, history_grid.time_zone)
        ahead = TimeGrid(first, STEP_DAYS, history_grid.interval_min, history_grid.time_zone)
        if not history.calls[:, :known].sum() > 0:
            continue
        forecast = forecast_calls(
            actuals,
            past,
            ahead,
            calendar,
            lines,
            origin=ahead.starts[0].to_pydatetime(),
            paths=2,
            seed=0,
            aht_prior_s=aht_prior_s,
            observed=None if observed is None else observed[: len(past)],
            kind_factors=kind_factors,
        )
        dates = {first + timedelta(days=n) for n in range(STEP_DAYS)}
        rows = [d for d, day in enumerate(history.dates) if day in dates]
        for i, line in enumerate(lines):
            collected[line].append(
                _days_of(
                    forecast,
                    i,
                    ahead,
                    [history.dates[d] for d in rows],
                    history.calls[i, rows],
                    history.exposure[i, rows],
                )
            )
    learned, most = {}, 0
    hours = block_minutes(history_grid.interval_min) / 60.0
    for line, parts in collected.items():
        if not parts:
            continue
        days = _joined(parts)
        if len(days.variance) >= DAYS_LEAST:
            learned[line] = learn_line(days, hours)
            most = max(most, len(days.variance))
    return IntradayLearning(learned, most)


def _days_of(
    forecast: Forecast, number: int, ahead: TimeGrid, dates: list[object], calls: Floats, exposure: Floats
) -> BlockDays:
    """The days of one hindcast in blocks; days without a call or a forecast are left out."""
    size = 1440 // block_minutes(ahead.interval_min)
    slots, place, of_day = slots_of(ahead), block_of(ahead), np.asarray(ahead.dates).astype("datetime64[D]")
    dispersion = within_day_dispersion_of(forecast)[number]
    variance = day_variance(forecast)[number]
    day_list = list(np.unique(of_day).astype(object))
    found = []
    for row, day in enumerate(dates):
        here = of_day == np.datetime64(str(day), "D")
        times = np.bincount(slots[here], minlength=exposure.shape[1])[slots[here]]
        seen = exposure[row][slots[here]] / np.maximum(times, 1)
        expected = forecast.mean[number][here] * seen
        counted = calls[row][slots[here]] / np.maximum(times, 1)
        if counted.sum() <= 0 or expected.sum() <= 0:
            continue
        blocks = blocks_of(counted, expected, dispersion[here], place[here], size)
        found.append((*blocks, variance[day_list.index(day)]))
    if not found:
        empty = np.zeros((0, size))
        return BlockDays(empty, empty, empty, np.zeros(0))
    mean, precision, ratio, spread = (np.array(x) for x in zip(*found, strict=True))
    return BlockDays(mean, precision, ratio, spread)


def _joined(parts: list[BlockDays]) -> BlockDays:
    return BlockDays(
        np.concatenate([p.mean for p in parts]),
        np.concatenate([p.precision for p in parts]),
        np.concatenate([p.ratio for p in parts]),
        np.concatenate([p.variance for p in parts]),
    )


def learn_line(days: BlockDays, block_h: float) -> LineLearning:
    """Learn one line's wave, widths, trust and spread from whole past days."""
    wave_variance, wave_hours, share = _fit_wave(days, block_h)
    trust, spread = _fit_trust(days, block_h, wave_variance, wave_hours, share)
    return LineLearning(wave_variance, wave_hours, tuple(share), tuple(trust), spread)


def _fit_wave(days: BlockDays, block_h: float) -> tuple[float, float, Floats]:
    """Wave and widths: means over the grid by evidence."""
    size = days.mean.shape[1]
    pairs = [(0.0, WAVE_HOURS[0]), *product(WAVE_VARIANCES[1:], WAVE_HOURS)]
    evidence, shares = np.empty(len(pairs)), np.empty((len(pairs), len(WIDTHS)))
    for n, (variance, hours) in enumerate(pairs):
        shown = capped(days.ratio, days.precision, days.variance[:, None], variance)
        inverse, log_det = wave_inverse(wave_covariance(size, block_h, variance, hours), days.precision)
        found, error, fit = _generalised_mean(inverse, shown)
        total = np.array(WIDTHS) * days.variance[:, None] + error[:, None]
        log = -0.5 * (fit + log_det - np.log(error))[:, None] - 0.5 * (found[:, None] ** 2 / total + np.log(total))
        shares[n], evidence[n] = _mix(log)
    weight = np.exp(evidence - evidence.max())
    weight /= weight.sum()
    variance = float(weight @ np.array([p[0] for p in pairs]))
    rate = float(weight @ np.array([1.0 / p[1] for p in pairs]))
    return variance, 1.0 / rate, weight @ shares


def _generalised_mean(inverse: Floats, shown: Floats) -> tuple[Floats, Floats, Floats]:
    """Each day's generalised mean, its variance, and the squares about it in units of their covariance; (D,) each."""
    weights = inverse.sum(axis=-2)
    known = weights.sum(axis=-1)
    error = np.divide(1.0, known, out=np.full(known.shape, np.inf), where=known > 0)
    found = np.where(known > 0, (weights * shown).sum(axis=-1) / np.maximum(known, 1e-300), 0.0)
    rest = shown - found[..., None]
    return found, error, np.einsum("...b,...bc,...c->...", rest, inverse, rest)


def _mix(log: Floats) -> tuple[Floats, float]:
    """Probabilities of the widths by expectation–maximisation under the prior, and the evidence; ``log`` is (D, K)."""
    top = log.max(axis=1, keepdims=True)
    density = np.exp(log - top)
    share = WIDTH_PRIOR / WIDTH_PRIOR.sum()
    for _ in range(EM_STEPS):
        part = density * share
        share = (part / part.sum(axis=1, keepdims=True)).sum(axis=0) + WIDTH_PRIOR
        share = share / share.sum()
    return share, float((np.log(density @ share) + top[:, 0]).sum() + (WIDTH_PRIOR * np.log(share)).sum())


def _fit_trust(
    days: BlockDays, block_h: float, wave_variance: float, wave_hours: float, share: Floats
) -> tuple[Floats, float]:
    """Slope of the rest that came on the rest as updated at the start of each block, (B,), and the spread."""
    count, size = days.mean.shape
    wave = wave_covariance(size, block_h, wave_variance, wave_hours)
    shown = capped(days.ratio, days.precision, days.variance[:, None], wave_variance)
    above, below, prior = np.zeros(size), np.zeros(size), np.zeros(size)
    cells: list[_Rests] = []
    typical = float(share @ np.array(WIDTHS))
    for start in range(1, size):
        seen, rest = days.precision * (np.arange(size) < start), days.mean * (np.arange(size) >= start)
        left = rest.sum(axis=1)
        usable = (seen.sum(axis=1) > 0) & (left > 0)
        if usable.sum() < DAYS_LEAST:
            continue
        part = rest[usable] / left[usable, None]
        inverse, _ = wave_inverse(wave, seen[usable])
        found, error, _ = _generalised_mean(inverse, shown[usable])
        day, spread = mixture_posterior(found, error, share, days.variance[usable])
        smooth = wave @ inverse
        remains = 1.0 - smooth.sum(axis=2)
        factor = day[:, None] * remains + np.einsum("dbc,dc->db", smooth, shown[usable])
        predicted = (part * factor).sum(axis=1)
        came = (part * days.ratio[usable]).sum(axis=1)
        weights = np.divide(part**2, days.precision[usable], out=np.zeros_like(part), where=part > 0)
        wavy = np.einsum("db,dbc,dc->d", part, wave - smooth @ wave, part)
        uncertain = (part * remains).sum(axis=1) ** 2 * spread + wavy
        chance = weights.sum(axis=1)
        width = np.sqrt(uncertain + chance)
        came = np.clip(came, predicted - 3.0 * width, predicted + 3.0 * width)
        w = 1.0 / (uncertain + chance)
        above[start], below[start] = (w * predicted * came).sum(), (w * predicted**2).sum()
        prior[start] = below[start] / usable.sum()
        before = days.variance[usable] * typical + np.einsum("db,bc,dc->d", part, wave, part)
        cells.append(_Rests(start, predicted, came, uncertain, before, chance))
    trust = _smoothed_slope(above, below, prior)
    return trust, _fit_spread(cells, trust, count)


@dataclass(frozen=True)
class _Rests:
    """Past days at the start of one block; ratios of the rest less 1 and their variances, (D,) each.

    ``predicted`` and ``came``; ``uncertain``: variance left after the update, ``before``: before it; ``chance``.
    """

    start: int
    predicted: Floats
    came: Floats
    uncertain: Floats
    before: Floats
    chance: Floats


def _smoothed_slope(above: Floats, below: Floats, a_day: Floats) -> Floats:
    """Slopes (B,), each with its neighbours', leaning on 1 with :data:`TRUST_DAYS` days."""
    size = len(above)
    slopes = np.ones(size)
    for start in range(size):
        near = np.arange(max(start - TRUST_REACH, 0), min(start + TRUST_REACH + 1, size))
        weight = 1.0 - np.abs(near - start) / (TRUST_REACH + 1.0)
        scale = np.divide(weight, a_day[near], out=np.zeros(len(near)), where=a_day[near] > 0)
        lean = TRUST_DAYS * float((scale * a_day[near]).sum())
        if lean > 0:
            slopes[start] = (float((scale * above[near]).sum()) + lean) / (float((scale * below[near]).sum()) + lean)
    bounded: Floats = np.clip(slopes, 0.0, 1.25)
    return bounded


def _fit_spread(cells: list[_Rests], trust: Floats, count: int) -> float:
    """Factor on the spread of what is uncertain that would have put the rests into their bands, shrunk to 1.

    The variance is that of the update as it is trusted: as far as it is not, the one before it stands. What chance
    adds is known and stays.
    """
    if not cells:
        return 1.0
    part = [min(float(trust[c.start]), 1.0) for c in cells]
    inherited = np.concatenate([p * c.uncertain + (1.0 - p) * c.before for p, c in zip(part, cells, strict=True)])
    chance = np.concatenate([c.chance for c in cells])
    errors = np.concatenate([c.came - trust[c.start] * c.predicted for c in cells]) / np.sqrt(inherited + chance)
    size = np.maximum(np.quantile(np.abs(errors), [0.80, 0.95]) / np.array([1.2816, 1.9600]), 0.2)
    total = float(np.exp(np.log(size).mean())) ** 2
    ratio = np.clip((total * (inherited + chance) - chance) / np.maximum(inherited, 1e-12), 0.1, 4.0)
    log_scale = count * 0.5 * float(np.log(np.median(ratio))) / (count + SPREAD_DAYS)
    return float(np.clip(np.exp(log_scale), 0.5, 1.8))
