"""What one may ask for oneself: leave, busy times, wishes and swaps. Each callback asks again whose page it is."""

from __future__ import annotations

from datetime import date
from typing import Any

import dash
from dash import ALL, Input, Output, State, ctx
from flask import request

from dashboard.answering import Answering, tell
from dashboard.asked import Asked, asked_of
from dashboard.desk import Desk
from dashboard.pages.mine.layout import asked_for, owned, subscription
from dashboard.pages.mine.whose import Whose, whose
from dashboard.pages.request_form import hidden_fields, request_entered, request_states, withdrawn_words
from dashboard.person import Forbidden, here
from scenarios.month_swaps import ask_for_swap
from scenarios.request_by_hand import ask_by_hand
from scenarios.withdrawn_requests import withdraw_request, withdraw_swap
from scheduler.swaps import Swap
from wfm.errors import BadInput
from wfm.i18n import language, say

__all__ = ["wire", "wire_links", "wire_withdrawals"]


def wire(answer: Answering, desk: Desk) -> None:
    """Register the callbacks of the page."""
    place = [State("url", "pathname"), State("url", "search")]

    @answer(
        Output("mine-clock", "hidden"),
        Output("mine-of-shift", "hidden"),
        Input("mine-kind", "value"),
        right="own duties",
    )
    def fields(kind: str | None) -> Any:
        """The fields that belong to the kind."""
        return hidden_fields(kind)

    @answer(
        Output("mine-asked", "children"),
        Output("mine-reason", "value"),
        Input("mine-ask", "n_clicks"),
        *request_states("mine"),
        *place,
        right="own duties",
        prevent_initial_call=True,
    )
    def ask(clicks: int | None, *values: str | None) -> Any:
        """Keep a request of one's own."""
        if not clicks:
            raise dash.exceptions.PreventUpdate
        *given, path, search = values
        who, asked = _own(desk, path, search)
        entered = request_entered(who.number, given)
        if entered is None:
            raise BadInput(say("Choose what you ask for and the first day."))
        now = desk.now(asked)
        if entered.first < now.date():
            raise BadInput(say("{day} is over; tell the scheduler.", day=entered.first))
        kept = ask_by_hand(who.scenario, desk.store, entered, now, who=here().name)
        if kept.known:
            tell(say("This stood there already."), kind="warning")
        elif kept.late:
            tell(say("Kept, but the deadline has passed: the scheduler decides."), kind="warning")
        else:
            tell(say("Kept: the roster takes it in."))
        return asked_for(who, owned(desk, who, now)), ""

    @answer(
        Output("mine-asked", "children", allow_duplicate=True),
        Input("mine-swap", "n_clicks"),
        State("mine-duty", "value"),
        State("mine-taker", "value"),
        State("mine-back", "value"),
        *place,
        right="own duties",
        prevent_initial_call=True,
        running=[(Output("mine-swap", "disabled"), True, False)],
    )
    def swap(clicks: int | None, duty: str | None, taker: str | None, back: str | None, path: str, search: str) -> Any:
        """Keep a swap of one's own duty; the scheduler decides. Nothing is said of the other person's duties."""
        if not clicks:
            raise dash.exceptions.PreventUpdate
        who, asked = _own(desk, path, search)
        other = (taker or "").strip()
        if not duty or not other:
            raise BadInput(say("Choose your duty and enter the number of the colleague who would take it."))
        month, day, shift = duty.split("|")
        now = desk.now(asked)
        mine = owned(desk, who, now)
        if not any((d.month.isoformat(), d.day.isoformat(), d.shift) == (month, day, shift) for d in mine.duties):
            raise BadInput(say("You have no such duty any more; open the page again."))
        wanted = {"giver": who.number, "date": day, "shift": shift, "taker": other, "back": back or ""}
        if any(s.swap.state == "asked" and s.swap.asked == wanted for s in mine.swaps):
            raise BadInput(say("You have asked for this swap already."))
        swapped = Swap(who.number, date.fromisoformat(day), other, date.fromisoformat(back) if back else None, shift)
        try:
            made = ask_for_swap(who.scenario, desk.store, date.fromisoformat(month), swapped, now, who=here().name)
        except BadInput:
            raise BadInput(
                say("This swap cannot be asked for: check the colleague's number and day, or ask the scheduler.")
            ) from None
        if made.refused:
            tell(
                say("Kept, but as the roster stands the rules do not allow it: the scheduler decides."), kind="warning"
            )
        else:
            tell(say("Kept: the rules allow it, the scheduler decides."))
        return asked_for(who, owned(desk, who, now))


def wire_withdrawals(answer: Answering, desk: Desk) -> None:
    """Register the callback that withdraws what one asked for."""

    @answer(
        Output("mine-asked", "children", allow_duplicate=True),
        Input({"part": "mine-withdraw", "what": ALL, "number": ALL}, "n_clicks"),
        State("url", "pathname"),
        State("url", "search"),
        right="own duties",
        prevent_initial_call=True,
    )
    def withdraw(clicks: list[int | None], path: str, search: str) -> Any:
        """Withdraw a request or a swap of one's own that is not decided yet."""
        chosen = ctx.triggered_id
        if not any(clicks) or not isinstance(chosen, dict):
            raise dash.exceptions.PreventUpdate
        who, asked = _own(desk, path, search)
        now, number = desk.now(asked), int(chosen["number"])
        if chosen["what"] == "swap":
            withdraw_swap(who.scenario, desk.store, number, own=who.number, who=here().name)
            tell(say("Withdrawn."))
        else:
            found = withdraw_request(who.scenario, desk.store, number, now, own=who.number, who=here().name)
            tell(withdrawn_words(found), kind="warning" if found.stand else "done")
        return asked_for(who, owned(desk, who, now))


def wire_links(answer: Answering, desk: Desk) -> None:
    """Register the callbacks of the calendar's link."""
    place = [State("url", "pathname"), State("url", "search")]

    @answer(
        Output("mine-subscription", "children"),
        Input("mine-link", "n_clicks"),
        *place,
        right="own duties",
        prevent_initial_call=True,
    )
    def make_link(clicks: int | None, path: str, search: str) -> Any:
        """A new link to one's own duties, shown this once."""
        if not clicks:
            raise dash.exceptions.PreventUpdate
        who, _ = _own(desk, path, search)
        token = desk.store.calendars.make(who.hotline, who.number, who=here().name)
        return subscription(desk, who, f"{request.host_url}calendar/{token}.ics?lang={language()}")

    @answer(
        Output("mine-subscription", "children", allow_duplicate=True),
        Input("mine-unlink", "n_clicks"),
        *place,
        right="own duties",
        prevent_initial_call=True,
    )
    def withdraw_link(clicks: int | None, path: str, search: str) -> Any:
        """Have one's link work no more."""
        if not clicks:
            raise dash.exceptions.PreventUpdate
        who, _ = _own(desk, path, search)
        found = desk.store.calendars.withdraw(who.hotline, who.number, who=here().name)
        tell(say("The link works no more.") if found else say("There was no link."))
        return subscription(desk, who)


def _own(desk: Desk, path: str | None, search: str | None) -> tuple[Whose, Asked]:
    """Whoever asks, and the address with that person's own hotline, whatever it says.

    Raises:
        Forbidden: the page shows somebody else.
    """
    asked = asked_of(path, search)
    who = whose(asked, desk)
    if not who.own:
        raise Forbidden(say("One asks only for oneself; for others the scheduler enters it."))
    return who, Asked(asked.path, {**asked.query, "hotline": who.hotline}, asked.screen)
