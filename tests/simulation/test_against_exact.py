"""Both engines against queueing theory, with enough calls that an error of one per cent would be seen.

The exact values are worked out here, by integrals on a fine grid and birth–death equations, not by the product's formulas;
those are held to the same values beside them. A large study (the compiled engine) must know every named measure to ± 0.5 %
of its value with 95 % confidence, so that an error of 1 % lies four standard errors off; a small one (SimPy) to ± 12 %.
Little's law and the agents' time are asserted by every replication that a study plays.
"""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import NamedTuple

import numpy as np
import pytest
from scipy import integrate, stats

from simulation import Engine, draws
from simulation.calls import ANSWERED, assert_conservation, assert_little, assert_one_fate
from simulation.demand import draw_counts
from simulation.draws import Law
from simulation.engine import engine_available, play
from simulation.steady_state import SteadyState, queue_centre, simulate_queue
from wfm.queueing import (
    PatienceLaw,
    empirical_patience,
    exponential_patience,
    hyperexponential_patience,
    lognormal_patience,
    performance,
    trunk_performance,
    weibull_patience,
)

WITHIN_S, LONG_S = 20.0, 40.0


class Size(NamedTuple):
    """How much an engine plays, beside what a precise study asks for, and how precisely the measures are then known."""

    engine: Engine
    share: float
    precise: float


SMALL, LARGE = Size(Engine.SIMPY, 1 / 400, 0.12), Size(Engine.COMPILED, 1.0, 0.005)
SIZES = [pytest.param(size, id=size.engine.value) for size in (SMALL, LARGE) if engine_available(size.engine)]


class Queue(NamedTuple):
    """M/M/n+G."""

    rate: float
    aht: float
    seats: int
    drawn: Law | None
    survival: object
    """P(patience > t), a function of an array."""
    formula: PatienceLaw | float
    million_calls: float
    """Calls that a precise study plays."""
    tables: np.ndarray = draws.NO_TABLES


def exact_measures(queue: Queue) -> dict[str, float]:
    """Baccelli and Hebuterne 1981: above zero the virtual wait has the density e^(λH(x) − nμx), here by trapezoids."""
    end, steps = 40 * queue.aht, 200_000
    x = np.linspace(0.0, end, steps + 1)
    stays = np.asarray(queue.survival(x), dtype=float)  # type: ignore[operator]
    patient = integrate.cumulative_trapezoid(stays, x, initial=0.0)
    exponent = queue.rate * patient - queue.seats / queue.aht * x
    density = np.exp(exponent)
    assert density[-1] < 1e-12 * density.max(), "the grid is long enough"

    def over(values: np.ndarray) -> float:
        return float(integrate.trapezoid(values * density, x))

    load = queue.rate * queue.aht
    blocking = 1.0
    for n in range(1, queue.seats):
        blocking = load * blocking / (n + load * blocking)
    # P(V = 0) : density at zero, from the rate of finding the last seat taken.
    whole = 1 / blocking + queue.rate * over(np.ones_like(x))
    wait = queue.rate * over(np.ones_like(x)) / whole
    answered_waiting = queue.rate * over(stays) / whole
    soon = np.where(x <= WITHIN_S, stays, 0.0)
    later = np.where(x > LONG_S, stays[np.searchsorted(x, LONG_S)], 0.0)
    return {
        "wait_probability": wait,
        "asa_s": queue.rate * over(x * stays) / whole / (1 - wait + answered_waiting),
        "mean_wait_s": queue.rate * over(patient) / whole,
        "service_level": 1 - wait + queue.rate * over(soon) / whole,
        "long_wait_share": queue.rate * over(later) / whole,
        "abandon_share": wait - answered_waiting,
        "occupancy": load * (1 - wait + answered_waiting) / queue.seats,
    }


