"""Callers of the compiled engine are those of the readable one, bit for bit."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from simulation import compiled_arrivals
from simulation.arrivals import Arrivals, arrivals_of
from simulation.centre import GivenCalls
from simulation.compiled_arrivals import caller_count, fill_callers, first_attempts
from simulation.keyed import Purpose, stream


@pytest.fixture
def day(small_centre, on_duty):
    return small_centre({}, [on_duty("a")])


def assert_alike(mine: Arrivals, theirs: Arrivals):
    for name in ("time_s", "line", "interval", "key"):
        ours, other = getattr(mine, name), getattr(theirs, name)
        assert ours.dtype == other.dtype
        assert np.array_equal(ours, other), name


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])  # the first call compiles
@given(
    paths=arrays(np.int64, st.tuples(st.integers(1, 3), st.just(1), st.just(24)), elements=st.integers(0, 40)),
    interval_s=st.sampled_from([60.0, 900.0, 3600.0, 0.1, 1 / 3]),
    seed=st.integers(0, 2**64 - 1),
    replication=st.integers(0, 5),
)
def test_the_same_callers_come_in_the_same_order(day, paths, interval_s, seed, replication):
    """§78"""
    centre = replace(day, arrivals=paths, interval_s=interval_s)
    assert_alike(first_attempts(centre, seed, replication), arrivals_of(centre, seed, replication))


def test_lines_mix_within_an_interval(small_centre, on_duty):
    """§78"""
    centre = replace(
        small_centre({}, [on_duty("a")]),
        line_ids=("a", "b", "c"),
        arrivals=np.random.default_rng(1).integers(0, 400, (1, 3, 24)),
        serving=np.zeros((3, 24), dtype=np.int64),
    )
    arrivals = first_attempts(centre, 1, 0)
    assert len(arrivals) == centre.arrivals.sum()
    assert (np.diff(arrivals.time_s) >= 0).all()
    assert_alike(arrivals, arrivals_of(centre, 1, 0))


@pytest.mark.parametrize("share", [0.5, 1 - 2.0**-53])
def test_calls_of_the_same_instant_stand_in_the_order_of_their_keys(day, monkeypatch, share):
    """§34, §78: also across the boundary of an interval, on which rounding may put a call."""
    path = np.zeros((1, 2, 24), dtype=np.int64)
    path[0, :, 22:] = [[3, 4], [2, 2]]
    centre = replace(day, line_ids=("a", "b"), serving=np.zeros((2, 24), dtype=np.int64), arrivals=path)
    monkeypatch.setattr("simulation.arrivals.uniforms", lambda base, key, attempt: np.full(len(key), share))
    expected = arrivals_of(centre, 1, 0)
    interpreted = {name: getattr(compiled_arrivals, name).py_func for name in ("fill_arrivals", "spread_interval")}
    monkeypatch.setattr(compiled_arrivals, "draw", lambda base, call, attempt: share)
    monkeypatch.setattr(compiled_arrivals, "spread_interval", interpreted["spread_interval"])
    time_s, key = np.empty(11), np.empty(11, dtype=np.uint64)
    interpreted["fill_arrivals"](path[0], 3600.0, np.uint64(stream(1, 0, Purpose.ARRIVAL)), time_s, key)
    assert time_s.tolist() == expected.time_s.tolist()
    assert key.tolist() == expected.key.tolist()


def test_a_call_that_rounding_puts_on_the_next_interval_stands_before_its_callers(day, monkeypatch):
    """§34, §78: the order of equal times is that of the keys, in which the line stands before the interval."""
    path = np.zeros((1, 2, 24), dtype=np.int64)
    path[0, 1, 22] = path[0, 0, 23] = 1
    centre = replace(day, line_ids=("a", "b"), serving=np.zeros((2, 24), dtype=np.int64), arrivals=path)
    late, early = 1 - 2.0**-53, 2.0**-54
    monkeypatch.setattr("simulation.arrivals.uniforms", lambda base, key, attempt: np.array([early, late]))
    expected = arrivals_of(centre, 1, 0)
    assert expected.time_s[0] == expected.time_s[1] == 23 * 3600
    assert expected.line.tolist() == [0, 1]
    spread = compiled_arrivals.spread_interval.py_func
    monkeypatch.setattr(compiled_arrivals, "draw", lambda base, call, attempt: late if call >> 44 else early)
    monkeypatch.setattr(compiled_arrivals, "spread_interval", spread)
    time_s, key = np.empty(2), np.empty(2, dtype=np.uint64)
    compiled_arrivals.fill_arrivals.py_func(path[0], 3600.0, np.uint64(0), time_s, key)
    assert time_s.tolist() == expected.time_s.tolist()
    assert key.tolist() == expected.key.tolist()


def test_given_calls_come_as_given_in_every_replication(small_centre, on_duty):
    """§75, §78"""
    times = GivenCalls(time_s=np.array([10.0, 10.0, 3599.0, 3600.0]), line=np.zeros(4, dtype=np.int64))
    counts = np.zeros((1, 1, 24), dtype=np.int64)
    counts[0, 0, :2] = [3, 1]
    centre = small_centre({}, [on_duty("a")], given=times, arrivals=counts)
    for replication in range(2):
        arrivals = first_attempts(centre, 1, replication)
        assert arrivals.time_s.tolist() == [10.0, 10.0, 3599.0, 3600.0]
        assert_alike(arrivals, arrivals_of(centre, 1, replication))


def test_arrays_may_be_longer_than_there_are_callers(small_centre, on_duty):
    """The compiled engine keeps them from one replication to the next."""
    centre = small_centre({3: 20, 4: 5}, [on_duty("a")])
    time_s, key = np.zeros(30), np.zeros(30, dtype=np.uint64)
    fill_callers(centre, 9, 0, time_s, key)
    expected = arrivals_of(centre, 9, 0)
    assert caller_count(centre, 0) == 25
    assert time_s[:25].tolist() == expected.time_s.tolist()
    assert key[:25].tolist() == expected.key.tolist()
    assert (time_s[25:] == 0).all()
