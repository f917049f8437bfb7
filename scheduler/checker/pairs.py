"""Standing pairs (AB岗) are never both absent by day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from scheduler.checker.absence import is_busy, is_kept_from_nights, is_pinned_elsewhere, is_too_far
from scheduler.checker.view import RosterView
from scheduler.checker.violation import Violation
from scheduler.table_rows import rows_of
from wfm.hotline import Agent, Shift
from wfm.i18n import both

__all__ = ["PairsAway", "pairs_away", "standing_pairs"]


@dataclass(frozen=True, slots=True)
class PairsAway:
    """A day and its standing pairs: of whom nobody can come, of whom nobody is on duty, and how many may stay away."""

    date: date
    unable: list[tuple[str, str]]
    missing: list[tuple[str, str]]
    excused: int


def standing_pairs(view: RosterView) -> Iterator[Violation]:
    """On a working day with day posts of their lines, somebody of every standing pair is on duty.

    Both have their own duties; B keeps them while standing in for A. A pair of whom nobody can come (leave, weekdays) is named
    too. Where a day has fewer posts open to pairs than pairs that can come, as many pairs may stay away as posts are lacking.
    """
    for day in pairs_away(view):
        for a, b in day.unable:
            text = both("{date}: the pair {a} and {b} is away together: neither can come", date=day.date, a=a, b=b)
            yield Violation("standing_pairs", a, day.date, text)
        for a, b in day.missing if len(day.missing) > day.excused else ():
            text = both("{date}: neither of the pair {a} and {b} is on duty", date=day.date, a=a, b=b)
            yield Violation("standing_pairs", a, day.date, text)


def pairs_away(view: RosterView) -> list[PairsAway]:
    """Every working day on which somebody of each pair should be there."""
    pairs = sorted({(min(a.id, a.pair), max(a.id, a.pair)) for a in view.problem.agents if a.pair in view.agents})
    posts: dict[date, list[_Post]] = defaultdict(list)
    for row in rows_of(view.problem.posts):
        shift = view.shifts[str(row.shift)]
        for role, count in (("A", int(row.posts_a)), ("B", int(row.posts_b))):
            if not shift.night and count > 0:
                posts[pd.Timestamp(row.date).date()].append(_Post(str(row.group), shift, role, count))
    on_duty = {(d.agent, d.date) for d in view.duties}
    found = []
    for day, there in sorted(posts.items()) if pairs else ():
        if view.problem.kind_of(day) not in ("weekday", "makeup"):
            continue
        unable, missing, can_come = [], [], 0
        places: set[int] = set()
        for pair in pairs:
            people = [view.agents[name] for name in pair]
            theirs = [i for i, post in enumerate(there) if any(_answers(view, p, post.group) for p in people)]
            if not theirs:
                continue
            places |= set(theirs)
            if not any(_can(view, p, day, there[i]) for p in people for i in theirs):
                unable.append(pair)
                continue
            can_come += 1
            if not any((name, day) in on_duty for name in pair):
                missing.append(pair)
        found.append(PairsAway(day, unable, missing, max(0, can_come - sum(there[i].count for i in places))))
    return found


@dataclass(frozen=True, slots=True)
class _Post:
    """All posts of one group, shift and role on a day."""

    group: str
    shift: Shift
    role: str
    count: int


def _answers(view: RosterView, person: Agent, group: str) -> bool:
    kinds = view.problem.hotline.staff_kinds
    answers = not kinds or any(k.id == person.staff_kind and k.answers_calls for k in kinds)
    return answers and all(line in person.lines for line in view.problem.hotline.group(group).lines)


def _can(view: RosterView, person: Agent, day: date, post: _Post) -> bool:
    """Whether the person could hold the post: able, there, and kept from it by nothing else."""
    shift = post.shift
    days = [day]
    if shift.start_min + shift.length_min > 1440:
        days.append(day + timedelta(days=1))
    if any(x.agent == person.id and x.first <= d <= x.last for x in view.problem.leave for d in days):
        return False
    start = pd.Timestamp(day).tz_localize(view.problem.zone) + pd.Timedelta(minutes=shift.start_min)
    end = start + pd.Timedelta(minutes=shift.length_min)
    closed = any(s.first <= d <= s.last for s in view.problem.hotline.rules.centre_closed for d in days)
    return (
        _answers(view, person, post.group)
        and person.weekdays[day.weekday()] == "1"
        and not is_busy(view, person.id, start, end)
        and not is_kept_from_nights(view, person.id, shift, start, end)
        and not is_pinned_elsewhere(view, person.id, day, shift.id, post.group, post.role)
        and not (closed and not person.remote)
        and not (post.role == "B" and is_too_far(view, person))
    )
