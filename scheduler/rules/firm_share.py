"""Share of one shift's A posts that one firm may fill, ``rules.firm_share_max``.

The posts of a shift are those of all groups that begin with it on the date. One post is always
allowed; people without a firm are not limited.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from scheduler.rules.rule import Rule
from wfm.i18n import Text, both

if TYPE_CHECKING:
    from scheduler.model import Neighbourhood
    from scheduler.slots import Slot, Slots
    from scheduler.work import Work

__all__ = ["RULE", "keeps_shares", "shares"]


def _posts_of_shift(slots: Slots, slot: Slot) -> list[Slot]:
    return [s for s in slots.of_day[slot.day] if s.shift.id == slot.shift.id and s.role == "A"]


def _limit(slots: Slots, posts: list[Slot]) -> int:
    share = slots.problem.hotline.rules.firm_share_max
    return max(1, int(share * sum(s.need for s in posts) + 1e-9))


def _limited(slots: Slots) -> bool:
    return slots.problem.hotline.rules.firm_share_max < 1 and bool((slots.firms >= 0).any())


def shares(slots: Slots) -> list[tuple[list[Slot], int]]:
    """The A posts of every shift on every day, with how many of them one firm may fill; none where firms are not limited."""
    found = []
    for day in slots.period if _limited(slots) else ():
        by_shift = {s.shift.id: _posts_of_shift(slots, s) for s in slots.of_day[day] if s.role == "A"}
        found += [(posts, _limit(slots, posts)) for posts in by_shift.values()]
    return found


def keeps_shares(work: Work) -> bool:
    """Whether no firm has more of a shift than its share."""
    slots = work.slots
    for posts, limit in shares(slots):
        there = np.isin(work.slot[:, posts[0].day], [s.index for s in posts]) & (slots.firms >= 0)
        if np.bincount(slots.firms[there], minlength=1).max() > limit:
            return False
    return True


def _blocks(work: Work, slot: Slot) -> NDArray[np.bool_]:
    slots = work.slots
    if slot.role != "A" or not _limited(slots):
        return np.zeros(slots.n_agents, dtype=bool)
    posts = _posts_of_shift(slots, slot)
    there = np.isin(work.slot[:, slot.day], [s.index for s in posts]) & (slots.firms >= 0)
    taken = np.bincount(slots.firms[there], minlength=int(slots.firms.max()) + 1)
    full = taken >= _limit(slots, posts)
    blocked: NDArray[np.bool_] = (slots.firms >= 0) & full[np.maximum(slots.firms, 0)]
    return blocked


def _constrain(part: Neighbourhood) -> None:
    slots = part.slots
    if not _limited(slots):
        return
    for day in part.days:
        by_shift = {s.shift.id: _posts_of_shift(slots, s) for s in slots.of_day[day] if s.role == "A"}
        for posts in by_shift.values():
            limit = _limit(slots, posts)
            fixed_there = np.isin(part.fixed.slot[:, day], [s.index for s in posts])
            free: dict[int, list[Any]] = {}
            for slot in posts:
                for agent, var in part.of_slot.get(slot.index, []):
                    if slots.firms[agent] >= 0:
                        free.setdefault(int(slots.firms[agent]), []).append(var)
            for firm, variables in free.items():
                left = limit - int((fixed_there & (slots.firms == firm)).sum())
                if len(variables) > left:
                    part.model.add(sum(variables) <= left)


def _counted(people: int) -> Text:
    return both("{people} of a firm at its share", people=people)


RULE = Rule("firm_share", _counted, _blocks, _constrain)
