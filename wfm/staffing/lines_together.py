"""Lines together: a first requirement per skill group, and what separate specialist lines cost against pooling.

**First requirement.** Agents who know the same lines form a skill group k with n_k seats. Whatever the
routing, the calls of a set S of lines can only be answered by the groups N(S) that know a line of S, and
these do no better than if they formed one pool for S alone. So for every S

    Σ_{k ∈ N(S)} n_k  ≥  R(S) = a(S) + β(S)·√a(S),

with R(S) the exact seats of the pooled set and β(S) its square-root safety factor. The cheapest whole n
that satisfies all of them is found by integer linear programming (HiGHS). Without the safety term the
condition is Hall's: every set of calls finds enough agents. Separate queues and one pool are its two
ends: with no shared agent it gives Σ R({line}), with agents who know everything R(all).

**What it is worth.** A lower bound: real routing keeps a specialist idle while generalists are busy, so
that simulation must add what it finds missing. The bound is close where a little sharing joins all lines
(Wallace and Whitt 2005: with good routing two skills each do nearly as well as all) and loose where the
shared agents are few. It takes R(S) to grow with S, and a pool of lines with different handling times or
patience to behave like one line with their mean and their harmonic mean.

Sources: R. B. Wallace and W. Whitt, "A staffing algorithm for call centers with skill-based routing",
M&SOM 7 (2005), sections 3–4; S. Borst and P. Seri, "Robust algorithms for sharing agents with multiple
skills" (2000); G. Koole, "Call Center Optimization" (2013), chapter 7; P. Hall, "On representatives of
subsets" (1935).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.optimize
import scipy.sparse
from numpy.typing import ArrayLike, NDArray

from wfm.errors import BadInput
from wfm.i18n import say
from wfm.queueing import Goal, size_seats
from wfm.staffing.skill_subsets import LineSet, binding_sets, groups_of

__all__ = ["SkillSeats", "pooled_seats", "skill_group_seats"]

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]

_SETS_MAX = 4096
"""So many sets are all sized (12 lines that all share agents); beyond, sets are sized as they are found to bind."""
_ROUNDS_MAX = 15
_GAP_WHILE_SEARCHING = 1e-3
"""Relative; told by the bound. Hundreds of overlapping sets make the last thousandth slow to prove."""
_INTERVALS_AT_ONCE = 50
"""Independent small programs solved as one: the solver's start costs more than they do."""


@dataclass(frozen=True, slots=True)
class SkillSeats:
    """The cheapest seats per skill group; T intervals."""

    seats: Counts
    """Seats of each skill group; ``(K, T)``."""
    cost: Floats
    """Σ seats × cost; ``(T,)``."""
    bound: Floats
    """No seats that keep the conditions cost less (the solver's proof); ``(T,)``."""
    sets: tuple[LineSet, ...]
    """The sets of lines whose needs were asked for."""
    required: Counts
    """R(S), seats that each set needs as a pool of its own; ``(S, T)``."""
    safety: Floats
    """β(S) = (R − a) ÷ √a, NaN without load; ``(S, T)``."""
    binding: Flags
    """Sets whose agents are just as many as they need; ``(S, T)``."""
    complete: bool
    """Every set that could bind was sized. Otherwise those were that searching found to bind."""


def pooled_seats(
    members: Flags, loads: Floats, aht_s: Floats, patience_s: Floats, goals: Sequence[Goal], minimum: int = 0
) -> Counts:
    """Seats of each set of lines as one pool; ``(S, T)``.

    Handling times are weighted by calls, patience by its hazard weighted by calls.

    Args:
        members: which lines belong to each set; ``(S, L)`` or ``(S, L, T)``.
        loads: erlangs of each line; ``(L, T)``, as ``aht_s`` and ``patience_s``.
        aht_s: mean handling times.
        patience_s: mean patience, may be infinite.
        goals: limits that each pool keeps.
        minimum: fewest seats of a pool wherever it has lines.

    Raises:
        BadInput: a number describes no queue, or no number of seats keeps a goal.
    """
    belongs = (members if members.ndim == 3 else members[:, :, None]).astype(np.float64)
    rates = loads / aht_s
    rate, load = (belongs * rates).sum(axis=1), (belongs * loads).sum(axis=1)
    some = rate > 0
    leaving = (belongs * np.divide(rates, patience_s, out=np.full_like(rates, np.inf), where=patience_s > 0)).sum(
        axis=1
    )
    rate_or_one = np.where(some, rate, 1.0)
    aht = np.where(some, load / rate_or_one, 1.0)
    hazard = np.where(some, leaving / rate_or_one, 1.0)
    patience = np.divide(1.0, hazard, out=np.full_like(hazard, np.inf), where=hazard > 0)
    cells = np.stack([rate, aht, patience], axis=-1).reshape(-1, 3)
    different, which = np.unique(cells, axis=0, return_inverse=True)
    sized = size_seats(different[:, 0], different[:, 1], goals, different[:, 2]).seats
    seats: Counts = np.maximum(sized[which].reshape(rate.shape), minimum * (belongs.sum(axis=1) > 0))
    return seats


