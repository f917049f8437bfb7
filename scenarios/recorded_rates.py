"""What the records say of weeks, months and quarters: each rate of the standard beside its limit and its trend.

Daily counts of the stored calls are made a month at a time and kept beside the records, under a name that holds what
they were made from, so that only new records are counted again.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from wfm.execution import Progress, no_progress
from wfm.hotline import Hotline, grid_of, targets_of
from wfm.i18n import Text
from wfm.metrics import COUNTS, KPIS
from wfm.records import FeedStore, RecordStore, tally_calls
from wfm.records.held_calls import read_batches
from wfm.records.items import satisfaction_answers, work_orders
from wfm.records.order_compliance import review_orders
from wfm.standards import Target

__all__ = [
    "Kind",
    "PeriodRates",
    "RateRow",
    "before",
    "counted_already",
    "daily_counts",
    "period_of",
    "period_rates",
    "rate_rows",
]

Kind = Literal["week", "month", "quarter"]


@dataclass(frozen=True, slots=True)
class RateRow:
    """One rate that reports name."""

    target: str
    name: Text
    unit: str
    operator: str
    limit: float | None
    clause: str
    source: str
    definition: Text
    better: str
    """``higher`` or ``lower``."""
    orders: bool
    """Whether it is of work orders and answers, not of calls."""

    def met(self, value: float) -> bool | None:
        """Whether the value keeps the limit; None where none decides or nothing is known."""
        if self.limit is None or not np.isfinite(value):
            return None
        tests = {"<": value < self.limit, "<=": value <= self.limit, ">": value > self.limit, ">=": value >= self.limit}
        return tests.get(self.operator)


@dataclass(frozen=True, slots=True)
class PeriodRates:
    """One week, month or quarter."""

    kind: Kind
    first: date
    last: date
    known_days: int
    """Days with records."""
    offered: float
    """Calls that came; NaN where the records do not tell."""
    values: dict[str, float]
    """Rate by target; NaN where nothing is known."""

    @property
    def whole(self) -> bool:
        """Whether every day of it has records."""
        return self.known_days == (self.last - self.first).days + 1


def period_of(day: date, kind: Kind) -> tuple[date, date]:
    """First and last day of the week (from Monday), month or quarter that holds ``day``."""
    if kind == "week":
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=6)
    months = 1 if kind == "month" else 3
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    after = first.month - 1 + months
    return first, date(first.year + after // 12, after % 12 + 1, 1) - timedelta(days=1)


def before(first: date, kind: Kind, years: int = 0) -> date:
    """First day of the period before this one, or of the same period ``years`` years ago (weeks: 52 weeks a year)."""
    if not years:
        return period_of(first - timedelta(days=1), kind)[0]
    return first - timedelta(weeks=52 * years) if kind == "week" else date(first.year - years, first.month, 1)


def rate_rows(hotline: Hotline) -> tuple[RateRow, ...]:
    """The rates of the hotline's standard that calls, work orders and answers decide, in its order."""
    found = []
    for target in targets_of(hotline):
        if target.measure == "calls" and target.kpi in KPIS:
            kpi = KPIS[target.kpi]
            found.append(_rate(target, kpi.definition, kpi.better, orders=False))
        elif target.measure in ("work_orders", "satisfaction"):
            better = "lower" if target.operator in ("<", "<=") else "higher"
            found.append(_rate(target, target.note or target.quote, better, orders=True))
    return tuple(found)


def _rate(target: Target, definition: Text, better: str, *, orders: bool) -> RateRow:
    return RateRow(
        target=target.id,
        name=target.name,
        unit=target.unit,
        operator=target.operator or "",
        limit=target.limit,
        clause=target.clause,
        source=target.source,
        definition=definition,
        better=better,
        orders=orders,
    )


def period_rates(
    hotline: Hotline, counts: pd.DataFrame, home: Path, kind: Kind, count: int, until: date | None = None
) -> list[PeriodRates]:
    """The last ``count`` periods with records until ``until``, the newest first, with what trends are seen against.

    Args:
        hotline: its standard.
        counts: daily counts of :func:`daily_counts`.
        home: where work orders and answers live.
        kind: weeks, months or quarters.
        count: how many; those before and a year before are to be looked up in a longer list.
        until: last day to look at; the last recorded day by default.
    """
    if counts.empty:
        return []
    rows = rate_rows(hotline)
    kpi_of = {target.id: target.kpi for target in targets_of(hotline)}
    newest, oldest = until or counts["date"].iloc[-1].date(), counts["date"].iloc[0].date()
    items = _items(hotline, home, newest) if any(row.orders for row in rows) else None
    found: list[PeriodRates] = []
    first = period_of(newest, kind)[0]
    while len(found) < count and period_of(first, kind)[1] >= oldest:
        last = period_of(first, kind)[1]
        days = counts[(counts["date"] >= pd.Timestamp(first)) & (counts["date"] <= pd.Timestamp(last))]
        values = {row.target: _call_value(kpi_of[row.target], days) for row in rows if not row.orders}
        if items is not None:
            values |= _order_values(hotline, *items, first, last)
        offered = float(days["offered"].sum()) if len(days) else float("nan")
        found.append(PeriodRates(kind, first, last, len(days), offered, values))
        first = before(first, kind)
    return found


