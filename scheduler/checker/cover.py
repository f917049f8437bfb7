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

__all__ = ["posts_filled", "posts_surplus", "surplus_costs", "two_people"]


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
    """As many A and B duties as there are posts, on every (date, group, shift); A duties beyond them may be allowed."""
    wanted: dict[tuple[date, str, str, str], int] = {}
    extra = set(surplus_costs(view.problem.posts))
    for row in rows_of(view.problem.posts):
        day = pd.Timestamp(row.date).date()
        wanted[day, str(row.group), str(row.shift), "A"] = int(row.posts_a)
        wanted[day, str(row.group), str(row.shift), "B"] = int(row.posts_b)
    filled = Counter((d.date, d.group, d.shift, d.role) for d in view.duties)
    for key in sorted(wanted.keys() | filled.keys()):
        day, group, shift, role = key
        posts, duties = wanted.get(key, 0), filled[key]
        if duties < posts or (duties > posts and not (role == "A" and key[:3] in extra)):
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


def posts_surplus(view: RosterView) -> Iterator[Violation]:
    """Nobody is on duty beyond the posts, but as A where the posts name what that costs (``surplus_cost``)."""
    posts: Counter[tuple[date, str, str, str]] = Counter()
    extra = set(surplus_costs(view.problem.posts))
    for row in rows_of(view.problem.posts):
        key = (pd.Timestamp(row.date).date(), str(row.group), str(row.shift))
        posts[*key, "A"] += int(row.posts_a)
        posts[*key, "B"] += int(row.posts_b)
    filled = Counter((d.date, d.group, d.shift, d.role) for d in view.duties)
    for (day, group, shift, role), duties in sorted(filled.items()):
        if duties > posts[day, group, shift, role] and not (role == "A" and (day, group, shift) in extra):
            text = both(
                "{date}, {group}, {shift}: {duties} {role} duties, {more} beyond the posts",
                date=day,
                group=group,
                shift=shift,
                duties=duties,
                role=role,
                more=duties - posts[day, group, shift, role],
            )
            yield Violation("posts_surplus", "", day, text)


def surplus_costs(posts: pd.DataFrame) -> dict[tuple[date, str, str], float]:
    """Cost of each A beyond the posts, by (date, group, shift), where the posts name it."""
    if "surplus_cost" not in posts:
        return {}
    return {
        (pd.Timestamp(row.date).date(), str(row.group), str(row.shift)): float(row.surplus_cost)
        for row in rows_of(posts)
        if not pd.isna(row.surplus_cost)
    }
