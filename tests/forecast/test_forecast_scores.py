"""Scores against sums by hand, loops of their own, and what any score must obey."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from wfm.forecast.scores import SCORED_QUANTILES, Cells, score_cells


def cells_of(actual, quantiles, *, mean=None, origin=0, day=None, dispersion=0.0) -> Cells:
    """Cells of one origin; ``quantiles`` (7, N), or (N,) for all seven alike."""
    actual = np.asarray(actual, dtype=float)
    n = len(actual)
    quantiles = np.asarray(quantiles, dtype=float)
    if quantiles.ndim == 1:
        quantiles = np.tile(quantiles, (len(SCORED_QUANTILES), 1))
    return Cells(
        origin=np.broadcast_to(np.asarray(origin, dtype=np.int64), n).copy(),
        day=np.broadcast_to(np.asarray(0 if day is None else day, dtype=np.int64), n).copy(),
        actual=actual,
        quantiles=quantiles,
        mean=quantiles[3] if mean is None else np.asarray(mean, dtype=float),
        dispersion=np.full(n, dispersion),
    )


def scored(cells: Cells, naive=None):
    found = score_cells(cells, naive)
    assert found is not None
    return found


def test_errors_by_hand():
    """Two days of two intervals; 10, 20 | 30, 40 calls, forecast 12, 17 | 30, 44."""
    found = scored(cells_of([10, 20, 30, 40], [12, 17, 30, 44], mean=[13, 18, 31, 45], day=[0, 0, 1, 1]), naive=3.0)
    assert found.wape_share == pytest.approx((2 + 3 + 0 + 4) / 100)
    assert found.day_wape_share == pytest.approx((abs(30 - 29) + abs(70 - 74)) / 100)
    assert found.bias_share == pytest.approx((3 - 2 + 1 + 5) / 100)
    assert found.mase == pytest.approx((9 / 4) / 3.0)
    assert (found.origins, found.cells) == (1, 4)


def test_day_totals_are_those_of_each_origin():
    """Errors of one day made on two mornings do not cancel; those of two lines on one morning do."""
    two_mornings = cells_of([10, 10], [12, 8], origin=[0, 1], day=[1, 1])
    assert scored(two_mornings).day_wape_share == pytest.approx(4 / 20)
    assert scored(two_mornings).origins == 2
    two_lines = Cells.joined([cells_of([10], [12], day=1), cells_of([10], [8], day=1)])
    assert scored(two_lines).day_wape_share == 0.0
    assert scored(two_lines).wape_share == pytest.approx(4 / 20)


@pytest.mark.parametrize("naive", [None, 0.0])
def test_no_scaled_error_without_a_naive_one(naive):
    assert scored(cells_of([5.0], [4.0]), naive).mase is None


def pinball_loop(cells: Cells) -> float:
    total = 0.0
    for row, q in zip(cells.quantiles.tolist(), SCORED_QUANTILES, strict=True):
        for actual, forecast in zip(cells.actual.tolist(), row, strict=True):
            total += q * (actual - forecast) if actual >= forecast else (1 - q) * (forecast - actual)
    return total / cells.quantiles.size


def test_pinball_is_that_of_a_loop():
    rng = np.random.default_rng(1)
    cells = cells_of(rng.poisson(20, 50), np.sort(rng.normal(20, 5, (7, 50)), axis=0))
    found = scored(cells)
    assert found.pinball == pytest.approx(pinball_loop(cells))
    assert found.pinball_share == pytest.approx(pinball_loop(cells) / cells.actual.mean())


def test_pinball_of_one_cell_by_hand():
    """10 calls, all quantiles 8: the mean of q·2 over q is 2·½, the probabilities being symmetric."""
    assert scored(cells_of([10.0], [8.0])).pinball == pytest.approx(1.0)


def test_pinball_of_a_single_number_is_half_the_absolute_error():
    rng = np.random.default_rng(2)
    actual = rng.poisson(30, 200).astype(float)
    only = cells_of(actual, np.full(200, 29.0))
    # Quantiles at q and 1 − q that agree add up to |error|: 7 probabilities, 3.5 pairs.
    assert scored(only).pinball == pytest.approx(3.5 * np.abs(actual - 29.0).mean() / 7)


@settings(max_examples=25, deadline=None)
@given(
    size=st.floats(1.0, 40.0),
    mean=st.floats(20.0, 300.0),
    shift=st.floats(-0.4, 0.4).filter(lambda s: abs(s) > 0.02),
    seed=st.integers(0, 1000),
)
def test_pinball_is_least_at_the_true_quantiles(size, mean, shift, seed):
    """Over a law given by its own 2000 equally likely quantiles, quantiles moved up or down lose."""
    law = stats.nbinom(size, size / (size + mean))
    counts = law.ppf((np.arange(2000) + 0.5) / 2000)
    true = np.quantile(counts, SCORED_QUANTILES, method="inverted_cdf")[:, None]
    moved = np.maximum(true * (1.0 + shift), 0.0)
    rng = np.random.default_rng(seed)
    some = true + rng.normal(0, 0.2 * mean, true.shape)
    best = scored(cells_of(counts, np.repeat(true, len(counts), axis=1))).pinball
    for other in (moved, some):
        assert best <= scored(cells_of(counts, np.repeat(other, len(counts), axis=1))).pinball + 1e-9


@settings(max_examples=40, deadline=None)
@given(
    actual=st.lists(st.integers(0, 500), min_size=1, max_size=30),
    factor=st.integers(1, 100),
    seed=st.integers(0, 99),
)
def test_shares_do_not_depend_on_the_unit(actual, factor, seed):
    if not sum(actual):
        assert score_cells(cells_of(actual, np.ones(len(actual)))) is None
        return
    rng = np.random.default_rng(seed)
    quantiles = np.sort(rng.integers(0, 500, (7, len(actual))), axis=0).astype(float)
    day = rng.integers(0, 5, len(actual))
    one = scored(cells_of(actual, quantiles, day=day), naive=10.0)
    other = scored(cells_of(np.array(actual) * factor, quantiles * factor, day=day), naive=10.0 * factor)
    for name in ("wape_share", "day_wape_share", "bias_share", "pinball_share", "mase"):
        assert getattr(other, name) == pytest.approx(getattr(one, name), rel=1e-9, abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(days=st.integers(1, 40), per_day=st.integers(1, 8), chance=st.floats(0, 1), seed=st.integers(0, 999))
def test_the_interval_of_a_coverage_holds_it(days, per_day, chance, seed):
    rng = np.random.default_rng(seed)
    inside = rng.random(days * per_day) < chance
    quantiles = np.repeat(np.array([5.0, 6, 7, 8, 9, 10, 11])[:, None], inside.size, axis=1)
    found = scored(cells_of(np.where(inside, 8.0, 50.0), quantiles, day=np.repeat(np.arange(days), per_day)))
    for cover in (found.cover_80, found.cover_95):
        assert cover.share == pytest.approx(inside.mean())
        assert cover.low - 1e-12 <= cover.share <= cover.high + 1e-12
        assert cover.low >= 0.0
        assert cover.high <= 1.0
    if inside.all() or not inside.any():
        assert found.cover_80.low == found.cover_80.high == float(inside[0])


def test_bands_hold_their_edges_and_are_those_of_their_names():
    """80 %: from the 10 % to the 90 % quantile, 95 %: from 2.5 % to 97.5 %."""
    quantiles = np.repeat(np.array([1.0, 3, 5, 7, 9, 11, 13])[:, None], 5, axis=1)
    found = scored(cells_of([0.0, 1.0, 3.0, 11.0, 13.0], quantiles))
    assert found.cover_80.share == pytest.approx(2 / 5)
    assert found.cover_95.share == pytest.approx(4 / 5)


def test_the_interval_of_a_coverage_is_as_wide_as_that_of_independent_days():
    """One cell a day, each inside by chance ½: about ±1.96·√(¼/n) for n days; whole weeks alike: √7 times as wide."""
    rng = np.random.default_rng(3)
    days = 350
    quantiles = np.repeat(np.array([5.0, 6, 7, 8, 9, 10, 11])[:, None], days, axis=1)
    alone = scored(cells_of(np.where(rng.random(days) < 0.5, 8.0, 50.0), quantiles, day=np.arange(days))).cover_80
    assert alone.high - alone.low == pytest.approx(2 * 1.96 * np.sqrt(0.25 / days), rel=0.35)
    weeks = np.repeat(rng.random(days // 7) < 0.5, 7)
    together = scored(cells_of(np.where(weeks, 8.0, 50.0), quantiles, day=np.arange(days))).cover_80
    # Blocks of seven days laid anywhere cut two weeks in parts: between the independent width and the full one.
    assert 1.6 < (together.high - together.low) / (2 * 1.96 * np.sqrt(0.25 / days)) < 1.1 * np.sqrt(7)


def test_the_floor_is_reached_by_who_knows_the_rate():
    """Counts of known Poisson and negative binomial laws forecast by their medians: error over floor is 1 but for chance."""
    rng = np.random.default_rng(4)
    rate = rng.uniform(1, 60, 20_000)
    for alpha in (0.0, 0.1):
        law = stats.poisson(rate) if alpha == 0 else stats.nbinom(1 / alpha, 1 / (1 + alpha * rate))
        quantiles = np.stack([law.ppf(q) for q in SCORED_QUANTILES])
        found = scored(cells_of(law.rvs(random_state=rng), quantiles, mean=rate, dispersion=alpha))
        assert found.wape_over_floor == pytest.approx(1.0, abs=0.03)
        assert (found.wape_over_poisson_floor > 1.3) == (alpha > 0)
        assert found.bias_share == pytest.approx(0.0, abs=0.02)


def test_within_keeps_the_days_before_the_horizon():
    """A horizon of one day is the morning's own day."""
    cells = cells_of([1, 2, 3, 4], [1, 2, 3, 4], origin=[10, 10, 10, 11], day=[10, 11, 17, 17])
    assert cells.within(1).actual.tolist() == [1]
    assert cells.within(7).actual.tolist() == [1, 2, 4]
    assert cells.within(8).quantiles.shape == (7, 4)


def test_a_forecast_of_no_call_has_no_floor():
    score = scored(cells_of([5.0], np.zeros((7, 1)), mean=np.zeros(1)))
    assert score.wape_over_floor is None
    assert score.wape_over_poisson_floor is None


@pytest.mark.parametrize("rate", [0.3, 0.6, 1.0, 2.0])
def test_who_knows_the_rate_reaches_the_floor_of_few_calls(rate):
    actual = np.random.default_rng(1).poisson(rate, 40_000).astype(float)
    law = np.array([stats.poisson(rate).ppf(q) for q in SCORED_QUANTILES])
    cells = cells_of(actual, np.broadcast_to(law[:, None], (7, len(actual))), mean=np.full(len(actual), rate))
    assert scored(cells).wape_over_poisson_floor == pytest.approx(1.0, abs=0.02)


def test_no_score_without_calls():
    assert score_cells(cells_of([0, 0], [1, 2])) is None
    empty = cells_of([1.0], [1.0]).within(0)
    assert score_cells(empty) is None
