"""Agents' states out of a telephone system's export, or out of Asterisk's ``queue_log``."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from wfm.execution import Progress, no_progress
from wfm.records.cells import read_seconds
from wfm.records.chunk_rows import ChunkRows, read_text, shown_cell
from wfm.records.item_importing import ItemImport, import_items
from wfm.records.item_mapping import StateMapping
from wfm.records.item_rows import Unread, read_choice, read_moment
from wfm.records.rejecting import Rejected
from wfm.tables import AGENT_STATES, STATES

if TYPE_CHECKING:
    from wfm.hotline import Hotline

__all__ = ["LONGEST_H", "import_states"]

LONGEST_H = 24
"""A state that lasts longer is a forgotten sign-out, not presence."""


def import_states(
    path: str | Path,
    mapping: StateMapping,
    *,
    hotline: Hotline,
    names: Dictionary[str, str] | None = None,
    progress: Progress = no_progress,
) -> ItemImport:
    """Agents' states from a CSV, Excel or Parquet file.

    A state without an end and a duration lasts until the agent's next row; signed out without one it has no length.

    Args:
        path: the export.
        mapping: which columns mean what.
        hotline: its time zone.
        names: how agents are written in the file → their identifiers, where they are not the same.
        progress: told how much of the file is read.

    Raises:
        BadInput: the file cannot be read, lacks a column that is needed, or no row can be used.
    """
    convert = partial(_states, hotline=hotline, names=names or {})
    return import_items(Path(path), mapping, AGENT_STATES, convert, hotline, progress, finish=_ended)


def _states(
    rows: ChunkRows, mapping: StateMapping, unread: Unread, *, hotline: Hotline, names: Dictionary[str, str]
) -> pd.DataFrame:
    columns = mapping.columns
    zone = mapping.time_zone or hotline.time_zone
    agents = read_text(rows, columns.agent)
    rows.reject(agents.isna().to_numpy(), "no_item", " / ".join(columns.agent.names))
    state = read_choice(rows, columns.state, {s: s for s in STATES}, unread, policy="reject")
    rows.reject(pd.isna(state), "no_state", " / ".join(columns.state.names))
    start, _, _ = read_moment(rows, columns.start, zone)
    rows.reject(start.isna().to_numpy(), "no_moment", " / ".join(columns.start.names))
    end, _, twice = read_moment(rows, columns.end, zone)
    end = end.where(~(twice & (end < start).to_numpy()), end + pd.Timedelta(hours=1))
    if columns.duration_s is not None:
        for name in columns.duration_s.names:
            filled = ~rows.empty(columns.duration_s, name) & end.isna().to_numpy()
            seconds = np.full(rows.size, np.nan)
            seconds[filled] = read_seconds(rows.raw(name).reset_index(drop=True)[filled], columns.duration_s.unit)
            rows.reject(filled & np.isnan(seconds), "bad_duration", name, rows.shown(name))
            rows.reject(filled & (seconds < 0), "negative", name, rows.shown(name))
            end = end.where(np.isnan(seconds), start + pd.to_timedelta(pd.Series(seconds), unit="s"))
    local = {name: moments.dt.tz_convert(hotline.time_zone) for name, moments in (("start", start), ("end", end))}

    def shown(name: str) -> Any:
        return lambda at: f"{local[name].iloc[at]:%Y-%m-%d %H:%M:%S}"

    rows.reject(
        (end < start).to_numpy(),
        "order",
        " / ".join((columns.end or columns.start).names),
        shown("end"),
        shown("start"),
    )
    long = ((end - start).dt.total_seconds() > LONGEST_H * 3600).to_numpy() & (state != "offline")
    rows.reject(long, "too_long", " / ".join(columns.start.names), lambda at: shown_cell(state[at]))
    return pd.DataFrame(
        {
            "agent": agents.map(lambda a: names.get(a, a), na_action="ignore").astype("string"),
            "state": pd.array(state, dtype="string"),
            **local,
        }
    )


def _ended(items: pd.DataFrame) -> tuple[pd.DataFrame, list[Rejected]]:
    """States that the file gives no end end with the agent's next row."""
    items = items.sort_values(["agent", "start", "row"], kind="stable", ignore_index=True)
    following = items.groupby("agent", sort=False)["start"].shift(-1)
    open_ended = items["end"].isna().to_numpy()
    end = items["end"].where(~open_ended, following)
    offline = (items["state"] == "offline").to_numpy(dtype=bool)
    end = end.where(~(open_ended & offline & end.isna().to_numpy()), items["start"])
    endless = end.isna().to_numpy() | (
        ((end - items["start"]).dt.total_seconds() > LONGEST_H * 3600).to_numpy() & ~offline
    )
    late = [Rejected(int(row), "no_state_end", allowed=str(LONGEST_H)) for row in items.loc[endless, "row"]]
    return items.assign(end=end)[~endless].sort_values("row", ignore_index=True), late
