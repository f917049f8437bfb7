"""Work orders (工单) and satisfaction answers out of a system's export."""

from __future__ import annotations

import re
from collections import Counter
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from wfm.execution import Progress, no_progress
from wfm.hotline import calendar_of
from wfm.hotline.order_deadlines import after_hours, after_working_days, office_closes
from wfm.records.chunk_rows import ChunkRows, Flags, read_text
from wfm.records.item_importing import ItemImport, day_words, import_items
from wfm.records.item_mapping import AnswerMapping, OrderMapping
from wfm.records.item_rows import Unread, read_choice, read_moment
from wfm.records.mapping_parts import SKIP, ChoiceColumn, TextColumn, TimeColumn
from wfm.records.privacy import caller_key, hide_numbers
from wfm.records.rejecting import Rejected
from wfm.tables import ANSWERS, SATISFACTION, WORK_ORDERS

if TYPE_CHECKING:
    from wfm.hotline import Hotline

__all__ = ["import_orders", "import_satisfaction"]

_ORDER_STAGES = ("first_contact_at", "told_at", "closed_at", "follow_up_at", "called_back_at")
_YES = {"是", "有", "y", "yes", "true"}
_NO = {"否", "无", "没有", "n", "no", "false"}
_WORKING_DAYS = ("工作日", "working day", "working days")
_ALLOWANCE = re.compile(r"^(\d+(?:\.\d+)?)\s*个?\s*(工作日|小时|h|hours?|working days?)$", re.IGNORECASE)


def import_orders(
    path: str | Path, mapping: OrderMapping, *, hotline: Hotline, key: bytes, progress: Progress = no_progress
) -> ItemImport:
    """Work orders from a CSV, Excel or Parquet file.

    Dates without a clock are taken as they are, and remembered as such. Deadlines that the file does not tell are
    not stored: they follow from the class when the orders are read.

    Args:
        path: the export.
        mapping: which columns mean what.
        hotline: its lines, classes, time zone and calendar.
        key: secret under which callers' numbers are hashed.
        progress: told how much of the file is read.

    Raises:
        BadInput: the file cannot be read, lacks a column that is needed, or no row can be used.
    """
    convert = partial(_orders, hotline=hotline, key=key)
    finish = partial(_whole_days, names=("received_at", *_ORDER_STAGES), zone=hotline.time_zone)
    return import_items(Path(path), mapping, WORK_ORDERS, convert, hotline, progress, finish=finish)


def import_satisfaction(
    path: str | Path, mapping: AnswerMapping, *, hotline: Hotline, progress: Progress = no_progress
) -> ItemImport:
    """Satisfaction answers from a CSV, Excel or Parquet file; see :func:`import_orders`."""
    convert = partial(_answers, hotline=hotline)
    finish = partial(_whole_days, names=("asked_at", "called_back_at"), zone=hotline.time_zone)
    return import_items(Path(path), mapping, SATISFACTION, convert, hotline, progress, finish=finish)


def _orders(rows: ChunkRows, mapping: OrderMapping, unread: Unread, *, hotline: Hotline, key: bytes) -> pd.DataFrame:
    columns = mapping.columns
    zone = mapping.time_zone or hotline.time_zone
    table: dict[str, Any] = {"item": _needed(rows, columns.item.names, read_text(rows, columns.item), "no_item")}
    received, days = _begin(rows, columns.received_at.names, read_moment(rows, columns.received_at, zone))
    table["received_at"] = received
    flags = {"received_at": days}
    for name in _ORDER_STAGES:
        column = getattr(columns, name)
        moments, day_only, twice = read_moment(rows, column, zone)
        names = " / ".join(column.names) if column is not None else name
        table[name] = _after(rows, names, moments, day_only | days, twice, received, mapping, hotline)
        flags[name] = day_only
    table["due_at"] = _due(rows, columns.due_at, received, days, zone, hotline, unread)
    table["first_contact_due_at"] = pd.Series(pd.NaT, index=range(rows.size), dtype="datetime64[ns, UTC]")
    table["line"] = read_choice(rows, columns.line, _lines(hotline), unread, policy="empty")
    table["class"] = read_choice(rows, _own_classes(columns.class_, hotline), _classes(hotline), unread, policy="keep")
    department = read_text(rows, columns.department)
    table["department"] = department.map(hide_numbers, na_action="ignore")
    table["reopened"] = _reopened(read_text(rows, columns.reopened), rows, columns.reopened, unread)
    table["satisfaction"] = read_choice(rows, columns.satisfaction, {a: a for a in ANSWERS}, unread, policy="empty")
    numbers = read_text(rows, columns.caller_key)
    table["caller_key"] = numbers.map(lambda n: caller_key(n, key, hotline.id), na_action="ignore")
    return _frame(rows, table, WORK_ORDERS.column_names, flags, mapping, hotline)


