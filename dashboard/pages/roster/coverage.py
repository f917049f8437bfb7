"""Cover as a map: day × hour of the month, or group × interval of a day; a click leads to the day's cells."""

from __future__ import annotations

from datetime import date
from typing import Any

import dash
import pandas as pd
from dash import Input, Output, State, dcc, html
from flask import Response, request

from dashboard.answering import Answering
from dashboard.asked import Asked, asked_of
from dashboard.csv_files import csv_file
from dashboard.desk import Desk
from dashboard.figures.roster_cover import cover_of_day, cover_of_month
from dashboard.graph import graph
from dashboard.pages.parts import card, download, key, select
from dashboard.pages.roster.names import place_of
from dashboard.pages.roster.pairs import pairs_table
from dashboard.pages.roster.sheet import Sheet
from dashboard.pages.roster.showing import live_of, sheet_of
from dashboard.pages.roster.tab import Tab
from dashboard.pages.roster.view import RosterView, look
from dashboard.person import require
from dashboard.roster_shelf import roster_shelf
from dashboard.wording import day_label, group_name
from scenarios.roster_cover import interval_cover
from wfm.i18n import both, say

__all__ = ["TAB"]


def cover_table(desk: Desk, view: RosterView) -> tuple[pd.DataFrame, str]:
    """Cover by group and interval, and the plan whose forecast says what is required; empty where the posts say it."""
    live, hotline = live_of(desk, view), view.scenario.hotline
    days = (view.last - view.first).days + 1
    plan = next((name for name, period in desk.plans.periods().items() if period == (hotline.id, view.first, days)), "")
    plan = view.plan or plan

    def make() -> tuple[Any, pd.DataFrame]:
        requirement = desk.plans.plan(plan).requirement if plan else None
        return live, interval_cover(live.problem, live.duties(), requirement)

    made: tuple[Any, pd.DataFrame] = roster_shelf(desk).kept(("cover", id(live), plan), make)
    return made[1], plan


def of_day(cover: pd.DataFrame, day: date, groups: list[str]) -> pd.DataFrame:
    """Gaps of one day: a row a group, a column a clock time."""
    local = cover[cover["interval"].dt.date == day]
    table = local.assign(clock=local["interval"].dt.strftime("%H:%M")).pivot_table(
        index="group", columns="clock", values="gap", aggfunc="min", dropna=False
    )
    found: pd.DataFrame = table.reindex([g for g in groups if g in table.index])
    return found


def of_month(cover: pd.DataFrame, group: str) -> pd.DataFrame:
    """The worst interval of each hour: a row an hour, a column a day; of all groups the tightest where none is chosen."""
    mine = cover[cover["group"] == group] if group else cover
    times = mine["interval"].dt
    table = mine.assign(day=times.date, hour=times.hour).pivot_table(
        index="hour", columns="day", values="gap", aggfunc="min", dropna=False
    )
    return table.reindex(range(24))


def _show(asked: Asked, desk: Desk, view: RosterView) -> list[Any]:
    sheet = sheet_of(desk, view)
    cover, plan = cover_table(desk, view)
    hotline = view.scenario.hotline
    groups = [g.id for g in hotline.groups]
    group = asked.get("group") if asked.get("group") in groups else ""
    day = asked.day("day")
    marks = key(
        [
            (say("too few"), {"background": "var(--short)"}, ""),
            (say("just right"), {"background": "var(--right)"}, ""),
            (say("more than needed"), {"background": "var(--over)"}, ""),
        ]
    )
    source = (
        say(
            "Required: by the forecast of plan {plan}, with unplanned absence. Rostered: A on duty, breaks taken out.",
            plan=plan,
        )
        if plan
        else say("Required: the posts to fill. Rostered: A on duty, breaks taken out.")
    )
    file = download("roster-coverage-csv", f"/download/roster/cover.csv{place_of(asked, view).partition('/roster')[2]}")
    choices = [("", say("Every group (the tightest)")), *((g.id, g.name.of()) for g in hotline.groups)]
    pick = select("roster-coverage-group", say("Group"), choices, group, 220)
    months = of_month(cover, group)
    rest = [sheet.is_rest(pd.Timestamp(str(day)).date()) for day in months.columns]
    parts = [
        dcc.Store(id="roster-coverage-day", data=day.isoformat() if day else ""),
        html.P(_sentence(sheet, cover), className="lead", id="roster-coverage-sentence"),
        card(
            say("Cover by day and hour"),
            [
                marks,
                graph("roster-coverage-month", cover_of_month(months, rest, group_name(hotline, group), asked.screen)),
                html.P(source + " " + say("Choose a cell to see its day."), className="note"),
            ],
            [pick, file],
        ),
    ]
    if day is not None and view.first <= day <= view.last:
        table = of_day(cover, day, groups)
        names = [group_name(hotline, g) for g in table.index]
        link = dcc.Link(say("The day's cells"), href=place_of(asked, view, tab="", day=day.isoformat(), group=""))
        parts.insert(
            2,
            card(
                day_label(day),
                [marks, graph("roster-coverage-one", cover_of_day(table, names, day, asked.screen))],
                [link, dcc.Link(say("Close"), href=place_of(asked, view, day=""))],
            ),
        )
        pairs = pairs_table(sheet, live_of(desk, view), day)
        parts.insert(3, card(say("A and B of every post, {day}", day=day_label(day)), [pairs]))
    return parts


