"""Deferred work as chance brings it: days vary together, items arrive as Poisson, each takes a lognormal time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wfm.hotline import Hotline
from wfm.staffing.deferred_items import DeferredWork
from wfm.staffing.earliest_deadline import repeated

__all__ = ["day_variation", "drawn_work"]

Floats = NDArray[np.float64]


def day_variation(hotline: Hotline) -> float:
    """Coefficient of variation of the day's calls beyond Poisson, all lines together; lines vary independently."""
    calls = np.array([line.demand.calls_per_day for line in hotline.lines])
    spread = np.array([line.demand.day_cv for line in hotline.lines])
    total = calls.sum()
    return float(np.sqrt(((calls * spread) ** 2).sum()) / total) if total > 0 else 0.0


def drawn_work(work: DeferredWork, day_cv: float, per_day: int, seed: int, replication: int) -> tuple[Floats, Floats]:
    """Seconds that arise at each place of the repeated period, ``(C, places)``, and the factor of its day, ``(places,)``.

    Args:
        work: means.
        day_cv: coefficient of variation of the day's gamma factor.
        per_day: intervals of a day.
        seed: of the experiment.
        replication: number of the draw; each gives the same numbers whatever else is drawn.
    """
    rng = np.random.default_rng([seed, replication])
    at, lead = repeated(work)
    day = (np.arange(len(at)) - lead) // per_day
    days = int(day[-1] - day[0]) + 1
    factors = rng.gamma(1 / day_cv**2, day_cv**2, days) if day_cv > 0 else np.ones(days)
    factor = factors[day - day[0]]
    drawn = np.zeros((len(work.classes), len(at)))
    for c, kind in enumerate(work.classes):
        counts = rng.poisson(work.items[c][at] * factor)
        mean = np.divide(work.work_s[c], work.items[c], out=np.zeros(work.items.shape[1]), where=work.items[c] > 0)[at]
        spread = np.sqrt(np.log1p(kind.item_cv**2))
        sizes = np.exp(rng.normal(-(spread**2) / 2, spread, int(counts.sum())))
        where = np.repeat(np.arange(len(at)), counts)
        drawn[c] = np.bincount(where, weights=sizes, minlength=len(at)) * mean
    return drawn, factor
