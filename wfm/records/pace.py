"""How long calls take, told apart by line, by agent and by the hour of the day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wfm.records.asked_calls import AskedCalls

__all__ = ["HandlingPace", "handling_pace"]

Floats = NDArray[np.float64]

AGENT_PRIOR_CALLS, HOUR_PRIOR_CALLS = 60.0, 100.0
"""An agent or an hour with few calls is drawn to the average as if it had so many average ones more."""
ROUNDS = 10
"""Rounds of proportional fitting; the factors no longer move."""


@dataclass(frozen=True, eq=False)
class HandlingPace:
    """Handling time = a time of the line × the agent's pace × the hour's factor."""

    pace: dict[str, float]
    """Agent → factor; an agent who is not there has 1."""
    by_hour: Floats
    """(24,) factor of the hour of the day."""
    times_s: dict[str, Floats]
    """Line → times of its recorded calls, both factors taken out, rising."""


def handling_pace(asked: AskedCalls) -> HandlingPace:
    """Factors of agents and hours that, with the lines' means, add up to the time recorded of each.

    Proportional fitting (Deming and Stephan 1940) of sums by line, agent and hour of the day, agents and hours shrunk
    to 1 by some average calls. Calls of no length are left out.
    """
    used = asked.answered & (asked.done_s > asked.left_s + asked.ring_s)
    took_s = (asked.done_s - asked.left_s)[used] - asked.ring_s
    line, agent, hour = asked.line[used], asked.agent[used], asked.minute[used] // 60
    lines, agents = len(asked.line_ids), len(asked.agent_ids)
    named = agent >= 0
    pace, by_hour = np.ones(agents + 1), np.ones(24)
    average_s = took_s.mean()
    for _ in range(ROUNDS):
        # The last pace is that of calls without a named agent; it stays 1.
        weight = pace[agent] * by_hour[hour]
        mean_s = np.bincount(line, took_s, lines) / np.maximum(np.bincount(line, weight, lines), 1e-9)
        expected_s = (mean_s[line] * by_hour[hour])[named]
        pace[:agents] = _factors(agent[named], took_s[named], expected_s, agents, AGENT_PRIOR_CALLS * average_s)
        expected_s = mean_s[line] * pace[agent]
        by_hour = _factors(hour, took_s, expected_s, 24, HOUR_PRIOR_CALLS * average_s)
    plain_s = took_s / (pace[agent] * by_hour[hour])
    times_s = {name: np.sort(plain_s[line == n]) for n, name in enumerate(asked.line_ids)}
    return HandlingPace(dict(zip(asked.agent_ids, pace[:agents].tolist(), strict=True)), by_hour, times_s)


def _factors(key: NDArray[np.int64], took_s: Floats, expected_s: Floats, size: int, prior_s: float) -> Floats:
    took, expected = (np.bincount(key, values, size) for values in (took_s, expected_s))
    factors: Floats = (took + prior_s) / (expected + prior_s)
    return factors
