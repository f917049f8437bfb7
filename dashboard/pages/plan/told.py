"""What a change means, in a sentence and in numbers before and after."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from dash import html

from dashboard.attributes import cell_label
from dashboard.desk import Desk
from dashboard.pages.parts import status_cell
from dashboard.pages.plan.charts import defined
from dashboard.wording import day_label, difference_words, limit_words, number_words, value_words
from scenarios.plan import Plan
from scenarios.quick_answer import QuickAnswer
from scenarios.quick_change import Change, changed_targets
from scenarios.quick_people import people_for
from wfm.errors import BadInput
from wfm.i18n import say
from wfm.metrics import KPIS

__all__ = ["hours_table", "sentence_of"]


def sentence_of(plan: Plan, days: Sequence[date], before: QuickAnswer, after: QuickAnswer) -> str:
    """What changes, in one sentence."""
    when = (
        day_label(days[0])
        if len(days) == 1
        else say("{first} to {last}", first=day_label(days[0]), last=day_label(days[-1]))
    )
    difference = after.agent_hours - before.agent_hours
    if abs(difference) < 0.05 and (after.seats == before.seats).all():
        words = say(
            "{when}: {hours} agent-hours, {seats} seats at most at once. Turn a slider to see what would change.",
            when=when,
            hours=number_words(after.agent_hours, 1),
            seats=number_words(after.most_seats),
        )
    else:
        words = say(
            "{when}: {hours} agent-hours instead of {was} ({difference}); {seats} seats at most at once instead of {seats_was}.",
            when=when,
            hours=number_words(after.agent_hours, 1),
            was=number_words(before.agent_hours, 1),
            difference=difference_words(difference, "h"),
            seats=number_words(after.most_seats),
            seats_was=number_words(before.most_seats),
        )
    if after.short_hours > 0:
        words += " " + say(
            "The {opened} seats opened do not suffice: {hours} seat-hours more are wanted.",
            opened=plan.hotline.seats.opened,
            hours=number_words(after.short_hours, 1),
        )
    return words  # fmt: skip


def hours_table(
    plan: Plan, desk: Desk, days: Sequence[date], change: Change, before: QuickAnswer, after: QuickAnswer
) -> list[Any]:
    """Hours, seats, people, and each target's figure, before and after."""
    pairs = [
        (
            say("seat-hours"),
            say("agents answering"),
            number_words(before.seat_hours, 1),
            number_words(after.seat_hours, 1),
        ),
        (
            say("agent-hours"),
            say("with unplanned absence: seats ÷ (1 − share), whole people at each moment"),
            number_words(before.agent_hours, 1),
            number_words(after.agent_hours, 1),
        ),
        (
            say("most seats at once"),
            say("all groups together"),
            number_words(before.most_seats),
            number_words(after.most_seats),
        ),
        *_people(plan, desk, days, before, after),
    ]
    hours = html.Dl(
        [
            html.Div(
                [
                    html.Dt(defined(name, meaning)),
                    html.Dd([now, html.Span(say("planned: {was}", was=was), className="was")]),
                ]
            )
            for name, meaning, was, now in pairs
        ],
        className="before-after",
    )
    heads = [say("status"), say("target"), say("limit"), say("as planned"), say("as changed")]
    rows = [
        html.Tr(
            [
                status_cell("unknown" if now != now else "met" if target.met(now) else "missed"),
                html.Td(defined(target.name.of(), KPIS[target.kpi].definition.of(), target.clause), className="full"),
                html.Td(
                    limit_words(target.operator or "", target.limit, target.unit), className="n", **cell_label(heads[2])
                ),
                html.Td(value_words(before.kpis.get(target.id), target.unit), className="n", **cell_label(heads[3])),
                html.Td(value_words(now, target.unit), className="n", **cell_label(heads[4])),
            ]
        )
        for target in changed_targets(plan.hotline, change)
        if (now := after.kpis.get(target.id)) is not None
    ]
    table = html.Table(
        [
            html.Thead(html.Tr([html.Th(w, className="n" if n > 1 else "", scope="col") for n, w in enumerate(heads)])),
            html.Tbody(rows),
        ],
        className="score",
    )
    return [hours, table]  # fmt: skip


def _people(
    plan: Plan, desk: Desk, days: Sequence[date], before: QuickAnswer, after: QuickAnswer
) -> list[tuple[str, str, str, str]]:
    """People under contract for such days all along; nothing where the hotline's people are not known here."""
    try:
        agents = desk.hotlines.scenario(plan.hotline.id).agents
        was = people_for(plan, agents, days, 1.0)
    except BadInput:
        return []
    now = was * after.agent_hours / before.agent_hours if before.agent_hours > 0 else was
    meaning = say(
        "people in the present mix of contracts, if all days were like these: the most of what hours, duties and nights in four "
        "weeks take, A and B together; the plan's duties of these days, more or fewer as the agent-hours; {n} are there now",
        n=len(agents),
    )
    return [(say("people needed"), meaning, number_words(was), number_words(now))]
