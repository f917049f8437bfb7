"""The rest of a day from its morning, against conjugate closed forms, conditioning by brute force, and conservation."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from wfm.calendar import TimeGrid
from wfm.errors import BadInput
from wfm.forecast.forecast_table import Forecast
from wfm.forecast.intraday import reforecast, rest_of_day
from wfm.forecast.intraday_factor import WIDTHS, LineLearning, day_factors_given, mixture_posterior
from wfm.forecast.intraday_learning import IntradayLearning
from wfm.forecast.intraday_seen import seen_today
from wfm.forecast.sample_paths import PathRecipe

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 9, 14)


def forecast_of(
    mean: np.ndarray,
    *,
    variance: float = 0.01,
    dispersion: float = 0.0,
    paths: int = 2,
    lines: tuple[str, ...] = ("a",),
    common: float = 1.0,
    interval_min: int = 60,
    zone: str = "Asia/Shanghai",
    day: date = DAY,
) -> Forecast:
    """A day's forecast with gamma-like day factors of the given variance and correlation."""
    grid = TimeGrid(day, 1, interval_min, zone)
    mean = np.broadcast_to(np.asarray(mean, dtype=float), (len(lines), len(grid))).copy()
    rng = np.random.default_rng(4)
    z = np.sqrt(common) * rng.standard_normal((400, 1)) + np.sqrt(1 - common) * rng.standard_normal((400, len(lines)))
    factors = np.exp(np.sqrt(np.log1p(variance)) * z)[:, :, None]
    within = np.full(mean.shape, dispersion)
    return Forecast(
        grid=grid,
        lines=list(lines),
        origin=grid.starts[0].to_pydatetime(),
        model="given",
        paths=rng.poisson(np.broadcast_to(mean, (max(paths, 400), *mean.shape))).astype(float),
        mean=mean,
        aht_s=np.full(mean.shape, 200.0),
        dispersion=(1 + within) * (1 + variance) - 1,
        recipe=PathRecipe(factors, within, 7),
    )


def calls_of(forecast: Forecast, counts: np.ndarray) -> pd.DataFrame:
    counts = np.broadcast_to(np.asarray(counts, dtype=float), forecast.mean.shape)
    size = len(forecast.grid)
    return pd.DataFrame(
        {
            "line": pd.Series(np.repeat(forecast.lines, size), dtype="string"),
            "interval": forecast.grid.starts[np.tile(np.arange(size), len(forecast.lines))],
            "first_attempts": counts.ravel(),
        }
    )


def at(hour: int, minute: int = 0, day: date = DAY, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)


def whole(forecast: Forecast) -> np.ndarray:
    return np.ones(len(forecast.grid), dtype=bool)


# Closed forms


@settings(max_examples=60, deadline=None)
@given(
    mean=st.floats(1.0, 200.0), variance=st.floats(0.002, 0.3), surplus=st.floats(0.75, 1.3), hour=st.integers(1, 23)
)
def test_without_dispersion_the_update_is_the_conjugate_gamma_law(
    mean: float, variance: float, surplus: float, hour: int
) -> None:
    """§115: with k = 1 ÷ variance, N calls where m were expected make the factor (k + N) ÷ (k + m)."""
    forecast = forecast_of(np.full(24, mean), variance=variance)
    counts = np.full(24, np.rint(mean * surplus))
    expected, came, k = mean * hour, counts[:hour].sum(), 1 / variance
    updated = reforecast(forecast, calls_of(forecast, counts), at(hour), observed=whole(forecast), paths=1)
    assert updated.mean[0, hour:] / mean == pytest.approx((k + came) / (k + expected), rel=1e-9)


def test_the_rest_is_negative_binomial_as_conjugacy_has_it() -> None:
    """§115: the total of the rest is negative binomial with shape k + N; moments and tails of 20,000 paths."""
    forecast = forecast_of(np.full(24, 15.0), variance=0.05)
    counts = np.full(24, 18.0)
    updated = reforecast(forecast, calls_of(forecast, counts), at(9), observed=whole(forecast), paths=20_000)
    rest = updated.paths[:, 0, 9:].sum(axis=1)
    shape, rate, left = 20 + 162.0, 20 + 135.0, 225.0
    law = stats.nbinom(shape, rate / (rate + left))
    assert rest.mean() == pytest.approx(law.mean(), rel=0.003)
    assert rest.var() == pytest.approx(law.var(), rel=0.04)
    for q in (0.025, 0.1, 0.5, 0.9, 0.975):
        assert law.cdf(np.quantile(rest, q)) == pytest.approx(q, abs=0.015)


