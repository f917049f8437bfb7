"""The pool by firm against sharing done by hand, and whether enough can come by counting."""

from __future__ import annotations

from datetime import date
from itertools import product
from math import comb, inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfm.calendar import DayKind
from wfm.hotline import Agent, Leave
from wfm.staffing.heads_needed import teams_of
from wfm.staffing.long_view import MonthWork, Rostered, ShiftPosts
from wfm.staffing.pool import away_share, duty_capacity, share_duties, size_pool, tightest_day

NOVEMBER = date(2026, 11, 1)  # a Sunday, 30 days


def month_with(*posts: ShiftPosts) -> MonthWork:
    return MonthWork(
        month=NOVEMBER,
        days=dict.fromkeys(DayKind, 0),
        provisional=False,
        factor=1.0,
        calls_per_day=0.0,
        seat_h=0.0,
        rostered=Rostered(0.0, 0.0, {}, 0, posts),
        counted_h=0.0,
        back_office_h=0.0,
        short_seats=0,
    )


def lawyer(number: int, firm: str = "A", **more) -> Agent:
    return Agent.model_validate({"id": str(number), "firm": firm, "lines": ["general", "wages"], **more})


def pool_hotline(make_hotline, **rules):
    contracts = [
        {
            "id": "contract",
            "name": {"en": "c", "zh": "c"},
            "employee": False,
            "duties_per_4_weeks_max": 10,
        }
    ]
    view = {"contracts": [{"id": "contract", "taken_share": 0.8}]}
    return make_hotline(contracts=contracts, long_view=view, rules=rules)


def test_without_limits_every_firm_is_used_alike():
    a, b = share_duties(np.array([30.0, 60, 10]), np.full(3, inf), 40, 10)
    assert a == pytest.approx([12, 24, 4])
    assert b == pytest.approx([3, 6, 1])


def test_a_limited_firm_leaves_a_posts_to_others_and_takes_more_b():
    """Of 50 A duties the big firm may take 20: the others 30 between them; 20 B duties then level the use at 70 %."""
    a, b = share_duties(np.array([60.0, 20, 20]), np.array([20.0, inf, inf]), 50, 20)
    assert a == pytest.approx([20, 15, 15])
    assert b == pytest.approx([20, 0, 0])
    even_a, even_b = share_duties(np.array([60.0, 20, 20]), np.array([20.0, inf, inf]), 50, 40)
    assert even_a + even_b == pytest.approx([54, 18, 18])


def test_duties_that_no_firm_may_take_are_left():
    a, _b = share_duties(np.array([60.0, 20]), np.array([20.0, 10]), 50, 0)
    assert a == pytest.approx([20, 10])


@settings(max_examples=60, deadline=None)
@given(
    firms=st.lists(st.tuples(st.floats(0.5, 100), st.floats(0.5, 50)), min_size=1, max_size=6),
    duties_a=st.floats(0, 200),
    duties_b=st.floats(0, 200),
)
def test_sharing_conserves_duties_and_keeps_limits(firms, duties_a, duties_b):
    capacity, limits = (np.array(x) for x in zip(*firms, strict=True))
    a, b = share_duties(capacity, limits, duties_a, duties_b)
    assert a.sum() == pytest.approx(min(duties_a, limits.sum()))
    assert b.sum() == pytest.approx(duties_b, abs=1e-6)
    assert (a <= limits + 1e-9).all()
    assert (b >= 0).all()
    # All who get B duties end at one level, and nobody stays below it.
    use = (a + b) / capacity
    level = use[b > 1e-9]
    if level.size:
        assert level == pytest.approx(np.full(level.size, level[0]), rel=1e-6)
        assert (use >= level[0] - 1e-6).all()


def test_the_pool_by_hand(make_hotline):
    """30 days with 4 A and 4 B posts: 224 duties in 28 days; at 8 each (10 × 0.8) 28 lawyers, 14 of the firm of half."""
    hotline = pool_hotline(make_hotline)
    people = [lawyer(n, "A") for n in range(20)] + [lawyer(100 + n, "B") for n in range(20)]
    posts = [ShiftPosts(date(2026, 11, 1 + n), "day-general", "d", 4, 4) for n in range(30)]
    team = teams_of(hotline, people)[0]
    found = size_pool(hotline, team, 28.0, month_with(*posts), people, [])
    assert (found.people, found.needed) == (40, 28)
    assert (found.duties_a, found.duties_b) == pytest.approx((112, 112))
    assert found.duties_per_head == pytest.approx(8)
    assert [(f.firm, f.people, f.needed) for f in found.firms] == [("A", 20, 14), ("B", 20, 14)]
    assert [f.use for f in found.firms] == pytest.approx([112 / 160] * 2)
    assert found.firms_least == 1
    assert found.unshared == 0


