"""The fewest seats that keep given goals, interval by interval: the true minimum, never near it.

Every measure improves with each seat: the wait offered to a caller has a density proportional to
exp(λ∫₀ᵗ P(patience > u) du − nμt) beside its atom at zero (F. Baccelli and G. Hebuterne 1981), so one seat more
multiplies it by e^(−μt): smaller in the likelihood-ratio order, which all measures here respect. The fewest
seats are therefore the n that keeps the goal while n − 1 does not, and each round of the search looks at both.
With callers who give up n may lie below the offered load, and no seats at all is an answer too.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.errors import BadInput
from wfm.i18n import say
from wfm.queueing.adjacent import Pair, has_impatient_pair, impatient_pair, patient_pair, solved_pair
from wfm.queueing.first_guess import first_guess
from wfm.queueing.goal import HIGH, Goal
from wfm.queueing.inputs import broadcast_flat, require, require_queue
from wfm.queueing.patience_laws import Exponential, PatienceLaw
from wfm.queueing.poisson import Floats
from wfm.queueing.reachable import require_reachable, stated
from wfm.queueing.solve import law_of, require_law, solve

__all__ = ["Sizing", "minimal_seats", "size_seats"]

_SEATS_MAX = 1e9
_CHUNK, _LAW_CHUNK = 10_000, 1_000
"""Cells sized together: enough to spread the cost of a call, few enough to stay in the processor's cache."""
_HEAP_BYTES = 1 << 24
_SECANTS = 5
"""Rounds that follow the secant before intervals are halved."""

Cells = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Sizing:
    """The fewest seats per cell, and which goal asks for them."""

    seats: NDArray[np.int64]
    binding: NDArray[np.int64]
    """Index of the first goal that needs this many seats; −1 where no seats are needed."""


def minimal_seats(
    arrivals_per_s: ArrayLike,
    aht_s: ArrayLike,
    goals: Goal | Sequence[Goal],
    patience_s: ArrayLike | PatienceLaw = np.inf,
    *,
    other_work_erlang: ArrayLike = 0.0,
) -> NDArray[np.int64]:
    """The fewest seats that keep all goals, for every cell of the broadcast arguments.

    Without arrivals (and other work) no seats are needed.

    Args:
        arrivals_per_s: Poisson arrivals per second.
        aht_s: mean handling time in seconds.
        goals: limits to keep, all of them.
        patience_s: mean patience in seconds (exponential; infinite is Erlang C), or a law of patience.
        other_work_erlang: work that yields to calls; it counts in the occupancy alone.

    Raises:
        BadInput: a number describes no queue, or no number of seats keeps a goal.
    """
    return size_seats(arrivals_per_s, aht_s, goals, patience_s, other_work_erlang=other_work_erlang).seats


def size_seats(
    arrivals_per_s: ArrayLike,
    aht_s: ArrayLike,
    goals: Goal | Sequence[Goal],
    patience_s: ArrayLike | PatienceLaw = np.inf,
    *,
    other_work_erlang: ArrayLike = 0.0,
) -> Sizing:
    """As :func:`minimal_seats`, with the goal that binds in each cell.

    Raises:
        BadInput: a number describes no queue, or no number of seats keeps a goal.
    """
    _keep_heap()
    wanted = [goals] if isinstance(goals, Goal) else list(goals)
    for goal in wanted:
        require_reachable(goal)
    law = law_of(patience_s)
    if isinstance(law, Exponential):
        patience_s, law = law.mean_s, None
    means: ArrayLike = patience_s if law is None else 1.0  # type: ignore[assignment]
    (rate, aht, other, patience), shape = broadcast_flat(arrivals_per_s, aht_s, other_work_erlang, means)
    require_queue(rate, aht, np.zeros_like(rate), patience)
    require(np.isfinite(other) & (other >= 0), other, say("other work in erlangs"), say("finite and not negative"))
    queues: list[tuple[Cells, _Queues]]
    if law is None:
        queues = list(_by_patience(rate, aht, other, patience))
    else:
        require_law(law, rate.size)
        queues = [(np.arange(rate.size), _Queues(rate, aht, other, _as_if_exponential(law, rate.size), law))]
    seats = np.zeros(rate.size)
    binding = np.full(rate.size, -1, dtype=np.int64)
    for index, goal in enumerate(wanted):
        for cells, asked in queues:
            for some in asked.parts(goal):
                part = cells[some]
                needed = _fewest(asked.at(some), goal, seats[part])
                more = needed > seats[part]
                seats[part[more]], binding[part[more]] = needed[more], index
    return Sizing(seats.astype(np.int64).reshape(shape), binding.reshape(shape))


