"""Parts that every kind of mapping has: where a value comes from, and how the file is written."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, model_validator

from wfm.errors import BadInput
from wfm.hotline.parts import Part
from wfm.i18n import list_words, say

__all__ = [
    "SKIP",
    "Cell",
    "ChoiceColumn",
    "Condition",
    "FileMapping",
    "Lines",
    "NamedColumns",
    "Names",
    "Rule",
    "SecondsColumn",
    "Source",
    "SourceColumn",
    "TextColumn",
    "TimeColumn",
    "check_zone",
    "first_named",
    "mapping_file",
]

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


class SourceColumn(Part):
    """Where a value comes from: one column of the file, or several."""

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


class TextColumn(SourceColumn):
    """A text taken as it is."""

    @model_validator(mode="after")
    def _has_source(self) -> Self:
        self._need_source()
        return self


class TimeColumn(SourceColumn):
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


class SecondsColumn(SourceColumn):
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


class ChoiceColumn(SourceColumn):
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


Source = TextColumn | ChoiceColumn | TimeColumn | SecondsColumn


class NamedColumns(Part):
    """For each column of a table, where it comes from."""

    @property
    def named(self) -> dict[str, Source]:
        """The columns that have a source."""
        found = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: column for name, column in found.items() if column is not None}


class FileMapping(Part):
    """How a file of calls or counts is written, and whose it is; what its columns mean says each kind of mapping."""

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

    @model_validator(mode="after")
    def _zone_exists(self) -> Self:
        check_zone(self.time_zone)
        return self


def check_zone(time_zone: str) -> None:
    """Refuse a time zone that does not exist; empty is allowed.

    Raises:
        ValueError: as pydantic's validators do.
    """
    try:
        ZoneInfo(time_zone or "UTC")
    except (KeyError, ValueError, OSError):
        raise ValueError(say("no time zone {zone!r}; allowed as Asia/Shanghai", zone=time_zone)) from None


def first_named(sources: Iterable[tuple[str, Iterable[str]]]) -> dict[str, str]:
    """Column of the file → the column of ours it was first named for, out of our columns and what each reads."""
    found: dict[str, str] = {}
    for name, read in sources:
        for source in read:
            found.setdefault(source, name)
    return found


def mapping_file(name_or_path: str | Path, folder: Path, shipped: tuple[str, ...]) -> Path:
    """The YAML file of the shipped mapping of this name in ``folder``, or at this path.

    Raises:
        BadInput: there is neither.
    """
    path = folder / f"{name_or_path}.yaml" if str(name_or_path) in shipped else Path(name_or_path)
    if not path.exists():
        raise BadInput(
            say(
                "{path}: there is no such file, and no shipped mapping of that name; shipped: {known}",
                path=path,
                known=list_words(list(shipped)),
            )
        )
    return path
