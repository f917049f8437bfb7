"""Reference pages made from the code at build time, so that they cannot fall behind it.

A page is a function that returns Markdown; ``@page(name)`` puts it at ``reference/name.md``. Pages whose name ends in
``.zh`` are written while the product speaks Chinese.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from mkdocs.structure.files import File, Files

from wfm.i18n import say, use_language

PAGES: dict[str, Callable[[], str]] = {}

Write = Callable[[], str]


def page(name: str, language: str = "en") -> Callable[[Write], Write]:
    """Register a function that writes ``reference/name.md`` in ``language``."""

    def register(function: Write) -> Write:
        def write() -> str:
            with use_language("zh" if language == "zh" else "en"):
                return function()

        PAGES[f"reference/{name}.md"] = write
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
    return out.getvalue() + "\n"


def _code(text: object) -> str:
    """Inline code that may break after dots and underscores; nothing where there is nothing."""
    if text in ("", None):
        return ""
    escaped = str(text).replace("&", "&amp;").replace("<", "&lt;").replace("*", "&#42;").replace("`", "&#96;")
    return "<code>" + re.sub(r"([._])(?=[^\W\d]|&)", r"\1<wbr>", escaped) + "</code>"


# ---------------------------------------------------------------------------------------------- hotline.yaml


def _hotline_keys(words: dict[str, str]) -> str:
    from wfm.hotline import reference_rows
    from wfm.hotline.agents import AGENT_COLUMNS, LEAVE_COLUMNS
    from wfm.hotline.balances import BALANCE_COLUMNS, Balance
    from wfm.hotline.people import Agent, Leave
    from wfm.hotline.request_files import BUSY_COLUMNS, PIN_COLUMNS, WISH_COLUMNS
    from wfm.hotline.requests import Busy, Pin, Wish

    rows = reference_rows()
    tops = [row for row in rows if "." not in row.path]
    parts = [f"# {words['title']}\n\n{words['intro']}\n"]
    parts.append(_keys(words, [r for r in tops if not any(x.path.startswith(f"{r.path}.") for x in rows)]))
    for top in tops:
        below = [row for row in rows if row.path.startswith(f"{top.path}.")]
        if below:
            meaning = say(top.description)
            parts.append(f"## {top.path}\n\n{words['holds'].format(meaning=meaning[0].upper() + meaning[1:])}\n")
            parts.append(_keys(words, below))
    files: tuple[tuple[str, Any, dict[str, tuple[str, ...]]], ...] = (
        ("agents.csv", Agent, AGENT_COLUMNS),
        ("leave.csv", Leave, LEAVE_COLUMNS),
        ("wishes.csv", Wish, WISH_COLUMNS),
        ("pins.csv", Pin, PIN_COLUMNS),
        ("busy.csv", Busy, BUSY_COLUMNS),
        ("balances.csv", Balance, BALANCE_COLUMNS),
    )
    for name, model, columns in files:
        parts.append(f"## {name}\n\n{words[name]}\n")
        found = {row.path: row for row in reference_rows(model)}
        listed = (
            (_code(column), "、".join(others), _default(words, found[column]), say(found[column].description))
            for column, others in columns.items()
        )
        parts.append(_table((words["column"], words["also"], words["default"], words["meaning"]), listed))
    return "\n".join(parts)


def _keys(words: dict[str, str], rows: Iterable[Any]) -> str:
    return _table(
        (words["key"], words["type"], words["default"], words["meaning"]),
        (
            (
                _code(row.path),
                _type(words, row.type) + (f" ({row.unit})" if row.unit else ""),
                _default(words, row),
                say(row.description),
            )
            for row in rows
        ),
    )


_TYPES_ZH = {
    "text in en and zh": "中英文本",
    "whole number": "整数",
    "number": "数",
    "true or false": "true 或 false",
    "list of": "列表",
    "list:": "列表：",
    "text": "文本",
    "keys": "配置项",
    "date": "日期",
    " or empty": "，可为空",
    " or ": " 或 ",
    " with ": " → ",
}


def _type(words: dict[str, str], kind: str) -> str:
    """The type as the page's language says it; the names of choices stay as they are written."""
    if words["key"] == "Key":
        return kind
    # Words that join others bring their own blanks; the rest must stand alone.
    pattern = "|".join(word if word.startswith(" ") else rf"(?<!\w){re.escape(word)}(?!\w)" for word in _TYPES_ZH)
    return re.sub(pattern, lambda found: _TYPES_ZH[found[0]], kind)


