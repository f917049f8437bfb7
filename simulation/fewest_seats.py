"""The fewest seats whose targets hold with a stated confidence, from an analytic start to a check on fresh luck.

1. *Mend.* Seats are added to the start until its targets hold: what the formulas' seats really come to.
2. *Search* on a small sample: iterative staffing, and cutting planes where groups share callers.
3. *Polish* on the larger sample: what small luck let through is repaired, what it forbade is taken away.
4. *Bound.* Cutting planes on the larger sample say how much cheaper any staffing could be.
5. *Check* on replications that no search has seen, one-sided. Seats chosen on a sample are good at that sample:
   where the check fails, the search aims higher by what was missing, and is checked on fresh replications again.
   The k-th check is made at the error level α·2⁻ᵏ, so that all together err with at most α.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.cutting_planes import cut_off
from simulation.iterative_staffing import Settled, settle
from simulation.staffing_search import Certainty, Oracle, Sample, SeatSpace, certainty
from wfm.execution import Progress, no_progress

__all__ = ["Effort", "FewestSeats", "fewest_seats"]

Counts = NDArray[np.int64]

KNOWN = 4
"""Last measurements of a search whose cuts the integer program takes over."""
AIM_BEYOND = 1.25
"""After a failed check the search aims this many times higher than what was missing."""


@dataclass(frozen=True)
class Effort:
    """Replications of each phase, and how often seats are checked."""

    small: int = 60
    large: int = 300
    check: int = 1000
    checks: int = 4
    shared_rounds: int = 12
    """Rounds of cutting planes where groups share callers."""
    bound_rounds: int = 2
    """Rounds of cutting planes for the bound at the end."""

    @property
    def replications(self) -> int:
        """Replications that all phases need, numbered from 0."""
        return self.large + self.check * self.checks


@dataclass(frozen=True, eq=False)
class FewestSeats:
    """What a search found."""

    seats: Counts
    """``(G, B)``."""
    holds: bool
    """The targets held on replications that no search had seen."""
    certainty: Certainty
    """Of the last check."""
    checked_first: int
    """First replication of the last check."""
    checks: int
    start: Counts
    start_holds: bool
    mended: Counts
    """The start with as few seats added as make its targets hold on the sample that the end was found on."""
    minimal: bool
    """No single seat could be taken away without breaking a target on that sample."""
    bound: float
    """What the integer program with all its cuts would cost at best."""
    rounds: int
    cuts: int
    evaluations: int
    """Staffings looked at."""


def fewest_seats(
    space: SeatSpace,
    oracle: Oracle,
    starts: Sequence[Counts],
    *,
    confidence: float = 0.95,
    effort: Effort | None = None,
    shared: bool = False,
    progress: Progress = no_progress,
) -> FewestSeats:
    """Search, and check what was found; see the module.

    Args:
        space: seats allowed.
        oracle: the centre.
        starts: the analytic staffing ``(G, B)`` first; others to begin from, cheaper ones that may not hold.
        confidence: of the one-sided tests.
        effort: replications.
        shared: groups share callers, so that cutting planes search too.
        progress: told the share done, of 100.
    """
    work = effort or Effort()
    small, large = Sample(0, work.small, confidence), Sample(0, work.large, confidence)
    progress(0, 100)
    start_holds = large.look(oracle, starts[0]).holds
    mended = settle(space, oracle, starts[0], large, only_mend=True)
    progress(15, 100)
    if not mended.holds:
        last = oracle.surplus(mended.seats, work.large, work.check)
        return FewestSeats(
            mended.seats,
            False,
            certainty(last, confidence),
            work.large,
            1,
            starts[0],
            start_holds,
            mended.seats,
            False,
            space.cost_of(mended.seats),
            mended.rounds,
            0,
            mended.evaluations,
        )
    tries = [settle(space, oracle, start, small) for start in (mended.seats, *starts[1:])]
    rough = min(tries, key=lambda one: (not one.holds, space.cost_of(one.seats)))
    rounds, looked, cuts = mended.rounds + sum(t.rounds for t in tries), mended.evaluations, 0
    looked += sum(t.evaluations for t in tries)
    progress(40, 100)
    begin = rough.seats
    if shared and rough.holds:
        planes = cut_off(space, oracle, rough.seats, small, known=rough.measured[-KNOWN:], rounds=work.shared_rounds)
        rounds, looked, cuts = rounds + planes.rounds, looked + planes.evaluations, cuts + len(planes.cuts)
        begin = begin if planes.best is None else planes.best
    progress(60, 100)
    fine = settle(space, oracle, begin, large)
    rounds, looked = rounds + fine.rounds, looked + fine.evaluations
    if not fine.holds or space.cost_of(fine.seats) > space.cost_of(mended.seats):
        fine = settle(space, oracle, mended.seats, large)
        rounds, looked = rounds + fine.rounds, looked + fine.evaluations
    progress(75, 100)
    planes = cut_off(space, oracle, fine.seats, large, known=fine.measured[-KNOWN:], rounds=work.bound_rounds)
    rounds, looked, cuts = rounds + planes.rounds, looked + planes.evaluations, cuts + len(planes.cuts)
    if planes.best is not None and space.cost_of(planes.best) < space.cost_of(fine.seats):
        fine = settle(space, oracle, planes.best, large)
        rounds, looked = rounds + fine.rounds, looked + fine.evaluations
    progress(85, 100)
    best: Settled = fine
    aim = np.zeros(len(best.certainty.margin))
    for k in range(1, work.checks + 1):
        first = work.large + (k - 1) * work.check
        sure = 1 - (1 - confidence) / 2**k
        seen = certainty(oracle.surplus(best.seats, first, work.check), sure)
        looked += 1
        if seen.holds or k == work.checks:
            break
        aim = aim + AIM_BEYOND * np.maximum(-seen.margin, 0.0)
        best = settle(space, oracle, best.seats, Sample(0, work.large, confidence, tuple(aim.tolist())))
        rounds, looked = rounds + best.rounds, looked + best.evaluations
        progress(85 + 15 * k // (work.checks + 1), 100)
    progress(100, 100)
    return FewestSeats(
        seats=best.seats,
        holds=seen.holds,
        certainty=seen,
        checked_first=first,
        checks=k,
        start=starts[0],
        start_holds=start_holds,
        mended=mended.seats,
        minimal=best.minimal,
        bound=min(planes.bound, space.cost_of(best.seats)),
        rounds=rounds,
        cuts=cuts,
        evaluations=looked,
    )
