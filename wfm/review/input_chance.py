"""How far a cause's share may stray by chance alone: the same day with other callers.

What came on a day is one draw. Had the same causes worked with other callers, a few more or fewer would have called,
at other moments, with longer or shorter matters, and every share would be another. The standard deviation of each
share is told from what is known of such draws:

* calls: Poisson, so √N of a line's N calls;
* pattern: N calls placed by the planned shares at random;
* IVR: binomial shares; handling time: its coefficient of variation ÷ √(answered calls);
* patience: 1 ÷ √(callers who gave up), as of an exponential mean;
* seats: none, who was there is recorded.

Up to effects of three inputs at once, a share is what its input brings alone and half of what it brings together with
each other input (the Shapley value of a game of pairs). So a share strays by its own input, and by half of what the
chance in another input changes in the effect of its own: two absent agents cost less on a day on which, by chance,
few callers came. Both are carried to the KPI by the queueing formulas, for the pattern by drawing it again, else by steps of
two standard deviations up and down, of which the larger counts (half of it): waits grow faster than calls do, and a day
that chance left quiet must not seem sure of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wfm.hotline import HandlingTime, Hotline
from wfm.review.day_inputs import DayInputs, IvrShares, Pattern

__all__ = ["handling_cv", "share_deviations"]

Floats = NDArray[np.float64]
Value = Callable[[DayInputs], Floats]
Change = Callable[[DayInputs], DayInputs]

PATTERNS = 12
"""Patterns drawn: their spread is known to about one part in five."""


class _Step(NamedTuple):
    """A change of an input by two standard deviations and back, or a draw of it, which knows no way back."""

    there: Change
    back: Change | None = None

    def effect(self, value: Value, day: DayInputs, base: Floats) -> Floats:
        """What one standard deviation does to the value ``base`` of the day, on the side where it does more.

        Of a draw the value itself, of which only the scatter counts.
        """
        there = value(self.there(day))
        if self.back is None:
            return there
        up, down = (there - base) / 2, (base - value(self.back(day))) / 2
        return np.where(np.abs(up) >= np.abs(down), up, down)


def handling_cv(handling: HandlingTime) -> float:
    """Standard deviation ÷ mean of a line's handling time, short calls included."""
    ordinary = handling.talk_s + handling.hold_s + handling.wrap_s
    variance = (handling.talk_cv * handling.talk_s) ** 2 + (handling.talk_cv * handling.hold_s) ** 2
    variance += (handling.wrap_cv * handling.wrap_s) ** 2
    share, extra = handling.three_way_share, handling.three_way_s
    second_of_extra = extra**2 * (1 + handling.three_way_cv**2)
    ordinary_square = variance + ordinary**2 + 2 * ordinary * share * extra + share * second_of_extra
    short = handling.short_call_share
    second = (1 - short) * ordinary_square + short * handling.short_call_s**2
    mean_s = handling.mean_s / handling.scale
    return float(np.sqrt(max(second - mean_s**2, 0.0)) / mean_s)


def share_deviations(
    hotline: Hotline,
    value: Value,
    planned: DayInputs,
    actual: DayInputs,
    factors: Sequence[str],
    *,
    answered: Floats,
    seed: int = 1,
) -> dict[str, Floats]:
    """Standard deviation of each factor's share by chance, of the shape of ``value``.

    Args:
        hotline: its handling times.
        value: KPIs of a day's inputs, by the formulas.
        planned: the day as planned.
        actual: the day as it was.
        factors: those that were not as planned.
        answered: ``(L,)`` calls answered on the day.
        seed: seed of the patterns drawn.
    """
    square = {factor: np.zeros_like(value(planned)) for factor in factors}
    steps = _steps(hotline, planned, actual, answered, seed)
    for moved in factors:
        its = steps.get(moved, [])
        if not its:
            continue
        changes = _changes(value, planned, actual, moved, its, factors)
        for factor, change in changes.items():
            stray = np.nan_to_num(np.array(change))
            if moved == "pattern":  # drawn, and so scattered around their mean; other steps are a deviation each
                square[factor] += stray.var(axis=0, ddof=1)
            else:
                square[factor] += (stray**2).sum(axis=0)
    return {factor: np.sqrt(total) for factor, total in square.items()}