def check(found: SteadyState, expected: dict[str, float], size: Size) -> None:
    """Every measure lies within four standard errors, and all but rare ones are known precisely enough to mean something."""
    for name, value in expected.items():
        interval = getattr(found, name)
        half = interval.high - interval.mean
        assert abs(interval.mean - value) <= 4 / 2.093 * half, f"{name}: {interval} is not {value}"
        if value > 0.1 or name.endswith("_s"):
            assert half <= size.precise * value, f"{name}: ± {half / value:.2%}"


SERVED_BY_EIGHT = {"rate": 0.18, "aht": 60.0, "seats": 8}
"""Eleven erlangs: every fourth caller gives up."""

TABLE = draws.quantile_table([0.0, 0.2, 0.5, 0.9, 1.0], [0.0, 5.0, 30.0, 90.0, 400.0])


def lognormal_survival(mean: float, cv: float) -> object:
    sigma = np.sqrt(np.log1p(cv**2))
    return stats.lognorm(sigma, scale=mean / np.exp(sigma**2 / 2)).sf


def weibull_survival(mean: float, shape: float) -> object:
    unit = stats.weibull_min(shape).mean()
    return stats.weibull_min(shape, scale=mean / unit).sf


QUEUES = {
    "M/M/n+M": Queue(
        **SERVED_BY_EIGHT,
        drawn=draws.exponential(50.0),
        survival=stats.expon(scale=50.0).sf,
        formula=exponential_patience(50.0),
        million_calls=4,
    ),
    "M/M/n+lognormal": Queue(
        **SERVED_BY_EIGHT,
        drawn=draws.lognormal(50.0, 1.2),
        survival=lognormal_survival(50.0, 1.2),
        formula=lognormal_patience(50.0, 1.2),
        million_calls=3,
    ),
    "M/M/n+Weibull": Queue(
        **SERVED_BY_EIGHT,
        drawn=draws.weibull(50.0, 0.7),
        survival=weibull_survival(50.0, 0.7),
        formula=weibull_patience(50.0, 0.7),
        million_calls=4,
    ),
    "M/M/n+H2": Queue(
        **SERVED_BY_EIGHT,
        drawn=draws.hyperexponential(0.4, 10.0, 90.0),
        survival=lambda t: 0.4 * np.exp(-t / 10.0) + 0.6 * np.exp(-t / 90.0),
        formula=hyperexponential_patience([10.0, 90.0], [0.4, 0.6]),
        million_calls=8,
    ),
    "M/M/n+empirical": Queue(
        **SERVED_BY_EIGHT,
        drawn=draws.empirical(0),
        survival=lambda t: 1 - np.interp(t, TABLE, np.linspace(0, 1, len(TABLE))),
        formula=empirical_patience((TABLE[1:] + TABLE[:-1]) / 2),
        million_calls=6,
        tables=TABLE[None],
    ),
    "M/M/n": Queue(0.02, 60.0, 2, None, np.ones_like, inf, 12),
}


@pytest.mark.parametrize("name", QUEUES)
def test_the_formulas_say_what_the_integrals_say(name: str) -> None:
    queue = QUEUES[name]
    formula = performance(queue.rate, queue.aht, queue.seats, WITHIN_S, queue.formula)
    for measure, value in exact_measures(queue).items():
        if measure != "long_wait_share":
            # Equal steps of probability, not the straight lines between them, stand for the table here.
            near = 2e-3 if name == "M/M/n+empirical" else 1e-4
            assert float(getattr(formula, measure)) == pytest.approx(value, rel=near, abs=1e-6), measure


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", QUEUES)
def test_any_patience(name: str, size: Size) -> None:
    """Erlang C and A, and M/M/n+G."""
    queue = QUEUES[name]
    found = simulate_queue(
        queue.rate,
        queue.aht,
        queue.seats,
        queue.drawn,
        int(queue.million_calls * 1e6 * size.share),
        within_s=WITHIN_S,
        long_wait_s=LONG_S,
        tables=queue.tables,
        engine=size.engine,
        seed=2026,
    )
    expected = exact_measures(queue)
    if queue.drawn is None:
        assert expected.pop("abandon_share") == pytest.approx(0, abs=1e-9)
        assert found.abandon_share.mean == 0
    check(found, expected, size)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("patience_s", [90.0, inf])
