"""Files to hand out: the roster as Excel, PDF, CSV and calendar, whole or in parts, and the settlement."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote

from dash import Input, Output, State, html
from flask import Flask, Response, request

from dashboard.answering import Answering
from dashboard.asked import Asked, address, asked_of
from dashboard.desk import Desk
from dashboard.month_words import person_name
from dashboard.pages.month_parts import choose_person, form, pick
from dashboard.pages.parts import card
from dashboard.pages.roster.tab import Tab
from dashboard.pages.roster.view import RosterView, look
from dashboard.person import here, require
from dashboard.reports.roster_files import FORMS, Only, RosterFile, fees_file, roster_file
from dashboard.wording import day_label, group_name, line_name, number_words
from scenarios.month_settled import settle_month
from wfm.errors import BadInput
from wfm.i18n import Text, both, say

__all__ = ["TAB", "file_response"]

FORM_NAMES: dict[str, Text] = {
    "xlsx": both("Excel, coloured"),
    "pdf": both("PDF to print"),
    "csv": both("Table (CSV)"),
    "ics": both("Calendar (iCal)"),
}


def _show(asked: Asked, desk: Desk, view: RosterView) -> list[Any]:
    roster = view.roster
    assert roster is not None
    people = roster.duties["agent"].nunique()
    which = {
        "published": say("version {version}, published", version=view.version),
        "version": say("version {version}, not the published one", version=view.version),
        "draft": say("the draft, not published"),
        "plan": say("the plan's roster, not published"),
        "nothing": "",
    }[view.shown]
    sentence = say(
        "The files hold {which}: {duties} duties of {people} people, {first} – {last}.",
        which=which,
        duties=number_words(len(roster.duties)),
        people=number_words(people),
        first=day_label(view.first, weekday=False),
        last=day_label(view.last, weekday=False),
    )
    return [
        html.P(sentence, className="lead"),
        card(
            say("The whole roster"),
            [
                html.Ul([html.Li(_link(view, asked, key)) for key in FORMS], className="files"),
                html.P(
                    say("Files name people: each download stands in the audit."),
                    className="note",
                ),
            ],
        ),
        _part_card(view, asked),
        _settlement_card(view, asked),
    ]


def _query(view: RosterView, asked: Asked, **more: str) -> dict[str, Any]:
    """What names the roster that is looked at."""
    place = {
        "hotline": view.hotline,
        "month": view.first.isoformat(),
        "version": view.version if view.shown in ("published", "version") else None,
        "draft": view.draft if view.shown == "draft" else None,
        "plan": view.plan if view.shown == "plan" else None,
        "at": asked.get("at"),
    }
    return {**place, **more}


def _link(view: RosterView, asked: Asked, key: str, **part: str) -> html.A:
    return html.A(
        [html.Span(className="icon icon-download"), FORM_NAMES[key].of()],
        href=address(f"/download/roster/{key}", **_query(view, asked, **part)),
        className="download file-link",
        download="",
    )


def _part_card(view: RosterView, asked: Asked) -> html.Section:
    hotline = view.scenario.hotline
    lines = [(x.id, line_name(hotline, x.id)) for x in hotline.lines]
    lines += [(g.id, group_name(hotline, g.id)) for g in hotline.groups if g.id not in {x.id for x in hotline.lines}]
    firms = sorted({a.firm for a in view.scenario.agents if a.firm})
    fields = [
        choose_person("roster-downloads-person", say("One person"), view.scenario),
        pick("roster-downloads-line", say("or a line or group"), lines, clearable=True, width=240),
    ]
    if firms:
        fields.append(
            pick("roster-downloads-firm", say("or a firm"), [(f, f) for f in firms], clearable=True, width=200)
        )
    else:
        fields.append(html.Div(pick("roster-downloads-firm", "", []), hidden=True))
    return card(
        say("A part of it"),
        [form(fields, []), html.Div(_part_links(view, asked, "", "", ""), id="roster-downloads-links", role="status")],
    )


def _part_links(view: RosterView, asked: Asked, person: str, line: str, firm: str) -> list[Any]:
    chosen = [(key, value) for key, value in (("person", person), ("line", line), ("firm", firm)) if value]
    if not chosen:
        return [html.P(say("Choose a person, a line or a firm; its files stand here then."), className="quiet")]
    if len(chosen) > 1:
        return [html.P(say("Choose only one of the three."), className="quiet")]
    key, value = chosen[0]
    hotline = view.scenario.hotline
    names = {
        "person": person_name(view.scenario, value),
        "line": line_name(hotline, value) if value in hotline.line_ids else group_name(hotline, value),
        "firm": value,
    }
    links = [html.Li(_link(view, asked, name, **{key: value})) for name in FORMS]
    return [html.P(html.Strong(names[key])), html.Ul(links, className="files")]


def _settlement_card(view: RosterView, asked: Asked) -> html.Section:
    if not view.is_published:
        body: list[Any] = [html.P(say("Fees are settled from a published roster and the attendance recorded."))]
    else:
        firms = sorted({a.firm for a in view.scenario.agents if a.firm})
        query = _query(view, asked)
        body = [
            html.P(
                say("Settled: {amount}.", amount=view.month.amount)
                if view.month.amount is not None
                else say("Signed-in hours × rate as recorded until now; the month is not settled yet."),
                className="soft",
            ),
            html.Ul(
                [
                    html.Li(
                        html.A(
                            [html.Span(className="icon icon-download"), words],
                            href=address("/download/roster/settlement", **query, firm=firm),
                            className="download file-link",
                            download="",
                        )
                    )
                    for firm, words in [("", say("All, by firm (Excel)"))]
                ],
                className="files",
            ),
            html.Details(
                [
                    html.Summary(say("One firm's settlement ({n} firms)", n=len(firms))),
                    html.Ul(
                        [
                            html.Li(
                                html.A(
                                    firm, href=address("/download/roster/settlement", **query, firm=firm), download=""
                                )
                            )
                            for firm in firms
                        ],
                        className="files many",
                    ),
                ]
            )
            if firms
            else None,
        ]
    return card(say("Settlement"), body)


def _wire(answer: Answering, desk: Desk) -> None:
    @answer(
        Output("roster-downloads-links", "children"),
        Input("roster-downloads-person", "value"),
        Input("roster-downloads-line", "value"),
        Input("roster-downloads-firm", "value"),
        State("url", "pathname"),
        State("url", "search"),
        right="see",
        prevent_initial_call=True,
    )
    def links(person: str | None, line: str | None, firm: str | None, path: str, search: str) -> Any:
        """The files of the part that is chosen."""
        asked = asked_of(path, search)
        return _part_links(look(asked, desk), asked, person or "", line or "", firm or "")

    server: Flask = answer.app.server

    @server.get("/download/roster/settlement")
    def settlement_file() -> Response:
        require("see")
        return _answered(lambda asked: _settled(desk, asked))

    @server.get("/download/roster/<form>")
    def roster_download(form: str) -> Response:
        require("see")
        return _answered(lambda asked: _made(desk, asked, form))


def _made(desk: Desk, asked: Asked, form: str) -> RosterFile:
    view = look(asked, desk)
    if view.roster is None:
        raise BadInput(say("There is no roster of this month yet."))
    only = Only(person=asked.get("person"), line=asked.get("line"), firm=asked.get("firm"))
    at = next((p.at for p in view.month.publications if p.version == view.version), None)
    shown = view.shown in ("published", "version")
    made_at: datetime = at if at is not None and shown else desk.now(asked)
    made = roster_file(view.roster, form, made_at, only=only, version=view.version if shown else 0)
    details = {"file": made.name, "shown": view.shown, "version": view.version, "part": only.word}
    desk.store.trail.note(here().name, "export roster", f"{view.scenario.hotline.id} {view.first}", details)
    return made


def _settled(desk: Desk, asked: Asked) -> RosterFile:
    view = look(asked, desk)
    found, fees = settle_month(view.scenario, desk.store, view.first, desk.now(asked))
    made = fees_file(found, fees, desk.now(asked), firm=asked.get("firm"))
    details = {"file": made.name, "version": found.version, "part": asked.get("firm")}
    desk.store.trail.note(here().name, "export settlement", f"{view.scenario.hotline.id} {view.first}", details)
    return made


def _answered(make: Any) -> Response:
    asked = asked_of("/roster", request.query_string.decode())
    try:
        return file_response(make(asked))
    except BadInput as error:
        return Response(str(error), status=404, mimetype="text/plain")


def file_response(made: RosterFile) -> Response:
    """The file, to be kept under its name; nothing on the way keeps a copy."""
    return Response(
        made.content,
        mimetype=made.media,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(made.name, safe='')}",
            "Cache-Control": "no-store",
        },
    )


TAB = Tab("downloads", both("Files"), _show, _wire)
"""``/roster?tab=downloads``."""
