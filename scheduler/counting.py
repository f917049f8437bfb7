"""Posts that cannot be filled whatever one does: found by counting, before any solving.

Each argument compares posts with the most that the people for them may take. What one argument finds
missing is a true lower bound on unfilled posts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scheduler.costs import COST_HOUR_OWED, COST_UNFILLED
from scheduler.problem import RosterProblem
from scheduler.slots import Slot, Slots
from wfm.errors import BadInput
from wfm.i18n import Text, both, say

__all__ = ["Shortage", "find_shortages", "hours_owed_bound", "refuse_hopeless", "refuse_impossible", "unfilled_bound"]


@dataclass(frozen=True, slots=True)
class Shortage:
    """Posts that must stay unfilled, by one argument.

    Attributes:
        text: the argument in one sentence.
        missing: how many posts of ``slots`` must stay unfilled.
        slots: indices of the slots of the argument.
    """

    text: Text
    missing: int
    slots: tuple[int, ...]


def find_shortages(slots: Slots) -> list[Shortage]:
    """Every counting argument that finds posts which must stay unfilled."""
    return [*_nights(slots), *_groups(slots), *_days(slots), *_alone(slots)]


def refuse_hopeless(problem: RosterProblem) -> None:
    """Refuse a roster that leaves a whole group or everything open: nobody is able to serve it, or everybody is away.

    Raises:
        BadInput: with the reason.
    """
    slots = Slots(problem)
    inside = slice(slots.period.start + 1, slots.period.stop)
    ways_on = say("add people or take its posts out, or build with --allow-gaps")
    if slots.all and slots.away[:, inside].all():
        raise BadInput(
            say(
                "everybody is on leave from {first} to {last}: there is nobody to roster; shorten the leave, or build with --allow-gaps",
                first=problem.first,
                last=problem.last,
            )
        )
    for shortage in _groups(slots):
        if not any(slots.able(slots.all[k]).any() for k in shortage.slots):
            raise BadInput(say("{why}; {ways_on}", why=shortage.text, ways_on=ways_on))


def refuse_impossible(problem: RosterProblem) -> None:
    """Refuse a roster that nobody could build, before any solving: more nights than people may work, or a
    group's posts beyond what all its people may take in the whole period.

    A single day with too few people is no contradiction: its posts stay open and are named.

    Raises:
        BadInput: with the counting argument.
    """
    slots = Slots(problem)
    inside = slice(slots.period.start + 1, slots.period.stop)
    reasons = [s.text for s in (*_nights(slots), *_groups(slots), *_alone(slots))]
    if slots.all and slots.away[:, inside].all():
        reasons = [both("everybody is on leave from {first} to {last}", first=problem.first, last=problem.last)]
    if reasons:
        raise BadInput(
            say(
                "the roster is impossible: {why}; add people or lower the need, or plan with --allow-gaps",
                why=reasons[0],
            )
        )


def unfilled_bound(slots: Slots, shortages: list[Shortage]) -> int:
    """Cost of unfilled posts that no roster can avoid: disjoint arguments add up, others do not."""
    best = 0
    taken: set[int] = set()
    total = 0
    for shortage in sorted(shortages, key=lambda s: -_least_cost(slots, s)):
        cost = _least_cost(slots, shortage)
        best = max(best, cost)
        if not taken & set(shortage.slots):
            taken |= set(shortage.slots)
            total += cost
    return max(best, total)


def hours_owed_bound(slots: Slots, hours_low: NDArray[np.int64]) -> int:
    """Cost of hours owed that no roster can avoid.

    Two arguments for each week, the stronger counts: its posts hold fewer hours than the people are owed; and its posts are
    so many duties, of which each brings one person the longest shift at most, so that the last duty of a week often brings
    less than a whole one (36 h owed are five duties of 8 h, or 4 h stay owed).

    ``hours_low`` is (agents, weeks) minutes, as in ``Goal``.
    """
    cost = 0
    for number, week in enumerate(slots.weeks):
        posts = [s for s in slots.all if s.day in week and s.paid_min > 0]
        if any(s.surplus_cost is not None for s in posts):
            continue
        low = np.maximum(hours_low[:, number] - slots.training_min[:, week.start : week.stop].sum(axis=1), 0)
        held = sum(s.need * s.paid_min for s in posts)
        longest = max((s.paid_min for s in posts), default=0)
        owed = int(low.sum())
        short = owed - held
        if longest:
            whole, rest = low // longest, low % longest
            brought = np.sort(np.concatenate([np.repeat(longest, int(whole.sum())), rest]))[::-1]
            short = max(short, owed - int(brought[: sum(s.need for s in posts)].sum()))
        cost += COST_HOUR_OWED * max(0, -(-short // 60))
    return cost


def _least_cost(slots: Slots, shortage: Shortage) -> int:
    """What the missing posts cost if they are the cheapest of the argument's."""
    cost, left = 0, shortage.missing
    posts = [slots.all[k] for k in shortage.slots]
    for price, need in sorted((COST_UNFILLED[s.role] if s.short_cost is None else s.short_cost, s.need) for s in posts):
        cost += price * min(left, need)
        left -= min(left, need)
    return cost


