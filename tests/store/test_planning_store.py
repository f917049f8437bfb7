"""The planning store: what goes in comes out, nothing is overwritten, nobody loses another's change."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from sqlalchemy.exc import IntegrityError

from wfm.errors import BadInput
from wfm.i18n import use_language
from wfm.store import StaleVersion, Store, open_store
from wfm.tables import DUTIES, check_table, empty_table

ZONE = "Asia/Shanghai"


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / '库 1' / 'wfm.sqlite'}"


@pytest.fixture
def store(url: str) -> Store:
    return open_store(url)


def a_plan(store: Store, **changes: Any) -> int:
    values: dict[str, Any] = {
        "hotline": "guizhou-12348",
        "first": date(2026, 9, 14),
        "days": 28,
        "seed": 2**62,
        "version": "0.1.0",
        "inputs": {"hotline": "ab12"},
        "folder": "out/guizhou-12348",
        "scorecard": [{"target": "asa", "value": 7.25, "p_met": None, "name": {"zh": "平均应答时限", "en": "ASA"}}],
    }
    return store.save_plan(**values | changes)


def duties_of(first: str, agents: list[str], days: int = 1, night: bool = False) -> pd.DataFrame:
    rows = []
    for day in pd.date_range(first, periods=days):
        for agent in agents:
            start = pd.Timestamp(day).tz_localize(ZONE) + pd.Timedelta(hours=20 if night else 8)
            rows.append(
                {
                    "agent": agent,
                    "date": day,
                    "shift": "night" if night else "day",
                    "group": "all",
                    "post": f"{agent}-1",
                    "role": "A",
                    "start": start,
                    "end": start + pd.Timedelta(hours=12),
                    "breaks": "12:00-12:30",
                    "remote": agent.endswith("远"),
                }
            )
    return check_table(DUTIES, pd.DataFrame(rows))


def test_a_plan_comes_back_as_it_was_saved(store: Store) -> None:
    plan_id = a_plan(store)
    (plan,) = store.plans("guizhou-12348")
    assert plan == store.plan(plan_id)
    assert (plan.first, plan.days, plan.seed) == (date(2026, 9, 14), 28, 2**62)
    assert plan.scorecard == [
        {"target": "asa", "value": 7.25, "p_met": None, "name": {"zh": "平均应答时限", "en": "ASA"}}
    ]
    assert plan.created_at.utcoffset() == UTC.utcoffset(None)
    assert abs((datetime.now(UTC) - plan.created_at).total_seconds()) < 60
    assert store.plans("another") == []


def test_plans_are_listed_latest_first(store: Store) -> None:
    numbers = [a_plan(store, seed=n) for n in range(3)]
    assert [p.id for p in store.plans()] == numbers[::-1]


def test_duties_come_back_in_their_time_zone(store: Store) -> None:
    duties = duties_of("2026-09-14", ["李律师", "王律师远"], days=3, night=True)
    saved = store.save_roster(hotline="h", first=date(2026, 9, 14), last=date(2026, 9, 16), duties=duties)
    found = store.roster(saved.id).duties
    pd.testing.assert_frame_equal(found, duties, check_dtype=False)
    assert str(found["start"].dt.tz) == ZONE
    assert found["start"].iloc[0] == pd.Timestamp("2026-09-14 12:00", tz="UTC")  # 20:00 in Shanghai


def test_a_roster_without_duties_is_a_roster(store: Store) -> None:
    saved = store.save_roster(
        hotline="h", first=date(2026, 9, 14), last=date(2026, 9, 16), duties=empty_table(DUTIES, ZONE)
    )
    found = store.roster(saved.id).duties
    assert found.empty
    assert list(found.columns) == DUTIES.column_names


def test_every_version_stays(store: Store) -> None:
    one, two = duties_of("2026-09-14", ["a"]), duties_of("2026-09-14", ["a", "b"])
    roster = store.save_roster(hotline="h", first=date(2026, 9, 14), last=date(2026, 9, 14), duties=one, who="chen")
    assert (roster.version, roster.status) == (1, "draft")
    roster = store.save_roster_version(roster.id, two, expected_version=1, note="b takes over", who="lin")
    assert roster.version == 2
    assert store.publish_roster(roster.id, expected_version=2).status == "published"
    assert store.roster(roster.id, 1).duties["agent"].tolist() == ["a"]
    assert store.roster(roster.id).duties["agent"].tolist() == ["a", "b"]
    first, second = store.roster_versions(roster.id)
    assert (first.duties, first.who, first.published) == (1, "chen", False)
    assert (second.duties, second.who, second.note, second.published) == (2, "lin", "b takes over", True)
    later = store.save_roster_version(roster.id, one, expected_version=2)
    assert (later.status, later.published_version) == ("draft", 2)


def test_a_stale_change_is_refused_and_writes_nothing(store: Store) -> None:
    duties = duties_of("2026-09-14", ["a"])
    roster = store.save_roster(hotline="h", first=date(2026, 9, 14), last=date(2026, 9, 14), duties=duties)
    store.save_roster_version(roster.id, duties, expected_version=1)
    before = store.audit()
    with pytest.raises(StaleVersion, match="version 2 was saved in the meantime, yours is 1") as refused:
        store.save_roster_version(roster.id, duties_of("2026-09-14", ["b"]), expected_version=1)
    assert (refused.value.found, refused.value.expected) == (2, 1)
    with pytest.raises(StaleVersion):
        store.publish_roster(roster.id, expected_version=1)
    assert [v.version for v in store.roster_versions(roster.id)] == [1, 2]
    assert store.audit() == before


def test_a_duty_twice_leaves_nothing_behind(store: Store) -> None:
    duties = duties_of("2026-09-14", ["a"])
    with pytest.raises(Exception, match="unique"):
        store.save_roster(
            hotline="h",
            first=date(2026, 9, 14),
            last=date(2026, 9, 14),
            duties=pd.concat([duties, duties], ignore_index=True),
        )
    assert store.rosters() == []
    assert store.audit() == []


def test_the_next_roster_continues_the_published_tail(store: Store) -> None:
    first = store.save_roster(
        hotline="h", first=date(2026, 9, 7), last=date(2026, 9, 13), duties=duties_of("2026-09-07", ["old"], 7)
    )
    now = store.save_roster(
        hotline="h",
        first=date(2026, 9, 14),
        last=date(2026, 9, 20),
        duties=duties_of("2026-09-14", ["known"], 7),
        published=True,
    )
    store.save_roster_version(now.id, duties_of("2026-09-14", ["draft"], 7), expected_version=1)
    store.save_roster(
        hotline="h", first=date(2026, 9, 21), last=date(2026, 9, 27), duties=duties_of("2026-09-21", ["next"], 7)
    )
    tail = store.latest_roster("h", date(2026, 9, 19))
    assert tail is not None
    assert (tail.record.id, tail.version) == (now.id, 1)
    assert tail.duties["agent"].unique().tolist() == ["known"]
    assert tail.duties["date"].max() == pd.Timestamp("2026-09-18")
    early = store.latest_roster("h", date(2026, 9, 14))
    assert early is not None
    assert early.record.id == first.id
    assert store.latest_roster("h", date(2026, 9, 7)) is None
    assert store.latest_roster("other", date(2026, 9, 19)) is None


def test_forecasts_are_kept_beside_each_other(store: Store) -> None:
    starts = pd.date_range("2026-09-14", periods=96, freq="30min", tz=ZONE)
    summary = pd.DataFrame({"line": pd.Series("general", index=range(96), dtype="string"), "interval": starts})
    summary["mean"] = np.linspace(0, 9.5, 96)
    summary["aht_s"] = 600.0
    origin = datetime(2026, 9, 13, 16, tzinfo=UTC)
    plan_id = a_plan(store)
    one = store.forecasts.save(
        hotline="h", origin=origin, model="m", seed=1, summary=summary, plan_id=plan_id, who="nightly"
    )
    store.forecasts.save(hotline="h", origin=origin, model="m", seed=1, summary=summary.assign(mean=1.0))
    latest, earliest = store.forecasts.records("h")
    assert (earliest.id, earliest.origin, earliest.plan_id) == (one, origin, plan_id)
    assert (latest.first, latest.days, latest.interval_min) == (date(2026, 9, 14), 2, 30)
    pd.testing.assert_frame_equal(store.forecasts.summary(one), summary, check_freq=False)
    assert (store.forecasts.summary(latest.id)["mean"] == 1.0).all()


def test_audit_tells_who_did_what(store: Store) -> None:
    plan_id = a_plan(store, who="chen")
    (entry,) = store.audit()
    assert (entry.who, entry.action, entry.object) == ("chen", "save plan", f"plan {plan_id}")
    a_plan(store, who="lin")
    assert [e.who for e in store.audit(limit=1)] == ["lin"]


@pytest.mark.parametrize(
    "statement", ["UPDATE audit SET who = 'x'", "DELETE FROM audit", "UPDATE forecasts SET seed = 0"]
)
def test_the_database_itself_refuses_to_rewrite_history(store: Store, statement: str) -> None:
    starts = pd.date_range("2026-09-14", periods=2, freq="30min", tz=ZONE)
    summary = pd.DataFrame({"line": ["a", "a"], "interval": starts, "mean": [1.0, 2.0]})
    store.forecasts.save(hotline="h", origin=datetime.now(UTC), model="m", seed=1, summary=summary)
    connection = sqlite3.connect(store.place)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(statement)
    connection.close()


def test_the_file_is_set_up_for_several_processes(store: Store) -> None:
    connection = sqlite3.connect(store.place)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def test_foreign_keys_hold(store: Store) -> None:
    from sqlalchemy import text

    from wfm.store.connection import writing

    with pytest.raises(IntegrityError), writing(store._engine) as connection:
        connection.execute(text("INSERT INTO duties SELECT 1, 99, 'a', '2026-01-01', 's', 'g', 'p', 'A', 0, 1, '', 0"))


def test_unknown_numbers_are_one_sentence(store: Store) -> None:
    with pytest.raises(BadInput, match="no plan 7"):
        store.plan(7)
    with pytest.raises(BadInput, match="no roster 7"):
        store.roster_versions(7)
    with pytest.raises(BadInput, match="no forecast 7"):
        store.forecasts.summary(7)
    with use_language("zh"), pytest.raises(BadInput, match="没有排班表7"):
        store.save_roster_version(7, duties_of("2026-09-14", ["a"]), expected_version=1)
    roster = store.save_roster(
        hotline="h", first=date(2026, 9, 14), last=date(2026, 9, 14), duties=duties_of("2026-09-14", ["a"])
    )
    with pytest.raises(BadInput, match="no version 3"):
        store.roster(roster.id, 3)


def test_the_place_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WFM_DATABASE_URL", raising=False)
    monkeypatch.setenv("WFM_HOME", str(tmp_path / "home"))
    assert Path(open_store().place) == tmp_path / "home" / "wfm.sqlite"
    monkeypatch.setenv("WFM_DATABASE_URL", f"sqlite:///{tmp_path / 'other.db'}")
    assert Path(open_store().place) == tmp_path / "other.db"


WRITER = """
import sys
from datetime import date
import pandas as pd
from wfm.store import StaleVersion, open_store
from wfm.tables import DUTIES, empty_table

