"""Offered load against differential equations, published closed forms, counting and conservation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate

from wfm.errors import BadInput
from wfm.queueing.handling_law import constant_law, exponential_law, handling_law_from, lognormal_law
from wfm.staffing.offered_load import offered_load

QUARTER = 900.0
STEEP = np.array([0.0, 0, 4, 12, 20, 24, 24, 15, 6, 6, 0, 0, 0, 30, 0, 0])


def test_exponential_handling_follows_its_differential_equation():
    load = offered_load(STEEP, QUARTER, exponential_law(600.0))
    at, area = 0.0, []
    for calls, end in zip(STEEP, load.end_erlang, strict=True):
        solved = integrate.solve_ivp(
            lambda t, y: [calls / QUARTER - y[0] / 600, y[0]],  # noqa: B023
            (0, QUARTER), [at, 0.0], rtol=1e-10, atol=1e-12,
        )  # fmt: skip
        at = solved.y[0, -1]
        area.append(solved.y[1, -1] / QUARTER)
        assert end == pytest.approx(at, abs=1e-7)
    assert load.mean_erlang == pytest.approx(np.array(area), abs=1e-7)


def test_a_constant_handling_time_counts_the_calls_that_came_within_it():
    load = offered_load(STEEP, QUARTER, constant_law(1200.0))
    edges = np.concatenate([[0.0], np.cumsum(STEEP)])
    clock = np.arange(1, STEEP.size + 1) * QUARTER

    def came(t):
        return np.interp(t, np.arange(STEEP.size + 1) * QUARTER, edges)

    assert load.end_erlang == pytest.approx(came(clock) - came(clock - 1200), abs=1e-9)
    assert load.start_erlang == pytest.approx(came(clock - 900) - came(clock - 2100), abs=1e-9)


@pytest.mark.parametrize("law", [exponential_law(600.0), lognormal_law(600.0, 1.5), constant_law(600.0)])
def test_an_hourly_wave_is_smoothed_and_late_as_published(law):
    # Eick, Massey and Whitt 1993b, "M_t/G/∞ queues with sinusoidal arrival rates": for
    # λ(t) = a + b·sin(γt) the load is a·E[S] + b·E[S]·(sin γt · E[cos γS_e] − cos γt · E[sin γS_e]).
    step, gamma = 60.0, 2 * np.pi / 3600
    edges = np.arange(0, 14 * 3600 + step, step)
    calls = 0.05 * step + 0.04 * (np.cos(gamma * edges[:-1]) - np.cos(gamma * edges[1:])) / gamma
    load = offered_load(calls, step, law)
    residual = [integrate.quad(lambda u: f(gamma * u) * law.survival(u), 0, 600)[0]  # noqa: B023
                + integrate.quad(lambda u: f(gamma * u) * law.survival(u), 600, 60_000, limit=2000)[0]  # noqa: B023
                for f in (np.cos, np.sin)]  # fmt: skip
    exact = 0.05 * 600 + 0.04 * (np.sin(gamma * edges[1:]) * residual[0] - np.cos(gamma * edges[1:]) * residual[1])
    late = edges[1:] > 12 * 3600
    assert load.end_erlang[late] == pytest.approx(exact[late], abs=0.02)
    assert np.ptp(load.end_erlang[late]) < 0.96 * 0.08 * 600


def test_rising_load_is_late_by_half_the_second_moment_over_the_mean():
    # Eick, Massey and Whitt 1993a, "The physics of the M_t/G/∞ queue": for λ(t) linear, m(t) = λ(t − E[S²]/2E[S])·E[S].
    step, law = 60.0, lognormal_law(400.0, 0.8)
    minutes = np.arange(600) + 0.5
    load = offered_load(0.01 * minutes * step, step, law)
    lag = (1 + law.scv) / 2 * 400 / 60
    assert load.mean_erlang[400:] == pytest.approx(0.01 * (minutes[400:] - lag) * 400, rel=1e-4)


def test_lognormal_handling_is_what_counting_calls_finds():
    rng, law = np.random.default_rng(3), lognormal_law(600.0, 1.2)
    days, horizon = 3000, STEEP.size
    mean = np.zeros(horizon)
    ends = np.zeros((days, horizon))
    for day in range(days):
        interval = np.repeat(np.arange(horizon), rng.poisson(STEEP))
        start = (interval + rng.random(interval.size)) * QUARTER
        over = start + np.exp(rng.normal(np.log(600) - np.log1p(1.44) / 2, np.sqrt(np.log1p(1.44)), interval.size))
        for t in range(horizon):
            ends[day, t] = ((start <= (t + 1) * QUARTER) & (over > (t + 1) * QUARTER)).sum()
            mean[t] += np.clip(np.minimum(over, (t + 1) * QUARTER) - np.maximum(start, t * QUARTER), 0, None).sum()
    load = offered_load(STEEP, QUARTER, law)
    error = 4 * np.sqrt(np.maximum(load.end_erlang, 0.05) / days)
    assert np.abs(ends.mean(axis=0) - load.end_erlang).max() <= error.max()
    assert mean / days / QUARTER == pytest.approx(load.mean_erlang, abs=error.max())


@pytest.mark.parametrize(
    "law", [exponential_law(500.0), lognormal_law(500.0, 1.0), constant_law(500.0), handling_law_from([0.0, 1000.0])]
)
def test_under_constant_calls_only_the_mean_matters(law):
    load = offered_load(np.full(200, 9.0), QUARTER, law)
    for values in (load.mean_erlang, load.start_erlang, load.end_erlang, load.peak_erlang):
        assert values[-1] == pytest.approx(9 / QUARTER * 500, rel=1e-9)


@given(
    st.lists(st.floats(0, 500), min_size=1, max_size=40),
    st.floats(10, 4000),
    st.floats(0.1, 1.5),
    st.sampled_from([900.0, 3600.0]),
)
@settings(max_examples=25, deadline=None)
def test_every_call_is_handled_once(calls, mean_s, cv, interval_s):
    law = lognormal_law(mean_s, cv)
    load = offered_load(np.append(calls, np.zeros(600)), interval_s, law)
    assert load.mean_erlang.sum() * interval_s == pytest.approx(sum(calls) * mean_s, rel=1e-4)
    assert (load.peak_erlang >= np.maximum(load.start_erlang, load.end_erlang)).all()


def test_streams_and_laws_add_up():
    laws = [lognormal_law(200.0, 0.7), constant_law(1500.0)]
    which = np.arange(STEEP.size) % 2
    mixed = offered_load(STEEP, QUARTER, laws, law_of=which)
    apart = [offered_load(np.where(which == k, STEEP, 0.0), QUARTER, law) for k, law in enumerate(laws)]
    assert mixed.mean_erlang == pytest.approx(apart[0].mean_erlang + apart[1].mean_erlang, rel=1e-9)
    both = offered_load(np.stack([STEEP, 2 * STEEP]), QUARTER, laws[0])
    assert both.end_erlang[1] == pytest.approx(2 * both.end_erlang[0])
    assert both.end_erlang[0] == pytest.approx(offered_load(STEEP, QUARTER, laws[0]).end_erlang)


def test_calls_before_the_period_are_in_hand_when_it_starts():
    law = lognormal_law(2000.0, 1.0)
    whole, later = offered_load(STEEP, QUARTER, law), offered_load(STEEP, QUARTER, law, before=5)
    assert later.mean_erlang == pytest.approx(whole.mean_erlang[5:])
    assert whole.end_erlang[4] > 20
    assert later.start_erlang[0] == pytest.approx(whole.end_erlang[4])


def test_calls_longer_than_the_period_are_all_in_hand():
    load = offered_load(STEEP, QUARTER, constant_law(1e9))
    assert load.end_erlang == pytest.approx(np.cumsum(STEEP))


def test_no_interval_holds_nobody():
    assert offered_load(np.zeros((2, 0)), QUARTER, exponential_law(100.0)).mean_erlang.shape == (2, 0)


@pytest.mark.parametrize(
    ("calls", "interval_s", "told"), [([1.0, -2.0], 900, "-2"), ([np.nan], 900, "nan"), ([1.0], 0, "length")]
)
def test_what_is_no_stream_of_calls_is_refused(calls, interval_s, told):
    with pytest.raises(BadInput, match=told):
        offered_load(calls, interval_s, exponential_law(100.0))
