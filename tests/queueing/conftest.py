"""Queues solved without any formula: birth–death equations, and one tagged caller followed step by step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from scipy.special import gammainc
from scipy.stats import poisson

BirthDeath = Callable[..., "Solved"]


@dataclass(frozen=True)
class Solved:
    """What the equations give; waits in seconds."""

    wait: float
    abandon: float
    asa_s: float
    mean_wait_s: float
    occupancy: float
    answered_within: float
    abandoned_within: float
    waits_over: float


def solve_birth_death(rate: float, aht_s: float, seats: int, patience_s: float, t_s: float) -> Solved:
    """M/M/n+M by its stationary equations, truncated where nothing is left.

    The wait of a caller who finds ``j`` others waiting ends when j + 1 places ahead fall free, each after an
    exponential time; waits over ``t_s`` come from uniformising that chain. All sums are of positive terms.
    """
    mu, theta = 1 / aht_s, 1 / patience_s
    x, y = seats * mu / theta, rate / theta
    length = int(max(0.0, y - x) + 60 * np.sqrt(max(x, y)) + 1500)
    k = np.arange(1, seats + length + 1)
    steps = np.log(rate) - np.log(np.minimum(k, seats) * mu + np.maximum(k - seats, 0) * theta)
    log_weights = np.concatenate([[0.0], np.cumsum(steps.astype(np.longdouble))])
    weights = np.exp(log_weights - log_weights.max())
    p = np.asarray(weights / weights.sum(), dtype=float)
    busy = p[seats:]
    ahead = np.arange(busy.size)
    leaving = seats * mu + (ahead + 1) * theta
    served = seats * mu / leaving
    wait_if_served = np.cumsum(1 / leaving)
    answered = p[:seats].sum() + (busy * served).sum()
    over, soon, gone = _followed(busy, seats * mu, theta, t_s)
    return Solved(
        wait=busy.sum(),
        abandon=(busy * ahead).sum() * theta / rate,
        asa_s=(busy * served * wait_if_served).sum() / answered if seats else float("nan"),
        mean_wait_s=(busy * ahead).sum() / rate,
        occupancy=(np.minimum(np.arange(p.size), seats) * p).sum() / max(seats, 1),
        answered_within=p[:seats].sum() + soon,
        abandoned_within=gone,
        waits_over=over,
    )


def _followed(busy: np.ndarray, service: float, theta: float, t_s: float) -> tuple[float, float, float]:
    """P(still waiting at t), P(waited and answered by t), P(gave up by t), over all arrivals."""
    keep = int(np.flatnonzero(busy > busy.max() * 1e-18)[-1]) + 1
    state = busy[:keep].copy()
    forward = service + np.arange(keep) * theta
    top = (forward + theta).max()
    stay, move = 1 - (forward + theta) / top, forward / top
    mean = top * t_s
    still = soon = gone = 0.0
    for n in range(int(mean + 12 * np.sqrt(mean) + 40)):
        # poisson: n steps by t; gammainc: at least n + 1 of them.
        still += poisson.pmf(n, mean) * state.sum()
        more = gammainc(n + 1, mean)
        soon += more * state[0] * service / top
        gone += more * state.sum() * theta / top
        # One place ahead falls free: j → j − 1; from 0 the caller is answered and leaves the chain.
        state = state * stay + np.append((state * move)[1:], 0.0)
    return still, soon, gone


@pytest.fixture
def birth_death() -> BirthDeath:
    return solve_birth_death
