"""Shifts at least cost whose heads keep the cuts that simulation has measured.

The cutting planes of :mod:`scenarios.shift_search`: an integer program chooses shifts, its heads are played, and days that
do not hold give the program new cuts.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.post_search import PostDays, posts_of
from scenarios.staff_by_simulation import SearchDay
from scheduler.shifts import ShiftChoice
from scheduler.shifts.implicit_model import Limits, ShiftProgram, shift_program
from scheduler.shifts.shift_choice import choice_of
from scheduler.shifts.shift_space import ShiftSpace
from scheduler.shifts.solve_program import Answer, solve_program
from simulation.cutting_planes import Cut, allowance_of, cuts_of
from simulation.iterative_staffing import Measured, measure, settle
from simulation.seat_trials import SeatTrials
from simulation.staffing_search import ROUNDING, Certainty, Sample
from wfm.execution import Progress, run_tasks

__all__ = ["Reply", "ask_days", "cut_planes", "heads_of"]

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

ROUNDS_MAX = 8


@dataclass(frozen=True)
class _Question:
    """What a process is asked of one day."""

    day: SearchDay
    seats: Counts
    sample: Sample
    measured: bool
    """Measure the slopes too."""
    mend: bool = False
    """Add heads until the targets hold."""


@dataclass(frozen=True)
class Reply:
    """A day's answer: the heads that were played, how sure the targets are with them, and the slopes where asked."""

    seats: Counts
    certainty: Certainty
    measured: Measured | None


def heads_of(choice: ShiftChoice, groups: list[str], intervals: int) -> Counts:
    """``(G, T)`` heads on duty in each interval, the mean rounded down."""
    found = np.zeros((len(groups), intervals), dtype=np.int64)
    for name, mine in choice.cover.groupby("group"):
        on_duty = mine.sort_values("slot")["on_duty"].to_numpy(dtype=np.int64)
        found[groups.index(str(name))] = np.floor(on_duty.reshape(intervals, -1).mean(axis=1) + 1e-9)
    return found


def ask_days(
    days: Sequence[SearchDay],
    heads: Counts,
    sample: Sample,
    workers: int,
    *,
    measured: bool = False,
    mend: bool = False,
) -> list[Reply]:
    """Every day played with these heads ``(G, T)`` of the whole period.

    Args:
        measured: measure the slopes too.
        mend: add heads until the targets hold.
    """
    questions = [_Question(day, heads[:, day.here], sample, measured, mend) for day in days]
    if workers > 1 and len(questions) > 1:
        return run_tasks(_answer, questions, workers=workers)
    return [_answer(question) for question in questions]


def _answer(question: _Question) -> Reply:
    day = question.day
    trials = SeatTrials(
        day.window, day.targets, day.seed, each_line=day.each_line, each_interval=day.each_interval, engine=day.engine
    )
    if question.mend:
        settled = settle(day.space, trials, question.seats, question.sample, only_mend=True)
        return Reply(settled.seats, settled.certainty, None)
    seats = np.minimum(np.maximum(question.seats, day.space.least), day.space.most)
    seen = question.sample.look(trials, seats)
    found = measure(day.space, trials, seats, seen, question.sample) if question.measured else None
    return Reply(seats, seen, found)


