"""The best of many scenarios: its probability, and where replications go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from scipy import stats

from simulation import Centre
from simulation.experiment import Replications
from simulation.selection import Sample, choose_best, next_replications, probability_best, spend
from wfm.errors import BadInput

Build = Callable[..., Centre]
Duty = Callable[..., dict[str, Any]]

MEANS = (0.0, 0.5, *(3.0,) * 8)
"""Two that are near and eight that are not."""


def normal_sample(seed: int, means: Sequence[float] = MEANS) -> Sample:
    """Scenarios whose replications share a large part, and differ by a small one of their own."""
    rng = np.random.default_rng(seed)
    values = np.array(means)[:, None] + rng.normal(0, 5, 3000) + rng.normal(0, 2, (len(means), 3000))
    return lambda wanted: [values[w.centre, w.first : w.first + w.size] for w in wanted]


def equally(sample: Sample, scenarios: int, p_good: float) -> tuple[int, int]:
    """Replications of all, and who is best, when every scenario gets as many until it is known."""
    played = 20
    while True:
        values = sample([Replications(k, 0, played) for k in range(scenarios)])
        probability, good = probability_best(values)
        if good >= p_good or played >= 3000:
            return played * scenarios, int(np.argmax(probability))
        played = min(played + max(played // 5, 1), 3000)


def test_two_scenarios_are_students_test() -> None:
    first, second = (normal_sample(3, (0.0, 0.4))([Replications(k, 0, 40)])[0] for k in range(2))
    probability, good = probability_best([first, second])
    one_sided = stats.ttest_rel(second, first, alternative="less").pvalue
    leads = int(second.mean() < first.mean())
    assert probability[1] == pytest.approx(1 - one_sided, abs=0.01)
    assert good == pytest.approx(1 - one_sided if leads else one_sided, abs=1e-12)
    assert probability.sum() == pytest.approx(1)


def test_equal_scenarios_share_the_probability() -> None:
    sample = normal_sample(1)([Replications(0, 0, 50)])[0]
    probability, good = probability_best([sample, sample, sample + 5])
    np.testing.assert_allclose(probability, [0.5, 0.5, 0])
    assert good == 1
    assert probability_best([sample, sample + 1e-3], indifference=0.0)[1] == 1


def test_differences_within_the_indifference_do_not_matter() -> None:
    values = normal_sample(5, (0.0, 0.2))([Replications(k, 0, 60) for k in range(2)])
    assert probability_best(values)[1] < 0.9 < probability_best(values, indifference=1.0)[1]


def test_replications_go_in_the_ratio_of_squared_noise_to_difference() -> None:
    """Chen et al. 2000, theorem 1, for pairs: n ∝ (σ/δ)²; the one that leads has as many as any."""
    rng = np.random.default_rng(0)
    shape = rng.standard_normal((3, 200))
    shape -= shape.mean(axis=1, keepdims=True)
    shape /= shape.std(axis=1, ddof=1, keepdims=True)
    leader = np.zeros(200)
    # Noise 2, 2, 4 at differences 1, 2, 4: (σ/δ)² is 4, 1, 1.
    values = [leader, 1 + 2 * shape[0], 2 + 2 * shape[1], 4 + 4 * shape[2]]
    ends = next_replications(values, 20_000)
    assert ends[0] == ends[1] == max(ends)
    assert ends[1] / ends[2] == pytest.approx(4, rel=0.01)
    assert ends[3] / ends[2] == pytest.approx(1, rel=0.01)
    assert sum(ends) == pytest.approx(20_800, abs=4)


def test_it_finds_the_best_with_fewer_replications_than_equal_spending() -> None:
    """Twelve known cases: the right one nearly always, for less than two thirds of the replications."""
    spent = equal = right = 0
    for seed in range(12):
        values, probability, good = spend(normal_sample(seed), len(MEANS), p_good=0.95)
        assert good >= 0.95
        spent += sum(len(v) for v in values)
        right += int(np.argmax(probability)) == 0
        equal += equally(normal_sample(seed), len(MEANS), 0.95)[0]
    assert right >= 10
    assert spent < equal * 2 / 3


def test_the_budget_is_kept_and_said() -> None:
    told: list[tuple[int, int]] = []
    values, _, good = spend(
        normal_sample(2, (0.0, 0.0, 0.0)),
        3,
        p_good=0.99,
        replications_max=300,
        progress=lambda *at: told.append(at),
    )
    assert good < 0.99
    assert 300 <= sum(len(v) for v in values) <= 300 + 3
    assert told[-1] == (300, 300)


def test_more_agents_are_best_and_hopeless_ones_are_not_played_on(small_centre: Build, on_duty: Duty) -> None:
    counts = np.zeros((100, 1, 24))
    counts[:, :, 9:11] = np.random.default_rng(5).poisson(40, (100, 1, 2))
    centres = {f"{n} agents": small_centre(counts, [on_duty(f"a{k}") for k in range(n)]) for n in (2, 3, 4, 6, 7)}
    found = choose_best(centres, seed=1, kpi="asa_s", replications_max=400)
    assert found.best == "7 agents"
    assert found.reached
    assert found.p_good >= 0.95
    assert sum(found.probability.values()) == pytest.approx(1)
    assert found.replications["2 agents"] == 20
    assert found.replications_total == sum(found.replications.values())
    assert choose_best(centres, seed=1, kpi="abandon_share").best == "7 agents", "less is better"
    assert choose_best(centres, seed=1, kpi="service_level_20_offered").best == "7 agents", "more is better"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"p_good": 1.0}, "between 0 and 1, found 1"),
        ({"indifference": -1.0}, "at least 0, found -1"),
        ({"replications_min": 1}, "1 replications of each of 2"),
        ({"replications_max": 30}, "20 replications of each of 2 .* 30 in all"),
        ({"kpi": "speed"}, "no KPI 'speed'"),
    ],
)
def test_what_cannot_be_chosen_is_refused(small_centre: Build, on_duty: Duty, wrong: dict[str, Any], said: str) -> None:
    centre = small_centre({9: 5}, [on_duty("a")])
    with pytest.raises(BadInput, match=said):
        choose_best({"a": centre, "b": centre}, **({"seed": 1, "kpi": "asa_s"} | wrong))
    with pytest.raises(BadInput, match="at least two scenarios, found 1"):
        choose_best({"a": centre}, seed=1, kpi="asa_s")