def _default(words: dict[str, str], row: Any) -> str:
    plain = {"required": f"**{words['required']}**", "empty": words["empty"], "defaults below": words["below"]}
    return plain.get(row.default) or _code(row.default)


@page("hotline")
def hotline_keys() -> str:
    """Every key of ``hotline.yaml``, with unit, default and meaning."""
    return _hotline_keys(
        {
            "title": "Hotline keys",
            "intro": "Every key that `hotline.yaml` may hold. A star stands for an item of a list.",
            "holds": "{meaning}.",
            "key": "Key",
            "type": "Type",
            "default": "Default",
            "meaning": "Meaning",
            "required": "required",
            "empty": "empty",
            "below": "see below",
            "column": "Column",
            "also": "Read too under",
            "agents.csv": "One row a person, as CSV (UTF-8 or GBK) or `agents.xlsx`. Lists are joined by `;`. An empty "
            "cell takes the default; a hotline with one contract needs no contract column.",
            "leave.csv": "One row a leave, or `leave.xlsx`; without `last` it is a single day.",
            "wishes.csv": "Duties that people would like to have, or not to have; or `wishes.xlsx`. A shift is named by its id, "
            "name or short name. What is not granted costs its weight times `rules.wish_weight`.",
            "pins.csv": "What is already decided; or `pins.xlsx`. Without a shift (also `off`) the day is off.",
            "busy.csv": "Court dates, training, protection; or `busy.xlsx`. A begin or end without a clock is the day's first "
            "or last moment; without an end the day of the begin is meant.",
            "balances.csv": "What people carried beyond their fair share before the rosters that are known, negative where it was "
            "less; or `balances.xlsx`.",
        }
    )


@page("hotline.zh", "zh")
def hotline_keys_zh() -> str:
    """The same in Chinese."""
    return _hotline_keys(
        {
            "title": "热线配置项",
            "intro": "`hotline.yaml` 的全部配置项。星号代表列表中的每一项。",
            "holds": "{meaning}。",
            "key": "配置项",
            "type": "类型",
            "default": "默认值",
            "meaning": "含义",
            "required": "必填",
            "empty": "空",
            "below": "见下",
            "column": "列名",
            "also": "也可写作",
            "agents.csv": "每人一行，CSV（UTF-8 或 GBK）或 `agents.xlsx`。多项用 `;` 或顿号连接，空格取默认值；只有一种合同时不需要合同列。",
            "leave.csv": "每次请假一行，也可用 `leave.xlsx`；不写结束日期即为一天。",
            "wishes.csv": "每条意愿一行，也可用 `wishes.xlsx`。班次可写标识、名称或简称；未能满足的意愿按权重乘以 `rules.wish_weight` 计入代价。",
            "pins.csv": "已经定下的班，也可用 `pins.xlsx`。不写班次（或写“休”）即当天休息。",
            "busy.csv": "开庭、培训、孕期及哺乳期保护，也可用 `busy.xlsx`。只写日期时，开始为当天零点，结束为当天24点；不写结束即为开始当天。",
            "balances.csv": "在已知排班之前，各人比应分担的多承担了多少（少承担写负数），也可用 `balances.xlsx`。",
        }
    )


# ------------------------------------------------------------------------------------------- column mappings


