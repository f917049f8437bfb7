"""Patience and redials read from a day: recovered from drawn callers, and undisturbed by days of many who gave up."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from wfm.review.caller_habits import EXPECTED_MIN, habits_of_calls, patience_scale
from wfm.staffing.pooled_patience import patience_of


def with_patience(court, **update):
    line = court.lines[0]
    law = line.patience.model_copy(update=update)
    return court.model_copy(update={"lines": (line.model_copy(update={"patience": law}),)})


@pytest.mark.parametrize(
    "update",
    [
        {"stated_mean_s": 180.0},
        {"stated_mean_s": 180.0, "distribution": "weibull", "cv": 0.6},
        {"stated_mean_s": 180.0, "distribution": "lognormal", "cv": 1.3},
    ],
)
def test_a_stretched_law_is_found_again(court, update) -> None:
    hotline = with_patience(court, **update)
    law = patience_of(hotline, np.ones((1, 1)))
    rng = np.random.default_rng(7)
    grid = np.linspace(0, 4000, 400_001)
    survival = np.exp(-grid / 180.0) if isinstance(law, np.ndarray) else law.survival(grid)
    patience_s = 0.7 * np.interp(rng.random(20_000), 1 - survival, grid)
    offered_s = rng.exponential(60.0, 20_000)
    waits_s = np.minimum(patience_s, offered_s)
    found, behind = patience_scale(
        hotline, np.zeros(20_000, dtype=np.intp), waits_s, int((patience_s < offered_s).sum())
    )
    assert found == pytest.approx(0.7, rel=0.03)
    assert behind == (patience_s < offered_s).sum()


def test_exponential_patience_is_the_total_wait_over_who_gave_up(court) -> None:
    waits_s = np.array([10.0, 50.0, 300.0, 400.0, 900.0])
    hotline = with_patience(court, stated_mean_s=100.0)
    scale, _ = patience_scale(hotline, np.zeros(5, dtype=np.intp), waits_s, 4)
    assert scale * 100.0 == pytest.approx(waits_s.sum() / 4)


def test_a_quiet_day_says_nothing_of_patience(court) -> None:
    hotline = with_patience(court, stated_mean_s=100.0)
    short = np.full(10, EXPECTED_MIN / 10 * 100.0 * 0.99)
    assert patience_scale(hotline, np.zeros(10, dtype=np.intp), short, 9) == (1.0, np.inf)


def test_estimates_are_not_chosen_by_who_gave_up(court) -> None:
    """§112 Whether a day tells of patience depends on how long callers waited, not on how many gave up."""
    hotline = with_patience(court, stated_mean_s=200.0)
    rng = np.random.default_rng(11)
    hazards = []
    for _ in range(400):
        patience_s, offered_s = rng.exponential(200.0, 60), rng.exponential(25.0, 60)
        gave_up = int((patience_s < offered_s).sum())
        scale, _ = patience_scale(hotline, np.zeros(60, dtype=np.intp), np.minimum(patience_s, offered_s), gave_up)
        hazards.append(1 / scale)
    # Mean number who give up: 60·25/225 = 6.7. A rule that looked at it would show callers ever less patient.
    assert np.mean(hazards) == pytest.approx(1.0, abs=3 * np.std(hazards) / 20)


def test_redials_are_counted_among_callers_who_failed(court) -> None:
    base = pd.Timestamp("2026-09-15 09:00", tz="Asia/Shanghai")
    rows = []
    for n in range(10):  # ten give up, four of them call again ten minutes later and are answered
        at = base + pd.Timedelta(minutes=20 * n)
        rows.append((at, at + pd.Timedelta(seconds=60), pd.NaT, "abandoned", f"c{n}"))
        if n < 4:
            again = at + pd.Timedelta(minutes=10)
            rows.append(
                (again, again + pd.Timedelta(seconds=200), again + pd.Timedelta(seconds=20), "answered", f"c{n}")
            )
    calls = pd.DataFrame(rows, columns=["arrived_at", "ended_at", "answered_at", "outcome", "caller_key"])
    calls["answered_at"] = calls["answered_at"].astype("datetime64[us, Asia/Shanghai]")
    calls = calls.assign(line=court.line_ids[0], queued_at=calls["arrived_at"], ring_s=3.0)
    habits = habits_of_calls(court, calls)
    assert habits.redial_share.tolist() == [pytest.approx(0.4)]
    unknown = habits_of_calls(court, calls.assign(caller_key=None))
    assert unknown.redial_share.tolist() == [court.lines[0].redial.share]
