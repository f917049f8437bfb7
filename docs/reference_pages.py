"""Reference pages made from the code at build time, so that they cannot fall behind it."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from mkdocs.structure.files import File, Files

PAGES = {}


def page(name: str) -> Any:
    """Register a function that writes ``reference/name.md``."""

    def register(function: Any) -> Any:
        PAGES[f"reference/{name}.md"] = function
        return function

    return register


def on_files(files: Files, config: Any) -> Files:
    """mkdocs hook: add the generated pages."""
    for path, write in PAGES.items():
        files.append(File.generated(config, path, content=write()))
    return files


def _table(headings: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    headings = list(headings)
    out = io.StringIO()
    out.write("| " + " | ".join(headings) + " |\n|" + "---|" * len(headings) + "\n")
    for row in rows:
        cells = (str(cell).replace("|", "\\|").replace("\n", " ") for cell in row)
        out.write("| " + " | ".join(cells) + " |\n")
    return out.getvalue()


@page("hotline")
def hotline_keys() -> str:
    """Every key of ``hotline.yaml``, with unit, default and meaning."""
    from wfm.hotline import reference_rows

    rows = ((f"`{r.path}`", r.type, r.unit, f"`{r.default}`" if r.default else "", r.description) for r in reference_rows())
    return "# Hotline keys\n\nEvery key that `hotline.yaml` may hold.\n\n" + _table(
        ("Key", "Type", "Unit", "Default", "Meaning"), rows
    )


@page("tables")
def tables() -> str:
    """Every table and column."""
    from wfm.tables import TABLES

    parts = ["# Tables\n\nColumns of every table that passes between rooms and to disk.\n"]
    for table in TABLES:
        parts.append(f"## {table.name} · {table.title.zh}\n\nKey: {', '.join(f'`{k}`' for k in table.key)}\n\n")
        parts.append(
            _table(
                ("Column", "Kind", "May be empty", "Meaning"),
                ((f"`{c.name}`", c.kind, "yes" if c.nullable else "", c.meaning) for c in table.columns),
            )
        )
    return "\n".join(parts)


@page("kpis")
def kpis() -> str:
    """Every KPI with formula, unit, estimator and clause."""
    from wfm.metrics import KPIS

    rows = (
        (f"`{k.id}`", k.name.en, k.name.zh, k.unit, k.estimator.value.replace("_", " "), k.definition.en, k.clause)
        for k in KPIS.values()
    )
    return "# KPIs\n\nEach is defined once, in `wfm/metrics.py`.\n\n" + _table(
        ("KPI", "Name", "名称", "Unit", "Estimator", "Formula", "Clause"), rows
    )


@page("standards")
def standards() -> str:
    """Every shipped standard and its targets."""
    from wfm.standards import load_standard, standard_ids

    parts = ["# Standards\n\n`wfm standards` lists them; `wfm standards ID` shows one.\n"]
    for standard_id in standard_ids():
        standard = load_standard(standard_id)
        parts.append(f"## {standard.id}\n\n{standard.title.en} · {standard.title.zh} ({standard.year}, {standard.source})\n")
        if standard.targets:
            rows = (
                (f"`{t.id}`", t.name.en, t.name.zh, f"`{t.kpi}`", f"{t.operator or ''} {t.limit if t.limit is not None else '–'} {t.unit}",
                 t.clause, t.source)
                for t in standard.targets
            )
            parts.append(_table(("Target", "Name", "名称", "KPI", "Limit", "Clause", "Source"), rows))
        else:
            parts.append("Its public text gives no target.\n")
    return "\n".join(parts)


@page("commands")
def commands() -> str:
    """Every command and option, from the command line itself."""
    import typer

    from wfm.cli.app import build_app
    from wfm.i18n import use_language

    with use_language("en"):
        root = typer.main.get_command(build_app())
        parts = ["# Commands\n\nExit codes: 0 done (also when a target is missed), 2 bad input, 130 interrupted.\n"]
        for name, command in root.commands.items():
            for title, one in _leaves(f"wfm {name}", command):
                parts.append(f"## {title}\n\n{one.help or ''}\n")
                rows = []
                for parameter in one.params:
                    label = " ".join(parameter.opts) if parameter.param_type_name == "option" else parameter.name.upper()
                    default = "" if parameter.default in (None, "", ...) or callable(parameter.default) else f"`{parameter.default}`"
                    rows.append((f"`{label}`", default, getattr(parameter, "help", "") or ""))
                parts.append(_table(("Argument or option", "Default", "Meaning"), rows))
    return "\n".join(parts)


def _leaves(title: str, command: Any) -> Iterable[tuple[str, Any]]:
    children = getattr(command, "commands", None)
    if not children:
        return [(title, command)]
    return [leaf for name, child in children.items() for leaf in _leaves(f"{title} {name}", child)]
