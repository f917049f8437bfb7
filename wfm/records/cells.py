"""Raw cells into texts, moments and durations: whole columns at a time, ``NaT``/``NaN`` where a cell cannot be read."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["localize", "read_clock_s", "read_counts", "read_hhmm_s", "read_seconds", "read_text_cells", "read_times"]

EXCEL_EPOCH = pd.Timestamp("1899-12-30")
"""Day 0 of Excel's count, its leap year 1900 (that never was) included."""
_EXCEL_DAYS = (20_000.0, 80_000.0)
"""Bare numbers within these are Excel days: 1954-10-03 to 2119-01-11."""
_NOON_SHIFT = {"上午": 0, "AM": 0, "下午": 12, "晚上": 12, "PM": 12}
_WRITTEN = re.compile(
    r"""^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?
        (?:[T\s]*(?:星期.|周.)?\s*(上午|下午|晚上|AM|PM)?\s*(\d{1,2})\s*[:时点]\s*(\d{1,2})\s*分?(?:[:]?\s*(\d{1,2})(?:\.(\d+))?\s*秒?)?
        \s*(AM|PM)?\s*(Z|[+-]\d{2}:?\d{2})?)?$""",
    re.VERBOSE | re.IGNORECASE,
)
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:[ T]?(\d{2})(\d{2})(\d{2})?)?$")
_SPAN = re.compile(r"^(\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)\s*[-~～—–至到]+\s*\d{1,2}[:：]\d{2}(?:[:：]\d{2})?$")
_CLOCK = re.compile(r"^(?:(\d+)[:时])?(\d{1,3})[:分](\d{1,2})(?:\.(\d+))?秒?$")


def read_text_cells(cells: pd.Series) -> pd.Series:
    """Cells as stripped text, ``None`` where empty; a whole number loses its ``.0``. Object dtype."""
    if isinstance(cells.dtype, pd.DatetimeTZDtype) or cells.dtype.kind == "M":
        return cells.astype(object).where(cells.notna(), None).map(lambda v: None if v is None else v.isoformat(" "))
    if cells.dtype.kind in "iu":
        return cells.astype(str).astype(object)
    return pd.Series([_text(value) for value in cells.tolist()], index=cells.index, dtype=object)


def _text(value: object) -> str | None:
    if isinstance(value, str):
        return value.strip() or None
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e18:
        return str(int(value))
    return str(value).strip() or None


def read_times(
    cells: pd.Series, *, zone: str, formats: tuple[str, ...] = (), unit: str = ""
) -> tuple[pd.Series, NDArray[np.bool_]]:
    """Moments in UTC (``datetime64[ns, UTC]``) and which of them could also be an hour later.

    Known without a format: ISO 8601 with or without offset, Chinese and slashed writings with the year
    first (2026年9月14日 8时05分), 14 digits, Excel's days (as numbers or cells). Moments are rounded
    to the millisecond, Excel's numbers to the second.

    Args:
        cells: raw cells of any kind.
        zone: time zone of moments that carry none.
        formats: strptime formats; only these are tried on texts.
        unit: what bare numbers count: ``epoch_s``, ``epoch_ms``, ``excel_days`` or empty.

    Returns:
        ``NaT`` where the cell is empty, cannot be read or names a moment that clocks skipped. The
        second value marks local times that come twice as clocks go back; the first reading is given.
    """
    if isinstance(cells.dtype, pd.DatetimeTZDtype):
        return cells.astype("datetime64[ns, UTC]").dt.round("ms"), np.zeros(len(cells), dtype=bool)
    naive = pd.Series(pd.NaT, index=cells.index, dtype="datetime64[ns]")
    fixed = pd.Series(pd.NaT, index=cells.index, dtype="datetime64[ns, UTC]")
    if cells.dtype.kind == "M":
        naive = cells.astype("datetime64[ns]").dt.round("ms")
    elif unit in ("epoch_s", "epoch_ms"):
        number = pd.to_numeric(cells, errors="coerce") * (1e3 if unit == "epoch_s" else 1.0)
        sane = number.where(number.between(0, 7.2e12))
        fixed = pd.to_datetime(sane.round(), unit="ms", utc=True).astype("datetime64[ns, UTC]")
    else:
        _fill_times(cells, naive, fixed, formats, unit)
    local, twice = localize(naive, zone)
    return fixed.where(fixed.notna(), local), twice