def test_finite_circuits(size: Size, patience_s: float) -> None:
    """M/M/n/K and M/M/n/K+M by the birth–death equations: twelve circuits before eight agents, ten erlangs."""
    rate, aht, seats, circuits = 1 / 6, 60.0, 8, 12
    leaving = [min(n, seats) / aht + max(0, n - seats) / patience_s for n in range(circuits + 1)]
    weight = np.cumprod([1.0, *(rate / leaving[n] for n in range(1, circuits + 1))])
    share = weight / weight.sum()
    waiting = np.maximum(np.arange(circuits + 1) - seats, 0)
    expected = {
        "blocked_share": share[-1],
        "wait_probability": share[seats:circuits].sum(),
        "mean_wait_s": share @ waiting / rate / (1 - share[-1]),
        "occupancy": share @ np.minimum(np.arange(circuits + 1), seats) / seats,
    }
    if patience_s < inf:
        expected["abandon_share"] = share @ waiting / patience_s / rate
    law = None if patience_s == inf else draws.exponential(patience_s)
    found = simulate_queue(
        rate, aht, seats, law, int(6e6 * size.share), within_s=WITHIN_S, circuits=circuits, engine=size.engine, seed=7
    )
    check(found, expected, size)
    formula = trunk_performance(rate, aht, seats, circuits, WITHIN_S, patience_s)
    check(found, {name: float(getattr(formula, name)) for name in ("service_level", "asa_s")}, size)


@pytest.mark.parametrize("size", SIZES)
def test_busy_agents_when_calls_come_by_the_clock_and_nobody_waits(size: Size) -> None:
    """M_t/G/∞ (Eick, Massey and Whitt 1993, theorem 1): the number busy at t is Poisson with mean ∫ λ(u) P(S > t − u) du.

    Agents without end, lognormal calls that outlast the intervals; seen at the ends and middles of eight intervals.
    """
    rates = np.array([0.1, 0.4, 1.0, 1.6, 1.2, 0.5, 0.2, 0.05])
    interval_s, mean_s, cv = 600.0, 500.0, 1.5
    law = draws.lognormal(mean_s, cv)
    survival = lognormal_survival(mean_s, cv)
    runs = 6 if size.engine is Engine.SIMPY else 400
    date = np.zeros(len(rates), dtype=np.int64)
    centre = replace(
        queue_centre(1.0, law, 1_500, draws.constant(inf), interval_s * len(rates)),
        interval_s=interval_s,
        interval_date=date,
        arrivals=draw_counts(rates[None] * interval_s, date, seed=31, paths=runs),
        is_open=np.ones(len(rates), dtype=bool),
        by_day=np.zeros(len(rates), dtype=bool),
        serving=np.zeros((1, len(rates)), dtype=np.int64),
        talk_scale=np.ones((1, len(rates))),
    )
    moments = np.arange(1, 2 * len(rates) + 1) * interval_s / 2
    busy = np.empty((runs, len(moments)))
    for r in range(runs):
        calls = play(centre, 31, r, engine=size.engine)
        assert_little(calls, centre)
        assert_conservation(calls, centre)
        assert (calls.answered_s == calls.arrived_s).all(), "agents without end: nobody waits"
        end_s = calls.answered_s + calls.handle_s
        begun = np.searchsorted(np.sort(calls.answered_s), moments, side="right")
        busy[r] = begun - np.searchsorted(np.sort(end_s), moments, side="right")
    expected = np.zeros(len(moments))
    for k, moment in enumerate(moments):
        for interval, rate in enumerate(rates):
            start, end = interval * interval_s, min((interval + 1) * interval_s, moment)
            if start < moment:
                expected[k] += rate * integrate.quad(survival, moment - end, moment - start, epsabs=1e-9)[0]  # type: ignore[arg-type]
    error = np.sqrt(expected / runs)
    assert np.abs((busy.mean(axis=0) - expected) / error).max() < 4
    # Poisson: the variance is the mean (index of dispersion, chi-square).
    dispersion = ((busy - busy.mean(axis=0)) ** 2).sum(axis=0) / expected
    assert (dispersion > stats.chi2(runs - 1).ppf(1e-5)).all()
    assert (dispersion < stats.chi2(runs - 1).ppf(1 - 1e-5)).all()
    total = busy.mean(axis=0).sum() / expected.sum()
    power = 1.96 * busy.sum(axis=1).std(ddof=1) / np.sqrt(runs) / expected.sum()
    assert abs(total - 1) < 2 * power
    assert power < size.precise


