"""The mapping of an interval-level file: which of its columns hold which counts, as a small YAML file.

``level: intervals`` tells it from a mapping of call records. A file that has one of the known layouts needs none; its
settings (the lines of its queues, a time zone) may stand in a YAML file with ``layout:`` instead of ``columns:``.
"""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from wfm.hotline.parts import Part
from wfm.i18n import say
from wfm.records.mapping_parts import (
    Cell,
    Condition,
    FileMapping,
    Lines,
    Names,
    SourceColumn,
    TextColumn,
    TimeColumn,
    check_zone,
    first_named,
)
from wfm.tables import ACTUALS

__all__ = ["FEED_COLUMNS", "FEED_SECONDS", "CountColumn", "FeedColumns", "FeedMapping", "LayoutSettings"]

FEED_COLUMNS = tuple(c.name for c in ACTUALS.columns if c.name not in ("line", "interval"))
"""What a feed may tell of a line and interval: the columns of ``tables.ACTUALS`` beside its key."""
FEED_SECONDS = tuple(c.name for c in ACTUALS.columns if c.kind == "seconds")
"""Those of them that are sums of seconds."""


class CountColumn(SourceColumn):
    """A count, or a sum of seconds: one column of the file, or several that are added up."""

    from_: Names = Field(alias="from", description="column of the file; several are added up, and empty if one is")
    unit: Literal["s", "ms", "min", "h"] = Field("s", description="what a number of seconds counts; 00:03:25 is read")
    mean_of: Literal["", "offered", "queued", "answered", "abandoned"] = Field(
        "", description="the file gives a mean over these calls, not a sum"
    )
    empty: list[Cell] = Field([], description="values that mean empty, as - or N/A")


def _counts(meaning: str) -> CountColumn | None:
    found: CountColumn | None = Field(None, description=meaning)
    return found


class FeedColumns(Part):
    """For each column of ``tables.ACTUALS``, where it comes from. What is not named is not known and stays empty."""

    interval: TimeColumn = Field(description="start of the interval")
    line: TextColumn | None = Field(None, description="queue, split or skill; lines: tells which line it is")
    part: list[str] = Field(
        [], description="further columns that tell rows of one queue and interval apart; their counts are added up"
    )
    offered: CountColumn | None = _counts("calls that arrived")
    first_attempts: CountColumn | None = _counts("calls that arrived, less redials")
    blocked: CountColumn | None = _counts("calls that met busy trunks")
    ivr_answered: CountColumn | None = _counts("calls that entered announcement or IVR")
    ivr_completed: CountColumn | None = _counts("calls served by the IVR without an agent")
    ivr_abandoned: CountColumn | None = _counts("calls hung up inside announcement or IVR")
    queued: CountColumn | None = _counts("calls that asked for an agent")
    answered: CountColumn | None = _counts("calls answered by an agent")
    abandoned: CountColumn | None = _counts("calls given up while waiting for an agent")
    short_abandoned: CountColumn | None = _counts("of these, given up within the short-abandon threshold")
    closed: CountColumn | None = _counts("calls outside opening hours")
    called_back: CountColumn | None = _counts("missed calls whose call-back reached the caller")
    wait_answered_s: CountColumn | None = _counts("answer time summed over answered calls")
    wait_all_s: CountColumn | None = _counts("wait for an agent summed over all queued calls")
    answered_within_10_s: CountColumn | None = _counts("calls answered within 10 s")
    answered_within_15_s: CountColumn | None = _counts("calls answered within 15 s")
    answered_within_20_s: CountColumn | None = _counts("calls answered within 20 s")
    answered_within_30_s: CountColumn | None = _counts("calls answered within 30 s")
    answered_within_40_s: CountColumn | None = _counts("calls answered within 40 s")
    answered_within_60_s: CountColumn | None = _counts("calls answered within 60 s")
    handle_s: CountColumn | None = _counts("talk, hold and wrap-up summed over answered calls")
    seats_staffed: CountColumn | None = _counts("seats signed in, mean over the interval")

    @property
    def counts(self) -> Dictionary[str, CountColumn]:
        """The counts that have a source."""
        found = {name: getattr(self, name) for name in FEED_COLUMNS}
        return {name: column for name, column in found.items() if column is not None}

    @model_validator(mode="after")
    def _some_calls(self) -> Self:
        if self.offered is None and self.first_attempts is None and self.queued is None:
            raise ValueError(say("at least one of offered, first_attempts and queued is needed"))
        for name, column in self.counts.items():
            if column.mean_of and column.mean_of not in self.counts:
                raise ValueError(
                    say("{column} is a mean over {calls}, which has no source", column=name, calls=column.mean_of)
                )
        return self


def _check_interval(minutes: int) -> None:
    if minutes and 1440 % minutes:
        raise ValueError(say("an interval must divide the day of 1440 minutes, found {minutes}", minutes=minutes))


class FeedMapping(FileMapping):
    """How the columns of a file become counts of lines and intervals."""

    level: Literal["intervals"] = Field(description="intervals: one row is a queue and interval, not a call")
    interval_min: Annotated[int, Field(ge=0, le=1440)] = Field(
        0, description="minutes of the file's intervals; 0: the longest that its times allow"
    )
    lines: Lines = Field({}, description="queue, split or skill → line; skip leaves its rows out")
    keep: Condition = Field({}, description="rows that count; all others are left out")
    columns: FeedColumns

    @property
    def read(self) -> dict[str, str]:
        """Every column of the file that is looked at → the column of ours it was first named for."""
        columns = self.columns
        return first_named(
            [
                ("interval", columns.interval.read),
                ("line", columns.line.read if columns.line is not None else ()),
                ("part", columns.part),
                *((name, column.read) for name, column in columns.counts.items()),
                ("keep", self.keep),
            ]
        )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        _check_interval(self.interval_min)
        return self


class LayoutSettings(Part):
    """What a known layout leaves open: the lines of its queues, and what the file itself does not tell."""

    layout: str = Field(min_length=1, description="name of the layout, as wfm import --layout takes it")
    about: str = Field("", description="what files these settings are for")
    hotline: str = Field(
        "", description="hotline the records belong to: a shipped name or a folder, seen from this file"
    )
    time_zone: str = Field("", description="of times without one of their own; empty: the layout's, or the hotline's")
    interval_min: Annotated[int, Field(ge=0, le=1440)] = Field(
        0, description="minutes of the file's intervals; 0: the layout's"
    )
    date_format: str = Field("", description="how dates are written, as %d/%m/%Y")
    acceptable_s: Literal[0, 10, 15, 20, 30, 40, 60] = Field(
        0, description="service-level threshold that Avaya's column acceptable counts within; 0: not known"
    )
    lines: Lines = Field({}, description="queue, split or skill → line; skip leaves its rows out")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        check_zone(self.time_zone)
        _check_interval(self.interval_min)
        return self
