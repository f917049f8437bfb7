"""A tab of the roster page: its key in the address, its name, how it is drawn and how it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dashboard.answering import Answering
from dashboard.asked import Asked
from dashboard.desk import Desk
from dashboard.pages.roster.view import RosterView
from wfm.i18n import Text

__all__ = ["Tab"]


def _none(answer: Answering, desk: Desk) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab, at ``/roster?tab=KEY``."""

    key: str
    name: Text
    show: Callable[[Asked, Desk, RosterView], list[Any]]
    """What stands below the tabs. ``RosterView.roster`` is None where the month has no roster yet."""
    wire: Callable[[Answering, Desk], None] = _none
    """Registers its callbacks, each with the right it asks for; ids begin with ``roster-KEY-``."""
    needs_roster: bool = True
    """Whether the page says that there is no roster yet, instead of showing the tab."""
