"""What an import came to: what was taken, which days are new, what is still missing, and where to go from here."""

from __future__ import annotations

from datetime import date
from typing import Any

from dash import dcc, html

from dashboard.asked import address
from dashboard.attributes import UNSPOKEN
from dashboard.pages.data.stock import run_words, runs_of
from dashboard.pages.parts import card, facts
from dashboard.wording import dated_label, number_words
from wfm.i18n import list_words, say
from wfm.store import JobRecord

__all__ = ["outcome_part"]


def outcome_part(job: JobRecord) -> html.Div:
    """The result of a finished import."""
    told = job.result
    days = [date.fromisoformat(day) for day in told.get("new_days", [])]
    missing = [date.fromisoformat(day) for day in told.get("still_missing", [])]
    sentences = [_first(told)]
    if days:
        runs = list_words([run_words(run) for run in runs_of(days)[:4]])
        sentences.append(say("{count} days are new: {days}.", count=len(days), days=runs))
    known = told.get("known_days", [])
    if known and told.get("replaced") and not told.get("already_imported"):
        sentences.append(
            say(
                "{count} days were stored before; on them {replaced} entries now count as this file tells them.",
                count=len(known),
                replaced=number_words(told["replaced"]),
            )
        )
    if missing:
        runs = list_words([run_words(run) for run in runs_of(missing)[-4:]])
        sentences.append(say("Open days that are still missing between the first and the last: {days}.", days=runs))
    elif "still_missing" in told:
        sentences.append(say("No open day between the first and the last is missing."))
    pairs = [
        (say("rows read"), number_words(told.get("rows_read"))),
        (say("rows accepted"), number_words(told.get("accepted"))),
        (say("rows rejected"), number_words(told.get("rejected"))),
        (say("left out"), number_words(told.get("left_out"))),
        (say("told twice"), number_words(told.get("duplicates"))),
    ]
    if told.get("first_day"):
        pairs.append((say("from"), dated_label(date.fromisoformat(told["first_day"]))))
        pairs.append((say("to"), dated_label(date.fromisoformat(told["last_day"]))))
    links: list[Any] = []
    if told.get("rejected") or told.get("left_out"):
        href = address("/download/data/problems.csv", file=job.parameters.get("token"))
        links.append(
            html.A(
                [html.Span(className="icon icon-download"), say("Rows not taken (CSV)")],
                href=href,
                className="download",
                download="",
            )
        )
    onward = [
        dcc.Link(say("See what is there"), href=address("/data", hotline=job.hotline), className="button quiet-button"),
    ]
    if told.get("kind") == "calls" and told.get("last_day"):
        onward.insert(
            0,
            dcc.Link(
                say("Review these days"),
                href=address("/review", hotline=job.hotline, **{"from": told["first_day"], "to": told["last_day"]}),
                className="button",
                id="data-to-review",
            ),
        )
    body = [
        *(html.P(words) for words in sentences),
        facts(pairs),
        html.Div(onward, className="job-buttons"),
    ]
    icon = html.Span("✓", className="mark met", **UNSPOKEN)
    return html.Div(
        card(say("Imported"), [html.P([icon, " ", html.B(str(told.get("file", "")))]), *body], links), id="data-outcome"
    )


def _first(told: dict[str, Any]) -> str:
    if told.get("already_imported"):
        return say("This very file was imported before; nothing has changed.")
    if "calls" in told:
        return say("{calls} calls are stored.", calls=number_words(told["calls"]))
    return say("{entries} entries are stored.", entries=number_words(told.get("entries")))
