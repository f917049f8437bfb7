"""The smaller tables of the report: the roster, its shifts, its fairness, and what was assumed."""

from __future__ import annotations

from html import escape

from dashboard.views import duties_by_shift, duty_counts
from dashboard.wording import number_words, shift_name, source_words, value_words
from scenarios.plan import Plan
from wfm.i18n import say

__all__ = [
    "assumption_sentences",
    "assumptions",
    "fairness_rows",
    "fairness_table",
    "roster_facts",
    "roster_pairs",
    "shift_table",
]


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


def roster_facts(plan: Plan) -> str:
    """The roster in a few facts, and each broken rule in a sentence."""
    facts = "".join(f"<div><dt>{escape(k)}</dt><dd>{escape(v)}</dd></div>" for k, v in roster_pairs(plan))
    broken = "".join(f"<li>{escape(text.of())}</li>" for text in plan.roster.violations[:20])
    return f'<dl class="facts">{facts}</dl>' + (f'<ul class="plain">{broken}</ul>' if broken else "")


def _head(words: list[str], numbers: list[str]) -> str:
    cells = [f"<th>{escape(w)}</th>" for w in words] + [f'<th class="n">{escape(w)}</th>' for w in numbers]
    return f"<tr>{''.join(cells)}</tr>"


def shift_table(plan: Plan) -> str:
    """Duties of each shift, A and B."""
    table = duties_by_shift(plan)
    if table.empty:
        return ""
    hours = {s.id: f"{s.start}–{s.end}" for s in plan.hotline.shifts}
    rows = "".join(
        f"<tr><td>{escape(shift_name(plan.hotline, str(shift)))}{' ☾' if night else ''}</td><td>{hours.get(str(shift), '')}</td>"
        f'<td class="n">{number_words(a)}</td><td class="n">{number_words(b)}</td></tr>'
        for shift, a, b, night in zip(table.index, table["A"], table["B"], table["night"], strict=True)
    )
    head = _head([say("shift"), say("time")], [say("A duties"), say("B duties")])
    return f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>"


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


def fairness_table(plan: Plan) -> str:
    """How evenly burdens are spread over the agents on the roster."""
    rows = "".join(
        f'<tr><td>{escape(name)}</td><td class="n">{low}</td><td class="n">{middle}</td><td class="n">{high}</td></tr>'
        for name, low, middle, high in fairness_rows(plan)
    )
    if not rows:
        return ""
    head = _head([say("per agent on the roster")], [say("least"), say("median"), say("most")])
    return f'<table style="margin-top:16px"><thead>{head}</thead><tbody>{rows}</tbody></table>'


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
            note = f" {row.note}" if row.note is not None else ""
            found.append(
                say(
                    "Target “{name}”: {source} ({clause}).{note}",
                    name=row.name,
                    source=source_words(row.source),
                    clause=row.clause or "–",
                    note=note,
                )
            )
    for source in plan.hotline.sources:
        if source.kind == "assumed" and source.why is not None:
            found.append(say("{paths}: {why}", paths=", ".join(source.paths), why=source.why))
    return found


def assumptions(plan: Plan) -> str:
    """What the plan rests on that nobody published."""
    found = assumption_sentences(plan)
    if not found:
        nothing = say("Nothing: every number is published.")
        return f"<p>{escape(nothing)}</p>"
    return f'<ul class="plain">{"".join(f"<li>{escape(words)}</li>" for words in found)}</ul>'
