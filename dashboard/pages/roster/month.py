"""The month as a grid: people in rows, days in columns; typed into, dragged in, undone, and seen by others at once."""

from __future__ import annotations

from typing import Any

import dash_ag_grid as dag
import dash_mantine_components as dmc
from dash import dcc, html

from dashboard.asked import Asked
from dashboard.attributes import UNSPOKEN, aria_label
from dashboard.desk import Desk
from dashboard.grid_words import grid_texts
from dashboard.pages.parts import select
from dashboard.pages.roster.editing import wire
from dashboard.pages.roster.layout_words import LIVE
from dashboard.pages.roster.names import draft_words, place_of
from dashboard.pages.roster.phone import month_lists
from dashboard.pages.roster.publishing import publish_button, publish_dialog
from dashboard.pages.roster.put_in import put_in_words
from dashboard.pages.roster.sheet import Sheet
from dashboard.pages.roster.sheet_columns import DAY_PX, sheet_columns
from dashboard.pages.roster.sheet_cover import cover_rows
from dashboard.pages.roster.sheet_words import sheet_context
from dashboard.pages.roster.showing import live_of, sheet_of
from dashboard.pages.roster.sides import duties_of_side
from dashboard.pages.roster.tab import Tab
from dashboard.pages.roster.view import RosterView
from dashboard.person import here
from dashboard.roster_shelf import roster_shelf
from dashboard.shift_colours import ink_on, shift_colours
from scenarios.roster_difference import roster_difference
from scenarios.roster_draft import DraftAtHand, steps_to_redo, steps_to_undo
from scheduler.grid_words import leave_word
from scheduler.roster_cells import LiveRoster
from wfm.i18n import both, say

__all__ = ["TAB", "may_change", "shift_style"]

ROW_PX = 26
COVER_PX = 30


def may_change(view: RosterView) -> bool:
    """Whether the roster that is shown can be typed into: a draft, or one from which the first change begins a draft."""
    return here().may("roster") and (view.shown == "draft" or not view.draft) and view.month.state != "settled"


def shift_style(sheet: Sheet) -> dict[str, str]:
    """Colour of each shift and of the words on it, as custom properties."""
    colours = list(shift_colours(sheet.problem.hotline).values())[:8]
    return {
        name: value for n, fill in enumerate(colours) for name, value in ((f"--s{n}", fill), (f"--i{n}", ink_on(fill)))
    }


def _rows_of(desk: Desk, sheet: Sheet, live: LiveRoster) -> tuple[list[Any], list[Any]]:
    """Rows of the people and of the cover, made once of a roster; sheet and roster are kept beside them for their numbers."""
    key = ("rows", id(sheet), id(live))
    kept = roster_shelf(desk).kept(key, lambda: (sheet, live, sheet.rows(live), cover_rows(sheet, live)))
    return kept[2], kept[3]


