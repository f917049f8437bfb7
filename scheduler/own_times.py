"""Duties that do not begin or end with their shift: somebody stays longer, comes earlier or goes sooner."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from scheduler.checker.view import Duty
from scheduler.problem import RosterProblem
from scheduler.shift_times import at_minute, break_words, duty_times
from wfm.errors import BadInput
from wfm.hotline import minutes_of
from wfm.i18n import say

__all__ = ["breaks_within", "clock_span", "own_times", "times_of"]

DAY_MIN = 24 * 60


def clock_span(day: date, start: datetime, end: datetime) -> str | None:
    """Begin and end as a cell holds them, ``08:30-19:30``; None where a duty of ``day`` cannot be told so.

    Args:
        day: the day of the duty.
        start: its begin, in the hotline's time.
        end: its end, in the hotline's time.
    """
    if start.date() != day or not start < end <= start + timedelta(days=1):
        return None
    return f"{start:%H:%M}-{end:%H:%M}"


def times_of(problem: RosterProblem, day: date, shift: str, times: str = "") -> tuple[datetime, datetime]:
    """Begin and end of a duty of ``day``: its shift's, or its own where it has some.

    Raises:
        BadInput: ``times`` is no span of two clocks.
    """
    if not times:
        return duty_times(day, next(s for s in problem.hotline.shifts if s.id == shift), problem.zone)
    try:
        begin, end = (minutes_of(clock) for clock in times.split("-"))
    except ValueError:
        raise BadInput(say("times of a duty: found {found!r}, allowed is a span as 08:30-19:30", found=times)) from None
    end += DAY_MIN if end <= begin else 0
    return at_minute(day, begin, problem.zone), at_minute(day, end, problem.zone)


def own_times(problem: RosterProblem) -> Callable[[Duty], str]:
    """Tells of a duty its own times as a cell holds them; empty where it has its shift's, or they cannot be told so."""
    shifts = {shift.id for shift in problem.hotline.shifts}
    known: dict[tuple[date, str, datetime, datetime], str] = {}

    def told(duty: Duty) -> str:
        key = (duty.date, duty.shift, duty.start, duty.end)
        if key not in known:
            usual = duty.shift not in shifts or times_of(problem, duty.date, duty.shift) == (duty.start, duty.end)
            known[key] = "" if usual else clock_span(duty.date, duty.start, duty.end) or ""
        return known[key]

    return told


def breaks_within(problem: RosterProblem) -> Callable[[Duty], str]:
    """Tells of a duty its shift's breaks as the duties table writes them; of one with its own times, those within them."""
    pauses = {shift.id: break_words(shift) for shift in problem.hotline.shifts}
    times = own_times(problem)

    def told(duty: Duty) -> str:
        words = pauses.get(duty.shift, "")
        if not words or not times(duty):
            return words
        return ";".join(pause for pause in words.split(";") if _lies_within(pause, duty))

    return told


def _lies_within(pause: str, duty: Duty) -> bool:
    """Whether a break lies in the duty as a whole."""
    begin = duty.start.hour * 60 + duty.start.minute
    first, last = (minutes_of(clock) for clock in pause.split("-"))
    length = round((duty.end - duty.start).total_seconds() / 60)
    after = (first - begin) % DAY_MIN
    return after + (last - first) % DAY_MIN <= length
