"""Where each crew of a cycle stands on a day, and on which date its shift begins."""

from __future__ import annotations

from datetime import date, timedelta

from wfm.hotline import OFF, PatternCycle, RosterPattern, Shift

__all__ = ["NOON_MIN", "crew_duties", "duty_date", "entry_of", "night_comes_after"]

NOON_MIN = 720
ONE_DAY = timedelta(days=1)


def entry_of(cycle: PatternCycle, crew: int, day: date) -> str:
    """The shift of the crew (from 0) on the day of the cycle, or ``off``.

    Crew 0 begins the cycle on the anchor, each further crew ``len(days) / crews`` days later.
    """
    behind = crew * (len(cycle.days) // cycle.crews)
    return cycle.days[((day - cycle.anchor).days - behind) % len(cycle.days)]


def night_comes_after(pattern: RosterPattern, shift: Shift) -> bool:
    """Whether the shift is dated on the day after its day of the cycle.

    A night from midnight on is the night of the day before: who works early, early, middle, middle, night, night
    would otherwise go from a middle shift that ends at midnight straight into a night.
    """
    return pattern.night_of_day_before and shift.night and shift.start_min < NOON_MIN


def duty_date(pattern: RosterPattern, shift: Shift, day: date) -> date:
    """The date on which the shift of a day of the cycle begins."""
    return day + ONE_DAY if night_comes_after(pattern, shift) else day


def crew_duties(
    pattern: RosterPattern, cycle: PatternCycle, crew: int, shifts: dict[str, Shift], first: date, last: date
) -> list[tuple[date, Shift]]:
    """Dates from ``first`` to ``last`` on which a shift of the crew begins, with the shift, by date."""
    found = []
    day = first - ONE_DAY
    while day <= last:
        word = entry_of(cycle, crew, day)
        if word != OFF:
            begins = duty_date(pattern, shifts[word], day)
            if first <= begins <= last:
                found.append((begins, shifts[word]))
        day += ONE_DAY
    return sorted(found, key=lambda item: (item[0], item[1].start_min))
