"""What a page shows stands in its address, so that it can be kept and shared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qs, urlencode

__all__ = ["Place", "place_of"]


@dataclass(frozen=True, slots=True)
class Place:
    """Plan, line, group and day of the plan page; plans of the comparison page."""

    plan: str = ""
    line: str | None = None
    """None: not chosen yet; empty: all lines."""
    group: str = ""
    day: str = ""
    """ISO date; empty: the whole period."""
    target: str = ""
    plans: tuple[str, ...] = ()

    @property
    def date(self) -> date | None:
        """The chosen day; None for the whole period or a day that is none."""
        try:
            return date.fromisoformat(self.day)
        except ValueError:
            return None

    def search(self) -> str:
        """The address's query, with its question mark; empty when nothing is chosen."""
        pairs = [
            ("plan", self.plan),
            ("group", self.group),
            ("day", self.day),
            ("target", self.target),
            ("plans", ",".join(self.plans)),
        ]
        chosen = [(key, value) for key, value in pairs if value]
        if self.line is not None:
            chosen.insert(1, ("line", self.line or "all"))
        return f"?{urlencode(chosen, safe=',')}" if chosen else ""


def place_of(search: str | None) -> Place:
    """The place that a query names; unknown keys are ignored."""
    found = {key: values[-1] for key, values in parse_qs((search or "").lstrip("?")).items()}
    line = found.get("line")
    return Place(
        plan=found.get("plan", ""),
        line="" if line == "all" else line,
        group=found.get("group", ""),
        day=found.get("day", ""),
        target=found.get("target", ""),
        plans=tuple(name for name in found.get("plans", "").split(",") if name),
    )
