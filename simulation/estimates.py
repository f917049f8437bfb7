"""What replications say: KPIs of their periods, means with their Monte-Carlo error, quantiles, paired differences.

Replication r plays sample path r mod P. While there are no more replications than paths they are independent. Beyond, those
of one path are alike: the error of the mean is then that of the P paths' means, and no number of replications takes it below what
the paths leave open. A single path means calls that are given, and replications that are independent again.
"""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import special

from wfm.metrics import Estimator, Kpi

__all__ = [
    "Estimate",
    "Interval",
    "estimate",
    "half_width",
    "independent",
    "paired_difference",
    "path_half_width",
    "period_values",
]


class Interval(NamedTuple):
    """A mean and the confidence interval around it."""

    mean: float
    low: float
    high: float


class Estimate(NamedTuple):
    """A KPI over replications.

    ``low`` and ``high`` are the 2.5 and 97.5 % quantiles of the single periods; ``half_width`` is the
    Monte-Carlo error of the mean alone. NaN where nothing is known.
    """

    mean: float
    half_width: float
    low: float
    high: float
    replications: int


def _known(values: ArrayLike) -> NDArray[np.float64]:
    sample = np.asarray(values, dtype=float).ravel()
    known: NDArray[np.float64] = sample[~np.isnan(sample)]
    return known


def independent(values: ArrayLike, paths: int = 1) -> NDArray[np.float64]:
    """The known values (NaN left out) as independent ones: the means of the paths where paths were played repeatedly.

    Args:
        values: ``(R,)`` one value a replication, from replication 0 on.
        paths: sample paths of calls, of which replication r plays r mod ``paths``.
    """
    sample = np.asarray(values, dtype=float).ravel()
    if paths <= 1 or len(sample) <= paths:
        return _known(sample)
    path = np.arange(len(sample)) % paths
    known = ~np.isnan(sample)
    played = np.bincount(path[known], minlength=paths)
    summed = np.bincount(path[known], weights=sample[known], minlength=paths)
    means: NDArray[np.float64] = summed[played > 0] / played[played > 0]
    return means


def half_width(values: ArrayLike, confidence: float = 0.95, *, paths: int = 1) -> float:
    """Half-width of the confidence interval of the mean (Student's t); NaN with fewer than two values.

    Undefined values (NaN) are left out; ``paths`` as in :func:`independent`.
    """
    sample = independent(values, paths)
    if len(sample) < 2:
        return float("nan")
    return float(special.stdtrit(len(sample) - 1, (1 + confidence) / 2) * sample.std(ddof=1) / sqrt(len(sample)))


def path_half_width(values: ArrayLike, paths: int, confidence: float = 0.95) -> float:
    """Half-width that no number of replications takes away, since it stems from how few sample paths there are.

    From the analysis of variance in one way: S²_between = σ²_paths + σ²_within ÷ (replications of a path). 0 where the paths have
    not been played repeatedly, or where there is one path alone.
    """
    sample = np.asarray(values, dtype=float).ravel()
    again = len(sample) // max(paths, 1)
    if paths <= 1 or again < 2:
        return 0.0
    table = sample[: again * paths].reshape(again, paths)
    table = table[:, ~np.isnan(table).any(axis=0)]
    played = table.shape[1]
    if played < 2:
        return 0.0
    between = float(table.mean(axis=0).var(ddof=1)) - float(table.var(axis=0, ddof=1).mean()) / again
    return float(special.stdtrit(played - 1, (1 + confidence) / 2)) * sqrt(max(between, 0.0) / played)


def estimate(values: ArrayLike, confidence: float = 0.95, *, paths: int = 1) -> Estimate:
    """Mean, Monte-Carlo half-width and quantiles of one value a replication; NaNs are left out."""
    sample = _known(values)
    if not len(sample):
        return Estimate(float("nan"), float("nan"), float("nan"), float("nan"), 0)
    low, high = np.quantile(sample, [0.025, 0.975])
    error = half_width(values, confidence, paths=paths)
    return Estimate(float(sample.mean()), error, float(low), float(high), len(sample))


def paired_difference(values: ArrayLike, others: ArrayLike, confidence: float = 0.95) -> Interval:
    """Mean of ``values − others`` and its confidence interval, replication by replication.

    Both samples must come from the same seed and replications (common random numbers); pairs in
    which either is undefined are left out.

    Raises:
        ValueError: the samples differ in length.
    """
    first, second = np.asarray(values, dtype=float).ravel(), np.asarray(others, dtype=float).ravel()
    if len(first) != len(second):
        raise ValueError(f"paired samples need the same length, found {len(first)} and {len(second)}")
    gaps = _known(first - second)
    if not len(gaps):
        return Interval(float("nan"), float("nan"), float("nan"))
    mean, error = float(gaps.mean()), half_width(gaps, confidence)
    return Interval(mean, mean - error, mean + error)


def period_values(counts: pd.DataFrame, kpi: Kpi) -> NDArray[np.float64]:
    """The KPI of each replication's period, all lines of ``counts`` together; NaN where nothing was counted.

    As the KPI says: the ratio of the period's totals, the mean of the daily ratios, or the worst day.

    Args:
        counts: ``replication``, ``line``, ``date`` and ``wfm.metrics.COUNTS``.
        kpi: the KPI.

    Returns:
        ``(R,)`` in the order of the replications' numbers.
    """
    names = list(dict.fromkeys((*kpi.numerator, *kpi.denominator, *kpi.denominator_less)))
    if kpi.estimator is Estimator.RATIO_OF_TOTALS:
        return kpi.daily(counts.groupby("replication", sort=True)[names].sum())
    days = counts.groupby(["replication", "date"], sort=True)[names].sum()
    by_replication = pd.Series(kpi.daily(days), index=days.index).groupby(level="replication", sort=True)
    found = by_replication.mean() if kpi.estimator is Estimator.MEAN_OF_DAILY_RATIOS else by_replication.min()
    return np.asarray(found, dtype=np.float64)
