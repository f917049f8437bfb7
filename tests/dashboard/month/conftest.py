"""A desk with a small published month in a home of its own, and a way to press its buttons as a browser would."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from dashboard.person import Person
from dashboard.roster_shelf import roster_shelf
from scenarios.roster_at_hand import RosterAtHand, counted_posts
from scenarios.roster_month import publish_roster
from scenarios.roster_problem import roster_problem
from scenarios.scenario import load_scenario
from scheduler.grid_words import CellDuty
from scheduler.roster_grid import GridDuty, duties_from_grid
from wfm.store import open_store

HOTLINE = "nanxun-12368"
FIRST = date(2026, 9, 14)
ZONE = ZoneInfo("Asia/Shanghai")

SCHEDULER = Person("wang", ("scheduler",))
VIEWER = Person("zhao", ("viewer",))
AGENT = Person("a003", ("agent",), f"{HOTLINE}:A003")


def small_month() -> RosterAtHand:
    """Two weeks: A001 answers with A003 behind on even weekdays, A005 with A007 on odd ones."""
    scenario = load_scenario(HOTLINE)
    empty = pd.DataFrame(columns=["date", "group", "shift", "posts_a", "posts_b"])
    problem = roster_problem(scenario, FIRST, 14, empty)
    days = [d for d in range(14) if (FIRST + timedelta(days=d)).weekday() < 5]
    cells = [
        GridDuty(agent, FIRST + timedelta(days=d), CellDuty("day-1", role, "court"))
        for d in days
        for agent, role in ((("A001", "A"), ("A003", "B")) if d % 2 == 0 else (("A005", "A"), ("A007", "B")))
    ]
    duties = duties_from_grid(problem, cells)
    problem = replace(problem, posts=counted_posts(scenario.hotline, duties))
    return RosterAtHand("small", scenario, problem, duties, True)


@pytest.fixture(scope="session")
def published_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose store holds the small month as published version 1; each test works on a copy."""
    home = tmp_path_factory.mktemp("month") / "home"
    home.mkdir()
    store = open_store(f"sqlite:///{home / 'wfm.sqlite'}")
    publish_roster(small_month(), store, datetime(2026, 9, 1, tzinfo=ZONE), despite_rules=True)
    return home


@pytest.fixture(scope="session")
def shared(open_site: Callable[..., Any]) -> Any:
    """One application for all tests; addresses look from the Sunday before the month."""
    query = {"hotline": HOTLINE, "at": "2026-09-13T12:00"}
    search = f"?hotline={HOTLINE}&at=2026-09-13T12:00&month=2026-09-14"
    return open_site(datetime(2026, 9, 13, 12, tzinfo=ZONE), SCHEDULER, query, path="/roster", search=search)


@pytest.fixture
def site(shared: Any, published_home: Path, tmp_path: Path, go_before: Callable[..., Any]) -> Any:
    """The dashboard over a store of the test's own; a scheduler asks."""
    roster_shelf(shared.desk)._kept.clear()
    return go_before(shared, Path(shutil.copytree(published_home, tmp_path / "home")), SCHEDULER)