def _call_value(kpi: str, days: pd.DataFrame) -> float:
    return KPIS[kpi].of(days) if len(days) else float("nan")


def _items(hotline: Hotline, home: Path, newest: date) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    """Work orders and answers until a day; None where none are imported."""
    orders = work_orders(home, hotline, None, newest)
    answers = satisfaction_answers(home, hotline, None, newest)
    return None if orders.empty and answers.empty else (orders, answers)


def _order_values(
    hotline: Hotline, orders: pd.DataFrame, answers: pd.DataFrame, first: date, last: date
) -> dict[str, float]:
    """Rates of work orders and answers."""
    end = pd.Timestamp(last + timedelta(days=1)).tz_localize(hotline.time_zone)
    known = orders[orders["received_at"] < end], answers[answers["asked_at"] < end]
    review = review_orders(hotline, *known, first, last)
    return {row.target: float("nan") if row.value is None else row.value for row in review.rows}


def daily_counts(
    hotline: Hotline, records: RecordStore, keep: Path | None = None, *, progress: Progress = no_progress
) -> pd.DataFrame:
    """Counts of every recorded day, all lines together: ``date`` and ``metrics.COUNTS``; NaN where records do not tell.

    Args:
        hotline: its lines, time zone and short abandons.
        records: its records.
        keep: folder in which counted months are kept; None keeps nothing.
        progress: told how many months are counted, of all.

    Raises:
        BadInput: a manifest of the records cannot be read.
    """
    days = records.days()
    if not days:
        return pd.DataFrame({"date": pd.to_datetime([]), **{name: np.empty(0) for name in COUNTS}})
    months = sorted({f"{day:%Y-%m}" for day in days})
    made_from = _made_from(hotline, records, months)
    parts = []
    progress(0, len(months))
    for done, month in enumerate(months, start=1):
        mine = [day for day in days if f"{day:%Y-%m}" == month]
        kept = None if keep is None else keep / hotline.id / f"{month}-{made_from[month]}.parquet"
        if kept is not None and kept.is_file():
            parts.append(pd.read_parquet(kept))
        else:
            parts.append(_count_days(hotline, records, mine))
            if kept is not None:
                _keep(parts[-1], kept, month)
        progress(done, len(months))
    return pd.concat(parts, ignore_index=True).sort_values("date").reset_index(drop=True)


def counted_already(hotline: Hotline, records: RecordStore, keep: Path) -> bool:
    """Whether nothing would have to be counted anew."""
    months = sorted({f"{day:%Y-%m}" for day in records.days()})
    made_from = _made_from(hotline, records, months)
    return all((keep / hotline.id / f"{month}-{made_from[month]}.parquet").is_file() for month in months)


def _keep(table: pd.DataFrame, kept: Path, month: str) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    part = kept.with_suffix(f".{threading.get_ident()}.part")
    table.to_parquet(part)
    part.replace(kept)
    for old in kept.parent.glob(f"{month}-*.parquet"):
        if old != kept:
            old.unlink(missing_ok=True)


def _made_from(hotline: Hotline, records: RecordStore, months: Sequence[str]) -> dict[str, str]:
    """Digest of what each month is counted from: batches that hold days of it or moved calls, and interval records."""
    settings = (hotline.time_zone, hotline.short_abandon_s, tuple(hotline.line_ids), COUNTS)
    batches = read_batches(records.folder / "manifests")
    feeds = [
        (batch.content_hash, batch.sequence) for batch in FeedStore(records.folder.parents[1], hotline.id).batches()
    ]
    found = {}
    for month in months:
        mine = [(b.content_hash, b.sequence) for b in batches if b.moved or any(day[:7] == month for day in b.days)]
        found[month] = hashlib.sha256(repr((mine, feeds, settings)).encode()).hexdigest()[:16]
    return found


def _count_days(hotline: Hotline, records: RecordStore, days: Sequence[date]) -> pd.DataFrame:
    """Counts of days of one month: from calls where there are some, else from interval records."""
    calls = records.calls(days[0], days[-1], time_zone=hotline.time_zone)
    tallied = tally_calls(calls, hotline)
    by_day = tallied.groupby("date")[list(COUNTS)].sum(min_count=1)
    told = pd.DatetimeIndex(calls["arrived_at"].dt.tz_localize(None).dt.normalize().drop_duplicates().sort_values())
    found = by_day.reindex(told)
    others = [day for day in days if pd.Timestamp(day) not in found.index]
    rows = [_interval_day(hotline, records, day) for day in others]
    found = pd.concat([found, pd.DataFrame(rows, index=pd.DatetimeIndex(others))]) if others else found
    return found.rename_axis("date").reset_index()[["date", *COUNTS]]


def _interval_day(hotline: Hotline, records: RecordStore, day: date) -> dict[str, float]:
    actuals = records.actuals(grid_of(hotline, day, 1), hotline.line_ids, hotline.short_abandon_s)
    known = [name for name in COUNTS if name in actuals]
    sums = actuals[known].sum(min_count=1)
    return {name: float(sums[name]) if name in known else float("nan") for name in COUNTS}
