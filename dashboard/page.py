"""What a page is: its name and icon, who may see it, how it is drawn, and how it answers its controls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dashboard.answering import Answering
from dashboard.asked import Asked
from dashboard.desk import Desk
from dashboard.person import Person
from dashboard.rights import Right
from wfm.i18n import Text

__all__ = ["Page"]


def _whole(asked: Asked) -> str:
    return str(sorted(asked.query.items()))


def _everybody(person: Person) -> bool:
    return True


def _none(answering: Answering, desk: Desk) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the dashboard, at ``/KEY``."""

    key: str
    """Its address and the name of its icon (``assets/icons/KEY.svg``)."""
    name: Text
    show: Callable[[Asked, Desk], list[Any]]
    """Everything on the page, drawn for what is asked. Bad input that it raises is shown as a sentence."""
    right: Right = "see"
    """What a person must be allowed to do to open it."""
    wire: Callable[[Answering, Desk], None] = _none
    """Registers the callbacks of its controls, each with the right it asks for."""
    drawn_for: Callable[[Asked], str] = _whole
    """What of the address needs the whole page drawn again when it changes; the page's own callbacks follow the rest."""
    in_menu: bool = True
    """Whether it stands in the navigation."""
    menu_of: Callable[[Person], bool] = _everybody
    """In whose navigation it stands, of those who may open it."""
