"""``wfm generate-calls``: labelled synthetic call records of a hotline."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wfm.cli import options
from wfm.i18n import say

DAYS_MAX = 3660


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("generate-calls", help=say("Generate synthetic call records of a hotline, labelled as such."))
    def generate(
        hotline: Annotated[str, typer.Argument(help=say("shipped name or hotline folder"))],
        first: Annotated[str, typer.Option("--first", help=say("first day, YYYY-MM-DD"))],
        days: Annotated[int, typer.Option("--days", help=say("days to generate"))] = 84,
        seed: Annotated[int, options.seed()] = 1,
        out: Annotated[Path | None, typer.Option("--out", help=say("file to write, .csv or .parquet"))] = None,
        store: Annotated[
            bool, typer.Option("--store", help=say("keep them in the record store, under the label synthetic"))
        ] = False,
        mix: Annotated[bool, typer.Option("--mix", help=say("allow synthetic beside recorded calls"))] = False,
        as_json: Annotated[bool, options.as_json()] = False,
    ) -> None:
        run_generate(hotline, first, days, seed, out, store, mix, as_json)


def run_generate(
    name: str, first: str, days: int, seed: int, out: Path | None, store: bool, mix: bool, as_json: bool
) -> None:
    """Generate, write, and say how many."""
    from datetime import date

    from wfm.cli.console import print_json, stage_bars
    from wfm.errors import BadInput
    from wfm.hotline import find_hotline, load_hotline
    from wfm.records import RecordStore, generate_calls, home_folder, write_calls
    from wfm.records.generating import content_hash_of

    if out is None and not store:
        raise BadInput(say("say where the calls go: --out FILE.csv, --out FILE.parquet or --store"))
    if out is not None and out.suffix.lower() not in (".csv", ".parquet"):
        raise BadInput(say("--out: found {found!r}, allowed are names that end in .csv or .parquet", found=out.name))
    if not 1 <= days <= DAYS_MAX:
        raise BadInput(say("--days: found {found}, allowed is 1 to {most}", found=days, most=DAYS_MAX))
    if seed < 0:
        raise BadInput(say("--seed: found {found}, allowed are whole numbers from 0", found=seed))
    try:
        start = date.fromisoformat(first)
    except ValueError:
        raise BadInput(say("--first: found {found!r}, allowed is a date such as 2026-06-22", found=first)) from None
    hotline = load_hotline(find_hotline(name))
    with stage_bars({"generate": say("Generating calls")}) as bars:
        calls = generate_calls(hotline, start, days, seed, progress=bars.watch("generate"))
    if out is not None:
        write_calls(calls, out)
    added = None
    if store:
        added = RecordStore(home_folder(), hotline.id).add(
            calls, content_hash_of(calls), "synthetic", time_zone=hotline.time_zone, mix=mix
        )
    outcomes = {str(k): int(n) for k, n in calls["outcome"].value_counts().items()}
    if as_json:
        print_json(
            {
                "hotline": hotline.id,
                "label": "synthetic",
                "first_day": start.isoformat(),
                "days": days,
                "seed": seed,
                "calls": len(calls),
                "outcomes": outcomes,
                "out": None if out is None else str(out),
                "stored": added is not None,
                "already_stored": added is not None and not added.added,
            }
        )
        return
    print(
        say(
            "{calls:,} synthetic calls of {hotline}, {days} days from {first}",
            calls=len(calls),
            hotline=hotline.name,
            days=days,
            first=start,
        )
    )
    if out is not None:
        print(say("written to {path}", path=out))
    if added is not None:
        print(say("stored under the label synthetic") if added.added else say("these very calls were stored before"))
