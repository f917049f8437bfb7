"""What somebody asks for: an address, on a screen, in a language. What a page shows stands in its address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from urllib.parse import parse_qsl, urlencode

from dashboard.colours import FULL_SCREEN, Screen
from dashboard.days import read_day, read_moment
from wfm.i18n import say

__all__ = ["Asked", "address", "asked_of"]


def address(path: str, **query: object) -> str:
    """An address with its query; what is empty or None is left out, a list is joined by commas."""
    pairs = [
        (key.rstrip("_"), ",".join(str(v) for v in value) if isinstance(value, (list, tuple)) else str(value))
        for key, value in query.items()
        if value not in (None, "", [], ())
    ]
    return f"{path}?{urlencode(pairs, safe=',:')}" if pairs else path


@dataclass(frozen=True, slots=True)
class Asked:
    """The address that is asked for and the screen it is asked from."""

    path: str = "/"
    query: Mapping[str, str] = field(default_factory=dict)
    screen: Screen = FULL_SCREEN

    def get(self, key: str) -> str:
        """A value of the query; empty where there is none."""
        return self.query.get(key, "")

    def day(self, key: str) -> date | None:
        """A day of the query; None where there is none.

        Raises:
            BadInput: what stands there is no day.
        """
        return read_day(self.get(key), _in_address(key)) if self.get(key) else None

    def moment(self, key: str) -> datetime | None:
        """A moment of the query, without a zone where it names none; None where there is none.

        Raises:
            BadInput: what stands there is no moment.
        """
        return read_moment(self.get(key), _in_address(key)) if self.get(key) else None

    def number(self, key: str) -> int | None:
        """A whole number of the query, of nine digits at most; None where there is none."""
        written = self.get(key)
        return int(written) if re.fullmatch("[0-9]{1,9}", written) else None

    def names(self, key: str) -> list[str]:
        """Several names, which stand in the query with commas between."""
        return [name for name in self.get(key).split(",") if name]

    def with_(self, **changes: object) -> str:
        """The same address with other values; an empty value or None takes one out."""
        return address(self.path, **{**self.query, **changes})

    def search(self, **changes: object) -> str:
        """The query of :meth:`with_` with its question mark, as a browser keeps it."""
        return f"?{self.with_(**changes).partition('?')[2]}"


def _in_address(key: str) -> str:
    return say("Address, {key}", key=key)


def asked_of(path: str | None, search: str | None, told: Mapping[str, bool] | None = None) -> Asked:
    """What an address and a screen ask for. Of a key that stands twice, the last value counts."""
    seen = told or {}
    screen = Screen(dark=bool(seen.get("dark")), narrow=bool(seen.get("narrow")))
    return Asked(path or "/", dict(parse_qsl((search or "").lstrip("?"))), screen)
