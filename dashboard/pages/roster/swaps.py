"""Swaps of a month: whether the rules allow them, those that wait, and what came of the others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import dash
from dash import ALL, Input, Output, State, ctx, html

from dashboard.answering import Answering, tell
from dashboard.asked import Asked, address, asked_of
from dashboard.attributes import cell_label
from dashboard.desk import Desk
from dashboard.month_words import days_of, moment_words, person_name, swap_words
from dashboard.pages.month_parts import (
    button,
    choose_day,
    choose_person,
    form,
    marked,
    state_mark,
)
from dashboard.pages.request_form import withdraw_id, withdraw_part
from dashboard.pages.roster.view import RosterView, look
from dashboard.person import here
from dashboard.wording import day_label
from scenarios.month_changes import weigh_swap
from scenarios.month_swaps import agree_to_swap, ask_for_swap, refuse_swap, swap_of
from scheduler.requests_checked import Taker
from scheduler.swaps import Swap
from wfm.errors import BadInput
from wfm.i18n import Text, language, say
from wfm.store import SwapRecord

__all__ = ["month_sentence", "swap_form", "swaps_shown", "wire_swaps"]


def month_sentence(view: RosterView) -> list[Any]:
    """What matters of the month's requests."""
    month = view.month
    late = sum(r.late and r.kind != "absent" for r in month.requests)
    waiting = sum(s.state == "asked" for s in month.swaps)
    until = day_label((month.dates.collect_until - timedelta(seconds=1)).date())
    if not month.requests and not waiting:
        words = say("No request and no swap waits; requests are in time until the end of {until}.", until=until)
        return marked("✓", "met", words)
    words = say(
        "{n} requests came in, {late} of them after {until}, the deadline; {waiting} swaps wait for a decision.",
        n=len(month.requests),
        late=late,
        until=until,
        waiting=waiting,
    )
    return marked("△", "risk", words) if late or waiting else marked("✓", "met", words)


def swap_form(view: RosterView) -> Any:
    """Who gives which duty to whom."""
    if view.published is None:
        return html.P(say("Duties can be swapped once a roster is published."), className="quiet")
    days = days_of(view.first, view.last)
    return html.Div(
        [
            form(
                [
                    choose_person("roster-requests-giver", say("Gives a duty"), view.scenario),
                    choose_day("roster-requests-day", say("of"), days, None, hint=say("day")),
                    choose_person("roster-requests-taker", say("Takes it"), view.scenario),
                    choose_day(
                        "roster-requests-back", say("for the duty of"), days, None, hint=say("nothing"), clearable=True
                    ),
                ],
                [
                    button("roster-requests-weigh", say("Do the rules allow it?"), first=True),
                    button("roster-requests-keep", say("Keep it as asked")),
                ],
            ),
            html.Div(id="roster-requests-weighed", role="status"),
        ]
    )


def _weighed(view: RosterView, refused: Sequence[Text], takers: Sequence[Taker] | None, what: str) -> list[Any]:
    """What the rules say to a swap."""
    if not refused:
        return [html.P(marked("✓", "met", say("{swap}: every rule is kept.", swap=what)))]
    found: list[Any] = [
        html.P(marked("✕", "missed", say("{swap}: not as it stands.", swap=what))),
        html.Ul([html.Li(text.of()) for text in refused], className="plain-list"),
    ]
    if takers:
        found += [
            html.P(say("Could take the duty instead, best first:")),
            html.Ul(
                [html.Li(f"{person_name(view.scenario, t.agent)} · {t.text}") for t in takers], className="plain-list"
            ),
        ]
    elif takers is not None:
        found.append(html.P(say("Nobody could take the duty without breaking a rule.")))
    return found


def swaps_shown(view: RosterView) -> list[Any]:
    """Swaps of the month, those that wait first."""
    if not view.month.swaps:
        return [html.P(say("No swap has been asked for."), className="quiet")]
    may = here().may("roster") and view.month.state != "settled"
    heads = [say("No."), say("Swap"), say("Asked"), say("State"), say("Why, or what to do")]
    order = sorted(view.month.swaps, key=lambda s: (s.state != "asked", -s.id))
    return [
        html.Div(
            html.Table(
                [
                    html.Thead(html.Tr([html.Th(h, scope="col") for h in heads])),
                    html.Tbody([_swap_row(view, s, heads, may) for s in order]),
                ],
                className="score",
            ),
            className="wide tall",
        )
    ]


def _swap_row(view: RosterView, swap: SwapRecord, heads: Sequence[str], may: bool) -> html.Tr:
    names = [person_name(view.scenario, swap.asked[key]) for key in ("giver", "taker")]
    asked_at = moment_words(swap.asked_at, ZoneInfo(view.scenario.hotline.time_zone))
    todo: list[Any] = []
    if swap.state == "refused":
        todo = [r.get(language()) or next(iter(r.values()), "") for r in swap.reasons]
        todo = [html.Div(words) for words in todo]
    elif swap.state == "agreed":
        todo = [say("version {version}", version=swap.roster_version)]
    elif may:
        todo = [
            html.Div(
                [
                    button({"part": "roster-swap-look", "swap": swap.id}, say("Check")),
                    button({"part": "roster-swap-agree", "swap": swap.id}, say("Agree"), first=True),
                    button({"part": "roster-swap-refuse", "swap": swap.id}, say("Refuse")),
                ],
                className="form-buttons",
            ),
            withdraw_part(withdraw_id("roster", "swap", swap.id), None),
            html.Div(id={"part": "roster-swap-said", "swap": swap.id}, role="status"),
        ]
    cells: list[Any] = [
        str(swap.id),
        swap_words(swap, names),
        [asked_at, html.Span(swap.who, className="small") if swap.who else None],
        state_mark(swap.state),
        todo,
    ]
    return html.Tr([html.Td(cell, **cell_label(head)) for cell, head in zip(cells, heads, strict=True)])


