"""The recursion that plays plain queues returns the readable engine's calls and counts, bit for bit."""

from dataclasses import fields, replace
from math import inf
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulation import Centre, assert_conservation, assert_little, assert_one_fate, plain_kernels, simulate, tally
from simulation.calls import ABANDONED, SimulatedCalls
from simulation.centre import Overflow
from simulation.compiled_counts import cells_of
from simulation.draws import (
    constant,
    empirical,
    exponential,
    hyperexponential,
    lognormal,
    quantile_table,
    weibull,
)
from simulation.plain_queue import count_plain_replications, plain_queue, play_plain
from wfm.metrics import COUNTS

TABLES = quantile_table((0, 0.5, 0.9, 1), (0, 60, 500, inf))[None, :]


def play(centre: Centre, seed: int, replication: int) -> SimulatedCalls:
    plain = plain_queue(centre)
    assert plain is not None
    return play_plain(centre, plain, seed, replication)


def counts(centre: Centre, seed: int, first: int, size: int) -> np.ndarray:
    plain = plain_queue(centre)
    assert plain is not None
    out = np.full((size, *cells_of(centre).shape), np.nan)
    assert count_plain_replications(centre, plain, seed, first, out) == size
    return out


def assert_same_calls(mine: Any, theirs: Any):
    for column in fields(theirs):
        ours, other = getattr(mine, column.name), getattr(theirs, column.name)
        if isinstance(other, np.ndarray):
            assert ours.dtype == other.dtype, column.name
            assert np.array_equal(ours, other, equal_nan=other.dtype.kind == "f"), column.name
        elif hasattr(other, "__dataclass_fields__"):
            assert_same_calls(ours, other)
        else:
            assert ours == other, column.name


def assert_same_counts(found: np.ndarray, centre: Centre, calls: SimulatedCalls):
    table = tally(calls, centre)
    for k, name in enumerate(COUNTS):
        assert found[:, :, k].ravel().tolist() == table[name].tolist(), name


@pytest.fixture
def queue(small_centre, on_duty):
    """Two days with three agents."""
    agents = [on_duty(name, 0, 48) for name in "abc"]
    return small_centre({8: 60, 9: 30, 33: 50}, agents, days=2, wrap=(lognormal(20, 0.6),), ring_s=3.0)


TIMES = st.sampled_from(
    [constant(60), exponential(90), lognormal(200, 0.9), weibull(120, 0.7), hyperexponential(0.3, 20, 400)]
)
NO_OR_SOME = st.one_of(st.just(constant(0)), TIMES)
PATIENCE = st.one_of(TIMES, st.sampled_from([constant(0), constant(inf), empirical(0)]))


@st.composite
def plain_changes(draw: st.DrawFn) -> dict[str, Any]:
    """Lines with calls in some hours, as changes of a centre of one line and two days of hours."""
    lines = draw(st.integers(1, 3))
    calls = np.zeros((2, lines, 48), dtype=np.int64)
    for hour in draw(st.lists(st.integers(0, 47), min_size=1, max_size=6)):
        calls[:, draw(st.integers(0, lines - 1)), hour] = draw(st.integers(0, 120)), draw(st.integers(0, 10))

    def of_lines(values: st.SearchStrategy[Any]) -> tuple[Any, ...]:
        return tuple(draw(values) for _ in range(lines))

    scale = draw(st.sampled_from([0.5, 1.0, 1.7]))
    return {
        "line_ids": tuple("abc"[:lines]),
        "arrivals": calls,
        "serving": np.zeros((lines, 48), dtype=np.int64),
        "talk_scale": np.linspace(scale, 1.0, 48 * lines).reshape(lines, 48),
        "talk": of_lines(TIMES),
        "hold": of_lines(NO_OR_SOME),
        "wrap": of_lines(NO_OR_SOME),
        "patience": of_lines(PATIENCE),
        "short_call_share": of_lines(st.sampled_from([0.0, 0.2])),
        "short_call_s": (15.0,) * lines,
        "redial_share": (0.0,) * lines,
        "redial_delay": (constant(60),) * lines,
        "attempts_max": (3,) * lines,
        "ring_s": draw(st.sampled_from([0.0, 3.0, 16.0])),
        "tables": TABLES,
        **dict.fromkeys(("priority", "head_start_s", "overflow", "announced_handling_s", "offer_over_s", "accept_share", "balk_over_s", "balk_share", "three_way_share", "three_way"), ()),
    }  # fmt: skip


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=plain_changes(), seed=st.integers(0, 2**64 - 1), replication=st.integers(0, 3))
def test_calls_and_counts_are_those_of_the_readable_engine(queue, changes, seed, replication):
    """§78"""
    centre = replace(queue, **changes)
    expected = simulate(centre, seed, replication)
    assert_same_calls(play(centre, seed, replication), expected)
    assert_same_counts(counts(centre, seed, replication, 1)[0], centre, expected)


