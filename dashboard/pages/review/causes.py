"""Why targets were missed: which days, and of the chosen day each target in sentences and as bars with their intervals."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import dash_mantine_components as dmc
from dash import dcc, html

from dashboard.asked import Asked
from dashboard.attributes import UNSPOKEN, aria_label, cell_label
from dashboard.desk import Desk
from dashboard.figures.review import causes_figure
from dashboard.graph import graph
from dashboard.jobs.panel import job_panel
from dashboard.pages.parts import card, download, key
from dashboard.pages.review.against import table_address
from dashboard.pages.review.period import Period
from dashboard.person import here
from dashboard.wording import day_label, difference_words, limit_words, line_name, value_words
from scenarios.kept_review import KeptDay, KeptReview, KeptTarget, find_review, kept_reviews, review_inputs
from scenarios.scenario import Scenario
from wfm.i18n import list_words, say
from wfm.metrics import KPIS
from wfm.store import JobRecord

__all__ = ["causes_part", "job_of_period"]

OTHERS_SHOWN = 6


def causes_part(asked: Asked, desk: Desk, scenario: Scenario, period: Period) -> list[Any]:
    """Everything of the part “Missed targets”."""
    hotline = scenario.hotline
    kept = find_review(desk.home, hotline.id, period.first, period.last)
    job = job_of_period(desk, hotline.id, period)
    running = job is not None and not job.finished
    failed = job is not None and job.state == "failed" and kept is None
    panel = html.Div(
        [job_panel(job, "review-job-done")] if job is not None and (running or failed) else [], id="review-job"
    )
    if kept is None:
        return [panel, _not_yet(desk, hotline.id, asked, hidden=running)]
    stale = kept.inputs != review_inputs(scenario, desk.home, desk.store)
    chosen = _chosen(asked, kept)
    return [
        panel,
        _top(ZoneInfo(hotline.time_zone), kept, stale, hidden=running),
        _days(asked, kept, chosen),
        *([] if chosen is None else _day(chosen, scenario, asked)),
        *(html.P(note.of(), className="note") for note in kept.notes),
    ]


def job_of_period(desk: Desk, hotline: str, period: Period) -> JobRecord | None:
    """The last job that looks back at exactly these days."""
    found = desk.jobs.recent(kind="review", hotline=hotline, limit=50)
    wanted = (period.first.isoformat(), period.last.isoformat())
    return next((job for job in found if (job.parameters.get("first"), job.parameters.get("last")) == wanted), None)


def _button(words: str, hidden: bool) -> html.Div:
    return html.Div(
        [
            dmc.Checkbox(
                id="review-all-days",
                label=say("Explain every day, also those that kept their targets"),
                checked=False,
                size="sm",
            ),
            html.Button(words, id="review-run", className="button"),
        ],
        className="run-review",
        style={"display": "none"} if hidden else {},
    )


def _not_yet(desk: Desk, hotline: str, asked: Asked, *, hidden: bool) -> html.Div:
    if not here().may("records"):
        way: Any = html.P(say("Nobody has looked back at these days yet; somebody of operations can."))
    else:
        way = _button(say("Look back at these days"), hidden)
    others = [
        html.Li(
            dcc.Link(
                say("{first} to {last}", first=day_label(first), last=day_label(last)),
                href=asked.with_(**{"from": first, "to": last, "day": ""}),
            )
        )
        for first, last in kept_reviews(desk.home, hotline)[:OTHERS_SHOWN]
    ]
    return html.Div(
        [
            html.H2(say("Why were targets missed?")),
            html.P(
                say(
                    "Each day is played again many times: with the calls, handling times, seats and patience as planned, and as "
                    "they were. What each of them brought is told in sentences with its number; what is left is luck, and is told "
                    "as such. This takes some seconds a day; the result is kept."
                )
            ),
            way,
            *([html.H3(say("Looked back at before")), html.Ul(others)] if others else []),
        ],
        className="empty",
    )


def _top(zone: ZoneInfo, kept: KeptReview, stale: bool, *, hidden: bool) -> html.Div:
    made = say(
        "Worked out {when}, {replications} simulated days of each kind, seed {seed}.",
        when=f"{kept.made_at.astimezone(zone):%Y-%m-%d %H:%M}",
        replications=kept.replications,
        seed=kept.seed,
    )
    told: list[Any] = [html.P(made, className="note")]
    if stale:
        told.insert(
            0,
            html.P(
                [
                    html.Span("△", className="mark risk", **UNSPOKEN),
                    " ",
                    say("Records, people or plans have changed since: look back again."),
                ],
                id="review-stale",
            ),
        )
    if here().may("records"):
        told.append(_button(say("Look back again"), hidden))
    return html.Div(told, className="review-made")


def _chosen(asked: Asked, kept: KeptReview) -> KeptDay | None:
    """The day of the address, else the latest that missed a target, else the latest that is explained."""
    day = asked.day("day")
    if day is not None and (found := kept.day(day)) is not None:
        return found
    missed = [one for one in kept.days if one.missed]
    explained = [one for one in kept.days if one.explained]
    shown = missed or explained
    return shown[-1] if shown else None


def _days(asked: Asked, kept: KeptReview, chosen: KeptDay | None) -> html.Section:
    """Every day with its targets."""
    targets = {row.target: row for day in kept.days for row in day.targets}
    heads = [say("day"), *(row.name.of() for row in targets.values())]
    rows = []
    for day in reversed(kept.days):
        found = {row.target: row for row in day.targets}
        here_now = chosen is not None and day.day == chosen.day
        cells = [
            html.Td(_value(found.get(name)), className="n", **cell_label(row.name.of()))
            for name, row in targets.items()
        ]
        link = dcc.Link(day_label(day.day), href=asked.with_(day=day.day))
        name = html.Td(
            [
                html.B(link) if here_now else link,
                "" if day.explained else html.Span(say("not explained"), className="assumed apart"),
            ],
            className="full",
        )
        rows.append(html.Tr([name, *cells], className="chosen" if here_now else ""))
    limits = [
        "",
        *(f"{limit_words(row.operator, row.limit, row.unit)} · {row.clause}" for row in targets.values()),
    ]
    head = html.Thead(
        html.Tr(
            [
                html.Th(
                    [word, html.Span(limit, className="small")] if limit else word,
                    scope="col",
                    className="n" if at else "",
                )
                for at, (word, limit) in enumerate(zip(heads, limits, strict=True))
            ]
        )
    )
    return card(
        say("Targets by day"),
        [html.Div(html.Table([head, html.Tbody(rows)], className="score"), className="wide")],
        [download("review-causes-csv", table_address("causes", asked, Period(kept.first, kept.last)))],
    )


def _value(row: KeptTarget | None) -> Any:
    if row is None:
        return "–"
    look, icon, word = ("met", "✓", say("met")) if row.met else ("missed", "✕", say("missed"))
    return [
        value_words(row.observed, row.unit),
        " ",
        html.Span(icon, className=f"mark {look}", title=word, role="img", **aria_label(word)),
    ]


def _day(day: KeptDay, scenario: Scenario, asked: Asked) -> list[Any]:
    """The chosen day: each missed target first, then the others where they are explained."""
    if not day.explained:
        return [
            html.P(
                say(
                    "{day} kept its targets and was not explained; look back again with every day to see its causes.",
                    day=day_label(day.day),
                ),
                className="note",
            )
        ]
    rows = sorted(day.targets, key=lambda row: row.met)
    parts: list[Any] = []
    if not day.before_the_day:
        parts.append(html.P(say("The plan of this day was made after it had begun."), className="note"))
    for at, row in enumerate(rows):
        parts.append(_target(day, row, scenario, asked, at))
    if "seats" in day.not_recorded:
        parts.append(
            html.P(
                say("Who was there is not recorded: import states of agents to tell absence from luck."),
                className="note",
            )
        )
    return parts


def _target(day: KeptDay, row: KeptTarget, scenario: Scenario, asked: Asked, at: int) -> html.Section:
    look, icon = ("met", "✓") if row.met else ("missed", "✕")
    told = [html.Li(text.of()) for text in row.sentences[1:]]
    title = f"{row.name} · {day_label(day.day)}"
    first = row.sentences[0].of() if row.sentences else ""
    marks = key(
        [
            (say("made it worse"), {"background": "var(--short)"}, ""),
            (say("made it better"), {"background": "var(--over)"}, ""),
            (say("what is left"), {"background": "var(--soft)"}, ""),
            (say("line: 95 % interval"), {}, "line"),
        ]
    )
    return card(
        title,
        [
            html.P([html.Span(icon, className=f"mark {look}", **UNSPOKEN), " ", html.B(first)]),
            html.Ul(told, className="causes"),
            marks,
            graph(f"review-causes-{at}", causes_figure(row, asked.screen)),
            _by_line(day, row, scenario),
        ],
    )


def _by_line(day: KeptDay, row: KeptTarget, scenario: Scenario) -> Any:
    """The same target line by line, where the hotline has several."""
    mine = [one for one in day.by_line if one.target == row.target]
    if not mine:
        return None
    heads = (say("line"), say("planned"), say("observed"), say("heaviest causes"))
    better = KPIS[row.kpi].better
    rows = []
    for one in mine:
        causes = sorted(one.causes, key=lambda c: -abs(c.value))[:2]
        shown = list_words(
            [
                say("{cause} {effect}", cause=c.name.of(), effect=difference_words(c.value, one.unit))
                for c in causes
                if abs(c.value) > c.half_width
            ]
        )
        look, icon = ("met", "✓") if one.met else ("missed", "✕")
        rows.append(
            html.Tr(
                [
                    html.Td(line_name(scenario.hotline, one.line), className="full"),
                    html.Td(value_words(one.planned, one.unit), className="n", **cell_label(heads[1])),
                    html.Td(
                        [
                            value_words(one.observed, one.unit),
                            " ",
                            html.Span(icon, className=f"mark {look}", **UNSPOKEN),
                        ],
                        className="n",
                        **cell_label(heads[2]),
                    ),
                    html.Td(shown or say("none that is clear of chance"), **cell_label(heads[3])),
                ]
            )
        )
    note = say("higher is better") if better == "higher" else say("lower is better")
    head = html.Thead(
        html.Tr([html.Th(word, scope="col", className="n" if 0 < at < 3 else "") for at, word in enumerate(heads)])
    )
    return html.Details(
        [html.Summary(say("By line ({note})", note=note)), html.Table([head, html.Tbody(rows)], className="score")]
    )
