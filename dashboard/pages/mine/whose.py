"""Whose duties the page shows: one's own; those who see everything may also look at somebody else's."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.asked import Asked
from dashboard.desk import Desk
from dashboard.person import Forbidden, Person, here
from scenarios.own_duties import numbers_of
from scenarios.scenario import Scenario
from wfm.errors import BadInput
from wfm.i18n import list_words, say

__all__ = ["NoNumber", "Whose", "own_place", "whose"]


class NoNumber(BadInput):
    """The account belongs to nobody of a roster."""


@dataclass(frozen=True, slots=True)
class Whose:
    """A person of a hotline.

    Attributes:
        hotline: name of the hotline, as addresses have it.
        scenario: the hotline and its people.
        number: the person's number.
        own: whether it is whoever asks.
    """

    hotline: str
    scenario: Scenario
    number: str
    own: bool

    @property
    def name(self) -> str:
        """Name of the person, else the number."""
        return numbers_of(self.scenario)[self.number].name or self.number


def whose(asked: Asked, desk: Desk) -> Whose:
    """Whose duties are asked for: one's own, unless the address names an ``agent`` and the person may see everything.

    Raises:
        NoNumber: the account has no number in a roster.
        Forbidden: somebody else's, and the person may not see them.
        BadInput: there is nobody of that number.
    """
    person = here()
    named = asked.get("agent")
    if named and person.may("see"):
        hotline = desk.hotline_of(asked)
        if not person.agent or own_place(person, desk) != (hotline, named):
            return _of(desk, hotline, named, own=False)
    elif named and named != own_place(person, desk)[1]:
        raise Forbidden(say("your role shows only your own duties"))
    if not person.agent:
        raise NoNumber(
            say("This account belongs to nobody of a roster. Its number in the roster is entered under administration.")
        )
    hotline, number = own_place(person, desk)
    return _of(desk, hotline, number, own=True)


def own_place(person: Person, desk: Desk) -> tuple[str, str]:
    """Hotline and number of a person whose account has one: ``HOTLINE:NUMBER``, or a number that only one hotline has.

    Raises:
        BadInput: the number is nobody's, or several hotlines have it.
    """
    places = desk.hotlines.places()
    named, colon, number = person.agent.partition(":")
    if colon and named in places:
        return named, number
    with_rosters = {r.hotline for r in desk.store.rosters()}
    found = [
        name
        for name in places
        if (scenario := _scenario(desk, name)) is not None
        and scenario.hotline.id in with_rosters
        and person.agent in numbers_of(scenario)
    ]
    if len(found) == 1:
        return found[0], person.agent
    if not found:
        raise NoNumber(say("No roster has anybody of the number {number}.", number=person.agent))
    raise BadInput(
        say(
            "{hotlines} all have somebody of the number {number}. The account must name the hotline, as {example}.",
            hotlines=list_words(found),
            number=person.agent,
            example=f"{found[0]}:{person.agent}",
        )
    )


def _scenario(desk: Desk, name: str) -> Scenario | None:
    """A hotline whose files hold a mistake has nobody."""
    try:
        return desk.hotlines.scenario(name)
    except BadInput:
        return None


def _of(desk: Desk, hotline: str, number: str, *, own: bool) -> Whose:
    scenario = desk.hotlines.scenario(hotline)
    if number not in numbers_of(scenario):
        raise BadInput(say("no agent {found!r} at this hotline", found=number))
    return Whose(hotline, scenario, number, own)
