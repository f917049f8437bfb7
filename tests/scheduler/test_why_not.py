"""Conflicts: minimal by brute force over every assignment, judged by the independent checker; relaxations tried there too."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler import RelaxationCosts, build_roster, explain_shortage, find_conflicts
from scheduler.checker import check_roster
from scheduler.relaxed_problem import relaxed_problem
from scheduler.rule_groups import EVERYBODY, ConflictModel
from scheduler.rules import RULES
from scheduler.slots import Slots
from scheduler.solver import Effort
from wfm.hotline import Agent, Contract, Group, Leave, RosterRules

OPEN = ("posts_filled", "standing_pairs")
REST = ("rest_between_shifts", "overlapping_duties")


class EveryRoster:
    """All ways to give single posts to people or to nobody, with what the checker says of each."""

    def __init__(self, make, problem):
        self.singles = [
            (row.group, (row.date.date() - problem.first).days, row.shift, role, n)
            for row in problem.posts.itertuples(index=False)
            for role, count in (("A", row.posts_a), ("B", row.posts_b))
            for n in range(count)
        ]
        self.known = []
        people = [a.id for a in problem.agents]
        for choice in product([None, *people], repeat=len(self.singles)):
            held = [(who, *post[1:4], post[0]) for who, post in zip(choice, self.singles, strict=True) if who]
            if len({(who, day, group, shift, role) for who, day, shift, role, group in held}) < len(held):
                continue
            broken = set()
            if held:
                parts = [
                    make.duties(problem.hotline, [h[:4] for h in held if h[4] == g], group=g)
                    for g in sorted({h[4] for h in held})
                ]
                broken = {(v.rule, v.agent) for v in check_roster(problem, pd.concat(parts)) if v.rule not in OPEN}
            filled = {post for who, post in zip(choice, self.singles, strict=True) if who}
            twice_a_day = len({h[:2] for h in held}) < len(held)
            self.known.append((filled, broken, twice_a_day))

    def fillable(self, posts, held=None, *, doubtful=True):
        """Whether all the posts can be filled under the rules ``held``, as (rule, its people or none for all); all, if None.

        The checker takes two duties of a day for a lack of rest too, the model only where one duty a day holds: what
        is said of rosters with such days is ``doubtful`` where that rule is not held.
        """

        def counts(rule, who):
            if held is None:
                return True
            names = ["rest_between_shifts"] if rule in REST else [rule]
            return any(name in names and (not people or not who or who in people) for name, people in held)

        single = held is None or any(name == "one_duty_a_day" for name, _ in held)
        for filled, broken, twice_a_day in self.known:
            if posts <= filled:
                unsure = twice_a_day and not single
                if unsure and not doubtful:
                    continue
                if not any(counts(*one) for one in broken if not (unsure and one[0] in REST)):
                    return True
        return False

    def of(self, conflict, first):
        """The single posts of a conflict, day by day."""
        found = {}
        for span in conflict.posts:
            for n in range((span.last - span.first).days + 1):
                day = (span.first - first).days + n
                key = (span.group, day, span.shift, span.role)
                found[key] = {p for p in self.singles if p[:4] == key}
        return found


def two_lines(make, **changes):
    """A hotline of two groups, ``all`` for the line general and ``women`` for the line women."""
    groups = (
        Group(id="all", name=make.text("all"), lines=("general",)),
        Group(id="women", name=make.text("women"), lines=("women",)),
    )
    return make.hotline(lines=(make.line("general"), make.line("women")), groups=groups, **changes)


@st.composite
def short_problems(draw, make):
    contract = Contract(
        id="contract",
        name=make.text("c"),
        employee=False,
        hours_per_week_max=draw(st.sampled_from([8, 16, 168])),
        duties_per_4_weeks_max=draw(st.sampled_from([None, 1, 2])),
        nights_per_4_weeks_max=draw(st.sampled_from([None, 0, 1])),
    )
    rules = RosterRules(
        rest_between_shifts_h=draw(st.sampled_from([0, 11, 16])),
        consecutive_days_max=draw(st.integers(1, 3)),
        consecutive_nights_max=draw(st.integers(1, 2)),
        firm_share_max=draw(st.sampled_from([0.5, 1.0])),
    )
    hotline = two_lines(make, contracts=(contract,), rules=rules)
    agents = [
        Agent(
            id=f"a{n}",
            lines=draw(st.sampled_from([("general",), ("general", "women")])),
            firm=draw(st.sampled_from(["", "F"])),
            night=draw(st.booleans()),
            weekdays=draw(st.sampled_from(["1111111", "1010101"])),
        )
        for n in range(draw(st.integers(2, 3)))
    ]
    rows = draw(
        st.lists(
            st.tuples(
                st.integers(0, 3),
                st.sampled_from(["day", "evening", "night"]),
                st.sampled_from(["all", "women"]),
                st.sampled_from([(1, 0), (1, 1), (2, 0)]),
            ),
            min_size=1,
            max_size=3,
            unique_by=lambda r: r[:3],
        )
    )
    rows = rows[:2] if sum(sum(r[3]) for r in rows) > 4 else rows
    parts = [make.posts([(d, s, *n)], group=g) for d, s, g, n in rows]
    posts = pd.concat(parts, ignore_index=True)
    leave = [
        Leave(agent="a0", first=make.monday + timedelta(days=n), last=make.monday + timedelta(days=n)) for n in (0, 2)
    ]
    return make.problem(hotline, agents, posts, days=7, leave=leave if draw(st.booleans()) else [])


@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_conflicts_are_minimal_and_relaxations_work(make, data):
    problem = data.draw(short_problems(make))
    every = EveryRoster(make, problem)
    everything = set(every.singles)
    found = find_conflicts(problem, seconds=20, reproducible=True)
    assert bool(found.conflicts) == (not every.fillable(everything))
    assert not found.undecided
    for conflict in found.conflicts:
        assert conflict.minimal
        assert conflict.text.zh
        posts = every.of(conflict, problem.first)
        asked = set().union(*posts.values())
        held = [(rule.rule, rule.people) for rule in conflict.rules]
        assert not every.fillable(asked)
        assert not every.fillable(asked, held, doubtful=False), f"more rules are in the way than {conflict.text.en}"
        for key in posts:
            assert every.fillable(asked - posts[key]), f"{key} is dispensable in {conflict.text.en}"
        for rule in held:
            others = [one for one in held if one is not rule]
            assert every.fillable(asked, others), f"{rule} is dispensable in {conflict.text.en}"
        for way in conflict.relaxations:
            changed = relaxed_problem(problem, way.changes)
            left = EveryRoster(make, changed)
            assert left.fillable({p for p in left.singles if p[:4] in posts}), way.text.en
            assert way.cost > 0


def test_the_cheapest_relief_raises_as_few_caps_as_counting_allows(make):
    """Six nights among three people with one night each: three more are needed, whoever takes them."""
    contract = Contract(
        id="contract", name=make.text("c"), employee=False, hours_per_week_max=168, nights_per_4_weeks_max=1
    )
    rules = RosterRules(rest_between_shifts_h=0, consecutive_nights_max=3, consecutive_days_max=6)
    posts = make.posts([(d, "night", 1, 0) for d in range(6)])
    problem = make.problem(make.hotline(contracts=(contract,), rules=rules), make.agents(3), posts)
    conflict = explain_shortage(problem, seconds=20, reproducible=True)[0]
    assert sum(p.needed for p in conflict.posts) == 4  # three people, three nights: the fourth is one too many
    assert {r.rule for r in conflict.rules} == {"nights_in_four_weeks"}
    assert conflict.rules[0].people == ("a0", "a1", "a2")
    best = conflict.relaxations[0]
    assert {c.rule for c in best.changes} == {"nights_in_four_weeks"}
    assert best.cost == 3 * RelaxationCosts().cap
    assert best.proven
    assert sorted(c.agent for c in best.changes) == ["a0", "a1", "a2"]
    assert all((c.before, c.after) == ("1", "2") for c in best.changes)


def test_leave_of_those_who_matter_is_named(make):
    """Two posts, three people able, two of them away: either's leave is in the way, the stranger's is not."""
    away = [Leave(agent=a, first=make.monday, last=make.monday) for a in ("a1", "a2", "x")]
    agents = [*make.agents(3), Agent(id="x", lines=("women",))]
    problem = make.problem(two_lines(make), agents, make.posts([(0, "day", 2, 0)]), leave=away)
    conflict = explain_shortage(problem, seconds=20, reproducible=True)[0]
    leave = next(r for r in conflict.rules if r.rule == "leave")
    assert leave.people == ("a1", "a2")
    assert conflict.people == ("a0", "a1", "a2")
    moved = next(w for w in conflict.relaxations if w.changes[0].rule == "leave")
    assert len(moved.changes) == 1
    assert moved.changes[0].agent in ("a1", "a2")
    assert moved.changes[0].date == make.monday
    assert problem.leave == away  # offered, not done


def test_nobody_able_may_be_trained_or_the_post_left_open(make):
    problem = make.problem(two_lines(make), make.agents(2), make.posts([(0, "day", 1, 0)], group="women"))
    conflict = explain_shortage(problem, seconds=20, reproducible=True)[0]
    assert [r.rule for r in conflict.rules] == ["skills"]
    assert conflict.people == ()
    assert "nobody is able" in conflict.text.en
    assert [{c.rule for c in w.changes} for w in conflict.relaxations] == [{"skills"}, {"posts_filled"}]


def test_nobody_who_works_no_nights_is_offered_for_one(make):
    agents = [Agent(id="a0", lines=("general",), night=False)]
    problem = make.problem(make.hotline(), agents, make.posts([(0, "night", 1, 0)]))
    conflict = explain_shortage(problem, seconds=20, reproducible=True)[0]
    assert [r.rule for r in conflict.rules] == ["night_ability"]
    assert [{c.rule for c in w.changes} for w in conflict.relaxations] == [{"posts_filled"}]


def test_rest_is_offered_down_to_the_stated_least_only(make):
    """Evening to 24:00, then a day from 08:00: eight hours lie between. Rest of twelve may give four hours, to eight."""
    posts = make.posts([(0, "evening", 1, 0), (1, "day", 1, 0)])
    problem = make.problem(make.hotline(rules=RosterRules(rest_between_shifts_h=12)), make.agents(1), posts)
    offers = [w.changes[0] for w in explain_shortage(problem, seconds=20, reproducible=True)[0].relaxations]
    assert ("rest_between_shifts", "12", "8") in [(c.rule, c.before, c.after) for c in offers]
    stricter = explain_shortage(problem, seconds=20, reproducible=True, costs=RelaxationCosts(rest_least_h=9))
    assert "rest_between_shifts" not in {c.rule for w in stricter[0].relaxations for c in w.changes}


def test_a_full_roster_has_no_conflict_and_a_bad_one_could_be_filled(make):
    problem = make.problem(make.hotline(), make.agents(3), make.posts([(d, "day", 1, 1) for d in range(3)]))
    full = build_roster(problem, seconds=2, reproducible=True).duties
    assert find_conflicts(problem, full) == find_conflicts(problem, full, seconds=0.001)
    assert find_conflicts(problem, full).conflicts == ()
    missing_some = find_conflicts(problem, full.iloc[:4], reproducible=True)
    assert missing_some.conflicts == ()
    assert len(missing_some.fillable) > 0


def test_no_time_is_no_proof(make):
    """Without time nothing is called a conflict."""
    posts = make.posts([(0, "day", 3, 0)])
    problem = make.problem(make.hotline(), make.agents(2), posts)
    found = find_conflicts(problem, seconds=0.0)
    assert found.conflicts == ()
    assert found.undecided == (0,)


def test_every_rule_is_a_part_that_can_be_switched_off(make):
    """With all parts off, any number of posts can be filled by one able person a post; a new rule joins by itself."""
    contract = Contract(
        id="contract",
        name=make.text("c"),
        employee=False,
        hours_per_week_max=8,
        duties_per_4_weeks_max=1,
        nights_per_4_weeks_max=1,
    )
    rules = RosterRules(consecutive_days_max=1, consecutive_nights_max=1, weekly_rest_days_min=6, firm_share_max=0.1)
    agents = [Agent(id=f"a{n}", lines=("general",), firm="F") for n in range(2)]
    posts = make.posts([(d, s, 2, 0) for d in range(5) for s in ("day", "night")])
    slots = Slots(make.problem(make.hotline(contracts=(contract,), rules=rules), agents, posts))
    every = range(len(slots.all))
    model = ConflictModel(slots, every)
    effort = Effort(60, reproducible=True)
    assert model.ask(every, None, effort, 5) == "no"
    assert model.ask(every, set(), effort, 5) == "yes"
    names = {rule for rule, _ in model.held}
    assert names <= {r.name for r in RULES}
    assert {"one_duty_a_day", "rest_between_shifts", "nights_in_four_weeks", "duties_in_four_weeks"} <= names
    assert {"hours_per_week", "weekly_rest_day", "consecutive_days", "consecutive_nights", "firm_share"} <= names
    assert {agent for rule, agent in model.held if rule == "firm_share"} == {EVERYBODY}
    assert {agent for rule, agent in model.held if rule == "weekly_rest_day"} == {0, 1}


def test_posts_short_in_the_same_way_are_named_as_spans_of_days(make):
    """Nobody works nights: each night is a conflict by itself, and all of them are told at once."""
    posts = make.posts([(d, "night", 1, 0) for d in (0, 1, 3, 4, 5)])
    agents = [Agent(id="a0", lines=("general",), night=False)]
    found = explain_shortage(make.problem(make.hotline(), agents, posts), seconds=20, reproducible=True)
    assert len(found) == 1
    spans = [(p.first, p.last) for p in (*found[0].posts, *found[0].alike)]
    told = {first + timedelta(days=n) for first, last in spans for n in range((last - first).days + 1)}
    assert told == {make.monday + timedelta(days=d) for d in (0, 1, 3, 4, 5)}
    assert "2026-09-14 – 2026-09-15" in found[0].text.en


@pytest.mark.parametrize("days", [0, 1])
def test_moving_leave_takes_out_one_day_only(make, days):
    leave = [Leave(agent="a0", first=make.monday, last=make.monday + timedelta(days=2))]
    problem = make.problem(make.hotline(), make.agents(1), make.posts([(days, "day", 1, 0)]), leave=leave)
    way = next(
        w
        for w in explain_shortage(problem, seconds=20, reproducible=True)[0].relaxations
        if w.changes[0].rule == "leave"
    )
    changed = relaxed_problem(problem, way.changes)
    off = {x.first + timedelta(days=n) for x in changed.leave for n in range((x.last - x.first).days + 1)}
    assert off == {make.monday + timedelta(days=n) for n in range(3)} - {make.monday + timedelta(days=days)}
    assert replace(problem, leave=changed.leave).leave != problem.leave
