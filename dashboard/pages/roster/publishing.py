"""Publishing: what changed, which rules remain broken, what is still open, and then the publication itself."""

from __future__ import annotations

from typing import Any

import dash
import dash_mantine_components as dmc
from dash import Input, Output, State, ctx, dcc, html, no_update

from dashboard.answering import Answering, tell
from dashboard.asked import asked_of
from dashboard.desk import Desk
from dashboard.pages.roster.differences import difference_list
from dashboard.pages.roster.names import moment, nobody, place_of
from dashboard.pages.roster.showing import live_of, sheet_of
from dashboard.pages.roster.view import RosterView, look
from dashboard.person import here
from dashboard.roster_shelf import roster_shelf
from dashboard.wording import number_words
from scenarios.roster_difference import roster_difference
from scenarios.roster_draft import publish_draft
from scenarios.roster_month import Published, publish_roster, roster_handovers
from wfm.errors import BadInput
from wfm.i18n import say
from wfm.store import PublishedAlready, StaleVersion

__all__ = ["publish_button", "publish_dialog", "wire_publishing"]

SHOWN = 20
"""Broken rules that the dialog tells one by one."""


def publish_button(*, shown: bool) -> html.Button:
    """Opens the dialog."""
    return html.Button(say("Publish …"), id="roster-publish", className="button", n_clicks=0, hidden=not shown)


def publish_dialog() -> html.Div:
    """The dialog; what stands in it comes when it is opened."""
    return html.Div(
        [
            dcc.Store(id="roster-publish-of"),
            dmc.Modal(
                id="roster-publishing",
                opened=False,
                size="lg",
                title=say("Publish the roster"),
                children=[
                    html.Div(id="roster-publish-words"),
                    html.Div(
                        [
                            html.Button(say("Publish"), id="roster-publish-now", className="button", n_clicks=0),
                            html.Button(say("Not yet"), id="roster-publish-not", className="roster-tool", n_clicks=0),
                        ],
                        className="roster-answers",
                    ),
                ],
            ),
            dmc.Modal(
                id="roster-discarding",
                opened=False,
                title=say("Discard the draft?"),
                children=[
                    html.P(say("It can be taken up again under Versions.")),
                    html.Div(
                        [
                            html.Button(say("Discard"), id="roster-discard-now", className="button", n_clicks=0),
                            html.Button(say("Keep it"), id="roster-discard-not", className="roster-tool", n_clicks=0),
                        ],
                        className="roster-answers",
                    ),
                ],
            ),
        ]
    )


def _contents(desk: Desk, view: RosterView, warning: str = "") -> list[Any]:
    """What whoever publishes must know."""
    assert view.roster is not None
    live, sheet = live_of(desk, view), sheet_of(desk, view)
    broken = [v for v in live.violations if v.breaks_law]
    open_posts = sum(v.rule == "posts_filled" for v in live.violations)
    zone = live.problem.zone
    until = view.month.dates.publish_until
    late = view.published is None and desk.clock() >= until
    facts = [
        say("The deadline was {at}; the publication is marked late.", at=moment(until, zone))
        if late
        else say("In time: the deadline is {at}.", at=moment(until, zone))
        if view.published is None
        else say("It replaces version {version}.", version=view.published),
        say("Every post is filled.")
        if not open_posts
        else say("One post of a day and shift is not filled as planned.")
        if open_posts == 1
        else say("{n} posts of a day and shift are not filled as planned.", n=number_words(open_posts)),
    ]
    handovers = roster_handovers(view.roster.duties, view.month.dates.handover_min)
    if handovers:
        facts.append(say("Handing over is too short {n} times, first: {first}", n=len(handovers), first=handovers[0]))
    parts: list[Any] = [html.P(warning, className="error", role="alert") if warning else None]
    parts += [html.Ul([html.Li(words) for words in facts]), *_changes(desk, view)]
    firms = any(a.firm for a in sheet.problem.agents)
    parts += [
        html.H3(say("Rules")),
        html.Ul([html.Li(v.text.of()) for v in broken[:SHOWN]]) if broken else html.P(say("Every rule is kept.")),
        html.P(say("… and {n} more", n=len(broken) - SHOWN), className="quiet") if len(broken) > SHOWN else None,
        dmc.Checkbox(
            id="roster-despite",
            label=say("Publish although {n} rules are broken", n=len(broken)),
            checked=False,
            style={} if broken else {"display": "none"},
        ),
        dmc.Checkbox(
            id="roster-to-firms",
            label=say("Give the duties of firms' people to their firms, which name somebody later"),
            checked=False,
            style={} if firms else {"display": "none"},
        ),
        dmc.Textarea(
            id="roster-note",
            label=say("Note for the history"),
            value=desk.store.drafts.draft(view.draft).note if view.shown == "draft" else "",
            autosize=True,
            minRows=1,
        ),
    ]
    return parts


def _changes(desk: Desk, view: RosterView) -> list[Any]:
    if view.published is None:
        return [html.P(say("It is the first version of this month."))]
    before = roster_shelf(desk).published_duties(view.found)
    assert view.roster is not None
    changes = roster_difference(view.scenario.hotline, view.scenario.agents, before, view.roster.duties)
    heading = say("What changed since version {version}", version=view.published)
    return [html.H3(heading), difference_list(changes)]


def wire_publishing(answer: Answering, desk: Desk) -> None:
    """Register the callbacks of both dialogs."""
    _open(answer, desk)
    _publish(answer, desk)
    _discard(answer, desk)


