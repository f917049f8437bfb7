"""All scenarios that are known, as a tree: hotlines, the what-ifs that come with them, and one's own.

Read once and again only when a file changes; safe for several threads.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from scenarios.scenario import (
    Scenario,
    WhatIf,
    apply_what_if,
    content_hash,
    load_scenario,
    parent_path,
    read_what_if,
)
from scenarios.scenario_differences import Change, changes_between
from wfm.errors import BadInput
from wfm.hotline import library_folder, library_names
from wfm.hotline.yaml_source import YamlSource
from wfm.i18n import Text, list_words, say

__all__ = ["ScenarioNode", "ScenarioShelf"]

Origin = Literal["hotline", "what-if", "own"]
"""A hotline; a what-if that comes with hotlines, which the dashboard does not change; one of one's own."""

_Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class ScenarioNode:
    """A scenario in the tree."""

    key: str
    """Its name; unique in the tree."""
    path: Path
    """Folder of a hotline, file of a what-if."""
    origin: Origin
    parent: str
    """Key of what it extends; empty for a hotline, or where that is not known."""
    depth: int
    root: str
    """Key of the hotline it comes from."""
    title: Text
    about: Text | None
    version: str
    """Hash of what its file says; empty for a hotline."""
    last: tuple[bool, ...] = ()
    """Whether it, and each of those above it, is the last child: how the lines of the tree are drawn."""
    error: str = ""
    """Why it cannot be used, in one sentence."""


