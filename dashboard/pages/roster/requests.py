"""Requests and swaps of the month: what people asked for, entered by hand or from a file, and what came of it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import dash
from dash import ALL, Input, Output, State, ctx, dcc, html

from dashboard.answering import Answering, tell
from dashboard.asked import Asked, asked_of
from dashboard.attributes import cell_label
from dashboard.desk import Desk
from dashboard.month_words import days_of, kind_name, moment_words, person_name, request_when
from dashboard.pages.month_parts import button, choose_person, form, marked
from dashboard.pages.parts import card
from dashboard.pages.request_form import (
    hidden_fields,
    request_entered,
    request_fields,
    request_states,
    withdraw_id,
    withdraw_part,
    withdrawn_words,
)
from dashboard.pages.roster.swaps import month_sentence, swap_form, swaps_shown, wire_swaps
from dashboard.pages.roster.tab import Tab
from dashboard.pages.roster.view import RosterView, look
from dashboard.person import here
from scenarios.request_by_hand import ask_by_hand
from scenarios.roster_month import collect_requests
from scenarios.withdrawn_requests import why_it_stands, withdraw_request, withdraw_swap
from wfm.errors import BadInput
from wfm.i18n import both, say
from wfm.store import MonthRequest

__all__ = ["TAB"]

FILE_MAX_BYTES = 5_000_000
FILE_ENDINGS = (".csv", ".xlsx", ".xlsm", ".xls", ".ods")


def _show(asked: Asked, desk: Desk, view: RosterView) -> list[Any]:
    may = here().may("roster")
    return [
        dcc.Location(id="roster-requests-url", refresh="callback-nav"),
        html.Div(month_sentence(view), id="roster-requests-sentence", className="lead", role="status"),
        card(
            say("Requests"),
            [
                _request_form(view) if may else None,
                html.Div(_requests(view), id="roster-requests-list"),
            ],
        ),
        card(
            say("Swaps"),
            [swap_form(view) if may else None, html.Div(swaps_shown(view), id="roster-requests-swaps")],
        ),
    ]


# Requests


def _request_form(view: RosterView) -> Any:
    days = days_of(view.first, view.last)
    if view.month.state == "settled":
        return html.Div(html.P(say("The month is settled; nothing is taken in any more."), className="soft"))
    entry = form(
        [
            choose_person("roster-requests-person", say("Person"), view.scenario),
            *request_fields("roster-requests", days, view.scenario.hotline),
        ],
        [button("roster-requests-add", say("Enter the request"), first=True)],
    )
    return html.Details(
        [
            html.Summary(say("Enter a request, or read a file")),
            entry,
            dcc.Upload(
                html.Span(
                    [
                        html.Span(say("Choose a file of requests"), className="as-link"),
                        " ",
                        say(
                            "or drop it here: CSV or Excel with 工号, 类别, 开始日期, 结束日期, 班次, 事由 (agent, kind, first, last, shift, reason)."
                        ),
                    ]
                ),
                id="roster-requests-file",
                className="drop",
                max_size=FILE_MAX_BYTES,
                multiple=False,
            ),
        ],
        open=not view.month.requests,
    )


def _requests(view: RosterView) -> list[Any]:
    """What came in, the latest first; below it what was withdrawn."""
    if not view.month.requests:
        words = say("No request has come in yet. Leave, busy hours and wishes that people ask for will stand here.")
        return [html.P(words, className="quiet"), _withdrawn(view)]
    heads = [say("Person"), say("Kind"), say("When"), say("Reason"), say("Came in"), say("Entered by"), say("State")]
    rows = [_request_row(view, request, heads) for request in reversed(view.month.requests)]
    return [
        html.Div(
            html.Table(
                [html.Thead(html.Tr([html.Th(h, scope="col") for h in heads])), html.Tbody(rows)], className="score"
            ),
            className="wide tall",
        ),
        _withdrawn(view),
    ]


def _request_row(view: RosterView, request: MonthRequest, heads: Sequence[str]) -> html.Tr:
    hotline = view.scenario.hotline
    if request.late and request.kind != "absent":
        state: list[Any] = marked("△", "risk", say("late: left out unless you take late ones in"))
    elif request.kind == "absent":
        state = marked("•", "none", say("noted; always counts"))
    else:
        state = marked("✓", "met", say("in time"))
    if here().may("roster"):
        settled = view.month.state == "settled"
        stands = why_it_stands(view.scenario, request, view.month.publications, settled=settled)
        state = [*state, withdraw_part(withdraw_id("roster", "request", request.id), stands)]
    cells: list[Any] = [
        html.Strong(person_name(view.scenario, request.agent)),
        kind_name(request.kind),
        request_when(request, hotline),
        request.details.get("reason") or "–",
        moment_words(request.received_at, ZoneInfo(hotline.time_zone)),
        request.who or say("the owner"),
        state,
    ]
    return html.Tr([html.Td(cell, **cell_label(head)) for cell, head in zip(cells, heads, strict=True)])


def _withdrawn(view: RosterView) -> html.Details | None:
    """What was withdrawn, by whom and when."""
    if not view.month.withdrawn:
        return None
    hotline = view.scenario.hotline
    told = [
        say(
            "{name}, {kind}, {when}: withdrawn by {who} at {at}",
            name=person_name(view.scenario, r.agent),
            kind=kind_name(r.kind),
            when=request_when(r, hotline),
            who=r.withdrawn_by or say("the owner"),
            at=moment_words(r.withdrawn_at, ZoneInfo(hotline.time_zone)),
        )
        for r in view.month.withdrawn
        if r.withdrawn_at is not None
    ]
    return html.Details(
        [
            html.Summary(say("Withdrawn ({n})", n=len(told))),
            html.Ul([html.Li(words) for words in told], className="plain-list"),
        ],
        id="roster-requests-withdrawn",
    )


# Callbacks


def _wire(answer: Answering, desk: Desk) -> None:
    _wire_requests(answer, desk)
    _wire_withdrawals(answer, desk)
    wire_swaps(answer, desk)


def _wire_requests(answer: Answering, desk: Desk) -> None:
    place = [State("url", "pathname"), State("url", "search")]
    shown = [Output("roster-requests-list", "children"), Output("roster-requests-sentence", "children")]

    @answer(
        Output("roster-requests-clock", "hidden"),
        Output("roster-requests-of-shift", "hidden"),
        Input("roster-requests-kind", "value"),
        right="see",
    )
    def fields(kind: str | None) -> Any:
        """The fields that belong to the kind."""
        return hidden_fields(kind)

    @answer(
        *shown,
        Output("roster-requests-reason", "value"),
        Input("roster-requests-add", "n_clicks"),
        State("roster-requests-person", "value"),
        *request_states("roster-requests"),
        *place,
        right="roster",
        prevent_initial_call=True,
    )
    def add(clicks: int | None, agent: str | None, *values: str | None) -> Any:
        """Keep a request that was entered."""
        if not clicks:
            raise dash.exceptions.PreventUpdate
        *given, path, search = values
        entered = request_entered(agent or "", given)
        if not agent or entered is None:
            raise BadInput(say("Choose the person, the kind and the first day."))
        asked = asked_of(path, search)
        view = look(asked, desk)
        kept = ask_by_hand(
            view.scenario, desk.store, entered, desk.now(asked), month=(view.first, view.last), who=here().name
        )
        if kept.known:
            tell(say("This request stood there already."), kind="warning")
        elif kept.late:
            tell(say("Entered, and marked as late: the deadline has passed."), kind="warning")
        else:
            tell(say("Entered."))
        view = look(asked, desk)
        return _requests(view), month_sentence(view), ""

    @answer(
        Output("roster-requests-list", "children", allow_duplicate=True),
        Output("roster-requests-sentence", "children", allow_duplicate=True),
        Input("roster-requests-file", "contents"),
        State("roster-requests-file", "filename"),
        *place,
        right="roster",
        prevent_initial_call=True,
    )
    def upload(contents: str | None, name: str | None, path: str, search: str) -> Any:
        """Keep the requests of a file."""
        if not contents:
            raise dash.exceptions.PreventUpdate
        asked = asked_of(path, search)
        view = look(asked, desk)
        with TemporaryDirectory() as folder:
            file = Path(folder) / _safe_name(name or "")
            file.write_bytes(_bytes_of(contents))
            new, late = collect_requests(
                view.scenario, desk.store, view.first, file, desk.now(asked), last=view.last, who=here().name
            )
        tell(say("{file}: {new} new requests, {late} late.", file=name, new=new, late=late))
        view = look(asked, desk)
        return _requests(view), month_sentence(view)


def _wire_withdrawals(answer: Answering, desk: Desk) -> None:
    @answer(
        Output("roster-requests-list", "children", allow_duplicate=True),
        Output("roster-requests-sentence", "children", allow_duplicate=True),
        Output("roster-requests-swaps", "children", allow_duplicate=True),
        Input({"part": "roster-withdraw", "what": ALL, "number": ALL}, "n_clicks"),
        State("url", "pathname"),
        State("url", "search"),
        right="roster",
        prevent_initial_call=True,
    )
    def withdraw(clicks: list[int | None], path: str, search: str) -> Any:
        """Withdraw a request or a swap that is not decided, for whoever asked."""
        chosen = ctx.triggered_id
        if not any(clicks) or not isinstance(chosen, dict):
            raise dash.exceptions.PreventUpdate
        asked = asked_of(path, search)
        view, number = look(asked, desk), int(chosen["number"])
        if chosen["what"] == "swap":
            withdraw_swap(view.scenario, desk.store, number, who=here().name)
            tell(say("Swap {n} is withdrawn.", n=number))
        else:
            found = withdraw_request(view.scenario, desk.store, number, desk.now(asked), who=here().name)
            tell(withdrawn_words(found), kind="warning" if found.stand else "done")
        view = look(asked, desk)
        return _requests(view), month_sentence(view), swaps_shown(view)


def _safe_name(name: str) -> str:
    """The file's own name, for messages; nothing of a path in it.

    Raises:
        BadInput: a file of another kind.
    """
    plain = Path(name.replace("\\", "/")).name
    if not plain.lower().endswith(FILE_ENDINGS):
        raise BadInput(say("{file}: a CSV or Excel file is needed", file=plain or "–"))
    return plain


def _bytes_of(contents: str) -> bytes:
    try:
        content = base64.b64decode(contents.partition(",")[2], validate=True)
    except binascii.Error:
        raise BadInput(say("The file did not arrive whole; choose it again.")) from None
    if len(content) > FILE_MAX_BYTES:
        raise BadInput(say("The file is larger than {most} MB.", most=FILE_MAX_BYTES // 1_000_000))
    return content


TAB = Tab("requests", both("Requests"), _show, _wire, needs_roster=False)
"""``/roster?tab=requests``."""
