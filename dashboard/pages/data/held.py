"""What is stored: a calendar of the days, how far each kind of record reaches, and what is missing, in words."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from dash import dcc, html

from dashboard.asked import Asked
from dashboard.attributes import UNSPOKEN, aria_label, cell_label
from dashboard.desk import Desk
from dashboard.pages.data.stock import Stock, run_words, runs_of
from dashboard.pages.parts import card, download, facts, key
from dashboard.person import here
from dashboard.wording import dated_label, day_label, number_words, weekday_letter, weekday_name
from scenarios.scenario import Scenario
from wfm.i18n import language, list_words, say
from wfm.records.held_days import HeldDay

__all__ = ["held_part", "state_words"]

MONTHS_SHOWN = 12
RUNS_SHOWN = 20


def held_part(asked: Asked, desk: Desk, scenario: Scenario, stock: Stock) -> list[Any]:
    """Everything of the tab “What is there”."""
    if not stock.days:
        return [_empty(asked)]
    return [
        card(
            say("Days"),
            [_marks(), _calendar(stock, asked), _missing(stock)],
            [
                _years(stock, asked),
                download("data-days-csv", asked.with_(tab="").replace("/data", "/download/data/days.csv", 1)),
            ],
        ),
        card(say("How far the records reach"), [_reach(stock, scenario)]),
    ]


def _empty(asked: Asked) -> html.Div:
    way = (
        html.P(dcc.Link(say("Import the first file"), href=asked.with_(tab="import"), className="button"))
        if here().may("records")
        else html.P(say("Somebody of operations can import the first file."))
    )
    return html.Div(
        [
            html.H2(say("No records yet")),
            html.P(
                say(
                    "Here will stand, day by day, which call records are stored, which are missing, and how far work orders, "
                    "satisfaction answers and states of agents reach."
                )
            ),
            way,
        ],
        className="empty",
    )


def state_words(one: HeldDay) -> str:
    """What is there of a day, in words."""
    if one.state == "closed":
        return say("closed")
    if one.state == "missing":
        return say("missing")
    calls = say("{count} calls", count=number_words(one.calls)) if one.calls else ""
    told = list_words([word for word in (calls, say("counts by interval") if one.intervals else "") if word])
    if one.state == "under way":
        return say("{what} so far, the day is under way", what=told)
    if one.part is not None and one.state == "part":
        start, end = one.part.clock_span
        return say("{what}, only from {start} to {end}", what=told, start=start, end=end)
    return told


def _marks() -> html.Ul:
    return key(
        [
            (say("whole"), {}, "day-swatch whole"),
            (say("only a part"), {}, "day-swatch part"),
            (say("under way"), {}, "day-swatch under-way"),
            (say("missing"), {}, "day-swatch missing"),
            (say("closed"), {}, "day-swatch closed"),
        ]
    )


def _shown(stock: Stock, asked: Asked) -> list[HeldDay]:
    """The days of the chosen year, else of the last months."""
    year = asked.number("year")
    if year is not None:
        return [one for one in stock.days if one.day.year == year]
    last = stock.days[-1].day
    first = date(last.year - (1 if last.month < MONTHS_SHOWN else 0), last.month % MONTHS_SHOWN + 1, 1)
    return [one for one in stock.days if one.day >= first]


def _years(stock: Stock, asked: Asked) -> html.Nav | None:
    """Ways to other years, where there are more days than are shown."""
    years = sorted({one.day.year for one in stock.days}, reverse=True)
    if stock.days[0].day >= _shown(stock, Asked(asked.path))[0].day:
        return None
    links = [dcc.Link(say("last 12 months"), href=asked.with_(year=""))]
    links += [dcc.Link(str(year), href=asked.with_(year=year)) for year in years]
    return html.Nav(links, className="years", **aria_label(say("Years")))


def _calendar(stock: Stock, asked: Asked) -> html.Div:
    by_month: dict[tuple[int, int], list[HeldDay]] = {}
    for one in _shown(stock, asked):
        by_month.setdefault((one.day.year, one.day.month), []).append(one)
    return html.Div([_month(year, month, days) for (year, month), days in by_month.items()], className="months")


def _month(year: int, month: int, days: list[HeldDay]) -> html.Table:
    title = say("{month} {year}", month=_month_name(month), year=year)
    held = {one.day: one for one in days}
    first = date(year, month, 1)
    start = first - timedelta(days=first.weekday())
    weeks = []
    day = start
    while day.month == month or day < first:
        weeks.append([day + timedelta(days=n) for n in range(7)])
        day += timedelta(days=7)
    monday = date(2024, 1, 1)
    weekdays = [monday + timedelta(days=n) for n in range(7)]
    head = html.Thead(html.Tr([html.Th(weekday_letter(day), scope="col", title=weekday_name(day)) for day in weekdays]))
    rows = [html.Tr([_cell(day, held.get(day), month) for day in week]) for week in weeks]
    return html.Table([html.Caption(title), head, html.Tbody(rows)], className="month")


def _cell(day: date, one: HeldDay | None, month: int) -> html.Td:
    if day.month != month:
        return html.Td("")
    if one is None:
        return html.Td(html.Span(str(day.day), className="day none"))
    words = f"{day_label(day)}: {state_words(one)}"
    return html.Td(
        html.Span(
            str(day.day), className=f"day {one.state.replace(' ', '-')}", title=words, role="img", **aria_label(words)
        )
    )


def _month_name(month: int) -> str:
    names = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return f"{month}月" if language() == "zh" else names[month - 1]


def _missing(stock: Stock) -> Any:
    """What is missing and what is there in part, in words."""
    items = [
        html.Li([html.Span("✕", className="mark missed", **UNSPOKEN), " ", run_words(run)])
        for run in runs_of(stock.missing)[-RUNS_SHOWN:]
    ]
    parts = [
        html.Li([html.Span("△", className="mark risk", **UNSPOKEN), " ", f"{dated_label(one.day)}: {state_words(one)}"])
        for one in stock.days
        if one.state == "part"
    ]
    if not items and not parts:
        return html.P(say("No open day is missing, and none is there in part only."), className="note")
    return html.Details(
        [
            html.Summary(
                say(
                    "{missing} missing and {part} partial days in words",
                    missing=len(stock.missing),
                    part=len(stock.in_part),
                )
            ),
            html.Ul([*items, *parts[-RUNS_SHOWN:]], className="day-list"),
        ]
    )


def _reach(stock: Stock, scenario: Scenario) -> html.Div:
    """A row for each kind of record."""
    heads = (say("records"), say("from"), say("to"), say("how many"))
    rows = []
    with_calls = [one for one in stock.days if one.calls]
    if with_calls:
        total = sum(one.calls or 0 for one in with_calls)
        name = say("calls, generated") if "synthetic" in stock.labels else say("calls, one by one")
        rows.append((name, with_calls[0].day, with_calls[-1].day, say("{count} calls", count=number_words(total))))
    names = {line.id: line.name.of() for line in scenario.hotline.lines}
    by_layout: dict[str, list[Any]] = {}
    for feed in stock.feeds:
        by_layout.setdefault(feed.layout, []).append(feed)
    for layout, feeds in by_layout.items():
        days = sorted({date.fromisoformat(day) for feed in feeds for day in feed.days})
        lines = list_words(sorted({names.get(line, line) for feed in feeds for line, _, _ in feed.queues.values()}))
        minutes = min(feed.interval_min for feed in feeds)
        title = say("counts by {minutes} min ({layout}): {lines}", minutes=minutes, layout=layout or "–", lines=lines)
        rows.append((title, days[0], days[-1], say("{count} days", count=number_words(len(days)))))
    for item in stock.items:
        count = say("{count} entries", count=number_words(item.entries))
        rows.append((item.table.title.of(), item.first, item.last, count))
    table = html.Table(
        [
            html.Thead(html.Tr([html.Th(word, scope="col") for word in heads])),
            html.Tbody(
                [
                    html.Tr(
                        [
                            html.Td(name, className="full"),
                            html.Td(dated_label(first), **cell_label(heads[1])),
                            html.Td(dated_label(last), **cell_label(heads[2])),
                            html.Td(count, className="n", **cell_label(heads[3])),
                        ]
                    )
                    for name, first, last, count in rows
                ]
            ),
        ],
        className="score",
    )
    pairs = [
        (say("days stored"), number_words(len(stock.held))),
        (say("open days missing"), number_words(len(stock.missing))),
        (say("days in part"), number_words(len(stock.in_part))),
        (say("time zone"), scenario.hotline.time_zone),
    ]
    return html.Div([table, facts(pairs)])