@cache
def _keep_heap() -> None:
    """Let the process keep the memory of intermediate arrays: half the time of a search went into page faults.

    glibc returns freed memory above 128 KiB to the system until one larger block has been freed; after that
    it keeps up to twice that block. The pages of this one are never touched. Elsewhere it does nothing.
    """
    np.empty(_HEAP_BYTES, dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class _Queues:
    """Cells of one kind: no patience has an end, or every patience has one, or all follow a law."""

    rate: Floats
    aht: Floats
    other: Floats
    patience: Floats
    """Mean patience; that of an exponential law near the law at short waits, where there is one."""
    law: PatienceLaw | None = None

    @property
    def endless(self) -> bool:
        """Erlang C."""
        return self.law is None and bool(np.isinf(self.patience[0]))

    def at(self, cells: Cells) -> _Queues:
        """These cells."""
        law = None if self.law is None else self.law.at(cells)
        return _Queues(self.rate[cells], self.aht[cells], self.other[cells], self.patience[cells], law)

    def parts(self, goal: Goal) -> list[Cells]:
        """The cells that a goal asks seats for, in parts of a convenient size."""
        busy = np.flatnonzero((self.rate > 0) | ((self.other > 0) & (goal.measure == "occupancy")))
        size = _CHUNK if self.law is None else _LAW_CHUNK
        return [busy[start : start + size] for start in range(0, busy.size, size)]

    def unsteady(self) -> Floats:
        """Seats that are too few for a steady state, and so for any goal; −1 where there always is one."""
        stay = np.broadcast_to(1.0 if self.law is None else self.law.never_share, self.rate.shape)
        for_ever = (stay > 0) & (self.rate > 0) & (self.endless or self.law is not None)
        return np.where(for_ever, np.floor(self.rate * self.aht * stay), -1.0)

    def pair(self, goal: Goal, seats: Floats) -> Pair:
        """The measure with ``seats`` and with one less."""
        if goal.t_s >= 0 and self.law is None:
            if self.endless:
                return patient_pair(goal, self.rate, self.aht, seats, self.other)
            if has_impatient_pair(goal) and bool((self.patience > 0).all()):
                return impatient_pair(goal, self.rate, self.aht, self.patience, seats)
        rate, aht = np.tile(self.rate, 2), np.tile(self.aht, 2)
        patience = np.tile(self.patience, 2) if self.law is None else self.law.at(np.tile(np.arange(seats.size), 2))
        return solved_pair(goal, lambda both: solve(rate, aht, both, patience), seats, self.other)


def _by_patience(rate: Floats, aht: Floats, other: Floats, patience: Floats) -> list[tuple[Cells, _Queues]]:
    endless = np.isinf(patience)
    kinds = (np.flatnonzero(endless), np.flatnonzero(~endless & (patience > 0)), np.flatnonzero(patience == 0))
    return [(cells, _Queues(rate[cells], aht[cells], other[cells], patience[cells])) for cells in kinds if cells.size]


def _as_if_exponential(law: PatienceLaw, cells: int) -> Floats:
    """The patience to guess with: waits are short in a well-staffed queue, so the hazard at zero decides."""
    with np.errstate(divide="ignore", invalid="ignore"):
        early = 1 / law.hazard_at_zero
    mean = np.where(np.isfinite(early) & (early > 0), early, law.mean_s)
    return np.array(np.broadcast_to(np.clip(mean, 1e-3, 1e9), cells))


def _fewest(queues: _Queues, goal: Goal, enough: Floats) -> Floats:
    """The fewest seats that keep the goal; any number up to ``enough`` where no more than those are needed.

    It ends where n keeps the goal and n − 1 does not. Else the two values say how far to go, and the
    interval in which the answer lies shrinks in any case.
    """
    guess = np.ceil(first_guess(goal, queues.rate, queues.aht, queues.patience, queues.other))
    reach = np.sqrt(queues.rate * queues.aht)
    # ``low`` fails, or lies where the answer no longer matters; ``high`` keeps the goal.
    low = np.maximum(queues.unsteady(), enough - 1)
    high = np.full_like(low, np.inf)
    n = np.maximum(guess, np.maximum(low, 0.0) + 1)
    cells, asked = np.arange(low.size), queues
    for turn in itertools.count():
        if n.max() > _SEATS_MAX:
            most = f"{_SEATS_MAX:,.0f}"
            raise BadInput(
                say("{goal}: asks for more than {seats} seats in one interval", goal=stated(goal), seats=most)
            )
        at_n, at_less = asked.pair(goal, n)
        kept, less_kept = goal.kept_by(at_n), goal.kept_by(at_less) & (n - 1 > low[cells])
        low[cells] = np.where(less_kept, low[cells], np.where(kept, n - 1, n))
        high[cells] = np.where(less_kept, n - 1, np.where(kept, n, high[cells]))
        left = np.flatnonzero(high[cells] - low[cells] > 1)
        if not left.size:
            break
        cells = cells[left]
        asked = queues.at(cells)
        n = _next(goal, n[left], at_n[left], at_less[left], low[cells], high[cells], reach[cells], turn)
    return high


def _next(
    goal: Goal, n: Floats, at_n: Floats, at_less: Floats, low: Floats, high: Floats, reach: Floats, turn: int
) -> Floats:
    """Where to look next, inside (low, high]: the secant of the measure's logarithm, or a safe step."""
    with np.errstate(divide="ignore", invalid="ignore"):
        here, less, wanted = _steep(goal, at_n), _steep(goal, at_less), _steep(goal, np.array(goal.limit))
        aim = np.ceil(n + (wanted - here) / (here - less))
    open_above = np.isinf(high)
    step = np.maximum(0.5 * reach, 1.0) * 4.0**turn
    safe = np.where(open_above, n + step, np.where(low >= 0, np.floor((low + high) / 2), n - 1 - step))
    aim = np.where(np.isfinite(aim) & (turn < _SECANTS), aim, safe)
    # Not further than a few steps where nothing is known yet.
    aim = np.where(open_above, np.minimum(aim, n + 4 * step), aim)
    return np.asarray(
        np.floor(np.clip(aim, np.maximum(low, 0.0) + 1, np.where(open_above, np.inf, np.maximum(high, 1.0))))
    )


def _steep(goal: Goal, values: Floats) -> Floats:
    """The logarithm of what should be small: nearly a straight line in seats."""
    return np.asarray(np.log(1 - values if goal.measure in HIGH else values))
