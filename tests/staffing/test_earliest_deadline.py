"""Earliest deadline first against linear programs, the demand bound, and a second way to compute it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from wfm.i18n import both
from wfm.staffing.deferred_items import DeferredClass, DeferredWork
from wfm.staffing.drawn_shares import on_time_shares
from wfm.staffing.drawn_work import drawn_work
from wfm.staffing.earliest_deadline import Hands, repeated, serve_by_deadline
from wfm.staffing.mean_cover import fewer_are_too_few, mean_cover
from wfm.staffing.tightest_window import tightest_window

SPELL = 8


def work_of(amounts: Any, ahead: Any, shares: Any = (1.0,), may_call: Any = None, **kinds: Any) -> DeferredWork:
    """Classes whose work arises as given and is due ``ahead`` intervals after it."""
    work = np.atleast_2d(np.asarray(amounts, dtype=float))
    now = np.arange(work.shape[1])
    due = now + np.broadcast_to(np.asarray(ahead).reshape(len(work), -1), work.shape)
    doers = kinds.get("doers", ["anyone"] * len(work))
    calls = kinds.get("calls", [False] * len(work))
    classes = tuple(
        DeferredClass(f"c{n}", both("Quality listening"), share, doers[n], calls[n], 0.5)
        for n, share in enumerate(np.broadcast_to(np.asarray(shares, dtype=float), len(work)))
    )
    begin = np.broadcast_to(now + 1, work.shape)
    called = np.ones(work.shape[1], dtype=bool) if may_call is None else np.asarray(may_call, dtype=bool)
    return DeferredWork(classes, work / 10, work, begin, np.maximum(due, begin + 1), called)


def most_in_time(work: DeferredWork, capacity: np.ndarray, least: np.ndarray | None = None) -> float | None:
    """Flow from pieces of work to the intervals between their begin and their deadline, by a linear program.

    With ``least``, work in time of each class at least; None where that cannot be.
    """
    pieces = [(c, t) for c in range(len(work.classes)) for t in np.flatnonzero(work.work_s[c] > 0)]
    arcs = [(n, s) for n, (c, t) in enumerate(pieces) for s in range(work.free_from[c, t], min(work.due[c, t], SPELL))]
    if not arcs:
        return 0.0 if least is None or not least.any() else None
    spent = np.zeros((len(pieces) + SPELL, len(arcs)))
    for n, (piece, slot) in enumerate(arcs):
        spent[piece, n] = spent[len(pieces) + slot, n] = 1
    limits = np.concatenate([[work.work_s[c, t] for c, t in pieces], capacity])
    if least is not None:
        rows = np.array([[-float(pieces[piece][0] == c) for piece, _ in arcs] for c in range(len(work.classes))])
        spent, limits = np.vstack([spent, rows]), np.concatenate([limits, -least])
    solved = linprog(-np.ones(len(arcs)), A_ub=spent, b_ub=limits)
    return -solved.fun if solved.status == 0 else None


amounts = st.lists(st.floats(0, 5), min_size=4, max_size=4)
"""Work in the first half of the period; nothing is due after its end, so that it does not meet itself."""


@settings(max_examples=60, deadline=None)
@given(
    st.lists(amounts, min_size=1, max_size=3),
    st.lists(st.integers(1, 4), min_size=12, max_size=12),
    st.lists(st.floats(0, 4), min_size=SPELL, max_size=SPELL),
)
def test_no_rule_finishes_more_in_time(rows: list[list[float]], ahead: list[int], capacity: list[float]) -> None:
    some = np.where(np.array(rows) > 0.01, rows, 0.0)
    work = work_of(np.hstack([some, np.zeros_like(some)]), due_in_order(len(rows), ahead))
    served = serve_by_deadline(work, Hands(np.zeros(SPELL), np.array(capacity), True))
    in_time = served.on_time_share @ work.work_s.sum(axis=1)
    assert in_time == pytest.approx(most_in_time(work, np.array(capacity)), abs=1e-4)


def due_in_order(count: int, ahead: list[int]) -> np.ndarray:
    """Deadlines of each class that do not fall as time goes on, within the period."""
    due = np.maximum.accumulate(np.arange(4) + 1 + np.array(ahead).reshape(3, 4)[:count], axis=1)
    due = np.minimum(due, SPELL)
    return np.hstack([due - np.arange(4), np.full((count, 4), 1)])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(amounts, min_size=1, max_size=3),
    st.lists(st.integers(1, 4), min_size=12, max_size=12),
    st.lists(st.floats(0, 8), min_size=SPELL, max_size=SPELL),
)
def test_all_is_in_time_exactly_when_no_window_overflows(
    rows: list[list[float]], ahead: list[int], capacity: list[float]
) -> None:
    some = np.where(np.array(rows) > 0.01, rows, 0.0)
    assume(some.any())
    work = work_of(np.hstack([some, np.zeros_like(some)]), due_in_order(len(rows), ahead))
    overflow = max(
        work.work_s[(work.free_from >= s) & (work.due <= d)].sum() - sum(capacity[s:d])
        for s in range(SPELL)
        for d in range(s + 1, SPELL + 1)
    )
    assume(abs(overflow) > 1e-3)
    served = serve_by_deadline(work, Hands(np.zeros(SPELL), np.array(capacity), True))
    assert (served.on_time_share > 1 - 1e-9).all() == (overflow < 0)


def test_the_tightest_window_is_found() -> None:
    # 6 are due by interval 4 and can be begun from 2; before that 1 a step, which 2 hands do at ease.
    work = work_of([1, 6, 1, 1, 0, 0, 0, 0], [[4, 3, 5, 4, 4, 4, 4, 4]])
    window = tightest_window(work, np.full(SPELL, 2.0), (0,), SPELL)
    assert window is not None
    assert (window.start, window.end, window.work_s, window.capacity_s) == (2, 4, 6.0, 4.0)


def test_what_is_too_late_waits_for_what_is_not() -> None:
    """§55"""
    # 4 due at once with 1 hand: 1 in time; the rest only after the second piece, due later.
    work = work_of([[4, 0, 0, 0, 0, 0, 0, 0], [2, 0, 0, 0, 0, 0, 0, 0]], [[2], [6]])
    served = serve_by_deadline(work, Hands(np.zeros(SPELL), np.ones(SPELL), True))
    assert served.on_time_share == pytest.approx([0.25, 1.0])
    assert served.office_s[0].tolist() == pytest.approx([0, 1, 0, 0, 1, 1, 1, 0])
    assert served.office_s[1].tolist() == pytest.approx([0, 0, 1, 1, 0, 0, 0, 0])
    assert served.waiting_s.sum(axis=0).tolist() == pytest.approx([0, 5, 4, 3, 2, 1, 0, 0])
    assert served.least_slack.tolist() == pytest.approx([np.nan, 2.0], nan_ok=True)


def test_valleys_come_first_and_each_does_what_it_may() -> None:
    work = work_of(
        [[2, 0, 0, 0, 0, 0, 0, 0], [0, 2, 0, 0, 0, 0, 0, 0], [2, 0, 0, 0, 0, 0, 0, 0]],
        [[3], [3], [7]],
        doers=["anyone", "agents", "anyone"],
        calls=[False, False, True],
        may_call=[0, 0, 0, 0, 0, 1, 1, 1],
    )
    served = serve_by_deadline(work, Hands(np.ones(SPELL), np.ones(SPELL), True))
    assert served.agents_s[0].tolist() == [0, 1, 0, 0, 0, 0, 0, 0]
    assert served.office_s[0].tolist() == [0, 1, 0, 0, 0, 0, 0, 0]
    assert served.agents_s[1].tolist() == [0, 0, 1, 1, 0, 0, 0, 0]
    assert served.office_s[1].sum() == 0
    assert (served.agents_s + served.office_s)[2].tolist() == [0, 0, 0, 0, 0, 2, 0, 0]
    # Agents who do not help do only what is theirs.
    alone = serve_by_deadline(work, Hands(np.ones(SPELL), np.ones(SPELL), False))
    assert alone.agents_s[[0, 2]].sum() == 0
    assert alone.agents_s[1].sum() == 2


def test_a_period_meets_its_own_beginning() -> None:
    # What arises last is done first thing when the period comes round again.
    work = work_of([[0, 0, 0, 0, 0, 0, 0, 3]], [[4]])
    served = serve_by_deadline(work, Hands(np.zeros(SPELL), np.array([1.0, 1, 1, 0, 0, 0, 0, 0]), True))
    assert served.on_time_share.tolist() == [1.0]
    assert served.office_s[0].tolist() == [1, 1, 1, 0, 0, 0, 0, 0]


drawn = st.lists(st.floats(0, 6), min_size=SPELL, max_size=SPELL)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(drawn, min_size=3, max_size=3),
    st.lists(st.integers(1, 20), min_size=3, max_size=3),
    st.lists(st.floats(0, 6), min_size=SPELL, max_size=SPELL),
    st.lists(st.floats(0, 6), min_size=SPELL, max_size=SPELL),
    st.booleans(),
    st.lists(st.booleans(), min_size=SPELL, max_size=SPELL),
)
def test_many_draws_at_once_are_as_one_by_one(
    rows: list[list[float]], ahead: list[int], agents: list[float], office: list[float], helps: bool, calls: list[bool]
) -> None:
    some = np.where(np.array(rows) > 0.01, rows, 0.0)
    work = work_of(
        some,
        np.array(ahead)[:, None],
        may_call=calls,
        doers=["anyone", "agents", "anyone"],
        calls=[False, False, True],
    )
    at, _ = repeated(work)
    rng = np.random.default_rng(1)
    draws = work.work_s[:, at] * rng.uniform(0.2, 2, (3, 3, len(at)))
    spare = np.array(agents)[at] * rng.uniform(0.5, 1, (3, 1))
    shares = on_time_shares(work, spare, np.array(office)[at], helps, draws)
    for r in range(3):
        one = serve_by_deadline(work, Hands(spare[r], np.array(office)[at], helps), draws[r])
        assert shares[r] == pytest.approx(one.on_time_share, abs=1e-4)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(amounts, min_size=1, max_size=3),
    st.lists(st.integers(1, 4), min_size=12, max_size=12),
    st.lists(st.booleans(), min_size=SPELL, max_size=SPELL),
    st.lists(st.floats(0, 2), min_size=SPELL, max_size=SPELL),
    st.lists(st.floats(0.3, 1.0), min_size=3, max_size=3),
)
def test_no_smaller_cover_passes_and_a_proof_is_never_wrong(
    rows: list[list[float]], ahead: list[int], office: list[bool], spare: list[float], shares: list[float]
) -> None:
    """Every number of people below is refused by the rule; where fewer are proven too few, the linear program agrees."""
    some = np.where(np.array(rows) > 0.01, rows, 0.0)
    assume(some.any())
    work = work_of(np.hstack([some, np.zeros_like(some)]), due_in_order(len(rows), ahead), shares[: len(rows)])
    per_head, idle = np.array(office, dtype=float)[None], np.array(spare)
    found = mean_cover(work, idle, True, per_head)
    heads, total = int(found.heads[0]), work.work_s.sum(axis=1)
    kept = [c for c in range(len(rows)) if c not in found.unreachable]
    wanted = np.array([s if c in kept else 0.0 for c, s in enumerate(shares[: len(rows)])])
    assert (found.served.on_time_share >= wanted - 1e-6).all()
    at_most = most_in_time(work, idle + 1e4 * per_head[0], wanted * total * (1 - 1e-7))
    assert at_most is not None
    for fewer in range(heads):
        hands = Hands(idle, fewer * per_head[0], True)
        served = serve_by_deadline(work, hands)
        left_over = (served.agents_s + served.office_s).sum() < total.sum() * (1 - 1e-4)
        assert left_over or (served.on_time_share < wanted - 1e-9).any()
    if heads and fewer_are_too_few(work, idle, True, per_head, found):
        capacity = idle + (heads - 1) * per_head[0]
        never_done = capacity.sum() < total.sum()
        assert never_done or most_in_time(work, capacity, wanted * total) is None


def test_one_class_needs_what_the_linear_program_says() -> None:
    rng = np.random.default_rng(7)
    for _ in range(40):
        some = rng.uniform(0, 5, (1, 4)) * (rng.random((1, 4)) < 0.7)
        if not some.any():
            continue
        share = float(rng.choice([0.5, 0.8, 1.0]))
        ahead = due_in_order(1, rng.integers(1, 5, 12).tolist())
        work = work_of(np.hstack([some, np.zeros((1, 4))]), ahead, [share])
        per_head = np.ones((1, SPELL))
        found = mean_cover(work, np.zeros(SPELL), False, per_head)
        needed = 0
        while most_in_time(
            work, np.full(SPELL, float(needed)), share * work.work_s.sum(axis=1) * (1 - 1e-9)
        ) is None or needed * SPELL < work.work_s.sum() * (1 - 1e-4):
            needed += 1
        assert found.heads.tolist() == [needed]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.lists(st.floats(0, 5), min_size=SPELL, max_size=SPELL), min_size=2, max_size=2),
    st.lists(st.floats(0, 3), min_size=SPELL, max_size=SPELL),
    st.floats(0, 3),
)
def test_more_idle_time_asks_for_no_more_people_and_no_work_is_lost(
    rows: list[list[float]], idle: list[float], more: float
) -> None:
    work = work_of(np.where(np.array(rows) > 0.01, rows, 0.0), np.array([[3], [11]]), [0.9, 0.95])
    per_head = np.array([[0, 0, 1, 1, 1, 1, 0, 0.0]])
    less = mean_cover(work, np.array(idle), True, per_head)
    assert mean_cover(work, np.array(idle) + more, True, per_head).heads[0] <= less.heads[0]
    done = (less.served.agents_s + less.served.office_s).sum(axis=1)
    assert done == pytest.approx(work.work_s.sum(axis=1), rel=2e-4, abs=1e-6)


def test_draws_have_the_means_they_are_drawn_from() -> None:
    work = work_of(np.full((2, 48), 40.0), np.array([[4], [10]]))
    drawn = np.array([drawn_work(work, 0.3, 48, 5, r)[0] for r in range(400)])
    factors = np.array([drawn_work(work, 0.3, 48, 5, r)[1] for r in range(400)])
    _, lead = repeated(work)
    day = drawn[:, :, lead : lead + 48].sum(axis=2)
    assert day.mean(axis=0) == pytest.approx([1920, 1920], rel=0.04)
    assert (factors[:, lead] == factors[:, lead + 47]).all()
    assert factors[:, lead].std() == pytest.approx(0.3, rel=0.15)
    # Compound Poisson of 192 items of 10 s with cv 0.5, mixed over a day factor of cv 0.3; both classes share the factor.
    expected = np.sqrt((1 + 0.5**2) / 192 + 0.3**2)
    assert day.std(axis=0) / 1920 == pytest.approx([expected, expected], rel=0.15)
    assert np.corrcoef(day.T)[0, 1] > 0.8