@page("mapping")
def mapping_keys() -> str:
    """What a column mapping may hold: keys of the file, columns, and how each kind of column is written."""
    from wfm.hotline import reference_rows
    from wfm.records import mapping as m

    words = {"key": "Key", "type": "Type", "default": "Default", "meaning": "Meaning", "required": "required"}
    words |= {"empty": "empty", "below": "see below"}
    kinds = {
        m.TextColumn: ("text", "Taken as it is."),
        m.TimeColumn: ("time", "One column, or a date column with a clock (or seconds-of-day) column beside it."),
        m.SecondsColumn: ("duration", "A number, or a writing such as `00:03:25`."),
        m.ChoiceColumn: ("choice", "A value out of a fixed list: a line, an outcome, an answer."),
    }
    parts = [
        "# Mapping keys\n\nA mapping says which columns of a file of calls hold what. A bare column name is short for "
        "`from:`. Shipped mappings: " + ", ".join(f"`{name}`" for name in m.mapping_names()) + ".\n"
    ]
    parts.append(_keys(words, [r for r in reference_rows(m.Mapping) if "." not in r.path]))
    parts.append("## columns\n\nWhat is not named is derived from the rest or stays empty.\n")
    rows = []
    for name, field in m.Columns.model_fields.items():
        kind = next(title for model, (title, _) in kinds.items() if model.__name__ in str(field.annotation))
        rows.append((_code(name), f"[{kind}](#{kind})", field.description))
    parts.append(_table(("Column of ours", "Kind", "Meaning"), rows))
    for model, (title, about) in kinds.items():
        parts.append(f"## {title}\n\n{about}\n\n" + _keys(words, reference_rows(model)))
    return "\n".join(parts)


# ---------------------------------------------------------------------------------- tables, KPIs, standards


@page("tables")
def tables() -> str:
    """Every table and column."""
    from wfm.tables import TABLES

    parts = ["# Tables\n\nColumns of every table that passes between rooms and to disk.\n"]
    for table in TABLES:
        parts.append(f"## {table.name} · {table.title.zh}\n\nKey: {', '.join(f'`{k}`' for k in table.key)}\n")
        rows = (
            (
                _code(c.name),
                c.kind + (", may be empty" if c.nullable else ""),
                c.meaning + (f" ({', '.join(f'`{a}`' for a in c.allowed if a)})" if c.allowed else ""),
            )
            for c in table.columns
        )
        parts.append(_table(("Column", "Kind", "Meaning"), rows))
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
            f"{k.name.en}<br>{k.name.zh}<br>{_code(k.id)}",
            f"{k.definition.en}<br>{k.definition.zh}",
            f"{k.unit}, {k.estimator.value.replace('_', ' ')}" + (f"<br>{k.clause}" if k.clause else ""),
        )
        for k in KPIS.values()
    )
    parts.append(_table(("KPI", "Formula", "Unit, estimator, clause"), rows))
    parts.append("## Counts\n\nDaily counts of a line, of which every KPI is made:\n\n")
    parts.append(", ".join(_code(count) for count in COUNTS) + ".\n")
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
                name = f"{t.name.en}<br>{t.name.zh}<br>{_code(t.id)}"
                rows.append((name, f"{limit}<br>{_code(t.kpi)}", f"{t.clause} ({t.source})<br>{said}"))
            parts.append(_table(("Target", "Limit, KPI", "Clause, words, *choice made*"), rows))
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
        rows.append((_code(name), said, kind + (", limits the search" if name in built else "")))
    parts.append(_table(("Rule", "What it says", "Broken, it is"), rows))
    parts.append(
        "## Parameters\n\nUnder `rules:` in `hotline.yaml`; the limits of a contract stand under `contracts:`.\n"
    )
    keys = [r for r in reference_rows() if r.path.startswith(("rules.", "contracts.*."))]
    parts.append(
        _table(("Key", "Default", "Meaning"), ((_code(r.path), _code(r.default), r.description) for r in keys))
    )
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
        label = _code(_label(parameter))
        if parameter.required:
            default = f"**{words['required']}**"
        elif parameter.default in (None, "", ..., False) or callable(parameter.default):
            default = ""
        else:
            default = _code(parameter.default if parameter.default is not True else parameter.opts[0])
        rows.append((label, default, getattr(parameter, "help", "") or ""))
    return _table((words["option"], words["default"], words["meaning"]), rows)


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
