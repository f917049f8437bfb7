"""The simulated centre against queueing theory, solved here from the birth–death equations, and against
numbers that another simulator printed."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Any

import numpy as np
import pytest
from scipy import linalg, stats

from simulation import Centre, Engine, engine_available, play
from simulation.calls import ABANDONED, ANSWERED, SimulatedCalls, assert_conservation, assert_little
from simulation.draws import exponential

Build = Callable[..., Centre]
Duty = Callable[..., dict[str, Any]]

ENGINES = [engine for engine in (Engine.SIMPY, Engine.COMPILED) if engine_available(engine)]


def played(centre: Centre, seed: int, replication: int, engine: Engine) -> SimulatedCalls:
    """A replication, after Little's law and the agents' time were asserted of it."""
    calls = play(centre, seed, replication, engine=engine)
    assert_little(calls, centre)
    assert_conservation(calls, centre)
    return calls


def poisson_counts(per_hour: float, hours: int, paths: int) -> np.ndarray:
    counts = np.zeros((paths, 1, 24))
    counts[:, 0, :hours] = np.random.default_rng(2026).poisson(per_hour, (paths, hours))
    return counts


def markov_centre(
    build: Build, duty: Duty, counts: np.ndarray, agents: int, mean_s: float, patience_s: float = inf
) -> Centre:
    return build(
        counts,
        [duty(f"a{k:02d}", 0, 60) for k in range(agents)],
        talk=(exponential(mean_s),),
        patience=(exponential(patience_s),),
    )


def generator(arrival: float, service: float, agents: int, impatience: float, states: int) -> np.ndarray:
    """Rates of the birth–death process of M/M/n+M, cut at ``states``."""
    rates = np.zeros((states, states))
    for n in range(states - 1):
        rates[n, n + 1] = arrival
        rates[n + 1, n] = min(n + 1, agents) * service + max(0, n + 1 - agents) * impatience
    return rates - np.diag(rates.sum(axis=1))


def stationary(rates: np.ndarray) -> np.ndarray:
    weight = np.ones(len(rates))
    for n in range(len(rates) - 1):
        weight[n + 1] = weight[n] * rates[n, n + 1] / rates[n + 1, n]
    return weight / weight.sum()


def answered_after(t: float, service: float, agents: int, impatience: float, states: int) -> np.ndarray:
    """P(answered later than t or never) of a caller who finds n in the system and is patient, n = 0 …

    With impatience the caller's own patience is counted too.
    """
    # Callers ahead leave at rate agents·service + k·impatience with k ahead in the queue; the caller's own
    # patience is a further way out. State k: k ahead; answered from state 0 at rate agents·service.
    ahead = max(1, states - agents)
    steps = np.zeros((ahead + 2, ahead + 2))
    served, gone = ahead, ahead + 1
    for k in range(ahead):
        steps[k, k - 1 if k else served] += agents * service + k * impatience
        steps[k, gone] += impatience
    steps -= np.diag(steps.sum(axis=1))
    at_t = linalg.expm(steps * t)
    late = np.zeros(states)
    late[agents:] = 1 - at_t[: states - agents, served]
    return late


def within(sample: np.ndarray, expected: float, *, control: np.ndarray | None = None, mean: float = 0.0) -> None:
    """The sample's mean lies within 3.5 standard errors; a control of known mean sharpens it."""
    if control is not None:
        slope = np.cov(sample, control)[0, 1] / control.var(ddof=1)
        sample = sample - slope * (control - mean)
    error = sample.std(ddof=1) / np.sqrt(len(sample))
    assert abs(sample.mean() - expected) < 3.5 * error
    assert error < 0.05 * expected, "precise enough to mean something"


