"""The law of handling times against quadrature, SciPy's distributions and the simulation's own draws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from simulation.draws import NO_TABLES, lognormal, sample
from wfm.errors import BadInput
from wfm.hotline import HandlingTime
from wfm.queueing.handling_law import (
    constant_law,
    exponential_law,
    handling_law_from,
    handling_law_of,
    lognormal_law,
)

TIMES = np.array([0.5, 7.0, 40.0, 150.0, 300.0, 900.0, 4000.0])


def scipy_lognormal(mean, cv, shift=0.0):
    variance = np.log1p(cv**2)
    return stats.lognorm(s=np.sqrt(variance), scale=mean * np.exp(-variance / 2), loc=shift)


LAWS = [
    (exponential_law(300.0), stats.expon(scale=300.0)),
    (lognormal_law(300.0, 0.9), scipy_lognormal(300.0, 0.9)),
    (lognormal_law(80.0, 2.0, shift_s=30.0), scipy_lognormal(80.0, 2.0, 30.0)),
]


@pytest.mark.parametrize(("law", "known"), LAWS)
def test_survival_and_moments_are_those_of_scipy(law, known):
    assert law.survival(TIMES) == pytest.approx(known.sf(TIMES), rel=1e-12)
    assert law.mean_s == pytest.approx(known.mean(), rel=1e-12)
    assert law.scv == pytest.approx(known.var() / known.mean() ** 2, rel=1e-12)


@pytest.mark.parametrize(("law", "known"), LAWS)
def test_both_integrals_are_those_of_quadrature(law, known):
    for u in TIMES:
        bends = np.clip([1.0, 30.0, 60.0, 100.0], 0, u)
        once = integrate.quad(known.sf, 0, u, epsabs=1e-11, limit=400, points=bends)[0]
        twice = integrate.quad(lambda v: (u - v) * known.sf(v), 0, u, epsabs=1e-10, limit=400, points=bends)[0]  # noqa: B023
        assert law.integrated_survival(u) == pytest.approx(once, rel=1e-9)
        assert law.twice_integrated(u) == pytest.approx(twice, rel=1e-9)


def test_a_constant_is_held_until_it_ends():
    law = constant_law(300.0)
    assert law.survival([299.9, 300.0]).tolist() == [1.0, 0.0]
    assert law.integrated_survival([100.0, 300.0, 1000.0]).tolist() == [100.0, 300.0, 300.0]
    assert law.twice_integrated([100.0, 300.0, 1000.0]).tolist() == [5000.0, 45000.0, 300 * 1000 - 45000.0]
    assert law.scv == 0


def test_recorded_times_count_as_often_as_they_came():
    rng = np.random.default_rng(5)
    times = rng.gamma(0.7, 200, 400).round()
    weights = rng.integers(0, 5, 400)
    law = handling_law_from(times, weights)
    spread = np.repeat(times, weights)
    for u in TIMES:
        shortened = np.minimum(spread, u)
        assert law.integrated_survival(u) == pytest.approx(shortened.mean(), rel=1e-12)
        assert law.twice_integrated(u) == pytest.approx((shortened * u - shortened**2 / 2).mean(), rel=1e-12)
        assert law.survival(u) == pytest.approx((spread > u).mean(), abs=1e-12)
    assert law.mean_s == pytest.approx(spread.mean(), rel=1e-12)
    assert law.scv == pytest.approx(spread.var() / spread.mean() ** 2, rel=1e-12)


LINE = HandlingTime(talk_s=420, talk_cv=0.9, hold_s=40, wrap_s=120, wrap_cv=0.7, short_call_share=0.06, short_call_s=15)


def test_a_lines_mean_and_variance_are_the_sums_of_its_parts():
    law = handling_law_of(LINE)
    ordinary = 420 + 40 + 120
    variance = (420 * 0.9) ** 2 + (40 * 0.9) ** 2 + (120 * 0.7) ** 2
    mean = 0.94 * ordinary + 0.06 * 15
    second = 0.94 * (ordinary**2 + variance) + 0.06 * 15**2
    assert law.mean_s == pytest.approx(mean, rel=1e-12)
    assert law.scv == pytest.approx(second / mean**2 - 1, rel=1e-9)


def test_a_line_that_handles_longer_keeps_the_shape_of_its_law():
    law, longer = handling_law_of(LINE), handling_law_of(LINE.model_copy(update={"scale": 1.5}))
    assert longer.mean_s == pytest.approx(1.5 * law.mean_s, rel=1e-12)
    for u in (20.0, 300.0, 1500.0):
        assert longer.survival(1.5 * u) == pytest.approx(law.survival(u), abs=1e-9)


def test_a_line_without_hold_is_the_convolution_of_talk_and_wrap_up():
    law = handling_law_of(HandlingTime(talk_s=300, talk_cv=0.8, wrap_s=90, wrap_cv=0.6))
    talk, wrap = scipy_lognormal(300, 0.8), scipy_lognormal(90, 0.6)
    for u in (60.0, 150.0, 390.0, 1200.0):
        longer = integrate.quad(lambda w: wrap.pdf(w) * talk.sf(u - w), 0, 20_000, points=[u, 90], limit=500)[0]  # noqa: B023
        assert law.survival(u) == pytest.approx(longer, abs=2e-5)


def test_a_lines_law_is_what_the_simulation_draws():
    rng = np.random.default_rng(11)
    laws = [lognormal(LINE.talk_s, 0.9), lognormal(LINE.hold_s, 0.9), lognormal(LINE.wrap_s, 0.7)]
    drawn = np.array(
        [sum(sample(*law, u, NO_TABLES) for law, u in zip(laws, us, strict=True)) for us in rng.random((20_000, 3))]
    )
    drawn[rng.random(drawn.size) < LINE.short_call_share] = LINE.short_call_s
    law = handling_law_of(LINE)
    for u in TIMES[1:]:
        shortened = np.minimum(drawn, u)
        error = shortened.std() / np.sqrt(drawn.size)
        assert float(law.integrated_survival(u)) == pytest.approx(shortened.mean(), abs=4 * error + 1e-9)


def test_another_mean_scales_talk_alone():
    law = handling_law_of(LINE, 700.0)
    assert law.mean_s == pytest.approx(700.0, rel=1e-12)
    talk = (700 - 0.06 * 15) / 0.94 - 160
    stretched = LINE.model_copy(update={"talk_s": talk})
    assert law.integrated_survival(TIMES) == pytest.approx(handling_law_of(stretched).integrated_survival(TIMES))


def test_a_mean_below_hold_and_wrap_up_scales_everything():
    law = handling_law_of(LINE, 60.0)
    assert law.mean_s == pytest.approx(60.0, rel=1e-12)
    assert (law.survival(TIMES) >= 0).all()


def test_a_line_of_short_calls_alone_is_a_constant():
    law = handling_law_of(HandlingTime(talk_s=300, short_call_share=1, short_call_s=20))
    assert law.integrated_survival([10.0, 50.0]).tolist() == [10.0, 20.0]


def any_law():
    mean, cv = st.floats(1, 5000), st.floats(0.05, 5)
    return st.one_of(
        mean.map(constant_law),
        mean.map(exponential_law),
        st.builds(lognormal_law, mean, cv, shift_s=st.floats(0, 500)),
        st.lists(st.floats(0.1, 5000), min_size=1, max_size=20).map(handling_law_from),
        st.builds(
            lambda talk, cv, hold, wrap, short: handling_law_of(
                HandlingTime(talk_s=talk, talk_cv=cv, hold_s=hold, wrap_s=wrap, wrap_cv=cv, short_call_share=short)
            ),
            mean, cv, st.floats(0, 500), st.floats(0, 500), st.floats(0, 1),
        ),
    )  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(any_law(), st.floats(0.01, 20_000), st.floats(0.1, 10))
def test_what_is_left_falls_and_the_integrals_rise(law, u, factor):
    around = np.array([u, u * 1.01, u * 1.02])
    mean = law.mean_s
    once, twice = law.integrated_survival(around), law.twice_integrated(around)
    assert (np.diff(law.survival(around)) <= 1e-12).all()
    assert (np.diff(once) >= -1e-9 * mean).all()
    assert (once <= np.minimum(around, mean) * (1 + 1e-9)).all()
    assert once[1] * 2 >= once[0] + once[2] - 1e-9 * mean
    assert (np.diff(twice) >= np.diff(around) * once[:-1] - 1e-7 * twice[-1]).all()
    assert float(law.integrated_survival(1e12)) == pytest.approx(mean, rel=1e-3)
    scaled = law.scaled(factor)
    assert float(scaled.integrated_survival(u * factor)) == pytest.approx(factor * once[0], rel=1e-9)
    assert float(scaled.twice_integrated(u * factor)) == pytest.approx(factor**2 * twice[0], rel=1e-9)


@settings(max_examples=40, deadline=None)
@given(any_law())
def test_nothing_has_passed_at_the_start(law):
    assert law.integrated_survival([-5.0, 0.0]).tolist() == [0.0, 0.0]
    assert law.twice_integrated([-5.0, 0.0]).tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: handling_law_from([]), "at least one"),
        (lambda: handling_law_from([0.0, 0.0]), "at least one"),
        (lambda: handling_law_from([10.0, -1.0]), "found -1"),
        (lambda: handling_law_from([10.0, np.nan]), "found nan"),
        (lambda: handling_law_from([10.0], [-2.0]), "found -2"),
        (lambda: handling_law_from([10.0, 20.0], [1.0]), "2 times and 1 weights"),
        (lambda: handling_law_of(LINE, 0.0), "found 0"),
        (lambda: handling_law_of(LINE, np.inf), "found inf"),
    ],
)
def test_what_is_no_handling_time_is_refused(call, told):
    with pytest.raises(BadInput, match=told):
        call()
