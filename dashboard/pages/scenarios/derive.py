"""The tab that derives a scenario: every parameter with unit, present value, default and meaning, and what will differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboard.asked import Asked, address
from dashboard.attributes import UNSPOKEN, aria_label
from dashboard.desk import Desk
from dashboard.pages.parts import card
from dashboard.pages.scenarios.desk import scenario_desk
from dashboard.pages.scenarios.draft import Draft, draft_of
from dashboard.pages.scenarios.run_settings import default_settings, run_controls
from dashboard.person import here
from scenarios.learned_from_records import unheard_changes
from scenarios.parameters import COMMON, VARIES, Parameter, Section, parameters_of, sections_of, unit_text
from scenarios.scenario_differences import changes_between, changes_text, parameter_text, value_text
from scenarios.typed_values import Checked, check_typed, typed_text
from wfm.hotline import Hotline
from wfm.i18n import Text, language, say

__all__ = ["SHOWN_MAX", "derive_tab", "field_id", "fields", "preview", "proposed_title", "shown_parameters"]

SHOWN_MAX = 60
"""Fields that are shown at once."""


def field_id(path: str) -> dict[str, str]:
    """Id of the field of a parameter; dots are told apart from those that join an id and its property."""
    return {"type": "scenarios-field", "path": path.replace(".", "/")}


def derive_tab(asked: Asked, desk: Desk) -> list[Any]:
    """The whole tab."""
    if not here().may("scenarios"):
        return [
            html.P(say("Your role does not derive scenarios; it may look at those that are there."), className="empty")
        ]
    draft = draft_of(asked, desk)
    mine = scenario_desk(desk)
    checked = check_typed(draft.hotline, draft.typed)
    nodes = mine.shelf.nodes()
    sections = sections_of(draft.hotline)
    part = asked.get("part") if asked.get("part") in {s.key for s in sections} else "common"
    title = draft.editing.title if draft.editing else None
    return [
        html.P(_headline(draft), className="headline none", id="scenarios-headline"),
        html.Div(
            [
                dmc.Select(
                    id="scenarios-base",
                    label=say("Derived from"),
                    data=[{"value": n.key, "label": n.title.of()} for n in nodes if not n.error],
                    value=draft.base.key,
                    disabled=draft.editing is not None,
                    allowDeselect=False,
                    searchable=True,
                    w=360,
                    size="sm",
                ),
                dmc.Select(
                    id="scenarios-part",
                    label=say("Part of the hotline"),
                    data=_part_options(sections),
                    value=part,
                    allowDeselect=False,
                    searchable=True,
                    w=320,
                    size="sm",
                ),
                dmc.TextInput(
                    id="scenarios-find",
                    label=say("Find a parameter"),
                    placeholder=say("a word of its meaning or key"),
                    value=asked.get("find"),
                    debounce=250,
                    w=260,
                    size="sm",
                ),
            ],
            className="controls choices",
        ),
        html.Div(
            [
                html.Div(
                    fields(draft.hotline, draft.typed, part, asked.get("find"), checked),
                    id="scenarios-fields",
                    className="scenarios-fields",
                ),
                html.Aside(
                    [
                        card(say("What differs"), [html.Div(preview(draft, checked, desk), id="scenarios-preview")]),
                        card(say("Name and save"), _naming(draft, checked, title, desk, asked)),
                    ],
                    className="scenarios-aside",
                ),
            ],
            className="scenarios-derive",
        ),
    ]


def _headline(draft: Draft) -> str:
    if draft.editing is not None:
        return say("Change “{name}”, which extends “{base}”.", name=draft.editing.title, base=draft.base.title)
    return say("A new scenario out of “{base}”: say only what differs.", base=draft.base.title)


def _part_options(sections: Sequence[Section]) -> list[dict[str, Any]]:
    """Sections as a select shows them: items under the name of their list."""
    plain = [{"value": s.key, "label": _capital(s.title.of())} for s in sections if s.of is None]
    groups: dict[str, list[dict[str, str]]] = {}
    for section in sections:
        if section.of is not None:
            groups.setdefault(_capital(section.of.of()), []).append({"value": section.key, "label": section.title.of()})
    return [*plain, *({"group": name, "items": items} for name, items in groups.items())]


def shown_parameters(hotline: Hotline, part: str, find: str) -> list[Parameter]:
    """The parameters of a section; while something is looked for, those of the whole hotline that hold its words."""
    every = parameters_of(hotline)
    words = find.lower().split()
    if words:
        # Of a list with one item, the item alone is shown.
        sections = {s.key for s in sections_of(hotline)}
        return [p for p in every if p.section in sections and all(w in _haystack(p) for w in words)]
    if part == "common":
        order = {key: index for index, key in enumerate(COMMON)}
        return sorted((p for p in every if p.path in order), key=lambda p: order[p.path])
    return [p for p in every if p.section == part]


def _haystack(parameter: Parameter) -> str:
    spoken = say(parameter.description)
    return f"{parameter.path} {parameter.description} {spoken} {parameter_text(parameter)}".lower()


def fields(hotline: Hotline, typed: Mapping[str, str], part: str, find: str, checked: Checked) -> list[Any]:
    """The fields of a section, or of what was looked for, filled with what was typed."""
    found = shown_parameters(hotline, part, find)
    if not found:
        return [html.P(say("No parameter holds these words."), className="quiet")]
    names = {s.key: s for s in sections_of(hotline)}
    shown = [
        _field(p, typed.get(p.path, ""), checked.problems.get(p.path), _of(p, names, find)) for p in found[:SHOWN_MAX]
    ]
    if len(found) > SHOWN_MAX:
        shown.append(html.P(say("… and {count} more; look for a further word.", count=len(found) - SHOWN_MAX)))
    return shown


def _of(parameter: Parameter, names: Mapping[str, Section], find: str) -> str:
    """Which part a parameter is of, where parameters of several parts are shown."""
    section = names.get(parameter.section)
    if not find or section is None:
        return ""
    return section.title.of() if section.of is None else f"{section.of} · {section.title}"


def _field(parameter: Parameter, typed: str, error: str | None, of: str) -> Any:
    unit = unit_text(parameter.unit).of()
    now = (
        say("varies: {values}", values=_spread(parameter))
        if parameter.now is VARIES
        else _value(parameter.now, parameter)
    )
    default = say("none") if parameter.required else _value(_json(parameter.default), parameter)
    meaning = _capital(say(parameter.description))
    told = html.Span(
        [
            html.Span(meaning, className="scenarios-meaning")
            if parameter_text(parameter).of() != say(parameter.description)
            else None,
            html.Span(say("now {now} · default {default}", now=now, default=default)),
            " · ",
            html.Code(parameter.path, className="scenarios-key"),
        ],
        className="scenarios-told",
    )
    label = _capital(parameter_text(parameter).of())
    common: dict[str, Any] = {
        "id": field_id(parameter.path),
        "label": f"{label} — {of}" if of else label,
        "description": told,
        "error": error,
        "size": "sm",
        "className": "scenarios-field",
    }
    if parameter.kind in ("yes-no", "choice"):
        options = ["yes", "no"] if parameter.kind == "yes-no" else list(parameter.choices)
        options += ["empty"] if parameter.may_be_empty else []
        words = {"yes": say("yes"), "no": say("no"), "empty": say("empty")}
        data = [{"value": o, "label": words.get(o, o)} for o in options]
        return dmc.Select(**common, data=data, value=typed or None, placeholder=say("as it is"), clearable=True)
    if parameter.kind == "list":
        return dmc.Textarea(
            **common,
            value=typed,
            placeholder=typed_text(parameter.now)[:200],
            autosize=True,
            minRows=1,
            maxRows=12,
            debounce=400,
        )
    hint = {"hours": "08:00-18:00", "text": ""}.get(parameter.kind, "")
    return dmc.TextInput(
        **common,
        value=typed,
        placeholder=hint or _placeholder(parameter),
        rightSection=html.Span(unit, className="scenarios-unit") if unit else None,
        rightSectionWidth=84 if unit else None,
        rightSectionPointerEvents="none",
        debounce=300,
    )


def _placeholder(parameter: Parameter) -> str:
    if parameter.now is VARIES:
        return "+10 %"
    if parameter.unit == "0–1" and isinstance(parameter.now, (int, float)):
        return _value(parameter.now, parameter)
    return typed_text(parameter.now)


def _json(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _value(value: Any, parameter: Parameter) -> str:
    return value_text(value, parameter.unit).of()


def _spread(parameter: Parameter) -> str:
    values = [v for v in parameter.spread if isinstance(v, (int, float))]
    if len(values) == len(parameter.spread) and values:
        return f"{_value(min(values), parameter)} – {_value(max(values), parameter)}"
    return say("{count} values", count=len({str(v) for v in parameter.spread}))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def preview(draft: Draft, checked: Checked, desk: Desk) -> list[Any]:
    """What will differ from the parent, in words; or what must be mended first."""
    if checked.problems or checked.rest:
        names = {p.path: parameter_text(p).of() for p in parameters_of(draft.hotline)}
        said = [f"{_capital(names.get(path, path))}: {sentence}" for path, sentence in checked.problems.items()]
        items = [html.Li([html.Span("✕", className="mark missed", **UNSPOKEN), " ", s]) for s in [*said, *checked.rest]]
        return [html.Ul(items, className="scenarios-differ", role="alert")]
    changes = changes_between(draft.hotline, checked.hotline) if checked.hotline is not None else []
    if not changes and not draft.kept:
        return [html.P(say("Nothing yet. Type a value, or a change as +20 %."), className="quiet")]
    items = [html.Li(change.text.of()) for change in changes]
    items += [html.Li(say("{path}: as in the file", path=path)) for path in draft.kept]
    notes = [html.P(note.of(), className="note") for note in unheard_changes(draft.hotline, changes, desk.home)]
    return [html.Ul(items, className="scenarios-differ"), *notes]


def proposed_title(draft: Draft, checked: Checked) -> Text:
    """A name made of what differs."""
    changes = changes_between(draft.hotline, checked.hotline) if checked.hotline is not None else []
    differs, base = changes_text(changes, 2), draft.base.title
    return Text(f"{base.en}: {differs.en}", f"{base.zh}：{differs.zh}") if changes else base


def _naming(draft: Draft, checked: Checked, title: Text | None, desk: Desk, asked: Asked) -> list[Any]:
    mine = scenario_desk(desk)
    proposed = proposed_title(draft, checked)
    about = draft.what_if.about if draft.what_if else None
    editing = draft.editing
    name = editing.path.stem if editing else free_name(draft.base.path.stem, {n.key for n in mine.shelf.nodes()})
    # The two languages of the name, that of the reader first.
    order = ("zh", "en") if language() == "zh" else ("en", "zh")
    words = {
        "zh": (say("Name in Chinese"), say("About it in Chinese")),
        "en": (say("Name in English"), say("About it in English")),
    }
    titles = [
        dmc.TextInput(
            id=f"scenarios-title-{which}",
            label=words[which][0],
            value=title.of(which) if title and title != draft.base.title else "",  # type: ignore[arg-type]
            placeholder=proposed.of(which),  # type: ignore[arg-type]
            size="sm",
        )
        for which in order
    ]
    abouts = [
        dmc.Textarea(
            id=f"scenarios-about-{which}",
            label=words[which][1],
            value=about.of(which) if about else "",  # type: ignore[arg-type]
            autosize=True,
            maxRows=6,
            size="sm",
        )
        for which in order
    ]
    version = editing.version if editing else ""
    return [
        dcc.Store(id="scenarios-version", data=version),
        dmc.TextInput(
            id="scenarios-name",
            label=say("Short name (of its file and address)"),
            value=name,
            disabled=editing is not None,
            size="sm",
        ),
        *titles,
        html.Details([html.Summary(say("What it is about")), *abouts], open=about is not None),
        html.Details(
            [
                html.Summary(say("Over which days it runs")),
                run_controls(default_settings(mine.runs(), desk.now(asked).date())),
            ]
        ),
        html.Div(
            [
                html.Button(say("Save and run"), id="scenarios-save-run", className="button"),
                html.Button(say("Save"), id="scenarios-save", className="button quiet-button"),
                dcc.Link(say("Back to the tree"), href=address("/scenarios", tab="tree", hotline=draft.base.root)),
            ],
            className="controls scenarios-below",
        ),
        html.Div(id="scenarios-saved", role="status", **aria_label(say("Saved"))),
    ]


def free_name(stem: str, taken: set[str]) -> str:
    """A short name that no scenario has yet."""
    number = 1
    while f"{stem[:34]}-{number}" in taken:
        number += 1
    return f"{stem[:34]}-{number}"
