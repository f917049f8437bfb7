"""How long agents are not available after a call, read from the next one and from who waited meanwhile.

An agent who is free while a caller of theirs waits takes that caller. So the pause after a call is known exactly
where the next caller had to wait: it ended when the agent took them. Where the next caller was answered at once, the
agent had been free before: the pause lasted at least until the last moment at which a caller of theirs waited, at most
until the next call. The distribution behind such intervals is estimated without assuming its shape.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wfm.records.asked_calls import SAME_MOMENT_S, AskedCalls, waiting_of

__all__ = ["PauseLaw", "Pauses", "drawn_pauses", "pause_law", "pauses_of"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

LONGEST_S = 3600.0
"""Longer gaps say nothing of the pauses of agents at work."""
ROUNDS = 300
"""Rounds of self-consistency; the estimate's quantiles no longer move."""

_STEPS = (
    np.arange(0.0, 60.0),
    np.arange(60.0, 120.0, 2.0),
    np.arange(120.0, 300.0, 5.0),
    np.arange(300.0, 600.0, 10.0),
    np.arange(600.0, 1200.0, 30.0),
    np.arange(1200.0, LONGEST_S + 60.0, 60.0),
)
LENGTHS_S: Floats = np.concatenate(_STEPS)
"""(K,) lengths that a pause may have in the estimate: finer where pauses are short."""


@dataclass(frozen=True, eq=False)
class Pauses:
    """The time from each call of an agent to the agent's next on that day, ``(N,)`` each."""

    before: Integers
    """Place in the asked calls of the call that the pause follows."""
    after: Integers
    """Place of the agent's next call."""
    done_s: Floats
    """When the pause begins: the agent has done with the call and those before."""
    least_s: Floats
    most_s: Floats


@dataclass(frozen=True, eq=False)
class PauseLaw:
    """The distribution of pauses: ``share[k]`` of them last :data:`LENGTHS_S` ``[k]``."""

    share: Floats

    @property
    def mean_s(self) -> float:
        """Mean pause."""
        return float(self.share @ LENGTHS_S)

    def up_to(self, longest_s: float) -> PauseLaw:
        """The pauses that last no longer than this."""
        kept = np.where(longest_s >= LENGTHS_S, self.share, 0.0)
        return PauseLaw(kept / kept.sum())

    def quantile(self, probability: Floats) -> Floats:
        """The length that a pause does not exceed with this probability."""
        place = np.searchsorted(np.cumsum(self.share), probability - 1e-12, side="left")
        found: Floats = LENGTHS_S[np.minimum(place, len(LENGTHS_S) - 1)]
        return found


def pauses_of(asked: AskedCalls, answers: Flags) -> Pauses:
    """The pauses between calls that one agent took on one day, with what is known of their length.

    Args:
        asked: The calls.
        answers: (agents, days, L) lines that each agent answers on each day.
    """
    by = np.flatnonzero(asked.agent >= 0)
    by = by[np.lexsort((asked.left_s[by], asked.day[by], asked.agent[by]))]
    stint = asked.agent[by] * (int(asked.day.max()) + 1) + asked.day[by]
    # Two calls of an agent may overlap in the records: free is who has done with both.
    done_s = np.empty(len(by))
    for first, after in zip(*_runs(stint), strict=True):
        done_s[first:after] = np.maximum.accumulate(asked.done_s[by[first:after]])
    same = stint[1:] == stint[:-1]
    before, after_, done_s = by[:-1][same], by[1:][same], done_s[:-1][same]
    next_s = asked.left_s[after_]
    most_s = np.maximum(next_s - done_s, 0.0)
    needed_s = np.full(len(before), -np.inf)
    mine = answers[asked.agent[before], asked.day[before]]
    for line, waiting in enumerate(waiting_of(asked)):
        last_s = waiting.last_before(next_s - SAME_MOMENT_S)
        needed_s = np.where(mine[:, line], np.maximum(needed_s, last_s), needed_s)
    least_s = np.where(asked.waited[after_], most_s, np.clip(needed_s - done_s, 0.0, most_s))
    return Pauses(before, after_, done_s, least_s, most_s)


def pause_law(pauses: Pauses) -> PauseLaw:
    """Non-parametric maximum likelihood of the pauses' distribution from intervals that hold each.

    Turnbull 1976, "The empirical distribution function with arbitrarily grouped, censored and truncated data",
    eq. 3.3: shares on :data:`LENGTHS_S`, improved until they agree with what they expect of every interval. Gaps
    over :data:`LONGEST_S` are left out.
    """
    used = pauses.most_s <= LONGEST_S
    low, high = _cells(pauses.least_s[used], pauses.most_s[used])
    share = np.full(len(LENGTHS_S), 1 / len(LENGTHS_S))
    for _ in range(ROUNDS):
        up_to = np.concatenate([[0.0], np.cumsum(share)])
        weight = 1 / np.maximum(up_to[high + 1] - up_to[low], 1e-300)
        begun = np.bincount(low, weight, len(share) + 1) - np.bincount(high + 1, weight, len(share) + 1)
        share = share * np.cumsum(begun)[:-1]
        share /= share.sum()
    return PauseLaw(share)


def drawn_pauses(pauses: Pauses, law: PauseLaw, uniform: Floats) -> Floats:
    """(N,) a length for every pause: as recorded where it is known, else by the law within what is known.

    Args:
        pauses: The pauses; those over :data:`LONGEST_S` are taken as long as they can have been.
        law: Their distribution.
        uniform: (N,) numbers between 0 and 1.
    """
    low, high = _cells(pauses.least_s, pauses.most_s)
    up_to = np.concatenate([[0.0], np.cumsum(law.share)])
    at = up_to[low] + uniform * (up_to[high + 1] - up_to[low])
    length_s = LENGTHS_S[np.clip(np.searchsorted(up_to, at, side="left") - 1, low, high)]
    open_ = (pauses.least_s < pauses.most_s) & (pauses.most_s <= LONGEST_S)
    found: Floats = np.where(open_, np.clip(length_s, pauses.least_s, pauses.most_s), pauses.most_s)
    return found


def _cells(least_s: Floats, most_s: Floats) -> tuple[Integers, Integers]:
    """First and last place in :data:`LENGTHS_S` within each interval; the nearest below where none is."""
    high = np.clip(np.searchsorted(LENGTHS_S, most_s, side="right") - 1, 0, len(LENGTHS_S) - 1)
    low = np.minimum(np.searchsorted(LENGTHS_S, least_s, side="left"), high)
    return low, high


def _runs(label: Integers) -> tuple[list[int], list[int]]:
    """Where runs of equal labels begin and end."""
    edges = np.flatnonzero(np.diff(label)) + 1
    return [0, *edges.tolist()], [*edges.tolist(), len(label)]
