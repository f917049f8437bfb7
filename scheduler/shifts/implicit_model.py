"""Choosing shifts and placing their breaks in one integer program, without a column for every place of a break.

Breaks are counted, not tied to shifts: ``b[s]`` breaks of one kind begin in slot s. Of the shifts whose window has opened
by slot s, ``p[s]`` still wait for their break:

    p[s] = p[s−1] + Σ (posts whose window opens in s) − b[s],        0 ≤ p[s] ≤ o[s],

with ``o[s]`` the posts whose window is open in s and not over with it. ``p ≥ 0`` is the backward constraint of Bechtold
and Jacobs (1990, "Implicit modeling of flexible break assignments in optimal shift scheduling", Management Science
36:1339–1351) and ``p ≤ o`` their forward one, written as differences of neighbouring slots, so that rows stay short and
a week may run into itself. Where one window lies strictly inside another ("extraordinary overlap") they are not enough;
there every span [a, e] from the start of a window to the end of one has, as in Rekik, Cordeau and Soumis (2004, "Using
Benders decomposition to implicitly model tour scheduling", Annals of Operations Research 128:111–133; 2010, "Implicit
shift scheduling with multiple breaks and work stretch duration restrictions", Journal of Scheduling 13:49–75),

    Σ_{s in [a, e]} b[s]  ≥  posts whose window lies in [a, e].

Together these are Hall's condition for windows on a line or a circle: breaks can be given to shifts if and only if they
hold; see :mod:`scheduler.shifts.place_breaks`. Several kinds of breaks have disjoint windows in every shift, so that
each kind is a pool of its own (Aykin 1996).

People with several skills serve, in each slot, one of their groups: transport variables from skill sets to groups.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scheduler.shifts.program import Program
from scheduler.shifts.shift_space import BreakPool, ShiftSpace

__all__ = ["Limits", "ShiftProgram", "shift_program"]

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Limits:
    """What besides the design bounds a choice."""

    seats: int | None = None
    """Heads on duty of all groups at one time at most; None: no limit."""
    seats_at: tuple[int, ...] | None = None
    """Slots in which seats are counted; None: all."""
    short_allowed: bool = True
    """Heads may be short; where not, the program has no answer if somebody must be."""
    short_only: bool = False
    """Minimise the heads short alone."""
    short_most: float | None = None
    """Head-slots short in all at most."""
    kinds: frozenset[int] | None = None
    """Shift kinds that may be used; None: all."""
    counted: bool = True
    """Distinct shifts are counted, limited and priced as the design says."""
    short_price_per_h: float | None = None
    """Cost of an hour of one head short, instead of the design's."""


@dataclass(frozen=True, eq=False)
class ShiftProgram:
    """The program, and where its columns stand."""

    space: ShiftSpace
    program: Program
    posts: Counts
    """``(N,)`` columns of the options' posts."""
    breaks: tuple[tuple[Counts, Counts], ...]
    """For each pool its slots and their columns."""
    serving: dict[tuple[int, int], tuple[Counts, Counts]]
    """(skill set, group) → slots and columns of heads, where people choose between groups."""
    short: Counts
    """``(G, T)`` columns of heads short; −1 where nobody can be."""
    constant: float
    """Cost that no choice changes."""
    rows: Counts
    """``(G, T)`` rows that say how many heads are on duty, those short included."""

    def presence(self, skill_set: int | None = None) -> list[tuple[Counts, Counts, float]]:
        """(columns, slots, value) of the heads on duty, of one skill set or of all."""
        which = range(len(self.space.skill_sets)) if skill_set is None else (skill_set,)
        return [part for n in which for part in _presence(self.space, self.posts, self.breaks, n)]


