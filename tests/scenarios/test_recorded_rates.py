"""Rates of weeks, months and quarters are those of the calls that came, and are counted again only where records changed."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from scenarios.duties_by_firm import duties_by_firm
from scenarios.recorded_rates import (
    PeriodRates,
    before,
    counted_already,
    daily_counts,
    period_of,
    period_rates,
    rate_rows,
)
from wfm.hotline import Agent, Hotline, library_folder, load_hotline
from wfm.records import RecordStore
from wfm.tables import CALLS, empty_table

ZONE = "Asia/Shanghai"


@pytest.fixture(scope="module")
def hotline() -> Hotline:
    return load_hotline(library_folder() / "guizhou-12348")


def calls_of(hotline: Hotline, days: dict[date, tuple[int, int]]) -> pd.DataFrame:
    """On each day so many answered after 9 s (6 s of waiting, 3 s of ringing), and so many given up after 30 s."""
    rows = []
    for day, (answered, lost) in days.items():
        for n in range(answered + lost):
            came = pd.Timestamp(datetime(day.year, day.month, day.day, 10, tzinfo=UTC)) - pd.Timedelta(hours=8)
            came += pd.Timedelta(minutes=n)
            queued = came + pd.Timedelta(seconds=10)
            taken = n < answered
            rows.append(
                {
                    "call": f"{day}-{n}", "line": hotline.line_ids[0], "arrived_at": came, "ivr_s": 10.0,
                    "queued_at": queued, "ring_s": 3.0 if taken else None,
                    "answered_at": queued + pd.Timedelta(seconds=9) if taken else pd.NaT,
                    "ended_at": queued + pd.Timedelta(seconds=309 if taken else 30),
                    "outcome": "answered" if taken else "abandoned", "talk_s": 300.0 if taken else None,
                    "hold_s": 0.0 if taken else None, "wrap_s": 20.0 if taken else None,
                }
            )  # fmt: skip
    empty = empty_table(CALLS, ZONE)
    table = pd.DataFrame(rows).reindex(columns=empty.columns)
    return table.astype(dict(empty.dtypes))


@pytest.fixture
def store(tmp_path: Path, hotline: Hotline) -> RecordStore:
    return RecordStore(tmp_path, hotline.id)


def keep(store: RecordStore, calls: pd.DataFrame, name: str) -> Any:
    return store.add(calls, name, "recorded", time_zone=ZONE)


DAYS = {
    date(2026, 8, 31): (90, 10),
    date(2026, 9, 1): (95, 5),
    date(2026, 9, 2): (40, 10),
    date(2025, 9, 1): (30, 10),
}


def test_a_period_s_rate_is_the_kpi_of_its_days(store: RecordStore, hotline: Hotline, tmp_path: Path) -> None:
    keep(store, calls_of(hotline, DAYS), "a")
    counts = daily_counts(hotline, store)
    assert list(counts["date"].dt.date) == sorted(DAYS)
    assert counts["offered"].tolist() == [sum(DAYS[day]) for day in sorted(DAYS)]
    months = {p.first: p for p in period_rates(hotline, counts, tmp_path, "month", 20)}
    september = months[date(2026, 9, 1)]
    # The mean of the daily ratios, not the ratio of totals: (95 % + 80 %) ÷ 2.
    assert september.values["connection-rate"] == pytest.approx(0.875)
    assert september.values["mean-answer-time"] == pytest.approx(9.0)
    assert (september.known_days, september.whole, september.offered) == (2, False, 150)
    assert months[before(september.first, "month")].values["connection-rate"] == pytest.approx(0.9)
    assert months[before(september.first, "month", 1)].values["connection-rate"] == pytest.approx(0.75)
    assert math.isnan(months[date(2026, 3, 1)].values["connection-rate"])
    week = period_rates(hotline, counts, tmp_path, "week", 1)[0]
    assert (week.first, week.known_days) == (date(2026, 8, 31), 3)
    assert week.values["connection-rate"] == pytest.approx((0.9 + 0.95 + 0.8) / 3)


def test_periods_begin_where_people_count_them() -> None:
    day = date(2026, 11, 22)
    assert period_of(day, "week") == (date(2026, 11, 16), date(2026, 11, 22))
    assert period_of(day, "month") == (date(2026, 11, 1), date(2026, 11, 30))
    assert period_of(day, "quarter") == (date(2026, 10, 1), date(2026, 12, 31))
    assert before(date(2026, 1, 1), "quarter") == date(2025, 10, 1)
    assert before(date(2026, 11, 16), "week", 1) == date(2025, 11, 17)
    assert PeriodRates("week", day, day, 1, 0.0, {}).whole


def test_only_months_with_new_records_are_counted_again(
    store: RecordStore, hotline: Hotline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(store, calls_of(hotline, DAYS), "a")
    kept = tmp_path / "counts"
    assert not counted_already(hotline, store, kept)
    first = daily_counts(hotline, store, kept)
    assert counted_already(hotline, store, kept)
    asked: list[date] = []
    reading = RecordStore.calls

    def counted(self: RecordStore, start: date, end: date, **more: Any) -> pd.DataFrame:
        asked.append(start)
        return reading(self, start, end, **more)

    monkeypatch.setattr(RecordStore, "calls", counted)
    pd.testing.assert_frame_equal(daily_counts(hotline, store, kept), first)
    assert asked == []
    keep(store, calls_of(hotline, {date(2026, 9, 3): (10, 0)}), "b")
    assert not counted_already(hotline, store, kept)
    again = daily_counts(hotline, store, kept)
    assert asked == [date(2026, 9, 1)]
    assert again["offered"].tolist() == [*first["offered"], 10]


def test_rates_of_the_court_line_are_its_standard_s() -> None:
    court = load_hotline(library_folder() / "nanxun-12368")
    rows = {row.target: row for row in rate_rows(court)}
    assert rows["total-connection-rate"].limit == 0.9
    assert rows["timely-response"].orders
    assert rows["mean-answer-time"].met(14.9) is True
    assert rows["mean-answer-time"].met(15.0) is False
    assert rows["mean-answer-time"].met(math.nan) is None


def test_each_firm_s_duties_are_counted(hotline: Hotline) -> None:
    shift = next(s for s in hotline.shifts if not s.night)
    night = next(s for s in hotline.shifts if s.night)
    saturday, monday = date(2026, 9, 12), date(2026, 9, 14)
    rows = [
        ("a1", saturday, shift.id, "A"), ("a1", monday, night.id, "A"), ("a2", monday, shift.id, "B"),
        ("b1", monday, shift.id, "A"), ("x", monday + timedelta(days=1), shift.id, "B"),
    ]  # fmt: skip
    duties = pd.DataFrame(rows, columns=["agent", "date", "shift", "role"]).assign(
        date=lambda t: pd.to_datetime(t["date"])
    )
    agents = [
        Agent(id=name, name=name, firm=firm, lines=tuple(hotline.line_ids), contract=hotline.contracts[0].id,
              staff_kind=hotline.staff_kinds[0].id)
        for name, firm in (("a1", "A"), ("a2", "A"), ("b1", "B"), ("x", ""))
    ]  # fmt: skip
    table = duties_by_firm(hotline, agents, duties).set_index("firm")
    assert list(table.index) == ["A", "B", ""]
    assert table.loc["A", ["people", "duties_a", "duties_b", "nights", "rest_days"]].tolist() == [2, 2, 1, 1, 1]
    assert table.loc["A", "hours_a"] == pytest.approx(shift.paid_h + night.paid_h)
    assert table["duties_a"].sum() + table["duties_b"].sum() == len(rows)
