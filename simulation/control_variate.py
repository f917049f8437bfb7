"""A sharper mean from the same replications: regression on controls whose expectation is known exactly.

Let Y be a KPI of one replication and C a vector of k controls with expectation zero. The intercept of the least-squares
regression of Y on C estimates E[Y] with a variance that is (1 − R²) of the plain mean's, times the loss
(n − 2)/(n − k − 2) for estimating k coefficients from n replications (Lavenberg and Welch 1981, "A perspective on the use of
control variables to increase the efficiency of Monte Carlo simulations", Management Science 27:322–335, eqs 14–22); its
interval is Student's with n − k − 1 degrees of freedom, exact when (Y, C) is normal. Controls are used only where what
they take from the variance exceeds that loss, judged by the R² that is adjusted for their number.

The controls here come from the same callers with a seat for each, see :mod:`simulation.unlimited_seats`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import nan, sqrt

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import special

from simulation.centre import Centre
from simulation.estimates import half_width, independent, period_values
from simulation.experiment import path_count
from simulation.unlimited_seats import beyond_seats
from wfm.metrics import Kpi

__all__ = ["Controlled", "controlled", "controlled_kpi", "loss_factor"]

Floats = NDArray[np.float64]

SPREAD_LEAST = 1e-12
"""A control that varies less than this share of its size is constant."""


@dataclass(frozen=True, slots=True)
class Controlled:
    """A mean with and without controls."""

    mean: float
    half_width: float
    plain_mean: float
    plain_half_width: float
    r_squared: float
    """Share of the KPI's variance that the controls explain, adjusted for their number; NaN if there were none to try."""
    loss: float
    """What estimating the coefficients costs: factor on the variance."""
    used: bool
    """Whether the controls stand in ``mean`` and ``half_width``: only when they help."""

    @property
    def variance_share(self) -> float:
        """Variance that is left of the plain mean's; 1 when no control is used."""
        return (1 - self.r_squared) * self.loss if self.used else 1.0


def loss_factor(replications: int, controls: int) -> float:
    """(n − 2)/(n − k − 2), the factor on the variance for estimating k coefficients; infinite where n is too small."""
    rest = replications - controls - 2
    return (replications - 2) / rest if rest > 0 else float("inf")


def controlled(values: ArrayLike, controls: ArrayLike, confidence: float = 0.95, *, paths: int = 1) -> Controlled:
    """The mean of ``values``, sharpened by controls of expectation zero where that helps.

    Args:
        values: ``(n,)`` one value a replication; replications without one (NaN) are left out.
        controls: ``(n, k)`` controls less their exact expectations.
        confidence: of the intervals.
        paths: sample paths that replications take in turn, as in :func:`simulation.estimates.independent`.
    """
    y = np.asarray(values, dtype=float).ravel()
    c = np.asarray(controls, dtype=float).reshape(len(y), -1)
    defined = ~np.isnan(y)
    if 1 < paths < len(y):
        columns = [independent(np.where(defined, column, nan), paths) for column in c.T]
        c = np.array(columns).reshape(len(columns), -1).T
        y = independent(y, paths)
    else:
        y, c = y[defined], c[defined]
    n = len(y)
    plain = float(y.mean()) if n else nan
    plain_half = half_width(y, confidence)
    c = c[:, _varying(c)]
    k, loss = c.shape[1], loss_factor(n, c.shape[1])
    if not k or not np.isfinite(loss) or not y.var() > 0:
        return Controlled(plain, plain_half, plain, plain_half, nan, loss, used=False)
    centred = c - c.mean(axis=0)
    weights, *_ = np.linalg.lstsq(centred, y - plain, rcond=None)
    rest = y - plain - centred @ weights
    left = float(rest @ rest) / (n - k - 1)
    r_squared = 1 - left / float(y.var(ddof=1))
    if (1 - r_squared) * loss >= 1:
        return Controlled(plain, plain_half, plain, plain_half, r_squared, loss, used=False)
    off = c.mean(axis=0)
    distance = float(off @ np.linalg.pinv(centred.T @ centred) @ off)
    error = sqrt(left * (1 / n + distance)) * float(special.stdtrit(n - k - 1, (1 + confidence) / 2))
    return Controlled(plain - float(off @ weights), error, plain, plain_half, r_squared, loss, used=True)


def _varying(controls: Floats) -> list[int]:
    """Columns that vary and are no combination of those before them."""
    kept: list[int] = []
    for k, column in enumerate(controls.T):
        centred = column - column.mean()
        if not np.abs(centred).max(initial=0.0) > SPREAD_LEAST * max(1.0, float(np.abs(column).max(initial=0.0))):
            continue
        tried = controls[:, [*kept, k]]
        if np.linalg.matrix_rank(tried - tried.mean(axis=0)) == len(kept) + 1:
            kept.append(k)
    return kept


def controlled_kpi(
    centre: Centre, counts: pd.DataFrame, kpi: Kpi, *, seed: int, confidence: float = 0.95, rates: Floats | None = None
) -> Controlled:
    """The KPI's mean over replications, sharpened by :func:`simulation.unlimited_seats.beyond_seats` where that helps.

    Args:
        centre: The centre that was played.
        counts: What :func:`simulation.run_replications` returned for it.
        kpi: The KPI.
        seed: The seed that it was played with.
        confidence: Of the intervals.
        rates: ``(L, T)`` expected calls of each interval, if the centre's paths are Poisson counts with these means. Then what
            varies between paths is controlled, too.
    """
    values = period_values(counts, kpi)
    controls = beyond_seats(centre, seed=seed, replications=len(values), rates=rates)
    return controlled(values, controls, confidence, paths=path_count(centre))
