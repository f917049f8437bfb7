"""The hotlines that are known: where they lie, what they hold, how surely their numbers are known, and bringing in one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboard.asked import Asked
from dashboard.attributes import UNSPOKEN, cell_label
from dashboard.desk import Desk
from dashboard.pages.admin.hotline_bringing import own_folder, wire
from dashboard.pages.admin.part import Part
from dashboard.pages.parts import card, facts, select
from dashboard.wording import number_words, source_words
from scenarios.hotline_facts import HotlineNumbers, NumberRow, numbers_of
from scenarios.hotline_upload import UPLOAD_MB_MOST, kept_before
from scenarios.scenario import Scenario
from wfm.errors import BadInput
from wfm.hotline import Hotline, library_folder
from wfm.i18n import both, list_words, say
from wfm.standards import load_standard

__all__ = ["PART"]

_KINDS = ("published", "secondary", "assumed", "none")


def _show(asked: Asked, desk: Desk) -> list[Any]:
    places = desk.hotlines.places()
    read = {name: _read(desk, name) for name in places}
    wrong = [name for name, found in read.items() if isinstance(found, str)]
    chosen = asked.get("name") if asked.get("name") in places else desk.hotline_of(asked)
    found = read.get(chosen, "")
    return [
        _headline(places, wrong),
        card(say("Hotlines"), [_table(asked, places, read, chosen)]),
        _upload(desk, places),
        html.P(found, className="error") if isinstance(found, str) and found else None,
        *([_one(found, places[chosen]), _numbers(found, asked)] if isinstance(found, Scenario) else []),
    ]


def _read(desk: Desk, name: str) -> Scenario | str:
    """The hotline, or what is wrong with its files."""
    try:
        return desk.hotlines.scenario(name)
    except BadInput as error:
        return str(error)


def _headline(places: dict[str, Path], wrong: list[str]) -> html.P:
    own = sum(not _shipped(place) for place in places.values())
    values = {"n": len(places), "own": own}
    if wrong:
        names = list_words(wrong)
        words = say(
            "{n} hotlines are known, {own} of your own; the files of {names} hold a mistake.", **values, names=names
        )
        return html.P(words, className="headline missed", id="admin-headline")
    words = say("{n} hotlines are known, {own} of your own; their files hold no mistake.", **values)
    return html.P(words, className="headline met", id="admin-headline")


def _shipped(place: Path) -> bool:
    return place.resolve().parent == library_folder().resolve()


def _table(asked: Asked, places: dict[str, Path], read: dict[str, Scenario | str], chosen: str) -> html.Div:
    heads = [
        say("hotline"),
        say("where"),
        say("lines"),
        say("groups"),
        say("people"),
        say("opening"),
        say("standard"),
        say("numbers that are published"),
    ]
    rows = []
    for name, place in places.items():
        found = read[name]
        link = dcc.Link(name, href=asked.with_(tab="hotlines", name=name))
        where = say("shipped") if _shipped(place) else str(place)
        if isinstance(found, str):
            mistake: list[Any] = [html.Span("✕", className="mark missed", **UNSPOKEN), " ", found]
            cells: list[Any] = [link, where, html.Span(mistake, className="mistake")]
            rows.append(
                html.Tr(
                    [
                        html.Td(cells[0], **cell_label(heads[0])),
                        html.Td(cells[1], **cell_label(heads[1])),
                        html.Td(cells[2], colSpan="6", className="full"),
                    ]
                )
            )
            continue
        hotline = found.hotline
        cells = [
            [link, html.Span(hotline.name.of(), className="small")],
            where,
            number_words(len(hotline.lines)),
            number_words(len(hotline.groups)),
            number_words(len(found.agents)),
            _opening(hotline),
            dcc.Link(hotline.standard, href=asked.with_(tab="standards", standard=hotline.standard, name="")),
            _share(numbers_of(found)),
        ]
        rows.append(
            html.Tr(
                [html.Td(c, **cell_label(h)) for c, h in zip(cells, heads, strict=True)],
                className="sure" if name == chosen else "",
            )
        )
    head = html.Thead(html.Tr([html.Th(words, scope="col") for words in heads]))
    return html.Div(html.Table([head, html.Tbody(rows)], className="score hotlines"), className="wide")


def _opening(hotline: Hotline) -> str:
    opening = hotline.opening
    if all(hours == ("00:00", "24:00") for hours in (opening.weekday, opening.weekend, opening.holiday)):
        return say("7×24")

    def words(hours: tuple[str, str] | None) -> str:
        return f"{hours[0]}–{hours[1]}" if hours is not None else say("closed")

    return say(
        "weekdays {weekday}, weekends {weekend}, holidays {holiday}",
        weekday=words(opening.weekday),
        weekend=words(opening.weekend),
        holiday=words(opening.holiday),
    )


def _share(numbers: HotlineNumbers) -> str:
    known = numbers.counts.get("published", 0)
    return say("{known} of {all}", known=known, all=len(numbers.rows))


def _upload(desk: Desk, places: dict[str, Path]) -> html.Section:
    own = [name for name, place in places.items() if own_folder(desk, name) is not None and not _shipped(place)]
    options = [("", say("a hotline of its own"))] + [(name, name) for name in own]
    back = [name for name in own if kept_before(desk.home / "hotlines", name) is not None]
    words = say(
        "A ZIP archive of a hotline's folder, or agents.csv, leave.csv (.xlsx) of one of your own hotlines; at most {most} MB. "
        "Nothing is changed before you have seen what was read.",
        most=UPLOAD_MB_MOST,
    )
    return card(
        say("Bring in a hotline"),
        [
            html.P(words),
            html.Div(
                [
                    select("admin-hotlines-onto", say("Files are of"), options, "", 260),
                    dcc.Upload(
                        html.Button(say("Choose a file"), type="button", className="button"),
                        id="admin-hotlines-file",
                        accept=".zip,.csv,.xlsx,.yaml",
                        max_size=UPLOAD_MB_MOST * 1_000_000,
                        multiple=False,
                        className="upload",
                    ),
                ],
                className="controls",
            ),
            dcc.Loading(html.Div(id="admin-hotlines-found", role="status"), type="dot", delay_show=200),
            dcc.Store(id="admin-hotlines-done"),
            html.Div(
                [
                    select("admin-hotlines-back", say("Changed before"), [(n, n) for n in back], back[0], 260),
                    html.Button(
                        say("Put the files before back"), id="admin-hotlines-undo", className="button quiet-button"
                    ),
                ],
                className="controls",
            )
            if back
            else None,
        ],
    )


def _one(found: Scenario, place: Path) -> html.Section:
    hotline = found.hotline
    kinds = {kind.id: kind.name.of() for kind in hotline.staff_kinds}
    by_kind = {kind: sum(a.staff_kind == kind for a in found.agents) for kind in kinds}
    standard = load_standard(hotline.standard)
    pairs = [
        (say("Telephone number"), hotline.number),
        (say("Lines"), list_words([line.name.of() for line in hotline.lines])),
        (
            say("Groups"),
            list_words([f"{group.name} {group.from_}–{group.to}" for group in hotline.groups]),
        ),
        (
            say("Seats"),
            say("{built} built, {opened} may be opened", built=hotline.seats.built, opened=hotline.seats.opened),
        ),
        (
            say("People"),
            list_words([say("{n} {kind}", n=n, kind=kinds[kind]) for kind, n in by_kind.items() if n]) or "–",
        ),
        (say("Opening"), _opening(hotline)),
        (
            say("Standard"),
            say("{title} (default: its own text publishes no target)", title=standard.title)
            if hotline.standard_is_default
            else standard.title.of(),
        ),
        (say("Folder"), str(place)),
    ]
    about = html.P(hotline.about.of(), className="note") if hotline.about is not None else None
    return card(hotline.name.of(), [about, facts(pairs)])


def _numbers(found: Scenario, asked: Asked) -> html.Section:
    numbers = numbers_of(found)
    wanted = asked.get("source") if asked.get("source") in _KINDS else ""
    rows = [row for row in numbers.rows if not wanted or row.kind == wanted]
    heads = [say("key"), say("value"), say("source"), say("clause or reason")]
    ways = [
        dcc.Link(
            f"{_kind_words(kind)} ({numbers.counts.get(kind, 0) if kind else len(numbers.rows)})",
            href=asked.with_(tab="hotlines", source=kind),
            className=f"button {'' if kind == wanted else 'quiet-button'}",
        )
        for kind in ("", *_KINDS)
        if not kind or numbers.counts.get(kind)
    ]
    body = html.Tbody([_number(row, heads) for row in rows])
    head = html.Thead(html.Tr([html.Th(words, scope="col") for words in heads]))
    return card(
        say("Where its numbers come from"),
        [
            html.Div(ways, className="controls ways"),
            html.Div(html.Table([head, body], className="score numbers"), className="wide tall", tabIndex="0"),
        ],
    )


def _kind_words(kind: str) -> str:
    if not kind:
        return say("all")
    return say("no source") if kind == "none" else source_words(kind)


def _number(row: NumberRow, heads: list[str]) -> html.Tr:
    key = html.Code(row.path)
    meaning = say(row.meaning) if row.meaning else ""
    named = dmc.Tooltip(key, label=meaning, multiline=True, w=320, withArrow=True) if meaning else key
    why = row.why.of() if row.why is not None else ""
    cells: list[Any] = [
        named,
        f"{row.value} {row.unit}".strip(),
        _kind_words(row.kind),
        [row.clause, html.Span(why, className="small") if why else None],
    ]
    return html.Tr([html.Td(c, **cell_label(h)) for c, h in zip(cells, heads, strict=True)])


PART = Part("hotlines", both("Hotlines"), _show, wire)
