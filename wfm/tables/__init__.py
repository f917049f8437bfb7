"""Every table that passes between rooms: its columns, types, units and meaning, declared once.

A table is a pandas DataFrame in long form. Column names carry their unit (``_s`` seconds, ``_h``
hours, ``_share`` 0–1). Times are timezone-aware. The documentation's reference page and the
validation where data enters the product are both made from these declarations.
"""

from __future__ import annotations

from wfm.tables.checking import check_table, empty_table
from wfm.tables.columns import Column, Table
from wfm.tables.declared import (
    ACTUALS,
    AGENT_STATES,
    ANSWERS,
    CALLS,
    DUTIES,
    FORECAST,
    OUTCOMES,
    REQUIREMENT,
    SATISFACTION,
    SCORECARD,
    SIMULATED_CALLS,
    SIMULATED_OUTCOMES,
    STATES,
    STATUSES,
    TABLES,
    WAIT_THRESHOLDS_S,
    WORK_ORDERS,
    WORKING_STATES,
    WRITTEN_CALLS,
)

__all__ = [
    "ACTUALS",
    "AGENT_STATES",
    "ANSWERS",
    "CALLS",
    "DUTIES",
    "FORECAST",
    "OUTCOMES",
    "REQUIREMENT",
    "SATISFACTION",
    "SCORECARD",
    "SIMULATED_CALLS",
    "SIMULATED_OUTCOMES",
    "STATES",
    "STATUSES",
    "TABLES",
    "WAIT_THRESHOLDS_S",
    "WORKING_STATES",
    "WORK_ORDERS",
    "WRITTEN_CALLS",
    "Column",
    "Table",
    "check_table",
    "empty_table",
]
