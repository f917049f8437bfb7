"""The frame around every page: navigation, language, light and dark, and the place for the page."""

from __future__ import annotations

import dash_mantine_components as dmc
from dash import dcc, html

from dashboard.address import Place
from dashboard.attributes import aria_label
from wfm.i18n import Language, say

__all__ = ["nav_links", "shell", "switched"]


def switched(pathname: str, search: str, language: Language) -> str:
    """The same address in the other language."""
    from urllib.parse import parse_qsl, urlencode

    other = "en" if language == "zh" else "zh"
    kept = [(k, v) for k, v in parse_qsl(search.lstrip("?")) if k not in ("lang", "token")]
    return f"{pathname or '/'}?{urlencode([*kept, ('lang', other)], safe=',')}"


def nav_links(pathname: str, place: Place, language: Language, search: str) -> list[html.Li]:
    """Entries of the navigation; the page that is open is marked."""
    plan = place.plan or (place.plans[0] if place.plans else "")
    here = "compare" if pathname.startswith("/compare") else "plan"
    compare = Place(plans=place.plans or ((plan,) if plan else ()))
    entries = [
        ("plan", say("Plan"), f"/plan{Place(plan=plan).search()}"),
        ("compare", say("Compare"), f"/compare{compare.search()}"),
    ]
    items = [
        html.Li(
            dcc.Link(
                [html.Span(className=f"icon icon-{key}"), html.Span(words, className="word")],
                href=href,
                className="entry here" if key == here else "entry",
                title=words,
            )
        )
        for key, words, href in entries
    ]
    report = say("Report")
    items.append(
        html.Li(
            html.A(
                [html.Span(className="icon icon-report"), html.Span(report, className="word")],
                href=f"/report{Place(plan=plan).search()}",
                className="entry",
                target="_blank",
                title=report,
            )
        )
    )
    other = "English" if language == "zh" else "中文"
    items.append(
        html.Li(
            html.A(
                [html.Span(className="icon icon-language"), html.Span(other, className="word")],
                href=switched(pathname, search, language),
                className="entry",
                title=other,
                lang="en" if language == "zh" else "zh",
            )
        )
    )
    return items


def shell(language: Language) -> dmc.MantineProvider:
    """The layout, in ``language``; the page itself is filled in by its address."""
    return dmc.MantineProvider(
        id="mantine",
        defaultColorScheme="light",
        theme={
            "primaryColor": "ink-blue",
            "colors": {
                "ink-blue": [
                    "#eaf2fa",
                    "#d0e2f3",
                    "#a3c6e6",
                    "#73a8d8",
                    "#4b8ecc",
                    "#327fc4",
                    "#1f6fb2",
                    "#1a5f99",
                    "#14507f",
                    "#0e4066",
                ]
            },
            "primaryShade": 6,
            "fontFamily": "inherit",
            "defaultRadius": 4,
        },
        children=[
            dcc.Location(id="url", refresh="callback-nav"),
            dcc.Store(id="language", data=language),
            dcc.Store(id="screen"),
            dcc.Store(id="shown", data=""),
            html.A(say("Skip to the content"), href="#page", className="skip"),
            html.Div(
                [
                    html.Nav(
                        [
                            html.Div(
                                [
                                    html.Span(say("Hotline planning"), className="brand word"),
                                    html.Button(
                                        html.Span(className="icon icon-fold"),
                                        id="fold",
                                        className="plain",
                                        title=say("Fold the navigation"),
                                        **aria_label(say("Fold the navigation")),
                                    ),
                                ],
                                className="nav-head",
                            ),
                            html.Ul(id="nav"),
                            html.Button(
                                [
                                    html.Span(className="icon icon-theme"),
                                    html.Span(say("Light or dark"), className="word"),
                                ],
                                id="theme",
                                className="entry plain",
                                title=say("Light or dark"),
                            ),
                        ],
                        className="nav",
                        **aria_label(say("Pages")),
                    ),
                    html.Main(html.Div(say("Loading …"), className="loading"), id="page", tabIndex="-1"),
                ],
                className="shell",
            ),
        ],
    )
