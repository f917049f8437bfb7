"""A file with a time and a count in each row, as a series that forecasts can be tested on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from wfm.calendar import TimeGrid, WorkingCalendar
from wfm.calendar.grid import need_zone
from wfm.errors import BadInput
from wfm.execution import Progress, no_progress
from wfm.forecast.backtest import Series
from wfm.i18n import Text, both, say
from wfm.records.cells import read_counts, read_times
from wfm.records.reading import read_chunks

__all__ = ["LINE", "is_series_file", "read_series"]

LINE = "calls"
"""Name of the one line of a file."""
SUFFIXES = (".csv", ".txt", ".tsv", ".parquet", ".xlsx", ".xls", ".xlsm")
NO_AHT_S = 180.0
"""Handling time of a file that tells none; nothing that is scored depends on it."""


@dataclass(frozen=True)
class _TwoColumns:
    """What :func:`read_chunks` must know of the file."""

    time_column: str
    count_column: str
    format: str = ""
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    header_row: int = 1

    @property
    def read(self) -> dict[str, str]:
        """Columns looked at."""
        return {self.time_column: "timestamp", self.count_column: "calls"}


def is_series_file(name: str) -> bool:
    """Whether the name is that of a table file rather than of a hotline."""
    return Path(name).suffix.lower() in SUFFIXES


def read_series(
    path: Path,
    calendar: WorkingCalendar,
    *,
    time_column: str,
    count_column: str,
    interval_min: int,
    time_zone: str = "UTC",
    progress: Progress = no_progress,
) -> Series:
    """Read counts per moment and add them up to intervals.

    An interval counts as recorded if the file has all of its rows, by the file's usual step; one that it has in part is left
    out. Intervals without a row are not recorded.

    Args:
        path: a CSV, Parquet or Excel file with one row a moment.
        calendar: kinds of the days.
        time_column: column with the beginning of what is counted.
        count_column: column with the count.
        interval_min: length of the intervals wanted, a multiple of the file's step.
        time_zone: of times that carry none. In UTC every day has 24 hours.
        progress: told bytes or rows read.

    Raises:
        BadInput: the file cannot be read, a time or count is none or below zero (with its line), or its step is longer than the
            intervals.
    """
    need_zone(time_zone)
    times, counts, torn_rows = [], [], 0
    for chunk in read_chunks(path, _TwoColumns(time_column, count_column), progress):
        moments, twice = read_times(chunk.columns[time_column], zone=time_zone)
        values = read_counts(chunk.columns[count_column])
        raw = chunk.columns[count_column]
        missing = raw.isna().to_numpy() | (raw.astype(str).str.strip() == "").to_numpy()
        _refuse(path, chunk.rows[moments.isna().to_numpy()], time_column, say("a time"))
        _refuse(path, chunk.rows[np.isnan(values) & ~missing], count_column, say("a number from 0"))
        _refuse(path, chunk.rows[values < 0], count_column, say("a number from 0"))
        times.append(pd.DataFrame({"at": moments, "twice": twice}))
        counts.append(np.where(missing, np.nan, values))
        torn_rows += len(chunk.torn)
    if not times or not np.isfinite(np.concatenate(counts)).any():
        raise BadInput(say("{name}: the file holds no row", name=path.name))
    moment, count = _in_order(pd.concat(times, ignore_index=True)), np.concatenate(counts)
    step_min = _step_min(moment)
    moment, count = moment[np.isfinite(count)], count[np.isfinite(count)]
    local = moment.tz_convert(time_zone)
    first, last = local.min().date(), local.max().date()
    grid = TimeGrid(first, (last - first).days + 1, interval_min, time_zone)
    if step_min > interval_min or interval_min % step_min:
        raise BadInput(
            say(
                "--interval-min: found {found}, but {name} has a row every {step} min; allowed are multiples of it",
                found=interval_min,
                name=path.name,
                step=step_min,
            )
        )
    rows = np.bincount(grid.locate(moment.unique()), minlength=len(grid))
    total = np.bincount(grid.locate(moment), weights=count, minlength=len(grid))
    whole = rows >= interval_min // step_min
    actuals = pd.DataFrame(
        {
            "line": pd.Series([LINE] * int(whole.sum()), dtype="string"),
            "interval": grid.starts[whole],
            "first_attempts": total[whole],
            "offered": total[whole],
            "answered": 0.0,
            "handle_s": np.nan,
        }
    )
    notes: list[Text] = []
    torn = int(((rows > 0) & ~whole).sum())
    if torn:
        notes.append(both("{count:,} intervals that the file has only in part are left out", count=torn))
    if torn_rows:
        notes.append(both("{count:,} rows with another number of fields than the header are left out", count=torn_rows))
    again = len(moment) - moment.nunique()
    if again:
        notes.append(both("{count:,} rows have the time of another row; their counts are added up", count=again))
    return Series(actuals, grid, (LINE,), calendar, whole, {LINE: NO_AHT_S}, tuple(notes))


def _in_order(times: pd.DataFrame) -> pd.DatetimeIndex:
    """The moments; of two rows in the hour that comes twice the later one in the file is an hour later."""
    again = times["twice"] & times["at"].duplicated()
    return pd.DatetimeIndex(times["at"].where(~again, times["at"] + pd.Timedelta(hours=1)))


def _step_min(moment: pd.DatetimeIndex) -> int:
    """The file's usual step in minutes, at least 1."""
    gaps = np.diff(np.unique(moment.as_unit("s").asi8))
    if not len(gaps):
        return 1
    values, times = np.unique(gaps, return_counts=True)
    return max(1, round(timedelta(seconds=int(values[times.argmax()])) / timedelta(minutes=1)))


def _refuse(path: Path, rows: np.ndarray[tuple[int], np.dtype[np.int64]], column: str, allowed: str) -> None:
    if len(rows):
        raise BadInput(
            say(
                "{name}:{line}: column {column!r} should be {allowed} (rows like this: {count:,})",
                name=path.name,
                line=int(rows[0]),
                column=column,
                allowed=allowed,
                count=len(rows),
            )
        )
