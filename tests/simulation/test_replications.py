"""Replications: reproducible, independent of the workers, on common random numbers."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from simulation import Centre, paired_difference, run_replications, simulate, tally
from simulation.arrivals import arrivals_of
from simulation.calls import ABANDONED
from wfm.errors import BadInput

Build = Callable[..., Centre]
Duty = Callable[..., dict[str, Any]]


def busy_day(build: Build, duty: Duty, agents: int, **fields: Any) -> Centre:
    counts = np.random.default_rng(5).poisson(40, (7, 1, 24))
    duties = [duty(f"a{k:02d}", breaks="12:00-12:30") for k in range(agents)]
    fields = {"redial_share": (0.3,), "call_back_missed": True, "absence_share": 0.05} | fields
    return build(counts, duties, **fields)


def test_same_seed_same_calls(small_centre: Build, on_duty: Duty) -> None:
    """§6"""
    centre = busy_day(small_centre, on_duty, 3)
    again = pickle.loads(pickle.dumps(centre))
    pd.testing.assert_frame_equal(simulate(centre, 11, 4).frame(), simulate(again, 11, 4).frame(), check_exact=True)
    assert not simulate(centre, 11, 4).frame().equals(simulate(centre, 12, 4).frame())


def test_same_result_whatever_the_workers(small_centre: Build, on_duty: Duty, monkeypatch: pytest.MonkeyPatch) -> None:
    """§6"""
    monkeypatch.setattr("simulation.experiment.SMALL_RUN_CALLS", 0)
    centre = busy_day(small_centre, on_duty, 3)
    told: list[tuple[int, int]] = []
    alone = run_replications(centre, seed=3, replications=9, workers=1, progress=lambda *at: told.append(at))
    shared = run_replications(centre, seed=3, replications=9, workers=2)
    pd.testing.assert_frame_equal(alone, shared, check_exact=True)
    assert told[0] == (0, 9)
    assert told[-1] == (9, 9)
    assert alone["replication"].tolist() == list(range(9))
    single = tally(simulate(centre, 3, 5), centre)
    pd.testing.assert_frame_equal(
        alone[alone["replication"] == 5].drop(columns="replication").reset_index(drop=True), single
    )


def test_a_call_keeps_its_draws_when_others_come_before_it(small_centre: Build, on_duty: Duty) -> None:
    """§7"""
    agents = [on_duty(f"a{k:03d}") for k in range(300)]
    few, more = small_centre({9: 50}, agents), small_centre({8: 70, 9: 80}, agents)
    times, more_times = (arrivals_of(c, 1, 0).time_s for c in (few, more))
    assert set(times.tolist()) <= set(more_times.tolist())
    shorter, longer = simulate(few, 1, 0), simulate(more, 1, 0)
    lengths = dict(zip(longer.arrived_s.tolist(), longer.handle_s.tolist(), strict=True))
    assert [lengths[t] for t in shorter.arrived_s.tolist()] == shorter.handle_s.tolist()


def test_one_more_agent_does_not_make_more_callers_give_up(small_centre: Build, on_duty: Duty) -> None:
    """§7 Common random numbers: the pairs agree so closely that 30 days tell one agent apart."""
    fields = {"redial_share": (0.0,), "call_back_missed": False, "absence_share": 0.0}
    fewer, more = (busy_day(small_centre, on_duty, n, **fields) for n in (3, 4))
    lost = np.array(
        [[(simulate(c, 2, r).outcome == ABANDONED).sum() for r in range(30)] for c in (fewer, more)], dtype=float
    )
    gap = paired_difference(lost[1], lost[0])
    assert gap.high < 0
    unpaired = np.sqrt(lost.var(axis=1, ddof=1).sum() / 30) * 2.045
    assert (gap.high - gap.low) / 2 < unpaired, "pairing sharpens the comparison"


@pytest.mark.parametrize(("replications", "seed", "said"), [(0, 1, "at least 1, found 0"), (3, -1, "found -1")])
def test_bad_numbers_are_refused(small_centre: Build, on_duty: Duty, replications: int, seed: int, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        run_replications(busy_day(small_centre, on_duty, 2), seed=seed, replications=replications)


@pytest.mark.parametrize("wrong", [-1.0, np.nan, np.inf])
def test_negative_or_undefined_calls_are_refused(small_centre: Build, on_duty: Duty, wrong: float) -> None:
    with pytest.raises(BadInput, match="at least 0"):
        small_centre({9: wrong}, [on_duty("a")])
