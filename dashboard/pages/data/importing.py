"""The import: choose a file, see what would be taken of it and what not, say what its columns mean, import it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
import pandas as pd
from dash import dcc, html

from dashboard.asked import Asked, address
from dashboard.attributes import UNSPOKEN, cell_label
from dashboard.desk import Desk
from dashboard.jobs.panel import job_panel
from dashboard.pages.data.mapping_form import lines_form, mapping_form, value_title
from dashboard.pages.data.outcome import outcome_part
from dashboard.pages.data.stock import Stock
from dashboard.pages.data.trial import Looked, look_at_upload
from dashboard.pages.parts import card, facts
from dashboard.wording import dated_label, number_words
from scenarios.record_imports import REJECTED_MAX
from scenarios.scenario import Scenario
from wfm.errors import BadInput
from wfm.i18n import say
from wfm.records import FeedImport, ImportResult, ItemImport, Rejected
from wfm.records.kept_mappings import kept_draft
from wfm.records.mapping_draft import draft_fields
from wfm.records.privacy import hide_numbers
from wfm.records.rejecting import count_by_code, reason_title
from wfm.store import JobRecord

__all__ = ["import_part", "job_of_upload"]

ROWS_SHOWN = 8
EXAMPLES = 5
ACCEPT = ".csv,.txt,.log,.tsv,.xlsx,.xls,.xlsm,.parquet"


def import_part(asked: Asked, desk: Desk, scenario: Scenario, stock: Stock) -> list[Any]:
    """Everything of the tab “Import”."""
    token = asked.get("file")
    if not token:
        return [picker(asked), _what_can_be_read(), _recent(asked, desk, scenario)]
    job = job_of_upload(desk, scenario, token)
    if job is not None and job.state == "done" and not job.result.get("dry"):
        return [outcome_part(job), picker(asked)]
    stores = [dcc.Store(id="data-token", data=token), dcc.Store(id="data-job-done")]
    try:
        looked = look_at_upload(desk, scenario, token)
    except BadInput as error:
        return [*stores, html.Div(html.P(str(error)), className="error", role="alert"), picker(asked)]
    return [
        *stores,
        _file(looked),
        html.Div([job_panel(job, "data-job-done")] if job is not None else [], id="data-job"),
        *_preview(asked, looked, scenario, stock, desk),
    ]


def job_of_upload(desk: Desk, scenario: Scenario, token: str) -> JobRecord | None:
    """The last job that reads or imports this upload."""
    found = desk.jobs.recent(kind="import", hotline=scenario.hotline.id, limit=50)
    return next((job for job in found if job.parameters.get("token") == token), None)


def picker(asked: Asked) -> html.Section:
    """The place where a file is chosen or dropped; a script fills it, as it sends the file in a stream."""
    where = address("/upload/data", hotline=asked.get("hotline"))
    data: dict[str, Any] = {
        "data-address": where,
        "data-accept": ACCEPT,
        "data-then": f"{asked.search(tab='import', file='')}&file=",
        "data-choose": say("Choose a file"),
        "data-drop": say("or drop it here"),
        "data-sending": say("Sending"),
        "data-looking": say("Looking at the file …"),
        "data-broken": say("The file did not arrive; try again."),
        "data-large": say("The file is larger than what is taken."),
    }
    return card(say("Bring in a file"), [html.Div(id="data-picker", className="file-picker", **data)])


def _what_can_be_read() -> html.Details:
    return html.Details(
        [
            html.Summary(say("What can be read")),
            html.Ul(
                [
                    html.Li(say("Call records: one row a call, as CSV, Excel or Parquet, from any telephone system.")),
                    html.Li(
                        say(
                            "Counts by interval: one row a queue and 5 to 60 minutes (Avaya, Genesys Cloud, Huawei, own tables)."
                        )
                    ),
                    html.Li(say("Asterisk's queue_log, event by event.")),
                    html.Li(say("Work orders, satisfaction answers, and states of agents.")),
                    html.Li(say("UTF-8, UTF-16 or GBK; titles above the column names do no harm.")),
                ]
            ),
        ]
    )


def _recent(asked: Asked, desk: Desk, scenario: Scenario) -> html.Section | None:
    jobs = [
        job
        for job in desk.jobs.recent(kind="import", hotline=scenario.hotline.id, limit=10)
        if not (job.state == "done" and job.result.get("dry"))
    ]
    if not jobs:
        return None
    from dashboard.jobs.panel import job_list

    return card(say("Imported lately"), [job_list(jobs, desk.now(asked).tzinfo)])


def _file(looked: Looked) -> html.Div:
    size = looked.upload.size
    shown = (
        say("{size} MB", size=f"{size / 1e6:,.1f}") if size >= 100_000 else say("{size} kB", size=f"{size / 1e3:,.1f}")
    )
    return html.Div(
        [
            html.Div(
                [
                    html.H2(looked.upload.name),
                    html.P(say("{size} · {rows}", size=shown, rows=_found(looked))),
                ],
                className="title",
            ),
            html.Div(
                [html.Button(say("Remove the file"), id="data-forget", className="button quiet-button")],
                className="controls",
            ),
        ],
        className="top file-top",
    )


def _found(looked: Looked) -> str:
    if looked.file.kind is None:
        return say("no layout that is known: say below what its columns mean")
    return re.sub(r"^[:：]\s*", "", looked.file.found.removeprefix(looked.upload.name))


def _preview(asked: Asked, looked: Looked, scenario: Scenario, stock: Stock, desk: Desk) -> list[Any]:
    result = looked.trial.result
    parts: list[Any] = []
    if looked.trial.problem:
        parts.append(html.Div(html.P(looked.trial.problem), className="error", role="alert"))
    if result is not None:
        parts.append(_taken(looked, result, stock))
        if result.rejected or result.left_out or result.duplicates:
            parts.append(_problems(looked, result))
    if result is None and looked.file.kind is not None and not looked.trial.problem:
        parts.append(
            html.P(
                say(
                    "The file is large: check all its rows, or import it; nothing is stored of it if too many rows cannot be used."
                ),
                className="note",
            )
        )
        parts.append(_buttons(looked, None, stock))
    form = mapping_form(asked, looked, scenario, kept_draft(desk.home, looked.file.fingerprint))
    form_first = looked.file.kind is None or bool(looked.trial.problem) or bool(asked.get("as"))
    if form_first:
        parts.insert(0 if looked.file.kind is None else len(parts), form)
    lines = lines_form(looked, scenario)
    if lines is not None:
        parts.append(lines)
    parts.append(card(say("Columns"), [_columns(looked)]))
    if result is not None:
        parts.append(
            card(
                say("First rows as read"),
                [
                    html.Div(
                        _rows(result, {line.id: line.name.of() for line in scenario.hotline.lines}), className="wide"
                    )
                ],
            )
        )
    if not form_first:
        parts.append(
            html.P(
                dcc.Link(say("The columns mean something else"), href=asked.with_(**{"as": looked.file.kind})),
                className="note",
            )
        )
    return parts


def _taken(looked: Looked, result: ImportResult | FeedImport | ItemImport, stock: Stock) -> html.Section:
    whole = looked.trial.whole
    pairs = [
        (say("rows read"), number_words(result.rows_read)),
        (say("rows accepted"), number_words(result.accepted)),
        (say("rows rejected"), number_words(len(result.rejected))),
        (say("left out"), number_words(len(result.left_out))),
        (say("told twice"), number_words(len(result.duplicates))),
    ]
    days = _days(result)
    if days:
        pairs.append((say("days"), f"{len(days):,}"))
        pairs.append((say("from"), dated_label(days[0])))
        pairs.append((say("to"), dated_label(days[-1])))
    share = len(result.rejected) / max(result.rows_read, 1)
    look, icon = ("risk", "△") if share > REJECTED_MAX else ("met", "✓")
    body: list[Any] = [
        html.P(
            [html.Span(icon, className=f"mark {look}", **UNSPOKEN), " ", _sentence(result, days, stock, whole)],
            id="data-taken",
        ),
        facts(pairs),
        _buttons(looked, result, stock),
    ]
    return card(say("What would be taken"), body)


def _days(result: ImportResult | FeedImport | ItemImport) -> list[Any]:
    if isinstance(result, ItemImport):
        begin = next(c.name for c in result.table.columns if c.kind == "time")
        return sorted(set(result.items[begin].dt.date))
    return result.days


def _sentence(result: ImportResult | FeedImport | ItemImport, days: Sequence[Any], stock: Stock, whole: bool) -> str:
    held = {one.day for one in stock.days if one.state in ("whole", "part")}
    again = sum(day in held for day in days)
    what = say(
        "{accepted} of {rows} rows can be taken.",
        accepted=number_words(result.accepted),
        rows=number_words(result.rows_read),
    )
    if not whole:
        what = say(
            "Of the first {rows} rows {accepted} can be taken.",
            accepted=number_words(result.accepted),
            rows=number_words(result.rows_read),
        )
    if isinstance(result, ItemImport) or not days:
        return what
    if again == len(days):
        return say(
            "{what} Its days are all stored already: what is the same counts once, what differs is replaced.", what=what
        )
    if again:
        return say(
            "{what} {new} days are new, {again} are stored already.", what=what, new=len(days) - again, again=again
        )
    return say("{what} All {new} days are new.", what=what, new=len(days))


def _buttons(looked: Looked, result: ImportResult | FeedImport | ItemImport | None, stock: Stock) -> html.Div:
    """Import, what must be allowed for it, and the check of all rows where only the first were read."""
    many = result is not None and len(result.rejected) > REJECTED_MAX * result.rows_read
    ask_mix = "synthetic" in stock.labels and not isinstance(result, ItemImport) and looked.file.kind == "calls"
    allow = dmc.Checkbox(
        id="data-allow",
        label=say("Leave out the rejected rows, however many they are"),
        checked=False,
        size="sm",
        style={} if many or not looked.trial.whole else {"display": "none"},
    )
    mix = dmc.Checkbox(
        id="data-mix",
        label=say("Put them beside the generated calls that are stored"),
        checked=False,
        size="sm",
        style={} if ask_mix else {"display": "none"},
    )
    return html.Div(
        [
            allow,
            mix,
            html.Div(
                [
                    html.Button(say("Import"), id="data-import", className="button"),
                    html.Button(
                        say("Check all rows"),
                        id="data-check",
                        className="button quiet-button",
                        hidden=looked.trial.whole,
                    ),
                ],
                className="job-buttons",
            ),
        ],
        className="import-buttons",
    )


def _problems(looked: Looked, result: ImportResult | FeedImport | ItemImport) -> html.Section:
    """Rows that would not be taken, by reason, each with its line; all of them as CSV."""
    blocks: list[Any] = []
    groups: tuple[tuple[str, list[Rejected]], ...] = (
        ("missed", result.rejected),
        ("none", result.left_out),
        ("none", result.duplicates),
    )
    for look, rows in groups:
        for code, count in count_by_code(rows).items():
            mine = [row for row in rows if row.code == code]
            title = say("{count} rows: {reason}", count=number_words(count), reason=_title(code))
            examples = [html.Li([html.B(say("line {row}", row=row.row)), " ", row.reason]) for row in mine[:EXAMPLES]]
            if count > EXAMPLES:
                examples.append(
                    html.Li(say("… and {count} more", count=number_words(count - EXAMPLES)), className="quiet")
                )
            icon = "✕" if look == "missed" else "–"
            blocks.append(html.Li([html.Span(icon, className=f"mark {look}", **UNSPOKEN), title, html.Ul(examples)]))
    href = address("/download/data/problems.csv", file=looked.upload.token)
    link = html.A(
        [html.Span(className="icon icon-download"), say("All of them (CSV)")],
        href=href,
        className="download",
        download="",
    )
    return card(say("Rows that would not be taken"), [html.Ul(blocks, className="findings problems")], [link])


def _title(code: str) -> str:
    return say("left out by the mapping") if code == "left_out" else reason_title(code)


def _columns(looked: Looked) -> html.Table:
    """What each column of the file is read for, with what stands in it."""
    heads = (say("column of the file"), say("read as"), say("for example"))
    kind = looked.file.kind
    level: Any = kind
    if kind == "calls" and isinstance(looked.trial.result, FeedImport):
        level = "intervals"
    titles = {} if kind is None else {one.name: one.title.of() for one in draft_fields(level)}
    rows = []
    for at, name in enumerate(looked.file.header):
        if not name:
            continue
        ours = looked.trial.columns.get(name, "")
        words = titles.get(ours.rstrip("_"), ours) if ours else say("not read")
        cells = [row[at] for row in looked.file.head.rows[looked.file.header_row :] if at < len(row) and row[at]]
        shown = " · ".join(hide_numbers(cell)[:30] for cell in list(dict.fromkeys(cells))[:3])
        rows.append(
            html.Tr(
                [
                    html.Td(html.B(hide_numbers(name)), className="full"),
                    html.Td(words, className="" if ours else "quiet", **cell_label(heads[1])),
                    html.Td(shown or "–", className="quiet", **cell_label(heads[2])),
                ]
            )
        )
    head = html.Thead(html.Tr([html.Th(word, scope="col") for word in heads]))
    return html.Table([head, html.Tbody(rows)], className="score")


def _rows(result: ImportResult | FeedImport | ItemImport, names: dict[str, str]) -> html.Table:
    """The first accepted rows, in our columns; callers' hashes are cut short."""
    frame, level = (
        (result.cells, "intervals")
        if isinstance(result, FeedImport)
        else (result.calls, "calls")
        if isinstance(result, ImportResult)
        else (result.items, {"work_orders": "orders", "satisfaction": "satisfaction"}.get(result.table.name, "states"))
    )
    fields = [one for one in draft_fields(level) if one.name in frame.columns]  # type: ignore[arg-type]
    fields = [one for one in fields if frame[one.name].notna().any() and one.name not in ("call", "item")]
    head = html.Thead(html.Tr([html.Th(one.title.of(), scope="col") for one in fields]))
    rows = [
        html.Tr([html.Td(_value(row[one.name], one.name, names), **cell_label(one.title.of())) for one in fields])
        for row in frame.head(ROWS_SHOWN).to_dict("records")
    ]
    return html.Table([head, html.Tbody(rows)], className="score rows")


def _value(value: Any, name: str, lines: dict[str, str]) -> str:
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value) or value is pd.NA:
        return "–"
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if name == "caller_key":
        return f"{str(value)[:6]}…"
    if isinstance(value, float):
        return f"{value:,.1f}".removesuffix(".0")
    return lines.get(str(value), str(value)) if name == "line" else value_title(hide_numbers(str(value)))
