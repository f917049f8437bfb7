"""Taking up a move of the running day: what is a change of duties goes into the draft of the roster, and is looked at there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import dash
from dash import ALL, Input, Output, State, ctx, dcc, html

from dashboard.answering import Answering, tell
from dashboard.asked import Asked, address, asked_of
from dashboard.desk import Desk
from dashboard.pages.month_parts import button
from dashboard.pages.roster.editing import origin_of
from dashboard.pages.roster.put_in import differing_part, draft_to_change, put_in_place
from dashboard.pages.roster.view import RosterView, look
from dashboard.person import here
from dashboard.roster_shelf import roster_shelf
from scenarios.intraday_moves import Move
from scenarios.kept_intraday import KeptIntraday, latest_intraday
from scenarios.moves_taken_up import cells_of_move, not_a_duty
from scenarios.put_into_draft import put_into_draft
from scenarios.scenario import Scenario
from wfm.errors import BadInput
from wfm.i18n import say

__all__ = ["take_up_part", "wire_taking_up"]


def take_up_part(
    move: Move, look: KeptIntraday, asked: Asked, desk: Desk, scenario: Scenario
) -> html.Button | html.Div | None:
    """The button that puts a move into the draft; where it is no change of duties, that it is none, and the way to the
    roster of those concerned. Nothing for those who may not change rosters."""
    if not here().may("roster"):
        return None
    reason = not_a_duty(move)
    if reason is None:
        number = look.moves.index(move)
        return button(
            {"part": "review-take", "look": _mark(look), "move": number}, say("Put it into the roster's draft")
        )
    parts: list[Any] = [html.P(reason.of(), className="quiet")]
    if move.people:
        href = address(
            "/roster",
            hotline=desk.hotline_of(asked),
            day=look.day,
            person=move.people[0],
            at=asked.get("at"),
        )
        parts.append(dcc.Link(say("Open in the roster"), href=href, className="button quiet-button"))
    return html.Div(parts, className="no-duty")


def _mark(look: KeptIntraday) -> int:
    """By which a look is known again."""
    return int(look.made_at.timestamp())


def wire_taking_up(answer: Answering, desk: Desk) -> None:
    """Register the callback of the moves' buttons."""

    @answer(
        Output("review-url", "href"),
        Output("review-take-differs", "children"),
        Input({"part": "review-take", "look": ALL, "move": ALL}, "n_clicks"),
        Input({"part": "review-insist", "look": ALL, "move": ALL, "seen": ALL}, "n_clicks"),
        State("review-url", "search"),
        right="roster",
        prevent_initial_call=True,
    )
    def take_up(clicks: list[int | None], insisted: list[int | None], search: str | None) -> Any:
        """Put a move into the draft of the month; where the draft does not agree, say where."""
        chosen = ctx.triggered_id
        if not any([*clicks, *insisted]) or not isinstance(chosen, dict):
            raise dash.exceptions.PreventUpdate
        asked = asked_of("/review", search)
        scenario = desk.scenario(asked)
        kept, move = _move(desk, scenario, asked, chosen)
        view = _month(desk, asked, kept)
        assert view.roster is not None
        wishes = cells_of_move(view.roster, move)
        put = put_into_draft(
            scenario,
            desk.store,
            view.roster,
            origin_of(view),
            wishes,
            draft=draft_to_change(desk, view),
            seen=int(chosen["seen"]) if "seen" in chosen else None,
            who=here().name,
        )
        if put.differs:
            insist = {"part": "review-insist", "look": int(chosen["look"]), "move": int(chosen["move"])}
            return dash.no_update, differing_part(desk, asked, view, put, insist)
        roster_shelf(desk).keep_draft(scenario, put.draft)
        number = put.draft.record.id
        if put.step is None:
            tell(say("Draft {number} holds this change already.", number=number), kind="warning")
        else:
            tell(say("The change stands in draft {number}; publish it there.", number=number))
        return put_in_place(asked, view, put, wishes), []


def _move(desk: Desk, scenario: Scenario, asked: Asked, chosen: dict[str, Any]) -> tuple[KeptIntraday, Move]:
    """The move that a button stands for.

    Raises:
        BadInput: somebody has looked at the day again since.
    """
    now = desk.now(asked)
    kept = latest_intraday(desk.home, scenario.hotline.id, now.date(), until=now + timedelta(minutes=1))
    number = int(chosen["move"])
    if kept is None or _mark(kept) != int(chosen["look"]) or not 0 <= number < len(kept.moves):
        raise BadInput(say("Somebody has looked at the day again since; open the page again and choose anew."))
    return kept, kept.moves[number]


def _month(desk: Desk, asked: Asked, kept: KeptIntraday) -> RosterView:
    """The month that holds the day, with the roster that its page shows first.

    Raises:
        BadInput: no roster holds the day.
    """
    query = {"hotline": desk.hotline_of(asked), "at": asked.get("at")}
    view = look(Asked("/roster", {key: value for key, value in query.items() if value}), desk)
    if view.roster is None or not view.first <= kept.day <= view.last:
        raise BadInput(say("No roster holds {day}; build or publish one first.", day=kept.day))
    return view
