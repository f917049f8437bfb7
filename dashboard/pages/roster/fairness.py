"""Fairness: who carries how much of what, against the even share, with a sentence first and the spread as dots."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import dash_ag_grid as dag
import pandas as pd
from dash import Input, Output, State, dcc, html
from flask import Flask, Response, request

from dashboard.answering import Answering
from dashboard.asked import Asked, address, asked_of
from dashboard.colours import Screen
from dashboard.desk import Desk
from dashboard.figures.frame import aria
from dashboard.figures.spread import spread_figure
from dashboard.graph import graph
from dashboard.month_words import person_name
from dashboard.pages.month_parts import marked, pick
from dashboard.pages.parts import card
from dashboard.pages.parts import key as chart_key
from dashboard.pages.roster.downloads import file_response
from dashboard.pages.roster.tab import Tab
from dashboard.pages.roster.view import RosterView, look
from dashboard.person import here, require
from dashboard.reports.roster_files import FORMS, RosterFile, file_name
from dashboard.roster_shelf import roster_shelf
from dashboard.wording import number_words
from scenarios.roster_fairness import COUNTED, Carried, Fairness, FairShare, roster_fairness
from wfm.errors import BadInput
from wfm.i18n import Text, both, say

__all__ = ["TAB", "fairness_table"]

DEVIATION_SHOWN = {"hours": 1, "duties": 0}


def _fairness(desk: Desk, view: RosterView) -> Fairness:
    roster = view.roster
    assert roster is not None

    def make() -> tuple[object, object, Fairness]:
        # Problem and duties are kept beside it, so that no others come to have their numbers.
        return roster.problem, roster.duties, roster_fairness(roster.problem, roster.duties)

    return roster_shelf(desk).kept(("fairness", id(roster.problem), id(roster.duties)), make)[2]


def _show(asked: Asked, desk: Desk, view: RosterView) -> list[Any]:
    fair = _fairness(desk, view)
    chosen = asked.get("burden") if asked.get("burden") in fair.counted else _first_burden(fair)
    firms = bool(fair.firms)
    by_firm = asked.get("by") == "firm" and firms
    return [
        dcc.Location(id="roster-fairness-url", refresh="callback-nav"),
        html.P(_sentence(view, fair), className="lead", id="roster-fairness-sentence"),
        card(
            say("How it spreads"),
            [
                _dots_key(),
                html.Div(
                    graph("roster-fairness-dots", _figure(asked.screen, view, fair, chosen)),
                ),
            ],
            [pick("roster-fairness-burden", say("Counted"), [(k, COUNTED[k].of()) for k in fair.counted], chosen)],
        ),
        card(
            say("By person") if not by_firm else say("By firm"),
            [
                html.Div(_grid(view, fair, by_firm=by_firm), id="roster-fairness-frame"),
                html.P(
                    say(
                        "The even share is what everybody would carry if posts could be split, by days there and contract; what "
                        "was carried beyond it before is made good. Within one duty of it a roster is fair: 0 then. Hours count "
                        "paid hours; early mornings begin before 07:00."
                    ),
                    className="note",
                ),
            ],
            [
                pick(
                    "roster-fairness-by",
                    say("Rows"),
                    [("person", say("people")), ("firm", say("firms"))],
                    "firm" if by_firm else "person",
                    width=140,
                )
                if firms
                else html.Div(pick("roster-fairness-by", "", [("person", "")], "person"), hidden=True),
                *_links(view),
            ],
        ),
    ]


def _first_burden(fair: Fairness) -> str:
    """The burden most people are outside the fair band of; else nights; else the first."""
    worst = max(fair.shared, key=lambda k: len(fair.uneven(k)), default="")
    if worst and fair.uneven(worst):
        return worst
    return "nights" if "nights" in fair.counted else next(iter(fair.counted), "hours")


def _sentence(view: RosterView, fair: Fairness) -> list[Any]:
    if not fair.people:
        return marked("–", "none", say("Nobody can hold a post of this roster."))
    parts = []
    for key in fair.shared:
        uneven = fair.uneven(key)
        if uneven:
            far = uneven[0]
            parts.append(
                say(
                    "{burden}: {n} of {all_people} people, {who} the most ({beyond})",
                    burden=COUNTED[key].of(),
                    n=len(uneven),
                    all_people=len(fair.people),
                    who=person_name(view.scenario, far.agent),
                    beyond=_signed(far.shares[key].beyond, key),
                )
            )
    if not parts:
        return marked(
            "✓",
            "met",
            say(
                "Even: all {people} people are within one duty of their share of {burdens}.",
                people=number_words(len(fair.people)),
                burdens=_listed([COUNTED[k].of() for k in fair.shared]),
            ),
        )
    return marked("△", "risk", say("Outside the even share: {parts}.", parts="; ".join(parts)))


def _listed(words: Sequence[str]) -> str:
    from wfm.i18n import list_words

    return str(list_words(list(words)))


def _signed(value: float, key: str) -> str:
    digits = DEVIATION_SHOWN.get(key, 0)
    if abs(value) < 0.05:
        return "0"
    shown = f"{abs(value):,.{digits}f}"
    sign = "+" if value > 0 else "−"
    return say("{number} h", number=f"{sign}{shown}") if key == "hours" else f"{sign}{shown}"


def _dots_key() -> html.Ul:
    return chart_key(
        [
            (say("▲ more than fair"), {"background": "var(--short)"}, ""),
            (say("● within the fair band"), {"background": "var(--soft)"}, ""),
            (say("▼ less than fair"), {"background": "var(--over)"}, ""),
            (say("fair for most"), {"background": "var(--fill)"}, ""),
        ]
    )


def _figure(screen: Screen, view: RosterView, fair: Fairness, key: str) -> Any:
    points = []
    bands: Counter[tuple[float, float]] = Counter()
    for person in fair.people:
        share = person.shares.get(key)
        side = 0 if share is None else (share.beyond > 0) - (share.beyond < 0)
        points.append((person_name(view.scenario, person.agent), person.carried[key], side))
        if share is not None:
            bands[round(share.low, 2), round(share.high, 2)] += 1
    band = bands.most_common(1)[0][0] if bands else None
    name = COUNTED[key].of()
    amounts = [p[1] for p in points]
    label = say(
        "{name} of {n} people: from {least} to {most}, {out} of them outside the fair band",
        name=name,
        n=len(points),
        least=number_words(min(amounts, default=0.0)),
        most=number_words(max(amounts, default=0.0)),
        out=len(fair.uneven(key)),
    )
    return spread_figure(screen, label, name, points, band, hover="%{text}: %{customdata:,.1f}")


# The table


def _columns(fair: Fairness, *, by_firm: bool) -> list[dict[str, Any]]:
    first: list[dict[str, Any]] = (
        [
            {"field": "firm", "headerName": say("Firm"), "pinned": "left", "width": 160},
            {"field": "people", "headerName": say("People"), "width": 90, "type": "rightAligned"},
        ]
        if by_firm
        else [
            {"field": "agent", "headerName": say("Staff no."), "pinned": "left", "width": 90},
            {"field": "name", "headerName": say("Person"), "width": 110},
            *([{"field": "firm", "headerName": say("Firm"), "width": 110}] if fair.firms else []),
        ]
    )
    # A head over every column, as on the month's grid: a row of heads with nothing in it would be none to a screen reader.
    first = [{"headerName": say("Firms") if by_firm else say("People"), "children": first, "marryChildren": True}]
    for key in fair.counted:
        name = COUNTED[key].of()
        amount = {"field": key, "headerName": name, "width": 110, "type": "rightAligned", "headerTooltip": name}
        if key not in fair.shared:
            first.append(amount)
            continue
        first.append(
            {
                "headerName": name,
                "children": [
                    {**amount, "headerName": say("carried"), "width": 92},
                    {"field": f"{key}_share", "headerName": say("even share"), "width": 96, "type": "rightAligned"},
                    {
                        "field": f"{key}_beyond",
                        "headerName": say("beyond"),
                        "width": 96,
                        "type": "rightAligned",
                        "valueFormatter": {"function": "wfmBeyond(params.value)"},
                        "cellClassRules": {"beyond-more": "params.value > 0", "beyond-less": "params.value < 0"},
                    },
                    {
                        "field": f"{key}_before",
                        "headerName": say("before"),
                        "headerTooltip": say("carried beyond the share before this roster"),
                        "width": 86,
                        "type": "rightAligned",
                        "columnGroupShow": "open",
                    },
                ],
            }
        )
    return first


def fairness_table(fair: Fairness, *, by_firm: bool = False) -> list[dict[str, Any]]:
    """Rows of the table: a value for each column, deviations with their sign."""
    rows = []
    for one in fair.firms if by_firm else fair.people:
        row: dict[str, Any] = (
            {"firm": one.firm, "people": one.people}
            if by_firm
            else {"agent": one.agent, "name": one.name, "firm": one.firm}
        )
        for key in fair.counted:
            row[key] = round(one.carried[key], 1)
            if key in fair.shared:
                row |= _share_values(one, key)
        rows.append(row)
    return rows


def _share_values(one: Carried, key: str) -> dict[str, float | None]:
    share: FairShare | None = one.shares.get(key)
    return {
        f"{key}_share": None if share is None else round(share.share, 1),
        f"{key}_beyond": None if share is None else round(share.beyond, 1),
        f"{key}_before": None if share is None else round(share.before, 1),
    }


def _grid(view: RosterView, fair: Fairness, *, by_firm: bool) -> dag.AgGrid:
    return dag.AgGrid(
        id="roster-fairness-table",
        columnDefs=_columns(fair, by_firm=by_firm),
        rowData=fairness_table(fair, by_firm=by_firm),
        defaultColDef={"sortable": True, "resizable": True, "suppressHeaderMenuButton": True},
        dashGridOptions={
            "localeText": {"noRowsToShow": say("No rows"), "loadingOoo": say("Loading …")},
            "tooltipShowDelay": 300,
        },
        className="grid",
        style={"height": "480px", "width": "100%"},
    )


def _links(view: RosterView) -> list[Any]:
    query: dict[str, Any] = {
        "hotline": view.hotline,
        "month": view.first.isoformat(),
        "version": view.version if view.shown in ("published", "version") else None,
        "draft": view.draft if view.shown == "draft" else None,
        "plan": view.plan if view.shown == "plan" else None,
    }
    names: dict[str, Text] = {"csv": both("Table (CSV)"), "xlsx": both("Excel")}
    return [
        html.A(
            [html.Span(className="icon icon-download"), names[form].of()],
            href=address(f"/download/roster/fairness.{form}", **query),
            className="download",
            download="",
        )
        for form in names
    ]


def _file(desk: Desk, asked: Asked, form: str) -> RosterFile:
    view = look(asked, desk)
    if view.roster is None:
        raise BadInput(say("There is no roster of this month yet."))
    fair = _fairness(desk, view)
    tables = {say("By person"): _named(fair, by_firm=False)}
    if fair.firms:
        tables[say("By firm")] = _named(fair, by_firm=True)
    name = file_name(view.roster, form, view.version, what=say("fairness"))
    if form == "csv":
        from dashboard.tables import csv_bytes

        content = csv_bytes(next(iter(tables.values())))
    else:
        from dashboard.reports.table_book import table_book

        content = table_book(tables)
    details = {"file": name, "shown": view.shown, "version": view.version}
    desk.store.trail.note(here().name, "export fairness", f"{view.scenario.hotline.id} {view.first}", details)
    return RosterFile(name, FORMS[form], content)


def _named(fair: Fairness, *, by_firm: bool) -> pd.DataFrame:
    """The table with headings in the language of the moment."""
    names = {"agent": say("Staff no."), "name": say("Person"), "firm": say("Firm"), "people": say("People")}
    share, beyond, before = say("even share"), say("beyond"), say("before")
    for key in fair.counted:
        words = COUNTED[key].of()
        names |= {
            key: words,
            f"{key}_share": f"{words}: {share}",
            f"{key}_beyond": f"{words}: {beyond}",
            f"{key}_before": f"{words}: {before}",
        }
    table = pd.DataFrame(fairness_table(fair, by_firm=by_firm))
    return table.rename(columns=names)


def _wire(answer: Answering, desk: Desk) -> None:
    place = [State("url", "pathname"), State("url", "search")]

    @answer(
        Output("roster-fairness-dots", "figure"),
        Output("roster-fairness-dots-frame", "aria-label"),
        Input("roster-fairness-burden", "value"),
        *place,
        State("screen", "data"),
        right="see",
        prevent_initial_call=True,
    )
    def spread(burden: str | None, path: str, search: str, told: dict[str, bool] | None) -> Any:
        """The dots of another burden."""
        asked = asked_of(path, search, told)
        view = look(asked, desk)
        fair = _fairness(desk, view)
        key = burden if burden in fair.counted else _first_burden(fair)
        figure = _figure(asked.screen, view, fair, str(key))
        return figure, aria(figure)

    @answer(
        Output("roster-fairness-frame", "children"),
        Input("roster-fairness-by", "value"),
        *place,
        right="see",
        prevent_initial_call=True,
    )
    def rows(by: str | None, path: str, search: str) -> Any:
        """People or firms."""
        view = look(asked_of(path, search), desk)
        return _grid(view, _fairness(desk, view), by_firm=by == "firm")

    server: Flask = answer.app.server

    @server.get("/download/roster/fairness.<form>")
    def fairness_file(form: str) -> Response:
        require("see")
        try:
            if form not in ("csv", "xlsx"):
                raise BadInput(say("There is no such file."))
            return file_response(_file(desk, asked_of("/roster", request.query_string.decode()), form))
        except BadInput as error:
            return Response(str(error), status=404, mimetype="text/plain")


TAB = Tab("fairness", both("Fairness"), _show, _wire)
"""``/roster?tab=fairness``."""