def _sentence(sheet: Sheet, cover: pd.DataFrame) -> str:
    """Where most people are lacking."""
    short = cover[cover["gap"] < 0]
    if short.empty:
        return say("No interval is short of agents.")
    worst = short.sort_values("gap", kind="stable").iloc[0]
    begin = pd.Timestamp(worst["interval"])
    return say(
        "{hours:,.1f} hours of a group are short of agents; most {group}, {day} {clock}: {n:g} of {wanted:g} are lacking.",
        hours=len(short) * sheet.problem.hotline.interval_min / 60,
        group=group_name(sheet.problem.hotline, str(worst["group"])),
        day=day_label(begin.date()),
        clock=f"{begin:%H:%M}",
        n=-round(float(worst["gap"]), 2),
        wanted=round(float(worst["required"]), 2),
    )


def wire(answer: Answering, desk: Desk) -> None:
    """Register the clicks of both maps, the choice of a group, and the table behind them."""

    @answer(
        Output("roster-url", "search", allow_duplicate=True),
        Input("roster-coverage-month", "clickData"),
        Input("roster-coverage-group", "value"),
        State("roster-url", "search"),
        right="see",
        prevent_initial_call=True,
    )
    def go(month: dict[str, Any] | None, group: str | None, search: str | None) -> Any:
        """A cell of the month opens its day; another group draws the month anew."""
        asked = asked_of("/roster", search)
        view = look(asked, desk)
        chosen = "" if group in (None, "all") else group
        if dash.ctx.triggered_id == "roster-coverage-month" and month:
            return place_of(asked, view, day=str(month["points"][0]["x"])).partition("/roster")[2]
        if dash.ctx.triggered_id == "roster-coverage-group" and chosen != asked.get("group"):
            return place_of(asked, view, group=chosen).partition("/roster")[2]
        raise dash.exceptions.PreventUpdate

    @answer(
        Output("roster-url", "search", allow_duplicate=True),
        Input("roster-coverage-one", "clickData"),
        State("roster-coverage-day", "data"),
        State("roster-url", "search"),
        right="see",
        prevent_initial_call=True,
    )
    def open_day(clicked: dict[str, Any] | None, day: str, search: str | None) -> Any:
        """A cell of the day leads to the people of that day."""
        if not clicked:
            raise dash.exceptions.PreventUpdate
        asked = asked_of("/roster", search)
        return place_of(asked, look(asked, desk), tab="", day=day, group="").partition("/roster")[2]

    def table() -> Response:
        """Cover by group and interval."""
        require("see")
        asked = asked_of("/roster", request.query_string.decode())
        view = look(asked, desk)
        if view.roster is None:
            return Response(say("This month has no roster yet."), status=404, mimetype="text/plain")
        return csv_file(desk, asked, cover_table(desk, view)[0], f"{view.hotline}-{view.first.isoformat()}-cover")

    answer.app.server.add_url_rule("/download/roster/cover.csv", "roster_cover", table)


TAB = Tab("coverage", both("Cover"), _show, wire)
