"""What was asked for and is not decided is withdrawn, with who and when; what is decided says why it stands."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from scenarios.collected_requests import collected
from scenarios.own_duties import own_duties
from scenarios.request_by_hand import AskedByHand, ask_by_hand
from scenarios.roster_at_hand import RosterAtHand
from scenarios.roster_month import look_at_month, publish_roster
from scenarios.roster_problem import roster_problem
from scenarios.scenario import load_scenario
from scenarios.withdrawn_requests import withdraw_request, withdraw_swap
from scheduler.grid_words import CellDuty
from scheduler.roster_grid import GridDuty, duties_from_grid
from wfm.errors import BadInput
from wfm.i18n import use_language
from wfm.store import MonthRequest, open_store

ZONE = ZoneInfo("Asia/Shanghai")
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.fixture(scope="module")
def scenario():
    return load_scenario("nanxun-12368")


@pytest.fixture
def store(tmp_path):
    return open_store(f"sqlite:///{tmp_path / 'wfm.sqlite'}")


@pytest.fixture
def asked(scenario, store):
    """Leave over the end of October, kept for both months."""
    ask_by_hand(
        scenario,
        store,
        AskedByHand("leave", "A003", date(2026, 10, 30), date(2026, 11, 2)),
        at("2026-09-01"),
        who="a003",
    )
    return look_at_month(scenario, store, OCTOBER, at("2026-09-02")).requests[0]


def publish_october(scenario, store):
    empty = pd.DataFrame(columns=["date", "group", "shift", "posts_a", "posts_b"])
    problem = roster_problem(scenario, OCTOBER, 31, empty)
    duties = duties_from_grid(problem, [GridDuty("A001", date(2026, 10, 12), CellDuty("day-1", "A", "court"))])
    publish_roster(
        RosterAtHand("x", scenario, problem, duties, False), store, at("2026-09-20T10:00"), despite_rules=True
    )


def test_a_request_is_withdrawn_in_every_month_and_may_be_asked_for_anew(scenario, store, asked):
    done = withdraw_request(scenario, store, asked.id, at("2026-09-03T09:00"), own="A003", who="a003")
    assert (done.count, done.stand) == (2, ())
    for first in (OCTOBER, NOVEMBER):
        view = look_at_month(scenario, store, first, at("2026-09-04"))
        assert view.requests == ()
        assert [(r.agent, r.withdrawn_by, r.withdrawn_at) for r in view.withdrawn] == [
            ("A003", "a003", at("2026-09-03T09:00"))
        ]
        assert collected(view.requests, late=True) == ([], [], [])
    assert own_duties(scenario, store, "A003", at("2026-09-04")).requests == ()
    assert [(e.action, e.who) for e in store.audit(2)] == [("withdraw request", "a003")] * 2
    with use_language("en"), pytest.raises(BadInput, match="there is none that stands"):
        withdraw_request(scenario, store, asked.id, at("2026-09-03T09:00"))
    again = AskedByHand("leave", "A003", date(2026, 10, 30), date(2026, 11, 2))
    assert not ask_by_hand(scenario, store, again, at("2026-09-05")).known
    assert len(look_at_month(scenario, store, OCTOBER, at("2026-09-06")).requests) == 1


def test_a_published_roster_decides_on_what_came_before_it(scenario, store, asked):
    publish_october(scenario, store)
    late = AskedByHand("leave", "A004", date(2026, 10, 20), date(2026, 10, 20))
    ask_by_hand(scenario, store, late, at("2026-09-21"))
    mine = own_duties(scenario, store, "A003", at("2026-09-22")).requests
    assert {own.month: own.stands is None for own in mine} == {OCTOBER: False, NOVEMBER: True}
    done = withdraw_request(scenario, store, asked.id, at("2026-09-22"), own="A003")
    assert done.count == 1  # November's
    assert [t.en for t in done.stand] == ["the roster published on 2026-09-20 10:00 has decided it"]
    with use_language("en"), pytest.raises(BadInput, match="published on 2026-09-20 10:00 has decided it"):
        withdraw_request(scenario, store, asked.id, at("2026-09-22"))
    # What came after it waits for whoever decides by hand.
    view = look_at_month(scenario, store, OCTOBER, at("2026-09-22"))
    (waits,) = [r for r in view.requests if r.agent == "A004"]
    assert withdraw_request(scenario, store, waits.id, at("2026-09-22")).count == 1


def test_nobody_withdraws_what_is_somebody_elses(scenario, store, asked):
    with use_language("en"), pytest.raises(BadInput, match="there is none that stands"):
        withdraw_request(scenario, store, asked.id, at("2026-09-03"), own="A004")
    with use_language("en"), pytest.raises(BadInput, match="there is none that stands"):
        withdraw_request(load_scenario("guizhou-12348"), store, asked.id, at("2026-09-03"))
    assert len(look_at_month(scenario, store, OCTOBER, at("2026-09-04")).requests) == 1


def test_an_absence_is_taken_back_by_the_scheduler_alone_until_the_month_is_settled(scenario, store):
    publish_october(scenario, store)
    month = store.months.month("nanxun-12368", OCTOBER)
    details = {"first": "2026-10-12", "last": "2026-10-12", "reason": ""}
    for agent in ("A001", "A002"):
        store.months.collect(month, [MonthRequest("absent", agent, details, at("2026-09-10"), late=False)])
    first, second = store.months.requests(month)
    with use_language("en"), pytest.raises(BadInput, match="the scheduler noted it"):
        withdraw_request(scenario, store, first.id, at("2026-10-12"), own=first.agent)
    assert withdraw_request(scenario, store, first.id, at("2026-10-12")).count == 1
    store.months.settle(month, "0.00", [])
    with use_language("en"), pytest.raises(BadInput, match="the month is settled"):
        withdraw_request(scenario, store, second.id, at("2026-11-12"))


def test_a_swap_is_withdrawn_by_whoever_gives_the_duty_until_it_is_decided(scenario, store):
    month = store.months.open_month("nanxun-12368", OCTOBER, date(2026, 10, 31))
    values = {"giver": "A001", "date": "2026-10-12", "shift": "day-1", "taker": "A002", "back": ""}
    number = store.months.ask_swap(month, values, who="a001")
    with use_language("en"), pytest.raises(BadInput, match="none that waits"):
        withdraw_swap(scenario, store, number, own="A002")
    withdraw_swap(scenario, store, number, own="A001", who="a001")
    assert [(s.state, s.roster_version) for s in store.months.swaps(month)] == [("withdrawn", None)]
    assert store.audit()[0].action == "withdraw swap"
    for again in (
        lambda: withdraw_swap(scenario, store, number),
        lambda: store.months.decide_swap(number, agreed=True),
    ):
        with use_language("en"), pytest.raises(BadInput, match="none that waits"):
            again()
