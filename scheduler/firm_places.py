"""The place of a firm in a duty that was given to the firm first, the lawyer named later.

``firm:NAME#2`` stands in the duties table where a person's number stands otherwise: the second duty at that time that
the firm has still to name somebody for. A place is nobody: it has no hours and no rules of its own.
"""

from __future__ import annotations

__all__ = ["firm_of_place", "firm_place"]

_MARK = "firm:"


def firm_place(firm: str, number: int) -> str:
    """The place of a firm's duty: ``firm:NAME#1``."""
    return f"{_MARK}{firm}#{number}"


def firm_of_place(agent: str) -> str | None:
    """The firm, if ``agent`` is a firm's place; None for a person."""
    if not agent.startswith(_MARK):
        return None
    return agent.removeprefix(_MARK).rpartition("#")[0] or None
