"""Choosing shifts: from the heads that groups need to posts of new shifts with breaks inside, at least cost.

A choice is made in up to three steps. First nobody may be short wherever some shift could serve; moments that no shift of
the design reaches are left out and reported. Where limits (people, posts, distinct shifts, seats, overstaffing) leave
no such choice, the heads short are made as few as possible, and then the cost as low as possible without more of them.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scheduler.cover import required_heads
from scheduler.shifts.fewer_shifts import few_kinds
from scheduler.shifts.horizon import Horizon, horizon_of, slot_length, weekly_horizon
from scheduler.shifts.implicit_model import Limits, ShiftProgram, shift_program
from scheduler.shifts.shift_choice import ShiftChoice, choice_of
from scheduler.shifts.shift_space import ShiftSpace, shift_space
from scheduler.shifts.skill_sets import SkillSet, one_set_a_group
from scheduler.shifts.solve_program import Answer, Status, relax_program, solve_program
from scheduler.shifts.weekly_cycle import OverWeeks, weekly_need
from scheduler.shifts.work_budget import Budget
from wfm.errors import BadInput
from wfm.execution import Progress, no_progress
from wfm.hotline import Hotline, ShiftDesign
from wfm.i18n import say

if TYPE_CHECKING:
    from wfm.calendar import TimeGrid

__all__ = ["choose_shifts", "choose_weekly_shifts"]

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Search:
    """How to search, as asked of the functions below."""

    seats_opened: bool
    seconds: float
    seed: int
    gap: float
    progress: Progress


class _Solve(Protocol):
    def __call__(self, limits: Limits, share: float = 1.0) -> tuple[ShiftProgram, Answer]: ...


def choose_shifts(
    hotline: Hotline,
    requirement: pd.DataFrame,
    grid: TimeGrid,
    *,
    design: ShiftDesign | None = None,
    skill_sets: Sequence[SkillSet] | None = None,
    seats_opened: bool = True,
    history: pd.DataFrame | None = None,
    seconds: float = 20.0,
    seed: int = 1,
    gap: float = 0.0,
    progress: Progress = no_progress,
) -> ShiftChoice:
    """Shifts of a period that cover the requirement at least cost.

    Args:
        requirement: ``tables.REQUIREMENT``; only ``group, interval, heads`` are read.
        design: which shifts may be built; the hotline's own by default.
        skill_sets: who may serve whom; people of their own for each group by default.
        seats_opened: never more heads on duty than ``seats.opened``; False: than ``seats.built``.
        history: duties of the roster before, whose A duties serve the first hours; when None, shifts may begin on the
            eve for them.
        seconds: work of the search, in seconds of a usual machine: it is counted and not timed, so that the same seed
            gives the same choice everywhere.
        seed: of the search.
        gap: relative gap at which the search may stop before.
        progress: told the share of the work spent.

    Raises:
        BadInput: the requirement names an unknown group or an interval outside the grid, breaks do not fit into a shift,
            or no answer was found in the time.
    """
    chosen_design = design or hotline.shift_design
    heads = required_heads(hotline, requirement, grid)
    if history is not None:
        heads = _less_history(hotline, heads, history, grid)
    horizon = horizon_of(grid, _slot(chosen_design, grid.interval_min))
    search = _Search(seats_opened, seconds, seed, gap, progress)
    with_eve = history is None
    return _choose(hotline, chosen_design, horizon, heads, grid.interval_min, skill_sets, search, with_eve=with_eve)


def choose_weekly_shifts(
    hotline: Hotline,
    requirement: pd.DataFrame,
    grid: TimeGrid,
    *,
    over_weeks: OverWeeks = "most",
    design: ShiftDesign | None = None,
    skill_sets: Sequence[SkillSet] | None = None,
    seats_opened: bool = True,
    seconds: float = 20.0,
    seed: int = 1,
    gap: float = 0.0,
    progress: Progress = no_progress,
) -> ShiftChoice:
    """Shifts of a week that repeats, its Sunday night running into Monday; as :func:`choose_shifts`.

    Args:
        over_weeks: the week needs the most of the period's weeks, or their mean.

    Raises:
        BadInput: as there, or the period has no whole week.
    """
    chosen_design = design or hotline.shift_design
    heads = weekly_need(required_heads(hotline, requirement, grid), grid, over_weeks)
    horizon = weekly_horizon(_slot(chosen_design, grid.interval_min))
    search = _Search(seats_opened, seconds, seed, gap, progress)
    return _choose(hotline, chosen_design, horizon, heads, grid.interval_min, skill_sets, search)


def _slot(design: ShiftDesign, interval_min: int) -> int:
    breaks = [part.length_min for part in (design.meal, design.short_breaks) if part is not None]
    return slot_length(interval_min, [design.break_grid_min, *design.lengths_min, *breaks])


def _less_history(
    hotline: Hotline, heads: dict[str, Counts], history: pd.DataFrame, grid: TimeGrid
) -> dict[str, Counts]:
    from scheduler.coverage import rostered_agents

    there = rostered_agents(history, hotline, grid).set_index("group")["rostered_a"]
    return {g: np.maximum(0, n - np.floor(there.loc[g].to_numpy() + 1e-9).astype(np.int64)) for g, n in heads.items()}


def _choose(
    hotline: Hotline,
    design: ShiftDesign,
    horizon: Horizon,
    heads: dict[str, Counts],
    interval_min: int,
    skill_sets: Sequence[SkillSet] | None,
    search: _Search,
    *,
    with_eve: bool = True,
) -> ShiftChoice:
    if not 0 < search.seconds <= 36_000:
        raise BadInput(
            say("--seconds: found {seconds:g}, allowed are more than 0 and at most 36000", seconds=search.seconds)
        )
    began = time.monotonic()
    need = {g: np.repeat(n, interval_min // horizon.slot_min) for g, n in heads.items()}
    people = tuple(one_set_a_group(hotline) if skill_sets is None else skill_sets)
    space = shift_space(hotline, design, horizon, need, people, with_eve=with_eve)
    wanted = np.array([need[g] for g in space.group_ids], dtype=np.int64).reshape(len(need), horizon.slots)
    reached = np.where(_reachable(space), wanted, 0)
    cap = hotline.seats.opened if search.seats_opened else hotline.seats.built
    made, answer = _solved(space, reached, cap, search)
    return choice_of(made, answer, wanted, reached, time.monotonic() - began)


def _reachable(space: ShiftSpace) -> NDArray[np.bool_]:
    """``(G, T)`` where some shift can be on duty with every break elsewhere."""
    found = np.zeros((len(space.group_ids), space.horizon.slots), dtype=bool)
    option, slot = space.covered()
    always_away = set()
    for pool in space.pools:
        # A break covers a slot whatever its place where the latest begins at or before it, the earliest ends after it.
        for number, first, last in zip(pool.option.tolist(), pool.earliest.tolist(), pool.latest.tolist(), strict=True):
            for away in range(last, first + pool.slots):
                always_away.add((number, away % space.horizon.slots if space.horizon.cyclic else away))
    if always_away:
        gone = np.array(sorted(always_away), dtype=np.int64)
        wide = 4 * space.horizon.slots
        keep = ~np.isin(option * wide + slot, gone[:, 0] * wide + gone[:, 1])
        option, slot = option[keep], slot[keep]
    for number in range(len(space.skill_sets)):
        mine = np.unique(slot[space.skill_set[option] == number])
        here = np.zeros(space.horizon.slots, dtype=bool)
        here[mine] = True
        found |= space.serves[number] & here
    return found


def _solved(space: ShiftSpace, need: Counts, cap: int, search: _Search) -> tuple[ShiftProgram, Answer]:
    """The program solved last, with its answer."""
    design = space.design
    budget = Budget(search.seconds)
    known: dict[bytes, Answer] = {}

    def solve(limits: Limits, share: float = 1.0) -> tuple[ShiftProgram, Answer]:
        made = shift_program(space, need, limits)
        seconds = share * max(0.5, budget.left_s)
        answer = solve_program(
            made.program,
            seconds,
            seed=search.seed,
            gap=search.gap,
            known=known,
            whole=budget,
            progress=search.progress,
        )
        return made, answer

    kinds = few_kinds(space, need, Budget(budget.left_s / 3, budget))
    crowded = np.zeros(space.horizon.slots, dtype=bool)
    while True:
        # Seats tie all groups together: they are counted only where groups by themselves take too many.
        base = Limits(
            seats=cap if crowded.any() else None,
            seats_at=tuple(np.flatnonzero(crowded).tolist()),
            kinds=kinds,
            counted=kinds is None,
        )
        made, answer = solve(base) if design.understaffing_cost_per_h is not None else _as_few_short(base, solve)
        if answer.x is None:
            raise BadInput(
                say(
                    "shifts: no answer was found in {seconds:g} s; give more --seconds or fewer possible shifts",
                    seconds=search.seconds,
                )
            )
        over = (_heads_at_once(made, answer) > cap) & ~crowded
        if not over.any():
            break
        crowded |= over
    if kinds is not None:
        answer = _with_floor(space, need, made, answer)
    return made, answer


def _with_floor(space: ShiftSpace, need: Counts, made: ShiftProgram, answer: Answer) -> Answer:
    """The answer among the kinds kept, with the bound that holds for any: the relaxation with all of them."""
    assert answer.x is not None
    design = space.design
    short = float(answer.x[made.short[made.short >= 0]].sum())
    free = design.understaffing_cost_per_h is not None
    _, floor = relax_program(shift_program(space, need, Limits(short_most=None if free else short)).program)
    used = len(np.unique(space.kind[answer.x[made.posts] > 0.5]))
    value = answer.objective + design.cost_per_shift * used
    bound = min(value, floor) if np.isfinite(floor) else -np.inf
    proven = value - bound <= 1e-6 * max(1.0, value)
    return Answer(answer.x, value, bound, "optimal" if proven else _not_proven(answer.status))


def _not_proven(status: Status) -> Status:
    return "feasible" if status == "optimal" else status


def _as_few_short(base: Limits, solve: _Solve) -> tuple[ShiftProgram, Answer]:
    """Nobody short; where limits forbid that, as few as possible, at least cost."""
    made, answer = solve(replace(base, short_allowed=False))
    if answer.x is not None:
        return made, answer
    made, fewest = solve(replace(base, short_only=True), 0.4)
    if fewest.x is None:
        return made, fewest
    made, answer = solve(replace(base, short_most=round(fewest.objective)))
    if answer.x is not None and fewest.status != "optimal":
        # Fewer heads short might be possible, at another cost: nothing is proven.
        answer = Answer(answer.x, answer.objective, answer.bound, _not_proven(answer.status))
    return made, answer


def _heads_at_once(made: ShiftProgram, answer: Answer) -> Counts:
    """``(T,)`` heads on duty of all groups."""
    assert answer.x is not None
    found = np.zeros(made.space.horizon.slots)
    for column, slot, value in made.presence():
        np.add.at(found, slot, value * answer.x[column])
    return np.rint(found).astype(np.int64)
