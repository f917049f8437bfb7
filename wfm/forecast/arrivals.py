"""Forecast calls from the recorded past: day level × interval profile × chance, as sample paths."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.calendar import DayKind, TimeGrid, WorkingCalendar
from wfm.errors import BadInput
from wfm.forecast.band_width import band_stretch
from wfm.forecast.borrowed import borrowed
from wfm.forecast.day_process import Prediction
from wfm.forecast.days_ahead import days_ahead
from wfm.forecast.forecast_notes import history_notes, line_notes
from wfm.forecast.forecast_table import Forecast
from wfm.forecast.handling_time import forecast_handling_time
from wfm.forecast.hindcast import check_profiles, mixed_profiles
from wfm.forecast.history import read_history, slots_of
from wfm.forecast.line_days import LineDays, days_of_line, with_centre
from wfm.forecast.line_fit import correlation_of_lines
from wfm.forecast.sample_paths import PathRecipe, draw_day_factors, draw_paths
from wfm.i18n import Text, list_words, say

__all__ = ["KIND_FACTORS", "MODEL", "forecast_calls"]

Floats = NDArray[np.float64]

MODEL = "day-factor-profile"

KIND_FACTORS: Mapping[DayKind, float] = {
    DayKind.WEEKDAY: 1.0,
    DayKind.WEEKEND: 0.6,
    DayKind.HOLIDAY: 0.45,
    DayKind.MAKEUP: 0.9,
}
"""Calls of each kind of day over those of a weekday, before the history has spoken (assumed)."""

HANDLING_HALF_LIFE_DAYS = 91.0
PRIOR_LOG_SD, PRIOR_DAY_SD = 0.3, 0.1
"""Uncertainty of a mean that was passed in place of a history, for all days in common and for each day (logs)."""


def forecast_calls(
    actuals: pd.DataFrame,
    history_grid: TimeGrid,
    grid: TimeGrid,
    calendar: WorkingCalendar,
    lines: list[str],
    *,
    origin: datetime,
    paths: int = 100,
    seed: int,
    aht_prior_s: Mapping[str, float],
    open_mask: NDArray[np.bool_] | None = None,
    observed: NDArray[np.bool_] | None = None,
    prior: Mapping[str, Floats] | None = None,
    kind_factors: Mapping[DayKind, float] = KIND_FACTORS,
    half_life_days: float = HANDLING_HALF_LIFE_DAYS,
) -> Forecast:
    """Forecast first attempts per line and interval.

    The log of a day's calls is a sum of effects (:mod:`wfm.forecast.day_process`), averaged with the mean
    of recent days; intervals take their share of it by time of day and day type; the day factor varies
    from path to path, partly in common to the lines, and counts within the day are negative binomial (doubly stochastic arrivals: Avramidis, Deslauriers
    and L'Ecuyer 2004, *Management Science* 50:896–908; Weinberg, Brown and Stroud 2007, *JASA*
    102:1185–1198). The same seed draws each line with the same random numbers, whatever other lines there
    are; the days of the lines are moved to agree with those of the centre.

    Args:
        actuals: columns of ``tables.ACTUALS``; ``first_attempts``, ``answered`` and ``handle_s`` are used.
        history_grid: intervals of the past.
        grid: intervals to forecast, of the same length.
        calendar: kinds of the days.
        lines: lines to forecast, in order.
        origin: moment up to which the past is known; later actuals are not looked at.
        paths: number of sample paths.
        seed: seed of the plan.
        aht_prior_s: handling time of each line before any record, seconds.
        open_mask: (T,) whether the hotline takes calls; None: always.
        observed: (H,) whether each interval of the past was recorded; inferred when absent.
        prior: assumed mean arrivals (T,): what lines without history have, corrected as those of the others turned out.
        kind_factors: ratio of each kind of day to a weekday, where the history is silent or short.
        half_life_days: age at which a day of the history counts half for handling times.

    Raises:
        BadInput: no lines, no paths, unequal intervals, an array of the wrong length, or neither
            history nor prior for any line.
    """
    _check(history_grid, grid, lines, paths, aht_prior_s, open_mask, prior)
    history = read_history(actuals, history_grid, calendar, lines, origin=origin, observed=observed)
    has_history = (history.totals.sum(axis=1) > 0) if history.dates else np.zeros(len(lines), dtype=bool)
    given = {} if prior is None else prior
    if not has_history.any() and not given:
        raise BadInput(
            say(
                "forecast: no call of {lines} before {origin}, and no prior means",
                lines=list_words(lines),
                origin=origin,
            )
        )
    is_open = np.ones(len(grid), dtype=bool) if open_mask is None else np.asarray(open_mask, dtype=bool)
    dates = np.asarray(grid.dates).astype("datetime64[D]")
    day = (dates - np.datetime64(grid.day_list[0], "D")).astype(np.int64)
    slots = slots_of(grid)
    last_day = history.dates[-1] if history.dates else grid.day_list[0]
    leads = np.maximum(np.array([(d - last_day).days for d in grid.day_list], dtype=float), 0.0)
    before, ahead = days_ahead(history, grid, calendar)
    open_share = ahead.open_share(history.closed_types)

    notes: list[Text] = list(history_notes(history, calendar, grid, kind_factors)) if has_history.any() else []
    for i, line in enumerate(lines):
        notes.extend(line_notes(line, history, i, with_prior=line in given))
    checks = check_profiles(history) if has_history.any() else []
    profiles = mixed_profiles(history, checks) if has_history.any() else []
    fitted: dict[int, LineDays] = {}
    for i in np.flatnonzero(has_history).tolist():
        found = days_of_line(history, i, profiles[i], before, ahead, leads, kind_factors)
        if found is not None:
            fitted[i] = found
    fitted = with_centre(fitted, history, profiles, before, ahead, leads, kind_factors)
    mean = np.zeros((len(lines), len(grid)))
    dispersion = np.zeros((len(lines), len(grid)))
    stretch = np.ones((len(lines), 2))
    for i, line_days in fitted.items():
        within = checks[i].dispersion
        if within is None:
            within = np.full(profiles[i].share.shape, profiles[i].dispersion)
        dispersion[i] = ahead.of_type(within)[day, slots]
        stretch[i] = band_stretch(history, i, line_days.check, profiles[i].share, within)
        mean[i] = (line_days.calls * open_share)[day] * ahead.of_type(profiles[i].share)[day, slots] * is_open
    _assume(mean, fitted, lines, {line: np.asarray(means, dtype=float) * is_open for line, means in given.items()})
    common = np.full((grid.days, grid.days), PRIOR_LOG_SD**2)
    unknown = Prediction(np.zeros(grid.days), common, PRIOR_DAY_SD**2)
    days = [fitted[i].ahead if i in fitted else unknown for i in range(len(lines))]
    recipe = PathRecipe(
        draw_day_factors(
            days,
            lines,
            int(np.datetime64(grid.day_list[0], "D").astype(np.int64)),
            paths=paths,
            seed=seed,
            common_share=correlation_of_lines([found.fit for found in fitted.values()]),
        ),
        dispersion,
        seed,
    )
    spread = np.exp(np.array([line.variance for line in days]))[:, day]
    return Forecast(
        grid=grid,
        lines=list(lines),
        origin=origin,
        model=MODEL,
        paths=draw_paths(recipe, grid, lines, mean),
        mean=mean,
        aht_s=forecast_handling_time(
            actuals,
            history_grid,
            grid,
            lines,
            origin=origin,
            prior_s=aht_prior_s,
            half_life_days=half_life_days,
        ),
        notes=tuple(notes),
        dispersion=(1.0 + dispersion) * spread - 1.0,
        recipe=recipe,
        stretch=stretch,
    )


def _assume(mean: Floats, fitted: Mapping[int, LineDays], lines: list[str], given: Mapping[str, Floats]) -> None:
    """Fill in the means (L, T) of lines without history from what was assumed, as far as anything was."""
    told = [i for i, line in enumerate(lines) if i in fitted and line in given]
    others = np.stack([given[lines[i]] for i in told]) if told else np.zeros((0, mean.shape[1]))
    for i, line in enumerate(lines):
        if i not in fitted and line in given:
            mean[i] = borrowed(given[line], mean[told], others)


def _check(
    history_grid: TimeGrid,
    grid: TimeGrid,
    lines: list[str],
    paths: int,
    aht_prior_s: Mapping[str, float],
    open_mask: NDArray[np.bool_] | None,
    prior: Mapping[str, Floats] | None,
) -> None:
    if not lines:
        raise BadInput(say("forecast: at least one line is needed"))
    if paths < 1:
        raise BadInput(say("forecast: paths should be 1 or more, found {found}", found=paths))
    if grid.interval_min != history_grid.interval_min:
        raise BadInput(
            say(
                "forecast: intervals of {found} min cannot be learned from a history of {allowed} min",
                found=grid.interval_min,
                allowed=history_grid.interval_min,
            )
        )
    for line in lines:
        if line not in aht_prior_s:
            raise BadInput(say("forecast: no handling time given for line {line}", line=line))
    if open_mask is not None and len(open_mask) != len(grid):
        raise BadInput(
            say(
                "open_mask: found {found} intervals, but the grid has {allowed}",
                found=len(open_mask),
                allowed=len(grid),
            )
        )
    for line, means in (prior or {}).items():
        if np.shape(means) != (len(grid),) or not (np.asarray(means) >= 0).all():
            raise BadInput(
                say("prior of line {line}: {allowed} means of 0 or more are needed", line=line, allowed=len(grid))
            )
