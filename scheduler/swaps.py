"""Swapping duties between two people, and what that would break."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from scheduler.checker import Violation
from scheduler.firm_duties import check_with_places
from scheduler.problem import RosterProblem
from scheduler.roster_grid import usual_remote
from scheduler.table_rows import rows_of
from wfm.errors import BadInput
from wfm.i18n import list_words, say

__all__ = ["Swap", "broken_by", "duty_of", "newly_broken", "swap_duties"]


@dataclass(frozen=True, slots=True)
class Swap:
    """``giver`` hands the duty of ``day`` to ``taker``, for the taker's duty of ``back`` if one is given.

    ``shift`` tells which duty of the day is meant where the giver has several.
    """

    giver: str
    day: date
    taker: str
    back: date | None = None
    shift: str = ""


def duty_of(duties: pd.DataFrame, agent: str, day: date, shift: str = "") -> Any:
    """The one duty (row of ``tables.DUTIES``) of a person that begins on a day.

    Raises:
        BadInput: there is none, or there are several and ``shift`` does not say which.
    """
    mine = [
        row
        for row in rows_of(duties)
        if row.agent == agent and pd.Timestamp(row.date).date() == day and shift in ("", str(row.shift))
    ]
    if not mine:
        if shift:
            raise BadInput(say("{agent} has no duty {shift} on {date}", agent=agent, shift=shift, date=day))
        raise BadInput(say("{agent} has no duty on {date}", agent=agent, date=day))
    if len(mine) > 1:
        raise BadInput(
            say(
                "{agent} has several duties on {date}; name the shift ({shifts})",
                agent=agent,
                date=day,
                shifts=list_words([str(row.shift) for row in mine]),
            )
        )
    return mine[0]


def swap_duties(problem: RosterProblem, duties: pd.DataFrame, swap: Swap) -> pd.DataFrame:
    """The duties after the swap; posts and times stay, only the people change. Rules are another matter.

    Raises:
        BadInput: somebody is unknown, or has no such duty.
    """
    people = {a.id: a for a in problem.agents}
    for name in (swap.giver, swap.taker):
        if name not in people:
            raise BadInput(say("unknown agent {agent}", agent=name))
    if swap.giver == swap.taker:
        raise BadInput(say("{agent} cannot swap with the same person", agent=swap.giver))
    moves = {_key(duty_of(duties, swap.giver, swap.day, swap.shift)): swap.taker}
    if swap.back is not None:
        moves[_key(duty_of(duties, swap.taker, swap.back))] = swap.giver
    changed = duties.copy()
    names, remote = list(changed["agent"]), list(changed["remote"])
    for n, row in enumerate(rows_of(duties)):
        taker = moves.get(_key(row))
        if taker is None:
            continue
        names[n] = taker
        as_usual = bool(row.remote) == usual_remote(problem, people.get(str(row.agent)), str(row.role))
        remote[n] = usual_remote(problem, people[taker], str(row.role)) if as_usual else bool(row.remote)
    return changed.assign(agent=pd.array(names, dtype="string"), remote=np.array(remote, dtype=bool))


def broken_by(problem: RosterProblem, before: pd.DataFrame, after: pd.DataFrame) -> list[Violation]:
    """Rules that ``after`` breaks and ``before`` does not, by the independent checker."""
    return newly_broken(check_with_places(problem, before), check_with_places(problem, after))


def newly_broken(before: list[Violation], after: list[Violation]) -> list[Violation]:
    """What ``after`` holds beyond ``before``, sentence by sentence."""
    known = Counter(v.text for v in before)
    found = []
    for violation in after:
        if known[violation.text] > 0:
            known[violation.text] -= 1
        else:
            found.append(violation)
    return found


def _key(row: Any) -> tuple[object, ...]:
    return (row.agent, row.start, row.role, row.post)
