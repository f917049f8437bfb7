"""What the month's grid says: what the browser needs to tell of its cells, and the one sentence that matters of it."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from dashboard.pages.roster.sheet import Sheet
from dashboard.wording import day_label, number_words
from scheduler.roster_cells import LiveRoster
from wfm.i18n import say

__all__ = ["sheet_context", "sheet_sentence"]


def sheet_context(sheet: Sheet, *, draft: int, latest: int, may_edit: bool) -> dict[str, Any]:
    """What the browser needs to show cells and to say what they mean."""
    hotline = sheet.problem.hotline
    return {
        "draft": draft,
        "latest": latest,
        "mayEdit": may_edit,
        "days": [{"iso": day.isoformat(), "words": day_label(day), "rest": sheet.is_rest(day)} for day in sheet.days],
        "shifts": [
            {"label": sheet.words.labels[s.id], "name": s.name.of(), "times": f"{s.start}–{s.end}"}
            for s in hotline.shifts
        ],
        "groups": [{"id": g.id, "name": g.name.of(), "short": sheet.words.group_names[g.id]} for g in hotline.groups],
        "known": sorted(sheet.words.shifts),
        "words": {
            "A": "A",
            "B": say("B, stands by"),
            "remote": say("away from the centre"),
            "own": say("other times than its shift's, {times}", times="{times}"),
            "leave": say("on leave"),
            "training": say("in training"),
            "pinned": say("pinned"),
            "with": say("A and B of this post"),
            "free": say("free"),
            "waiting": say("saving …"),
            "slow": say("The server does not answer; the last change may not be saved. Reload the page."),
        },
    }


def sheet_sentence(sheet: Sheet, live: LiveRoster, name: str) -> tuple[str, str]:
    """The one sentence that matters of the roster called ``name``, and whether it is met, at risk or missed."""
    broken = sum(v.breaks_law for v in live.violations)
    lacking: Counter[tuple[date, str, str, str]] = Counter()
    there = Counter((d.date, d.group, d.shift, d.role) for mine in live.rows.values() for d in mine)
    for (day, group), kinds in sheet.posts.items():
        for (shift, role), wanted in kinds.items():
            if wanted > there[day, group, shift, role]:
                lacking[day, group, shift, role] = wanted - there[day, group, shift, role]
    law = (
        say("keeps every rule")
        if not broken
        else say("breaks one rule")
        if broken == 1
        else say("breaks {n} rules", n=number_words(broken))
    )
    if not lacking:
        return say("{roster} {law}; every post is filled.", roster=name, law=law), "missed" if broken else "met"
    (day, group, shift, role), missing = max(lacking.items(), key=lambda item: (item[1], -item[0][0].toordinal()))
    hotline = sheet.problem.hotline
    sentence = say(
        "{roster} {law}; {n} posts on {days} days are open, most on {day}: {missing} {role} of {shift}, {group}.",
        roster=name,
        law=law,
        n=number_words(sum(lacking.values())),
        days=len({key[0] for key in lacking}),
        day=day_label(day),
        missing=missing,
        role=role,
        shift=next((s.name for s in hotline.shifts if s.id == shift), shift),
        group=next((g.name for g in hotline.groups if g.id == group), group),
    )
    return sentence, "missed" if broken else "risk"
