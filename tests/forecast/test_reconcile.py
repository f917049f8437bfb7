"""Lines and their centre made to agree, against the general formula of minimum trace reconciliation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wfm.forecast.history import History
from wfm.forecast.reconcile import RATIO_MAX, centre_of, reconciled


@given(st.integers(0, 10_000))
def test_small_differences_are_split_as_the_general_formula_says(seed):
    """S (SᵀW⁻¹S)⁻¹ SᵀW⁻¹ŷ with W = diag(variances), centre first (Wickramasuriya et al. 2019, eq. 10)."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 6))
    lines, variance = rng.uniform(50, 100, n), rng.uniform(1, 30, n)
    centre, centre_variance = lines.sum() * rng.uniform(0.9, 1.1), rng.uniform(1, 100)
    summing = np.vstack([np.ones(n), np.eye(n)])
    weight = np.diag(1 / np.concatenate([[centre_variance], variance]))
    base = np.concatenate([[centre], lines])
    best = np.linalg.solve(summing.T @ weight @ summing, summing.T @ weight @ base)
    found = reconciled(lines[:, None], variance[:, None], np.array([centre]), np.array([centre_variance]))
    assert found[:, 0] == pytest.approx(best)


def test_a_sure_centre_is_met_and_an_unsure_one_ignored():
    lines, variance = np.array([[10.0], [30.0]]), np.array([[1.0], [3.0]])
    assert reconciled(lines, variance, np.array([44.0]), np.zeros(1))[:, 0] == pytest.approx([11, 33])
    assert reconciled(lines, variance, np.array([44.0]), np.array([1e12]))[:, 0] == pytest.approx([10, 30])


def test_no_line_is_moved_beyond_belief_and_closed_days_stay_closed():
    lines, variance = np.array([[10.0, 0.0], [30.0, 0.0]]), np.array([[100.0, 0.0], [100.0, 0.0]])
    found = reconciled(lines, variance, np.array([400.0, 0.0]), np.zeros(2))
    assert found[:, 0] == pytest.approx([10 * RATIO_MAX, 30 * RATIO_MAX])
    assert found[:, 1].tolist() == [0, 0]


def test_the_centre_is_told_only_where_all_lines_are():
    calls = np.array([[[1.0, 2.0]], [[3.0, 4.0]]])
    exposure = np.array([[[1.0, 1.0]], [[1.0, 0.0]]])
    centre = centre_of(History(["a", "b"], [], calls, exposure, np.zeros(0, dtype=int), frozenset(), (), 720))
    assert centre.calls.tolist() == [[[4, 6]]]
    assert centre.exposure.tolist() == [[[1, 0]]]
