"""Two or three ways to repair a roster that really differ: whom each moves, what it leaves open, what it costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scheduler.goal import cost_of
from scheduler.problem import RosterProblem
from scheduler.relief import FAMILIES, USUAL_COSTS
from scheduler.repair import Repaired, Way, repair_work
from scheduler.repair_damage import USUAL_CHANGE_COSTS, ChangeCosts, Damage, assess_damage
from scheduler.repaired_duties import repaired_duties
from scheduler.rules import RULES
from scheduler.slots import Slots
from scheduler.solver import Effort
from scheduler.work import Work
from scheduler.work_of_duties import KnownDuty, places_apart
from wfm.execution import Progress, no_progress
from wfm.i18n import Text, both

__all__ = ["Alternative", "Move", "RepairInterrupted", "find_alternatives"]

ALTERNATIVES = 3
"""So many alternatives are offered at most."""
BEND_PRICE = 3_000
"""Cost of a duty that bends a rule, beside that of its cell."""


@dataclass(frozen=True, slots=True)
class Move:
    """A person's day that changes.

    Attributes:
        agent: the person.
        date: the day.
        before: duty as published, ``(shift, group, role)``; None for a day off.
        after: duty as repaired; None for a day off.
        text: the change in words.
    """

    agent: str
    date: date
    before: tuple[str, str, str] | None
    after: tuple[str, str, str] | None
    text: Text


@dataclass(frozen=True, slots=True)
class Alternative:
    """A repaired roster.

    Attributes:
        name: ``fewest_changes``, ``step_up``, ``fewest_people``, ``leave_b``, ``other_people`` or ``bend``.
        title: what is special about it.
        duties: the whole roster (``tables.DUTIES``); rows that do not change are those of the published one.
        moves: every cell that changes, the lost duties included.
        people: who gets a duty that they did not have.
        unfilled: posts from now on left open: columns ``date, group, shift, role, missing``.
        cost: cost of the changes (``ChangeCosts``).
        objective: cost of the whole roster, in the unit of ``build_roster``.
        proven: no repair changes fewer cells and fills as many posts.
        bends: rules that the repaired roster breaks and the published one did not, in words; filled in by whoever
            asks the checker.
    """

    name: str
    title: Text
    duties: pd.DataFrame
    moves: tuple[Move, ...]
    people: tuple[str, ...]
    unfilled: pd.DataFrame
    cost: int
    objective: float
    proven: bool
    bends: tuple[Text, ...] = ()


class RepairInterrupted(KeyboardInterrupt):
    """The user interrupted the search when some ways had been found; ``alternatives`` holds them."""

    def __init__(self, alternatives: tuple[Alternative, ...]) -> None:
        super().__init__()
        self.alternatives = alternatives


def find_alternatives(
    problem: RosterProblem,
    duties: pd.DataFrame,
    now: datetime,
    *,
    costs: ChangeCosts = USUAL_CHANGE_COSTS,
    seconds: float = 10.0,
    seed: int = 1,
    reproducible: bool = False,
    workers: int = 1,
    as_published: RosterProblem | None = None,
    progress: Progress = no_progress,
) -> tuple[Alternative, ...]:
    """Repairs of a published roster, fewest changes first; each keeps all rules, but one that says it bends some.

    Args:
        problem: people, leave, rules and posts as they are now.
        duties: the published roster (``tables.DUTIES``).
        now: duties begun before this moment stay.
        costs: what a change costs.
        seconds: time for all of them.
        seed: seed of the solver.
        reproducible: deterministic work instead of the clock, one worker: the same answer on every run.
        workers: solver workers otherwise.
        as_published: the problem that the published roster was made for: posts that it left open stay open. None: all open
            posts are filled where that is possible.
        progress: hears how many ways have been tried.

    Returns:
        one to three alternatives; a single one without moves where nothing has to be repaired.

    Raises:
        RepairInterrupted: the user interrupted after the first way was found.
    """
    effort = Effort(seconds, reproducible=reproducible)
    problem, duties, places = places_apart(problem, duties)
    if as_published is not None and len(places):
        as_published = places_apart(as_published, pd.concat([duties, places], ignore_index=True))[0]
    damage = assess_damage(problem, duties, now, costs, as_published=as_published)
    found: list[Alternative] = []
    seen: set[tuple[tuple[str, date, object], ...]] = set()
    try:
        for number, (title, at, way) in enumerate(_ways(damage, problem, duties, now, costs, lambda: found)):
            progress(number, 6)
            if effort.left_s <= 0 and found:
                break
            repaired = repair_work(at, way, costs, effort, workers=1 if reproducible else workers, seed=seed)
            one = _alternative(at, way.name, title, repaired)
            what = tuple((m.agent, m.date, m.after) for m in one.moves)
            if what not in seen and _worth_it(one, found):
                seen.add(what)
                found.append(one)
            if len(found) >= ALTERNATIVES or not found[0].moves:
                break
    except KeyboardInterrupt:
        if not found:
            raise
        raise RepairInterrupted(_whole(found, places)) from None
    progress(6, 6)
    return _whole(found, places)


def _whole(found: list[Alternative], places: pd.DataFrame) -> tuple[Alternative, ...]:
    """The alternatives with the duties of firms beside those of people."""
    return tuple(replace(one, duties=_with_places(one.duties, places)) for one in found)


def _with_places(duties: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """The duties of people and of firms together."""
    if places.empty:
        return duties
    together = pd.concat([duties, places], ignore_index=True)
    return together.sort_values(["start", "group", "post", "role", "agent"], ignore_index=True)


def _ways(
    damage: Damage,
    problem: RosterProblem,
    duties: pd.DataFrame,
    now: datetime,
    costs: ChangeCosts,
    so_far: Callable[[], list[Alternative]],
) -> Iterator[tuple[Text, Damage, Way]]:
    """The ways in their order; what the first found decides which others make sense."""
    slots = damage.slots
    yield both("fewest changes"), damage, Way("fewest_changes")
    first = so_far()[0]
    if _newly_open(damage, first):
        bent, price = _bent(damage, problem, duties, now, costs)
        yield both("a rule bends, so that posts are filled"), bent, Way("bend", bent=price)
    roles = {slots.all[k].role for k in damage.open_posts}
    standing_b = any(slots.all[k].role == "A" and _has_b(damage, k) for k in damage.open_posts)
    if standing_b:
        yield both("the B steps up, and a new B is named"), damage, Way("step_up", b_steps_up=True)
    if len(first.people) > 1:
        yield both("fewest people moved"), damage, Way("fewest_people", person=costs.person)
    if standing_b or "B" in roles:
        title = both("the B steps up, and its post stays open") if standing_b else both("the B post stays open")
        yield title, damage, Way("leave_b", b_steps_up=True, fill_b=False)
    takers = frozenset(slots.agent_numbers[name] for name in first.people)
    yield both("other people are asked"), damage, Way("other_people", avoid=takers)


def _has_b(damage: Damage, index: int) -> bool:
    slot = damage.slots.all[index]
    return any(
        (s.group, s.shift.id, s.role) == (slot.group, slot.shift.id, "B") and damage.standing.filled[s.index] > 0
        for s in damage.slots.of_day[slot.day]
    )


def _worth_it(one: Alternative, found: list[Alternative]) -> bool:
    """Whether the alternative has something that the first has not."""
    if not found:
        return True
    first = found[0]
    opened, least = int(one.unfilled["missing"].sum()), int(first.unfilled["missing"].sum())
    if one.name == "bend":
        return opened < least
    if one.name == "fewest_people":
        return opened <= least and len(one.people) < len(first.people)
    if one.name == "leave_b":
        a_open = [int(x.unfilled.loc[x.unfilled["role"] == "A", "missing"].sum()) for x in (one, first)]
        return a_open[0] <= a_open[1] and _called_in(one) < _called_in(first)
    return opened <= least


def _newly_open(damage: Damage, one: Alternative) -> bool:
    """Whether more posts are open than before."""
    slots = damage.slots
    before = {(slots.date_of(s.day), s.group, s.shift.id, s.role): int(damage.open_before[s.index]) for s in slots.all}
    return any(
        row["missing"] > before[row["date"].date(), row["group"], row["shift"], row["role"]]
        for row in one.unfilled.to_dict("records")
    )


def _called_in(one: Alternative) -> int:
    """How many days off become duties."""
    return sum(m.before is None for m in one.moves)


def _bent(
    damage: Damage, problem: RosterProblem, duties: pd.DataFrame, now: datetime, costs: ChangeCosts
) -> tuple[Damage, NDArray[np.int64]]:
    """The damage where every limit that may give way gives one step, and the price of what bends one."""
    hotline = problem.hotline
    for family in FAMILIES:
        if family.rules is not None:
            hotline = hotline.model_copy(update={"rules": family.rules(hotline.rules, 1) or hotline.rules})
        elif family.contract is not None:
            bend = family.contract
            contracts = tuple(bend(c, hotline.rules, 1, USUAL_COSTS) or c for c in hotline.contracts)
            hotline = hotline.model_copy(update={"contracts": contracts})
    bent = assess_damage(replace(problem, hotline=hotline), duties, now, costs)
    price = np.zeros((damage.slots.n_agents, len(damage.slots.all)), dtype=np.int64)
    for index in damage.open_posts:
        slot = damage.slots.all[index]
        for rule in RULES:
            price[rule.blocks(damage.standing, slot), index] = BEND_PRICE
    return replace(bent, goal=damage.goal, open_before=damage.open_before, open_posts=damage.open_posts), price


def _alternative(damage: Damage, name: str, title: Text, repaired: Repaired) -> Alternative:
    slots, work = damage.slots, repaired.work
    moves = tuple(_move(damage, work, agent, day) for agent, day in repaired.changed)
    moves += tuple(_gone(damage, duty) for duty in damage.lost if duty.agent not in slots.agent_numbers)
    missing = work.missing()
    rows = [
        (pd.Timestamp(slots.date_of(s.day)), s.group, s.shift.id, s.role, int(missing[s.index]))
        for s in slots.all
        if missing[s.index] > 0 and s.start >= damage.now
    ]
    return Alternative(
        name=name,
        title=title,
        duties=repaired_duties(damage, work),
        moves=moves,
        people=tuple(sorted({m.agent for m in moves if m.after is not None})),
        unfilled=pd.DataFrame(rows, columns=["date", "group", "shift", "role", "missing"]),
        cost=repaired.cost,
        objective=float(cost_of(work, damage.goal)),
        proven=repaired.proven,
    )


def _move(damage: Damage, work: Work, agent: int, day: int) -> Move:
    slots = damage.slots
    name, on = slots.problem.agents[agent].id, slots.date_of(day)
    before = _place(slots, int(damage.before[agent, day]))
    if before is None:
        before = next(((d.shift, d.group, d.role) for d in damage.lost if (d.agent, d.day) == (name, day)), None)
    after = _place(slots, int(work.slot[agent, day]))
    words = {"agent": name, "date": on.isoformat(), "before": _named(slots, before), "after": _named(slots, after)}
    return Move(name, on, before, after, both("{agent}, {date}: {before} → {after}", **words))


def _gone(damage: Damage, duty: KnownDuty) -> Move:
    """The lost duty of somebody who is no longer among the people."""
    place, on = (duty.shift, duty.group, duty.role), damage.slots.date_of(duty.day)
    words = {"agent": duty.agent, "date": on.isoformat(), "before": _named(damage.slots, place), "after": both("off")}
    return Move(duty.agent, on, place, None, both("{agent}, {date}: {before} → {after}", **words))


def _place(slots: Slots, index: int) -> tuple[str, str, str] | None:
    if index < 0:
        return None
    slot = slots.all[index]
    return slot.shift.id, slot.group, slot.role


def _named(slots: Slots, place: tuple[str, str, str] | None) -> Text:
    if place is None:
        return both("off")
    shift, group, role = place
    shifts, groups = slots.shifts, {g.id: g.name for g in slots.problem.hotline.groups}
    name = shifts[shift].name if shift in shifts else Text(shift, shift)
    return both("{shift} ({group}, {role})", shift=name, group=groups.get(group, Text(group, group)), role=role)
