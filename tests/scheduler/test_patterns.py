"""Rotation patterns: the arithmetic of their cycles, the rosters they lay out, and what stands against them."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from scheduler import POST_COLUMNS, RosterProblem
from scheduler.checker import check_roster, is_legal
from scheduler.patterns import BUILT_IN, find_pattern, lay_out, offered_patterns, pattern_facts
from scheduler.patterns.cycle import entry_of
from scheduler.patterns.facts import LABOUR_LAW_WEEK_H
from scheduler.patterns.turns import firm_quotas
from wfm.calendar import DayKind
from wfm.errors import BadInput
from wfm.hotline import (
    OFF,
    Contract,
    DayPosts,
    FirmShare,
    Leave,
    PatternCycle,
    PatternTurns,
    RosterPattern,
    RosterRules,
)
from wfm.i18n import Text, use_language

NOTHING = pd.DataFrame(columns=list(POST_COLUMNS))
FOUR_CREWS = ("day", "day", "evening", "evening", "night", "night", OFF, OFF)


def employees(make, **more):
    values = {"employee": True, "hours_per_week_max": 48, **more}
    return Contract(id="contract", name=make.text("c"), **values)


def pattern_of(*cycles, turns=(), **more):
    return RosterPattern(id="p", name=Text("p", "p"), cycles=cycles, turns=turns, **more)


def empty_problem(hotline, agents, days, first, leave=(), kinds=None):
    return RosterProblem(hotline, agents, list(leave), first, days, NOTHING, None, kinds or {})


def paid_hours(hotline, duties):
    shifts = {s.id: s for s in hotline.shifts}
    return duties.assign(h=[shifts[s].paid_h for s in duties["shift"]]).groupby("agent")["h"].sum()


def test_four_crews_three_shifts_work_42_hours_a_week(make):
    """Six shifts of 8 h in 8 days: 6 × 8 × 7 / 8 = 42."""
    hotline = make.hotline(contracts=(employees(make),))
    facts = pattern_facts(hotline, find_pattern(hotline, "four-crews-three-shifts"))[0]
    assert facts.hours_per_week == pytest.approx(42.0)
    assert facts.nights_per_4_weeks == pytest.approx(7.0)
    assert facts.people_per_post == 4
    assert facts.most_hours_per_week == 48  # a week may hold all six


def test_the_layout_of_eight_weeks_gives_everybody_the_mean(make):
    hotline = make.hotline(contracts=(employees(make),))
    problem = empty_problem(hotline, make.agents(8), 56, make.monday)
    laid = lay_out(problem, find_pattern(hotline, "四班三运转"))
    assert set(paid_hours(hotline, laid.duties)) == {8 * 42.0}


def test_each_day_of_the_cycle_has_the_crew_on_every_shift(make):
    hotline = make.hotline(contracts=(employees(make),))
    cycle = PatternCycle(days=FOUR_CREWS, crews=4, people=3)
    laid = lay_out(empty_problem(hotline, make.agents(12), 16, make.monday), pattern_of(cycle))
    counts = laid.duties.groupby(["date", "shift"]).size().unstack()
    assert counts.shape == (16, 3)
    assert (counts == 3).all().all()
    assert all(len(crew) == 3 for crew in laid.crews[0])


def test_a_night_after_midnight_is_that_of_the_day_before(make):
    """A middle shift that ends at midnight is never followed by a night that begins then."""
    hotline = make.hotline(contracts=(employees(make),))
    cycle = PatternCycle(days=FOUR_CREWS, crews=4, people=1)

    def least_rest(**more):
        problem = empty_problem(hotline, make.agents(4), 24, make.monday)
        duties = lay_out(problem, pattern_of(cycle, **more)).duties.sort_values(["agent", "start"])
        gaps = duties["start"] - duties.groupby("agent")["end"].shift()
        return gaps.min() / pd.Timedelta(hours=1)

    assert least_rest() == 16
    assert least_rest(night_of_day_before=False) == 0


def test_a_pattern_within_contract_and_rules_is_legal(make):
    hotline = make.hotline(contracts=(employees(make, employee=False),))
    problem = empty_problem(hotline, make.agents(8), 56, make.monday)
    laid = lay_out(problem, find_pattern(hotline, "four-crews-three-shifts"))
    checked = RosterProblem(hotline, problem.agents, [], make.monday, 56, laid.posts, None, {})
    assert check_roster(checked, laid.duties) == []
    assert laid.flags == ()


def test_a_week_over_the_contract_is_flagged_and_found_by_the_checker(make):
    hotline = make.hotline(contracts=(employees(make, employee=False, hours_per_week_max=44),))
    problem = empty_problem(hotline, make.agents(4), 56, make.monday)
    laid = lay_out(problem, find_pattern(hotline, "four-crews-three-shifts"))
    broken = check_roster(
        RosterProblem(hotline, problem.agents, [], make.monday, 56, laid.posts, None, {}), laid.duties
    )
    assert {v.rule for v in broken} == {"hours_per_week"}
    assert ["48 h in the fullest week" in flag.en for flag in laid.flags] == [True]


def test_42_hours_are_flagged_with_both_articles_in_both_languages(make):
    hotline = make.hotline(contracts=(employees(make),))
    flag = pattern_facts(hotline, find_pattern(hotline, "four-crews-three-shifts"))[0].flags[0]
    assert LABOUR_LAW_WEEK_H == 44
    for words in ("42 h", "44 h", "40 h", "Art. 36", "Order 146"):
        assert words in flag.en
    for words in ("42小时", "44小时", "40小时", "第三十六条", "第146号"):
        assert words in flag.zh


def test_twelve_hour_shifts_are_flagged_for_day_week_month_and_rest(make):
    """Two of three days 12 h: 56 h a week, 16 h over 40, 16 × 365/84 = 69.5 h of overtime a month."""
    shifts = (make.shift("d12", "08:00", "20:00"), make.shift("n12", "20:00", "08:00", night=True))
    hotline = make.hotline(contracts=(employees(make, hours_per_week_max=60),), shifts=shifts)
    facts = pattern_facts(hotline, find_pattern(hotline, "三班两运转"))[0]
    assert facts.hours_per_week == pytest.approx(56)
    assert facts.people_per_post == 3
    english = " | ".join(flag.en for flag in facts.flags)
    assert "56 h a week on average: above 44 h" in english
    assert "70 h of overtime a month" in english  # 69.5 rounded
    assert "a duty of 12 h" in english
    assert "0 days without duty" in english


def test_comprehensive_hours_allow_the_long_duty(make):
    from wfm.hotline import LabourLaw

    shifts = (make.shift("d12", "08:00", "20:00"), make.shift("n12", "20:00", "08:00", night=True))
    law = LabourLaw(accounting="month")
    hotline = make.hotline(contracts=(employees(make),), shifts=shifts, labour_law=law)
    flags = pattern_facts(hotline, find_pattern(hotline, "three-crews-two-shifts"))[0].flags
    assert not any("a duty of 12 h" in flag.en for flag in flags)


def test_contracted_people_fall_under_their_contract_not_the_statute(make):
    hotline = make.hotline(contracts=(employees(make, employee=False, hours_per_week_max=60),))
    assert pattern_facts(hotline, find_pattern(hotline, "four-crews-three-shifts"))[0].flags == ()


@st.composite
def cycles(draw):
    crews = draw(st.integers(1, 4))
    step = draw(st.integers(1, 4))
    words = st.sampled_from([OFF, "day", "evening"])
    days = draw(st.lists(words, min_size=crews * step, max_size=crews * step).filter(lambda d: set(d) != {OFF}))
    return PatternCycle(
        days=tuple(days), crews=crews, people=1, anchor=date(2025, 1, 1) + timedelta(draw(st.integers(0, 500)))
    )


@settings(max_examples=60, deadline=None)
@given(cycle=cycles(), day=st.integers(-400, 400))
def test_every_crew_walks_the_first_ones_way_later(cycle, day):
    step = len(cycle.days) // cycle.crews
    here = cycle.anchor + timedelta(day)
    for crew in range(cycle.crews):
        assert entry_of(cycle, crew, here) == entry_of(cycle, 0, here - timedelta(crew * step))
    assert entry_of(cycle, 0, cycle.anchor) == cycle.days[0]


@settings(max_examples=25, deadline=None)
@given(cycle=cycles(), cut=st.integers(1, 20))
def test_two_periods_in_a_row_are_one(make, cycle, cut):
    hotline = make.hotline()
    pattern = pattern_of(cycle)
    agents = make.agents(cycle.crews)
    columns = ["agent", "date", "shift", "role"]

    def rows(first, days):
        return lay_out(empty_problem(hotline, agents, days, first), pattern).duties[columns].values.tolist()

    whole = rows(make.monday, 21)
    parts = rows(make.monday, cut) + rows(make.monday + timedelta(cut), 21 - cut)
    assert sorted(map(tuple, whole)) == sorted(map(tuple, parts))


def test_hours_and_people_per_post_of_any_cycle_agree_with_its_layout(make):
    """Four weeks of a three-week cycle with three crews, against a count of the duties laid out."""
    days = ("day",) * 5 + (OFF, OFF) + ("evening",) * 5 + (OFF, OFF) + ("day", OFF) * 3 + (OFF,)
    hotline = make.hotline()
    cycle = PatternCycle(days=days, crews=3, people=1)
    facts = pattern_facts(hotline, pattern_of(cycle))[0]
    duties = lay_out(empty_problem(hotline, make.agents(3), 84, make.monday), pattern_of(cycle)).duties
    assert facts.hours_per_week == pytest.approx(paid_hours(hotline, duties).mean() / 12)
    most = duties.groupby([duties["agent"], duties["date"].dt.isocalendar().week]).size().max() * 8
    assert facts.most_hours_per_week == most


def test_a_fixed_week_follows_the_working_calendar(make):
    """2026: 15–23 February are the Spring Festival, the Saturdays 14 and 28 are worked (State Council)."""
    first = date(2026, 2, 9)
    kinds = {date(2026, 2, 15) + timedelta(n): DayKind.HOLIDAY for n in range(9)}
    kinds |= {date(2026, 2, 14): DayKind.MAKEUP, date(2026, 2, 28): DayKind.MAKEUP}
    hotline = make.hotline()
    problem = empty_problem(hotline, make.agents(2), 28, first, kinds=kinds)
    laid = lay_out(problem, find_pattern(hotline, "fixed-week"))
    worked = sorted(set(laid.duties["date"].dt.strftime("%m-%d")))
    expected = [9, 10, 11, 12, 13, 14, 24, 25, 26, 27, 28]
    assert worked == [f"02-{d:02d}" for d in expected] + [f"03-{d:02d}" for d in range(2, 7)]


def test_who_is_on_leave_leaves_the_post_open(make):
    hotline = make.hotline()
    leave = [Leave(agent="a0", first=make.monday, last=make.monday + timedelta(6))]
    problem = empty_problem(hotline, make.agents(2), 7, make.monday, leave)
    laid = lay_out(problem, pattern_of(PatternCycle(days=("day",), agents=("a0", "a1"))))
    assert set(laid.duties["agent"]) == {"a1"}
    assert laid.posts["posts_a"].tolist() == [2] * 7


def test_teams_are_the_crews(make):
    hotline = make.hotline()
    agents = [a.model_copy(update={"team": "甲" if n % 2 else "乙"}) for n, a in enumerate(make.agents(5))]
    cycle = PatternCycle(days=("day", OFF), crews=2, teams=("甲", "乙"))
    laid = lay_out(empty_problem(hotline, agents, 4, make.monday), pattern_of(cycle))
    assert laid.crews == ((("a1", "a3"), ("a0", "a2", "a4")),)
    cycle = PatternCycle(days=("day", OFF), crews=2, teams=("甲", "丙"))
    with pytest.raises(BadInput, match="丙"):
        lay_out(empty_problem(hotline, agents, 4, make.monday), pattern_of(cycle))


def test_given_posts_decide_the_crews_and_the_rest_is_told(make):
    hotline = make.hotline()
    posts = make.posts([(d, "day", 2, 1) for d in range(7)])
    problem = make.problem(hotline, make.agents(6), posts)
    laid = lay_out(problem, pattern_of(PatternCycle(days=("day",))))
    counts = laid.duties.groupby("role").size()
    assert counts.to_dict() == {"A": 14, "B": 7}  # as many people as the fullest day asks for
    assert laid.posts is problem.posts


def test_lawyers_take_turns_evenly(make):
    """Thirty single posts among ten equal people: three each, whoever waited longest first."""
    hotline = make.hotline()
    problem = make.problem(hotline, make.agents(10), make.posts([(d, "day", 1, 0) for d in range(30)]), days=30)
    duties = lay_out(problem, pattern_of(turns=(PatternTurns(),))).duties
    assert duties["agent"].tolist()[:10] == [f"a{n}" for n in range(10)]
    assert set(Counter(duties["agent"]).values()) == {3}


def test_firms_never_exceed_their_share_by_a_duty(make):
    firms = ["one"] * 4 + ["two"] * 8 + ["three"] * 12
    agents = [a.model_copy(update={"firm": f}) for a, f in zip(make.agents(24), firms, strict=True)]
    turns = PatternTurns(firm_shares=(FirmShare(firm="one", share=0.5),))
    pattern = pattern_of(turns=(turns,))
    hotline = make.hotline()
    problem = make.problem(hotline, agents, make.posts([(d, "day", 2, 0) for d in range(28)]), days=28)
    duties = lay_out(problem, pattern).duties
    share = firm_quotas(pattern, turns, firms)
    assert share == pytest.approx({"one": 0.5, "two": 0.2, "three": 0.3})
    firm_of = {a.id: a.firm for a in agents}
    total = Counter(firm_of[a] for a in duties["agent"])
    assert sum(total.values()) == 56
    for firm, part in share.items():
        assert abs(total[firm] - part * 56) < 1


def test_nobody_takes_more_than_k_duties_a_month(make):
    hotline = make.hotline()
    agents = make.agents(4)
    posts = make.posts([(d, "day", 1, 0) for d in range(28)], first=date(2026, 9, 14))
    problem = make.problem(hotline, agents, posts, days=28, first=date(2026, 9, 14))
    duties = lay_out(problem, pattern_of(turns=(PatternTurns(duties_per_month_max=3),))).duties
    months = Counter((a, d.month) for a, d in zip(duties["agent"], duties["date"], strict=True))
    assert max(months.values()) == 3
    assert len(duties) == min(4 * 3, 17) + min(4 * 3, 11)  # 17 posts in September, 11 in October


def test_turns_keep_every_rule(make):
    hotline = make.hotline(rules=RosterRules(firm_share_max=0.5))
    agents = [a.model_copy(update={"firm": f"f{n % 3}"}) for n, a in enumerate(make.agents(9))]
    posts = make.posts([(d, s, 2, 1) for d in range(14) for s in ("day", "evening", "night")])
    problem = make.problem(hotline, agents, posts, days=14)
    duties = lay_out(problem, pattern_of(turns=(PatternTurns(),))).duties
    assert is_legal(check_roster(problem, duties))
    assert len(duties) > 0


def test_a_small_night_line_is_shared_by_two_people(make):
    """Shijiazhuang 12348: 6 seats by day, 2 on holidays, one line at night shared by two alternating lawyers."""
    shifts = (make.shift("day", "08:00", "18:00"), make.shift("night", "20:00", "08:00", night=True))
    rules = RosterRules(weekly_rest_days_min=0)
    hotline = make.hotline(shifts=shifts, rules=rules)
    kinds = {make.monday + timedelta(2): DayKind.HOLIDAY}
    problem = empty_problem(hotline, make.agents(14), 14, make.monday, kinds=kinds)
    laid = lay_out(problem, find_pattern(hotline, "small-night-line"))
    by_day = laid.duties[laid.duties["shift"] == "day"].groupby("date").size()
    assert by_day.tolist() == [6, 6, 2, 6, 6, 2, 2, 6, 6, 6, 6, 6, 2, 2]
    nights = laid.duties[laid.duties["shift"] == "night"].sort_values("start")["agent"].tolist()
    assert len(nights) == 14
    assert len(set(nights)) == 2
    assert all(a != b for a, b in pairwise(nights))
    assert set(nights).isdisjoint(laid.duties.loc[laid.duties["shift"] == "day", "agent"])
    checked = RosterProblem(hotline, problem.agents, [], make.monday, 14, laid.posts, None, kinds)
    assert check_roster(checked, laid.duties) == []


def test_a_hotline_without_such_shifts_is_not_offered_the_pattern(make):
    hotline = make.hotline(
        groups=(make.hotline().groups[0].model_copy(update={"from_": "08:00", "to": "16:00"}),),
        opening={"weekday": ("08:00", "16:00"), "weekend": None, "holiday": None},
        shifts=(make.shift("day", "08:00", "16:00"),),
    )
    offered = {one.id: one for one in offered_patterns(hotline)}
    assert set(offered) == set(BUILT_IN)
    assert offered["fixed-week"].pattern is not None
    assert offered["four-crews-three-shifts"].pattern is None
    with pytest.raises(BadInput, match="16:00–24:00"):
        find_pattern(hotline, "four-crews-three-shifts")


def test_an_own_pattern_hides_the_built_in_one_of_its_name(make):
    own = RosterPattern(id="fixed-week", name=Text("Ours", "我们的"), cycles=(PatternCycle(days=("day",)),))
    hotline = make.hotline(patterns=(own,))
    assert find_pattern(hotline, "我们的") is own
    assert [one.id for one in offered_patterns(hotline)].count("fixed-week") == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"days": ("day", "day", OFF), "crews": 2}, "3 days of the cycle cannot be shared evenly by 2 crews"),
        ({"days": (OFF, OFF)}, "no shift"),
        ({"days": ("day",), "teams": ("x",), "agents": ("a0",)}, "either teams or agents"),
        ({"days": ("day", OFF), "crews": 2, "teams": ("x",)}, "1 teams for 2 crews"),
        ({"days": ("day", OFF), "crews": 2, "agents": ("a0", "a1", "a2")}, "3 people cannot be shared evenly"),
        ({"days": ("day",), "agents": ("a0", "a0")}, "stands twice"),
    ],
)
def test_a_cycle_that_cannot_be_says_why(changes, words):
    with pytest.raises(ValidationError, match=words):
        PatternCycle(**changes)


def test_shifts_and_groups_of_patterns_must_exist(make):
    with pytest.raises(ValidationError, match="unknown shift 'noon'"):
        make.hotline(patterns=(pattern_of(PatternCycle(days=("noon",))),))
    with pytest.raises(ValidationError, match="unknown group 'nobody'"):
        make.hotline(patterns=(pattern_of(PatternCycle(days=("day",), group="nobody")),))
    with pytest.raises(ValidationError, match="add up to"):
        PatternTurns(firm_shares=(FirmShare(firm="a", share=0.7), FirmShare(firm="b", share=0.6)))
    with pytest.raises(ValidationError, match="cycles or turns"):
        pattern_of()


@pytest.mark.parametrize(
    ("pattern", "english", "chinese"),
    [
        (pattern_of(PatternCycle(days=("day",), agents=("zz",))), "unknown agent zz", "没有工号zz"),
        (pattern_of(PatternCycle(days=FOUR_CREWS, crews=4)), "4 crews need", "4个班组"),
        (
            pattern_of(turns=(PatternTurns(firm_shares=(FirmShare(firm="ghost", share=1),)),)),
            "nobody of the firm ghost",
            "律所ghost",
        ),
        (
            pattern_of(PatternCycle(days=("night", "day"), agents=("a0",))),
            "a0 has two duties on 2026-09-14",
            "两个班次",
        ),
    ],
)
def test_a_pattern_that_does_not_fit_its_people_is_one_sentence(make, pattern, english, chinese):
    problem = empty_problem(make.hotline(), make.agents(3), 7, make.monday)
    with pytest.raises(BadInput, match=english):
        lay_out(problem, pattern)
    with use_language("zh"), pytest.raises(BadInput, match=chinese):
        lay_out(problem, pattern)


def test_posts_of_a_pool_stand_by_kind_of_day(make):
    hotline = make.hotline()
    turns = PatternTurns(posts=(DayPosts(shift="day", weekday=3, weekend=1, holiday=2),))
    kinds = {make.monday: DayKind.HOLIDAY, make.monday + timedelta(6): DayKind.MAKEUP}
    laid = lay_out(empty_problem(hotline, make.agents(8), 7, make.monday, kinds=kinds), pattern_of(turns=(turns,)))
    assert laid.posts["posts_a"].tolist() == [2, 3, 3, 3, 3, 1, 3]
