"""From a forecast to the posts to fill."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from scenarios.confident_seats import seats_with_confidence
from scenarios.preparation import Prepared, StageProgress, silent, staged
from scenarios.roster_problem import roster_problem
from scheduler import Cover, cover_shifts
from wfm.staffing import Level, Workload, compute_requirement, compute_workload

__all__ = ["PostsNeeded", "posts_needed", "roster_problem"]


@dataclass(frozen=True, slots=True)
class PostsNeeded:
    """What the forecast asks for: its summary, the work, the seats for it, and the shifts that bring them."""

    summary: pd.DataFrame
    workload: Workload
    requirement: pd.DataFrame
    cover: Cover


def posts_needed(
    prepared: Prepared,
    *,
    level: Level = "interval",
    confidence: float | None = None,
    seed: int = 1,
    history: pd.DataFrame | None = None,
    watch: StageProgress = silent,
) -> PostsNeeded:
    """Seats of the level asked for, and the least-cost shifts; stages ``requirement``, ``confidence``, ``cover``.

    Args:
        prepared: a scenario and its forecast.
        level: whether every interval keeps the targets, or the day as the standard counts it.
        confidence: probability with which each day is to comply; without one, seats are those of the expected demand.
        seed: seed of the simulated days behind ``confidence``.
        history: duties of the roster before; its last night serves the first hours.
        watch: called with a stage's key, returns the progress to tell of it.

    Raises:
        BadInput: the confidence cannot be reached or is no probability.
    """
    hotline, grid, calendar = prepared.hotline, prepared.grid, prepared.calendar
    summary = prepared.forecast.summary()
    workload = staged(watch, "requirement", lambda: compute_workload(hotline, summary, grid, calendar))
    if confidence is None:
        requirement = compute_requirement(hotline, workload, prepared.targets, level)
    else:
        requirement = seats_with_confidence(
            hotline,
            prepared.forecast,
            grid,
            calendar,
            prepared.targets,
            confidence,
            level=level,
            seed=seed,
            progress=watch("confidence"),
        ).table
    cover = cover_shifts(hotline, requirement, grid, calendar, history=history, progress=watch("cover"))
    return PostsNeeded(summary, workload, requirement, cover)
