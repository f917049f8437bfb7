"""What the planning store knows of a roster's month: the leave and busy hours collected in time, the roster published before."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from scenarios.collected_requests import collected
from scheduler import RosterProblem
from wfm.store import Store, open_store, store_status

__all__ = ["in_its_month", "in_the_store_if_any"]

TAIL_DAYS = 35
"""How far before a roster another one's duties may lie for rules to reach across."""


def in_its_month(problem: RosterProblem, store: Store) -> RosterProblem:
    """The problem with the leave and busy hours collected in time, and with the published tail before it, where none is given.

    What the problem knows already is not added again.
    """
    month = store.months.month(problem.hotline.id, problem.first)
    if month is not None:
        leave, _, busy = collected(tuple(store.months.requests(month)), late=False)
        problem = replace(
            problem,
            leave=[*problem.leave, *(x for x in leave if x not in problem.leave)],
            busy=(*problem.busy, *(x for x in busy if x not in problem.busy)),
        )
    if problem.history is not None:
        return problem
    tail = store.latest_roster(problem.hotline.id, problem.first)
    near = tail is not None and tail.record.last >= problem.first - timedelta(days=TAIL_DAYS)
    return replace(problem, history=tail.duties) if tail is not None and near and len(tail.duties) else problem


def in_the_store_if_any(problem: RosterProblem) -> RosterProblem:
    """The same, where there is a planning store.

    Raises:
        BadInput: the store cannot be opened, or is of another version.
    """
    return problem if store_status().state in ("absent", "empty") else in_its_month(problem, open_store())