def shift_program(space: ShiftSpace, need: Counts, limits: Limits, *, most_posts: Counts | None = None) -> ShiftProgram:
    """The program of a space.

    Args:
        need: ``(G, T)`` heads.
        most_posts: ``(N,)`` posts of an option at most, beside the design's own limit.
    """
    design, horizon = space.design, space.horizon
    program = Program(horizon.slots)
    hour = horizon.slot_h
    over_cost = 0.0 if limits.short_only else design.overstaffing_cost_per_h * hour
    high = _most_posts(space, need) if most_posts is None else most_posts
    if limits.kinds is not None:
        high = np.where(np.isin(space.kind, list(limits.kinds)), high, 0)
    cost = np.zeros(len(space)) if limits.short_only else space.cost
    at = np.clip(space.begin, 0, horizon.slots - 1)
    posts = program.columns(len(space), cost=cost, high=high.astype(np.float64), lead=True, at=at)
    pools = tuple(_pool(program, space, pool, posts) for pool in space.pools)
    short = _short_columns(program, space, need, limits)

    rows = np.full(need.shape, -1, dtype=np.int64)
    for group in range(len(space.group_ids)):
        most = np.inf if design.overstaffing_max is None or limits.short_only else float(design.overstaffing_max)
        rows[group] = program.rows(horizon.slots, least=need[group].astype(float), most=need[group] + most)
        can = short[group] >= 0
        program.add(rows[group][can], short[group][can], 1.0)
    serving = _duty(program, space, posts, pools, rows)
    if over_cost:
        _price_overstaffing(program, space, pools, posts, over_cost)
    if limits.short_most is not None:
        row = program.rows(1, most=limits.short_most + 1e-6)
        program.add(row, short[short >= 0], 1.0)
    _limit_counts(program, space, posts, high, limits)
    if limits.seats is not None:
        _limit_seats(program, space, posts, pools, limits)
    constant = -over_cost * float(need.sum())
    return ShiftProgram(space, program, posts, pools, serving, short, constant, rows)


def _most_posts(space: ShiftSpace, need: Counts) -> Counts:
    """Posts of an option that could ever be useful: all that its people's groups need at the peak, twice for breaks."""
    design = space.design
    found = np.zeros(len(space), dtype=np.int64)
    for number, one in enumerate(space.skill_sets):
        mine = [g for g, name in enumerate(space.group_ids) if name in one.groups]
        peak = int(need[mine].sum(axis=0).max(initial=0)) if mine else 0
        most = 2 * peak + design.posts_min
        most = most if design.posts_max is None else min(most, design.posts_max)
        found[space.skill_set == number] = most if one.people is None else min(most, one.people)
    return found


def _pool(program: Program, space: ShiftSpace, pool: BreakPool, posts: Counts) -> tuple[Counts, Counts]:
    """Columns of the pool's breaks, and the constraints that tie them to the posts."""
    horizon = space.horizon
    cycle = horizon.slots if horizon.cyclic else 0
    grid = space.design.break_grid_min // horizon.slot_min
    width = pool.latest - pool.earliest
    window = np.repeat(np.arange(len(pool.option)), width + 1)
    at = np.arange(len(window)) - np.repeat(np.cumsum(width + 1) - width - 1, width + 1) + pool.earliest[window]
    column = posts[pool.option]
    fold = at % cycle if cycle else at
    slots, place = np.unique(fold, return_inverse=True)
    at_slot = np.clip(slots, 0, horizon.slots - 1)
    breaks = program.columns(len(slots), high=np.where(slots % grid == 0, np.inf, 0.0), at=at_slot)
    waiting = program.columns(len(slots), whole=False, at=at_slot)

    def slot_place(slot: Counts) -> Counts:
        return np.searchsorted(slots, slot % cycle if cycle else slot).astype(np.int64)

    # p[s] − p[s−1] − Σ opening + b[s] = 0; the slot before one without any is empty.
    flow = program.rows(len(slots), least=0.0, most=0.0)
    program.add(flow, waiting, 1.0)
    program.add(flow, breaks, 1.0)
    before = (slots - 1) % cycle if cycle else slots - 1
    linked = np.isin(before, slots)
    program.add(flow[linked], waiting[slot_place(before[linked])], -1.0)
    program.add(flow[slot_place(pool.earliest)], column, -1.0)
    # p[s] ≤ posts whose window is open in s and not over with it.
    bound = program.rows(len(slots), most=0.0)
    program.add(bound, waiting, 1.0)
    still = at < pool.latest[window]
    program.add(bound[place[still]], column[window[still]], -1.0)
    for first, last, inside in _nested_spans(pool, cycle):
        row = program.rows(1, least=0.0)
        span = np.arange(first, last + 1)
        program.add(row, breaks[slot_place(span[np.isin(span % cycle if cycle else span, slots)])], 1.0)
        program.add(row, column[inside], -1.0)
    return slots, breaks


