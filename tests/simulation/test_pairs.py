"""Scenarios against a base: paired intervals, the family's error, and what pairing saves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from simulation import Centre, run_replications
from simulation.pairs import compare, compare_counts, holm
from wfm.errors import BadInput
from wfm.metrics import COUNTS, KPIS

Build = Callable[..., Centre]
Duty = Callable[..., dict[str, Any]]


def days(build: Build, duty: Duty, agents: int) -> Centre:
    counts = np.zeros((60, 1, 24))
    counts[:, :, 9:12] = np.random.default_rng(5).poisson(40, (60, 1, 3))
    return build(counts, [duty(f"a{k}") for k in range(agents)])


def test_holm_is_that_of_r() -> None:
    """R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm") gives 0.03 0.06 0.06 0.02."""
    np.testing.assert_allclose(holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02])
    np.testing.assert_allclose(holm([0.7, 0.6]), [1.0, 1.0])
    np.testing.assert_allclose(holm([0.03]), [0.03])


def test_differences_are_those_of_scipys_paired_test(small_centre: Build, on_duty: Duty) -> None:
    centres = {f"{n} agents": days(small_centre, on_duty, n) for n in (3, 4, 5)}
    found = compare(centres, seed=9, replications=30, kpis=["asa_s", "abandon_share"])
    assert [(d.kpi, d.scenario) for d in found] == [
        (kpi, name) for kpi in ("asa_s", "abandon_share") for name in ("4 agents", "5 agents")
    ]
    tables = [run_replications(c, seed=9, replications=30) for c in centres.values()]
    asa = [(t["wait_answered_s"] / t["answered"]).to_numpy() for t in tables]
    tests = [stats.ttest_rel(other, asa[0]) for other in asa[1:]]
    np.testing.assert_allclose([d.p_value for d in found[:2]], holm([t.pvalue for t in tests]), rtol=1e-9)
    for difference, test, other in zip(found[:2], tests, asa[1:], strict=True):
        alone, together = test.confidence_interval(0.95), test.confidence_interval(0.975)
        assert difference.half_width == pytest.approx((alone.high - alone.low) / 2)
        assert (difference.low, difference.high) == pytest.approx((together.low, together.high))
        assert difference.sure
        assert difference.high < 0, "one agent more answers sooner"
        share = np.var(other - asa[0], ddof=1) / (np.var(other, ddof=1) + np.var(asa[0], ddof=1))
        assert difference.variance_share == pytest.approx(share)
        assert share < 0.9


def test_a_small_change_is_told_apart_by_pairs_alone(small_centre: Build, on_duty: Duty) -> None:
    """Two seconds less of ringing on the same calls: pairing leaves a small part of the variance."""
    from dataclasses import replace

    base = days(small_centre, on_duty, 4)
    (found,) = compare(
        {"base": replace(base, ring_s=5.0), "sooner": replace(base, ring_s=3.0)},
        seed=9,
        replications=20,
        kpis=["asa_s"],
    )
    assert found.sure
    assert found.variance_share < 0.2
    assert found.difference < -2


def test_rarely_is_any_difference_called_sure_where_there_is_none(usually: Callable[[int, int], int]) -> None:
    """Six scenarios that equal the base: in at most about 5 % of the comparisons is any called sure."""
    rng, comparisons = np.random.default_rng(1), usually(50, 120)
    most = comparisons * 0.05 + 3 * np.sqrt(comparisons * 0.05 * 0.95)
    wrong = missed = 0
    for _ in range(comparisons):
        base = rng.normal(0, 1, 25)
        tables = {}
        for k in range(7):
            counts = pd.DataFrame(0.0, index=range(25), columns=list(COUNTS))
            counts["answered"], counts["wait_answered_s"] = 1.0, 10 + base + rng.normal(0, 0.5, 25) * (k > 0)
            tables[f"s{k}"] = counts.assign(replication=range(25), line="a", date=pd.Timestamp("2026-09-14"))
        found = compare_counts(tables, [KPIS["asa_s"]])
        wrong += any(d.sure for d in found)
        missed += any(not d.low <= 0 <= d.high for d in found)
    assert wrong <= most
    assert missed <= most
    assert wrong > 0


def test_equal_scenarios_do_not_differ(small_centre: Build, on_duty: Duty) -> None:
    centre = days(small_centre, on_duty, 4)
    (found,) = compare({"one": centre, "same": centre}, seed=1, replications=3, kpis=["asa_s"])
    assert (found.difference, found.low, found.high, found.p_value, found.sure) == (0, 0, 0, 1, False)
    assert found.variance_share == 0


def test_what_cannot_be_compared_is_refused(small_centre: Build, on_duty: Duty) -> None:
    one, other = days(small_centre, on_duty, 3), small_centre({9: 4}, [on_duty("a")])
    for centres, replications, kpi, said in (
        ({"one": one}, 5, "asa_s", "at least two scenarios, found 1"),
        ({"one": one, "two": one}, 1, "asa_s", "at least 2 replications, found 1"),
        ({"one": one, "two": one}, 5, "speed", "no KPI 'speed'"),
        ({"one": one, "other": other}, 5, "asa_s", "other has 1 sample paths and one has 60"),
    ):
        with pytest.raises(BadInput, match=said):
            compare(centres, seed=1, replications=replications, kpis=[kpi])
