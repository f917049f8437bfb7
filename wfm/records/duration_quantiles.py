"""Quantiles of answer and handling times of stored calls, by line and interval or by line and time of day.

Durations are counted in tenths of a second, rounded up, and the quantiles are those of the counts: the least tenth
within which the share of the calls lies. Counts of many files add up exactly, which quantiles themselves do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.errors import BadInput
from wfm.execution import Progress, no_progress
from wfm.i18n import say
from wfm.records.held_calls import STRETCH_CALLS, Batch, Stretch, calls_between, connect, stretches
from wfm.records.interval_counts import moment_us, register_moved

if TYPE_CHECKING:
    import duckdb

    from wfm.calendar import TimeGrid

__all__ = ["SHARES", "By", "duration_quantiles"]

By = Literal["interval", "time_of_day"]
SHARES = (0.5, 0.8, 0.9, 0.95)
Ints = NDArray[np.int64]

_TENTHS = 1 << 32
"""Above every duration in tenths of a second: cell and duration stand in one number."""


def duration_quantiles(
    folder: Path,
    batches: Sequence[Batch],
    grid: TimeGrid,
    lines: Sequence[str],
    duration_us: str,
    *,
    shares: Sequence[float] = SHARES,
    by: By = "interval",
    progress: Progress = no_progress,
    stretch_calls: int = STRETCH_CALLS,
) -> pd.DataFrame:
    """Quantiles of a duration of the calls that arrived in the grid.

    Args:
        folder: of the hotline's records.
        batches: those to be read, in the order of adding.
        grid: the intervals.
        lines: the lines, in the order of the result.
        duration_us: the duration in microseconds as SQL over ``tables.CALLS``; calls without one do not count.
        shares: between 0 and 1.
        by: ``interval``: a row per line × interval of the grid, column ``interval``; ``time_of_day``: a row per line ×
            time of day, column ``minute`` (minutes after midnight), over all days of the grid.
        progress: told intervals done, of all.
        stretch_calls: calls looked at together.

    Returns:
        ``line``, ``interval`` or ``minute``, ``calls``, and for each share its quantile in seconds, ``q50_s``, ``q80_s`` …;
        NaN where no call is.

    Raises:
        BadInput: a share lies outside 0 … 1.
    """
    for share in shares:
        if not 0 < share <= 1:
            raise BadInput(say("shares: found {found:g}, allowed are numbers above 0, at most 1", found=share))
    slot_of = (
        np.arange(len(grid)) if by == "interval" else np.asarray(grid.minutes, dtype=np.int64) // grid.interval_min
    )
    slots = len(grid) if by == "interval" else 1440 // grid.interval_min
    calls = np.zeros(len(lines) * slots, dtype=np.int64)
    values = np.full((len(shares), len(calls)), np.nan)
    keys, counts = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    with connect() as connection:
        moved = register_moved(connection, batches)
        for stretch in stretches(grid, batches, stretch_calls):
            new_keys, new_counts = _histogram(
                connection, folder, batches, grid, stretch, duration_us, lines, slot_of, slots, moved
            )
            if by == "interval":  # nothing of these intervals comes later
                _read_off(new_keys, new_counts, shares, calls, values)
            else:
                keys, counts = _added(np.concatenate([keys, new_keys]), np.concatenate([counts, new_counts]))
            progress(stretch.last, len(grid))
    _read_off(keys, counts, shares, calls, values)
    where = (
        {"interval": grid.starts.take(np.tile(np.arange(slots), len(lines)))}
        if by == "interval"
        else {"minute": np.tile(np.arange(slots) * grid.interval_min, len(lines))}
    )
    line = pd.Series(np.repeat(np.asarray(list(lines), dtype=object), slots), dtype="string")
    quantiles = {f"q{100 * share:g}_s": values[n] for n, share in enumerate(shares)}
    return pd.DataFrame({"line": line, **where, "calls": calls, **quantiles})


def _histogram(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    batches: Sequence[Batch],
    grid: TimeGrid,
    stretch: Stretch,
    duration_us: str,
    lines: Sequence[str],
    slot_of: Ints,
    slots: int,
    moved: bool,
) -> tuple[Ints, Ints]:
    """Cell × tenth of a second as one number, in order, and the calls of each."""
    import pyarrow as pa

    held = calls_between(folder, batches, stretch.start, stretch.end)
    if not held:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    start, end = moment_us(stretch.start), moment_us(stretch.end)
    columns = f"line, epoch_us(arrived_at) AS arrived, {duration_us} AS duration"
    within = f"epoch_us(arrived_at) >= {start} AND epoch_us(arrived_at) < {end}"
    connection.register("lines", pa.table({"line": list(lines), "first_cell": [n * slots for n in range(len(lines))]}))
    places = np.arange(stretch.last - stretch.first)
    connection.register("slots", pa.table({"place": places, "slot": slot_of[stretch.first : stretch.last]}))
    query = f"""
        WITH {held.view("held", columns, within, connection, moved)}
        SELECT (first_cell + slot) * {_TENTHS} + greatest(0, CAST(ceil(duration / 100000) AS BIGINT)) AS key,
            count(*) AS calls
        FROM held JOIN lines USING (line)
            JOIN slots ON slots.place = (arrived - {start}) // {grid.interval_min * 60_000_000}
        WHERE duration IS NOT NULL GROUP BY key ORDER BY key"""  # noqa: S608 - names and numbers of this module
    found = connection.sql(query).to_arrow_table()
    return found.column("key").to_numpy(), found.column("calls").to_numpy()


def _added(keys: Ints, counts: Ints) -> tuple[Ints, Ints]:
    """Each key once, in order, its counts added up."""
    order = np.argsort(keys, kind="stable")
    keys, counts = keys[order], counts[order]
    first = np.flatnonzero(np.diff(keys, prepend=-1))
    return keys[first], np.add.reduceat(counts, first) if len(first) else counts


def _read_off(keys: Ints, counts: Ints, shares: Sequence[float], calls: Ints, values: NDArray[np.float64]) -> None:
    """Write the cells' calls and quantiles, in seconds, where they belong."""
    if not len(keys):
        return
    cell = keys // _TENTHS
    first = np.flatnonzero(np.diff(cell, prepend=-1))
    upto = np.cumsum(counts)
    before = upto[first] - counts[first]
    total = np.diff(np.append(before, upto[-1]))
    calls[cell[first]] = total
    for n, share in enumerate(shares):
        # The least rank that holds the share; a product a rounding error above a whole number is that number.
        rank = np.maximum(np.ceil(share * total - 1e-9), 1).astype(np.int64)
        at = np.searchsorted(upto, before + rank, side="left")
        values[n, cell[first]] = (keys[at] % _TENTHS) / 10