def _answers(rows: ChunkRows, mapping: AnswerMapping, unread: Unread, *, hotline: Hotline) -> pd.DataFrame:
    columns = mapping.columns
    zone = mapping.time_zone or hotline.time_zone
    table: dict[str, Any] = {"item": _needed(rows, columns.item.names, read_text(rows, columns.item), "no_item")}
    asked, days = _begin(rows, columns.asked_at.names, read_moment(rows, columns.asked_at, zone))
    table["asked_at"] = asked
    moments, day_only, twice = read_moment(rows, columns.called_back_at, zone)
    names = " / ".join(columns.called_back_at.names) if columns.called_back_at is not None else "called_back_at"
    table["called_back_at"] = _after(rows, names, moments, day_only | days, twice, asked, mapping, hotline)
    flags = {"asked_at": days, "called_back_at": day_only}
    table["line"] = read_choice(rows, columns.line, _lines(hotline), unread, policy="empty")
    for name in ("department", "agent", "channel"):
        table[name] = read_text(rows, getattr(columns, name)).map(hide_numbers, na_action="ignore")
    table["answer"] = read_choice(rows, columns.answer, {a: a for a in ANSWERS}, unread, policy="empty")
    return _frame(rows, table, SATISFACTION.column_names, flags, mapping, hotline)


def _frame(
    rows: ChunkRows,
    table: dict[str, Any],
    names: list[str],
    flags: dict[str, Flags],
    mapping: OrderMapping | AnswerMapping,
    hotline: Hotline,
) -> pd.DataFrame:
    own = (name.rstrip("_") for name in mapping.columns.named)
    table["told_of"] = ";".join(name for name in own if name != "item")
    table["days_only"] = day_words(flags, rows.size)
    for name, values in table.items():
        if isinstance(values, pd.Series) and isinstance(values.dtype, pd.DatetimeTZDtype):
            table[name] = values.dt.tz_convert(hotline.time_zone)
    frame = pd.DataFrame({name: table[name] for name in names}, index=range(rows.size))
    texts = {name: "string" for name in names if not isinstance(frame[name].dtype, pd.DatetimeTZDtype)}
    return frame.astype({name: kind for name, kind in texts.items() if name != "reopened"})


def _needed(rows: ChunkRows, names: tuple[str, ...], found: pd.Series, code: str) -> pd.Series:
    rows.reject(found.isna().to_numpy(), code, " / ".join(names))
    return found


def _begin(rows: ChunkRows, names: tuple[str, ...], read: tuple[pd.Series, Flags, Flags]) -> tuple[pd.Series, Flags]:
    rows.reject(read[0].isna().to_numpy(), "no_moment", " / ".join(names))
    return read[0], read[1]


def _after(
    rows: ChunkRows,
    names: str,
    moments: pd.Series,
    by_day: Flags,
    twice: Flags,
    begin: pd.Series,
    mapping: OrderMapping | AnswerMapping,
    hotline: Hotline,
) -> pd.Series:
    """Moments that do not lie before what they follow; rows in which they do are turned away."""
    back_s = (begin - moments).dt.total_seconds().to_numpy()
    moments = moments.where(~(twice & (back_s > 0)), moments + pd.Timedelta(hours=1))
    back_s = (begin - moments).dt.total_seconds().to_numpy()
    days = (
        moments.dt.tz_convert(hotline.time_zone).dt.normalize(),
        begin.dt.tz_convert(hotline.time_zone).dt.normalize(),
    )
    early = np.where(by_day, (days[0] < days[1]).to_numpy(), back_s > mapping.clock_tolerance_s)

    def shown(series: pd.Series) -> Any:
        local = series.dt.tz_convert(hotline.time_zone)
        return lambda at: f"{local.iloc[at]:%Y-%m-%d %H:%M}"

    rows.reject(early, "order", names, shown(moments), shown(begin))
    return moments.where(by_day | ~(back_s > 0), begin)


