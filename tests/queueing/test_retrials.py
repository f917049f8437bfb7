"""Redials: the fixed point put back into its equation, closed forms, and callers followed one by one."""

from __future__ import annotations

import heapq
from collections import deque

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfm.errors import BadInput
from wfm.queueing import Goal, erlang_b, minimal_seats, performance, wait_exceeds
from wfm.queueing.patience_laws import exponential_patience, lognormal_patience
from wfm.queueing.retrials import Redials, retrial_performance, retrial_seats
from wfm.queueing.trunks import trunk_performance

INF = np.inf
loads = st.floats(1e-2, 3e3)
handling = st.floats(1.0, 3600.0)
patiences = st.one_of(st.just(INF), st.just(0.0), st.floats(1.0, 86_400.0))
shares = st.one_of(st.just(0.0), st.just(1.0), st.floats(0.0, 1.0))
offsets = st.floats(-6.0, 4.0)
limits = st.one_of(st.just(INF), st.integers(1, 20).map(float))


@settings(max_examples=60, deadline=None)
@given(loads, handling, patiences, shares, shares, offsets, limits, st.one_of(st.just(INF), st.integers(0, 300)))
def test_the_fixed_point_solves_its_equation(
    load: float,
    aht: float,
    patience: float,
    abandon: float,
    blocked: float,
    offset: float,
    attempts_max: float,
    places: float,
) -> None:
    seats = max(round(load + offset * np.sqrt(load)), 1)
    redials = Redials(abandon, blocked, attempts_max)
    first = load / aht
    found = retrial_performance(first, aht, seats, 20.0, patience, redials, circuits=seats + places)
    if not found.steady_state:
        # Either patient callers without a place too many, or everybody calls until answered, and some cannot be.
        assert np.isnan(found.attempts_per_call)
        assert load >= seats * (1 - 1e-9) or blocked == 1 > abandon
        return
    total = first * float(found.attempts_per_call)
    # The queue offered Λ, asked without this module's fixed point.
    if places == INF:
        queue = performance(total, aht, seats, 20.0, patience)
        lost, busy, answered = float(queue.abandon_share), 0.0, 1 - float(queue.abandon_share)
    else:
        trunks = trunk_performance(total, aht, seats, seats + places, 20.0, patience)
        lost, busy, answered = (float(v) for v in (trunks.abandon_share, trunks.blocked_share, trunks.answered_share))
        queue = trunks
    again = abandon * lost + blocked * busy
    if attempts_max == INF:
        assert total == pytest.approx(first + again * total, rel=1e-12)
    else:
        # A caller's k-th attempt follows k − 1 that failed and were followed by another.
        assert total == pytest.approx(first * sum(again**k for k in range(int(attempts_max))), rel=1e-11)
    assert found.service_level == pytest.approx(float(queue.service_level), rel=1e-12, abs=1e-15)
    assert found.abandon_share == pytest.approx(lost, rel=1e-12, abs=1e-15)
    assert found.finally_answered_share == pytest.approx(answered * total / first, rel=1e-9)
    # Every first caller is answered in the end or stops after a failure.
    stops = (1 - abandon) * lost + (1 - blocked) * busy
    out_of_attempts = 0.0 if attempts_max == INF else again**attempts_max
    assert found.finally_answered_share + stops * found.attempts_per_call + out_of_attempts == pytest.approx(
        1, abs=1e-9
    )
    assert 1 <= found.attempts_per_call <= attempts_max * (1 + 1e-12)


@settings(max_examples=40, deadline=None)
@given(loads, handling, st.floats(1.0, 9e4), offsets)
def test_no_redials_is_erlang_a(load: float, aht: float, patience: float, offset: float) -> None:
    seats = max(round(load + offset * np.sqrt(load)), 1)
    plain = performance(load / aht, aht, seats, 20.0, patience)
    for redials in (Redials(), Redials(1.0, 1.0, 1), Redials(1e-13, 1e-13)):
        found = retrial_performance(load / aht, aht, seats, 20.0, patience, redials)
        assert found.attempts_per_call == pytest.approx(1, abs=1e-12)
        for name in ("service_level", "asa_s", "abandon_share", "occupancy", "wait_probability"):
            assert getattr(found, name) == pytest.approx(float(getattr(plain, name)), rel=1e-9, abs=1e-13), name


