"""``wfm clean``: what the records lack or show out of the ordinary, to be accepted or undone; nothing is taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from wfm.cli import options
from wfm.i18n import say

if TYPE_CHECKING:
    from datetime import date, datetime

    from wfm.cli.console import StageBars
    from wfm.hotline import Hotline
    from wfm.records.cleaning import Mark, MarkHistory

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command(
        "clean", help=say("Find gaps, outages and odd days in the call records, and accept or undo such marks.")
    )
    def clean(
        hotline: Annotated[str, typer.Argument(help=say("shipped name or hotline folder"))],
        since: Annotated[
            str, typer.Option("--from", help=say("first day whose records are looked at, YYYY-MM-DD"))
        ] = "",
        until: Annotated[str, typer.Option("--to", help=say("last day whose records are looked at, YYYY-MM-DD"))] = "",
        accept: Annotated[
            list[str] | None, typer.Option("--accept", help=say("mark to accept, or all that are proposed"))
        ] = None,
        undo: Annotated[
            list[str] | None, typer.Option("--undo", help=say("mark to undo; it is not proposed again"))
        ] = None,
        add: Annotated[
            str,
            typer.Option("--add", help=say("mark a day or a range yourself: 2026-09-14, or 2026-09-14..2026-09-16")),
        ] = "",
        reason: Annotated[str, typer.Option("--reason", help=say("why, for --add; the name of a special day"))] = "",
        kind: Annotated[
            str,
            typer.Option(
                "--kind", help=say("for --add: special_day, gap, outage, partial_day, outlier_high or outlier_low")
            ),
        ] = "special_day",
        line: Annotated[str, typer.Option("--line", help=say("for --add: the line (default: all)"))] = "",
        as_json: Annotated[bool, options.as_json()] = False,
    ) -> None:
        run_clean(hotline, since, until, accept or [], undo or [], add, reason, kind, line, as_json)


def run_clean(
    name: str,
    since: str,
    until: str,
    accept: list[str],
    undo: list[str],
    add: str,
    reason: str,
    kind: str,
    line: str,
    as_json: bool,
) -> None:
    """Find, keep what is proposed, do what is asked, and show how the marks stand."""
    from wfm.cli.console import print_json, stage_bars
    from wfm.cli.roster_asked import user_name
    from wfm.errors import BadInput
    from wfm.home import home_folder
    from wfm.hotline import find_hotline, load_hotline
    from wfm.records.cleaning import MarkHistory

    if bool(add) != bool(reason):
        raise BadInput(say("--add and --reason go together: what was it, and when"))
    hotline = load_hotline(find_hotline(name))
    home = home_folder()
    history = MarkHistory(home, hotline.id)
    added = None if not add else _asked_mark(add, reason, kind, line, hotline)
    with stage_bars({"count": say("Counting calls")}) as bars:
        marks, found, first, last = _found(hotline, history, since, until, user_name(), bars)
    # What is refused is refused before anything is kept.
    known = {mark.id for mark in marks} | {mark.id for mark in history.marks()}
    _check_known([*[name for name in accept if name != "all"], *undo], known)
    if added is not None:
        marks = [mark for mark in marks if mark.id != added.id] + [history.add(added, user_name())]
    history.undo(undo, user_name())
    wanted = [mark.id for mark in marks if mark.status == "proposed" and mark.id not in undo] if "all" in accept else []
    history.accept([*wanted, *[name for name in accept if name != "all"]], user_name())
    shown = {mark.id for mark in marks} | set(accept) | set(undo)
    marks = [mark for mark in history.marks() if mark.id in shown]
    if as_json:
        print_json(_summary(hotline, marks, first, last))
    else:
        _print(hotline, marks, first, last)
        for mark in marks:
            # What was found once and accepted may be filled in by records that came later.
            if mark.status == "accepted" and mark.usual is not None and mark.id not in found:
                print(say("{mark} is not found any more: --undo {mark} lets the records count there", mark=mark.id))


def _found(
    hotline: Hotline, history: MarkHistory, since: str, until: str, who: str, bars: StageBars
) -> tuple[list[Mark], set[str], date, date]:
    """The marks between two days as they stand after looking again, which were found now, and those days."""
    from wfm.cli.roster_asked import day_asked
    from wfm.errors import BadInput
    from wfm.home import home_folder
    from wfm.hotline import calendar_of, grid_of
    from wfm.records import RecordStore
    from wfm.records.cleaning import find_marks

    first, last = day_asked("--from", since), day_asked("--to", until)
    if first is not None and last is not None and last < first:
        raise BadInput(say("--to: found {found}, allowed are days from {first} on", found=last, first=first))
    store = RecordStore(home_folder(), hotline.id)
    days = store.days()
    if not days:
        raise BadInput(say("there are no call records of {hotline}; wfm import brings some in", hotline=hotline.id))
    # What is usual is learned from all days, whichever of them are asked for.
    grid = grid_of(hotline, days[0], (days[-1] - days[0]).days + 1)
    actuals = store.actuals(grid, hotline.line_ids, hotline.short_abandon_s, progress=bars.watch("count"))
    found = find_marks(
        actuals,
        grid,
        calendar_of(hotline),
        hotline.line_ids,
        names={line.id: line.name for line in hotline.lines},
    )
    first, last = first or days[0], last or days[-1]
    start, end = _midnight(first, hotline), _midnight(last, hotline, after=1)
    mine = [mark for mark in found if mark.start < end and mark.end > start]
    return history.propose(mine, who, start=start, end=end), {mark.id for mark in found}, first, last


def _midnight(day: date, hotline: Hotline, after: int = 0) -> datetime:
    from datetime import datetime, time, timedelta
    from zoneinfo import ZoneInfo

    return datetime.combine(day + timedelta(days=after), time(0), tzinfo=ZoneInfo(hotline.time_zone))


def _check_known(names: list[str], known: set[str]) -> None:
    from wfm.errors import BadInput
    from wfm.i18n import list_words

    for name in names:
        if name not in known:
            allowed = list_words(sorted(known)) if known else say("none: nothing is marked")
            raise BadInput(say("found mark {found}, allowed are {allowed}", found=name, allowed=allowed))


def _asked_mark(text: str, reason: str, kind: str, line: str, hotline: Hotline) -> Mark:
    """The mark of ``--add``.

    Raises:
        BadInput: the range, the kind or the line is none.
    """
    from wfm.errors import BadInput
    from wfm.i18n import Text, list_words
    from wfm.records.cleaning import KINDS, Mark
    from wfm.records.cleaning.marks import mark_id

    chosen = next((one for one in KINDS if one == kind), None)
    if chosen is None:
        raise BadInput(
            say("--kind: found {found!r}, allowed are {allowed}", found=kind, allowed=list_words(list(KINDS)))
        )
    if line and line not in hotline.line_ids:
        raise BadInput(
            say("--line: found {found!r}, allowed are {allowed}", found=line, allowed=list_words(hotline.line_ids))
        )
    begins, _, ends = (part.strip() for part in text.partition(".."))
    start, end = _moment(begins, hotline, 0), _moment(ends or begins, hotline, 1)
    if end <= start:
        raise BadInput(say("--add: found {found!r}, whose end lies before its beginning", found=text))
    return Mark(
        mark_id(line or None, start, end, chosen),
        line or None,
        start,
        end,
        chosen,
        Text(reason, reason),
        name=Text(reason, reason) if chosen == "special_day" else None,
        status="accepted",
    )


def _moment(text: str, hotline: Hotline, after: int) -> datetime:
    """A moment; of a bare date its midnight, or that ``after`` days later."""
    from wfm.cli.roster_asked import moment_asked
    from wfm.hotline.row_files import parse_date

    day = None if ":" in text else parse_date(text)
    return moment_asked("--add", text, hotline) if day is None else _midnight(day, hotline, after)


def _summary(hotline: Hotline, marks: list[Mark], first: date, last: date) -> dict[str, Any]:
    """What ``--json`` prints."""
    return {
        "hotline": hotline.id,
        "first_day": first.isoformat(),
        "last_day": last.isoformat(),
        "marks": [
            {
                "id": mark.id,
                **mark.as_dict(),
                "status": mark.status,
                "by": mark.by,
                "at": None if mark.at is None else mark.at.isoformat(),
            }
            for mark in marks
        ],
    }


def _print(hotline: Hotline, marks: list[Mark], first: date, last: date) -> None:
    """A table of the marks, and what can be done with them."""
    from wfm.cli.console import make_console, make_table

    print(say("{hotline}, {first} to {last}", hotline=hotline.name, first=first, last=last))
    if not marks:
        print(say("Nothing is out of the ordinary."))
        return
    console = make_console()
    table = make_table(console)
    for heading in (say("mark"), say("when"), say("line"), say("kind"), say("status")):
        table.add_column(heading, no_wrap=True)
    table.add_column(say("reason"))
    names = {line.id: str(line.name) for line in hotline.lines}
    for mark in marks:
        where = say("all") if mark.line is None else names.get(mark.line, mark.line)
        table.add_row(mark.id, _when(mark, hotline), where, _kind(mark.kind), _status(mark.status), str(mark.reason))
    console.print(table)
    proposed = sum(mark.status == "proposed" for mark in marks)
    if proposed:
        print(
            say(
                "{count} proposed: --accept MARK or --accept all applies them, --undo MARK drops one. Records stay as they are.",
                count=proposed,
            )
        )


def _when(mark: Mark, hotline: Hotline) -> str:
    from zoneinfo import ZoneInfo

    zone = ZoneInfo(hotline.time_zone)
    start, end = mark.start.astimezone(zone), mark.end.astimezone(zone)
    days = mark.days(hotline.time_zone)
    if start == _midnight(days[0], hotline) and end == _midnight(days[-1], hotline, after=1):
        return f"{days[0]}" if len(days) == 1 else f"{days[0]} – {days[-1]}"
    until = f"{end:%H:%M}" if len(days) == 1 else f"{end:%Y-%m-%d %H:%M}"
    return f"{start:%Y-%m-%d %H:%M} – {until}"


def _kind(kind: str) -> str:
    words = {
        "gap": say("gap"),
        "outage": say("outage"),
        "partial_day": say("partial day"),
        "outlier_high": say("too many"),
        "outlier_low": say("too few"),
        "special_day": say("special day"),
    }
    return words[kind]


def _status(status: str) -> str:
    return {"proposed": say("proposed"), "accepted": say("accepted"), "undone": say("undone")}[status]
