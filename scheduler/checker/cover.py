"""Every post is filled, by two different people where it has an A and a B."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date

import pandas as pd

from scheduler.checker.view import RosterView
from scheduler.checker.violation import Violation
from scheduler.table_rows import rows_of
from wfm.i18n import both

__all__ = ["posts_filled", "two_people"]


def two_people(view: RosterView) -> Iterator[Violation]:
    """A post has at most one A and one B, and they are different people."""
    posts: dict[tuple[date, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for duty in view.duties:
        posts[duty.date, duty.post][duty.role].append(duty.agent)
    for (day, post), roles in posts.items():
        for role, people in roles.items():
            if len(people) > 1:
                text = both(
                    "post {post} has {count} agents as {role}; one is allowed", post=post, count=len(people), role=role
                )
                yield Violation("two_people", people[1], day, text)
        for agent in sorted(set(roles["A"]) & set(roles["B"])):
            text = both("{agent} is both A and B of post {post}", agent=agent, post=post)
            yield Violation("two_people", agent, day, text)


def posts_filled(view: RosterView) -> Iterator[Violation]:
    """As many A and B duties as there are posts, on every (date, group, shift)."""
    wanted: dict[tuple[date, str, str, str], int] = {}
    for row in rows_of(view.problem.posts):
        day = pd.Timestamp(row.date).date()
        wanted[day, str(row.group), str(row.shift), "A"] = int(row.posts_a)
        wanted[day, str(row.group), str(row.shift), "B"] = int(row.posts_b)
    filled = Counter((d.date, d.group, d.shift, d.role) for d in view.duties)
    for key in sorted(wanted.keys() | filled.keys()):
        day, group, shift, role = key
        posts, duties = wanted.get(key, 0), filled[key]
        if posts != duties:
            text = both(
                "{date}, {group}, {shift}: {duties} duties for {posts} {role} posts",
                date=day,
                group=group,
                shift=shift,
                duties=duties,
                posts=posts,
                role=role,
            )
            yield Violation("posts_filled", "", day, text)
