"""Which plan and roster a day is compared with, and the seats that they let expect."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import wfm.store.planning_store as planning_store
from scenarios.day_causes import attendance_facts
from scenarios.kept_plans import WHAT_IF, working_rosters
from scenarios.planned_days import expected_seats, find_planned_day
from scenarios.recorded_days import RecordedDay, recorded_day
from scenarios.review import _record_notes
from scenarios.scenario import load_scenario
from scenarios.simulated_day import presence_duties
from wfm.hotline import grid_of, targets_of
from wfm.records import RecordStore, generate_calls
from wfm.store import open_store
from wfm.tables import ACTUALS, CALLS, DUTIES, empty_table

DAY = date(2026, 9, 15)


@pytest.fixture(scope="module")
def court():
    return load_scenario("nanxun-12368").hotline


@pytest.fixture
def store(tmp_path, monkeypatch):
    """A planning store with a clock that the test sets."""
    clock = {"now": datetime(2026, 9, 1, tzinfo=UTC)}
    monkeypatch.setattr(planning_store, "_now", lambda: clock["now"])
    return open_store(f"sqlite:///{tmp_path / 'wfm.sqlite'}"), clock


def a_duty(court, *, agent="a1", role="A", breaks="", start="08:30", end="17:30"):
    zone = court.time_zone
    row = {"agent": agent, "date": pd.Timestamp(DAY), "shift": "day", "group": court.groups[0].id, "post": "p1"}
    row |= {"role": role, "breaks": breaks, "remote": False}
    row |= {"start": pd.Timestamp(f"{DAY} {start}", tz=zone), "end": pd.Timestamp(f"{DAY} {end}", tz=zone)}
    return pd.DataFrame([row])[DUTIES.column_names]


def keep(store, court, clock, made, duties, *, mean=1.0, inputs=()):
    clock["now"] = made
    plan = store.save_plan(
        hotline=court.id, first=date(2026, 9, 14), days=7, seed=1, version="x", inputs=dict(inputs), folder="f",
        scorecard=[{"target": "mean-answer-time", "by_day": {"2026-09-15": 7.5}}],
    )  # fmt: skip
    starts = grid_of(court, date(2026, 9, 14), 7).starts
    summary = pd.DataFrame({"line": court.line_ids[0], "interval": starts, "mean": mean, "aht_s": 200.0})
    store.forecasts.save(hotline=court.id, origin=made, model="m", seed=1, summary=summary, plan_id=plan)
    roster = store.save_roster(
        hotline=court.id, first=date(2026, 9, 14), last=date(2026, 9, 20), duties=duties, plan_id=plan
    )
    return plan, roster


def test_a_what_if_made_later_is_not_the_plan(store, court):
    kept, clock = store
    made = datetime(2026, 9, 10, tzinfo=UTC)
    keep(kept, court, clock, made, a_duty(court), mean=1.0)
    asked = {WHAT_IF: "volume-plus-20"}
    keep(kept, court, clock, made.replace(day=11), a_duty(court), mean=2.0, inputs=asked)
    found = find_planned_day(court, DAY, kept)
    assert found is not None
    assert (found.forecast["mean"] == 1.0).all()
    rosters = [r for r in kept.rosters(court.id) if r.first <= DAY <= r.last]
    assert [r.plan_id for r in working_rosters(kept, court.id, rosters)] == [1]


def test_a_what_if_is_the_plan_where_there_is_no_other(store, court):
    kept, clock = store
    asked = {WHAT_IF: "volume-plus-20"}
    keep(kept, court, clock, datetime(2026, 9, 11, tzinfo=UTC), a_duty(court), mean=2.0, inputs=asked)
    found = find_planned_day(court, DAY, kept)
    assert found is not None
    assert (found.forecast["mean"] == 2.0).all()


def test_the_last_plan_before_the_day_stands(court, store) -> None:
    """§112 A day is compared with the last plan made before it began, and the roster published for it as it stood then."""
    store, clock = store
    assert find_planned_day(court, DAY, store) is None
    keep(store, court, clock, datetime(2026, 9, 7, tzinfo=UTC), a_duty(court), mean=1.0)
    second, _ = keep(store, court, clock, datetime(2026, 9, 10, tzinfo=UTC), a_duty(court), mean=2.0)
    keep(store, court, clock, datetime(2026, 9, 17, tzinfo=UTC), a_duty(court), mean=3.0)
    found = find_planned_day(court, DAY, store)
    assert found is not None
    assert (found.name, found.before_the_day) == (str(second), True)
    assert (found.forecast["mean"] == 2.0).all()
    assert found.expected == {"mean-answer-time": 7.5}
    assert find_planned_day(court, date(2026, 9, 21), store) is None
    late = find_planned_day(court, date(2026, 9, 14), store)
    assert late is not None
    assert late.name == str(second)


def test_a_plan_made_afterwards_is_told_as_such(court, store) -> None:
    store, clock = store
    keep(store, court, clock, datetime(2026, 9, 17, tzinfo=UTC), a_duty(court))
    found = find_planned_day(court, DAY, store)
    assert found is not None
    assert not found.before_the_day


def test_repairs_on_the_day_are_no_plan(court, store) -> None:
    store, clock = store
    _, roster = keep(store, court, clock, datetime(2026, 9, 7, tzinfo=UTC), a_duty(court))
    clock["now"] = datetime(2026, 9, 8, tzinfo=UTC)
    store.save_roster_version(roster.id, a_duty(court, agent="a2"), expected_version=1, published=True)
    clock["now"] = datetime(2026, 9, 15, 2, tzinfo=UTC)  # ten in the morning of the day
    store.save_roster_version(roster.id, a_duty(court, agent="a3"), expected_version=2, published=True)
    found = find_planned_day(court, DAY, store)
    assert found is not None
    assert found.duties["agent"].tolist() == ["a2"]
    after = find_planned_day(court, date(2026, 9, 16), store)
    assert after is not None
    assert after.duties["agent"].tolist() == ["a3"]


def test_breaks_and_absence_are_taken_off_the_seats(court) -> None:
    grid = grid_of(court, DAY, 1)
    seats = expected_seats(court, a_duty(court, breaks="12:00-12:15"), grid)[0]
    at = {f"{t:%H:%M}": seats[n] for n, t in enumerate(grid.starts)}
    assert (at["08:00"], at["08:30"], at["12:00"], at["17:00"], at["17:30"]) == (0.0, 1.0, 0.5, 1.0, 0.0)
    absent = court.model_copy(update={"shrinkage": court.shrinkage.model_copy(update={"unplanned_share": 0.3})})
    duties = pd.concat([a_duty(court, agent=f"a{n}").assign(post=f"p{n}") for n in range(20)], ignore_index=True)
    # 200 attendances of 20 people who come with probability 0.7: within three standard errors of 14.
    found = expected_seats(absent, duties, grid)[0].max()
    assert found == pytest.approx(14.0, abs=3 * np.sqrt(20 * 0.21 / 200))


def recorded(court, grid, staffed=np.nan, states=None):
    actuals = pd.DataFrame(dict.fromkeys(ACTUALS.column_names, np.nan), index=range(len(grid)))
    actuals = actuals.assign(line=court.line_ids[0], interval=grid.starts, seats_staffed=staffed)
    return RecordedDay(DAY, grid, actuals, pd.DataFrame(), None, states, ())


def test_seats_come_from_agent_states_before_actuals(court) -> None:
    grid = grid_of(court, DAY, 1)
    duties = pd.concat([a_duty(court), a_duty(court, agent="a2").assign(post="p2")], ignore_index=True)
    assert recorded(court, grid).group_seats(court, duties) is None
    from_actuals = recorded(court, grid, staffed=1.5).group_seats(court, duties)
    assert from_actuals is not None
    opens = 17  # 08:30
    assert (from_actuals[0, opens], from_actuals[0, 4]) == (1.5, 0.0)
    moments = [pd.Timestamp(f"{DAY} {t}", tz=court.time_zone) for t in ("08:45", "12:00", "13:00", "17:30")]
    states = pd.DataFrame(
        {
            "agent": ["a1", "a1", "a2"],
            "state": ["available", "available", "break"],
            "start": [moments[0], moments[2], moments[0]],
            "end": [moments[1], moments[3], moments[3]],
        }
    )
    seen = recorded(court, grid, staffed=1.5, states=states).group_seats(court, duties)
    assert seen is not None
    # a1 came a quarter of an hour late and was away at noon; a2's time on break is not for calls.
    assert (seen[0, opens], seen[0, opens + 1], seen[0, 24]) == (0.5, 1.0, 0.0)
    assert seen.sum() * 0.5 == pytest.approx(3.25 + 4.5)
    facts = attendance_facts(duties, recorded(court, grid, states=states))
    # a2 never worked: nine hours absent. a1 came a quarter of an hour late and was away for one hour.
    assert {name: fact.actual for name, fact in facts.items()} == {"absent": 9.0, "late": 0.25, "breaks": 1.0}
    assert attendance_facts(duties, recorded(court, grid)) == {}


def test_presence_before_the_warm_up_is_no_duty(court) -> None:
    grid = grid_of(court, DAY, 1)
    assert presence_duties(np.zeros((1, len(grid))), [court.groups[0].id], grid).empty


def test_a_day_known_by_intervals_alone_counts_those_that_are_told(court) -> None:
    grid = grid_of(court, DAY, 1)
    actuals = recorded(court, grid).actuals.reset_index(drop=True)
    told = {"offered": 20.0, "queued": 10.0, "answered": 8.0, "answered_within_15_s": 6.0, "wait_answered_s": 80.0}
    for at in (17, 18):
        for name, value in told.items():
            actuals.loc[at, name] = value

    class Records:
        def calls(self, first, last, *, time_zone=None):
            return empty_table(CALLS, time_zone)

    found = recorded_day(court, DAY, Records(), actuals, Path("nowhere"))
    assert found.habits is None
    assert found.unknown == ("seats", "patience")
    assert found.total["queued"].tolist() == [20.0]
    by_kpi = {t.kpi: t for t in targets_of(court)}
    assert found.value(by_kpi["asa_s"], "") == pytest.approx(10.0)
    assert np.isnan(found.value(by_kpi["waited_over_40_s_share"], "")), "this feed does not know long waits"


def test_generated_calls_and_states_of_few_people_are_said(court, tmp_path, store):
    """Three people on duty; the states name one of them, then two, which is more than half."""
    kept, clock = store
    duties = pd.concat([a_duty(court, agent=f"a{n}") for n in range(3)])
    keep(kept, court, clock, datetime(2026, 9, 10, tzinfo=UTC), duties)
    plan = find_planned_day(court, DAY, kept)
    assert plan is not None
    records = RecordStore(tmp_path, court.id)

    def said(*agents):
        day = SimpleNamespace(agent_states=pd.DataFrame({"agent": agents}) if agents else None)
        return [note.en for note in _record_notes(records, {DAY: plan}, {DAY: day})]

    assert said() == []
    assert said("a0")[0].startswith("Agent states name fewer than half of the people on duty: 2026-09-15.")
    assert said("a0", "a1") == []
    records.add(generate_calls(court, DAY, 1, 1), "made", "synthetic")
    assert said()[0].startswith("These calls are generated, not recorded")
