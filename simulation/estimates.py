"""What replications say: means with their Monte-Carlo error, quantiles, paired differences."""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

__all__ = ["Estimate", "Interval", "estimate", "half_width", "paired_difference"]


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


def half_width(values: ArrayLike, confidence: float = 0.95) -> float:
    """Half-width of the confidence interval of the mean (Student's t); NaN with fewer than two values.

    Undefined values (NaN) are left out.
    """
    sample = _known(values)
    if len(sample) < 2:
        return float("nan")
    return float(stats.t.ppf((1 + confidence) / 2, len(sample) - 1) * sample.std(ddof=1) / sqrt(len(sample)))


def estimate(values: ArrayLike, confidence: float = 0.95) -> Estimate:
    """Mean, Monte-Carlo half-width and quantiles of one value a replication; NaNs are left out."""
    sample = _known(values)
    if not len(sample):
        return Estimate(float("nan"), float("nan"), float("nan"), float("nan"), 0)
    low, high = np.quantile(sample, [0.025, 0.975])
    return Estimate(float(sample.mean()), half_width(sample, confidence), float(low), float(high), len(sample))


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
