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
from scenarios.shift_cuts import ask_days, cut_planes, heads_of
from scenarios.staff_by_simulation import SURE, SearchDay, search_days
from scheduler.shifts import ShiftChoice, choose_shifts
from scheduler.shifts.chosen_shifts import break_text, shift_id
from scheduler.shifts.retold_choice import retold_choice
from scheduler.shifts.shift_space import ShiftSpace, shift_space
from scheduler.shifts.skill_sets import one_set_a_group
from simulation import Engine
from simulation.engine import compile_engine, engine_is_compiled
from simulation.fewest_seats import Effort
from simulation.staffing_search import ROUNDING, Certainty, Sample
from wfm.execution import Progress
from wfm.staffing import Level

__all__ = ["ShiftSearch", "search_shifts"]

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

EFFORT = Effort(small=60, large=240, check=600, checks=4)
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
    days, family = search_days(
        prepared, requirement, level, None, False, absence=True, seed=seed, engine=engine, effort=work
    )
    small, large = Sample(0, work.small, SURE), Sample(0, work.large, SURE)
    space = _space(prepared, start, days)
    playing = PostDays(space, days, prepared.grid.interval_s, np.asarray(family.inputs.minimum, dtype=np.int64))
    posts = posts_of(space, start)
    start_held = all(playing.look(n, posts, 0, work.large, SURE).holds for n in range(len(days)))
    best, known = _mend(prepared, requirement, start, days, large, workers, seconds=seconds / 3, seed=seed)
    progress(20, 100)
    cut, rounds, cuts, slopes = cut_planes(playing, known, best, small, seconds, seed, workers, progress)
    cut_posts = posts_of(space, best if cut is None else cut)
    progress(60, 100)
    searched = _search_posts(playing, cut_posts, slopes, work, prepared.hotline.seats.opened, seconds, progress)
    measures = _measures(playing, days, searched, work.check)
    progress(100, 100)
    held_on = {"date": [pd.Timestamp(day.date) for day in days], "held": searched.held, "checks": searched.checks}
    return ShiftSearch(
        choice=retold_choice(space, start, _table(space, searched.posts)),
        start=start,
        start_held=start_held,
        mended_paid_h=best.paid_h,
        cut_paid_h=sum(space.kinds[post.kind].paid_h for post in cut_posts),
        rounds=rounds,
        cuts=cuts,
        dropped=searched.dropped,
        shortened=searched.shortened,
        added=searched.added,
        days=pd.DataFrame(held_on),
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


def _table(space: ShiftSpace, posts: Sequence[Post]) -> pd.DataFrame:
    rows = [
        (post.day, space.skill_sets[post.group].id, shift_id(space.kinds[post.kind]), break_text(post.breaks))
        for post in posts
    ]
    table = pd.DataFrame(rows, columns=["day", "skill_set", "shift", "breaks"])
    return (
        table.groupby(["day", "skill_set", "shift", "breaks"], as_index=False).size().rename(columns={"size": "posts"})
    )


def _mend(
    prepared: Prepared,
    requirement: pd.DataFrame,
    start: ShiftChoice,
    days: Sequence[SearchDay],
    sample: Sample,
    workers: int,
    *,
    seconds: float,
    seed: int,
) -> tuple[ShiftChoice, Counts]:
    """Shifts for the heads that simulation asks for beside the start's, and their heads ``(G, T)``: the start where it holds."""
    groups, grid = [g.id for g in prepared.hotline.groups], prepared.grid
    heads = heads_of(start, groups, len(grid))
    known = heads.copy()
    for day, reply in zip(days, ask_days(days, heads, sample, workers, mend=True), strict=True):
        known[:, day.here] = reply.seats
    if np.array_equal(np.maximum(known, heads), heads):
        return start, known
    wanted = requirement.assign(heads=np.maximum(known, heads).ravel().astype(float))
    best = choose_shifts(prepared.hotline, wanted, grid, design=start.space.design, seconds=seconds, seed=seed)
    return best, heads_of(best, groups, len(grid))


@dataclass
class _Searched:
    """Posts on the way to being final."""

    posts: list[Post]
    held: list[bool]
    """Which days held on callers that no search has seen."""
    first: int = 0
    """The first of these callers."""
    checks: int = 0
    dropped: int = 0
    shortened: int = 0
    added: int = 0


def _search_posts(
    playing: PostDays,
    posts: list[Post],
    slopes: Sequence[Floats],
    work: Effort,
    seats: int,
    seconds: float,
    progress: Progress,
) -> _Searched:
    """Posts added where a day does not hold, left out or shortened where it can spare them, then checked."""
    numbers = range(len(playing.days))
    aims: list[Floats] = [np.zeros(1) for _ in numbers]
    until = time.monotonic() + seconds

    def holds(number: int, seen: Certainty) -> bool:
        return bool((seen.margin - aims[number] >= -ROUNDING).all())

    def tell() -> None:
        progress(60 + int(30 * min(1.0, max(0.0, 1 - (until - time.monotonic()) / seconds))), 100)

    def mend(until: float) -> None:
        before = len(found.posts)
        for n in numbers:
            found.posts = add_posts(playing, found.posts, n, slopes[n], work.large, SURE, holds, seats, until)
        found.added += len(found.posts) - before

    found = _Searched(posts, [False] * len(playing.days))
    mend(until)
    spare = [playing.look(n, found.posts, 0, work.large, SURE).margin for n in numbers]
    found.posts, found.dropped, found.shortened = drop_posts(
        playing, found.posts, slopes, spare, work.large, SURE, holds, until, tell
    )
    for k in range(1, work.checks + 1):
        found.checks, found.first = k, work.large + (k - 1) * work.check
        sure = 1 - (1 - SURE) / 2**k
        checked = [playing.look(n, found.posts, found.first, work.check, sure) for n in numbers]
        found.held = [one.holds for one in checked]
        progress(90 + 2 * k, 100)
        if all(found.held) or k == work.checks:
            break
        for n, one in enumerate(checked):
            aims[n] = aims[n] + AIM_BEYOND * np.maximum(-one.margin, 0.0)
        mend(time.monotonic() + max(10.0, seconds / 3))
    return found


def _measures(playing: PostDays, days: Sequence[SearchDay], searched: _Searched, size: int) -> pd.DataFrame:
    parts = []
    for number, day in enumerate(days):
        seen = playing.trials[number].measures_with(playing.duties(number, searched.posts), searched.first, size)
        lines = day.window.centre.line_ids if day.each_line else ("",)
        rows = [(pd.Timestamp(day.date), target.id, line) for target in day.targets for line in lines]
        table = pd.DataFrame(rows, columns=["date", "target", "line"])
        parts.append(table.assign(value=seen.values, half_width=1.96 * seen.errors))
    return pd.concat(parts, ignore_index=True)
