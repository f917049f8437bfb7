"""A scenario: a hotline, or a hotline and what differs from it.

A what-if is a small YAML file that names its parent and only what differs::

    extends: guizhou-12348
    name: {en: Volume +20 %, zh: 话务量增加20%}
    set:
      lines.*.demand.scale: 1.2

Key paths are those of ``hotline.yaml``; ``*`` stands for every item of a list; items of a list are
also named by their ``id`` (``lines.wage.patience.mean_s``). Paths in ``extends`` are relative to the file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from wfm.errors import BadInput
from wfm.hotline import (
    Agent,
    Balance,
    Busy,
    Hotline,
    Leave,
    Pin,
    Wish,
    find_hotline,
    library_folder,
    library_names,
    load_agents,
    load_balances,
    load_busy,
    load_hotline,
    load_leave,
    load_pins,
    load_wishes,
)
from wfm.hotline.reading import HOTLINE_FILE, check_data, check_source
from wfm.hotline.yaml_source import Place, YamlSource, read_yaml
from wfm.i18n import Text, list_words, say

__all__ = [
    "KeyPath",
    "Scenario",
    "WhatIf",
    "apply_what_if",
    "content_hash",
    "load_scenario",
    "parent_path",
    "read_what_if",
    "scenario_names",
    "set_values",
]

_DEPTH_MAX = 10

KeyPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A hotline with its people, ready to plan."""

    name: str
    hotline: Hotline
    agents: list[Agent]
    leave: list[Leave]
    folder: Path
    """Folder of the base hotline."""
    differences: dict[str, object]
    """What a what-if sets, by key path; empty for a hotline itself."""
    wishes: Sequence[Wish] = ()
    """Duties people would like or would like not to have."""
    pins: Sequence[Pin] = ()
    """Duties and days off that are already decided."""
    busy: Sequence[Busy] = ()
    """Hours in which people are busy, in training, or protected from nights and overtime."""
    balances: Sequence[Balance] = ()
    """What people carried beyond their share before the rosters that are known."""

    def input_hashes(self) -> dict[str, str]:
        """Hash of what the plan is made from, by part; independent of file layout and order of keys."""
        parts: dict[str, object] = {
            "hotline": self.hotline.model_dump(mode="json", by_alias=True),
            "agents": [a.model_dump(mode="json") for a in self.agents],
            "leave": [x.model_dump(mode="json") for x in self.leave],
            "wishes": [x.model_dump(mode="json") for x in self.wishes],
            "pins": [x.model_dump(mode="json") for x in self.pins],
            "busy": [x.model_dump(mode="json") for x in self.busy],
        }
        if self.balances:
            parts["balances"] = [x.model_dump(mode="json") for x in self.balances]
        return {name: content_hash(part) for name, part in parts.items()}


class WhatIf(BaseModel):
    """What a what-if file says: its parent, its name, and what differs by key path."""

    model_config = ConfigDict(extra="forbid")

    extends: str
    name: Text | None = None
    about: Text | None = None
    set: dict[str, Any] = Field(default_factory=dict)


