"""What a rule is on the model side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wfm.i18n import Text

if TYPE_CHECKING:
    from scheduler.model import Neighbourhood
    from scheduler.slots import Slot
    from scheduler.work import Work

__all__ = ["Rule", "blocks_nobody", "require", "window_count", "window_starts", "worked"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A hard rule.

    Most rules only forbid: a roster that keeps them still keeps them when duties are taken out. Rules of the other kind, which
    ask for a least (days in a row, company at night), can be broken for a while as a roster grows: they block nobody,
    and say in ``breaks`` and ``unsound`` what a finished roster may not hold.

    Attributes:
        name: identifier, the same as in the checker's violations.
        counted: a count of people whom the rule blocks, for explanations: ``counted(3)``.
        blocks: ``blocks(work, slot)`` → (agents,) whom the rule keeps from taking the slot, whatever follows.
        constrain: adds the rule's constraints for all free assignments of a neighbourhood.
        breaks: ``breaks(work, slot)`` → (agents,) whose taking the slot would leave a roster that breaks the rule if
            nothing followed; None where that is ``blocks``.
        unsound: ``unsound(work)`` → (agent, day) of duties that break the rule in a finished roster; None where
            ``blocks`` keeps such duties from coming about.
    """

    name: str
    counted: Callable[[int], Text]
    blocks: Callable[[Work, Slot], NDArray[np.bool_]]
    constrain: Callable[[Neighbourhood], None]
    breaks: Callable[[Work, Slot], NDArray[np.bool_]] | None = None
    unsound: Callable[[Work], list[tuple[int, int]]] | None = None


def window_starts(day: int, length: int, n_days: int) -> range:
    """First days of all windows of ``length`` days that hold ``day`` and lie inside the arrays."""
    return range(max(0, day - length + 1), min(day, n_days - length) + 1)


def window_count(flags: NDArray[np.bool_], day: int, length: int) -> NDArray[np.int64]:
    """(agents,) the most days set in any window of ``length`` days that holds ``day``."""
    low = max(0, day - length + 1)
    near = flags[:, low : day + length]
    totals = np.zeros((len(flags), near.shape[1] + 1), dtype=np.int64)
    np.cumsum(near, axis=1, out=totals[:, 1:])
    starts = window_starts(day, length, flags.shape[1])
    if not starts:
        return np.asarray(flags.sum(axis=1), dtype=np.int64)
    begin = slice(starts.start - low, starts.stop - low)
    end = slice(begin.start + length, begin.stop + length)
    most: NDArray[np.int64] = (totals[:, end] - totals[:, begin]).max(axis=1)
    return most


def blocks_nobody(work: Work, slot: Slot) -> NDArray[np.bool_]:
    """For rules that a growing roster may break for a while."""
    return np.zeros(work.slots.n_agents, dtype=bool)


def worked(part: Neighbourhood, agent: int, day: int) -> list[Any] | bool:
    """Whether a duty of the agent begins on the day: settled, or the free assignments of which at most one holds."""
    if part.fixed.on[agent, day]:
        return True
    return [var for _, var in part.of_agent_day.get((agent, day), ())] or False


def require(part: Neighbourhood, agent: int, *, plus: list[int], minus: list[int], least: int) -> None:
    """Days worked of ``plus`` less those of ``minus`` are at least ``least``.

    Left out where nothing is free, and where the roster as it is breaks it: then the part cannot be asked to keep it.
    """
    on = part.current.on[agent]
    if int(on[plus].sum()) - int(on[minus].sum()) < least:
        return
    settled, variables, signs = 0, [], []
    for sign, days in ((1, plus), (-1, minus)):
        for day in days:
            there = worked(part, agent, day)
            if isinstance(there, bool):
                settled += sign * there
            else:
                variables += there
                signs += [sign] * len(there)
    if variables and settled + min(0, sum(s for s in signs if s < 0)) < least:
        part.model.add(sum(s * v for s, v in zip(signs, variables, strict=True)) + settled >= least)


def exclude(part: Neighbourhood, kind: Callable[[Slot], Any], clash: Callable[[Slot, Slot], bool]) -> None:
    """Two free assignments of one agent on days in a row never clash; slots of the same ``kind`` clash alike.

    One clause per kind of the early day: any of its slots excludes every later slot that clashes with it.
    """
    for agent in part.agents:
        for day in part.days:
            late = part.of_agent_day.get((agent, day + 1))
            if not late:
                continue
            kinds: dict[Any, list[tuple[Slot, Any]]] = {}
            for slot, var in part.of_agent_day.get((agent, day), ()):
                kinds.setdefault(kind(slot), []).append((slot, var))
            for early in kinds.values():
                theirs = [var for slot, var in late if clash(early[0][0], slot)]
                if theirs:
                    part.model.add_at_most_one([*(var for _, var in early), *theirs])
