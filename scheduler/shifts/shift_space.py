"""Every shift that may be built: which people, on which day, from when to when, and where its breaks may lie.

A shift kind is a start and a length; an option is a kind on one day for people of one skill set. Options are arrays,
so that a week of half-hour starts and nine lengths costs nothing to write down.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from scheduler.shifts.break_windows import BreakWindow, break_windows
from scheduler.shifts.horizon import Horizon
from scheduler.shifts.skill_sets import SkillSet
from wfm.errors import BadInput
from wfm.hotline import Hotline, ShiftDesign, minutes_of
from wfm.i18n import list_words, say

__all__ = ["BreakPool", "ShiftKind", "ShiftSpace", "shift_space"]

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ShiftKind:
    """A shift that may be built: start, length, and the windows of its breaks."""

    start_min: int
    length_min: int
    night: bool
    windows: tuple[BreakWindow, ...]
    grid_min: int = 15
    """Grid on which its breaks begin."""

    @property
    def paid_h(self) -> float:
        """Paid hours: the length less unpaid breaks."""
        return (self.length_min - sum(w.length_min for w in self.windows if not w.paid)) / 60

    @property
    def work_h(self) -> float:
        """Hours on duty: the length less all breaks."""
        return (self.length_min - sum(w.length_min for w in self.windows)) / 60


@dataclass(frozen=True, eq=False)
class BreakPool:
    """The breaks of one kind of one skill set, pooled over the shifts that may begin them at the same moment.

    Window w belongs to option ``option[w]``; its break begins in slots ``earliest[w]`` … ``latest[w]``. Slots are
    numbered as in the horizon; in a cycle they run on beyond its end.
    """

    skill_set: int
    kind: int
    slots: int
    """Slots that a break lasts."""
    option: Counts
    earliest: Counts
    latest: Counts


@dataclass(frozen=True, eq=False)
class ShiftSpace:
    """The options of a horizon, N of them, and the pools of their breaks."""

    horizon: Horizon
    design: ShiftDesign
    skill_sets: tuple[SkillSet, ...]
    group_ids: tuple[str, ...]
    kinds: tuple[ShiftKind, ...]
    kind: Counts
    """``(N,)``."""
    skill_set: Counts
    day: Counts
    begin: Counts
    """First slot."""
    end: Counts
    """Slot after the last, not folded in a cycle."""
    serves: NDArray[np.bool_]
    """``(skill sets, groups, T)``: who may serve whom when."""
    pools: tuple[BreakPool, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.kind)

    @property
    def cost(self) -> Floats:
        """``(N,)`` cost of one post."""
        design = self.design
        each = [k.paid_h * design.cost_per_h * (design.night_cost_factor if k.night else 1.0) for k in self.kinds]
        return np.array(each, dtype=np.float64)[self.kind] if len(self) else np.zeros(0)

    def covered(self, chosen: Counts | None = None) -> tuple[Counts, Counts]:
        """Pairs (option, slot) in which the option's shift lasts, breaks included, slots of the horizon only."""
        which = np.arange(len(self)) if chosen is None else chosen
        lengths = self.end[which] - self.begin[which]
        option = np.repeat(which, lengths)
        slot = (
            np.arange(lengths.sum())
            - np.repeat(np.cumsum(lengths) - lengths, lengths)
            + np.repeat(self.begin[which], lengths)
        )
        return self.inside(option, slot)

    def inside(self, option: Counts, slot: Counts) -> tuple[Counts, Counts]:
        """The pairs whose slot lies in the horizon; in a cycle all of them, folded."""
        if self.horizon.cyclic:
            return option, slot % self.horizon.slots
        keep = (slot >= 0) & (slot < self.horizon.slots)
        return option[keep], slot[keep]


def shift_space(
    hotline: Hotline,
    design: ShiftDesign,
    horizon: Horizon,
    need: Mapping[str, Counts],
    skill_sets: Sequence[SkillSet],
    *,
    with_eve: bool = True,
) -> ShiftSpace:
    """The options that serve anybody.

    A shift lies inside the hours of the groups that its people may serve, and touches a moment at which one of them
    needs somebody.

    Args:
        need: heads ``(T,)`` that each group needs.
        skill_sets: people; a group that nobody may serve gets no shifts.
        with_eve: in a period, shifts may begin on the eve of its first day.

    Raises:
        BadInput: a skill set names an unknown group, or breaks do not fit into a shift.
    """
    group_ids = tuple(need)
    known = [group.id for group in hotline.groups]
    for one in skill_sets:
        for name in one.groups:
            if name not in known:
                raise BadInput(
                    say(
                        "skill set {set}: unknown group {group!r}; known: {known}",
                        set=one.id,
                        group=name,
                        known=list_words(known),
                    )
                )
    serves = _serves(hotline, horizon, group_ids, skill_sets)
    wanted = np.array([need[g] > 0 for g in group_ids]).reshape(len(group_ids), horizon.slots)
    kinds = tuple(
        kind
        for length in design.lengths_min
        for kind in _kinds_of_length(design, length)
        if design.nights or not (kind.night or kind.start_min + length > 1440)
    )
    rows: list[tuple[int, int, int, int, int]] = []
    first_day = -1 if with_eve and not horizon.cyclic else 0
    for number in range(len(skill_sets)):
        may = serves[number].any(axis=0)
        useful = (serves[number] & wanted).any(axis=0)
        if not useful.any():
            continue
        works, helps = _prefix(may, horizon.cyclic), _prefix(useful, horizon.cyclic)
        for day in range(first_day, horizon.days):
            for at, kind in enumerate(kinds):
                begin = horizon.slot_of(day, kind.start_min)
                end = horizon.slot_of(day, kind.start_min + kind.length_min)
                if _count(helps, begin, end, horizon) and _all_inside(
                    works, begin, end, horizon, hotline, skill_sets[number]
                ):
                    rows.append((at, number, day, begin, end))
    table = np.array(rows, dtype=np.int64).reshape(-1, 5)
    kind_of, people_of, day_of, first, after = (table[:, n].copy() for n in range(5))
    space = ShiftSpace(
        horizon,
        design,
        tuple(skill_sets),
        group_ids,
        kinds,
        kind=kind_of,
        skill_set=people_of,
        day=day_of,
        begin=first,
        end=after,
        serves=serves,
    )
    return _with_pools(space)


