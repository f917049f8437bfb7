"""The steady state of one queue: what is counted, how sure it is, and what is refused."""

from __future__ import annotations

from math import inf, isnan

import numpy as np
import pytest

from simulation import Engine
from simulation.calls import ABANDONED, ANSWERED, BLOCKED
from simulation.draws import constant, empirical, exponential, quantile_table
from simulation.engine import engine_available, play
from simulation.estimates import Interval
from simulation.steady_state import SteadyState, queue_centre, ratio_interval, simulate_queue
from wfm.errors import BadInput
from wfm.queueing import performance, trunk_performance

ENGINES = [engine for engine in (Engine.SIMPY, Engine.COMPILED) if engine_available(engine)]
FASTEST = ENGINES[-1]
NEVER = constant(inf)


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WFM_LANG", "en")


def test_only_calls_that_arrive_after_the_warm_up_are_counted() -> None:
    """§77 Counted again one by one, those included that end after the period."""
    rate, aht, seats, patience = 1 / 15, 100.0, 7, exponential(60.0)
    found = simulate_queue(
        rate, aht, seats, patience, 4_000, within_s=15, long_wait_s=30, circuits=10, engine=Engine.SIMPY, seed=8
    )
    length = found.warm_up_s + 4_000 / found.replications / rate
    centre = queue_centre(
        rate, exponential(aht), seats, patience, length, circuits=10, seed=8, replications=found.replications
    )
    calls = waited = within = long = abandoned = blocked = answered = early = late = 0
    waits = answer_waits = busy_s = 0.0
    for r in range(found.replications):
        run = play(centre, 8, r, engine=Engine.SIMPY)
        for k in range(len(run)):
            if run.outcome[k] == ANSWERED:
                start, end = run.answered_s[k], run.answered_s[k] + run.handle_s[k]
                busy_s += max(0.0, min(end, length) - max(start, found.warm_up_s))
            if run.arrived_s[k] < found.warm_up_s:
                early += 1
                continue
            late += run.ended_s[k] > length
            calls += 1
            if run.outcome[k] == BLOCKED:
                blocked += 1
                continue
            wait = (run.answered_s[k] if run.outcome[k] == ANSWERED else run.ended_s[k]) - run.arrived_s[k]
            waits += wait
            waited += wait > 0
            long += wait > 30
            if run.outcome[k] == ANSWERED:
                answered += 1
                answer_waits += wait
                within += wait <= 15
            else:
                assert run.outcome[k] == ABANDONED
                abandoned += 1
    assert early > 500
    assert late > 20
    assert found.calls == calls
    expected = {
        "wait_probability": waited / calls,
        "asa_s": answer_waits / answered,
        "mean_wait_s": waits / (calls - blocked),
        "service_level": within / calls,
        "long_wait_share": long / (calls - blocked),
        "abandon_share": abandoned / calls,
        "blocked_share": blocked / calls,
        "occupancy": busy_s / (seats * (length - found.warm_up_s) * found.replications),
    }
    assert {name: getattr(found, name).mean for name in expected} == pytest.approx(expected, rel=1e-9)


MEASURES = ("wait_probability", "asa_s", "mean_wait_s", "service_level", "abandon_share", "occupancy")


def test_intervals_hold_the_exact_value_as_often_as_they_say() -> None:
    """95 ± 4 % of 200 studies, for every measure; blocked calls and long waits behind six circuits, too."""
    studies, rate, aht, seats, patience, circuits = 200, 1 / 20, 60.0, 3, 90.0, 6
    exact = trunk_performance(rate, aht, seats, circuits, 20, patience)
    expected = {name: float(getattr(exact, name)) for name in (*MEASURES, "blocked_share")}
    expected["long_wait_share"] = float(trunk_performance(rate, aht, seats, circuits, 40, patience).wait_exceeds)
    held = dict.fromkeys(expected, 0)
    for study in range(studies):
        found = simulate_queue(
            rate, aht, seats, exponential(patience), 1_000, within_s=20, circuits=circuits, engine=FASTEST, seed=study
        )
        for name, value in expected.items():
            held[name] += inside(getattr(found, name), value)
    for name, hits in held.items():
        assert 0.91 <= hits / studies <= 0.99, name


def inside(found: Interval, value: float) -> bool:
    return found.low <= value <= found.high


def near(found: Interval, value: float) -> bool:
    """Within four standard errors: Student's t for 20 replications makes 2.09 of them half an interval."""
    return abs(found.mean - value) < 4 / 2.093 * (found.high - found.mean)


def test_more_calls_narrow_the_intervals_as_the_square_root() -> None:
    few, many = (
        simulate_queue(1 / 20, 60.0, 4, exponential(90.0), n, within_s=20, engine=FASTEST) for n in (2_000, 50_000)
    )
    assert many.calls == pytest.approx(50_000, rel=0.02)
    for name in MEASURES:
        narrower = width(few, name) / width(many, name)
        assert 2.5 < narrower < 10, name  # 5, and the chance of two variances from 20 numbers each


def width(found: SteadyState, name: str) -> float:
    interval = getattr(found, name)
    return float(interval.high - interval.low)