def _due(
    rows: ChunkRows,
    column: TimeColumn | None,
    received: pd.Series,
    days: Flags,
    zone: str,
    hotline: Hotline,
    unread: Unread,
) -> pd.Series:
    """The file's deadlines: a moment, a day (until the office closes), or an allowance from receipt, as ``5个工作日``."""
    not_moments: Unread = Counter()
    due, day_only, _ = read_moment(rows, column, zone, lenient=True, unread=not_moments)
    for at in np.flatnonzero(day_only).tolist():
        due.iloc[at] = office_closes(hotline, due.iloc[at].tz_convert(hotline.time_zone).date())
    if not_moments and column is not None:
        words = read_text(rows, column)
        calendar = calendar_of(hotline)
        for at in np.flatnonzero(due.isna().to_numpy() & words.notna().to_numpy() & ~rows.bad).tolist():
            found = _ALLOWANCE.match(words.iloc[at])
            if found is None:
                unread[" / ".join(column.names), hide_numbers(words.iloc[at])] += 1
                continue
            begin = received.iloc[at].tz_convert(hotline.time_zone).to_pydatetime()
            if found.group(2).lower() in _WORKING_DAYS:
                due.iloc[at] = after_working_days(hotline, calendar, begin, int(float(found.group(1))))
            elif not days[at]:
                due.iloc[at] = after_hours(begin, float(found.group(1)))
    return due


def _reopened(words: pd.Series, rows: ChunkRows, column: TextColumn | None, unread: Unread) -> pd.Series:
    def count(word: str | None) -> float:
        if word is None:
            return float("nan")
        plain = word.strip().casefold()
        if plain in _YES:
            return 1.0
        if plain in _NO:
            return 0.0
        number = pd.to_numeric(plain, errors="coerce")
        return float(number) if number >= 0 else float("nan")

    found = words.map(count).astype(float)
    other = found.isna().to_numpy() & words.notna().to_numpy() & ~rows.bad
    if column is not None:
        unread.update((" / ".join(column.names), hide_numbers(word)) for word in words[other])
    return found


def _lines(hotline: Hotline) -> dict[str, str]:
    return {word: line.id for line in hotline.lines for word in (line.name.en, line.name.zh, line.id)}


def _classes(hotline: Hotline) -> dict[str, str]:
    return {word: order.id for order in hotline.work_orders for word in (order.name.en, order.name.zh, order.id)}


def _own_classes(column: ChoiceColumn | None, hotline: Hotline) -> ChoiceColumn | None:
    """The column with only those values that name a class which the hotline has."""
    if column is None:
        return None
    own = {order.id for order in hotline.work_orders} | {SKIP}
    return column.model_copy(update={"values": {w: v for w, v in column.values.items() if v in own}})


def _whole_days(items: pd.DataFrame, *, names: tuple[str, ...], zone: str) -> tuple[pd.DataFrame, list[Rejected]]:
    """Columns in which every moment is midnight tell days, whatever clock they are written with."""
    add = []
    for name in names:
        filled = items[name].notna()
        local = items.loc[filled, name].dt.tz_convert(zone)
        if len(local) and (local == local.dt.normalize()).all():
            add.append(name)
    if not add:
        return items, []

    def joined(word: object, row_filled: tuple[bool, ...]) -> str | None:
        known = set(str(word).split(";")) if isinstance(word, str) and word else set()
        known |= {name for name, there in zip(add, row_filled, strict=True) if there}
        return ";".join(name for name in names if name in known) or None

    flags = zip(*(items[name].notna().tolist() for name in add), strict=True)
    words = [joined(word, row) for word, row in zip(items["days_only"].tolist(), flags, strict=True)]
    return items.assign(days_only=pd.array(words, dtype="string")), []
