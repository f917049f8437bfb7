"""The month in the store: publications that nobody overwrites unknowingly, requests, swaps, attendance, fees."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from wfm.errors import BadInput
from wfm.i18n import use_language
from wfm.store import (
    AttendanceRecord,
    MonthRequest,
    PublishedAlready,
    StaleVersion,
    Store,
    open_store,
    upgrade_store,
)
from wfm.tables import DUTIES, check_table

FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)
NOW = datetime(2026, 9, 10, 8, tzinfo=UTC)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'wfm.sqlite'}"


@pytest.fixture
def store(url: str) -> Store:
    return open_store(url)


@pytest.fixture
def month(store: Store):
    return store.months.open_month("h", FIRST, LAST, who="chen")


def duties_of(*agents: str) -> pd.DataFrame:
    start = pd.Timestamp("2026-10-01 08:00", tz="Asia/Shanghai")
    rows = [
        {
            "agent": agent,
            "date": pd.Timestamp("2026-10-01"),
            "shift": "day",
            "group": "all",
            "post": f"2026-10-01/day/all/{n:02d}",
            "role": "A",
            "start": start,
            "end": start + pd.Timedelta(hours=8),
            "breaks": "",
            "remote": False,
        }
        for n, agent in enumerate(agents, 1)
    ]
    return check_table(DUTIES, pd.DataFrame(rows))


def publish(store, month, *agents, content, over=None, **more):
    return store.months.publish(month, duties_of(*agents), content, over=over, late=False, **more)


def test_a_month_is_opened_once(store, month):
    assert store.months.open_month("h", FIRST, LAST) == month
    assert store.months.month("h", FIRST) == month
    assert store.months.month("h", date(2026, 11, 1)) is None
    with use_language("en"), pytest.raises(BadInput, match="ends on 2026-10-31, not on 2026-10-28"):
        store.months.open_month("h", FIRST, date(2026, 10, 28))
    other = store.months.open_month("h", date(2026, 11, 1), date(2026, 11, 30))
    assert [m.id for m in store.months.months("h")] == [other.id, month.id]


def test_publishing_the_same_twice_is_one_version(store, month):
    first = publish(store, month, "a", content="c1")
    again = publish(store, month, "a", content="c1")
    assert (first.version, first.unchanged, again.version, again.unchanged) == (1, False, 1, True)
    assert again.at == first.at
    assert len(store.months.publications(first.roster_id)) == 1
    assert len(store.roster_versions(first.roster_id)) == 1


def test_a_change_says_which_version_it_replaces(store, month):
    roster = publish(store, month, "a", content="c1").roster_id
    with (
        use_language("en"),
        pytest.raises(PublishedAlready, match=r"version 1 .* publish over it with --over 1") as refused,
    ):
        publish(store, month, "b", content="c2")
    assert refused.value.version == 1
    second = publish(store, month, "b", content="c2", over=1, note="b instead of a")
    assert (second.roster_id, second.version) == (roster, 2)
    assert store.roster(roster, 1).duties["agent"].tolist() == ["a"]
    assert store.roster(roster, 2).duties["agent"].tolist() == ["b"]
    assert [(p.version, p.note) for p in store.months.publications(roster)] == [(1, ""), (2, "b instead of a")]


def test_of_two_who_publish_over_the_same_version_the_second_is_told(store, month):
    roster = publish(store, month, "a", content="c1").roster_id
    publish(store, month, "b", content="c2", over=1)
    before = store.audit()
    with use_language("en"), pytest.raises(StaleVersion, match=r"the published version .* is 2, yours replaces 1"):
        publish(store, month, "c", content="c3", over=1)
    with use_language("zh"), pytest.raises(StaleVersion, match="现行版本为 2，要替换的版本为 1"):
        publish(store, month, "c", content="c3", over=1)
    assert [p.version for p in store.months.publications(roster)] == [1, 2]
    assert store.audit() == before
    with use_language("en"), pytest.raises(StaleVersion, match="is none, yours replaces 4"):
        publish(store, store.months.open_month("h", date(2026, 11, 1), date(2026, 11, 30)), "a", content="c", over=4)


def test_the_posts_of_a_roster_are_kept_with_it(store, month):
    posts = [{"date": "2026-10-01", "group": "all", "shift": "day", "posts_a": 2, "posts_b": 1}]
    roster = publish(store, month, "a", content="c1", posts=posts).roster_id
    publish(store, month, "b", content="c2", over=1, posts=[])
    kept = store.months.posts_of(roster)
    assert kept is not None
    assert kept.to_dict("records") == [{**posts[0], "date": pd.Timestamp("2026-10-01")}]
    assert store.months.posts_of(roster + 1) is None


PUBLISHER = """
import sys
from datetime import date
from wfm.store import StaleVersion, open_store
from wfm.tables import DUTIES, empty_table

