"""What people carried beyond their share before the rosters that are known: ``balances`` (.csv or .xlsx)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import Field

from wfm.errors import BadInput
from wfm.hotline.parts import Part, _
from wfm.hotline.people import Agent
from wfm.hotline.row_files import agent_in, find_row_file, read_rows
from wfm.i18n import say

__all__ = ["BALANCE_COLUMNS", "Balance", "load_balances"]

BALANCE_COLUMNS: dict[str, tuple[str, ...]] = {
    "agent": ("工号", "编号", "坐席工号", "座席工号"),
    "hours": ("工时", "工时结余"),
    "standbys": ("备勤", "备勤班次", "B岗"),
    "nights": ("夜班", "夜班数"),
    "rest_days": ("休息日", "休息日班", "周末及节假日"),
    "holidays": ("节假日", "节假日班"),
}
"""Columns of ``balances.csv`` and their Chinese headings."""

MOST = 10_000.0


class Balance(Part):
    """What one person carried beyond the fair share, from before the duties that are known; negative: less than it."""

    agent: str = Field(description=_("the agent's number"))
    hours: float = Field(0.0, description=_("paid hours beyond the share"))
    standbys: float = Field(0.0, description=_("B duties beyond the share"))
    nights: float = Field(0.0, description=_("nights beyond the share"))
    rest_days: float = Field(0.0, description=_("duties on weekends and holidays beyond the share"))
    holidays: float = Field(0.0, description=_("duties on holidays beyond the share"))


def load_balances(folder: str | Path, agents: Sequence[Agent]) -> list[Balance]:
    """Balances in the folder's ``balances.csv`` or ``balances.xlsx``; empty when there is no such file.

    Raises:
        BadInput: an unknown agent, one that stands twice, or a value that is no number.
    """
    path = find_row_file(Path(folder), "balances")
    if path is None:
        return []
    file = read_rows(path, BALANCE_COLUMNS, ("agent",))
    known = {agent.id for agent in agents}
    found: dict[str, Balance] = {}
    for row in file.rows:
        agent = agent_in(file, row, known)
        if agent in found:
            raise BadInput(say("{where}: {agent} stands twice", where=file.where(row, "agent"), agent=agent))
        values: dict[str, float] = {}
        for column in list(BALANCE_COLUMNS)[1:]:
            text = row.text(column) or "0"
            try:
                values[column] = float(text)
            except ValueError:
                values[column] = float("nan")
            if not abs(values[column]) <= MOST:
                raise BadInput(
                    say(
                        "{where}: must be a number between -{most:g} and {most:g}, found {found!r}",
                        where=file.where(row, column),
                        most=MOST,
                        found=text,
                    )
                )
        found[agent] = Balance(agent=agent, **values)
    return list(found.values())