def cut_planes(
    playing: PostDays,
    known: Counts,
    best: ShiftChoice,
    sample: Sample,
    seconds: float,
    seed: int,
    workers: int,
    progress: Progress,
) -> tuple[ShiftChoice | None, int, int, list[Floats]]:
    """Shifts after cutting planes (None: none cheaper held), rounds, cuts, and the slopes ``(J, G, B)`` of each day."""
    space, days = playing.space, playing.days
    cuts: list[list[Cut]] = [[] for _ in days]
    held: list[list[Counts]] = [[known[:, day.here]] for day in days]
    slopes: list[Floats] = []
    for n, reply in enumerate(ask_days(days, known, sample, workers, measured=True)):
        assert reply.measured is not None
        cuts[n] += cuts_of(reply.measured)
        slopes.append(np.maximum(reply.measured.more, -reply.measured.less))
    found: ShiftChoice | None = None
    rounds = 0
    until = time.monotonic() + seconds
    while rounds < ROUNDS_MAX and time.monotonic() < until:
        rounds += 1
        progress(20 + 40 * rounds // (ROUNDS_MAX + 1), 100)
        tried = _master(playing, cuts, held, max(3.0, min(seconds / 3, until - time.monotonic())), seed)
        if tried is None or tried.paid_h >= (best if found is None else found).paid_h - 1e-9:
            break
        posts = posts_of(space, tried)
        heads = heads_of(tried, [people.id for people in space.skill_sets], known.shape[1])
        failing = []
        for n, day in enumerate(days):
            if playing.look(n, posts, sample.first, sample.size, sample.confidence).holds:
                held[n].append(heads[:, day.here])
            else:
                failing.append(n)
        if not failing:
            found = tried
            break
        half = heads + (known - heads + np.sign(known - heads)) // 2
        for where in (half, heads):
            answers = ask_days([days[n] for n in failing], where, sample, workers, measured=True)
            for n, reply in zip(failing, answers, strict=True):
                assert reply.measured is not None
                cuts[n] += cuts_of(reply.measured)
                if reply.certainty.holds:
                    held[n].append(reply.seats)
    return found, rounds, sum(map(len, cuts)), slopes


def _master(
    playing: PostDays,
    cuts: Sequence[Sequence[Cut]],
    held: Sequence[Sequence[Counts]],
    seconds: float,
    seed: int,
) -> ShiftChoice | None:
    """The cheapest shifts whose heads keep all cuts."""
    space, days = playing.space, playing.days
    opened = days[0].space.opened
    grid = space.horizon.grid
    assert grid is not None
    per = grid.interval_min // space.horizon.slot_min
    at_least = np.repeat(playing.minimum, per, axis=1)
    made = shift_program(
        space, at_least, Limits(seats=opened, short_allowed=False), most_posts=_most_posts(space, opened)
    )
    heads = _heads_columns(made, days, per)
    for day, own, known in zip(days, cuts, held, strict=True):
        _cut_rows(made, day, heads[:, day.here], own, known)
    answer = solve_program(made.program, seconds, seed=seed, gap=2e-3)
    return None if answer.x is None else _told(space, made, answer)


def _most_posts(space: ShiftSpace, opened: int) -> Counts:
    most = 2 * opened if space.design.posts_max is None else min(2 * opened, space.design.posts_max)
    return np.full(len(space), most, dtype=np.int64)


def _heads_columns(made: ShiftProgram, days: Sequence[SearchDay], per: int) -> Counts:
    """Columns ``(G, T)`` of the heads in each interval: the mean of its parts, and as many as must be there."""
    program, space = made.program, made.space
    intervals = space.horizon.slots // per
    found: Counts = np.empty((len(space.skill_sets), intervals), dtype=np.int64)
    least = np.concatenate([np.minimum(day.space.least, day.space.most) for day in days], axis=1)
    most = np.concatenate([day.space.most for day in days], axis=1)
    for group in range(len(found)):
        found[group] = program.columns(
            intervals,
            low=least[group].astype(float),
            high=most[group].astype(float),
            whole=False,
            at=np.arange(intervals) * per,
        )
        rows = program.rows(intervals, most=0.0)
        program.add(rows, found[group], float(per))
        for column, slot, value in made.presence(group):
            program.add(rows[slot // per], column, -value)
    for day in days:
        for cover in day.space.covers:
            need = np.minimum(cover.need, day.space.most[cover.groups].sum(axis=0))
            rows = program.rows(len(need), least=need.astype(float))
            for able in np.flatnonzero(cover.groups).tolist():
                program.add(rows, found[able, day.here], 1.0)
    return found


def _cut_rows(made: ShiftProgram, day: SearchDay, heads: Counts, cuts: Sequence[Cut], held: Sequence[Counts]) -> None:
    """surplus parts ≤ value + slope·(n − at) for every cut; their sum is what the target wants, or more."""
    program = made.program
    eased = allowance_of(cuts, held)
    for goal in sorted({cut.goal for cut in cuts}):
        mine = [cut for cut in cuts if cut.goal == goal]
        size = len(mine[0].value)
        parts = program.columns(size, low=-np.inf, whole=False)
        for cut in mine:
            slope = cut.slope.reshape(size, -1)
            rows = program.rows(size, least=slope @ cut.at.ravel().astype(float) - cut.value)
            part, cell = np.nonzero(np.abs(slope) > 1e-12)
            program.add(rows[part], heads.ravel()[cell], slope[part, cell])
            program.add(rows, parts, -1.0)
        wanted = min(cut.wanted for cut in mine) - float(eased[goal]) - ROUNDING
        program.add(program.rows(1, least=wanted), parts, 1.0)


def _told(space: ShiftSpace, made: ShiftProgram, answer: Answer) -> ShiftChoice:
    nobody = np.zeros((len(space.group_ids), space.horizon.slots), dtype=np.int64)
    return choice_of(made, answer, nobody, nobody, 0.0)
