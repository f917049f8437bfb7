"""Rosters of 380 lawyers and of 400 full-time people over four weeks, and the plain model beside them; not a test.

Seconds are of the processor, of all threads together. The peer is CP-SAT on one model of the whole problem, the product's own
rules in it, with CP-SAT's defaults and with ``max_lp``, for the same seconds and from nothing.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from ortools.sat.python import cp_model
from repair import MONDAY, full_time_problem
from row import Row

from scenarios.posts_needed import posts_needed, roster_problem
from scenarios.preparation import prepare
from scenarios.scenario import load_scenario
from scheduler import Roster, RosterProblem, build_roster
from scheduler.checker import check_roster, is_legal
from scheduler.goal import cost_of, goal_of
from scheduler.model import build_neighbourhood
from scheduler.slots import Slots
from scheduler.work import Work
from wfm.hotline import Agent, Contract, Leave, RosterRules, Shift, Wish
from wfm.i18n import Text

LAWYERS_S, PEOPLE_S = 30.0, 90.0
FIRST_S = 2.0
WORKERS = 2
DAYS = 28
PEERS: dict[str, Mapping[str, list[str]]] = {
    "defaults": {},
    "max_lp": {"ignore_subsolvers": ["default_lp"], "extra_subsolvers": ["max_lp"]},
}


def rows() -> Iterator[Row]:
    """Objective, bound and gap; what the plain model reaches in the same time."""
    yield from _lawyers()
    yield from _full_time()


def _lawyers() -> Iterator[Row]:
    scenario = load_scenario("guizhou-12348")
    with tempfile.TemporaryDirectory() as home:
        prepared = prepare(scenario, MONDAY, DAYS, seed=1, paths=100, home=Path(home))
        problem = roster_problem(scenario, MONDAY, DAYS, posts_needed(prepared).cover.posts)
    filled: list[float] = []
    name = f"{len(problem.agents)} lawyers × {DAYS} days with B"
    roster, seconds = _built(problem, LAWYERS_S, filled)
    yield Row(
        f"{name}: first roster with all posts filled",
        f"{filled[0]:.2f} s CPU" if filled else "none",
        f"bound {FIRST_S:g}",
    )
    yield _quality(name, problem, roster, seconds, "gap bound 1 %")


def _full_time() -> Iterator[Row]:
    for problem, words in (
        (people_nearly_all_needed(400), "nearly all needed"),
        (people_with_wishes(400), "with wishes"),
    ):
        name = f"400 full-time people × {DAYS} days, {words}"
        roster, seconds = _built(problem, PEOPLE_S, [])
        yield _quality(name, problem, roster, seconds, "gap bound 25 %")
    for peer, settings in PEERS.items():
        cost, spent = _plain_model(problem, PEOPLE_S, settings)
        value = "no roster" if cost is None else f"{cost:,.0f}"
        ratio = "" if cost is None else f"ours is {roster.objective / max(1.0, cost):.3f} of it; "
        yield Row(f"  the plain model, CP-SAT with {peer}", value, f"{ratio}{spent:.0f} s CPU")


def _built(problem: RosterProblem, seconds: float, filled: list[float]) -> tuple[Roster, float]:
    """The roster and its seconds; ``filled`` gets those after which no post was open."""
    began = time.process_time()

    def watch(objective: float, bound: float) -> None:
        if objective < 10_000 + bound and not filled:  # less than one open B post above the bound
            filled.append(time.process_time() - began)

    roster = build_roster(problem, cpu_seconds=seconds, workers=WORKERS, watch=watch)
    return roster, time.process_time() - began


def _quality(name: str, problem: RosterProblem, roster: Roster, seconds: float, against: str) -> Row:
    gap = (roster.objective - roster.bound) / max(1.0, roster.objective)
    legal = is_legal(check_roster(problem, roster.duties))
    return Row(
        f"{name}: objective {roster.objective:,.0f}, bound {roster.bound:,.0f}",
        f"gap {gap:.1%}",
        f"{against}; {seconds:.0f} s CPU; open {int(roster.unfilled['missing'].sum())}; legal: {legal}",
    )


def _plain_model(
    problem: RosterProblem, seconds: float, settings: Mapping[str, list[str]]
) -> tuple[float | None, float]:
    """Objective of the best roster of one model of everything, and the seconds spent."""
    slots = Slots(problem)
    goal = goal_of(slots)
    began = time.process_time()
    empty = Work.of_history(slots)
    part = build_neighbourhood(empty, goal, list(range(slots.n_agents)), list(slots.period))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = WORKERS
    for name, values in settings.items():
        getattr(solver.parameters, name).extend(values)
    statuses: list[cp_model.CpSolverStatus] = []
    thread = threading.Thread(target=lambda: statuses.append(solver.solve(part.model)), daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(0.2)
        if time.process_time() - began > seconds:  # processor time: the clock would favour whoever finds the cores free
            solver.stop_search()
    status = statuses[0]
    spent = time.process_time() - began
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None, spent
    work = part.fixed.copy()
    for (agent, index), var in part.x.items():
        if solver.boolean_value(var):
            work.assign(agent, slots.all[index])
    return float(cost_of(work, goal)), spent


def people_with_wishes(people: int) -> RosterProblem:
    """Full-time people on three lines with leave of a fifth, hours of 36 to 40 a week, and four wishes of each."""
    problem = full_time_problem(people, DAYS)
    rng = np.random.default_rng(5)
    contract = problem.hotline.contracts[0].model_copy(update={"hours_per_week_min": 36.0, "nights_per_4_weeks_max": 6})
    hotline = problem.hotline.model_copy(update={"contracts": (contract,)})
    leave = []
    for number in rng.choice(people, people // 5, replace=False):
        first = MONDAY + timedelta(days=int(rng.integers(0, DAYS - 4)))
        leave.append(Leave(agent=f"P{number:03d}", first=first, last=first + timedelta(days=int(rng.integers(1, 6)))))
    shifts = [s.id for s in hotline.shifts]
    wishes = []
    for agent in problem.agents:
        for day in rng.choice(DAYS, 4, replace=False):
            wanted = bool(rng.random() < 0.4)
            shift = str(rng.choice(shifts[:2])) if wanted else ""
            wishes.append(
                Wish(agent=agent.id, date=_day(int(day)), shift=shift, wanted=wanted, weight=int(rng.integers(1, 20)))
            )
    return replace(problem, hotline=hotline, leave=leave, wishes=tuple(wishes))


def people_nearly_all_needed(people: int) -> RosterProblem:
    """Full-time people of three lines, four fifths of them by night too, a fifth on leave for some days; 94 % of their hours are posts."""
    rng = np.random.default_rng(0)
    problem = full_time_problem(3, DAYS)
    hours = (
        ("early", "07:00", "15:00"),
        ("day", "09:00", "17:00"),
        ("late", "15:00", "23:00"),
        ("night", "23:00", "07:00"),
    )
    shifts = tuple(
        Shift(id=n, name=Text(n, n), short=Text(n[0], n[0]), start=a, end=b, night=n == "night") for n, a, b in hours
    )
    contract = Contract(
        id="employee",
        name=Text("employee", "employee"),
        employee=True,
        hours_per_week_min=36,
        hours_per_week_max=40,
        nights_per_4_weeks_max=6,
    )
    rules = RosterRules(consecutive_nights_max=3)
    hotline = problem.hotline.model_copy(update={"contracts": (contract,), "shifts": shifts, "rules": rules})
    lines = [line.id for line in hotline.lines]
    agents = []
    for number in range(people):
        able = rng.choice(3, size=rng.integers(1, 4), replace=False, p=[0.5, 0.3, 0.2])
        night = bool(rng.random() < 0.8)
        agents.append(
            Agent(id=f"e{number:03d}", contract="employee", lines=tuple(lines[k] for k in sorted(able)), night=night)
        )
    leave = []
    for number in rng.choice(people, people // 5, replace=False):
        first = MONDAY + timedelta(days=int(rng.integers(0, DAYS - 4)))
        leave.append(Leave(agent=f"e{number:03d}", first=first, last=first + timedelta(days=int(rng.integers(1, 6)))))
    rows = []
    for day in range(DAYS):
        heads = 0.94 * people * 5 / 7 * (1.08 if day % 7 < 5 else 0.8)
        for line, of_line in zip(lines, (0.5, 0.3, 0.2), strict=True):
            for shift, of_shift in zip(shifts, (0.32, 0.27, 0.27, 0.14), strict=True):
                rows.append((pd.Timestamp(_day(day)), line, shift.id, round(heads * of_line * of_shift), 0))
    posts = pd.DataFrame(rows, columns=["date", "group", "shift", "posts_a", "posts_b"])
    return RosterProblem(hotline, agents, leave, MONDAY, DAYS, posts, None, {})


def _day(number: int) -> date:
    return (pd.Timestamp(MONDAY) + pd.Timedelta(days=number)).date()
