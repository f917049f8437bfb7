"""Requests entered by hand, swaps that wait, one's own duties, absences: on a small hotline and a store of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from icalendar import Calendar

from scenarios.collected_requests import collected
from scenarios.month_repair import Proposal, apply_proposal, propose_repairs, stand_ins_at, take_repair
from scenarios.month_swaps import agree_to_swap, ask_for_swap, refuse_swap
from scenarios.own_duties import own_calendar, own_duties
from scenarios.request_by_hand import AskedByHand, ask_by_hand, month_of_day
from scenarios.roster_at_hand import RosterAtHand, counted_posts, stored_roster
from scenarios.roster_fairness import roster_fairness
from scenarios.roster_month import look_at_month, publish_roster, published_roster
from scenarios.roster_problem import roster_problem
from scenarios.scenario import Scenario, load_scenario
from scheduler.grid_words import CellDuty
from scheduler.roster_grid import GridDuty, duties_from_grid
from scheduler.swaps import Swap
from wfm.errors import BadInput
from wfm.hotline import RosterCycle
from wfm.i18n import use_language
from wfm.store import StaleVersion, open_store

FIRST = date(2026, 9, 14)
LAST = date(2026, 9, 20)
ZONE = ZoneInfo("Asia/Shanghai")
SPAN = (FIRST, LAST)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


@pytest.fixture
def store(tmp_path: Path):
    return open_store(f"sqlite:///{tmp_path / 'wfm.sqlite'}")


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """Nanxun's court line with two firms, no standing pairs, deadlines said outright."""
    found = load_scenario("nanxun-12368")
    cycle = RosterCycle(collect_by_days=10, publish_by_days=5, swap_until_h=24)
    agents = [
        a.model_copy(update={"firm": "甲所" if n % 2 else "乙所", "pair": ""}) for n, a in enumerate(found.agents)
    ]
    contracts = tuple(c.model_copy(update={"employee": False}) for c in found.hotline.contracts)
    hotline = found.hotline.model_copy(update={"roster_cycle": cycle, "contracts": contracts})
    return replace(found, hotline=hotline, agents=agents, leave=[])


def roster_of(scenario: Scenario, people: list[tuple[str, int, str]]) -> RosterAtHand:
    """A week of (agent, day, role) in the shift day-1 (08:30 to 17:30, an hour's unpaid break)."""
    empty = pd.DataFrame(columns=["date", "group", "shift", "posts_a", "posts_b"])
    problem = roster_problem(scenario, FIRST, 7, empty)
    duties = duties_from_grid(problem, [GridDuty(a, day(d), CellDuty("day-1", r, "court")) for a, d, r in people])
    problem = replace(problem, posts=counted_posts(scenario.hotline, duties))
    return RosterAtHand("small", scenario, problem, duties, True)


@pytest.fixture
def small(scenario) -> RosterAtHand:
    return roster_of(scenario, [("A001", 0, "A"), ("A002", 0, "B"), ("A003", 1, "A"), ("A004", 1, "B")])


# Requests


def test_leave_by_hand_is_kept_with_who_entered_it_and_late_after_the_deadline(scenario, store):
    asked = AskedByHand("leave", "A001", day(1), day(2), reason=" 年假 ")
    first = ask_by_hand(scenario, store, asked, at("2026-09-04T23:59"), month=SPAN, who="li")
    assert (first.months, first.late, first.known) == (1, 0, False)
    again = ask_by_hand(scenario, store, asked, at("2026-09-04T23:59"), month=SPAN, who="li")
    assert again.known
    late = ask_by_hand(scenario, store, replace(asked, agent="A002"), at("2026-09-05T00:00"), month=SPAN, who="li")
    assert late.late == 1
    kept = look_at_month(scenario, store, FIRST, at("2026-09-06")).requests
    assert [(r.agent, r.kind, r.late, r.who, r.details) for r in kept] == [
        ("A001", "leave", False, "li", {"first": "2026-09-15", "last": "2026-09-16", "reason": "年假"}),
        ("A002", "leave", True, "li", {"first": "2026-09-15", "last": "2026-09-16", "reason": "年假"}),
    ]
    assert [e.action for e in store.audit()][:2] == ["collect", "collect"]


