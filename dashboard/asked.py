"""What somebody asks for: an address, on a screen, in a language. What a page shows stands in its address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import parse_qsl, urlencode

from dashboard.colours import FULL_SCREEN, Screen

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
        """A day of the query; None where there is none, or no day."""
        try:
            return date.fromisoformat(self.get(key))
        except ValueError:
            return None

    def names(self, key: str) -> list[str]:
        """Several names, which stand in the query with commas between."""
        return [name for name in self.get(key).split(",") if name]

    def with_(self, **changes: object) -> str:
        """The same address with other values; an empty value or None takes one out."""
        return address(self.path, **{**self.query, **changes})


def asked_of(path: str | None, search: str | None, told: Mapping[str, bool] | None = None) -> Asked:
    """What an address and a screen ask for. Of a key that stands twice, the last value counts."""
    seen = told or {}
    screen = Screen(dark=bool(seen.get("dark")), narrow=bool(seen.get("narrow")))
    return Asked(path or "/", dict(parse_qsl((search or "").lstrip("?"))), screen)
