"""Repair of a large roster and the explanation of a conflict, in CPU seconds; not a test."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from row import RUNS, Row

from scenarios.posts_needed import roster_problem
from scenarios.scenario import load_scenario
from scheduler import RosterProblem, build_roster, explain_shortage, find_alternatives
from scheduler.checker import check_roster, is_legal
from wfm.hotline import (
    Agent,
    Contract,
    Demand,
    Group,
    HandlingTime,
    Hotline,
    Leave,
    Line,
    Patience,
    RosterRules,
    Seats,
    Shift,
)
from wfm.i18n import Text

MONDAY = date(2026, 9, 14)
ABSENCES, DAYS_ILL = 8, 3
T = TypeVar("T")


def rows() -> Iterator[Row]:
    """Seconds and changed cells of repairs, seconds of an explanation."""
    problem = full_time_problem(400, 28)
    published = build_roster(problem, seconds=8, reproducible=True).duties
    now = datetime(2026, 9, 23, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
    first = date(2026, 9, 24)
    there = published[
        (published["start"] >= now) & (published["date"] < pd.Timestamp(first + timedelta(days=DAYS_ILL)))
    ]
    ill = np.random.default_rng(8).choice(sorted(set(there["agent"])), ABSENCES, replace=False).tolist()
    last = first + timedelta(days=DAYS_ILL - 1)
    away = replace(problem, leave=[*problem.leave, *(Leave(agent=a, first=first, last=last) for a in ill)])
    seconds, found = _median(lambda: find_alternatives(away, published, now, as_published=problem))
    one = found[0]
    legal = all(is_legal(check_roster(away, x.duties)) for x in found)
    opened = int(one.unfilled["missing"].sum())
    yield Row(
        f"repair, {ABSENCES} ill for {DAYS_ILL} days in 400 × 28 days, {len(found)} ways",
        f"{seconds:.2f} s CPU",
        "bound 10",
    )
    yield Row("  changed cells of the first", str(len(one.moves)), "bound 45")
    before = int(problem.posts[["posts_a", "posts_b"]].to_numpy().sum()) - len(published)
    yield Row(
        "  posts left open by it, before it; all ways legal", f"{opened}, {before}; {legal}", f"proven: {one.proven}"
    )
    for nights in (30, 12):
        short = short_of_nights(nights)
        seconds, conflicts = _median(lambda short=short: explain_shortage(short))  # type: ignore[misc]
        minimal = all(c.minimal for c in conflicts)
        yield Row(
            f"why not, 380 lawyers, {nights} work nights", f"{seconds:.2f} s CPU", f"bound 10; minimal: {minimal}"
        )


def _median(work: Callable[[], T]) -> tuple[float, T]:
    costs = []
    for _ in range(RUNS):
        began = time.process_time()
        found = work()
        costs.append(time.process_time() - began)
    return statistics.median(costs), found


def full_time_problem(people: int, days: int) -> RosterProblem:
    """Full-time people on three lines around the clock: 40 hours a week, three shifts of eight hours, a B on every tenth post."""

    def text(word: str) -> Text:
        return Text(word, word)

    rng = np.random.default_rng(20260914)
    names = ("general", "women", "wages")
    lines = tuple(
        Line(
            id=n,
            name=text(n),
            demand=Demand(calls_per_day=100),
            handling=HandlingTime(talk_s=300),
            patience=Patience(mean_s=200),
        )
        for n in names
    )
    shifts = tuple(
        Shift(id=n, name=text(n), short=text(n[0]), start=a, end=b, night=n == "night")
        for n, a, b in (("early", "08:00", "16:00"), ("late", "16:00", "24:00"), ("night", "00:00", "08:00"))
    )
    hotline = Hotline(
        id="large",
        number="12345",
        name=text("large"),
        seats=Seats(built=1000, opened=1000),
        lines=lines,
        groups=tuple(Group(id=n, name=text(n), lines=(n,)) for n in names),
        contracts=(
            Contract(id="full", name=text("full"), employee=True, hours_per_week_max=40, nights_per_4_weeks_max=8),
        ),
        shifts=shifts,
        rules=RosterRules(),
    )
    agents = [
        Agent(
            id=f"P{n:03d}",
            contract="full",
            lines=tuple(x for x in names if x == "general" or rng.random() < 0.4),
            night=bool(rng.random() < 0.8),
        )
        for n in range(people)
    ]
    needed = {"early": (0.28, 0.06, 0.04), "late": (0.13, 0.03, 0.02), "night": (0.05, 0.01, 0.01)}
    posts = []
    for day in range(days):
        date_of = MONDAY + timedelta(days=day)
        quiet = 0.6 if date_of.weekday() >= 5 else 1.0
        for shift, shares in needed.items():
            for group, share in zip(names, shares, strict=True):
                count = max(1, round(share * people * quiet))
                posts.append((pd.Timestamp(date_of), group, shift, count, max(1, count // 10)))
    frame = pd.DataFrame(posts, columns=["date", "group", "shift", "posts_a", "posts_b"])
    return RosterProblem(hotline, agents, [], MONDAY, days, frame, None, {})


def short_of_nights(people: int) -> RosterProblem:
    """Guizhou's lawyers over four weeks, of whom only so many work nights."""
    scenario = load_scenario("guizhou-12348")
    able = set(scenario.hotline.group("night").lines)
    left, agents = people, []
    for agent in scenario.agents:
        works = agent.night and able <= set(agent.lines)
        agents.append(agent if works and left > 0 else agent.model_copy(update={"night": False}))
        left -= works
    posts = [
        (pd.Timestamp(MONDAY + timedelta(days=day)), group, shift, a, b)
        for day in range(28)
        for group, shift, a, b in (
            ("day-general", "early", 5, 1),
            ("day-general", "afternoon", 6, 1),
            ("day-general", "evening", 5, 1),
            ("day-women-children", "early", 2, 1),
            ("day-women-children", "afternoon", 2, 1),
            ("day-wages", "morning", 2, 1),
            ("day-wages", "afternoon", 2, 1),
            ("night", "night", 3, 2),
        )
    ]
    frame = pd.DataFrame(posts, columns=["date", "group", "shift", "posts_a", "posts_b"])
    return roster_problem(replace(scenario, agents=agents), MONDAY, 28, frame)
