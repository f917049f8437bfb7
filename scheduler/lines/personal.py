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
from scheduler.lines.shortest_line import FORBIDDEN, shortest_line
from scheduler.lines.tallies import Tally, line_days, tallies_of
from scheduler.slots import Slots
from scheduler.work import Work
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
BEGIN, OFF, ON = 0, 1, 2
_State = tuple[int, int, int, int, int]


@dataclass
class Personal:
    """One person.

    Attributes:
        slots: the problem.
        agent: number of the person.
        days: day numbers of the line.
        choices: for each day and kind, the slots among which the cheapest is taken.
        tallies: everything counted; ``followed`` of them by counters.
    """

    slots: Slots
    agent: int
    days: range
    history: Work
    tallies: list[Tally]
    followed: list[int]
    weekend: NDArray[np.bool_]
    choices: list[list[Ints]] = field(default_factory=list)
    flat: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    cell: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    n_kinds: int = 0
    arrays: dict[str, NDArray[np.int64]] = field(default_factory=dict)
    end_cost: Floats = field(default_factory=lambda: np.zeros((1, 1)))
    begin: int = 0
    n_runs: int = 0
    n_states: int = 0
    spilling: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    hopeless: bool = False
    forced: bool = False

    @property
    def work_s(self) -> float:
        """Seconds of one core that :meth:`cheapest` takes, about."""
        return STEP_S * len(self.days) * self.n_runs * self.n_states * (self.n_kinds + 1) + CALL_S

    def cheapest(self, price: Floats, decided: dict[int, int] | None = None) -> tuple[float, Ints]:
        """Cheapest line when each slot costs ``price`` (slots,): (cost, (days,) slots, -1 for a day off).

        ``decided`` says for some places of ``days`` which slot, or day off, the line has there.

        The cost holds slots and followed tallies; it is a lower bound on what any legal line costs. A line that breaks
        what is not followed is refused: its slots are then all -2.
        """
        cost, pick = self._costs(price, decided)
        relief = self._decide(cost, decided) if decided else 0.0
        line = np.empty(len(self.days), dtype=np.int64)
        value = _run(self, cost, line)
        if value >= FORBIDDEN or (relief and value + relief > DECIDED / 2):
            return FORBIDDEN, np.full(len(self.days), -2, dtype=np.int64)
        chosen = np.where(line >= 0, pick[np.arange(len(line)), np.maximum(line, 0)], -1)
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
        """Cost of all tallies of a line; ``FORBIDDEN`` when one is broken."""
        total = 0.0
        for number in range(len(self.tallies)):
            total += self._tally(number, chosen)
            if total >= FORBIDDEN:
                return FORBIDDEN
        return FORBIDDEN if self._over_account(chosen) else total

    def broken(self, chosen: Ints) -> int:
        """First tally that the line breaks; -1 for none, -2 for an account of the law."""
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
        paid = (self.history.paid_min[self.agent]).astype(np.int64)[None, :].copy()
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
    a = me.arrays
    shape = (len(me.days), me.n_runs, me.n_states)
    scratch = _scratch(shape)
    return float(
        shortest_line(
            cost, a["of_class"], a["to_work"], a["to_off"], me.begin, a["gain"], a["low"], a["high"], a["base"],
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
    slots: Slots,
    history: Work,
    agent: int,
    hours_low: Ints,
    allowed: NDArray[np.bool_],
    followed: list[int] | None = None,
    *,
    force: bool = True,
) -> Personal:
    """Compile the rules of one person.

    Args:
        history: the past alone (``Work.of_history``).
        hours_low: (weeks,) minutes owed in each week.
        allowed: (slots,) which the person may take at all.
        followed: tallies to follow, in this order, as far as they fit; None: those that bind most likely.
        force: leave out lines below a least that costs beyond everything (``COST_OWED``), which makes the program much smaller.
    """
    days = line_days(slots)
    tallies = tallies_of(slots, history, agent, hours_low)
    me = Personal(slots, agent, days, history, tallies, [], slots.weekend_days)
    day_limit = slots.law_day_min[agent]
    given = history.paid_min[agent]
    day_of = slots.days_of_slots
    fits = allowed & (day_of >= days.start) & (day_of < days.stop) & ~history.on[agent, day_of]
    fits &= slots.paid_of_slots + given[day_of] <= day_limit[day_of]
    for tally in tallies:  # duties that alone are too much
        if tally.kind != "sum":
            continue
        for most, span in zip(tally.most.tolist(), tally.spans, strict=True):
            room = max(0, most - int(tally.given[span.start : span.stop].sum()))
            if tally.of_slot.max(initial=0) > room:
                fits &= ~((tally.of_slot > room) & (day_of >= span.start) & (day_of < span.stop))
    me.flat = np.flatnonzero(fits)
    # Kinds: duties with the same effect on everything counted and on what may follow.
    of_name, known = slots.names_of_slots
    used = np.unique(of_name[me.flat])
    names = [known[k] for k in used.tolist()]
    place_of = np.searchsorted(used, of_name[me.flat])
    follows, follows_later, from_past = _follow(slots, history, agent, names, days)
    amounts = np.zeros((len(tallies), len(days), len(names)), dtype=np.int64)
    for t, tally in enumerate(tallies):
        amounts[t, day_of[me.flat] - days.start, place_of] = tally.of_slot[me.flat]
    shift_of = {name: slots.shifts[name[0]] for name in names}
    wanted = _likely(me, amounts) if followed is None else followed
    groups: dict[bytes, list[int]] = {}
    for k, name in enumerate(names):
        shift = shift_of[name]
        flags = np.array([shift.night, shift.start_min + shift.length_min > 1440])
        key = b"|".join(
            x.tobytes()
            for x in (
                follows[k],
                follows[:, k],
                follows_later[k],
                follows_later[:, k],
                from_past[:, k],
                flags,
                amounts[wanted, :, k],
            )
        )
        groups.setdefault(key, []).append(k)
    kinds = list(groups.values())
    me.n_kinds = max(1, len(kinds))
    kind_of = np.zeros(len(names), dtype=np.int64)
    for number, members in enumerate(kinds):
        kind_of[members] = number
    me.cell = (day_of[me.flat] - days.start) * me.n_kinds + (kind_of[place_of] if len(names) else 0)
    first = [members[0] for members in kinds]
    _runs(me, first, [shift_of[names[k]].night for k in first], follows, follows_later, from_past)
    open_day = np.zeros((len(days), me.n_kinds), dtype=bool)
    if len(me.cell):
        open_day.reshape(-1)[me.cell] = True
    _counters(me, amounts[:, :, first], open_day, wanted, force=force)
    return me


def _follow(
    slots: Slots, history: Work, agent: int, names: list[tuple[str, str]], days: range
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """What may begin the day after, and two days after, each (shift, role); and after the past (2 days, names)."""
    rules = slots.problem.hotline.rules
    rest = int(slots.rest_min[agent])
    shifts = [slots.shifts[name] for name, _ in names]
    n = len(names)
    begins, ends = slots.spans_of_shifts
    follows, later = np.ones((n, n), dtype=bool), np.ones((n, n), dtype=bool)
    for i, early in enumerate(shifts):
        for j, late in enumerate(shifts):
            if late.id in early.not_followed_by or (rules.forward_rotation and late.start_min < early.start_min):
                follows[i, j] = False
            for gap, table in ((1, follows), (2, later)):
                for day in days:
                    if (day, early.id) in ends and (day + gap, late.id) in begins:
                        if begins[day + gap, late.id] < ends[day, early.id] + rest:
                            table[i, j] = False
                        break
    past = np.ones((2, n), dtype=bool)
    first = days.start
    for j, late in enumerate(shifts):
        for place in range(2):
            start = begins.get((first + place, late.id))
            if start is not None:
                ended = int(history.end[agent, max(0, first - 2) : first].max())
                past[place, j] = start >= ended + rest
        last = slots.shifts.get(_last_shift(slots, agent, first - 1))
        if last is not None and (
            late.id in last.not_followed_by or (rules.forward_rotation and late.start_min < last.start_min)
        ):
            past[0, j] = False
    return follows, later, past


def _last_shift(slots: Slots, agent: int, day: int) -> str:
    return next((d.shift_id for d in slots.past if d.agent == agent and d.day == day), "")


def _runs(
    me: Personal,
    first: list[int],
    nights: list[bool],
    follows: NDArray[np.bool_],
    later: NDArray[np.bool_],
    from_past: NDArray[np.bool_],
) -> None:
    """States of days in a row and what leads to what.

    A state is (how, class behind, days, nights, long enough): ``BEGIN`` when nothing is known of the days before, ``OFF``
    after days off (with the class behind them while its rest still matters), ``ON`` after days with duties.
    """
    slots, agent = me.slots, me.agent
    contract = slots.contracts[agent]
    most_days, most_nights = int(slots.days_in_a_row_max[agent]), int(slots.nights_in_a_row_max[agent])
    least_days, least_off = contract.consecutive_days_min, contract.days_off_in_a_row_min
    spills = [_spills(me, j) for j in range(len(first))]
    # Duties of one class leave the same state behind.
    signature = [
        (follows[k][first].tobytes(), later[k][first].tobytes(), nights[j], spills[j]) for j, k in enumerate(first)
    ]
    classes = {s: number + 1 for number, s in enumerate(dict.fromkeys(signature))}
    class_of = [classes[s] for s in signature]
    past = len(classes) + 1
    next_day = {c: follows[k][first] for c, k in zip(class_of, first, strict=True)} | {past: from_past[0][first]}
    day_after = {c: later[k][first] for c, k in zip(class_of, first, strict=True)} | {past: from_past[1][first]}
    states: dict[_State, int] = {}

    def number_of(state: _State) -> int:
        return states.setdefault(state, len(states))

    def work(j: int, length: int, run_of_nights: int, enough: bool) -> int:
        nights_now = run_of_nights + 1 if nights[j] else 0
        if length > most_days or nights_now > most_nights:
            return -1
        return number_of((ON, class_of[j], length, nights_now, int(enough or length >= least_days)))

    me.begin = number_of(_first_state(me, past, least_off, least_days))
    to_work: list[list[int]] = []
    to_off: list[int] = []
    of_class: list[int] = []
    while len(of_class) < len(states):
        how, behind, length, run_of_nights, enough = list(states)[len(of_class)]
        ahead = [-1] * me.n_kinds
        if how == ON:
            tail = behind if not day_after[behind].all() else 0
            to_off.append(number_of((OFF, tail, 1, 0, 0)) if enough or behind == past else -1)
            for j in range(len(first)):
                if next_day[behind][j]:
                    ahead[j] = work(j, length + 1, run_of_nights, bool(enough))
        else:
            to_off.append(number_of((OFF, 0, least_off if how == BEGIN else min(least_off, length + 1), 0, 0)))
            for j in range(len(first)):
                if how == BEGIN or (length >= least_off and (not behind or day_after[behind][j])):
                    ahead[j] = work(j, 1, 0, how == BEGIN)
        of_class.append(behind if how == ON else 0)
        to_work.append(ahead)
    me.n_runs = len(of_class)
    me.arrays["of_class"] = np.array(of_class, dtype=np.int64)
    me.arrays["to_off"] = np.array(to_off, dtype=np.int64)
    me.arrays["to_work"] = np.array(to_work, dtype=np.int64).reshape(me.n_runs, me.n_kinds)
    spilling = np.zeros(past + 1, dtype=np.int64)
    for j, number in enumerate(class_of):
        spilling[number] = int(spills[j])
    me.spilling = spilling


def _spills(me: Personal, kind: int) -> bool:
    of_kind = me.flat[me.cell % me.n_kinds == kind]
    return bool(len(of_kind)) and me.slots.all[int(of_kind[0])].spills


def _first_state(me: Personal, past: int, least_off: int, least_days: int) -> _State:
    """Where the person stands before the first day of the line."""
    if me.slots.problem.history is None:
        return (BEGIN, 0, 0, 0, 0)
    on = me.history.on[me.agent, : me.days.start][::-1]
    night = me.history.night[me.agent, : me.days.start][::-1]
    if not on.any():
        return (OFF, 0, least_off, 0, 0)
    gap = int(np.argmax(on))
    if gap:
        return (OFF, past if gap == 1 else 0, min(least_off, gap), 0, 0)
    run = int(np.argmin(on)) if not on.all() else len(on)
    nights = int(np.argmin(night)) if not night.all() else len(night)
    return (ON, past, run, nights, int(run >= least_days))


def _counters(
    me: Personal,
    amounts: NDArray[np.int64],
    open_day: NDArray[np.bool_],
    wanted: list[int],
    *,
    force: bool,
) -> None:
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
    n_days, n_classes = len(me.days), len(me.spilling)
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


def _likely(me: Personal, amounts: NDArray[np.int64]) -> list[int]:
    """Tallies that bind most likely, the most important first."""
    ranked: list[tuple[int, int, int]] = []
    for number, tally in enumerate(me.tallies):
        if tally.kind == "touched":
            continue  # hours and days in a row mostly see to it; followed once a line breaks it
        most = amounts[number].max(axis=1, initial=0) if amounts.shape[2] else np.zeros(len(me.days), dtype=np.int64)
        binds = False
        for place, span in enumerate(tally.spans):
            inside = [d - me.days.start for d in span if d in me.days]
            reach = int(most[inside].sum() + tally.given[span.start : span.stop].sum())
            limit = min(int(tally.most[place]), int(tally.free[place]))
            binds |= LIKELY * reach > limit or bool(tally.least[place] > 0)
        if binds:
            hard = tally.least.any() and tally.owed >= COST_OWED
            ranked.append((0 if hard else 1 if tally.kind == "weekends" else 2, len(ranked), number))
    return [number for _, _, number in sorted(ranked)]
