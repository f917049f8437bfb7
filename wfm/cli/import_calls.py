"""``wfm import``: call records and interval records from a foreign file into the store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wfm.cli import options, rejected_rows
from wfm.i18n import say

if TYPE_CHECKING:
    from wfm.hotline import Hotline
    from wfm.records import AddResult, Chosen, FeedAddResult, FeedImport, ImportResult


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command(
        "import", help=say("Import call records or interval records: CSV, Excel, Parquet or a telephone system's log.")
    )
    def import_(
        file: Annotated[Path, typer.Argument(help=say("file with one row a call, an event, or a queue and interval"))],
        mapping: Annotated[
            str, typer.Option("--map", help=say("mapping file, or a shipped one: anonymous-bank, chinese-acd"))
        ] = "",
        layout: Annotated[
            str,
            typer.Option(
                "--layout",
                help=say(
                    "layout of the file: asterisk-queue-log, genesys-cloud, avaya-hsplit, huawei-skills, interval-table "
                    "(default: found by looking)"
                ),
            ),
        ] = "",
        lines: Annotated[
            str,
            typer.Option("--lines", help=say("which line a queue of the file is: QUEUE=LINE,…; =skip leaves it out")),
        ] = "",
        hotline: Annotated[
            str, typer.Option("--hotline", help=say("shipped name or hotline folder (default: the mapping's)"))
        ] = "",
        as_json: Annotated[bool, options.as_json()] = False,
        rejected_max: Annotated[float, options.rejected_max()] = 0.01,
        strict: Annotated[bool, options.strict()] = False,
        rejects: Annotated[Path | None, options.rejects()] = None,
        mix: Annotated[bool, typer.Option("--mix", help=say("allow recorded beside synthetic calls"))] = False,
    ) -> None:
        from wfm.records import choose_recipe, read_line_pairs

        chosen = choose_recipe(file, mapping=mapping, layout=layout, lines=read_line_pairs(lines))
        run_import(file, chosen, hotline, as_json, 0.0 if strict else rejected_max, rejects, mix)


def run_import(
    file: Path, chosen: Chosen, name: str, as_json: bool, rejected_max: float, rejects: Path | None, mix: bool
) -> None:
    """Read, check, store, and say what happened."""
    from scenarios.record_intake import store_calls
    from wfm.cli.console import print_json, stage_bars
    from wfm.records import RecordStore, home_folder, import_file, needs_key, phone_key

    rejected_rows.check_share(rejected_max)
    hotline = _hotline_of(chosen, name)
    home = home_folder()
    with stage_bars({"read": say("Reading {name}", name=file.name)}) as bars:
        key = phone_key(home) if needs_key(chosen.recipe) else b""
        result = import_file(file, chosen.recipe, hotline=hotline, key=key, progress=bars.watch("read"))
    if rejects is not None:
        rejected_rows.write_rejects(result, rejects)
    rejected_rows.refuse_too_many(result, file, rejected_max)
    store = RecordStore(home, hotline.id)
    added = store_calls(result, chosen.layout, hotline, home, mix=mix)
    if as_json:
        print_json(import_summary(result, added, file, hotline.id, chosen.layout, store))
    else:
        if chosen.found:
            print(chosen.found)
        print_import(result, added, hotline.id, store)


def _hotline_of(chosen: Chosen, name: str) -> Hotline:
    from wfm.errors import BadInput
    from wfm.hotline import find_hotline, load_hotline

    if not name and not chosen.hotline:
        if chosen.beside is None:
            raise BadInput(say("--hotline NAME is needed: which hotline the records belong to"))
        raise BadInput(
            say("{mapping} names no hotline: add hotline: NAME to it, or give --hotline NAME", mapping=chosen.layout)
        )
    if name or chosen.beside is None:
        return load_hotline(find_hotline(name or chosen.hotline))
    beside = chosen.beside / chosen.hotline
    return load_hotline(find_hotline(beside if beside.exists() else chosen.hotline))


def import_summary(
    result: ImportResult | FeedImport,
    added: AddResult | FeedAddResult,
    file: Path,
    hotline_id: str,
    layout: str,
    store: Any,
) -> dict[str, Any]:
    """What ``--json`` prints."""
    from scenarios.record_intake import days_without_calls
    from wfm.records import FeedImport, days_told_twice
    from wfm.records.rejecting import count_by_code, reason_title

    days = result.days
    told = {
        "file": file.name,
        "hotline": hotline_id,
        "layout": layout,
        "level": "intervals" if isinstance(result, FeedImport) else "calls",
        "rows_read": result.rows_read,
        "accepted": result.accepted,
        "rejected": len(result.rejected),
        "rejected_by_reason": count_by_code(result.rejected),
        "reasons": {code: reason_title(code) for code in count_by_code(result.rejected)},
        "left_out": len(result.left_out),
        "duplicates": len(result.duplicates),
        "replaced": added.replaced,
        "already_imported": not added.added,
        "first_day": days[0].isoformat() if days else None,
        "last_day": days[-1].isoformat() if days else None,
        "days": len(days),
        "missing_days": [day.isoformat() for day in days_without_calls(days)],
        "partial_days": [day.as_dict() for day in result.partial_days],
        "days_with_calls_and_intervals": [day.isoformat() for day in days_told_twice(store.folder) if day in set(days)],
        "content_hash": result.content_hash,
    }
    if isinstance(result, FeedImport):
        return told | {
            "calls": result.calls,
            "interval_min": result.interval_min,
            "known": list(result.known),
            "not_known": list(result.not_known),
            "queues": dict(result.queues),
        }
    return told | {
        "calls": len(result.calls),
        "outcomes": {str(name): int(n) for name, n in result.calls["outcome"].value_counts().items()},
        "unread_values": rejected_rows.unread_rows(result.unread),
        "overlapping_calls": result.overlapping,
    }


def print_import(
    result: ImportResult | FeedImport, added: AddResult | FeedAddResult, hotline_id: str, store: Any
) -> None:
    """The same in sentences."""
    from scenarios.record_intake import days_without_calls
    from wfm.i18n import list_words
    from wfm.records import FeedImport, days_told_twice
    from wfm.records.rejecting import count_by_code, reason_title

    if isinstance(result, FeedImport):
        print(
            say(
                "{rows:,} rows read, {accepted:,} accepted: {calls:,.0f} calls in intervals of {minutes} minutes",
                rows=result.rows_read,
                accepted=result.accepted,
                calls=result.calls,
                minutes=result.interval_min,
            )
        )
        print(say("not known and left empty: {columns}", columns=list_words(list(result.not_known))))
    else:
        print(say("{rows:,} rows read, {calls:,} calls accepted", rows=result.rows_read, calls=len(result.calls)))
    rejected_rows.print_rejected(result.rejected)
    for code, count in count_by_code(result.left_out).items():
        line = next(r.row for r in result.left_out if r.code == code)
        if code == "left_out":
            print(say("{count:,} left out by the mapping, as line {line}", count=count, line=line))
        else:
            print(
                say("{count:,} left out: {reason}, as line {line}", count=count, reason=reason_title(code), line=line)
            )
    if result.duplicates:
        print(say("{count:,} rows tell again what another row tells; it counts once", count=len(result.duplicates)))
    if not isinstance(result, FeedImport):
        _print_remarks(result)
    days = result.days
    if days:
        print(say("days with calls: {days}, {first} to {last}", days=len(days), first=days[0], last=days[-1]))
    missing = [day.isoformat() for day in days_without_calls(days)]
    if missing:
        shown = list_words(missing[:10]) + (" …" if len(missing) > 10 else "")
        print(say("no calls on {count} days in between: {days}", count=len(missing), days=shown))
    for part in result.partial_days:
        print(
            say(
                "{day} is not whole in the file: known from {start} to {end}; the rest counts as not recorded",
                day=part.day,
                start=part.clock_span[0],
                end=part.clock_span[1],
            )
        )
    twice = [day for day in days_told_twice(store.folder) if day in set(days)]
    if twice:
        print(
            say(
                "of {count} days both calls and intervals are stored; on lines with calls that day, the calls count",
                count=len(twice),
            )
        )
    if not added.added:
        print(say("this very file was imported before; nothing has changed"))
        return
    if added.replaced:
        if isinstance(result, FeedImport):
            print(say("{count:,} intervals were there already; this version now counts", count=added.replaced))
        else:
            print(say("{count:,} calls were there already; this version now counts", count=added.replaced))
    print(say("stored for {hotline}", hotline=hotline_id))


def _print_remarks(result: ImportResult) -> None:
    rejected_rows.print_unread(result.unread)
    if result.overlapping:
        print(
            say("{count:,} answered calls begin before the same agent's earlier call ended", count=result.overlapping)
        )
