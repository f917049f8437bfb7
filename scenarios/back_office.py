"""The back office of a period, beside the seats that answer."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scenarios.preparation import Prepared
from wfm.i18n import Text, both
from wfm.staffing import BackOfficeCover, Workload, back_office_cover, deferred_items

__all__ = ["office_note", "office_of"]


def office_of(prepared: Prepared, workload: Workload, requirement: pd.DataFrame, seed: int) -> BackOfficeCover:
    """The smallest back office beside these seats: idle time of answering agents up to the occupancy cap comes first.

    ``requirement`` has the columns of ``tables.REQUIREMENT``, rows as in the workload.
    """
    hotline, grid, calls = prepared.hotline, prepared.grid, workload.calls
    work = deferred_items(
        hotline,
        calls.answered,
        calls.missed,
        grid,
        prepared.calendar,
        aht_s=calls.aht_s,
        opened=prepared.open_mask,
        asked_closed=calls.unserved,
    )
    handled = requirement["load_erlang"].to_numpy() - workload.table["blended_erlang"].to_numpy()
    handled = handled * (1 - requirement["abandon_share"].fillna(0.0).to_numpy())
    seats = requirement["seats"].to_numpy() * hotline.occupancy_max
    by_group = (len(hotline.groups), len(grid))
    spare = np.maximum(seats - handled, 0.0).reshape(by_group).sum(axis=0)
    return back_office_cover(
        hotline,
        work,
        spare,
        grid,
        prepared.calendar,
        seed=seed,
        calls_erlang=handled.reshape(by_group).sum(axis=0),
    )


def office_note(office: BackOfficeCover) -> tuple[Text, ...]:
    """What the reader of a plan must know of it; nothing where agents between calls do all of it."""
    if not office.heads:
        return office.unreachable
    hours = float(office.classes["office_h_per_day"].sum())
    return (
        both(
            "The back office has {hours:.0f} h of work orders and call-backs on an average day; {heads} people at work at once "
            "keep its deadlines with a probability of {share:.0f} %.",
            hours=hours,
            heads=office.heads,
            share=100 * office.p_met,
        ),
        *office.unreachable,
    )
