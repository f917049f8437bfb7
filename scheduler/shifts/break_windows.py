"""The windows in which the breaks of a shift may begin.

Each break of a shift has a window of its own, and no break of one window can come nearer to one of the next than the
work that must lie between: whatever places the windows' breaks are given, they fit together. That is what lets
breaks be pooled by kind and assigned kind by kind (Aykin 1996, "Optimal shift scheduling with multiple break windows",
Management Science 42:591–602).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor

from wfm.errors import BadInput
from wfm.hotline import ShiftDesign
from wfm.i18n import say

__all__ = ["BreakWindow", "break_windows"]

MEAL = 0
"""Kind of the meal; short breaks are kinds 1, 2 … in their order."""


@dataclass(frozen=True, slots=True)
class BreakWindow:
    """Where one break of a shift may begin, in minutes from the shift's start."""

    kind: int
    """0 the meal, k the k-th short break: breaks of one kind are pooled."""
    earliest_min: int
    latest_min: int
    length_min: int
    paid: bool


def break_windows(design: ShiftDesign, length_min: int) -> tuple[BreakWindow, ...]:
    """The windows of a shift of ``length_min`` minutes, in the order of time.

    Raises:
        BadInput: the breaks do not fit into the shift.
    """
    meal = _meal(design, length_min)
    rest = _short_breaks(design, length_min, meal)
    found = sorted([*([meal] if meal else []), *rest], key=lambda w: w.earliest_min)
    free = 0
    for window in found:
        apart = design.apart_min
        if window.latest_min < window.earliest_min or window.earliest_min < free + apart:
            raise _does_not_fit(length_min)
        free = window.latest_min + window.length_min
    if found and free + design.apart_min > length_min:
        raise _does_not_fit(length_min)
    return tuple(found)


def _does_not_fit(length_min: int) -> BadInput:
    return BadInput(
        say(
            "shift_design: the breaks do not fit into a shift of {hours:g} h with the work that must lie between them; "
            "change their windows, their number, or apart_min",
            hours=length_min / 60,
        )
    )


def _meal(design: ShiftDesign, length_min: int) -> BreakWindow | None:
    meal = design.meal
    if meal is None or length_min < round(60 * meal.from_length_h):
        return None
    grid = design.break_grid_min
    latest = min(meal.latest_min, length_min - meal.length_min - design.apart_min)
    return BreakWindow(
        MEAL, ceil(meal.earliest_min / grid) * grid, floor(latest / grid) * grid, meal.length_min, meal.paid
    )


def _short_breaks(design: ShiftDesign, length_min: int, meal: BreakWindow | None) -> list[BreakWindow]:
    short = design.short_breaks
    if short is None:
        return []
    number = floor(length_min / 60 / short.every_h + 1e-9)
    grid = design.break_grid_min
    if short.windows_min:
        given = short.windows_min[:number]
        return [
            BreakWindow(k, ceil(a / grid) * grid, floor(b / grid) * grid, short.length_min, short.paid)
            for k, (a, b) in enumerate(given, 1)
        ]
    stretches = [(0, length_min)]
    if meal is not None:
        stretches = [(0, meal.earliest_min), (meal.latest_min + meal.length_min, length_min)]
    counts = [0] * len(stretches)
    for _ in range(number):
        # The next break goes where the pieces of work are longest.
        pieces = [(b - a) / (n + 1) for (a, b), n in zip(stretches, counts, strict=True)]
        counts[pieces.index(max(pieces))] += 1
    found: list[BreakWindow] = []
    for (begin, end), count in zip(stretches, counts, strict=True):
        for n in range(count):
            first, last = (begin + (end - begin) * k / count for k in (n, n + 1))
            found.append(_even(design, len(found) + 1, first, last))
    return found


def _even(design: ShiftDesign, kind: int, first: float, last: float) -> BreakWindow:
    """A window of the wanted width around the middle of ``first``–``last``, inside it by the work around a break.

    Neighbouring parts share that work where neither has a meal between.
    """
    short, grid, apart = design.short_breaks, design.break_grid_min, design.apart_min
    assert short is not None
    middle = (first + last - short.length_min) / 2
    earliest = max(first + apart, middle - short.window_min / 2)
    latest = min(last - short.length_min - apart, middle + short.window_min / 2)
    begins, ends = ceil(earliest / grid - 1e-9) * grid, floor(latest / grid + 1e-9) * grid
    if ends < begins and latest >= earliest - grid:
        # The window lies between two grid points: the nearer one, if the work around it allows.
        begins = ends = round(middle / grid) * grid
        if begins < first + apart or begins + short.length_min + apart > last:
            ends = begins - 1
    return BreakWindow(kind, begins, ends, short.length_min, short.paid)
