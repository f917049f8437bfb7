"""The rosters published before one that is to be built: its rules and its fairness reach back into them."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from scenarios.scenario import Scenario
from wfm.i18n import Text, both
from wfm.store import Store

__all__ = ["RULES_WEEKS", "published_before"]

RULES_WEEKS = 6
"""Weeks before the roster into which rules reach: four weeks, and the week around their start."""


def published_before(scenario: Scenario, first: date, store: Store) -> tuple[pd.DataFrame | None, tuple[Text, ...]]:
    """Duties before ``first`` of the hotline's published rosters, as far back as rules and fairness look, and a sentence that says so.

    None where none is published in that time.
    """
    hotline = scenario.hotline
    weeks = max(RULES_WEEKS, hotline.rules.fairness_weeks)
    begin = first - timedelta(days=7 * weeks)
    records = {r.id: r for r in store.rosters(hotline.id)}
    found = []
    for month in sorted(store.months.months(hotline.id), key=lambda m: m.first):
        record = records.get(month.roster_id or 0)
        if record is None or record.published_version is None or not (month.first < first and month.last >= begin):
            continue
        duties = store.roster(record.id, record.published_version).duties
        inside = (duties["date"] < pd.Timestamp(first)) & (duties["date"] >= pd.Timestamp(begin))
        found.append(duties[inside])
    known = [duties for duties in found if not duties.empty]
    if not known:
        return None, ()
    history = pd.concat(known, ignore_index=True)
    note = both(
        "continues the published rosters from {begin:%Y-%m-%d} to {end:%Y-%m-%d}",
        begin=history["date"].min(),
        end=history["date"].max(),
    )
    return history, (note,)
