"""Scenarios against a base on common random numbers: paired differences, several at once.

With the same seed replication r of every scenario has the same calls, patience and handling (§7 of the semantics), so that
differences within replications vary far less than the scenarios do: Var(Y − X) = Var Y + Var X − 2·Cov(X, Y). How much less is
reported.

When several scenarios meet one base, some difference looks sure by chance alone. P-values are those of Holm's step-down
procedure (Holm 1979, "A simple sequentially rejective multiple test procedure", Scand. J. Statist. 6:65–70), which rejects whatever
Bonferroni's rejects and more; the intervals hold all together by Bonferroni's inequality. The family is that of one KPI.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, nan

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import special

from simulation.centre import Centre
from simulation.engine import Engine
from simulation.estimates import half_width, independent, period_values
from simulation.experiment import BatchLedger, Replications, path_count, play_replications
from wfm.errors import BadInput
from wfm.execution import Executor, Progress, no_progress
from wfm.i18n import say
from wfm.metrics import KPIS, Kpi

__all__ = ["PairedDifference", "compare", "compare_counts", "holm"]


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """A KPI of a scenario less that of the base."""

    scenario: str
    kpi: str
    base_mean: float
    mean: float
    difference: float
    half_width: float
    """Of this difference alone."""
    low: float
    high: float
    """Interval that holds for all scenarios of the comparison together."""
    p_value: float
    """Adjusted by Holm for all scenarios of the comparison."""
    sure: bool
    """Whether the difference is other than chance, at the confidence asked for, among all scenarios together."""
    variance_share: float
    """Var(difference) ÷ (variance of the scenario + variance of the base): what pairing left; NaN if neither varies."""
    replications: int


def holm(p_values: ArrayLike) -> NDArray[np.float64]:
    """Adjusted p-values of Holm's procedure, in the order given."""
    p = np.asarray(p_values, dtype=float)
    order = np.argsort(p, kind="stable")
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * (len(p) - np.arange(len(p)))), 1.0)
    return adjusted


def compare(
    centres: Mapping[str, Centre],
    *,
    seed: int,
    replications: int,
    kpis: Sequence[str],
    confidence: float = 0.95,
    engine: Engine = Engine.COMPILED,
    executor: Executor | None = None,
    workers: int = 1,
    ledger: BatchLedger | None = None,
    progress: Progress = no_progress,
) -> tuple[PairedDifference, ...]:
    """Every scenario against the first one, replication by replication.

    Args:
        centres: Two or more, by name; the first is the base.
        seed: Seed of every draw, the same for all.
        replications: Of each, at least 2.
        kpis: Identifiers of ``wfm.metrics.KPIS``.
        confidence: Of the intervals, and of what is called sure.
        engine: Which engine plays.
        executor: Where.
        workers: Local processes at most, where no executor is given.
        ledger: Finished batches are read from it and written to it.
        progress: Told how many replications, of all scenarios, are finished.

    Returns:
        One entry a KPI and scenario but the base, KPI by KPI.

    Raises:
        BadInput: fewer than two scenarios or replications, an unknown KPI, or scenarios with different numbers of paths.
    """
    if len(centres) < 2:
        raise BadInput(say("a comparison needs at least two scenarios, found {n}", n=len(centres)))
    if replications < 2:
        raise BadInput(say("a comparison needs at least 2 replications, found {n}", n=replications))
    paths = require_same_paths(centres)
    tables = play_replications(
        tuple(centres.values()),
        [Replications(k, 0, replications) for k in range(len(centres))],
        seed=seed,
        engine=engine,
        executor=executor,
        workers=workers,
        ledger=ledger,
        progress=progress,
    )
    counts = dict(zip(centres, tables, strict=True))
    return compare_counts(counts, [kpi_named(kpi) for kpi in kpis], confidence=confidence, paths=paths)


def kpi_named(kpi_id: str) -> Kpi:
    """The KPI with this identifier.

    Raises:
        BadInput: there is none.
    """
    if kpi_id not in KPIS:
        raise BadInput(say("there is no KPI {kpi!r}", kpi=kpi_id))
    return KPIS[kpi_id]


def require_same_paths(centres: Mapping[str, Centre]) -> int:
    """The number of sample paths that all centres have.

    Raises:
        BadInput: they have different numbers, so that replications of the same number would not be alike.
    """
    paths = {name: path_count(centre) for name, centre in centres.items()}
    base, first = next(iter(paths.items()))
    for name, number in paths.items():
        if number != first:
            raise BadInput(
                say(
                    "{name} has {found} sample paths and {base} has {first}; pairs need as many of both",
                    name=name,
                    found=number,
                    base=base,
                    first=first,
                )
            )
    return first


def compare_counts(
    counts: Mapping[str, pd.DataFrame], kpis: Sequence[Kpi], *, confidence: float = 0.95, paths: int = 1
) -> tuple[PairedDifference, ...]:
    """:func:`compare` for counts that were played with one seed."""
    names = list(counts)
    found: list[PairedDifference] = []
    for kpi in kpis:
        values = {name: period_values(table, kpi) for name, table in counts.items()}
        raw = [_p_value(independent(values[name] - values[names[0]], paths)) for name in names[1:]]
        for name, p in zip(names[1:], holm(raw), strict=True):
            found.append(_pair(name, kpi, values[name], values[names[0]], float(p), len(raw), confidence, paths))
    return tuple(found)


def _p_value(gaps: NDArray[np.float64]) -> float:
    """Two-sided p-value of Student's test that the gaps have mean zero; 1 where nothing can be said."""
    if len(gaps) < 2:
        return 1.0
    error = float(gaps.std(ddof=1)) / np.sqrt(len(gaps))
    t = abs(float(gaps.mean())) / error if error > 0 else inf if gaps.mean() != 0 else 0.0
    return float(2 * special.stdtr(len(gaps) - 1, -t))


def _pair(
    name: str,
    kpi: Kpi,
    values: NDArray[np.float64],
    base: NDArray[np.float64],
    p_value: float,
    family: int,
    confidence: float,
    paths: int,
) -> PairedDifference:
    both = ~np.isnan(values - base)
    y, x = values[both], base[both]
    gaps = values - base
    mean = float((y - x).mean()) if len(y) else nan
    together = half_width(gaps, 1 - (1 - confidence) / family, paths=paths)
    apart = float(y.var(ddof=1) + x.var(ddof=1)) if len(y) > 1 else nan
    return PairedDifference(
        scenario=name,
        kpi=kpi.id,
        base_mean=float(x.mean()) if len(x) else nan,
        mean=float(y.mean()) if len(y) else nan,
        difference=mean,
        half_width=half_width(gaps, confidence, paths=paths),
        low=mean - together,
        high=mean + together,
        p_value=p_value,
        sure=p_value < 1 - confidence,
        variance_share=float((y - x).var(ddof=1)) / apart if apart > 0 else nan,
        replications=len(y),
    )
