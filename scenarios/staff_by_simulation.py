"""The seats of a coming period by simulation: day by day, the fewest whose targets hold in the simulated centre.

The formulas' seats are the start. Each day is played by itself, with the hours before it, on calls drawn for the
question asked: without a confidence Poisson calls at the expected demand, the demand that the formulas are given, so
that what differs is what formulas leave out; with a confidence calls drawn from the forecast's paths, and the share
of days that keep every target decides.

Hard at every moment, as in sizing: minimum cover, the seats opened, and the occupancy cap at the expected demand. Where
groups help each other out, the cap holds for every set of lines together that share agents.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import ceil
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.confident_seats import SeatFamily
from scenarios.daily_compliance import deciding_targets
from scenarios.generated_days import WARM_UP_MIN, DayGenerator
from scenarios.preparation import Prepared
from simulation import Centre, Engine
from simulation.fewest_seats import Effort, FewestSeats, fewest_seats
from simulation.seat_trials import DayWindow, SeatTrials, window_of
from simulation.staffing_search import Cover, SeatSpace
from wfm.errors import BadInput
from wfm.execution import Progress, no_progress, run_tasks
from wfm.i18n import say
from wfm.staffing import unreachable_targets
from wfm.staffing.interval_seats import COVER
from wfm.staffing.sizing_inputs import Level
from wfm.staffing.skill_subsets import LineSet, binding_sets, groups_of
from wfm.standards import Target

__all__ = ["SearchDay", "SimulatedRequirement", "search_days", "staff_by_simulation"]

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]

SURE = 0.95
"""Confidence of the one-sided tests."""
EXPECTED_DAY = Effort()
PROBABLE_DAY = Effort(small=200, large=1000, check=2000, checks=3)
"""A share of days is known less exactly than a mean over their calls."""
SETS_MAX = 64


@dataclass(frozen=True, slots=True)
class SimulatedRequirement:
    """Seats found by simulation, and how they compare with the formulas'."""

    table: pd.DataFrame
    """Columns of ``tables.REQUIREMENT``; what is predicted, is predicted by formula for these seats."""
    days: pd.DataFrame
    """One row a date: date, calls; start_hours of the formulas' seats and start_held; mended_hours with seats added
    until they hold; hours found, bound_hours and gap (share of hours); saved_hours (mended − found); probability that the day
    keeps every target and half_width of its 95 % interval (NaN for the expected day); held (the check
    on fresh replications), minimal, rounds, cuts, evaluations, calls_played, checks."""
    measures: pd.DataFrame
    """One row a date, target and line (``""`` for all together): date, target, line, value, half_width of its 95 %
    interval, start_value; of the replications of the last check."""
    confidence: float
    """Of the tests."""
    probability: float | None
    """With which each day is to keep every target; None for the expected day."""
    shared: bool
    """Groups share callers somewhere, so that cutting planes searched."""


class SearchDay(NamedTuple):
    """One day's task."""

    date: date
    here: Counts
    window: DayWindow
    targets: tuple[Target, ...]
    space: SeatSpace
    starts: tuple[Counts, ...]
    seed: int
    each_line: bool
    each_interval: bool
    probability: float | None
    effort: Effort
    shared: bool
    engine: Engine


class _Answer(NamedTuple):
    found: FewestSeats
    measures: pd.DataFrame
    decides: str
    """KPI of the target that the last check passed by least, or missed by most, counted in its standard errors."""
    calls_played: int


def staff_by_simulation(
    prepared: Prepared,
    requirement: pd.DataFrame,
    *,
    level: Level = "day",
    confidence: float | None = None,
    each_line: bool = False,
    absence: bool = False,
    seed: int = 1,
    workers: int = 1,
    engine: Engine = Engine.COMPILED,
    effort: Effort | None = None,
    progress: Progress = no_progress,
) -> SimulatedRequirement:
    """The fewest seats of every day whose targets hold in simulation.

    Args:
        prepared: the scenario and its forecast.
        requirement: the formulas' seats, rows as in the workload.
        level: whether the day keeps the targets, or every group in every interval.
        confidence: probability with which each day is to keep every target; None for the expected day.
        each_line: every line keeps the targets by itself.
        absence: seats stay empty as often as agents fail to come.
        seed: of every draw.
        workers: processes; each plays whole days.
        engine: which engine plays.
        effort: replications, by default as many as the question needs.
        progress: told the share done.

    Raises:
        BadInput: no target over calls decides, so that nothing could be searched for; or a probability is asked of
            every interval.
    """
    tasks, family = search_days(
        prepared, requirement, level, confidence, each_line, absence=absence, seed=seed, engine=engine, effort=effort
    )
    shared = tasks[0].shared
    hotline = prepared.hotline
    shape = (len(hotline.groups), len(prepared.grid))
    start = requirement["seats"].to_numpy(dtype=np.int64).reshape(shape)
    answers = _answers(tasks, workers, progress)
    seats = start.copy()
    for task, answer in zip(tasks, answers, strict=True):
        seats[:, task.here] = answer.found.seats
    reasons = family.inputs.reasons
    binding = np.full(shape, COVER)
    for task, answer in zip(tasks, answers, strict=True):
        binding[:, task.here] = reasons.index(answer.decides) if answer.decides in reasons else COVER
    binding = np.where(seats == family.hard, len(reasons) - 1, binding)
    binding = np.where(seats <= family.inputs.minimum, COVER, binding)
    held = np.concatenate([np.full(len(t.here), a.found.holds) for t, a in zip(tasks, answers, strict=True)])
    wanted = np.where(held, seats, np.maximum(seats, start))
    return SimulatedRequirement(
        family.table(seats, binding, wanted),
        pd.DataFrame([_row(task, answer) for task, answer in zip(tasks, answers, strict=True)]),
        pd.concat([a.measures for a in answers], ignore_index=True),
        SURE,
        confidence,
        shared,
    )


