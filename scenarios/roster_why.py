"""Why posts of a roster, or of a hotline without one, cannot all be filled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from scenarios.posts_file import read_posts
from scenarios.posts_needed import posts_needed, roster_problem
from scenarios.preparation import StageProgress, prepare, silent
from scenarios.roster_at_hand import TABLES, roster_at_hand
from scenarios.roster_in_month import in_the_store_if_any
from scenarios.scenario import load_scenario
from scheduler import RelaxationCosts, RosterProblem, WhyNot, find_conflicts
from wfm.i18n import Text

__all__ = ["WHY_STAGES", "Shortage", "why_short"]

PATHS = 100

WHY_STAGES: dict[str, Text] = {
    "history": Text("Call records", "通话记录"),
    "forecast": Text("Forecast", "话务预测"),
    "requirement": Text("Requirement", "人力需求"),
    "cover": Text("Shifts", "班次覆盖"),
    "why": Text("Conflicts", "冲突"),
}
"""Stages in their order, with the names that progress shows."""


@dataclass(frozen=True, slots=True)
class Shortage:
    """What is short, and why.

    Attributes:
        problem: people, rules and posts.
        posts_known: whether the posts are the ones to fill; otherwise nothing can be known to be open.
        why: conflicts, posts that could be filled after all, posts of which nothing was proven.
    """

    problem: RosterProblem
    posts_known: bool
    why: WhyNot


def why_short(
    place: str,
    home: Path,
    *,
    hotline: str = "",
    start: date | None = None,
    days: int = 28,
    posts: Path | None = None,
    seconds: float = 10.0,
    reproducible: bool = False,
    costs: RelaxationCosts | None = None,
    watch: StageProgress = silent,
) -> Shortage:
    """Conflicts behind the open posts of the roster at ``place``; of a hotline's posts, before any roster is built.

    Args:
        place: a roster as ``roster_at_hand`` reads it; or a hotline, with its posts in a file or from the forecast.
        home: where call records live.
        hotline: the hotline, where the roster does not say it.
        start: first day.
        days: length of the period, for a hotline.
        posts: file of posts.
        seconds: time for the explanation.
        reproducible: count deterministic work instead of the clock.
        costs: what relief costs.
        watch: called with a stage's key, returns the progress to tell of it.

    Raises:
        BadInput: nothing there can be read, or it does not fit.
    """
    path = Path(place)
    duties: pd.DataFrame | None = None
    if path.suffix.lower() in TABLES or (path / "roster.json").is_file() or (path / "plan.json").is_file():
        found = roster_at_hand(place, hotline=hotline, start=start, posts=posts)
        problem, duties, known = found.problem, found.duties, found.posts_known
    else:
        problem, known = in_the_store_if_any(_without_roster(place, home, start, days, posts, watch)), True
    told = watch("why")
    told(0, 1)
    why = find_conflicts(problem, duties, seconds=seconds, reproducible=reproducible, costs=costs or RelaxationCosts())
    told(1, 1)
    return Shortage(problem, known, why)


def _without_roster(
    place: str, home: Path, start: date | None, days: int, posts: Path | None, watch: StageProgress
) -> RosterProblem:
    from wfm.errors import BadInput
    from wfm.i18n import say

    scenario = load_scenario(place)
    if start is None:
        raise BadInput(say("{name} is a hotline; name the first day of the period with --start", name=place))
    if posts is not None:
        return roster_problem(scenario, start, days, read_posts(posts, scenario.hotline, start, days))
    prepared = prepare(scenario, start, days, seed=1, paths=PATHS, home=home, watch=watch)
    return roster_problem(scenario, start, days, posts_needed(prepared, watch=watch).cover.posts)
