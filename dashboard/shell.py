"""The frame around every page: navigation, hotline, language, light and dark, notices, and the place for the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

import dash_mantine_components as dmc
from dash import dcc, html

from dashboard.access.links import account_links
from dashboard.asked import Asked, address
from dashboard.attributes import aria_label
from dashboard.desk import Desk
from dashboard.page import Page
from dashboard.person import here, perhaps_here
from wfm.i18n import Language, say

__all__ = ["Opened", "nav_links", "shell", "switched"]

_FIRST = {
    "manager": ("today", "plan", "reports"),
    "scheduler": ("today", "roster", "plan"),
    "operations": ("today", "review", "data"),
    "analyst": ("scenarios", "plan", "review"),
}
"""The pages that stand in the bar of a phone, by role; beside them stands the way to all others."""

_BLUES = ["#eaf2fa", "#d0e2f3", "#a3c6e6", "#73a8d8", "#4b8ecc", "#327fc4", "#1f6fb2", "#1a5f99", "#14507f", "#0e4066"]


def switched(pathname: str, search: str, language: Language) -> str:
    """The same address in the other language."""
    other = "en" if language == "zh" else "zh"
    kept = [(k, v) for k, v in parse_qsl(search.lstrip("?")) if k not in ("lang", "token")]
    return f"{pathname or '/'}?{urlencode([*kept, ('lang', other)], safe=',:')}"


def nav_links(pages: Sequence[Page], here_key: str, hotline: str, asked: Asked, language: Language) -> list[html.Li]:
    """Entries of the navigation that the person may open; the open page is marked. The hotline goes along."""
    person = here()
    allowed = [page for page in pages if page.in_menu and person.may(page.right) and page.menu_of(person)]
    first = _first(person.roles, [page.key for page in allowed])
    items = []
    for page in allowed:
        words = page.name.of()
        look = ["entry", "here" if page.key == here_key else "", "first" if page.key in first else ""]
        current: dict[str, Any] = {"aria-current": "page"} if page.key == here_key else {}
        items.append(
            html.Li(
                dcc.Link(
                    [html.Span(className=f"icon icon-{page.key}"), html.Span(words, className="word")],
                    href=address(f"/{page.key}", hotline=hotline, at=asked.get("at")),
                    className=" ".join(x for x in look if x),
                    title=words,
                ),
                **current,
            )
        )
    other = "English" if language == "zh" else "中文"
    items.append(
        html.Li(
            html.A(
                [html.Span(className="icon icon-language"), html.Span(other, className="word")],
                href=switched(asked.path, asked.search(), language),
                className="entry",
                title=other,
                lang="en" if language == "zh" else "zh",
            )
        )
    )
    return items


def _first(roles: Sequence[str], keys: Sequence[str]) -> tuple[str, ...]:
    wanted = next((_FIRST[role] for role in roles if role in _FIRST), ("today", "roster", "plan"))
    found = [key for key in wanted if key in keys]
    return tuple((found + [key for key in keys if key not in found])[:3])


@dataclass(frozen=True, slots=True)
class Opened:
    """A page that stands in the shell from the beginning."""

    contents: Any
    shown: dict[str, str]
    links: list[Any]
    hotline: str
    screen: dict[str, bool]


def shell(desk: Desk, language: Language, opened: Opened | None = None) -> dmc.MantineProvider:
    """The layout, in ``language``; a page that is not in it from the beginning is filled in by its address."""
    loading = html.Div(say("Loading …"), className="loading")
    dark = {"forceColorScheme": "dark" if opened.screen["dark"] else "light"} if opened else {}
    return dmc.MantineProvider(
        id="mantine",
        defaultColorScheme="light",
        **dark,
        theme={
            "primaryColor": "ink-blue",
            "colors": {"ink-blue": _BLUES},
            "primaryShade": 6,
            "fontFamily": "inherit",
            "defaultRadius": 4,
        },
        children=[
            dcc.Location(id="url", refresh="callback-nav"),
            dcc.Store(id="language", data=language),
            dcc.Store(id="screen", data=opened.screen if opened else None),
            dcc.Store(id="shown", data=opened.shown if opened else None),
            dcc.Store(id="opened"),
            dmc.NotificationContainer(id="notices", position="bottom-right"),
            html.A(say("Skip to the content"), href="#page", className="skip"),
            dmc.DatesProvider(
                settings={"locale": "zh-cn" if language == "zh" else "en", "firstDayOfWeek": 1},
                children=html.Div(
                    [
                        _nav(desk, opened),
                        html.Main(opened.contents if opened else loading, id="page", tabIndex="-1"),
                    ],
                    className="shell",
                ),
            ),
        ],
    )


def _nav(desk: Desk, opened: Opened | None) -> html.Nav:
    person = perhaps_here()  # dash asks for a layout of its own before anybody came in
    sees = person is not None and person.may("see")
    names = desk.hotlines.titles() if sees else {}
    return html.Nav(
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
            dmc.Select(
                id="hotline",
                value=opened.hotline if opened else None,
                data=[{"value": key, "label": name.of()} for key, name in names.items()],
                allowDeselect=False,
                searchable=True,
                nothingFoundMessage=say("No hotline of that name"),
                size="sm",
                className="hotline word",
                **aria_label(say("Hotline")),
            )
            if sees
            else dcc.Input(id="hotline", type="hidden"),  # the page tells it of its hotline, seen or not
            html.Ul(opened.links if opened else None, id="nav"),
            html.Div(id="jobs-badge"),
            html.Div(id="whoami", className="whoami word", children=account_links()),
            html.Button(
                [html.Span(className="icon icon-theme"), html.Span(say("Light or dark"), className="word")],
                id="theme",
                className="entry plain",
                title=say("Light or dark"),
            ),
            html.Button(
                [html.Span(className="icon icon-more"), html.Span(say("More"), className="word")],
                id="more",
                className="entry plain",
                title=say("All pages"),
            ),
        ],
        className="nav",
        **aria_label(say("Pages")),
    )
