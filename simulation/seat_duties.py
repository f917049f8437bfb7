"""Seats of a requirement as if they were a roster: one duty for each unbroken time that a seat is on duty."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.calendar import TimeGrid
from wfm.tables import DUTIES

__all__ = ["seat_duties"]


def seat_duties(
    seats: NDArray[np.int64], group_ids: Sequence[str], grid: TimeGrid, *, stay_min: int = 180
) -> pd.DataFrame:
    """Duties (``tables.DUTIES``) that put ``seats`` ``(G, T)`` on duty, so that an engine can play a requirement.

    Seat s of a group is on duty in the intervals that want more than s. Seats of the last interval stay on for
    ``stay_min`` minutes, so that who called before the end is still answered.
    """
    starts, ends = grid.starts, grid.ends
    rows = []
    for group, wanted in zip(group_ids, seats, strict=True):
        for seat in range(int(wanted.max(initial=0))):
            edges = np.flatnonzero(np.diff(np.concatenate([[False], wanted > seat, [False]]).astype(int)))
            for first, after in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
                stay = pd.Timedelta(minutes=stay_min if after == len(grid) else 0)
                name = f"{group}-{seat:04d}"
                rows.append(
                    (name, starts[first].tz_localize(None).normalize(), group, starts[first], ends[after - 1] + stay)
                )
    table = pd.DataFrame(rows, columns=["agent", "date", "group", "start", "end"])
    return table.assign(shift="", post=table["agent"], role="A", breaks="", remote=False)[DUTIES.column_names]
