"""Long rosters window by window: grown from the front, then redone a stretch at a time beside all that stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from scheduler.goal import Goal, cost_of
from scheduler.lines.column_generation import Generator
from scheduler.lines.diving import dive_people, first_lines, lines_of, nothing_decided, polish, work_of_lines
from scheduler.lines.outlook import outlook_of
from scheduler.lines.window import Window, front_window, inner_window, line_days, weekends_whole
from scheduler.work import Work

__all__ = ["WINDOW_DAYS", "MakeGenerator", "grow", "redo", "settle"]

MakeGenerator = Callable[[Window], Generator]
WINDOW_DAYS = 28
SETTLE_WIDTHS = (28, 42, 42)
"""Days of the windows in which a long roster is settled, pass after pass."""
MOST_WEEKENDS = 53
SPARE = 1.5
"""Times the quick lines of the windows left that must still fit when a window gets its best lines."""
SHARE = 0.1
"""Share of the people whose lines a dive fixes at once, at least."""


def grow(
    work: Work, goal: Goal, make: MakeGenerator, rng: np.random.Generator, left_s: Callable[[], float]
) -> Work | None:
    """A whole roster, window after window; None when somebody has no line at all.

    Args:
        work: the past alone.
        left_s: seconds left for all of it. Windows get their best lines while there is time enough for quick lines of the rest.
    """
    slots, days = work.slots, line_days(work.slots)
    dearest = float(goal.short_cost.max(initial=1))
    count = -(-len(days) // WINDOW_DAYS)
    ends = [weekends_whole(slots, days.start + round(len(days) * (k + 1) / count)) for k in range(count)]
    outlook = outlook_of(slots, days, ends, MOST_WEEKENDS)
    first = days.start
    quick_s = dive_s = 0.0
    for number, end in enumerate(ends):
        begun = left_s()
        window = front_window(work, first, end, outlook, dearest)
        generator = make(window)
        lines = first_lines(generator, rng)
        if lines is None:
            return None
        lines = polish(generator, lines, rng, sweeps=1)
        quick_s = max(quick_s, begun - left_s())
        if left_s() > 2 * dive_s + SPARE * quick_s * (len(ends) - 1 - number):
            begun = left_s()
            generator.master.restart((), lines, nothing_decided(generator), 0)
            dived = dive_people(generator, share=SHARE)
            lines = lines if dived is None else polish(generator, dived, rng, sweeps=1)
            dive_s = max(dive_s, begun - left_s())
        work = work_of_lines(generator, lines)
        generator.close()
        first = window.open.stop
    return work


def redo(work: Work, make: MakeGenerator, rng: np.random.Generator, first: int, last: int) -> Work | None:
    """The roster with everybody's duties on the days ``first`` to ``last`` (without) looked for anew; None when ended early."""
    generator = make(inner_window(work, first, last))
    lines = lines_of(generator, work)
    if lines is None:
        return None
    generator.master.restart((), lines, nothing_decided(generator), 0)
    dived = dive_people(generator, share=SHARE)
    found = None if dived is None else work_of_lines(generator, polish(generator, dived, rng, sweeps=1))
    generator.close()
    return found


def settle(
    work: Work, goal: Goal, make: MakeGenerator, rng: np.random.Generator, goes_on: Callable[[], bool]
) -> Iterator[Work]:
    """Rosters no worse than those before, one window after another, in ever wider ones.

    Lines that the linear program takes most of are a bad roster to begin with, but they divide hours and weekends over the year as a
    good one does; what is wrong with them inside a window is soon mended there.
    """
    period = work.slots.period
    for width in SETTLE_WIDTHS:
        for first in range(period.start, period.stop, min(width, WINDOW_DAYS)):
            if not goes_on():
                return
            found = redo(work, make, rng, first, first + width)
            if found is not None and cost_of(found, goal) <= cost_of(work, goal):
                work = found
                yield work
