"""When a shift of a date begins, ends and pauses, in true time of the hotline's zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from wfm.hotline import Shift

__all__ = ["at_minute", "break_words", "duty_times", "paid_minutes", "utc_minutes"]

_DAY_MIN = 24 * 60


def at_minute(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """The wall-clock moment ``minute`` minutes after the midnight that begins ``day``.

    A wall clock that daylight saving skips is read with the offset before the change, one that it
    repeats as the first of the two (PEP 495, fold 0).
    """
    moment = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(minutes=minute)
    return moment.astimezone(UTC).astimezone(zone)


def duty_times(day: date, shift: Shift, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Start and end of ``shift`` begun on ``day``."""
    return at_minute(day, shift.start_min, zone), at_minute(day, shift.start_min + shift.length_min, zone)


def paid_minutes(shift: Shift, day: date, start: datetime, end: datetime) -> int:
    """Paid minutes of a duty of ``shift`` on ``day``, by the clock: its length less the unpaid breaks within it as a whole.

    Args:
        shift: its shift.
        day: the day that it belongs to.
        start: its begin, in the hotline's time.
        end: its end, in the hotline's time.
    """
    begin, finish = ((at.date() - day).days * _DAY_MIN + at.hour * 60 + at.minute for at in (start, end))
    pauses = [(shift.start_min + b.after_min, b.length_min) for b in shift.breaks if not b.paid]
    return finish - begin - sum(length for first, length in pauses if begin <= first and first + length <= finish)


def utc_minutes(moment: datetime) -> int:
    """Whole minutes since 1970 in UTC: elapsed time is a difference of these."""
    return int(moment.timestamp() // 60)


def break_words(shift: Shift) -> str:
    """Breaks of a shift as the duties table writes them: ``HH:MM-HH:MM;HH:MM-HH:MM``."""
    spans = []
    for pause in shift.breaks:
        first = shift.start_min + pause.after_min
        spans.append(f"{_clock(first)}-{_clock(first + pause.length_min)}")
    return ";".join(spans)


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"
