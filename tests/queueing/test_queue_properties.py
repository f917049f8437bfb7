"""What every queue obeys: more seats help, limits meet, nobody is lost from the count."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfm.errors import BadInput
from wfm.queueing import erlang_b, erlang_c, performance, wait_exceeds, wait_quantile
from wfm.queueing.delay import delay

loads = st.floats(1e-3, 1e4)
handling = st.floats(1.0, 3600.0)
patience = st.floats(1.0, 86_400.0)
times = st.floats(0.0, 3600.0)
SLACK = 1e-10


def around(load: float) -> np.ndarray:
    """Numbers of seats that matter for a load, from none to plenty."""
    middle = np.array([0.0, 1, 2, load / 2, load - np.sqrt(load), load, load + 1, load + 2 * np.sqrt(load), 2 * load])
    return np.unique(np.concatenate([np.maximum(np.round(middle), 0), np.maximum(np.round(middle), 0) + 1]))


@settings(max_examples=60, deadline=None)
@given(loads, handling, patience, times)
def test_each_seat_helps(load: float, aht: float, mean_patience: float, t: float) -> None:
    seats = around(load)
    found = performance(load / aht, aht, seats, t, mean_patience)
    assert (np.diff(found.wait_probability) <= SLACK).all()
    assert (np.diff(found.service_level) >= -SLACK).all()
    assert (np.diff(found.abandon_share) <= SLACK).all()
    assert (np.diff(found.mean_wait_s) <= SLACK * mean_patience).all()
    assert (np.diff(found.asa_s[1:]) <= SLACK * mean_patience).all()
    assert (np.diff(found.occupancy[1:]) <= SLACK).all()
    assert (np.diff(wait_exceeds(load / aht, aht, seats, t, mean_patience)) <= SLACK).all()


@settings(max_examples=60, deadline=None)
@given(loads, handling, patience, times)
def test_shares_are_shares_and_everyone_is_answered_or_gives_up(
    load: float, aht: float, mean_patience: float, t: float
) -> None:
    seats = around(load)
    cells = [np.full_like(seats, v) for v in (load / aht, aht, mean_patience, t)]
    solved = delay(cells[0], cells[1], seats, cells[2])
    assert np.allclose(solved.answered_share + solved.abandon_share, 1, rtol=0, atol=1e-12)
    within, gone = solved.answered_within(cells[3]), solved.abandoned_within(cells[3])
    assert np.allclose(within + gone + solved.waits_over(cells[3])[0], 1, rtol=0, atol=1e-12)
    assert ((within >= 0) & (within <= 1) & (gone >= 0) & (gone <= 1)).all()
    # Work in = work done: busy seats are what is answered, and never more than there are.
    assert (solved.occupancy()[seats > 0] <= 1 + 1e-12).all()


@settings(max_examples=60, deadline=None)
@given(loads, handling, patience, times, st.integers(-30, 30))
def test_more_calls_harm_and_more_time_helps(
    load: float, aht: float, mean_patience: float, t: float, extra: int
) -> None:
    seats = max(round(load + extra * np.sqrt(load) / 10), 1)
    more = load * np.array([0.5, 0.9, 0.999, 1.0, 1.001, 1.1, 2.0])
    found = performance(more / aht, aht, seats, t, mean_patience)
    assert (np.diff(found.wait_probability) >= -SLACK).all()
    assert (np.diff(found.service_level) <= SLACK).all()
    assert (np.diff(found.abandon_share) >= -SLACK).all()
    assert (np.diff(found.asa_s) >= -SLACK * mean_patience).all()
    assert (np.diff(found.occupancy) >= -SLACK).all()
    later = np.array([0.0, 1e-9, 1e-3, 1.0, 60.0, 3600.0, 1e9])
    cells = [np.full_like(later, v) for v in (load / aht, aht, seats, mean_patience)]
    solved = delay(cells[0], cells[1], cells[2], cells[3])
    assert (np.diff(solved.answered_within(later)) >= -1e-12).all()
    assert (np.diff(solved.abandoned_within(later)) >= -1e-12).all()
    assert (np.diff(solved.waits_over(later)[0]) <= 1e-12).all()
    assert solved.answered_within(later)[-1] == pytest.approx(solved.answered_share[-1], rel=1e-12)
    assert solved.abandoned_within(later)[-1] == pytest.approx(solved.abandon_share[-1], rel=1e-12, abs=1e-300)
    plenty = performance(load / aht, aht, round(20 * (load + 10)), 0, mean_patience)
    assert plenty.service_level == pytest.approx(1, rel=1e-12)
    assert plenty.abandon_share < 1e-12


@settings(max_examples=40, deadline=None)
@given(loads, handling, times, st.integers(1, 200))
def test_endless_patience_is_the_limit(load: float, aht: float, t: float, extra: int) -> None:
    seats = int(load + np.sqrt(load)) + extra
    patient = performance(load / aht, aht, seats, t)
    nearly = performance(load / aht, aht, seats, t, 1e16)
    for name in ("wait_probability", "asa_s", "mean_wait_s", "service_level", "occupancy"):
        assert getattr(nearly, name) == pytest.approx(getattr(patient, name), rel=1e-9, abs=1e-13), name
    assert nearly.abandon_share < 1e-9


@settings(max_examples=40, deadline=None)
@given(loads, handling, st.integers(0, 20_000))
def test_no_patience_is_the_loss_system(load: float, aht: float, seats: int) -> None:
    lost = float(erlang_b(load, seats))
    for mean_patience in (0.0, 1e-9 * aht):
        found = performance(load / aht, aht, seats, 20, mean_patience)
        assert found.abandon_share == pytest.approx(lost, rel=1e-4, abs=1e-13)
        assert found.wait_probability == pytest.approx(lost, rel=1e-4, abs=1e-13)


@settings(max_examples=40, deadline=None)
@given(loads, handling, patience, st.floats(0, 0.999), st.integers(-30, 30))
def test_the_quantile_is_where_the_tail_falls_to_the_rest(
    load: float, aht: float, mean_patience: float, share: float, extra: int
) -> None:
    seats = max(round(load + extra * np.sqrt(load) / 10), 0)
    wait = float(wait_quantile(load / aht, aht, seats, share, mean_patience))
    tail = float(wait_exceeds(load / aht, aht, seats, wait, mean_patience))
    if wait == 0:
        assert float(performance(load / aht, aht, seats, 0, mean_patience).wait_probability) <= 1 - share + 1e-12
    else:
        assert tail == pytest.approx(1 - share, rel=1e-6)


def test_zero_seats_everyone_waits_until_patience_ends() -> None:
    found = performance(1.0, 60, 0, 20, 90)
    assert found.wait_probability == 1
    assert found.abandon_share == 1
    assert found.mean_wait_s == 90
    assert found.service_level == 0
    assert np.isnan(found.asa_s)
    assert np.isnan(found.occupancy)
    assert wait_exceeds(1.0, 60, 0, 90, 90) == pytest.approx(np.exp(-1))


def test_overload_without_giving_up_has_no_steady_state() -> None:
    found = performance(1.0, 60, [59, 60, 61], 20)
    assert found.steady_state.tolist() == [False, False, True]
    for name in ("wait_probability", "asa_s", "mean_wait_s", "service_level", "abandon_share", "occupancy"):
        values = getattr(found, name)
        assert np.isnan(values[:2]).all(), name
        assert np.isfinite(values[2]), name
    assert performance(1.0, 60, [0, 59], 20, 30).steady_state.all()


def test_no_calls_no_waiting() -> None:
    found = performance(0.0, 60, [1, 5], 20, [30, np.inf])
    assert (found.wait_probability == 0).all()
    assert (found.service_level == 1).all()
    assert (found.asa_s == 0).all()
    assert (found.occupancy == 0).all()
    assert np.isnan(performance(0.0, 60, 0, 20, 30).service_level)


def test_arguments_broadcast() -> None:
    found = performance(np.full((3, 1), 0.1), 60, np.arange(8, 12), 20, 100)
    assert found.asa_s.shape == (3, 4)
    assert erlang_c(np.array([[1.0], [2.0]]), [3, 4, 5]).shape == (2, 3)


@pytest.mark.parametrize(
    "arguments",
    [
        (-1.0, 60, 1, 20),
        (np.nan, 60, 1, 20),
        (np.inf, 60, 1, 20),
        (1.0, 0, 1, 20),
        (1.0, np.inf, 1, 20),
        (1.0, 60, 1.5, 20),
        (1.0, 60, -1, 20),
        (1.0, 60, 1, np.nan),
        (1.0, 60, 1, 20, -1),
        (1.0, 60, 1, 20, np.nan),
        (np.ones(2), np.ones(3), 1, 20),
    ],
)
def test_numbers_that_describe_no_queue_are_refused(arguments: tuple[float, ...]) -> None:
    with pytest.raises(BadInput):
        performance(*arguments)
