"""The day at a moment: counted by hand, said in sentences, and nothing known that came later."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from scenarios.attention import Attention, needs_attention, roster_attention
from scenarios.day_expected import DayExpected
from scenarios.day_so_far import day_so_far
from scenarios.duties_now import DayRoster, OpenPost, Spell, duties_at, next_change, open_posts, spells_short
from scenarios.scenario import Scenario, load_scenario
from scenarios.today import Today, look_at_today
from scenarios.today_sentences import today_headline, today_status
from wfm.hotline import grid_of
from wfm.i18n import Text
from wfm.records import RecordStore
from wfm.store import Store, open_store
from wfm.tables import CALLS, DUTIES, check_table

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 11, 24)  # a Tuesday


def at(clock: str, day: date = DAY) -> datetime:
    hour, minute, *second = (int(part) for part in clock.split(":"))
    return datetime(day.year, day.month, day.day, hour, minute, *second, tzinfo=ZONE)


def calls_table(rows: Sequence[tuple[str, str, str | None, str | None, str | None]], day: date = DAY) -> pd.DataFrame:
    """Calls from (outcome, arrived, queued, answered, ended)."""
    texts = pd.array([None] * len(rows), dtype="string")
    moments = {
        name: pd.Series(
            pd.DatetimeIndex(
                [pd.NaT if row[n] is None else pd.Timestamp(at(str(row[n]), day)) for row in rows], tz=ZONE
            )
        )
        for n, name in ((1, "arrived_at"), (2, "queued_at"), (3, "answered_at"), (4, "ended_at"))
    }
    frame = pd.DataFrame(
        {
            "call": pd.array([f"c{day:%d}-{n}" for n in range(len(rows))], dtype="string"),
            "line": pd.array(["litigation"] * len(rows), dtype="string"),
            **moments,
            "called_back_at": pd.Series(pd.DatetimeIndex([pd.NaT] * len(rows), tz=ZONE)),
            "outcome": pd.array([row[0] for row in rows], dtype="string"),
            **{name: float("nan") for name in ("ivr_s", "ring_s", "talk_s", "hold_s", "wrap_s")},
            **dict.fromkeys(("agent", "caller_key", "topic", "satisfaction"), texts),
        }
    )
    return check_table(CALLS, frame[CALLS.column_names])


MORNING = [
    ("answered", "08:40:00", "08:40:30", "08:40:36", "08:45:00"),
    ("answered", "09:00:00", "09:00:20", "09:00:30", "09:20:00"),
    ("abandoned", "09:10:00", "09:10:20", None, "09:11:20"),
    ("ivr_completed", "09:30:00", None, None, "09:32:00"),
    ("answered", "09:50:00", "09:50:00", "09:50:12", "10:05:00"),
    ("answered", "09:59:00", "09:59:30", "10:00:10", "10:03:00"),
]
LATER = [("answered", "10:30:00", "10:30:05", "10:30:10", "10:40:00")]


@pytest.fixture(scope="module")
def court() -> Scenario:
    return load_scenario("nanxun-12368")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"sqlite:///{tmp_path / 'wfm.sqlite'}")


def test_the_morning_is_counted_as_it_was_known(court: Scenario, tmp_path: Path) -> None:
    records = RecordStore(tmp_path, court.hotline.id)
    records.add(calls_table(MORNING + LATER), "one", "recorded")
    found = day_so_far(records, court.hotline, at("10:00"))
    row = found.of().iloc[0]
    # The sixth call still waits and the seventh has not come.
    assert (row["offered"], row["answered"], row["abandoned"], row["ivr_completed"]) == (5, 3, 1, 1)
    assert row["wait_answered_s"] == 6 + 10 + 12
    assert found.waiting == {"litigation": 1}
    assert found.talking == 1
    assert found.reach == at("10:00")


def test_nobody_knows_who_waits_where_the_records_end(court: Scenario, tmp_path: Path) -> None:
    records = RecordStore(tmp_path, court.hotline.id)
    records.add(calls_table(MORNING), "one", "recorded")
    found = day_so_far(records, court.hotline, at("10:04"))
    assert found.waiting is None
    assert found.talking is None
    assert found.reach == at("10:04")
    assert day_so_far(records, court.hotline, at("11:00")).reach == at("10:05")


def test_a_day_without_records_says_where_they_end(court: Scenario, tmp_path: Path) -> None:
    records = RecordStore(tmp_path, court.hotline.id)
    records.add(calls_table(MORNING, DAY - timedelta(days=1)), "one", "recorded")
    found = day_so_far(records, court.hotline, at("10:00"))
    assert not found.known
    assert found.last_day == DAY - timedelta(days=1)
    assert math.isnan(found.of()["offered"].iloc[0])


def test_rates_are_those_of_the_standard(court: Scenario, tmp_path: Path, store: Store) -> None:
    RecordStore(tmp_path, court.hotline.id).add(calls_table(MORNING + LATER), "one", "recorded")
    today = look_at_today(court, at("10:00"), tmp_path, store, [])
    one = today.line()
    assert today.phase == "open"
    # (3 answered + 1 by the automatic agent) ÷ 5, the court line's total connection rate.
    assert one.connection == pytest.approx(0.8)
    assert one.asa_s == pytest.approx(28 / 3)
    assert one.status == "missed"  # at least 90 %
    assert today_status(today) == "missed"
    words = today_headline(today)
    assert words.en.startswith("Until 10:00 5 calls came.")
    assert "80.0 %" in words.en
    assert "≥ 90.0 %" in words.en
    assert "80.0" in words.zh
    assert not any(word in words.zh for word in ("calls", "until"))


def test_a_day_that_is_over_says_how_it_ended(court: Scenario, tmp_path: Path, store: Store) -> None:
    RecordStore(tmp_path, court.hotline.id).add(calls_table(MORNING + LATER), "one", "recorded")
    today = look_at_today(court, at("23:59"), tmp_path, store, [])
    assert today.over
    assert today.line().offered == 7
    # 5 answered and 1 by the automatic agent of 7: 85.7 %.
    assert "The day ended with 7 calls." in today_headline(today).en
    assert "85.7 %" in today_headline(today).en


def test_phases_follow_the_opening_hours(court: Scenario, tmp_path: Path, store: Store) -> None:
    phases = {
        clock: look_at_today(court, at(clock), tmp_path, store, []).phase
        for clock in ("07:00", "08:30", "17:28", "17:29", "20:00")
    }
    assert phases == {"07:00": "before", "08:30": "open", "17:28": "open", "17:29": "over", "20:00": "over"}
    saturday = look_at_today(court, at("10:00", date(2026, 11, 28)), tmp_path, store, [])
    assert saturday.phase == "closed"
    assert "closed" in today_headline(saturday).en


def test_expected_by_now_counts_begun_intervals_by_their_part() -> None:
    starts = pd.date_range(at("09:00"), periods=4, freq="30min")
    before = pd.DataFrame({"line": "a", "interval": starts, "mean": [10.0, 20.0, 30.0, 40.0]})
    intervals = pd.concat([before, before.assign(line="", mean=before["mean"] * 2)])
    rest = pd.DataFrame(columns=["line", "mean"])
    expected = DayExpected(None, Text("", ""), intervals, before, rest)
    assert expected.by(at("09:45"), "a", 30) == pytest.approx(10 + 20 / 2)
    assert expected.by(at("09:45"), "", 30) == pytest.approx(20)
    assert expected.after(at("10:30"), "a", 30) == pytest.approx(40)
    assert expected.after(at("10:30"), "", 30) == pytest.approx(80)
    assert math.isnan(expected.by(at("09:45"), "b", 30))


def _duties(rows: Sequence[tuple[str, str, str, int, str, str]]) -> pd.DataFrame:
    """Duties from (agent, shift, role, post, breaks, day)."""
    frame = pd.DataFrame(
        [
            {
                "agent": agent,
                "date": pd.Timestamp(day),
                "shift": shift,
                "group": "court",
                "post": f"{day}/{shift}/court/{post:02d}",
                "role": role,
                "start": pd.Timestamp(f"{day}T08:30", tz=ZONE),
                "end": pd.Timestamp(f"{day}T17:30", tz=ZONE),
                "breaks": breaks,
                "remote": False,
            }
            for agent, shift, role, post, breaks, day in rows
        ]
    )
    return frame[DUTIES.column_names]


TUESDAY = "2026-11-24"
WEDNESDAY = "2026-11-25"
ROSTER = _duties(
    [
        ("A001", "day-1", "A", 1, "11:30-12:30", TUESDAY),
        ("A002", "day-1", "B", 1, "", TUESDAY),
        ("A003", "day-2", "B", 1, "", TUESDAY),
        ("A001", "day-1", "A", 1, "11:30-12:30", WEDNESDAY),
    ]
)


def test_who_is_there_and_who_comes_next(court: Scenario) -> None:
    roster = DayRoster(ROSTER, "published", Text("r", "r"))
    noon = duties_at(roster, court.agents, at("12:00"))
    assert [(d.agent, d.role, d.pausing) for d in noon] == [
        ("A001", "A", True),
        ("A002", "B", False),
        ("A003", "B", False),
    ]
    assert noon[0].name == "座席001"
    assert not duties_at(roster, court.agents, at("12:30"))[0].pausing
    assert duties_at(roster, court.agents, at("18:00")) == []
    moment, people = next_change(roster, court.agents, at("18:00"))
    assert moment == at("08:30", date(2026, 11, 25))
    assert [d.agent for d in people] == ["A001"]


def test_open_posts_are_seen_from_the_duties_and_exactly_from_kept_posts(court: Scenario) -> None:
    roster = DayRoster(ROSTER, "published", Text("r", "r"))
    seen = open_posts(court.hotline, roster, at("10:00"), at("18:00"))
    assert [(p.shift, p.role, p.count) for p in seen] == [("day-2", "A", 1)]  # a B without its A
    posts = pd.DataFrame(
        [(pd.Timestamp(TUESDAY), "court", "day-1", 2, 1), (pd.Timestamp(TUESDAY), "court", "day-2", 0, 1)],
        columns=["date", "group", "shift", "posts_a", "posts_b"],
    )
    kept = open_posts(court.hotline, replace(roster, posts=posts), at("10:00"), at("18:00"))
    assert [(p.shift, p.role, p.count) for p in kept] == [("day-1", "A", 1)]
    assert open_posts(court.hotline, roster, at("17:30"), at("20:00")) == []


def test_spells_name_the_worst_of_a_stretch(court: Scenario) -> None:
    grid = grid_of(court.hotline, DAY, 1)
    needed = pd.DataFrame({"group": "court", "interval": grid.starts, "heads": 0.0})
    hours = needed["interval"].dt.hour
    needed.loc[hours == 11, "heads"] = 1.0  # A001 pauses from 11:30
    needed.loc[hours == 14, "heads"] = 3.0
    found = spells_short(court.hotline, grid, ROSTER, needed, at("10:00"))
    assert [(s.start, s.end, s.missing, s.there) for s in found] == [
        (at("14:00"), at("15:00"), 2.0, 1.0),
        (at("11:30"), at("12:00"), 1.0, 0.0),
    ]
    assert spells_short(court.hotline, grid, ROSTER, needed, at("15:00")) == []


@pytest.fixture
def today(court: Scenario, tmp_path: Path, store: Store) -> Today:
    RecordStore(tmp_path, court.hotline.id).add(calls_table(MORNING + LATER), "one", "recorded")
    return look_at_today(court, at("10:00"), tmp_path, store, [])


def _said(found: Sequence[Attention]) -> list[tuple[str, str]]:
    return [(one.urgency, one.text.en) for one in found]


def test_what_is_urgent_comes_first(today: Today) -> None:
    post = OpenPost("court", "day-2", "A", 1, at("08:30"), at("17:30"))
    soon = OpenPost("court", "day-1", "B", 1, at("12:00"), at("17:30"))
    spell = Spell("court", at("14:00"), at("15:00"), 1.4, 1.0, 2.4)
    seen = needs_attention(replace(today, open_posts=(soon, post), spells=(spell,)), orders=None)
    words = _said(seen)
    assert words[0] == ("problem", "1 posts have nobody on duty now: Court agents 08:30–17:30.")
    assert words[1][0] == "problem"
    assert words[1][1].endswith("is at 80.0 %; the limit is ≥ 90.0 %.")
    assert ("warning", "Too few agents for the targets: Court agents 14:00–15:00 (2 short).") in words
    assert words.index(("notice", "1 posts have no backup (B) in the next hours: Court agents 12:00–17:30.")) > 2
    assert [one.urgency for one in seen] == sorted(
        (one.urgency for one in seen), key=["problem", "warning", "notice"].index
    )
    assert seen[0].page == "roster"


def test_silent_records_are_said_with_the_calls_that_are_missing(today: Today) -> None:
    starts = pd.date_range(at("00:00"), periods=48, freq="30min")
    before = pd.DataFrame({"line": "litigation", "interval": starts, "mean": 4.0})
    expected = DayExpected(
        None, Text("", ""), pd.concat([before, before.assign(line="")]), before, pd.DataFrame(columns=["line", "mean"])
    )
    late = replace(today, expected=expected, now=at("12:00"))
    words = _said(needs_attention(late, orders=None))
    # From 10:00 to 12:00 at 4 calls in half an hour.
    assert ("warning", "The records end at 10:00; 16 calls are expected since then.") in words
    fresh = _said(needs_attention(replace(today, expected=expected), orders=None))
    assert not any("records end" in text for _, text in fresh)


def test_a_roster_that_is_due_is_asked_for(court: Scenario, store: Store) -> None:
    # The court line publishes so many days before the first: December's roster.
    days = court.hotline.roster_cycle.publish_by_days
    deadline = date(2026, 12, 1) - timedelta(days=days)
    early = roster_attention(court, store, at("09:00", deadline - timedelta(days=10)))
    assert not any("2026-12-01" in one.text.en for one in early)
    near = roster_attention(court, store, at("09:00", deadline))
    assert f"is to be published by {deadline}" in next(o.text.en for o in near if "2026-12-01" in o.text.en)
    late = roster_attention(court, store, at("09:00", deadline + timedelta(days=1)))
    found = next(o for o in late if "2026-12-01" in o.text.en)
    assert "should have been published already" in found.text.en
    assert found.urgency == "problem"
    assert "已过发布期限" in found.text.zh
