"""Erlang X: what callers and seats experience where callers who fail call again, and the seats it takes.

The fixed point, its derivation and its limits: :mod:`wfm.queueing.attempts`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.errors import BadInput
from wfm.i18n import say
from wfm.queueing.attempts import Centre, Redials, Settled, blocked_share, centre_of, settle
from wfm.queueing.fewest import fewest
from wfm.queueing.goal import Goal, goal_terms
from wfm.queueing.inputs import require
from wfm.queueing.patience_laws import PatienceLaw
from wfm.queueing.poisson import Floats
from wfm.queueing.reachable import require_reachable, stated
from wfm.queueing.sizing import Sizing
from wfm.queueing.trunks import TrunkDelay
from wfm.queueing.waiting import Waiting

__all__ = ["Redials", "RetrialPerformance", "retrial_performance", "retrial_seats"]

_NO_REDIALS = Redials()
_SEATS_MAX = 1e9


@dataclass(frozen=True, slots=True)
class RetrialPerformance:
    """Stationary performance with redials; every field has the common shape of the arguments.

    Shares and waits are per attempt, as a telephone system counts them, but for the first three. NaN where there is
    no steady state.
    """

    attempts_per_call: Floats
    """Attempts ÷ first calls."""
    finally_answered_share: Floats
    """First callers who are answered in one of their attempts ÷ first callers."""
    load_erlang: Floats
    """Work that the attempts bring if all were answered: attempts per second × handling time."""
    wait_probability: Floats
    """P(an attempt has to wait)."""
    asa_s: Floats
    """Mean wait of answered attempts."""
    mean_wait_s: Floats
    """Mean wait of all attempts that got a circuit."""
    service_level: Floats
    """Answered within T ÷ attempts."""
    wait_exceeds: Floats
    """P(W > ``over_s``) over attempts that got a circuit."""
    answered_share: Floats
    """Answered ÷ attempts."""
    abandon_share: Floats
    """Gave up ÷ attempts."""
    blocked_share: Floats
    """Met busy circuits ÷ attempts."""
    occupancy: Floats
    """Handling time ÷ staffed time."""
    steady_state: NDArray[np.bool_]
    """False where attempts or the queue grow without end."""
    iterations: NDArray[np.int64]
    """Steps to the fixed point."""


def retrial_performance(
    first_calls_per_s: ArrayLike,
    aht_s: ArrayLike,
    seats: ArrayLike,
    within_s: ArrayLike,
    patience: ArrayLike | PatienceLaw = np.inf,
    redials: Redials = _NO_REDIALS,
    *,
    circuits: ArrayLike = np.inf,
    over_s: ArrayLike = 40.0,
) -> RetrialPerformance:
    """Erlang X for every cell of the broadcast arguments.

    Args:
        first_calls_per_s: Poisson first calls per second, redials left out.
        aht_s: mean handling time (exponential) in seconds.
        seats: whole number of seats, 0 allowed.
        within_s: threshold T of the service level; negative gives 0.
        patience: mean patience in seconds (exponential; 0 and infinite allowed) or a law.
        redials: who calls again.
        circuits: callers queued or served at most; infinite is no limit. Finite circuits need exponential patience.

    Raises:
        BadInput: a number describes no queue, or shapes do not fit together.
    """
    centre, (n, t, over), shape = centre_of(
        first_calls_per_s, aht_s, patience, redials, circuits, seats, within_s, over_s
    )
    for threshold in (t, over):
        require(~np.isnan(threshold), threshold, say("threshold"), say("a number"))
    settled = settle(centre, np.arange(n.size), n)
    queue, steady = settled.queue, settled.steady
    values = {
        "attempts_per_call": settled.attempts,
        "finally_answered_share": settled.finally_answered,
        "load_erlang": queue.load_erlang,
        "wait_probability": queue.wait,
        "asa_s": queue.asa_s(),
        "mean_wait_s": queue.mean_wait_s(),
        "service_level": queue.answered_within(t),
        "wait_exceeds": _entered_share(queue, queue.waits_over(over)[0]),
        "answered_share": queue.answered_share,
        "abandon_share": queue.abandon_share,
        "blocked_share": blocked_share(queue),
        "occupancy": queue.occupancy(),
    }
    return RetrialPerformance(
        **{name: np.where(steady, value, np.nan).reshape(shape) for name, value in values.items()},
        steady_state=steady.reshape(shape),
        iterations=settled.iterations.reshape(shape),
    )


def retrial_seats(
    first_calls_per_s: ArrayLike,
    aht_s: ArrayLike,
    goals: Goal | Sequence[Goal],
    patience: ArrayLike | PatienceLaw = np.inf,
    redials: Redials = _NO_REDIALS,
    *,
    circuits: ArrayLike = np.inf,
    finally_answered_min: float | None = None,
) -> Sizing:
    """The fewest seats that keep all goals per attempt, and the share of first callers who are answered at last.

    Behind circuits, shares are ÷ attempts, and waits (``wait_exceeds``, ``mean_wait_s``) ÷ attempts that got a
    circuit. ``binding`` counts ``finally_answered_min`` as one goal after the others.

    Raises:
        BadInput: a number describes no queue, or no number of seats keeps a goal.
    """
    wanted = [goals] if isinstance(goals, Goal) else list(goals)
    centre, _, shape = centre_of(first_calls_per_s, aht_s, patience, redials, circuits)
    for goal in wanted:
        require_reachable(goal)
    rules: list[Goal | float] = [*wanted]
    if finally_answered_min is not None:
        least = np.array([finally_answered_min], dtype=np.float64)
        require((least >= 0) & (least < 1), least, say("share of callers answered at last"), say("below 1"))
        rules.append(finally_answered_min)
    busy = np.flatnonzero(centre.first_per_s > 0)
    load = (centre.first_per_s * centre.aht_s)[busy]
    # More seats than circuits stand idle: they only lower the occupancy.
    idle_helps = any(isinstance(rule, Goal) and rule.measure == "occupancy" for rule in rules)
    most = np.full(busy.size, _SEATS_MAX) if idle_helps else np.minimum(centre.circuits[busy], _SEATS_MAX)
    asked = _Rules(centre, busy, rules)
    found = fewest(asked, np.zeros(busy.size), load + np.sqrt(load), most)
    if np.isinf(found).any():
        at = np.flatnonzero(np.isinf(found))[:1]
        broken = rules[int(asked.first_broken(at, most[at])[0])]
        raise _out_of_reach(broken, float(centre.circuits[busy[at[0]]]))
    seats, binding = np.zeros((2, centre.first_per_s.size), dtype=np.int64)
    seats[busy], binding[:] = found, -1
    some = np.flatnonzero(found > 0)
    binding[busy[some]] = asked.first_broken(some, found[some] - 1)
    return Sizing(seats.reshape(shape), binding.reshape(shape))


@dataclass(frozen=True, slots=True)
class _Rules:
    """Limits to keep together; cells are counted within ``among``."""

    centre: Centre
    among: NDArray[np.intp]
    rules: list[Goal | float]

    def __call__(self, cells: NDArray[np.intp], seats: Floats) -> NDArray[np.bool_]:
        """Whether all are kept with so many seats."""
        settled = settle(self.centre, self.among[cells], seats)
        return np.asarray(np.stack([_kept(rule, settled) for rule in self.rules]).all(axis=0))

    def first_broken(self, cells: NDArray[np.intp], seats: Floats) -> NDArray[np.intp]:
        """Index of the first limit that so many seats do not keep."""
        settled = settle(self.centre, self.among[cells], seats)
        return np.asarray(np.stack([_kept(rule, settled) for rule in self.rules]).argmin(axis=0))


def _kept(rule: Goal | float, settled: Settled) -> NDArray[np.bool_]:
    if not isinstance(rule, Goal):
        return settled.finally_answered >= rule
    queue = settled.queue
    above, below = goal_terms(rule, queue)
    value = np.divide(above, below, out=np.full_like(above, np.nan), where=settled.steady & (below > 0))
    return rule.kept_by(_entered_share(queue, value) if rule.measure == "wait_exceeds" else value)


def _entered_share(queue: Waiting, share: Floats) -> Floats:
    """A share of all attempts as one of those that got a circuit: a busy tone is no short wait."""
    if not isinstance(queue, TrunkDelay):
        return share
    return np.divide(share, queue.entered, out=np.full_like(share, np.nan), where=queue.entered > 0)


def _out_of_reach(rule: Goal | float, circuits: float) -> BadInput:
    if np.isinf(circuits):
        return BadInput(say("these limits ask for more than {seats} seats in one interval", seats=f"{_SEATS_MAX:,.0f}"))
    goal = (
        stated(rule)
        if isinstance(rule, Goal)
        else say("share of callers answered at last ≥ {limit}", limit=f"{rule:g}")
    )
    return BadInput(
        say(
            "{goal}: no number of seats keeps it behind {circuits} circuits; too many callers meet a busy tone",
            goal=goal,
            circuits=f"{circuits:,.0f}",
        )
    )