def _open(answer: Answering, desk: Desk) -> None:
    @answer(
        Output("roster-publishing", "opened"),
        Output("roster-publish-words", "children"),
        Output("roster-publish-of", "data"),
        Input("roster-publish", "n_clicks"),
        Input("roster-publish-not", "n_clicks"),
        State("roster-url", "search"),
        right="roster",
        prevent_initial_call=True,
        running=[(Output("roster-publish", "disabled"), True, False)],
    )
    def open_dialog(_open_clicks: int | None, _not: int | None, search: str | None) -> Any:
        """The dialog with what there is to know; closed by the other button."""
        if ctx.triggered_id == "roster-publish-not":
            return False, no_update, no_update
        if not _open_clicks:
            raise dash.exceptions.PreventUpdate
        view = look(asked_of("/roster", search), desk)
        return True, _contents(desk, view), _state(desk, view)


def _state(desk: Desk, view: RosterView) -> dict[str, Any]:
    """What was looked at: the draft and its last edit, and the version that is to be replaced."""
    latest = roster_shelf(desk).draft(view.scenario, view.draft).latest if view.shown == "draft" else 0
    return {"latest": latest, "over": view.published}


def _publish(answer: Answering, desk: Desk) -> None:
    @answer(
        Output("roster-url", "search", allow_duplicate=True),
        Output("roster-publishing", "opened", allow_duplicate=True),
        Output("roster-publish-words", "children", allow_duplicate=True),
        Output("roster-publish-of", "data", allow_duplicate=True),
        Input("roster-publish-now", "n_clicks"),
        State("roster-publish-of", "data"),
        State("roster-despite", "checked"),
        State("roster-to-firms", "checked"),
        State("roster-note", "value"),
        State("roster-url", "search"),
        right="roster",
        prevent_initial_call=True,
        running=[(Output("roster-publish-now", "disabled"), True, False)],
    )
    def publish(
        clicks: int | None,
        seen: dict[str, Any] | None,
        despite: bool | None,
        to_firms: bool | None,
        note: str | None,
        search: str | None,
    ) -> Any:
        """Publish what was looked at; if that is no longer how things stand, show how they stand."""
        if not clicks or seen is None:
            raise dash.exceptions.PreventUpdate
        asked = asked_of("/roster", search)
        view = look(asked, desk)
        if view.roster is None:
            raise BadInput(say("This month has no roster yet."))
        settings: dict[str, Any] = {
            "over": seen["over"],
            "to_firms": bool(to_firms),
            "despite_rules": bool(despite),
            "note": (note or "").strip(),
            "who": here().name,
        }
        if not despite and any(v.breaks_law for v in live_of(desk, view).violations):
            warning = say("Rules are broken; tick the box below to publish nevertheless.")
            return no_update, no_update, _contents(desk, view, warning), no_update
        closed = True
        try:
            if view.shown == "draft":
                draft = roster_shelf(desk).draft(view.scenario, view.draft)
                published, closed = publish_draft(
                    draft, desk.store, desk.now(asked), based_on=int(seen["latest"]), **settings
                )
            else:
                published = publish_roster(view.roster, desk.store, desk.now(asked), **settings)
        except (StaleVersion, PublishedAlready):
            return no_update, no_update, _contents(desk, view, _stale(view, seen)), _state(desk, view)
        tell(_done_words(published))
        if not closed:
            tell(say("Somebody changed the draft this very moment; it stays open with that change."), kind="warning")
        where = place_of(asked, view, draft="", version="", plan="", build="").partition("/roster")[2]
        return where, False, no_update, no_update


def _stale(view: RosterView, seen: dict[str, Any]) -> str:
    """Who was faster, and what to do."""
    last = view.month.publications[-1] if view.month.publications else None
    zone = view.month.dates.begins.tzinfo
    assert zone is not None
    if last is not None and last.version != seen["over"]:
        return say(
            "{who} published version {version} at {at}. The changes below are those against it: publish over it, or not.",
            who=nobody(last.who),
            version=last.version,
            at=moment(last.at, zone),
        )
    return say("The draft was changed since this dialog was opened; below stands what it holds now.")


def _done_words(published: Published) -> str:
    publication = published.publication
    if publication.unchanged:
        return say("Nothing is new: version {version} holds the same duties.", version=publication.version)
    if publication.late:
        return say("Version {version} is published, after the deadline.", version=publication.version)
    return say("Version {version} is published.", version=publication.version)


def _discard(answer: Answering, desk: Desk) -> None:
    @answer(
        Output("roster-discarding", "opened"),
        Output("roster-url", "search", allow_duplicate=True),
        Input("roster-discard", "n_clicks"),
        Input("roster-discard-now", "n_clicks"),
        Input("roster-discard-not", "n_clicks"),
        State("roster-url", "search"),
        right="roster",
        prevent_initial_call=True,
    )
    def discard(ask: int | None, now: int | None, _not: int | None, search: str | None) -> Any:
        """Asks once; a discarded draft can be taken up again."""
        if ctx.triggered_id == "roster-discard":
            return bool(ask), no_update
        if ctx.triggered_id != "roster-discard-now" or not now:
            return False, no_update
        asked = asked_of("/roster", search)
        view = look(asked, desk)
        if view.shown != "draft":
            return False, no_update
        draft = roster_shelf(desk).draft(view.scenario, view.draft)
        desk.store.drafts.close(view.draft, "discarded", based_on=draft.latest, who=here().name)
        tell(say("Draft {number} is discarded; take it up again under Versions.", number=view.draft))
        return False, place_of(asked, view, draft="", version="", plan="").partition("/roster")[2]
