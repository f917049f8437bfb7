"""The full circle: a known centre makes records, the records are read, and their replay waits as the centre did."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from scenarios.replay import floor_of, habits_of, replayed_weeks
from simulation.attendance import RosteredDuties
from simulation.calls import assert_conservation, assert_little, assert_one_fate
from simulation.centre import AgentChoice, Centre, Overflow
from simulation.draws import constant, exponential, lognormal
from simulation.engine import play
from simulation.keyed import key_of
from wfm.calendar import TimeGrid
from wfm.records.asked_calls import asked_calls

DAYS = 3
GRID = TimeGrid(date(2026, 3, 2), DAYS, 30, "Asia/Shanghai")
LINES = ("law", "wages")
OPEN, CLOSE = 16, 40
"""Half-hours of the day between which calls come."""
RING_S = 4.0


def known_centre() -> Centre:
    """Two lines, a group for both and one for the first; each agent has a lunch of an hour and their own pace."""
    agents = [(f"b{n}", 0) for n in range(5)] + [(f"l{n}", 1) for n in range(3)]
    rows = []
    for day in range(DAYS):
        for number, (name, group) in enumerate(agents):
            noon_s = day * 86400 + 11 * 3600.0 + number * 1500
            for start_s, end_s in ((day * 86400 + 28800.0, noon_s), (noon_s + 3600, day * 86400 + 72600.0)):
                rows.append((start_s, number, end_s, group, key_of(name, f"{start_s}")))
    rows.sort()
    start_s, agent, end_s, group, key = (np.array(column) for column in zip(*rows, strict=True))
    counts = np.zeros((1, 2, DAYS * 48), dtype=np.int64)
    in_day = np.arange(DAYS * 48) % 48
    opened = (in_day >= OPEN) & (in_day < CLOSE)
    counts[0, 0, opened] = 42
    counts[0, 1, opened] = 16
    return Centre(
        line_ids=LINES,
        group_ids=("both", "law"),
        dates=np.datetime64(GRID.first) + np.arange(DAYS),
        interval_date=np.repeat(np.arange(DAYS), 48),
        interval_s=1800.0,
        arrivals=counts,
        is_open=np.ones(DAYS * 48, dtype=bool),
        by_day=np.ones(DAYS * 48, dtype=bool),
        serving=np.zeros((2, DAYS * 48), dtype=np.int64),
        talk_scale=np.ones((2, DAYS * 48)),
        duties=RosteredDuties(
            agent_ids=tuple(name for name, _ in agents),
            agent=agent.astype(np.int64),
            group=group.astype(np.int64),
            standby=np.zeros(len(rows), dtype=bool),
            start_s=start_s.astype(float),
            end_s=end_s.astype(float),
            key=key.astype(np.uint64),
            pauses=((),) * len(rows),
            backups=((),) * len(rows),
            paired=(False,) * len(rows),
        ),
        ring_s=RING_S,
        talk=(lognormal(200.0, 1.0), lognormal(240.0, 1.0)),
        hold=(constant(0.0),) * 2,
        wrap=(exponential(15.0),) * 2,
        short_call_share=(0.0,) * 2,
        short_call_s=(0.0,) * 2,
        patience=(exponential(400.0), exponential(500.0)),
        redial_share=(0.0,) * 2,
        redial_delay=(exponential(300.0),) * 2,
        attempts_max=(1,) * 2,
        head_start_s=(0.0, 60.0),
        overflow=((Overflow(1, 0.0),), ()),
        agent_choice=AgentChoice.LONGEST_IDLE,
        pace=np.array([1.0, 0.8, 1.2, 1.0, 1.1, 1.3, 0.9, 1.0]),
    )


def shares(queued_s, wait_s):
    """Share answered within 20 s and share abandoned, over all."""
    return np.array([(wait_s <= 20).mean(), np.isnan(wait_s).mean()])


@pytest.fixture(scope="module")
def truth():
    centre = known_centre()
    return [play(centre, 11, n) for n in range(4)]


def records_of(calls) -> pd.DataFrame:
    """What a telephone system would have written down: no roster, no after-call work."""
    frame = calls.frame()
    answered = frame["answered_s"].notna()
    spoken_end_s = calls.ended_s
    table = pd.DataFrame(
        {
            "line": np.asarray(LINES, dtype=object)[calls.line],
            "outcome": np.where(answered, "answered", "abandoned"),
            "agent": [f"agent-{n}" if n >= 0 else None for n in calls.agent],
            "wrap_s": np.nan,
        }
    )
    for name, seconds in (("queued_at", calls.queued_s), ("answered_at", calls.answered_s), ("ended_at", spoken_end_s)):
        table[name] = GRID.starts[0] + pd.to_timedelta(seconds, unit="s")
    return table


def test_the_replay_waits_as_the_centre_did(truth) -> None:
    """Of four periods each is read and replayed; on average the replays are within three points of what came."""
    off = []
    for calls in truth:
        asked = asked_calls(records_of(calls), GRID, ring_s=RING_S)
        floor = floor_of(asked)
        habits = habits_of(asked, floor)
        known = shares(calls.queued_s, calls.answered_s - calls.queued_s)
        found = []
        for seed in range(3):
            (week,) = replayed_weeks(asked, floor, habits, seed=seed)
            again = play(week.centre, seed, 0)
            assert_one_fate(again, week.centre)
            assert_conservation(again, week.centre)
            assert_little(again, week.centre)
            found.append(shares(again.queued_s, again.answered_s - again.queued_s))
        off.append(np.mean(found, axis=0) - known)
    off = np.mean(off, axis=0) * 100
    print(f"off by {off.round(2)} points")
    assert abs(off[0]) < 4.0
    assert abs(off[1]) < 2.0


def test_skills_and_pauses_are_those_of_the_centre(truth) -> None:
    calls = truth[0]
    asked = asked_calls(records_of(calls), GRID, ring_s=RING_S)
    floor = floor_of(asked)
    for number, name in enumerate(asked.agent_ids):
        both = int(name.removeprefix("agent-")) < 5
        assert floor.answers[number, :, asked.line_ids.index("law")].all()
        assert (floor.answers[number, :, asked.line_ids.index("wages")] == both).all()
    assert habits_of(asked, floor).pauses.up_to(90.0).mean_s == pytest.approx(15.0, abs=2.5)


def test_patience_is_read_through_the_censoring(truth) -> None:
    """Exponential patience of mean 400 s on one line: median 277 s, first decile 42 s."""
    asked = asked_calls(records_of(truth[0]), GRID, ring_s=RING_S)
    law = habits_of(asked, floor_of(asked)).patience["law"]
    probability = np.linspace(0, 1, len(law))
    assert np.interp(0.1, probability, law) == pytest.approx(42, rel=0.25)
    assert np.interp(0.5, probability, law) == pytest.approx(277, rel=0.3)


def test_every_call_is_replayed_at_its_time(truth) -> None:
    asked = asked_calls(records_of(truth[1]), GRID, ring_s=RING_S)
    floor = floor_of(asked)
    (week,) = replayed_weeks(asked, floor, habits_of(asked, floor), seed=1)
    assert week.centre.given is not None
    assert week.calls.tolist() == list(range(len(asked)))
    assert (week.centre.given.time_s == asked.queued_s).all()
