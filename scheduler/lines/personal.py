"""One person's rules as the dynamic program reads them: kinds of duty, runs of days, counters.

Every personal rule of ``scheduler/rules`` has its place here: rest, rotation and ``not_followed_by`` in what may follow
what, days and nights in a row in the runs, the rest in tallies. At most four tallies are followed as counters; a line
that breaks another is refused when it is found, and that tally is followed from then on.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from scheduler.costs import COST_OWED
from scheduler.lines.counters import Counter, lay_counter
from scheduler.lines.growing import end_costs, left_behind_by
from scheduler.lines.runs_of_days import Runs, may_follow, runs_of
from scheduler.lines.shortest_line import FORBIDDEN, shortest_line
from scheduler.lines.tallies import Tally, tallies_of
from scheduler.lines.window import Window, tallies_of_window
from scheduler.slots import Slots
from scheduler.working_time import worked_min

__all__ = ["Personal", "personal_rules"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

COUNTERS = 4
STEPS_MAX = 3e7
"""Steps of the dynamic program for one line at most: about a tenth of a second."""
STATES_MAX = 60_000
"""Runs times counter values that are followed at most."""
LIKELY = 0.75
"""A limit above this share of what could be reached at all is followed only once a line breaks it."""
DECIDED = 1e9
"""Reward that makes a decided duty the only choice."""
STEP_S = 3e-9
CALL_S = 2e-4


@dataclass
class Personal:
    """One person's rules in a window.

    Attributes:
        slots: the problem.
        agent: number of the person.
        window: open days and what lies around them.
        tallies: everything counted; ``followed`` of them by counters.
        flat: slots that the person may take, ``cell`` the place of each in (days, kinds).
        tail: slots of the decided days behind the open ones, -1 for a day off.
    """

    slots: Slots
    agent: int
    window: Window
    tallies: list[Tally]
    followed: list[int]
    weekend: NDArray[np.bool_]
    runs: Runs
    n_kinds: int
    flat: Ints
    cell: Ints
    tail: Ints
    arrays: dict[str, NDArray[np.int64]] = field(default_factory=dict)
    end_cost: Floats = field(default_factory=lambda: np.zeros((1, 1)))
    n_states: int = 0
    hopeless: bool = False
    forced: bool = False
    end: Floats = field(default_factory=lambda: np.zeros((0, 0)))

    def __post_init__(self) -> None:
        self.relief = 0.0
        self.tail_cost = np.full((len(self.tail), self.n_kinds), FORBIDDEN)
        for place, index in enumerate(self.tail.tolist()):
            if index >= 0:
                kind = self.cell[self.flat == index] % self.n_kinds
                if not len(kind):
                    self.hopeless = True
                    continue
                self.tail_cost[place, int(kind[0])] = -DECIDED
                self.relief += DECIDED

    @property
    def days(self) -> range:
        """Day numbers that the dynamic program walks through: the open days and the tail."""
        return self.window.days

    @property
    def n_runs(self) -> int:
        """States of days in a row."""
        return len(self.runs.of_class)

    @property
    def work_s(self) -> float:
        """Seconds of one core that :meth:`cheapest` takes, about."""
        return STEP_S * len(self.window.open) * self.n_runs * self.n_states * (self.n_kinds + 1) + CALL_S

    def cheapest(self, price: Floats, decided: dict[int, int] | None = None) -> tuple[float, Ints]:
        """Cheapest line when each slot costs ``price`` (slots,): (cost, (open days,) slots, -1 for a day off).

        ``decided`` says for some places of the open days which slot, or day off, the line has there.

        The cost holds slots and followed tallies; it is a lower bound on what any legal line costs. A line that breaks
        what is not followed is refused: its slots are then all -2.
        """
        n_open = len(self.window.open)
        cost, pick = self._costs(price, decided)
        relief = self.relief + (self._decide(cost, decided) if decided else 0.0)
        if len(self.tail):
            cost[n_open:] = self.tail_cost
        line = np.empty(len(self.days), dtype=np.int64)
        value = _run(self, cost, line)
        if value >= FORBIDDEN or (relief and value + relief > DECIDED / 2):
            return FORBIDDEN, np.full(n_open, -2, dtype=np.int64)
        line = line[:n_open]
        chosen = np.where(line >= 0, pick[np.arange(n_open), np.maximum(line, 0)], -1)
        return value + relief, chosen

    def _decide(self, cost: Floats, decided: dict[int, int]) -> float:
        """Leave only what is decided; gives what has to be added to the cost of a line that keeps it."""
        relief = 0.0
        for day, index in decided.items():
            kept = -1 if index < 0 else int(self.cell[self.flat == index][0] % self.n_kinds)
            here = cost[day, kept] if kept >= 0 else 0.0
            cost[day] = FORBIDDEN
            if kept >= 0:
                cost[day, kept] = here - DECIDED
                relief += DECIDED
        return relief

    def _costs(self, price: Floats, decided: dict[int, int] | None) -> tuple[Floats, Ints]:
        n_days = len(self.days)
        cost = np.full(n_days * self.n_kinds, FORBIDDEN)
        pick = np.full(n_days * self.n_kinds, -1, dtype=np.int64)
        if len(self.flat):
            prices = price[self.flat]
            if decided:
                kept = np.full(n_days, -1, dtype=np.int64)
                shut = np.zeros(n_days, dtype=bool)
                kept[list(decided)], shut[list(decided)] = list(decided.values()), True
                day = self.cell // self.n_kinds
                prices = np.where(shut[day] & (kept[day] != self.flat), FORBIDDEN, prices)
            order = np.lexsort((prices, self.cell))
            first = np.concatenate(([True], np.diff(self.cell[order]) > 0))
            best = order[first]
            cost[self.cell[best]] = prices[best]
            pick[self.cell[best]] = self.flat[best]
        return cost.reshape(n_days, self.n_kinds), pick.reshape(n_days, self.n_kinds)

    def own_cost(self, chosen: Ints) -> float:
        """Cost of all tallies of a line of the open days; ``FORBIDDEN`` when one is broken."""
        chosen = np.concatenate([chosen, self.tail])
        total = 0.0
        for number in range(len(self.tallies)):
            total += self._tally(number, chosen)
            if total >= FORBIDDEN:
                return FORBIDDEN
        return FORBIDDEN if self._over_account(chosen) else total + left_behind_by(self, chosen)

    def broken(self, chosen: Ints) -> int:
        """First tally that the line breaks; -1 for none, -2 for an account of the law."""
        chosen = np.concatenate([chosen, self.tail])
        for number in range(len(self.tallies)):
            if self._tally(number, chosen) >= FORBIDDEN:
                return number
        return -2 if self._over_account(chosen) else -1

    def _tally(self, number: int, chosen: Ints) -> float:
        tally = self.tallies[number]
        counts = np.zeros(self.slots.n_days, dtype=np.int64)
        worked = chosen >= 0
        days = np.asarray(self.days)[worked]
        counts[days] = tally.of_slot[chosen[worked]]
        if tally.kind == "touched":
            spills = np.array([self.slots.all[k].spills for k in chosen[worked].tolist()], dtype=bool)
            counts[days[spills] + 1] += 1
        return tally.of_line(counts, self.weekend)

    def _over_account(self, chosen: Ints) -> bool:
        accounts = [a for a, people in self.slots.law_accounts if self.agent in people]
        if not accounts:
            return False
        paid = (self.window.outside.paid_min[self.agent]).astype(np.int64)[None, :].copy()
        worked = chosen >= 0
        now = paid.copy()
        now[0, np.asarray(self.days)[worked]] += np.array(
            [self.slots.all[k].paid_min for k in chosen[worked].tolist()], dtype=np.int64
        )
        for account in accounts:
            total = int(worked_min(self.slots, account, now, [self.agent])[0])
            if total > max(account.most, int(worked_min(self.slots, account, paid, [self.agent])[0])):
                return True
        return False


def _run(me: Personal, cost: Floats, line: Ints) -> float:
    if me.hopeless:
        return FORBIDDEN
    a, runs = me.arrays, me.runs
    shape = (len(me.days), me.n_runs, me.n_states)
    scratch = _scratch(shape)
    return float(
        shortest_line(
            cost, runs.of_class, runs.to_work, runs.to_off, runs.begin, me.end, a["gain"], a["low"], a["high"], a["base"],
            a["widths"], a["closes"], me.end_cost, *scratch, line,
        )
    )  # fmt: skip


def _scratch(shape: tuple[int, int, int]) -> tuple[Floats, NDArray[np.int16], NDArray[np.int16], NDArray[np.int32]]:
    return (
        np.empty((2, *shape[1:])),
        np.empty(shape, dtype=np.int16),
        np.empty(shape, dtype=np.int16),
        np.empty(shape, dtype=np.int32),
    )


def personal_rules(
    window: Window,
    agent: int,
    hours_low: Ints,
    allowed: NDArray[np.bool_],
    followed: list[int] | None = None,
    *,
    force: bool = True,
    shared: bool = True,
) -> Personal:
    """Compile the rules of one person in a window.

    Args:
        hours_low: (weeks,) minutes owed in each week.
        allowed: (slots,) which the person may take at all.
        followed: tallies to follow, in this order, as far as they fit; None: those that bind most likely.
        force: leave out lines below a least that costs beyond everything (``COST_OWED``), which makes the program much smaller.
        shared: of a growing roster, keep to the window's share of every limit.
    """
    slots, days = window.slots, window.days
    day_of = slots.days_of_slots
    tail = window.around.slot[agent, window.open.stop : days.stop]
    fits = _fits(window, agent, allowed)
    tallies = tallies_of(slots, window.outside, agent, hours_low)
    inside = np.flatnonzero(fits)
    largest = np.array([t.of_slot[inside].max(initial=0) for t in tallies], dtype=np.int64)
    tallies = tallies_of_window(tallies, window, agent, largest, shared=shared)
    for tally in tallies:  # duties that alone are too much
        if tally.kind != "sum":
            continue
        sums = np.concatenate(([0], np.cumsum(tally.given)))
        heaviest = tally.of_slot[inside].max(initial=0)
        for most, span in zip(tally.most.tolist(), tally.spans, strict=True):
            room = max(0, most - int(sums[span.stop] - sums[span.start]))
            if heaviest > room:
                fits &= ~((tally.of_slot > room) & (day_of >= span.start) & (day_of < span.stop))
    flat = np.flatnonzero(fits)
    # Kinds: duties with the same effect on everything counted and on what may follow.
    of_name, known = slots.names_of_slots
    used = np.unique(of_name[flat])
    place_of = np.searchsorted(used, of_name[flat])
    shifts = [slots.shifts[known[k][0]] for k in used.tolist()]
    follow = may_follow(window, agent, used)
    amounts = np.zeros((len(tallies), len(days), len(used)), dtype=np.int64)
    for t, tally in enumerate(tallies):
        amounts[t, day_of[flat] - days.start, place_of] = tally.of_slot[flat]
    weekend = slots.weekend_days
    wanted = _likely(tallies, days, amounts) if followed is None else followed
    groups: dict[bytes, list[int]] = {}
    for k, shift in enumerate(shifts):
        flags = np.array([shift.night, shift.start_min + shift.length_min > 1440])
        table = (follow.next_day[k], follow.next_day[:, k], follow.later[k], follow.later[:, k], follow.past[:, k])
        key = b"|".join(x.tobytes() for x in (*table, flags, amounts[wanted, :, k]))
        groups.setdefault(key, []).append(k)
    kinds = list(groups.values())
    first = np.array([members[0] for members in kinds], dtype=np.int64)
    n_kinds = max(1, len(kinds))
    kind_of = np.zeros(len(used), dtype=np.int64)
    for number, members in enumerate(kinds):
        kind_of[members] = number
    cell = (day_of[flat] - days.start) * n_kinds + (kind_of[place_of] if len(used) else 0)
    spills = [bool(slots.all[int(flat[cell % n_kinds == j][0])].spills) for j in range(len(kinds))]
    runs = runs_of(window, agent, first, [shifts[k].night for k in first], spills, follow)
    me = Personal(slots, agent, window, tallies, [], weekend, runs, n_kinds, flat, cell, tail)
    open_day = np.zeros((len(days), n_kinds), dtype=bool)
    open_day.reshape(-1)[cell] = True
    made = _counters(me, amounts[:, :, first], open_day, wanted, force=force)
    me.end = end_costs(me, made, allowed, dict(zip(used.tolist(), kind_of.tolist(), strict=True)))
    return me


def _fits(window: Window, agent: int, allowed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(slots,) which the person may take beside what is given; on the tail only what is decided."""
    slots, work, days = window.slots, window.outside, window.days
    day_of = slots.days_of_slots
    fits: NDArray[np.bool_] = allowed & (day_of >= days.start) & (day_of < days.stop) & ~work.on[agent, day_of]
    fits &= slots.paid_of_slots + work.paid_min[agent][day_of] <= slots.law_day_min[agent][day_of]
    if len(window.tail):
        decided = window.around.slot[agent, day_of] == np.arange(len(day_of))
        fits &= (day_of < window.open.stop) | decided
    return fits


