"""Build a roster: greedy start, then the exact model where it fits, else improvement piece by piece."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scheduler.counting import find_shortages, hours_owed_bound, unfilled_bound
from scheduler.duties import duties_of
from scheduler.goal import Goal, cost_of, cost_parts, goal_of
from scheduler.greedy import fill_posts, free_for
from scheduler.problem import RosterProblem
from scheduler.reasons import explain
from scheduler.search import Search, Watch
from scheduler.slots import Slots
from scheduler.solver import Effort
from scheduler.soundness import assign_pins, drop_unsound, owed
from scheduler.table_rows import rows_of
from scheduler.work import Work
from wfm.execution import Progress, no_progress
from wfm.i18n import Text

__all__ = ["Roster", "build_roster"]

GREEDY_SLOTS = 500


@dataclass(frozen=True, slots=True)
class Roster:
    """A roster and how good it is known to be.

    Attributes:
        duties: ``tables.DUTIES``.
        status: ``optimal``: all posts filled and proven least-cost over the whole problem; ``feasible``:
            all posts filled, or those left open that have a cost of their own; ``partial``: posts, standing pairs, pinned duties or the least of a limit are left open.
        objective: cost of unfilled posts, pairs away, hours owed and unfairness (``scheduler.model``).
        bound: no roster that fills as many posts costs less; equals ``objective`` when proven.
        unfilled: columns ``date, group, shift, role, missing``.
        reasons: why posts stay unfilled, and what else a scheduler has to know.
        parts: the objective by what it is made of (``scheduler.goal.cost_parts``).
        interrupted: whether the search was interrupted; the roster is the best until then.
    """

    duties: pd.DataFrame
    status: Literal["optimal", "feasible", "partial"]
    objective: float
    bound: float
    unfilled: pd.DataFrame
    reasons: tuple[Text, ...]
    parts: dict[str, float] = field(default_factory=dict)
    interrupted: bool = False


def build_roster(
    problem: RosterProblem,
    *,
    seed: int = 1,
    seconds: float = 30.0,
    cpu_seconds: float | None = None,
    reproducible: bool = False,
    workers: int = 1,
    start: pd.DataFrame | None = None,
    keep_on_interrupt: bool = False,
    progress: Progress = no_progress,
    watch: Watch | None = None,
) -> Roster:
    """Assign people to posts so that every rule holds, fill as many posts as possible, share fairly.

    Posts that nobody may take stay unfilled; a rule is never broken. Filling posts comes before all else,
    then standing pairs, hours owed, wishes and fairness; a large roster whose posts are filled is improved until nothing
    more is gained in a while, so it may end before its time.

    Args:
        seconds: the most time to search.
        cpu_seconds: the most processor time instead, of all workers together.
        reproducible: one worker and a budget of deterministic work, about ``seconds`` long: the same roster on every run;
            otherwise the clock ends the search and two runs may differ.
        start: duties to begin with (``tables.DUTIES``); what of them breaks a rule is left out.
        keep_on_interrupt: an interruption ends the search with the best roster so far, ``interrupted`` set.
        progress: hears hundredths of the budget.
        watch: hears objective and bound when either changes, and about twice a second.

    Raises:
        KeyboardInterrupt: interrupted, without ``keep_on_interrupt``; the search stops at once.
    """
    slots = Slots(problem)
    effort = Effort(
        seconds if cpu_seconds is None else cpu_seconds, reproducible=reproducible, cpu=cpu_seconds is not None
    )
    rng = np.random.default_rng(seed)
    goal = goal_of(slots)
    shortages = find_shortages(slots)
    bound = unfilled_bound(slots, shortages) + hours_owed_bound(slots, goal.hours_low)

    progress(0, 100)
    work = Work.of_history(slots)
    assign_pins(work)
    if start is not None:
        _begin_with(work, start)
    soft = any(s.short_cost is not None for s in slots.all)
    if not (soft and _begin_with_lines(slots)):
        fill_posts(work, goal, rng)
        drop_unsound(work)
    search = Search(slots, goal, effort, rng, workers, float(bound), progress, watch or _nobody, work)
    interrupted = False
    try:
        search.run()
    except KeyboardInterrupt:
        if not keep_on_interrupt:
            raise
        interrupted = True
    work = search.best
    if not soft:
        fill_posts(work, goal, rng, finishing=True)
    progress(100, 100)
    return _roster_of(work, goal, search.bound, [s.text for s in shortages], interrupted=interrupted)


def _begin_with_lines(slots: Slots) -> bool:
    """Whether lines of work are the quicker start: many slots, each of which the greedy start looks at by itself."""
    return len(slots.all) > GREEDY_SLOTS


def _nobody(objective: float, bound: float) -> None:
    """Watch nothing."""


def _begin_with(work: Work, start: pd.DataFrame) -> None:
    """Assign the duties of another roster, as far as the rules allow."""
    slots = work.slots
    place = {(s.day, s.group, s.shift.id, str(s.role)): s for s in slots.all}
    for row in rows_of(start):
        agent = slots.agent_numbers.get(str(row.agent))
        slot = place.get((slots.day_of(pd.Timestamp(row.date).date()), str(row.group), str(row.shift), str(row.role)))
        if agent is None or slot is None or work.filled[slot.index] >= slot.need or not free_for(work, slot)[agent]:
            continue
        work.assign(agent, slot)


def _roster_of(work: Work, goal: Goal, bound: float, counted: list[Text], *, interrupted: bool) -> Roster:
    slots = work.slots
    missing: NDArray[np.int64] = work.missing()
    rows = [
        (pd.Timestamp(slots.date_of(s.day)), s.group, s.shift.id, s.role, int(missing[s.index]))
        for s in slots.all
        if missing[s.index] > 0
    ]
    unfilled = pd.DataFrame(rows, columns=["date", "group", "shift", "role", "missing"])
    pairs_away = any(
        sum(not work.on[list(pair), day.day].any() for pair in day.pairs) > day.excused for day in goal.pair_days
    )
    cost = cost_of(work, goal)
    status: Literal["optimal", "feasible", "partial"] = "feasible"
    left_open = any(missing[s.index] > 0 and s.short_cost is None for s in slots.all)
    if left_open or pairs_away or owed(work):
        status = "partial"
    elif cost <= bound:
        status = "optimal"
    return Roster(
        duties=duties_of(work),
        status=status,
        objective=float(cost),
        bound=float(min(bound, cost)),
        unfilled=unfilled,
        reasons=(*counted, *explain(work, goal)),
        parts={name: float(cost) for name, cost in cost_parts(work, goal).items()},
        interrupted=interrupted,
    )