def test_a_share_limit_asks_for_firms_and_counts_whole_posts(make_hotline):
    """Of 7 posts 30 % are 2: four firms for the shift; of 2 posts one: two firms. One firm alone may take 3 of 9 a day."""
    hotline = pool_hotline(make_hotline, firm_share_max=0.3)
    people = [lawyer(n, "A") for n in range(60)]
    posts = [
        post
        for n in range(30)
        for post in (
            ShiftPosts(date(2026, 11, 1 + n), "day-general", "d", 4, 0),
            ShiftPosts(date(2026, 11, 1 + n), "day-wages", "d", 3, 0),
            ShiftPosts(date(2026, 11, 1 + n), "night", "n", 2, 0),
        )
    ]
    found = size_pool(hotline, teams_of(hotline, people)[0], 40.0, month_with(*posts), people, [])
    assert found.firms_least == 4
    assert found.firms[0].limit_a == pytest.approx(3 * 28)
    assert found.firms[0].duties == pytest.approx(3 * 28)
    assert found.unshared == pytest.approx(6 * 28)


def test_a_hotline_of_employees_has_no_pool(make_hotline):
    hotline = make_hotline(contracts=[{"id": "contract", "name": {"en": "c", "zh": "c"}, "employee": True}])
    people = [lawyer(1)]
    assert size_pool(hotline, teams_of(hotline, people)[0], 1.0, month_with(), people, []) is None


def test_capacity_is_the_contract_or_the_days_free(make_hotline):
    contract = pool_hotline(make_hotline).contracts[0]
    assert duty_capacity(contract, 0.8, lawyer(1), 0.0) == pytest.approx(8)
    assert duty_capacity(contract, 0.8, lawyer(1, weekdays="0000010"), 0.25) == pytest.approx(3)


def test_away_is_person_days_of_leave():
    """Ten days from the first leave to the last; 2 + 3 of 20 person-days."""
    people = [lawyer(1), lawyer(2)]
    leave = [
        Leave(agent="1", first=date(2026, 9, 1), last=date(2026, 9, 2)),
        Leave(agent="2", first=date(2026, 9, 8), last=date(2026, 9, 10)),
        Leave(agent="9", first=date(2026, 1, 1), last=date(2026, 12, 31)),
    ]
    assert away_share(people, leave) == pytest.approx(0.25)
    assert away_share(people, []) == 0


def test_enough_come_with_the_binomial_probability(make_hotline):
    """Four of six weekday people needed on a Monday, each away with 20 %; on Sunday two of three."""
    hotline = pool_hotline(make_hotline)
    people = [lawyer(n, weekdays="1111100") for n in range(3)] + [lawyer(9 + n) for n in range(3)]
    sunday, monday = NOVEMBER, date(2026, 11, 2)
    month = month_with(
        ShiftPosts(sunday, "day-general", "d", 1, 1),
        ShiftPosts(monday, "day-general", "d", 2, 2),
    )
    there = 0.8
    on_sunday = sum(comb(3, k) * there**k * 0.2 ** (3 - k) for k in (2, 3))
    on_monday = sum(comb(6, k) * there**k * 0.2 ** (6 - k) for k in (4, 5, 6))
    assert on_sunday < on_monday
    found = tightest_day(hotline, people, 0.2, month)
    assert (found.day, found.posts, found.able) == (sunday, 2, 3)
    assert found.p_enough == pytest.approx(on_sunday)
    least = next(
        n for n in range(2, 20) if sum(comb(n, k) * there**k * 0.2 ** (n - k) for k in range(2, n + 1)) >= 0.95
    )
    assert found.able_least == least


def test_the_tightest_posts_may_be_those_of_a_skill_or_of_the_night(make_hotline):
    shifts = [
        {
            "id": "n",
            "name": {"en": "n", "zh": "n"},
            "short": {"en": "n", "zh": "n"},
            "start": "20:00",
            "end": "08:00",
            "night": True,
        }
    ]
    hotline = pool_hotline(make_hotline).model_copy(update={"shifts": make_hotline(shifts=shifts).shifts})
    people = [lawyer(n, lines=["general"], night=n < 2) for n in range(10)] + [
        lawyer(20 + n, night=False) for n in range(4)
    ]
    skill = month_with(ShiftPosts(NOVEMBER, "day-wages", "d", 3, 0))
    found = tightest_day(hotline, people, 0.1, skill)
    assert (found.scope, found.group, found.able) == ("group", "day-wages", 4)
    night = month_with(ShiftPosts(NOVEMBER, "day-general", "n", 1, 1))
    found = tightest_day(hotline, people, 0.1, night)
    assert (found.scope, found.able) == ("night", 2)
    assert found.p_enough == pytest.approx(0.9**2)
    assert tightest_day(hotline, people, 0.1, month_with()) is None


def test_the_highest_use_cannot_be_lower():
    """Against all ways of giving out whole duties: no sharing keeps the busiest firm below the level found."""
    capacity, limits = np.array([4.0, 6.0, 10.0]), np.array([3.0, 9.0, 4.0])
    a, b = share_duties(capacity, limits, 10, 4)
    best = min(
        max((x + u) / c for x, u, c in zip(xs, us, capacity, strict=True))
        for xs in product(range(4), range(10), range(5))
        if sum(xs) == 10
        for us in product(range(5), repeat=3)
        if sum(us) == 4
    )
    assert ((a + b) / capacity).max() <= best + 1e-9
