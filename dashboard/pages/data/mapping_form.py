"""The form that says what the columns of a file mean: which column is what, how times and durations are written, which words are which."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboard.asked import Asked
from dashboard.attributes import cell_label
from dashboard.pages.data.trial import Looked
from dashboard.pages.parts import card
from scenarios.scenario import Scenario
from wfm.hotline import Hotline
from wfm.i18n import Text, both, say
from wfm.records import FeedImport, ItemImport
from wfm.records.layouts.file_head import FileHead
from wfm.records.mapping_draft import (
    DRAFT_KINDS,
    Field,
    MappingDraft,
    draft_fields,
    draft_from_dict,
    propose_draft,
    words_of,
)
from wfm.records.mapping_parts import SKIP
from wfm.records.privacy import hide_numbers

__all__ = [
    "SKIP",
    "draft_shown",
    "header_at",
    "kind_title",
    "lines_form",
    "mapping_form",
    "queues_of",
    "value_title",
    "words_shown",
]

FORMATS = (
    "",
    "%Y-%m-%d %H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y%m%d%H%M%S",
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M:%S",
    "%d.%m.%Y %H:%M:%S",
)
WORDS_SHOWN = 30
UNKNOWN_LINE = ("unknown_line", "unknown_queue")


def kind_title(kind: str) -> Text:
    """What one row of a file is."""
    words = {
        "calls": both("a call"),
        "intervals": both("a queue and interval"),
        "orders": both("a work order"),
        "satisfaction": both("a satisfaction answer"),
        "states": both("a state of an agent"),
    }
    return words[kind]


def header_at(head: FileHead, row: int) -> tuple[str, ...]:
    """The names in a row of the head."""
    return head.rows[row - 1] if 1 <= row <= len(head.rows) else ()


def line_words(hotline: Hotline) -> dict[str, str]:
    """Line by identifier and by name, as files may call them."""
    return {word: line.id for line in hotline.lines for word in (line.id, line.name.en, line.name.zh)}


def draft_shown(asked: Asked, looked: Looked, scenario: Scenario, kept: dict[str, Any] | None) -> MappingDraft:
    """The draft that the form shows: as it was left, else proposed from the names of the columns."""
    wanted = next((kind for kind in DRAFT_KINDS if kind == asked.get("as")), None)
    if kept is not None and wanted in (None, kept.get("kind")):
        return draft_from_dict(kept)
    row = looked.file.header_row
    return propose_draft(looked.file.head, row, header_at(looked.file.head, row), wanted, line_words(scenario.hotline))


def words_shown(draft: MappingDraft, looked: Looked) -> dict[str, list[str]]:
    """Words of the file, by our column, that the form asks the meaning of."""
    header = header_at(looked.file.head, draft.header_row)
    found: dict[str, list[str]] = {}
    for one in draft_fields(draft.kind):
        column = draft.columns.get(one.name)
        if column is None or one.holds != "choice" or not one.choices:
            continue
        words = words_of(looked.file.head, draft.header_row, header, column.source)
        words += [word for word in _turned_away(looked, column.source) if word not in words]
        found[one.name] = list(dict.fromkeys([*words, *column.values]))[:WORDS_SHOWN]
    return found


def _turned_away(looked: Looked, column: str) -> list[str]:
    """Words of a column for which rows were rejected."""
    result = looked.trial.result
    if result is None:
        return []
    found = []
    for row in result.rejected:
        if row.column == column and row.code in ("unknown_outcome", "unknown_value", *UNKNOWN_LINE):
            word = _word(row.found)
            if word and word not in found:
                found.append(word)
    return found


def _word(shown: str) -> str:
    """The word that a rejected row's sentence quotes; empty where it is cut short or blotted out."""
    try:
        word = str(ast.literal_eval(shown)) if shown[:1] in "'\"" else shown
    except (ValueError, SyntaxError):
        word = shown
    return "" if "…" in word or "•" in word else word


