"""The mapping: which columns of a foreign file mean what, as a small YAML file.

``columns`` names, for each column of the call record, where its value comes from. A bare name is
short for ``from:``. See ``mappings/chinese-acd.yaml`` for an ordinary export.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from wfm.errors import BadInput
from wfm.hotline.reading import check_source
from wfm.hotline.yaml_source import read_yaml
from wfm.i18n import say
from wfm.records.mapping_parts import (
    ChoiceColumn,
    FileMapping,
    Lines,
    NamedColumns,
    SecondsColumn,
    TextColumn,
    TimeColumn,
    first_named,
    mapping_file,
)

__all__ = ["Columns", "Mapping", "load_mapping", "mapping_names"]

SHIPPED = Path(__file__).parent / "mappings"


class Columns(NamedColumns):
    """For each column of ``tables.CALLS``, where it comes from. What is not named is derived or stays empty.

    Of the moments at least one of ``arrived_at``, ``queued_at`` and ``answered_at`` is needed. Free
    text has no place here, and a caller's number is kept as a keyed hash only.
    """

    call: TextColumn | None = Field(None, description="identifier of the call; without one it is made from the row")
    line: ChoiceColumn | None = Field(None, description="line; not needed where the hotline has only one")
    arrived_at: TimeColumn | None = Field(None, description="first contact with the hotline")
    ivr_s: SecondsColumn | None = Field(None, description="time in announcement and IVR")
    queued_at: TimeColumn | None = Field(None, description="start of ring-back after transfer to the agents' queue")
    wait_s: SecondsColumn | None = Field(None, description="from queued_at to pick-up or giving up, ringing included")
    ring_s: SecondsColumn | None = Field(None, description="ringing at the agent until pick-up")
    answered_at: TimeColumn | None = Field(None, description="pick-up by an agent")
    ended_at: TimeColumn | None = Field(None, description="end of the call for the caller")
    outcome: ChoiceColumn | None = Field(None, description="fate; not named: answered if picked up, else abandoned")
    talk_s: SecondsColumn | None = Field(None, description="conversation")
    hold_s: SecondsColumn | None = Field(None, description="on hold")
    wrap_s: SecondsColumn | None = Field(None, description="after-call work")
    agent: TextColumn | None = Field(None, description="agent who answered")
    caller_key: TextColumn | None = Field(None, description="caller's number or name: only its keyed hash is kept")
    called_back_at: TimeColumn | None = Field(None, description="when a call-back reached the caller")
    topic: TextColumn | None = Field(None, description="topic of the matter, a code or short name")
    satisfaction: ChoiceColumn | None = Field(
        None, description="satisfied, basically_satisfied or not_satisfied; unknown answers stay empty"
    )

    @model_validator(mode="after")
    def _some_moment(self) -> Self:
        if self.arrived_at is None and self.queued_at is None and self.answered_at is None:
            raise ValueError(say("at least one of arrived_at, queued_at and answered_at is needed"))
        return self


class Mapping(FileMapping):
    """How the columns of a file become call records."""

    clock_tolerance_s: Annotated[float, Field(ge=0, le=3600)] = Field(
        1.0, description="clocks of two machines may run apart by this much; the later moment then moves up"
    )
    past_midnight: bool = Field(
        False, description="a moment over 12 h before the one it follows carries the wrong date: it is a day later"
    )
    lines: Lines = Field({}, description="queue of the file → line; skip leaves its rows out")
    columns: Columns

    def with_lines(self, lines: dict[str, str]) -> Mapping:
        """The mapping, by which ``lines`` too say which line a queue is.

        Raises:
            BadInput: lines are given, but the mapping names no column of the line.
        """
        given = {**self.lines, **lines}
        if not given:
            return self
        column = self.columns.line
        if column is None or not column.names:
            raise BadInput(say("lines: the mapping names no column of the line (columns.line)"))
        told = column.model_copy(update={"values": {**column.values, **given}})
        return self.model_copy(update={"lines": {}, "columns": self.columns.model_copy(update={"line": told})})

    @property
    def read(self) -> dict[str, str]:
        """Every column of the file that is looked at → the column of ours it was first named for."""
        return first_named((name, column.read) for name, column in self.columns.named.items())


@cache
def mapping_names() -> tuple[str, ...]:
    """Names of the shipped mappings."""
    return tuple(sorted(path.stem for path in SHIPPED.glob("*.yaml")))


def load_mapping(name_or_path: str | Path) -> Mapping:
    """The shipped mapping of this name, or the mapping in a YAML file.

    Raises:
        BadInput: there is neither, or the file does not say what a mapping can say: file, line and
            column of every mistake.
    """
    return check_source(Mapping, read_yaml(mapping_file(name_or_path, SHIPPED, mapping_names())))
