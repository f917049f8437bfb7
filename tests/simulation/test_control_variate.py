"""Controls: exact expectations, the regression, coverage against exact values, and what is saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import integrate, stats

from simulation import Centre, run_replications
from simulation.control_variate import controlled, controlled_kpi, loss_factor
from simulation.day_calls import draw_day_calls
from simulation.draws import constant, empirical, exponential, hyperexponential, lognormal, quantile_table, weibull
from simulation.many_days import play_days
from simulation.unlimited_seats import beyond_seats, mean_up_to
from wfm.metrics import KPIS

Build = Callable[..., Centre]
Duty = Callable[..., dict[str, Any]]

AHT_S, PATIENCE_S, SEATS, HOURS = 180.0, 150.0, 6, 2
PER_HOUR = 0.95 * SEATS * 3600 / AHT_S


def erlang_days(build: Build, duty: Duty, days: int, seed: int = 1, **fields: Any) -> tuple[Centre, np.ndarray]:
    """Days of two hours of M/M/6+M from empty, with the rates of their Poisson counts."""
    rates = np.zeros((1, 24))
    rates[0, :HOURS] = PER_HOUR
    counts = np.random.default_rng(seed).poisson(rates, (days, 1, 24))
    centre = build(counts, [duty(f"a{k}") for k in range(SEATS)])
    laws = {"talk": (exponential(AHT_S),), "patience": (exponential(PATIENCE_S),)}
    return replace(centre, arrivals=counts.astype(np.int64), **(laws | fields)), rates


def expected_abandonments() -> float:
    """Of such a day, exactly: the birth–death equations from empty, until the last caller has left."""
    states = np.arange(160)
    up = np.full(160, PER_HOUR / 3600)
    up[-1] = 0.0
    queue = np.maximum(states - SEATS, 0)
    down = np.minimum(states, SEATS) / AHT_S + queue / PATIENCE_S

    def change(arriving: bool) -> Callable[[float, np.ndarray], np.ndarray]:
        birth = up if arriving else np.zeros(160)

        def slope(_: float, p: np.ndarray) -> np.ndarray:
            flow = -(birth + down) * p
            flow[1:] += birth[:-1] * p[:-1]
            flow[:-1] += down[1:] * p[1:]
            return flow

        return slope

    total, p = 0.0, np.eye(160)[0]
    for arriving, span in ((True, HOURS * 3600.0), (False, 8 * 3600.0)):
        solved = integrate.solve_ivp(change(arriving), (0, span), p, "LSODA", rtol=1e-9, atol=1e-12, dense_output=True)
        total += integrate.simpson(queue @ solved.sol(t := np.linspace(0, span, 4001)), x=t) / PATIENCE_S
        p = solved.y[:, -1]
    return float(total)


@pytest.mark.parametrize(
    ("law", "frozen"),
    [
        (exponential(200), stats.expon(scale=200)),
        (lognormal(200, 0.8), stats.lognorm(s=np.sqrt(np.log(1.64)), scale=200 / np.sqrt(1.64))),
        (weibull(200, 0.7), stats.weibull_min(0.7, scale=200 / 1.2658235060572833)),
        (constant(200), None),
    ],
)
def test_the_mean_up_to_a_time_is_the_integral_of_survival(law: Any, frozen: Any) -> None:
    for x in (0.0, 1.0, 150.0, 199.0, 900.0):
        survival = (lambda s: float(s < 200)) if frozen is None else frozen.sf
        expected = integrate.quad(survival, 0, x, points=[min(x, 200.0)] if x else None, epsabs=1e-10, limit=200)[0]
        assert mean_up_to(law, np.array([x]), np.zeros((0, 2)))[0] == pytest.approx(expected, rel=1e-8, abs=1e-8)


def test_the_mean_up_to_a_time_of_mixtures_and_tables() -> None:
    x = np.array([0.0, 30.0, 250.0])
    mixed = mean_up_to(hyperexponential(0.3, 50, 400), x, np.zeros((0, 2)))
    np.testing.assert_allclose(mixed, 0.3 * 50 * (1 - np.exp(-x / 50)) + 0.7 * 400 * (1 - np.exp(-x / 400)))
    # Uniform between 100 and 300: E[min(S, 250)] = 200·… by hand: 100 + ∫ (300 − s)/200 from 100 to 250.
    table = quantile_table([0, 1], [100, 300])[None]
    np.testing.assert_allclose(mean_up_to(empirical(0), x, table), [0, 30, 100 + (200**2 - 50**2) / 400], atol=1e-9)
    # A tenth never ends.
    table = quantile_table([0, 0.9, 1], [100, 100, np.inf])[None]
    np.testing.assert_allclose(mean_up_to(empirical(0), x, table), [0, 30, 90 + 25], rtol=2e-3)


@pytest.mark.parametrize("poisson", [True, False])
def test_the_control_has_expectation_zero(small_centre: Build, on_duty: Duty, poisson: bool) -> None:
    """With everything that bears on it: two lines, short calls, an IVR, a break, closing hours, lognormal talk."""
    centre, rates = erlang_days(
        small_centre,
        on_duty,
        700,
        talk=(lognormal(170, 0.9),),
        wrap=(exponential(20),),
        short_call_share=(0.1,),
        short_call_s=(8.0,),
        self_service_share=0.2,
        hang_up_share=0.05,
        announcement_s=15.0,
        menu=exponential(20.0),
        is_open=np.arange(24) != 1,
    )
    rates[0, :4] = PER_HOUR
    days = 700 if poisson else 150
    centre = replace(centre, arrivals=np.random.default_rng(8).poisson(rates, (days, 1, 24)))
    drawn = beyond_seats(centre, seed=3, replications=days, rates=rates if poisson else None)[:, 0]
    assert drawn.std() > 0
    assert abs(drawn.mean()) < 3.5 * drawn.std() / np.sqrt(days)


def test_given_each_path_the_expectation_is_still_zero(small_centre: Build, on_duty: Duty) -> None:
    """Two paths, one busy and one quiet, 300 times each: the mean is zero on both."""
    centre, _ = erlang_days(small_centre, on_duty, 2)
    counts = centre.arrivals.copy()
    counts[0, 0, :HOURS], counts[1, 0, :HOURS] = 150, 90
    drawn = beyond_seats(replace(centre, arrivals=counts), seed=3, replications=600)[:, 0]
    for path in (drawn[::2], drawn[1::2]):
        assert abs(path.mean()) < 3.5 * path.std() / np.sqrt(300)
    assert drawn[::2].std() > drawn[1::2].std() > 0


def test_the_regression_is_the_intercept_of_least_squares() -> None:
    rng = np.random.default_rng(4)
    control = rng.normal(0, 2, 30)
    values = 7 + 1.5 * control + rng.normal(0, 1, 30)
    line = stats.linregress(control, values)
    found = controlled(values, control[:, None])
    assert found.used
    assert found.mean == pytest.approx(line.intercept)
    assert found.half_width == pytest.approx(stats.t.ppf(0.975, 28) * line.intercept_stderr)
    assert found.plain_mean == pytest.approx(values.mean())
    assert found.variance_share == pytest.approx((1 - found.r_squared) * 28 / 27)
    twice = controlled(values, np.column_stack([control, np.ones(30), 2 * control]))
    assert twice.half_width == pytest.approx(found.half_width), "constant and repeated controls are left out"


def test_controls_that_do_not_help_are_not_used() -> None:
    assert loss_factor(20, 2) == pytest.approx(18 / 16)
    assert loss_factor(4, 2) == np.inf
    rng = np.random.default_rng(4)
    used = 0
    for _ in range(200):
        values, control = rng.normal(0, 1, (2, 25))
        found = controlled(values, control[:, None])
        used += found.used
        if not found.used:
            assert (found.mean, found.half_width) == (found.plain_mean, found.plain_half_width)
            assert found.variance_share == 1
    # The F of a useless control exceeds the loss by chance at times; P(F(1, 23) > about 2.1) is 0.16.
    assert used < 70
    assert not controlled([1.0, 2.0], [[1.0], [2.0]]).used
    assert not controlled(np.ones(9), np.arange(9.0)[:, None]).used
    assert not controlled(np.arange(9.0), np.zeros((9, 0))).used


def test_intervals_cover_the_exact_value_and_are_far_shorter(
    small_centre: Build, on_duty: Duty, usually: Callable[[int, int], int]
) -> None:
    """Experiments of 20 days each, against the birth–death equations: about 95 % cover, at a fraction of the variance."""
    experiments, days = usually(200, 500), 20
    centre, rates = erlang_days(small_centre, on_duty, experiments * days)
    seats = np.zeros((1, 24), dtype=np.int64)
    seats[:] = SEATS
    values = play_days(draw_day_calls(centre, centre.arrivals, 1), seats)["abandoned"]
    controls = beyond_seats(centre, seed=1, replications=len(values), rates=rates)
    exact = expected_abandonments()
    assert values.mean() == pytest.approx(exact, abs=4 * values.std() / np.sqrt(len(values)))
    found = [controlled(values[at : at + days], controls[at : at + days]) for at in range(0, experiments * days, days)]
    covered = np.mean([abs(f.mean - exact) <= f.half_width for f in found])
    luck = np.sqrt(0.95 * 0.05 / experiments)
    assert 0.95 - 3 * luck <= covered <= 0.95 + 2.5 * luck
    plain, sharp = np.var([f.plain_mean for f in found]), np.var([f.mean for f in found])
    assert np.mean([f.mean for f in found]) == pytest.approx(exact, abs=4 * np.sqrt(sharp / experiments))
    assert sharp < 0.35 * plain
    assert np.median([f.variance_share for f in found]) == pytest.approx(sharp / plain, abs=0.1), (
        "what it says it saves"
    )


def test_the_kpi_of_a_centre_is_sharpened(small_centre: Build, on_duty: Duty) -> None:
    """A day whose calls are given by interval: the control works within the path."""
    centre, rates = erlang_days(small_centre, on_duty, 1)
    counts = run_replications(centre, seed=2, replications=40)
    found = controlled_kpi(centre, counts, KPIS["abandon_share"], seed=2)
    assert found.used
    assert found.half_width < found.plain_half_width
    assert abs(found.mean - found.plain_mean) < 2 * found.plain_half_width
    with pytest.raises(ValueError, match="rates"):
        controlled_kpi(centre, counts, KPIS["asa_s"], seed=2, rates=rates[:, :3])
