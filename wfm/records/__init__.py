"""Call records: import, store, aggregation, and labelled synthetic records."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wfm.records.aggregating import aggregate_actuals, redial_flags
    from wfm.records.demand import demand_column
    from wfm.records.generating import generate_calls
    from wfm.records.importing import ImportResult, Rejected, import_calls
    from wfm.records.mapping import Mapping, load_mapping, mapping_names
    from wfm.records.privacy import caller_key, home_folder, phone_key
    from wfm.records.profiles import hourly_weights, interval_shares
    from wfm.records.record_store import AddResult, RecordStore
    from wfm.records.tallying import tally_calls
    from wfm.records.writing import write_calls

_HOMES = {
    "AddResult": "record_store",
    "ImportResult": "importing",
    "Mapping": "mapping",
    "RecordStore": "record_store",
    "Rejected": "importing",
    "aggregate_actuals": "aggregating",
    "caller_key": "privacy",
    "demand_column": "demand",
    "generate_calls": "generating",
    "home_folder": "privacy",
    "hourly_weights": "profiles",
    "import_calls": "importing",
    "interval_shares": "profiles",
    "load_mapping": "mapping",
    "mapping_names": "mapping",
    "phone_key": "privacy",
    "redial_flags": "aggregating",
    "tally_calls": "tallying",
    "write_calls": "writing",
}

__all__ = [
    "AddResult",
    "ImportResult",
    "Mapping",
    "RecordStore",
    "Rejected",
    "aggregate_actuals",
    "caller_key",
    "demand_column",
    "generate_calls",
    "home_folder",
    "hourly_weights",
    "import_calls",
    "interval_shares",
    "load_mapping",
    "mapping_names",
    "phone_key",
    "redial_flags",
    "tally_calls",
    "write_calls",
]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"wfm.records.{_HOMES[name]}"), name)
