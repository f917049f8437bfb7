"""Cutting planes from simulation: an integer program over seats that learns the service by its slopes.

Service grows with seats, each one doing less than the one before. Where it is concave, what simulation measures at
one staffing n̂ bounds every other one:

    surplus_j(n)  ≤  surplus_j(n̂) + q_j · (n − n̂),

q_j the change by one seat in each group and block. The integer program keeps all these cuts, so that its optimum is
a lower bound; once its optimum keeps the targets in simulation it is optimal for the sample (Atlason, Epelman and
Henderson 2004; Cezik and L'Ecuyer 2008). Three traps are met as those papers advise:

* Service is S-shaped: with far too few seats one more does nothing at all, and a cut measured there is wrong. The
  program starts from covers: every set of lines has at least the seats that its calls need by themselves.
* Whole slopes of many blocks let the program jump from corner to corner. Cuts are measured between the best
  staffing known to hold and the program's own (in–out, Ben-Ameur and Neto 2007, "Acceleration of cutting-plane and
  column generation algorithms", Networks 49), and only when that brings none, at the program's own.
* Slopes are measured with noise. Where cuts would forbid a staffing known to hold, they are eased by as much.

The surplus of a day is the sum of its intervals', and each is bounded by itself (as in Birge and Louveaux 1988, "A
multicut algorithm for two-stage stochastic linear programs", EJOR 34): every measurement gives as many cuts as there
are intervals, and few measurements are needed.

Slopes are half the difference between one seat more and one less, a slope of the concave function between both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.optimize
import scipy.sparse
from numpy.typing import NDArray

from simulation.iterative_staffing import Measured, measure, within
from simulation.staffing_search import ROUNDING, Oracle, Sample, SeatSpace
from wfm.execution import Progress, no_progress

__all__ = ["Cut", "CutOff", "Master", "allowance_of", "cut_off", "cuts_of", "least_cost"]

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

ROUNDS_MAX = 40
GAP = 1e-3
"""Relative gap at which an integer program is left; the bound is the solver's."""
SOLVER_S = 10.0
"""Time for one integer program; its bound counts in any case."""


@dataclass(frozen=True, eq=False)
class Cut:
    """A bound on one target's surplus, part by part: ``value + slope · (n − at)``."""

    goal: int
    at: Counts
    """``(G, B)``."""
    value: Floats
    """``(S,)``."""
    slope: Floats
    """``(S, G, B)``."""
    wanted: float
    """What the parts are to sum to: the certainty's error, and the aim."""

    def of(self, seats: Counts) -> Floats:
        """What each part is at most, ``(S,)``."""
        found: Floats = self.value + np.tensordot(self.slope, seats - self.at, axes=2)
        return found


@dataclass(frozen=True, eq=False)
class Master:
    """The integer program's answer."""

    seats: Counts
    bound: float
    """No seats of the space that keep all cuts cost less (the solver's proof)."""


@dataclass(frozen=True, eq=False)
class CutOff:
    """Where cutting planes ended."""

    best: Counts | None
    """The cheapest staffing seen whose targets held on the sample."""
    bound: float
    """What the integer program can do at best with the cuts left."""
    cuts: tuple[Cut, ...]
    rounds: int
    evaluations: int
    exact: bool
    """The program's own optimum held: no cheaper staffing keeps the cuts."""
    allowance: Floats
    """``(J,)`` surplus by which the cuts were eased, so that they forbid no staffing known to hold."""


def least_cost(space: SeatSpace, cuts: Sequence[Cut], allowance: Floats | None = None) -> Master | None:
    """The cheapest seats of the space that keep all cuts; None when none do, or none was found in time.

    ``allowance`` ``(J,)`` is taken off what each target's parts are to sum to.
    """
    shape, wide = space.least.shape, space.least.size
    blocks = np.arange(wide).reshape(shape)
    goals = 1 + max((cut.goal for cut in cuts), default=-1)
    parts = len(cuts[0].value) if cuts else 0
    columns = wide + goals * parts
    rows: list[scipy.sparse.csr_array] = []
    low: list[Floats] = []
    high: list[Floats] = []

    def add(matrix: scipy.sparse.csr_array, least: Floats, most: Floats) -> None:
        rows.append(matrix)
        low.append(least)
        high.append(most)

    for cut in cuts:
        # slope · n − part ≥ slope · at − value
        slope = cut.slope.reshape(parts, wide)
        part = scipy.sparse.csr_array(
            (-np.ones(parts), (np.arange(parts), cut.goal * parts + np.arange(parts))), (parts, goals * parts)
        )
        add(
            scipy.sparse.hstack([scipy.sparse.csr_array(slope), part], format="csr"),
            slope @ cut.at.ravel().astype(float) - cut.value,
            np.full(parts, np.inf),
        )
    for goal in range(goals):
        wanted = min(cut.wanted for cut in cuts if cut.goal == goal)
        less = 0.0 if allowance is None else float(allowance[goal])
        line = np.zeros((1, columns))
        line[0, wide + goal * parts : wide + (goal + 1) * parts] = 1.0
        add(scipy.sparse.csr_array(line), np.array([wanted - less - ROUNDING]), np.array([np.inf]))
    for block in range(shape[1]):
        line = np.zeros((1 + len(space.covers), columns))
        line[0, blocks[:, block]] = 1.0
        least, most = np.full(len(line), -np.inf), np.full(len(line), np.inf)
        most[0] = min(space.opened, space.most[:, block].sum())
        for k, cover in enumerate(space.covers, 1):
            line[k, blocks[cover.groups, block]] = 1.0
            least[k] = min(cover.need[block], space.most[cover.groups, block].sum())
        add(scipy.sparse.csr_array(line), least, most)
    found = scipy.optimize.milp(
        np.concatenate([space.price.ravel(), np.zeros(goals * parts)]),
        constraints=scipy.optimize.LinearConstraint(
            scipy.sparse.vstack(rows, format="csr"), np.concatenate(low), np.concatenate(high)
        ),
        integrality=np.concatenate([np.ones(wide), np.zeros(goals * parts)]),
        bounds=scipy.optimize.Bounds(
            np.concatenate([space.least.ravel().astype(float), np.full(goals * parts, -np.inf)]),
            np.concatenate([space.most.ravel().astype(float), np.full(goals * parts, np.inf)]),
        ),
        options={"mip_rel_gap": GAP, "time_limit": SOLVER_S},
    )
    if found.x is None:
        return None
    bound = found.fun if found.mip_dual_bound is None else found.mip_dual_bound
    return Master(np.round(found.x[:wide]).astype(np.int64).reshape(shape), float(bound))