def skill_group_seats(
    loads: ArrayLike,
    aht_s: ArrayLike,
    patience_s: ArrayLike,
    goals: Goal | Sequence[Goal],
    skills: Sequence[LineSet],
    costs: ArrayLike = 1.0,
) -> SkillSeats:
    """The cheapest seats per skill group such that every set of lines has the agents it needs as a pool.

    Among equally cheap ones, seats for people who know fewer lines.

    Args:
        loads: erlangs of each line and interval; ``(L, T)`` or ``(L,)``.
        aht_s: mean handling times, broadcast to the same shape.
        patience_s: mean patience, broadcast; infinite where nobody gives up.
        goals: limits that every line keeps.
        skills: lines, by index, that each skill group can answer.
        costs: cost of a seat of each group, above zero; ``(K,)`` or one for all.

    Raises:
        BadInput: a group knows no line or an unknown one, a line with calls is known by nobody, a cost is
            not above zero, or a number describes no queue.
    """
    load = np.atleast_1d(np.asarray(loads, dtype=np.float64))
    load = load[:, None] if load.ndim == 1 else load
    aht = np.broadcast_to(np.asarray(aht_s, dtype=np.float64).reshape(_column(aht_s, load)), load.shape)
    patience = np.broadcast_to(np.asarray(patience_s, dtype=np.float64).reshape(_column(patience_s, load)), load.shape)
    wanted = [goals] if isinstance(goals, Goal) else list(goals)
    price = np.broadcast_to(np.asarray(costs, dtype=np.float64), (len(skills),))
    _check(load, aht, skills, price)

    count = len(load)
    sets, complete = binding_sets(skills, count, _SETS_MAX)
    required = pooled_seats(_members(sets, count), load, aht, patience, wanted)
    gap = 0.0 if complete else _GAP_WHILE_SEARCHING
    seats, bound = _cheapest(sets, required, skills, price, gap)
    for _ in range(0 if complete else _ROUNDS_MAX):
        new = _unmet_sets(sets, seats, load, aht, patience, wanted, skills)
        if not new:
            break
        sets = [*sets, *new]
        required = np.vstack([required, pooled_seats(_members(new, count), load, aht, patience, wanted)])
        seats, bound = _cheapest(sets, required, skills, price, gap)
    together = np.array([load[sorted(s)].sum(axis=0) for s in sets])
    safety = np.divide(required - together, np.sqrt(together), out=np.full(together.shape, np.nan), where=together > 0)
    have = np.array([seats[sorted(groups_of(s, skills))].sum(axis=0) for s in sets])
    binding = (have == required) & (required > 0)
    return SkillSeats(seats, price @ seats, bound, tuple(sets), required, safety, binding, complete)


def _column(values: ArrayLike, load: Floats) -> tuple[int, ...]:
    """The shape under which values given per line stand beside ``(L, T)``."""
    shape = np.shape(values)
    return (len(load), 1) if shape == (len(load),) else shape


def _check(load: Floats, aht: Floats, skills: Sequence[LineSet], price: Floats) -> None:
    if not (np.isfinite(load) & (load >= 0)).all() or not (np.isfinite(aht) & (aht > 0)).all():
        raise BadInput(say("loads must be finite and not negative, handling times finite and above zero"))
    if not (np.isfinite(price) & (price > 0)).all():
        raise BadInput(say("the cost of a seat must be finite and above zero"))
    for number, known in enumerate(skills):
        strange = sorted(x for x in known if not 0 <= x < len(load))
        if strange or not known:
            raise BadInput(
                say(
                    "skill group {number} knows {found}; lines 0 to {last} are allowed, one at least",
                    number=number,
                    found=strange or say("no line"),
                    last=len(load) - 1,
                )
            )
    empty: LineSet = frozenset()
    unknown = set(np.flatnonzero(load.sum(axis=1) > 0).tolist()) - empty.union(*skills)
    if unknown:
        raise BadInput(say("no agent can answer line {line}, which has calls", line=min(unknown)))


def _members(sets: Sequence[LineSet], count: int) -> Flags:
    return np.array([[x in s for x in range(count)] for s in sets])


