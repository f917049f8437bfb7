"""The planning store: plans, roster versions, the scheduler's months, forecasts, long work, accounts, audit."""

from wfm.store.account_records import (
    ADMINISTRATOR,
    USER_ROLES,
    AccountLimits,
    SessionRecord,
    SignInRefused,
    User,
)
from wfm.store.account_store import AccountStore
from wfm.store.audit_trail import KEPT_DAYS, KEPT_DAYS_MIN, AuditAsked, AuditCheck, AuditTrail, audit_sentence
from wfm.store.connection import default_url, home_folder, url_in
from wfm.store.draft_records import CellChange, CellEdit, CellsChanged, DraftRecord, EditKind
from wfm.store.draft_store import DraftStore
from wfm.store.job_records import FINISHED, JobRecord, JobState, JobWorker
from wfm.store.job_store import ATTEMPTS_MAX, JobStore
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
from wfm.store.passwords import Passwords, WeakPassword, password_rules
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
from wfm.store.session_store import SessionStore
from wfm.store.status import StoreStatus, store_status, upgrade_store

__all__ = [
    "ADMINISTRATOR",
    "ATTEMPTS_MAX",
    "FINISHED",
    "KEPT_DAYS",
    "KEPT_DAYS_MIN",
    "USER_ROLES",
    "AccountLimits",
    "AccountStore",
    "AttendanceRecord",
    "AuditAsked",
    "AuditCheck",
    "AuditEntry",
    "AuditTrail",
    "CellChange",
    "CellEdit",
    "CellsChanged",
    "DraftRecord",
    "DraftStore",
    "EditKind",
    "ForecastRecord",
    "JobRecord",
    "JobState",
    "JobStore",
    "JobWorker",
    "MonthRecord",
    "MonthRequest",
    "MonthStore",
    "Passwords",
    "PlanRecord",
    "Publication",
    "PublishedAlready",
    "RosterRecord",
    "RosterVersionRecord",
    "SavedRoster",
    "SessionRecord",
    "SessionStore",
    "SettlementRecord",
    "SignInRefused",
    "StaleVersion",
    "Store",
    "StoreStatus",
    "SwapRecord",
    "User",
    "WeakPassword",
    "audit_sentence",
    "default_url",
    "home_folder",
    "open_store",
    "password_rules",
    "store_status",
    "upgrade_store",
    "url_in",
]
