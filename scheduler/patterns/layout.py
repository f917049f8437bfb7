"""The roster that a pattern makes by itself: cycles first, then pools take turns at what is left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pandas as pd

from scheduler.duties import duties_of
from scheduler.patterns.crews import Need, groups_for, is_there, people_of_crews, seat_people, wanted_posts
from scheduler.patterns.cycle import crew_duties, duty_date, entry_of
from scheduler.patterns.facts import pattern_facts
from scheduler.patterns.turns import take_turns
from scheduler.problem import POST_COLUMNS, RosterProblem
from scheduler.slots import Slot, Slots
from scheduler.table_rows import rows_of
from scheduler.work import Work
from wfm.calendar import DayKind
from wfm.errors import BadInput
from wfm.hotline import OFF, PatternCycle, PatternTurns, RosterPattern, Shift
from wfm.i18n import Text, say

__all__ = ["PatternRoster", "lay_out"]

Seat = tuple[str, str, str]
"""(shift, group, role) of one agent on one date."""


@dataclass(frozen=True, slots=True)
class PatternRoster:
    """A roster laid out by a pattern.

    Attributes:
        duties: ``tables.DUTIES``.
        posts: the posts it is measured against: those given, or the pattern's own.
        crews: agents of each crew, cycle by cycle.
        flags: what stands against the pattern for the people in it, with the article.
    """

    duties: pd.DataFrame
    posts: pd.DataFrame
    crews: tuple[tuple[tuple[str, ...], ...], ...]
    flags: tuple[Text, ...]


def lay_out(problem: RosterProblem, pattern: RosterPattern) -> PatternRoster:
    """Lay the pattern over the period.

    Without posts in the problem the pattern brings its own: as many as its crews have people, and those of its
    pools. Who is on leave is not on duty, and nobody steps in. Cycles do not ask the rules (the checker does
    afterwards); pools take no turn that a rule forbids.

    Raises:
        BadInput: the pattern's people, shifts and groups do not fit together, or give somebody two duties on a day.
    """
    given = len(problem.posts) > 0
    need = wanted_posts(problem.posts)
    seats: dict[tuple[str, date], Seat] = {}
    own: Counter[tuple[date, str, str, str]] = Counter()
    crews, taken = [], set[str]()
    for cycle in pattern.cycles:
        people = people_of_crews(problem, pattern, cycle, taken)
        taken |= {p for crew in people for p in crew}
        crews.append(tuple(tuple(crew) for crew in people))
        _walk(problem, pattern, cycle, people, need if given else None, seats, own)
    if not given:
        for turns in pattern.turns:
            own += _own_posts(problem, turns)
    laid = Counter((day, group, shift, role) for (_, day), (shift, group, role) in seats.items())
    wide = replace(problem, posts=_posts_table(problem.posts if given else _of_counts(own), laid))
    slots = Slots(wide)
    work = Work.of_history(slots)
    index: dict[tuple[int, str, str, str], Slot] = {(s.day, s.group, s.shift.id, s.role): s for s in slots.all}
    for (agent, day), (shift, group, role) in seats.items():
        number, slot = slots.agent_numbers[agent], index[slots.day_of(day), group, shift, role]
        if slots.eligible[number, slot.index]:  # court dates and a closed centre keep people away too
            work.assign(number, slot)
    busy = {slots.agent_numbers[p] for p in taken}
    for turns in pattern.turns:
        take_turns(work, pattern, turns, busy)
    contracts = {a.contract for a in problem.agents if a.id in taken} or {a.contract for a in problem.agents}
    facts = pattern_facts(problem.hotline, pattern, [c for c in problem.hotline.contracts if c.id in contracts])
    return PatternRoster(
        duties=duties_of(work),
        posts=problem.posts if given else _of_counts(own),
        crews=tuple(crews),
        flags=tuple(dict.fromkeys(flag for part in facts for flag in part.flags)),
    )


def _walk(
    problem: RosterProblem,
    pattern: RosterPattern,
    cycle: PatternCycle,
    people: list[list[str]],
    need: Need | None,
    seats: dict[tuple[str, date], Seat],
    own: Counter[tuple[date, str, str, str]],
) -> None:
    """Put every crew on duty; posts of the pattern's own are counted before anybody is taken out for leave."""
    by_id = {a.id: a for a in problem.agents}
    shifts = {s.id: s for s in problem.hotline.shifts}
    on_duty: dict[tuple[date, str], list[str]] = {}
    for crew, members in enumerate(people):
        for day, shift in _dated(problem, pattern, cycle, crew, shifts):
            on_duty.setdefault((day, shift.id), []).extend(members)
    for (day, word), members in sorted(on_duty.items()):
        shift = shifts[word]
        there = [p for p in members if is_there(problem, cycle, by_id[p], day, shift)]
        seated = seat_people(
            problem, cycle, shift, day, members if need is None else there, {} if need is None else need
        )
        for agent, group, role in seated:
            if need is None:
                own[day, group, word, role] += 1
            if agent not in there:
                continue
            if (agent, day) in seats:
                raise BadInput(
                    say(
                        "pattern {pattern}: {agent} has two duties on {date}", pattern=pattern.id, agent=agent, date=day
                    )
                )
            seats[agent, day] = (word, group, role)


