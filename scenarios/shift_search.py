"""Shifts whose targets hold when every call is played, at least cost.

As in Avramidis, Chan, Gendreau, L'Ecuyer and Pisacane (2010, "Optimizing daily agent scheduling in a multiskill call
center", EJOR 200:822–832): staffing and shifts are searched together, since seats that are best by themselves may be
costly to cover with shifts, and shifts bring heads beyond the need that help for nothing.

1. *Start.* Shifts chosen for the formulas' requirement; where a day's targets do not hold with them, heads are added by
   simulation first (``settle``), and shifts chosen for these.
2. *Cutting planes.* The integer program chooses shifts; the heads on duty that they bring to each interval keep, for each
   day and target, the cuts that simulation has measured: surplus(n) ≤ surplus(n̂) + q·(n − n̂). Its heads are played on the same
   callers (common random numbers); days that do not hold give new cuts, there and halfway to what is known to hold.
3. *Posts.* Single posts are left out or shortened, each change played with true starts, ends and breaks.
4. *Check* on callers that no search has seen; days that fail get posts added and are checked on fresh ones again, the k-th
   time at the error level α·2⁻ᵏ.

Heads on duty are who is rostered: they fail to come, and come late, as often as the hotline says.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.post_search import Post, PostDays, add_posts, drop_posts, posts_of
from scenarios.preparation import Prepared, StageProgress, silent
from scenarios.staff_by_simulation import SURE, SearchDay, search_days
from scheduler.shifts import ShiftChoice, choose_shifts
from scheduler.shifts.chosen_shifts import break_text, shift_id
from scheduler.shifts.implicit_model import Limits, ShiftProgram, shift_program
from scheduler.shifts.retold_choice import retold_choice
from scheduler.shifts.shift_space import ShiftSpace, shift_space
from scheduler.shifts.skill_sets import one_set_a_group
from scheduler.shifts.solve_program import Answer, solve_program
from simulation import Engine
from simulation.cutting_planes import Cut, allowance_of, cuts_of
from simulation.engine import compile_engine, engine_is_compiled
from simulation.fewest_seats import Effort
from simulation.iterative_staffing import Measured, measure, settle
from simulation.seat_trials import SeatTrials
from simulation.staffing_search import ROUNDING, Certainty, Sample
from wfm.execution import run_tasks
from wfm.staffing import Level

__all__ = ["ShiftSearch", "search_shifts"]

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

EFFORT = Effort(small=60, large=240, check=600, checks=4)
ROUNDS_MAX = 8
AIM_BEYOND = 1.25
"""After a failed check the search aims this many times higher than what was missing."""


@dataclass(frozen=True, eq=False)
class ShiftSearch:
    """Shifts found by simulation, and the way there."""

    choice: ShiftChoice
    start: ShiftChoice
    """Shifts chosen for the formulas' requirement."""
    start_held: bool
    """Their targets held on the search's sample, on every day, with true breaks."""
    mended_paid_h: float
    """Paid hours of shifts for heads that simulation asks for, interval by interval; equal to the start's where it held."""
    cut_paid_h: float
    """Paid hours after cutting planes."""
    rounds: int
    cuts: int
    dropped: int
    shortened: int
    added: int
    days: pd.DataFrame
    """One row a date: date, held (on fresh callers), checks."""
    measures: pd.DataFrame
    """One row a date and target: date, target, line, value, half_width of its 95 % interval, on the callers of the last check."""
    played: int
    """Days played with single posts, each with all callers of a sample."""

    def as_values(self) -> dict[str, Any]:
        """Plain values."""
        days = self.days.assign(date=[f"{d:%Y-%m-%d}" for d in self.days["date"]])
        measures = self.measures.assign(date=[f"{d:%Y-%m-%d}" for d in self.measures["date"]])
        return {
            "start_paid_h": self.start.paid_h,
            "start_held": self.start_held,
            "mended_paid_h": self.mended_paid_h,
            "cut_paid_h": self.cut_paid_h,
            "paid_h": self.choice.paid_h,
            "held": bool(self.days["held"].all()),
            "rounds": self.rounds,
            "cuts": self.cuts,
            "dropped": self.dropped,
            "shortened": self.shortened,
            "added": self.added,
            "days": days.to_dict("records"),
            "measures": measures.to_dict("records"),
        }


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
class _Reply:
    seats: Counts
    certainty: Certainty
    measured: Measured | None


