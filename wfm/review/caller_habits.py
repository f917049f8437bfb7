"""How patient a day's callers were, and how many of them called again: what the records say, beside what was planned.

The lines' own laws of patience are kept in shape and stretched in time by one number for the day. With H the
cumulated hazard of a caller's law (−ln of its survival), w the waits of all queued callers, answered or not, and D of
them given up,

    Σ_w H(w ÷ scale) = D

is solved for the scale: each caller who waits w "spends" H(w), and on average one unit of it for each who gives up,
answered callers included (the compensator of a counting process; O. O. Aalen 1978, Annals of Statistics 6:701–726).
For exponential patience this is the maximum-likelihood estimate: the total wait ÷ the number who gave up, in parts of
the planned mean.

Whether a day tells anything is decided by Σ_w H(w), the callers who would give up by the planned laws after waits like
these, and not by how many did: days chosen for many who gave up would all look impatient.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize

from wfm.hotline import Hotline
from wfm.queueing import PatienceLaw, exponential_patience
from wfm.records import redial_flags
from wfm.staffing.pooled_patience import patience_of

__all__ = ["EXPECTED_MIN", "CallerHabits", "habits_of_calls"]

Floats = NDArray[np.float64]

EXPECTED_MIN = 5.0
"""Where fewer callers would give up by the planned laws, a day says nothing of patience: it counts as planned."""
_SCALES = (0.02, 50.0)
"""Within these bounds a scale is looked for."""
_MOST = 1e3
"""Hazard that one caller can spend: where a law ends, nobody waits longer."""


@dataclass(frozen=True, eq=False)
class CallerHabits:
    """Patience and redials of each line; arrays ``(L,)``."""

    patience_scale: Floats
    """Patience ÷ that of the hotline's settings."""
    redial_share: Floats
    """Probability that a caller who gave up or met a busy line calls again."""
    gave_up: float
    """Callers who gave up, from whom patience is known; infinite where it is the planned one."""

    @classmethod
    def of_hotline(cls, hotline: Hotline) -> CallerHabits:
        """As the hotline's settings have it."""
        lines = len(hotline.lines)
        return cls(np.ones(lines), np.array([x.redial.share for x in hotline.lines]), np.inf)

    def same_as(self, other: CallerHabits) -> bool:
        """Whether callers behave alike."""
        return np.array_equal(self.patience_scale, other.patience_scale) and np.array_equal(
            self.redial_share, other.redial_share
        )


def habits_of_calls(hotline: Hotline, calls: pd.DataFrame) -> CallerHabits:
    """Patience and redials of a day's calls (``tables.CALLS``).

    Redials are known where callers are: a line none of whose callers who failed has a key keeps its planned share.
    """
    planned = CallerHabits.of_hotline(hotline)
    redial = planned.redial_share.copy()
    outcome = calls["outcome"].to_numpy(dtype=object)
    line_of = pd.Index(hotline.line_ids).get_indexer(pd.Index(calls["line"].astype(str)))
    failed = ((outcome == "abandoned") | (outcome == "blocked")) & calls["caller_key"].notna().to_numpy()
    again = redial_flags(calls)
    for k in range(len(redial)):
        if (failed & (line_of == k)).any():
            redial[k] = min((again & (line_of == k)).sum() / (failed & (line_of == k)).sum(), 1.0)
    waits = _waits_s(calls)
    queued = ((outcome == "answered") | (outcome == "abandoned")) & ~np.isnan(waits) & (line_of >= 0)
    scale, gave_up = patience_scale(
        hotline, line_of[queued], waits[queued], int((queued & (outcome == "abandoned")).sum())
    )
    return CallerHabits(np.full(len(redial), scale), redial, gave_up)


def patience_scale(hotline: Hotline, line: NDArray[np.intp], waits_s: Floats, gave_up: int) -> tuple[float, float]:
    """The scale at which callers who wait so long give up so often, and how many it rests on.

    1 and infinity where fewer than :data:`EXPECTED_MIN` would give up by the planned laws. Nobody who gave up counts
    as half a caller.

    Args:
        hotline: its lines' patience.
        line: ``(N,)`` line of each queued caller.
        waits_s: ``(N,)`` how long each waited.
        gave_up: how many of them gave up.
    """
    laws = [_law(hotline, k) for k in range(len(hotline.lines))]

    def spent(log_scale: float) -> float:
        total = 0.0
        for k, law in enumerate(laws):
            with np.errstate(divide="ignore"):
                hazard = -np.log(law.survival(waits_s[line == k] / np.exp(log_scale)))
            total += float(np.minimum(hazard, _MOST).sum())
        return total

    if spent(0.0) < EXPECTED_MIN:
        return 1.0, np.inf
    wanted = max(float(gave_up), 0.5)
    low, high = np.log(_SCALES)
    if spent(low) <= wanted:
        return _SCALES[0], wanted
    if spent(high) >= wanted:
        return _SCALES[1], wanted
    root = optimize.brentq(lambda at: spent(at) - wanted, low, high, xtol=1e-10)
    return float(np.exp(root)), wanted


def _law(hotline: Hotline, line: int) -> PatienceLaw:
    weights = np.zeros(len(hotline.lines))
    weights[line] = 1.0
    law = patience_of(hotline, weights)
    return exponential_patience(law[0]) if isinstance(law, np.ndarray) else law


def _waits_s(calls: pd.DataFrame) -> Floats:
    """Wait until a call was given to an agent, ringing left out, or until the caller gave up; NaN for others."""
    ring_s = calls["ring_s"].to_numpy(dtype=np.float64, na_value=0.0)
    ring_s = np.nan_to_num(ring_s)
    queued_at = calls["queued_at"].where(calls["queued_at"].notna(), calls["arrived_at"])
    to_answer = (calls["answered_at"] - queued_at).dt.total_seconds().to_numpy(dtype=np.float64) - ring_s
    to_leave = (calls["ended_at"] - queued_at).dt.total_seconds().to_numpy(dtype=np.float64)
    answered = (calls["outcome"] == "answered").to_numpy(dtype=bool)
    waits: Floats = np.maximum(np.where(answered, to_answer, to_leave), 0.0)
    return waits