def mapping_form(asked: Asked, looked: Looked, scenario: Scenario, kept: dict[str, Any] | None) -> html.Section:
    """The form, with what was proposed or chosen filled in."""
    draft = draft_shown(asked, looked, scenario, kept)
    header = [name for name in header_at(looked.file.head, draft.header_row) if name]
    words = words_shown(draft, looked)
    heads = (say("what we need"), say("column of the file"), say("how it is written"))
    table = html.Table(
        [
            html.Thead(html.Tr([html.Th(word, scope="col") for word in heads])),
            html.Tbody([_row(one, draft, header, heads) for one in draft_fields(draft.kind)]),
        ],
        className="score mapping",
    )
    body: list[Any] = [
        html.P(
            say(
                "Say once what the columns mean; files with the same column names are read the same way from then on. "
                "What is not named is not read."
            )
        ),
        html.Div(
            [
                dmc.Select(
                    id="data-map-kind",
                    label=say("One row is"),
                    data=[{"value": kind, "label": kind_title(kind).of()} for kind in DRAFT_KINDS],
                    value=draft.kind,
                    allowDeselect=False,
                    size="sm",
                    w=220,
                ),
                dmc.NumberInput(
                    id="data-map-header",
                    label=say("Row of the column names"),
                    value=draft.header_row,
                    min=1,
                    max=60,
                    size="sm",
                    w=180,
                ),
            ],
            className="controls",
        ),
        table,
        *(_words(one, draft, words[one.name]) for one in draft_fields(draft.kind) if words.get(one.name)),
        _queues(draft, looked, scenario),
        dcc.Store(id="data-words", data=words),
        html.Div(
            [
                html.Button(say("Read the file this way"), id="data-map-apply", className="button"),
                html.Button(
                    say("Forget this mapping"),
                    id="data-map-forget",
                    className="button quiet-button",
                    hidden=not looked.file.remembered,
                ),
            ],
            className="job-buttons",
        ),
    ]
    return card(say("What the columns mean"), body)


def _row(one: Field, draft: MappingDraft, header: Sequence[str], heads: Sequence[str]) -> html.Tr:
    column = draft.columns.get(one.name)
    name = [one.title.of(), html.Span(say("needed"), className="assumed") if one.needed else None]
    options = [{"value": "-", "label": "–"}] + [
        {"value": name, "label": hide_numbers(name)} for name in dict.fromkeys(header)
    ]
    source = _select(one.name, "source", options, column.source if column else "-", one.title.of())
    return html.Tr(
        [
            html.Td(name, className="full"),
            html.Td(source, **cell_label(heads[1])),
            html.Td(_how(one, draft, options), **cell_label(heads[2])),
        ]
    )


def _how(one: Field, draft: MappingDraft, options: list[dict[str, str]]) -> Any:
    column = draft.columns.get(one.name)
    if one.holds == "time":
        formats = list(dict.fromkeys([*FORMATS, *([column.format] if column else [])]))
        shown = [{"value": text or "-", "label": _format_words(text)} for text in formats]
        clocks = [{"value": "-", "label": say("clock in the same column")}, *options[1:]]
        return html.Div(
            [
                _select(
                    one.name, "format", shown, (column.format if column else "") or "-", say("how times are written")
                ),
                _select(one.name, "clock", clocks, (column.clock if column else "") or "-", say("column of the clock")),
            ],
            className="pair",
        )
    if one.holds == "seconds":
        units = [
            {"value": "s", "label": say("seconds, or 00:03:25")},
            {"value": "ms", "label": say("milliseconds")},
            {"value": "min", "label": say("minutes")},
            {"value": "h", "label": say("hours")},
        ]
        return _select(one.name, "unit", units, column.unit if column else "s", say("unit"))
    return "–"


def _format_words(text: str) -> str:
    if not text:
        return say("as it shows")
    signs = {"%Y": "2026", "%m": "09", "%d": "14", "%H": "08", "%M": "30", "%S": "00"}
    for sign, shown in signs.items():
        text = text.replace(sign, shown)
    return text


def _select(name: str, what: str, options: list[dict[str, str]], value: str, label: str) -> dmc.Select:
    return dmc.Select(
        id={"part": "data-map", "name": name, "what": what},
        data=options,
        value=value,
        allowDeselect=False,
        searchable=len(options) > 8,
        nothingFoundMessage=say("no such column"),
        size="sm",
        **{"aria-label": label},
    )


def value_title(value: str) -> str:
    """One of our values in words; another one as it stands."""
    words = {
        "answered": say("answered by an agent"),
        "abandoned": say("gave up while waiting"),
        "ivr_completed": say("served by the IVR"),
        "ivr_abandoned": say("hung up in the IVR"),
        "blocked": say("busy trunks"),
        "closed": say("outside opening hours"),
        "satisfied": say("satisfied"),
        "basically_satisfied": say("basically satisfied"),
        "not_satisfied": say("not satisfied"),
        "signed_in": say("signed in"),
        "available": say("available"),
        "handling": say("on a call"),
        "wrap_up": say("after-call work"),
        "break": say("break"),
        "other": say("other work"),
        "offline": say("signed out"),
    }
    return words.get(value, value)


