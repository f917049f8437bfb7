"""One roster for a scenario: from the forecast or from given posts, by search or by a pattern, judged by the checker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from scenarios.collected_requests import NO_REQUESTS, Requests
from scenarios.conflict_values import conflict_values
from scenarios.posts_file import posts_csv
from scenarios.posts_needed import posts_needed
from scenarios.preparation import StageProgress, prepare, silent, staged
from scenarios.roster_folder import read_any_roster
from scenarios.roster_limits import check_seconds, check_seed_and_workers
from scenarios.roster_problem import roster_problem
from scenarios.roster_quality import roster_quality
from scenarios.roster_result import RosterResult, RosterStatus, unfilled_posts
from scenarios.scenario import Scenario, content_hash
from scheduler import POST_COLUMNS, Conflict, RosterProblem, build_roster, explain_shortage
from scheduler.checker import check_roster, is_legal, objective_parts
from scheduler.counting import refuse_hopeless
from scheduler.export import duties_csv
from scheduler.patterns import find_pattern, lay_out
from wfm import __version__
from wfm.errors import BadInput
from wfm.hotline import calendar_of
from wfm.i18n import Text, both, say
from wfm.staffing import Level

__all__ = [
    "ROSTER_STAGES",
    "WEEKS_MAX",
    "RosterAsked",
    "build_scenario_roster",
    "history_before",
    "pattern_roster",
    "result_of",
]

WEEKS_MAX = 13
PATHS = 100
"""Sample paths of the forecast behind the posts."""
EXPLAIN_S = 5.0
"""Seconds, at most, for why posts stay open; in reproducible runs counted as deterministic work."""

ROSTER_STAGES: dict[str, Text] = {
    "history": Text("Call records", "通话记录"),
    "forecast": Text("Forecast", "话务预测"),
    "requirement": Text("Requirement", "人力需求"),
    "confidence": Text("Confidence", "达标把握"),
    "cover": Text("Shifts", "班次覆盖"),
    "roster": Text("Roster", "排班"),
}
"""Stages in their order, with the names that progress shows."""

Heard = Callable[[float, float], None]
"""Hears the objective of the best roster so far and the bound."""


@dataclass(frozen=True, slots=True)
class RosterAsked:
    """How a roster is to be made.

    Attributes:
        first: first day.
        days: length of the period.
        posts: posts to fill; None: those that the forecast asks for.
        notes: what is to be said of the posts.
        history: duties of the roster before; rules reach across the border.
        requests: what people asked for the month.
        start: a roster from which the search begins.
        start_pattern: name of a pattern from which the search begins.
        allow_gaps: build on where nobody is able to serve a group, or everybody is on leave.
        seed: seed of every random number.
        seconds: what the search may take.
        workers: threads of the solver.
        reproducible: one worker and a deterministic limit, so that the seed gives the same roster.
        level: whether every interval or the day keeps the targets, where posts come from the forecast.
        confidence: probability with which each day is to comply, where posts come from the forecast.
    """

    first: date
    days: int = 28
    posts: pd.DataFrame | None = None
    notes: tuple[Text, ...] = ()
    history: pd.DataFrame | None = None
    requests: Requests = NO_REQUESTS
    start: pd.DataFrame | None = None
    start_pattern: str = ""
    allow_gaps: bool = False
    seed: int = 1
    seconds: float = 40.0
    workers: int = 1
    reproducible: bool = False
    level: Level = "interval"
    confidence: float | None = None


def build_scenario_roster(
    scenario: Scenario,
    asked: RosterAsked,
    home: Path,
    *,
    name: str = "",
    watch: StageProgress = silent,
    heard: Heard | None = None,
    keep_on_interrupt: bool = False,
) -> RosterResult:
    """Build one roster and judge it.

    Args:
        scenario: hotline, agents and leave.
        asked: period, posts and effort.
        home: where call records live; the forecast reads them.
        name: name or path under which the scenario was found.
        watch: called with a stage's key, returns the progress to tell of it.
        heard: hears the objective of the best roster so far, and the bound.
        keep_on_interrupt: when the user interrupts the search, give the best roster so far.

    Raises:
        BadInput: the period's calendar is not announced, or a part of the input cannot be used.
        KeyboardInterrupt: interrupted before the search, or without ``keep_on_interrupt``.
    """
    _check(scenario, asked)
    posts = asked.posts
    inputs: dict[str, str] = {}
    if posts is None:
        prepared = prepare(scenario, asked.first, asked.days, seed=asked.seed, paths=PATHS, home=home, watch=watch)
        needed = posts_needed(
            prepared,
            level=asked.level,
            confidence=asked.confidence,
            seed=asked.seed,
            history=asked.history,
            watch=watch,
        )
        posts = needed.cover.posts
        inputs["records"] = prepared.history.content_hash
    problem = _problem(scenario, asked, posts)
    if not asked.allow_gaps:
        refuse_hopeless(problem)
    begin = asked.start
    if asked.start_pattern:
        begin = lay_out(problem, find_pattern(scenario.hotline, asked.start_pattern)).duties
    if begin is not None:
        inputs["start"] = content_hash(duties_csv(begin).decode())
    roster = build_roster(
        problem,
        seed=asked.seed,
        seconds=asked.seconds,
        reproducible=asked.reproducible,
        workers=asked.workers,
        start=begin,
        keep_on_interrupt=keep_on_interrupt,
        progress=watch("roster"),
        watch=heard,
    )
    conflicts: tuple[Conflict, ...] = ()
    if not roster.unfilled.empty and not roster.interrupted:
        seconds = min(EXPLAIN_S, asked.seconds)
        conflicts = explain_shortage(problem, roster.duties, seconds=seconds, reproducible=asked.reproducible)
    return result_of(
        scenario,
        problem,
        roster.duties,
        name=name,
        seed=asked.seed,
        reproducible=asked.reproducible,
        conflicts=tuple(conflict_values(c) for c in conflicts),
        status="interrupted" if roster.interrupted else roster.status,
        objective=roster.objective,
        bound=roster.bound,
        parts=roster.parts,
        reasons=(*asked.notes, *asked.requests.notes(), *roster.reasons),
        inputs={**inputs, **_hash_of_requests(asked.requests)},
        pattern=asked.start_pattern,
    )


def pattern_roster(
    scenario: Scenario, asked: RosterAsked, pattern: str, *, name: str = "", watch: StageProgress = silent
) -> RosterResult:
    """The roster that a pattern lays out by itself: no forecast, no search.

    It is measured against the posts asked for; without any, against those that the pattern brings.

    Raises:
        BadInput: there is no such pattern, it does not fit the hotline or its people, or it brings no posts.
    """
    _check(scenario, asked)
    chosen = find_pattern(scenario.hotline, pattern)
    if asked.posts is None and not chosen.cycles and not any(turns.posts for turns in chosen.turns):
        raise BadInput(
            say("the pattern {pattern} brings no posts of its own; give them with --posts", pattern=chosen.id)
        )
    none = pd.DataFrame(columns=list(POST_COLUMNS))
    problem = _problem(scenario, asked, none if asked.posts is None else asked.posts)
    laid = staged(watch, "roster", lambda: lay_out(problem, chosen))
    problem = replace(problem, posts=laid.posts)
    missing = int(unfilled_posts(laid.posts, laid.duties)["missing"].sum())
    beyond = len(laid.duties) + missing - int(laid.posts["posts_a"].sum() + laid.posts["posts_b"].sum())
    reasons = [both("the pattern: {flag}", flag=flag) for flag in laid.flags]
    if missing:
        reasons.append(both("the pattern leaves {missing} posts open", missing=missing))
    if beyond:
        reasons.append(both("the pattern puts {beyond} people on duty beyond the posts", beyond=beyond))
    return result_of(
        scenario,
        problem,
        laid.duties,
        name=name,
        seed=asked.seed,
        status="pattern",
        reasons=(*asked.requests.notes(), *reasons),
        inputs=_hash_of_requests(asked.requests),
        pattern=chosen.id,
    )


def _problem(scenario: Scenario, asked: RosterAsked, posts: pd.DataFrame) -> RosterProblem:
    """The scenario's problem with what people asked for; what its own files say already is not taken twice."""
    problem = roster_problem(scenario, asked.first, asked.days, posts, history=asked.history)
    requests = asked.requests
    wished = {(w.agent, w.date, w.shift) for w in problem.wishes}
    return replace(
        problem,
        leave=[*problem.leave, *(x for x in requests.leave if x not in problem.leave)],
        wishes=(*problem.wishes, *(w for w in requests.wishes if (w.agent, w.date, w.shift) not in wished)),
        busy=(*problem.busy, *(b for b in requests.busy if b not in problem.busy)),
    )


