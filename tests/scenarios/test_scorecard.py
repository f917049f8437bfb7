"""The scorecard against values worked out by hand."""

import math

import pandas as pd
import pytest

from scenarios.scorecard import build_scorecard, period_kpis, status_of
from wfm.i18n import Text
from wfm.metrics import COUNTS, KPIS
from wfm.standards import Target


def _counts(rows):
    """rows: (replication, line, date, {count: value})."""
    return pd.DataFrame(
        [
            {"replication": r, "line": line, "date": pd.Timestamp(day), **dict.fromkeys(COUNTS, 0.0), **found}
            for r, line, day, found in rows
        ]
    )


def _target(kpi, operator, limit, unit="share", measure="calls"):
    return Target(
        id="t",
        name=Text("t", "t"),
        kpi=kpi,
        operator=operator,
        limit=limit,
        unit=unit,
        clause="c",
        quote=Text("q", "q"),
        source="published",
        measure=measure,
    )


def test_mean_of_daily_ratios_is_not_the_ratio_of_totals():
    """§48"""
    # Day 1: 9 of 10 connected, day 2: 500 of 1000: daily mean (0.9 + 0.5) / 2, totals 509 / 1010.
    counts = _counts(
        [
            (0, "a", "2026-09-14", {"offered": 10, "answered": 9, "queued": 10}),
            (0, "a", "2026-09-15", {"offered": 1000, "answered": 500, "queued": 1000}),
        ]
    )
    kpis = period_kpis(counts)
    assert kpis["connection_rate_without_call_backs"].iloc[0] == pytest.approx(0.7)
    assert kpis["connection_rate_incoming"].iloc[0] == pytest.approx(509 / 1010)
    assert kpis["connection_rate_worst_day"].iloc[0] == pytest.approx(0.5)


def test_lines_are_summed_before_the_ratio():
    """§48"""
    counts = _counts(
        [
            (0, "a", "2026-09-14", {"offered": 90, "answered": 90}),
            (0, "b", "2026-09-14", {"offered": 10, "answered": 0}),
        ]
    )
    assert period_kpis(counts)["connection_rate_without_call_backs"].iloc[0] == pytest.approx(0.9)


def test_days_without_calls_are_left_out():
    """§48"""
    counts = _counts(
        [
            (0, "a", "2026-09-14", {"offered": 10, "answered": 8}),
            (0, "a", "2026-09-15", {}),
        ]
    )
    assert period_kpis(counts)["connection_rate_without_call_backs"].iloc[0] == pytest.approx(0.8)


def test_probability_of_being_met_is_the_share_of_replications():
    """§49"""
    rows = [
        (r, "a", "2026-09-14", {"answered": 10, "wait_answered_s": 10 * w}) for r, w in enumerate((5, 10, 14.9, 15, 20))
    ]
    counts = _counts(rows)
    (row,) = build_scorecard(None, (_target("asa_s", "<", 15, "s"),), counts, period_kpis(counts), {})
    assert row.p_met == pytest.approx(3 / 5)  # 15 is not below 15
    assert row.value == pytest.approx(64.9 / 5)
    assert row.status == "at risk"
    assert row.by_line == {"a": pytest.approx(64.9 / 5)}
    # 95 % half-width of five values: t(0.975, 4) = 2.776445 (Student's table) times s / sqrt(5).
    s = math.sqrt(sum((w - 12.98) ** 2 for w in (5, 10, 14.9, 15, 20)) / 4)
    assert row.mc_half_width == pytest.approx(2.776445 * s / math.sqrt(5), rel=1e-5)


@pytest.mark.parametrize(
    ("p", "status"), [(1, "met"), (0.9, "met"), (0.899, "at risk"), (0.5, "at risk"), (0.49, "missed")]
)
def test_status_borders(p, status):
    """§49"""
    assert status_of(p) == status


def test_a_kpi_nobody_could_count_is_unknown_and_work_orders_without_records_too():
    counts = _counts([(0, "a", "2026-09-14", {}), (1, "a", "2026-09-14", {})])
    rows = build_scorecard(
        None,
        (_target("asa_s", "<", 15, "s"), _target("timely_response", ">=", 0.99, measure="work_orders")),
        counts,
        period_kpis(counts),
        {},
    )
    assert [r.status for r in rows] == ["unknown", "unknown"]
    assert rows[0].value is None


def test_every_kpi_only_names_counts_that_exist():
    for kpi in KPIS.values():
        assert {*kpi.numerator, *kpi.denominator, *kpi.denominator_less} <= set(COUNTS), kpi.id


def test_a_roster_measure_is_met_or_missed_outright():
    counts = _counts([(0, "a", "2026-09-14", {"answered": 1})])
    target = _target("backup_on_every_post", ">=", 1, measure="roster")
    for value, status in ((1.0, "met"), (0.99, "missed"), (float("nan"), "unknown")):
        (row,) = build_scorecard(None, (target,), counts, period_kpis(counts), {"backup_on_every_post": value})
        assert row.status == status
