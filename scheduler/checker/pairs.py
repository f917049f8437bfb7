"""Standing pairs (AB岗) are never both absent by day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

import pandas as pd

from scheduler.checker.view import RosterView
from scheduler.checker.violation import Violation
from scheduler.table_rows import rows_of
from wfm.hotline import Agent, Shift
from wfm.i18n import both

__all__ = ["standing_pairs"]


def standing_pairs(view: RosterView) -> Iterator[Violation]:
    """On a working day with day posts of their lines, somebody of every standing pair is on duty.

    A pair of whom nobody can come (leave, weekdays) is named too. Where a day has fewer posts open to pairs
    than pairs that can come, as many pairs may stay away as posts are lacking.
    """
    pairs = sorted({tuple(sorted((a.id, a.pair))) for a in view.problem.agents if a.pair and a.pair in view.agents})
    posts: dict[date, list[tuple[str, Shift, int]]] = defaultdict(list)
    for row in rows_of(view.problem.posts):
        shift = view.shifts[str(row.shift)]
        if not shift.night and row.posts_a + row.posts_b > 0:
            posts[pd.Timestamp(row.date).date()].append((str(row.group), shift, int(row.posts_a + row.posts_b)))
    on_duty = {(d.agent, d.date) for d in view.duties}
    for day, there in sorted(posts.items()) if pairs else ():
        if view.problem.kind_of(day) not in ("weekday", "makeup"):
            continue
        missing, places, can_come = [], set(), 0
        for pair in pairs:
            people = [view.agents[name] for name in pair]
            theirs = [i for i, (group, _, _) in enumerate(there) if any(_answers(view, p, group) for p in people)]
            if not theirs:
                continue
            places |= set(theirs)
            if not any(_can(view, p, day, there[i]) for p in people for i in theirs):
                text = both(
                    "{date}: the pair {a} and {b} is away together: neither can come", date=day, a=pair[0], b=pair[1]
                )
                yield Violation("standing_pairs", pair[0], day, text)
                continue
            can_come += 1
            if not any((name, day) in on_duty for name in pair):
                missing.append(pair)
        excused = max(0, can_come - sum(there[i][2] for i in places))
        for pair in missing if len(missing) > excused else ():
            text = both("{date}: neither of the pair {a} and {b} is on duty", date=day, a=pair[0], b=pair[1])
            yield Violation("standing_pairs", pair[0], day, text)


def _answers(view: RosterView, person: Agent, group: str) -> bool:
    kinds = view.problem.hotline.staff_kinds
    answers = not kinds or any(k.id == person.staff_kind and k.answers_calls for k in kinds)
    return answers and all(line in person.lines for line in view.problem.hotline.group(group).lines)


def _can(view: RosterView, person: Agent, day: date, post: tuple[str, Shift, int]) -> bool:
    group, shift, _ = post
    days = [day]
    if shift.start_min + shift.length_min > 1440:
        days.append(day + timedelta(days=1))
    on_leave = any(x.agent == person.id and x.first <= d <= x.last for x in view.problem.leave for d in days)
    return _answers(view, person, group) and person.weekdays[day.weekday()] == "1" and not on_leave