def result_of(
    scenario: Scenario,
    problem: RosterProblem,
    duties: pd.DataFrame,
    *,
    name: str,
    status: RosterStatus,
    seed: int = 1,
    reproducible: bool = True,
    objective: float | None = None,
    bound: float | None = None,
    parts: dict[str, float] | None = None,
    reasons: tuple[Text, ...] = (),
    inputs: dict[str, str] | None = None,
    pattern: str = "",
    conflicts: tuple[dict[str, Any], ...] = (),
) -> RosterResult:
    """The duties with what the checker says, how they share the burdens, and the hashes of what they came from."""
    violations = check_roster(problem, duties)
    counted = objective_parts(problem, duties) if parts is None else parts
    return RosterResult(
        scenario=name or scenario.name,
        hotline=scenario.hotline,
        first=problem.first,
        days=problem.days,
        seed=seed,
        version=__version__,
        reproducible=reproducible,
        inputs={**scenario.input_hashes(), **_hashes(problem), **(inputs or {})},
        status=status,
        objective=objective,
        bound=bound,
        parts={name: cost for name, cost in counted.items() if cost},
        legal=is_legal(violations),
        violations=tuple(v.text for v in violations if v.breaks_law),
        reasons=reasons,
        quality=roster_quality(problem, duties),
        pattern=pattern,
        conflicts=conflicts,
        duties=duties,
        posts=problem.posts,
    )


