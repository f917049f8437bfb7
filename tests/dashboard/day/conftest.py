"""A desk on a Tuesday morning of the court line: seven recorded calls, a published roster, open work orders, one kept look."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from dashboard.person import Person
from scenarios.intraday import Intraday
from scenarios.intraday_kpi import DayKpi
from scenarios.kept_intraday import keep_intraday
from scenarios.roster_at_hand import RosterAtHand, counted_posts
from scenarios.roster_month import publish_roster
from scenarios.roster_problem import roster_problem
from scenarios.scenario import load_scenario
from scheduler.grid_words import CellDuty
from scheduler.roster_grid import GridDuty, duties_from_grid
from wfm.hotline import grid_of
from wfm.records import RecordStore
from wfm.records.item_mapping import OrderMapping, choose_item_mapping
from wfm.records.item_store import ItemStore
from wfm.records.order_importing import import_orders
from wfm.store import open_store
from wfm.tables import CALLS, WORK_ORDERS, check_table

COURT = "nanxun-12368"
LINES = "convenience-lines"
ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 11, 24)
OPERATIONS = Person("zhang", ("manager", "operations"))

CALLS_OF_THE_MORNING = [
    ("answered", "08:40:00", "08:40:30", "08:40:36", "08:45:00"),
    ("answered", "09:00:00", "09:00:20", "09:00:30", "09:20:00"),
    ("abandoned", "09:10:00", "09:10:20", None, "09:11:20"),
    ("ivr_completed", "09:30:00", None, None, "09:32:00"),
    ("answered", "09:50:00", "09:50:00", "09:50:12", "10:05:00"),
    ("answered", "09:59:00", "09:59:30", "10:00:10", "10:03:00"),
    ("answered", "10:30:00", "10:30:05", "10:30:10", "10:40:00"),
]
ORDERS = """工单编号,受理时间,工单类型,承办单位,首次联系时间,答复时间,办结时间,回访时间,满意度
GD001,2026-11-16 10:00,一般性投诉,城管局,2026-11-17 09:10,,,,
=GD002,2026-11-23 10:20,一般性投诉,城管局,2026-11-23 11:00,,,,
GD003,2026-11-19 08:00,投诉,人社局,,,,,
GD004,2026-11-09 09:00,建议,,,2026-11-18 17:00,2026-11-18 17:30,,不满意
"""
"""Due: GD001 on Thursday 19 (three working days), =GD002 on Thursday 26, GD003 on Tuesday 24 November, each at 18:00; the
call-back of GD004, asked on Wednesday 18, three working days later on Monday 23."""


def _calls() -> pd.DataFrame:
    def moment(clock: str | None) -> Any:
        return pd.NaT if clock is None else pd.Timestamp(f"{DAY}T{clock}", tz=ZONE)

    count = len(CALLS_OF_THE_MORNING)
    nothing = pd.array([None] * count, dtype="string")
    columns = dict(
        zip(
            ("outcome", "arrived_at", "queued_at", "answered_at", "ended_at"),
            zip(*CALLS_OF_THE_MORNING, strict=True),
            strict=True,
        )
    )
    frame = pd.DataFrame(
        {
            "call": pd.array([f"c{n}" for n in range(count)], dtype="string"),
            "line": pd.array(["litigation"] * count, dtype="string"),
            "outcome": pd.array(list(columns["outcome"]), dtype="string"),
            **{
                name: pd.Series(pd.DatetimeIndex([moment(c) for c in columns[name]], tz=ZONE))
                for name in ("arrived_at", "queued_at", "answered_at", "ended_at")
            },
            "called_back_at": pd.Series(pd.DatetimeIndex([pd.NaT] * count, tz=ZONE)),
            **{name: float("nan") for name in ("ivr_s", "ring_s", "talk_s", "hold_s", "wrap_s")},
            **dict.fromkeys(("agent", "caller_key", "topic", "satisfaction"), nothing),
        }
    )
    return check_table(CALLS, frame[CALLS.column_names])


def _roster() -> RosterAtHand:
    """November: A001 answers with A002 behind on weekdays."""
    scenario = load_scenario(COURT)
    first = date(2026, 11, 1)
    empty = pd.DataFrame(columns=["date", "group", "shift", "posts_a", "posts_b"])
    problem = roster_problem(scenario, first, 30, empty)
    cells = [
        GridDuty(agent, date(2026, 11, n), CellDuty("day-1", role, "court"))
        for n in range(1, 31)
        if date(2026, 11, n).weekday() < 5
        for agent, role in (("A001", "A"), ("A002", "B"))
    ]
    duties = duties_from_grid(problem, cells)
    return RosterAtHand(
        "small", scenario, replace(problem, posts=counted_posts(scenario.hotline, duties)), duties, True
    )


class _Forecast:
    def __init__(self, table: pd.DataFrame) -> None:
        self.table = table

    def summary(self) -> pd.DataFrame:
        return self.table


def look_at_ten() -> Intraday:
    """A look from 10:00: four calls every half-hour were planned, five are expected now; two targets, one doubtful."""
    court = load_scenario(COURT).hotline
    starts = grid_of(court, DAY, 1).starts
    band = {"p025": 1.0, "p10": 3.0, "p50": 5.0, "p90": 7.0, "p975": 9.0}
    lines = pd.DataFrame({"line": "litigation", "interval": starts, "mean": 5.0, **band, "aht_s": 300.0})
    return Intraday(
        hotline=court,
        now=datetime(2026, 11, 24, 10, tzinfo=ZONE),
        seed=1,
        roster="published",
        lines=pd.DataFrame(
            {
                "line": ["litigation", ""],
                "so_far": 6.0,
                "expected_so_far": 80.0,
                "rest": 70.0,
                "p10": 60.0,
                "p90": 80.0,
                "p025": 55.0,
                "p975": 85.0,
            }
        ),
        intervals=pd.DataFrame(
            {"interval": starts, "planned": 4.0, "recorded": float("nan"), "calls": 5.0, "p10": 3.0, "p90": 7.0}
        ),
        seats=pd.DataFrame({"group": "court", "interval": starts[28:30], "on_duty": 1.0, "heads": 2.0, "over": -1.0}),
        kpis=(
            DayKpi("mean-answer-time", court.name, "asa_s", "s", "<", 15.0, 8.0, 9.3, 11.0, 9.0, 14.0, 0.93),
            DayKpi(
                "total-connection-rate",
                court.name,
                "connection_rate_daily_mean",
                "share",
                ">=",
                0.9,
                0.95,
                0.8,
                0.91,
                0.88,
                0.94,
                0.61,
            ),
        ),
        moves=(),
        notes=(),
        days_learned=20,
        forecast=_Forecast(lines),  # type: ignore[arg-type]
    )


@pytest.fixture(scope="session")
def day_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the morning's records, orders and roster."""
    home: Path = tmp_path_factory.mktemp("day") / "home"
    RecordStore(home, COURT).add(_calls(), "morning", "recorded")
    lines = load_scenario(LINES).hotline
    file = home / "orders.csv"
    file.write_text(ORDERS, encoding="utf-8")
    mapping = choose_item_mapping("orders", file)
    assert isinstance(mapping, OrderMapping)
    ItemStore(home, LINES, WORK_ORDERS).add(import_orders(file, mapping, hotline=lines, key=b"k" * 32).items, "orders")
    store = open_store(f"sqlite:///{home / 'wfm.sqlite'}")
    publish_roster(_roster(), store, datetime(2026, 10, 20, tzinfo=ZONE), despite_rules=True)
    return home


@pytest.fixture(scope="session")
def day_plans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder without plans."""
    return tmp_path_factory.mktemp("no-plans")


@pytest.fixture(scope="session")
def shared(open_site: Callable[..., Any], day_plans: Path) -> Any:
    """One application for all tests."""
    now = datetime(2026, 11, 24, 10, tzinfo=ZONE)
    return open_site(now, OPERATIONS, {"hotline": COURT, "at": "2026-11-24T10:00"}, plans=day_plans)


@pytest.fixture
def site(shared: Any, day_home: Path, tmp_path: Path, go_before: Callable[..., Any]) -> Any:
    """The dashboard over a home of the test's own; a manager who runs operations asks."""
    return go_before(shared, Path(shutil.copytree(day_home, tmp_path / "home")), OPERATIONS)


@pytest.fixture
def looked_at_ten(site: Any) -> Any:
    """The same with a kept look from 10:00."""
    keep_intraday(look_at_ten(), site.desk.home, datetime(2026, 11, 24, 2, 1, tzinfo=UTC), "abc")
    return site