def test_busy_hours_and_wishes_by_hand_are_read_as_those_of_a_file(scenario, store):
    busy = AskedByHand("busy", "A003", day(2), day(2), time(9), time(12), reason="开庭")
    whole = AskedByHand("busy", "A004", day(2), day(3))
    wish = AskedByHand("wish_off", "A005", day(4), day(5), shift="day-1")
    for asked in (busy, whole, wish):
        ask_by_hand(scenario, store, asked, at("2026-09-01"), month=SPAN)
    _, wishes, times = collected(look_at_month(scenario, store, FIRST, at("2026-09-01")).requests, late=False)
    assert [(b.agent, b.start, b.end) for b in times] == [
        ("A003", at("2026-09-16T09:00"), at("2026-09-16T12:00")),
        ("A004", at("2026-09-16T00:00"), at("2026-09-18T00:00")),
    ]
    assert [(w.agent, w.date, w.shift, w.wanted) for w in wishes] == [
        ("A005", day(4), "day-1", False),
        ("A005", day(5), "day-1", False),
    ]


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (AskedByHand("leave", "A999", FIRST, FIRST), "unknown agent A999"),
        (AskedByHand("tour", "A001", FIRST, FIRST), "kind: found 'tour'"),
        (AskedByHand("leave", "A001", LAST, FIRST), "2026-09-14 lies before 2026-09-20"),
        (AskedByHand("wish_on", "A001", FIRST, FIRST, shift="late"), "unknown shift late; known: day-1"),
        (
            AskedByHand("busy", "A001", FIRST, FIRST, time(12), time(9)),
            "2026-09-14 09:00 is not after 2026-09-14 12:00",
        ),
        (AskedByHand("leave", "A001", day(7), day(8)), "2026-09-21 to 2026-09-22 lies outside the month"),
        (AskedByHand("leave", "A001", FIRST, day(400)), "are more than 366 days"),
        (AskedByHand("leave", "A001", FIRST, FIRST, reason="x" * 201), "the reason has 201 characters"),
    ],
)
def test_a_request_by_hand_that_cannot_be_is_one_sentence(scenario, store, asked, sentence):
    with use_language("en"), pytest.raises(BadInput) as refused:
        ask_by_hand(scenario, store, asked, at("2026-09-01"), month=SPAN)
    assert sentence in str(refused.value)
    assert store.months.months(scenario.hotline.id) == []


def test_months_follow_the_rhythm_of_those_known(scenario, store):
    name = scenario.hotline.id
    assert month_of_day(scenario, store, date(2026, 2, 10)) == (date(2026, 2, 1), date(2026, 2, 28))
    store.months.open_month(name, FIRST, date(2026, 10, 11))
    assert month_of_day(scenario, store, date(2026, 10, 11)) == (FIRST, date(2026, 10, 11))
    assert month_of_day(scenario, store, date(2026, 10, 12)) == (date(2026, 10, 12), date(2026, 11, 8))
    assert month_of_day(scenario, store, date(2026, 12, 6)) == (date(2026, 11, 9), date(2026, 12, 6))
    assert month_of_day(scenario, store, date(2026, 9, 3)) == (date(2026, 9, 1), date(2026, 9, 13))


def test_leave_over_the_end_of_a_month_is_kept_for_both(scenario, store):
    store.months.open_month(scenario.hotline.id, FIRST, LAST)
    kept = ask_by_hand(scenario, store, AskedByHand("leave", "A001", day(5), day(8)), at("2026-09-01"))
    assert (kept.months, kept.known) == (2, False)
    spans = {(m.first, m.last): store.months.requests(m) for m in store.months.months(scenario.hotline.id)}
    assert set(spans) == {(FIRST, LAST), (date(2026, 9, 21), date(2026, 9, 27))}
    assert all([r.agent for r in found] == ["A001"] for found in spans.values())


# Swaps