def test_gamma_posterior_by_numerical_integration() -> None:
    """The same factor from Bayes' rule by quadrature over the prior, nothing of the closed form used."""
    variance, expected, came = 0.04, 120.0, 151
    prior, likelihood = stats.gamma(1 / variance, scale=variance), stats.poisson
    mass = integrate.quad(lambda g: prior.pdf(g) * likelihood.pmf(came, expected * g), 0.2, 3, epsabs=0, epsrel=1e-11)[
        0
    ]
    first = integrate.quad(
        lambda g: g * prior.pdf(g) * likelihood.pmf(came, expected * g), 0.2, 3, epsabs=0, epsrel=1e-11
    )[0]
    forecast = forecast_of(np.full(24, 12.0), variance=variance)
    counts = np.zeros(24)
    counts[:10] = [15, 15, 15, 15, 15, 15, 15, 15, 15, 16]
    updated = reforecast(forecast, calls_of(forecast, counts), at(10), observed=whole(forecast), paths=1)
    assert updated.mean[0, 10:] / 12.0 == pytest.approx(first / mass, rel=1e-8)


def conditioned(precision: np.ndarray, ratio: np.ndarray, prior: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and covariance of a normal vector given noisy sight of some of its elements, by the textbook formula."""
    seen = precision > 0
    noisy = prior[np.ix_(seen, seen)] + np.diag(1 / precision[seen])
    gain = prior[:, seen] @ np.linalg.inv(noisy)
    return gain @ ratio[seen], prior - gain @ prior[seen]


@settings(max_examples=40, deadline=None)
@given(
    variance=st.floats(0.001, 0.05),
    wave=st.floats(0.0, 0.03),
    hours=st.floats(0.5, 9.0),
    share=st.floats(0.0, 0.95),
    seed=st.integers(0, 10_000),
)
def test_wave_and_lines_agree_with_conditioning_of_the_whole_vector(
    variance: float, wave: float, hours: float, share: float, seed: int
) -> None:
    """§115: two lines of 12 blocks with day factor, wave and chance, as one normal vector."""
    rng = np.random.default_rng(seed)
    precision = rng.uniform(20, 400, (2, 12)) * (np.arange(12) < 7) * (rng.random((2, 12)) < 0.8)
    ratio = rng.normal(0, 0.05, (2, 12))
    scale = np.sqrt([variance, 2 * variance])
    learned = [LineLearning(wave, hours), LineLearning(wave / 2, hours)]
    lines = np.outer(scale, scale) * (share + (1 - share) * np.eye(2))
    clock = np.arange(12) * 0.5
    ripple = np.exp(-np.abs(clock[:, None] - clock) / hours)
    prior = np.kron(lines, np.ones((12, 12))) + np.kron(np.diag([wave, wave / 2]), ripple)
    mean, covariance = conditioned(precision.ravel(), ratio.ravel(), prior)
    found = day_factors_given(precision, ratio, scale**2, share, learned, 0.5)
    assert found.mean.ravel() == pytest.approx(1 + mean, abs=1e-9)
    assert found.variance.ravel() == pytest.approx(np.diag(covariance), abs=1e-9)
    common, own = found.common_loading.ravel(), found.own_loading
    waves = np.zeros((24, 24))
    for i in range(2):
        here = slice(12 * i, 12 * i + 12)
        waves[here, here] = found.wave_root[i] @ found.wave_root[i].T + np.outer(own[i], own[i])
    assert np.outer(common, common) + waves == pytest.approx(covariance, abs=1e-9)


def test_scale_mixture_by_numerical_integration() -> None:
    share, error, found, variance = np.array([0.1, 0.2, 0.3, 0.2, 0.1, 0.07, 0.03]), 0.02, 0.31, 0.01

    def prior(c: float) -> float:
        return float(sum(p * stats.norm.pdf(c, 0, np.sqrt(w * variance)) for p, w in zip(share, WIDTHS, strict=True)))

    moments = [
        integrate.quad(
            lambda c, n=n: c**n * prior(c) * stats.norm.pdf(found, c, np.sqrt(error)), -4, 4, points=[0, 0.3], limit=400
        )[0]
        for n in range(3)
    ]
    mean, spread = mixture_posterior(np.array(found), np.array(error), share, variance)
    assert float(mean) == pytest.approx(moments[1] / moments[0], rel=1e-6)
    assert float(spread) == pytest.approx(moments[2] / moments[0] - (moments[1] / moments[0]) ** 2, rel=1e-5)


# Properties


@st.composite
def mornings(draw: st.DrawFn) -> tuple[Forecast, np.ndarray, datetime, IntradayLearning]:
    lines = tuple("abc"[: draw(st.integers(1, 3))])
    seed = draw(st.integers(0, 2**20))
    rng = np.random.default_rng(seed)
    mean = rng.gamma(2.0, draw(st.sampled_from([0.3, 3.0, 30.0])), (len(lines), 48)) * (rng.random(48) < 0.8)
    forecast = forecast_of(
        mean,
        variance=draw(st.floats(0.001, 0.2)),
        dispersion=draw(st.sampled_from([0.0, 0.02])),
        lines=lines,
        common=draw(st.floats(0, 0.9)) if len(lines) > 1 else 1.0,
        interval_min=30,
    )
    share = rng.dirichlet(np.ones(len(WIDTHS)))
    learned = {
        line: LineLearning(
            draw(st.floats(0, 0.03)), draw(st.floats(0.5, 8)), tuple(share), tuple(rng.uniform(0, 1.25, 48)), 1.1
        )
        for line in lines
    }
    now = at(0) + timedelta(minutes=draw(st.integers(0, 1440)))
    return forecast, rng.poisson(mean * rng.gamma(8, 1 / 8)).astype(float), now, IntradayLearning(learned, 40)


@settings(max_examples=40, deadline=None)
@given(morning=mornings(), more=st.integers(1, 60), place=st.integers(0, 47), line=st.integers(0, 2))
def test_more_calls_so_far_never_lower_the_rest(morning: object, more: int, place: int, line: int) -> None:
    """§115: whatever line and half-hour they come in, and whatever was learned; for every line and interval ahead."""
    forecast, counts, now, learned = morning  # type: ignore[misc]
    seen = whole(forecast)
    before = reforecast(forecast, calls_of(forecast, counts), now, learned, observed=seen, paths=1)
    richer = counts.copy()
    richer[line % len(counts), place] += more
    after = reforecast(forecast, calls_of(forecast, richer), now, learned, observed=seen, paths=1)
    ahead = np.asarray(forecast.grid.starts >= pd.Timestamp(now))
    assert (after.mean[:, ahead] >= before.mean[:, ahead] * (1 - 1e-9)).all()


@settings(max_examples=25, deadline=None)
@given(morning=mornings())
def test_so_far_and_rest_make_the_day(morning: object) -> None:
    """§114: on every path and in the mean; what has passed is as recorded, whatever was learned."""
    forecast, counts, now, learned = morning  # type: ignore[misc]
    today = calls_of(forecast, counts)
    seen = seen_today(forecast, today, now)
    updated = reforecast(forecast, today, now, learned, paths=20)
    over = np.asarray(forecast.grid.ends <= pd.Timestamp(now))
    assert (updated.paths[:, :, over] == counts[:, over]).all()
    assert (updated.mean[:, over] == counts[:, over]).all()
    assert (updated.paths >= seen.calls).all()
    assert updated.origin == now
    totals = rest_of_day(updated, seen)
    assert (totals["so_far"] + totals["rest"]).to_numpy() == pytest.approx(totals["day"].to_numpy())
    assert totals["so_far"].iloc[-1] == totals["so_far"].iloc[:-1].sum() == seen.calls.sum()
    assert totals["rest"].iloc[-1] == pytest.approx(totals["rest"].iloc[:-1].sum())
    assert (updated.mean[forecast.mean == 0] == seen.calls[forecast.mean == 0]).all()


def test_a_line_with_few_calls_leans_on_the_centre() -> None:
    """§115: the small line takes from a busy sister's surplus what its own calls cannot tell."""
    mean = np.array([[200.0] * 24, [0.5] * 24])
    forecast = forecast_of(mean, variance=0.02, lines=("big", "small"), common=0.8)
    counts = np.array([[260.0] * 24, [0.0] * 24])
    updated = reforecast(forecast, calls_of(forecast, counts), at(10), observed=whole(forecast), paths=1)
    small = updated.mean[1, 12] / 0.5
    alone = forecast_of(mean[1:], variance=0.02, lines=("small",))
    by_itself = reforecast(alone, calls_of(alone, counts[1:]), at(10), observed=whole(alone), paths=1)
    assert by_itself.mean[0, 12] / 0.5 < 1.0 < 1.1 < small < updated.mean[0, 12] / 200.0
    apart = forecast_of(mean, variance=0.02, lines=("big", "small"), common=0.0)
    unrelated = reforecast(apart, calls_of(apart, counts), at(10), observed=whole(apart), paths=1)
    assert unrelated.mean[1, 12] / 0.5 < 1.03


def test_same_seed_same_paths_and_the_first_do_not_depend_on_how_many() -> None:
    forecast = forecast_of(np.full(24, 20.0), variance=0.03)
    today = calls_of(forecast, np.full(24, 22.0))
    few, many = (reforecast(forecast, today, at(11), paths=n).paths for n in (5, 40))
    assert (few == many[:5]).all()


# Partial mornings


def test_before_the_day_nothing_changes() -> None:
    """§114."""
    forecast = forecast_of(np.full(24, 20.0))
    updated = reforecast(forecast, calls_of(forecast, np.full(24, 90.0)), at(0) - timedelta(hours=3))
    assert (updated.mean == forecast.mean).all()
    assert (updated.paths == forecast.paths).all()


def test_after_the_day_all_is_recorded() -> None:
    """§114."""
    forecast = forecast_of(np.full(24, 20.0))
    counts = np.arange(24.0) + 9
    updated = reforecast(forecast, calls_of(forecast, counts), at(0) + timedelta(days=1))
    assert (updated.paths == counts).all()


def test_the_interval_that_holds_now_counts_for_the_part_that_passed() -> None:
    """§114: at 09:15 a quarter of the hour was seen, three quarters are still to come."""
    forecast = forecast_of(np.full(24, 40.0), variance=1e-4)
    counts = np.full(24, 40.0)
    counts[9] = 10.0
    seen = seen_today(forecast, calls_of(forecast, counts), at(9, 15))
    assert seen.expected.sum() == pytest.approx(9 * 40 + 10)
    updated = reforecast(forecast, calls_of(forecast, counts), at(9, 15), paths=1)
    assert updated.mean[0, 9] == pytest.approx(10 + 30)
    assert updated.mean[0, 10:] == pytest.approx(40.0)


@pytest.mark.parametrize("to", [10, 12])
def test_a_gap_is_not_low_demand(to: int) -> None:
    """§116: no call from 08:00 to 10:00 where 100 were due; also while it still lasts."""
    forecast = forecast_of(np.full(24, 50.0), variance=0.02)
    counts = np.full(24, 50.0)
    counts[8:10] = 0
    today = calls_of(forecast, counts)
    now = at(to)
    updated = reforecast(forecast, today, now, paths=1)
    assert updated.mean[0, to:] == pytest.approx(50.0)
    assert any("100 were due" in note.en for note in updated.notes)
    assert any("100" in note.zh and note.zh != note.en for note in updated.notes)
    told = reforecast(forecast, today, now, observed=whole(forecast), paths=1)
    assert (told.mean[0, to:] < 45).all()


def test_a_quiet_day_is_no_gap_and_one_line_may_have_one() -> None:
    """§116: where the rest of the day is as quiet, silence is believed; a gap of one line leaves the others."""
    forecast = forecast_of(np.full(24, 20.0), variance=0.02)
    counts = np.zeros(24)
    counts[:8:2] = 1.0
    quiet = reforecast(forecast, calls_of(forecast, counts), at(10), paths=1)
    assert not quiet.notes
    assert (quiet.mean[0, 10:] < 16).all()
    two = forecast_of(np.full((2, 24), 30.0), variance=0.02, lines=("a", "b"), common=0.5)
    came = np.full((2, 24), 30.0)
    came[1, 6:9] = 0
    updated = reforecast(two, calls_of(two, came), at(12), paths=1)
    assert updated.mean[:, 12:] == pytest.approx(30.0)
    assert len(updated.notes) == 1
    assert "Line b" in updated.notes[0].en


def test_empty_cells_were_not_recorded() -> None:
    """§116: what a feed cannot know is empty, not zero."""
    forecast = forecast_of(np.full(24, 30.0), variance=0.02)
    counts = np.full(24, 33.0)
    counts[3:6] = np.nan
    seen = seen_today(forecast, calls_of(forecast, counts), at(8))
    assert seen.calls.sum() == 5 * 33
    assert seen.expected.sum() == pytest.approx(5 * 30)


def test_a_closed_day_stays_closed() -> None:
    """§116: calls that come all the same are told, and make no forecast."""
    forecast = forecast_of(np.zeros(24))
    updated = reforecast(forecast, calls_of(forecast, np.ones(24)), at(10), paths=3)
    assert updated.paths[:, :, 10:].sum() == 0
    assert updated.mean.sum() == 10
    assert updated.notes[0].en.startswith("No call is forecast")


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_days_on_which_clocks_change(day: date, hours: int) -> None:
    """§114: true elapsed time; the hour that comes twice is seen in part, the skipped one has no calls."""
    zone = ZoneInfo("Europe/Berlin")
    forecast = forecast_of(np.full(hours, 10.0), variance=0.05, zone="Europe/Berlin", day=day)
    counts = np.full(hours, 12.0)
    updated = reforecast(
        forecast, calls_of(forecast, counts), at(9, day=day, zone=zone), observed=whole(forecast), paths=1
    )
    passed = hours - 15
    assert (updated.mean[0, :passed] == 12).all()
    assert updated.mean[0, passed:] / 10 == pytest.approx((20 + 12 * passed) / (20 + 10 * passed), rel=1e-9)
    # Inside the hour that comes twice, for the second time.
    if hours == 25:
        again = datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=zone)
        assert seen_today(forecast, calls_of(forecast, counts), again).passed.sum() == pytest.approx(3.5)


