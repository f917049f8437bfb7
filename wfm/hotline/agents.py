"""Reading the people of a hotline: ``agents.csv`` or ``.xlsx``, and ``leave.csv`` or ``.xlsx`` beside it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from wfm.errors import BadInput
from wfm.hotline.model import Hotline
from wfm.hotline.parts import Misfit
from wfm.hotline.people import Agent, Leave
from wfm.hotline.row_files import Row, RowFile, agent_in, date_in, find_row_file, read_rows
from wfm.hotline.yaml_errors import sentence_of
from wfm.i18n import list_words, say

__all__ = ["AGENT_COLUMNS", "LEAVE_COLUMNS", "load_agents", "load_leave"]

AGENT_COLUMNS: dict[str, tuple[str, ...]] = {
    "id": ("工号", "编号", "坐席工号", "座席工号"),
    "name": ("姓名", "名字"),
    "firm": ("律所", "律师事务所", "单位", "所属单位", "机构"),
    "staff_kind": ("人员类别", "岗位类别", "类别"),
    "contract": ("合同", "合同类别", "用工形式"),
    "lines": ("技能", "专线", "专席", "线路", "业务"),
    "night": ("夜班", "可值夜班"),
    "remote": ("远程", "远程接听", "可远程"),
    "dialects": ("方言", "语言"),
    "pair": ("搭档", "AB岗搭档", "AB搭档"),
    "weekdays": ("可排星期", "可值星期"),
    "team": ("班组", "团队"),
    "travel_min": ("到岗分钟", "到达分钟"),
    "pace": ("用时系数", "时长系数"),
}
"""Columns of ``agents.csv`` and the Chinese headings under which they are read too."""

LEAVE_COLUMNS: dict[str, tuple[str, ...]] = {
    "agent": ("工号", "编号", "坐席工号", "座席工号"),
    "first": ("开始日期", "起始日期", "开始", "自"),
    "last": ("结束日期", "截止日期", "结束", "至"),
    "reason": ("事由", "请假类型", "原因", "类别"),
}
"""Columns of ``leave.csv`` and their Chinese headings."""

_TRUE = {"true", "yes", "y", "1", "是", "有", "可", "√", "对"}
_FALSE = {"false", "no", "n", "0", "否", "无", "不可", "×", "x"}


def load_agents(hotline: Hotline, folder: str | Path) -> list[Agent]:
    """The people in the folder's ``agents.csv`` or ``agents.xlsx``, in its order.

    Cells that list several things join them with ``;`` (also ``、`` or ``|``). An empty cell takes the default.

    Raises:
        BadInput: there is no such file, it is empty, or a row cannot be: an unknown line, contract or kind of staff, an
            id that stands twice, a partner who is unknown or names somebody else.
    """
    folder = Path(folder)
    path = find_row_file(folder, "agents")
    if path is None:
        raise BadInput(say("{folder}: there is no agents.csv or agents.xlsx", folder=folder))
    file = read_rows(path, AGENT_COLUMNS, ("id", "lines"))
    if not file.rows:
        raise BadInput(say("{name}: names nobody", name=file.name))
    agents: dict[str, Agent] = {}
    rows: dict[str, Row] = {}
    for row in file.rows:
        agent = _agent(hotline, file, row)
        if agent.id in agents:
            raise BadInput(
                say(
                    "{where}: the agent {agent!r} stands already in line {first}",
                    where=file.where(row, "id"),
                    agent=agent.id,
                    first=rows[agent.id].number,
                )
            )
        agents[agent.id], rows[agent.id] = agent, row
    for agent in agents.values():
        if agent.pair:
            _check_pair(agent, agents, file.where(rows[agent.id], "pair"))
    return list(agents.values())


def _agent(hotline: Hotline, file: RowFile, row: Row) -> Agent:
    values: dict[str, Any] = {}
    readers: dict[str, Callable[[RowFile, Row, str], object]] = {
        "lines": _list,
        "dialects": _list,
        "night": _flag,
        "remote": _flag,
        "weekdays": _weekdays,
    }
    for column in AGENT_COLUMNS:
        text = row.text(column)
        if text:
            values[column] = readers[column](file, row, column) if column in readers else text
    if "id" not in values:
        raise BadInput(say("{where}: is empty", where=file.where(row, "id")))
    if not values.get("lines"):
        raise BadInput(
            say(
                "{where}: is empty; known: {known}",
                where=file.where(row, "lines"),
                known=list_words(hotline.line_ids),
            )
        )
    for line_id in values["lines"]:
        if line_id not in hotline.line_ids:
            raise BadInput(
                _unknown(
                    file.where(row, "lines"), say("unknown line {value!r}", value=line_id), line_id, hotline.line_ids
                )
            )
    contracts = [contract.id for contract in hotline.contracts]
    kinds = [kind.id for kind in hotline.staff_kinds]
    contract = values.setdefault(
        "contract", contracts[0] if len(contracts) == 1 else Agent.model_fields["contract"].default
    )
    if contract not in contracts:
        raise BadInput(
            _unknown(
                file.where(row, "contract"), say("unknown contract {value!r}", value=contract), contract, contracts
            )
        )
    kind = values.setdefault("staff_kind", Agent.model_fields["staff_kind"].default)
    if "staff_kind" in file.columns and kinds and kind not in kinds:
        raise BadInput(
            _unknown(file.where(row, "staff_kind"), say("unknown kind of staff {value!r}", value=kind), kind, kinds)
        )
    try:
        return Agent(**values)
    except ValidationError as error:
        raise BadInput(_first_error(error, Agent, file, row)) from None


def _unknown(where: str, what: str, value: str, known: list[str]) -> str:
    close = get_close_matches(value, known, n=1)
    if close:
        return say(
            "{where}: {what}; did you mean {close}? Known: {known}",
            where=where,
            what=what,
            close=close[0],
            known=list_words(known),
        )
    return say("{where}: {what}; known: {known}", where=where, what=what, known=list_words(known))


def _first_error(error: ValidationError, model: type[Agent | Leave], file: RowFile, row: Row) -> str:
    detail = error.errors(include_url=False)[0]
    cause = detail.get("ctx", {}).get("error")
    path = (*detail["loc"], *(cause.at if isinstance(cause, Misfit) else ()))
    return f"{file.where(row, str(path[0]) if path else '')}: {sentence_of(detail, model, path)}"


def _check_pair(agent: Agent, agents: dict[str, Agent], where: str) -> None:
    partner = agents.get(agent.pair)
    if partner is None:
        raise BadInput(
            say("{where}: unknown partner {partner!r} of {agent}", where=where, partner=agent.pair, agent=agent.id)
        )
    if partner.id == agent.id:
        raise BadInput(say("{where}: {agent} cannot be the partner of the same person", where=where, agent=agent.id))
    if partner.pair != agent.id:
        raise BadInput(
            say(
                "{where}: {agent} names {partner} as partner, but {partner} names {other}",
                where=where,
                agent=agent.id,
                partner=partner.id,
                other=partner.pair or say("nobody"),
            )
        )


def _list(file: RowFile, row: Row, column: str) -> tuple[str, ...]:
    items = [item.strip() for item in re.split(r"[;\uff1b、|]", row.text(column))]
    return tuple(dict.fromkeys(item for item in items if item))


def _flag(file: RowFile, row: Row, column: str) -> bool:
    text = row.text(column).casefold()
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise BadInput(
        say("{where}: should be yes or no (found {found!r})", where=file.where(row, column), found=row.text(column))
    )


def _weekdays(file: RowFile, row: Row, column: str) -> str:
    """Seven digits; Excel reads 0111110 as a number and drops the first zero."""
    text = row.text(column)
    return text.zfill(7) if text.isdigit() else text


def load_leave(hotline: Hotline, folder: str | Path, agents: list[Agent]) -> list[Leave]:
    """Leave in the folder's ``leave.csv`` or ``leave.xlsx``; empty when there is no such file.

    Raises:
        BadInput: a row cannot be: an unknown agent, no date, an end before its start, leave that overlaps other leave
            of the same agent.
    """
    path = find_row_file(Path(folder), "leave")
    if path is None:
        return []
    file = read_rows(path, LEAVE_COLUMNS, ("agent", "first"))
    known = {agent.id for agent in agents}
    found: list[Leave] = []
    by_agent: dict[str, list[tuple[Leave, int]]] = {}
    for row in file.rows:
        leave = _leave(file, row, known)
        for other, number in by_agent.setdefault(leave.agent, []):
            if leave.first <= other.last and other.first <= leave.last:
                raise BadInput(
                    say(
                        "{where}: leave of {agent} from {first} to {last} overlaps line {line}",
                        where=file.where(row),
                        agent=leave.agent,
                        first=leave.first,
                        last=leave.last,
                        line=number,
                    )
                )
        by_agent[leave.agent].append((leave, row.number))
        found.append(leave)
    return found


def _leave(file: RowFile, row: Row, known: set[str]) -> Leave:
    agent = agent_in(file, row, known)
    dates: dict[str, date] = {}
    for column in ("first", "last"):
        one_day = column == "last" and not row.text(column)
        dates[column] = dates["first"] if one_day else date_in(file, row, column)
    try:
        return Leave(agent=agent, first=dates["first"], last=dates["last"], reason=row.text("reason"))
    except ValidationError as error:
        raise BadInput(_first_error(error, Leave, file, row)) from None
