"""What a standard asks of the roster itself: a B on every post, somebody on duty at every hour."""

from __future__ import annotations

import numpy as np
import pandas as pd

from wfm.calendar import TimeGrid
from wfm.hotline import Hotline, serving_groups

__all__ = ["ROSTER_MEASURES", "measure_roster"]

ROSTER_MEASURES = ("backup_on_every_post", "staffed_share_of_every_day")


def measure_roster(hotline: Hotline, duties: pd.DataFrame, cover: pd.DataFrame, grid: TimeGrid) -> dict[str, float]:
    """The roster measures that standards name.

    ``backup_on_every_post``: share of the A posts filled whose post also has a B, another person; a B
    shared by several posts backs each of them. ``staffed_share_of_every_day``: share of all 24 hours of
    every day in which each line has an A agent on duty. NaN where there is nothing to count.
    """
    return {
        "backup_on_every_post": _backed_share(hotline, duties),
        "staffed_share_of_every_day": _staffed_share(hotline, cover, grid),
    }


def _backed_share(hotline: Hotline, duties: pd.DataFrame) -> float:
    answering = duties[duties["role"] == "A"]
    standby = duties[duties["role"] == "B"]
    if answering.empty:
        return float("nan")
    backed = 0.0
    keys = ["date", "shift", "group"]
    b_agents = {key: set(part["agent"]) for key, part in standby.groupby(keys)}
    for key, part in answering.groupby(keys):
        posts_per_backup = hotline.group(str(key[2])).posts_per_backup
        others = b_agents.get(key, set()) - set(part["agent"])
        backed += min(len(part), len(others) * posts_per_backup)
    return backed / len(answering)


def _staffed_share(hotline: Hotline, cover: pd.DataFrame, grid: TimeGrid) -> float:
    on_duty = cover.pivot_table(index="group", columns="interval", values="rostered_a", aggfunc="sum")
    on_duty = on_duty.reindex(columns=grid.starts).fillna(0.0)
    staffed = np.ones(len(grid), dtype=bool)
    for groups in serving_groups(hotline, grid).values():
        present = np.zeros(len(grid))
        for group_id in on_duty.index:
            serving = groups == group_id
            present[serving] = on_duty.loc[group_id].to_numpy()[serving]
        staffed &= present >= 1 - 1e-9
    return float(staffed.mean()) if len(staffed) else float("nan")
