"""报表: the rates by week, month and quarter from the records, and what plans and rosters give to take away."""

from __future__ import annotations

from typing import Any, cast

from dash import Input, Output, State, dcc, html

from dashboard.answering import Answering
from dashboard.asked import Asked, address, asked_of
from dashboard.attributes import aria_label
from dashboard.desk import Desk
from dashboard.page import Page
from dashboard.pages.parts import card, download
from dashboard.pages.reports.downloads import serve_downloads
from dashboard.pages.reports.files import plans_part, rosters_part
from dashboard.pages.reports.rates import counts_of, rates_headline, rates_part, rates_with_trend
from scenarios.recorded_rates import Kind, counted_already, rate_rows
from wfm.hotline import Hotline
from wfm.i18n import Text, both, say

__all__ = ["PAGE", "kind_in"]

KINDS: dict[Kind, Text] = {"week": both("Weeks"), "month": both("Months"), "quarter": both("Quarters")}


def kind_in(asked: Asked) -> Kind:
    """Weeks, months or quarters, as the address says."""
    return cast("Kind", asked.get("period")) if asked.get("period") in KINDS else "month"


def _show(asked: Asked, desk: Desk) -> list[Any]:
    scenario = desk.scenario(asked)
    hotline, kind = scenario.hotline, kind_in(asked)
    name = desk.hotline_of(asked)
    records = desk.records(hotline.id)
    days = records.days()
    ready = bool(days) and counted_already(hotline, records, desk.home / "counts")
    headline, look, body = _rates(hotline, desk, kind) if ready else _waiting(bool(days), name)
    return [
        dcc.Location(id="reports-url", refresh="callback-nav"),
        dcc.Store(id="reports-hotline", data={"hotline": name, "count": bool(days) and not ready}),
        html.Div([html.Div([html.H1(say("Reports")), html.P(hotline.name.of())], className="title")], className="top"),
        html.P(headline, className=f"headline {look}", id="reports-headline", role="status"),
        card(
            say("Rates from the records"),
            [html.Div(body, id="reports-rates")],
            [
                _kinds(asked, kind),
                *(
                    [
                        download("reports-csv", _table_link(name, kind, "csv")),
                        download("reports-xlsx", _table_link(name, kind, "xlsx"), say("Table (Excel)")),
                    ]
                    if days
                    else []
                ),
            ],
        ),
        plans_part(desk, name),
        rosters_part(desk, name),
    ]


def _table_link(hotline: str, kind: Kind, form: str) -> str:
    return address(f"/download/reports/rates.{form}", hotline=hotline, period=kind)


def _kinds(asked: Asked, kind: Kind) -> html.Nav:
    marked: dict[str, Any] = {"aria-current": "page"}
    return html.Nav(
        html.Ul(
            [
                html.Li(
                    dcc.Link(words.of(), href=asked.with_(period="" if key == "month" else key), className="plan-view"),
                    **(marked if key == kind else {}),
                )
                for key, words in KINDS.items()
            ]
        ),
        className="plan-views kinds",
        **aria_label(say("Length of the periods")),
    )


def _rates(hotline: Hotline, desk: Desk, kind: Kind) -> tuple[str, str, list[Any]]:
    periods = rates_with_trend(hotline, counts_of(desk, hotline), desk, kind)
    words, look = rates_headline(rate_rows(hotline), periods)
    generated = desk.records(hotline.id).labels() == ["synthetic"]
    return words, look, rates_part(hotline, periods, kind, generated=generated)


def _waiting(has_records: bool, name: str) -> tuple[str, str, list[Any]]:
    if has_records:
        return say("Counting the records …"), "none", [html.P(say("Counting the records …"), className="loading")]
    link = dcc.Link(say("Import the first file"), href=address("/data", hotline=name))
    words = say("No call records yet: rates by week, month and quarter will stand here.")
    return words, "none", [html.P([words, " ", link], className="quiet")]


def _wire(answer: Answering, desk: Desk) -> None:
    serve_downloads(answer, desk)

    @answer(
        Output("reports-headline", "children"),
        Output("reports-headline", "className"),
        Output("reports-rates", "children"),
        Input("reports-hotline", "data"),
        State("reports-url", "search"),
        right="see",
    )
    def count(asked_for: dict[str, Any], search: str | None) -> Any:
        """The rates, once new records are counted."""
        from dash.exceptions import PreventUpdate

        if not asked_for.get("count"):
            raise PreventUpdate
        asked = asked_of("/reports", search)
        hotline = desk.hotlines.scenario(asked_for["hotline"]).hotline
        words, look, body = _rates(hotline, desk, kind_in(asked))
        return words, f"headline {look}", body


PAGE = Page("reports", both("Reports"), _show, wire=_wire)