url, name = sys.argv[1:]
store = open_store(url)
duties = empty_table(DUTIES, "Asia/Shanghai")
for n in range(15):
    store.save_plan(hotline=name, first=date(2026, 9, 14), days=1, seed=n, version="v", inputs={}, folder="",
                    scorecard=[], who=name)
saved = 0
while saved < 5:
    rosters = store.rosters("shared")
    if not rosters:
        continue
    try:
        store.save_roster_version(rosters[0].id, duties, expected_version=rosters[0].version, who=name)
        saved += 1
    except StaleVersion:
        pass
"""


def test_processes_that_write_at_once_lose_nothing(url: str) -> None:
    """Three writers meet on an absent store: one creates it, all plans arrive, versions have no gap."""
    names = ["a", "b", "c"]
    command = [sys.executable, "-W", "error", "-c", WRITER, url]
    environment = os.environ | {"WFM_LANG": "en", "PYTHONPATH": str(Path(__file__).parents[2])}
    running = [subprocess.Popen([*command, name], env=environment, stderr=subprocess.PIPE, text=True) for name in names]
    store = open_store(url)
    roster = store.save_roster(
        hotline="shared", first=date(2026, 9, 14), last=date(2026, 9, 14), duties=empty_table(DUTIES, ZONE)
    )
    for process in running:
        _, complaint = process.communicate(timeout=120)
        assert (process.returncode, complaint) == (0, "")
    for name in names:
        assert sorted(p.seed for p in store.plans(name)) == list(range(15))
    versions = store.roster_versions(roster.id)
    assert [v.version for v in versions] == list(range(1, 17))
    assert sorted(v.who for v in versions[1:]) == sorted(names * 5)
    assert len(store.audit()) == 3 * (15 + 5) + 1


def test_the_forecast_that_stood_at_a_lead_is_found(store: Store) -> None:
    """§110 The forecast at a lead is the one with the latest origin not after that midnight; of equals the last made."""
    zone = ZoneInfo(ZONE)

    def keep(origin: datetime, first: str, days: int, mean: float) -> int:
        starts = pd.date_range(first, periods=48 * days, freq="30min", tz=ZONE)
        summary = pd.DataFrame({"line": "a", "interval": starts, "mean": mean})
        return store.forecasts.save(hotline="h", origin=origin, model="m", seed=1, summary=summary)

    month = keep(datetime(2026, 9, 1, tzinfo=zone), "2026-09-01", 28, 1.0)
    week = keep(datetime(2026, 9, 14, tzinfo=zone), "2026-09-14", 7, 2.0)
    again = keep(datetime(2026, 9, 14, tzinfo=zone), "2026-09-14", 7, 3.0)
    afternoon = keep(datetime(2026, 9, 15, 14, tzinfo=zone), "2026-09-16", 1, 4.0)

    def at(day: int, lead: int) -> int | None:
        found = store.forecasts.standing_at("h", date(2026, 9, day), lead, time_zone=ZONE)
        return None if found is None else found.id

    assert len({month, week, again, afternoon}) == 4, "a second forecast of the same origin is a new one"
    assert at(16, 0) == afternoon
    assert at(16, 1) == again, "the afternoon's forecast knew 14 hours of the day before"
    assert at(16, 2) == again
    assert at(16, 3) == month
    assert at(16, 15) == month
    assert at(16, 16) is None
    assert at(21, 0) == month, "the week's forecast ends on the 20th"
    assert at(29, 0) is None
    assert store.forecasts.standing_at("other", date(2026, 9, 16), time_zone=ZONE) is None
    # Midnight is the hotline's own: in Los Angeles that of the 14th comes fifteen hours later.
    found = store.forecasts.standing_at("h", date(2026, 9, 16), 1, time_zone="America/Los_Angeles")
    assert found is not None
    assert found.id == afternoon
    with pytest.raises(BadInput, match="0 days or more, found -1"):
        store.forecasts.standing_at("h", date(2026, 9, 16), -1)
