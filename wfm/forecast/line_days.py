"""The days ahead of one line, and of the centre that its lines make up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from wfm.calendar import DayKind
from wfm.forecast.day_features import DayFeatures
from wfm.forecast.day_process import Prediction
from wfm.forecast.days_ahead import DaysAhead
from wfm.forecast.hindcast import DayCheck, check_days
from wfm.forecast.history import History
from wfm.forecast.interval_profile import Profiles
from wfm.forecast.line_fit import LineFit, fit_line, widened, with_recent_mean
from wfm.forecast.reconcile import centre_of, reconciled

__all__ = ["LineDays", "days_of_line", "with_centre"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class LineDays:
    """A line's fit, what its hindcasts said, and the levels of its D days ahead."""

    fit: LineFit
    check: DayCheck
    ahead: Prediction

    @property
    def calls(self) -> Floats:
        """Mean calls of each day, were it open, (D,)."""
        mean: Floats = np.exp(self.ahead.mean + self.ahead.variance / 2.0)
        return mean

    def moved(self, calls: Floats) -> LineDays:
        """The same with other mean calls."""
        shift = np.log(np.maximum(calls, 1e-12) / np.maximum(self.calls, 1e-12))
        return replace(self, ahead=replace(self.ahead, mean=self.ahead.mean + shift))


def days_of_line(
    history: History,
    number: int,
    profile: Profiles,
    before: DayFeatures,
    ahead: DaysAhead,
    leads: Floats,
    factors: Mapping[DayKind, float],
) -> LineDays | None:
    """The days ahead of line ``number``; None where no day of it was seen.

    Args:
        history: the past.
        number: position of the line.
        profile: its interval shares.
        before: features of the history's days.
        ahead: the D days of the forecast.
        leads: (D,) days after the history.
        factors: prior ratio of each kind of day to a weekday.
    """
    fit = fit_line(history, number, profile, before, factors)
    if fit is None:
        return None
    check = check_days(history, number, fit, before, profile)
    found = ahead.predict(fit.process.predict)
    found = with_recent_mean(found, history, number, profile, ahead.ways[0].types, check.weight)
    return LineDays(fit, check, widened(found, check.near, check.far, leads))


def with_centre(
    lines: dict[int, LineDays],
    history: History,
    profiles: list[Profiles],
    before: DayFeatures,
    ahead: DaysAhead,
    leads: Floats,
    factors: Mapping[DayKind, float],
) -> dict[int, LineDays]:
    """The days of the lines, moved so that they agree with the days of the centre; arguments as :func:`days_of_line`.

    Days on which some line was not recorded tell nothing of the centre; lines that began late would make it short, so that
    the lines stay as they are where fewer days are left than the longest line has by half.
    """
    if len(lines) < 2:
        return lines
    places = sorted(lines)
    some = replace(history, calls=history.calls[places], exposure=history.exposure[places])
    whole = centre_of(some)
    weight = some.calls.sum(axis=(1, 2))
    share = np.average([profiles[i].share for i in places], axis=0, weights=weight)
    told = (whole.exposure.sum(axis=2) > 0).sum()
    if told < 0.5 * (some.exposure.sum(axis=2) > 0).sum(axis=1).max():
        return lines
    centre = days_of_line(whole, 0, Profiles(share, 0.0), before, ahead, leads, factors)
    if centre is None:
        return lines
    calls = np.stack([lines[i].calls for i in places])
    spread = np.expm1(np.stack([lines[i].ahead.variance for i in places])) * calls**2
    moved = reconciled(calls, spread, centre.calls, np.expm1(centre.ahead.variance) * centre.calls**2)
    return {i: lines[i].moved(moved[n]) for n, i in enumerate(places)}