url, name = sys.argv[1:]
store = open_store(url)
month = store.months.month("h", date(2026, 10, 1))
made = 0
while made < 4:
    seen = store.months.publications(1)[-1].version
    try:
        store.months.publish(month, empty_table(DUTIES, "Asia/Shanghai"), f"{name}{made}", over=seen, late=False, who=name)
        made += 1
    except StaleVersion:
        pass
"""


def test_processes_that_publish_at_once_lose_nothing(url, store, month):
    publish(store, month, "a", content="start")
    command = [sys.executable, "-W", "error", "-c", PUBLISHER, url]
    environment = os.environ | {"WFM_LANG": "en", "PYTHONPATH": str(Path(__file__).parents[2])}
    running = [subprocess.Popen([*command, n], env=environment, stderr=subprocess.PIPE, text=True) for n in "xy"]
    for process in running:
        _, complaint = process.communicate(timeout=120)
        assert (process.returncode, complaint) == (0, "")
    made = store.months.publications(1)
    assert [p.version for p in made] == list(range(1, 10))
    assert sorted(p.content for p in made[1:]) == [f"{n}{k}" for n in "xy" for k in range(4)]


def test_requests_keep_their_time_and_are_kept_once(store, month):
    early = MonthRequest("leave", "a", {"first": "2026-10-02", "last": "2026-10-03", "reason": "年假"}, NOW, False)
    late = MonthRequest(
        "wish_on",
        "b",
        {"first": "2026-10-05", "last": "2026-10-05", "shift": "", "reason": ""},
        NOW + timedelta(days=20),
        True,
    )
    assert store.months.collect(month, [late, early, early], who="lin") == 2
    assert store.months.collect(month, [early]) == 0
    found = store.months.requests(month)
    assert [(r.kind, r.agent, r.late, r.received_at, r.who) for r in found] == [
        ("leave", "a", False, NOW, "lin"),
        ("wish_on", "b", True, NOW + timedelta(days=20), "lin"),
    ]
    assert found[0].details == early.details


def test_a_withdrawn_request_stays_in_the_store_and_counts_no_more(store, month):
    asked = MonthRequest("leave", "a", {"first": "2026-10-02", "last": "2026-10-03", "reason": "年假"}, NOW, False)
    store.months.collect(month, [asked], who="lin")
    (kept,) = store.months.requests(month)
    gone = store.months.withdraw(kept.id, who="a", at=NOW + timedelta(days=1))
    assert gone == kept
    assert store.months.requests(month) == []
    (found,) = store.months.withdrawn(month)
    assert (found.id, found.who, found.withdrawn_by) == (kept.id, "lin", "a")
    assert found.withdrawn_at == NOW + timedelta(days=1)
    assert store.audit()[0].details == {"request": kept.id, "kind": "leave", "agent": "a"}
    with use_language("en"), pytest.raises(BadInput, match="was withdrawn before"):
        store.months.withdraw(kept.id)
    with use_language("en"), pytest.raises(BadInput, match="there is no request 99"):
        store.months.withdraw(99)
    # Asked for again, it is a request of its own.
    assert store.months.collect(month, [asked]) == 1
    assert [r.id for r in store.months.requests(month)] != [kept.id]


def test_a_swap_is_decided_once(store, month):
    number = store.months.ask_swap(month, {"giver": "a", "taker": "b"}, who="a")
    assert [(s.id, s.state, s.decided_at) for s in store.months.swaps(month)] == [(number, "asked", None)]
    reasons = [{"en": "b is on leave", "zh": "b 请假"}]
    store.months.decide_swap(number, agreed=False, reasons=reasons)
    (swap,) = store.months.swaps(month)
    assert (swap.state, swap.reasons, swap.roster_version) == ("refused", reasons, None)
    assert swap.decided_at is not None
    for again in (number, 99):
        with use_language("en"), pytest.raises(BadInput, match="none that waits for a decision"):
            store.months.decide_swap(again, agreed=True)


def test_attendance_is_kept_once_and_not_rewritten(store):
    begin = datetime(2026, 10, 1, 0, 0, tzinfo=UTC)
    records = [
        AttendanceRecord("a", begin, begin + timedelta(hours=8)),
        AttendanceRecord("b", begin, begin + timedelta(hours=9)),
    ]
    assert store.months.attend("h", records) == 2
    assert store.months.attend("h", [*records, records[0]]) == 0
    with (
        use_language("en"),
        pytest.raises(BadInput, match="attendance of a from 2026-10-01 00:00 is kept with another end"),
    ):
        store.months.attend("h", [AttendanceRecord("a", begin, begin + timedelta(hours=7))])
    assert store.months.attendance("h", begin + timedelta(hours=8), begin + timedelta(hours=20)) == [records[1]]
    assert store.months.attendance("h", begin - timedelta(hours=8), begin) == []
    assert store.months.attendance("other", begin, begin + timedelta(hours=1)) == []


def test_a_month_is_settled_once(store, month):
    assert store.months.settlement(month) is None
    store.months.settle(month, "120.50", [{"agent": "a", "amount": "120.50"}], who="chen")
    kept = store.months.settlement(month)
    assert kept is not None
    assert (kept.amount, kept.people, kept.who) == ("120.50", [{"agent": "a", "amount": "120.50"}], "chen")
    with use_language("en"), pytest.raises(BadInput, match="settled already"):
        store.months.settle(month, "1.00", [])


@pytest.mark.parametrize("table", ["publications", "requests", "attendance", "settlements"])
def test_the_database_itself_refuses_to_rewrite_the_month(store, month, table):
    publish(store, month, "a", content="c")
    store.months.collect(month, [MonthRequest("leave", "a", {}, NOW, False)])
    store.months.attend("h", [AttendanceRecord("a", NOW, NOW + timedelta(hours=1))])
    store.months.settle(month, "1", [])
    connection = sqlite3.connect(store.place)
    for statement in (f"UPDATE {table} SET who = 'x'", f"DELETE FROM {table}"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute(statement)
    connection.close()


def test_everything_stands_in_the_audit(store, month):
    publish(store, month, "a", content="c", who="chen")
    number = store.months.ask_swap(month, {"giver": "a"}, who="a")
    store.months.decide_swap(number, agreed=True, roster_version=2, who="chen")
    told = [(e.who, e.action, e.object) for e in store.audit()]
    assert told == [
        ("chen", "agreed swap", f"swap {number}"),
        ("a", "ask swap", f"swap {number}"),
        ("chen", "publish roster", "roster 1"),
        ("chen", "open month", "month 1"),
    ]


def test_a_store_of_the_first_revision_keeps_its_rosters(tmp_path, monkeypatch):
    """The migration adds tables and touches no row."""
    from alembic import command

    from wfm.store import schema
    from wfm.store.connection import connect_engine, writing

    url = f"sqlite:///{tmp_path / 'old.sqlite'}"
    with writing(connect_engine(url)) as connection:
        config = schema._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    connection = sqlite3.connect(tmp_path / "old.sqlite")
    connection.execute(
        "INSERT INTO rosters (hotline, first, last, time_zone, version, created_at, changed_at) "
        "VALUES ('h', '2026-10-01', '2026-10-31', 'Asia/Shanghai', 1, '2026-09-01', '2026-09-01')"
    )
    connection.commit()
    connection.close()
    with use_language("en"), pytest.raises(BadInput, match="wfm db upgrade"):
        open_store(url)
    assert upgrade_store(url)[0].state == "current"
    assert [r.hotline for r in open_store(url).rosters()] == ["h"]
