"""Replications until a KPI is precise: the rule, its coverage, and that it changes nothing but the number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from simulation import Centre, run_replications
from simulation.estimates import estimate, half_width, independent, path_half_width, period_values
from simulation.precision import Precision, replicate_until
from wfm.errors import BadInput
from wfm.execution import LocalProcesses
from wfm.metrics import COUNTS, KPIS

Build = Callable[..., Centre]
Duty = Callable[..., dict[str, Any]]


def small_day(build: Build, duty: Duty, paths: int = 300) -> Centre:
    counts = np.zeros((paths, 1, 24))
    counts[:, :, 9:11] = np.random.default_rng(5).poisson(40, (paths, 1, 2))
    return build(counts, [duty(f"a{k}") for k in range(3)])


@pytest.mark.parametrize("kpi_id", sorted(KPIS))
def test_a_replications_value_is_the_kpi_of_its_days(kpi_id: str) -> None:
    """Against the KPI's own definition, replication by replication; with days on which nothing was counted."""
    rng = np.random.default_rng(3)
    rows = []
    for replication in range(6):
        for line in ("a", "b"):
            for day in pd.date_range("2026-09-14", periods=5):
                counted = rng.integers(1, 200, len(COUNTS)) * (rng.random() > 0.2) * (replication != 4)
                names = dict(zip(COUNTS, counted, strict=True))
                names["queued"] += names["short_abandoned"]
                rows.append({"replication": replication, "line": line, "date": day} | names)
    counts = pd.DataFrame(rows)
    kpi = KPIS[kpi_id]
    expected = [
        kpi.of(part.groupby("date")[list(COUNTS)].sum()) for _, part in counts.groupby("replication", sort=True)
    ]
    np.testing.assert_allclose(period_values(counts, kpi), expected, rtol=1e-12, equal_nan=True)


@pytest.mark.parametrize("asked", [{"relative": 0.14}, {"absolute": 2.5}])
def test_it_is_the_run_of_that_many_replications(small_centre: Build, on_duty: Duty, asked: dict[str, float]) -> None:
    centre = small_day(small_centre, on_duty)
    precision = Precision(kpi="asa_s", replications_max=300, **asked)
    told: list[tuple[int, int]] = []
    found = replicate_until(centre, seed=4, precision=precision, progress=lambda *at: told.append(at))
    assert found.reached
    assert found.stages[0] == precision.replications_min
    assert 20 < found.replications == found.stages[-1] < 300
    fixed = run_replications(centre, seed=4, replications=found.replications)
    pd.testing.assert_frame_equal(found.counts, fixed, check_exact=True)
    if "absolute" in asked:
        other = replicate_until(centre, seed=4, precision=precision, executor=LocalProcesses(2))
        pd.testing.assert_frame_equal(found.counts, other.counts, check_exact=True)
        assert other.stages == found.stages
    values = fixed["wait_answered_s"] / fixed["answered"]
    for played in found.stages:
        part = values[:played]
        half = stats.t.ppf(0.975, played - 1) * part.std() / np.sqrt(played)
        allowed = asked.get("absolute", asked.get("relative", 0) / 1.14 * part.mean())
        assert (half <= allowed) == (played == found.replications), "it stops where the rule holds, and not before"
    assert told[-1] == (found.replications, found.replications)
    assert found.statement(precision).en.endswith(f"after {found.replications} replications.")


def test_the_most_allowed_is_said_when_it_ends_there(small_centre: Build, on_duty: Duty) -> None:
    centre = small_day(small_centre, on_duty)
    precision = Precision(kpi="asa_s", relative=0.01, replications_max=33)
    found = replicate_until(centre, seed=4, precision=precision)
    assert (found.reached, found.replications) == (False, 33)
    half, asked = f"± {found.estimate.half_width:.2g} s", f"± {precision.allowed(found.estimate.mean):.2g} s"
    said = found.statement(precision)
    assert f"only {half} reached after 33 replications, the most allowed; asked for was {asked}." in said.en
    assert "上限 33 次" in said.zh


def test_a_kpi_that_never_varied_is_believed_late(small_centre: Build, on_duty: Duty) -> None:
    """Ring time alone: everybody is answered after 3 s, in 20 replications as in 100."""
    centre = replace(small_centre({9: 1}, [on_duty("a")]), ring_s=3.0)
    found = replicate_until(centre, seed=1, precision=Precision(kpi="asa_s", relative=0.05))
    assert found.stages == (20, 100)
    assert found.reached
    assert found.estimate.mean == pytest.approx(3.0)


