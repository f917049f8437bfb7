"""Reference pages of what a user writes: the keys of ``hotline.yaml`` with its files, and column mappings."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from markdown_pages import code, page, table

from wfm.i18n import say


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
            (code(column), "、".join(others), _default(words, found[column]), say(found[column].description))
            for column, others in columns.items()
        )
        parts.append(table((words["column"], words["also"], words["default"], words["meaning"]), listed))
    return "\n".join(parts)


def _keys(words: dict[str, str], rows: Iterable[Any]) -> str:
    return table(
        (words["key"], words["type"], words["default"], words["meaning"]),
        (
            (
                code(row.path),
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
    return plain.get(row.default) or code(row.default)


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


@page("mapping")
def mapping_keys() -> str:
    """What a column mapping may hold: keys of the file, columns, and how each kind of column is written."""
    from wfm.hotline import reference_rows
    from wfm.records import mapping as m
    from wfm.records import mapping_parts as columns

    words = {"key": "Key", "type": "Type", "default": "Default", "meaning": "Meaning", "required": "required"}
    words |= {"empty": "empty", "below": "see below"}
    kinds = {
        columns.TextColumn: ("text", "Taken as it is."),
        columns.TimeColumn: ("time", "One column, or a date column with a clock (or seconds-of-day) column beside it."),
        columns.SecondsColumn: ("duration", "A number, or a writing such as `00:03:25`."),
        columns.ChoiceColumn: ("choice", "A value out of a fixed list: a line, an outcome, an answer."),
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
        rows.append((code(name), f"[{kind}](#{kind})", field.description))
    parts.append(table(("Column of ours", "Kind", "Meaning"), rows))
    for model, (title, about) in kinds.items():
        parts.append(f"## {title}\n\n{about}\n\n" + _keys(words, reference_rows(model)))
    return "\n".join(parts)
