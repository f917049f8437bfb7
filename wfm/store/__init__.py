"""The planning store: plans, roster versions, the scheduler's months, forecasts, audit."""

from wfm.store.connection import default_url, home_folder
from wfm.store.month_records import (
    AttendanceRecord,
    MonthRecord,
    MonthRequest,
    Publication,
    PublishedAlready,
    SettlementRecord,
    SwapRecord,
)
from wfm.store.month_store import MonthStore
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
    "AttendanceRecord",
    "AuditEntry",
    "ForecastRecord",
    "MonthRecord",
    "MonthRequest",
    "MonthStore",
    "PlanRecord",
    "Publication",
    "PublishedAlready",
    "RosterRecord",
    "RosterVersionRecord",
    "SavedRoster",
    "SettlementRecord",
    "StaleVersion",
    "Store",
    "StoreStatus",
    "SwapRecord",
    "default_url",
    "home_folder",
    "open_store",
    "store_status",
    "upgrade_store",
]
