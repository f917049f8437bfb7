"""What is known of a hotline at a glance: its parts and people, and how surely its numbers are known."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from scenarios.scenario import Scenario
from wfm.hotline import Provenance, provenance
from wfm.i18n import Text

__all__ = ["HotlineNumbers", "NumberRow", "numbers_of"]


@dataclass(frozen=True, slots=True)
class NumberRow:
    """One number or choice of a hotline's file. ``kind``: published, secondary, assumed, or none where no source covers it."""

    path: str
    value: str
    unit: str
    kind: str
    clause: str
    why: Text | None
    meaning: str


@dataclass(frozen=True, slots=True)
class HotlineNumbers:
    """Every number that a hotline's file sets, and how many are of which kind."""

    rows: tuple[NumberRow, ...]
    counts: dict[str, int]


def numbers_of(scenario: Scenario) -> HotlineNumbers:
    """The numbers of the hotline's file, each with its source; read again only when the file changes.

    Raises:
        BadInput: the file cannot be read as a hotline.
    """
    file = scenario.folder / "hotline.yaml"
    return _read(scenario.folder, file.stat().st_mtime_ns)


@lru_cache(maxsize=32)
def _read(folder: Path, stamp: int) -> HotlineNumbers:
    rows = tuple(_row(one) for one in provenance(folder))
    return HotlineNumbers(rows, dict(Counter(row.kind for row in rows)))


def _row(one: Provenance) -> NumberRow:
    source = one.source
    return NumberRow(
        path=one.path,
        value=_plain(one.value),
        unit=one.unit,
        kind=source.kind if source is not None else "none",
        clause=source.clause if source is not None else "",
        why=source.why if source is not None else None,
        meaning=one.description,
    )


def _plain(value: Any) -> str:
    if isinstance(value, list):
        shown = ", ".join(_plain(v) for v in value[:24])
        return f"{shown} …" if len(value) > 24 else shown
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)
