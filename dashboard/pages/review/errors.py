"""How good the forecasts were over time: WAPE, bias and the coverage of their bands, by day, week and line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import dash_mantine_components as dmc
from dash import html

from dashboard.asked import Asked
from dashboard.attributes import cell_label
from dashboard.desk import Desk
from dashboard.figures.review import coverage_of_bands_figure, errors_figure
from dashboard.graph import graph
from dashboard.pages.parts import card, download, key, select
from dashboard.pages.review.against import choices, table_address
from dashboard.pages.review.period import Period, against_of, kinds_of, lead_of, line_of
from dashboard.wording import day_label, line_name, number_words, value_words
from scenarios.forecast_against import errors_by, recorded_cells
from scenarios.scenario import Scenario
from wfm.i18n import say
from wfm.review.forecast_accuracy import Accuracy, accuracy_of

__all__ = ["errors_part"]

WEEKS_FROM_DAYS = 29
"""Longer periods are shown by week, unless days are asked for."""


def errors_part(asked: Asked, desk: Desk, scenario: Scenario, period: Period) -> list[Any]:
    """Everything of the part “Errors”."""
    against = against_of(desk, scenario, period, lead_of(asked), desk.now(asked))
    line = line_of(asked, scenario)
    weeks = asked.get("by") == "week" or (asked.get("by") != "day" and period.days >= WEEKS_FROM_DAYS)
    bar = html.Div(
        [
            *choices(asked, scenario, line),
            select(
                "review-by",
                say("Shown"),
                [("day", say("by day")), ("week", say("by week"))],
                "week" if weeks else "day",
                140,
            ),
        ],
        className="controls choices",
    )
    cells = recorded_cells(against, line)
    if cells.empty:
        return [bar, html.P(say("No interval of this period was both forecast and recorded."), className="empty")]
    over_time = errors_by(against, "week" if weeks else "day", line)
    by_line = errors_by(against, "line")
    names = {one.id: one.name.of() for one in scenario.hotline.lines}
    days = {day: one for day, one in over_time.items() if isinstance(day, date)}
    whole = accuracy_of(cells)
    parts = [(names.get(str(one), str(one)), found) for one, found in by_line.items()]
    if len(parts) > 1:
        parts.append((say("all lines"), accuracy_of(recorded_cells(against))))
    marks = key(
        [
            (say("WAPE of the intervals"), {}, "line"),
            (say("bias: forecast too high"), {"background": "var(--over)", "opacity": "0.75"}, ""),
            (say("bias: forecast too low"), {"background": "var(--short)", "opacity": "0.75"}, ""),
        ]
    )
    bands = key(
        [
            (say("● in the 80 % band"), {"display": "none"}, ""),
            (say("◆ in the 95 % band"), {"display": "none"}, ""),
            (say("what they should hold"), {}, "cap"),
        ]
    )
    return [
        bar,
        html.P(_sentence(whole, line_name(scenario.hotline, line) if line else ""), id="review-errors-sentence"),
        card(
            say("Errors over time"),
            [
                marks,
                graph(
                    "review-errors", errors_figure(days, kinds_of(scenario, period), period.list, weeks, asked.screen)
                ),
            ],
            [download("review-errors-csv", table_address("errors", asked, period))],
        ),
        card(
            say("Do the bands hold what they should?"),
            [bands, graph("review-coverage", coverage_of_bands_figure(parts, asked.screen))],
        ),
        card(say("By line"), [_table(parts, say("line"))]),
        card(
            say("By week") if weeks else say("By day"),
            [
                _table(
                    [(day_label(day), one) for day, one in reversed(days.items())],
                    say("week from") if weeks else say("day"),
                )
            ],
        ),
    ]


def _sentence(whole: Accuracy, line: str) -> str:
    outside = [c for c in whole.coverage if c.high < c.nominal or c.low > c.nominal]
    words = say(
        "An interval is off by {wape} on average, a day by {day}.",
        wape=value_words(whole.wape, "share"),
        day=value_words(whole.day_wape, "share"),
    )
    if line:
        words = say("{line}: {words}", line=line, words=words)
    if not whole.coverage or whole.coverage[0].share != whole.coverage[0].share:
        return words
    shown = {
        "share": value_words(whole.coverage[0].share, "share"),
    }
    if not outside:
        return say("{words} The 80 % band holds {share} of the intervals, as it should.", words=words, **shown)
    if whole.coverage[0].share > whole.coverage[0].nominal:
        return say(
            "{words} The 80 % band holds {share} of the intervals: it is wider than need be.", words=words, **shown
        )
    return say("{words} The 80 % band holds only {share} of the intervals: it is too narrow.", words=words, **shown)


def _table(rows: Sequence[tuple[str, Accuracy]], first: str) -> html.Table:
    heads = [
        (first, ""),
        (say("calls"), say("Calls recorded in intervals that were forecast, in opening hours.")),
        (
            say("WAPE"),
            say(
                "Σ|forecast − actual| ÷ Σ actual over the intervals. Few calls an interval make it large by chance alone."
            ),
        ),
        (say("bias"), say("Σ(forecast − actual) ÷ Σ actual: above zero the forecast was too high.")),
        (say("day WAPE"), say("The same of whole days: Σ|forecast − actual| of daily totals ÷ Σ actual.")),
        (
            say("in 80 % band"),
            say("Share of the intervals inside the band that should hold 80 % of them, with its own 95 % interval."),
        ),
        (
            say("in 95 % band"),
            say("Share of the intervals inside the band that should hold 95 % of them, with its own 95 % interval."),
        ),
    ]
    body = []
    for name, one in rows:
        cells = [
            number_words(one.calls),
            value_words(one.wape, "share"),
            _signed(one.bias),
            value_words(one.day_wape, "share"),
            *(_band(one, nominal) for nominal in (0.80, 0.95)),
        ]
        body.append(
            html.Tr(
                [
                    html.Td(html.B(name), className="full"),
                    *(html.Td(cell, className="n", **cell_label(heads[at][0])) for at, cell in enumerate(cells, 1)),
                ]
            )
        )
    head = html.Thead(
        html.Tr([html.Th(_defined(*one), scope="col", className="n" if at else "") for at, one in enumerate(heads)])
    )
    return html.Table([head, html.Tbody(body)], className="score")


def _defined(word: str, meaning: str) -> Any:
    if not meaning:
        return word
    return dmc.Tooltip(
        html.Span(word, className="defined", tabIndex="0"),
        label=meaning,
        multiline=True,
        w=300,
        events={"hover": True, "focus": True, "touch": True},
        withArrow=True,
    )


def _band(one: Accuracy, nominal: float) -> Any:
    found = next((c for c in one.coverage if abs(c.nominal - nominal) < 1e-9), None)
    if found is None or found.share != found.share:
        return "–"
    span = f"{value_words(found.low, 'share')} – {value_words(found.high, 'share')}"
    return [value_words(found.share, "share"), html.Span(span, className="small")]


def _signed(value: float) -> str:
    shown = value_words(value, "share")
    return shown.replace("-", "−") if not value > 0 else f"+{shown}"
