"""``wfm standards``: the published standards, and the targets of one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from wfm.cli import options
from wfm.i18n import say

if TYPE_CHECKING:
    from rich.console import Console

    from wfm.standards import Standard, Target

__all__ = ["register", "source_word", "target_document", "target_limit"]


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("standards", help=say("List the published standards, or show the targets of one."))
    def standards(
        standard: Annotated[str, typer.Argument(help=say("identifier, as DB330503/T02.3; empty lists all"))] = "",
        as_json: Annotated[bool, options.as_json()] = False,
    ) -> None:
        from wfm.cli.console import make_console, print_json
        from wfm.standards import load_standard, standard_ids

        if standard:
            one = load_standard(standard)
            if as_json:
                print_json(_document(one))
            else:
                print_standard(one, make_console())
            return
        every = [load_standard(name) for name in standard_ids()]
        if as_json:
            print_json([{**_head(s), "targets": len(s.targets)} for s in every])
        else:
            print_standards(every, make_console())


def source_word(source: str) -> str:
    """How surely a number is known, in the language of the moment."""
    return {"published": say("published"), "secondary": say("secondary"), "assumed": say("assumed")}[source]


def target_limit(target: Target) -> str:
    """A target's limit as people write it: ``≥ 90 %``, ``< 15 s``; a dash where none decides."""
    if target.limit is None:
        return "–"
    if target.unit == "flag":
        return say("required")
    sign = {"<=": "≤", ">=": "≥"}.get(target.operator or "", target.operator or "")
    if target.unit == "share":
        value = f"{target.limit * 100:g} %"
    elif target.unit == "count":
        value = f"{target.limit:g}"
    else:
        value = f"{target.limit:g} {target.unit}"
    return f"{sign} {value}".strip()


def _definition(target: Target) -> tuple[str, str]:
    """Name and formula of what is measured."""
    from wfm.metrics import KPIS

    known = KPIS.get(target.kpi)
    if known is not None:
        return target.kpi, known.definition.of()
    kinds = {
        "work_orders": say("measured over work orders"),
        "satisfaction": say("measured over satisfaction answers"),
        "configuration": say("read from the hotline's configuration"),
        "roster": say("measured on the roster"),
    }
    return target.kpi, kinds.get(target.measure, "")


def print_standards(every: list[Standard], console: Console) -> None:
    """One line a standard."""
    from rich.table import Table

    table = Table(title=say("Standards"), title_justify="left", expand=False)
    for head in (say("identifier"), say("title"), say("targets"), say("source")):
        table.add_column(head, overflow="fold", justify="right" if head == say("targets") else "left")
    for one in every:
        table.add_row(one.id, one.title.of(), str(len(one.targets)), source_word(one.source))
    console.print(table)
    console.print(say("Show one with: wfm standards IDENTIFIER"), style="dim")


def print_standard(one: Standard, console: Console) -> None:
    """A standard: its head, every target with limit, clause, definition and note, and its other rules."""
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text as Line

    console.print(Line(one.title.of(), style="bold"))
    year = f" · {one.year}" if one.year else ""
    console.print(f"{one.id}{year} · {one.issuer} · {one.applies_to} · {source_word(one.source)}", soft_wrap=False)
    if not one.targets:
        console.print(say("The public text gives no targets."))
    else:
        table = Table(show_lines=True, expand=True)
        table.add_column(say("target"), overflow="fold", ratio=2)
        table.add_column(say("limit"), no_wrap=True)
        table.add_column(say("definition, clause and note"), overflow="fold", ratio=5)
        table.add_column(say("source"), no_wrap=True)
        for target in one.targets:
            kpi, formula = _definition(target)
            cell = Line()
            cell.append(f"{kpi}", style="bold")
            cell.append(f": {formula}\n" if formula else "\n")
            cell.append(f"{target.clause}: ", style="dim")
            cell.append(say("“{quote}”", quote=target.quote))
            if target.note is not None:
                cell.append("\n" + say("Note: {note}", note=target.note), style="italic")
            if not target.sizing and target.measure == "calls":
                cell.append("\n" + say("Reported, not used for sizing."), style="dim")
            table.add_row(f"{target.name}\n{target.id}", target_limit(target), cell, source_word(target.source))
        console.print(table)
    if one.rules:
        console.print(say("Rules without a limit to measure:"), style="bold")
        for rule in one.rules:
            console.print(Padding(Line(f"· {rule}"), (0, 0, 0, 2)))


def _head(one: Standard) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title.as_dict(),
        "issuer": one.issuer.as_dict(),
        "applies_to": one.applies_to.as_dict(),
        "year": one.year,
        "source": one.source,
    }


def target_document(target: Target) -> dict[str, Any]:
    """A target as JSON: the KPI's definition beside it, texts in both languages."""
    from wfm.metrics import KPIS

    known = KPIS.get(target.kpi)
    return {
        "target": target.id,
        "name": target.name.as_dict(),
        "measure": target.measure,
        "kpi": target.kpi,
        "definition": known.definition.as_dict() if known is not None else None,
        "operator": target.operator,
        "limit": target.limit,
        "unit": target.unit,
        "clause": target.clause,
        "quote": target.quote.as_dict(),
        "source": target.source,
        "sizing": target.sizing,
        "note": target.note.as_dict() if target.note is not None else None,
    }


def _document(one: Standard) -> dict[str, Any]:
    return {
        **_head(one),
        "targets": [target_document(target) for target in one.targets],
        "rules": [rule.as_dict() for rule in one.rules],
    }
