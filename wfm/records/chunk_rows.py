"""One chunk while it is read: its cells as text, which are empty, and the first reason against each row."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.records.cells import read_text_cells
from wfm.records.privacy import hide_numbers
from wfm.records.reading import Chunk
from wfm.records.rejecting import Rejected

if TYPE_CHECKING:
    from wfm.records.mapping_parts import ChoiceColumn, Condition, SecondsColumn, TextColumn, TimeColumn

__all__ = ["ChunkRows", "Flags", "read_text", "shown_cell", "shown_seconds"]

Flags = NDArray[np.bool_]


def shown_cell(value: object) -> str:
    """A cell as a message may show it."""
    text = hide_numbers("" if value is None else str(value))
    return repr(text if len(text) <= 40 else text[:39] + "…")


def shown_seconds(seconds: object) -> str:
    """A duration as a message shows it."""
    return f"{seconds:g} s"


class ChunkRows:
    """The state of one chunk while it is read: texts of its columns, and the first reason against each row."""

    def __init__(self, chunk: Chunk) -> None:
        self.chunk = chunk
        self.size = len(chunk.rows)
        self.reasons: list[Rejected | None] = [None] * self.size
        self.bad = np.zeros(self.size, dtype=bool)
        self._texts: dict[str, pd.Series] = {}
        self._filled: dict[str, Flags] = {}

    def raw(self, name: str) -> pd.Series:
        """The column's cells as they were read."""
        return self.chunk.columns[name]

    def text(self, name: str) -> pd.Series:
        """The column's cells as text, ``None`` where empty."""
        if name not in self._texts:
            self._texts[name] = read_text_cells(self.raw(name)).reset_index(drop=True)
        return self._texts[name]

    def filled(self, name: str) -> Flags:
        """Rows in which the file's column is not empty."""
        if name not in self._filled:
            raw = self.raw(name)
            # Numbers and moments need not be written out to see whether they are there.
            known = raw.notna() if raw.dtype.kind in "iufMmb" else self.text(name).notna()
            self._filled[name] = known.to_numpy(dtype=bool)
        return self._filled[name]

    def shown(self, name: str) -> Callable[[int], str]:
        """Writes the cell of a row as a message may show it."""
        return lambda at: shown_cell(read_text_cells(self.raw(name).iloc[[at]]).iloc[0])

    def reject(self, where: Flags, code: str, column: str = "", found: Any = None, allowed: Any = "") -> None:
        """Turn away the rows of ``where`` that stand so far; ``found`` and ``allowed`` give a text by row."""
        for at in np.flatnonzero(where & ~self.bad):
            shown = found(at) if callable(found) else found or ""
            limit = allowed(at) if callable(allowed) else allowed
            self.reasons[at] = Rejected(int(self.chunk.rows[at]), code, column, shown, limit)
        self.bad |= where

    def holds(self, condition: Condition) -> Flags:
        """Rows in which every named column has (one of) its values."""
        fits = np.ones(self.size, dtype=bool)
        for name, wanted in condition.items():
            allowed = wanted if isinstance(wanted, list) else [wanted]
            one = np.zeros(self.size, dtype=bool)
            for value in allowed:
                if value is None:
                    one |= ~self.filled(name)
                elif value == "*":
                    one |= self.filled(name)
                else:
                    one |= (self.text(name) == _cell_text(value)).to_numpy(dtype=bool)
            fits &= one
        return fits

    def empty(self, column: TextColumn | ChoiceColumn | TimeColumn | SecondsColumn, name: str) -> Flags:
        """Rows in which the file's column counts as empty for this purpose."""
        if not column.empty:
            return ~self.filled(name)
        return ~self.filled(name) | self.text(name).isin([_cell_text(v) for v in column.empty]).to_numpy(dtype=bool)


def read_text(rows: ChunkRows, column: TextColumn | ChoiceColumn | TimeColumn | None) -> pd.Series:
    """Texts of the first filled source of each row, ``None`` where there is none."""
    found = pd.Series([None] * rows.size, dtype=object)
    if column is None:
        return found
    for name in column.names:
        usable = ~rows.empty(column, name) & found.isna().to_numpy()
        found = found.where(~usable, rows.text(name))
    return found.where(rows.holds(column.when), None) if column.when else found


def _cell_text(value: object) -> str:
    if isinstance(value, bool):
        return "True" if value else "False"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