def _dated(
    problem: RosterProblem, pattern: RosterPattern, cycle: PatternCycle, crew: int, shifts: dict[str, Shift]
) -> Iterator[tuple[date, Shift]]:
    """Duties of a crew in the period, on the eve too where posts ask for it, on the days on which the shift may begin."""
    eve = problem.first - timedelta(days=1)
    begins = eve if any(pd.Timestamp(row.date).date() == eve for row in rows_of(problem.posts)) else problem.first
    if cycle.working_days_only:
        yield from _on_working_days(problem, pattern, cycle, crew, shifts, begins)
        return
    for day, shift in crew_duties(pattern, cycle, crew, shifts, begins, problem.last):
        if str(problem.kind_of(day)) in shift.days:
            yield day, shift


def _on_working_days(
    problem: RosterProblem,
    pattern: RosterPattern,
    cycle: PatternCycle,
    crew: int,
    shifts: dict[str, Shift],
    begins: date,
) -> Iterator[tuple[date, Shift]]:
    """Working days alone; a make-up day that the cycle has off is worked with the crew's shift before it."""
    day = begins - timedelta(days=1)
    while day <= problem.last:
        kind = problem.kind_of(day)
        word = entry_of(cycle, crew, day)
        if kind is DayKind.MAKEUP and word == OFF:
            before = (entry_of(cycle, crew, day - timedelta(days=n)) for n in range(1, len(cycle.days)))
            word = next(w for w in before if w != OFF)
        if word != OFF and kind in (DayKind.WEEKDAY, DayKind.MAKEUP):
            on = duty_date(pattern, shifts[word], day)
            if begins <= on <= problem.last:
                yield on, shifts[word]
        day += timedelta(days=1)


def _own_posts(problem: RosterProblem, turns: PatternTurns) -> Counter[tuple[date, str, str, str]]:
    """Posts of a pool's own by the kind of day."""
    found: Counter[tuple[date, str, str, str]] = Counter()
    shifts = {s.id: s for s in problem.hotline.shifts}
    for row in turns.posts:
        shift = shifts[row.shift]
        group = groups_for(problem, PatternCycle(days=(shift.id,), group=turns.group), shift)[0]
        for n in range(problem.days):
            day = problem.first + timedelta(days=n)
            kind = problem.kind_of(day)
            count = {DayKind.HOLIDAY: row.holiday, DayKind.WEEKEND: row.weekend}.get(kind, row.weekday)
            if count and str(kind) in shift.days:
                found[day, group, shift.id, "A"] += count
    return found


def _of_counts(counts: Counter[tuple[date, str, str, str]]) -> pd.DataFrame:
    """Posts from counts by (date, group, shift, role)."""
    keys = sorted({key[:3] for key in counts})
    rows = [(pd.Timestamp(d), g, s, counts[d, g, s, "A"], counts[d, g, s, "B"]) for d, g, s in keys]
    table = pd.DataFrame(rows, columns=list(POST_COLUMNS)).astype({"posts_a": "int64", "posts_b": "int64"})
    table["date"] = pd.to_datetime(table["date"]).astype("datetime64[ns]")
    return table


def _posts_table(posts: pd.DataFrame, laid: Counter[tuple[date, str, str, str]]) -> pd.DataFrame:
    """The posts, with more where the pattern puts more people."""
    counts = Counter(laid)
    for row in rows_of(posts):
        day = pd.Timestamp(row.date).date()
        for role, count in (("A", int(row.posts_a)), ("B", int(row.posts_b))):
            key = (day, str(row.group), str(row.shift), role)
            counts[key] = max(counts[key], count)
    return _of_counts(counts)
