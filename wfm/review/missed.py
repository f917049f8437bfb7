"""What a review of a day says: each target, what was planned and observed, and what each cause brought."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from wfm.calendar import TimeGrid
from wfm.hotline import Hotline
from wfm.review.day_inputs import DayInputs
from wfm.standards import Target

__all__ = ["Cause", "CauseFacts", "DayReview", "TargetReview", "Verdict", "cause_facts"]

Floats = NDArray[np.float64]

Verdict = Literal["chance", "more than chance", "unknown"]
"""Whether what no cause explains lies within what days with the same inputs do by chance."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What one input that was not as planned brought, in the KPI's own unit."""

    factor: str
    """One of :data:`wfm.review.FACTORS`."""
    value: float
    """Its Shapley share."""
    half_width: float
    """Half-width of its 95 % interval: other callers of that day, and the Monte-Carlo error."""
    mc_half_width: float
    """The Monte-Carlo error alone; 0 by formulas."""
    alone: float
    """What it would have brought had all else been as planned."""

    @property
    def clear(self) -> bool:
        """Whether its interval leaves out zero."""
        return abs(self.value) > self.half_width


@dataclass(frozen=True, slots=True)
class TargetReview:
    """One target on one day, over one line or all of them."""

    target: Target
    line: str
    """Empty: all lines together."""
    observed: float
    planned: float
    """Expected with every input as planned."""
    explained: float
    """Expected with every input as it was."""
    causes: tuple[Cause, ...]
    """In the order of the factors; they sum to ``explained − planned``."""
    usual_low: float
    """2.5 % quantile of what days with these inputs come to."""
    usual_high: float
    verdict: Verdict

    @property
    def met(self) -> bool:
        """Whether the observed value keeps the limit."""
        return self.target.met(self.observed)

    @property
    def luck(self) -> float:
        """``observed − explained``: with the causes it sums to ``observed − planned``."""
        return self.observed - self.explained


@dataclass(frozen=True, slots=True)
class CauseFacts:
    """An input as planned and as it was, in a number that people know."""

    planned: float
    actual: float
    start: datetime | None = None
    """Where the calls' pattern was most above the planned one (its hours), None for other inputs."""
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class DayReview:
    """One day."""

    day: date
    facts: dict[str, CauseFacts]
    """``volume`` calls; ``pattern`` calls between two clock times; ``outside`` calls outside opening hours;
    ``ivr`` share that never asks for an agent;
    ``handling`` seconds; ``seats`` hours of all seats together; ``patience`` mean seconds; ``redial`` share. With agent states also ``absent``, ``late`` (or gone early) and
    ``breaks`` (too long, or away), hours."""
    targets: tuple[TargetReview, ...]
    """All lines together, in the standard's order."""
    by_line: tuple[TargetReview, ...]
    """The same targets line by line, where the hotline has several."""
    unknown: tuple[str, ...]
    """Inputs that the records do not tell, so that they count as planned."""

    @property
    def missed(self) -> tuple[TargetReview, ...]:
        """Targets that were not kept."""
        return tuple(t for t in self.targets if not t.met)


def cause_facts(
    hotline: Hotline, grid: TimeGrid, planned: DayInputs, actual: DayInputs, serves: NDArray[np.bool_]
) -> dict[str, CauseFacts]:
    """Planned and actual numbers of every input.

    Args:
        hotline: its patience.
        grid: the day.
        planned: the day as planned.
        actual: the day as it was.
        serves: ``(G, T)`` whether the group serves a line.
    """
    calls = actual.arrivals if actual.volume.sum() > 0 else planned.arrivals
    weights = calls / calls.sum() if calls.sum() > 0 else np.full(calls.shape, 1 / calls.size)
    by_line = weights.sum(axis=1)
    patience_s = np.array([line.patience.mean_s for line in hotline.lines])

    def pair(of_planned: float, of_actual: float) -> CauseFacts:
        return CauseFacts(float(of_planned), float(of_actual))

    def seats(day: DayInputs) -> float:
        return float(np.where(serves, day.seats, 0.0).sum()) * grid.interval_s / 3600

    return {
        "volume": pair(planned.volume.sum(), actual.volume.sum()),
        "pattern": _pattern_facts(grid, planned, actual),
        "outside": pair(0.0, (actual.arrivals.sum(axis=1) - actual.volume).sum()),
        "ivr": pair(sum(planned.ivr), sum(actual.ivr)),
        "handling": pair((weights * planned.handling).sum(), (weights * actual.handling).sum()),
        "seats": pair(seats(planned), seats(actual)),
        "patience": pair(
            (by_line * patience_s * planned.patience.patience_scale).sum(),
            (by_line * patience_s * actual.patience.patience_scale).sum(),
        ),
        "redial": pair((by_line * planned.patience.redial_share).sum(), (by_line * actual.patience.redial_share).sum()),
    }


def _pattern_facts(grid: TimeGrid, planned: DayInputs, actual: DayInputs) -> CauseFacts:
    """The run of intervals with most calls beyond the planned shares of as many calls."""
    came = actual.arrivals.sum(axis=0)
    expected = (actual.volume[:, None] * planned.pattern.shares).sum(axis=0)
    extra = came - expected
    best = (0.0, 0, 0)
    total, first = 0.0, 0
    for at, more in enumerate(extra.tolist()):  # the run with the largest sum (J. B. Kadane)
        if total <= 0:
            total, first = 0.0, at
        total += more
        if total > best[0]:
            best = (total, first, at + 1)
    _, first, after = best
    if after == 0:
        return CauseFacts(float(expected.sum()), float(came.sum()))
    run = slice(first, after)
    return CauseFacts(
        float(expected[run].sum()),
        float(came[run].sum()),
        grid.starts[first].to_pydatetime(),
        grid.ends[after - 1].to_pydatetime(),
    )
