"""The planning store: plans, roster versions, forecasts, audit."""

from wfm.store.connection import default_url, home_folder
from wfm.store.planning_store import Store, open_store
from wfm.store.records import (
    AuditEntry,
    ForecastRecord,
    PlanRecord,
    RosterRecord,
    RosterVersionRecord,
    SavedRoster,
    StaleVersion,
)
from wfm.store.status import StoreStatus, store_status, upgrade_store

__all__ = [
    "AuditEntry",
    "ForecastRecord",
    "PlanRecord",
    "RosterRecord",
    "RosterVersionRecord",
    "SavedRoster",
    "StaleVersion",
    "Store",
    "StoreStatus",
    "default_url",
    "home_folder",
    "open_store",
    "store_status",
    "upgrade_store",
]
