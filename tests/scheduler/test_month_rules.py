"""The scheduler's month: deadlines, handing over, swaps, duties given to firms."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from pydantic import ValidationError

from scheduler.checker import check_roster
from scheduler.firm_duties import check_with_places, give_to_firms, name_person, places_to_name
from scheduler.firm_places import firm_of_place, firm_place
from scheduler.handover import handovers, short_handovers
from scheduler.month import month_dates, refuse_late_swap, refuse_settled, state_of_month
from scheduler.swaps import Swap, broken_by, swap_duties
from wfm.errors import BadInput
from wfm.hotline import Agent, Contract, Leave, RosterCycle, RosterRules
from wfm.i18n import use_language

ZONE = ZoneInfo("Asia/Shanghai")
OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.fixture
def hotline(make):
    return make.hotline(roster_cycle=RosterCycle(collect_by_days=15, publish_by_days=7, swap_until_h=24))


@pytest.fixture
def dates(hotline):
    return month_dates(hotline, *OCTOBER)


def test_a_deadline_ends_with_its_day(dates):
    # 15 days before 1 October is 16 September, 7 days before is 24 September
    assert dates.collect_until == at("2026-09-17")
    assert dates.publish_until == at("2026-09-25")


def test_the_state_follows_from_what_has_happened(dates):
    def state(now, published=False, settled=False):
        return state_of_month(dates, at(now), published=published, settled=settled)

    assert state("2026-09-16T23:59") == "collecting"
    assert state("2026-09-17T00:00") == "building"
    assert state("2026-10-05T12:00") == "building"  # the month has begun without a roster
    assert state("2026-09-01T12:00", published=True) == "published"
    assert state("2026-09-30T23:59", published=True) == "published"
    assert state("2026-10-01T00:00", published=True) == "running"
    assert state("2026-11-20T12:00", published=True) == "running"
    assert state("2026-11-20T12:00", published=True, settled=True) == "settled"


def test_zero_days_before_ends_with_the_first_day(make):
    hotline = make.hotline(roster_cycle=RosterCycle(collect_by_days=0, publish_by_days=0))
    assert month_dates(hotline, *OCTOBER).publish_until == at("2026-10-02")


def test_deadlines_that_do_not_fit(make):
    with pytest.raises(ValidationError, match="must not exceed collect_by_days"):
        RosterCycle(collect_by_days=3, publish_by_days=7)
    with pytest.raises(BadInput, match=r"ends \(2026-09-30\) before it starts"):
        month_dates(make.hotline(), date(2026, 10, 1), date(2026, 9, 30))


def test_a_swap_is_in_time_until_its_hour(dates):
    begins = at("2026-10-05T08:00")
    refuse_late_swap(dates, begins, at("2026-10-04T08:00"))
    for language, words in (
        ("en", "could be swapped until 2026-10-04 08:00"),
        ("zh", "最迟可在 2026-10-04 08:00 换班"),
    ):
        with use_language(language), pytest.raises(BadInput, match=words):
            refuse_late_swap(dates, begins, at("2026-10-04T08:01"))


def test_a_settled_month_stays(dates):
    refuse_settled(dates, settled=False)
    with use_language("en"), pytest.raises(BadInput, match="from 2026-10-01 to 2026-10-31 is settled"):
        refuse_settled(dates, settled=True)


# Handing over


def posts_of(make, hotline, rows):
    """Duties of (agent, day, shift, post number)."""
    duties = make.duties(hotline, [(a, d, s, "A") for a, d, s, _ in rows])
    names = [
        f"{d:%Y-%m-%d}/{s}/all/{n}" for d, s, (_, _, _, n) in zip(duties["date"], duties["shift"], rows, strict=True)
    ]
    return duties.assign(post=pd.array(names, dtype="string"))


def test_overlap_is_counted_between_the_duties_of_one_post(make):
    shifts = (make.shift("early", "08:00", "16:15"), make.shift("late", "16:00", "24:00"))
    hotline = make.hotline(shifts=shifts)
    rows = [("a", 0, "early", "01"), ("b", 0, "late", "01"), ("c", 0, "early", "02"), ("d", 1, "early", "01")]
    duties = posts_of(make, hotline, rows)
    found = handovers(duties)
    assert [(h.from_agent, h.to_agent, h.number, h.overlap_min) for h in found] == [("a", "b", "01", 15.0)]
    assert short_handovers(duties, 15) == []
    with use_language("en"):
        (text,) = short_handovers(duties, 20)
    assert text.en == "2026-09-14 16:15, all post 01: a and b overlap 15 min; 20 min are needed"
    assert "重叠 15 分钟" in text.zh


def test_shifts_that_abut_overlap_by_nothing_and_a_gap_is_no_handing_over(make, hotline):
    duties = posts_of(make, hotline, [("a", 0, "day", "01"), ("b", 0, "evening", "01"), ("c", 1, "day", "01")])
    assert [(h.from_agent, h.to_agent, h.overlap_min) for h in handovers(duties)] == [("a", "b", 0.0)]
    night = posts_of(make, hotline, [("a", 0, "evening", "01"), ("b", 1, "night", "01")])
    assert [(h.from_agent, h.to_agent) for h in handovers(night)] == [("a", "b")]  # across midnight
    same = posts_of(make, hotline, [("a", 0, "day", "01"), ("a", 0, "evening", "01")])
    assert handovers(same) == []


# Swaps


@pytest.fixture
def problem(make, hotline):
    agents = [
        Agent(id="a", firm="甲所", lines=("general",)),
        Agent(id="b", firm="甲所", lines=("general",)),
        Agent(id="c", firm="乙所", lines=("general",), night=False),
    ]
    posts = make.posts([(0, "day", 1, 0), (1, "night", 1, 0), (2, "day", 1, 0)])
    leave = [Leave(agent="b", first=make.monday + timedelta(days=2), last=make.monday + timedelta(days=2))]
    return make.problem(hotline, agents, posts, leave=leave)


@pytest.fixture
def duties(make, hotline):
    return make.duties(hotline, [("a", 0, "day", "A"), ("b", 1, "night", "A"), ("c", 2, "day", "A")])


def held(duties):
    return [(str(r.agent), r.date.day, str(r.shift)) for r in duties.itertuples()]


def test_two_people_change_places_and_posts_stay(make, problem, duties):
    after = swap_duties(problem, duties, Swap("a", make.monday, "b", make.monday + timedelta(days=1)))
    assert held(after) == [("b", 14, "day"), ("a", 15, "night"), ("c", 16, "day")]
    assert after["post"].tolist() == duties["post"].tolist()
    assert broken_by(problem, duties, after) == []
    assert held(duties)[0] == ("a", 14, "day")  # the roster given is not changed


def test_a_swap_that_breaks_a_rule_says_which(make, problem, duties):
    wednesday = make.monday + timedelta(days=2)
    after = swap_duties(problem, duties, Swap("c", wednesday, "b"))
    (broken,) = broken_by(problem, duties, after)
    assert (broken.rule, broken.agent, broken.date) == ("leave", "b", wednesday)
    night = swap_duties(problem, duties, Swap("b", make.monday + timedelta(days=1), "c"))
    assert "night_ability" in {v.rule for v in broken_by(problem, duties, night)}


def test_what_was_broken_before_is_not_the_swaps_fault(make, problem, hotline):
    duties = make.duties(hotline, [("b", 2, "day", "A"), ("a", 0, "day", "A")])  # b is on leave that day
    assert any(v.rule == "leave" for v in check_roster(problem, duties))
    after = swap_duties(problem, duties, Swap("a", make.monday, "c"))
    assert broken_by(problem, duties, after) == []


@pytest.mark.parametrize(
    ("swap", "sentence"),
    [
        (("a", 1, "b", None), "a has no duty on 2026-09-15"),
        (("a", 0, "x", None), "unknown agent x"),
        (("a", 0, "a", None), "a cannot swap with the same person"),
        (("a", 0, "b", 0), "b has no duty on 2026-09-14"),
    ],
)
def test_swaps_that_cannot_be(make, problem, duties, swap, sentence):
    giver, day, taker, back = swap
    asked = Swap(giver, make.monday + timedelta(days=day), taker, None if back is None else make.monday)
    with use_language("en"), pytest.raises(BadInput, match=sentence):
        swap_duties(problem, duties, asked)


# Duties given to firms


def test_a_firms_duties_wait_for_a_name(problem, duties):
    given = give_to_firms(problem, duties)
    assert given["agent"].tolist() == ["firm:甲所#1", "firm:甲所#1", "firm:乙所#1"]
    assert len(places_to_name(given)) == 3
    assert give_to_firms(problem, duties, frozenset({"乙所"}))["agent"].tolist() == ["a", "b", "firm:乙所#1"]
    assert check_with_places(problem, given) == []  # the posts are filled, and nobody's rules are broken
    assert {v.rule for v in check_roster(problem, given)} >= {"known_names"}  # a place is no person


def test_two_duties_of_a_firm_at_one_time_are_two_places(make, problem, hotline):
    duties = make.duties(hotline, [("a", 0, "day", "A"), ("b", 0, "day", "A")])
    given = give_to_firms(problem, duties)
    assert sorted(given["agent"]) == ["firm:甲所#1", "firm:甲所#2"]
    assert not given.duplicated(["agent", "start", "role"]).any()


def test_places_are_told_from_people():
    assert firm_of_place(firm_place("A#B 所", 12)) == "A#B 所"
    assert firm_of_place("a1") is None
    assert firm_of_place("firm:") is None


def test_an_open_post_stays_open_beside_places(problem, duties):
    given = give_to_firms(problem, duties).iloc[:2]
    (violation,) = check_with_places(problem, given)
    assert (violation.rule, violation.breaks_law) == ("posts_filled", False)


def test_naming_puts_a_person_of_the_firm_there(problem, duties):
    given = give_to_firms(problem, duties)
    post = str(given["post"].iloc[0])
    named = name_person(problem, given, post, "A", "b")
    assert named["agent"].tolist() == ["b", "firm:甲所#1", "firm:乙所#1"]
    with use_language("en"):
        with pytest.raises(BadInput, match="is for 甲所 to name; c is of 乙所"):
            name_person(problem, given, post, "A", "c")
        with pytest.raises(BadInput, match="unknown agent x"):
            name_person(problem, given, post, "A", "x")
        with pytest.raises(BadInput, match="does not wait for a name; these do: 2026-09-15/night"):
            name_person(problem, named, post, "A", "a")
        with pytest.raises(BadInput, match="no duty waits for a name"):
            name_person(problem, duties, post, "A", "a")


def test_a_firms_share_counts_all_posts(make):
    contract = Contract(id="contract", name=make.text("c"), employee=False, hours_per_week_max=168)
    hotline = make.hotline(rules=RosterRules(firm_share_max=0.5), contracts=(contract,))
    agents = [Agent(id=n, firm=f, lines=("general",)) for n, f in (("a", "甲"), ("b", "甲"), ("c", "乙"), ("d", "丙"))]
    problem = make.problem(hotline, agents, make.posts([(0, "day", 4, 0)]))
    duties = make.duties(hotline, [(n, 0, "day", "A") for n in "abcd"])
    assert [v.rule for v in check_roster(problem, duties)] == []
    given = give_to_firms(problem, duties, frozenset({"乙", "丙"}))
    assert [v.rule for v in check_with_places(problem, given)] == []  # two of four, not two of two
