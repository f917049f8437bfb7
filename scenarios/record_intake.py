"""The steps of an import that the command line and the dashboard share: reading items with their people, and storing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from wfm.errors import BadInput
from wfm.execution import Progress, no_progress
from wfm.hotline import Agent, Hotline
from wfm.i18n import say
from wfm.records import (
    AddResult,
    FeedAddResult,
    FeedImport,
    FeedStore,
    ImportResult,
    ItemImport,
    RecordStore,
    keep_partial_days,
)
from wfm.records.item_mapping import AnswerMapping, OrderMapping, StateMapping, choose_item_mapping
from wfm.records.order_importing import import_orders, import_satisfaction
from wfm.records.privacy import phone_key
from wfm.records.queue_log_states import import_queue_log_states, is_queue_log
from wfm.records.state_importing import import_states

__all__ = ["days_without_calls", "people_by_name", "read_items", "store_calls"]


def read_items(
    kind: str,
    path: Path,
    hotline: Hotline,
    agents: Sequence[Agent],
    home: Path,
    *,
    mapping: str = "",
    progress: Progress = no_progress,
) -> ItemImport:
    """Read work orders, satisfaction answers or agents' states.

    Args:
        kind: ``orders``, ``satisfaction`` or ``states``.
        path: the file.
        hotline: whose.
        agents: its people, by whose names a telephone system may call them.
        home: where the key of callers' numbers lies.
        mapping: mapping file or a shipped one; empty: the one that fits, or a telephone system's log.
        progress: told how much is read.

    Raises:
        BadInput: no mapping fits, or the file cannot be read.
    """
    if kind == "states" and not mapping and is_queue_log(path):
        return import_queue_log_states(path, hotline=hotline, names=people_by_name(agents), progress=progress)
    chosen = choose_item_mapping(kind, path, mapping)
    if isinstance(chosen, OrderMapping):
        key = phone_key(home) if chosen.columns.caller_key is not None else b""
        return import_orders(path, chosen, hotline=hotline, key=key, progress=progress)
    if isinstance(chosen, AnswerMapping):
        return import_satisfaction(path, chosen, hotline=hotline, progress=progress)
    assert isinstance(chosen, StateMapping)
    return import_states(path, chosen, hotline=hotline, names=people_by_name(agents), progress=progress)


def people_by_name(agents: Sequence[Agent]) -> dict[str, str]:
    """Names of people → their numbers, where a name belongs to one person; telephone systems often show names."""
    count = Counter(agent.name for agent in agents)
    ids = {agent.id for agent in agents}
    return {a.name: a.id for a in agents if a.name and count[a.name] == 1 and a.name not in ids}


def store_calls(
    result: ImportResult | FeedImport, layout: str, hotline: Hotline, home: Path, *, mix: bool = False
) -> AddResult | FeedAddResult:
    """Put calls, or counts by interval, into the store, whole or not at all.

    Args:
        result: what was read.
        layout: name of the layout it was read by.
        hotline: whose.
        home: where records live.
        mix: allow recorded beside generated calls.

    Raises:
        BadInput: the store holds generated calls and ``mix`` is not asked for; nothing was written.
    """
    store = RecordStore(home, hotline.id)
    if "synthetic" in store.labels() and not mix:
        raise BadInput(
            say(
                "the store holds synthetic calls of {hotline}; recorded ones are not put beside them (--mix allows it)",
                hotline=hotline.id,
            )
        )
    if isinstance(result, FeedImport):
        return FeedStore(home, hotline.id).add(result, layout)
    keep_partial_days(store.folder, result.content_hash, result.partial_days)
    return store.add(
        result.calls,
        result.content_hash,
        "recorded",
        time_zone=hotline.time_zone,
        source_hash=result.source_hash,
        mix=mix,
    )


def days_without_calls(days: Sequence[date]) -> list[date]:
    """Days between the first and the last that are not among ``days``, which are in order."""
    present = set(days)
    span = (days[-1] - days[0]).days if days else 0
    return [day for n in range(span) if (day := days[0] + timedelta(days=n)) not in present]
