"""Repairs: "X is ill today", who stands in now, the ways out side by side, and why a person cannot take a duty."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import dash
from dash import Input, Output, State, dcc, html

from dashboard.answering import Answering
from dashboard.asked import Asked, address, asked_of
from dashboard.desk import Desk
from dashboard.jobs.panel import job_list, job_panel
from dashboard.jobs.repair_job import away_of, repair_parameters
from dashboard.month_words import days_of, person_name
from dashboard.pages.month_parts import button, choose_day, choose_person, form, marked, pick
from dashboard.pages.parts import card
from dashboard.pages.roster.proposals import nothing_to_mend, proposal_cards, proposals_sentence, stand_ins
from dashboard.pages.roster.repair_taking import wire_taking
from dashboard.pages.roster.tab import Tab
from dashboard.pages.roster.view import RosterView, look
from dashboard.person import here
from dashboard.wording import day_label, group_name, shift_name
from scenarios.month_repair import Proposal, quick_to_repair, stand_ins_at
from scenarios.roster_at_hand import RosterAtHand
from scenarios.roster_month import published_roster
from scenarios.why_not_this import why_not_this
from wfm.errors import BadInput
from wfm.i18n import both, say
from wfm.store import JobRecord

__all__ = ["TAB"]

ILL_DAYS_MAX = 92
"""Nobody is ill for longer in one entry; a whole roster is not longer either."""


def _show(asked: Asked, desk: Desk, view: RosterView) -> list[Any]:
    if view.published is None:
        return [
            html.Div(
                [
                    html.H2(say("Nothing to repair yet")),
                    html.P(
                        say(
                            "Here you say who cannot come, and see the ways to make up for it. A repair changes the "
                            "published roster, by way of a draft: publish this month's roster first."
                        )
                    ),
                    dcc.Link(
                        say("Open the month"),
                        href=address("/roster", hotline=view.hotline, month=view.first.isoformat()),
                        className="button",
                    ),
                ],
                className="empty",
            )
        ]
    job = _job(asked, desk, view)
    return [
        dcc.Location(id="roster-repair-url", refresh="callback-nav"),
        dcc.Store(id="roster-repair-done"),
        _ill_card(asked, desk, view) if here().may("roster") else None,
        html.Div(_result(desk, view, job) if job else _recent(desk, view), id="roster-repair-result"),
        _why_card(view),
    ]


def _job(asked: Asked, desk: Desk, view: RosterView) -> JobRecord | None:
    """The repair that the address names, of this hotline and month."""
    number = asked.number("job")
    if number is None:
        return None
    job = desk.jobs.get(number)
    fits = job.kind == "repair" and job.parameters.get("hotline") == view.hotline
    return job if fits and job.parameters.get("first") == view.first.isoformat() else None


def _ill_card(asked: Asked, desk: Desk, view: RosterView) -> html.Section:
    now = desk.now(asked)
    days = days_of(view.first, view.last)
    today = min(max(now.date(), view.first), view.last)
    shown = say("Repairs change version {version}, the published one.", version=view.published)
    return card(
        say("Somebody cannot come"),
        [
            html.P(
                shown if view.shown != "published" else say("Who is ill? The duties from now on are looked at."),
                className="soft",
            ),
            form(
                [
                    choose_person("roster-repair-person", say("Person"), view.scenario, asked.get("person") or None),
                    choose_day("roster-repair-first", say("From"), days, today),
                    choose_day("roster-repair-last", say("To"), days, None, hint=say("the same day"), clearable=True),
                ],
                [button("roster-repair-ask", say("Show the ways out"), first=True)],
            ),
            html.Div(id="roster-repair-now", className="stand-in", role="status"),
        ],
    )


def _recent(desk: Desk, view: RosterView) -> list[Any]:
    jobs = [
        j
        for j in desk.jobs.recent(kind="repair", hotline=view.hotline, limit=10)
        if j.parameters.get("first") == view.first.isoformat()
    ]
    if not jobs:
        return []
    return [card(say("Asked before"), [job_list(jobs, ZoneInfo(view.scenario.hotline.time_zone))])]


def _result(desk: Desk, view: RosterView, job: JobRecord) -> list[Any]:
    """The ways out, or how far the search for them is."""
    if job.state != "done":
        return [card(say("Ways out"), [job_panel(job, done="roster-repair-done")])]
    proposals = [Proposal.of(p) for p in job.result["proposals"]]
    away = away_of(job.parameters)
    stale = job.result["version"] != view.published
    sentence = proposals_sentence(view.scenario, proposals, [agent for agent, _, _ in away])
    spans = "; ".join(_away_words(view, *one) for one in away)
    notes: list[Any] = [
        html.P(sentence, className="lead", id="roster-repair-sentence"),
        html.P(spans, className="soft"),
    ]
    if under_way := _under_way(desk, view, job):
        words = say(
            "The duty of {who} that has begun stays in the roster; who stands in for it is said above, where the person is "
            "chosen.",
            who=under_way,
        )
        notes.append(html.P(marked("•", "none", words)))
    if stale:
        words = say(
            "These ways belong to version {old}; version {new} is published by now. Ask again before you take one.",
            old=job.result["version"],
            new=view.published,
        )
        notes.append(html.P(marked("△", "risk", words)))
    may_take = here().may("roster") and not stale
    cards = None if nothing_to_mend(proposals) else proposal_cards(view.scenario, proposals, job.id, may_take=may_take)
    legend = html.P(
        say(
            "A duty day is one person on one day. Costs are in the unit of the roster's objective: a B post left open "
            "costs 10,000, an A post 100,000, a changed duty day 1,000, within 48 hours 3,000."
        ),
        className="note",
    )
    differs = html.Div(id="roster-repair-differs", role="alert")
    return [card(say("Ways out"), [*notes, cards, differs, legend if cards else None])]


def _away_words(view: RosterView, agent: str, first: date, last: date | None) -> str:
    until = day_label(last) if last else say("end of the roster")
    return f"{person_name(view.scenario, agent)}: {day_label(first)} – {until}"


def _under_way(desk: Desk, view: RosterView, job: JobRecord) -> str:
    """Who of those away was on duty when the ways were asked for; empty for nobody."""
    now = datetime.fromisoformat(job.parameters["now"])
    duties = _published(desk, view).duties
    on = set(duties[(duties["start"] <= now) & (duties["end"] > now)]["agent"])
    away = [agent for agent, first, _ in away_of(job.parameters) if agent in on and first <= now.date()]
    return person_name(view.scenario, away[0]) if away else ""


def _why_card(view: RosterView) -> html.Section:
    hotline = view.scenario.hotline
    duties = [
        (f"{s.id}|{g.id}|{role}", f"{shift_name(hotline, s.id)} {role} · {group_name(hotline, g.id)}")
        for g in hotline.groups
        for s in hotline.shifts_of(g.id)
        for role in (("A", "B") if g.posts_per_backup else ("A",))
    ]
    return card(
        say("Why not …?"),
        [
            html.P(say("Say whom you would like on which duty, and read what speaks against it."), className="soft"),
            form(
                [
                    choose_person("roster-repair-why-person", say("Person"), view.scenario),
                    choose_day("roster-repair-why-day", say("Day"), days_of(view.first, view.last), view.first),
                    pick("roster-repair-why-duty", say("Duty"), duties, duties[0][0] if duties else None, width=280),
                ],
                [button("roster-repair-why", say("Why not?"))],
            ),
            html.Div(id="roster-repair-why-answer", role="status"),
        ],
    )


def _wire(answer: Answering, desk: Desk) -> None:
    wire_taking(answer, desk)
    place = [State("url", "pathname"), State("url", "search")]

    @answer(
        Output("roster-repair-now", "children"),
        Input("roster-repair-person", "value"),
        *place,
        right="see",
    )
    def stands_in(agent: str | None, path: str, search: str) -> Any:
        """Who takes over at this moment from the person chosen."""
        if not agent:
            return None
        asked = asked_of(path, search)
        view = look(asked, desk)
        now = desk.now(asked)
        found = _published(desk, view)
        covers = stand_ins_at(found, agent, now)
        return stand_ins(view.scenario, agent, covers, f"{day_label(now.date(), weekday=False)} {now:%H:%M}")

    @answer(
        Output("roster-repair-result", "children"),
        Output("roster-repair-url", "search"),
        Input("roster-repair-ask", "n_clicks"),
        State("roster-repair-person", "value"),
        State("roster-repair-first", "value"),
        State("roster-repair-last", "value"),
        *place,
        right="roster",
        prevent_initial_call=True,
        running=[(Output("roster-repair-ask", "disabled"), True, False)],
    )
    def ask(clicks: int | None, agent: str | None, first: str | None, last: str | None, path: str, search: str) -> Any:
        """Search for ways out: of a small roster at once, of a large one in the background."""
        if not clicks:
            raise dash.exceptions.PreventUpdate
        if not agent or not first:
            raise BadInput(say("Choose who cannot come, and from which day on."))
        asked = asked_of(path, search)
        view = look(asked, desk)
        if view.published is None:
            raise BadInput(say("Nothing is published for this month."))
        begin, end = date.fromisoformat(first), date.fromisoformat(last or first)
        if end < begin:
            raise BadInput(say("The absence ends ({last}) before it starts ({first}).", first=begin, last=end))
        if end - begin > timedelta(days=ILL_DAYS_MAX):
            raise BadInput(say("An absence of more than {most} days is for a new roster.", most=ILL_DAYS_MAX))
        away = ((agent, begin, end),)
        parameters = repair_parameters(view.hotline, view.first, view.published, away, desk.now(asked))
        title = both("Repair: {who} away from {first} to {last}", who=agent, first=begin, last=end)
        number = desk.jobs.submit("repair", parameters, title=title, who=here().name, hotline=view.hotline)
        job = desk.jobs.run_here(number) if quick_to_repair(_published(desk, view)) else desk.jobs.get(number)
        return _result(desk, view, job), _search(asked, number)

    @answer(
        Output("roster-repair-result", "children", allow_duplicate=True),
        Input("roster-repair-done", "data"),
        *place,
        right="see",
        prevent_initial_call=True,
    )
    def done(ended: dict[str, Any] | None, path: str, search: str) -> Any:
        """The background search has ended: show what it found."""
        if not ended:
            raise dash.exceptions.PreventUpdate
        return _result(desk, look(asked_of(path, search), desk), desk.jobs.get(int(ended["job"])))

    @answer(
        Output("roster-repair-why-answer", "children"),
        Input("roster-repair-why", "n_clicks"),
        State("roster-repair-why-person", "value"),
        State("roster-repair-why-day", "value"),
        State("roster-repair-why-duty", "value"),
        *place,
        right="see",
        prevent_initial_call=True,
    )
    def why(clicks: int | None, agent: str | None, day: str | None, duty: str | None, path: str, search: str) -> Any:
        """What the roster would break with the person on the duty."""
        if not clicks:
            raise dash.exceptions.PreventUpdate
        if not agent or not day or not duty:
            raise BadInput(say("Choose a person, a day and a duty."))
        view = look(asked_of(path, search), desk)
        shift, group, role = duty.split("|")
        who = person_name(view.scenario, agent)
        found = why_not_this(_published(desk, view), agent, date.fromisoformat(day), shift, group, role)
        if not found:
            words = say("Nothing speaks against it: {who} may take this duty.", who=who)
            return html.P(marked("✓", "met", words))
        return [
            html.P(say("Against {who} on this duty speaks:", who=who)),
            html.Ul([html.Li(marked("✕", "missed", text.of())) for text in found], className="plain-list"),
        ]


def _search(asked: Asked, job: int) -> str:
    return "?" + asked.with_(job=job).partition("?")[2]


def _published(desk: Desk, view: RosterView) -> RosterAtHand:
    """The published roster, whatever else of the month is looked at."""
    if view.is_published and view.roster is not None:
        return view.roster
    return published_roster(view.scenario, desk.store, view.first)[1]


TAB = Tab("repair", both("Repair"), _show, _wire, needs_roster=False)
"""``/roster?tab=repair``, with ``job`` for ways that were found before."""
