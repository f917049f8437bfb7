"""Days that a hotline names itself because they bring other calls: a tax deadline, a flood season, a new policy.

A special day changes neither who works nor what is off: it stands beside the kind of the day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from wfm.i18n import Text

__all__ = ["SpecialDays", "named_dates", "special_on"]


@dataclass(frozen=True, slots=True)
class SpecialDays:
    """Days of one cause.

    ``dates`` are single days; ``first`` to ``last`` is a stretch, both included; ``yearly`` are the first and the last
    (month, day) of a stretch that comes every year, which may run over New Year.
    """

    id: str
    name: Text
    dates: frozenset[date] = frozenset()
    first: date | None = None
    last: date | None = None
    yearly: tuple[tuple[int, int], tuple[int, int]] | None = None

    def holds(self, day: date) -> bool:
        """Whether ``day`` is one of them."""
        if day in self.dates:
            return True
        if self.first is not None and self.last is not None and self.first <= day <= self.last:
            return True
        if self.yearly is None:
            return False
        begins, ends = self.yearly
        at = (day.month, day.day)
        return begins <= at <= ends if begins <= ends else at >= begins or at <= ends


def special_on(day: date, special_days: Iterable[SpecialDays]) -> tuple[str, ...]:
    """Identifiers of the causes that hold on ``day``, in their written order."""
    return tuple(dict.fromkeys(cause.id for cause in special_days if cause.holds(day)))


def named_dates(days: Mapping[date, str]) -> list[SpecialDays]:
    """Special days of single dates from date → name; days of one name are one cause."""
    by_name: dict[str, set[date]] = {}
    for day, name in days.items():
        by_name.setdefault(name, set()).add(day)
    return [SpecialDays(name, Text(name, name), frozenset(dates)) for name, dates in by_name.items()]