def _kinds_of_length(design: ShiftDesign, length: int) -> list[ShiftKind]:
    windows = break_windows(design, length)
    return [
        ShiftKind(start, length, _is_night(design, start, length), windows, design.break_grid_min)
        for start in design.starts_min
    ]


def _is_night(design: ShiftDesign, start: int, length: int) -> bool:
    """Whether enough hours of the shift lie in the night."""
    begin, end = minutes_of(design.night_from), minutes_of(design.night_to)
    span = (end - begin) % 1440 or 1440
    inside = 0
    for day in (-1, 0, 1):
        first = begin + day * 1440
        inside += max(0, min(start + length, first + span) - max(start, first))
    return inside >= 60 * design.night_h


def _serves(
    hotline: Hotline, horizon: Horizon, group_ids: tuple[str, ...], skill_sets: Sequence[SkillSet]
) -> NDArray[np.bool_]:
    minutes, place = np.unique(horizon.minute_of_day, return_inverse=True)
    found = np.zeros((len(skill_sets), len(group_ids), horizon.slots), dtype=bool)
    for number, name in enumerate(group_ids):
        group = hotline.group(name)
        open_then = np.array([group.covers(int(m)) for m in minutes])[place]
        for at, one in enumerate(skill_sets):
            if name in one.groups:
                found[at, number] = open_then
    return found


def _prefix(flags: NDArray[np.bool_], cyclic: bool) -> Counts:
    """Sums up to each slot; in a cycle over two rounds."""
    twice = np.concatenate([flags, flags]) if cyclic else flags
    return np.concatenate([[0], np.cumsum(twice)]).astype(np.int64)


def _count(prefix: Counts, begin: int, end: int, horizon: Horizon) -> int:
    if horizon.cyclic:
        return int(prefix[end] - prefix[begin])
    low, high = (int(np.clip(edge, 0, horizon.slots)) for edge in (begin, end))
    return int(prefix[high] - prefix[low])


def _all_inside(works: Counts, begin: int, end: int, horizon: Horizon, hotline: Hotline, people: SkillSet) -> bool:
    """Whether a group that the people serve is at work all through the shift, also beyond the period's borders."""
    inside = _count(works, begin, end, horizon)
    if horizon.cyclic:
        return inside == end - begin
    low, high = np.clip((begin, end), 0, horizon.slots)
    if inside != high - low:
        return False
    outside = [*range(begin, min(0, end)), *range(max(horizon.slots, begin), end)]
    groups = [hotline.group(name) for name in people.groups]
    return all(any(g.covers(_minute(horizon, slot)) for g in groups) for slot in outside)


def _minute(horizon: Horizon, slot: int) -> int:
    """Minutes after midnight of a slot beyond the borders, from the border's own midnight."""
    return slot * horizon.slot_min % 1440 if slot < 0 else (slot - horizon.slots) * horizon.slot_min % 1440


def _with_pools(space: ShiftSpace) -> ShiftSpace:
    horizon = space.horizon
    found: dict[tuple[int, int, int], list[tuple[int, int, int]]] = {}
    for number in range(len(space)):
        kind, day = space.kinds[space.kind[number]], int(space.day[number])
        for window in kind.windows:
            first = horizon.slot_of(day, kind.start_min + window.earliest_min)
            last = horizon.slot_of(day, kind.start_min + window.latest_min)
            key = (int(space.skill_set[number]), window.kind, window.length_min // horizon.slot_min)
            found.setdefault(key, []).append((number, first, last))
    pools = []
    for (skill_set, kind_number, slots), windows in sorted(found.items()):
        table = np.array(windows, dtype=np.int64)
        pools.append(BreakPool(skill_set, kind_number, slots, table[:, 0], table[:, 1], table[:, 2]))
    return replace(space, pools=tuple(pools))
