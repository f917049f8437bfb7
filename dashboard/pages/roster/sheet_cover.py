"""The rows beneath the month's grid: posts and people of each group and day, and what is short or over."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from typing import Any

from dashboard.pages.roster.sheet import Sheet
from dashboard.wording import day_label
from scheduler.roster_cells import LiveRoster
from wfm.i18n import say

__all__ = ["cover_rows"]


def cover_rows(sheet: Sheet, live: LiveRoster) -> list[dict[str, Any]]:
    """A row for each group: posts and people of each day, and what is said of it."""
    there: dict[tuple[date, str], Counter[tuple[str, str]]] = defaultdict(Counter)
    for (_, day), duties in live.rows.items():
        for duty in duties:
            there[day, duty.group][duty.shift, duty.role] += 1
    beyond = defaultdict(list)
    for violation in live.violations:
        if violation.rule == "posts_surplus" and violation.date is not None:
            beyond[violation.date].append(violation.text)
    rows = []
    for group in sheet.problem.hotline.groups:
        if not any(key[1] == group.id for key in (*sheet.posts, *there)):
            continue
        row: dict[str, Any] = {"id": f"cover-{group.id}", "name": group.name.of(), "group": group.id}
        for day, n in sheet.places.items():
            found = _cover_cell(sheet, day, sheet.posts.get((day, group.id)), there.get((day, group.id)))
            # The checker's sentences name the group by its identifier.
            broken = [text.of() for text in beyond[day] if f", {group.id}, " in text.en]
            if found and broken:
                found[3] = "\n".join([found[3], *(f"✕ {words}" for words in broken)])
                found.append(1)
            row[f"d{n}"] = found
        rows.append(row)
    return rows


def _cover_cell(
    sheet: Sheet, day: date, posts: Counter[tuple[str, str]] | None, filled: Counter[tuple[str, str]] | None
) -> list[Any] | None:
    """People as A, posts of A, short or over by most, and a line for each shift."""
    wanted, there = posts or Counter(), filled or Counter()
    if not wanted and not there:
        return None
    kinds = [
        (shift.id, role)
        for shift in sheet.problem.hotline.shifts
        for role in ("A", "B")
        if wanted[shift.id, role] or there[shift.id, role]
    ]
    gaps = [there[kind] - wanted[kind] for kind in kinds]
    state = "short" if min(gaps, default=0) < 0 else "over" if max(gaps, default=0) > 0 else "right"
    lines = [_cover_line(sheet, kind, there[kind], wanted[kind]) for kind in kinds]
    people, asked = (sum(n for (_, role), n in c.items() if role == "A") for c in (there, wanted))
    return [people, asked, state, "\n".join([day_label(day), *lines])]


def _cover_line(sheet: Sheet, kind: tuple[str, str], there: int, wanted: int) -> str:
    shift = next(s for s in sheet.problem.hotline.shifts if s.id == kind[0])
    said = say("{shift} {role}: {there} of {wanted}", shift=shift.name, role=kind[1], there=there, wanted=wanted)
    if there < wanted:
        return said + " · " + say("{n} short", n=wanted - there)
    return said + (" · " + say("{n} over", n=there - wanted) if there > wanted else "")
