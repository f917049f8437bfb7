"""What a rule is on the model side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wfm.i18n import Text

if TYPE_CHECKING:
    from scheduler.model import Neighbourhood
    from scheduler.slots import Slot
    from scheduler.work import Work

__all__ = ["Rule", "window_count", "window_starts"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A hard rule.

    Attributes:
        name: identifier, the same as in the checker's violations.
        counted: a count of people whom the rule blocks, for explanations: ``counted(3)``.
        blocks: ``blocks(work, slot)`` → (agents,) whom the rule keeps from taking the slot now.
        constrain: adds the rule's constraints for all free assignments of a neighbourhood.
    """

    name: str
    counted: Callable[[int], Text]
    blocks: Callable[[Work, Slot], NDArray[np.bool_]]
    constrain: Callable[[Neighbourhood], None]


def window_starts(day: int, length: int, n_days: int) -> range:
    """First days of all windows of ``length`` days that hold ``day`` and lie inside the arrays."""
    return range(max(0, day - length + 1), min(day, n_days - length) + 1)


def window_count(flags: NDArray[np.bool_], day: int, length: int) -> NDArray[np.int64]:
    """(agents,) the most days set in any window of ``length`` days that holds ``day``."""
    totals: NDArray[np.int64] = np.cumsum(np.pad(flags, ((0, 0), (1, 0))), axis=1, dtype=np.int64)
    starts = np.array(window_starts(day, length, flags.shape[1]))
    if not len(starts):
        return totals[:, -1]
    most: NDArray[np.int64] = (totals[:, starts + length] - totals[:, starts]).max(axis=1)
    return most
