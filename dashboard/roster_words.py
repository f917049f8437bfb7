"""The roster and the assumptions of a plan in words, for pages and reports alike."""

from __future__ import annotations

from dashboard.views import duty_counts
from dashboard.wording import number_words, source_text, value_words
from scenarios.plan import Plan
from wfm.i18n import both, say

__all__ = ["assumption_sentences", "fairness_rows", "roster_pairs"]


def roster_pairs(plan: Plan) -> list[tuple[str, str]]:
    """What is to be known of the roster, as name and words."""
    roster = plan.roster
    status = {
        "optimal": say("proved best"),
        "feasible": say("complete, not proved best"),
        "partial": say("partly filled"),
    }[roster.status]
    legal = say("keeps every rule") if roster.legal else say("breaks {n} rules", n=max(len(roster.violations), 1))
    return [
        (say("roster"), status),
        (say("checked"), legal),
        (say("duties to fill (A and B)"), number_words(roster.posts)),
        (say("unfilled"), number_words(roster.unfilled)),
        (
            say("agents"),
            say(
                "{used} of {all_agents}", used=number_words(roster.agents_used), all_agents=number_words(roster.agents)
            ),
        ),
        (say("hours (A)"), value_words(roster.hours, "h")),
    ]


def fairness_rows(plan: Plan) -> list[tuple[str, str, str, str]]:
    """For each burden: its name, and least, median and most of it over the agents on the roster."""
    counts = duty_counts(plan)
    names = (
        ("duties", say("duties (A and B)")),
        ("nights", say("nights")),
        ("rest_days", say("duties on weekends and holidays")),
        ("hours", say("hours (A)")),
    )
    return [
        (words, *(number_words(float(counts[key].quantile(q))) for q in (0.0, 0.5, 1.0)))  # type: ignore[misc]
        for key, words in names
        if len(counts)
    ]


def assumption_sentences(plan: Plan) -> list[str]:
    """What the plan rests on that nobody published, one sentence each."""
    found = []
    if plan.history == "synthetic":
        found.append(
            say(
                "Demand: no call records were imported; the forecast learned from generated, clearly synthetic records."
            )
        )
    for row in plan.scorecard:
        if row.source != "published" and row.limit is not None:
            why = row.note or both("{source} ({clause}).", source=source_text(row.source), clause=row.clause or "–")
            found.append(say("Target “{name}”: {why}", name=row.name, why=why))
    for source in plan.hotline.sources:
        if source.kind == "assumed" and source.why is not None:
            found.append(say("{why} [{paths}]", paths=", ".join(source.paths), why=source.why))
    return found
