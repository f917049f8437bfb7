"""Reference pages made from the code at build time, so that they cannot fall behind it: an mkdocs hook."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import feed_mapping_pages  # noqa: F401 - adds its page to the register
import item_mapping_pages  # noqa: F401 - adds its page to the register
import key_pages  # noqa: F401 - adds its pages to the register
from markdown_pages import PAGES, code, page, table
from mkdocs.structure.files import File, Files

__all__ = ["PAGES", "on_files"]


def on_files(files: Files, config: Any) -> Files:
    """mkdocs hook: add the generated pages."""
    for path, write in PAGES.items():
        files.append(File.generated(config, path, content=write()))
    return files


# ---------------------------------------------------------------------------------- tables, KPIs, standards


@page("tables")
def tables() -> str:
    """Every table and column."""
    from wfm.tables import TABLES

    parts = ["# Tables\n\nColumns of every table that passes between rooms and to disk.\n"]
    for one in TABLES:
        parts.append(f"## {one.name} · {one.title.zh}\n\nKey: {', '.join(f'`{k}`' for k in one.key)}\n")
        rows = (
            (
                code(c.name),
                c.kind + (", may be empty" if c.nullable else ""),
                c.meaning + (f" ({', '.join(f'`{a}`' for a in c.allowed if a)})" if c.allowed else ""),
            )
            for c in one.columns
        )
        parts.append(table(("Column", "Kind", "Meaning"), rows))
    return "\n".join(parts)


@page("kpis")
def kpis() -> str:
    """Every KPI with formula, unit, estimator and clause."""
    from wfm.metrics import COUNTS, KPIS

    parts = [
        "# KPIs\n\nEach is defined once, in `wfm/metrics.py`, and computed by the same code for recorded and for "
        "simulated calls.\n"
    ]
    rows = (
        (
            f"{k.name.en}<br>{k.name.zh}<br>{code(k.id)}",
            f"{k.definition.en}<br>{k.definition.zh}",
            f"{k.unit}, {k.estimator.value.replace('_', ' ')}" + (f"<br>{k.clause}" if k.clause else ""),
        )
        for k in KPIS.values()
    )
    parts.append(table(("KPI", "Formula", "Unit, estimator, clause"), rows))
    parts.append("## Counts\n\nDaily counts of a line, of which every KPI is made:\n\n")
    parts.append(", ".join(code(count) for count in COUNTS) + ".\n")
    return "\n".join(parts)


@page("standards")
def standards() -> str:
    """Every shipped standard and its targets."""
    from wfm.standards import load_standard, standard_ids

    parts = ["# Standards\n\n`wfm standards` lists them; `wfm standards ID` shows one.\n"]
    for standard_id in standard_ids():
        standard = load_standard(standard_id)
        about = ", ".join(str(x) for x in (standard.year, standard.source) if x)
        parts.append(f"## {standard.id}\n\n{standard.title.en} · {standard.title.zh} ({about})\n")
        if standard.targets:
            rows = []
            for t in standard.targets:
                limit = "reported" if t.limit is None else f"{t.operator} {_limit(t.limit, t.unit)}"
                said = f"{t.quote.en}<br>{t.quote.zh}" + (f"<br>*{t.note.en}*<br>*{t.note.zh}*" if t.note else "")
                name = f"{t.name.en}<br>{t.name.zh}<br>{code(t.id)}"
                rows.append((name, f"{limit}<br>{code(t.kpi)}", f"{t.clause} ({t.source})<br>{said}"))
            parts.append(table(("Target", "Limit, KPI", "Clause, words, *choice made*"), rows))
        else:
            parts.append("Its public text gives no target.\n")
        if standard.rules:
            parts.append("".join(f"- {rule.en} {rule.zh}\n" for rule in standard.rules))
    return "\n".join(parts)


def _limit(limit: float, unit: str) -> str:
    return f"{100 * limit:g} %" if unit == "share" else f"{limit:g} {unit}" if unit != "count" else f"{limit:g}"


# ------------------------------------------------------------------------------------------- roster rules


@page("rules")
def roster_rules() -> str:
    """Every rule that the checker holds a roster to."""
    from scheduler.checker import CHECKS, COVER_RULES
    from scheduler.rules import RULES
    from wfm.hotline import reference_rows

    parts = [
        "# Roster rules\n\nThe solver builds with these rules; an independent checker, which shares only their "
        "parameters, says whether the roster is legal. A post left open leaves a roster legal but short.\n"
    ]
    built = {rule.name for rule in RULES}
    rows = []
    for name, check in CHECKS.items():
        said = re.sub(r"``(\w+)``", r"`\1`", (check.__doc__ or "").strip().splitlines()[0])
        kind = "open post" if name in COVER_RULES else "law"
        rows.append((code(name), said, kind + (", limits the search" if name in built else "")))
    parts.append(table(("Rule", "What it says", "Broken, it is"), rows))
    parts.append(
        "## Parameters\n\nUnder `rules:` in `hotline.yaml`; the limits of a contract stand under `contracts:`.\n"
    )
    keys = [r for r in reference_rows() if r.path.startswith(("rules.", "contracts.*."))]
    parts.append(table(("Key", "Default", "Meaning"), ((code(r.path), code(r.default), r.description) for r in keys)))
    return "\n".join(parts)


# ------------------------------------------------------------------------------------------------ commands


def _commands(words: dict[str, str]) -> str:
    import typer

    from wfm.cli.app import build_app

    root = typer.main.get_command(build_app())
    parts = [f"# {words['title']}\n\n{words['codes']}\n", f"## wfm\n\n{root.help or ''}\n", _options(words, root)]
    for name, command in root.commands.items():  # type: ignore[attr-defined]
        for title, one in _leaves(f"wfm {name}", command):
            parts.append(f"## {title}\n\n{one.help or ''}\n")
            parts.append(_options(words, one))
    return "\n".join(parts)


def _options(words: dict[str, str], command: Any) -> str:
    rows = []
    for parameter in command.params:
        label = code(_label(parameter))
        if parameter.required:
            default = f"**{words['required']}**"
        elif parameter.default in (None, "", ..., False) or callable(parameter.default):
            default = ""
        else:
            default = code(parameter.default if parameter.default is not True else parameter.opts[0])
        rows.append((label, default, getattr(parameter, "help", "") or ""))
    return table((words["option"], words["default"], words["meaning"]), rows)


def _label(parameter: Any) -> str:
    if parameter.param_type_name != "option":
        return str(parameter.name).upper()
    return " / ".join([*parameter.opts, *parameter.secondary_opts])


def _leaves(title: str, command: Any) -> Iterator[tuple[str, Any]]:
    children = getattr(command, "commands", None)
    if not children:
        yield title, command
    else:
        for name, child in children.items():
            yield from _leaves(f"{title} {name}", child)


@page("commands")
def commands() -> str:
    """Every command and option, from the command line itself."""
    return _commands(
        {
            "title": "Commands",
            "codes": "Exit codes: 0 done (also when a target is missed), 2 bad input, 130 interrupted. `--lang en` or "
            "`--lang zh` may stand anywhere.",
            "option": "Argument or option",
            "default": "Default",
            "meaning": "Meaning",
            "required": "required",
        }
    )


@page("commands.zh", "zh")
def commands_zh() -> str:
    """The same in Chinese."""
    return _commands(
        {
            "title": "命令",
            "codes": "退出码：0 完成（指标未达标也是 0），2 输入有误，130 被中断。`--lang en` 或 `--lang zh` 可写在任意位置。",
            "option": "参数或选项",
            "default": "默认值",
            "meaning": "含义",
            "required": "必填",
        }
    )
