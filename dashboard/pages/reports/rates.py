"""The rates of the standard by week, month or quarter, from the records: value, limit, clause and trend."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from dash import html

from dashboard.attributes import cell_label
from dashboard.colours import status_of
from dashboard.desk import Desk
from dashboard.pages.parts import STATUS_CLASS
from dashboard.pages.plan.charts import defined
from dashboard.wording import day_label, difference_words, limit_words, number_words, source_words, value_words
from scenarios.recorded_rates import Kind, PeriodRates, RateRow, before, daily_counts, period_rates, rate_rows
from wfm.hotline import Hotline
from wfm.i18n import language, list_words, say

__all__ = ["COUNT_OF", "counts_of", "period_words", "rates_headline", "rates_part", "rates_table", "rates_with_trend"]

COUNT_OF: dict[Kind, int] = {"week": 13, "month": 13, "quarter": 6}
"""Periods shown."""
_LOOKED_UP: dict[Kind, int] = {"week": 66, "month": 26, "quarter": 11}


def counts_of(desk: Desk, hotline: Hotline) -> pd.DataFrame:
    """Daily counts of the hotline's records, counted once and kept under the home folder."""
    return daily_counts(hotline, desk.records(hotline.id), desk.home / "counts")


def rates_with_trend(hotline: Hotline, counts: pd.DataFrame, desk: Desk, kind: Kind) -> list[PeriodRates]:
    """The periods with what their trends are seen against, the newest first."""
    return period_rates(hotline, counts, desk.home, kind, _LOOKED_UP[kind])


def period_words(period: PeriodRates) -> str:
    """What a period is called; a part of it where not all days have records."""
    first = period.first
    if period.kind == "week":
        name = say(
            "week of {day}",
            day=f"{day_label(first, weekday=False)} {first.year}"
            if language() == "en"
            else f"{first.year}年{day_label(first, weekday=False)}",
        )
    elif period.kind == "month":
        name = f"{first.year}年{first.month}月" if language() == "zh" else f"{_MONTHS[first.month - 1]} {first.year}"
    else:
        quarter = (first.month - 1) // 3 + 1
        name = f"{first.year}年第{quarter}季度" if language() == "zh" else f"Q{quarter} {first.year}"
    return name  # fmt: skip


_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip


def rates_headline(rows: tuple[RateRow, ...], periods: list[PeriodRates]) -> tuple[str, str]:
    """The last whole period in a sentence, and its look."""
    period = next((one for one in periods if one.whole), periods[0])
    judged = [(row, period.values.get(row.target, math.nan)) for row in rows if row.limit is not None]
    known = [(row, value, row.met(value)) for row, value in judged if row.met(value) is not None]
    missed = [(row, value) for row, value, met in known if not met]
    name = period_words(period)
    if not known:
        return say("{period}: no rate with a limit is known from the records.", period=name), "none"
    if missed:
        worst = say(
            "{name} {value} (limit {limit})",
            name=missed[0][0].name,
            value=value_words(missed[0][1], missed[0][0].unit),
            limit=limit_words(missed[0][0].operator, missed[0][0].limit, missed[0][0].unit),
        )
        words = say(
            "{period}: {missed} of {all} rates missed; first {worst}.",
            period=name, missed=len(missed), all=len(known), worst=worst,
        )  # fmt: skip
        return words, "missed"
    return say("{period}: all {all} rates with a limit are kept.", period=name, all=len(known)), "met"


