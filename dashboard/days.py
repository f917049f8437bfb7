"""Days and moments that somebody writes: in an address or in a field. What is none is told, never passed over."""

from __future__ import annotations

import re
from datetime import date, datetime, time

from wfm.errors import BadInput
from wfm.i18n import say

__all__ = ["read_clock", "read_day", "read_moment"]

FIRST_YEAR, LAST_YEAR = 1970, 2199
"""Years of which days are taken; calendars and sums of days end well beyond them."""
_SHOWN = 40


def read_day(text: str | None, name: str) -> date:
    """The day that ``text`` writes as 2026-09-14; ``name`` says in which field.

    Raises:
        BadInput: it is no day, or one outside 1970 to 2199.
    """
    written = (text or "").strip()
    try:
        day = date.fromisoformat(written)
    except ValueError:
        day = None
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadInput(
            say(
                "{field}: found “{found}”, needed is a day such as 2026-09-14 ({first} to {last}).",
                field=name,
                found=written[:_SHOWN],
                first=FIRST_YEAR,
                last=LAST_YEAR,
            )
        )
    return day


def read_moment(text: str | None, name: str) -> datetime:
    """The moment that ``text`` writes as 2026-09-14T10:30, with or without a zone; ``name`` says in which field.

    Raises:
        BadInput: it is no moment, or one outside 1970 to 2199.
    """
    written = (text or "").strip()
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        moment = None
    if moment is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise BadInput(
            say(
                "{field}: found “{found}”, needed is a moment such as 2026-09-14T10:30 ({first} to {last}).",
                field=name,
                found=written[:_SHOWN],
                first=FIRST_YEAR,
                last=LAST_YEAR,
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
