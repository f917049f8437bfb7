"""Interval actuals straight from the stored files: the counts of :mod:`wfm.records.aggregating`, as DuckDB queries.

:func:`wfm.records.aggregating.aggregate_actuals` is the readable statement of what is counted; both agree exactly,
which is why durations are summed in whole microseconds. The days are taken a few at a time, so that memory does
not grow with the period.

Redials need no sorting. Time is cut into pieces as long as the redial window, and for each caller who gave up a piece
keeps two moments: when the caller first gave up in it, and when the caller last gave up in the piece before. A call
is a redial when the former is before it, or the latter not more than a window ago: one look-up a call.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from wfm.execution import Progress, no_progress
from wfm.records.aggregating import GIVING_UP_MAX_S, REDIAL_WINDOW_S
from wfm.records.held_calls import STRETCH_CALLS, Batch, HeldCalls, Stretch, calls_between, connect, stretches
from wfm.tables import ACTUALS, WAIT_THRESHOLDS_S

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb
    import pyarrow as pa

    from wfm.calendar import TimeGrid

__all__ = ["ANSWERED_US", "HANDLE_US", "WAIT_US", "count_actuals", "moment_us", "register_moved"]

WAIT_US = (
    "CASE outcome WHEN 'answered' THEN epoch_us(answered_at) - epoch_us(coalesce(queued_at, arrived_at)) "
    "WHEN 'abandoned' THEN epoch_us(ended_at) - epoch_us(coalesce(queued_at, arrived_at)) END"
)
"""Wait for an agent of a queued call, microseconds; SQL over ``tables.CALLS``."""
ANSWERED_US = f"CASE WHEN outcome = 'answered' THEN {WAIT_US} END"
HANDLE_US = (
    "CASE WHEN outcome = 'answered' THEN "
    "CAST((coalesce(talk_s, 0) + coalesce(hold_s, 0) + coalesce(wrap_s, 0)) * 1e6 AS BIGINT) END"
)
"""Handling time of an answered call, microseconds; SQL over ``tables.CALLS``."""

_WINDOW_US = int(REDIAL_WINDOW_S * 1e6)
_COLUMNS = f"""
    line, epoch_us(arrived_at) AS arrived, caller_key, ivr_s IS NOT NULL AS heard, called_back_at IS NOT NULL AS told,
    outcome = 'answered' AS answered, outcome = 'abandoned' AS abandoned, outcome = 'blocked' AS blocked,
    outcome = 'ivr_completed' AS served, outcome = 'ivr_abandoned' AS hung_up, outcome = 'closed' AS closed,
    {WAIT_US} AS wait, {HANDLE_US} AS handle"""
_REDIAL = (
    f"coalesce(p.first_here <= 2 * h.arrived, false) OR coalesce(p.last_before >= h.arrived - {_WINDOW_US}, false)"
)
_COUNTS = {
    "offered": "count(*)",
    "blocked": "count(*) FILTER (blocked)",
    "ivr_answered": "count(*) FILTER ((heard OR hung_up OR served OR answered) AND NOT blocked)",
    "ivr_completed": "count(*) FILTER (served)",
    "ivr_abandoned": "count(*) FILTER (hung_up)",
    "queued": "count(*) FILTER (answered OR abandoned)",
    "answered": "count(*) FILTER (answered)",
    "abandoned": "count(*) FILTER (abandoned)",
    "short_abandoned": "count(*) FILTER (abandoned AND wait / 1e6 < $short)",
    "closed": "count(*) FILTER (closed)",
    "called_back": "count(*) FILTER (told AND NOT answered AND NOT served)",
    "wait_answered_s": "CAST(coalesce(sum(wait) FILTER (answered), 0) AS BIGINT)",
    "wait_all_s": "CAST(coalesce(sum(wait), 0) AS BIGINT)",
    "handle_s": "CAST(coalesce(sum(handle), 0) AS BIGINT)",
    **{f"answered_within_{t}_s": f"count(*) FILTER (answered AND wait <= {t * 1_000_000})" for t in WAIT_THRESHOLDS_S},
}


def count_actuals(
    folder: Path,
    batches: Sequence[Batch],
    grid: TimeGrid,
    lines: Sequence[str],
    short_abandon_s: float,
    progress: Progress = no_progress,
    stretch_calls: int = STRETCH_CALLS,
) -> pd.DataFrame:
    """Interval actuals (``tables.ACTUALS``) of stored calls: one row per line × interval, zeros where nothing came.

    Args:
        folder: of the hotline's records.
        batches: those to be read, in the order of adding.
        grid: the intervals.
        lines: the lines, in the order of the result; calls of others only show redials.
        short_abandon_s: callers who gave up sooner are short abandons.
        progress: told intervals done, of all.
        stretch_calls: calls looked at together.
    """
    names = [*_COUNTS, "first_attempts"]
    cells = np.zeros((len(names), len(lines), len(grid)), dtype=np.int64)
    number = {line: n for n, line in enumerate(lines)}
    with connect() as connection:
        moved = register_moved(connection, batches)
        for stretch in stretches(grid, batches, stretch_calls):
            found = _count(connection, folder, batches, grid, stretch, short_abandon_s, moved)
            if found is not None:
                row = np.array([number.get(line, -1) for line in found.column("line").to_pylist()], dtype=np.int64)
                mine = row >= 0
                place = stretch.first + found.column("place").to_numpy()[mine]
                for at, name in enumerate(names):
                    cells[at, row[mine], place] = found.column(name).to_numpy()[mine]
            progress(stretch.last, len(grid))
    table = pd.DataFrame(
        {
            "line": pd.Series(np.repeat(np.asarray(list(lines), dtype=object), len(grid)), dtype="string"),
            "interval": grid.starts.take(np.tile(np.arange(len(grid)), len(lines))),
        }
    )
    value = dict(zip(names, cells.reshape(len(names), -1), strict=True))
    for column in ACTUALS.columns[2:]:
        if column.name not in value:
            table[column.name] = np.nan
        else:
            table[column.name] = value[column.name] / (1e6 if column.kind == "seconds" else 1.0)
    return table


def register_moved(connection: duckdb.DuckDBPyConnection, batches: Sequence[Batch]) -> bool:
    """Register the calls that later batches tell under another date as the table ``moved``; whether there are any."""
    import pyarrow as pa

    calls = [call for batch in batches for call in batch.moved]
    order = [n for n, batch in enumerate(batches) for _ in batch.moved]
    connection.register(
        "moved", pa.table({"call": pa.array(calls, pa.string()), "sequence": pa.array(order, pa.int64())})
    )
    return bool(calls)


def _count(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    batches: Sequence[Batch],
    grid: TimeGrid,
    stretch: Stretch,
    short_abandon_s: float,
    moved: bool,
) -> pa.Table | None:
    held = calls_between(folder, batches, stretch.start, stretch.end)
    if not held:
        return None
    since = stretch.start - pd.Timedelta(seconds=REDIAL_WINDOW_S + GIVING_UP_MAX_S)
    before = calls_between(folder, batches, since, stretch.end)
    within = f"epoch_us(arrived_at) >= {moment_us(stretch.start)} AND epoch_us(arrived_at) < {moment_us(stretch.end)}"
    counts = ", ".join(f"{sql} AS {name}" for name, sql in _COUNTS.items())
    query = f"""
        WITH {held.view("held", _COLUMNS, within, connection, moved)},
        {_pieces(before, connection, moved)}
        SELECT line, (h.arrived - {moment_us(stretch.start)}) // {grid.interval_min * 60_000_000} AS place, {counts},
            count(*) FILTER (NOT ({_REDIAL})) AS first_attempts
        FROM held h LEFT JOIN pieces p ON p.caller_key = h.caller_key AND p.piece = h.arrived // {_WINDOW_US}
        GROUP BY ALL"""  # noqa: S608 - names and numbers of this module
    return connection.sql(query, params={"short": short_abandon_s}).to_arrow_table()


def _pieces(before: HeldCalls, connection: duckdb.DuckDBPyConnection, moved: bool) -> str:
    """The relation ``pieces``: caller, piece of time, and when the caller gave up, as the module's text tells.

    Moments at which callers gave up count twice over, and those at which the call itself arrived one more: what ends as
    another call arrives came before it, unless it only arrived then itself.
    """
    columns = "caller_key, epoch_us(arrived_at) AS arrived, epoch_us(greatest(coalesce(ended_at, arrived_at), arrived_at)) AS ended"
    where = (
        "outcome IN ('abandoned', 'blocked') AND caller_key IS NOT NULL "
        f"AND epoch_us(coalesce(ended_at, arrived_at)) - epoch_us(arrived_at) <= {int(GIVING_UP_MAX_S * 1e6)}"
    )
    return f"""{before.view("gone", columns, where, connection, moved)},
        pieces AS (
            SELECT caller_key, ended // {_WINDOW_US} + behind AS piece,
                min(CASE WHEN behind = 0 THEN 2 * ended + (arrived = ended)::BIGINT END) AS first_here,
                max(CASE WHEN behind = 1 THEN ended END) AS last_before
            FROM gone, (VALUES (0), (1)) AS v(behind)
            GROUP BY ALL)"""  # noqa: S608


def moment_us(moment: pd.Timestamp) -> int:
    """Microseconds since 1970, as ``epoch_us`` tells them."""
    return int(moment.as_unit("us").asm8.astype("datetime64[us]").astype(np.int64))
