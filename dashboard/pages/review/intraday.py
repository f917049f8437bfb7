"""The rest of today: where the day will end, how surely, and which moves within the rules would save it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from dash import html

from dashboard.asked import Asked
from dashboard.attributes import UNSPOKEN, cell_label
from dashboard.desk import Desk
from dashboard.figures.intraday import rest_figure
from dashboard.graph import graph
from dashboard.jobs.panel import job_panel
from dashboard.pages.parts import STATUS_CLASS, card, download, key, status_cell
from dashboard.pages.review.against import table_address
from dashboard.pages.review.period import Period
from dashboard.pages.review.taking_up import take_up_part
from dashboard.person import here
from dashboard.wording import (
    day_label,
    group_name,
    interval_words,
    limit_words,
    line_name,
    number_words,
    probability_words,
    value_words,
)
from scenarios.intraday_kpi import DayKpi
from scenarios.intraday_moves import Move
from scenarios.kept_intraday import KeptIntraday, intraday_inputs, latest_intraday
from scenarios.scenario import Scenario
from wfm.hotline import Hotline
from wfm.i18n import say
from wfm.store import JobRecord

__all__ = ["intraday_part", "job_of_day", "missing_spells", "rest_sentence"]

MOVES_SHOWN = 5
OLD_MIN = 20
"""A look this old is told as old."""
_ORDER = {"missed": 0, "at risk": 1, "met": 2}


def intraday_part(asked: Asked, desk: Desk, scenario: Scenario, period: Period) -> list[Any]:
    """Everything of the part “Rest of today”."""
    hotline = scenario.hotline
    now = desk.now(asked)
    look = _latest(desk, scenario, now)
    job = job_of_day(desk, hotline.id, now.date())
    running = job is not None and not job.finished
    failed = job is not None and job.state == "failed" and (look is None or job.created_at > look.made_at)
    panel = html.Div(
        [job_panel(job, "review-job-done")] if job is not None and (running or failed) else [], id="review-job"
    )
    if look is None:
        return [panel, _not_yet(now, hidden=running)]
    return [
        panel,
        _state(look, scenario, desk, now, hidden=running),
        card(
            say("Where the day will end"),
            [_kpis(look)],
        ),
        _moves(look, scenario, desk, asked),
        card(
            say("Calls of the day"),
            [_key(asked), graph("review-rest", rest_figure(look, hotline.interval_min, asked.screen))],
            [download("review-rest-csv", table_address("intraday", asked, period) + _at(asked))],
        ),
        card(say("By line"), [_lines(look, hotline)]) if len(hotline.lines) > 1 else None,
        *(html.P(note.of(), className="note") for note in look.notes),
    ]


def _at(asked: Asked) -> str:
    return f"&at={asked.get('at')}" if asked.get("at") else ""


def job_of_day(desk: Desk, hotline: str, day: date) -> JobRecord | None:
    """The last job that looks at this day, by the moment it was asked for."""
    for job in desk.jobs.recent(kind="intraday", hotline=hotline, limit=20):
        at = job.parameters.get("at")
        asked = datetime.fromisoformat(at).date() if at else job.created_at.astimezone(desk.clock().tzinfo).date()
        if asked == day:
            return job
    return None


def _button(words: str, hidden: bool) -> Any:
    if not here().may("records"):
        return None
    return html.Button(words, id="review-look-ahead", className="button", hidden=hidden)


def _not_yet(now: datetime, *, hidden: bool) -> html.Div:
    way = _button(say("Look at the rest of the day"), hidden)
    return html.Div(
        [
            html.H2(say("{day}, {clock}", day=day_label(now.date()), clock=f"{now:%H:%M}")),
            html.P(
                say(
                    "Nobody has looked at the rest of this day yet. From the calls so far the rest is forecast again, the targets of "
                    "the whole day are worked out with their probability, and moves within the rules are tried that would save it: "
                    "who could answer too, when a break could be, who could go home. This takes some seconds."
                )
            ),
            way or html.P(say("Somebody of operations can ask for it.")),
        ],
        className="empty",
    )


def rest_sentence(desk: Desk, scenario: Scenario, now: datetime) -> tuple[str, str]:
    """Look and sentence: where the day ends, of the target that is least sure, and whether something helps."""
    look = _latest(desk, scenario, now)
    if look is None:
        return "none", say(
            "{day}, {clock}: nobody has looked at the rest of the day yet.",
            day=day_label(now.date()),
            clock=f"{now:%H:%M}",
        )
    sure = sorted((k for k in look.kpis if k.p_met == k.p_met), key=lambda k: k.p_met)
    helping = [m for m in look.moves if m.kind != "home"]
    if not sure:
        return "none", say("No target of the day can be told yet.")
    worst = sure[0]
    words = say(
        "{target} will end at {value} (limit {limit}): kept with {p}.",
        target=worst.name,
        value=value_words(worst.value, worst.unit),
        limit=limit_words(worst.operator, worst.limit, worst.unit),
        p=probability_words(worst.p_met),
    )
    if worst.status == "met":
        words = say("The day will keep its targets. {words}", words=words)
    elif helping:
        words = say("{words} {count} moves would help.", words=words, count=len(helping))
    else:
        words = say("{words} No move within the rules helps.", words=words)
    return STATUS_CLASS.get(worst.status, "none"), words


def _latest(desk: Desk, scenario: Scenario, now: datetime) -> KeptIntraday | None:
    return latest_intraday(desk.home, scenario.hotline.id, now.date(), until=now + timedelta(minutes=1))


def _state(look: KeptIntraday, scenario: Scenario, desk: Desk, now: datetime, *, hidden: bool) -> html.Div:
    """From which moment it is, and whether something has come since."""
    age_min = (now - look.now).total_seconds() / 60
    old = age_min > OLD_MIN
    changed = look.inputs != intraday_inputs(scenario, desk.home, look.seed)
    told: list[Any] = [
        html.P(
            say(
                "As of {clock}; roster {roster}; learned from {days} past days; seed {seed}.",
                clock=f"{look.now:%H:%M}",
                roster=look.roster.rsplit("/", 1)[-1],
                days=look.days_learned,
                seed=look.seed,
            ),
            className="note",
        )
    ]
    if changed or old:
        words = (
            say("Records, people or settings have changed since: look again.")
            if changed
            else say("This look is {minutes} minutes old: look again.", minutes=number_words(age_min))
        )
        told.insert(0, html.P([html.Span("△", className="mark risk", **UNSPOKEN), " ", words], id="review-rest-stale"))
    return html.Div([html.Div(told), _button(say("Look again"), hidden)], className="review-made")


def _kpis(look: KeptIntraday) -> html.Table:
    heads = [
        say("status"),
        say("target"),
        say("so far"),
        say("end of the day"),
        say("80 % band"),
        say("probability"),
        say("limit"),
    ]
    rows = sorted(look.kpis, key=lambda k: (_ORDER.get(k.status, 3), k.p_met if k.p_met == k.p_met else 2))
    body = [html.Tr(_kpi_cells(kpi, heads)) for kpi in rows]
    head = html.Thead(
        html.Tr([html.Th(word, scope="col", className="n" if at > 1 else "") for at, word in enumerate(heads)])
    )
    return html.Table([head, html.Tbody(body)], className="score")


def _kpi_cells(kpi: DayKpi, heads: list[str]) -> list[Any]:
    planned = html.Span(say("planned {value}", value=value_words(kpi.planned, kpi.unit)), className="small")
    return [
        status_cell(kpi.status),
        html.Td(kpi.name.of(), className="full"),
        html.Td(value_words(kpi.so_far, kpi.unit), className="n", **cell_label(heads[2])),
        html.Td([value_words(kpi.value, kpi.unit), planned], className="n", **cell_label(heads[3])),
        html.Td(interval_words(kpi.low, kpi.high, kpi.unit), className="n", **cell_label(heads[4])),
        html.Td(probability_words(kpi.p_met), className="n", **cell_label(heads[5])),
        html.Td(limit_words(kpi.operator, kpi.limit, kpi.unit), className="n", **cell_label(heads[6])),
    ]


def _moves(look: KeptIntraday, scenario: Scenario, desk: Desk, asked: Asked) -> html.Section:
    """Moves, the best first; hours that can be saved last."""
    hotline = scenario.hotline
    helping = [m for m in look.moves if m.kind != "home"]
    saving = [m for m in look.moves if m.kind == "home"]
    spells = missing_spells(look, hotline)
    body: list[Any] = []
    if spells:
        body.append(
            html.Ul(
                [html.Li([html.Span("△", className="mark risk", **UNSPOKEN), words]) for words in spells],
                className="findings",
            )
        )
    else:
        body.append(
            html.P(
                [
                    html.Span("✓", className="mark met", **UNSPOKEN),
                    " ",
                    say("Enough agents are on duty until the end of the day."),
                ]
            )
        )
    if helping:
        body.append(html.H3(say("What would help, each by itself")))
        items = [_move(move, scenario, desk, asked, look) for move in helping]
        body.append(html.Ol(items[:MOVES_SHOWN], className="moves", id="review-moves"))
        if len(items) > MOVES_SHOWN:
            more = say("{count} more moves", count=len(items) - MOVES_SHOWN)
            rest = html.Ol(items[MOVES_SHOWN:], className="moves", start=str(MOVES_SHOWN + 1))
            body.append(html.Details([html.Summary(more), rest]))
    if saving:
        body.append(html.H3(say("Hours that can be saved, one after the other")))
        body.append(html.Ol([_move(move, scenario, desk, asked, look) for move in saving], className="moves"))
    if not look.moves and any(k.status in ("at risk", "missed") for k in look.kpis):
        body.append(html.P(say("No move within the rules helps the rest of the day.")))
    body.append(html.Div(id="review-take-differs", role="alert"))
    return card(say("Who is missing, and what would help"), body)


def _move(move: Move, scenario: Scenario, desk: Desk, asked: Asked, look: KeptIntraday) -> html.Li:
    effect = []
    if move.hours:
        hours = value_words(abs(move.hours), "h")
        effect.append(
            say("{hours} of presence more", hours=hours) if move.hours > 0 else say("{hours} saved", hours=hours)
        )
    effect.append(f"{move.start:%H:%M}–{'24:00' if f'{move.end:%H:%M}' == '00:00' else f'{move.end:%H:%M}'}")
    if move.group:
        effect.append(group_name(scenario.hotline, move.group))
    words = html.Div([html.P(move.text.of()), html.P(" · ".join(effect), className="quiet")])
    return html.Li([words, take_up_part(move, look, asked, desk, scenario)])


def missing_spells(look: KeptIntraday, hotline: Hotline) -> list[str]:
    """Stretches in which agents are missing, in words, group by group."""
    if look.seats.empty:
        return []
    told = []
    length = timedelta(minutes=hotline.interval_min)
    for group in dict.fromkeys(look.seats["group"]):
        rows: list[dict[Any, Any]] = look.seats[look.seats["group"] == group].sort_values("interval").to_dict("records")
        spells: list[list[dict[Any, Any]]] = []
        for row in (row for row in rows if row["over"] < -1e-9):
            if spells and row["interval"] - spells[-1][-1]["interval"] == length:
                spells[-1].append(row)
            else:
                spells.append([row])
        for spell in spells:
            worst = min(spell, key=lambda row: float(row["over"]))
            end = spell[-1]["interval"] + length
            told.append(
                say(
                    "{group}: from {start} to {end} up to {missing} agents are missing ({there} of {needed}).",
                    group=group_name(hotline, str(group)),
                    start=f"{spell[0]['interval']:%H:%M}",
                    end="24:00" if f"{end:%H:%M}" == "00:00" else f"{end:%H:%M}",
                    missing=number_words(-worst["over"]),
                    there=number_words(worst["on_duty"]),
                    needed=number_words(worst["heads"]),
                )
            )
    return told


def _key(asked: Asked) -> html.Ul:
    accent = asked.screen.palette.accent
    return key(
        [
            (say("recorded"), {}, "line"),
            (say("expected, with 80 % of outcomes"), {"background": accent, "opacity": "0.4"}, ""),
            (say("as planned"), {"borderTop": "2px dotted var(--soft)", "height": "0"}, ""),
        ]
    )


def _lines(look: KeptIntraday, hotline: Hotline) -> html.Table:
    heads = [
        say("line"),
        say("so far"),
        say("expected by now"),
        say("rest of the day"),
        say("80 % band"),
        say("whole day"),
    ]
    rows = []
    for row in look.lines.to_dict("records"):
        line = str(row["line"])
        rows.append(
            html.Tr(
                [
                    html.Td(line_name(hotline, line) if line else say("all lines"), className="full"),
                    html.Td(number_words(row["so_far"]), className="n", **cell_label(heads[1])),
                    html.Td(number_words(row["expected_so_far"]), className="n", **cell_label(heads[2])),
                    html.Td(number_words(row["rest"]), className="n", **cell_label(heads[3])),
                    html.Td(
                        f"{number_words(row['p10'])} – {number_words(row['p90'])}",
                        className="n",
                        **cell_label(heads[4]),
                    ),
                    html.Td(number_words(row["day"]), className="n", **cell_label(heads[5])),
                ]
            )
        )
    head = html.Thead(
        html.Tr([html.Th(word, scope="col", className="n" if at else "") for at, word in enumerate(heads)])
    )
    return html.Table([head, html.Tbody(rows)], className="score")