def test_the_same_seed_the_same_numbers_whoever_plays() -> None:
    """§6, §78"""
    how = {"within_s": 20, "circuits": 9}
    alone, both = (
        simulate_queue(0.05, 90.0, 5, exponential(60.0), 2_000, engine=Engine.SIMPY, workers=w, **how) for w in (1, 2)
    )
    assert alone == both
    for engine in ENGINES:
        assert simulate_queue(0.05, 90.0, 5, exponential(60.0), 2_000, engine=engine, **how) == alone
    assert simulate_queue(0.05, 90.0, 5, exponential(60.0), 2_000, engine=Engine.SIMPY, seed=2, **how) != alone


def test_a_ratio_of_sums_is_not_the_mean_of_ratios() -> None:
    """Linearised (Cochran 1977, eq. 6.13), done by hand: r = 9/6; residuals −0.5, 0, 0.5."""
    found = ratio_interval(np.array([1.0, 3.0, 5.0]), np.array([1.0, 2.0, 3.0]))
    assert found.mean == 1.5
    error = np.sqrt((0.25 + 0 + 0.25) / (3 * 2)) / 2
    assert found.high - found.mean == pytest.approx(4.302652729911275 * error)  # Student's t with 2 degrees of freedom
    assert isnan(ratio_interval(np.zeros(3), np.zeros(3)).mean)


def test_what_never_happened_is_not_known_to_be_impossible() -> None:
    """Erlang A with many seats: of 2,000 calls none gives up, and the interval ends where Wilson's does."""
    found = simulate_queue(0.02, 60.0, 12, exponential(600.0), 2_000, within_s=20, engine=Engine.SIMPY)
    assert found.abandon_share.mean == 0
    assert found.abandon_share.low == 0
    z2 = 1.959963984540054**2
    assert found.abandon_share.high == pytest.approx(z2 / (found.calls + z2))
    assert inside(found.service_level, 1 - 1e-7)


def test_a_queue_without_patience_loses_who_cannot_be_answered_at_once() -> None:
    """Erlang B: who finds all agents busy has waited, though for no time."""
    found = simulate_queue(0.05, 60.0, 3, constant(0.0), 20_000, within_s=20, engine=Engine.SIMPY, seed=4)
    exact = performance(0.05, 60.0, 3, 20, 0.0)
    assert near(found.wait_probability, float(exact.wait_probability))
    assert found.wait_probability == found.abandon_share
    assert (found.asa_s.mean, found.mean_wait_s.mean) == (0, 0)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"calls": 0}, "whole number from 1"),
        ({"calls": -5}, "whole number from 1"),
        ({"calls": 500}, "at least 1,000 are needed"),
        ({"calls": 2_000, "rate_per_s": 4.95 / 60}, "the queue takes the time of"),
        ({"rate_per_s": 0.0}, "must be calls to simulate"),
        ({"rate_per_s": float("nan")}, "must be calls to simulate"),
        ({"aht_s": inf}, "handling time"),
        ({"seats": 0}, "found 0"),
        ({"seats": 10_001}, "10,000"),
        ({"within_s": -1.0}, "-1"),
        ({"circuits": 0}, "circuits"),
        ({"seed": -1}, "seed"),
        ({"rate_per_s": 5 / 60}, "5 erlangs of callers who never give up meet 5 seats"),
        ({"rate_per_s": 9 / 60, "patience": NEVER}, "9 erlangs of callers who never give up meet 5 seats"),
    ],
)
def test_what_cannot_be_simulated_is_refused_in_one_sentence(change: dict[str, object], said: str) -> None:
    asked: dict[str, object] = {
        "rate_per_s": 3 / 60, "aht_s": 60.0, "seats": 5, "patience": None, "calls": 2_000, "within_s": 20.0,
        "engine": Engine.SIMPY,
    }  # fmt: skip
    with pytest.raises(BadInput, match=said) as refused:
        simulate_queue(**(asked | change))  # type: ignore[arg-type]
    assert len(str(refused.value).splitlines()) == 1


def test_circuits_give_every_queue_a_steady_state() -> None:
    found = simulate_queue(9 / 60, 60.0, 5, None, 20_000, within_s=20, circuits=8, engine=Engine.SIMPY, seed=6)
    exact = trunk_performance(9 / 60, 60.0, 5, 8, 20)
    for name in ("blocked_share", "asa_s", "occupancy", "service_level"):
        interval = getattr(found, name)
        assert near(interval, float(getattr(exact, name))), name


def test_the_share_who_never_give_up_decides() -> None:
    """Of a table's callers 60 % never give up: 5 seats carry 8 erlangs of whom 4.8 stay, not 9 of whom 5.4 do."""
    tables = quantile_table([0.0, 0.4], [0.0, 60.0])[None]
    tables[0, tables[0] >= 60.0] = inf
    how = {"within_s": 20.0, "engine": Engine.SIMPY, "tables": tables}
    with pytest.raises(BadInput, match="grows without end"):
        simulate_queue(9 / 60, 60.0, 5, empirical(0), 10**8, **how)
    with pytest.raises(BadInput, match="at least"):  # steady, but far too few calls to see it
        simulate_queue(8 / 60, 60.0, 5, empirical(0), 1_000, **how)
