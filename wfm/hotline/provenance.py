"""Where every number of a hotline comes from: published, secondary, or assumed with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from wfm.hotline.model import Hotline, Source
from wfm.hotline.reading import check_source, hotline_file
from wfm.hotline.reference import ReferenceRow, reference_rows
from wfm.hotline.sources import Steps, closest_sources
from wfm.hotline.yaml_source import read_yaml

__all__ = ["Provenance", "defaults_of", "provenance"]

_NO_NUMBERS = {"id", "name", "about", "short"}
"""Keys that only name things: nothing in them could be published or assumed."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """One number or choice of a hotline.

    ``path`` is its key path; ``source`` is None when no source covers it; ``rivals`` are further sources
    that cover it just as closely, so that it would stand under two kinds.
    """

    path: str
    value: Any
    source: Source | None
    unit: str = ""
    description: str = ""
    rivals: tuple[Source, ...] = ()


def provenance(path: str | Path) -> list[Provenance]:
    """Every number and choice that the hotline's file sets, each with the source that covers it most closely.

    A list of plain values (a profile, a pair of times) is one entry. Names, texts and the sources themselves
    are left out.

    Raises:
        BadInput: the file cannot be read as a hotline.
    """
    source = read_yaml(hotline_file(Path(path)))
    hotline = check_source(Hotline, source)
    return [_found(steps, value, hotline.sources) for steps, value in _leaves(source.data, ())]


def defaults_of(path: str | Path) -> list[Provenance]:
    """Every number and choice that the file leaves at the product's default.

    Raises:
        BadInput: the file cannot be read as a hotline.
    """
    source = read_yaml(hotline_file(Path(path)))
    hotline = check_source(Hotline, source)
    given = {_dotted(steps) for steps, _ in _leaves(source.data, ())}
    whole = hotline.model_dump(mode="json", by_alias=True)
    return [
        _found(steps, value, hotline.sources)
        for steps, value in _leaves(whole, ())
        if _dotted(steps) not in given and value is not None
    ]


def _leaves(node: Any, above: Steps) -> Iterator[tuple[Steps, Any]]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key in _NO_NUMBERS or (not above and key == "sources"):
                continue
            yield from _leaves(value, (*above, (str(key),)))
    elif isinstance(node, list) and any(isinstance(item, dict | list) for item in node):
        for index, item in enumerate(node):
            name = item.get("id") if isinstance(item, dict) else None
            yield from _leaves(item, (*above, (str(index), str(name)) if name else (str(index),)))
    elif node not in ([], {}):
        yield above, node


def _dotted(steps: Steps) -> str:
    return ".".join(step[0] for step in steps)


def _found(steps: Steps, value: Any, sources: Sequence[Source]) -> Provenance:
    closest = closest_sources(sources, steps, of_list=isinstance(value, list))
    unit, description = _meaning(steps)
    return Provenance(_dotted(steps), value, closest[0] if closest else None, unit, description, closest[1:])


def _meaning(steps: Steps) -> tuple[str, str]:
    """Unit and description of the key."""
    pattern = ".".join("*" if step[0].isdigit() else step[0] for step in steps)
    row = _rows().get(pattern) or _rows().get(pattern.rpartition(".")[0])
    return (row.unit, row.description) if row is not None else ("", "")


@cache
def _rows() -> dict[str, ReferenceRow]:
    return {row.path: row for row in reference_rows()}
