"""Finite circuits against generator matrices, a tagged caller followed by a matrix exponential, and the limits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import linalg

from wfm.errors import BadInput
from wfm.queueing import erlang_b, performance, wait_exceeds
from wfm.queueing.trunks import circuits_for, trunk_delay, trunk_performance

INF = np.inf


def by_matrix(rate: float, aht: float, seats: int, circuits: int, patience: float, t: float) -> dict[str, float]:
    """Stationary law from the generator; the wait from the chain of places ahead of one caller (no formula of ours)."""
    k = np.arange(circuits + 1)
    busy, waiting = np.minimum(k, seats), np.maximum(k - seats, 0)
    theta = 1 / patience
    up, down = np.full(circuits, rate), (busy / aht + waiting * theta)[1:]
    generator = np.diag(up, 1) + np.diag(down, -1)
    generator -= np.diag(generator.sum(axis=1))
    p = linalg.lstsq(np.vstack([generator.T, np.ones(circuits + 1)]), np.append(np.zeros(circuits + 1), 1.0))[0]
    service = min(seats, circuits) / aht
    answered_within = p[: min(seats, circuits)].sum()
    over = answered_wait = answered_late = 0.0
    places = max(circuits - seats, 0)
    if places:
        # States: j ahead in the queue (0 … places − 1), then answered, then gone.
        chain = np.zeros((places + 2, places + 2))
        for j in range(places):
            chain[j, j - 1 if j else places] += service + j * theta
            chain[j, places + 1] += theta
            chain[j, j] -= chain[j].sum()
        start = np.append(p[seats:circuits], [0.0, 0.0])
        later = start @ linalg.expm(chain * t)
        over = later[:places].sum()
        answered_within += later[places]
        absorbing = np.linalg.inv(-chain[:places, :places])
        # Expected time until absorption together with the answer: G² e for the flow into "answered".
        flow = chain[:places, places]
        answered_late = start[:places] @ absorbing @ flow
        answered_wait = start[:places] @ absorbing @ absorbing @ flow
    entered = 1 - p[circuits]
    answered = p[: min(seats, circuits)].sum() + answered_late
    return {
        "blocked_share": p[circuits],
        "wait_probability": p[seats:circuits].sum(),
        "wait_probability_entered": p[seats:circuits].sum() / entered,
        "answered_share": answered,
        "abandon_share": (waiting @ p) * theta / rate,
        "service_level": answered_within,
        "wait_exceeds": over / entered,
        "asa_s": answered_wait / answered if answered else np.nan,
        "mean_wait_s": (waiting @ p) / rate / entered,
        "occupancy": (busy @ p) / seats if seats else np.nan,
        "trunk_occupancy": (k @ p) / circuits,
    }


CENTRES = [(0.05, 7, 12, 15), (0.05, 12, 16, 20), (0.2, 7, 30, 40), (0.2, 1, 2, 5), (0.01, 9, 6, 9)]


@pytest.mark.parametrize(
    ("rate", "seats", "circuits", "t", "patience"),
    [(0.05, 0, 6, 30, 90.0), *((*centre, p) for centre in CENTRES for p in (5.0, 90.0, 400.0, INF))],
)
def test_every_measure_against_the_generator(rate: float, seats: int, circuits: int, t: float, patience: float) -> None:
    expected = by_matrix(rate, 150.0, seats, circuits, patience, t)
    found = trunk_performance(rate, 150.0, seats, circuits, t, patience)
    for name, value in expected.items():
        assert getattr(found, name) == pytest.approx(value, rel=1e-9, abs=1e-12, nan_ok=True), name


def test_patient_callers_before_one_seat_by_the_textbook() -> None:
    # M/M/1/K: p_k = (1 − ρ)ρ^k/(1 − ρ^(K+1)) (Gross, Shortle, Thompson and Harris 2008, section 2.5).
    rho, circuits = 0.8, 5
    p = (1 - rho) * rho ** np.arange(6) / (1 - rho**6)
    found = trunk_performance(0.008, 100.0, 1, circuits, 0.0)
    assert found.blocked_share == pytest.approx(p[5], rel=1e-12)
    assert found.service_level == pytest.approx(p[0], rel=1e-12)
    assert found.mean_wait_s == pytest.approx(100 * (np.arange(5) @ p[:5]) / (1 - p[5]), rel=1e-12)
    even = trunk_performance(0.01, 100.0, 1, 99, 0.0)
    assert even.blocked_share == pytest.approx(1 / 100, rel=1e-12)
    assert even.occupancy == pytest.approx(0.99, rel=1e-12)


@pytest.mark.parametrize(
    ("load", "seats", "circuits", "patience"),
    [
        (10_000, 9_900, 100_000, 300.0),
        (10_000, 9_000, 9_400, 86_400.0),
        (10_000, 10_000, 20_000, INF),
        (9_000, 10_000, 10_050, INF),
        (400, 20, 5_000, 2.0),
        (0.001, 1, 4, 60.0),
    ],
)
def test_large_and_small_queues_against_the_recursion(load: float, seats: int, circuits: int, patience: float) -> None:
    aht = 180.0
    k = np.arange(1, circuits + 1)
    down = np.minimum(k, seats) / aht + np.maximum(k - seats, 0) / patience
    log_p = np.concatenate([[0], np.cumsum(np.log(np.longdouble(load / aht)) - np.log(down.astype(np.longdouble)))])
    p = np.exp(log_p - log_p.max())
    p = (p / p.sum()).astype(float)
    found = trunk_performance(load / aht, aht, seats, circuits, 20.0, patience)
    queued = np.arange(circuits - seats + 1) @ p[seats:]
    expected = {
        "blocked_share": p[-1],
        "wait_probability": p[seats:-1].sum(),
        "abandon_share": queued / patience / (load / aht),
        "answered_share": np.minimum(np.arange(circuits + 1), seats) @ p / load,
        "mean_wait_s": queued / (load / aht) / (1 - p[-1]),
        "trunk_occupancy": np.arange(circuits + 1) @ p / circuits,
    }
    for name, value in expected.items():
        assert getattr(found, name) == pytest.approx(value, rel=1e-9, abs=1e-12), name


loads = st.floats(1e-3, 1e4)
handling = st.floats(1.0, 3600.0)
patiences = st.one_of(st.just(INF), st.just(0.0), st.floats(1.0, 86_400.0))
times = st.floats(0.0, 3600.0)
offsets = st.floats(-4.0, 4.0)
SLACK = 1e-10


@settings(max_examples=60, deadline=None)
@given(loads, handling, patiences, times, offsets)
def test_more_circuits_block_less_and_make_wait_more(
    load: float, aht: float, patience: float, t: float, offset: float
) -> None:
    seats = max(round(load + offset * np.sqrt(load)), 1 if patience == INF else 0)
    circuits = np.unique(np.round(seats + np.array([-2, 0, 1, 2, 5, 10, 40, 200, 1000, 1e4, 1e5])).clip(1))
    found = trunk_performance(load / aht, aht, seats, circuits, t, patience)
    assert (np.diff(found.blocked_share) <= SLACK).all()
    assert (np.diff(found.answered_share) >= -SLACK).all()
    assert (np.diff(found.abandon_share) >= -SLACK).all()
    above = circuits >= seats
    for name in ("wait_probability", "wait_probability_entered", "wait_exceeds"):
        assert (np.diff(getattr(found, name)[above]) >= -SLACK).all(), name
    waits = found.mean_wait_s[above]
    assert (np.diff(waits[~np.isnan(waits)]) >= -SLACK * np.nanmax(waits, initial=1.0)).all()


@settings(max_examples=60, deadline=None)
@given(loads, handling, patiences, times, st.integers(1, 20_000))
def test_each_seat_helps_whatever_the_circuits(
    load: float, aht: float, patience: float, t: float, circuits: int
) -> None:
    middle = np.array([0, 1, load / 2, load, load + np.sqrt(load), circuits - 1, circuits, circuits + 1])
    seats = np.unique(np.round(np.concatenate([middle, middle + 1])).clip(0))
    found = trunk_performance(load / aht, aht, seats, circuits, t, patience)
    if patience >= aht:
        # Callers who give up sooner than they would be served free their circuits sooner.
        assert (np.diff(found.blocked_share) <= SLACK).all()
    assert (np.diff(found.service_level) >= -SLACK).all()
    assert (np.diff(found.answered_share) >= -SLACK).all()
    assert (np.diff(found.abandon_share) <= SLACK).all()
    over, waits = found.wait_exceeds, found.mean_wait_s
    assert (np.diff(over[~np.isnan(over)]) <= SLACK).all()
    assert (np.diff(waits[~np.isnan(waits)]) <= SLACK * np.nanmax(waits, initial=1.0)).all()


@settings(max_examples=80, deadline=None)
@given(loads, handling, patiences, times, offsets, st.integers(-3, 3000))
@example(load=1e-3, aht=3600.0, patience=1.0, t=0.0, offset=4.0, extra=3000)
def test_everyone_is_answered_gives_up_or_is_blocked(
    load: float, aht: float, patience: float, t: float, offset: float, extra: int
) -> None:
    seats = max(round(load + offset * np.sqrt(load)), 0)
    cell = [np.array([v], float) for v in (load / aht, aht, seats, max(seats + extra, 1), patience)]
    solved = trunk_delay(*cell)
    assert solved.answered_share + solved.abandon_share + solved.blocked == pytest.approx(1, abs=1e-11)
    assert solved.at_once + solved.wait + solved.blocked == pytest.approx(1, abs=1e-11)
    at = np.array([t])
    over, later = solved.waits_over(at)
    within, gone = solved.answered_within(at), solved.abandoned_within(at)
    assert within + gone + over + solved.blocked == pytest.approx(1, abs=1e-11)
    assert within + later == pytest.approx(solved.answered_share, rel=1e-10)
    # Little's law for those who wait, and seats are never more than busy.
    if 0 < patience < INF:
        assert solved.abandon_share * patience == pytest.approx(solved.waited_s, rel=1e-9)
    if seats:
        assert solved.occupancy() <= 1 + 1e-11
    assert solved.trunk_occupancy() <= 1 + 1e-11


@settings(max_examples=40, deadline=None)
@given(loads, handling, st.one_of(st.just(INF), st.floats(1.0, 86_400.0)), times, st.floats(0.5, 6.0))
def test_circuits_without_end_are_erlang_a_and_c(
    load: float, aht: float, patience: float, t: float, spread: float
) -> None:
    seats = int(load + spread * np.sqrt(load)) + 1
    endless = performance(load / aht, aht, seats, t, patience)
    found = trunk_performance(load / aht, aht, seats, 10**8, t, patience)
    for name in ("wait_probability", "service_level", "abandon_share", "asa_s", "mean_wait_s", "occupancy"):
        assert getattr(found, name) == pytest.approx(getattr(endless, name), rel=1e-8, abs=1e-12), name
    assert found.wait_exceeds == pytest.approx(wait_exceeds(load / aht, aht, seats, t, patience), rel=1e-8, abs=1e-12)
    assert found.blocked_share <= 1e-12


@settings(max_examples=40, deadline=None)
@given(loads, handling, patiences, st.integers(1, 20_000), st.integers(0, 50))
def test_as_many_circuits_as_seats_is_the_loss_system(
    load: float, aht: float, patience: float, circuits: int, idle: int
) -> None:
    found = trunk_performance(load / aht, aht, circuits + idle, circuits, 20.0, patience)
    assert found.blocked_share == pytest.approx(erlang_b(load, circuits), rel=1e-10)
    assert (found.wait_probability, found.abandon_share, found.asa_s) == (0, 0, 0)
    assert found.occupancy == pytest.approx(load * found.answered_share / (circuits + idle), rel=1e-12)


def test_callers_without_patience_leave_a_circuit_free() -> None:
    found = trunk_performance(0.1, 100.0, 8, [7, 8, 9], 20.0, 0.0)
    lost = erlang_b(10.0, [7, 8, 8])
    assert found.blocked_share == pytest.approx(lost * [1, 1, 0], rel=1e-12)
    assert found.abandon_share == pytest.approx(lost * [0, 0, 1], rel=1e-12)
    assert found.service_level == pytest.approx(1 - lost, rel=1e-12)


def test_no_seats_and_patient_callers_fill_the_circuits_for_ever() -> None:
    found = trunk_performance(0.1, 100.0, 0, 8, 20.0)
    assert (found.blocked_share, found.answered_share, found.service_level) == (1, 0, 0)
    assert np.isnan(found.asa_s)
    assert np.isnan(found.mean_wait_s)


def test_no_calls() -> None:
    found = trunk_performance(0.0, 100.0, [0, 3], 8, 20.0, [50.0, INF])
    assert np.isnan(found.service_level[0])
    assert (found.service_level[1], found.blocked_share[1], found.occupancy[1], found.asa_s[1]) == (1, 0, 0, 0)


@settings(max_examples=60, deadline=None)
@given(
    st.floats(1e-6, 0.9), st.floats(1e-3, 1e3), st.integers(0, 1100), st.one_of(st.just(INF), st.floats(0.0, 9000.0))
)
def test_the_fewest_circuits_are_the_true_minimum(limit: float, load: float, seats: int, patience: float) -> None:
    rate, aht = load / 200.0, 200.0
    if patience == INF and (seats == 0 or 1 - seats / load >= limit * 0.999):
        return
    circuits = int(circuits_for(limit, rate, aht, seats, patience))
    blocked = trunk_performance(rate, aht, seats, [max(circuits - 1, 1), circuits], 0.0, patience).blocked_share
    assert blocked[1] <= limit
    assert circuits == 1 or blocked[0] > limit


def test_circuits_for_many_cells_at_once() -> None:
    rate, seats = np.array([0.02, 0.1, 0.5]), np.array([4, 20, 80])
    together = circuits_for(0.01, rate, 180.0, seats, 120.0)
    assert together.tolist() == [int(circuits_for(0.01, r, 180.0, n, 120.0)) for r, n in zip(rate, seats, strict=True)]


def test_blocking_that_no_circuits_end_is_refused() -> None:
    # 20 erlangs on 15 seats, nobody gives up: a quarter is blocked whatever the circuits.
    assert circuits_for(0.2501, 0.1, 200.0, 15) > 15
    with pytest.raises(BadInput, match="no number of circuits"):
        circuits_for(0.2499, 0.1, 200.0, 15)


@pytest.mark.parametrize(
    "arguments",
    [
        (1.0, 60, 1, 0, 20),
        (1.0, 60, 1, 2.5, 20),
        (1.0, 60, 1, np.inf, 20),
        (1.0, 60, 1, np.nan, 20),
        (1.0, 60, 1, 3, np.nan),
        (-1.0, 60, 1, 3, 20),
        (1.0, 60, 1, 3, 20, -1),
        (np.ones(2), 60, 1, np.ones(3), 20),
    ],
)
def test_numbers_that_describe_no_trunk_queue_are_refused(arguments: tuple[float, ...]) -> None:
    with pytest.raises(BadInput):
        trunk_performance(*arguments)


@pytest.mark.parametrize("limit", [-0.1, 1.1, np.nan])
def test_a_blocked_share_is_a_share(limit: float) -> None:
    with pytest.raises(BadInput):
        circuits_for(limit, 1.0, 60.0, 60)
