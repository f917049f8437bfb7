"""What the commands of ``wfm roster`` are asked in the same words: days, moments, who asks."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from wfm.i18n import say

if TYPE_CHECKING:
    from wfm.hotline import Hotline

__all__ = ["day_asked", "moment_asked", "needed_day", "now_in", "user_name"]

YEARS = (1970, 2199)
"""First and last year of a moment; beyond them sums of days leave the calendar."""


def day_asked(option: str, text: str) -> date | None:
    """The day of an option; None where the option is empty.

    Raises:
        BadInput: it is no date.
    """
    from wfm.errors import BadInput
    from wfm.hotline.row_files import parse_date

    if not text:
        return None
    day = parse_date(text)
    if day is None:
        raise BadInput(
            say("{option}: found {found!r}, allowed is a date such as 2026-09-14", option=option, found=text)
        )
    return day


def needed_day(option: str, text: str) -> date:
    """The day of an option that must not be empty.

    Raises:
        BadInput: it is no date.
    """
    from wfm.errors import BadInput

    day = day_asked(option, text)
    if day is None:
        raise BadInput(say("{option}: is empty; a date such as 2026-09-14 is needed", option=option))
    return day


def moment_asked(option: str, text: str, hotline: Hotline) -> datetime:
    """The moment of an option, in the hotline's time zone unless it has an offset.

    Raises:
        BadInput: it is no moment, or of a year in which nobody plans.
    """
    from zoneinfo import ZoneInfo

    from wfm.errors import BadInput

    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise BadInput(
            say("{option}: found {found!r}, allowed is a time such as 2026-09-14T08:30", option=option, found=text)
        ) from None
    if not YEARS[0] <= moment.year <= YEARS[1]:
        raise BadInput(
            say(
                "{option}: found {found!r}, allowed are times of the years {first} to {last}",
                option=option,
                found=text,
                first=YEARS[0],
                last=YEARS[1],
            )
        )
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(hotline.time_zone))


def now_in(hotline: Hotline, text: str = "") -> datetime:
    """The moment that counts as now: the one given with ``--now``, else the clock's, in the hotline's time zone."""
    from zoneinfo import ZoneInfo

    return moment_asked("--now", text, hotline) if text else datetime.now(ZoneInfo(hotline.time_zone))


def user_name() -> str:
    """Who asks, for the audit: the name of the account, empty where there is none."""
    import getpass

    try:
        return getpass.getuser()[:80]
    except (OSError, KeyError):
        return ""
