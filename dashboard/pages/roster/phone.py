"""The month on a phone: who works on a day, or all days of one person, as lists."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboard.asked import Asked
from dashboard.pages.roster.names import place_of
from dashboard.pages.roster.sheet import Sheet
from dashboard.pages.roster.view import RosterView
from dashboard.wording import day_label, number_words
from scheduler.checker.view import Duty
from scheduler.roster_cells import LiveRoster
from wfm.i18n import say

__all__ = ["month_lists"]


def month_lists(asked: Asked, view: RosterView, sheet: Sheet, live: LiveRoster, today: date) -> list[Any]:
    """A day's people by shift; or, where a person is chosen, that person's days."""
    person = asked.get("person")
    if person:
        return [_people(asked, view, sheet, person), *_of_person(asked, view, sheet, live, person)]
    day = min(max(asked.day("day") or today, sheet.days[0]), sheet.days[-1])
    return [_people(asked, view, sheet, ""), *_of_day(asked, view, sheet, live, day)]


def _people(asked: Asked, view: RosterView, sheet: Sheet, chosen: str) -> html.Div:
    places = {a.id: place_of(asked, view, person=a.id, day="") for a in sheet.problem.agents}
    data = [{"value": places[a.id], "label": f"{a.name} ({a.id})" if a.name else a.id} for a in sheet.problem.agents]
    return html.Div(
        [
            dmc.Select(
                id="roster-person",
                label=say("One person's days"),
                data=data,
                value=places.get(chosen),
                searchable=True,
                limit=50,
                size="sm",
                placeholder=say("Find somebody"),
                nothingFoundMessage=say("Nothing of that name"),
            ),
            dcc.Link(say("Back to the day"), href=place_of(asked, view, person="")) if chosen else None,
        ],
        className="controls",
    )


def _of_day(asked: Asked, view: RosterView, sheet: Sheet, live: LiveRoster, day: date) -> list[Any]:
    there: dict[tuple[str, str], list[Duty]] = defaultdict(list)
    for (_, when), mine in live.rows.items():
        if when == day:
            for duty in mine:
                there[duty.shift, duty.group].append(duty)
    hotline, parts = sheet.problem.hotline, []
    for shift in hotline.shifts:
        for group in hotline.groups:
            duties = there.get((shift.id, group.id), [])
            kinds = sheet.posts.get((day, group.id)) or Counter()
            wanted = {role: kinds[shift.id, role] for role in "AB"}
            if not duties and not any(wanted.values()):
                continue
            people = []
            for role in "AB":
                names = sorted(_name(sheet, d.agent) for d in duties if d.role == role)
                if not names and not wanted[role]:
                    continue
                short = wanted[role] - len(names)
                lacking = html.Span(say("{n} short", n=short), className="roster-short") if short > 0 else None
                people.append(html.P([html.B(role), " ", ", ".join(names) or "–", " ", lacking]))
            head = f"{shift.name} {shift.start}–{shift.end} · {group.name}"
            parts.append(html.Section([html.H3(head), *people], className="roster-card"))
    name = sheet.holiday_name(day) if sheet.problem.kind_of(day) == "holiday" else ""
    return [
        html.Div(
            [
                _step(asked, view, sheet, day - timedelta(days=1), "‹", say("The day before")),
                html.H2(f"{day_label(day)} {name}".strip()),
                _step(asked, view, sheet, day + timedelta(days=1), "›", say("The next day")),
            ],
            className="roster-day-head",
        ),
        html.Div(parts or html.P(say("Nobody is on duty on this day.")), className="roster-cards"),
    ]


def _step(asked: Asked, view: RosterView, sheet: Sheet, day: date, sign: str, words: str) -> Any:
    if day not in sheet.places:
        return html.Span(className="roster-step")
    return dcc.Link(sign, href=place_of(asked, view, day=day.isoformat()), className="roster-step", title=words)


def _name(sheet: Sheet, agent: str) -> str:
    person = sheet.people.get(agent)
    return person.name if person and person.name else agent


def _of_person(asked: Asked, view: RosterView, sheet: Sheet, live: LiveRoster, agent: str) -> list[Any]:
    hotline, totals = sheet.problem.hotline, live.totals(agent)
    shifts = {s.id: s for s in hotline.shifts}
    groups = {g.id: g.name for g in hotline.groups}
    broken = defaultdict(list)
    for violation in live.violations:
        if violation.agent == agent:
            broken[violation.date].append(violation.text.of())
    items = []
    for day in sheet.days:
        for duty in live.rows.get((agent, day), ()):
            shift = shifts.get(duty.shift)
            times = f"{shift.name} {shift.start}–{shift.end}" if shift else duty.shift
            words = " · ".join([times, duty.role, str(groups.get(duty.group, duty.group))])
            marks = [html.P(f"✕ {words_}", className="roster-short") for words_ in broken.get(day, [])]
            items.append(html.Section([html.H3(day_label(day)), html.P(words), *marks], className="roster-card"))
    sums = say(
        "{name}: {duties} duties, {hours} h, {nights} nights, {weekends} weekends, {holidays} holidays",
        name=_name(sheet, agent),
        duties=totals.duties,
        hours=number_words(totals.hours, 1),
        nights=totals.nights,
        weekends=totals.weekends,
        holidays=totals.holidays,
    )
    return [html.P(sums), html.Div(items or html.P(say("No duty in this month.")), className="roster-cards")]
