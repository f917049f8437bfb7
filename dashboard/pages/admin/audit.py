"""The audit: who did what, filtered by the address, page by page; whether it is whole; the table to take along."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import dash_mantine_components as dmc
import pandas as pd
from dash import Input, Output, State, dcc, html
from flask import Response, request

from dashboard.answering import Answering
from dashboard.asked import Asked, address, asked_of
from dashboard.attributes import UNSPOKEN, cell_label
from dashboard.audit_words import action_words, actions_named, thing_words
from dashboard.desk import Desk
from dashboard.pages.admin.part import Part
from dashboard.pages.admin.words import moment_words, zone_of
from dashboard.pages.parts import card, day_field, download
from dashboard.person import require
from dashboard.tables import csv_bytes
from wfm.i18n import both, say
from wfm.store import KEPT_DAYS, KEPT_DAYS_MIN, AuditAsked, AuditEntry, audit_sentence

__all__ = ["PART"]

A_PAGE = 50
EXPORTED_MAX = 200_000
_FILTERS = ("who", "action", "text", "from", "to")


def _asked_for(asked: Asked, desk: Desk) -> AuditAsked:
    zone = zone_of(asked, desk)

    def midnight(day: date | None) -> datetime | None:
        return None if day is None else datetime.combine(day, time(), tzinfo=zone)

    last = asked.day("to")
    return AuditAsked(
        who=asked.get("who"),
        action=asked.get("action"),
        text=asked.get("text"),
        named=actions_named(asked.get("text")),
        since=midnight(asked.day("from")),
        until=midnight(last + timedelta(days=1) if last is not None else None),
    )


def _show(asked: Asked, desk: Desk) -> list[Any]:
    trail, wanted = desk.store.trail, _asked_for(asked, desk)
    count = trail.count(wanted)
    pages = max(1, -(-count // A_PAGE))
    page = min(max(asked.number("page") or 1, 1), pages)
    entries = trail.entries(wanted, offset=(page - 1) * A_PAGE, limit=A_PAGE)
    filtered = any(asked.get(key) for key in _FILTERS)
    if count:
        words = say("{count:,} entries; the latest: {what}.", count=count, what=_sentence(entries[0], asked, desk))
    elif filtered:
        words = say("No entry is like that.")
    else:
        words = say("Nothing was changed yet.")
    link = download("admin-audit-csv", address("/download/admin/audit.csv", **_kept(asked)))
    check = html.Button(say("Check the chain"), id="admin-audit-check", className="button quiet-button", n_clicks=0)
    body: list[Any] = [_table(entries, asked, desk)] if entries else []
    if pages > 1:
        body.append(_pager(asked, page, pages))
    note = say(
        "Nobody can change or remove an entry: each holds the digest of the one before, and the database refuses. Entries "
        "are kept for {years} years unless a command removes older ones, and for {least} days at least.",
        years=KEPT_DAYS // 365,
        least=KEPT_DAYS_MIN,
    )
    return [
        html.P(words, className="headline none", id="admin-headline"),
        _filters(asked, desk),
        card(say("Audit"), [html.Div(id="admin-audit-checked"), *body, html.P(note, className="note")], [check, link]),
    ]


def _kept(asked: Asked) -> dict[str, str]:
    return {key: asked.get(key) for key in (*_FILTERS, "hotline")}


def _sentence(entry: AuditEntry, asked: Asked, desk: Desk) -> str:
    return say(
        "{who}, {what} ({moment})",
        who=entry.who or say("somebody"),
        what=action_words(entry.action),
        moment=moment_words(entry.at, zone_of(asked, desk)),
    )


def _filters(asked: Asked, desk: Desk) -> html.Div:
    trail = desk.store.trail
    people = [{"value": name, "label": name} for name in trail.people()]
    actions = [{"value": action, "label": action_words(action)} for action in trail.actions()]

    def choice(key: str, label: str, options: Sequence[Mapping[str, str]]) -> dmc.Select:
        return dmc.Select(
            id=f"admin-audit-{key}",
            label=label,
            data=list(options),
            value=asked.get(key) or None,
            clearable=True,
            searchable=True,
            nothingFoundMessage=say("None of that name"),
            placeholder=say("all"),
            size="sm",
            w=180,
        )

    def day(key: str, label: str) -> dmc.DatePickerInput:
        return day_field(f"admin-audit-{key}", label, asked.day(key), clearable=True, placeholder=say("any day"))

    text = dmc.TextInput(
        id="admin-audit-text", label=say("Contains"), value=asked.get("text"), debounce=600, size="sm", w=180
    )
    who, action = choice("who", say("Who"), people), choice("action", say("What"), actions)
    return html.Div([who, action, text, day("from", say("From")), day("to", say("To"))], className="controls choices")


def _table(entries: Sequence[AuditEntry], asked: Asked, desk: Desk) -> html.Table:
    zone = zone_of(asked, desk)
    headings = (say("No."), say("When"), say("Who"), say("What"), say("On what"), say("Details"))
    rows = []
    for entry in entries:
        cells = (
            str(entry.id),
            moment_words(entry.at, zone, seconds=True),
            entry.who or "–",
            action_words(entry.action),
            thing_words(entry.object),
        )
        named = [html.Td(cell, **cell_label(heading)) for cell, heading in zip(cells, headings, strict=False)]
        rows.append(
            html.Tr([*named, html.Td(_details(entry.details), className="details full", **cell_label(headings[-1]))])
        )
    return html.Table(
        [html.Thead(html.Tr([html.Th(heading) for heading in headings])), html.Tbody(rows)],
        className="score audit",
        id="admin-audit-table",
    )


def _details(told: Mapping[str, Any]) -> str:
    """What more an entry tells, without the marks of its format."""

    def words(value: Any) -> str:
        if isinstance(value, list):
            return ", ".join(words(item) for item in value) or "–"
        if isinstance(value, dict):
            return f"({_details(value)})"
        return "–" if value in (None, "") else str(value)

    return " · ".join(f"{key}: {words(value)}" for key, value in told.items())


def _pager(asked: Asked, page: int, pages: int) -> html.Div:
    newer = dcc.Link(say("Newer"), href=asked.with_(page=page - 1 if page > 2 else "")) if page > 1 else None
    older = dcc.Link(say("Older"), href=asked.with_(page=page + 1)) if page < pages else None
    words = html.Span(say("Page {page} of {pages}", page=page, pages=pages))
    return html.Div([part for part in (newer, words, older) if part is not None], className="pager")


def _wire(answer: Answering, desk: Desk) -> None:
    @answer(
        Output("admin-url", "search", allow_duplicate=True),
        *(Input(f"admin-audit-{key}", "value") for key in _FILTERS),
        State("admin-url", "pathname"),
        State("admin-url", "search"),
        right="administer",
        prevent_initial_call=True,
    )
    def choose(who: Any, action: Any, text: Any, first: Any, last: Any, path: str | None, search: str | None) -> Any:
        """What is asked for stands in the address."""
        asked = asked_of(path, search)
        told = {"who": who or "", "action": action or "", "text": text or "", "from": first or "", "to": last or ""}
        if all(asked.get(key) == value for key, value in told.items()):
            return search
        return asked.search(**told, page="")

    @answer(
        Output("admin-audit-checked", "children"),
        Input("admin-audit-check", "n_clicks"),
        right="administer",
        prevent_initial_call=True,
        running=[(Output("admin-audit-check", "disabled"), True, False)],
    )
    def check(clicks: int | None) -> Any:
        """Compute every digest anew."""
        if not clicks:
            return []
        found = desk.store.trail.check()
        look, icon = ("met", "✓") if found.fault is None else ("missed", "✕")
        words: list[Any] = [html.Span(icon, className=f"mark {look}", **UNSPOKEN), " ", audit_sentence(found)]
        if found.fault is None and found.digest:
            words += [" ", say("Digest of the last entry:"), " ", html.Code(found.digest, className="digest")]
        return html.P(words, role="status")

    server = answer.app.server

    @server.get("/download/admin/audit.csv")  # type: ignore[untyped-decorator]
    def audit_csv() -> Response:
        person = require("administer")
        asked = asked_of(request.path, request.query_string.decode("utf-8", "replace"))
        entries = desk.store.trail.entries(_asked_for(asked, desk), limit=EXPORTED_MAX)
        told = {key: value for key, value in _kept(asked).items() if value}
        desk.store.trail.note(person.name, "export audit", "audit", {"entries": len(entries), **told})
        frame = pd.DataFrame(
            [
                {
                    "id": entry.id,
                    "at": entry.at.isoformat(),
                    "who": entry.who,
                    "action": entry.action,
                    "object": entry.object,
                    "details": json.dumps(entry.details, ensure_ascii=False),
                }
                for entry in entries
            ],
            columns=["id", "at", "who", "action", "object", "details"],
        )
        headers = {"Content-Disposition": "attachment; filename=audit.csv"}
        return Response(csv_bytes(frame), mimetype="text/csv", headers=headers)


PART = Part("audit", both("Audit"), _show, _wire)
