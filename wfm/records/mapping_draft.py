"""A mapping in the making: proposed from the column names of a file, changed column by column, written as a mapping file.

A draft holds plain values only, so that a form can show it and give it back; what it comes to is checked as every mapping.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from wfm.i18n import Text, both
from wfm.records.column_names import (
    ANSWER_NAMES,
    CALL_NAMES,
    INTERVAL_NAMES,
    ORDER_NAMES,
    STATE_NAMES,
    WORDS,
)
from wfm.records.layouts.file_head import FileHead, plain_name
from wfm.tables import ANSWERS, OUTCOMES, STATES

__all__ = [
    "DRAFT_KINDS",
    "ColumnDraft",
    "DraftKind",
    "Field",
    "MappingDraft",
    "draft_document",
    "draft_fields",
    "draft_from_dict",
    "propose_draft",
    "with_words",
    "words_of",
]

_MOMENT = re.compile(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}")

DraftKind = Literal["calls", "intervals", "orders", "satisfaction", "states"]
DRAFT_KINDS: tuple[DraftKind, ...] = ("calls", "intervals", "orders", "satisfaction", "states")
"""What one row of a file may be."""


@dataclass(frozen=True, slots=True)
class Field:
    """A column of ours that a file may tell."""

    name: str
    holds: Literal["time", "seconds", "text", "choice", "count"]
    title: Text
    needed: bool = False
    choices: tuple[str, ...] = ()
    """Of a choice: our values; empty where the hotline says them."""


@dataclass(frozen=True, slots=True)
class ColumnDraft:
    """Where one of our columns comes from."""

    source: str
    """Column of the file."""
    clock: str = ""
    """Column with the clock time, where date and clock stand apart."""
    format: str = ""
    """How times are written; empty: as they show."""
    unit: str = "s"
    """What a number of a duration counts: s, ms, min, h."""
    values: dict[str, str] = field(default_factory=dict)
    """Of a choice: word of the file → our value."""


@dataclass(frozen=True, slots=True)
class MappingDraft:
    """The mapping as far as it is."""

    kind: DraftKind
    header_row: int = 1
    columns: dict[str, ColumnDraft] = field(default_factory=dict)
    lines: dict[str, str] = field(default_factory=dict)
    """Queue of the file → line; ``skip`` leaves it out."""

    def as_dict(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self)

    @property
    def missing(self) -> list[Field]:
        """Columns that are needed and have no source yet."""
        absent = [one for one in draft_fields(self.kind) if one.needed and one.name not in self.columns]
        if self.kind == "intervals" and not {"offered", "queued"} & set(self.columns):
            absent += [one for one in draft_fields(self.kind) if one.name == "offered"]
        return absent


def draft_from_dict(told: Mapping[str, Any]) -> MappingDraft:
    """A draft as :meth:`MappingDraft.as_dict` wrote it."""
    columns = {name: ColumnDraft(**column) for name, column in told["columns"].items()}
    return MappingDraft(told["kind"], int(told["header_row"]), columns, dict(told["lines"]))


def draft_fields(kind: DraftKind) -> tuple[Field, ...]:
    """What a file of this kind may tell, the needed columns first."""
    return {"calls": _calls, "intervals": _intervals, "orders": _orders, "satisfaction": _answers, "states": _states}[
        kind
    ]()


def _calls() -> tuple[Field, ...]:
    return (
        Field("arrived_at", "time", both("when the call came in"), needed=True),
        Field("line", "choice", both("line or queue")),
        Field("outcome", "choice", both("what became of the call"), choices=OUTCOMES),
        Field("queued_at", "time", both("when it was put through to the agents")),
        Field("answered_at", "time", both("when an agent picked up")),
        Field("ended_at", "time", both("when the call ended")),
        Field("wait_s", "seconds", both("wait for an agent, ringing included")),
        Field("ring_s", "seconds", both("ringing at the agent")),
        Field("talk_s", "seconds", both("conversation")),
        Field("hold_s", "seconds", both("on hold")),
        Field("wrap_s", "seconds", both("after-call work")),
        Field("ivr_s", "seconds", both("time in announcement and IVR")),
        Field("agent", "text", both("agent who answered")),
        Field("caller_key", "text", both("caller's number (only its keyed hash is kept)")),
        Field("call", "text", both("number of the call")),
        Field("topic", "text", both("topic")),
        Field("satisfaction", "choice", both("satisfaction"), choices=ANSWERS),
    )


def _intervals() -> tuple[Field, ...]:
    return (
        Field("interval", "time", both("start of the interval"), needed=True),
        Field("line", "text", both("line or queue")),
        Field("offered", "count", both("calls that came in")),
        Field("queued", "count", both("calls that asked for an agent")),
        Field("answered", "count", both("calls answered by an agent")),
        Field("abandoned", "count", both("calls given up while waiting")),
        Field("answered_within_15_s", "count", both("answered within 15 s")),
        Field("answered_within_20_s", "count", both("answered within 20 s")),
        Field("handle_s", "seconds", both("handling time, sum over answered calls")),
        Field("wait_answered_s", "seconds", both("answer time, sum over answered calls")),
        Field("seats_staffed", "count", both("seats signed in")),
    )


def _orders() -> tuple[Field, ...]:
    return (
        Field("item", "text", both("number of the work order"), needed=True),
        Field("received_at", "time", both("when it was received"), needed=True),
        Field("class", "choice", both("class of the matter")),
        Field("line", "choice", both("line or queue")),
        Field("department", "text", both("department that handles it")),
        Field("due_at", "time", both("when the result is due")),
        Field("first_contact_at", "time", both("first contact with the caller")),
        Field("told_at", "time", both("result told to the caller")),
        Field("closed_at", "time", both("closure")),
        Field("follow_up_at", "time", both("follow-up call")),
        Field("satisfaction", "choice", both("satisfaction"), choices=ANSWERS),
        Field("caller_key", "text", both("caller's number (only its keyed hash is kept)")),
    )


def _answers() -> tuple[Field, ...]:
    return (
        Field("item", "text", both("number of the call or work order"), needed=True),
        Field("asked_at", "time", both("when the caller was asked"), needed=True),
        Field("answer", "choice", both("answer"), needed=True, choices=ANSWERS),
        Field("line", "choice", both("line or queue")),
        Field("agent", "text", both("agent who answered")),
        Field("department", "text", both("department that handles it")),
        Field("channel", "text", both("how the caller was asked")),
        Field("called_back_at", "time", both("call-back after an answer that was not satisfied")),
    )


def _states() -> tuple[Field, ...]:
    return (
        Field("agent", "text", both("agent who answered"), needed=True),
        Field("state", "choice", both("state"), needed=True, choices=STATES),
        Field("start", "time", both("start of the state"), needed=True),
        Field("end", "time", both("end of the state")),
        Field("duration_s", "seconds", both("how long it lasted")),
    )


_NAMES = {
    "calls": CALL_NAMES,
    "intervals": INTERVAL_NAMES,
    "orders": ORDER_NAMES,
    "satisfaction": ANSWER_NAMES,
    "states": STATE_NAMES,
}


def propose_draft(
    head: FileHead,
    header_row: int,
    header: Sequence[str],
    kind: DraftKind | None = None,
    lines: Mapping[str, str] | None = None,
) -> MappingDraft:
    """What the columns probably are, by their names and the words in the first rows.

    Args:
        head: of the file.
        header_row: of its column names, from 1.
        header: the names.
        kind: what a row is; None: the kind of which most columns are recognised.
        lines: line by name and identifier, as the file may call them.
    """
    if kind is None:
        return max(
            (propose_draft(head, header_row, header, one, lines) for one in DRAFT_KINDS),
            key=lambda d: (not d.missing, len(d.columns), -DRAFT_KINDS.index(d.kind)),
        )
    written = {plain_name(name): name for name in reversed(header) if name}
    columns: dict[str, ColumnDraft] = {}
    taken: set[str] = set()
    for one in draft_fields(kind):
        source = next(
            (written[n] for n in _NAMES[kind].get(one.name, ()) if n in written and written[n] not in taken), ""
        )
        if source:
            columns[one.name] = ColumnDraft(source)
            taken.add(source)
    for one in draft_fields(kind):
        if one.needed and one.holds == "time" and one.name not in columns:
            source = _first_with_times(head, header_row, header, taken)
            if source:
                columns[one.name] = ColumnDraft(source)
                taken.add(source)
    draft = MappingDraft(kind, header_row, columns)
    return with_words(draft, head, lines or {})


def _first_with_times(head: FileHead, header_row: int, header: Sequence[str], taken: set[str]) -> str:
    """The first column not yet taken whose cells look like moments; empty where there is none."""
    for at, name in enumerate(header):
        cells = [row[at] for row in head.rows[header_row:] if at < len(row) and row[at]]
        if name and name not in taken and cells and sum(bool(_MOMENT.match(cell)) for cell in cells) * 2 > len(cells):
            return name
    return ""


def words_of(head: FileHead, header_row: int, header: Sequence[str], column: str, most: int = 30) -> list[str]:
    """The words that stand in a column of the first rows, the most frequent first."""
    if column not in header:
        return []
    at = list(header).index(column)
    # Of a Parquet file the names are the first of the rows, as of the others.
    cells = [row[at] for row in head.rows[header_row:] if at < len(row) and row[at]]
    return sorted(set(cells), key=lambda word: (-cells.count(word), word))[:most]


def with_words(draft: MappingDraft, head: FileHead, lines: Mapping[str, str]) -> MappingDraft:
    """The draft with our values for the words in its columns, as far as they are known and not yet said."""
    header = head.rows[draft.header_row - 1] if len(head.rows) >= draft.header_row else ()
    columns = dict(draft.columns)
    for one in draft_fields(draft.kind):
        column = columns.get(one.name)
        if column is None or one.holds != "choice" or not one.choices:
            continue
        known = {**WORDS.get(one.name, {}), **{value: value for value in one.choices}}
        found = {
            word: known[plain_name(word)]
            for word in words_of(head, draft.header_row, header, column.source)
            if plain_name(word) in known
        }
        columns[one.name] = replace(column, values={**found, **column.values})
    said = dict(draft.lines)
    if "line" in columns and draft.kind in ("calls", "intervals"):
        for word in words_of(head, draft.header_row, header, columns["line"].source):
            if word in lines:
                said.setdefault(word, lines[word])
    return replace(draft, columns=columns, lines=said)


def draft_document(draft: MappingDraft, head: FileHead, hotline_id: str) -> dict[str, Any]:
    """The mapping file that the draft comes to: what ``wfm import --map`` reads, or ``wfm import-orders`` and the like."""
    document: dict[str, Any] = {}
    if draft.kind == "intervals":
        document["level"] = "intervals"
    if draft.kind in ("calls", "intervals"):
        document["hotline"] = hotline_id
    document["format"] = head.kind
    if head.kind == "csv":
        document["delimiter"] = head.delimiter
    document["header_row"] = draft.header_row
    columns = {}
    for one in draft_fields(draft.kind):
        column = draft.columns.get(one.name)
        if column is not None:
            columns[one.name] = _column(one, column)
    document["columns"] = columns
    if draft.kind in ("calls", "intervals") and draft.lines and "line" in draft.columns:
        document["lines"] = dict(draft.lines)
    elif draft.lines and "line" in columns:
        columns["line"] = {"from": draft.columns["line"].source, "values": dict(draft.lines), "unknown": "empty"}
    return document


def _column(one: Field, column: ColumnDraft) -> dict[str, Any]:
    if one.holds == "time":
        told: dict[str, Any] = (
            {"date": column.source, "time": column.clock} if column.clock else {"from": column.source}
        )
        return told | ({"format": column.format} if column.format else {})
    told = {"from": column.source}
    if one.holds == "seconds":
        told["unit"] = column.unit
    if one.holds == "choice":
        if column.values:
            told["values"] = dict(column.values)
        if one.name == "satisfaction":
            told["unknown"] = "empty"
    return told
