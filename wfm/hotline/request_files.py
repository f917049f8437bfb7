"""Reading what people ask for and what is decided beforehand: ``wishes``, ``pins`` and ``busy`` (.csv or .xlsx)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from wfm.errors import BadInput
from wfm.hotline.model import Hotline
from wfm.hotline.parts import Misfit
from wfm.hotline.people import Agent
from wfm.hotline.requests import Busy, Pin, Wish
from wfm.hotline.row_files import Row, RowFile, agent_in, date_in, find_row_file, parse_date, read_rows
from wfm.hotline.yaml_errors import sentence_of
from wfm.i18n import list_words, say

__all__ = ["BUSY_COLUMNS", "PIN_COLUMNS", "WISH_COLUMNS", "load_busy", "load_pins", "load_wishes"]

_AGENT = ("工号", "编号", "坐席工号", "座席工号")
_DATE = ("日期", "值班日期", "排班日期")
_SHIFT = ("班次", "班别")

WISH_COLUMNS: dict[str, tuple[str, ...]] = {
    "agent": _AGENT,
    "date": _DATE,
    "shift": _SHIFT,
    "wanted": ("意愿", "是否想上", "希望"),
    "weight": ("权重", "重要程度"),
}
"""Columns of ``wishes.csv`` and the Chinese headings under which they are read too."""

PIN_COLUMNS: dict[str, tuple[str, ...]] = {
    "agent": _AGENT,
    "date": _DATE,
    "shift": _SHIFT,
    "group": ("组", "话务组", "岗位组"),
    "role": ("岗", "AB岗", "角色"),
}
"""Columns of ``pins.csv`` and their Chinese headings."""

BUSY_COLUMNS: dict[str, tuple[str, ...]] = {
    "agent": _AGENT,
    "start": ("开始时间", "开始", "自"),
    "end": ("结束时间", "结束", "至"),
    "kind": ("类别", "类型"),
    "reason": ("事由", "原因", "备注"),
}
"""Columns of ``busy.csv`` and their Chinese headings."""

_WANTED = {
    **dict.fromkeys(("true", "yes", "y", "1", "是", "想", "想上", "愿意", "要"), True),
    **dict.fromkeys(("false", "no", "n", "0", "否", "不想", "不想上", "不愿意", "不要"), False),
}
_OFF = {"off", "休", "休息", "公休"}
_KINDS = {
    **dict.fromkeys(("busy", "忙", "开庭", "出庭", "庭审", "外出", "会议"), "busy"),
    **dict.fromkeys(("training", "培训", "学习"), "training"),
    **dict.fromkeys(("protected", "保护", "孕期", "哺乳期", "孕期保护", "哺乳期保护"), "protected"),
}

_Request = TypeVar("_Request", Wish, Pin, Busy)


def load_wishes(hotline: Hotline, folder: str | Path, agents: Sequence[Agent]) -> list[Wish]:
    """Wishes in the folder's ``wishes.csv`` or ``wishes.xlsx``; empty when there is no such file.

    A shift is named by its id, name or short name; an empty one means any duty of the day.

    Raises:
        BadInput: a row cannot be: an unknown agent or shift, no date, or a wish that stands already.
    """

    def values(file: RowFile, row: Row) -> dict[str, Any]:
        found: dict[str, Any] = {"date": date_in(file, row, "date"), "shift": _shift(hotline, file, row)}
        wanted = _WANTED.get(row.text("wanted").casefold())
        if wanted is None:
            raise BadInput(
                say(
                    "{where}: should be yes or no (found {found!r})",
                    where=file.where(row, "wanted"),
                    found=row.text("wanted"),
                )
            )
        found["wanted"] = wanted
        if row.text("weight"):
            found["weight"] = row.text("weight")
        return found

    return _load(
        Wish, "wishes", WISH_COLUMNS, ("agent", "date", "wanted"), folder, agents, values, lambda w: (w.date, w.shift)
    )


def load_pins(hotline: Hotline, folder: str | Path, agents: Sequence[Agent]) -> list[Pin]:
    """Duties and days off already decided, in the folder's ``pins.csv`` or ``pins.xlsx``; empty when there is no such file.

    A shift is named by its id, name or short name; an empty cell, ``off`` or 休 means a day off.

    Raises:
        BadInput: a row cannot be: an unknown agent, shift or group, no date, or a second pin of the day.
    """

    def values(file: RowFile, row: Row) -> dict[str, Any]:
        off = row.text("shift").casefold() in _OFF
        group = row.text("group")
        known = [g.id for g in hotline.groups]
        if group and group not in known:
            by_name = [g.id for g in hotline.groups if group in (g.name.en, g.name.zh)]
            if len(by_name) != 1:
                raise BadInput(
                    say(
                        "{where}: unknown group {found!r}; known: {known}",
                        where=file.where(row, "group"),
                        found=group,
                        known=list_words(known),
                    )
                )
            group = by_name[0]
        shift = "" if off else _shift(hotline, file, row)
        return {
            "date": date_in(file, row, "date"),
            "shift": shift,
            "group": group,
            "role": row.text("role").upper().removesuffix("岗").strip(),
        }

    def contradiction(pin: Pin, where: str, line: int) -> str:
        return say(
            "{where}: {agent} has a pin for {date} already in line {line}; one pin a day is allowed",
            where=where,
            agent=pin.agent,
            date=pin.date,
            line=line,
        )

    key = ("agent", "date")
    return _load(Pin, "pins", PIN_COLUMNS, key, folder, agents, values, lambda p: (p.date,), contradiction)


def load_busy(hotline: Hotline, folder: str | Path, agents: Sequence[Agent]) -> list[Busy]:
    """Hours in which people are busy, in training or protected, in the folder's ``busy.csv`` or ``busy.xlsx``.

    Times are local unless they carry an offset. A begin without a clock is the day's first moment, an end without one its last; without an
    end the day of the begin is meant. Empty when there is no such file.

    Raises:
        BadInput: a row cannot be: an unknown agent or kind, no time, or an end before its begin.
    """

    def values(file: RowFile, row: Row) -> dict[str, Any]:
        kind = _KINDS.get(row.text("kind").casefold() or "busy")
        if kind is None:
            raise BadInput(
                say(
                    "{where}: should be busy, training or protected (found {found!r})",
                    where=file.where(row, "kind"),
                    found=row.text("kind"),
                )
            )
        start = _moment(file, row, "start", end_of_day=False)
        end = _moment(file, row, "end" if row.text("end") else "start", end_of_day=True)
        if not row.text("end"):
            end = datetime.combine(start.date() + timedelta(days=1), time(), start.tzinfo)
        return {"start": start, "end": end, "kind": kind, "reason": row.text("reason")}

    return _load(Busy, "busy", BUSY_COLUMNS, ("agent", "start"), folder, agents, values, lambda b: (b.start, b.end))


def _load(
    model: type[_Request],
    stem: str,
    columns: Mapping[str, Sequence[str]],
    required: Sequence[str],
    folder: str | Path,
    agents: Sequence[Agent],
    values: Callable[[RowFile, Row], dict[str, Any]],
    key: Callable[[_Request], tuple[object, ...]],
    contradiction: Callable[[_Request, str, int], str] | None = None,
) -> list[_Request]:
    """Rows of one file as requests; one with the key of another of the same person is refused."""
    path = find_row_file(Path(folder), stem)
    if path is None:
        return []
    file = read_rows(path, columns, required)
    known = {agent.id for agent in agents}
    found: list[_Request] = []
    seen: dict[tuple[object, ...], int] = {}
    for row in file.rows:
        agent = agent_in(file, row, known)
        given = {"agent": agent, **values(file, row)}
        try:
            request: _Request = model(**given)
        except ValidationError as error:
            raise BadInput(_first_error(error, model, file, row)) from None
        first = seen.setdefault((agent, *key(request)), row.number)
        if first != row.number and contradiction is not None:
            raise BadInput(contradiction(request, file.where(row), first))
        if first != row.number:
            raise BadInput(
                say(
                    "{where}: {agent} stands with the same already in line {line}",
                    where=file.where(row),
                    agent=agent,
                    line=first,
                )
            )
        found.append(request)
    return found


def _moment(file: RowFile, row: Row, column: str, *, end_of_day: bool) -> datetime:
    """A date with a clock, or the first or last moment of a date; Excel's date cells too."""
    value = row.cells.get(column)
    if isinstance(value, datetime) and value.time() != time():
        return value
    text = row.text(column)
    match = re.fullmatch(r"(.*?)[ T]?(\d{1,2})[:\uff1a](\d{2})(?:[:\uff1a](\d{2}))?(Z|[+-]\d{2}:?\d{2})?", text)
    day = parse_date(match[1].strip() if match else value)
    if match and day is not None and int(match[3]) < 60 and int(match[2]) * 60 + int(match[3]) <= 1440:
        moment = datetime.combine(day, time()) + timedelta(hours=int(match[2]), minutes=int(match[3]))
        if match[5]:
            offset = datetime.fromisoformat(f"2000-01-01T00:00{match[5]}").tzinfo
            return moment.replace(tzinfo=offset)
        return moment
    if day is not None and not match:
        return datetime.combine(day + timedelta(days=end_of_day), time())
    raise BadInput(
        say(
            "{where}: should be a time, as 2026-09-20 14:00 (found {found!r})",
            where=file.where(row, column),
            found=text,
        )
    )


def _shift(hotline: Hotline, file: RowFile, row: Row) -> str:
    """The shift's id; it may be given by name or short name where only one has it."""
    text = row.text("shift")
    known = [s.id for s in hotline.shifts]
    if not text or text in known:
        return text
    named = [s.id for s in hotline.shifts if text in (s.name.en, s.name.zh, s.short.en, s.short.zh)]
    if len(named) == 1:
        return named[0]
    raise BadInput(
        say(
            "{where}: unknown shift {found!r}; known: {known}",
            where=file.where(row, "shift"),
            found=text,
            known=list_words(known),
        )
    )


def _first_error(error: ValidationError, model: type[Wish | Pin | Busy], file: RowFile, row: Row) -> str:
    detail = error.errors(include_url=False)[0]
    cause = detail.get("ctx", {}).get("error")
    path = (*detail["loc"], *(cause.at if isinstance(cause, Misfit) else ()))
    return f"{file.where(row, str(path[0]) if path else '')}: {sentence_of(detail, model, path)}"
