"""Mappings of what stands beside the calls: work orders, satisfaction answers and agents' states, as small YAML files.

Exports of one system name a column differently from another's. Where a column gives several names, those that the file
has are read, the first that is filled counts; a single name must be there.
"""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, model_validator

from wfm.errors import BadInput
from wfm.hotline.parts import Part
from wfm.hotline.reading import check_source
from wfm.hotline.yaml_source import read_yaml
from wfm.i18n import list_words, say
from wfm.records.header_row import find_header
from wfm.records.item_mapping_names import SHIPPED_FOLDER, shipped_names
from wfm.records.mapping_parts import (
    ChoiceColumn,
    Condition,
    NamedColumns,
    SecondsColumn,
    Source,
    TextColumn,
    TimeColumn,
    check_zone,
    first_named,
    mapping_file,
)
from wfm.records.privacy import hide_numbers

__all__ = [
    "AnswerColumns",
    "AnswerMapping",
    "ItemMapping",
    "OrderColumns",
    "OrderMapping",
    "StateColumns",
    "StateMapping",
    "choose_item_mapping",
    "load_item_mapping",
]


class _Columns(NamedColumns):
    """Columns of a table and where they come from; ``needed`` must have a source in every file."""

    needed: ClassVar[tuple[str, ...]] = ()


class OrderColumns(_Columns):
    """For each column of ``tables.WORK_ORDERS``, where it comes from. Names, addresses and free text have no place."""

    needed: ClassVar[tuple[str, ...]] = ("item", "received_at")

    item: TextColumn = Field(description="number of the work order")
    received_at: TimeColumn = Field(description="receipt, from which deadlines run")
    line: ChoiceColumn | None = Field(None, description="line; an unknown one stays empty")
    class_: ChoiceColumn | None = Field(
        None, alias="class", description="class of the hotline; a word that is none of them is kept as it is"
    )
    department: TextColumn | None = Field(None, description="department that handles it")
    due_at: TimeColumn | None = Field(None, description="when the result is due; without it the class's deadline holds")
    first_contact_at: TimeColumn | None = Field(None, description="first contact with the caller")
    told_at: TimeColumn | None = Field(None, description="result told to the caller")
    closed_at: TimeColumn | None = Field(None, description="closure")
    reopened: TextColumn | None = Field(None, description="times opened again, or 是/否 (yes, no)")
    follow_up_at: TimeColumn | None = Field(None, description="follow-up call")
    satisfaction: ChoiceColumn | None = Field(None, description="satisfied, basically_satisfied or not_satisfied")
    called_back_at: TimeColumn | None = Field(
        None, description="call-back after an answer that was not satisfied; without it the follow-up counts"
    )
    caller_key: TextColumn | None = Field(None, description="caller's number: only its keyed hash is kept")


class AnswerColumns(_Columns):
    """For each column of ``tables.SATISFACTION``, where it comes from."""

    needed: ClassVar[tuple[str, ...]] = ("item", "asked_at")

    item: TextColumn = Field(description="call or work order that the answer belongs to")
    asked_at: TimeColumn = Field(description="when the caller was asked or answered")
    line: ChoiceColumn | None = Field(None, description="line; an unknown one stays empty")
    department: TextColumn | None = Field(None, description="department that handled it")
    agent: TextColumn | None = Field(None, description="agent who answered")
    channel: TextColumn | None = Field(None, description="how the caller was asked")
    answer: ChoiceColumn | None = Field(None, description="satisfied, basically_satisfied or not_satisfied")
    called_back_at: TimeColumn | None = Field(None, description="call-back after an answer that was not satisfied")

    @model_validator(mode="after")
    def _has_answer(self) -> Self:
        if self.answer is None:
            raise ValueError(say("answer is missing: the column with the answers"))
        return self


class StateColumns(_Columns):
    """For each column of ``tables.AGENT_STATES``, where it comes from.

    Without an end and a duration a state lasts until the agent's next row.
    """

    needed: ClassVar[tuple[str, ...]] = ("agent", "state", "start")

    agent: TextColumn = Field(description="agent")
    state: ChoiceColumn = Field(description="signed_in, available, handling, wrap_up, break, other or offline")
    start: TimeColumn = Field(description="start of the state")
    end: TimeColumn | None = Field(None, description="end of the state")
    duration_s: SecondsColumn | None = Field(None, description="how long it lasted")


