"""M/M/n+G against a queue that is played out, caller by caller."""

from __future__ import annotations

import heapq

import numpy as np
import pytest

from wfm.queueing import empirical_patience, exponential_patience, general_delay, lognormal_patience, mixed_patience

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


def played_out(
    rate: float, aht: float, seats: int, patience: Floats, t: float, seed: int
) -> dict[str, tuple[float, float]]:
    """First come, first served, caller by caller (J. Kiefer and J. Wolfowitz 1955); mean and standard error of each."""
    rng = np.random.default_rng(seed)
    arrivals = np.cumsum(rng.exponential(1 / rate, patience.size))
    handling = rng.exponential(aht, patience.size)
    free = [0.0] * seats
    rows = np.zeros((patience.size, 5))
    for k, now in enumerate(arrivals):
        wait = max(free[0] - now, 0.0)
        if wait < patience[k]:
            heapq.heapreplace(free, now + wait + handling[k])
            rows[k] = wait > 0, 0, wait, wait > t, wait <= t
        else:
            rows[k] = 1, 1, patience[k], patience[k] > t, 0
    batches = rows[patience.size // 20 :].reshape(19, -1, 5).mean(axis=1)
    mean, error = batches.mean(axis=0), batches.std(axis=0, ddof=1) / np.sqrt(19)
    names = ("wait", "abandon", "mean_wait_s", "over", "within")
    return {name: (mean[k], error[k]) for k, name in enumerate(names)}


CALLERS = 200_000


@pytest.mark.parametrize("kind", ["lognormal", "two lines", "steps", "some never"])
def test_the_formulas_are_what_happens(kind: str) -> None:
    rng = np.random.default_rng(20261121)
    lognormal = rng.lognormal(np.log(60), 1.0, CALLERS)
    first = rng.random(CALLERS) < 0.3
    sample, law = {
        "lognormal": (lognormal, lognormal_patience(60 * np.exp(0.5), np.sqrt(np.expm1(1.0)))),
        "two lines": (
            np.where(first, rng.exponential(20, CALLERS), lognormal),
            mixed_patience(
                [exponential_patience(20), lognormal_patience(60 * np.exp(0.5), np.sqrt(np.expm1(1.0)))], [0.3, 0.7]
            ),
        ),
        "steps": (rng.choice([15.0, 40.0, 200.0], CALLERS), empirical_patience([15, 40, 200])),
        "some never": (
            np.where(first, np.inf, rng.exponential(30, CALLERS)),
            mixed_patience([exponential_patience(np.inf), exponential_patience(30)], [0.3, 0.7]),
        ),
    }[kind]
    if kind == "some never":
        sample = np.where(np.isinf(sample), 1e12, sample)
    rate, aht, seats, t = 0.06, 100.0, 5, 25.0
    solved = general_delay(np.array([rate]), np.array([aht]), np.array([float(seats)]), law)
    found = {
        "wait": solved.wait[0],
        "abandon": solved.abandon_share[0],
        "mean_wait_s": solved.mean_wait_s()[0],
        "over": solved.waits_over(np.array([t]))[0][0],
        "within": solved.answered_within(np.array([t]))[0],
    }
    for name, (mean, error) in played_out(rate, aht, seats, sample, t, seed=7).items():
        assert abs(found[name] - mean) < 4.5 * error, name
