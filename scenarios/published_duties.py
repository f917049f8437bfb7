"""The duties of a period as they were published, from the planning store."""

from __future__ import annotations

from datetime import date

import pandas as pd

from wfm.errors import BadInput
from wfm.i18n import say
from wfm.store import Store
from wfm.tables import DUTIES

__all__ = ["published_duties"]


def published_duties(store: Store, hotline_id: str, first: date, last: date) -> pd.DataFrame:
    """Duties (``tables.DUTIES``) of ``first`` to ``last`` in the published versions of the hotline's rosters.

    Where two rosters hold the same person's duty of a day, the one kept last counts.

    Raises:
        BadInput: no roster is published for any of these days.
    """
    found = []
    for record in sorted(store.rosters(hotline_id), key=lambda r: r.id):
        if record.published_version is None or record.last < first or record.first > last:
            continue
        duties = store.roster(record.id, record.published_version).duties
        inside = (duties["date"] >= pd.Timestamp(first)) & (duties["date"] <= pd.Timestamp(last))
        found.append(duties[inside].assign(_roster=record.id))
    if not found:
        raise BadInput(
            say(
                "no roster of {hotline} is published for {first} to {last}; publish one with wfm roster publish, or give "
                "the duties with --duties FILE.csv",
                hotline=hotline_id,
                first=first,
                last=last,
            )
        )
    every = pd.concat(found, ignore_index=True)
    latest = every.groupby(["agent", "date"])["_roster"].transform("max")
    return every.loc[every["_roster"] == latest, DUTIES.column_names].reset_index(drop=True)
