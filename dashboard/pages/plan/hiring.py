"""招聘: heads by team and month, who leaves, and whom to hire when; made as long work and kept."""

from __future__ import annotations

from datetime import date
from typing import Any

import dash
import pandas as pd
from dash import Input, Output, State, dcc, html
from flask import Response, request

from dashboard.answering import Answering
from dashboard.asked import Asked, address, asked_of
from dashboard.attributes import cell_label
from dashboard.csv_files import csv_file
from dashboard.desk import Desk
from dashboard.figures.hiring import hiring_figure, month_words
from dashboard.graph import graph
from dashboard.jobs.panel import job_panel
from dashboard.pages.parts import card, download, key, select
from dashboard.pages.plan.charts import defined
from dashboard.pages.plan.hire_job import hire_parameters
from dashboard.person import here, require
from dashboard.wording import number_words, probability_words
from scenarios.hire import team_name
from scenarios.kept_hires import KeptHires, KeptTeam, find_hires
from scenarios.scenario import Scenario
from wfm.errors import BadInput
from wfm.i18n import both, list_words, say

__all__ = ["hiring_view", "wire_hiring"]

MONTHS = (12, 18, 24)


def months_in(asked: Asked) -> int:
    """How many months the address asks for."""
    return int(asked.get("months")) if asked.get("months") in map(str, MONTHS) else MONTHS[0]