@settings(max_examples=20, deadline=None)
@given(loads, handling, st.floats(1.0, 9e4), offsets, st.one_of(st.just(INF), st.integers(0, 60)))
def test_more_redials_and_fewer_seats_make_it_worse(
    load: float, aht: float, patience: float, offset: float, places: float
) -> None:
    seats = max(round(load + offset * np.sqrt(load)), 1)
    share = np.array([0, 0.1, 0.5, 0.9, 0.99, 0.999999])
    found = retrial_performance(load / aht, aht, seats, 20.0, patience, Redials(share, share), circuits=seats + places)
    assert found.steady_state.all()
    assert (np.diff(found.attempts_per_call) >= -1e-12).all()
    assert (np.diff(found.service_level) <= 1e-10).all()
    # More calls come back, so more first callers are answered, never more than the seats can do.
    assert (np.diff(found.finally_answered_share) >= -1e-10).all()
    assert (found.finally_answered_share <= min(1, seats / load) + 1e-10).all()
    more = retrial_performance(load / aht, aht, seats + np.arange(4), 20.0, patience, Redials(0.7))
    assert (np.diff(more.attempts_per_call) <= 1e-10).all()
    assert (np.diff(more.service_level) >= -1e-10).all()
    assert (np.diff(more.finally_answered_share) >= -1e-10).all()


def test_blocked_callers_who_try_again_before_one_circuit() -> None:
    # One seat, one circuit: B = Λh/(1 + Λh); Λ(1 − rB) = λ is a quadratic in x = Λh.
    load, again = 0.4, 0.75
    a, b = 1 - again, 1 - load
    x = (-b + np.sqrt(b * b + 4 * a * load)) / (2 * a)
    found = retrial_performance(load / 100, 100.0, 1, 0.0, INF, Redials(0.0, again), circuits=1)
    assert found.attempts_per_call == pytest.approx(x / load, rel=1e-13)
    assert found.blocked_share == pytest.approx(x / (1 + x), rel=1e-13)
    # All try again for ever: Λ/(1 + Λh) = λ.
    endless = retrial_performance(load / 100, 100.0, 1, 0.0, INF, Redials(0.0, 1.0), circuits=1)
    assert endless.attempts_per_call == pytest.approx(1 / (1 - load), rel=1e-13)
    assert endless.finally_answered_share == pytest.approx(1, abs=1e-13)


def test_nobody_waits_and_two_attempts_at_most() -> None:
    # Zero patience is Erlang B; Λ = λ(1 + r·B(Λ)) with M = 2, solved here by plain iteration.
    load, total = 12.0, 12.0
    for _ in range(500):
        total = load * (1 + 0.6 * float(erlang_b(total, 11)))
    found = retrial_performance(load / 60, 60.0, 11, 0.0, 0.0, Redials(0.6, attempts_max=2))
    assert found.load_erlang == pytest.approx(total, rel=1e-12)


@pytest.mark.parametrize("again", [0.999999, 0.99])
def test_deep_overload_settles(again: float) -> None:
    found = retrial_performance(100.0, 360.0, 12, 15.0, 60.0, Redials(again))
    # 12 seats answer one call in 30 s; the rest call 1/(1 − r) times, near enough.
    assert found.finally_answered_share == pytest.approx(12 / 360 / 100, rel=1e-9)
    total = 100 * float(found.attempts_per_call)
    assert total * (1 - again) + again * 12 / 360 == pytest.approx(100, rel=1e-9)
    assert found.iterations < 60


def test_everybody_calls_until_answered() -> None:
    # Fewer seats than work: no fixed point; more: everybody is answered, however late.
    found = retrial_performance(0.1, 100.0, [9, 10, 11, 20], 15.0, 60.0, Redials(1.0))
    assert found.steady_state.tolist() == [False, False, True, True]
    for name in ("attempts_per_call", "service_level", "asa_s", "finally_answered_share", "occupancy", "load_erlang"):
        values = getattr(found, name)
        assert np.isnan(values[:2]).all(), name
        assert np.isfinite(values[2:]).all(), name
    assert found.finally_answered_share[2:] == pytest.approx(1, abs=1e-12)
    assert found.occupancy[2:] == pytest.approx([10 / 11, 0.5], rel=1e-12)
    # With a limit on attempts there is always one.
    assert retrial_performance(0.1, 100.0, [0, 5], 15.0, 60.0, Redials(1.0, attempts_max=4)).steady_state.all()
    assert retrial_performance(0.1, 100.0, 0, 15.0, 60.0, Redials(1.0, attempts_max=4)).attempts_per_call == 4


