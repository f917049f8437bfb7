"""The report of a plan: one HTML file that needs nothing else, in Chinese and in English."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from html import escape
from pathlib import Path

from dashboard.colours import status_of
from dashboard.reports.heatmaps import coverage_day_picture, coverage_picture
from dashboard.reports.pictures import (
    demand_by_day_picture,
    demand_picture,
    kpi_by_day_picture,
    seats_day_picture,
    seats_picture,
)
from dashboard.reports.scorecard_table import scorecard_table
from dashboard.reports.tables import assumptions, fairness_table, roster_facts, shift_table
from dashboard.sentences import findings_below, headline, worst_status
from dashboard.views import daily_rows, day_list, typical_week, weakest_day
from dashboard.wording import day_label, period_words, severity_words, sizing_words
from scenarios.input_names import input_words
from scenarios.plan import Plan
from wfm.i18n import LANGUAGES, Language, say, use_language

__all__ = ["render_report", "script_hash"]

_HERE = Path(__file__).parent
_STATUS_CLASS = {"met": "met", "at risk": "risk", "missed": "missed"}
_FINDING_ICONS = {"good": "✓", "notice": "•", "warning": "△", "problem": "✕"}
# One pattern for all pictures, outside the two languages: a pattern inside a hidden part would not draw.
_PATTERNS = (
    '<svg id="patterns" aria-hidden="true"><defs><pattern id="hatch" width="5" height="5"'
    ' patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="5" height="5" fill="#f6d9cb"/>'
    '<path d="M0 0V5" stroke="#c85000" stroke-width="3"/></pattern></defs></svg>'
)


@cache
def _script() -> str:
    return (_HERE / "report.js").read_text(encoding="utf-8").strip()


@cache
def _style() -> str:
    return (_HERE / "report.css").read_text(encoding="utf-8").strip()


def script_hash() -> str:
    """The script's hash as a content security policy names it: ``'sha256-…'``."""
    digest = hashlib.sha256(_script().encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def render_report(plan: Plan) -> bytes:
    """The report as UTF-8 HTML: both languages, pictures inside, no request to anywhere, A4 when printed.

    The language is the browser's, or ``?lang=zh`` / ``?lang=en``, and a button changes it. The same
    plan gives the same bytes.
    """
    bodies = "".join(_in_language(plan, language) for language in LANGUAGES)
    name = plan.hotline.name
    page = (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<link rel="icon" href="data:,">\n'
        f"<title>{escape(name.zh)} · {escape(name.en)}</title>\n"
        f"<style>\n{_style()}\n</style>\n<script>{_script()}</script>\n</head>\n<body>\n"
        '<button id="switch" type="button"><span class="only-en" lang="zh">中文</span>'
        '<span class="only-zh" lang="en">English</span></button>\n'
        f"{_PATTERNS}\n{bodies}</body>\n</html>\n"
    )
    return page.encode()


def _in_language(plan: Plan, language: Language) -> str:
    with use_language(language):
        figures = _Figures()
        parts = [_summary(plan), *_chapters(plan, figures), _footer(plan)]
        title = f"{plan.hotline.name} {period_words(plan)}"
        tag = "zh-CN" if language == "zh" else "en"
        inside = "\n".join(parts)
        return f'<main data-in="{language}" lang="{tag}" data-title="{escape(title, quote=True)}">\n{inside}\n</main>\n'


class _Figures:
    """Numbers the figures in the order in which they are shown."""

    def __init__(self) -> None:
        self.count = 0

    def show(self, picture: str, caption: str, note: str = "") -> str:
        self.count += 1
        below = f'<p class="note">{escape(note)}</p>' if note else ""
        number = escape(say("Figure {n}", n=self.count))
        return f'<figure><figcaption><b>{number}</b>{escape(caption)}</figcaption><div class="wide">{picture}</div>{below}</figure>'


def _summary(plan: Plan) -> str:
    status = _STATUS_CLASS.get(worst_status(plan), "")
    look = status_of(worst_status(plan))
    period = say("Plan {period}", period=period_words(plan))
    card = say("Scorecard")
    history = (
        say("generated records of {days} days", days=plan.history_days)
        if plan.history == "synthetic"
        else say("call records of {days} days", days=plan.history_days)
    )
    facts = {
        say("hotline"): f"{plan.hotline.number} · {plan.hotline.id}",
        say("standard"): plan.hotline.standard,
        say("forecast from"): history,
        say("simulated"): say("{n} replications", n=plan.replications),
    }
    shown = "".join(f"<div><dt>{escape(k)}</dt><dd>{escape(v)}</dd></div>" for k, v in facts.items())
    return (
        f"<header><h1>{escape(plan.hotline.name.of())}</h1>"
        f'<p class="period">{escape(period)}</p></header>'
        f'<p class="headline {status}"><span class="icon {status or "none"}" aria-hidden="true">{look.icon}</span> '
        f"{escape(headline(plan))}</p>"
        f"{_findings(plan)}"
        f"<h2>{escape(card)}</h2>{scorecard_table(plan)}"
        f'<dl class="facts">{shown}</dl>'
    )


def _findings(plan: Plan) -> str:
    items = []
    for finding in findings_below(plan):
        remedy = f'<span class="remedy">{escape(finding.remedy.of())}</span>' if finding.remedy else ""
        icon = _FINDING_ICONS[finding.severity]
        word = escape(severity_words(finding.severity), quote=True)
        items.append(
            f'<li><span class="icon {finding.severity}" role="img" aria-label="{word}">{icon}</span>'
            f"{escape(finding.text.of())}{remedy}</li>"
        )
    return f'<ul class="findings">{"".join(items)}</ul>' if items else ""


def _chapters(plan: Plan, figures: _Figures) -> list[str]:
    week, weak, days = typical_week(plan), weakest_day(plan), day_list(plan)
    daily = daily_rows(plan)
    typical = say("typical week from {day}", day=day_label(week[0])) if len(days) > len(week) else say("whole period")
    by_day_note = say("Rest days are tinted. Make-up working days are marked “workday”.")
    parts = [
        _chapter(say("What will come")),
        figures.show(
            demand_picture(plan, week),
            say("Forecast calls by line, {span}", span=typical),
            say("Line: mean. Dark band: 80 % of outcomes, light band: 95 %."),
        ),
        figures.show(demand_by_day_picture(plan), say("Calls a day, whole period"), by_day_note),
        _chapter(say("Required and rostered")),
        figures.show(
            seats_picture(plan, week),
            say("Agents required and rostered, whole hotline, {span}", span=typical),
            say("Seats opened are a cap, not a target."),
        ),
        figures.show(seats_day_picture(plan, weak), say("The weakest day, {day}, by group", day=day_label(weak))),
        figures.show(
            coverage_day_picture(plan, weak), say("Cover on {day}, by group and interval", day=day_label(weak))
        ),
        figures.show(
            coverage_picture(plan),
            say("Cover of the whole period by hour"),
            say("Numbers: agents that the worst group lacks. Blue: agents left over in all groups together."),
        ),
    ]
    if daily:
        parts.append(_chapter(say("Day by day")))
        parts.append(
            figures.show(
                kpi_by_day_picture(plan, daily),
                say("Daily values of the targets, mean over replications"),
                say("Dashed: the limit. A ring marks a day beyond it."),
            )
        )
    parts += [_section(say("The roster")), roster_facts(plan), shift_table(plan), fairness_table(plan)]
    parts += [_section(say("What is assumed")), assumptions(plan)]
    return parts


def _section(words: str) -> str:
    return f"<h2>{escape(words)}</h2>"


def _chapter(words: str) -> str:
    """A section that starts a new page when printed."""
    return f'<h2 class="new-page">{escape(words)}</h2>'


def _footer(plan: Plan) -> str:
    hashes = " · ".join(input_words(dict(sorted(plan.inputs.items())), 12))
    words = say(
        "{sizing} · seed {seed} · version {version} · forecast model {model} · inputs: {hashes}",
        sizing=sizing_words(plan),
        seed=plan.seed,
        version=plan.version,
        model=plan.forecast_model,
        hashes=hashes or "–",
    )
    again = (
        say("The same inputs and seed give the same plan.")
        if plan.reproducible
        else say("Solved against the clock: the same inputs may give another roster of the same kind.")
    )
    return f"<footer>{escape(words)}<br>{escape(again)}</footer>"
