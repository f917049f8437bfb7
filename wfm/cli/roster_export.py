"""``wfm roster export``: a roster as Excel workbook, PDF, calendar or CSV."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wfm.cli import options
from wfm.i18n import list_words, say
from wfm.os_reason import os_reason

if TYPE_CHECKING:
    from datetime import datetime

    import pandas as pd

    from scenarios.roster_at_hand import RosterAtHand

__all__ = ["FORMATS", "register"]

FORMATS = {"xlsx": ".xlsx", "pdf": ".pdf", "ical": ".ics", "csv": ".csv"}


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("export", help=say("Write a roster as Excel workbook, PDF, calendar (iCal) or CSV."))
    def export(
        roster: Annotated[str, options.roster()],
        out: Annotated[Path, typer.Option("--out", help=say("file to write; with --each the folder of the calendars"))],
        form: Annotated[
            str, typer.Option("--format", help=say("xlsx, pdf, ical or csv (default: the file's ending)"))
        ] = "",
        person: Annotated[str, typer.Option("--person", help=say("only the duties of this person (number)"))] = "",
        line: Annotated[str, typer.Option("--line", help=say("only the duties of this line or group"))] = "",
        each: Annotated[
            str, typer.Option("--each", help=say("person or line: one calendar each, into the folder --out"))
        ] = "",
        before: Annotated[
            str,
            typer.Option("--before", help=say("the version before: duties no longer there are cancelled in calendars")),
        ] = "",
        hotline: Annotated[str, options.roster_hotline()] = "",
        start: Annotated[str, options.roster_start()] = "",
        version: Annotated[
            int | None, typer.Option("--as-version", help=say("version to write into the file (default: the roster's)"))
        ] = None,
    ) -> None:
        from scenarios.roster_at_hand import roster_at_hand
        from wfm.cli.roster_asked import day_asked, now_in
        from wfm.errors import BadInput

        chosen = _format(form, each, out)
        first = day_asked("--start", start)
        if before and chosen != "ical":
            raise BadInput(say("--before: goes with calendars only (--format ical)"))
        if version is not None and version < 1:
            raise BadInput(say("--as-version: found {found}, allowed are whole numbers from 1", found=version))
        found = roster_at_hand(roster, hotline=hotline, start=first)
        earlier = roster_at_hand(before, hotline=hotline, start=first).duties if before else found.before
        number = found.version if version is None else version
        now = now_in(found.scenario.hotline)
        if each:
            written = _each(found, each, out, earlier, number, now)
            print(say("{n} calendars written to {folder}.", n=written, folder=out))
            return
        notes = _write(found, chosen, out, person, line, earlier, number, now)
        print(say("Written to {file}.", file=out))
        for note in notes:
            print(note)


def _format(form: str, each: str, out: Path) -> str:
    from wfm.cli.plan import one_of
    from wfm.cli.result_file import check_result_file
    from wfm.errors import BadInput

    endings = {ending: name for name, ending in FORMATS.items()}
    if each:
        one_of("--each", each, ("person", "line"))
        one_of("--format", form or "ical", ("ical",))
        if out.is_file() or out.suffix.lower() in endings:
            raise BadInput(say("--out: {path} names a file; with --each a folder is needed", path=out))
        return "ical"
    if not form and out.suffix.lower() not in endings:
        raise BadInput(
            say(
                "--out: found {name!r}, allowed are names that end in {endings} (or say --format)",
                name=out.name,
                endings=list_words(list(endings)),
            )
        )
    chosen = one_of("--format", form or endings[out.suffix.lower()], tuple(FORMATS))
    check_result_file(out, FORMATS[chosen])
    return chosen


def _of(found: RosterAtHand, duties: pd.DataFrame, person: str, line: str) -> pd.DataFrame:
    """The duties of one person, line or group."""
    from scheduler.ical import duties_of_line
    from wfm.errors import BadInput

    if line:
        duties = duties_of_line(found.scenario.hotline, duties, line)
    if person:
        if person not in {a.id for a in found.scenario.agents} and not (found.duties["agent"] == person).any():
            raise BadInput(say("no agent {found!r} in this roster", found=person))
        duties = duties[duties["agent"] == person]
    return duties


def _write(
    found: RosterAtHand,
    form: str,
    out: Path,
    person: str,
    line: str,
    before: pd.DataFrame | None,
    version: int,
    now: datetime,
) -> list[str]:
    from dataclasses import replace

    from wfm.cli.result_file import write_whole

    duties = _of(found, found.duties, person, line)
    notes: list[str] = []
    if form == "csv":
        from scheduler.export import duties_csv

        content = duties_csv(duties)
    elif form == "ical":
        from scheduler.ical import cancelled_calendar, roster_calendar

        earlier = None if before is None else _of(found, before, person, line)
        hotline, agents = found.scenario.hotline, found.scenario.agents
        content = roster_calendar(
            hotline, agents, duties, version=version, made_at=now, before=earlier, person=person or None
        )
        gone = None
        if earlier is not None:
            gone = cancelled_calendar(
                hotline, agents, duties, earlier, version=version, made_at=now, person=person or None
            )
        if gone is not None:
            beside = out.with_name(f"{out.stem}.cancelled.ics")
            write_whole(beside, lambda path: _put(path, gone))
            notes.append(say("Duties cancelled since then: {file}.", file=beside))
    else:
        from dashboard.reports.roster_paper import RosterPaper
        from scheduler.firm_duties import check_with_places

        violations = tuple(check_with_places(found.problem, found.duties))
        problem = found.problem
        if person:
            problem = replace(problem, agents=[a for a in problem.agents if a.id == person or a.pair == person])
            problem = replace(problem, leave=[x for x in problem.leave if x.agent in {a.id for a in problem.agents}])
        paper = RosterPaper(problem, duties, violations, str(version), now, found.posts_known and not (person or line))
        if form == "xlsx":
            from dashboard.reports.roster_book import render_roster_book

            content = render_roster_book(paper)
        else:
            from dashboard.reports.roster_pdf import render_roster_pdf

            pdf = render_roster_pdf(paper)
            content, notes = pdf.content, [pdf.note] if pdf.note else []
    write_whole(out, lambda path: _put(path, content))
    return notes


def _put(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _each(
    found: RosterAtHand, each: str, folder: Path, before: pd.DataFrame | None, version: int, now: datetime
) -> int:
    """One calendar a person with a duty, or a line."""
    from functools import partial

    from scheduler.firm_places import firm_of_place
    from scheduler.ical import duties_of_line, roster_calendar
    from wfm.cli.result_file import write_whole
    from wfm.errors import BadInput

    hotline, agents = found.scenario.hotline, found.scenario.agents
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(say("{path}: cannot be written ({reason})", path=folder, reason=os_reason(error))) from None
    duties = found.duties
    if each == "line":
        names = list(hotline.line_ids)
    else:
        concerned = set(duties["agent"]) | (set() if before is None else set(before["agent"]))
        names = sorted(str(name) for name in concerned if firm_of_place(str(name)) is None)
    files = {name: folder / f"{_file_name(name)}.ics" for name in names}
    if len({str(path).casefold() for path in files.values()}) < len(files):
        raise BadInput(
            say("--each: these numbers make the same file name: {names}", names=list_words(sorted(files)[:5]))
        )
    for name, path in files.items():
        if each == "line":
            mine = duties_of_line(hotline, duties, name)
            earlier = None if before is None else duties_of_line(hotline, before, name)
            title = f"{hotline.name}: {hotline.line(name).name}"
            content = roster_calendar(hotline, agents, mine, version=version, made_at=now, before=earlier, name=title)
        else:
            content = roster_calendar(hotline, agents, duties, version=version, made_at=now, before=before, person=name)
        write_whole(path, partial(_put, content=content))
    return len(files)


def _file_name(name: str) -> str:
    """The name with what file systems do not take replaced."""
    kept = "".join(c if c.isalnum() or c in "-_." else "_" for c in name).strip(".")
    return kept or "_"