def test_a_law_of_patience_serves_as_well_as_its_mean() -> None:
    redials = Redials(0.5)
    by_mean = retrial_performance(0.1, 100.0, [8, 10], 15.0, 60.0, redials)
    by_law = retrial_performance(0.1, 100.0, [8, 10], 15.0, exponential_patience(60.0), redials)
    assert by_law.attempts_per_call == pytest.approx(by_mean.attempts_per_call, rel=1e-13)
    other = retrial_performance(0.1, 100.0, [8, 10], 15.0, lognormal_patience(60.0, 2.0), redials)
    plain = performance(0.1 * other.attempts_per_call, 100.0, [8, 10], 15.0, lognormal_patience(60.0, 2.0))
    assert other.attempts_per_call == pytest.approx(1 / (1 - 0.5 * plain.abandon_share), rel=1e-12)


def test_no_calls_and_no_seats() -> None:
    found = retrial_performance(0.0, 100.0, [0, 2], 15.0, 60.0, Redials(0.9))
    assert np.isnan(found.service_level[0])
    assert found.service_level[1] == 1
    assert found.attempts_per_call.tolist() == [1, 1]
    nobody = retrial_performance(0.1, 100.0, 0, 15.0, 60.0, Redials(0.9))
    assert nobody.attempts_per_call == pytest.approx(10, rel=1e-12)
    assert nobody.finally_answered_share == 0


def follow_callers(
    rng: np.random.Generator, load: float, seats: int, circuits: int, patience: float, again: float, most: int
) -> np.ndarray:
    """Attempts, answered, gave up, blocked, answered within 0.1, first calls; in handling times, delays of 200."""
    events = [(rng.exponential(1 / load), 0, 0)]
    sequence, horizon, warm = 0, 5000.0, 1500.0
    queue: deque[tuple[int, float, int]] = deque()
    waiting: set[int] = set()
    busy, seen = 0, np.zeros(6)

    def push(at: float, kind: int, what: int) -> int:
        nonlocal sequence
        sequence += 1
        heapq.heappush(events, (at, kind, what * 10_000_000 + sequence))
        return sequence

    def fail(now: float, attempt: int) -> None:
        if attempt < most and rng.random() < again:
            push(now + rng.exponential(200), 1, attempt + 1)

    while events and events[0][0] < horizon:
        now, kind, code = heapq.heappop(events)
        what, counted = code // 10_000_000, now > warm
        if kind == 2:  # a call ends
            busy -= 1
            while queue:
                caller, since, _ = queue.popleft()
                if caller in waiting:
                    waiting.discard(caller)
                    busy += 1
                    push(now + rng.exponential(1), 2, 0)
                    seen[1] += counted
                    seen[4] += counted and now - since <= 0.1
                    break
            continue
        if kind == 3:  # patience ends
            caller, attempt = divmod(what, 100)
            if caller in waiting:
                waiting.discard(caller)
                seen[2] += counted
                fail(now, attempt)
            continue
        attempt = 1 if kind == 0 else what
        if kind == 0:
            seen[5] += counted
            push(now + rng.exponential(1 / load), 0, 0)
        seen[0] += counted
        if busy + len(waiting) >= circuits:
            seen[3] += counted
            fail(now, attempt)
        elif busy < seats:
            busy += 1
            push(now + rng.exponential(1), 2, 0)
            seen[1] += counted
            seen[4] += counted
        else:
            caller = sequence + 1
            waiting.add(caller)
            queue.append((caller, now, attempt))
            push(now + rng.exponential(patience), 3, caller * 100 + attempt)
    return seen


def test_callers_followed_one_by_one() -> None:
    load, seats, circuits, patience, again, most = 10.0, 9, 12, 0.5, 0.7, 3
    runs = np.array(
        [follow_callers(np.random.default_rng(k), load, seats, circuits, patience, again, most) for k in range(10)]
    )
    found = retrial_performance(load, 1.0, seats, 0.1, patience, Redials(again, again, most), circuits=circuits)
    expected = {
        "attempts_per_call": (runs[:, 0] / runs[:, 5], found.attempts_per_call),
        "answered": (runs[:, 1] / runs[:, 0], found.answered_share),
        "gave up": (runs[:, 2] / runs[:, 0], found.abandon_share),
        "blocked": (runs[:, 3] / runs[:, 0], found.blocked_share),
        "service level": (runs[:, 4] / runs[:, 0], found.service_level),
        "answered at last": (runs[:, 1] / runs[:, 5], found.finally_answered_share),
    }
    for name, (seen, formula) in expected.items():
        half = 3.25 * seen.std(ddof=1) / np.sqrt(len(seen))  # t, 9 degrees of freedom, 99 %
        assert abs(seen.mean() - float(formula)) <= half, (name, seen.mean(), half, formula)
        assert half < 0.02, name