def rates_part(hotline: Hotline, periods: list[PeriodRates], kind: Kind, *, generated: bool = False) -> list[Any]:
    """One table: periods down, rates across, each with its limit and trend; ``generated``: no call was recorded."""
    rows = [
        row for row in rate_rows(hotline) if any(math.isfinite(p.values.get(row.target, math.nan)) for p in periods)
    ]
    unknown = [row for row in rate_rows(hotline) if row not in rows]
    by_first = {period.first: period for period in periods}
    shown = periods[: COUNT_OF[kind]]
    head = html.Thead(
        html.Tr(
            [
                html.Th(say("period"), scope="col"),
                html.Th(say("calls"), className="n", scope="col"),
                *(
                    html.Th(
                        [
                            defined(row.name.of(), row.definition.of(), row.clause),
                            html.Span(
                                say("no limit")
                                if row.limit is None
                                else limit_words(row.operator, row.limit, row.unit),
                                className="small",
                            ),
                            html.Span(
                                [
                                    row.clause,
                                    " ",
                                    html.Span(source_words(row.source), className="assumed")
                                    if row.source != "published"
                                    else None,
                                ],
                                className="small clause",
                            ),
                        ],
                        className="n",
                        scope="col",
                    )
                    for row in rows
                ),
            ]
        )
    )
    body = [
        html.Tr(
            [
                html.Th([period_words(period), _part_of(period)], scope="row", className="full"),
                html.Td(number_words(period.offered), className="n", **cell_label(say("calls"))),
                *(
                    html.Td(
                        _cell(
                            row,
                            period.values.get(row.target, math.nan),
                            by_first.get(before(period.first, kind)),
                            by_first.get(before(period.first, kind, 1)),
                        ),
                        className="n",
                        **cell_label(row.name.of()),
                    )
                    for row in rows
                ),
            ]
        )
        for period in shown
    ]
    notes = [
        say(
            "Counted from the stored records; “before”: the {kind} before; “last year”: the same {kind} a year ago. "
            "▲ better, ▼ worse.",
            kind={"week": say("week"), "month": say("month"), "quarter": say("quarter")}[kind],
        )
    ]
    if generated:
        notes.insert(0, say("△ These calls are generated, not recorded: they show what reports will look like."))
    if unknown:
        notes.append(say("Not known from the records: {names}.", names=list_words([row.name.of() for row in unknown])))
    return [
        html.Div(html.Table([head, html.Tbody(body)], className="score rates"), className="wide"),
        *(html.P(words, className="note") for words in notes),
    ]  # fmt: skip


def _part_of(period: PeriodRates) -> html.Span | None:
    if period.whole:
        return None
    days = (period.last - period.first).days + 1
    return html.Span(say("{known} of {days} days", known=period.known_days, days=days), className="small")


def _cell(row: RateRow, value: float, earlier: PeriodRates | None, year: PeriodRates | None) -> list[Any]:
    met = row.met(value)
    status = status_of("met" if met else "missed") if met is not None else None
    mark = (
        html.Span(
            [status.icon, " "], className=f"mark {STATUS_CLASS['met' if met else 'missed']}", title=status.word.of()
        )
        if status
        else None
    )
    trends = [
        (say("before"), earlier.values.get(row.target, math.nan) if earlier else math.nan),
        (say("last year"), year.values.get(row.target, math.nan) if year else math.nan),
    ]
    told = [
        html.Span(f"{words} {_trend(row, value - was)}", className="small")
        for words, was in trends
        if math.isfinite(value) and math.isfinite(was)
    ]
    return [mark, value_words(value, row.unit), *told]  # fmt: skip


def _trend(row: RateRow, difference: float) -> str:
    words = difference_words(difference, row.unit)
    if not any(c in words for c in "+−"):
        return words
    better = (difference > 0) == (row.better == "higher")
    return f"{'▲' if better else '▼'} {words}"


def rates_table(hotline: Hotline, periods: list[PeriodRates], kind: Kind) -> pd.DataFrame:
    """The same as a table: one row a period and rate, with what trends are seen against."""
    by_first = {period.first: period for period in periods}
    nowhere = PeriodRates(kind, periods[0].first, periods[0].last, 0, math.nan, {}) if periods else None
    rows = []
    for period in periods[: COUNT_OF[kind]]:
        earlier = by_first.get(before(period.first, kind), nowhere)
        year = by_first.get(before(period.first, kind, 1), nowhere)
        for row in rate_rows(hotline):
            value = period.values.get(row.target, math.nan)
            rows.append(
                {
                    "period": kind,
                    "first": period.first,
                    "last": period.last,
                    "days_known": period.known_days,
                    "calls": period.offered,
                    "target": row.target,
                    "name": row.name.of(),
                    "value": value,
                    "unit": row.unit,
                    "operator": row.operator,
                    "limit": row.limit,
                    "met": row.met(value),
                    "period_before": earlier.values.get(row.target, math.nan) if earlier else math.nan,
                    "year_before": year.values.get(row.target, math.nan) if year else math.nan,
                    "clause": row.clause,
                    "source": row.source,
                    "definition": row.definition.of(),
                }
            )
    return pd.DataFrame(rows)
