"""The mapping: which columns of a foreign file mean what, as a small YAML file.

``columns`` names, for each column of the call record, where its value comes from. A bare name is
short for ``from:``. See ``mappings/chinese-acd.yaml`` for an ordinary export.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from wfm.errors import BadInput
from wfm.hotline.parts import Part
from wfm.hotline.reading import check_source
from wfm.hotline.yaml_source import read_yaml
from wfm.i18n import list_words, say

__all__ = [
    "SKIP",
    "Cell",
    "ChoiceColumn",
    "Columns",
    "Condition",
    "Lines",
    "Mapping",
    "Names",
    "Rule",
    "SecondsColumn",
    "TextColumn",
    "TimeColumn",
    "load_mapping",
    "mapping_names",
]

SHIPPED = Path(__file__).parent / "mappings"
SKIP = "skip"
"""Value that leaves a row out on purpose; such rows are counted apart from rejected ones."""

Cell = str | int | float | bool | None
Condition = dict[str, Cell | list[Cell]]
"""Column of the file → the value, or one of the values, it must have; ``~`` is empty, ``"*"`` filled."""

Names = str | list[Annotated[str, Field(min_length=1)]]


def _written(given: object) -> object:
    """Queues that are numbers, as YAML reads them, as they are written."""
    if not isinstance(given, dict):
        return given
    return {str(queue) if isinstance(queue, int | float) else queue: line for queue, line in given.items()}


Lines = Annotated[dict[str, str], BeforeValidator(_written)]
"""Queue, split or skill of a file → line of the hotline; ``skip`` leaves it out."""


class _Column(Part):
    """Where a value comes from."""

    from_: Names = Field([], alias="from", description="column of the file; of several the first that is filled")
    empty: list[Cell] = Field([], description="values that mean empty, as 0 or 匿名")
    when: Condition = Field({}, description="rows in which the value counts; elsewhere it is empty")

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, given: Any) -> Any:
        return {"from": given} if isinstance(given, str | list) else given

    @property
    def names(self) -> tuple[str, ...]:
        """The file's columns, in the order in which they are tried."""
        return (self.from_,) if isinstance(self.from_, str) else tuple(self.from_)

    @property
    def read(self) -> tuple[str, ...]:
        """Every column of the file that is looked at."""
        return (*self.names, *self.when)

    def _need_source(self) -> None:
        if not self.names:
            raise ValueError(say("from is missing: the column of the file"))


class TextColumn(_Column):
    """A text taken as it is."""

    @model_validator(mode="after")
    def _has_source(self) -> Self:
        self._need_source()
        return self


class TimeColumn(_Column):
    """A moment: one column, or a date column with a clock or seconds-of-day column."""

    date: str = Field("", description="column with the date, where date and clock stand apart")
    time: str = Field("", description="column with the clock time that belongs to date")
    seconds: str = Field("", description="column with seconds since midnight that belong to date")
    format: str | list[str] = Field(
        [], description="strptime format, or several; without one ISO and Chinese writings and Excel dates are known"
    )
    unit: Literal["", "epoch_s", "epoch_ms", "excel_days", "hhmm"] = Field(
        "", description="what a bare number counts; hhmm: the clock in time is written 815 for 08:15"
    )

    @property
    def formats(self) -> tuple[str, ...]:
        """The formats, in the order in which they are tried."""
        return (self.format,) if isinstance(self.format, str) else tuple(self.format)

    @property
    def read(self) -> tuple[str, ...]:
        """Every column of the file that is looked at."""
        apart = tuple(name for name in (self.date, self.time, self.seconds) if name)
        return (*self.names, *apart, *self.when)

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if self.date:
            if self.names or bool(self.time) == bool(self.seconds):
                raise ValueError(say("date needs either time or seconds beside it, and no from"))
        elif self.time or self.seconds:
            raise ValueError(say("time and seconds need date beside them"))
        else:
            self._need_source()
        return self


class SecondsColumn(_Column):
    """A duration."""

    unit: Literal["s", "ms", "min", "h"] = Field("s", description="what a number counts; 00:03:25 is read as it stands")

    @model_validator(mode="after")
    def _has_source(self) -> Self:
        self._need_source()
        return self


class Rule(Part):
    """A value by rule: where ``when`` holds, the column is ``is``."""

    when: Condition = Field(min_length=1, description="conditions that must all hold")
    is_: str = Field(alias="is", description="the value then")


class ChoiceColumn(_Column):
    """A value out of a fixed list: a line, an outcome, an answer."""

    values: dict[str, str] = Field({}, description="value in the file → our value; skip leaves the row out")
    rules: list[Rule] = Field([], description="looked at first, in order; the first that holds decides")
    default: str = Field("", description="value of rows where the column is empty")
    unknown: Literal["", "reject", "default", "empty"] = Field(
        "", description="a value not listed: reject the row, take the default, or leave empty"
    )

    @property
    def read(self) -> tuple[str, ...]:
        """Every column of the file that is looked at."""
        return (*self.names, *self.when, *(name for rule in self.rules for name in rule.when))

    @model_validator(mode="after")
    def _has_source(self) -> Self:
        if self.unknown == "default" and not self.default:
            raise ValueError(say("unknown: default needs a default"))
        if not (self.rules or self.default):
            self._need_source()
        return self


class Columns(Part):
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

    @property
    def named(self) -> dict[str, TextColumn | ChoiceColumn | TimeColumn | SecondsColumn]:
        """The columns that have a source."""
        found = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: column for name, column in found.items() if column is not None}


class Mapping(Part):
    """How the columns of a file become call records."""

    about: str = Field("", description="what files this mapping reads")
    hotline: str = Field(
        "", description="hotline the records belong to: a shipped name or a folder, seen from this file"
    )
    format: Literal["", "csv", "parquet", "xlsx"] = Field("", description="empty: by the file's name")
    encoding: str = Field("", description="of a CSV file; empty: UTF-8 or GBK, whichever it is")
    delimiter: Annotated[str, Field(max_length=1)] = Field(
        "", description="of a CSV file; empty: comma, semicolon or tab, whichever it is"
    )
    sheet: str = Field("", description="sheet of a workbook; empty: the first")
    header_row: Annotated[int, Field(ge=1, le=1000)] = Field(1, description="row of the column names")
    time_zone: str = Field("", description="of times without one of their own; empty: the hotline's")
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
        found: dict[str, str] = {}
        for name, column in self.columns.named.items():
            for source in column.read:
                found.setdefault(source, name)
        return found

    @model_validator(mode="after")
    def _zone_exists(self) -> Self:
        from zoneinfo import ZoneInfo

        try:
            ZoneInfo(self.time_zone or "UTC")
        except (KeyError, ValueError, OSError):
            raise ValueError(say("no time zone {zone!r}; allowed as Asia/Shanghai", zone=self.time_zone)) from None
        return self


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
    shipped = SHIPPED / f"{name_or_path}.yaml"
    path = shipped if str(name_or_path) in mapping_names() else Path(name_or_path)
    if not path.exists():
        raise BadInput(
            say(
                "{path}: there is no such file, and no shipped mapping of that name; shipped: {known}",
                path=path,
                known=list_words(list(mapping_names())),
            )
        )
    return check_source(Mapping, read_yaml(path))
