"""YAML 1.2 with the place of every key: what a message needs to say *where*.

A YAML 1.1 reader turns ``22:30`` into 1350 and ``no`` into false; this one does not.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from wfm.errors import BadInput
from wfm.hotline.text_files import read_text
from wfm.i18n import say

__all__ = ["Place", "YamlSource", "parse_yaml", "read_yaml"]

VALUES_MAX = 200_000
"""Values a document may hold once its aliases are written out."""
YAML_SIZE_MAX = 2_000_000
"""Largest YAML file that is read, in bytes."""
KEPT_SIZE_MAX = 100_000
"""Largest text whose reading is kept for the next time, in characters."""

Place = tuple[int, int]
"""Line and column, both from 1."""


@dataclass(frozen=True, slots=True)
class YamlSource:
    """A YAML document: plain values beside the nodes that know where they stand."""

    name: str
    data: Any
    root: Node | None

    def place(self, path: tuple[str | int, ...]) -> Place | None:
        """Line and column of the key (or list item) at ``path``; of the nearest key above where it is absent."""
        return self.walk(path)[1]

    def walk(self, path: tuple[str | int, ...]) -> tuple[tuple[str | int, ...], Place | None]:
        """The parts of ``path`` that exist in the document, and the place of the last of them.

        Parts that are no key (names of union members, as pydantic adds them) are left out.
        """
        node, found = self.root, []
        if node is None:
            return (), None
        place = (node.start_mark.line + 1, node.start_mark.column + 1)
        for part in path:
            step = _child(node, part)
            if step is None:
                continue
            marked, node = step
            found.append(part)
            place = (marked.start_mark.line + 1, marked.start_mark.column + 1)
        return tuple(found), place

    def where(self, path: tuple[str | int, ...]) -> str:
        """``hotline.yaml:12:9`` for the key at ``path``."""
        place = self.place(path)
        return self.name if place is None else f"{self.name}:{place[0]}:{place[1]}"


def _child(node: Node, part: str | int) -> tuple[Node, Node] | None:
    """The node to point at and the node to go on from, for one part of a path."""
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if isinstance(key, ScalarNode) and key.value == str(part):
                return key, value
    elif isinstance(node, SequenceNode) and isinstance(part, int) and 0 <= part < len(node.value):
        return node.value[part], node.value[part]
    return None


def read_yaml(path: Path) -> YamlSource:
    """The YAML file at ``path``.

    Raises:
        BadInput: the file cannot be read, is not YAML, repeats a key, or is not a mapping of keys.
    """
    return parse_yaml(read_text(path, YAML_SIZE_MAX), path.name)


def parse_yaml(text: str, name: str) -> YamlSource:
    """``text`` as YAML 1.2; ``name`` stands in messages.

    Raises:
        BadInput: see :func:`read_yaml`.
    """
    if len(text) > KEPT_SIZE_MAX:
        return _parsed(text, name)
    kept = _kept(text, name)
    return replace(kept, data=deepcopy(kept.data))  # whoever changes the values changes their own


@lru_cache(maxsize=16)
def _kept(text: str, name: str) -> YamlSource:
    """A hotline is read several times by one command, a third of a second each."""
    return _parsed(text, name)


def _parsed(text: str, name: str) -> YamlSource:
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("%YAML") and line.split()[1:2] != ["1.2"]:
            raise BadInput(say("{where}: only YAML 1.2 is read", where=f"{name}:{number}:1"))
        if line and not line.startswith(("%", "#", "\ufeff")):
            break
    yaml = YAML(typ="safe", pure=True)
    try:
        root = yaml.compose(text)
        if root is not None:
            _check_size(root, name)
        data = None if root is None else yaml.constructor.construct_document(root)
    except MarkedYAMLError as error:
        raise BadInput(_syntax_sentence(error, text, name)) from None
    except YAMLError as error:
        row, column = _place_of_offset(text, getattr(error, "position", 0))
        raise BadInput(
            say("{where}: a character that YAML does not allow stands here", where=f"{name}:{row}:{column}")
        ) from None
    except RecursionError:
        raise BadInput(say("{name}: values are nested too deeply", name=name)) from None
    except (ValueError, OverflowError):
        # A date such as 2026-02-30 fails inside the reader, without its place.
        where, found = _unreadable_scalar(root, name)
        raise BadInput(say("{where}: there is no such date or number: {found}", where=where, found=found)) from None
    if not isinstance(data, dict):
        found = say("nothing") if data is None else say("a list") if isinstance(data, list) else say("a single value")
        raise BadInput(
            say("{where}: keys with values (key: value) are needed, found {found}", where=f"{name}:1:1", found=found)
        )
    return YamlSource(name, data, root)


def _unreadable_scalar(root: Node | None, name: str) -> tuple[str, str]:
    """Where the first value stands that cannot be made, and its text."""
    waiting = [] if root is None else [root]
    constructor = YAML(typ="safe", pure=True).constructor  # the one that failed remembers where it was
    while waiting:
        node = waiting.pop()
        if isinstance(node, MappingNode):
            waiting.extend(part for pair in reversed(node.value) for part in reversed(pair))
        elif isinstance(node, SequenceNode):
            waiting.extend(reversed(node.value))
        else:
            try:
                constructor.construct_object(node, deep=True)
            except (ValueError, OverflowError):
                return f"{name}:{node.start_mark.line + 1}:{node.start_mark.column + 1}", str(node.value)
    return name, "?"


def _check_size(root: Node, name: str) -> None:
    """Refuse aliases that repeat themselves, or whose written-out size is absurd, before anything expands."""
    sizes: dict[int, int] = {}
    open_: set[int] = set()

    def size(node: Node) -> int:
        if id(node) in sizes:
            return sizes[id(node)]
        if id(node) in open_:
            line, column = node.start_mark.line + 1, node.start_mark.column + 1
            raise BadInput(say("{where}: this value contains itself", where=f"{name}:{line}:{column}"))
        open_.add(id(node))
        if isinstance(node, MappingNode):
            total = 1 + sum(size(key) + size(value) for key, value in node.value)
        elif isinstance(node, SequenceNode):
            total = 1 + sum(size(item) for item in node.value)
        else:
            total = 1
        open_.discard(id(node))
        sizes[id(node)] = total
        return total

    if size(root) > VALUES_MAX:
        raise BadInput(
            say("{name}: holds more than {most:,} values once its aliases are written out", name=name, most=VALUES_MAX)
        )


def _place_of_offset(text: str, offset: object) -> Place:
    before = text[: offset if isinstance(offset, int) else 0]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def _syntax_sentence(error: MarkedYAMLError, text: str, name: str) -> str:
    opened = "quoted scalar" in str(error.context) or "parsing a flow" in str(error.context)
    mark = (error.context_mark if opened else None) or error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    where = f"{name}:{line}:{column}"
    problem = str(error.problem or "")
    if isinstance(error, DuplicateKeyError):
        key = problem.split('"')[1] if '"' in problem else ""
        return say("{where}: the key {key} stands twice", where=where, key=key)
    if "'\\t'" in problem or "\t" in text.split("\n")[line - 1][: max(column, 1)]:
        return say("{where}: a tab stands here; YAML indents with spaces", where=where)
    return say("{where}: this is not YAML: {problem}", where=where, problem=_problem(problem))


def _problem(problem: str) -> str:
    if "mapping values are not allowed" in problem:
        return say("a colon stands where none may; check the indentation, or put the text in quotes")
    if "expected <block end>" in problem:
        return say("the indentation does not fit the lines above")
    if "could not find expected ':'" in problem:
        return say("a colon (key: value) is missing")
    if "unexpected end of stream" in problem:
        return say("a quotation mark is not closed")
    if "expected ',' or" in problem:
        return say("a bracket is not closed, or a comma is missing")
    if "undefined alias" in problem:
        return say("an alias (*name) has no anchor (&name)")
    if "cannot start any token" in problem:
        return say("a value must not begin with this character; put it in quotes")
    if "constructor for the tag" in problem:
        return say("tags (!…) are not read")
    if "another document" in problem:
        return say("a second document (---) begins; one is allowed")
    return say("check indentation, colons, quotation marks and brackets")
