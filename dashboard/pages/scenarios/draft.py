"""The draft of a scenario, which stands in the address: what it starts from and what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

from dashboard.asked import Asked
from dashboard.desk import Desk
from dashboard.pages.scenarios.desk import scenario_desk
from scenarios.parameters import parameters_of
from scenarios.scenario import WhatIf, read_what_if
from scenarios.scenario_shelf import ScenarioNode
from scenarios.typed_values import typed_text
from wfm.errors import BadInput
from wfm.hotline import Hotline
from wfm.i18n import say

__all__ = ["Draft", "draft_of", "packed", "unpacked"]


def packed(typed: Mapping[str, str]) -> str:
    """What was typed, as one value of an address."""
    return ";".join(f"{path}={quote(text, safe=' +%')}" for path, text in typed.items() if text.strip())


def unpacked(text: str) -> dict[str, str]:
    """What was typed, by path; parts that say nothing are left out."""
    pairs = (part.partition("=") for part in text.split(";"))
    return {path: unquote(value) for path, equals, value in pairs if equals and path}


@dataclass(frozen=True, slots=True)
class Draft:
    """A scenario that is being written."""

    base: ScenarioNode
    """What it extends."""
    hotline: Hotline
    """The hotline of what it extends."""
    editing: ScenarioNode | None
    """The scenario that is being changed; None for a new one."""
    what_if: WhatIf | None
    """Its file as it is."""
    typed: dict[str, str]
    kept: dict[str, Any] = field(default_factory=dict)
    """What its file sets at places that the form does not show; stays as it is."""


def draft_of(asked: Asked, desk: Desk) -> Draft:
    """The draft that an address asks for.

    Raises:
        BadInput: there is no such scenario, or it cannot be read.
    """
    shelf = scenario_desk(desk).shelf
    key = asked.get("edit")
    if not key:
        base = shelf.node(asked.get("base") or desk.hotline_of(asked))
        return Draft(base, shelf.scenario(base.key).hotline, None, None, unpacked(asked.get("set")))
    node = shelf.node(key)
    found = read_what_if(node.path) if node.origin == "own" else None
    if found is None:
        raise BadInput(say("“{name}” is no scenario of one's own; derive one from it instead.", name=node.title))
    base = shelf.node(node.parent)
    hotline = shelf.scenario(base.key).hotline
    known = {p.path for p in parameters_of(hotline)}
    written = {path: typed_text(value) for path, value in found[0].set.items() if path in known}
    kept = {path: value for path, value in found[0].set.items() if path not in known}
    typed = unpacked(asked.get("set")) if "set" in asked.query else written
    return Draft(base, hotline, node, found[0], typed, kept)
