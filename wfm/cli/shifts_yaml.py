"""The ``shifts:`` block of ``hotline.yaml``, from shifts chosen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from scheduler.shifts.shift_blocks import shift_rows, shifts_of

if TYPE_CHECKING:
    from scheduler.shifts import ShiftChoice

__all__ = ["write_shifts"]


def write_shifts(choice: ShiftChoice, file: Path) -> None:
    """Write the block; each shift is one line, and so is each of its breaks."""
    yaml = YAML()
    yaml.width = 240
    yaml.indent(mapping=2, sequence=4, offset=2)
    rows = [_flat(row) for row in shift_rows(shifts_of(choice))]
    with file.open("w", encoding="utf-8", newline="\n") as stream:
        yaml.dump({"shifts": rows}, stream)


def _flat(value: Any) -> Any:
    """Plain values, mappings within braces on one line, texts in quotes."""
    if isinstance(value, dict):
        found = CommentedMap({key: _flat(inner) for key, inner in value.items()})
        found.fa.set_flow_style()
        return found
    if isinstance(value, list):
        from ruamel.yaml.comments import CommentedSeq

        rows = CommentedSeq([_flat(inner) for inner in value])
        rows.fa.set_flow_style()
        return rows
    return DoubleQuotedScalarString(value) if isinstance(value, str) else value