def test_a_swap_waits_until_the_scheduler_agrees(scenario, store, small):
    publish_roster(small, store, at("2026-09-01"))
    swap = Swap("A001", FIRST, "A005")
    asked = ask_for_swap(scenario, store, FIRST, swap, at("2026-09-10"), who="A001")
    assert (asked.refused, asked.takers) == ((), None)
    assert look_at_month(scenario, store, FIRST, at("2026-09-10")).swaps[0].state == "asked"
    with use_language("en"), pytest.raises(BadInput, match="A001 has asked already"):
        ask_for_swap(scenario, store, FIRST, swap, at("2026-09-10"))
    done = agree_to_swap(scenario, store, FIRST, asked.number, at("2026-09-10"), who="wang")
    assert done.published is not None
    assert done.published.version == 2
    assert "A005" in set(stored_roster(scenario, FIRST, store).duties["agent"])
    with use_language("en"), pytest.raises(BadInput, match="there is none that waits"):
        agree_to_swap(scenario, store, FIRST, asked.number, at("2026-09-10"))


def test_a_swap_against_a_rule_is_told_when_asked_and_refused_when_agreed_to(scenario, store, small):
    publish_roster(small, store, at("2026-09-01"))
    asked = ask_for_swap(scenario, store, FIRST, Swap("A001", FIRST, "A002"), at("2026-09-10"))
    assert asked.refused[0].en == "A002 has 2 duties on 2026-09-14; one is allowed"
    assert asked.takers is not None
    assert agree_to_swap(scenario, store, FIRST, asked.number, at("2026-09-10")).published is None
    assert look_at_month(scenario, store, FIRST, at("2026-09-10")).swaps[0].state == "refused"


def test_the_scheduler_may_refuse_with_a_reason(scenario, store, small):
    publish_roster(small, store, at("2026-09-01"))
    asked = ask_for_swap(scenario, store, FIRST, Swap("A001", FIRST, "A005"), at("2026-09-10"))
    refuse_swap(scenario, store, FIRST, asked.number, "当日有开庭", who="wang")
    (kept,) = look_at_month(scenario, store, FIRST, at("2026-09-10")).swaps
    assert (kept.state, kept.reasons) == ("refused", [{"en": "当日有开庭", "zh": "当日有开庭"}])
    assert stored_roster(scenario, FIRST, store).version == 1


# Own duties


def test_own_duties_are_only_ones_own_with_the_partners_name(scenario, store, small):
    publish_roster(small, store, at("2026-09-01"))
    mine = own_duties(scenario, store, "A001", at("2026-09-10"))
    (duty,) = mine.duties
    assert (duty.day, duty.shift, duty.role, duty.partners) == (FIRST, "day-1", "A", ("座席002",))
    assert (duty.start, duty.end) == (at("2026-09-14T08:30"), at("2026-09-14T17:30"))
    assert mine.known_until == LAST
    assert mine.next(at("2026-09-14T17:29")) == duty
    assert mine.next(at("2026-09-14T17:30")) is None
    assert own_duties(scenario, store, "A002", at("2026-09-10")).duties[0].partners == ("座席001",)
    assert own_duties(scenario, store, "A001", at("2026-09-14T17:30")).duties == ()


def test_own_calendar_holds_ones_own_duties_and_what_was_taken_back(scenario, store, small):
    publish_roster(small, store, at("2026-09-01"))
    other = roster_of(scenario, [("A005", 0, "A"), ("A002", 0, "B"), ("A001", 1, "A"), ("A004", 1, "B")])
    publish_roster(other, store, at("2026-09-12"), over=1)
    read = Calendar.from_ical(own_calendar(scenario, store, "A001", at("2026-09-10")))
    events = [(e["STATUS"], e["DTSTART"].dt, int(e["SEQUENCE"])) for e in read.walk("VEVENT")]
    assert events == [("CANCELLED", at("2026-09-14T08:30"), 2), ("CONFIRMED", at("2026-09-15T08:30"), 2)]
    words = read.to_ical().decode()
    assert "座席002" not in words
    assert "A002" not in words


