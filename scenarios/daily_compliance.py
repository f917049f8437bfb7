"""How surely each day by itself keeps the standard, counted over the replications of a simulation."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from wfm.metrics import COUNTS, KPIS
from wfm.standards import Target

__all__ = ["ALL_TARGETS", "daily_compliance", "deciding_targets"]

ALL_TARGETS = "all"
"""Column of the probability that the day keeps every target together."""


def deciding_targets(targets: Iterable[Target], without: Iterable[str] = ()) -> list[Target]:
    """The targets over calls that have a limit and are sized for; ``without`` names targets to leave out."""
    left_out = set(without)
    return [
        t
        for t in targets
        if t.measure == "calls" and t.limit is not None and t.sizing and t.kpi in KPIS and t.id not in left_out
    ]


def daily_compliance(counts: pd.DataFrame, targets: Iterable[Target]) -> pd.DataFrame:
    """P(the day keeps the target): one row a date, a column a target, and :data:`ALL_TARGETS` for all together.

    Args:
        counts: replication, line, date and :data:`wfm.metrics.COUNTS`.
        targets: those that decide; a day on which nothing was counted keeps its target.

    A target over a period of days is asked of each day alone here: stricter than the standard's mean over days.
    """
    days = counts.groupby(["replication", "date"], sort=True)[list(COUNTS)].sum().reset_index()
    kept = {t.id: _kept(t, KPIS[t.kpi].daily(days)) for t in targets}
    table = pd.DataFrame({"date": days["date"], **kept})
    table[ALL_TARGETS] = np.logical_and.reduce(list(kept.values())) if kept else True
    return table.groupby("date", sort=True).mean().reset_index()


def _kept(target: Target, values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> list[bool]:
    return [bool(np.isnan(v)) or target.met(float(v)) for v in values]