def search_days(
    prepared: Prepared,
    requirement: pd.DataFrame,
    level: Level,
    confidence: float | None,
    each_line: bool,
    *,
    absence: bool,
    seed: int,
    engine: Engine,
    effort: Effort | None,
) -> tuple[list[SearchDay], SeatFamily]:
    """Every day as a search meets it, and the family of seats that formulas give; as :func:`staff_by_simulation`."""
    if confidence is not None and level == "interval":
        raise BadInput(say("--by simulation: with --confidence it is days that comply; only --level day is allowed"))
    hotline, grid = prepared.hotline, prepared.grid
    left_out = [t.id for t, _ in unreachable_targets(hotline, prepared.targets)]
    targets = tuple(t for t in deciding_targets(prepared.targets, left_out) if "staffed_s" not in _counts_of(t))
    if not targets:
        raise BadInput(say("--by simulation: no target over calls decides how many seats are needed"))
    family = SeatFamily(hotline, prepared.forecast.summary(), grid, prepared.calendar, prepared.targets, "day")
    generator = DayGenerator(hotline, prepared.forecast, grid, prepared.open_mask, seed)
    centre = generator.centre if absence else replace(generator.centre, absence_share=0.0)
    shape = (len(hotline.groups), len(grid))
    start = requirement["seats"].to_numpy(dtype=np.int64).reshape(shape)
    works = _may_work(prepared, centre)
    shared = any(centre.overflow)
    least = family.inputs.minimum if shared else family.hard
    work = effort or (EXPECTED_DAY if confidence is None else PROBABLE_DAY)
    tasks = []
    for number, day in enumerate(grid.day_list):
        here = np.flatnonzero(grid.dates == np.datetime64(day, "D"))
        space = SeatSpace(
            least=np.minimum(least[:, here], hotline.seats.opened),
            most=np.where(works[:, here], hotline.seats.opened, 0),
            hours=np.full(len(here), grid.interval_s / 3600),
            opened=hotline.seats.opened,
            covers=_covers(prepared, centre, family, here) if shared else (),
        )
        window = _window(prepared, generator, centre, start, here, number, work, confidence, seed)
        others = (np.maximum(space.least, 0),) if shared else ()
        tasks.append(
            SearchDay(
                day,
                here,
                window,
                targets,
                space,
                (start[:, here], *others),
                seed,
                each_line,
                level == "interval",
                confidence,
                work,
                shared,
                engine,
            )
        )
    return tasks, family


def _counts_of(target: Target) -> Sequence[str]:
    from wfm.metrics import KPIS

    kpi = KPIS[target.kpi]
    return (*kpi.numerator, *kpi.denominator, *kpi.denominator_less)


