"""A problem with the changes of a relaxation made: limits raised, leave moved, people trained, posts left open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

import pandas as pd

from scheduler.conflict import Change
from scheduler.problem import RosterProblem, dialects_in
from scheduler.relief import FAMILIES, USUAL_COSTS, Family, RelaxationCosts
from wfm.hotline import Busy, Contract, Hotline, Leave

__all__ = ["OPEN", "relaxed_contract", "relaxed_hotline", "relaxed_problem"]

OPEN = "posts_filled"
"""The relief that always helps: a post is left open."""


def relaxed_problem(
    problem: RosterProblem, changes: Iterable[Change], costs: RelaxationCosts = USUAL_COSTS
) -> RosterProblem:
    """The problem with the changes made: what a relaxation says, as it would have to be entered."""
    steps = {f.rule: f for f in FAMILIES}
    hotline, agents, leave, posts = problem.hotline, list(problem.agents), list(problem.leave), problem.posts
    pins, busy = list(problem.pins), list(problem.busy)
    known = {c.id: c for c in hotline.contracts}
    numbers = {a.id: n for n, a in enumerate(agents)}
    contracts = list(hotline.contracts)
    for change in changes:
        if change.rule == "leave" and change.date is not None:
            leave = _without_day(leave, change.agent, change.date)
        elif change.rule == "weekdays" and change.date is not None:
            person = agents[numbers[change.agent]]
            days = person.weekdays[: change.date.weekday()] + "1" + person.weekdays[change.date.weekday() + 1 :]
            agents[numbers[change.agent]] = person.model_copy(update={"weekdays": days})
        elif change.rule == "skills":
            person = agents[numbers[change.agent]]
            agents[numbers[change.agent]] = person.model_copy(update={"lines": (*person.lines, change.after)})
        elif change.rule == "pins":
            pins = [p for p in pins if (p.agent, p.date) != (change.agent, change.date)]
        elif change.rule == "busy" and change.date is not None:
            busy = [b for b in busy if not _is_training_of(problem, b, change.agent, change.date)]
        elif change.rule == "dialects":
            person = agents[numbers[change.agent]]
            spoken = (*person.dialects, *dialects_in(change.after))
            agents[numbers[change.agent]] = person.model_copy(update={"dialects": spoken})
        elif change.rule == OPEN and change.date is not None:
            posts = _fewer_posts(posts, change)
        elif change.rule in steps and change.agent:
            person = agents[numbers[change.agent]]
            own = relaxed_contract(steps[change.rule], known[person.contract], hotline, change.steps, costs)
            own = own.model_copy(update={"id": f"{person.contract}+{change.rule}+{change.agent}"})
            known[own.id] = own
            contracts.append(own)
            agents[numbers[change.agent]] = person.model_copy(update={"contract": own.id})
        elif change.rule in steps:
            hotline = relaxed_hotline(steps[change.rule], hotline, change.steps, costs) or hotline
    hotline = hotline.model_copy(update={"contracts": tuple(contracts)})
    return replace(problem, hotline=hotline, agents=agents, leave=leave, posts=posts, pins=pins, busy=busy)


def relaxed_contract(
    family: Family, contract: Contract, hotline: Hotline, steps: int, costs: RelaxationCosts
) -> Contract:
    """The contract with the limit relaxed; as it is where nothing gives way."""
    relaxed = family.contract(contract, hotline.rules, steps, costs) if family.contract else None
    return relaxed or contract


def relaxed_hotline(family: Family, hotline: Hotline, steps: int, costs: RelaxationCosts) -> Hotline | None:
    """The hotline with the limit relaxed for everybody; None where nothing gives way."""
    if family.hotline is not None:
        return family.hotline(hotline, steps)
    if family.rules is not None:
        rules = family.rules(hotline.rules, steps)
        return None if rules is None else hotline.model_copy(update={"rules": rules})
    contracts = tuple(relaxed_contract(family, c, hotline, steps, costs) for c in hotline.contracts)
    return None if contracts == hotline.contracts else hotline.model_copy(update={"contracts": contracts})


def _is_training_of(problem: RosterProblem, busy: Busy, agent: str, day: date) -> bool:
    """Whether this is training of the person with a minute on the day."""
    start, end = (t.astimezone(problem.zone) for t in problem.busy_times(busy))
    return (busy.agent, busy.kind) == (agent, "training") and start.date() <= day <= (end - timedelta(seconds=1)).date()


def _without_day(leave: list[Leave], agent: str, day: date) -> list[Leave]:
    """The leave with one day of one person taken out."""
    found = []
    for one in leave:
        if one.agent != agent or not one.first <= day <= one.last:
            found.append(one)
            continue
        if one.first < day:
            found.append(one.model_copy(update={"last": day - timedelta(days=1)}))
        if day < one.last:
            found.append(one.model_copy(update={"first": day + timedelta(days=1)}))
    return found


def _fewer_posts(posts: pd.DataFrame, change: Change) -> pd.DataFrame:
    group, shift, role = change.before.split("/")
    here = (
        (pd.to_datetime(posts["date"]).dt.date == change.date) & (posts["group"] == group) & (posts["shift"] == shift)
    )
    column = "posts_a" if role == "A" else "posts_b"
    posts = posts.copy()
    posts.loc[here, column] = posts.loc[here, column] - int(change.after)
    return posts
