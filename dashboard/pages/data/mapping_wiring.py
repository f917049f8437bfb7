"""How the form of a mapping answers: what was said is checked, remembered for the layout, and the file read again by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import dash
from dash import ALL, Input, Output, State

from dashboard.answering import Answering, tell
from dashboard.asked import Asked, asked_of
from dashboard.desk import Desk
from dashboard.pages.data.mapping_form import header_at
from dashboard.pages.data.trial import look_at_upload
from dashboard.person import here
from scenarios.record_imports import Recognised
from wfm.errors import BadInput
from wfm.i18n import list_words, say
from wfm.records.any_file import choose_recipe
from wfm.records.item_mapping import load_item_mapping
from wfm.records.kept_mappings import forget_mapping, keep_draft, kept_mapping, remember_mapping
from wfm.records.layouts import LAYOUTS, detect_layout
from wfm.records.mapping_draft import ColumnDraft, DraftKind, MappingDraft, draft_document, draft_fields

__all__ = ["draft_of_form", "wire_mapping"]

NOTHING = "-"


def draft_of_form(
    kind: DraftKind,
    header_row: int,
    columns: Sequence[tuple[Mapping[str, Any], str | None]],
    words: Mapping[str, Sequence[str]],
    chosen: Sequence[tuple[Mapping[str, Any], str | None]],
    queues: Sequence[str],
) -> MappingDraft:
    """The draft that a filled-in form says.

    Args:
        kind: what one row is.
        header_row: row of the column names.
        columns: (id, value) of the choices of columns.
        words: words whose meaning was asked, by our column.
        chosen: (id, value) of what they mean.
        queues: queues whose line was asked.
    """
    said: dict[str, dict[str, str]] = {}
    for place, value in columns:
        said.setdefault(str(place["name"]), {})[str(place["what"])] = "" if value in (None, NOTHING) else str(value)
    values: dict[str, dict[str, str]] = {}
    lines: dict[str, str] = {}
    for place, value in chosen:
        if value in (None, NOTHING):
            continue
        name, at = str(place["name"]), int(place["at"])
        if name == "line" and at < len(queues):
            lines[queues[at]] = str(value)
        elif at < len(words.get(name, ())):
            values.setdefault(name, {})[words[name][at]] = str(value)
    made = {
        one.name: ColumnDraft(
            source=said[one.name]["source"],
            clock=said[one.name].get("clock", ""),
            format=said[one.name].get("format", ""),
            unit=said[one.name].get("unit", "") or "s",
            values=values.get(one.name, {}),
        )
        for one in draft_fields(kind)
        if said.get(one.name, {}).get("source")
    }
    return MappingDraft(kind, header_row, made, lines)


def wire_mapping(answer: Answering, desk: Desk) -> None:
    """Register the callbacks."""
    _choose_kind(answer)
    _apply(answer, desk)
    _lines(answer, desk)
    _forget(answer, desk)


def _choose_kind(answer: Answering) -> None:
    @answer(
        Output("data-url", "search", allow_duplicate=True),
        Input("data-map-kind", "value"),
        State("data-url", "search"),
        State("data-words", "data"),
        right="records",
        prevent_initial_call=True,
    )
    def choose_kind(kind: str | None, search: str | None, _words: Any) -> Any:
        """Another kind of rows: the form is drawn anew with what its columns probably are."""
        asked = asked_of("/data", search)
        if not kind or kind == asked.get("as"):
            raise dash.exceptions.PreventUpdate
        return asked.search(**{"as": kind})


def _apply(answer: Answering, desk: Desk) -> None:
    @answer(
        Output("data-url", "search", allow_duplicate=True),
        Input("data-map-apply", "n_clicks"),
        State("data-map-kind", "value"),
        State("data-map-header", "value"),
        State({"part": "data-map", "name": ALL, "what": ALL}, "id"),
        State({"part": "data-map", "name": ALL, "what": ALL}, "value"),
        State({"part": "data-word", "name": ALL, "at": ALL}, "id"),
        State({"part": "data-word", "name": ALL, "at": ALL}, "value"),
        State("data-words", "data"),
        State("data-queues", "data"),
        State("data-token", "data"),
        State("data-url", "search"),
        right="records",
        prevent_initial_call=True,
        running=[(Output("data-map-apply", "disabled"), True, False)],
    )
    def apply(
        clicks: int | None,
        kind: DraftKind,
        header_row: int | None,
        ids: list[dict[str, Any]],
        values: list[str | None],
        word_ids: list[dict[str, Any]],
        meanings: list[str | None],
        words: dict[str, list[str]] | None,
        queues: list[str] | None,
        token: str,
        search: str | None,
    ) -> Any:
        """Remember what was said for all files with these columns, and read this one by it."""
        if not clicks:
            raise dash.exceptions.PreventUpdate
        asked = asked_of("/data", search)
        scenario = desk.scenario(asked)
        looked = look_at_upload(desk, scenario, token)
        row = int(header_row or 1)
        draft = draft_of_form(
            kind,
            row,
            list(zip(ids, values, strict=True)),
            words or {},
            list(zip(word_ids, meanings, strict=True)),
            queues or [],
        )
        keep_draft(desk.home, looked.file.fingerprint, draft.as_dict())
        header = header_at(looked.file.head, row)
        if not any(column.source in header for column in draft.columns.values()):
            return asked.search(**{"as": kind, "made": _stamp(asked)})  # another row of names: choose anew
        if draft.missing:
            names = list_words([one.title.of() for one in draft.missing])
            raise BadInput(say("Say which column tells: {names}.", names=names))
        document = draft_document(draft, looked.file.head, scenario.hotline.id)
        remember(desk.home, looked.file.fingerprint, _level(kind), document)
        desk.store.trail.note(here().name, "keep mapping", f"mapping {looked.file.fingerprint}", {"kind": kind})
        return asked.search(**{"as": "", "made": _stamp(asked)})


def _lines(answer: Answering, desk: Desk) -> None:
    @answer(
        Output("data-url", "search", allow_duplicate=True),
        Input("data-lines-apply", "n_clicks"),
        State({"part": "data-word", "name": "queue", "at": ALL}, "value"),
        State("data-queues-known", "data"),
        State("data-token", "data"),
        State("data-url", "search"),
        right="records",
        prevent_initial_call=True,
        running=[(Output("data-lines-apply", "disabled"), True, False)],
    )
    def use_lines(
        clicks: int | None, chosen: list[str | None], queues: list[str], token: str, search: str | None
    ) -> Any:
        """Remember which line each queue of a known layout is."""
        if not clicks:
            raise dash.exceptions.PreventUpdate
        asked = asked_of("/data", search)
        scenario = desk.scenario(asked)
        looked = look_at_upload(desk, scenario, token)
        lines = {q: str(line) for q, line in zip(queues, chosen, strict=True) if line not in (None, NOTHING)}
        if not lines:
            raise BadInput(say("Choose a line for at least one queue."))
        layout = layout_of(looked.file)
        document = {"layout": layout, "hotline": scenario.hotline.id, "lines": lines}
        remember(desk.home, looked.file.fingerprint, "calls", document)
        desk.store.trail.note(here().name, "keep mapping", f"mapping {looked.file.fingerprint}", {"lines": lines})
        return asked.search(**{"as": "", "made": _stamp(asked)})


def _forget(answer: Answering, desk: Desk) -> None:
    @answer(
        Output("data-url", "search", allow_duplicate=True),
        Input("data-map-forget", "n_clicks"),
        State("data-token", "data"),
        State("data-url", "search"),
        right="records",
        prevent_initial_call=True,
    )
    def forget(clicks: int | None, token: str, search: str | None) -> Any:
        """Read files of this layout as if nothing had been said of them."""
        if not clicks:
            raise dash.exceptions.PreventUpdate
        asked = asked_of("/data", search)
        looked = look_at_upload(desk, desk.scenario(asked), token)
        forget_mapping(desk.home, looked.file.fingerprint)
        desk.store.trail.note(here().name, "forget mapping", f"mapping {looked.file.fingerprint}")
        tell(say("The mapping is forgotten."))
        return asked.search(**{"as": "", "made": _stamp(asked)})


def remember(home: Path, fingerprint: str, kind: str, document: dict[str, Any]) -> None:
    """Keep a mapping if it is one; what was kept before stays where it is not.

    Raises:
        BadInput: it says what no mapping can say.
    """
    before = kept_mapping(home, fingerprint)
    old = before[1].read_bytes() if before is not None else None
    path = remember_mapping(home, fingerprint, kind, document)
    try:
        if kind == "calls":
            if "layout" not in document:
                choose_recipe(path, mapping=str(path))
        else:
            load_item_mapping(kind, path)
    except BadInput:
        if old is None:
            path.unlink(missing_ok=True)
        else:
            path.write_bytes(old)
        raise


def layout_of(file: Recognised) -> str:
    """The known layout that settings of lines are for."""
    return file.layout if file.layout in LAYOUTS else detect_layout(file.path).layout.name


def _level(kind: DraftKind) -> str:
    return "calls" if kind == "intervals" else kind


def _stamp(asked: Asked) -> int:
    return (asked.number("made") or 0) + 1
