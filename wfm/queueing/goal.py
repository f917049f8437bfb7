"""A limit on one measure of a queue, and the sums that the measure is the ratio of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from wfm.queueing.poisson import Floats
from wfm.queueing.waiting import Waiting

__all__ = ["HIGH", "Goal", "Measure", "goal_terms", "keeps"]

Measure = Literal[
    "service_level",
    "service_level_of_answered",
    "service_level_less_short",
    "asa_s",
    "mean_wait_s",
    "wait_exceeds",
    "abandon_share",
    "occupancy",
]
"""What a goal limits. ``service_level…`` and ``wait_exceeds`` use ``t_s``; the first three are to be
high, the others low. ``…_of_answered`` divides by answered callers, ``…_less_short`` by all callers less
those who give up within ``short_s``."""

HIGH = ("service_level", "service_level_of_answered", "service_level_less_short")
"""Measures that are to be high."""


@dataclass(frozen=True, slots=True)
class Goal:
    """A limit on one measure of a queue: ``Goal("service_level", 0.8, t_s=20)``, ``Goal("asa_s", 15, strict=True)``."""

    measure: Measure
    limit: float
    t_s: float = 0.0
    short_s: float = 0.0
    strict: bool = False
    """The limit itself does not keep the goal (< instead of ≤, > instead of ≥)."""

    @property
    def reachable(self) -> bool:
        """Whether seats without end keep the goal. Ratios come near 1 and waits near 0, but never reach them."""
        if np.isnan(self.limit):
            return False
        if self.measure in HIGH:
            best = 1.0 if self.t_s >= 0 else 0.0
            return self.limit < best or (best == 0.0 and self.limit <= 0 and not self.strict)
        if self.measure == "wait_exceeds" and self.t_s < 0:
            return self.limit > 1 or (self.limit == 1 and not self.strict)
        return self.limit > 0

    def kept_by(self, values: Floats) -> NDArray[np.bool_]:
        """Where values of the measure keep the limit; NaN never does."""
        if self.measure in HIGH:
            return values > self.limit if self.strict else values >= self.limit
        return values < self.limit if self.strict else values <= self.limit


def goal_terms(goal: Goal, solved: Waiting) -> tuple[Floats, Floats]:
    """Numerator and denominator of the goal's measure, both per arriving caller (per seat for occupancy).

    Over several queues or intervals the measure is Σ arrivals·numerator ÷ Σ arrivals·denominator; for the
    occupancy it is Σ numerator ÷ Σ denominator (erlangs handled ÷ seats).
    """
    t = np.full_like(solved.wait, goal.t_s)
    everyone = np.ones_like(solved.wait)
    match goal.measure:
        case "service_level":
            return solved.answered_within(t), everyone
        case "service_level_of_answered":
            return solved.answered_within(t), solved.answered_share
        case "service_level_less_short":
            short = solved.abandoned_within(np.full_like(t, goal.short_s))
            return solved.answered_within(t), 1 - short
        case "asa_s":
            answered = solved.answered_share
            # Nobody answered: no wait to count.
            return np.where(answered > 0, solved.asa_s(), 0.0) * answered, answered
        case "mean_wait_s":
            return solved.mean_wait_s(), everyone
        case "wait_exceeds":
            return solved.waits_over(t)[0], everyone
        case "abandon_share":
            return solved.abandon_share, everyone
        case "occupancy":
            handled = np.where(solved.arrivals_per_s > 0, solved.load_erlang * solved.answered_share, 0.0)
            return handled, solved.seats


def keeps(goal: Goal, solved: Waiting, other_work_erlang: Floats) -> NDArray[np.bool_]:
    """Which cells keep the goal; undefined measures (no steady state, nobody answered) never do."""
    above, below = goal_terms(goal, solved)
    if goal.measure == "occupancy":
        above = above + other_work_erlang
    return goal.kept_by(np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0))
