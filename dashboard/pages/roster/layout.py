"""The frame of the roster page: which month and which roster, the sentence that matters, and the tabs."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from dashboard.asked import Asked
from dashboard.attributes import aria_label
from dashboard.desk import Desk
from dashboard.pages.parts import select
from dashboard.pages.roster.layout_words import LIVE, headline_parts
from dashboard.pages.roster.names import draft_words, place_of, roster_name
from dashboard.pages.roster.sheet_words import sheet_sentence
from dashboard.pages.roster.showing import live_of, sheet_of
from dashboard.pages.roster.tabs import TABS
from dashboard.pages.roster.view import RosterView, look
from dashboard.person import here
from dashboard.wording import day_label
from scheduler.month import MONTH_STATES
from wfm.i18n import say

__all__ = ["drawn_for", "roster_page"]


def roster_page(asked: Asked, desk: Desk) -> list[Any]:
    """Everything on the page."""
    view = look(asked, desk)
    tab = next((t for t in TABS if t.key == asked.get("tab")), TABS[0])
    parts: list[Any] = [
        dcc.Location(id="roster-url", refresh="callback-nav"),
        _top(asked, desk, view),
        headline(desk, view),
        _tabs(asked, view, tab.key),
    ]
    if view.roster is None and tab.needs_roster:
        return [*parts, _nothing(asked, view)]
    return [*parts, *tab.show(asked, desk, view)]


def drawn_for(asked: Asked) -> str:
    """What of the address needs the whole page drawn again."""
    keys = ("hotline", "at", "month", "tab", "draft", "version", "plan", "compare", "step", "day", "person", "build")
    return " ".join(f"{key}={asked.get(key)}" for key in keys)


def headline(desk: Desk, view: RosterView) -> html.P:
    """The one sentence that matters."""
    if view.roster is None:
        words, look_ = say("This month has no roster yet."), "none"
    else:
        words, look_ = sheet_sentence(sheet_of(desk, view), live_of(desk, view), roster_name(view))
    return html.P(headline_parts(words, look_), className=f"headline {look_}", id="roster-headline", **LIVE)


def _top(asked: Asked, desk: Desk, view: RosterView) -> html.Div:
    months = list(dict.fromkeys([view.first, *view.months]))
    ordered = sorted(months, reverse=True)
    words = say(
        "{first} – {last} · {state}",
        first=day_label(view.first, weekday=False),
        last=day_label(view.last, weekday=False),
        state=MONTH_STATES[view.month.state].of(),
    )
    choices = [
        (place_of(asked, view, month=day.isoformat(), draft="", version="", plan=""), f"{day:%Y-%m-%d}")
        for day in ordered
    ]
    here_ = next(place for place, words_ in choices if words_ == f"{view.first:%Y-%m-%d}")
    shown, rosters = _rosters(asked, desk, view)
    return html.Div(
        [
            html.Div(
                [html.H1(say("Roster")), html.P(f"{view.scenario.hotline.name.of()} · {words}")],
                className="title",
            ),
            html.Div(
                [
                    select("roster-month", say("Month from"), choices, here_, 150),
                    select("roster-which", say("Shown"), rosters, shown, 260) if rosters else None,
                ],
                className="controls",
            ),
        ],
        className="top",
    )


def _rosters(asked: Asked, desk: Desk, view: RosterView) -> tuple[str, list[tuple[str, str]]]:
    """The address of the roster that is shown, and the rosters of the month that may be shown, by address."""
    found: list[tuple[str, str]] = []
    shown = ""

    def offer(words: str, *, chosen: bool, **which: object) -> None:
        nonlocal shown
        place = place_of(asked, view, **{"draft": "", "version": "", "plan": "", **which})
        found.append((place, words))
        shown = place if chosen else shown

    hotline = view.scenario.hotline.id
    for draft in desk.store.drafts.drafts(hotline, view.first):
        offer(draft_words(draft), chosen=view.shown == "draft" and view.draft == draft.id, draft=draft.id)
    for publication in reversed(view.month.publications):
        words = say("Version {version}", version=publication.version)
        if publication.version == view.published:
            words = say("Version {version}, published", version=publication.version)
        chosen = view.shown in ("published", "version") and view.version == publication.version
        offer(words, chosen=chosen, version=publication.version)
    for name, (of, first, _) in desk.plans.periods().items():
        if of == hotline and first == view.first:
            offer(say("Plan {plan}", plan=name), chosen=view.shown == "plan" and view.plan == name, plan=name)
    if not shown and view.roster is not None:
        offer(roster_name(view), chosen=True)
    return shown, found


def _tabs(asked: Asked, view: RosterView, chosen: str) -> html.Nav:
    links = []
    for tab in TABS:
        current: dict[str, Any] = {"aria-current": "page"} if tab.key == chosen else {}
        place = place_of(asked, view, tab=tab.key if tab is not TABS[0] else "")
        links.append(html.Li(dcc.Link(tab.name.of(), href=place, className="tab"), **current))
    return html.Nav(html.Ul(links), className="roster-tabs", **aria_label(say("Parts of the roster")))


def _nothing(asked: Asked, view: RosterView) -> html.Div:
    steps = [html.P(say("Here stands who works when, with the rules that are broken and the posts that are open."))]
    if here().may("roster"):
        steps.append(
            html.P(
                dcc.Link(
                    say("Build the roster from {first} on", first=day_label(view.first)),
                    href=place_of(asked, view, tab="versions", build="yes"),
                    className="button",
                )
            )
        )
        steps.append(html.P(say("Or make a plan of these weeks; its roster then stands here.")))
    else:
        steps.append(html.P(say("A scheduler builds it, or a plan of these weeks brings it.")))
    return html.Div(steps, className="empty")
