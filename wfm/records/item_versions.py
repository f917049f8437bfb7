"""Which of two versions of the same entry is the later one.

An order that was opened again more often is later than one that was not; otherwise the version whose last stage lies
later; of equal ones the one imported last. So an old export that is imported after a new one takes nothing back.
"""

from __future__ import annotations

import pandas as pd

from wfm.tables import AGENT_STATES, SATISFACTION, WORK_ORDERS, Table

__all__ = ["STAGES", "progress_of"]

STAGES: dict[str, tuple[str, ...]] = {
    WORK_ORDERS.name: (
        "received_at",
        "first_contact_at",
        "told_at",
        "closed_at",
        "follow_up_at",
        "called_back_at",
    ),
    SATISFACTION.name: ("asked_at", "called_back_at"),
    AGENT_STATES.name: ("end",),
}
"""Moments that tell how far an entry has come."""


def progress_of(items: pd.DataFrame, table: Table) -> dict[str, pd.Series]:
    """``_reopened`` and ``_latest``: how far each row has come."""
    latest = pd.DataFrame({name: items[name].dt.tz_convert("UTC") for name in STAGES[table.name]}).max(axis=1)
    reopened = items["reopened"].astype(float).fillna(0.0) if "reopened" in items else pd.Series(0.0, items.index)
    return {"_reopened": reopened, "_latest": latest}
