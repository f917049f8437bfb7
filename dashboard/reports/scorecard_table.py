"""The scorecard as a table of the report: value, interval, probability, limit, clause, definition."""

from __future__ import annotations

from html import escape

from dashboard.colours import status_of
from dashboard.reports.pictures import sparkline
from dashboard.wording import (
    error_words,
    interval_words,
    limit_words,
    probability_words,
    source_words,
    value_words,
)
from scenarios.plan import Plan, ScoreRow
from wfm.i18n import say

__all__ = ["scorecard_table"]

_CLASS = {"met": "met", "at risk": "risk", "missed": "missed"}


def scorecard_table(plan: Plan) -> str:
    """Every target, in the order of the standard."""
    heads = (
        (say("status"), ""),
        (say("target"), ""),
        (say("value"), "n"),
        (say("95 % interval"), "n"),
        (say("kept with"), "n"),
        (say("limit"), "n"),
        (say("by day"), ""),
    )
    head = "".join(
        f'<th class="{cls}">{escape(words)}</th>' if cls else f"<th>{escape(words)}</th>" for words, cls in heads
    )
    note = say(
        "95 % interval: 2.5 % and 97.5 % quantiles over replications, forecast uncertainty included. "
        "±: Monte-Carlo error of the mean alone. Met: kept with 90 % probability or more; at risk: 50–90 %."
    )
    rows = "".join(_row(row) for row in plan.scorecard)
    return (
        f'<div class="wide"><table><thead><tr>{head}</tr></thead>{rows}</table></div><p class="note">{escape(note)}</p>'
    )


def _row(row: ScoreRow) -> str:
    look = status_of(row.status)
    error = error_words(row.mc_half_width, row.unit)
    half = f"<br>{escape(error)}" if error else ""
    status = (
        f'<span class="icon {_CLASS.get(row.status, "none")}" aria-hidden="true">{look.icon}</span> '
        f"{escape(look.word.of())}"
    )
    mark = "" if row.source == "published" else f' <span class="mark">{escape(source_words(row.source))}</span>'
    more = [escape(row.definition.of()), f"{escape(row.clause)}{mark}"]
    if row.quote.of():
        more.append(f"<q>{escape(row.quote.of())}</q>")
    if row.note is not None:
        more.append(escape(row.note.of()))
    return (
        f'<tbody><tr><td class="status">{status}</td><td class="name">{escape(row.name.of())}</td>'
        f'<td class="n">{escape(value_words(row.value, row.unit))}{half}</td>'
        f'<td class="n">{escape(interval_words(row.low, row.high, row.unit))}</td>'
        f'<td class="n">{escape(probability_words(row.p_met))}</td>'
        f'<td class="n">{escape(limit_words(row.operator, row.limit, row.unit))}</td>'
        f'<td class="trend">{sparkline(row)}</td></tr>'
        f'<tr class="more"><td></td><td colspan="6">{" · ".join(part for part in more if part)}</td></tr></tbody>'
    )