@dataclass(frozen=True, slots=True)
class _File:
    what_if: WhatIf | None
    source: YamlSource | None
    error: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A what-if that is to be put under its parent."""

    path: Path
    what_if: WhatIf
    parent: Path


class ScenarioShelf:
    """The scenarios of some hotlines.

    Args:
        hotlines: folder of every hotline by name, asked anew each time.
        load: the hotline of a name with its people.
        folders: folders of hotlines, in which what-ifs may lie too (``*.yaml``, ``what-if/*.yaml``).
        own: folder of one's own scenarios, and the only one that is written.
    """

    def __init__(
        self,
        hotlines: Callable[[], Mapping[str, Path]],
        load: Callable[[str], Scenario],
        folders: Iterable[Path],
        own: Path,
    ) -> None:
        self._hotlines = hotlines
        self._load = load
        self._folders = tuple(folders)
        self.own = own
        self._lock = threading.Lock()
        self._files: dict[Path, tuple[tuple[int, int], _File]] = {}
        self._made: dict[Path, tuple[object, Scenario, _File]] = {}
        self._changes: dict[Path, tuple[Scenario, Scenario, list[Change]]] = {}

    def nodes(self, root: str = "") -> list[ScenarioNode]:
        """The tree from its roots down, each scenario before what extends it; of one hotline, or of all."""
        places = dict(self._hotlines())
        taken = set(places)
        nodes = {path.resolve(): _hotline_node(key, path, self._load) for key, path in places.items()}
        waiting, broken = self._what_ifs(places, taken)
        children: dict[Path, list[ScenarioNode]] = {}
        while waiting:
            placed = [one for one in waiting if one.parent in nodes]
            if not placed:
                hidden = _hidden_library(waiting, nodes, taken)
                if not hidden:
                    break
                nodes |= hidden
                continue
            for one in placed:
                node = self._child(one, nodes[one.parent], _unique(one.path.stem, taken))
                nodes[one.path] = node
                children.setdefault(one.parent, []).append(node)
            waiting = [one for one in waiting if one not in placed]
        for one in waiting:
            error = say("what it extends ({name}) is not among the scenarios here", name=one.what_if.extends)
            broken.append(_broken(_unique(one.path.stem, taken), one.path, error, self._origin(one.path)))
        ordered: list[ScenarioNode] = []
        for path, node in nodes.items():
            if node.origin == "hotline" and root in ("", node.key):
                _walk(path, node, children, (), ordered)
        return ordered if root else [*ordered, *broken]

    def _child(self, one: _Waiting, above: ScenarioNode, key: str) -> ScenarioNode:
        return ScenarioNode(
            key=key,
            path=one.path,
            origin=self._origin(one.path),
            parent=above.key,
            depth=above.depth + 1,
            root=above.root,
            title=one.what_if.name or above.title,
            about=one.what_if.about,
            version=self._file(one.path).version,
            error=above.error,
        )

    def node(self, key: str) -> ScenarioNode:
        """The scenario of this key.

        Raises:
            BadInput: there is none.
        """
        nodes = self.nodes()
        for node in nodes:
            if node.key == key:
                return node
        raise BadInput(
            say("There is no scenario “{name}”; known: {known}.", name=key, known=list_words([n.key for n in nodes]))
        )

    def scenario(self, key: str) -> Scenario:
        """The scenario of this key, ready to plan.

        Raises:
            BadInput: there is none, or its files hold a mistake.
        """
        nodes = {n.key: n for n in self.nodes()}
        if key not in nodes:
            self.node(key)
        return self._scenario(nodes[key], nodes)

    def changes(self, key: str) -> list[Change]:
        """What a scenario sets otherwise than its parent; nothing for a hotline, or one that cannot be read."""
        return self.changes_of(self.nodes()).get(key, [])

    def changes_of(self, nodes: Iterable[ScenarioNode]) -> dict[str, list[Change]]:
        """The same of several scenarios, by key; parents that are not among them are looked up."""
        wanted = list(nodes)
        known = {node.key: node for node in wanted}
        if any(node.parent not in known for node in wanted if node.parent):
            known = {node.key: node for node in self.nodes()}
        found = {}
        for node in wanted:
            if node.parent and not node.error:
                try:
                    mine, above = self._scenario(node, known), self._scenario(known[node.parent], known)
                except BadInput:
                    continue
                found[node.key] = self._differences(node, above, mine)
        return found

    def _differences(self, node: ScenarioNode, above: Scenario, mine: Scenario) -> list[Change]:
        with self._lock:
            kept = self._changes.get(node.path)
        if kept is not None and kept[0] is mine and kept[1] is above:
            return kept[2]
        found = changes_between(above.hotline, mine.hotline)
        with self._lock:
            self._changes[node.path] = (mine, above, found)
        return found

    def extended_by(self, key: str) -> list[str]:
        """Keys of the scenarios that extend it directly."""
        return [node.key for node in self.nodes() if node.parent == key]

    def extends_words(self, key: str) -> str:
        """How a scenario of one's own names this one as its parent.

        Raises:
            BadInput: there is none.
        """
        node = self.node(key)
        shipped = node.path.resolve().parent == library_folder() and node.path.name in library_names()
        if shipped or node.path.resolve().parent == library_folder() / "what-if":
            return node.path.stem
        own = self.own.resolve()
        path = node.path.resolve()
        return path.name if path.parent == own else os.path.relpath(path, own)

    def _scenario(self, node: ScenarioNode, nodes: Mapping[str, ScenarioNode]) -> Scenario:
        if node.error:
            raise BadInput(node.error)
        if node.origin == "hotline":
            if node.path == self._hotlines().get(node.key):
                return self._load(node.key)
            return self._hidden(node.path)
        above = self._scenario(nodes[node.parent], nodes)
        file = self._file(node.path)
        with self._lock:
            kept = self._made.get(node.path)
        if kept is not None and kept[0] is above and kept[2] is file:
            return kept[1]
        if file.source is None:
            raise BadInput(file.error)
        made = apply_what_if(above, node.path, file.source)
        with self._lock:
            self._made[node.path] = (above, made, file)
        return made

    def _hidden(self, path: Path) -> Scenario:
        with self._lock:
            kept = self._made.get(path)
        if kept is not None:
            return kept[1]
        made = load_scenario(path)
        with self._lock:
            self._made[path] = (None, made, _File(None, None, ""))
        return made

    def _what_ifs(self, places: Mapping[str, Path], taken: set[str]) -> tuple[list[_Waiting], list[ScenarioNode]]:
        """The what-ifs in all folders with their parents, and those whose files hold a mistake."""
        folders = [f for folder in self._folders for f in (folder, folder / "what-if")]
        folders += [place / "what-if" for place in places.values()]
        paths: dict[Path, None] = {}
        for folder in [library_folder() / "what-if", *folders, self.own]:
            if folder.is_dir():
                paths |= dict.fromkeys(p.resolve() for p in sorted(folder.glob("*.yaml")) if not p.name.startswith("."))
        found, broken = [], []
        for path in paths:
            file = self._file(path)
            try:
                if file.error:
                    raise BadInput(file.error)
                if file.what_if is not None:
                    found.append(_Waiting(path, file.what_if, parent_path(file.what_if, path)))
            except BadInput as error:
                broken.append(_broken(_unique(path.stem, taken), path, str(error).splitlines()[0], self._origin(path)))
        return found, broken

    def _origin(self, path: Path) -> Origin:
        return "own" if path.resolve().parent == self.own.resolve() else "what-if"

    def _file(self, path: Path) -> _File:
        about = path.stat()
        stamp = (about.st_mtime_ns, about.st_ino)
        with self._lock:
            kept = self._files.get(path)
        if kept is not None and kept[0] == stamp:
            return kept[1]
        try:
            read = read_what_if(path)
            file = (
                _File(read[0], read[1], "", content_hash(read[0].model_dump(mode="json")))
                if read
                else _File(None, None, "")
            )
        except BadInput as error:
            file = _File(None, None, str(error).splitlines()[0])
        with self._lock:
            self._files[path] = (stamp, file)
        return file


def _hotline_node(key: str, path: Path, load: Callable[[str], Scenario]) -> ScenarioNode:
    try:
        hotline = load(key).hotline
        return ScenarioNode(key, path, "hotline", "", 0, key, hotline.name, hotline.about, "")
    except BadInput as error:
        return ScenarioNode(
            key, path, "hotline", "", 0, key, Text(key, key), None, "", error=str(error).splitlines()[0]
        )


def _hidden_library(
    waiting: Iterable[_Waiting], nodes: Mapping[Path, ScenarioNode], taken: set[str]
) -> dict[Path, ScenarioNode]:
    """Shipped hotlines that one of one's own of the same name hides, where a what-if extends them."""
    found: dict[Path, ScenarioNode] = {}
    for one in waiting:
        if one.parent.parent == library_folder() and one.parent not in nodes and one.parent not in found:
            key = _unique(one.parent.name, taken)
            found[one.parent] = _hotline_node(key, one.parent, _loader(one.parent))
    return found


def _loader(path: Path) -> Callable[[str], Scenario]:
    return lambda _key: load_scenario(path)


def _broken(key: str, path: Path, error: str, origin: Origin) -> ScenarioNode:
    return ScenarioNode(key, path, origin, "", 0, "", Text(path.stem, path.stem), None, "", error=error)


def _unique(name: str, taken: set[str]) -> str:
    found, number = name, 2
    while found in taken:
        found, number = f"{name}~{number}", number + 1
    taken.add(found)
    return found


def _walk(
    path: Path,
    node: ScenarioNode,
    children: Mapping[Path, list[ScenarioNode]],
    last: tuple[bool, ...],
    ordered: list[ScenarioNode],
) -> None:
    ordered.append(replace(node, last=last))
    below = children.get(path.resolve(), [])
    for index, child in enumerate(below):
        _walk(child.path.resolve(), child, children, (*last, index == len(below) - 1), ordered)
