"""Who walks in which crew of a cycle, and where each of them sits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pandas as pd

from scheduler.problem import RosterProblem
from scheduler.table_rows import rows_of
from wfm.errors import BadInput
from wfm.hotline import OFF, Agent, PatternCycle, RosterPattern, Shift
from wfm.i18n import say

__all__ = ["Need", "groups_for", "may_serve", "people_of_crews", "seat_people", "wanted_posts"]

Need = dict[tuple[date, str], dict[tuple[str, str], int]]
"""Posts still to fill by (date, shift): (group, role) → how many."""


def wanted_posts(posts: pd.DataFrame) -> Need:
    """The posts table as :data:`Need`."""
    found: Need = {}
    for row in rows_of(posts):
        here = found.setdefault((pd.Timestamp(row.date).date(), str(row.shift)), {})
        for role, count in (("A", int(row.posts_a)), ("B", int(row.posts_b))):
            if count:
                here[str(row.group), role] = count
    return found


def groups_for(problem: RosterProblem, cycle: PatternCycle, shift: Shift) -> list[str]:
    """Groups that the shift may serve, the cycle's own group alone where it names one.

    Raises:
        BadInput: the shift cannot serve the group, or none.
    """
    hotline = problem.hotline
    able = [g.id for g in hotline.groups if shift in hotline.shifts_of(g.id)]
    found = [g for g in able if not cycle.group or g == cycle.group]
    if not found:
        raise BadInput(
            say(
                "the shift {shift} of the pattern cannot serve {group}",
                shift=shift.id,
                group=cycle.group or hotline.id,
            )
        )
    return found


def may_serve(problem: RosterProblem, agent: Agent, group: str, shift: Shift) -> bool:
    """Whether the person answers calls, all lines of the group, and at night works nights."""
    kinds = {k.id: k.answers_calls for k in problem.hotline.staff_kinds}
    if kinds and not kinds.get(agent.staff_kind, False):
        return False
    if shift.night and not agent.night:
        return False
    return set(problem.hotline.group(group).lines) <= set(agent.lines)


def people_of_crews(
    problem: RosterProblem, pattern: RosterPattern, cycle: PatternCycle, taken: set[str]
) -> list[list[str]]:
    """Agents of each crew. Named teams or people as they are; else the able, dealt out one by one.

    Raises:
        BadInput: a named person or team is unknown, or fewer people are able than there are crews.
    """
    if cycle.agents:
        known = {a.id for a in problem.agents}
        for name in cycle.agents:
            if name not in known:
                raise BadInput(say("pattern {pattern}: unknown agent {agent}", pattern=pattern.id, agent=name))
        size = len(cycle.agents) // cycle.crews
        return [list(cycle.agents[n * size : (n + 1) * size]) for n in range(cycle.crews)]
    if cycle.teams:
        crews = [[a.id for a in problem.agents if a.team == team] for team in cycle.teams]
        for team, crew in zip(cycle.teams, crews, strict=True):
            if not crew:
                raise BadInput(say("pattern {pattern}: nobody is in the team {team}", pattern=pattern.id, team=team))
        return crews
    shifts = {s.id: s for s in problem.hotline.shifts}
    words = [w for w in dict.fromkeys(cycle.days) if w != OFF]
    serving = {w: groups_for(problem, cycle, shifts[w]) for w in words}
    contracts = {c.id: c for c in problem.hotline.contracts}
    usual = "11111" if cycle.working_days_only else "1111111"
    able = [
        a
        for a in problem.agents
        if a.id not in taken
        and a.weekdays.startswith(usual)
        and all(any(may_serve(problem, a, g, shifts[w]) for g in serving[w]) for w in words)
        and not (any(shifts[w].night for w in words) and contracts[a.contract].nights_per_4_weeks_max == 0)
    ]
    if len(able) < cycle.crews:
        raise BadInput(
            say(
                "pattern {pattern}: {crews} crews need as many people able to serve all its shifts, found {found}",
                pattern=pattern.id,
                crews=cycle.crews,
                found=len(able),
            )
        )
    size = cycle.people or _asked_for(problem, cycle, words, serving)
    size = max(1, min(size, len(able) // cycle.crews))
    able.sort(key=lambda a: -contracts[a.contract].hours_per_week_max)
    chosen = able[: size * cycle.crews]
    return [[a.id for a in chosen[crew :: cycle.crews]] for crew in range(cycle.crews)]


def _asked_for(problem: RosterProblem, cycle: PatternCycle, words: list[str], serving: Mapping[str, list[str]]) -> int:
    """People per crew so that the fullest date of the posts is served; without posts the least cover of the groups."""
    if len(problem.posts):
        most = 0
        for (_, shift), here in wanted_posts(problem.posts).items():
            if shift in words:
                most = max(most, sum(n for (group, _), n in here.items() if group in serving[shift]))
        return max(most, 1)
    hotline = problem.hotline
    return max(1, *(sum(hotline.group(g).minimum_seats for g in serving[w]) for w in words))


def seat_people(
    problem: RosterProblem,
    cycle: PatternCycle,
    shift: Shift,
    day: date,
    people: list[str],
    need: Need,
) -> list[tuple[str, str, str]]:
    """(agent, group, role) for the people of one (date, shift); ``need`` shrinks by what they fill.

    A posts come first, in them the groups that fewest of the people can serve; who is left over answers as a
    further A where most people are already wanted.
    """
    by_id = {a.id: a for a in problem.agents}
    groups = groups_for(problem, cycle, shift)
    able = {p: [g for g in groups if may_serve(problem, by_id[p], g, shift)] for p in people}
    here = need.setdefault((day, shift.id), {})
    wanted = {g: sum(n for (group, _), n in here.items() if group == g) for g in groups}
    left = sorted((p for p in people if able[p]), key=lambda p: (len(able[p]), people.index(p)))
    found: list[tuple[str, str, str]] = []
    for role in ("A", "B"):
        order = sorted((g for g in groups if here.get((g, role))), key=lambda g: sum(g in able[p] for p in left))
        for group in order:
            takers = [p for p in left if group in able[p]][: here[group, role]]
            here[group, role] -= len(takers)
            found += [(p, group, role) for p in takers]
            left = [p for p in left if p not in takers]
    found += [(p, max(able[p], key=lambda g: (wanted[g], -groups.index(g))), "A") for p in left]
    return found


def is_there(problem: RosterProblem, cycle: PatternCycle, agent: Agent, day: date, shift: Shift) -> bool:
    """Whether leave and weekdays let the person begin the shift on the day."""
    touched = {day, day + timedelta(days=(shift.start_min + shift.length_min - 1) // 1440)}
    if any(x.agent == agent.id and x.first <= d <= x.last for x in problem.leave for d in touched):
        return False
    return cycle.working_days_only or agent.weekdays[day.weekday()] == "1"
