"""The page of the day: the sentence, what needs attention, the numbers, the day as a picture, and who is on duty."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboard.asked import Asked, address
from dashboard.attributes import UNSPOKEN, aria_label, cell_label
from dashboard.colours import Screen, line_colour
from dashboard.desk import Desk
from dashboard.figures.today import calls_figure, people_figure
from dashboard.graph import graph
from dashboard.pages.parts import STATUS_CLASS, card, download, key, select, status_cell
from dashboard.pages.today.duty_part import duty_part
from dashboard.pages.today.looking import Looked
from dashboard.person import here
from dashboard.wording import (
    day_label,
    interval_words,
    limit_words,
    line_name,
    number_words,
    probability_words,
    severity_words,
    source_words,
    value_words,
)
from scenarios.attention import Attention
from scenarios.today import CONNECTION, LineToday, TargetToday, Today, connection_target, service_level_kpi
from scenarios.today_sentences import today_headline, today_status
from wfm.i18n import say
from wfm.metrics import KPIS

__all__ = ["chosen_line", "figure_of", "refreshed", "today_page"]

_ICONS = {"problem": "✕", "warning": "△", "notice": "•"}
REFRESH_MS = 60_000
_LIVE: dict[str, Any] = {"aria-live": "polite"}


def chosen_line(today: Today, line: str) -> str:
    """The line whose calls are drawn; all together where none of this name is known."""
    return line if line in today.hotline.line_ids else ""


def today_page(seen: Looked, asked: Asked, desk: Desk) -> list[Any]:
    """Everything on the page, drawn for this screen."""
    today = seen.today
    parts = refreshed(seen, asked)
    return [
        dcc.Location(id="today-url", refresh="callback-nav"),
        dcc.Interval(id="today-tick", interval=REFRESH_MS, disabled=not seen.live),
        dcc.Store(id="today-seen", data={}),
        dcc.Store(id="today-drawn", data=asked.with_().partition("?")[2]),
        dcc.Store(id="today-job-done"),
        _top(seen, asked, parts["as-of"]),
        html.Div(parts["headline"], id="today-headline-frame"),
        html.Div(parts["attention"], id="today-attention", **_LIVE),
        html.Div(parts["tiles"], id="today-tiles"),
        html.Div(parts["targets"], id="today-targets"),
        _calls(today, asked, parts["calls-key"]),
        _people(today, asked),
        html.Div(parts["lines"], id="today-lines"),
        html.Section(
            [
                html.Header(
                    [
                        html.H2(say("On duty")),
                        html.Div([_csv("duty", asked)] if today.roster is not None else [], className="controls"),
                    ]
                ),
                html.Div(parts["duty"], id="today-duty"),
            ],
            className="card",
        ),
    ]


def refreshed(seen: Looked, asked: Asked) -> dict[str, Any]:
    """The parts that are drawn again as the day goes on, by the end of their id."""
    today = seen.today
    return {
        "as-of": _as_of(seen),
        "headline": _headline(today),
        "attention": _attention(seen),
        "tiles": _tiles(today),
        "targets": _targets(today),
        "calls-key": _calls_key(today, chosen_line(today, asked.get("line"))),
        "lines": _lines(today, asked),
        "duty": duty_part(today),
    }


def figure_of(name: str, today: Today, line: str, screen: Screen) -> Any:
    """The figure ``calls`` or ``people``."""
    return calls_figure(today, line, screen) if name == "calls" else people_figure(today, screen)


def _top(seen: Looked, asked: Asked, as_of: Any) -> html.Div:
    today = seen.today
    return html.Div(
        [
            html.Div(
                [html.H1(today.hotline.name.of()), html.P(as_of, id="today-as-of")],
                className="title",
            ),
            html.Div(
                [
                    html.Div(_steps(seen, asked), className="moments"),
                    dmc.TextInput(
                        id="today-at",
                        label=say("Moment"),
                        value=f"{today.now:%Y-%m-%d %H:%M}",
                        w=170,
                        size="sm",
                        debounce=True,
                        inputProps={"inputMode": "numeric"},
                    ),
                ],
                className="controls",
            ),
        ],
        className="top",
    )


def _steps(seen: Looked, asked: Asked) -> list[Any]:
    """To the end of the day before, of the day after, and back to now."""
    day = seen.today.now.date()
    before, after = (_at(asked, _end(day + timedelta(days=n), seen.today.now)) for n in (-1, 1))
    found = [dcc.Link(say("Day before"), href=before, className="button quiet-button")]
    if not seen.live:
        found.append(dcc.Link(say("Day after"), href=after, className="button quiet-button"))
        found.append(dcc.Link(say("Now"), href=asked.with_(at=None), className="button"))
    return found


def _end(day: Any, like: datetime) -> str:
    return datetime(day.year, day.month, day.day, 23, 59, tzinfo=like.tzinfo).replace(tzinfo=None).isoformat()[:16]


def _at(asked: Asked, at: str) -> str:
    return asked.with_(at=at)


def _as_of(seen: Looked) -> list[Any]:
    today = seen.today
    words = [f"{day_label(today.now.date())} {today.now:%H:%M}"]
    if not seen.live:
        words.append(say("a moment that was asked for, not now"))
    if today.so_far.reach is not None and today.now - today.so_far.reach > timedelta(minutes=1):
        words.append(say("records until {clock}", clock=f"{today.so_far.reach:%H:%M}"))
    if today.so_far.synthetic and today.so_far.known:
        words.append(say("generated calls, not recorded ones"))
    return [" · ".join(words)]


def _headline(today: Today) -> html.P:
    status = today_status(today)
    look = STATUS_CLASS.get(status, "none")
    icon = {"met": "✓", "risk": "△", "missed": "✕"}.get(look, "–")
    return html.P(
        [html.Span(icon, className=f"mark {look}", **UNSPOKEN), " ", today_headline(today).of()],
        className=f"headline {look}",
        id="today-headline",
    )


def _attention(seen: Looked) -> list[Any]:
    if not seen.attention:
        return [html.P(say("Nothing needs your attention."), className="note")]
    shown = [_attention_item(one, seen) for one in seen.attention]
    return [html.H2(say("Needs attention"), className="sr-only"), html.Ul(shown, className="findings attention")]


def _attention_item(one: Attention, seen: Looked) -> html.Li:
    link = None
    if one.page and one.page != "today":
        at = None if seen.live else f"{seen.today.now:%Y-%m-%dT%H:%M}"
        href = address(f"/{one.page}", hotline=seen.today.hotline.id, at=at, **one.query)
        link = dcc.Link(_page_words(one.page), href=href, className="go")
    return html.Li(
        [
            html.Span(
                _ICONS[one.urgency],
                className=f"mark {one.urgency}",
                role="img",
                **aria_label(severity_words(one.urgency)),
            ),
            one.text.of(),
            " ",
            link,
        ]
    )


def _page_words(page: str) -> str:
    words = {
        "roster": say("Open the roster"),
        "review": say("Open the review"),
        "data": say("Import records"),
        "orders": say("Open the work orders"),
        "jobs": say("Open the job"),
        "admin": say("Open the calendar"),
    }
    return words.get(page, say("Open"))


def _tile(name: str, value: Any, below: str, definition: Sequence[str], look: str = "") -> html.Div:
    told = html.Span(name, className="defined", tabIndex="0")
    return html.Div(
        [
            html.Dt(
                dmc.Tooltip(
                    told,
                    label=html.Div([html.Div(words) for words in definition if words]),
                    multiline=True,
                    w=320,
                    withArrow=True,
                    events={"hover": True, "focus": True, "touch": True},
                    position="bottom-start",
                )
            ),
            html.Dd([html.Span(value, className=f"figure {look}"), html.Span(below, className="small")]),
        ]
    )


def _tiles(today: Today) -> html.Dl:
    one = today.line()
    connection = connection_target(today.hotline)
    kpi = KPIS[connection.kpi if connection is not None else CONNECTION]
    level = KPIS[service_level_kpi(today.hotline)]
    look = STATUS_CLASS.get(one.status, "none")
    mark = html.Span({"met": "✓ ", "risk": "△ ", "missed": "✕ "}.get(look, ""), className=f"mark {look}", **UNSPOKEN)
    limit = limit_words(connection.operator or "", connection.limit, connection.unit) if connection is not None else ""
    waiting = "–" if one.waiting is None or today.over else number_words(one.waiting)
    return html.Dl(
        [
            _tile(
                say("Calls"),
                number_words(one.offered),
                _expected_words(one),
                [say("all calls of the day that arrived until the moment, busy ones and redials included")],
            ),
            _tile(
                say("Answered"),
                number_words(one.answered),
                say("{n} given up", n=number_words(one.abandoned)) if not math.isnan(one.abandoned) else "",
                [say("calls that an agent picked up until the moment")],
            ),
            _tile(say("Waiting now"), waiting, _waiting_words(today), [_waiting_definition()]),
            _tile(
                say("Connection rate"),
                [mark, value_words(one.connection, "share")],
                _status_below(one.status, limit, over=today.over),
                _defined(kpi.name.of(), kpi.definition.of(), connection.clause if connection else kpi.clause, limit),
            ),
            _tile(
                say("Service level"),
                value_words(one.service_level, "share"),
                level.name.of(),
                _defined(level.name.of(), level.definition.of(), level.clause, ""),
            ),
            _tile(
                say("Mean answer time"),
                value_words(one.asa_s, "s"),
                "",
                _defined(KPIS["asa_s"].name.of(), KPIS["asa_s"].definition.of(), KPIS["asa_s"].clause, ""),
            ),
        ],
        className="tiles",
    )


def _status_below(status: str, limit: str, *, over: bool) -> str:
    if over:
        word = {"met": say("met"), "missed": say("missed")}.get(status, say("no data"))
    else:
        word = {"met": say("met so far"), "missed": say("missed so far")}.get(status, say("no data"))
    return f"{word} · {limit}" if limit else word


def _defined(name: str, definition: str, clause: str, limit: str) -> list[str]:
    return [name, definition, say("limit {limit}", limit=limit) if limit else "", clause]


def _expected_words(one: LineToday) -> str:
    if math.isnan(one.expected):
        return ""
    return say("{n} expected by now", n=number_words(one.expected))


def _waiting_words(today: Today) -> str:
    if today.over:
        return say("the day is over")
    if today.line().waiting is not None:
        return say("{n} in conversation", n=number_words(today.so_far.talking))
    if today.so_far.reach is None:
        return say("no data")
    return say("no data; records until {clock}", clock=f"{today.so_far.reach:%H:%M}")


def _waiting_definition() -> str:
    return say(
        "callers in the queue at the moment; a call is recorded once it has ended, so that this is known only when the "
        "records reach beyond the moment"
    )


def _targets(today: Today) -> html.Section | None:
    if not today.targets or not (today.so_far.known or today.kept is not None):
        return None
    heads = [
        (say("status"), ""),
        (say("target"), ""),
        (say("so far") if not today.over else say("the day"), "n"),
        (say("limit"), "n"),
        (say("end of the day"), "n"),
        (say("80 % band"), "n"),
        (say("kept with"), "n"),
        (say("clause"), ""),
    ]
    rows = [_target_row(row, today) for row in today.targets]
    return card(
        say("Targets of the day"),
        [
            html.Div(
                html.Table(
                    [
                        html.Thead(html.Tr([html.Th(words, className=cls, scope="col") for words, cls in heads])),
                        html.Tbody(rows),
                    ],
                    className="score",
                ),
                className="wide",
            ),
            html.P(_outlook_note(today), className="note"),
        ],
    )


def _outlook_note(today: Today) -> str:
    if today.kept is not None:
        return say(
            "End of the day as forecast anew from the calls until {clock}; made {made}.",
            clock=f"{today.kept.now:%H:%M}",
            made=f"{today.kept.made_at.astimezone(today.now.tzinfo):%Y-%m-%d %H:%M}",
        )
    return "" if today.over else say("The end of the day is known once the rest of the day was forecast anew.")


def _target_row(row: TargetToday, today: Today) -> html.Tr:
    target = row.target
    decided = row.end_status if row.end_status != "unknown" and not today.over else row.status
    kpi = KPIS[target.kpi]
    name = dmc.Tooltip(
        html.Span(target.name.of(), className="defined", tabIndex="0"),
        label=html.Div([html.Div(kpi.definition.of()), html.Div(f"“{target.quote}”" if target.quote.of() else "")]),
        multiline=True,
        w=320,
        events={"hover": True, "focus": True, "touch": True},
        withArrow=True,
        position="bottom-start",
    )
    mark = None if target.source == "published" else html.Span(source_words(target.source), className="assumed")
    return html.Tr(
        [
            status_cell(decided),
            html.Td(name, className="full"),
            _cell(value_words(row.so_far, target.unit), say("so far")),
            _cell(limit_words(target.operator or "", target.limit, target.unit), say("limit")),
            _cell(value_words(row.expected, target.unit), say("end of the day")),
            _cell(interval_words(row.low, row.high, target.unit), say("80 % band")),
            _cell(probability_words(row.p_met), say("kept with")),
            html.Td([target.clause, " ", mark], className="clause full"),
        ]
    )


def _cell(words: str, label: str) -> html.Td:
    return html.Td(words, className="n", **cell_label(label))


def _calls(today: Today, asked: Asked, marks: Any) -> html.Section:
    line = chosen_line(today, asked.get("line"))
    options = [("", say("All lines"))] + [(one, line_name(today.hotline, one)) for one in today.hotline.line_ids]
    controls = [
        select("today-line", say("Line"), options, line, 220),
        _csv("calls", asked),
    ]
    body = [
        html.Div(marks, id="today-calls-key"),
        graph("today-calls", calls_figure(today, line, asked.screen)),
        html.Div(_again(today), id="today-again-frame"),
    ]
    return card(say("Calls today"), body, controls)


def _again(today: Today) -> list[Any]:
    """Asking for the rest of the day anew, for those who may."""
    if today.over or not here().may("records"):
        return []
    return [
        html.Button(say("Forecast the rest of the day anew"), id="today-again", className="button", n_clicks=0),
        html.Div(id="today-job"),
    ]


def _calls_key(today: Today, line: str) -> list[Any]:
    colour = line_colour(today.hotline.line_ids.index(line)) if line else "var(--accent)"
    entries: list[tuple[str, dict[str, str], str]] = [
        (say("came (ring: interval not over)"), {"borderTop": "2px solid var(--ink)", "height": "0"}, "")
    ]
    if today.expected is not None:
        entries.append((say("expected"), {"borderTop": f"2px solid {colour}", "height": "0"}, ""))
        rows = today.expected.intervals
        mine = rows[rows["line"] == line]
        if mine["p10"].notna().any():
            entries.append((say("80 % of outcomes"), {"background": colour, "opacity": "0.48"}, ""))
        if mine["p025"].notna().any():
            entries.append((say("95 % of outcomes"), {"background": colour, "opacity": "0.16"}, ""))
        if today.expected.updated is not None:
            entries.append((say("as planned"), {"borderTop": "1px dotted var(--soft)", "height": "0"}, ""))
        source = today.expected.source.of()
        note = say("Forecast: {source}.", source=source)
        if mine["p10"].isna().all():
            note += " " + say("Bands are known for each line; choose one.")
    else:
        note = say("No forecast holds this day: make a plan that holds it.")
    return [key(entries), html.P(note, className="note")]


def _people(today: Today, asked: Asked) -> html.Section:
    marks = key(
        [
            (say("required (with unplanned absence)"), {}, "line"),
            (say("on duty, breaks taken out"), {"background": "var(--fill)"}, ""),
            (say("short"), {"background": "var(--short)"}, ""),
        ]
    )
    return card(
        say("Agents today"),
        [marks, graph("today-people", people_figure(today, asked.screen))],
        [_csv("people", asked)],
    )


def _csv(name: str, asked: Asked) -> html.A:
    query = {k: v for k, v in asked.query.items() if k in ("hotline", "at", "line", "plan")}
    return download(f"today-{name}-csv", address(f"/download/today/{name}.csv", **query))


def _lines(today: Today, asked: Asked) -> html.Section | None:
    if not today.so_far.known and today.expected is None:
        return _no_records(today)
    heads = [
        (say("line"), ""),
        (say("calls"), "n"),
        (say("expected by now"), "n"),
        (say("answered"), "n"),
        (say("waiting"), "n"),
        (say("connection rate"), "n"),
        (say("service level"), "n"),
        (say("mean answer time"), "n"),
        (say("still expected"), "n"),
    ]
    # Of a single line the sum would say the same again.
    shown = (*today.lines[1:], today.lines[0]) if len(today.lines) > 2 else today.lines[1:]
    rows = [_line_row(row, today, [words for words, _ in heads]) for row in shown]
    body: list[Any] = [
        html.Div(
            html.Table(
                [
                    html.Thead(html.Tr([html.Th(words, className=cls, scope="col") for words, cls in heads])),
                    html.Tbody(rows),
                ],
                className="score lines",
            ),
            className="wide",
        ),
        html.P(_limit_note(today), className="note"),
    ]
    return card(say("Line by line"), body, [_csv("lines", asked)])


def _limit_note(today: Today) -> str:
    target = connection_target(today.hotline)
    if target is None or target.limit is None:
        return say("Calls count whose fate was known at the moment.")
    return say(
        "The limit {limit} holds for the whole hotline; beside a single line the mark only compares. Calls count whose fate was known at the moment.",
        limit=limit_words(target.operator or "", target.limit, target.unit),
    )


def _line_row(row: LineToday, today: Today, heads: list[str]) -> html.Tr:
    look = STATUS_CLASS.get(row.status, "none")
    mark = {"met": "✓ ", "risk": "△ ", "missed": "✕ "}.get(look, "")
    number = today.hotline.line_ids.index(row.line) if row.line else -1
    swatch = html.I(style={"background": line_colour(number)}, className="swatch") if row.line else None
    values: list[Any] = [
        number_words(row.offered),
        number_words(row.expected),
        number_words(row.answered),
        "–" if row.waiting is None else number_words(row.waiting),
        [html.Span(mark, className=f"mark {look}", **UNSPOKEN), value_words(row.connection, "share")],
        value_words(row.service_level, "share"),
        value_words(row.asa_s, "s"),
        number_words(row.rest),
    ]
    name = line_name(today.hotline, row.line) if row.line else say("All lines")
    return html.Tr(
        [
            html.Td([swatch, name], className="full"),
            *(html.Td(v, className="n", **cell_label(h)) for v, h in zip(values, heads[1:], strict=True)),
        ],
        className="" if row.line else "sum",
    )


def _no_records(today: Today) -> html.Section:
    return card(
        say("Line by line"),
        [
            html.P(
                say(
                    "Here stand calls, connection rate and answer time of each line as soon as call records of the day are imported."
                )
            ),
            html.P(dcc.Link(say("Import records"), href=address("/data", hotline=today.hotline.id))),
        ],
    )
