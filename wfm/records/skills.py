"""Which lines each agent answers, read from whom they took and whom they passed over."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wfm.records.asked_calls import AskedCalls

__all__ = ["answered_lines"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

CHANCES_MIN = 4
"""Callers taken or passed over in a day that say something of that day."""
CLEAR_S = 5.0
"""By so much must a caller have been ahead, and have waited on, to count as passed over: clocks and ringing differ."""


def answered_lines(asked: AskedCalls, head_start_s: Floats) -> Flags:
    """(agents, days, L) whether the agent answered the line's callers on the day.

    An agent who takes a caller while one of another line is ahead has passed that one over. On a day with at
    least :data:`CHANCES_MIN` callers of a line taken or passed over, the agent answers the line if at least as many were
    taken as passed over; on other days, if that holds over all days, one taken at least.

    Args:
        asked: The calls.
        head_start_s: (days, L) head starts of the lines.
    """
    agents, lines = len(asked.agent_ids), len(asked.line_ids)
    days = len(head_start_s)
    taken, passed = np.zeros((2, agents, days, lines))
    by = np.flatnonzero(asked.agent >= 0)
    who, when, what = asked.agent[by], asked.day[by], asked.line[by]
    np.add.at(taken, (who, when, what), 1.0)
    at_s = asked.left_s[by]
    for line in range(lines):
        mine = asked.line == line
        queued_s, left_s = asked.queued_s[mine], np.maximum.accumulate(asked.left_s[mine])
        if not len(queued_s):
            continue
        # Who asked before this moment was ahead of the caller whom the agent took.
        ahead_s = asked.queued_s[by] - head_start_s[when, what] + head_start_s[when, line]
        count = np.searchsorted(queued_s, np.minimum(ahead_s - CLEAR_S, at_s - CLEAR_S), side="left")
        still = (count > 0) & (left_s[np.maximum(count, 1) - 1] > at_s + CLEAR_S)
        over = still & (what != line)
        np.add.at(passed[:, :, line], (who[over], when[over]), 1.0)
    all_taken, all_passed = taken.sum(axis=1), passed.sum(axis=1)
    usually = (all_taken > 0) & (all_taken >= all_passed)
    told = taken + passed >= CHANCES_MIN
    answers: Flags = np.where(told, taken >= passed, usually[:, None, :])
    return answers
