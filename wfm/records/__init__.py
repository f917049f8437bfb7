"""Call records and interval records: import, store, aggregation, and labelled synthetic records."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wfm.records.aggregating import aggregate_actuals, redial_flags
    from wfm.records.any_file import Chosen, choose_recipe, import_file, needs_key
    from wfm.records.cleaning import Mark, MarkHistory, find_marks, hide_marked, observed_mask, special_days
    from wfm.records.demand import demand_column
    from wfm.records.feed_importing import FeedImport, import_feed
    from wfm.records.feed_mapping import FeedMapping, LayoutSettings
    from wfm.records.feed_merging import days_in_part, days_told_twice, keep_partial_days
    from wfm.records.feed_store import FeedAddResult, FeedStore
    from wfm.records.generating import generate_calls
    from wfm.records.importing import ImportResult, Rejected, import_calls
    from wfm.records.item_importing import ItemImport
    from wfm.records.item_mapping import choose_item_mapping
    from wfm.records.item_store import ItemStore
    from wfm.records.items import agent_states, satisfaction_answers, work_orders
    from wfm.records.layouts import detect_layout
    from wfm.records.mapping import Mapping, load_mapping, mapping_names
    from wfm.records.order_compliance import OrderReview, review_orders
    from wfm.records.order_importing import import_orders, import_satisfaction
    from wfm.records.partial_days import PartialDay
    from wfm.records.privacy import caller_key, home_folder, phone_key
    from wfm.records.profiles import hourly_weights, interval_shares
    from wfm.records.queue_lines import read_line_pairs
    from wfm.records.queue_log_states import import_queue_log_states
    from wfm.records.record_store import AddResult, RecordStore
    from wfm.records.state_importing import import_states
    from wfm.records.tallying import tally_calls
    from wfm.records.writing import write_calls

_HOMES = {
    "AddResult": "record_store",
    "Chosen": "any_file",
    "FeedAddResult": "feed_store",
    "FeedImport": "feed_importing",
    "FeedMapping": "feed_mapping",
    "FeedStore": "feed_store",
    "ImportResult": "importing",
    "ItemImport": "item_importing",
    "ItemStore": "item_store",
    "LayoutSettings": "feed_mapping",
    "Mapping": "mapping",
    "Mark": "cleaning",
    "MarkHistory": "cleaning",
    "OrderReview": "order_compliance",
    "PartialDay": "partial_days",
    "RecordStore": "record_store",
    "Rejected": "importing",
    "agent_states": "items",
    "aggregate_actuals": "aggregating",
    "caller_key": "privacy",
    "choose_item_mapping": "item_mapping",
    "choose_recipe": "any_file",
    "days_in_part": "feed_merging",
    "days_told_twice": "feed_merging",
    "demand_column": "demand",
    "detect_layout": "layouts",
    "find_marks": "cleaning",
    "generate_calls": "generating",
    "hide_marked": "cleaning",
    "home_folder": "privacy",
    "hourly_weights": "profiles",
    "import_calls": "importing",
    "import_feed": "feed_importing",
    "import_file": "any_file",
    "import_orders": "order_importing",
    "import_queue_log_states": "queue_log_states",
    "import_satisfaction": "order_importing",
    "import_states": "state_importing",
    "interval_shares": "profiles",
    "keep_partial_days": "feed_merging",
    "load_mapping": "mapping",
    "mapping_names": "mapping",
    "needs_key": "any_file",
    "observed_mask": "cleaning",
    "phone_key": "privacy",
    "read_line_pairs": "queue_lines",
    "redial_flags": "aggregating",
    "review_orders": "order_compliance",
    "satisfaction_answers": "items",
    "special_days": "cleaning",
    "tally_calls": "tallying",
    "work_orders": "items",
    "write_calls": "writing",
}

__all__ = [
    "AddResult",
    "Chosen",
    "FeedAddResult",
    "FeedImport",
    "FeedMapping",
    "FeedStore",
    "ImportResult",
    "ItemImport",
    "ItemStore",
    "LayoutSettings",
    "Mapping",
    "Mark",
    "MarkHistory",
    "OrderReview",
    "PartialDay",
    "RecordStore",
    "Rejected",
    "agent_states",
    "aggregate_actuals",
    "caller_key",
    "choose_item_mapping",
    "choose_recipe",
    "days_in_part",
    "days_told_twice",
    "demand_column",
    "detect_layout",
    "find_marks",
    "generate_calls",
    "hide_marked",
    "home_folder",
    "hourly_weights",
    "import_calls",
    "import_feed",
    "import_file",
    "import_orders",
    "import_queue_log_states",
    "import_satisfaction",
    "import_states",
    "interval_shares",
    "keep_partial_days",
    "load_mapping",
    "mapping_names",
    "needs_key",
    "observed_mask",
    "phone_key",
    "read_line_pairs",
    "redial_flags",
    "review_orders",
    "satisfaction_answers",
    "special_days",
    "tally_calls",
    "work_orders",
    "write_calls",
]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"wfm.records.{_HOMES[name]}"), name)
