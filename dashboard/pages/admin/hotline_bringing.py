"""Bringing in a hotline's files: read and shown first, put in place when it is said so, and put back if it was wrong."""

from __future__ import annotations

import base64
import binascii
import secrets
from pathlib import Path
from typing import Any

import dash
from dash import Input, Output, State, html

from dashboard.answering import Answering, tell
from dashboard.asked import Asked, asked_of
from dashboard.attributes import UNSPOKEN
from dashboard.desk import Desk
from dashboard.pages.parts import facts
from dashboard.person import here
from dashboard.wording import number_words
from scenarios.hotline_upload import CheckedHotline, check_files, files_of_upload, put_back, put_in_place
from wfm.errors import BadInput
from wfm.i18n import list_words, say

__all__ = ["own_folder", "wire"]


def own_folder(desk: Desk, name: str) -> Path | None:
    """Folder of a hotline that may be changed from here: one under ``WFM_HOME/hotlines``; None for any other."""
    place = desk.hotlines.places().get(name)
    return place if place is not None and place.resolve().parent == (desk.home / "hotlines").resolve() else None


def wire(answer: Answering, desk: Desk) -> None:
    """Register the callbacks of the part."""

    @answer(
        Output("admin-hotlines-found", "children"),
        Input("admin-hotlines-file", "contents"),
        Input("admin-hotlines-onto", "value"),
        State("admin-hotlines-file", "filename"),
        right="administer",
        prevent_initial_call=True,
    )
    def look(contents: str | None, onto: str | None, name: str | None) -> Any:
        """What the file holds, or its mistake; nothing is kept of it."""
        if not contents:
            raise dash.exceptions.PreventUpdate
        try:
            checked = _checked(contents, name or "", onto, desk)
        except BadInput as error:
            return _mistake(str(error))
        return _found(checked)

    @answer(
        Output("admin-url", "search", allow_duplicate=True),
        Output("admin-hotlines-found", "children", allow_duplicate=True),
        Input("admin-hotlines-take", "n_clicks"),
        State("admin-hotlines-file", "contents"),
        State("admin-hotlines-onto", "value"),
        State("admin-hotlines-file", "filename"),
        State("admin-url", "search"),
        right="administer",
        prevent_initial_call=True,
        running=[(Output("admin-hotlines-take", "disabled"), True, False)],
    )
    def take(clicks: int | None, contents: str | None, onto: str | None, name: str | None, search: str | None) -> Any:
        """Put the files in place, whole, after looking at them again."""
        if not clicks or not contents:
            raise dash.exceptions.PreventUpdate
        checked = _checked(contents, name or "", onto, desk)
        put_in_place(desk.home / "hotlines", checked)
        hotline = checked.scenario.hotline.id
        details = {"file": name or "", "files": sorted(checked.files), "replaced": checked.replaces}
        desk.store.trail.note(here().name, "upload hotline", f"hotline {hotline}", details)
        tell(say("{hotline} is in place.", hotline=hotline))
        return _again(search, hotline), ""

    @answer(
        Output("admin-url", "search", allow_duplicate=True),
        Input("admin-hotlines-undo", "n_clicks"),
        State("admin-hotlines-back", "value"),
        State("admin-url", "search"),
        right="administer",
        prevent_initial_call=True,
    )
    def undo(clicks: int | None, hotline: str | None, search: str | None) -> Any:
        """The files before the last change; those of now are kept in their place."""
        if not clicks or not hotline or own_folder(desk, hotline) is None:
            raise dash.exceptions.PreventUpdate
        put_back(desk.home / "hotlines", hotline)
        desk.store.trail.note(here().name, "restore hotline", f"hotline {hotline}", {})
        tell(say("The files of {hotline} from before are back; the ones of now are kept.", hotline=hotline))
        return _again(search, hotline)


def _again(search: str | None, hotline: str) -> str:
    """The address that has the part drawn again, with what has changed."""
    asked = asked_of("/admin", search)
    there = Asked("/admin", {**asked.query, "tab": "hotlines", "name": hotline, "drawn": secrets.token_hex(3)})
    return there.search()


def _checked(contents: str, name: str, onto: str | None, desk: Desk) -> CheckedHotline:
    try:
        content = base64.b64decode(contents.partition(",")[2], validate=True)
    except (binascii.Error, ValueError):
        raise BadInput(say("the file did not arrive whole; choose it again")) from None
    files, left_out = files_of_upload(name, content)
    folder = None
    if onto and onto != "all":
        folder = own_folder(desk, onto)
        if folder is None:
            raise BadInput(say("{hotline} is shipped with the product and is not changed here", hotline=onto))
    return check_files(desk.home / "hotlines", files, folder, left_out)


def _mistake(message: str) -> html.Div:
    lines = [html.Li(line) for line in message.splitlines() if line.strip()]
    return html.Div(
        [html.P(say("Nothing was changed. The file holds a mistake:")), html.Ul(lines)], className="error", role="alert"
    )


def _found(checked: CheckedHotline) -> html.Div:
    scenario = checked.scenario
    hotline = scenario.hotline
    pairs = [
        (say("Hotline"), f"{hotline.id} · {hotline.name}"),
        (say("Lines"), list_words([line.name.of() for line in hotline.lines])),
        (say("People"), number_words(len(scenario.agents))),
        (say("Leave"), say("{n} entries", n=len(scenario.leave))),
        (say("Files"), list_words(sorted(checked.files))),
    ]
    warnings = []
    if checked.replaces:
        warnings.append(
            say("The files of {hotline} are replaced; those of now are kept and can be put back.", hotline=hotline.id)
        )
    elif checked.hides_shipped:
        warnings.append(
            say("A shipped hotline is called {hotline} too; yours will stand in its place.", hotline=hotline.id)
        )
    if checked.left_out:
        warnings.append(say("Left out: {names}.", names=list_words(list(checked.left_out))))
    return html.Div(
        [
            facts(pairs),
            html.Ul(
                [html.Li([html.Span("△", className="mark warning", **UNSPOKEN), words]) for words in warnings],
                className="findings",
            )
            if warnings
            else None,
            html.Button(
                say("Replace it") if checked.replaces else say("Add it"),
                id="admin-hotlines-take",
                className="button",
                n_clicks=0,
            ),
        ],
        className="found",
    )
