"""The smaller tables of the report: the roster, its shifts, its fairness, and what was assumed."""

from __future__ import annotations

from html import escape

from dashboard.roster_words import assumption_sentences, fairness_rows, roster_pairs
from dashboard.views import duties_by_shift
from dashboard.wording import number_words, shift_name
from scenarios.plan import Plan
from wfm.i18n import say

__all__ = ["assumptions", "fairness_table", "roster_facts", "shift_table"]


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


def assumptions(plan: Plan) -> str:
    """What the plan rests on that nobody published."""
    found = assumption_sentences(plan)
    if not found:
        nothing = say("Nothing: every number is published.")
        return f"<p>{escape(nothing)}</p>"
    return f'<ul class="plain">{"".join(f"<li>{escape(words)}</li>" for words in found)}</ul>'
