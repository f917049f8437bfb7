"""Choosing the shifts themselves: starts, lengths and breaks that cover a requirement at least cost.

``choose_shifts`` takes a period, ``choose_weekly_shifts`` a week that repeats; ``shifts_of`` writes what was chosen as
shifts of a hotline. Names load lazily: the solver is imported on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scheduler.shifts.choosing import choose_shifts, choose_weekly_shifts
    from scheduler.shifts.shift_blocks import shifts_of
    from scheduler.shifts.shift_choice import ShiftChoice
    from scheduler.shifts.skill_sets import SkillSet, skill_sets_of

__all__ = [
    "ShiftChoice",
    "SkillSet",
    "choose_shifts",
    "choose_weekly_shifts",
    "shifts_of",
    "skill_sets_of",
]

_HOME = {
    "ShiftChoice": "shift_choice",
    "SkillSet": "skill_sets",
    "choose_shifts": "choosing",
    "choose_weekly_shifts": "choosing",
    "shifts_of": "shift_blocks",
    "skill_sets_of": "skill_sets",
}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(name)
    return getattr(import_module(f"scheduler.shifts.{_HOME[name]}"), name)