def _fill_times(cells: pd.Series, naive: pd.Series, fixed: pd.Series, formats: tuple[str, ...], unit: str) -> None:
    objects = cells.astype(object)
    is_text = objects.map(lambda v: isinstance(v, str)).to_numpy(dtype=bool)
    for at in np.flatnonzero(~is_text).tolist():
        value = objects.iloc[at]
        if value is None or value is pd.NaT:
            continue
        if isinstance(value, datetime):
            moment = pd.Timestamp(value).round("ms")
            if moment.tzinfo is None:
                naive.iloc[at] = moment
            else:
                fixed.iloc[at] = moment.tz_convert("UTC")
        elif isinstance(value, date):
            naive.iloc[at] = pd.Timestamp(value)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            naive.iloc[at] = _excel_moment(float(value))
    texts = objects[is_text].str.strip()
    if formats:
        for form in formats:
            left = texts[naive[texts.index].isna() & fixed[texts.index].isna()]
            if "%z" in form:
                fixed.loc[left.index] = pd.to_datetime(left, format=form, errors="coerce", utc=True)
            else:
                naive.loc[left.index] = pd.to_datetime(left, format=form, errors="coerce")
        return
    if unit != "excel_days" and len(texts):
        quick = pd.to_datetime(texts, format="%Y-%m-%d %H:%M:%S", errors="coerce")
        naive.loc[texts.index] = quick
        texts = texts[quick.isna()]
    read = _written_moment if unit != "excel_days" else _excel_text
    places = naive.index.get_indexer(texts.index)
    for at, value in zip(places.tolist(), texts.tolist(), strict=True):
        written = read(value)
        if written is not None:
            (naive if written.tzinfo is None else fixed).iloc[at] = written


def _excel_moment(days: float) -> pd.Timestamp | None:
    if not _EXCEL_DAYS[0] <= days <= _EXCEL_DAYS[1]:
        return None
    return EXCEL_EPOCH + pd.Timedelta(seconds=round(days * 86400))


def _excel_text(text: str) -> pd.Timestamp | None:
    try:
        return _excel_moment(float(text))
    except ValueError:
        return None


def _written_moment(text: str) -> pd.Timestamp | None:
    text = unicodedata.normalize("NFKC", text).strip()
    if re.fullmatch(r"\d{5}(\.\d*)?", text):
        return _excel_text(text)
    try:
        if found := _COMPACT.match(text):
            year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
            return pd.Timestamp(year, month, day, hour, minute, second)
        if (found := _WRITTEN.match(text)) is None:
            return None
        before, fraction, after, offset = found.group(4), found.group(8), found.group(9), found.group(10)
        year, month, day, hours, minute, second = (int(found.group(n) or 0) for n in (1, 2, 3, 5, 6, 7))
        shift = (before or after or "").upper()
        if shift:
            if hours > 12:
                shift = "AM" if before and before in _NOON_SHIFT else ""
            hours = hours if hours > 12 else hours % 12 + _NOON_SHIFT.get(shift, 0)
        next_day = hours == 24 and minute == 0 and second == 0
        moment = pd.Timestamp(year, month, day, 0 if next_day else hours, minute, second)
        if next_day:
            moment += pd.Timedelta(days=1)
        if fraction:
            moment += pd.Timedelta(milliseconds=round(float(f"0.{fraction}") * 1000))
        if offset:
            zone = "+00:00" if offset.upper() == "Z" else offset
            sign, digits = (-1 if zone[0] == "-" else 1), zone[1:].replace(":", "")
            away = pd.Timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
            return (moment - sign * away).tz_localize("UTC")
        return moment
    except ValueError:
        return None


def localize(naive: pd.Series, zone: str) -> tuple[pd.Series, NDArray[np.bool_]]:
    """Local clock times as UTC, ``NaT`` where clocks skipped them; and which come twice (the first is taken)."""
    first = np.ones(len(naive), dtype=bool)
    early = naive.dt.tz_localize(zone, ambiguous=first, nonexistent="NaT").dt.tz_convert("UTC")
    late = naive.dt.tz_localize(zone, ambiguous=~first, nonexistent="NaT").dt.tz_convert("UTC")
    twice = (early.notna() & (early != late)).to_numpy(dtype=bool)
    return early.astype("datetime64[ns, UTC]"), twice


