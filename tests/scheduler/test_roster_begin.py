"""A search begun from a roster, heard while it runs, and interrupted."""

from __future__ import annotations

import pandas as pd
import pytest

from scheduler import POST_COLUMNS, RosterProblem, build_roster
from scheduler.checker import assert_roster_legal, check_roster
from scheduler.costs import COST_UNFILLED
from scheduler.patterns import find_pattern, lay_out
from wfm.hotline import Contract


@pytest.fixture(scope="module")
def crews(make):
    """A hotline on which four crews are legal, its problem and the pattern's roster."""
    contract = Contract(id="contract", name=make.text("c"), employee=False, hours_per_week_max=48)
    hotline = make.hotline(contracts=(contract,))
    empty = RosterProblem(
        hotline, make.agents(4), [], make.monday, 28, pd.DataFrame(columns=list(POST_COLUMNS)), None, {}
    )
    laid = lay_out(empty, find_pattern(hotline, "four-crews-three-shifts"))
    problem = RosterProblem(hotline, empty.agents, [], make.monday, 28, laid.posts, None, {})
    return problem, laid.duties


def test_a_legal_pattern_is_a_start_that_leaves_nothing_open(crews):
    """Four people for a post round the clock: the search begins with every post filled, as the pattern fills them."""
    problem, duties = crews
    told = []
    roster = build_roster(
        problem,
        start=duties,
        seconds=1.0,
        reproducible=True,
        watch=lambda objective, bound: told.append(objective),
    )
    assert len(duties) == 84
    assert told[0] < COST_UNFILLED["A"]
    assert roster.unfilled.empty
    assert_roster_legal(problem, roster.duties)


def test_what_breaks_a_rule_or_fits_no_post_is_left_out(make):
    hotline = make.hotline()
    problem = make.problem(hotline, make.agents(2), make.posts([(0, "evening", 1, 0), (1, "night", 1, 0)]))
    rows = [
        ("a0", 0, "evening", "A"),
        ("a0", 1, "night", "A"),  # begins when the evening ends: no rest
        ("a1", 0, "evening", "A"),  # the post is taken
        ("a1", 2, "day", "A"),  # no such post
        ("nobody", 1, "night", "A"),
    ]
    roster = build_roster(problem, start=make.duties(hotline, rows), seconds=1.0)
    assert_roster_legal(problem, roster.duties)
    assert set(roster.duties["agent"]) == {"a0", "a1"}
    assert roster.unfilled.empty


def many(make):
    """A problem on which a search finds something better for a while."""
    agents = make.agents(24)
    agents = [a.model_copy(update={"night": n % 3 > 0}) for n, a in enumerate(agents)]
    posts = make.posts([(d, s, 3 + d % 3, 1) for d in range(21) for s in ("day", "evening", "night")])
    return make.problem(make.hotline(), agents, posts, days=21)


def test_the_search_is_heard_and_never_gets_worse(make):
    told = []
    problem = many(make)
    roster = build_roster(problem, seconds=2.0, watch=lambda objective, bound: told.append((objective, bound)))
    assert told
    costs, bounds = zip(*told, strict=True)
    assert list(costs) == sorted(costs, reverse=True)
    assert list(bounds) == sorted(bounds)
    assert all(bound <= cost for cost, bound in told)
    assert roster.objective <= costs[0]
    assert roster.bound >= bounds[0]


def test_an_interruption_keeps_the_best_roster_so_far(make):
    problem = many(make)
    told = []

    def stop(objective, bound):
        told.append(objective)
        if len(told) == 3:
            raise KeyboardInterrupt

    roster = build_roster(problem, seconds=30.0, watch=stop, keep_on_interrupt=True)
    assert len(told) == 3
    assert roster.interrupted
    assert roster.objective <= told[-1]
    assert not [v for v in check_roster(problem, roster.duties) if v.breaks_law]
    told.clear()
    with pytest.raises(KeyboardInterrupt):
        build_roster(problem, seconds=30.0, watch=stop)
