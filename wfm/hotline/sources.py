"""Which of a hotline's sources covers a key: the one whose path names it most closely."""

from __future__ import annotations

from collections.abc import Sequence

from wfm.hotline.model import Source

__all__ = ["Steps", "closest_sources", "steps_of"]

Steps = tuple[tuple[str, ...], ...]
"""A path whose list indices may also be called by the item's id: ``(("lines",), ("0", "general"), …)``."""


def steps_of(path: str) -> Steps:
    """A dotted path as steps."""
    return tuple((part,) for part in path.split("."))


def closest_sources(sources: Sequence[Source], steps: Steps, *, of_list: bool = False) -> tuple[Source, ...]:
    """The source that covers the path most closely; more than one where several do so equally.

    A path that names more keys is closer; among equals one with fewer ``**``, then fewer ``*``. ``**`` stands for any number of
    keys, also none.

    Args:
        sources: the hotline's sources.
        steps: the path.
        of_list: the path holds a list of plain values, which ``path.*`` covers too.
    """
    best: tuple[int, int, int] | None = None
    closest: list[Source] = []
    for source in sources:
        for written in source.paths:
            pattern = tuple(written.split("."))
            if not (_matches(pattern, steps) or (of_list and _matches(pattern, (*steps, ("0",))))):
                continue
            named = sum(part not in ("*", "**") for part in pattern)
            closeness = (named, -pattern.count("**"), -pattern.count("*"))
            if best is None or closeness > best:
                best, closest = closeness, [source]
            elif closeness == best and source not in closest:
                closest.append(source)
    return tuple(closest)


def _matches(pattern: tuple[str, ...], steps: Steps) -> bool:
    if not pattern:
        return not steps
    if pattern[0] == "**":
        return any(_matches(pattern[1:], steps[n:]) for n in range(len(steps) + 1))
    return bool(steps) and (pattern[0] == "*" or pattern[0] in steps[0]) and _matches(pattern[1:], steps[1:])
