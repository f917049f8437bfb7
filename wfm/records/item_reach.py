"""From when to when work orders, satisfaction answers and agents' states are stored, and how many."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from wfm.records.item_store import ItemStore
from wfm.tables import AGENT_STATES, SATISFACTION, WORK_ORDERS, Table

__all__ = ["ItemReach", "item_reach"]


@dataclass(frozen=True, slots=True)
class ItemReach:
    """What is stored of one table."""

    table: Table
    entries: int
    first: date
    last: date


def item_reach(home: Path, hotline_id: str, time_zone: str) -> list[ItemReach]:
    """Every table of which something is stored.

    Raises:
        BadInput: a file of the store cannot be read.
    """
    found = []
    for table in (WORK_ORDERS, SATISFACTION, AGENT_STATES):
        reach = ItemStore(home, hotline_id, table).reach(time_zone)
        if reach is not None:
            found.append(ItemReach(table, *reach))
    return found
