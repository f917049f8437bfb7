"""``wfm roster repair``: somebody is ill, a line comes, a shift moves: the roster with the fewest changes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wfm.cli import options
from wfm.i18n import list_words, say

if TYPE_CHECKING:
    from datetime import date

    from scenarios.roster_repair import MovedShift, Repair
    from scheduler import Alternative
    from wfm.hotline import Hotline

__all__ = ["register"]

NOTICE_MAX_H = 8760
"""A year."""
MOVES_SHOWN = 60
"""Changes printed of each alternative; the rest is counted, and stands in ``--json``."""


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("repair", help=say("Repair a roster with the fewest changes, and offer two or three alternatives."))
    def repair(
        roster: Annotated[str, options.roster()],
        ill: Annotated[
            list[str] | None,
            typer.Option("--ill", help=say("somebody who cannot come: AGENT:FROM or AGENT:FROM:TO; several times")),
        ] = None,
        gone: Annotated[
            list[str] | None,
            typer.Option("--gone", help=say("somebody who leaves: AGENT:FROM, to the end of the roster")),
        ] = None,
        posts: Annotated[
            Path | None,
            typer.Option("--posts", help=say("all posts as they are now, CSV or Excel: lines or posts come or go")),
        ] = None,
        move_shift: Annotated[
            list[str] | None,
            typer.Option("--move-shift", help=say("other times of a shift: SHIFT=09:00-17:00")),
        ] = None,
        fill_open: Annotated[
            bool, typer.Option("--fill-open", help=say("also fill posts that the roster left open already"))
        ] = False,
        now: Annotated[
            str, typer.Option("--now", help=say("what began before stays: a time such as 2026-09-14T08:30"))
        ] = "",
        notice_h: Annotated[
            float, typer.Option("--notice-h", help=say("duties sooner than so many hours are dearer to change"))
        ] = 48.0,
        hotline: Annotated[str, options.roster_hotline()] = "",
        start: Annotated[str, options.roster_start()] = "",
        seconds: Annotated[float, options.seconds()] = 10.0,
        workers: Annotated[int | None, options.threads()] = None,
        seed: Annotated[int, options.seed()] = 1,
        reproducible: Annotated[bool, options.reproducible()] = False,
        take: Annotated[
            int | None, typer.Option("--take", help=say("write this alternative, counted from 1, to --out"))
        ] = None,
        out: Annotated[Path | None, options.roster_out()] = None,
        as_json: Annotated[bool, options.as_json()] = False,
    ) -> None:
        from scenarios.posts_file import read_posts
        from scenarios.roster_at_hand import roster_at_hand
        from scenarios.roster_folder import check_roster_target, write_roster
        from scenarios.roster_limits import check_seconds, check_seed_and_workers
        from scenarios.roster_repair import Happened, repair_roster, repaired_result
        from scheduler import ChangeCosts
        from wfm.cli.console import print_json, stage_bars
        from wfm.cli.roster_asked import day_asked, now_in
        from wfm.errors import BadInput
        from wfm.execution import usable_cores

        if (take is None) != (out is None):
            raise BadInput(say("--take and --out go together: which alternative, and where to write it"))
        if take is not None and take < 1:
            raise BadInput(say("--take: found {number}, allowed are whole numbers from 1", number=take))
        if not 0 <= notice_h <= NOTICE_MAX_H:
            raise BadInput(
                say("--notice-h: found {found:g}, allowed are 0 to {most} hours", found=notice_h, most=NOTICE_MAX_H)
            )
        threads = 1 if reproducible else usable_cores() if workers is None else workers
        check_seconds(seconds)
        check_seed_and_workers(seed, threads)
        if out is not None:
            check_roster_target(out)
            if out.resolve() == Path(roster).resolve():
                raise BadInput(say("--out: {folder} holds the roster to repair, which stays; name another", folder=out))
        found = roster_at_hand(roster, hotline=hotline, start=day_asked("--start", start))
        period = found.problem
        happened = Happened(
            away=(*(_away("--ill", text) for text in ill or ()), *(_away("--gone", text) for text in gone or ())),
            posts=None if posts is None else read_posts(posts, period.hotline, period.first, period.days),
            moved=tuple(_moved(text) for text in move_shift or ()),
        )
        with stage_bars({"repair": say("Repair")}) as bars:
            repaired = repair_roster(
                found,
                happened,
                now_in(period.hotline, now),
                costs=ChangeCosts(notice_h=notice_h),
                seconds=seconds,
                seed=seed,
                reproducible=reproducible,
                workers=threads,
                fill_open=fill_open,
                progress=bars.watch("repair"),
            )
        if take is not None and out is not None:
            write_roster(repaired_result(repaired, take, seed=seed, reproducible=reproducible), out)
        if as_json:
            print_json({**repair_json(repaired), "taken": take, "folder": None if out is None else str(out)})
        else:
            print_repair(repaired, take, out)
        if repaired.interrupted:
            raise typer.Exit(130)


def _away(option: str, text: str) -> tuple[str, date, date | None]:
    """``AGENT:FROM[:TO]``; illness without a last day is of one day, who leaves is gone for good."""
    from wfm.errors import BadInput
    from wfm.hotline.row_files import parse_date

    form = "AGENT:2026-09-14" if option == "--gone" else "AGENT:2026-09-14[:2026-09-18]"
    parts = text.rsplit(":", 2)
    days = [parse_date(part) for part in parts[1:]]
    if len(parts) == 3 and days[0] is None:  # a colon inside the agent's number
        parts, days = [":".join(parts[:2]), parts[2]], days[1:]
    if not parts[0] or not days or any(day is None for day in days) or (option == "--gone" and len(days) > 1):
        raise BadInput(say("{option}: found {found!r}, allowed is {form}", option=option, found=text, form=form))
    first = days[0]
    assert first is not None
    return parts[0], first, None if option == "--gone" else days[-1]


def _moved(text: str) -> MovedShift:
    from scenarios.roster_repair import MovedShift
    from wfm.errors import BadInput

    match = re.fullmatch(r"(.+)=(\d{1,2}:\d\d)-(\d{1,2}:\d\d)", text.strip())
    if match is None:
        raise BadInput(
            say(
                "{option}: found {found!r}, allowed is {form}",
                option="--move-shift",
                found=text,
                form="SHIFT=09:00-17:00",
            )
        )
    return MovedShift(match[1], match[2].zfill(5), match[3].zfill(5))


def repair_json(repaired: Repair) -> dict[str, Any]:
    """What ``--json`` prints."""
    return {
        "hotline": repaired.problem.hotline.id,
        "roster": repaired.found.name,
        "now": repaired.now.isoformat(),
        "alternatives": [
            {
                "name": one.name,
                "title": one.title.as_dict(),
                "changed_cells": len(one.moves),
                "people": list(one.people),
                "unfilled": [
                    {
                        "date": row["date"].date().isoformat(),
                        **{k: row[k] for k in ("group", "shift", "role", "missing")},
                    }
                    for row in one.unfilled.to_dict("records")
                ],
                "bends": [text.as_dict() for text in one.bends],
                "legal": legal,
                "cost": one.cost,
                "objective": one.objective,
                "fewest_proven": one.proven,
                "moves": [
                    {
                        "agent": m.agent,
                        "date": m.date.isoformat(),
                        "before": _place(m.before),
                        "after": _place(m.after),
                        "text": m.text.as_dict(),
                    }
                    for m in one.moves
                ],
            }
            for one, legal in zip(repaired.alternatives, repaired.legal, strict=True)
        ],
    }


def _place(place: tuple[str, str, str] | None) -> dict[str, str] | None:
    return None if place is None else dict(zip(("shift", "group", "role"), place, strict=True))


def print_repair(repaired: Repair, take: int | None, out: Path | None) -> None:
    """The alternatives as a table, then who moves in each."""
    from wfm.cli.console import make_console, make_table, narrow_heading

    console = make_console()
    if not repaired.alternatives[0].moves and repaired.alternatives[0].unfilled.empty:
        console.print(say("Nothing has to change: every duty still stands and every post is filled."))
    else:
        table = make_table(console)
        table.add_column(say("alternative"), overflow="fold")
        for heading in (
            say("changed cells"),
            say("people asked"),
            say("posts open"),
            say("cost of changes"),
            say("cost of the roster"),
        ):
            table.add_column(narrow_heading(console, heading), justify="right")
        table.add_column(say("rules"))
        for number, one in enumerate(repaired.alternatives, start=1):
            table.add_row(
                say("{number}. {title}", number=number, title=one.title),
                str(len(one.moves)),
                str(len(one.people)),
                str(int(one.unfilled["missing"].sum())),
                f"{one.cost:,}",
                f"{one.objective:,.0f}",
                say("bends {n}", n=len(one.bends)) if one.bends else say("all kept"),
            )
        console.print(table)
        for number, one in enumerate(repaired.alternatives, start=1):
            if take in (None, number):
                _print_moves(number, one, repaired.problem.hotline)
    if out is not None:
        console.print(say("Written to {folder}.", folder=out))
    elif repaired.alternatives[0].moves:
        console.print(say("Nothing is written yet: choose one with --take, and --out for its folder."))


def _print_moves(number: int, one: Alternative, hotline: Hotline) -> None:
    from wfm.cli.console import make_console

    console = make_console()
    console.print(say("{number}. {title}", number=number, title=one.title), style="bold")
    for text in one.bends:
        console.print(f"  ✕ {text}")
    shifts = {s.id: s.name.of() for s in hotline.shifts}
    for row in one.unfilled.to_dict("records"):
        words = list_words([hotline.group(str(row["group"])).name.of(), shifts[str(row["shift"])], str(row["role"])])
        console.print("  △ " + say("{date}: {n} open ({post})", date=row["date"].date(), n=row["missing"], post=words))
    for move in one.moves[:MOVES_SHOWN]:
        console.print(f"    {move.text}")
    if len(one.moves) > MOVES_SHOWN:
        console.print("    " + say("… and {n} more", n=len(one.moves) - MOVES_SHOWN))
    if one.proven:
        console.print("  · " + say("no repair changes fewer cells"))
