"""What the store gives back of roster drafts: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from wfm.errors import BadInput

__all__ = ["CellChange", "CellEdit", "CellsChanged", "DraftRecord", "EditKind"]

EditKind = Literal["change", "undo", "redo"]


@dataclass(frozen=True, slots=True)
class DraftRecord:
    """A draft of a roster.

    Attributes:
        id: its number.
        hotline: identifier of the hotline.
        first: first day of the roster.
        last: its last day.
        time_zone: of its duties.
        origin: what it began from, as plain values.
        note: why.
        edits: how many cells have been changed; the number of the last change.
        who: who began it.
        created_at: when.
        changed_at: when it was last changed.
        closed: empty while it is worked on; else ``published`` or ``discarded``.
    """

    id: int
    hotline: str
    first: date
    last: date
    time_zone: str
    origin: dict[str, Any]
    note: str
    edits: int
    who: str
    created_at: datetime
    changed_at: datetime
    closed: str


@dataclass(frozen=True, slots=True)
class CellChange:
    """What is to stand in the cell of a person and a day, and what stood there, as plain values."""

    agent: str
    date: date
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CellEdit:
    """A cell was changed. ``number`` counts the draft's edits; cells changed together have the same ``step``.

    ``kind``: a change by hand, or one that takes back (``undo``) or repeats (``redo``) the step ``of_step``.
    """

    number: int
    step: int
    kind: EditKind
    of_step: int | None
    agent: str
    date: date
    before: dict[str, Any]
    after: dict[str, Any]
    who: str
    at: datetime


class CellsChanged(BadInput):
    """Cells to be changed were changed since the state that was worked on; nothing was written.

    ``edits`` are the last changes of these cells, ``latest`` is the number of the draft's last edit.
    """

    def __init__(self, sentence: str, *, edits: list[CellEdit], latest: int) -> None:
        super().__init__(sentence)
        self.edits = edits
        self.latest = latest
