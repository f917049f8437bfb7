"""Three weeks of the court line with a forecast of the last one, and a review in which one day missed a target."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from dashboard.person import Person
from scenarios.forecast_review import ForecastReview
from scenarios.kept_review import keep_review, review_inputs
from scenarios.planned_days import PlannedDay
from scenarios.review import Review, ReviewSettings
from scenarios.scenario import load_scenario
from wfm.hotline import calendar_of, grid_of, open_intervals, targets_of
from wfm.records import RecordStore, generate_calls
from wfm.review.missed import Cause, CauseFacts, DayReview, TargetReview
from wfm.store import Store, open_store

COURT = "nanxun-12368"
ZONE = ZoneInfo("Asia/Shanghai")
FIRST = date(2026, 11, 2)
DAYS = 19
WEEK = date(2026, 11, 16)
MISSED = date(2026, 11, 18)
NOW = datetime(2026, 11, 21, 10, tzinfo=ZONE)

OPERATIONS = Person("zhang", ("operations",))
VIEWER = Person("li", ("viewer",))
AGENT = Person("wu", ("agent",), "A001")


def save_forecast(store: Store, mean: float = 8.0) -> int:
    """The same mean in every open half-hour of the week, known on its eve."""
    court = load_scenario(COURT).hotline
    grid = grid_of(court, WEEK, 5)
    level = np.where(open_intervals(court, grid, calendar_of(court)), mean, 0.0)
    summary = pd.DataFrame(
        {
            "line": court.line_ids[0], "interval": grid.starts, "mean": level, "p025": 0.0, "p10": level / 2, "p50": level,
            "p90": level * 1.5, "p975": level * 2, "aht_s": 300.0,
        }
    )  # fmt: skip
    origin = datetime(2026, 11, 16, tzinfo=ZONE)
    return store.forecasts.save(hotline=court.id, origin=origin, model="test", seed=1, summary=summary)


def review_of_week() -> Review:
    """Wednesday answered after 21 s: 15 % more calls took 8 s, two seats fewer 5 s, patience gave 1 s back, luck the rest."""
    court = load_scenario(COURT).hotline
    target = next(t for t in targets_of(court) if t.kpi == "asa_s" and t.limit is not None)
    nothing = float("nan")
    causes = (
        Cause("volume", 8.0, 2.0, 1.0, 9.0),
        Cause("seats", 5.0, 1.5, 1.0, 4.0),
        Cause("patience", -1.0, 2.0, 1.0, 0.0),
    )
    missed = TargetReview(target, "", 21.0, 8.0, 20.0, causes, 16.0, 24.0, "chance")
    facts = {
        "volume": CauseFacts(100, 115),
        "outside": CauseFacts(0, 0),
        "seats": CauseFacts(36, 32),
        "patience": CauseFacts(180, 170),
        "redial": CauseFacts(0.3, 0.3),
    }
    days = []
    for n in range(5):
        day = WEEK + timedelta(days=n)
        kept = TargetReview(target, "", 9.0 + n / 10, nothing, nothing, (), nothing, nothing, "unknown")
        found = (
            DayReview(day, facts, (missed,), (), ("seats",)) if day == MISSED else DayReview(day, {}, (kept,), (), ())
        )
        days.append(found)
    plan = PlannedDay("1", None, pd.DataFrame(), pd.DataFrame(), {}, True)
    return Review(
        hotline=court,
        settings=ReviewSettings(WEEK, WEEK + timedelta(days=4), replications=50),
        targets=(target,),
        days=tuple(days),
        explained=frozenset({MISSED}),
        plans={day.day: plan for day in days},
        forecast=ForecastReview(None, {}, {}, {}, {}),
        notes=(),
    )


@pytest.fixture(scope="session")
def shared(open_site: Callable[..., Any]) -> Any:
    """One application for all tests; addresses look from Saturday at ten."""
    return open_site(NOW, OPERATIONS, {"hotline": COURT, "at": "2026-11-21T10:00"})


@pytest.fixture(scope="session")
def reviewed_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with three weeks of records, a forecast of the last, and a kept review of it."""
    home: Path = tmp_path_factory.mktemp("reviewed") / "home"
    scenario = load_scenario(COURT)
    calls = generate_calls(scenario.hotline, FIRST, DAYS, 3)
    RecordStore(home, COURT).add(calls, "made", "recorded", time_zone=scenario.hotline.time_zone)
    store = open_store(f"sqlite:///{home / 'wfm.sqlite'}")
    save_forecast(store)
    keep_review(review_of_week(), home, datetime(2026, 11, 21, 1, tzinfo=UTC), review_inputs(scenario, home, store))
    return home


@pytest.fixture
def site(shared: Any, tmp_path: Path, go_before: Callable[..., Any]) -> Any:
    """An empty home."""
    return go_before(shared, tmp_path / "home", OPERATIONS)


@pytest.fixture
def reviewed(shared: Any, reviewed_home: Path, tmp_path: Path, go_before: Callable[..., Any]) -> Any:
    """Three weeks of records, a forecast of the last, and a review of it."""
    return go_before(shared, Path(shutil.copytree(reviewed_home, tmp_path / "home")), OPERATIONS)


@pytest.fixture
def recorded(reviewed: Any) -> Any:
    """The same without a review."""
    shutil.rmtree(reviewed.desk.home / "reviews")
    return reviewed
