"""What a table and a column are: names, kinds (which fix dtype and unit), and meanings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from wfm.i18n import Text

__all__ = ["Column", "Kind", "Table"]

Kind = Literal["text", "time", "date", "seconds", "hours", "share", "count", "number", "flag"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its kind (which fixes dtype and unit), whether it may be empty, and its meaning."""

    name: str
    kind: Kind
    meaning: str
    nullable: bool = False
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name, key and columns."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    title: Text

    @property
    def column_names(self) -> list[str]:
        """Column names in their written order."""
        return [c.name for c in self.columns]
