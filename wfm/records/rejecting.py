"""Why a row cannot be used: a short code for counting, and a sentence for reading."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from wfm.i18n import say

__all__ = ["REASONS", "Rejected", "count_by_code", "nothing_usable", "reason_title"]


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was turned away.

    ``column`` and ``found`` hold what the sentence shows; numbers that might be a caller's are
    blotted out before they come here.
    """

    row: int
    """Line of a CSV file, row of a sheet, number of a Parquet row; from 1."""
    code: str
    """Key of :data:`REASONS`."""
    column: str = ""
    found: str = ""
    allowed: str = ""

    @property
    def reason(self) -> str:
        """The reason in one sentence, in the language of the moment."""
        return REASONS[self.code][1](self)


REASONS: dict[str, tuple[Callable[[], str], Callable[[Rejected], str]]] = {
    "torn": (
        lambda: say("wrong number of fields"),
        lambda r: say("{found} fields where the column names are {allowed}", found=r.found, allowed=r.allowed),
    ),
    "no_time": (
        lambda: say("no time of arrival"),
        lambda r: say("no time of arrival: {column} is empty", column=r.column),
    ),
    "bad_time": (
        lambda: say("unreadable time"),
        lambda r: say(
            "{column}: {found} is no time that can be read, or clocks skipped it", column=r.column, found=r.found
        ),
    ),
    "bad_duration": (
        lambda: say("unreadable duration"),
        lambda r: say("{column}: {found} is no duration", column=r.column, found=r.found),
    ),
    "negative": (
        lambda: say("negative duration"),
        lambda r: say("{column}: {found} is negative", column=r.column, found=r.found),
    ),
    "unknown_line": (
        lambda: say("unknown line"),
        lambda r: say(
            "{column}: unknown line {found}; known: {allowed}", column=r.column, found=r.found, allowed=r.allowed
        ),
    ),
    "unknown_outcome": (
        lambda: say("unknown outcome"),
        lambda r: say(
            "{column}: unknown outcome {found}; known: {allowed}", column=r.column, found=r.found, allowed=r.allowed
        ),
    ),
    "unknown_value": (
        lambda: say("unknown value"),
        lambda r: say(
            "{column}: unknown value {found}; known: {allowed}", column=r.column, found=r.found, allowed=r.allowed
        ),
    ),
    "order": (
        lambda: say("moments out of order"),
        lambda r: say("{column}: {found} lies before {allowed}", column=r.column, found=r.found, allowed=r.allowed),
    ),
    "no_answer_time": (
        lambda: say("answered, but no time of answer"),
        lambda r: say("answered, but when is not known: neither answered_at nor what it follows from"),
    ),
    "no_end": (
        lambda: say("given up, but no end"),
        lambda r: say("given up, but when is not known: neither ended_at nor wait_s"),
    ),
    "too_long": (
        lambda: say("longer than a day"),
        lambda r: say("{column}: {found} is longer than a day", column=r.column, found=r.found),
    ),
    "talk_longer": (
        lambda: say("talk longer than the call"),
        lambda r: say(
            "talk and hold of {found} do not fit between pick-up and end ({allowed})", found=r.found, allowed=r.allowed
        ),
    ),
    "duplicate": (
        lambda: say("the same call again"),
        lambda r: say("line {found} tells the same call again; the later one counts", found=r.found),
    ),
    "duplicate_row": (
        lambda: say("the same row again"),
        lambda r: say("line {found} tells the same again; it counts once", found=r.found),
    ),
    "duplicate_interval": (
        lambda: say("the same interval again"),
        lambda r: say("line {found} tells the same interval; the row with the most calls counts", found=r.found),
    ),
    "unknown_queue": (
        lambda: say("unknown queue"),
        lambda r: say(
            "{column}: which line {found} is, is not known; known: {allowed}",
            column=r.column,
            found=r.found,
            allowed=r.allowed,
        ),
    ),
    "no_count": (
        lambda: say("no number of calls"),
        lambda r: say("no number of calls: {column} is empty", column=r.column),
    ),
    "bad_count": (
        lambda: say("unreadable number"),
        lambda r: say("{column}: {found} is no count", column=r.column, found=r.found),
    ),
    "negative_count": (
        lambda: say("negative number"),
        lambda r: say("{column}: {found} is negative", column=r.column, found=r.found),
    ),
    "off_raster": (
        lambda: say("no start of an interval"),
        lambda r: say(
            "{column}: {found} begins no interval of {allowed} minutes",
            column=r.column,
            found=r.found,
            allowed=r.allowed,
        ),
    ),
    "total_row": (
        lambda: say("a row of totals"),
        lambda r: say("a row of totals: {column} is {found}", column=r.column, found=r.found),
    ),
    "no_call_event": (
        lambda: say("tells of no call"),
        lambda r: say("{found} tells of no call", found=r.found),
    ),
    "goes_on": (
        lambda: say("the call goes on after the end of the file"),
        lambda r: say("the call goes on after the end of the file, which ends at {found}", found=r.found),
    ),
    "no_such_call": (
        lambda: say("of a call whose answer is not in the file"),
        lambda r: say("{found}: neither its answer nor its wait is in the file", found=r.found),
    ),
    "never_ends": (
        lambda: say("a call without an end"),
        lambda r: say("the call has no end, though the file goes on until {found}", found=r.found),
    ),
    "no_item": (
        lambda: say("no identifier"),
        lambda r: say("{column} is empty: what the row belongs to is not known", column=r.column),
    ),
    "no_moment": (
        lambda: say("no time"),
        lambda r: say("{column} is empty", column=r.column),
    ),
    "no_state": (
        lambda: say("no state"),
        lambda r: say("{column} is empty", column=r.column),
    ),
    "no_state_end": (
        lambda: say("a state without an end"),
        lambda r: say(
            "the state has no end, and no later row of the agent ends it within {allowed} h", allowed=r.allowed
        ),
    ),
    "no_presence_event": (
        lambda: say("tells of nobody's presence"),
        lambda r: say("{found} tells of nobody's presence", found=r.found),
    ),
    "duplicate_item": (
        lambda: say("the same entry again"),
        lambda r: say("line {found} tells the same later; it counts", found=r.found),
    ),
    "left_out": (
        lambda: say("left out by the mapping"),
        lambda r: say("left out by the mapping: {column} is {found}", column=r.column, found=r.found),
    ),
}
"""Code → (title for counting, sentence of one row)."""


def reason_title(code: str) -> str:
    """The reason in a few words, in the language of the moment."""
    return REASONS[code][0]()


def count_by_code(rows: Iterable[Rejected]) -> dict[str, int]:
    """How many rows each reason turned away, the most frequent first."""
    return dict(Counter(row.code for row in rows).most_common())


def nothing_usable(name: str, rejected: list[Rejected], rows_read: int) -> str:
    """What to say of a file of whose rows none can be used: the most frequent reason, and a row that has it."""
    if not rejected:
        return say("{name}: the mapping leaves out every one of its {rows} rows", name=name, rows=rows_read)
    code, count = Counter(r.code for r in rejected).most_common(1)[0]
    example = next(r for r in rejected if r.code == code)
    return say(
        "{name}: none of its {rows} rows can be used; {count} of them as line {line}: {reason}",
        name=name,
        rows=rows_read,
        count=count,
        line=example.row,
        reason=example.reason,
    )
