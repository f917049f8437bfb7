"""The working calendar of a hotline, a year at a glance: days off, make-up days, special days, and whether they are final."""

from __future__ import annotations

from datetime import date
from typing import Any

from dash import dcc, html

from dashboard.asked import Asked
from dashboard.attributes import aria_label
from dashboard.desk import Desk
from dashboard.pages.admin.part import Part
from dashboard.pages.parts import card, key
from dashboard.wording import day_label, span_label, weekday_letter, weekday_name
from scenarios.year_calendar import CalendarDay, YearCalendar, year_calendar
from wfm.calendar import DayKind
from wfm.hotline import Hotline
from wfm.i18n import Text, both, list_words, say

__all__ = ["PART"]

_MONTHS = (
    both("January"),
    both("February"),
    both("March"),
    both("April"),
    both("May"),
    both("June"),
    both("July"),
    both("August"),
    both("September"),
    both("October"),
    both("November"),
    both("December"),
)
_LETTERS = tuple(date(2026, 6, n) for n in range(1, 8))
"""A week from Monday on, for its names."""


def chosen_year(asked: Asked, today: date) -> int:
    """The year of the address; this one where none is named."""
    text = asked.get("year")
    return int(text) if text.isdecimal() and 2001 <= int(text) <= 2100 else today.year


def _show(asked: Asked, desk: Desk) -> list[Any]:
    hotline = desk.scenario(asked).hotline
    today = desk.now(asked).date()
    found = year_calendar(hotline, chosen_year(asked, today))
    ways = html.Div(
        [
            dcc.Link(str(year), href=asked.with_(tab="calendar", year=year), className="button quiet-button")
            for year in (found.year - 1, found.year + 1)
        ],
        className="controls",
    )
    marks = key(
        [
            (say("day off by a holiday"), {}, "day-holiday"),
            (say("weekend"), {}, "day-weekend"),
            (say("make-up working day"), {}, "day-makeup"),
            (say("special day of the hotline"), {}, "day-special"),
            (say("closed"), {}, "day-closed"),
        ]
    )
    return [
        _headline(hotline, found),
        card(
            say("{hotline}, {year}", hotline=hotline.name, year=found.year),
            [marks, html.Div([_month(found, n, today) for n in range(12)], className="year")],
            [ways],
        ),
        html.Div([_holidays(found), _special(found)], className="two"),
    ]


def _headline(hotline: Hotline, found: YearCalendar) -> html.P:
    values = {"year": found.year, "days": found.working_days}
    if hotline.calendar.country is None:
        look, words = "none", say("No country's holidays hold; {year} has {days} working days.", **values)
    elif found.supplied and (found.known is None or found.year not in found.known):
        look = "risk"
        words = say(
            "The days of {year} are the hotline's own, before their announcement: {days} working days.", **values
        )
    elif found.announced and hotline.calendar.country == "CN":
        look = "met"
        words = say("The State Council has announced {year}: {days} working days, make-up days counted.", **values)
    elif found.announced:
        look, words = "met", say("The holidays of {year} are known: {days} working days.", **values)
    elif hotline.calendar.country == "CN":
        look = "risk"
        words = say(
            "The State Council has not announced {year} yet: statutory days are shown, moved days and make-up days are not known.",
            **values,
        )
    else:
        look, words = "risk", say("The holidays of {year} are not published yet; only fixed ones are shown.", **values)
    return html.P(words, className=f"headline {look}", id="admin-headline")


def _month(found: YearCalendar, number: int, today: date) -> html.Table:
    head = html.Tr([html.Th(weekday_letter(day), scope="col", title=weekday_name(day)) for day in _LETTERS])
    rows = [html.Tr([_cell(day, today) for day in week]) for week in found.months[number]]
    return html.Table(
        [html.Caption(_MONTHS[number].of()), html.Thead(head), html.Tbody(rows)],
        className="month",
    )


def _cell(day: CalendarDay | None, today: date) -> html.Td:
    if day is None:
        return html.Td("")
    looks = [f"day-{day.kind.value}"]
    told = [day_label(day.day), _kind_words(day.kind)]
    if day.name is not None:
        told.append(_short(day.name))
    if day.special:
        looks.append("day-special")
        told += [name.of() for name in day.special]
    if day.hours is None:
        looks.append("day-closed")
        told.append(say("closed"))
    else:
        told.append(_hours(day.hours))
    if day.day == today:
        looks.append("day-today")
    mark = {DayKind.HOLIDAY: say("off"), DayKind.MAKEUP: say("work")}.get(day.kind, "")
    words = " · ".join(told)
    return html.Td(
        [
            html.Span(str(day.day.day)),
            html.Small(mark) if mark else None,
            html.I("★") if day.special else None,
        ],
        className=" ".join(looks),
        title=words,
        **aria_label(words),
    )


def _hours(hours: tuple[int, int]) -> str:
    first, last = hours
    return f"{first // 60:02d}:{first % 60:02d}–{last // 60:02d}:{last % 60:02d}"


def _kind_words(kind: DayKind) -> str:
    return {
        DayKind.WEEKDAY: say("working day"),
        DayKind.WEEKEND: say("weekend"),
        DayKind.HOLIDAY: say("day off by a holiday"),
        DayKind.MAKEUP: say("make-up working day"),
    }[kind]


def _short(name: Text) -> str:
    return name.of().split(";")[0].strip()


def _holidays(found: YearCalendar) -> Any:
    rows = [
        html.Tr(
            [
                html.Td(name.of(), className="full"),
                html.Td(span_label(first, last)),
                html.Td(say("{n} days", n=(last - first).days + 1), className="n"),
            ]
        )
        for name, first, last in found.holidays
    ]
    makeup = list_words([day_label(day) for day in found.makeup])
    note = say("Make-up working days: {days}.", days=makeup) if makeup else say("No make-up working days.")
    if not found.announced:
        note = say("Make-up working days are not known yet.")
    head = html.Thead(html.Tr([html.Th(say("holiday")), html.Th(say("days")), html.Th(say("length"), className="n")]))
    body = html.Table([head, html.Tbody(rows)], className="score") if rows else html.P(say("None."), className="quiet")
    return card(say("Holidays"), [body, html.P(note, className="note")])


def _special(found: YearCalendar) -> Any:
    rows = [
        html.Tr([html.Td(name.of(), className="full"), html.Td(list_words([day_label(d) for d in _few(days)]))])
        for name, days in found.special
    ]
    if not rows:
        words = say("The hotline names no special days in this year (calendar.special_days of its hotline.yaml).")
        return card(say("Special days"), [html.P(words, className="quiet")])
    head = html.Thead(html.Tr([html.Th(say("name")), html.Th(say("days"))]))
    note = say("Days that bring other calls for a cause of their own; they change neither opening nor rosters.")
    return card(
        say("Special days"), [html.Table([head, html.Tbody(rows)], className="score"), html.P(note, className="note")]
    )


def _few(days: tuple[date, ...]) -> list[date]:
    return list(days) if len(days) <= 6 else [days[0], days[-1]]


PART = Part("calendar", both("Calendar"), _show)