def _changes(
    value: Value, planned: DayInputs, actual: DayInputs, moved: str, steps: list[_Step], factors: Sequence[str]
) -> dict[str, list[Floats]]:
    """Change of each factor's share with each step of one input; ``moved`` is the factor it belongs to."""
    own = replace(planned, **{moved: getattr(actual, moved)})
    base = value(own)
    alone = [step.effect(value, own, base) for step in steps]
    found = {moved: list(alone)}
    for factor in factors:
        if factor == moved:
            continue
        joint = replace(own, **{factor: getattr(actual, factor)})
        base = value(joint)
        pair = [(step.effect(value, joint, base) - by_itself) / 2 for step, by_itself in zip(steps, alone, strict=True)]
        found[factor] = pair
        found[moved] = [one + half for one, half in zip(found[moved], pair, strict=True)]
    return found


def _steps(
    hotline: Hotline, planned: DayInputs, actual: DayInputs, answered: Floats, seed: int
) -> dict[str, list[_Step]]:
    """The ways in which each input strays."""
    lines = range(len(hotline.lines))
    asked = float(actual.volume.sum())
    cv = [handling_cv(line.handling) for line in hotline.lines]
    return {
        "volume": [_both_ways(_calls_by, k, 1.0) for k in lines if actual.volume[k] > 0],
        "pattern": _drawn_patterns(planned, actual, seed),
        "ivr": [
            _both_ways(_ivr_by, k, float(np.sqrt(actual.ivr[k] * (1 - actual.ivr[k]) / asked)))
            for k in range(2)
            if asked > 0 and 0 < actual.ivr[k] < 1
        ],
        "handling": [
            _both_ways(_handling_by, k, float(cv[k] / np.sqrt(answered[k]))) for k in lines if answered[k] > 0
        ],
        "patience": [_both_ways(_patience_by, 0, 1 / np.sqrt(actual.patience.gave_up))],
    }


def _both_ways(change: Callable[[DayInputs, int, float], DayInputs], which: int, deviation: float) -> _Step:
    return _Step(lambda day: change(day, which, 2 * deviation), lambda day: change(day, which, -2 * deviation))


def _calls_by(day: DayInputs, line: int, deviations: float) -> DayInputs:
    volume = day.volume.copy()
    volume[line] = max(volume[line] + deviations * np.sqrt(volume[line]), 0.0)
    return replace(day, volume=volume)


def _ivr_by(day: DayInputs, which: int, more: float) -> DayInputs:
    shares = list(day.ivr)
    shares[which] = float(np.clip(shares[which] + more, 0.0, 1 - shares[1 - which]))
    return replace(day, ivr=IvrShares(*shares))


def _handling_by(day: DayInputs, line: int, relative: float) -> DayInputs:
    handling = day.handling.copy()
    handling[line] *= max(1 + relative, 0.05)
    return replace(day, handling=handling)


def _patience_by(day: DayInputs, _which: int, relative: float) -> DayInputs:
    habits = day.patience
    scale = habits.patience_scale * np.exp(relative)
    return replace(day, patience=replace(habits, patience_scale=scale))


def _drawn_patterns(planned: DayInputs, actual: DayInputs, seed: int) -> list[_Step]:
    """Patterns that the actual calls might have had by the planned shares."""
    random = np.random.default_rng([seed, 109, 2])
    calls = np.rint(actual.volume).astype(np.int64)
    shares = planned.pattern.shares
    steps = []
    for _ in range(PATTERNS):
        drawn = np.zeros_like(shares)
        for line, total in enumerate(calls.tolist()):
            weight = shares[line].sum()
            if total and weight > 0:
                drawn[line] = random.multinomial(total, shares[line] / weight) / total
        steps.append(_Step(_with_pattern(Pattern(drawn, as_came=True))))
    return steps


def _with_pattern(pattern: Pattern) -> Change:
    return lambda day: replace(day, pattern=pattern)
