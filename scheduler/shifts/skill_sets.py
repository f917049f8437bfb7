"""Who may take a shift: people with the same skills, the groups they can serve, and how many they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from wfm.hotline import Agent, Hotline

__all__ = ["SkillSet", "one_set_a_group", "skill_sets_of"]


@dataclass(frozen=True, slots=True)
class SkillSet:
    """People who may serve the same groups."""

    id: str
    groups: tuple[str, ...]
    """Groups they may serve, at any time each of them in its hours."""
    people: int | None = None
    """How many they are: posts begun on one day at most. None: no limit."""
    hours_per_week: float | None = None
    """Paid hours that all of them together may work in a week. None: no limit."""


def one_set_a_group(hotline: Hotline) -> tuple[SkillSet, ...]:
    """Every group has people of its own, as many as needed."""
    return tuple(SkillSet(group.id, (group.id,)) for group in hotline.groups)


def skill_sets_of(hotline: Hotline, agents: Iterable[Agent]) -> tuple[SkillSet, ...]:
    """The people of a hotline by what they can serve: the groups all of whose lines they know.

    People whose kind of staff does not answer, and those who can serve no group, are left out. A set is named by its
    groups. Its people are those on an average day: the weekdays on which each can be rostered count by seventh parts,
    and no more of them than a weekly rest day leaves.
    """
    silent = {kind.id for kind in hotline.staff_kinds if not kind.answers_calls}
    contracts = {contract.id: contract for contract in hotline.contracts}
    days: dict[tuple[str, ...], float] = {}
    hours: dict[tuple[str, ...], float] = {}
    rest = hotline.rules.weekly_rest_days_min
    for agent in agents:
        groups = tuple(g.id for g in hotline.groups if set(g.lines) <= set(agent.lines))
        if agent.staff_kind in silent or not groups:
            continue
        able = min(agent.weekdays.count("1"), 7 - rest)
        days[groups] = days.get(groups, 0.0) + able / 7
        contract = contracts.get(agent.contract)
        hours[groups] = hours.get(groups, 0.0) + (168.0 if contract is None else contract.hours_per_week_max)
    order = {group.id: n for n, group in enumerate(hotline.groups)}
    return tuple(
        SkillSet("+".join(groups), groups, int(days[groups] + 1e-9), hours[groups])
        for groups in sorted(days, key=lambda names: (len(names), [order[name] for name in names]))
    )
