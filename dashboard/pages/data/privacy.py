"""What is kept of callers and agents, what never reaches the disk, where files lie, and how to delete them."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.asked import Asked
from dashboard.desk import Desk
from dashboard.pages.data.stock import Stock
from dashboard.pages.parts import card
from scenarios.scenario import Scenario
from wfm.i18n import say
from wfm.records.uploads import KEPT_H

__all__ = ["privacy_part"]


def privacy_part(asked: Asked, desk: Desk, scenario: Scenario, stock: Stock) -> list[Any]:
    """Everything of the tab “Privacy”."""
    kept = [
        say("Of each call: its moments, durations, line, outcome, agent, topic and the answer on satisfaction."),
        say(
            "In place of the caller's number a keyed hash (HMAC-SHA256, cut to 96 bits): it shows that the same caller "
            "called again, and cannot be turned back without the key. Each hotline has other hashes for the same number."
        ),
        say("Of work orders: their number, moments, class, department and satisfaction; no name, address or text."),
        say("Of agents: number, states and, from the hotline's own list, the name. Only those signed in see names."),
    ]
    never = [
        say(
            "Callers' numbers, in no table, log or message. Seven digits and more are blotted out in what a page shows."
        ),
        say("Free text, names and addresses of callers: columns that no mapping names are not read at all."),
        say(
            "An uploaded file lies in the folder of uploads until it is imported, readable by the server alone, at most {hours} "
            "hours; then it is removed.",
            hours=KEPT_H,
        ),
    ]
    hotline = scenario.hotline.id
    places = [
        (say("records"), desk.home / "records" / hotline),
        (say("key of the callers' hashes"), desk.home / "secret.key"),
        (say("remembered mappings"), desk.home / "mappings"),
        (say("uploads on their way"), desk.home / "uploads"),
    ]
    return [
        html.Div(
            [
                card(say("What is kept"), [html.Ul([html.Li(words) for words in kept])]),
                card(say("What never stays on the disk"), [html.Ul([html.Li(words) for words in never])]),
            ],
            className="two",
        ),
        card(
            say("Where it lies, and how to delete it"),
            [
                html.Dl(
                    [html.Div([html.Dt(name), html.Dd(html.Code(str(path)))]) for name, path in places],
                    className="facts places",
                ),
                html.Ul(
                    [
                        html.Li(say("To delete all records of this hotline, remove the folder of records.")),
                        html.Li(
                            say(
                                "To make callers of all older records unrecognisable for good, remove the key: the next import makes "
                                "a new one, and redials across the two are no longer seen."
                            )
                        ),
                        html.Li(say("Nothing is sent anywhere: the dashboard asks no other host.")),
                    ]
                ),
            ],
        ),
    ]