def _nested_spans(pool: BreakPool, cycle: int) -> list[tuple[int, int, Counts]]:
    """Spans that need a constraint of their own: some window lies in them, another reaches beyond them on both sides."""
    pairs = np.unique(np.stack([pool.earliest, pool.latest], axis=1), axis=0)
    if cycle:
        pairs = np.unique(np.stack([pairs[:, 0] % cycle, pairs[:, 1] - pairs[:, 0] // cycle * cycle], axis=1), axis=0)
    near = pairs if not cycle else np.concatenate([pairs - cycle, pairs, pairs + cycle])
    found = []
    seen = set()
    for outer_first, outer_last in pairs.tolist():
        inner = near[(near[:, 0] > outer_first) & (near[:, 1] < outer_last)]
        for first in np.unique(inner[:, 0]).tolist():
            for last in np.unique(inner[:, 1]).tolist():
                key = (first % cycle, last - first) if cycle else (first, last - first)
                if last < first or key in seen or not ((inner[:, 0] >= first) & (inner[:, 1] <= last)).any():
                    continue
                seen.add(key)
                begin = (pool.earliest - first) % cycle if cycle else pool.earliest - first
                inside = (begin >= 0) & (begin + pool.latest - pool.earliest <= last - first)
                found.append((first, last, np.flatnonzero(inside)))
    return found


def _short_columns(program: Program, space: ShiftSpace, need: Counts, limits: Limits) -> Counts:
    short = np.full(need.shape, -1, dtype=np.int64)
    price = limits.short_price_per_h or space.design.understaffing_cost_per_h
    cost = 1.0 if limits.short_only else (price or 0.0) * space.horizon.slot_h
    cost += 0.0 if limits.short_only else space.design.overstaffing_cost_per_h * space.horizon.slot_h
    if limits.short_allowed:
        where = need > 0
        slots = np.broadcast_to(np.arange(need.shape[1]), need.shape)[where]
        short[where] = program.columns(int(where.sum()), cost=cost, high=need[where].astype(float), at=slots)
    return short


def _duty(
    program: Program,
    space: ShiftSpace,
    posts: Counts,
    pools: tuple[tuple[Counts, Counts], ...],
    rows: Counts,
) -> dict[tuple[int, int], tuple[Counts, Counts]]:
    """Heads on duty of every skill set into the rows of its groups: straight, or through transport variables."""
    serving: dict[tuple[int, int], tuple[Counts, Counts]] = {}
    every = np.arange(space.horizon.slots)
    for number in range(len(space.skill_sets)):
        mine = np.flatnonzero(space.serves[number].any(axis=1))
        if not (space.skill_set == number).any():
            continue
        shared = space.serves[number].sum(axis=0) > 1
        target = np.full(len(every), -1, dtype=np.int64)
        for group in mine.tolist():
            alone = space.serves[number, group] & ~shared
            target[alone] = rows[group][alone]
        sign = np.ones(len(every))
        if shared.any():
            # Σ over groups of those serving − heads on duty = 0
            target[shared] = program.rows(int(shared.sum()), least=0.0, most=0.0)
            sign[shared] = -1.0
            for group in mine.tolist():
                slots = every[shared & space.serves[number, group]]
                heads = program.columns(len(slots), whole=False, at=slots)
                program.add(target[slots], heads, 1.0)
                program.add(rows[group][slots], heads, 1.0)
                serving[number, group] = (slots, heads)
        for column, slot, value in _presence(space, posts, pools, number):
            known = target[slot] >= 0
            program.add(target[slot[known]], column[known], value * sign[slot[known]])
    return serving


def _presence(
    space: ShiftSpace, posts: Counts, pools: tuple[tuple[Counts, Counts], ...], number: int
) -> list[tuple[Counts, Counts, float]]:
    """(columns, slots, value): posts in the slots of their shifts, breaks in the slots that they last."""
    option, slot = space.covered(np.flatnonzero(space.skill_set == number))
    found = [(posts[option], slot, 1.0)]
    for pool, (slots, breaks) in zip(space.pools, pools, strict=True):
        if pool.skill_set != number:
            continue
        column = np.repeat(breaks, pool.slots)
        at = (slots[:, None] + np.arange(pool.slots)).ravel()
        found.append((*space.inside(column, at), -1.0))
    return found


def _price_overstaffing(
    program: Program,
    space: ShiftSpace,
    pools: tuple[tuple[Counts, Counts], ...],
    posts: Counts,
    price: float,
) -> None:
    """Heads beyond the need are heads on duty − need + short: each column bears its part of the cost."""
    total = np.zeros(program.width)
    for number in range(len(space.skill_sets)):
        for column, _, value in _presence(space, posts, pools, number):
            np.add.at(total, column, value * price)
    program.more_cost(total)


def _limit_counts(program: Program, space: ShiftSpace, posts: Counts, high: Counts, limits: Limits) -> None:
    design = space.design
    counted = limits.counted and (
        design.shifts_max is not None or (design.cost_per_shift > 0 and not limits.short_only)
    )
    in_use = None
    if counted:
        price = 0.0 if limits.short_only else design.cost_per_shift
        used = np.unique(space.kind)
        flag = program.columns(len(used), cost=price, high=1.0)
        in_use = flag[np.searchsorted(used, space.kind)]
        if design.shifts_max is not None:
            row = program.rows(1, most=float(design.shifts_max))
            program.add(row, flag, 1.0)
    if design.posts_min > 1:
        begun = program.columns(len(space), high=1.0, at=np.clip(space.begin, 0, space.horizon.slots - 1))
        row = program.rows(len(space), least=0.0)
        program.add(row, posts, 1.0)
        program.add(row, begun, -float(design.posts_min))
        row = program.rows(len(space), most=0.0)
        program.add(row, posts, 1.0)
        program.add(row, begun, -high.astype(float))
    if in_use is not None:
        row = program.rows(len(space), most=0.0)
        program.add(row, posts, 1.0)
        program.add(row, in_use, -high.astype(float))
    for number, one in enumerate(space.skill_sets):
        mine = space.skill_set == number
        if one.people is not None:
            days = np.unique(space.day[mine])
            row = program.rows(len(days), most=float(one.people))
            program.add(row[np.searchsorted(days, space.day[mine])], posts[mine], 1.0)
        if one.hours_per_week is not None:
            weeks = np.maximum(space.day[mine], 0) // 7
            names = np.unique(weeks)
            last = np.minimum(space.horizon.days - 7 * names, 7) / 7
            row = program.rows(len(names), most=one.hours_per_week * last)
            paid = np.array([k.paid_h for k in space.kinds])[space.kind[mine]]
            program.add(row[np.searchsorted(names, weeks)], posts[mine], paid)


def _limit_seats(
    program: Program, space: ShiftSpace, posts: Counts, pools: tuple[tuple[Counts, Counts], ...], limits: Limits
) -> None:
    assert limits.seats is not None
    where = np.arange(space.horizon.slots) if limits.seats_at is None else np.array(limits.seats_at, dtype=np.int64)
    rows = np.full(space.horizon.slots, -1, dtype=np.int64)
    rows[where] = program.rows(len(where), most=float(limits.seats))
    for number in range(len(space.skill_sets)):
        for column, slot, value in _presence(space, posts, pools, number):
            counted = rows[slot] >= 0
            program.add(rows[slot[counted]], column[counted], value)