def test_handling_time_of_today_counts_with_its_calls() -> None:
    """(usual·700 + 350 calls at 260 s) ÷ 1050 where 200 s were forecast."""
    forecast = forecast_of(np.full(24, 50.0))
    today = calls_of(forecast, np.full(24, 50.0)).assign(answered=50.0, handle_s=50 * 260.0)
    updated = reforecast(forecast, today, at(8), paths=1)
    # The hour that ended at 08:00 still has calls that go on.
    assert updated.aht_s[0, 0] == pytest.approx((700 * 200 + 350 * 260) / 1050)


def test_what_cannot_be_updated_is_refused() -> None:
    forecast = forecast_of(np.full(24, 20.0))
    today = calls_of(forecast, np.zeros(24))
    with pytest.raises(BadInput, match="time zone"):
        reforecast(forecast, today, at(10).replace(tzinfo=None))
    with pytest.raises(BadInput, match="found 3 intervals"):
        reforecast(forecast, today, at(10), observed=np.ones(3, dtype=bool))
    two = Forecast(
        TimeGrid(DAY, 2, 60, "Asia/Shanghai"),
        ["a"],
        at(0),
        "m",
        np.zeros((1, 1, 48)),
        np.ones((1, 48)),
        np.ones((1, 48)),
    )
    with pytest.raises(BadInput, match="2 days"):
        reforecast(two, today, at(10))


def test_without_a_recipe_the_paths_tell_how_uncertain_the_day_is() -> None:
    rng = np.random.default_rng(1)
    factor = rng.gamma(25, 1 / 25, (4000, 1, 1))
    grid = TimeGrid(DAY, 1, 60, "Asia/Shanghai")
    paths = rng.poisson(40 * factor * np.ones((1, 1, 24))).astype(float)
    forecast = Forecast(grid, ["a"], at(0), "m", paths, np.full((1, 24), 40.0), np.full((1, 24), 200.0))
    counts = np.full(24, 50.0)
    updated = reforecast(forecast, calls_of(forecast, counts), at(6), observed=whole(forecast), paths=1)
    assert updated.mean[0, 12] / 40 == pytest.approx((25 + 300) / (25 + 240), rel=0.01)
