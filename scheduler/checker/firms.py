"""No firm fills more than its share of a shift."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from math import floor

import pandas as pd

from scheduler.checker.view import RosterView
from scheduler.checker.violation import Violation
from scheduler.table_rows import rows_of
from wfm.i18n import both

__all__ = ["firm_share"]


def firm_share(view: RosterView) -> Iterator[Violation]:
    """A firm's people fill at most ``firm_share_max`` of the A posts of a (date, shift), but always one."""
    share = view.problem.hotline.rules.firm_share_max
    if share >= 1:
        return
    posts: Counter[tuple[object, str]] = Counter()
    for row in rows_of(view.problem.posts):
        posts[pd.Timestamp(row.date).date(), str(row.shift)] += int(row.posts_a)
    filled = Counter(
        (d.date, d.shift, view.agents[d.agent].firm) for d in view.duties if d.role == "A" and d.agent in view.agents
    )
    for (day, shift, firm), count in filled.items():
        most = max(1, floor(share * posts[day, shift] + 1e-9))
        if firm and count > most:
            text = both(
                "{date}, {shift}: {firm} fills {count} posts; {most} are allowed",
                date=day,
                shift=shift,
                firm=firm,
                count=count,
                most=most,
            )
            yield Violation("firm_share", "", day, text)
