"""Cover of a roster by interval: people on duty beside the people required, by the forecast or by the posts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scheduler.coverage import rostered_agents
from scheduler.duties_table import duties_frame
from scheduler.problem import RosterProblem
from scheduler.shift_times import break_words, duty_times
from scheduler.table_rows import rows_of
from wfm.hotline import grid_of

__all__ = ["interval_cover", "posts_by_interval"]


def interval_cover(problem: RosterProblem, duties: pd.DataFrame, requirement: pd.DataFrame | None) -> pd.DataFrame:
    """Required and rostered agents (A) of each group and interval of the roster.

    Args:
        problem: hotline, period and posts.
        duties: ``tables.DUTIES``.
        requirement: heads required by the forecast (``tables.REQUIREMENT``) of the same period; without it the posts
            to fill say what is required.

    Returns:
        columns ``group, interval, required, rostered, gap``; a part of an interval on duty counts by that part.
    """
    grid = grid_of(problem.hotline, problem.first, problem.days)
    cover = rostered_agents(duties, problem.hotline, grid).rename(columns={"rostered_a": "rostered"})
    needed = posts_by_interval(problem) if requirement is None else _of_forecast(requirement)
    found = cover[["group", "interval", "rostered"]].merge(needed, on=["group", "interval"], how="left")
    found["required"] = found["required"].fillna(0.0)
    found["gap"] = (found["rostered"] - found["required"]).round(6)
    idle = (found["required"] == 0) & (found["rostered"] == 0)
    found.loc[idle, "gap"] = np.nan  # closed
    return found[["group", "interval", "required", "rostered", "gap"]]


def _of_forecast(requirement: pd.DataFrame) -> pd.DataFrame:
    needed = requirement[["group", "interval", "heads"]].rename(columns={"heads": "required"})
    return needed.astype({"required": float})


def posts_by_interval(problem: RosterProblem) -> pd.DataFrame:
    """Agents (A) of each group and interval if every post were filled: columns ``group, interval, required``."""
    shifts = {s.id: s for s in problem.hotline.shifts}
    rows = []
    for row in rows_of(problem.posts):
        day, shift = pd.Timestamp(row.date).date(), shifts[str(row.shift)]
        start, end = duty_times(day, shift, problem.zone)
        one = {"date": pd.Timestamp(day), "shift": shift.id, "group": str(row.group), "role": "A", "post": ""}
        times = {"start": start, "end": end, "breaks": break_words(shift), "remote": False}
        rows += [{**one, **times, "agent": str(n)} for n in range(int(row.posts_a))]
    grid = grid_of(problem.hotline, problem.first, problem.days)
    filled = rostered_agents(duties_frame(rows, problem.hotline.time_zone), problem.hotline, grid)
    return filled[["group", "interval", "rostered_a"]].rename(columns={"rostered_a": "required"})