def cuts_of(measured: Measured) -> list[Cut]:
    """One cut a target from the changes measured at one staffing."""
    wanted = measured.certainty.mean - measured.certainty.margin
    return [
        Cut(goal, measured.seats, measured.parts[goal], measured.slopes[goal], float(wanted[goal]))
        for goal in range(len(wanted))
    ]


def allowance_of(cuts: Sequence[Cut], held: Sequence[Counts]) -> Floats:
    """``(J,)`` by how much cuts would forbid a staffing that simulation has seen to hold: what noise has made of them."""
    goals = 1 + max((cut.goal for cut in cuts), default=-1)
    found = np.zeros(goals)
    for goal in range(goals):
        mine = [cut for cut in cuts if cut.goal == goal]
        wanted = min(cut.wanted for cut in mine)
        for seats in held:
            found[goal] = max(found[goal], wanted - float(np.min([cut.of(seats) for cut in mine], axis=0).sum()))
    return found


def cut_off(
    space: SeatSpace,
    oracle: Oracle,
    best: Counts | None,
    sample: Sample,
    *,
    known: Sequence[Measured] = (),
    rounds: int = ROUNDS_MAX,
    progress: Progress = no_progress,
) -> CutOff:
    """Add cuts until the integer program's own optimum keeps the targets on the sample.

    Args:
        space: seats allowed, covers included.
        oracle: the centre.
        best: a staffing known to hold, if there is one.
        sample: replications, and how surely targets are to hold.
        known: what was measured before; its cuts are taken over.
        rounds: at most so many integer programs.
        progress: told the rounds done.
    """
    cuts = [cut for one in known for cut in cuts_of(one)]
    held = [one.seats for one in known if one.certainty.holds]
    held += [] if best is None else [best]
    evaluations = done = 0
    exact = False
    prices = np.unique(space.price)
    # Costs are whole multiples of a single price: what lies less than one below is no cheaper staffing.
    unit = float(prices[0]) if len(prices) == 1 else 0.0
    visited: set[bytes] = set()
    for done in range(1, rounds + 1):
        progress(done - 1, rounds)
        master = least_cost(space, cuts, allowance_of(cuts, held))
        if master is None or master.seats.tobytes() in visited:
            break
        if best is not None and master.bound > space.cost_of(best) - max(unit, ROUNDING) + ROUNDING:
            exact = True
            break
        for tried in _between(space, best, master.seats):
            there = sample.look(oracle, tried)
            evaluations += 1
            if there.holds:
                held.append(tried)
                if best is None or space.cost_of(tried) < space.cost_of(best) - ROUNDING:
                    best = tried
            fresh = cuts_of(measure(space, oracle, tried, there, sample))
            cuts += fresh
            if np.array_equal(tried, master.seats):
                visited.add(tried.tobytes())
                exact = there.holds
            elif _forbidden(cuts, master.seats):
                break
        if exact:
            break
    progress(rounds, rounds)
    allowance = allowance_of(cuts, held)
    last = least_cost(space, cuts, allowance)
    bound = space.cost_of(space.least) if last is None else last.bound
    return CutOff(best, bound, tuple(cuts), done, evaluations, exact, allowance)


def _forbidden(cuts: Sequence[Cut], seats: Counts) -> bool:
    return bool((allowance_of(cuts, [seats]) > ROUNDING).any())


def _between(space: SeatSpace, best: Counts | None, own: Counts) -> list[Counts]:
    """Where to measure: halfway from the best known to the program's own optimum, then there."""
    if best is None:
        return [own]
    half = within(space, own + (best - own + np.sign(best - own)) // 2)
    return [own] if np.array_equal(half, own) or np.array_equal(half, best) else [half, own]