def _words(one: Field, draft: MappingDraft, words: list[str]) -> html.Fieldset:
    options = [
        {"value": "-", "label": say("unknown: reject the row")},
        {"value": SKIP, "label": say("leave the row out")},
        *({"value": value, "label": value_title(value)} for value in one.choices),
    ]
    if one.name == "satisfaction":
        options = [{"value": "-", "label": say("no answer")}, *options[2:]]
    elif draft.kind in ("orders", "satisfaction", "states"):
        options.pop(1)
    values = draft.columns[one.name].values
    return _fieldset(say("Words for “{what}”", what=one.title.of()), one.name, words, options, values)


def _fieldset(
    legend: str, name: str, words: Sequence[str], options: list[dict[str, str]], values: dict[str, str]
) -> html.Fieldset:
    return html.Fieldset(
        [
            html.Legend(legend),
            *(
                html.Div(
                    [
                        html.Span(hide_numbers(word)),
                        dmc.Select(
                            id={"part": "data-word", "name": name, "at": at},
                            data=options,
                            value=values.get(word, "-"),
                            allowDeselect=False,
                            size="sm",
                            **{"aria-label": hide_numbers(word)},
                        ),
                    ],
                    className="word",
                )
                for at, word in enumerate(words)
            ),
        ],
        className="words",
    )


def _line_options(hotline: Hotline) -> list[dict[str, str]]:
    return [
        {"value": "-", "label": say("unknown: reject the row")},
        {"value": SKIP, "label": say("leave the row out")},
        *({"value": line.id, "label": line.name.of()} for line in hotline.lines),
    ]


def _queues(draft: MappingDraft, looked: Looked, scenario: Scenario) -> Any:
    """Which line each queue of the file is, where the hotline has several."""
    if "line" not in draft.columns or len(scenario.hotline.lines) < 2:
        return dcc.Store(id="data-queues", data=[])
    queues = queues_of(looked, draft)
    known = {**{q: line for q, line in line_words(scenario.hotline).items() if q in queues}, **draft.lines}
    return html.Div(
        [
            dcc.Store(id="data-queues", data=queues),
            _fieldset(say("Which line is which queue"), "line", queues, _line_options(scenario.hotline), known),
        ]
    )


def queues_of(looked: Looked, draft: MappingDraft | None = None) -> list[str]:
    """Queues that stand in the file, the unknown ones first."""
    unknown = []
    result = looked.trial.result
    for row in result.rejected if result is not None else ():
        if row.code in UNKNOWN_LINE:
            word = _word(row.found)
            if word and word not in unknown:
                unknown.append(word)
    told = list(result.queues) if isinstance(result, FeedImport) else []
    if draft is None:
        told += _queues_in_head(looked)
    if draft is not None and "line" in draft.columns:
        header = header_at(looked.file.head, draft.header_row)
        told += words_of(looked.file.head, draft.header_row, header, draft.columns["line"].source)
        told += list(draft.lines)
    return list(dict.fromkeys([*unknown, *told]))[:WORDS_SHOWN]


def _queues_in_head(looked: Looked) -> list[str]:
    """Queues that the first rows of a known layout name."""
    file = looked.file
    if file.layout == "asterisk-queue-log":
        cells = [row[2] for row in file.head.rows if len(row) > 4]
        return [queue for queue in dict.fromkeys(cells) if queue and queue != "NONE"]
    column = next((name for name, ours in looked.trial.columns.items() if ours == "line"), "")
    row, header = next(
        ((n, cells) for n, cells in enumerate(file.head.rows[:12], 1) if column in cells),
        (file.header_row, file.header),
    )
    return words_of(file.head, row, header, column)


def lines_form(looked: Looked, scenario: Scenario) -> html.Section | None:
    """For a known layout: which line each of its queues is, where some are not known."""
    result = looked.trial.result
    if looked.file.kind != "calls" or isinstance(result, ItemImport) or len(scenario.hotline.lines) < 2:
        return None
    rejected = result.rejected if result is not None else []
    if not any(row.code in UNKNOWN_LINE for row in rejected) and not looked.trial.problem:
        return None
    queues = queues_of(looked)
    if not queues or (looked.file.remembered and looked.file.layout == looked.file.fingerprint):
        return None
    known = dict(result.queues) if isinstance(result, FeedImport) else {}
    return card(
        say("Queues of the file"),
        [
            html.P(say("The file names queues that are no lines of the hotline. Say once which line each of them is.")),
            dcc.Store(id="data-queues-known", data=queues),
            _fieldset(say("Which line is which queue"), "queue", queues, _line_options(scenario.hotline), known),
            html.Div(
                html.Button(say("Use these lines"), id="data-lines-apply", className="button"), className="job-buttons"
            ),
        ],
    )
