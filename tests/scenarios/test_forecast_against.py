"""Forecasts beside what came: which forecast stood, errors against numbers worked out by hand, days nobody recorded."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from scenarios.forecast_against import errors_by, forecast_against, recorded_cells
from wfm.errors import BadInput
from wfm.hotline import Hotline, calendar_of, find_hotline, grid_of, load_hotline, open_intervals
from wfm.records import RecordStore
from wfm.store import Store, open_store
from wfm.tables import CALLS, empty_table

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 9, 14)


@pytest.fixture(scope="module")
def court() -> Hotline:
    return load_hotline(find_hotline("nanxun-12368"))


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("WFM_HOME", str(tmp_path))
    monkeypatch.delenv("WFM_DATABASE_URL", raising=False)
    return open_store()


def forecast(
    store: Store, court: Hotline, mean: float, *, first: date = MONDAY, days: int = 3, origin: date = MONDAY
) -> int:
    """The same mean in every open interval, bands of a half and of all of it."""
    grid = grid_of(court, first, days)
    is_open = open_intervals(court, grid, calendar_of(court))
    level = np.where(is_open, mean, 0.0)
    summary = pd.DataFrame(
        {
            "line": court.line_ids[0], "interval": grid.starts, "mean": level, "p025": 0.0, "p10": level / 2, "p50": level,
            "p90": level * 1.5, "p975": level * 2, "aht_s": 300.0,
        }
    )  # fmt: skip
    at = datetime(origin.year, origin.month, origin.day, tzinfo=ZONE)
    return store.forecasts.save(hotline=court.id, origin=at, model="test", seed=1, summary=summary)


def record(home: Path, court: Hotline, by_day: dict[date, int]) -> None:
    """So many calls in each open half-hour of each day, all given up at once by callers nobody knows."""
    rows = []
    for day, count in by_day.items():
        grid = grid_of(court, day, 1)
        for start in grid.starts[open_intervals(court, grid, calendar_of(court))]:
            rows += [start + pd.Timedelta(minutes=n) for n in range(count)]
    calls = empty_table(CALLS, court.time_zone).reindex(range(len(rows)))
    calls["call"] = pd.array([f"c{n}" for n in range(len(rows))], dtype="string")
    calls["line"] = court.line_ids[0]
    calls["arrived_at"] = pd.DatetimeIndex(rows)
    calls["ended_at"] = calls["arrived_at"] + pd.Timedelta(seconds=20)
    calls["outcome"] = "abandoned"
    RecordStore(home, court.id).add(calls, "made", "recorded", time_zone=court.time_zone)


def test_errors_are_what_the_definitions_say(court: Hotline, store: Store, tmp_path: Path) -> None:
    """Four calls forecast in each half-hour; five came on Monday, two on Tuesday: errors 1 of 5 and 2 of 2."""
    forecast(store, court, 4.0)
    record(tmp_path, court, {MONDAY: 5, MONDAY + timedelta(days=1): 2})
    found = forecast_against(court, MONDAY, MONDAY + timedelta(days=2), tmp_path, store)
    assert found.recorded == (MONDAY, MONDAY + timedelta(days=1))
    days = errors_by(found, "day")
    assert list(days) == list(found.recorded)  # Wednesday was not recorded: no silence is counted as an error
    monday, tuesday = days.values()
    assert [monday.wape, monday.bias] == pytest.approx([1 / 5, -1 / 5])
    assert [tuesday.wape, tuesday.bias] == pytest.approx([1.0, 1.0])
    (week,) = errors_by(found, "week").values()
    assert week.wape == pytest.approx(3 / 7)
    assert week.bias == pytest.approx(1 / 7)
    assert list(errors_by(found, "week")) == [MONDAY]
    # The 80 % band runs from 2 to 6, so that 5 and 2 are both inside.
    assert [c.share for c in week.coverage] == [1.0, 1.0]
    (line,) = errors_by(found, "line").values()
    assert line.wape == week.wape
    assert recorded_cells(found)["is_open"].all()


def test_the_forecast_is_the_one_that_stood_then(court: Hotline, store: Store, tmp_path: Path) -> None:
    record(tmp_path, court, {MONDAY: 4})
    weeks = forecast(store, court, 8.0, origin=MONDAY - timedelta(days=28))
    days = forecast(store, court, 6.0, origin=MONDAY - timedelta(days=7))
    eve = forecast(store, court, 4.0, origin=MONDAY)
    after = forecast(store, court, 1.0, origin=MONDAY + timedelta(days=1))
    stood = {lead: forecast_against(court, MONDAY, MONDAY, tmp_path, store, lead).stood[MONDAY] for lead in (0, 7, 28)}
    assert {lead: one.record.id for lead, one in stood.items()} == {0: eve, 7: days, 28: weeks}
    assert after not in {one.record.id for one in stood.values()}
    wape = [
        errors_by(forecast_against(court, MONDAY, MONDAY, tmp_path, store, n), "day")[MONDAY].wape for n in (0, 7, 28)
    ]
    assert wape == pytest.approx([0.0, 0.5, 1.0])


def test_a_forecast_that_came_too_late_is_told_as_late(court: Hotline, store: Store, tmp_path: Path) -> None:
    record(tmp_path, court, {MONDAY: 4})
    forecast(store, court, 4.0, origin=MONDAY + timedelta(days=1))
    assert forecast_against(court, MONDAY, MONDAY, tmp_path, store).stood[MONDAY].late
    assert forecast_against(court, MONDAY, MONDAY, tmp_path, store, 7).stood == {}


def test_without_a_forecast_there_are_records_and_no_errors(court: Hotline, store: Store, tmp_path: Path) -> None:
    record(tmp_path, court, {MONDAY: 4})
    found = forecast_against(court, MONDAY, MONDAY, tmp_path, store)
    assert found.cells["actual"].sum() > 0
    assert found.cells["mean"].isna().all()
    assert errors_by(found, "day") == {}


def test_periods_and_leads_are_bounded(court: Hotline, store: Store, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="allowed are 1 to"):
        forecast_against(court, MONDAY, MONDAY - timedelta(days=1), tmp_path, store)
    with pytest.raises(BadInput, match="lead of 3 days"):
        forecast_against(court, MONDAY, MONDAY, tmp_path, store, 3)


def test_of_the_running_day_only_what_the_records_reach_counts(court: Hotline, store: Store, tmp_path: Path) -> None:
    """Silence after the last call that is known says nothing of the hours still to come."""
    record(tmp_path, court, {MONDAY: 2})
    records = RecordStore(tmp_path, court.id).calls(MONDAY, MONDAY, time_zone=court.time_zone)
    last = records["arrived_at"].max()
    now = datetime.combine(MONDAY, time(10, 40), tzinfo=ZONE)
    found = forecast_against(court, MONDAY, MONDAY, tmp_path, store, now=now).cells
    ends = found["interval"] + timedelta(minutes=court.interval_min)
    assert found.loc[ends > now, "actual"].isna().all()
    assert found.loc[ends <= now, "actual"].notna().all()
    evening = datetime.combine(MONDAY, time(23, 59), tzinfo=ZONE)
    found = forecast_against(court, MONDAY, MONDAY, tmp_path, store, now=evening).cells
    assert found.loc[ends > last, "actual"].isna().all()
    assert not forecast_against(court, MONDAY, MONDAY, tmp_path, store).cells["actual"].isna().any()
