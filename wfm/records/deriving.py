"""What follows from what in a call record, and which records contradict themselves.

Where the mapping names no source or the cell is empty, in this order:

* ``arrived_at``: ``queued_at`` − ``ivr_s``, else ``answered_at`` − ``wait_s`` − ``ivr_s``;
* ``queued_at`` of a call that asked for an agent: ``arrived_at`` + ``ivr_s`` (0 where unknown);
* ``answered_at`` of an answered call: ``queued_at`` + ``wait_s``, else ``ended_at`` − ``talk_s`` − ``hold_s``;
* ``ended_at``: ``answered_at`` + ``talk_s`` + ``hold_s``; ``queued_at`` + ``wait_s``; ``arrived_at`` + ``ivr_s``;
* ``talk_s``: from pick-up to end, less ``hold_s``.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.records.chunk_rows import ChunkRows, Flags, shown_seconds

if TYPE_CHECKING:
    from wfm.records.mapping import Mapping

__all__ = ["DAY_S", "MOMENTS", "derive_moments", "name_calls"]

MOMENTS = ("arrived_at", "queued_at", "answered_at", "ended_at")
"""The moments of a call in the order in which they happen."""
DAY_S = 86_400.0


def derive_moments(
    rows: ChunkRows,
    outcome: NDArray[np.object_],
    moments: dict[str, pd.Series],
    seconds: dict[str, NDArray[np.float64]],
    mapping: Mapping,
    time_zone: str,
) -> None:
    """Fill what follows from the rest, put clocks right within the tolerance, reject contradictions; in place.

    Args:
        rows: the chunk; rows that contradict themselves are rejected there.
        outcome: fate of each row, ``None`` where it was rejected.
        moments: ``arrived_at``, ``queued_at``, ``answered_at``, ``ended_at`` and ``called_back_at`` in UTC.
        seconds: the durations, ``wait_s`` among them; NaN where unknown.
        mapping: its clock tolerance, and the columns to name in messages.
        time_zone: in which messages tell moments.
    """
    answered, abandoned = outcome == "answered", outcome == "abandoned"
    asked = answered | abandoned

    def later(moment: pd.Series, *parts: NDArray[np.float64]) -> pd.Series:
        return moment + pd.to_timedelta(pd.Series(np.round(np.sum(parts, axis=0), 3)), unit="s")

    def fill(name: str, value: pd.Series, where: Flags | None = None) -> None:
        missing = moments[name].isna() if where is None else moments[name].isna() & where
        moments[name] = moments[name].where(~missing, value).astype("datetime64[ns, UTC]")

    ivr_s, wait_s, hold_s = np.nan_to_num(seconds["ivr_s"]), seconds["wait_s"], np.nan_to_num(seconds["hold_s"])
    for name, counts in (("queued_at", asked), ("answered_at", answered)):
        moments[name] = moments[name].where(counts, pd.NaT)
    fill("arrived_at", later(moments["queued_at"], -ivr_s))
    fill("arrived_at", later(moments["answered_at"], -ivr_s, -np.nan_to_num(wait_s)))
    columns = mapping.columns
    column = columns.arrived_at or columns.queued_at or columns.answered_at
    names = "" if column is None else " / ".join(column.read[: len(column.names) or 2])
    rows.reject(moments["arrived_at"].isna().to_numpy(), "no_time", names)
    fill("queued_at", later(moments["arrived_at"], ivr_s), asked)
    fill("answered_at", later(moments["queued_at"], wait_s), answered)
    fill("answered_at", later(moments["ended_at"], -seconds["talk_s"], -hold_s), answered)
    rows.reject(answered & moments["answered_at"].isna().to_numpy(), "no_answer_time")
    fill("ended_at", later(moments["answered_at"], seconds["talk_s"], hold_s), answered)
    fill("ended_at", later(moments["queued_at"], wait_s), abandoned)
    fill("ended_at", later(moments["arrived_at"], seconds["ivr_s"]), ~asked)
    rows.reject(abandoned & moments["ended_at"].isna().to_numpy(), "no_end")
    _put_in_order(rows, moments, mapping.clock_tolerance_s, time_zone)
    call_s = (moments["ended_at"] - moments["answered_at"]).dt.total_seconds().to_numpy()
    whole_s = (moments["ended_at"] - moments["arrived_at"]).dt.total_seconds().to_numpy()
    rows.reject(whole_s > DAY_S, "too_long", "ended_at", lambda at: shown_seconds(whole_s[at]))
    told_s = seconds["talk_s"] + hold_s
    slack_s = max(1.0, mapping.clock_tolerance_s)
    rows.reject(
        answered & (told_s > call_s + slack_s),
        "talk_longer",
        "talk_s",
        lambda at: shown_seconds(told_s[at]),
        lambda at: shown_seconds(call_s[at]),
    )
    for name in ("talk_s", "hold_s", "wrap_s", "ring_s"):
        seconds[name] = np.where(answered, seconds[name], np.nan)
    missing = answered & np.isnan(seconds["talk_s"]) & ~np.isnan(call_s)
    seconds["talk_s"] = np.where(missing, np.maximum(call_s - hold_s, 0.0), seconds["talk_s"])


def _put_in_order(rows: ChunkRows, moments: dict[str, pd.Series], tolerance_s: float, time_zone: str) -> None:
    """Move a moment up to the one that it follows when clocks explain it; reject the row when they do not."""
    latest, latest_name = moments["arrived_at"], np.full(rows.size, "arrived_at", dtype=object)
    for name in (*MOMENTS[1:], "called_back_at"):
        back_s = (latest - moments[name]).dt.total_seconds().to_numpy()
        wrong = back_s > tolerance_s

        def words(at: int, name: str = name) -> str:
            return _moment_words(moments[name].iloc[at], time_zone)

        def limit(at: int, latest: pd.Series = latest, named: NDArray[np.object_] = latest_name) -> str:
            return f"{named[at]} {_moment_words(latest.iloc[at], time_zone)}"

        rows.reject(wrong, "order", name, words, limit)
        moments[name] = moments[name].where(~(back_s > 0), latest)
        known = moments[name].notna()
        latest = latest.where(~known, moments[name])
        latest_name = np.where(known, name, latest_name)


def _moment_words(moment: pd.Timestamp, time_zone: str) -> str:
    return f"{moment.tz_convert(time_zone):%Y-%m-%d %H:%M:%S}"


def name_calls(calls: pd.DataFrame, seen: Counter[str]) -> None:
    """Identifiers for calls that carry none, the same in every export that holds the row; in place.

    Rows that agree in line, arrival, caller, agent and end tell the same call if the caller or the agent
    is known; where neither is, equal rows are as many calls. ``seen`` counts these over the chunks of a file.
    """
    nameless = calls["call"].isna().to_numpy()
    parts = calls.loc[nameless]
    arrived, ended = (
        parts[name].dt.tz_convert("UTC").dt.tz_localize(None).to_numpy(dtype="datetime64[ms]").astype(np.int64).tolist()
        for name in ("arrived_at", "ended_at")
    )
    callers, agents = parts["caller_key"].tolist(), parts["agent"].tolist()
    names = []
    for values in zip(parts["line"].tolist(), arrived, ended, callers, agents, strict=True):
        digest = hashlib.blake2b("\0".join(map(str, values)).encode(), digest_size=12).hexdigest()
        if not isinstance(values[3], str) and not isinstance(values[4], str):
            seen[digest] += 1
            if seen[digest] > 1:
                digest = f"{digest}-{seen[digest]}"
        names.append(digest)
    calls.loc[nameless, "call"] = np.array(names, dtype=object)
