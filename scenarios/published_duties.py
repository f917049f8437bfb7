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

    A day that several rosters cover is the one's that was kept last: whoever is not in it is not on duty.

    Raises:
        BadInput: no roster is published for any of these days.
    """
    found = []
    open_days = pd.date_range(first, last)
    for record in sorted(store.rosters(hotline_id), key=lambda r: -r.id):
        mine = (open_days >= pd.Timestamp(record.first)) & (open_days <= pd.Timestamp(record.last))
        if record.published_version is None or not mine.any():
            continue
        duties = store.roster(record.id, record.published_version).duties
        found.append(duties[duties["date"].isin(open_days[mine])])
        open_days = open_days[~mine]
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
    return pd.concat(found, ignore_index=True)[DUTIES.column_names]
