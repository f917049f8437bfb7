"""``wfm import-orders``, ``wfm import-satisfaction``, ``wfm import-states``: what stands beside the calls."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wfm.cli import options, rejected_rows
from wfm.i18n import list_words, say

if TYPE_CHECKING:
    from wfm.hotline import Agent, Hotline
    from wfm.records.item_importing import ItemImport
    from wfm.records.item_store import ItemsAdded

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands."""

    @app.command("import-orders", help=say("Import work orders (工单): CSV, Excel or Parquet, columns found by name."))
    def import_orders(
        file: Annotated[Path, typer.Argument(help=say("file with one row a work order"))],
        hotline: Annotated[str, typer.Option("--hotline", help=say("shipped name or hotline folder"))],
        mapping: Annotated[str, _mapping_option("orders")] = "",
        as_json: Annotated[bool, options.as_json()] = False,
        rejected_max: Annotated[float, options.rejected_max()] = 0.01,
        strict: Annotated[bool, options.strict()] = False,
        rejects: Annotated[Path | None, options.rejects()] = None,
    ) -> None:
        _run("orders", file, hotline, mapping, as_json, 0.0 if strict else rejected_max, rejects)

    @app.command(
        "import-satisfaction", help=say("Import satisfaction answers: CSV, Excel or Parquet, columns found by name.")
    )
    def import_satisfaction(
        file: Annotated[Path, typer.Argument(help=say("file with one row an answer"))],
        hotline: Annotated[str, typer.Option("--hotline", help=say("shipped name or hotline folder"))],
        mapping: Annotated[str, _mapping_option("satisfaction")] = "",
        as_json: Annotated[bool, options.as_json()] = False,
        rejected_max: Annotated[float, options.rejected_max()] = 0.01,
        strict: Annotated[bool, options.strict()] = False,
        rejects: Annotated[Path | None, options.rejects()] = None,
    ) -> None:
        _run("satisfaction", file, hotline, mapping, as_json, 0.0 if strict else rejected_max, rejects)

    @app.command(
        "import-states",
        help=say("Import agents' states: CSV, Excel or Parquet, columns found by name, or Asterisk's queue_log."),
    )
    def import_states(
        file: Annotated[Path, typer.Argument(help=say("file with one row a state of an agent"))],
        hotline: Annotated[str, typer.Option("--hotline", help=say("shipped name or hotline folder"))],
        mapping: Annotated[str, _mapping_option("states")] = "",
        as_json: Annotated[bool, options.as_json()] = False,
        rejected_max: Annotated[float, options.rejected_max()] = 0.01,
        strict: Annotated[bool, options.strict()] = False,
        rejects: Annotated[Path | None, options.rejects()] = None,
    ) -> None:
        _run("states", file, hotline, mapping, as_json, 0.0 if strict else rejected_max, rejects)


def _mapping_option(kind: str) -> Any:
    from wfm.records.item_mapping_names import shipped_names

    names = ", ".join(shipped_names(kind))
    return typer.Option(
        "--map", help=say("mapping file, or a shipped one: {names} (default: the one that fits)", names=names)
    )


def _run(
    kind: str, file: Path, name: str, mapping: str, as_json: bool, rejected_max: float, rejects: Path | None
) -> None:
    """Read, check, store, and say what happened."""
    from scenarios.record_intake import read_items
    from wfm.cli.console import print_json, stage_bars
    from wfm.hotline import find_hotline, load_hotline
    from wfm.records.item_store import ItemStore
    from wfm.records.privacy import home_folder

    rejected_rows.check_share(rejected_max)
    folder = find_hotline(name)
    hotline = load_hotline(folder)
    home = home_folder()
    agents = _agents(folder, hotline) if kind == "states" else []
    with stage_bars({"read": say("Reading {name}", name=file.name)}) as bars:
        result = read_items(kind, file, hotline, agents, home, mapping=mapping, progress=bars.watch("read"))
    if rejects is not None:
        rejected_rows.write_rejects(result, rejects)
    rejected_rows.refuse_too_many(result, file, rejected_max)
    store = ItemStore(home, hotline.id, result.table)
    added = store.add(result.items, result.content_hash, source_hash=result.source_hash)
    strangers = _strangers(result, agents)
    if as_json:
        print_json(_summary(result, added, file, hotline.id) | ({"unknown_agents": strangers} if strangers else {}))
        return
    _print(result, added, hotline.id)
    if strangers:
        shown = list_words(strangers[: rejected_rows.SHOWN]) + (" …" if len(strangers) > rejected_rows.SHOWN else "")
        print(say("agents who are not in agents.csv: {n} ({agents})", n=len(strangers), agents=shown))


def _agents(folder: Path, hotline: Hotline) -> list[Agent]:
    """The people of the hotline's folder; none where it lists none."""
    from wfm.hotline import load_agents
    from wfm.hotline.row_files import find_row_file

    place = folder if folder.is_dir() else folder.parent
    return load_agents(hotline, place) if find_row_file(place, "agents") is not None else []


def _strangers(result: ItemImport, agents: list[Agent]) -> list[str]:
    """Agents of the states whom the hotline's list, where there is one, does not know."""
    known = {agent.id for agent in agents}
    return sorted({str(agent) for agent in result.items["agent"]} - known) if known else []


def _summary(result: ItemImport, added: ItemsAdded, file: Path, hotline_id: str) -> dict[str, Any]:
    from wfm.records.rejecting import count_by_code, reason_title

    first, last = _span(result)
    codes = count_by_code(result.rejected)
    return {
        "file": file.name,
        "hotline": hotline_id,
        "table": result.table.name,
        "rows_read": result.rows_read,
        "accepted": result.accepted,
        "entries": len(result.items),
        "rejected": len(result.rejected),
        "rejected_by_reason": codes,
        "reasons": {code: reason_title(code) for code in codes},
        "left_out": len(result.left_out),
        "duplicates": len(result.duplicates),
        "replaced": added.replaced,
        "later_kept": added.later_kept,
        "already_imported": not added.added,
        "columns": list(result.columns),
        "first_day": first,
        "last_day": last,
        "unread_values": rejected_rows.unread_rows(result.unread),
        "content_hash": result.content_hash,
    }


def _print(result: ItemImport, added: ItemsAdded, hotline_id: str) -> None:
    title = result.table.title.of()
    accepted = result.accepted
    print(
        say("{rows:,} rows read, {accepted:,} accepted: {title}", rows=result.rows_read, accepted=accepted, title=title)
    )
    rejected_rows.print_rejected(result.rejected)
    if result.left_out:
        print(say("{count:,} left out, as line {line}", count=len(result.left_out), line=result.left_out[0].row))
    if result.duplicates:
        print(say("{count:,} rows tell an entry again; each counts once", count=len(result.duplicates)))
    rejected_rows.print_unread(result.unread)
    print(say("columns found: {columns}", columns=list_words(list(result.columns))))
    first, last = _span(result)
    print(say("from {first} to {last}", first=first, last=last))
    if not added.added:
        print(say("this very file was imported before; nothing has changed"))
        return
    if added.replaced:
        print(say("{count:,} were there already; this version now counts", count=added.replaced))
    if added.later_kept:
        print(say("{count:,} were there already with later stages; those go on counting", count=added.later_kept))
    print(say("stored for {hotline}", hotline=hotline_id))


def _span(result: ItemImport) -> tuple[str, str]:
    begin = next(c.name for c in result.table.columns if c.kind == "time")
    moments = result.items[begin]
    return moments.min().date().isoformat(), moments.max().date().isoformat()