@pytest.mark.parametrize("size", SIZES)
def test_two_lines_of_unequal_priority(size: Size) -> None:
    """M/M/n with priorities that interrupt nobody (Cobham 1954; Kella and Yechiali 1985): with C from Erlang C,
    W₁ = C/(nμ(1 − σ₁)), W₂ = C/(nμ(1 − σ₁)(1 − σ₁ − σ₂)); both wait with probability C."""
    rates, aht, seats = np.array([0.01, 0.01]), 60.0, 2
    runs = 20
    length = 8e6 * size.share / runs / rates.sum()
    intervals = max(1, int(length * rates.sum() / 2_000))
    one = queue_centre(rates.sum(), draws.exponential(aht), seats, draws.constant(inf), length)
    date = np.zeros(intervals, dtype=np.int64)
    centre = replace(
        one,
        line_ids=("first", "second"),
        interval_s=length / intervals,
        interval_date=date,
        is_open=np.ones(intervals, dtype=bool),
        by_day=np.zeros(intervals, dtype=bool),
        arrivals=draw_counts(np.repeat(rates[:, None], intervals, 1) * length / intervals, date, seed=5, paths=runs),
        serving=np.zeros((2, intervals), dtype=np.int64),
        talk_scale=np.ones((2, intervals)),
        priority=(1, 2),
        **{name: getattr(one, name) * 2 for name in PER_LINE},
    )
    load = rates * aht / seats
    c = float(performance(rates.sum(), aht, seats, 0.0).wait_probability)
    free = seats / aht * (1 - load[0])
    expected = np.array([c / free, c / free / (1 - load.sum())])
    waits = np.empty((runs, 2))
    waited = np.empty((runs, 2))
    for r in range(runs):
        calls = play(centre, 5, r, engine=size.engine)
        assert_little(calls, centre)
        assert_conservation(calls, centre)
        settled = calls.arrived_s > 0.05 * length
        wait_s = calls.answered_s - calls.queued_s
        for line in (0, 1):
            waits[r, line] = wait_s[settled & (calls.line == line)].mean()
            waited[r, line] = (wait_s[settled & (calls.line == line)] > 0).mean()
    for sample, value in ((waits, expected), (waited, np.array([c, c]))):
        error = sample.std(axis=0, ddof=1) / np.sqrt(runs)
        assert (np.abs(sample.mean(axis=0) - value) < 4 * error).all()
        assert (2.093 * error < 2 * size.precise * value).all()


PER_LINE = (
    "talk", "hold", "wrap", "short_call_share", "short_call_s", "patience", "redial_share", "redial_delay", "attempts_max",
    "head_start_s", "overflow", "announced_handling_s", "offer_over_s", "accept_share", "balk_over_s", "balk_share",
    "three_way_share", "three_way",
)  # fmt: skip


@pytest.mark.parametrize("size", SIZES)
def test_every_call_has_one_fate_in_a_plain_queue(size: Size) -> None:
    """§11, §36, §37 on a run with abandoned and blocked calls."""
    centre = queue_centre(
        0.2, draws.exponential(60.0), 8, draws.lognormal(40.0, 1.0), 50_000.0, circuits=14, seed=3, replications=2
    )
    for r in range(2):
        calls = play(centre, 3, r, engine=size.engine)
        assert_one_fate(calls, centre)
        assert_little(calls, centre)
        assert_conservation(calls, centre)
        assert 0.5 < (calls.outcome == ANSWERED).mean() < 0.95