def first_in(asked: Asked, desk: Desk) -> date:
    """The month that begins next."""
    today = desk.now(asked).date()
    return date(today.year + today.month // 12, today.month % 12 + 1, 1)


def hiring_view(asked: Asked, desk: Desk, name: str) -> list[Any]:
    """The long view as kept, or the button that makes it."""
    try:
        scenario = desk.hotlines.scenario(name)
    except BadInput as error:
        return [html.P(str(error), className="quiet", id="plan-hiring-empty")]
    months, first = months_in(asked), first_in(asked, desk)
    kept = find_hires(scenario, first, months, desk.home)
    work = [
        job_panel(job, done="plan-hired")
        for job in desk.jobs.recent(kind="hire", hotline=name, limit=5)
        if not job.finished or (kept is None and job.state == "failed")
    ][:1]
    controls = html.Div(
        [
            dcc.Location(id="plan-hiring-url", refresh="callback-nav"),
            dcc.Store(id="plan-hired"),
            dcc.Store(id="plan-hiring-of", data={"hotline": name, "first": first.isoformat()}),
            select("plan-months", say("Look ahead"),
                   [(str(n), say("{n} months", n=n)) for n in MONTHS], str(months), 160),
            html.Button(
                say("Make again") if kept else say("Look ahead now"), id="plan-hire",
                className="button quiet-button" if kept else "button", type="button",
            ) if here().may("plan") else None,
        ],
        className="controls choices",
    )  # fmt: skip
    waits = html.Div(work, id="plan-hire-work")
    if kept is None:
        words = say(
            "Here stand the heads that each team needs by month, who leaves, and whom to hire when, over {n} months from {month}. "
            "Nobody has looked ahead with the hotline as it is now; it takes a minute or two.",
            n=months, month=month_words(first),
        )  # fmt: skip
        return [controls, html.P(words, className="quiet", id="plan-hiring-empty"), waits]
    return [controls, waits, *_told(kept, asked, name)]


def _told(kept: KeptHires, asked: Asked, name: str) -> list[Any]:
    looks = "risk" if any(month.gap > 0.05 for team in kept.teams for month in team.months) else "met"
    parts: list[Any] = [html.P(_sentence(kept), className=f"headline {looks}", id="plan-hiring-sentence")]
    marks = key(
        [
            (say("needed"), {}, "line"),
            (say("on board, with 80 % band"), {"borderTop": "2px solid var(--accent)", "height": "0"}, ""),
            (say("joining"), {"background": "var(--fill)"}, ""),
        ]
    )
    link = address("/download/plan/hiring.csv", hotline=name, months=kept.months, at=asked.get("at"))
    for team in kept.teams:
        words = team_name(team.role).of()
        parts.append(
            card(
                words,
                [
                    marks,
                    graph(f"plan-hiring-{team.role}", hiring_figure(team, words, asked.screen)),
                    _hires(team),
                    _table(team),
                ],
                [download(f"plan-hiring-{team.role}-csv", link)],
            )
        )
    notes = [html.Li(note.of()) for note in kept.notes]
    parts.append(html.Details([html.Summary(say("{n} notes on how this was counted", n=len(notes))), html.Ul(notes)]))
    return parts  # fmt: skip


def _sentence(kept: KeptHires) -> str:
    """The next decision, or that none is needed."""
    words = []
    for team in kept.teams:
        first = next((m for m in team.months if m.deciding), None)
        total = sum(m.joining for m in team.months)
        short = [m for m in team.months if m.gap > 0.05]
        name = team_name(team.role)
        if first is not None:
            words.append(
                say(
                    "{team}: decide in {month} on {n} more; {total} join within {months} months.",
                    team=name,
                    month=month_words(first.month),
                    n=first.deciding,
                    total=total,
                    months=kept.months,
                )
            )
        else:
            low = min(team.months, key=lambda m: m.heads - m.needed)
            words.append(
                say(
                    "{team}: nobody has to be hired within {months} months; tightest is {month} with {heads} heads for {needed}.",
                    team=name,
                    months=kept.months,
                    month=month_words(low.month),
                    heads=number_words(low.heads),
                    needed=number_words(low.needed),
                )
            )
        if short:
            worst = max(short, key=lambda m: m.gap)
            words.append(
                say(
                    "Up to {gap} heads are short, most in {month}.",
                    gap=number_words(worst.gap, 1),
                    month=month_words(worst.month),
                )
            )
    return " ".join(words)  # fmt: skip


def _hires(team: KeptTeam) -> html.Ul | None:
    """What to hire when, in sentences."""
    found = []
    for name, people, deciding, joining in team.contracts:
        told = [
            say("decide on {n} in {month}", n=n, month=month_words(month.month))
            for n, month in zip(deciding, team.months, strict=True)
            if n
        ]
        coming = [
            say("{n} join in {month}", n=n, month=month_words(month.month))
            for n, month in zip(joining, team.months, strict=True)
            if n
        ]
        if told or coming:
            found.append(
                say(
                    "{contract} ({people} today): {what}.",
                    contract=name,
                    people=people,
                    what=list_words([*told, *coming]),
                )
            )
    return html.Ul([html.Li(words) for words in found]) if found else None  # fmt: skip


def _table(team: KeptTeam) -> html.Div:
    reasons = {
        "hours": both("hours"), "duties": both("duties in four weeks"), "nights": both("nights in four weeks"),
        "presence": both("people who can come on the day"),
    }  # fmt: skip
    heads = [say("month"), say("calls a day"), say("paid hours"), say("heads needed"), say("decided by"), say("on board"),
             say("enough with"), say("decide on"), say("join"), say("leavers"), say("short")]  # fmt: skip
    explained = {
        3: say("heads in the contracts' mix that the month's work takes, planned absence counted"),
        5: say("expected heads, 10 and 90 % quantiles beneath"),
        6: say("probability that the productive heads on board are as many as needed"),
        7: say("people to decide on in this month; they join after the time that recruiting takes"),
        10: say("heads that are missing on average"),
    }
    rows = []
    for m in team.months:
        month = month_words(m.month) + ("*" if m.provisional else "")
        cells: list[Any] = [
            number_words(m.calls_per_day), number_words(m.hours), number_words(m.needed, 1),
            reasons[m.reason].of() if m.reason in reasons else m.reason,
            [number_words(m.heads, 1), html.Span(f"{m.low} – {m.high}", className="small")],
            probability_words(m.p_enough), number_words(m.deciding), number_words(m.joining), number_words(m.leaving, 1),
            number_words(m.gap, 1),
        ]  # fmt: skip
        rows.append(
            html.Tr(
                [
                    html.Td(month, className="full"),
                    *(
                        html.Td(cell, className="" if n == 4 else "n", **cell_label(heads[n]))
                        for n, cell in enumerate(cells, start=1)
                    ),
                ]
            )
        )
    head = [
        html.Th(
            defined(words, explained[n]) if n in explained else words, className="" if n in (0, 4) else "n", scope="col"
        )
        for n, words in enumerate(heads)
    ]
    return html.Div(html.Table([html.Thead(html.Tr(head)), html.Tbody(rows)], className="score"), className="wide")


def hiring_table(kept: KeptHires) -> pd.DataFrame:
    """One row a team and month."""
    return pd.DataFrame(
        [
            {"team": team.role, **{name: getattr(month, name) for name in month.__slots__}}
            for team in kept.teams
            for month in team.months
        ]
    )


def kept_of(scenario: Scenario, asked: Asked, desk: Desk) -> KeptHires:
    """The long view that the address asks for.

    Raises:
        BadInput: nobody has made it.
    """
    kept = find_hires(scenario, first_in(asked, desk), months_in(asked), desk.home)
    if kept is None:
        raise BadInput(say("Nobody has looked ahead yet."))
    return kept


def wire_hiring(answer: Answering, desk: Desk) -> None:
    """Register the callbacks and the download of the view."""

    @answer(
        Output("plan-hiring-url", "search"),
        Input("plan-months", "value"),
        Input("plan-hired", "data"),
        State("plan-hiring-url", "search"),
        right="see",
        prevent_initial_call=True,
    )
    def ahead(months: str | None, done: dict[str, Any] | None, search: str | None) -> Any:
        """More or fewer months; and what was made when it is made."""
        asked = asked_of("/plan", search)
        if done and done.get("state") == "done":
            return asked.with_(view="hiring", months=months, made=done["job"]).removeprefix("/plan")
        if months is None or months == str(months_in(asked)):
            raise dash.exceptions.PreventUpdate
        return asked.with_(view="hiring", months=months).removeprefix("/plan")

    @answer(
        Output("plan-hire-work", "children"),
        Input("plan-hire", "n_clicks"),
        State("plan-months", "value"),
        State("plan-hiring-of", "data"),
        right="plan",
        prevent_initial_call=True,
        running=[(Output("plan-hire", "disabled"), True, False)],
    )
    def hire(clicks: int | None, months: str | None, of: dict[str, str]) -> Any:
        """Ask for the long view."""
        if not clicks or months is None or months not in map(str, MONTHS):
            raise dash.exceptions.PreventUpdate
        name, first = of["hotline"], date.fromisoformat(of["first"])
        scenario = desk.hotlines.scenario(name)
        job = desk.jobs.submit(
            "hire",
            hire_parameters(name, first, int(months)),
            title=both("Look ahead of {hotline}, {months} months", hotline=scenario.hotline.name, months=int(months)),
            hotline=name,
            who=here().name,
        )
        return job_panel(job, done="plan-hired")

    @answer.app.server.get("/download/plan/hiring.csv")  # type: ignore[untyped-decorator]
    def plan_hiring_table() -> Response:
        require("see")
        asked = asked_of("/plan", request.query_string.decode())
        table = hiring_table(kept_of(desk.scenario(asked), asked, desk))
        return csv_file(desk, asked, table, f"{desk.hotline_of(asked)}-hiring")
