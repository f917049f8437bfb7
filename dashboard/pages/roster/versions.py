"""The versions of a month's roster: who published what and when, what differs, and an earlier one taken up again."""

from __future__ import annotations

from typing import Any

import dash
from dash import ALL, Input, Output, State, ctx, dcc, html

from dashboard.answering import Answering, tell
from dashboard.asked import Asked, asked_of
from dashboard.attributes import cell_label
from dashboard.desk import Desk
from dashboard.pages.parts import card, select
from dashboard.pages.roster.building import build_part, wire_building
from dashboard.pages.roster.differences import difference_list
from dashboard.pages.roster.names import draft_words, moment, nobody, place_of
from dashboard.pages.roster.showing import sheet_for
from dashboard.pages.roster.sides import duties_of_side, sides_of
from dashboard.pages.roster.tab import Tab
from dashboard.pages.roster.view import RosterView, look
from dashboard.person import here
from dashboard.roster_shelf import roster_shelf
from dashboard.wording import day_label
from scenarios.roster_difference import cell_words, roster_difference
from scenarios.roster_draft import begin_draft
from scheduler.roster_cells import Cell
from wfm.i18n import both, say
from wfm.store import CellEdit, DraftRecord, Publication

__all__ = ["TAB"]

EDITS_SHOWN = 60


def _show(asked: Asked, desk: Desk, view: RosterView) -> list[Any]:
    return [
        html.P(_sentence(view), className="lead", id="roster-versions-sentence"),
        _publications(asked, view),
        _compared(asked, desk, view),
        _drafts(asked, desk, view),
        _edits(desk, view),
        build_part(asked, desk, view),
    ]


def _sentence(view: RosterView) -> str:
    zone = view.month.dates.begins.tzinfo
    assert zone is not None
    if not view.month.publications:
        until = moment(view.month.dates.publish_until, zone)
        return say("Nothing is published for this month yet; the deadline is {at}.", at=until)
    last = view.month.publications[-1]
    return say(
        "Version {version} is published, by {who} at {at}.",
        version=last.version,
        who=nobody(last.who),
        at=moment(last.at, zone),
    )


def _publications(asked: Asked, view: RosterView) -> html.Section | None:
    if not view.month.publications:
        return None
    heads = [say("Version"), say("Published at"), say("By"), say("Note"), ""]
    rows = [_publication(asked, view, publication, heads) for publication in reversed(view.month.publications)]
    table = html.Table([html.Thead(html.Tr([html.Th(words) for words in heads])), html.Tbody(rows)], className="score")
    return card(say("Published versions"), [table])


def _publication(asked: Asked, view: RosterView, one: Publication, heads: list[str]) -> html.Tr:
    zone = view.month.dates.begins.tzinfo
    assert zone is not None
    version = str(one.version)
    links: list[Any] = [
        dcc.Link(say("Show"), href=place_of(asked, view, tab="", version=one.version, draft="", plan=""))
    ]
    if here().may("roster") and view.month.state != "settled":
        links.append(
            html.Button(
                say("Take up as a draft"),
                id={"part": "roster-restore", "version": one.version},
                className="roster-tool",
                n_clicks=0,
            )
        )
    at = moment(one.at, zone) + (" · " + say("late") if one.late else "")
    return html.Tr(
        [
            html.Td(html.B(version), **cell_label(heads[0])),
            html.Td(at, **cell_label(heads[1])),
            html.Td(nobody(one.who), **cell_label(heads[2])),
            html.Td(one.note or "–", **cell_label(heads[3])),
            html.Td(links, className="full roster-links"),
        ]
    )


def _compared(asked: Asked, desk: Desk, view: RosterView) -> html.Section | None:
    sides = sides_of(desk, view)
    if len(sides) < 2:
        return None
    known = [name for name, _ in sides]
    chosen = [name for name in asked.names("compare") if name in known][:2]
    if len(chosen) < 2:
        chosen = _first_two(known, view)
    before, after = chosen
    picks = [
        select("roster-before", say("From"), sides, before, 230),
        select("roster-after", say("To"), sides, after, 230),
    ]
    hotline, agents = view.scenario.hotline, view.scenario.agents
    changes = roster_difference(hotline, agents, duties_of_side(desk, view, before), duties_of_side(desk, view, after))
    which = {"v": "version", "d": "draft", "p": "plan"}[after[:1]]
    marked = place_of(
        asked, view, **{"tab": "", "version": "", "draft": "", "plan": "", which: after[1:], "compare": before}
    )
    link = dcc.Link(say("Mark these days in the grid"), href=marked)
    return card(
        say("What differs"),
        [html.Div(difference_list(changes), id="roster-compared"), link if changes else None],
        picks,
    )


def _first_two(known: list[str], view: RosterView) -> list[str]:
    """The open draft against what is published; else the last two."""
    draft = next((name for name in known if name.startswith("d")), "")
    version = next((name for name in known if name.startswith("v")), "")
    if draft and version:
        return [version, draft]
    return [known[1], known[0]]


