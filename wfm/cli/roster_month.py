"""``wfm roster month``: how a roster's month stands, and what people asked for it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wfm.cli import options
from wfm.i18n import say
from wfm.os_reason import os_reason

if TYPE_CHECKING:
    from datetime import date

    from scenarios.roster_month import MonthView
    from scenarios.scenario import Scenario
    from wfm.store import MonthRequest

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("month", help=say("How a roster's month stands: deadlines, requests, publications, swaps."))
    def month(
        hotline: Annotated[str, options.scenario()],
        start: Annotated[str, options.month_start()],
        last: Annotated[
            str,
            typer.Option("--last", help=say("last day (default: the calendar month's, or four weeks)")),
        ] = "",
        collect: Annotated[
            Path | None,
            typer.Option("--collect", help=say("keep the requests of this file: leave, busy hours and wishes")),
        ] = None,
        requests_out: Annotated[
            Path | None,
            typer.Option(
                "--requests-out", help=say("folder for leave.csv, wishes.csv and busy.csv as collected in time")
            ),
        ] = None,
        late: Annotated[
            bool, typer.Option("--late", help=say("with --requests-out: also what came in too late"))
        ] = False,
        now: Annotated[str, options.now()] = "",
        as_json: Annotated[bool, options.as_json()] = False,
    ) -> None:
        from scenarios.roster_month import collect_requests, look_at_month
        from scenarios.scenario import load_scenario
        from wfm.cli.console import print_json
        from wfm.cli.roster_asked import day_asked, needed_day, now_in, user_name
        from wfm.store import open_store

        first = needed_day("--start", start)
        until = day_asked("--last", last)
        scenario = load_scenario(hotline)
        store, at = open_store(), now_in(scenario.hotline, now)
        told = []
        if collect is not None:
            new, too_late = collect_requests(scenario, store, first, collect, at, last=until, who=user_name())
            told.append(say("{file}: {new} new requests, {late} late.", file=collect, new=new, late=too_late))
        view = look_at_month(scenario, store, first, at, until)
        if requests_out is not None:
            told += _write_requests(view, requests_out, late=late)
        if as_json:
            print_json(month_json(scenario, view))
            return
        for line in told:
            print(line)
        print_month(scenario, view)


def month_json(scenario: Scenario, view: MonthView) -> dict[str, Any]:
    """What ``--json`` prints."""
    from dataclasses import asdict

    dates = view.dates
    return {
        "hotline": scenario.hotline.id,
        "first": dates.first.isoformat(),
        "last": dates.last.isoformat(),
        "state": view.state,
        "collect_until": dates.collect_until.isoformat(),
        "publish_until": dates.publish_until.isoformat(),
        "swap_until_h": dates.swap_until.total_seconds() / 3600,
        "handover_min": dates.handover_min,
        "requests": [_request_json(r) for r in view.requests],
        "withdrawn": [_request_json(r) for r in view.withdrawn],
        "publications": [{**asdict(p), "at": p.at.isoformat()} for p in view.publications],
        "swaps": [
            {
                **asdict(s),
                "asked_at": s.asked_at.isoformat(),
                "decided_at": s.decided_at.isoformat() if s.decided_at else None,
            }
            for s in view.swaps
        ],
        "to_name": view.to_name,
        "amount": view.amount,
    }


def _request_json(request: MonthRequest) -> dict[str, Any]:
    from dataclasses import asdict

    moments = {name: getattr(request, name) for name in ("received_at", "withdrawn_at")}
    return {**asdict(request), **{name: at.isoformat() if at else None for name, at in moments.items()}}


def print_month(scenario: Scenario, view: MonthView) -> None:
    """State and deadlines first, then what happened."""
    from datetime import timedelta
    from zoneinfo import ZoneInfo

    from scheduler.month import MONTH_STATES

    dates, zone = view.dates, ZoneInfo(scenario.hotline.time_zone)
    print(
        say(
            "{hotline}, {first} – {last}: {state}.",
            hotline=scenario.hotline.name,
            first=dates.first,
            last=dates.last,
            state=MONTH_STATES[view.state],
        )
    )
    print(
        say(
            "Requests until the end of {collect}, publication until the end of {publish}, swaps until {swap:g} h before a "
            "duty, handing over {handover} min.",
            collect=(dates.collect_until - timedelta(seconds=1)).date(),
            publish=(dates.publish_until - timedelta(seconds=1)).date(),
            swap=dates.swap_until.total_seconds() / 3600,
            handover=dates.handover_min,
        )
    )
    print(say("{n} requests, {late} of them late.", n=len(view.requests), late=sum(r.late for r in view.requests)))
    for request in view.requests:
        mark = say(" (late)") if request.late else ""
        if not _touches(request, dates.first, dates.last):
            mark += say(" (outside the month)")
        came = f"{request.received_at.astimezone(zone):%Y-%m-%d %H:%M}"
        words = say(
            "{n}. {came} {agent}: {asked}{mark}",
            n=request.id,
            came=came,
            agent=request.agent,
            asked=_request_words(request),
            mark=mark,
        )
        print(f"  {words}")
    for made in view.publications:
        mark = say(" (late)") if made.late else ""
        words = say(
            "Version {version} published {at}", version=made.version, at=f"{made.at.astimezone(zone):%Y-%m-%d %H:%M}"
        )
        told = f"{words}{mark}"
        print(say("{publication}: {note}", publication=told, note=made.note) if made.note else told)
    if view.to_name:
        print(say("{n} duties are given to firms that have still to name somebody.", n=view.to_name))
    states = {
        "asked": say("asked"),
        "agreed": say("agreed"),
        "refused": say("refused"),
        "withdrawn": say("withdrawn"),
    }
    for swap in view.swaps:
        asked = swap.asked
        print(
            say(
                "Swap {n}: {giver}, {date} → {taker}: {state}",
                n=swap.id,
                giver=asked["giver"],
                date=asked["date"],
                taker=asked["taker"],
                state=states[swap.state],
            )
        )
    if view.amount is not None:
        print(say("Settled: {amount}.", amount=view.amount))


def _span(request: MonthRequest) -> tuple[str, str]:
    """First and last day or moment asked for, as they are kept."""
    said = request.details
    return said.get("first") or said.get("start", ""), said.get("last") or said.get("end", "")


def _touches(request: MonthRequest, first: date, last: date) -> bool:
    begin, end = _span(request)
    return begin[:10] <= last.isoformat() and end[:10] >= first.isoformat()


def _moment_words(text: str) -> str:
    """A day as it is; a moment without seconds and offset."""
    return text if len(text) <= 10 else f"{text[:10]} {text[11:16]}"


def _request_words(request: MonthRequest) -> str:
    said = request.details
    kinds = {
        "leave": say("leave"),
        "busy": say("busy"),
        "wish_on": say("would like to work"),
        "wish_off": say("would like to be off"),
    }
    span = [_moment_words(text) for text in _span(request)]
    days = span[0] if span[0] == span[1] else f"{span[0]} – {span[1]}"
    return " ".join(
        w for w in (kinds.get(request.kind, request.kind), days, said.get("shift", ""), said["reason"]) if w
    )


def _write_requests(view: MonthView, folder: Path, *, late: bool) -> list[str]:
    """The requests as the files that stand in a hotline's folder."""
    import csv
    from io import StringIO

    from scenarios.collected_requests import collected
    from scheduler.export import BOM
    from wfm.cli.result_file import write_whole
    from wfm.errors import BadInput

    if folder.is_file():
        raise BadInput(say("--requests-out: {path} is a file; a folder is needed", path=folder))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(say("{path}: cannot be written ({reason})", path=folder, reason=os_reason(error))) from None
    leave, wishes, busy = collected(view.requests, late=late)
    yes_no = {True: "yes", False: "no"}
    files: dict[str, list[tuple[object, ...]]] = {
        "leave.csv": [
            ("agent", "first", "last", "reason"),
            *((x.agent, x.first, x.last, _guarded(x.reason)) for x in leave),
        ],
        "wishes.csv": [
            ("agent", "date", "shift", "wanted", "weight"),
            *((w.agent, w.date, w.shift, yes_no[w.wanted], w.weight) for w in wishes),
        ],
        "busy.csv": [
            ("agent", "start", "end", "kind", "reason"),
            *((b.agent, b.start.isoformat(), b.end.isoformat(), b.kind, _guarded(b.reason)) for b in busy),
        ],
    }
    for name, rows in files.items():
        text = StringIO(newline="")
        csv.writer(text, lineterminator="\r\n").writerows(rows)
        content = BOM + text.getvalue().encode("utf-8")
        write_whole(folder / name, lambda path, content=content: path.write_bytes(content))  # type: ignore[misc]
    return [
        say(
            "{folder}: {leave} leaves, {wishes} wishes, {busy} busy spans.",
            folder=folder,
            leave=len(leave),
            wishes=len(wishes),
            busy=len(busy),
        )
    ]


def _guarded(text: str) -> str:
    """The text, with an apostrophe in front where a spreadsheet would take it for a formula."""
    from scheduler.export import FORMULA_SIGNS

    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text