def test_a_kpi_that_is_not_defined_is_never_reached(small_centre: Build, on_duty: Duty) -> None:
    centre = small_centre({}, [on_duty("a")])
    precision = Precision(kpi="asa_s", relative=0.05, replications_max=40)
    found = replicate_until(centre, seed=1, precision=precision)
    assert (found.reached, found.replications) == (False, 40)
    assert "not defined" in found.statement(precision).en


@pytest.mark.parametrize(
    ("draw", "mean"), [(lambda rng, n: rng.normal(10, 4, n), 10), (lambda rng, n: rng.gamma(2, 5, n), 10)]
)
def test_intervals_cover_as_stated_after_stopping(draw: Callable[..., np.ndarray], mean: float) -> None:
    """The mean of 400 sequential experiments lies in the interval in about 95 %, and within 10 % of the truth as often."""
    rng = np.random.default_rng(11)
    precision = Precision(kpi="asa_s", relative=0.1)
    covered = close = 0
    for _ in range(400):
        sample = draw(rng, 5000)
        end = precision.replications_min
        while not precision.reached(found := estimate(sample[:end])):
            end = precision.next_end(found, end)
        covered += abs(found.mean - mean) <= found.half_width
        close += abs(found.mean - mean) <= 0.1 * mean
    # 95 % within three standard errors of 400 trials.
    assert covered / 400 >= 0.92
    assert close / 400 >= 0.92


def test_more_replications_than_paths_know_no_more_than_the_paths() -> None:
    """Values that the path alone decides: 10 paths played 100 times each are 10 values."""
    paths = np.random.default_rng(2).normal(0, 1, 10)
    values = np.tile(paths, 100)
    low, high = stats.t.interval(0.95, 9, loc=paths.mean(), scale=stats.sem(paths))
    assert half_width(values, paths=10) == pytest.approx((high - low) / 2)
    assert half_width(values[:10], paths=10) == pytest.approx((high - low) / 2)
    values[3] = np.nan
    assert independent(values, 10)[3] == pytest.approx(paths[3])
    assert half_width(values, paths=1) < 0.2 * half_width(values, paths=10)


def test_paths_that_leave_too_much_open_end_it_and_are_said(small_centre: Build, on_duty: Duty) -> None:
    """Twelve days of very different demand: their mean is known no better however often they are played."""
    counts = np.zeros((12, 1, 24))
    counts[:, 0, 9] = np.linspace(10, 60, 12)
    centre = small_centre(counts, [on_duty(f"a{k}") for k in range(3)])
    precision = Precision(kpi="abandon_share", relative=0.02)
    found = replicate_until(centre, seed=1, precision=precision)
    assert not found.reached
    assert found.replications < 200
    assert "the 12 sample paths of calls leave ±" in found.statement(precision).en
    assert "12 条样本路径" in found.statement(precision).zh


def test_what_paths_leave_open_is_their_own_spread() -> None:
    """Of 5,000 paths drawn with variance 4 and played three times with noise 1: t · 2 ÷ √5000."""
    rng = np.random.default_rng(9)
    values = np.tile(rng.normal(0, 2, 5000), 3) + rng.normal(0, 1, 15_000)
    assert path_half_width(values, 5000) == pytest.approx(1.96 * 2 / np.sqrt(5000), rel=0.03)
    assert path_half_width(values, 1) == 0
    assert path_half_width(values[:9000], 5000) == 0
    assert path_half_width(rng.normal(0, 1, 3000), 1000) < 0.3 * half_width(rng.normal(0, 1, 1000))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"kpi": "speed", "relative": 0.1}, "no KPI 'speed', there are asa_s"),
        ({}, "either a relative or an absolute"),
        ({"relative": 0.1, "absolute": 1.0}, "either a relative or an absolute"),
        ({"relative": 1.0}, "between 0 and 1, found 1"),
        ({"absolute": float("nan")}, "greater than 0, found nan"),
        ({"relative": 0.1, "confidence": 95}, "between 0 and 1, found 95"),
        ({"relative": 0.1, "replications_min": 1}, "found 1 to 10000"),
        ({"relative": 0.1, "replications_max": 0}, "found 20 to 0"),
    ],
)
def test_a_wrong_precision_is_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        Precision(**({"kpi": "asa_s"} | wrong))