def wire_swaps(answer: Answering, desk: Desk) -> None:
    """Register the callbacks of the swaps."""
    place = [State("url", "pathname"), State("url", "search")]
    entered = [State(f"roster-requests-{part}", "value") for part in ("giver", "day", "taker", "back")]

    @answer(
        Output("roster-requests-weighed", "children"),
        Input("roster-requests-weigh", "n_clicks"),
        *entered,
        *place,
        right="roster",
        prevent_initial_call=True,
        running=[(Output("roster-requests-weigh", "disabled"), True, False)],
    )
    def weigh(clicks: int | None, *values: Any) -> Any:
        """What the rules say; nothing is kept."""
        if not clicks:
            raise dash.exceptions.PreventUpdate
        swap, asked = _swap(values)
        view = look(asked, desk)
        found = weigh_swap(view.scenario, desk.store, view.first, swap, desk.now(asked))
        return _weighed(view, found.refused, found.takers, _swap_said(view, swap))

    @answer(
        Output("roster-requests-weighed", "children", allow_duplicate=True),
        Output("roster-requests-swaps", "children"),
        Output("roster-requests-sentence", "children", allow_duplicate=True),
        Input("roster-requests-keep", "n_clicks"),
        *entered,
        *place,
        right="roster",
        prevent_initial_call=True,
        running=[(Output("roster-requests-keep", "disabled"), True, False)],
    )
    def keep(clicks: int | None, *values: Any) -> Any:
        """Keep a swap that waits for a decision."""
        if not clicks:
            raise dash.exceptions.PreventUpdate
        swap, asked = _swap(values)
        view = look(asked, desk)
        made = ask_for_swap(view.scenario, desk.store, view.first, swap, desk.now(asked), who=here().name)
        tell(say("Swap {n} waits for a decision.", n=made.number))
        said = _weighed(view, made.refused, made.takers, _swap_said(view, swap))
        view = look(asked, desk)
        return said, swaps_shown(view), month_sentence(view)

    @answer(
        Output({"part": "roster-swap-said", "swap": ALL}, "children"),
        Input({"part": "roster-swap-look", "swap": ALL}, "n_clicks"),
        *place,
        right="roster",
        prevent_initial_call=True,
    )
    def check(clicks: list[int | None], path: str, search: str) -> Any:
        """What the rules say to a swap that waits."""
        number = _pressed(clicks)
        asked = asked_of(path, search)
        view = look(asked, desk)
        swap = next((s for s in view.month.swaps if s.id == number), None)
        if swap is None:
            raise BadInput(say("swap {n} is not of this month", n=number))
        found = weigh_swap(view.scenario, desk.store, view.first, swap_of(swap), desk.now(asked))
        said = _weighed(view, found.refused, found.takers, say("Swap {n}", n=number))
        return [said if o["id"]["swap"] == number else dash.no_update for o in ctx.outputs_list]

    @answer(
        Output("roster-requests-swaps", "children", allow_duplicate=True),
        Output("roster-requests-sentence", "children", allow_duplicate=True),
        Output("roster-requests-url", "href"),
        Input({"part": "roster-swap-agree", "swap": ALL}, "n_clicks"),
        Input({"part": "roster-swap-refuse", "swap": ALL}, "n_clicks"),
        *place,
        right="roster",
        prevent_initial_call=True,
    )
    def decide(agreed: list[int | None], refused: list[int | None], path: str, search: str) -> Any:
        """Agree to a swap, which publishes a version, or refuse it."""
        number = _pressed([*agreed, *refused])
        asked = asked_of(path, search)
        view = look(asked, desk)
        href: Any = dash.no_update
        if ctx.triggered_id["part"] == "roster-swap-refuse":
            refuse_swap(view.scenario, desk.store, view.first, number, "", who=here().name)
            tell(say("Swap {n} is refused.", n=number))
        else:
            made = agree_to_swap(view.scenario, desk.store, view.first, number, desk.now(asked), who=here().name)
            if made.published is None:
                first = made.refused[0].of() if made.refused else ""
                tell(say("Swap {n} is refused: {reason}", n=number, reason=first), kind="warning")
            else:
                version = made.published.version
                tell(say("Swapped; published as version {version}.", version=version))
                href = address(
                    "/roster",
                    hotline=view.hotline,
                    month=view.first.isoformat(),
                    at=asked.get("at"),
                    tab="requests",
                    version=version,
                )
        view = look(asked, desk)
        return swaps_shown(view), month_sentence(view), href


def _pressed(clicks: Sequence[int | None]) -> int:
    """Number of the swap whose button was pressed; nothing happens when the buttons were only drawn."""
    if not any(clicks) or not isinstance(ctx.triggered_id, dict):
        raise dash.exceptions.PreventUpdate
    return int(ctx.triggered_id["swap"])


def _swap(values: Sequence[Any]) -> tuple[Swap, Asked]:
    giver, day, taker, back, path, search = values
    if not giver or not day or not taker:
        raise BadInput(say("Choose who gives the duty of which day, and who takes it."))
    swap = Swap(giver, date.fromisoformat(day), taker, date.fromisoformat(back) if back else None)
    return swap, asked_of(path, search)


def _swap_said(view: RosterView, swap: Swap) -> str:
    giver, taker = (person_name(view.scenario, n) for n in (swap.giver, swap.taker))
    if swap.back is None:
        return say("{giver}, {day} → {taker}", giver=giver, day=day_label(swap.day), taker=taker)
    return say(
        "{giver}, {day} ↔ {taker}, {back}", giver=giver, day=day_label(swap.day), taker=taker, back=day_label(swap.back)
    )
