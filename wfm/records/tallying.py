"""Daily counts of recorded calls, from which every KPI is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from wfm.metrics import COUNTS, THREE_RINGS_S
from wfm.records.aggregating import call_counts

if TYPE_CHECKING:
    from wfm.hotline import Hotline

__all__ = ["tally_calls"]


def tally_calls(calls: pd.DataFrame, hotline: Hotline) -> pd.DataFrame:
    """Daily counts of recorded calls (``tables.CALLS``): columns ``line``, ``date`` and ``metrics.COUNTS``.

    A call belongs to the local date of its arrival in the hotline's time zone. Every line has a row
    on every date from the first to the last call, zeros where nothing came. ``staffed_s`` is empty
    (NaN): call records do not know it.
    """
    if calls.empty:
        return pd.DataFrame({"line": [], "date": pd.to_datetime([]), **{c: np.empty(0) for c in COUNTS}})
    counts = call_counts(calls, hotline.short_abandon_s)
    ring_s = calls["ring_s"].to_numpy(dtype=float, na_value=np.nan)
    counts["rang_over_three"] = ((ring_s > THREE_RINGS_S) & (counts["answered"] > 0)).astype(float)
    local = calls["arrived_at"].dt.tz_convert(hotline.time_zone).dt.tz_localize(None).dt.normalize()
    dates = pd.date_range(local.min(), local.max(), freq="D")
    day = np.asarray((local - dates[0]).dt.days, dtype=int)
    line = pd.Index(hotline.line_ids).get_indexer(pd.Index(calls["line"].to_numpy(dtype=object)))
    cell = (line * len(dates) + day)[line >= 0]
    table = pd.DataFrame(
        {
            "line": np.repeat(np.asarray(hotline.line_ids, dtype=object), len(dates)),
            "date": np.tile(dates.to_numpy(), len(hotline.lines)),
        }
    )
    for name in COUNTS:
        table[name] = (
            np.bincount(cell, weights=counts[name][line >= 0], minlength=len(table)) if name in counts else np.nan
        )
    return table
