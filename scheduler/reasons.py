"""Why posts stay unfilled, who owes hours, which pairs are away: in words, in both languages."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scheduler.count_limits import owed_units
from scheduler.eligibility import HINDRANCES
from scheduler.goal import Goal
from scheduler.rules import RULES
from scheduler.slots import Slot
from scheduler.soundness import pins_missing
from scheduler.work import Work
from wfm.i18n import LANGUAGES, Text, both, list_words, use_language

__all__ = ["explain"]

SENTENCES = 20
"""Unfilled posts explained one by one; the rest is counted."""


def explain(work: Work, goal: Goal) -> list[Text]:
    """A sentence for each unfilled post, each pair away, and one for the hours owed."""
    missing = work.missing()
    unfilled = sorted((s for s in work.slots.all if missing[s.index] > 0), key=lambda s: (s.role, s.day, s.index))
    found = [_why_unfilled(work, slot, int(missing[slot.index])) for slot in unfilled[:SENTENCES]]
    if len(unfilled) > SENTENCES:
        others = sum(int(missing[s.index]) for s in unfilled[SENTENCES:])
        found.append(both("unfilled for like reasons: {posts} more posts", posts=others))
    return [*_owed(work), *found, *_pairs_away(work, goal), *_hours_owed(work, goal)]


def _owed(work: Work) -> list[Text]:
    """Pinned duties that nobody has, and least amounts of contracts that are not reached."""
    slots = work.slots
    agents = slots.problem.agents
    found = []
    for agent, day in pins_missing(work):
        pin = next(p for who, p in slots.pins_of_day[day] if who == agent)
        found.append(
            both(
                "{agent} is to work {shift} on {date}, but has no duty",
                agent=agents[agent].id,
                shift=pin.shift,
                date=pin.date,
            )
        )
    short = owed_units(work)
    for agent in np.flatnonzero(short)[:SENTENCES].tolist():
        found.append(
            both(
                "{agent} stays {units} below the least of the contract {contract}",
                agent=agents[agent].id,
                units=int(short[agent]),
                contract=slots.contracts[agent].name,
            )
        )
    return found


def _why_unfilled(work: Work, slot: Slot, missing: int) -> Text:
    slots = work.slots
    able = slots.able(slot)
    parts = _hindered(work, slot, able)
    where = {
        "date": slots.date_of(slot.day).isoformat(),
        "shift": slot.shift.name,
        "group": slots.problem.hotline.group(slot.group).name,
        "missing": missing,
        "role": slot.role,
        "able": int(able.sum()),
    }
    if not able.any():
        asked = slots.problem.dialects_for(slots.date_of(slot.day), slot.group, slot.shift.id)
        if slots.skilled[slot.group].any() and asked and not (slots.skilled[slot.group] & slots.speaking(slot)).any():
            return both(
                "{date} {shift} ({group}): {missing} of the {role} posts unfilled: nobody able to answer all its lines speaks {dialects}",
                **where,
                dialects=_listed([Text(d, d) for d in asked]),
            )
        if slot.shift.night and (slots.skilled[slot.group] & slots.speaking(slot)).any():
            return both(
                "{date} {shift} ({group}): {missing} of the {role} posts unfilled: nobody able to answer all its lines works nights",
                **where,
            )
        return both(
            "{date} {shift} ({group}): {missing} of the {role} posts unfilled: nobody is able to answer all its lines",
            **where,
        )
    return both(
        "{date} {shift} ({group}): {missing} of the {role} posts unfilled; of {able} able people: {parts}",
        **where,
        parts=_listed(parts),
    )


def _hindered(work: Work, slot: Slot, able: NDArray[np.bool_]) -> list[Text]:
    """How many of the able each hindrance keeps away, each person counted once."""
    slots = work.slots
    parts = []
    left = able.copy()
    same = [s.index for s in slots.of_day[slot.day] if s.group == slot.group and s.shift.id == slot.shift.id]
    on_post = np.isin(work.slot[:, slot.day], same)
    if (left & on_post).any():
        parts.append(both("{people} already on this shift", people=int((left & on_post).sum())))
    left &= ~on_post
    for hindrance in HINDRANCES:
        kept = left & hindrance.keeps(slots, slot)
        if kept.any():
            parts.append(hindrance.counted(int(kept.sum())))
        left &= ~kept
    for rule in RULES:
        blocked = left & (rule.breaks or rule.blocks)(work, slot)
        if blocked.any():
            parts.append(rule.counted(int(blocked.sum())))
        left &= ~blocked
    return parts


def _pairs_away(work: Work, goal: Goal) -> list[Text]:
    agents = work.slots.problem.agents
    found = []
    for day in goal.pair_days:
        date = work.slots.date_of(day.day).isoformat()
        for a, b in day.absent:
            found.append(
                both(
                    "{date}: the pair {a} and {b} is away together: neither can come",
                    date=date,
                    a=agents[a].id,
                    b=agents[b].id,
                )
            )
        away = [pair for pair in day.pairs if not work.on[list(pair), day.day].any()]
        for a, b in away if len(away) > day.excused else []:
            found.append(
                both("{date}: neither of the pair {a} and {b} is on duty", date=date, a=agents[a].id, b=agents[b].id)
            )
    return found


def _hours_owed(work: Work, goal: Goal) -> list[Text]:
    owed = np.zeros(work.slots.n_agents)
    for number, week in enumerate(work.slots.weeks):
        left = goal.hours_low[:, number] - work.paid_min[:, week.start : week.stop].sum(axis=1)
        owed += np.maximum(left, 0) / 60
    people = int((owed > 0).sum())
    if not people:
        return []
    return [
        both(
            "below the least hours of their contract: {people} people, by {hours} h in all",
            people=people,
            hours=f"{owed.sum():.0f}",
        )
    ]


def _listed(parts: list[Text]) -> Text:
    spoken = {}
    for chosen in LANGUAGES:
        with use_language(chosen):
            spoken[chosen] = list_words([p.of(chosen) for p in parts])
    return Text(**spoken)
