"""Marks on days as people make them on a page: what looks odd is looked for, confirmed, named, taken back, or added by hand.

The same as ``wfm clean`` does; what was decided stands in the same history and is used by the same forecasts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from wfm.errors import BadInput
from wfm.hotline import Hotline, calendar_of, grid_of
from wfm.i18n import Text, list_words, say
from wfm.records import RecordStore
from wfm.records.cleaning import KINDS, Mark, MarkEvent, MarkHistory, find_marks
from wfm.records.cleaning.marks import HIDDEN, Kind, mark_id

__all__ = ["DayMarks", "add_mark", "confirm_mark", "look_for_marks", "marks_of", "on_day", "undo_mark"]

WORDS_MAX = 200


@dataclass(frozen=True, slots=True)
class DayMarks:
    """The marks of a hotline as they stand, and what happened to each."""

    marks: tuple[Mark, ...]
    """By time, the latest first."""
    events: tuple[MarkEvent, ...]

    @property
    def proposed(self) -> list[Mark]:
        """Those that nobody has decided on."""
        return [mark for mark in self.marks if mark.status == "proposed"]

    @property
    def accepted(self) -> list[Mark]:
        """Those that forecasts follow."""
        return [mark for mark in self.marks if mark.status == "accepted"]

    @property
    def undone(self) -> list[Mark]:
        """Those that were taken back, and are not proposed again."""
        return [mark for mark in self.marks if mark.status == "undone"]

    def history(self, mark: Mark) -> list[MarkEvent]:
        """What happened to a mark, in order."""
        return [event for event in self.events if event.mark_id == mark.id]


def marks_of(home: Path, hotline: Hotline) -> DayMarks:
    """Every mark of the hotline.

    Raises:
        BadInput: a file of the history cannot be read.
    """
    history = MarkHistory(home, hotline.id)
    return DayMarks(tuple(reversed(history.marks())), tuple(history.events()))


def look_for_marks(home: Path, hotline: Hotline, who: str) -> int:
    """Look for what is odd in all records, and propose it; returns how many marks now wait for a decision.

    Raises:
        BadInput: there are no records.
    """
    store = RecordStore(home, hotline.id)
    days = store.days()
    if not days:
        raise BadInput(say("There are no records of {hotline} yet.", hotline=hotline.name))
    grid = grid_of(hotline, days[0], (days[-1] - days[0]).days + 1)
    actuals = store.actuals(grid, hotline.line_ids, hotline.short_abandon_s)
    found = find_marks(
        actuals, grid, calendar_of(hotline), hotline.line_ids, names={line.id: line.name for line in hotline.lines}
    )
    start, end = _midnight(days[0], hotline), _midnight(days[-1] + timedelta(days=1), hotline)
    history = MarkHistory(home, hotline.id)
    history.propose(found, who, start=start, end=end)
    return sum(mark.status == "proposed" for mark in history.marks())


def confirm_mark(home: Path, hotline: Hotline, mark: str, who: str, words: str = "") -> Mark:
    """Accept a mark; a special day under the name ``words``, if they are given.

    Raises:
        BadInput: there is no such mark, or the words are too long.
    """
    history = MarkHistory(home, hotline.id)
    told = _words(words)
    if not told:
        return history.accept([mark], who)[0]
    known = next((one for one in history.marks() if one.id == mark), None)
    if known is None:
        return history.accept([mark], who)[0]  # says that there is none
    name = Text(told, told)
    if known.kind == "special_day":
        return history.add(replace(known, name=name, status="accepted"), who)
    reason = Text(f"{known.reason.en} {told}", f"{known.reason.zh} {told}")
    return history.add(replace(known, reason=reason, status="accepted"), who)


def undo_mark(home: Path, hotline: Hotline, mark: str, who: str) -> Mark:
    """Take a mark back; it is not proposed again.

    Raises:
        BadInput: there is no such mark.
    """
    return MarkHistory(home, hotline.id).undo([mark], who)[0]


def add_mark(
    home: Path,
    hotline: Hotline,
    first: date,
    last: date,
    words: str,
    who: str,
    *,
    kind: str = "special_day",
    line: str = "",
) -> Mark:
    """Annotate days with words: accepted at once, kept with who and when.

    Args:
        home: where marks are kept.
        hotline: the hotline.
        first: first local day.
        last: last local day, itself included.
        words: what was it.
        who: who says so.
        kind: a special day is learned from as a day of its own kind; the others hide the days from forecasts.
        line: one line; empty: all.

    Raises:
        BadInput: the days are none or too many, the words are missing or too long, or kind or line is none.
    """
    chosen: Kind | None = next((one for one in KINDS if one == kind), None)
    if chosen is None:
        raise BadInput(say("kind: found {found!r}, allowed are {allowed}", found=kind, allowed=list_words(list(KINDS))))
    if line and line not in hotline.line_ids:
        raise BadInput(
            say("line: found {found!r}, allowed are {allowed}", found=line, allowed=list_words(hotline.line_ids))
        )
    if not 0 <= (last - first).days < 366:
        raise BadInput(say("The last day lies before the first, or more than a year after it."))
    told = _words(words)
    if not told:
        raise BadInput(say("Say in a few words what it was."))
    start, end = _midnight(first, hotline), _midnight(last + timedelta(days=1), hotline)
    name = Text(told, told)
    mark = Mark(
        mark_id(line or None, start, end, chosen),
        line or None,
        start,
        end,
        chosen,
        name,
        name=None if chosen in HIDDEN else name,
        status="accepted",
    )
    return MarkHistory(home, hotline.id).add(mark, who)


def _words(words: str) -> str:
    told = " ".join(words.split())
    if len(told) > WORDS_MAX:
        raise BadInput(say("At most {most} characters, found {found}.", most=WORDS_MAX, found=len(told)))
    return told


def _midnight(day: date, hotline: Hotline) -> datetime:
    return datetime.combine(day, time(), tzinfo=ZoneInfo(hotline.time_zone))


def on_day(marks: Sequence[Mark], day: date, time_zone: str) -> list[Mark]:
    """Those of the marks that touch a day and were not taken back."""
    return [mark for mark in marks if mark.status != "undone" and day in mark.days(time_zone)]
