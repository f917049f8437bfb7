"""What happens when somebody changes a cell: the draft is changed, the rules are checked, and everybody sees it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any

import dash
from dash import ALL, ClientsideFunction, Input, Output, State, html, no_update

from dashboard.answering import Answering, tell
from dashboard.asked import Asked, asked_of
from dashboard.desk import Desk
from dashboard.pages.roster.layout_words import headline_parts
from dashboard.pages.roster.names import draft_words, moment, nobody, place_of
from dashboard.pages.roster.publishing import wire_publishing
from dashboard.pages.roster.sheet import Sheet
from dashboard.pages.roster.sheet_cover import cover_rows
from dashboard.pages.roster.sheet_words import sheet_sentence
from dashboard.pages.roster.showing import sheet_for
from dashboard.pages.roster.view import RosterView, look
from dashboard.person import here
from dashboard.roster_shelf import roster_shelf
from dashboard.wording import day_label
from scenarios.roster_difference import cell_words
from scenarios.roster_draft import (
    DraftAtHand,
    begin_draft,
    change_cells,
    redo_step,
    steps_to_redo,
    steps_to_undo,
    undo_step,
)
from scenarios.roster_typing import dragged_cells, typed_cell
from scheduler.roster_cells import Cell, CellPlace
from wfm.errors import BadInput
from wfm.i18n import say
from wfm.store import CellEdit, CellsChanged

__all__ = ["origin_of", "wire"]


def wire(answer: Answering, desk: Desk) -> None:
    """Register the callbacks of the grid."""
    _in_browser(answer)
    _change(answer, desk)
    _follow(answer, desk)
    _filter(answer)
    wire_publishing(answer, desk)


def _in_browser(answer: Answering) -> None:
    here_ = "roster"
    answer.in_browser(
        ClientsideFunction(here_, "setUp"), Output("roster-context", "data"), Input("roster-context", "data")
    )
    answer.in_browser(ClientsideFunction(here_, "told"), Output("roster-cell", "title"), Input("roster-told", "data"))
    for button in ("undo", "redo", "pin"):
        answer.in_browser(
            ClientsideFunction(here_, button),
            Output(f"roster-{button}", "n_clicks"),
            Input(f"roster-{button}", "n_clicks"),
            prevent_initial_call=True,
        )
    put = {"part": "roster-put", "text": ALL}
    answer.in_browser(
        ClientsideFunction(here_, "put"),
        Output("roster-cell", "role"),
        Input(put, "n_clicks"),
        prevent_initial_call=True,
    )
    answer.in_browser(
        ClientsideFunction(here_, "decide"),
        Output("roster-conflict", "opened"),
        Input("roster-mine", "n_clicks"),
        Input("roster-theirs", "n_clicks"),
        prevent_initial_call=True,
    )
    answer.in_browser(
        ClientsideFunction(here_, "tick"),
        Output("roster-ask", "data"),
        Input("roster-pulse", "n_intervals"),
        prevent_initial_call=True,
    )


def _filter(answer: Answering) -> None:
    controls = [Input(f"roster-{name}", "value") for name in ("q", "firm", "group", "broken")]
    answer.in_browser(ClientsideFunction("roster", "filter"), Output("roster-cell", "className"), *controls)


def _change(answer: Answering, desk: Desk) -> None:
    @answer(
        Output("roster-told", "data"),
        Output("roster-url", "search"),
        Output("roster-headline", "children"),
        Output("roster-headline", "className"),
        Output("roster-draft-words", "children"),
        Output("roster-undo", "disabled"),
        Output("roster-redo", "disabled"),
        Output("roster-conflict", "opened", allow_duplicate=True),
        Output("roster-conflict-words", "children"),
        Input("roster-do", "data"),
        State("roster-url", "search"),
        right="roster",
        prevent_initial_call=True,
    )
    def change(asked: dict[str, Any] | None, search: str | None) -> Any:
        """Change cells, take the last change back or repeat it; the first change begins a draft."""
        if not asked:
            raise dash.exceptions.PreventUpdate
        place = asked_of("/roster", search)
        scenario, shelf = desk.scenario(place), roster_shelf(desk)
        number, fresh = int(asked["draft"]), not asked["draft"]
        try:
            if fresh:
                if asked["what"] in ("undo", "redo"):
                    raise BadInput(say("there is nothing to take back"))
                number = _begin(desk, look(place, desk))
            draft = shelf.draft(scenario, number)
            based_on = int(asked["based_on"])
            shelf.keep_draft(scenario, _do(desk, draft, asked, based_on))
        except CellsChanged as changed:
            now = shelf.draft(scenario, number)
            words = _conflict_words(now, changed, asked, sheet_for(desk, now.live.problem))
            told = {**_told(desk, now, based_on, here().name), "n": asked["n"], "conflict": True}
            return told, no_update, no_update, no_update, no_update, no_update, no_update, True, words
        except BadInput as error:
            tell(str(error), kind="problem")
            told = {"n": asked["n"], "draft": asked["draft"], "latest": asked["based_on"]}
            return (told, *(no_update,) * 8)
        now = shelf.draft(scenario, number)
        told = {**_told(desk, now, based_on, here().name), "n": asked["n"]}
        where: Any = no_update
        if fresh:
            view = look(Asked("/roster", {**place.query, "draft": str(number)}), desk)
            where = place_of(place, view, draft=number, version="", plan="").partition("/roster")[2]
        return (told, where, *_around(desk, now), no_update, no_update)


def _begin(desk: Desk, view: RosterView) -> int:
    if view.draft:
        raise BadInput(say("A draft of this month is open already; open it and change it there."))
    if view.roster is None:
        raise BadInput(say("This month has no roster yet."))
    found = view.roster
    return begin_draft(desk.store, found, origin_of(view), who=here().name).id


def origin_of(view: RosterView) -> dict[str, Any]:
    """What a draft begins from, as plain values."""
    if view.shown == "plan":
        return {"kind": "plan", "plan": view.plan}
    return {"kind": "version", "version": view.version}


def _do(desk: Desk, draft: DraftAtHand, asked: dict[str, Any], based_on: int) -> DraftAtHand:
    """The draft after what was asked for."""
    who, store, what = here().name, desk.store, asked["what"]
    if what == "undo":
        return undo_step(draft, store, who=who)[0]
    if what == "redo":
        return redo_step(draft, store, who=who)[0]
    places = [(str(agent), date.fromisoformat(day)) for agent, day in asked["cells"]]
    wanted = _wanted(desk, draft, what, places, str(asked.get("text", "")))
    return change_cells(draft, store, wanted, based_on=based_on, who=who)[0]


def _wanted(desk: Desk, draft: DraftAtHand, what: str, places: Sequence[CellPlace], text: str) -> dict[CellPlace, Cell]:
    live = draft.live
    if what == "drag":
        return dragged_cells(live, places[0], places[1])
    if what == "pin":
        cells = [live.cell(*place) for place in places]
        return {place: Cell(cell.duties, not cell.pinned) for place, cell in zip(places, cells, strict=True)}
    words = sheet_for(desk, live.problem).words
    return {place: typed_cell(live, words, *place, text) for place in places}


def _told(desk: Desk, draft: DraftAtHand, since: int, who: str) -> dict[str, Any]:
    """What the browser has to show anew after the edits since then."""
    edits = [e for e in draft.edits if e.number > since]
    sheet = sheet_for(desk, draft.live.problem)
    around = {e.date + n * timedelta(days=1) for e in edits for n in (-1, 0, 1)}
    foreign = [(e.agent, sheet.places[e.date]) for e in edits if e.who != who and e.date in sheet.places]
    return {
        "draft": draft.record.id,
        "latest": draft.latest,
        "rows": sheet.rows(draft.live, {e.agent for e in edits}) if edits else [],
        "days": sheet.days_broken(draft.live, around) if edits else {},
        "cover": cover_rows(sheet, draft.live) if edits else None,
        "fresh": sorted({*foreign}),
    }


def _around(desk: Desk, draft: DraftAtHand) -> tuple[Any, ...]:
    """Headline, its look, the words of the draft, and whether there is nothing to undo or redo."""
    sheet, who = sheet_for(desk, draft.live.problem), here().name
    words, status = sheet_sentence(sheet, draft.live, say("Draft {number}", number=draft.record.id))
    return (
        headline_parts(words, status),
        f"headline {status}",
        draft_words(draft.record),
        not steps_to_undo(draft.edits, who),
        not steps_to_redo(draft.edits, who),
    )


def _conflict_words(draft: DraftAtHand, changed: CellsChanged, asked: dict[str, Any], sheet: Sheet) -> list[Any]:
    """Who changed which cell from what to what, and what stands against it."""
    zone, names = draft.live.problem.zone, sheet.people
    items = []
    for edit in changed.edits:
        person = names.get(edit.agent)
        items.append(
            html.Li(
                say(
                    "{day}, {name}: {who} changed {before} to {after} at {at}.",
                    day=day_label(edit.date),
                    name=person.name if person and person.name else edit.agent,
                    who=nobody(edit.who),
                    before=cell_words(sheet.words, Cell.of_plain(edit.before)),
                    after=cell_words(sheet.words, Cell.of_plain(edit.after)),
                    at=moment(edit.at, zone),
                )
            )
        )
    return [html.Ul(items), html.P(_wish(asked))]


def _wish(asked: dict[str, Any]) -> str:
    if asked["what"] == "type":
        return say("You want: {text}.", text=asked.get("text") or say("free"))
    if asked["what"] == "drag":
        return say("You want to move or exchange the duties of these cells.")
    return say("You want to pin or unpin it, or to take your change back.")


def _follow(answer: Answering, desk: Desk) -> None:
    @answer(
        Output("roster-told", "data", allow_duplicate=True),
        Output("roster-headline", "children", allow_duplicate=True),
        Output("roster-headline", "className", allow_duplicate=True),
        Output("roster-draft-words", "children", allow_duplicate=True),
        Input("roster-ask", "data"),
        State("roster-url", "search"),
        right="see",
        prevent_initial_call=True,
    )
    def follow(asked: dict[str, int] | None, search: str | None) -> Any:
        """What others changed since the browser was last told."""
        if not asked:
            raise dash.exceptions.PreventUpdate
        number, latest = int(asked["draft"]), int(asked["latest"])
        if desk.store.drafts.draft(number).edits == latest:
            raise dash.exceptions.PreventUpdate
        draft = roster_shelf(desk).draft(desk.scenario(asked_of("/roster", search)), number)
        _tell_of(draft.edits, latest)
        headline, look_, words, *_ = _around(desk, draft)
        return _told(desk, draft, latest, here().name), headline, look_, words


def _tell_of(edits: Collection[CellEdit], since: int) -> None:
    """A notice that says who changed how many cells."""
    others = sorted({e.who for e in edits if e.number > since and e.who != here().name})
    for who in others:
        n = sum(e.number > since and e.who == who for e in edits)
        tell(
            say("{who} changed one cell.", who=nobody(who))
            if n == 1
            else say("{who} changed {n} cells.", who=nobody(who), n=n)
        )
