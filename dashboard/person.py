"""The person whose request is being answered, and what that person may do."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g, has_request_context

from dashboard.rights import RIGHTS_OF, ROLES, Right, Role
from wfm.errors import BadInput
from wfm.i18n import say

__all__ = ["OWNER", "Forbidden", "Person", "here", "perhaps_here", "remember", "require"]


class Forbidden(BadInput):
    """Somebody asked for what their roles do not allow; answered with status 403."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in. ``agent`` is the person's number in the roster, empty if none."""

    name: str
    roles: tuple[Role, ...]
    agent: str = ""

    def may(self, right: Right) -> bool:
        """Whether one of the roles grants it."""
        return any(right in RIGHTS_OF[role] for role in self.roles)


OWNER = Person("", ROLES)
"""Whoever started the dashboard on this machine and opened its link; may do everything."""


def remember(person: Person) -> None:
    """Keep who asks, for the rest of this request."""
    g.person = person


def here() -> Person:
    """Who asks. Outside of a request (scripts, tests of pages) the owner of the machine.

    Raises:
        Forbidden: nobody is signed in.
    """
    if not has_request_context():
        return OWNER
    person = g.get("person")
    if person is None:
        raise Forbidden(say("nobody is signed in"))
    found: Person = person
    return found


def perhaps_here() -> Person | None:
    """Who asks; None where nobody is signed in."""
    try:
        return here()
    except Forbidden:
        return None


def require(right: Right) -> Person:
    """The person who asks, who may do this.

    Raises:
        Forbidden: the person may not.
    """
    person = here()
    if not person.may(right):
        raise Forbidden(say("your role does not allow this"))
    return person
