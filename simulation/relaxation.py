"""How long a queue takes to forget how it began: the relaxation time, from which the warm-up of a study follows (§77).

The number of callers in an M/M/n/K+G queue is taken for a birth–death process: with j callers waiting they give up at
rate λ·H(j/λ) together, H the cumulated hazard of patience (Whitt 2005, "Engineering solution of a basic call-center
model", Management Science 51:221–235, eq. 2.1; exact for exponential patience, for which λ·H(j/λ) = jθ). Every
expectation then comes to rest at least as fast as e^(−t/τ), where 1/τ is the spectral gap: the smallest non-zero
eigenvalue of the generator, which is similar to a symmetric tridiagonal matrix (Keilson 1979, *Markov Chain Models –
Rarity and Exponentiality*, ch. 3).
"""

from __future__ import annotations

from math import isfinite, log, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from simulation.draws import NO_TABLES, Law, sample

__all__ = ["quantiles", "relaxation_s", "warm_up_s"]

Floats = NDArray[np.float64]

QUANTILES = 2000
"""Points at which a law of patience is looked at."""

RARE = 1e-12
"""Weight beside that of the commonest state below which further states are left out."""

STATES_MOST = 1_000_000

REST = 5.0
"""Relaxation times after which less than 1 % of a deviation is left."""


def relaxation_s(
    rate_per_s: float, aht_s: float, seats: int, patience: Law, circuits: float, tables: Floats = NO_TABLES
) -> float:
    """Relaxation time τ of the queue in seconds.

    Args:
        rate_per_s: arrivals per second, above 0.
        aht_s: mean handling time.
        seats: number of seats, at least 1.
        patience: law of patience; ``constant(inf)`` for callers who never give up.
        circuits: callers in the centre at most; infinite for no limit.
        tables: quantile tables of an empirical law.
    """
    leaving = _leaving(rate_per_s, aht_s, seats, patience, circuits, tables)
    coming = np.full(len(leaving) - 1, rate_per_s)
    diagonal = -leaving.copy()
    diagonal[:-1] -= coming
    beside = np.sqrt(coming * leaving[1:])
    states = len(diagonal)
    if states < 2:
        return aht_s
    gap = -linalg.eigvalsh_tridiagonal(diagonal, beside, select="i", select_range=(states - 2, states - 2))[0]
    # Beyond the precision of the eigenvalue nothing is known but that it takes very long.
    return 1 / max(float(gap), 1e-14 * float(-diagonal.min()))


def quantiles(law: Law, tables: Floats = NO_TABLES) -> Floats:
    """:data:`QUANTILES` equally likely values of the law, rising; infinite for the share that never ends."""
    steps = (np.arange(QUANTILES) + 0.5) / QUANTILES
    return np.sort([sample(*law, u, tables) for u in steps.tolist()])


def warm_up_s(relaxation: float, load_erlang: float) -> float:
    """Time after which a centre that began empty is left out no longer.

    It lacks all callers in service at first, about √load standard deviations; after ln √load relaxation times it is
    one of them away, and :data:`REST` more leave less than 1 % of that.
    """
    return relaxation * (REST + log(max(sqrt(load_erlang), 1.0)))


def _leaving(rate_per_s: float, aht_s: float, seats: int, patience: Law, circuits: float, tables: Floats) -> Floats:
    """``(states,)`` rate at which callers leave with 0, 1, 2, … of them in the centre."""
    most = min(circuits, STATES_MOST) if isfinite(circuits) else STATES_MOST
    waiting = np.arange(1, max(int(most) - seats, 0) + 1)
    gone = np.searchsorted(quantiles(patience, tables), waiting / rate_per_s, side="right") / QUANTILES
    hazard = -np.log(np.maximum(1 - gone, 0.5 / QUANTILES))
    served = np.minimum(np.arange(min(seats, int(most)) + 1), seats) / aht_s
    leaving = np.concatenate([served, seats / aht_s + rate_per_s * hazard])
    weight = np.concatenate([[0.0], np.cumsum(np.log(rate_per_s) - np.log(leaving[1:]))])
    common = np.flatnonzero(weight > weight.max() + log(RARE))
    kept: Floats = leaving[: max(int(common[-1]) + 1, 2)]
    return kept