def search_shifts(
    prepared: Prepared,
    requirement: pd.DataFrame,
    start: ShiftChoice,
    *,
    level: Level = "day",
    seconds: float = 60.0,
    seed: int = 1,
    workers: int = 1,
    engine: Engine = Engine.COMPILED,
    effort: Effort | None = None,
    watch: StageProgress = silent,
) -> ShiftSearch:
    """Search from shifts chosen for the formulas' requirement; see the module.

    Args:
        start: chosen with people of its own for each group, for every day of the period.
        level: whether the day keeps the targets, or every group in every interval.
        seconds: time for the posts' search, and for integer programs, about; what is played besides is not counted.

    Raises:
        BadInput: no target over calls decides.
    """
    work = effort or EFFORT
    if engine is Engine.COMPILED and not engine_is_compiled():
        compile_engine(watch("compilation"))
    progress = watch("simulation")
    progress(0, 100)
    hotline, grid = prepared.hotline, prepared.grid
    days, family = search_days(
        prepared, requirement, level, None, False, absence=True, seed=seed, engine=engine, effort=work
    )
    small, large = Sample(0, work.small, SURE), Sample(0, work.large, SURE)
    space = _space(prepared, start, days)
    playing = PostDays(space, days, grid.interval_s, np.asarray(family.inputs.minimum, dtype=np.int64))
    posts = _posts(space, start)
    start_held = all(playing.look(n, posts, 0, work.large, SURE).holds for n in range(len(days)))
    heads = _heads(start, len(hotline.groups), [g.id for g in hotline.groups], len(grid))

    mended = _ask(days, heads, large, workers, mend=True)
    known = heads.copy()
    for day, reply in zip(days, mended, strict=True):
        known[:, day.here] = reply.seats
    best = start
    if not np.array_equal(np.maximum(known, heads), heads):
        best = choose_shifts(
            hotline,
            requirement.assign(heads=np.maximum(known, heads).ravel().astype(float)),
            grid,
            design=start.space.design,
            seconds=seconds / 3,
            seed=seed,
        )
        known = _heads(best, len(hotline.groups), [g.id for g in hotline.groups], len(grid))
    mended_paid_h = best.paid_h
    progress(20, 100)

    cut, rounds, cuts, slopes = _cut_planes(playing, known, best, small, seconds, seed, workers, progress)
    cut_posts = posts_of(space, _rows(cut), _ids(space)) if cut is not None else _posts(space, best)
    progress(60, 100)

    until = time.monotonic() + seconds
    aims = [np.zeros(len(reply.certainty.margin)) for reply in mended]

    def holds(number: int, seen: Certainty) -> bool:
        return bool((seen.margin - aims[number] >= -ROUNDING).all())

    tally = [0, 0, 0]

    def tell() -> None:
        progress(60 + int(30 * min(1.0, max(0.0, 1 - (until - time.monotonic()) / seconds))), 100)

    found = _mended(playing, cut_posts, slopes, work, holds, hotline.seats.opened, until, tally)
    spare = [playing.look(n, found, 0, work.large, SURE).margin for n in range(len(days))]
    found, tally[0], tally[1] = drop_posts(playing, found, slopes, spare, work.large, SURE, holds, until, tell)
    held = [False] * len(days)
    firsts = [0] * len(days)
    checks = 0
    for k in range(1, work.checks + 1):
        checks, first = k, work.large + (k - 1) * work.check
        sure = 1 - (1 - SURE) / 2**k
        seen = [playing.look(n, found, first, work.check, sure) for n in range(len(days))]
        held, firsts = [one.holds for one in seen], [first] * len(days)
        progress(90 + 2 * k, 100)
        if all(held) or k == work.checks:
            break
        for n, one in enumerate(seen):
            aims[n] = aims[n] + AIM_BEYOND * np.maximum(-one.margin, 0.0)
        again = time.monotonic() + max(10.0, seconds / 3)
        found = _mended(playing, found, slopes, work, holds, hotline.seats.opened, again, tally)
    measures = _measures(playing, days, found, firsts, work.check)
    progress(100, 100)
    return ShiftSearch(
        choice=retold_choice(space, start, _table(space, found)),
        start=start,
        start_held=start_held,
        mended_paid_h=mended_paid_h,
        cut_paid_h=sum(space.kinds[post.kind].paid_h for post in cut_posts),
        rounds=rounds,
        cuts=cuts,
        dropped=tally[0],
        shortened=tally[1],
        added=tally[2],
        days=pd.DataFrame(
            {"date": [pd.Timestamp(day.date) for day in days], "held": held, "checks": [checks] * len(days)}
        ),
        measures=measures,
        played=playing.played,
    )


def _space(prepared: Prepared, start: ShiftChoice, days: Sequence[SearchDay]) -> ShiftSpace:
    """Shifts that may serve anybody who may call, not only where formulas want heads."""
    hotline = prepared.hotline
    per = prepared.grid.interval_min // start.horizon.slot_min
    most = np.concatenate([day.space.most for day in days], axis=1)
    need = {g.id: np.repeat((most[n] > 0).astype(np.int64), per) for n, g in enumerate(hotline.groups)}
    return shift_space(hotline, start.space.design, start.horizon, need, one_set_a_group(hotline))


def _ids(space: ShiftSpace) -> dict[str, int]:
    return {shift_id(kind): n for n, kind in enumerate(space.kinds)}