def _show(asked: Asked, desk: Desk, view: RosterView) -> list[Any]:
    sheet, live = sheet_of(desk, view), live_of(desk, view)
    draft = roster_shelf(desk).draft(view.scenario, view.draft) if view.shown == "draft" else None
    put_in = put_in_words(desk, draft, asked.number("step")) if draft else None
    if asked.screen.narrow:
        return [put_in, *month_lists(asked, view, sheet, live, desk.now(asked).date())]
    edit = may_change(view)
    context = sheet_context(sheet, draft=view.draft if draft else 0, latest=draft.latest if draft else 0, may_edit=edit)
    context["dayBroken"] = sheet.days_broken(live)
    wanted = asked.day("day")
    context["focus"] = f"d{sheet.places[wanted]}" if wanted in sheet.places else ""
    context["differs"] = _differs(asked, desk, view, sheet)
    rows, cover = _rows_of(desk, sheet, live)
    return [
        dcc.Store(id="roster-context", data=context),
        dcc.Store(id="roster-do"),
        dcc.Store(id="roster-told"),
        dcc.Store(id="roster-ask"),
        dcc.Interval(id="roster-pulse", interval=2500, disabled=draft is None),
        html.Div([_filters(sheet, asked), _draft_line(asked, desk, view, draft)], className="roster-above"),
        put_in,
        _tools(sheet, draft, shown=edit),
        None if edit else _legend(sheet),
        html.Div(
            dag.AgGrid(
                id="roster-grid",
                rowData=rows,
                columnDefs=sheet_columns(sheet, may_edit=edit),
                defaultColDef={"suppressHeaderMenuButton": True, "suppressHeaderContextMenu": True},
                getRowId="params.data.id",
                dashGridOptions={
                    "rowHeight": ROW_PX,
                    "headerHeight": 40,
                    "groupHeaderHeight": 22,
                    "getRowHeight": {"function": f"params.node.rowPinned ? {COVER_PX} : {ROW_PX}"},
                    "pinnedBottomRowData": cover,
                    "isExternalFilterPresent": {"function": "true"},
                    "doesExternalFilterPass": {"function": "rosterPasses(params)"},
                    "localeText": grid_texts(empty=say("Nobody is found; clear the filter.")),
                    "tooltipShowDelay": 300,
                    "tooltipHideDelay": 20000,
                    "stopEditingWhenCellsLoseFocus": True,
                    "enterNavigatesVertically": True,
                    "enterNavigatesVerticallyAfterEdit": True,
                    "suppressColumnVirtualisation": False,
                    "suppressMovableColumns": True,
                    "suppressScrollOnNewData": True,
                    "animateRows": False,
                    "rowBuffer": 12,
                },
                className="grid roster-sheet",
                style={"height": "max(420px, calc(100vh - 340px))", "width": "100%"},
            ),
            style={**shift_style(sheet), "--day-px": f"{DAY_PX}px"},
            className="roster-frame",
        ),
        html.P(say("To print the month, take the PDF under Files."), className="on-paper"),
        html.P(id="roster-cell", className="roster-cell", **LIVE),
        _conflict(),
        publish_dialog(),
    ]


def _differs(asked: Asked, desk: Desk, view: RosterView, sheet: Sheet) -> dict[str, str]:
    """What stood in each cell that differs from the roster named in the address, by ``person|column``."""
    sides = asked.names("compare")
    if len(sides) != 1 or view.roster is None:
        return {}
    before = duties_of_side(desk, view, sides[0])
    changes = roster_difference(view.scenario.hotline, view.scenario.agents, before, view.roster.duties)
    return {
        f"{c.agent}|d{sheet.places[c.date]}": say("before: {duty}", duty=c.before or say("free"))
        for c in changes
        if c.date in sheet.places
    }


def _draft_line(asked: Asked, desk: Desk, view: RosterView, draft: DraftAtHand | None) -> html.Div:
    """Which draft is worked on, or how one begins. Every control is there, shown or not, since callbacks name them all."""
    may = here().may("roster")
    said: list[Any] = []
    if draft is None and view.draft:
        other = desk.store.drafts.draft(view.draft)
        link = dcc.Link(say("Open it"), href=place_of(asked, view, draft=view.draft, version="", plan=""))
        said = [
            say("A draft of this month is open ({draft}); changes belong there.", draft=draft_words(other)),
            " ",
            link,
        ]
    elif draft is None and may_change(view):
        said = [say("The first change begins a draft; nothing is published until you say so.")]
    first = view.published is None and not view.draft
    return html.Div(
        [
            html.Span(draft_words(draft.record) if draft else said, id="roster-draft-words"),
            publish_button(shown=may and (draft is not None or first)),
            html.Button(
                say("Discard the draft …"),
                id="roster-discard",
                className="roster-tool",
                n_clicks=0,
                hidden=not (may and draft is not None),
            ),
        ],
        className="roster-line",
    )


def _filters(sheet: Sheet, asked: Asked) -> html.Div:
    firms = sorted({a.firm for a in sheet.problem.agents if a.firm})
    groups = [(g.id, g.name.of()) for g in sheet.problem.hotline.groups]
    known_groups = {key for key, _ in groups}
    return html.Div(
        [
            dmc.TextInput(
                id="roster-q",
                label=say("Name or number"),
                value=asked.get("q"),
                size="sm",
                w=170,
                placeholder=say("Find somebody"),
            ),
            select(
                "roster-firm",
                say("Firm"),
                [("", say("Every firm")), *((f, f) for f in firms)],
                asked.get("firm") if asked.get("firm") in firms else "",
                180,
            ),
            select(
                "roster-group",
                say("Able to serve"),
                [("", say("Every group")), *groups],
                asked.get("group") if asked.get("group") in known_groups else "",
                200,
            ),
            dmc.CheckboxGroup(
                id="roster-broken",
                value=["yes"] if asked.get("broken") else [],
                children=dmc.Checkbox(label=say("Only broken rules"), value="yes", size="sm"),
            ),
        ],
        className="controls roster-filters",
    )


