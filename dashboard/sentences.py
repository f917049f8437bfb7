"""The one sentence that stands above everything else, and what a picture says to those who cannot see it."""

from __future__ import annotations

from datetime import date

from dashboard.once_a_plan import once_a_plan
from dashboard.wording import (
    clock_range,
    day_label,
    number_words,
)
from scenarios.findings import weak_spots
from scenarios.plan import Finding, Plan, ScoreRow
from wfm.i18n import say

__all__ = ["findings_below", "headline", "scored_rows", "weak_place", "weak_sentence", "worst_status"]

_ORDER = {"missed": 0, "at risk": 1, "met": 2}


def scored_rows(plan: Plan) -> list[ScoreRow]:
    """Rows that a limit decides, the most worrying first."""
    rows = [row for row in plan.scorecard if row.status in _ORDER]
    return sorted(rows, key=lambda r: (_ORDER[r.status], r.p_met if r.p_met is not None else 0.0))


def worst_status(plan: Plan) -> str:
    """The worst status of the plan's targets: ``missed``, ``at risk``, ``met`` or ``unknown``."""
    rows = scored_rows(plan)
    return rows[0].status if rows else "unknown"


def headline(plan: Plan) -> str:
    """What matters, from the numbers: do the targets hold, how surely, and where is the weak hour.

    The plan's first finding says the first half.
    """
    return say("{targets} {weak}", targets=plan.findings[0].text, weak=weak_sentence(plan)).strip()


def weak_sentence(plan: Plan) -> str:
    """Where agents are missing most, or that none are."""
    spots = weak_spots(plan.hotline, plan.requirement, plan.cover)
    if not spots:
        return say("Every interval has the agents it requires.")
    spot = spots[0]
    start = spot.start.tz_convert(plan.hotline.time_zone)
    return say(
        "The weak hour is {day} {clock}, {group} ({short} short).",
        day=day_label(start.date()),
        clock=clock_range(start.to_pydatetime(), (spot.end - spot.start).total_seconds() / 60),
        group=spot.group,
        short=number_words(spot.short),
    )


@once_a_plan
def weak_place(plan: Plan) -> tuple[str, date] | None:
    """Group and day of the weak hour; None when no agent is missing."""
    spots = weak_spots(plan.hotline, plan.requirement, plan.cover)
    if not spots:
        return None
    group = next((g.id for g in plan.hotline.groups if g.name == spots[0].group), "")
    return group, spots[0].start.tz_convert(plan.hotline.time_zone).date()


def findings_below(plan: Plan) -> list[Finding]:
    """Findings that stand under the headline: all but the first, which says the same as the headline."""
    return list(plan.findings[1:])
