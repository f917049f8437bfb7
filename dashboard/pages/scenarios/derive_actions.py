"""What the tab that derives a scenario answers: typing, looking for a parameter, saving, running."""

from __future__ import annotations

from typing import Any

import dash
from dash import ALL, ClientsideFunction, Input, Output, State, ctx, html, no_update

from dashboard.answering import Answering, tell
from dashboard.asked import Asked, address, asked_of
from dashboard.desk import Desk
from dashboard.pages.scenarios.derive import fields, preview, proposed_title
from dashboard.pages.scenarios.desk import scenario_desk
from dashboard.pages.scenarios.draft import Draft, draft_of, packed
from dashboard.pages.scenarios.run_settings import RUN_CONTROLS, settings_of
from dashboard.pages.scenarios.tree_actions import submit_run
from dashboard.person import here
from scenarios.own_scenarios import OwnScenario, save_scenario
from scenarios.scenario_differences import changes_between
from scenarios.typed_values import check_typed
from wfm.errors import BadInput
from wfm.i18n import Text, say

__all__ = ["keep_draft", "wire_derive"]

_FIELD = {"type": "scenarios-field", "path": ALL}
_NAMES = ("scenarios-name", "scenarios-title-en", "scenarios-title-zh", "scenarios-about-en", "scenarios-about-zh")


def keep_draft(desk: Desk, draft: Draft, names: tuple[str, str, str, str, str], version: str, who: str) -> str:
    """Check and save a draft; returns the key of the scenario.

    Args:
        desk: where it is kept.
        draft: what was typed.
        names: short name, name in English and Chinese, what it is about in English and Chinese.
        version: version that is being changed; empty for a new scenario.
        who: who saves it.

    Raises:
        BadInput: something does not fit, nothing differs, or somebody else was there first.
    """
    mine = scenario_desk(desk)
    checked = check_typed(draft.hotline, draft.typed)
    if checked.problems or checked.rest or checked.hotline is None:
        raise BadInput(say("Mend what is marked first: {what}", what=[*checked.problems.values(), *checked.rest][0]))
    if not changes_between(draft.hotline, checked.hotline) and not draft.kept:
        raise BadInput(say("Nothing differs from “{base}” yet.", base=draft.base.title))
    short, title_en, title_zh, about_en, about_zh = (" ".join((n or "").split()) for n in names)
    name = draft.editing.path.stem if draft.editing is not None else short
    taken = {n.key for n in mine.shelf.nodes()} | set(desk.hotlines.names())
    if draft.editing is None and name in taken:
        raise BadInput(say("There is a scenario “{name}” already; choose another name.", name=name))
    proposed = proposed_title(draft, checked)
    title = Text(title_en or title_zh or proposed.en, title_zh or title_en or proposed.zh)
    about = Text(about_en or about_zh, about_zh or about_en) if about_en or about_zh else None
    extends = draft.what_if.extends if draft.what_if is not None else mine.shelf.extends_words(draft.base.key)
    overrides = {**draft.kept, **checked.overrides}
    kept = save_scenario(mine.shelf.own, OwnScenario(name, extends, title, about, overrides), version)
    action = "change scenario" if draft.editing is not None else "derive scenario"
    details = {"version": kept, "before": version, "extends": draft.base.key, "set": overrides}
    desk.store.trail.note(who, action, f"scenario {name}", details)
    return next((n.key for n in mine.shelf.nodes() if n.path == (mine.shelf.own / f"{name}.yaml").resolve()), name)