def read_clock_s(cells: pd.Series) -> NDArray[np.float64]:
    """Seconds since midnight of clock cells: ``8:05:03``, Excel's times and fractions of a day, or timestamps.

    Of a span, ``08:00-08:30``, the begin.
    """
    return np.array([_clock_s(value) for value in cells.tolist()], dtype=float)


def _clock_s(value: object) -> float:
    if isinstance(value, datetime | time):
        return value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, float | int):
        return round(value * 86400) if 0 <= value < 1 else float("nan")
    if not isinstance(value, str):
        return float("nan")
    if span := _SPAN.match(value.strip()):
        value = span.group(1)
    moment = _written_moment(f"2000-01-01 {value.strip()}")
    if moment is None:
        number = pd.to_numeric(value.strip(), errors="coerce")
        return round(float(number) * 86400) if 0 <= number < 1 else float("nan")
    return (moment - pd.Timestamp(2000, 1, 1)).total_seconds()


def read_hhmm_s(cells: pd.Series) -> NDArray[np.float64]:
    """Seconds since midnight of clock numbers, hours before the last two digits: 0, 815, ``"0815"``; NaN where it is none."""
    number = pd.to_numeric(cells, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    hours, minutes = np.divmod(number, 100)
    sane = (number >= 0) & (hours < 24) & (minutes < 60) & (number == np.floor(number))
    return np.where(sane, hours * 3600 + minutes * 60, np.nan)


def read_counts(cells: pd.Series) -> NDArray[np.float64]:
    """Counts as numbers, ``1,234`` and full-width digits too; NaN where a cell is none."""
    if cells.dtype.kind in "iuf":
        return np.asarray(cells, dtype=float)
    numbers = pd.to_numeric(cells, errors="coerce").to_numpy(dtype=float, na_value=np.nan, copy=True)
    for at in np.flatnonzero(np.isnan(numbers)):
        value = cells.iloc[at]
        if isinstance(value, str):
            text = unicodedata.normalize("NFKC", value).strip()
            if re.fullmatch(r"-?\d{1,3}(,\d{3})*(\.\d+)?|-?\d+(\.\d+)?", text):
                numbers[at] = float(text.replace(",", ""))
    return np.where(np.isfinite(numbers), numbers, np.nan)


def read_seconds(cells: pd.Series, unit: str) -> NDArray[np.float64]:
    """Durations in seconds: numbers in ``unit`` (s, ms, min, h), or ``[h:]mm:ss`` as it stands; NaN where unreadable."""
    factor = {"s": 1.0, "ms": 0.001, "min": 60.0, "h": 3600.0}[unit]
    if cells.dtype.kind in "iuf":
        seconds: NDArray[np.float64] = cells.to_numpy(dtype=float) * factor
        return seconds
    if cells.dtype.kind == "m":
        return np.asarray(cells.dt.total_seconds(), dtype=float)
    numbers = pd.to_numeric(cells, errors="coerce").to_numpy(dtype=float, na_value=np.nan) * factor
    for at in np.flatnonzero(np.isnan(numbers)):
        value = cells.iloc[at]
        if isinstance(value, timedelta):
            numbers[at] = value.total_seconds()
        elif isinstance(value, datetime | time):
            numbers[at] = _clock_s(value)
        elif isinstance(value, str):
            numbers[at] = _written_seconds(value)
    return numbers


def _written_seconds(text: str) -> float:
    text = unicodedata.normalize("NFKC", text).strip().replace(",", "")
    sign = -1.0 if text.startswith("-") else 1.0
    found = _CLOCK.match(text.removeprefix("-"))
    if found:
        hours, minutes, seconds, fraction = found.groups()
        return sign * (int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + float(f"0.{fraction or 0}"))
    plain = re.fullmatch(r"-?\d+(\.\d+)?\s*(秒|s|sec)?", text)
    return float(re.sub(r"[^\d.\-]", "", text)) if plain and not text[-1].isdigit() else float("nan")
