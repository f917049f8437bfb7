"""Days and moments that somebody writes: in an address or in a field. What is none is told, never passed over."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time
from typing import TypeVar

from wfm.errors import BadInput
from wfm.i18n import say

__all__ = ["read_clock", "read_day", "read_moment"]

D = TypeVar("D", date, datetime)

FIRST_YEAR, LAST_YEAR = 1970, 2199
"""Years of which days are taken; calendars and sums of days end well beyond them."""
_SHOWN = 40


def read_day(text: str | None, name: str) -> date:
    """The day that ``text`` writes as 2026-09-14; ``name`` says in which field.

    Raises:
        BadInput: it is no day, or one outside 1970 to 2199.
    """
    day = _within_years(date.fromisoformat, text)
    if day is None:
        raise BadInput(
            say(
                "{field}: found “{found}”, needed is a day such as 2026-09-14 ({first} to {last}).", **_told(text, name)
            )
        )
    return day


def read_moment(text: str | None, name: str) -> datetime:
    """The moment that ``text`` writes as 2026-09-14T10:30, with or without a zone; ``name`` says in which field.

    Raises:
        BadInput: it is no moment, or one outside 1970 to 2199.
    """
    moment = _within_years(datetime.fromisoformat, text)
    if moment is None:
        raise BadInput(
            say(
                "{field}: found “{found}”, needed is a moment such as 2026-09-14T10:30 ({first} to {last}).",
                **_told(text, name),
            )
        )
    return moment


def read_clock(text: str | None, name: str) -> time:
    """The time of day that ``text`` writes as 10:30 or 9:05; ``name`` says in which field.

    Raises:
        BadInput: it is no time from 00:00 to 23:59.
    """
    written = (text or "").strip().replace("\uff1a", ":")  # the colon of Chinese keyboards
    if found := re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", written):
        return time(int(found[1]), int(found[2]))
    raise BadInput(
        say(
            "{field}: found “{found}”, needed is a time such as 10:30 (00:00 to 23:59).",
            field=name,
            found=written[:_SHOWN],
        )
    )


def _within_years(read: Callable[[str], D], text: str | None) -> D | None:
    with suppress(ValueError):
        found = read((text or "").strip())
        return found if FIRST_YEAR <= found.year <= LAST_YEAR else None
    return None


def _told(text: str | None, name: str) -> dict[str, object]:
    return {"field": name, "found": (text or "").strip()[:_SHOWN], "first": FIRST_YEAR, "last": LAST_YEAR}