# Somebody is ill


def test_who_stands_in_for_somebody_ill_right_now(scenario, small):
    (cover,) = stand_ins_at(small, "A001", at("2026-09-14T09:00"))
    assert cover.covered_by == "A002"
    assert cover.absent
    assert stand_ins_at(small, "A001", at("2026-09-14T18:00")) == ()
    assert stand_ins_at(small, "A002", at("2026-09-14T09:00")) == ()


def test_a_repair_is_proposed_taken_published_and_the_absence_kept(scenario, store, small):
    publish_roster(small, store, at("2026-09-01"))
    _, found = published_roster(scenario, store, FIRST)
    away = (("A003", day(1), day(3)),)
    proposals = propose_repairs(found, away, at("2026-09-14T12:00"), seconds=2)
    best = proposals[0]
    assert (best.name, len(best.moves), best.open_posts, best.bends, best.legal) == ("fewest_changes", 2, (), (), True)
    assert best.removed == (("A003", "2026-09-15/day-1/court/01", "A"),)
    assert Proposal.of(best.plain()) == best
    changed = apply_proposal(found, best)
    assert set(changed["agent"]) == {"A001", "A002", "A004", best.people[0]}
    done = take_repair(scenario, store, FIRST, best, away, at("2026-09-14T12:00"), over=1, who="wang")
    assert (done.version, done.who) == (2, "wang")
    again = published_roster(scenario, store, FIRST)[1]
    pd.testing.assert_frame_equal(again.duties[changed.columns], changed, check_dtype=False)
    assert [(x.agent, x.first, x.last) for x in again.problem.leave] == [("A003", day(1), day(3))]
    with pytest.raises(StaleVersion):
        take_repair(scenario, store, FIRST, best, away, at("2026-09-14T12:00"), over=1)
    with use_language("en"), pytest.raises(BadInput, match="has changed since"):
        take_repair(scenario, store, FIRST, best, away, at("2026-09-14T12:00"), over=2)


def test_an_absence_during_a_duty_begins_after_it(scenario, store, small):
    publish_roster(small, store, at("2026-09-01"))
    _, found = published_roster(scenario, store, FIRST)
    away = (("A001", FIRST, day(2)),)
    (nothing, *_) = propose_repairs(found, away, at("2026-09-14T12:00"), seconds=2)
    assert nothing.moves == ()
    take_repair(scenario, store, FIRST, nothing, away, at("2026-09-14T12:00"), over=1)
    view = look_at_month(scenario, store, FIRST, at("2026-09-14T12:00"))
    assert [(r.kind, r.details["first"], r.details["last"]) for r in view.requests] == [
        ("absent", "2026-09-15", "2026-09-16")
    ]
    assert len(view.publications) == 1  # nothing new to make known


# Fairness


def test_what_everybody_carries_and_how_far_it_is_from_the_even_share(scenario):
    people = [("A001", d, "A") for d in range(5)] + [("A002", d, "B") for d in range(5)]
    found = roster_of(scenario, people)
    fair = roster_fairness(found.problem, found.duties)
    first = next(p for p in fair.people if p.agent == "A001")
    assert (first.carried["duties"], first.carried["hours"], first.carried["standbys"]) == (5, 40, 0)
    # Ten posts of 8 hours (a standby's count whole here) over twelve able people: 6 h 40 min each, so one duty or none is fair.
    assert first.shares["hours"].share == pytest.approx(80 / 12, abs=0.01)
    assert (first.shares["hours"].low, first.shares["hours"].high, first.shares["hours"].beyond) == (0, 8, 32)
    assert [p.agent for p in fair.uneven("standbys")] == ["A002"]
    assert [(f.firm, f.people, f.carried["hours"], f.carried["standbys"]) for f in fair.firms] == [
        ("乙所", 6, 40, 0),
        ("甲所", 6, 40, 5),
    ]
    assert sum(p.shares["standbys"].share for p in fair.people) == pytest.approx(5, abs=0.01)
    assert fair.counted == ("hours", "duties", "standbys")