def wire_derive(answer: Answering, desk: Desk) -> None:
    """Register the callbacks of the tab.

    What is typed goes into the address by way of the browser, which leaves it out where somebody saved meanwhile and
    stands elsewhere.
    """
    answer.in_browser(
        ClientsideFunction("screen", "stay"),
        Output("scenarios-derive-url", "search", allow_duplicate=True),
        Input("scenarios-derive-to", "data"),
        prevent_initial_call=True,
    )

    @answer(
        Output(_FIELD, "error"),
        Output("scenarios-preview", "children"),
        Output("scenarios-derive-to", "data", allow_duplicate=True),
        Output("scenarios-title-en", "placeholder"),
        Output("scenarios-title-zh", "placeholder"),
        Input(_FIELD, "value"),
        State(_FIELD, "id"),
        State("scenarios-derive-url", "search"),
        right="scenarios",
        prevent_initial_call=True,
    )
    def typed(values: list[str | None], ids: list[dict[str, str]], search: str | None) -> Any:
        """Check as typed: a sentence under the field, the differences beside it, the draft in the address."""
        asked = asked_of("/scenarios", search)
        if asked.get("tab") != "derive" or not ids:
            raise dash.exceptions.PreventUpdate
        draft = _merged(asked, desk, values, ids)
        checked = check_typed(draft.hotline, draft.typed)
        problems = [checked.problems.get(_path(one)) for one in ids]
        proposed = proposed_title(draft, checked)
        return problems, preview(draft, checked, desk), _search(asked, draft), proposed.en, proposed.zh

    @answer(
        Output("scenarios-fields", "children"),
        Output("scenarios-derive-to", "data", allow_duplicate=True),
        Input("scenarios-part", "value"),
        Input("scenarios-find", "value"),
        State(_FIELD, "value"),
        State(_FIELD, "id"),
        State("scenarios-derive-url", "search"),
        right="scenarios",
        prevent_initial_call=True,
    )
    def turn(
        part: str | None, find: str | None, values: list[str | None], ids: list[dict[str, str]], search: str | None
    ) -> Any:
        """Another part of the hotline, or what is looked for; what was typed stays."""
        asked = asked_of("/scenarios", search)
        now = (asked.get("part") or "common", asked.get("find"))
        if asked.get("tab") != "derive" or (part or "common", find or "") == now:
            raise dash.exceptions.PreventUpdate
        if ctx.triggered_id == "scenarios-part":
            find = ""
        draft = _merged(asked, desk, values, ids)
        checked = check_typed(draft.hotline, draft.typed)
        there = Asked(asked.path, {**asked.query, "part": part or "common", "find": find or ""}, asked.screen)
        return fields(draft.hotline, draft.typed, part or "common", find or "", checked), _search(there, draft)

    @answer(
        Output("scenarios-derive-url", "href", allow_duplicate=True),
        Input("scenarios-base", "value"),
        State("scenarios-derive-url", "search"),
        right="scenarios",
        prevent_initial_call=True,
    )
    def rebase(base: str | None, search: str | None) -> Any:
        """Start from another scenario; what was typed goes along."""
        asked = asked_of("/scenarios", search)
        if asked.get("tab") != "derive" or asked.get("edit") or not base or base == draft_of(asked, desk).base.key:
            raise dash.exceptions.PreventUpdate
        return asked.with_(base=base, hotline=scenario_desk(desk).shelf.node(base).root)

    @answer(
        Output("scenarios-saved", "children"),
        Output("scenarios-version", "data"),
        Output("scenarios-derive-url", "href", allow_duplicate=True),
        Input("scenarios-save", "n_clicks"),
        Input("scenarios-save-run", "n_clicks"),
        State(_FIELD, "value"),
        State(_FIELD, "id"),
        State("scenarios-version", "data"),
        *(State(name, "value") for name in _NAMES),
        *(State(control, "value") for control in RUN_CONTROLS),
        State("scenarios-derive-url", "search"),
        right="scenarios",
        prevent_initial_call=True,
        running=[
            (Output("scenarios-save", "disabled"), True, False),
            (Output("scenarios-save-run", "disabled"), True, False),
        ],
    )
    def save(
        _save: int | None,
        _run: int | None,
        values: list[str | None],
        ids: list[dict[str, str]],
        version: str | None,
        *given: Any,
    ) -> Any:
        """Save the scenario; run it if that was asked, and show it in the tree."""
        if not any(one.get("value") for one in ctx.triggered):
            raise dash.exceptions.PreventUpdate
        names, controls, search = given[:5], given[5:9], given[9]
        asked = asked_of("/scenarios", search)
        running = ctx.triggered_id == "scenarios-save-run"
        settings = settings_of(*controls) if running else None
        draft = _merged(asked, desk, values, ids)
        key = keep_draft(desk, draft, names, version or "", here().name)
        node = scenario_desk(desk).shelf.node(key)
        if settings is not None:
            submit_run(desk, key, settings)
        tell(say("“{name}” is saved.", name=node.title))
        told = html.P([say("“{name}” is saved.", name=node.title)])
        if settings is None and draft.editing is not None:
            return told, node.version, no_update
        return told, node.version, address("/scenarios", tab="tree", hotline=node.root or asked.get("hotline"))


def _path(one: dict[str, str]) -> str:
    return one["path"].replace("/", ".")


def _merged(asked: Asked, desk: Desk, values: list[str | None], ids: list[dict[str, str]]) -> Draft:
    """The draft of the address with what stands in the fields that are shown."""
    draft = draft_of(asked, desk)
    typed = dict(draft.typed)
    for one, value in zip(ids, values, strict=True):
        path = _path(one)
        if value and value.strip():
            typed[path] = value
        else:
            typed.pop(path, None)
    return Draft(draft.base, draft.hotline, draft.editing, draft.what_if, typed, draft.kept)


def _search(asked: Asked, draft: Draft) -> str:
    text = packed(draft.typed)
    if not text and draft.editing is not None:
        text = ";"  # nothing typed is something else than nothing said: the file's own values
    return asked.search(set=text)