class ItemMapping(Part):
    """How a file is written; what its columns mean says each kind of mapping."""

    about: str = Field("", description="what files this mapping reads")
    format: str = Field("", pattern="^(csv|parquet|xlsx)?$", description="empty: by the file's name")
    encoding: str = Field("", description="of a CSV file; empty: UTF-8 or GBK, whichever it is")
    delimiter: Annotated[str, Field(max_length=1)] = Field("", description="of a CSV file; empty: whichever it is")
    sheet: str = Field("", description="sheet of a workbook; empty: the first")
    header_row: Annotated[int, Field(ge=0, le=1000)] = Field(
        0, description="row of the column names; 0: the one of the first rows that names most of them"
    )
    time_zone: str = Field("", description="of times without one of their own; empty: the hotline's")
    clock_tolerance_s: Annotated[float, Field(ge=0, le=86400)] = Field(
        60.0, description="clocks of two machines may run apart by this much"
    )
    left_out: Condition = Field({}, description="rows that are left out, as withdrawn ones; of columns the file has")
    columns: _Columns

    @property
    def read(self) -> dict[str, str]:
        """Every column of the file that is looked at → the column of ours it was first named for."""
        named = self.columns.named
        return first_named(
            [*((name.rstrip("_"), column.read) for name, column in named.items()), ("left_out", self.left_out)]
        )

    def fits(self, header: Collection[str]) -> bool:
        """Whether a file with these column names can be read."""
        named = self.columns.named
        return all(set(_candidates(named[name])) & set(header) for name in self.columns.needed)

    def for_header(self, header: Collection[str], file_name: str) -> Self:
        """The mapping with only those of several names that the file has, and without columns that it lacks.

        Raises:
            BadInput: the file has none of the names of a column that is needed, or lacks one that stands alone.
        """
        columns = self.columns
        chosen: dict[str, Any] = {}
        for name, column in columns.named.items():
            if not column.from_ or not isinstance(column.from_, list):
                continue  # one name, or a date and a clock that stand apart
            present = [source for source in column.from_ if source in header]
            if present:
                chosen[name] = column.model_copy(update={"from_": present})
            elif name in columns.needed:
                raise BadInput(_none_there(file_name, name, column.from_, header))
            else:
                chosen[name] = None
        left_out = {name: value for name, value in self.left_out.items() if name in header}
        return self.model_copy(update={"columns": columns.model_copy(update=chosen), "left_out": left_out})

    @model_validator(mode="after")
    def _zone_exists(self) -> Self:
        check_zone(self.time_zone)
        return self


class OrderMapping(ItemMapping):
    """How the columns of a file become work orders."""

    columns: OrderColumns


class AnswerMapping(ItemMapping):
    """How the columns of a file become satisfaction answers."""

    columns: AnswerColumns


class StateMapping(ItemMapping):
    """How the columns of a file become agents' states."""

    columns: StateColumns


_KINDS: dict[str, type[OrderMapping] | type[AnswerMapping] | type[StateMapping]] = {
    "orders": OrderMapping,
    "satisfaction": AnswerMapping,
    "states": StateMapping,
}


def load_item_mapping(kind: str, name_or_path: str | Path) -> OrderMapping | AnswerMapping | StateMapping:
    """The shipped mapping of this kind and name, or the mapping in a YAML file.

    Raises:
        BadInput: there is neither, or the file does not say what such a mapping can say.
    """
    path = mapping_file(name_or_path, SHIPPED_FOLDER / kind, shipped_names(kind))
    return check_source(_KINDS[kind], read_yaml(path))


def choose_item_mapping(
    kind: str, file: Path, name_or_path: str | Path = ""
) -> OrderMapping | AnswerMapping | StateMapping:
    """The mapping asked for; without one the shipped one that finds most of its columns in the file.

    Raises:
        BadInput: the file or the mapping cannot be read.
    """
    if name_or_path:
        return load_item_mapping(kind, name_or_path)
    shipped = [load_item_mapping(kind, name) for name in shipped_names(kind)]

    def found(mapping: OrderMapping | AnswerMapping | StateMapping) -> tuple[bool, int]:
        _, header = find_header(file, mapping, mapping.read)
        return mapping.fits(header), len(set(mapping.read) & set(header))

    return max(shipped, key=found)


def _candidates(column: Source) -> tuple[str, ...]:
    if isinstance(column, TimeColumn) and column.date:
        return (column.date,)
    return column.names


def _none_there(file_name: str, name: str, wanted: list[str], header: Collection[str]) -> str:
    shown = list_words([hide_numbers(h) for h in header if h][:40]) or say("nothing")
    close = next((c[0] for w in wanted if (c := get_close_matches(w, list(header), n=1, cutoff=0.6))), "")
    if close:
        return say(
            "{name}: no column for {ours} (known: {wanted}); did you mean {close!r}? The file has: {header}",
            name=file_name,
            ours=name,
            wanted=list_words(wanted),
            close=hide_numbers(close),
            header=shown,
        )
    return say(
        "{name}: no column for {ours} (known: {wanted}); the file has: {header}",
        name=file_name,
        ours=name,
        wanted=list_words(wanted),
        header=shown,
    )
