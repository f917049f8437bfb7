"""How surely a day keeps the standard: shares of replications, counted by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from scenarios.daily_compliance import ALL_TARGETS, daily_compliance, deciding_targets
from scenarios.scenario import load_scenario
from wfm.hotline import targets_of
from wfm.metrics import COUNTS


def counts(rows: list[tuple[int, str, str, dict[str, float]]]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"replication": r, "line": line, "date": pd.Timestamp(day), **dict.fromkeys(COUNTS, 0.0), **found}
            for r, line, day, found in rows
        ]
    )


@pytest.fixture
def answer_time():  # type: ignore[no-untyped-def]
    targets = targets_of(load_scenario("nanxun-12368").hotline)
    return next(t for t in targets if t.kpi == "asa_s" and t.limit is not None)


def test_shares_of_replications_by_day(answer_time) -> None:  # type: ignore[no-untyped-def]
    """§52"""
    day, next_day = "2026-09-14", "2026-09-15"
    table = daily_compliance(
        counts(
            [
                # Two lines of one day count together: 10 answered, 100 s of waiting: 10 s.
                (0, "a", day, {"answered": 9, "wait_answered_s": 0.0}),
                (0, "b", day, {"answered": 1, "wait_answered_s": 100.0}),
                (1, "a", day, {"answered": 5, "wait_answered_s": 150.0}),
                (2, "a", day, {"answered": 5, "wait_answered_s": 50.0}),
                (3, "a", day, {"answered": 5, "wait_answered_s": 50.0}),
                *((r, "a", next_day, {}) for r in range(4)),
            ]
        ),
        [answer_time],
    )
    assert table[answer_time.id].tolist() == [0.75, 1.0]
    assert table[ALL_TARGETS].tolist() == [0.75, 1.0]


def test_all_together_is_never_surer_than_one_alone() -> None:
    hotline = load_scenario("nanxun-12368").hotline
    targets = deciding_targets(targets_of(hotline))
    assert len(targets) > 1
    rows = [
        (r, "a", "2026-09-14", {"offered": 100, "queued": 100, "answered": 80 + r, "wait_answered_s": 90.0 * (20 - r)})
        for r in range(20)
    ]
    table = daily_compliance(counts(rows), targets)
    assert table[ALL_TARGETS].iloc[0] <= min(table[t.id].iloc[0] for t in targets)
    assert 0 < table[ALL_TARGETS].iloc[0] < 1


def test_targets_without_a_limit_or_left_out_decide_nothing() -> None:
    targets = targets_of(load_scenario("nanxun-12368").hotline)
    every = deciding_targets(targets)
    assert all(t.measure == "calls" and t.limit is not None for t in every)
    assert every[0].id not in {t.id for t in deciding_targets(targets, [every[0].id])}
