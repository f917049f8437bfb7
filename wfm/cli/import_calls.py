"""``wfm import``: call records from a foreign file into the store."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wfm.cli import options
from wfm.i18n import say

if TYPE_CHECKING:
    from wfm.records import AddResult, ImportResult, Rejected

SHOWN_REJECTED = 5


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("import", help=say("Import call records: CSV, Excel or Parquet, by a column mapping."))
    def import_(
        file: Annotated[Path, typer.Argument(help=say("file with one row a call"))],
        mapping: Annotated[
            str, typer.Option("--map", help=say("mapping file, or a shipped one: anonymous-bank, chinese-acd"))
        ],
        hotline: Annotated[
            str, typer.Option("--hotline", help=say("shipped name or hotline folder (default: the mapping's)"))
        ] = "",
        as_json: Annotated[bool, options.as_json()] = False,
        rejected_max: Annotated[
            float,
            typer.Option(
                "--rejected-max", help=say("share of rows that may be rejected; above it nothing is imported")
            ),
        ] = 0.01,
        strict: Annotated[bool, typer.Option("--strict", help=say("import nothing if a row is rejected"))] = False,
        rejects: Annotated[
            Path | None, typer.Option("--rejects", help=say("CSV file to list every row that was not used"))
        ] = None,
        mix: Annotated[bool, typer.Option("--mix", help=say("allow recorded beside synthetic calls"))] = False,
    ) -> None:
        run_import(file, mapping, hotline, as_json, 0.0 if strict else rejected_max, rejects, mix)


def run_import(
    file: Path, mapping: str, name: str, as_json: bool, rejected_max: float, rejects: Path | None, mix: bool
) -> None:
    """Read, check, store, and say what happened."""
    from wfm.cli.console import print_json, stage_bars
    from wfm.errors import BadInput
    from wfm.hotline import find_hotline, load_hotline
    from wfm.records import RecordStore, home_folder, import_calls, load_mapping, phone_key

    if not 0 <= rejected_max <= 1:
        raise BadInput(say("--rejected-max: found {found:g}, allowed is a share from 0 to 1", found=rejected_max))
    recipe = load_mapping(mapping)
    if not name and not recipe.hotline:
        raise BadInput(
            say("{mapping} names no hotline: add hotline: NAME to it, or give --hotline NAME", mapping=mapping)
        )
    beside = Path(mapping).parent / recipe.hotline
    hotline = load_hotline(find_hotline(name or (beside if beside.exists() else recipe.hotline)))
    home = home_folder()
    with stage_bars({"read": say("Reading {name}", name=file.name)}) as bars:
        key = phone_key(home) if recipe.columns.caller_key is not None else b""
        result = import_calls(file, recipe, hotline=hotline, key=key, progress=bars.watch("read"))
    if rejects is not None:
        write_rejects(result, rejects)
    if len(result.rejected) > rejected_max * result.rows_read:
        first = result.rejected[0]
        raise BadInput(
            say(
                "{name}: {count} of {rows} rows rejected, nothing imported; line {line}: {reason} "
                "(--rejected-max {share:.2g} imports the others)",
                name=file.name,
                count=len(result.rejected),
                rows=result.rows_read,
                line=first.row,
                reason=first.reason,
                share=math.ceil(100 * len(result.rejected) / result.rows_read) / 100,
            )
        )
    added = RecordStore(home, hotline.id).add(
        result.calls,
        result.content_hash,
        "recorded",
        time_zone=hotline.time_zone,
        source_hash=result.source_hash,
        mix=mix,
    )
    if as_json:
        print_json(import_summary(result, added, file, hotline.id))
    else:
        print_import(result, added, hotline.id)


def import_summary(result: ImportResult, added: AddResult, file: Path, hotline_id: str) -> dict[str, Any]:
    """What ``--json`` prints."""
    from wfm.records.rejecting import reason_title

    days = result.days
    return {
        "file": file.name,
        "hotline": hotline_id,
        "rows_read": result.rows_read,
        "accepted": len(result.calls),
        "rejected": len(result.rejected),
        "rejected_by_reason": _by_code(result.rejected),
        "reasons": {code: reason_title(code) for code in _by_code(result.rejected)},
        "left_out": len(result.left_out),
        "duplicates": len(result.duplicates),
        "replaced": added.replaced,
        "already_imported": not added.added,
        "outcomes": {str(name): int(n) for name, n in result.calls["outcome"].value_counts().items()},
        "first_day": days[0].isoformat() if days else None,
        "last_day": days[-1].isoformat() if days else None,
        "days": len(days),
        "missing_days": [day.isoformat() for day in _missing_days(result)],
        "unread_values": [
            {"column": column, "value": value, "rows": rows} for (column, value), rows in result.unread.most_common()
        ],
        "overlapping_calls": result.overlapping,
        "content_hash": result.content_hash,
    }


def print_import(result: ImportResult, added: AddResult, hotline_id: str) -> None:
    """The same in sentences."""
    from wfm.i18n import list_words
    from wfm.records.rejecting import reason_title

    print(say("{rows:,} rows read, {calls:,} calls accepted", rows=result.rows_read, calls=len(result.calls)))
    for code, count in _by_code(result.rejected).items():
        examples = [r for r in result.rejected if r.code == code][:SHOWN_REJECTED]
        print(say("{count:,} rejected: {reason}", count=count, reason=reason_title(code)))
        for row in examples:
            print(say("    line {line}: {reason}", line=row.row, reason=row.reason))
        if count > len(examples):
            print(say("    … and {count:,} more (--rejects FILE.csv lists them all)", count=count - len(examples)))
    if result.left_out:
        first = result.left_out[0]
        print(say("{count:,} left out by the mapping, as line {line}", count=len(result.left_out), line=first.row))
    if result.duplicates:
        print(say("{count:,} rows tell a call again; each call counts once", count=len(result.duplicates)))
    for (column, value), rows in result.unread.most_common(SHOWN_REJECTED):
        print(
            say(
                "{column}: {value!r} is not in the mapping; left empty in {rows:,} rows",
                column=column,
                value=value,
                rows=rows,
            )
        )
    if result.overlapping:
        print(
            say("{count:,} answered calls begin before the same agent's earlier call ended", count=result.overlapping)
        )
    days = result.days
    if days:
        print(say("days with calls: {days}, {first} to {last}", days=len(days), first=days[0], last=days[-1]))
    missing = [day.isoformat() for day in _missing_days(result)]
    if missing:
        shown = list_words(missing[:10]) + (" …" if len(missing) > 10 else "")
        print(say("no calls on {count} days in between: {days}", count=len(missing), days=shown))
    if not added.added:
        print(say("this very file was imported before; nothing has changed"))
        return
    if added.replaced:
        print(say("{count:,} calls were there already; this version now counts", count=added.replaced))
    print(say("stored for {hotline}", hotline=hotline_id))


def write_rejects(result: ImportResult, path: Path) -> None:
    """List every row that was not used: line, kind, reason. No value of a caller's number is in it."""
    import csv

    from wfm.cli.result_file import write_whole

    rows = sorted([*result.rejected, *result.left_out, *result.duplicates], key=lambda r: r.row)

    def write(temporary: Path) -> None:
        with temporary.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["line", "code", "reason"])
            writer.writerows([r.row, r.code, r.reason] for r in rows)

    write_whole(path, write)


def _by_code(rows: list[Rejected]) -> dict[str, int]:
    from collections import Counter

    return dict(Counter(row.code for row in rows).most_common())


def _missing_days(result: ImportResult) -> list[Any]:
    from datetime import timedelta

    days = result.days
    if not days:
        return []
    present = set(days)
    span = (days[-1] - days[0]).days
    return [day for n in range(span) if (day := days[0] + timedelta(days=n)) not in present]
