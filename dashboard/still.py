"""What stands still: the parts of a page that no callback touches, each sent as one component.

Dash draws every element as a component of its own, with a watch over the whole page's state: about a millisecond each in
a browser. A table of words needs none of that. Before an answer leaves, its plain elements are folded into trees, which
``assets/still.js`` draws without Dash; the page is the same, element for element.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

__all__ = ["still"]

_PLAIN = [
    "A",
    "Abbr",
    "B",
    "Br",
    "Caption",
    "Code",
    "Col",
    "Colgroup",
    "Dd",
    "Details",
    "Div",
    "Dl",
    "Dt",
    "Em",
    "Figcaption",
    "Figure",
    "Footer",
    "H1",
    "H2",
    "H3",
    "H4",
    "Header",
    "Hr",
    "I",
    "Kbd",
    "Li",
    "Nav",
    "Ol",
    "P",
    "Pre",
    "S",
    "Section",
    "Small",
    "Span",
    "Strong",
    "Sub",
    "Summary",
    "Sup",
    "Table",
    "Tbody",
    "Td",
    "Tfoot",
    "Th",
    "Thead",
    "Time",
    "Tr",
    "U",
    "Ul",
]
_TAGS: dict[type[Component], str] = {getattr(html, name): name.lower() for name in _PLAIN}
_TAGS[dcc.Link] = "link"
_FREE = frozenset({"children", "className", "colSpan", "dir", "hidden", "href", "lang", "open", "role", "rowSpan"})
_FREE |= {"scope", "start", "style", "tabIndex", "target", "title", "dateTime", "download", "rel", "span"}
"""Properties that an element may have and still stand still: an ``id`` is what callbacks know it by."""


def still(value: Any) -> Any:
    """The same page with its plain parts folded; what is no component is given back as it is.

    A list keeps its length: an output to several places has one entry for each.
    """
    if isinstance(value, Component):
        return _standing(*_fold(value))
    if isinstance(value, (list, tuple)) and any(isinstance(one, (Component, list, tuple)) for one in value):
        return type(value)(still(one) for one in value)
    return value


def _fold(value: Any) -> tuple[bool, Any]:
    """Whether this is plain, and its tree; a living component is given back with its contents folded."""
    if value is None or isinstance(value, bool):
        return True, ""
    if isinstance(value, (str, int, float)):
        return True, value
    if not isinstance(value, Component):
        return False, still(value)
    inner = getattr(value, "children", None)
    parts = [_fold(one) for one in (inner if isinstance(inner, (list, tuple)) else [inner])]
    attributes = _attributes(value)
    if attributes is not None and all(plain for plain, _ in parts):
        return True, [_TAGS[type(value)], attributes, *(part for _, part in parts if part != "")]
    if isinstance(inner, (list, tuple)):
        value.children = list(_together(parts))
    elif isinstance(inner, Component):
        value.children = _standing(*parts[0])
    return False, value


def _attributes(component: Component) -> dict[str, Any] | None:
    """What is set of a plain element, without its contents; None if it is alive."""
    if type(component) not in _TAGS:
        return None
    found = {}
    for name, value in vars(component).items():
        if name in _FREE or name.startswith(("data-", "aria-")):
            if value is not None and name != "children":
                found[name] = value
        elif name in getattr(component, "available_properties", ()):
            return None
    return found


def _together(parts: Iterable[tuple[bool, Any]]) -> Iterator[Any]:
    """Contents of a living component: plain neighbours as one."""
    for plain, run in groupby(parts, key=lambda part: part[0]):
        found = [part for _, part in run if part != ""]
        if plain and any(isinstance(part, list) for part in found):
            yield _still(found[0] if len(found) == 1 else ["", {}, *found])
        else:
            yield from found


def _standing(plain: bool, part: Any) -> Any:
    return _still(part) if plain and isinstance(part, list) else part


def _still(tree: Any) -> dict[str, Any]:
    """As Dash sends a component: a tree is words, or ``[tag, attributes, *children]``.

    The tag ``""`` groups its children; ``link`` is a link that stays in the page.
    """
    return {"namespace": "wfm_still", "type": "Still", "props": {"tree": tree}}
