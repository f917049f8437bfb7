"""The same plain models in Ciw, an independent simulator (Palmer, Knight, Harper and Hawa 2019, "Ciw: an open-source
discrete event simulation library", Journal of Simulation 13:68–82): both samples agree within their errors.

Ciw has its own random numbers, event loop, reneging and priorities; nothing is shared but the model's numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Any

import ciw
import numpy as np
import pytest
from scipy import stats

from simulation import Engine, draws
from simulation.draws import Law
from simulation.engine import engine_available
from simulation.estimates import Interval
from simulation.steady_state import ratio_interval, simulate_queue

FASTEST = Engine.COMPILED if engine_available(Engine.COMPILED) else Engine.SIMPY
RUNS = 12
MORE = 4 if FASTEST is Engine.COMPILED else 1
"""How much more is played here than there."""
WARM_UP_S, SLACK_S = 4_000.0, 2_500.0
"""Ciw tells of a caller when the caller has left: those of the last minutes, who may still be there, are not counted."""


@pytest.fixture(autouse=True)
def _restored_chance() -> Iterator[None]:
    """Ciw seeds the generators of Python and NumPy for everybody."""
    import random

    python, numpy = random.getstate(), np.random.get_state()  # noqa: NPY002
    yield
    random.setstate(python)
    np.random.set_state(numpy)  # noqa: NPY002


def ciw_runs(length_s: float, **network: Any) -> list[list[Any]]:
    """Records of callers who came between warm-up and the end, run by run."""
    runs = []
    for seed in range(RUNS):
        ciw.seed(seed)
        study = ciw.Simulation(ciw.create_network(**network))
        study.simulate_until_max_time(WARM_UP_S + length_s + SLACK_S)
        records = study.get_all_records()
        runs.append([r for r in records if WARM_UP_S <= r.arrival_date < WARM_UP_S + length_s])
    return runs


def ratio(runs: list[list[Any]], above: Any, below: Any = lambda r: True) -> Interval:
    """Σ above ÷ Σ below over records, with its interval."""
    sums = np.array([[sum(map(above, run)), sum(map(below, run))] for run in runs], dtype=float)
    return ratio_interval(sums[:, 0], sums[:, 1])


def agree(ours: Interval, ours_runs: int, theirs: Interval) -> float:
    """How many standard errors lie between the two."""
    errors = [
        (found.high - found.mean) / stats.t.ppf(0.975, runs - 1) for found, runs in ((ours, ours_runs), (theirs, RUNS))
    ]
    return float((ours.mean - theirs.mean) / np.hypot(*errors))


@pytest.mark.parametrize(
    ("rate", "aht", "seats", "law", "patience"),
    [
        (0.15, 60.0, 8, draws.exponential(50.0), ciw.dists.Exponential(1 / 50.0)),
        (0.03, 60.0, 3, None, None),
        (0.15, 60.0, 8, draws.hyperexponential(0.4, 10.0, 90.0), ciw.dists.HyperExponential([0.1, 1 / 90], [0.4, 0.6])),
    ],
    ids=["M/M/8+M", "M/M/3", "M/M/8+H2"],
)
def test_the_same_waits_and_as_many_who_give_up(
    rate: float, aht: float, seats: int, law: Law | None, patience: Any
) -> None:
    calls = 3_000
    network: dict[str, Any] = {
        "arrival_distributions": [ciw.dists.Exponential(rate)],
        "service_distributions": [ciw.dists.Exponential(1 / aht)],
        "number_of_servers": [seats],
    }
    if patience is not None:
        network["reneging_time_distributions"] = [patience]
    runs = ciw_runs(calls / rate, **network)
    found = simulate_queue(
        rate, aht, seats, law, MORE * RUNS * calls, within_s=20.0, long_wait_s=40.0, engine=FASTEST, seed=19
    )
    theirs = {
        "wait_probability": ratio(runs, lambda r: r.waiting_time > 0),
        "mean_wait_s": ratio(runs, lambda r: r.waiting_time),
        "asa_s": ratio(runs, answered_wait, lambda r: r.record_type == "service"),
        "service_level": ratio(runs, lambda r: r.record_type == "service" and r.waiting_time <= 20),
        "long_wait_share": ratio(runs, lambda r: r.waiting_time > 40),
        "abandon_share": ratio(runs, lambda r: r.record_type == "renege"),
    }
    if law is None:
        assert theirs.pop("abandon_share").mean == found.abandon_share.mean == 0
    for name, sample in theirs.items():
        assert abs(agree(getattr(found, name), found.replications, sample)) < 3.5, name
    assert theirs["wait_probability"].high / theirs["wait_probability"].mean < 1.08, "precise enough to mean something"


def answered_wait(record: Any) -> float:
    return float(record.waiting_time) if record.record_type == "service" else 0.0


def test_lines_of_unequal_priority() -> None:
    """Two lines on three agents, the first served first, with patience: each line's wait and share who give up."""
    from dataclasses import replace

    from simulation.calls import ABANDONED, ANSWERED, assert_conservation, assert_little
    from simulation.demand import draw_counts
    from simulation.engine import play
    from simulation.steady_state import queue_centre

    rates, aht, seats, patience_s, calls = np.array([0.02, 0.035]), 60.0, 3, 80.0, 3_000
    length = calls / rates.sum()
    runs = ciw_runs(
        length,
        arrival_distributions={"A": [ciw.dists.Exponential(rates[0])], "B": [ciw.dists.Exponential(rates[1])]},
        service_distributions={name: [ciw.dists.Exponential(1 / aht)] for name in "AB"},
        reneging_time_distributions={name: [ciw.dists.Exponential(1 / patience_s)] for name in "AB"},
        priority_classes={"A": 0, "B": 1},
        number_of_servers=[seats],
    )
    ours = MORE * RUNS
    one = queue_centre(
        float(rates.sum()), draws.exponential(aht), seats, draws.exponential(patience_s), WARM_UP_S + length
    )
    intervals = len(one.interval_date)
    expected = np.repeat(rates[:, None] * one.interval_s, intervals, axis=1)
    centre = replace(
        one,
        line_ids=("A", "B"),
        arrivals=draw_counts(expected, one.interval_date, seed=23, paths=ours),
        serving=np.zeros((2, intervals), dtype=np.int64),
        talk_scale=np.ones((2, intervals)),
        priority=(1, 2),
        **{name: getattr(one, name) * 2 for name in PER_LINE},
    )
    sums = np.zeros((2, 3, ours))
    for r in range(ours):
        played = play(centre, 23, r, engine=FASTEST)
        assert_little(played, centre)
        assert_conservation(played, centre)
        wait_s = np.where(played.outcome == ANSWERED, played.answered_s, played.ended_s) - played.queued_s
        for line in (0, 1):
            mine = (played.arrived_s >= WARM_UP_S) & (played.line == line)
            sums[line, :, r] = mine.sum(), wait_s[mine].sum(), (played.outcome[mine] == ABANDONED).sum()
    for line, name in enumerate("AB"):
        records = [[r for r in run if r.customer_class == name] for run in runs]
        wait, gone = ratio(records, lambda r: r.waiting_time), ratio(records, lambda r: r.record_type == "renege")
        assert abs(agree(ratio_interval(sums[line, 1], sums[line, 0]), ours, wait)) < 3.5
        assert abs(agree(ratio_interval(sums[line, 2], sums[line, 0]), ours, gone)) < 3.5
    assert sums[0, 1].sum() / sums[0, 0].sum() < 0.7 * sums[1, 1].sum() / sums[1, 0].sum() < inf


PER_LINE = (
    "talk", "hold", "wrap", "short_call_share", "short_call_s", "patience", "redial_share", "redial_delay", "attempts_max",
    "head_start_s", "overflow", "announced_handling_s", "offer_over_s", "accept_share", "balk_over_s", "balk_share",
    "three_way_share", "three_way",
)  # fmt: skip