def _cheapest(
    sets: Sequence[LineSet], required: Counts, skills: Sequence[LineSet], price: Floats, gap: float
) -> tuple[Counts, Floats]:
    """Whole seats ``(K, T)`` and the proven bound of their cost ``(T,)``; each different need is solved once."""
    matrix = np.array([[k in groups_of(s, skills) for k in range(len(skills))] for s in sets], dtype=np.float64)
    block = scipy.sparse.csr_array(matrix)
    different, which = np.unique(required, axis=1, return_inverse=True)
    seats, bound = np.zeros((len(skills), different.shape[1]), dtype=np.int64), np.zeros(different.shape[1])
    extra = np.array([len(known) - 1.0 for known in skills])
    for first in range(0, different.shape[1], _INTERVALS_AT_ONCE):
        need = different[:, first : first + _INTERVALS_AT_ONCE]
        wide = need.shape[1]
        # Far less than any whole seat in sum: decides between equals alone.
        nudge = 1e-3 * price.min() * extra / max(need.sum(axis=0).max() * max(extra.max(), 1.0), 1.0)
        found = scipy.optimize.milp(
            np.tile(price + nudge, wide),
            constraints=scipy.optimize.LinearConstraint(
                scipy.sparse.block_diag([block] * wide, format="csr"), lb=need.T.ravel().astype(np.float64)
            ),
            integrality=np.ones(len(skills) * wide),
            options={"mip_rel_gap": gap},
        )
        assert found.x is not None  # every line with calls is known by somebody
        assert found.mip_dual_bound is not None
        whole = np.round(found.x).astype(np.int64).reshape(wide, len(skills)).T
        seats[:, first : first + wide] = whole
        # No interval can be further from its best than all of them together.
        bound[first : first + wide] = price @ whole - max(found.fun - found.mip_dual_bound, 0.0)
    return seats[:, which], bound[which]


def _unmet_sets(
    sets: Sequence[LineSet],
    seats: Counts,
    load: Floats,
    aht: Floats,
    patience: Floats,
    goals: Sequence[Goal],
    skills: Sequence[LineSet],
) -> list[LineSet]:
    """Sets not asked for yet whose agents are too few somewhere.

    Every interval is searched by taking in or leaving out one line at a time, from each line alone and
    from all, with R(S) between known pools taken as a + c·a^p; what is found is then sized exactly.
    """
    count = len(load)
    knows = np.array([[x in known for x in range(count)] for known in skills], dtype=np.float64)
    everyone = np.ones((1, count), dtype=np.bool_)
    # One line and all of them fix c and p in each interval.
    single, whole = load.mean(axis=0), load.sum(axis=0)
    above_single = pooled_seats(np.eye(count, dtype=np.bool_), load, aht, patience, goals).mean(axis=0) - single
    above_whole = pooled_seats(everyone, load, aht, patience, goals)[0] - whole
    above_single, above_whole = np.maximum(above_single, 1e-6), np.maximum(above_whole, 1e-6)
    power = np.log(above_whole / above_single) / np.log(count)
    scale = above_whole / np.maximum(whole, 1e-12) ** power

    def short(chosen: Flags) -> Floats:
        total = (chosen * load).sum(axis=0)
        found: Floats = total + scale * np.maximum(total, 1e-12) ** power - ((knows @ chosen > 0) * seats).sum(axis=0)
        return found

    found: set[LineSet] = set()
    for start in [*np.eye(count, dtype=np.bool_), everyone[0]]:
        chosen = np.repeat(start[:, None], load.shape[1], axis=1)
        best = short(chosen)
        while True:
            tries = np.stack([short(chosen ^ (np.arange(count) == x)[:, None]) for x in range(count)])
            top = tries.argmax(axis=0)
            better = tries.max(axis=0) > best + 1e-9
            if not better.any():
                # Whole seats may make a neighbour bind that the smooth need ranks just behind.
                for x, at in zip(*np.nonzero(tries > -1), strict=True):
                    found.add(frozenset(np.flatnonzero(chosen[:, at] ^ (np.arange(count) == x)).tolist()))
                break
            chosen[top[better], np.flatnonzero(better)] ^= True
            best = np.where(better, tries.max(axis=0), best)
            found.update(frozenset(np.flatnonzero(one).tolist()) for one in chosen[:, better].T)
    fresh = sorted(found - set(sets) - {frozenset()}, key=sorted)
    if not fresh:
        return []
    needed = pooled_seats(_members(fresh, count), load, aht, patience, goals)
    have = np.array([seats[sorted(groups_of(s, skills))].sum(axis=0) for s in fresh])
    return [one for at, one in enumerate(fresh) if (needed[at] > have[at]).any()]
