"""The standards that the product knows, clause by clause, with the rule's own words in both languages."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from dashboard.asked import Asked
from dashboard.attributes import cell_label
from dashboard.desk import Desk
from dashboard.pages.admin.part import Part
from dashboard.pages.parts import card
from dashboard.wording import limit_words, source_words, unit_words
from wfm.errors import BadInput
from wfm.i18n import both, language, say
from wfm.metrics import KPIS
from wfm.records.order_rates import RATES
from wfm.standards import Standard, Target, load_standard, standard_ids

__all__ = ["PART"]


def chosen_standard(asked: Asked, desk: Desk) -> str:
    """The standard of the address; the one that the hotline keeps where none is named."""
    named = asked.get("standard")
    return named if named in standard_ids() else desk.scenario(asked).hotline.standard


def _show(asked: Asked, desk: Desk) -> list[Any]:
    own = desk.scenario(asked).hotline
    chosen = load_standard(chosen_standard(asked, desk))
    users: dict[str, list[str]] = {}
    for name, title in desk.hotlines.titles().items():
        standard = _standard_of(name, desk)
        users.setdefault(standard, []).append(title.of())
    return [
        html.P(
            say(
                "{hotline} keeps {standard}; {n} standards are known.",
                hotline=own.name,
                standard=load_standard(own.standard).title,
                n=len(standard_ids()),
            ),
            className="headline none",
            id="admin-headline",
        ),
        card(say("Standards"), [_list(asked, chosen.id, users)]),
        _one(chosen, own.standard == chosen.id and own.standard_is_default),
    ]


def _standard_of(name: str, desk: Desk) -> str:
    try:
        return desk.hotlines.scenario(name).hotline.standard
    except BadInput:
        return ""


def _list(asked: Asked, chosen: str, users: dict[str, list[str]]) -> html.Div:
    heads = [say("standard"), say("title"), say("issued by"), say("source"), say("targets"), say("kept by")]
    rows = []
    for name in standard_ids():
        one = load_standard(name)
        year = f" ({one.year})" if one.year and str(one.year) not in one.title.en else ""
        cells: list[Any] = [
            dcc.Link(one.id, href=asked.with_(tab="standards", standard=one.id)),
            f"{one.title}{year}",
            one.issuer.of(),
            source_words(one.source),
            str(len(one.targets)),
            ", ".join(users.get(one.id, [])) or "–",
        ]
        rows.append(
            html.Tr(
                [html.Td(c, **cell_label(h)) for c, h in zip(cells, heads, strict=True)],
                className="sure" if one.id == chosen else "",
            )
        )
    head = html.Thead(html.Tr([html.Th(words, scope="col") for words in heads]))
    return html.Div(html.Table([head, html.Tbody(rows)], className="score"), className="wide")


def _one(standard: Standard, default: bool) -> html.Section:
    heads = [say("target"), say("measure"), say("limit"), say("unit"), say("clause"), say("the rule's own words")]
    rows = [_target(target, heads) for target in standard.targets]
    notes: list[Any] = [html.P(standard.applies_to.of(), className="note")]
    if default:
        notes.append(
            html.P(
                say(
                    "A default here: the hotline's own text publishes no target, so that each row is an assumption for it."
                ),
                className="note",
            )
        )
    rules = html.Ul([html.Li(_both(rule.en, rule.zh)) for rule in standard.rules]) if standard.rules else None
    head = html.Thead(html.Tr([html.Th(words, scope="col") for words in heads]))
    return card(
        f"{standard.id} · {standard.title}",
        [
            *notes,
            html.Div(html.Table([head, html.Tbody(rows)], className="score clauses"), className="wide"),
            html.H3(say("Rules that are no targets")) if rules is not None else None,
            rules,
        ],
    )


def _both(en: str, zh: str) -> list[Any]:
    """The words in both languages, that of the moment first."""
    first, second = (zh, en) if language() == "zh" else (en, zh)
    tags = ("zh", "en") if language() == "zh" else ("en", "zh")
    if en == zh:
        return [html.Span(first)]
    return [html.Span(first, lang=tags[0]), html.Span(second, lang=tags[1], className="small")]


def _target(target: Target, heads: list[str]) -> html.Tr:
    measured = KPIS[target.kpi].name.of() if target.kpi in KPIS else None
    if measured is None and target.kpi in RATES:
        measured = RATES[target.kpi].name.of()
    definition = KPIS[target.kpi].definition.of() if target.kpi in KPIS else ""
    if not definition and target.kpi in RATES:
        definition = RATES[target.kpi].definition.of()
    limit = (
        limit_words(target.operator or "", target.limit, target.unit)
        if target.limit is not None
        else say("reported only")
    )
    mark = html.Span(source_words(target.source), className="assumed") if target.source != "published" else None
    cells: list[Any] = [
        [html.Strong(target.name.of()), html.Span(target.id, className="small")],
        [measured or target.kpi, html.Span(definition, className="small") if definition else None],
        limit,
        {"flag": say("yes or no")}.get(target.unit, unit_words(target.unit)),
        [target.clause, " ", mark],
        [
            *_both(target.quote.en, target.quote.zh),
            html.Span(target.note.of(), className="small") if target.note else None,
        ],
    ]
    return html.Tr([html.Td(c, **cell_label(h)) for c, h in zip(cells, heads, strict=True)])


PART = Part("standards", both("Standards"), _show)