@pytest.mark.parametrize("engine", ENGINES)
def test_twelve_agents_eight_hours_from_empty(small_centre: Build, on_duty: Duty, engine: Engine) -> None:
    """contactcenters MMC.res: λ 4.2/min, μ 0.5/min, c 12: in target 1816.2 [1812.6, 1819.7], ASA 0.099 min
    [0.097, 0.102]; the target is 20 s. Beside it the same by the transient birth–death equations."""
    paths = 60
    centre = markov_centre(small_centre, on_duty, poisson_counts(4.2 * 60, 8, paths), 12, 120.0)
    in_target, wait_min, arrived = np.empty(paths), np.empty(paths), np.empty(paths)
    for r in range(paths):
        calls = played(centre, 5, r, engine)
        wait_s = calls.answered_s - calls.queued_s
        in_target[r], wait_min[r], arrived[r] = (wait_s <= 20).sum(), wait_s.mean() / 60, len(calls)

    states, step = 160, 0.25
    rates = generator(4.2, 0.5, 12, 0.0, states)
    advance = linalg.expm(rates * step)
    probability = np.eye(states)[0]
    late = answered_after(1 / 3, 0.5, 12, 0.0, states)
    queue = np.maximum(np.arange(states) - 12 + 1, 0) / (12 * 0.5)
    late_share, wait = [], []
    for _ in range(int(480 / step) + 1):
        late_share.append(probability @ late)
        wait.append(probability @ queue)
        probability = probability @ advance
    expected_in_target = 4.2 * 480 * (1 - np.trapezoid(late_share, dx=step) / 480)
    expected_wait = np.trapezoid(wait, dx=step) / 480

    within(in_target, expected_in_target, control=arrived, mean=2016)
    within(wait_min, expected_wait, control=arrived, mean=2016)
    printed_half_width = (1819.7 - 1812.6) / 2
    slope = np.cov(in_target, arrived)[0, 1] / arrived.var(ddof=1)
    adjusted = in_target - slope * (arrived - 2016)
    ours = stats.t.ppf(0.975, paths - 1) * adjusted.std(ddof=1) / np.sqrt(paths)
    assert abs(adjusted.mean() - 1816.2) < printed_half_width + ours
    assert abs(wait_min.mean() - 0.099) < 0.0025 + 2 * wait_min.std(ddof=1) / np.sqrt(paths)


@pytest.mark.parametrize("engine", ENGINES)
def test_twelve_agents_with_abandonment(small_centre: Build, on_duty: Duty, engine: Engine) -> None:
    """contactcenters MMCAb.res: the same with abandonment rate 1/min: abandoned 58.61 [57.66, 59.56]."""
    paths = 60
    centre = markov_centre(small_centre, on_duty, poisson_counts(4.2 * 60, 8, paths), 12, 120.0, 60.0)
    runs = [played(centre, 6, r, engine) for r in range(paths)]
    abandoned = np.array([(calls.outcome == ABANDONED).sum() for calls in runs], dtype=float)
    arrived = np.array([len(calls) for calls in runs], dtype=float)
    slope = np.cov(abandoned, arrived)[0, 1] / arrived.var(ddof=1)
    adjusted = abandoned - slope * (arrived - 2016)
    ours = stats.t.ppf(0.975, paths - 1) * adjusted.std(ddof=1) / np.sqrt(paths)
    assert abs(adjusted.mean() - 58.61) < (59.56 - 57.66) / 2 + ours

    states, step = 80, 0.25
    advance = linalg.expm(generator(4.2, 0.5, 12, 1.0, states) * step)
    probability = np.eye(states)[0]
    queue = []
    for _ in range(int(480 / step) + 1):
        queue.append(probability @ np.maximum(np.arange(states) - 12, 0))
        probability = probability @ advance
    # Callers who wait at the end are played to their end here; that adds less than 0.1 to the 58.6.
    within(abandoned, np.trapezoid(queue, dx=step), control=arrived, mean=2016)


@pytest.mark.parametrize(
    ("per_hour", "mean_s", "agents", "patience_s"),
    [(200.0, 180.0, 12, 150.0), (60.0, 300.0, 7, inf), (400.0, 120.0, 12, 90.0)],
    ids=["M/M/12+M", "M/M/7 (Koole)", "M/M/12+M overloaded"],
)
def test_steady_state(
    small_centre: Build, on_duty: Duty, per_hour: float, mean_s: float, agents: int, patience_s: float
) -> None:
    """Long days, the first two hours left out, against the stationary birth–death equations."""
    paths, states = 14, 250
    centre = markov_centre(small_centre, on_duty, poisson_counts(per_hour, 24, paths), agents, mean_s, patience_s)
    arrival, service, impatience = per_hour / 3600, 1 / mean_s, 1 / patience_s
    probability = stationary(generator(arrival, service, agents, impatience, states))
    queue = probability @ np.maximum(np.arange(states) - agents, 0)
    late = probability @ answered_after(20.0, service, agents, impatience, states)
    expected = {
        "waits": probability[agents:].sum(),
        "abandons": queue * impatience / arrival,
        "mean_wait_s": queue / arrival,
        "late": late,
    }
    found: dict[str, list[float]] = {name: [] for name in expected}
    for r in range(paths):
        calls = played(centre, 7, r, ENGINES[-1])
        settled = calls.arrived_s > 7200
        answered = calls.outcome == ANSWERED
        wait_s = np.where(answered, calls.answered_s, calls.ended_s) - calls.queued_s
        found["waits"].append((wait_s > 1e-9)[settled].mean())
        found["abandons"].append((~answered)[settled].mean())
        found["mean_wait_s"].append(wait_s[settled].mean())
        found["late"].append((~answered | (wait_s > 20))[settled].mean())
    for name, value in expected.items():
        sample = np.array(found[name])
        if value:
            assert abs(sample.mean() - value) < 4 * sample.std(ddof=1) / np.sqrt(paths), name
        else:
            assert not sample.any()
