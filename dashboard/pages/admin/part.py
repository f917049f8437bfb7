"""One part of the page Administration, under its own tab."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dashboard.answering import Answering
from dashboard.asked import Asked
from dashboard.desk import Desk
from wfm.i18n import Text

__all__ = ["Part"]


def _none(answering: Answering, desk: Desk) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Part:
    """One tab: ``?tab=KEY``. Ids of its components begin with ``admin-KEY``."""

    key: str
    name: Text
    show: Callable[[Asked, Desk], list[Any]]
    """Everything below the tabs, its headline first."""
    wire: Callable[[Answering, Desk], None] = _none
    """Registers its callbacks, each with the right ``administer``."""
