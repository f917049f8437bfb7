"""Lines that share agents: their callers' patience is a mixture, not a mean."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from wfm.queueing import performance
from wfm.staffing.pooled_patience import patience_of


@pytest.fixture
def three_lines(make_hotline: Any, make_line: Any) -> Callable[..., Any]:
    def made(*patience: dict[str, object]) -> Any:
        names = ["general", "wages", "women"]
        lines = [make_line(name, patience=p) for name, p in zip(names, patience, strict=True)]
        return make_hotline(lines=lines, groups=[{"id": "all", "name": {"en": "a", "zh": "a"}, "lines": names}])

    return made


def test_one_exponential_law_per_cell_is_its_mean(three_lines: Any) -> None:
    hotline = three_lines({"mean_s": 120}, {"mean_s": 60}, {"mean_s": 120})
    weights = np.array([[5.0, 0, 2], [0, 3, 0], [1, 0, 0]])
    found = patience_of(hotline, weights)
    assert isinstance(found, np.ndarray)
    assert found.tolist() == [120, 60, 120]


def test_groups_and_intervals_are_flattened_and_cells_without_calls_mix_all_lines_alike(three_lines: Any) -> None:
    hotline = three_lines({"mean_s": 120}, {"mean_s": 60}, {"mean_s": 120})
    weights = np.zeros((2, 2, 3))
    weights[0, 0] = 1, 3, 0
    weights[1, 1, 1] = 7
    law = patience_of(hotline, weights)
    assert not isinstance(law, np.ndarray)
    assert law.cells == 4
    assert law.mean_s == pytest.approx([75, 100, 100, 60])
    t = np.full(4, 90.0)
    slow, fast = np.exp(-90 / 120), np.exp(-90 / 60)
    assert np.allclose(
        law.survival(t), [0.25 * slow + 0.75 * fast, (2 * slow + fast) / 3, (2 * slow + fast) / 3, fast], rtol=1e-12
    )


def test_one_lognormal_law_is_the_same_for_all_cells(three_lines: Any) -> None:
    shape = {"mean_s": 100, "distribution": "lognormal", "cv": 0.8}
    hotline = three_lines(shape, shape, {"mean_s": 60})
    law = patience_of(hotline, np.array([[1.0, 2, 0], [4, 0, 0]]))
    assert not isinstance(law, np.ndarray)
    assert law.cells is None
    variance = np.log1p(0.64)
    assert law.mean_s == pytest.approx(100)
    assert law.survival(np.array([100 * np.exp(-variance / 2)]))[0] == pytest.approx(0.5)


def test_a_lognormal_without_spread_still_has_a_law(three_lines: Any) -> None:
    hotline = three_lines(*[{"mean_s": 100, "distribution": "lognormal", "cv": 1e-9}] * 3)
    law = patience_of(hotline, np.ones((1, 3)))
    found = performance(0.05, 240, 10, 20, law)
    # All give up at 100 s: φ rises by λ − nμ until then and falls by nμ after it.
    rate, drain = 0.05, 10 / 240
    before, beyond = np.expm1((rate - drain) * 100) / (rate - drain), np.exp((rate - drain) * 100) / drain
    inverse = 1.0
    for n in range(1, 10):
        inverse = 1 + inverse * n / 12
    wait = rate * (before + beyond) / (inverse + rate * (before + beyond))
    assert found.wait_probability == pytest.approx(wait, rel=1e-6)
    assert found.abandon_share == pytest.approx(wait * beyond / (before + beyond), rel=1e-5)


def test_two_lines_in_one_queue_played_out(three_lines: Any) -> None:
    """Who calls which line is told apart in the queue that is played, and mixed in the formula."""
    hotline = three_lines({"mean_s": 400}, {"mean_s": 15}, {"mean_s": 60, "distribution": "lognormal", "cv": 1.0})
    calls = np.array([[3.0, 4.0, 3.0]])
    rate, aht, seats, t, callers = 0.06, 100.0, 5, 25.0, 150_000
    rng = np.random.default_rng(20261123)
    kind = rng.choice(3, callers, p=calls[0] / 10)
    variance = np.log(2.0)
    patience = np.select(
        [kind == 0, kind == 1],
        [rng.exponential(400, callers), rng.exponential(15, callers)],
        rng.lognormal(np.log(60) - variance / 2, np.sqrt(variance), callers),
    )
    arrivals, handling = np.cumsum(rng.exponential(1 / rate, callers)), rng.exponential(aht, callers)
    free, rows = [0.0] * seats, np.zeros((callers, 2))
    for k, now in enumerate(arrivals):
        wait = max(free[0] - now, 0.0)
        answered = wait < patience[k]
        if answered:
            heapq.heapreplace(free, now + wait + handling[k])
        rows[k] = answered and wait <= t, not answered
    batches = rows.reshape(20, -1, 2)[1:].mean(axis=1)
    mean, error = batches.mean(axis=0), batches.std(axis=0, ddof=1) / np.sqrt(19)
    found = performance(rate, aht, seats, t, patience_of(hotline, calls))
    assert abs(float(found.service_level) - mean[0]) < 4.5 * error[0]
    assert abs(float(found.abandon_share) - mean[1]) < 4.5 * error[1]
    # One exponential law of the harmonic mean, the same rate of giving up at first, is another queue.
    harmonic = performance(rate, aht, seats, t, 10 / (3 / 400 + 4 / 15 + 3 / 60))
    assert abs(float(harmonic.service_level) - mean[0]) > 8 * error[0]
    assert abs(float(harmonic.abandon_share) - mean[1]) > 8 * error[1]


def test_weibull_hyperexponential_and_empirical_callers_played_out(three_lines: Any) -> None:
    """M/M/n+G of their mixture against the queue played with draws of NumPy's own."""
    hotline = three_lines(
        {"mean_s": 80, "distribution": "weibull", "shape": 2.0},
        {"mean_s": 100, "distribution": "hyperexponential", "cv": 2.0},
        {
            "distribution": "empirical",
            "quantiles": [{"share": 0.2, "s": 5}, {"share": 0.7, "s": 90}, {"share": 1, "s": None}],
        },
    )
    calls = np.array([[2.0, 3.0, 4.0]])
    rate, aht, seats, t, callers = 0.06, 100.0, 5, 20.0, 150_000
    rng = np.random.default_rng(20261125)
    kind = rng.choice(3, callers, p=calls[0] / 9)
    first = (1 + np.sqrt((2.0**2 - 1) / (2.0**2 + 1))) / 2
    mean = np.where(rng.random(callers) < first, 50 / first, 50 / (1 - first))
    u = rng.random(callers)
    tabled = np.select([u < 0.2, u < 0.7], [u / 0.2 * 5, 5 + (u - 0.2) / 0.5 * 85], np.inf)
    scale = 80 / 0.886226925452758  # Γ(1.5)
    patience = np.select([kind == 0, kind == 1], [scale * rng.weibull(2.0, callers), rng.exponential(mean)], tabled)
    arrivals, handling = np.cumsum(rng.exponential(1 / rate, callers)), rng.exponential(aht, callers)
    free, rows = [0.0] * seats, np.zeros((callers, 2))
    for k, now in enumerate(arrivals):
        wait = max(free[0] - now, 0.0)
        answered = wait < patience[k]
        if answered:
            heapq.heapreplace(free, now + wait + handling[k])
        rows[k] = answered and wait <= t, not answered
    batches = rows.reshape(20, -1, 2)[1:].mean(axis=1)
    mean_found, error = batches.mean(axis=0), batches.std(axis=0, ddof=1) / np.sqrt(19)
    found = performance(rate, aht, seats, t, patience_of(hotline, calls))
    assert abs(float(found.service_level) - mean_found[0]) < 4.5 * error[0]
    assert abs(float(found.abandon_share) - mean_found[1]) < 4.5 * error[1]
    # Exponential laws of the same means make another queue.
    means = [{"mean_s": line.patience.mean_s} for line in hotline.lines]
    other = performance(rate, aht, seats, t, patience_of(three_lines(*means), calls))
    assert abs(float(other.service_level) - mean_found[0]) > 6 * error[0]


def test_lines_that_say_the_same_law_are_one_kind(three_lines: Any) -> None:
    points = [{"share": 0.5, "s": 60}, {"share": 1, "s": 300}]
    hotline = three_lines(*[{"distribution": "empirical", "quantiles": points}] * 3)
    law = patience_of(hotline, np.ones((4, 3)))
    assert not isinstance(law, np.ndarray)
    assert law.cells is None
    assert law.mean_s == pytest.approx(0.5 * 30 + 0.5 * 180)