@settings(max_examples=30, deadline=None)
@given(
    st.floats(0.05, 40.0), st.floats(30.0, 600.0), st.floats(10.0, 2000.0), st.floats(0, 1), st.floats(0.5, 0.99),
    st.one_of(st.none(), st.integers(40, 200)),
)  # fmt: skip
def test_the_fewest_seats_are_the_true_minimum(
    load: float, aht: float, patience: float, again: float, level: float, circuits: int | None
) -> None:
    goals = [Goal("service_level", level, t_s=20), Goal("abandon_share", 0.05), Goal("wait_exceeds", 0.1, t_s=40)]
    redials, k = Redials(again, again), INF if circuits is None else circuits
    try:
        sized = retrial_seats(load / aht, aht, goals, patience, redials, circuits=k, finally_answered_min=0.97)
    except BadInput:
        best = retrial_performance(load / aht, aht, 200, 20, patience, redials, circuits=k)
        assert best.service_level < level or best.finally_answered_share < 0.97
        return
    scan = np.arange(0, 90)
    found = retrial_performance(load / aht, aht, scan, 20, patience, redials, circuits=k)
    kept = (found.service_level >= level) & (found.abandon_share <= 0.05) & (found.finally_answered_share >= 0.97)
    total = load / aht * found.attempts_per_call[kept]
    if circuits is None:
        late = wait_exceeds(total, aht, scan[kept], 40, patience)
    else:
        late = trunk_performance(total, aht, scan[kept], circuits, 40, patience).wait_exceeds
    kept[kept] = late <= 0.1
    assert int(sized.seats) == scan[kept][0]
    assert 0 <= int(sized.binding) <= 3


def test_goals_are_those_of_the_plain_queue_without_redials() -> None:
    goals = [Goal("service_level", 0.8, t_s=20), Goal("asa_s", 10)]
    rate = np.array([0.0, 0.01, 0.1, 2.0])
    for patience in (INF, 120.0):
        assert (
            retrial_seats(rate, 180, goals, patience).seats.tolist()
            == minimal_seats(rate, 180, goals, patience).tolist()
        )


def test_a_level_beyond_the_circuits_is_refused() -> None:
    # 10 erlangs on 10 circuits: B = 0.2146, so that 78.54 % are answered at most.
    goal = Goal("service_level", 0.78, t_s=20)
    assert retrial_seats(0.1, 100, goal, circuits=10).seats == 10
    with pytest.raises(BadInput, match="10 circuits"):
        retrial_seats(0.1, 100, Goal("service_level", 0.79, t_s=20), circuits=10)
    # Idle seats above the circuits lower the occupancy, and only that.
    assert retrial_seats(0.1, 100, Goal("occupancy", 0.4), circuits=10).seats == np.ceil(10 * (1 - 0.21458234) / 0.4)


@pytest.mark.parametrize(
    ("redials", "circuits", "patience"),
    [
        (Redials(-0.1), INF, 60.0),
        (Redials(1.1), INF, 60.0),
        (Redials(np.nan), INF, 60.0),
        (Redials(0, 1.5), INF, 60.0),
        (Redials(0.5, 0.5, 0), INF, 60.0),
        (Redials(0.5, 0.5, 1.5), INF, 60.0),
        (Redials(0.5), 0, 60.0),
        (Redials(0.5), np.nan, 60.0),
        (Redials(0.5), [4, INF], 60.0),
        (Redials(0.5), 4, lognormal_patience(60.0, 1.0)),
        (Redials(0.5), INF, -1.0),
    ],
)
def test_numbers_that_describe_no_centre_are_refused(redials: Redials, circuits: object, patience: object) -> None:
    with pytest.raises(BadInput):
        retrial_performance(0.1, 100, 3, 20, patience, redials, circuits=circuits)