def _answers(tasks: list[SearchDay], workers: int, progress: Progress) -> list[_Answer]:
    if workers > 1 and len(tasks) > 1:
        return run_tasks(_search, tasks, workers=workers, progress=progress)
    answers = []
    for n, task in enumerate(tasks):

        def tell(done: int, total: int, /, n: int = n) -> None:
            progress(100 * n + 100 * done // total, 100 * len(tasks))

        answers.append(_search(task, tell))
    return answers


def _search(day: SearchDay, progress: Progress = no_progress) -> _Answer:
    trials = SeatTrials(
        day.window,
        day.targets,
        day.seed,
        each_line=day.each_line,
        each_interval=day.each_interval,
        probability=day.probability,
        engine=day.engine,
    )
    found = fewest_seats(
        day.space, trials, day.starts, confidence=SURE, effort=day.effort, shared=day.shared, progress=progress
    )
    after = trials.measures(found.seats, found.checked_first, day.effort.check)
    before = trials.measures(found.start, found.checked_first, day.effort.check)
    lines = day.window.centre.line_ids if day.each_line else ("",)
    measures = pd.DataFrame(
        [(pd.Timestamp(day.date), t.id, line) for t in day.targets for line in lines],
        columns=["date", "target", "line"],
    ).assign(value=after.values, half_width=1.96 * after.errors, start_value=before.values)
    error = found.certainty.error
    away = np.divide(found.certainty.mean, error, out=np.full(len(error), np.inf), where=error > 0)
    column = 0 if day.probability is not None else int(np.argmin(away)) * len(day.targets) // len(away)
    return _Answer(found, measures, day.targets[column].kpi, trials.calls_played)


def _row(task: SearchDay, answer: _Answer) -> dict[str, object]:
    found, space = answer.found, task.space
    hours = space.hours_of(found.seats)
    return {
        "date": pd.Timestamp(task.date),
        "calls": float(task.window.centre.arrivals[:, :, task.window.first :].sum() / len(task.window.centre.arrivals)),
        "start_hours": space.hours_of(found.start),
        "start_held": found.start_holds,
        "mended_hours": space.hours_of(found.mended),
        "hours": hours,
        "saved_hours": space.hours_of(found.mended) - hours,
        "bound_hours": found.bound,
        "gap": (hours - found.bound) / hours if hours > 0 else 0.0,
        **_share_kept(task, found),
        "held": found.holds,
        "minimal": found.minimal,
        "rounds": found.rounds,
        "cuts": found.cuts,
        "evaluations": found.evaluations,
        "calls_played": answer.calls_played,
        "checks": found.checks,
    }


def _share_kept(task: SearchDay, found: FewestSeats) -> dict[str, float]:
    """How surely the day keeps every target, where that was asked: share of days in the last check."""
    if task.probability is None:
        return {"probability": float("nan"), "half_width": float("nan")}
    share = float(found.certainty.mean[0]) + task.probability
    return {"probability": share, "half_width": 1.96 * float(found.certainty.error[0])}


def _may_work(prepared: Prepared, centre: Centre) -> Flags:
    """``(G, T)`` where a group serves a line, or may help one out, within its hours."""
    hotline, grid = prepared.hotline, prepared.grid
    helps = {step.group for steps in centre.overflow for step in steps}
    found = np.zeros((len(hotline.groups), len(grid)), dtype=bool)
    for number, group in enumerate(hotline.groups):
        mine = np.array([group.covers(int(m)) for m in grid.minutes])
        serves = (centre.serving == number).any(axis=0)
        found[number] = prepared.open_mask & mine & (serves | (number in helps))
    return found


def _covers(prepared: Prepared, centre: Centre, family: SeatFamily, here: Counts) -> tuple[Cover, ...]:
    """Every set of lines that shares agents has at least the agents that its calls keep busy up to the cap."""
    calls = family.workload.calls
    load = calls.arrivals[:, here] * calls.aht_s[:, here] / family.inputs.interval_s
    groups, lines = len(centre.group_ids), len(centre.line_ids)
    skills: list[LineSet] = []
    for group in range(groups):
        own = {line for line in range(lines) if (centre.serving[line, here] == group).any()}
        own |= {line for line, steps in enumerate(centre.overflow) if any(s.group == group for s in steps)}
        skills.append(frozenset(own))
    sets, _ = binding_sets(skills, lines, SETS_MAX)
    found = []
    for one in sets:
        need = np.ceil(load[sorted(one)].sum(axis=0) / prepared.hotline.occupancy_max - 1e-9).astype(np.int64)
        able = groups_of(one, skills)
        found.append(Cover(np.array([g in able for g in range(groups)]), need))
    return tuple(found)


def _window(
    prepared: Prepared,
    generator: DayGenerator,
    centre: Centre,
    start: Counts,
    here: Counts,
    number: int,
    work: Effort,
    confidence: float | None,
    seed: int,
) -> DayWindow:
    """The day and the hours before it: four, and as far back as closed calls come from that the day calls back."""
    began = int(here[0]) - ceil(WARM_UP_MIN / prepared.grid.interval_min)
    opened = np.flatnonzero(prepared.open_mask[: here[0]])
    if centre.call_back_closed and len(opened):
        began = min(began, int(opened[-1]))
    began, ended = max(began, 0), int(here[-1]) + 1
    size = work.replications
    window = np.arange(began, ended)
    if confidence is None:
        rng = np.random.default_rng(np.random.SeedSequence([seed, number, 0x5EA7]))
        arrivals = rng.poisson(prepared.forecast.mean[:, window], (size, len(centre.line_ids), len(window)))
    else:
        # No path that the search has seen is checked on.
        seen, unseen = generator.halves(here)
        many = work.check * work.checks
        origin = np.concatenate(
            [seen[np.arange(work.large) % len(seen)], unseen[np.arange(many) * len(unseen) // work.check % len(unseen)]]
        )
        arrivals = generator.counts(window, origin, number)
    cut = replace(window_of(centre, began, ended), arrivals=arrivals.astype(np.int64))
    return DayWindow(cut, int(here[0]) - began, start[:, began : here[0]], number * size)