def test_duties_that_outlast_the_period_serve_who_still_waits(small_centre, on_duty):
    """§27, §28, §78"""
    for end_h in (24, 24.5, 30):
        centre = small_centre({23: 80}, [on_duty(name, -2, end_h) for name in "ab"], patience=(constant(inf),))
        expected = simulate(centre, 1, 0)
        assert (expected.outcome == ABANDONED).any() == (end_h < 30), "some are sent away"
        assert_same_calls(play(centre, 1, 0), expected)
        assert_same_counts(counts(centre, 1, 0, 1)[0], centre, expected)


def test_ties_between_agents_go_by_the_written_order(small_centre, on_duty):
    """§16, §34, §78: nobody but the first caller finds agents who did not become free together."""
    agents = [on_duty(name) for name in "abcdefg"]
    centre = small_centre({3: 90}, agents, talk=(constant(600),), wrap=(constant(0),), patience=(constant(1500),))
    for seed in range(5):
        assert_same_calls(play(centre, seed, 0), simulate(centre, seed, 0))


def test_a_busy_week_obeys_the_laws_of_queues(small_centre, on_duty):
    """§11, §36, §37"""
    agents = [on_duty(f"{n:02}", 0, 7 * 24) for n in range(20)]
    centre = small_centre(np.full((1, 1, 7 * 24), 400.0), agents, days=7, hotline={"ring_s": 3})
    calls = play(centre, 3, 0)
    assert_one_fate(calls, centre)
    assert_little(calls, centre)
    assert_conservation(calls, centre)


def test_several_replications_are_counted_at_once(queue):
    """§6"""
    paths = np.concatenate([queue.arrivals, queue.arrivals // 2, queue.arrivals * 2])
    centre = replace(queue, arrivals=paths)
    found = counts(centre, 5, 2, 6)
    for k in range(6):
        assert_same_counts(found[k], centre, simulate(centre, 5, 2 + k))


def test_calls_of_two_intervals_in_the_same_instant_are_left_to_others(queue, monkeypatch):
    """§34: their order depends on keys that the recursion no longer has."""

    def same_instant(path, t, interval_s, base, share, word, bucket, time_s, key, begin):
        time_s[: path[:, t].sum()] = 9 * 3600.0
        key[:] = 0
        return begin

    monkeypatch.setattr(plain_kernels, "spread_interval", same_instant)
    monkeypatch.setattr(plain_kernels, "stream", lambda seed, replication, purpose: purpose)
    out = np.zeros((2, *cells_of(queue).shape))
    plain, serves = plain_queue(queue), cells_of(queue).serves
    assert plain is not None
    assert plain_kernels.count_plain.py_func(*plain, queue.arrivals, serves, 0, np.uint64(1), 0, out) == 0


NOT_PLAIN: dict[str, dict[str, Any]] = {
    "an announcement": {"announcement_s": 5.0},
    "a menu": {"menu": exponential(10)},
    "self-service": {"self_service_share": 0.1},
    "circuits": {"circuits": 5},
    "redials": {"redial_share": (0.1,)},
    "call-backs": {"call_back_missed": True},
    "follow-ups": {"follow_up_share": 0.1},
    "absence": {"absence_share": 0.1},
    "lateness": {"late_share": 0.1},
    "overflow": {"overflow": ((Overflow(0, 10.0),),)},
    "offers": {"accept_share": (0.5,)},
    "balking": {"balk_share": (0.5,)},
    "third parties": {"three_way_share": (0.5,)},
    "orders": {"order_share": (0.5,)},
    "pace": {"pace": np.array([1.0, 1.0, 0.9])},
    "seats": {"places": 2},
    "a night": {"is_open": np.arange(48) > 5},
    "calls without length": {"talk": (constant(0),)},
    "short calls without length": {"short_call_share": (0.1,), "short_call_s": (0.0,)},
}


@pytest.mark.parametrize("rule", NOT_PLAIN)
def test_a_centre_with_any_further_rule_is_no_plain_queue(queue, rule):
    assert plain_queue(queue) is not None
    assert plain_queue(replace(queue, **NOT_PLAIN[rule])) is None


@pytest.mark.parametrize("breaks", ["12:00-12:30", ""])
def test_agents_who_come_or_go_are_no_plain_queue(small_centre, on_duty, breaks):
    late = on_duty("b", 0 if breaks else 1, 24, breaks=breaks)
    assert plain_queue(small_centre({8: 5}, [on_duty("a"), late])) is None


def test_a_standby_who_never_comes_leaves_the_queue_plain(small_centre, on_duty):
    assert plain_queue(small_centre({8: 5}, [on_duty("a"), on_duty("b", role="B")])) is not None
