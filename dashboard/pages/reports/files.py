"""What can be taken away: reports and scorecards of plans, rosters with duties and fees."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from dashboard.asked import address
from dashboard.attributes import cell_label
from dashboard.desk import Desk
from dashboard.pages.parts import card, status_cell
from dashboard.sentences import worst_status
from dashboard.wording import period_words
from wfm.errors import BadInput
from wfm.i18n import say

__all__ = ["plans_part", "rosters_part"]


def plans_part(desk: Desk, hotline: str) -> html.Section:
    """Each plan with its report and its tables."""
    names = desk.plans_of(hotline)
    if not names:
        return card(
            say("Plans"),
            [
                html.P([say("No plan of this hotline yet."), " ",
                        dcc.Link(say("Make one"), href=address("/plan", hotline=hotline, view="new"))], className="quiet")
            ],
        )  # fmt: skip
    heads = [say("status"), say("plan"), say("period"), say("files")]
    rows = []
    for name in names:
        try:
            plan = desk.plans.plan(name)
        except BadInput as error:
            rows.append(html.Tr([status_cell("unknown"), html.Td(name), html.Td(str(error), colSpan=2)]))
            continue
        rows.append(
            html.Tr(
                [
                    status_cell(worst_status(plan)),
                    html.Td(dcc.Link(name, href=address("/plan", hotline=hotline, plan=name)), **cell_label(heads[1])),
                    html.Td(period_words(plan), **cell_label(heads[2])),
                    html.Td(
                        [
                            _file(say("Report"), address("/report", plan=name), "report", opens=True),
                            _file(say("Scorecard (Excel)"), address("/download/reports/scorecard.xlsx", plan=name)),
                            _file(say("Scorecard (CSV)"), address("/data/scorecard.csv", plan=name)),
                        ],
                        className="full file-links",
                    ),
                ]
            )
        )
    return card(
        say("Plans"),
        [_table(heads, rows), html.P(say("The report opens in the browser; print it from there."), className="note")],
    )


def rosters_part(desk: Desk, hotline: str) -> html.Section:
    """Each published roster with its files."""
    published = [r for r in desk.store.rosters(hotline) if r.published_version is not None]
    if not published:
        words = say("No roster of this hotline is published yet; its files will stand here.")
        link = dcc.Link(say("Open the roster"), href=address("/roster", hotline=hotline))
        return card(say("Published rosters"), [html.P([words, " ", link], className="quiet")])
    heads = [say("period"), say("version"), say("files")]
    rows = []
    for roster in sorted(published, key=lambda r: r.first, reverse=True):
        query = {"hotline": hotline, "month": roster.first.isoformat(), "version": roster.published_version}
        rows.append(
            html.Tr(
                [
                    html.Td(f"{roster.first.isoformat()} – {roster.last.isoformat()}", **cell_label(heads[0])),
                    html.Td(str(roster.published_version), **cell_label(heads[1])),
                    html.Td(
                        [
                            _file(say("Roster (Excel)"), address("/download/roster/xlsx", **query)),
                            _file(say("Roster (PDF)"), address("/download/roster/pdf", **query)),
                            _file(say("Duties (CSV)"), address("/download/roster/csv", **query)),
                            _file(
                                say("Fees by person and firm (Excel)"), address("/download/roster/settlement", **query)
                            ),
                            _file(say("Duties by firm (CSV)"), address("/download/reports/firm-duties.csv", **query)),
                        ],
                        className="full file-links",
                    ),
                ]
            )
        )
    note = html.P(say("Files name people: each download stands in the audit."), className="note")
    return card(say("Published rosters"), [_table(heads, rows), note])


def _table(heads: list[str], rows: list[Any]) -> html.Div:
    head = html.Thead(html.Tr([html.Th(words, scope="col") for words in heads]))
    return html.Div(html.Table([head, html.Tbody(rows)], className="score"), className="wide")


def _file(words: str, href: str, icon: str = "download", *, opens: bool = False) -> html.A:
    more: dict[str, Any] = {"target": "_blank"} if opens else {"download": ""}
    return html.A([html.Span(className=f"icon icon-{icon}"), words], href=href, className="download", **more)