def _drafts(asked: Asked, desk: Desk, view: RosterView) -> html.Section | None:
    drafts = desk.store.drafts.drafts(view.scenario.hotline.id, view.first, closed=True)
    if not drafts:
        return None
    zone = view.month.dates.begins.tzinfo
    assert zone is not None
    heads = [say("Draft"), say("Last changed"), say("Begun from"), say("State"), ""]
    states = {"": say("open"), "published": say("published"), "discarded": say("discarded")}
    rows = []
    for draft in drafts:
        links: list[Any] = []
        if not draft.closed:
            links = [dcc.Link(say("Open it"), href=place_of(asked, view, tab="", draft=draft.id, version="", plan=""))]
        elif draft.closed == "discarded" and here().may("roster"):
            links = [
                html.Button(
                    say("Take up again"),
                    id={"part": "roster-reopen", "draft": draft.id},
                    className="roster-tool",
                    n_clicks=0,
                )
            ]
        rows.append(
            html.Tr(
                [
                    html.Td(draft_words(draft), className="full"),
                    html.Td(moment(draft.changed_at, zone), **cell_label(heads[1])),
                    html.Td(_origin_words(draft), **cell_label(heads[2])),
                    html.Td(states[draft.closed], **cell_label(heads[3])),
                    html.Td(links, className="full roster-links"),
                ]
            )
        )
    table = html.Table([html.Thead(html.Tr([html.Th(words) for words in heads])), html.Tbody(rows)], className="score")
    return card(say("Drafts"), [table])


def _origin_words(draft: DraftRecord) -> str:
    origin = draft.origin
    if origin.get("kind") == "plan":
        return say("plan {plan}", plan=origin.get("plan") or "–")
    if origin.get("kind") == "built":
        return say("built by the solver")
    return say("version {version}", version=origin.get("version", "–"))


def _edits(desk: Desk, view: RosterView) -> html.Section | None:
    """Every change of the draft, the last one first."""
    if not view.draft:
        return None
    draft = roster_shelf(desk).draft(view.scenario, view.draft)
    if not draft.edits:
        return None
    items = [html.Li(_edit_words(desk, view, edit)) for edit in reversed(draft.edits[-EDITS_SHOWN:])]
    more = len(draft.edits) - len(items)
    return card(
        say("Changes of draft {number}", number=view.draft),
        [
            html.Ul(items, className="roster-edits", id="roster-edits"),
            html.P(say("… and {n} earlier ones", n=more), className="quiet") if more > 0 else None,
        ],
    )


def _edit_words(desk: Desk, view: RosterView, edit: CellEdit) -> str:
    draft = roster_shelf(desk).draft(view.scenario, view.draft)
    sheet = sheet_for(desk, draft.live.problem)
    person = sheet.people.get(edit.agent)
    before, after = Cell.of_plain(edit.before), Cell.of_plain(edit.after)
    values = {
        "at": moment(edit.at, draft.live.problem.zone),
        "who": nobody(edit.who),
        "name": f"{edit.agent} {person.name}".strip() if person else edit.agent,
        "day": day_label(edit.date),
        "before": cell_words(sheet.words, before),
        "after": cell_words(sheet.words, after),
    }
    if edit.kind == "undo":
        return say("{at} {who} took back: {name}, {day}: {before} → {after}", **values)
    if edit.kind == "redo":
        return say("{at} {who} repeated: {name}, {day}: {before} → {after}", **values)
    return say("{at} {who}: {name}, {day}: {before} → {after}", **values)


def wire(answer: Answering, desk: Desk) -> None:
    """Register the callbacks of comparison, of taking up versions and drafts again, and of building."""
    _compare(answer, desk)
    _restore(answer, desk)
    _reopen(answer, desk)
    wire_building(answer, desk)


def _compare(answer: Answering, desk: Desk) -> None:
    @answer(
        Output("roster-url", "search", allow_duplicate=True),
        Input("roster-before", "value"),
        Input("roster-after", "value"),
        State("roster-url", "search"),
        right="see",
        prevent_initial_call=True,
    )
    def compare(before: str | None, after: str | None, search: str | None) -> Any:
        """Two other versions."""
        asked = asked_of("/roster", search)
        if not ctx.triggered or not before or not after or asked.names("compare") == [before, after]:
            raise dash.exceptions.PreventUpdate
        return place_of(asked, look(asked, desk), compare=[before, after]).partition("/roster")[2]


def _restore(answer: Answering, desk: Desk) -> None:
    @answer(
        Output("roster-url", "search", allow_duplicate=True),
        Input({"part": "roster-restore", "version": ALL}, "n_clicks"),
        State("roster-url", "search"),
        right="roster",
        prevent_initial_call=True,
    )
    def restore(clicks: list[int | None], search: str | None) -> Any:
        """A version becomes a new draft; nothing is published by that."""
        used = ctx.triggered_id
        if not isinstance(used, dict) or not any(clicks):
            raise dash.exceptions.PreventUpdate
        version = int(used["version"])
        asked = asked_of("/roster", search)
        view = look(Asked("/roster", {**asked.query, "version": str(version), "draft": "", "plan": ""}), desk)
        assert view.roster is not None
        draft = begin_draft(desk.store, view.roster, {"kind": "version", "version": version}, who=here().name)
        tell(say("Draft {number} begins from version {version}.", number=draft.id, version=version))
        return place_of(asked, view, tab="", draft=draft.id, version="", plan="", compare="").partition("/roster")[2]


def _reopen(answer: Answering, desk: Desk) -> None:
    @answer(
        Output("roster-url", "search", allow_duplicate=True),
        Input({"part": "roster-reopen", "draft": ALL}, "n_clicks"),
        State("roster-url", "search"),
        right="roster",
        prevent_initial_call=True,
    )
    def reopen(clicks: list[int | None], search: str | None) -> Any:
        """A discarded draft is worked on again."""
        used = ctx.triggered_id
        if not isinstance(used, dict) or not any(clicks):
            raise dash.exceptions.PreventUpdate
        asked = asked_of("/roster", search)
        number = int(used["draft"])
        desk.store.drafts.reopen(number, who=here().name)
        view = look(Asked("/roster", {**asked.query, "draft": str(number)}), desk)
        return place_of(asked, view, tab="", draft=number, version="", plan="").partition("/roster")[2]


TAB = Tab("versions", both("Versions"), _show, wire, needs_roster=False)