def history_before(path: Path | str, scenario: Scenario, first: date) -> pd.DataFrame:
    """Duties before ``first`` of a roster folder, plan folder or duties file.

    Raises:
        BadInput: it cannot be read, is of another hotline, holds nobody of the scenario or no duty before ``first``.
    """
    found = read_any_roster(path, scenario.hotline)
    before = found.duties[found.duties["date"] < pd.Timestamp(first)]
    if before.empty:
        raise BadInput(say("{path}: holds no duty before {first}; the roster before is needed", path=path, first=first))
    if not set(before["agent"]) & {a.id for a in scenario.agents}:
        raise BadInput(
            say(
                "{path}: none of its people are agents of {hotline}",
                path=path,
                hotline=scenario.hotline.id,
            )
        )
    return before.reset_index(drop=True)


def _hashes(problem: RosterProblem) -> dict[str, str]:
    days = [problem.first + timedelta(days=n) for n in range(problem.days)]
    found: dict[str, Any] = {
        "posts": posts_csv(problem.posts).decode(),
        "calendar": {day.isoformat(): str(problem.kind_of(day)) for day in days},
    }
    if problem.history is not None:
        found["history"] = duties_csv(problem.history).decode()
    return {key: content_hash(value) for key, value in found.items()}


def _hash_of_requests(requests: Requests) -> dict[str, str]:
    return {"requests": content_hash(requests.plain())} if requests.count else {}


def _check(scenario: Scenario, asked: RosterAsked) -> None:
    if not 1 <= asked.days <= 7 * WEEKS_MAX:
        raise BadInput(say("the roster may last 1 to {most} days, found {days}", days=asked.days, most=7 * WEEKS_MAX))
    check_seconds(asked.seconds)
    check_seed_and_workers(asked.seed, asked.workers)
    calendar_of(scenario.hotline).require_announced(asked.first, asked.first + timedelta(days=asked.days - 1))