def _most_duties(slots: Slots, chosen: list[Slot], limit: Callable[[int], int | None]) -> NDArray[np.int64]:
    """(agents,) the most of the chosen slots each may take: a duty a day, and the limit per 28 days.

    The eve is left out: with it a period of four weeks would be longer than the limit's window.
    """
    days = np.zeros((slots.n_agents, slots.n_days), dtype=bool)
    for slot in chosen:
        days[:, slot.day] |= slots.eligible[:, slot.index]
    most = np.zeros(slots.n_agents, dtype=np.int64)
    for agent in range(slots.n_agents):
        cap = limit(agent)
        for low in range(slots.period.start + 1, slots.period.stop, 28):
            there = int(days[agent, low : min(low + 28, slots.period.stop)].sum())
            most[agent] += there if cap is None else min(cap, there)
    return most


def _nights(slots: Slots) -> list[Shortage]:
    nights = [s for s in slots.all if s.shift.night and s.day > slots.period.start]
    needed = sum(s.need for s in nights)

    def limit(agent: int) -> int | None:
        contract = slots.contracts[agent]
        caps = [c for c in (contract.nights_per_4_weeks_max, contract.duties_per_4_weeks_max) if c is not None]
        return min(caps) if caps else None

    most = _most_duties(slots, nights, limit)
    total = int(most.sum())
    if needed <= total:
        return []
    text = both(
        "the nights need {needed} duties, but the {people} people who can work nights may take {total} at most "
        "within leave and the limits of their contracts: {missing} stay unfilled",
        needed=needed,
        people=int((most > 0).sum()),
        total=total,
        missing=needed - total,
    )
    return [Shortage(text, needed - total, tuple(s.index for s in nights))]


def _groups(slots: Slots) -> list[Shortage]:
    found = []
    for group in slots.problem.hotline.groups:
        posts = [s for s in slots.all if s.group == group.id and s.day > slots.period.start]
        needed = sum(s.need for s in posts)
        most = _most_duties(slots, posts, lambda agent: slots.contracts[agent].duties_per_4_weeks_max)
        total = int(most.sum())
        if needed <= total:
            continue
        if slots.skilled[group.id].any() and not any(
            (slots.skilled[group.id] & slots.speaking(s)).any() for s in posts
        ):
            text = both(
                "nobody able to answer all lines of {group} speaks the dialects that its posts ask for: all of them ({needed}) stay unfilled",
                group=group.name,
                needed=needed,
            )
        elif not any(slots.able(s).any() for s in posts):
            text = both(
                "nobody is able to answer all lines of {group}: all its posts ({needed}) stay unfilled",
                group=group.name,
                needed=needed,
            )
        else:
            text = both(
                "{group} needs {needed} duties, but the {people} people able to answer its lines may take {total} "
                "at most within leave and the limits of their contracts: {missing} stay unfilled",
                group=group.name,
                needed=needed,
                people=int((most > 0).sum()),
                total=total,
                missing=needed - total,
            )
        found.append(Shortage(text, needed - total, tuple(s.index for s in posts)))
    return found


def _alone(slots: Slots) -> list[Shortage]:
    """Nights whose posts, with all that overlap them, are fewer than the people who have to be there together."""
    least = slots.problem.hotline.rules.night_people_min
    found = []
    for slot in slots.all if least > 1 else ():
        if not slot.shift.night or slot.day == slots.period.start or not slot.need:
            continue
        beside = [
            s
            for day in range(slot.day - 1, slot.day + 2)
            for s in slots.of_day.get(day, ())
            if s.start < slot.end and slot.start < s.end and slots.on_site(s)
        ]
        past = sum(1 for d in slots.past if d.start < slot.end and slot.start < d.end)
        if any(s.surplus_cost is not None for s in beside) or past + sum(s.need for s in beside) >= least:
            continue
        text = both(
            "{date} {shift}: {posts} posts at the same time, but {least} people must be there together at night: {missing} stay unfilled",
            date=slots.date_of(slot.day).isoformat(),
            shift=slot.shift.name,
            posts=sum(s.need for s in beside),
            least=least,
            missing=slot.need,
        )
        found.append(Shortage(text, slot.need, (slot.index,)))
    return found


def _days(slots: Slots) -> list[Shortage]:
    found = []
    for day in slots.period:
        posts = slots.of_day[day]
        needed = sum(s.need for s in posts)
        there = int(slots.eligible[:, [s.index for s in posts]].any(axis=1).sum()) if posts else 0
        if needed > there:
            text = both(
                "{date} has {needed} posts, but only {there} people able to fill any of them are there: {missing} stay unfilled",
                date=slots.date_of(day).isoformat(),
                needed=needed,
                there=there,
                missing=needed - there,
            )
            found.append(Shortage(text, needed - there, tuple(s.index for s in posts)))
    return found