def _counters(
    me: Personal,
    amounts: NDArray[np.int64],
    open_day: NDArray[np.bool_],
    wanted: list[int],
    *,
    force: bool,
) -> dict[int, Counter]:
    """Choose the tallies that are followed and lay out their counters."""
    made: dict[int, Counter] = {}
    states = me.n_runs
    most_states = min(STATES_MAX, int(STEPS_MAX / (len(me.days) * (me.n_kinds + 1))))
    for number in wanted:
        counter = lay_counter(me, number, amounts[number], open_day, force=force)
        if counter is None or len(made) == COUNTERS or states * counter.width > most_states:
            continue
        me.hopeless |= counter.impossible
        me.forced |= counter.forced
        made[number] = counter
        states *= counter.width
    made = dict(sorted(made.items(), key=lambda item: item[1].width))  # the widest in the innermost loop
    me.followed = list(made)
    n_days, n_classes = len(me.days), len(me.runs.spilling)
    gain = np.zeros((n_days, me.n_kinds + 1, n_classes, COUNTERS), dtype=np.int64)
    low, high, base = (np.zeros((n_days, COUNTERS), dtype=np.int64) for _ in range(3))
    closes = np.full((n_days, COUNTERS), -1, dtype=np.int64)
    widths = np.ones(COUNTERS, dtype=np.int64)
    costs: list[Floats] = []
    for place, counter in enumerate(made.values(), start=COUNTERS - len(made)):
        gain[..., place] = counter.gain
        low[:, place], high[:, place], base[:, place] = counter.low, counter.high, counter.base
        widths[place] = counter.width
        for day, row in zip(counter.closing, counter.costs, strict=True):
            closes[day, place] = len(costs)
            costs.append(row)
    me.n_states = int(widths.prod())
    me.arrays |= {"gain": gain, "low": low, "high": high, "base": base, "closes": closes, "widths": widths}
    longest = max((len(row) for row in costs), default=1)
    me.end_cost = np.full((max(1, len(costs)), longest), FORBIDDEN)
    for number, row in enumerate(costs):
        me.end_cost[number, : len(row)] = row
    return made


def _likely(tallies: list[Tally], days: range, amounts: NDArray[np.int64]) -> list[int]:
    """Tallies that bind most likely, the most important first."""
    ranked: list[tuple[int, int, int]] = []
    for number, tally in enumerate(tallies):
        if tally.kind == "touched":
            continue  # hours and days in a row mostly see to it; followed once a line breaks it
        there = tally.given.copy()
        there[days.start : days.stop] += amounts[number].max(axis=1, initial=0)
        sums = np.concatenate(([0], np.cumsum(there)))
        reach = sums[[s.stop for s in tally.spans]] - sums[[s.start for s in tally.spans]]
        limit = tally.most if tally.whole is not None else np.minimum(tally.most, tally.free)
        if (tally.least > 0).any() or (LIKELY * reach > limit).any():
            hard = tally.least.any() and tally.owed >= COST_OWED
            ranked.append((0 if hard else 1 if tally.kind == "weekends" else 2, len(ranked), number))
    return [number for _, _, number in sorted(ranked)]