def _rows(choice: ShiftChoice) -> list[tuple[int, str, str, str, int]]:
    columns = [choice.posts[name].tolist() for name in ("day", "skill_set", "shift", "breaks", "posts")]
    return list(zip(*columns, strict=True))


def _posts(space: ShiftSpace, choice: ShiftChoice) -> list[Post]:
    return posts_of(space, _rows(choice), _ids(space))


def _table(space: ShiftSpace, posts: Sequence[Post]) -> pd.DataFrame:
    rows = [
        (post.day, space.skill_sets[post.group].id, shift_id(space.kinds[post.kind]), break_text(post.breaks))
        for post in posts
    ]
    table = pd.DataFrame(rows, columns=["day", "skill_set", "shift", "breaks"])
    return (
        table.groupby(["day", "skill_set", "shift", "breaks"], as_index=False).size().rename(columns={"size": "posts"})
    )


def _heads(choice: ShiftChoice, groups: int, names: list[str], intervals: int) -> Counts:
    """``(G, T)`` heads on duty in each interval, the mean rounded down."""
    found = np.zeros((groups, intervals), dtype=np.int64)
    for name, mine in choice.cover.groupby("group"):
        on_duty = mine.sort_values("slot")["on_duty"].to_numpy(dtype=np.int64)
        found[names.index(str(name))] = np.floor(on_duty.reshape(intervals, -1).mean(axis=1) + 1e-9)
    return found


def _ask(
    days: Sequence[SearchDay],
    heads: Counts,
    sample: Sample,
    workers: int,
    *,
    measured: bool = False,
    mend: bool = False,
) -> list[_Reply]:
    questions = [_Question(day, heads[:, day.here], sample, measured, mend) for day in days]
    if workers > 1 and len(questions) > 1:
        return run_tasks(_answer, questions, workers=workers)
    return [_answer(question) for question in questions]


def _answer(question: _Question) -> _Reply:
    day = question.day
    trials = SeatTrials(
        day.window, day.targets, day.seed, each_line=day.each_line, each_interval=day.each_interval, engine=day.engine
    )
    if question.mend:
        settled = settle(day.space, trials, question.seats, question.sample, only_mend=True)
        return _Reply(settled.seats, settled.certainty, None)
    seats = np.minimum(np.maximum(question.seats, day.space.least), day.space.most)
    seen = question.sample.look(trials, seats)
    found = measure(day.space, trials, seats, seen, question.sample) if question.measured else None
    return _Reply(seats, seen, found)


def _cut_planes(
    playing: PostDays,
    known: Counts,
    best: ShiftChoice,
    sample: Sample,
    seconds: float,
    seed: int,
    workers: int,
    progress: Any,
) -> tuple[ShiftChoice | None, int, int, list[Floats]]:
    """Shifts after cutting planes (None: none cheaper held), rounds, cuts, and the slopes ``(J, G, B)`` of each day."""
    space, days = playing.space, playing.days
    cuts: list[list[Cut]] = [[] for _ in days]
    held: list[list[Counts]] = [[known[:, day.here]] for day in days]
    slopes: list[Floats] = []
    for n, reply in enumerate(_ask(days, known, sample, workers, measured=True)):
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
        posts = _posts(space, tried)
        heads = _heads(tried, len(known), [people.id for people in space.skill_sets], known.shape[1])
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
            answers = _ask([days[n] for n in failing], where, sample, workers, measured=True)
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
    from scheduler.shifts.shift_choice import choice_of

    nobody = np.zeros((len(space.group_ids), space.horizon.slots), dtype=np.int64)
    return choice_of(made, answer, nobody, nobody, 0.0)


def _mended(
    playing: PostDays,
    posts: list[Post],
    slopes: Sequence[Floats],
    work: Effort,
    holds: Any,
    seats: int,
    until: float,
    tally: list[int],
) -> list[Post]:
    """Posts added to the days that do not hold."""
    found = posts
    for number in range(len(playing.days)):
        before = len(found)
        found = add_posts(playing, found, number, slopes[number], work.large, SURE, holds, seats, until)
        tally[2] += len(found) - before
    return found


def _measures(
    playing: PostDays, days: Sequence[SearchDay], posts: Sequence[Post], firsts: Sequence[int], size: int
) -> pd.DataFrame:
    parts = []
    for number, day in enumerate(days):
        seen = playing.trials[number].measures_with(playing.duties(number, posts), firsts[number], size)
        lines = day.window.centre.line_ids if day.each_line else ("",)
        rows = [(pd.Timestamp(day.date), target.id, line) for target in day.targets for line in lines]
        table = pd.DataFrame(rows, columns=["date", "target", "line"])
        parts.append(table.assign(value=seen.values, half_width=1.96 * seen.errors))
    return pd.concat(parts, ignore_index=True)
