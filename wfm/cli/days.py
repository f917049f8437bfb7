"""``wfm days``: what kind of day each is, as the forecast and the roster take it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from wfm.cli import options
from wfm.i18n import list_words, say

if TYPE_CHECKING:
    from datetime import date

    from wfm.calendar import DayKind, DayMark, WorkingCalendar
    from wfm.hotline import Hotline

__all__ = ["register"]

SPAN_DAYS = 366
"""Days shown where the last one is not asked for."""
LONGEST_DAYS = 3660


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command(
        "days", help=say("Show holidays, make-up days, eves and special days, and what a year not announced may bring.")
    )
    def days(
        hotline: Annotated[str, typer.Argument(help=say("shipped name or hotline folder"))],
        since: Annotated[str, typer.Option("--from", help=say("first day, YYYY-MM-DD (default: today)"))] = "",
        until: Annotated[str, typer.Option("--to", help=say("last day, YYYY-MM-DD (default: a year later)"))] = "",
        as_json: Annotated[bool, options.as_json()] = False,
    ) -> None:
        from wfm.calendar import day_marks
        from wfm.cli.console import print_json
        from wfm.hotline import calendar_of, find_hotline, load_hotline

        kept = load_hotline(find_hotline(hotline))
        wanted = _days_asked(since, until, kept)
        calendar = calendar_of(kept)
        marks = day_marks(calendar, wanted)
        if as_json:
            print_json(
                {
                    "hotline": kept.id,
                    "country": kept.calendar.country,
                    "days": [_document(d, m, calendar) for d, m in zip(wanted, marks, strict=True)],
                }
            )
        else:
            _print(kept, calendar, wanted, marks)


def _days_asked(since: str, until: str, hotline: Hotline) -> list[date]:
    """The days from the first to the last.

    Raises:
        BadInput: they are no days, or too many or none lie between them.
    """
    from datetime import datetime, timedelta
    from zoneinfo import ZoneInfo

    from wfm.cli.roster_asked import day_asked
    from wfm.errors import BadInput

    first = day_asked("--from", since) or datetime.now(ZoneInfo(hotline.time_zone)).date()
    last = day_asked("--to", until) or first + timedelta(days=SPAN_DAYS - 1)
    count = (last - first).days + 1
    if not 1 <= count <= LONGEST_DAYS:
        raise BadInput(
            say(
                "--to: found {found}, allowed are {most} days from {first} on",
                found=last,
                first=first,
                most=LONGEST_DAYS,
            )
        )
    return [first + timedelta(days=n) for n in range(count)]


def _kind_word(kind: DayKind) -> str:
    words = {
        "weekday": say("weekday"),
        "weekend": say("weekend"),
        "holiday": say("holiday"),
        "makeup": say("make-up working day"),
    }
    return words[kind.value]


def _print(hotline: Hotline, calendar: WorkingCalendar, days: list[date], marks: list[DayMark]) -> None:
    """The days that are more than their weekday, and how surely they are known."""
    from rich.text import Text as Line

    from wfm.cli.console import make_console, make_table

    console = make_console()
    title = f"{hotline.name} · {days[0]} – {days[-1]}"
    table = make_table(console, title)
    table.add_column(say("day"), no_wrap=True)
    table.add_column(say("kind"))
    table.add_column(say("name"))
    table.add_column(say("what marks it"))
    weekdays = (say("Mon"), say("Tue"), say("Wed"), say("Thu"), say("Fri"), say("Sat"), say("Sun"))
    for day, mark in zip(days, marks, strict=True):
        notes = _notes(day, mark, calendar, hotline)
        name = calendar.name(day)
        if notes or name is not None:
            cells = (
                f"{day} {weekdays[mark.weekday]}",
                _kind_word(mark.kind),
                "" if name is None else name.of(),
                list_words(notes),
            )
            table.add_row(*(Line(cell) for cell in cells))
    console.print(table)
    for year in sorted({day.year for day in days if calendar.provisional(day)}):
        console.print(
            say(
                "{year} is not announced: only the statutory days are known. Chances are counted from the notices before.",
                year=year,
            ),
            markup=False,
        )


def _notes(day: date, mark: DayMark, calendar: WorkingCalendar, hotline: Hotline) -> list[str]:
    from wfm.calendar import DayKind, festival_name, kind_chances

    notes = []
    if mark.place and mark.run_days > 1:
        notes.append(say("day {place} of {days} off", place=mark.place, days=mark.run_days))
    if mark.before == 1 and mark.next_festival is not None:
        notes.append(say("eve of {festival}", festival=festival_name(mark.next_festival)))
    if mark.after == 1 and mark.last_festival is not None:
        notes.append(say("first day after {festival}", festival=festival_name(mark.last_festival)))
    names = {cause.id: cause.name for cause in hotline.calendar.special_days}
    notes += [names[cause].of() for cause in mark.special]
    chances = kind_chances(calendar, day)
    if mark.kind is not DayKind.HOLIDAY and DayKind.HOLIDAY in chances:
        notes.append(say("off: {chance:.0%}", chance=chances[DayKind.HOLIDAY]))
    if mark.kind is not DayKind.MAKEUP and DayKind.MAKEUP in chances:
        notes.append(say("worked: {chance:.0%}", chance=chances[DayKind.MAKEUP]))
    return notes


def _document(day: date, mark: DayMark, calendar: WorkingCalendar) -> dict[str, Any]:
    from wfm.calendar import kind_chances

    name = calendar.name(day)
    return {
        "date": day.isoformat(),
        "kind": mark.kind.value,
        "name": None if name is None else name.as_dict(),
        "festival": mark.festival,
        "also": list(mark.also),
        "place": mark.place,
        "run_days": mark.run_days,
        "before": mark.before,
        "next_festival": mark.next_festival,
        "after": mark.after,
        "last_festival": mark.last_festival,
        "spring_offset": mark.spring_offset,
        "special": list(mark.special),
        "provisional": mark.provisional,
        "chances": {kind.value: chance for kind, chance in kind_chances(calendar, day).items()},
    }
