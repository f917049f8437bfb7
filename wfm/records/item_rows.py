"""Columns of a chunk of work orders, answers or states: texts, choices and moments, with the reason against each bad row."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping as Dictionary

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.i18n import list_words
from wfm.records.cells import localize, read_times
from wfm.records.chunk_rows import ChunkRows, Flags, read_text, shown_cell
from wfm.records.converting import read_clocks, unit_of_times
from wfm.records.mapping_parts import SKIP, ChoiceColumn, TimeColumn
from wfm.records.privacy import hide_numbers

__all__ = ["Unread", "read_choice", "read_moment"]

Unread = Counter[tuple[str, str]]
"""Values left empty because nothing says what they mean: (column, value) → rows."""

_CLOCK = re.compile(r"\d\s*[:时点]\s*\d|^\d{4}-?\d{2}-?\d{2}[T ]?\d{4,6}$|^\d{12,14}$")


def read_choice(
    rows: ChunkRows,
    column: ChoiceColumn | None,
    known: Dictionary[str, str],
    unread: Unread,
    *,
    policy: str,
) -> NDArray[np.object_]:
    """Values out of a list, letter case aside.

    Args:
        rows: the chunk.
        column: where they stand; None: nowhere.
        known: word of the file → value; the mapping's own words stand above.
        unread: counts values that are left empty.
        policy: of a value that is not listed, unless the mapping says: ``reject`` the row, leave it ``empty``, or ``keep`` it.
    """
    chosen: NDArray[np.object_] = np.full(rows.size, None, dtype=object)
    if column is None:
        return chosen
    source = read_text(rows, column)
    names = " / ".join(column.names)
    decided = np.zeros(rows.size, dtype=bool)
    for rule in column.rules:
        fits = rows.holds(rule.when) & ~decided
        chosen[fits] = rule.is_
        decided |= fits
    values = {_folded(word): value for word, value in {**known, **column.values}.items()}
    mapped = source.map(lambda word: None if word is None else values.get(_folded(word))).to_numpy(dtype=object)
    listed = ~decided & pd.notna(mapped)
    chosen[listed] = mapped[listed]
    decided |= listed
    empty = ~decided & source.isna().to_numpy()
    if column.default:
        chosen[empty] = column.default
    other = ~decided & ~empty
    policy = column.unknown or policy
    if policy == "default":
        chosen[other] = column.default
    elif policy == "keep":
        chosen[other] = [hide_numbers(word)[:40] for word in source[other]]
    elif policy == "reject":
        allowed = list_words(sorted({str(word) for word in column.values} or set(known.values())))
        rows.reject(other, "unknown_value", names, lambda at: shown_cell(source.iloc[at]), allowed)
    else:
        unread.update((names, hide_numbers(word)) for word in source[other & ~rows.bad])
    rows.reject((chosen == SKIP) & ~rows.bad, "left_out", names, lambda at: shown_cell(source.iloc[at]))
    return chosen


def _folded(word: str) -> str:
    return unicodedata.normalize("NFKC", word).strip().casefold()


def read_moment(
    rows: ChunkRows, column: TimeColumn | None, zone: str, *, lenient: bool = False, unread: Unread | None = None
) -> tuple[pd.Series, Flags, Flags]:
    """Moments in UTC, which of them tell only a day, and which could also be an hour later as clocks went back.

    Args:
        rows: the chunk.
        column: where they stand; None: nowhere.
        zone: of times that carry none.
        lenient: leave unreadable ones empty and count them in ``unread`` instead of turning the row away.
        unread: see ``lenient``.
    """
    moments = pd.Series(pd.NaT, index=range(rows.size), dtype="datetime64[ns, UTC]")
    day_only = np.zeros(rows.size, dtype=bool)
    twice = np.zeros(rows.size, dtype=bool)
    if column is None:
        return moments, day_only, twice
    apply = rows.holds(column.when)
    for name in [column.date] if column.date else list(column.names):
        filled = ~rows.empty(column, name) & apply & moments.isna().to_numpy()
        if not filled.any():
            continue
        read, without_clock, maybe = _read(rows, column, name, filled, zone)
        bad = filled.copy()
        bad[filled] = read.isna().to_numpy()
        if lenient and unread is not None:
            unread.update((name, hide_numbers(word)) for word in rows.text(name)[bad & ~rows.bad])
        else:
            rows.reject(bad, "bad_time", name, rows.shown(name))
        moments.loc[filled] = read.to_numpy()
        day_only[filled] = without_clock
        twice[filled] = maybe
    return moments, day_only & moments.notna().to_numpy(), twice


def _read(rows: ChunkRows, column: TimeColumn, name: str, filled: Flags, zone: str) -> tuple[pd.Series, Flags, Flags]:
    cells = rows.raw(name).reset_index(drop=True)[filled]
    clock = column.time or column.seconds
    if not clock:
        read, twice = read_times(cells, zone=zone, formats=column.formats, unit=unit_of_times(column))
        return read, _without_clock(rows.text(name)[filled], read, zone), twice
    days, _ = read_times(cells, zone="UTC", formats=column.formats, unit=unit_of_times(column))
    seconds = read_clocks(column, rows.raw(clock).reset_index(drop=True)[filled])
    known = ~np.isnan(seconds)
    span = pd.to_timedelta(pd.Series(np.where(known, seconds, 0.0), index=days.index), unit="s")
    naive = days.dt.tz_localize(None).dt.normalize() + span
    read, twice = localize(naive.dt.round("ms").astype("datetime64[ns]"), zone)
    return read, ~known, twice


def _without_clock(texts: pd.Series, read: pd.Series, zone: str) -> Flags:
    """Cells that name a day and no clock; whole days of a workbook are written with one, at midnight."""
    midnight = (read == read.dt.tz_convert(zone).dt.normalize()).to_numpy(dtype=bool)
    written = texts.map(lambda text: bool(text) and _CLOCK.search(text) is not None).to_numpy(dtype=bool)
    flags: Flags = midnight & ~written
    return flags