def content_hash(value: object) -> str:
    """SHA-256 of ``value`` as canonical JSON, first 16 hexadecimal digits."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else str(value)


def scenario_names() -> list[str]:
    """Names of the shipped hotlines and what-ifs."""
    return library_names() + sorted(p.stem for p in (library_folder() / "what-if").glob("*.yaml"))


def load_scenario(name_or_path: str | Path) -> Scenario:
    """The hotline or what-if with this name, or in this file or folder.

    Raises:
        BadInput: nothing of this name; a file with an error; a path that does not exist in the parent.
    """
    return _load(name_or_path, Path.cwd(), ())


def _load(name_or_path: str | Path, beside: Path, seen: tuple[Path, ...]) -> Scenario:
    path = _find(str(name_or_path), beside)
    if path in seen or len(seen) >= _DEPTH_MAX:
        chain = list_words([p.name for p in (*seen, path)])
        raise BadInput(say("{file}: scenarios extend each other in a circle ({chain})", file=path, chain=chain))
    if path.is_file():
        source = read_yaml(path)
        if isinstance(source.data, Mapping) and "extends" in source.data:
            return _what_if(path, source, seen)
    hotline = load_hotline(path)
    folder = path if path.is_dir() else path.parent
    agents = load_agents(hotline, folder)
    return Scenario(
        hotline.id,
        hotline,
        agents,
        load_leave(hotline, folder, agents),
        folder,
        {},
        wishes=load_wishes(hotline, folder, agents),
        pins=load_pins(hotline, folder, agents),
        busy=load_busy(hotline, folder, agents),
        balances=load_balances(folder, agents),
    )


def _find(name: str, beside: Path) -> Path:
    for candidate in (beside / name, Path(name)):
        if candidate.is_file() or (candidate / HOTLINE_FILE).is_file():
            return candidate.resolve()
    shipped = library_folder() / "what-if" / f"{name}.yaml"
    return shipped if shipped.is_file() else find_hotline(name)


def _what_if(path: Path, source: YamlSource, seen: tuple[Path, ...]) -> Scenario:
    parent = _load(check_source(WhatIf, source).extends, path.parent, (*seen, path))
    return apply_what_if(parent, path, source)


def read_what_if(path: Path) -> tuple[WhatIf, YamlSource] | None:
    """The what-if in a YAML file and where its keys stand; None if the file extends nothing.

    Raises:
        BadInput: it is no YAML, or a what-if with a mistake.
    """
    source = read_yaml(path)
    if not (isinstance(source.data, Mapping) and "extends" in source.data):
        return None
    return check_source(WhatIf, source), source


def parent_path(what_if: WhatIf, path: Path) -> Path:
    """Folder or file of the parent of the what-if in the file ``path``.

    Raises:
        BadInput: there is nothing of that name.
    """
    return _find(what_if.extends, path.parent).resolve()


def apply_what_if(parent: Scenario, path: Path, source: YamlSource) -> Scenario:
    """The parent with what the what-if file ``path`` sets.

    Raises:
        BadInput: a key path does not exist in the parent, or a value does not fit.
    """
    what_if = check_source(WhatIf, source)
    raw = parent.hotline.model_dump(mode="json", by_alias=True)
    changed: dict[KeyPath, str] = {}
    for key_path, value in what_if.set.items():
        places = set_values(raw, key_path.split("."), value)
        if not places:
            _, place = source.walk(("set", key_path))
            where = path.name if place is None else f"{path.name}:{place[0]}:{place[1]}"
            raise BadInput(
                say(
                    "{where}: set.{path}: the hotline {hotline} has no such key",
                    where=where,
                    path=key_path,
                    hotline=parent.hotline.id,
                )
            )
        changed.update(dict.fromkeys(places, key_path))
    if what_if.name is not None:
        raw["name"] = what_if.name.as_dict()

    def walk(at: KeyPath) -> tuple[KeyPath, Place | None]:
        """Where the what-if file sets the value that does not fit."""
        for length in range(len(at), 0, -1):
            if at[:length] in changed:
                return at, source.walk(("set", changed[at[:length]]))[1]
        return at, None

    hotline = check_data(Hotline, raw, path.name, walk)
    return Scenario(
        path.stem,
        hotline,
        parent.agents,
        parent.leave,
        parent.folder,
        {**parent.differences, **what_if.set},
        wishes=parent.wishes,
        pins=parent.pins,
        busy=parent.busy,
        balances=parent.balances,
    )


def set_values(node: Any, keys: list[str], value: object, at: KeyPath = ()) -> list[KeyPath]:
    """Set the value in plain data at every place that the key path names; returns the places, none if there is none."""
    key, rest = keys[0], keys[1:]
    if isinstance(node, list):
        if key == "*":
            indices = list(range(len(node)))
        elif key.isdigit():
            indices = [int(key)] if int(key) < len(node) else []
        else:
            indices = [i for i, item in enumerate(node) if isinstance(item, dict) and item.get("id") == key]
        places: list[int | str] = list(indices)
    else:
        places = [key] if isinstance(node, dict) and key in node else []
    found: list[KeyPath] = []
    for place in places:
        if rest:
            found += set_values(node[place], rest, value, (*at, place))
        else:
            node[place] = value
            found.append((*at, place))
    return found