def _chip(sheet: Sheet, number: int, role: str) -> html.Button:
    shift = sheet.problem.hotline.shifts[number]
    label = sheet.words.labels[shift.id]
    text = label if role == "A" else f"{label}·B"
    words = say("{shift} {start}–{end}, {role}", shift=shift.name, start=shift.start, end=shift.end, role=role)
    look = "answers" if role == "A" else "standby"
    return html.Button(
        text,
        id={"part": "roster-put", "text": text},
        className=f"roster-chip s{number % 8} {look}",
        n_clicks=0,
        title=words,
        **aria_label(words),
    )


def _tools(sheet: Sheet, draft: DraftAtHand | None, *, shown: bool) -> html.Div:
    """Undo, redo, pin, and a chip for each shift."""
    who, edits = here().name, draft.edits if draft else ()
    shifts = range(len(sheet.problem.hotline.shifts))
    return html.Div(
        [
            _icon("roster-undo", "undo", say("Undo (Ctrl+Z)"), disabled=not steps_to_undo(edits, who)),
            _icon("roster-redo", "undo mirrored", say("Redo (Ctrl+Y)"), disabled=not steps_to_redo(edits, who)),
            _icon("roster-pin", "pin", say("Pin or unpin (P)") if _pins_by_key(sheet) else say("Pin or unpin")),
            html.Span(
                [_chip(sheet, n, role) for n in shifts for role in ("A", "B")]
                + [
                    html.Button(
                        say("free"),
                        id={"part": "roster-put", "text": ""},
                        className="roster-chip none",
                        n_clicks=0,
                        title=say("Take the duty away (Delete)"),
                    )
                ],
                className="roster-palette",
                role="group",
                style=shift_style(sheet),
                **aria_label(say("Shifts to put into the chosen cell")),
            ),
            html.Span(
                [
                    say("Type a shift, drag a duty, Delete takes it away; 1–9 are the shifts in this order."),
                    " ",
                    say("P pins a day.")
                    if _pins_by_key(sheet)
                    else say("P is a shift here and pins nothing; use the button with the pin."),
                ],
                className="quiet roster-hint",
            ),
        ],
        className="roster-tools",
        hidden=not shown,
    )


def _pins_by_key(sheet: Sheet) -> bool:
    """Whether the key P pins: not where a shift is called so, which is then typed."""
    return "p" not in sheet.words.shifts


def _icon(button_id: str, icon: str, words: str, *, disabled: bool = False) -> html.Button:
    name, _, more = icon.partition(" ")
    return html.Button(
        html.Span(className=f"icon icon-{name} {more}".strip(), **UNSPOKEN),
        id=button_id,
        className="roster-tool",
        n_clicks=0,
        disabled=disabled,
        title=words,
        **aria_label(words),
    )


def _legend(sheet: Sheet) -> html.Div:
    """What the chips mean, where nothing can be changed."""
    shifts = sheet.problem.hotline.shifts
    entries = [
        html.Li(
            [
                html.Span(sheet.words.labels[s.id], className=f"roster-chip s{n % 8} answers", **UNSPOKEN),
                f"{s.name} {s.start}–{s.end}",
            ]
        )
        for n, s in enumerate(shifts)
    ]
    entries.append(html.Li([html.Span(leave_word(sheet.words), className="roster-chip leave"), say("on leave")]))
    return html.Div(
        html.Ul([*entries, html.Li(say("A filled, B outlined"))], className="key roster-legend"),
        style=shift_style(sheet),
    )


def _conflict() -> dmc.Modal:
    """Asks whose change is to stand where two people changed the same cell."""
    return dmc.Modal(
        id="roster-conflict",
        opened=False,
        title=say("Somebody else changed this too"),
        closeOnClickOutside=False,
        closeOnEscape=False,
        withCloseButton=False,
        children=[
            html.Div(id="roster-conflict-words"),
            html.Div(
                [
                    html.Button(say("Keep theirs"), id="roster-theirs", className="button", n_clicks=0),
                    html.Button(say("Take mine"), id="roster-mine", className="roster-tool", n_clicks=0),
                ],
                className="roster-answers",
            ),
        ],
    )


TAB = Tab("month", both("Month"), _show, wire)
