"""Ways to repair a roster side by side: what each changes, what it costs, and which rules it keeps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from dash import html

from dashboard.attributes import UNSPOKEN
from dashboard.month_words import person_name
from dashboard.pages.month_parts import button, marked
from dashboard.wording import day_label, group_name, number_words, shift_name
from scenarios.month_repair import Proposal
from scenarios.scenario import Scenario
from scheduler.who import PostCover
from wfm.i18n import both, say

__all__ = ["nothing_to_mend", "proposal_cards", "proposals_sentence", "publish_id", "stand_ins", "take_id"]

MOVES_SHOWN = 12
"""Changes shown of each way; the others stand below a fold."""


def take_id(job: int, number: int) -> dict[str, Any]:
    """Id of the button that puts a way into the draft, counted from 1."""
    return {"part": "roster-repair-take", "job": job, "number": number}


def publish_id(job: int, number: int) -> dict[str, Any]:
    """Id of the button that publishes a way at once, counted from 1."""
    return {"part": "roster-repair-publish", "job": job, "number": number}


def nothing_to_mend(proposals: Sequence[Proposal]) -> bool:
    """Whether every duty still stands."""
    return not proposals or (len(proposals) == 1 and not proposals[0].moves and not proposals[0].open_posts)


def proposals_sentence(scenario: Scenario, proposals: Sequence[Proposal], people: Sequence[str]) -> list[Any]:
    """The one sentence above the ways."""
    who = "、".join(person_name(scenario, p) for p in people) if people else ""
    if nothing_to_mend(proposals):
        return marked("✓", "met", say("Nothing has to change while {who} is away: every post stays filled.", who=who))
    best = proposals[0]
    missing = sum(p["missing"] for p in best.open_posts)
    if missing:
        words = say(
            "{n} ways to make up for {who}; the one with the fewest changes leaves {missing} posts open.",
            n=len(proposals),
            who=who,
            missing=missing,
        )
        return marked("△", "risk", words)
    words = say(
        "{n} ways to make up for {who}; the one with the fewest changes moves {cells} and leaves no post open.",
        n=len(proposals),
        who=who,
        cells=_cells(len(best.moves)),
    )
    return marked("✓", "met", words)


def proposal_cards(scenario: Scenario, proposals: Sequence[Proposal], job: int, *, may_take: bool) -> html.Div:
    """The ways side by side, on a phone below each other."""
    return html.Div(
        [_card(scenario, one, job, number, may_take) for number, one in enumerate(proposals, start=1)],
        className="repair-ways",
    )


def _card(scenario: Scenario, one: Proposal, job: int, number: int, may_take: bool) -> html.Section:
    missing = sum(p["missing"] for p in one.open_posts)
    facts = [
        (say("changes"), _changes(one)),
        (say("people asked"), number_words(len(one.people))),
        (say("posts open"), _open_words(missing)),
        (say("rules"), _rules(one)),
        (say("cost of the changes"), number_words(one.cost)),
        (say("cost of the roster then"), number_words(one.objective)),
    ]
    moves = [_move(scenario, m) for m in one.moves]
    rest = moves[MOVES_SHOWN:]
    publish = (
        say("Publish it at once")
        if not one.bends
        else say("Publish it at once although it bends {n} rules", n=len(one.bends))
    )
    return html.Section(
        [
            html.H3(f"{number}. {one.title}"),
            html.Dl(
                [html.Div([html.Dt(name), html.Dd(value)]) for name, value in facts], className="facts repair-facts"
            ),
            html.Ul(
                [html.Li(marked("✕", "missed", text.of())) for text in one.bends]
                + [html.Li(marked("△", "risk", _open_post(scenario, p))) for p in one.open_posts],
                className="plain-list",
            )
            if one.bends or one.open_posts
            else None,
            html.H4(say("Who moves")),
            html.Ul(moves[:MOVES_SHOWN], className="repair-moves"),
            html.Details([html.Summary(say("{n} more", n=len(rest))), html.Ul(rest, className="repair-moves")])
            if rest
            else None,
            html.Div(
                [
                    button(take_id(job, number), say("Put it into the draft"), first=number == 1),
                    button(publish_id(job, number), publish),
                ],
                className="form-buttons",
            )
            if may_take and one.moves
            else None,
        ],
        className="repair-way",
    )


def _changes(one: Proposal) -> str:
    cells = _cells(len(one.moves))
    return say("{cells}, the fewest possible", cells=cells) if one.proven else cells


def _cells(count: int) -> str:
    return say("one duty day") if count == 1 else say("{n} duty days", n=number_words(count))


def _open_words(missing: int) -> list[Any]:
    return marked("△", "risk", number_words(missing)) if missing else marked("✓", "met", say("none"))


def _rules(one: Proposal) -> list[Any]:
    if one.bends:
        return marked("✕", "missed", say("bends {n}", n=len(one.bends)))
    return marked("✓", "met", say("all kept"))


def _move(scenario: Scenario, move: dict[str, Any]) -> html.Li:
    day = day_label(date.fromisoformat(move["date"]))
    before, after = (_place(scenario, move[key]) for key in ("before", "after"))
    return html.Li(
        [
            html.Strong(person_name(scenario, move["agent"])),
            html.Span(day, className="soft"),
            html.Span([before, html.Span(" → ", **UNSPOKEN), after]),
        ]
    )


def _place(scenario: Scenario, place: Sequence[str] | None) -> str:
    if place is None:
        return say("off")
    shift, group, role = place
    words = f"{shift_name(scenario.hotline, shift)} {role}"
    return f"{words} · {group_name(scenario.hotline, group)}" if len(scenario.hotline.groups) > 1 else words


def _open_post(scenario: Scenario, post: dict[str, Any]) -> str:
    place = _place(scenario, (post["shift"], post["group"], post["role"]))
    return say(
        "{day}: {n} open ({post})", day=day_label(date.fromisoformat(post["date"])), n=post["missing"], post=place
    )


def stand_ins(scenario: Scenario, agent: str, covers: Sequence[PostCover], at: str) -> list[Any]:
    """Who takes over at this moment."""
    who = person_name(scenario, agent)
    if not covers:
        return [html.P(say("At {at} {who} answers on no post: nobody has to stand in right now.", at=at, who=who))]
    found: list[Any] = []
    for cover in covers:
        if cover.covered_by:
            first = cover.stand_ins[0]
            name = person_name(scenario, first.agent)
            how = {
                "backup": both("the B of the post"),
                "partner": both("the standing partner"),
                "other_backup": both("a B of another post"),
            }[first.how]
            words = say(
                "Right now {name} takes over ({how}), after {delay} min.",
                name=name,
                how=how,
                delay=f"{first.delay_min:g}",
            )
            found.append(html.P(marked("✓", "met", html.Strong(words))))
            others = [person_name(scenario, s.agent) for s in cover.stand_ins[1:4]]
            if others:
                found.append(html.P(say("After that: {names}.", names=" · ".join(others)), className="soft"))
        else:
            found.append(html.P(marked("✕", "missed", cover.text.of())))
    return found
