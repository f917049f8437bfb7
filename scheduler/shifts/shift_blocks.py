"""Chosen shifts as shifts of a hotline: each place of breaks that is in use is a variant of its own."""

from __future__ import annotations

from string import ascii_lowercase
from typing import Any

from scheduler.shifts.chosen_shifts import ChosenShift, break_text
from scheduler.shifts.shift_choice import ShiftChoice
from wfm.hotline import Break, Shift
from wfm.i18n import Text

__all__ = ["shift_rows", "shifts_of", "variant_ids"]


def variant_ids(choice: ShiftChoice) -> dict[tuple[str, str], str]:
    """(shift, place of breaks as in ``choice.posts``) → identifier of the variant."""
    found = {}
    for shift in choice.shifts:
        for number, (breaks, _) in enumerate(shift.breaks):
            several = len(shift.breaks) > 1
            found[shift.id, break_text(breaks)] = f"{shift.id}-{_letters(number)}" if several else shift.id
    return found


def _letters(number: int) -> str:
    """a … z, aa, ab …"""
    word = ""
    while number >= 0:
        word = ascii_lowercase[number % 26] + word
        number = number // 26 - 1
    return word


def shifts_of(choice: ShiftChoice) -> tuple[Shift, ...]:
    """The shifts in use as a hotline writes them, one for each place of breaks."""
    names = variant_ids(choice)
    return tuple(
        _shift(shift, breaks, names[shift.id, break_text(breaks)], number)
        for shift in choice.shifts
        for number, (breaks, _) in enumerate(shift.breaks)
    )


def _shift(shift: ChosenShift, breaks: tuple[tuple[int, int, bool], ...], name: str, number: int) -> Shift:
    kind = shift.kind
    start, end = _clock(kind.start_min), _clock(kind.start_min + kind.length_min)
    letter = f" {_letters(number).upper()}" if len(shift.breaks) > 1 else ""
    return Shift(
        id=name,
        name=Text(f"{start}–{end}{letter}", f"{start}—{end}{letter}"),
        short=Text(start[:2], start[:2]),
        start=start,
        end=end,
        night=kind.night,
        breaks=tuple(Break(after_min=after, length_min=length, paid=paid) for after, length, paid in breaks),
    )


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def shift_rows(shifts: tuple[Shift, ...]) -> list[dict[str, Any]]:
    """The shifts as plain values, as ``hotline.yaml`` holds them under ``shifts:``; defaults are left out."""
    return [shift.model_dump(mode="json", exclude_defaults=True) for shift in shifts]
