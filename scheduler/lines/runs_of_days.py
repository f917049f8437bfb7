"""What may follow what in one person's line: the states of days in a row that the dynamic program walks through."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scheduler.lines.window import Window, line_days
from scheduler.slots import PAST_DAYS, Slots

__all__ = ["Follow", "Runs", "may_follow", "runs_of"]

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

BEGIN, OFF, ON = 0, 1, 2
_State = tuple[int, int, int, int, int]


@dataclass(frozen=True)
class Follow:
    """What may follow a (shift, role).

    Attributes:
        next_day: (names, names) what may begin the day after.
        later: (names, names) what may begin two days after.
        past: (2, names) what may begin on the first and the second day after what lies before the window.
    """

    next_day: Bools
    later: Bools
    past: Bools


@dataclass(frozen=True)
class Runs:
    """States of days in a row.

    Attributes:
        begin: the state before the first day.
        of_class: (runs,) class of the last duty, 0 after a day off. Duties of one class leave the same state behind.
        to_work: (runs, kinds) state after a duty of the kind; -1 where it may not follow.
        to_off: (runs,) state after a day off; -1 where there may be none.
        spilling: (classes,) whether duties of the class reach into the next day.
        days_on, days_off: (runs,) days in a row with duties and without.
    """

    begin: int
    of_class: Ints
    to_work: Ints
    to_off: Ints
    spilling: Ints
    days_on: Ints
    days_off: Ints


def may_follow(window: Window, agent: int, used: Ints) -> Follow:
    """What may follow what of the (shift, role) ``used``, numbers of ``Slots.names_of_slots``."""
    slots, work = window.slots, window.outside
    rest = int(slots.rest_min[agent])
    if rest not in window.follows:
        window.follows[rest] = _follow_tables(slots, rest)
    next_day, later = window.follows[rest]
    rules = slots.problem.hotline.rules
    shifts = [slots.shifts[slots.names_of_slots[1][k][0]] for k in used.tolist()]
    begins, _ = slots.spans_of_shifts
    first = window.days.start
    past = np.ones((2, len(shifts)), dtype=bool)
    ended = int(work.end[agent, max(0, first - 2) : first].max())
    number = int(work.shift[agent, first - 1])
    last = slots.problem.hotline.shifts[number] if number >= 0 else None
    for j, late in enumerate(shifts):
        for place in range(2):
            start = begins.get((first + place, late.id))
            past[place, j] = start is None or start >= ended + rest
        if last is not None and (
            late.id in last.not_followed_by or (rules.forward_rotation and late.start_min < last.start_min)
        ):
            past[0, j] = False
    return Follow(next_day[np.ix_(used, used)], later[np.ix_(used, used)], past)


def _follow_tables(slots: Slots, rest: int) -> tuple[Bools, Bools]:
    rules = slots.problem.hotline.rules
    shifts = [slots.shifts[name] for name, _ in slots.names_of_slots[1]]
    begins, ends = slots.spans_of_shifts
    days = line_days(slots)
    next_day, later = (np.ones((len(shifts), len(shifts)), dtype=bool) for _ in range(2))
    for i, early in enumerate(shifts):
        for j, late in enumerate(shifts):
            if late.id in early.not_followed_by or (rules.forward_rotation and late.start_min < early.start_min):
                next_day[i, j] = False
            for gap, table in ((1, next_day), (2, later)):
                for day in days:
                    if (day, early.id) in ends and (day + gap, late.id) in begins:
                        if begins[day + gap, late.id] < ends[day, early.id] + rest:
                            table[i, j] = False
                        break
    return next_day, later


def runs_of(window: Window, agent: int, first: Ints, nights: list[bool], spills: list[bool], follow: Follow) -> Runs:
    """The states of one person.

    A state is (how, class behind, days, nights, long enough): ``BEGIN`` when nothing is known of the days before (nor of
    so many ``days`` to come: the eve, of which the roster holds only what begins on it), ``OFF``
    after days off (with the class behind them while its rest still matters), ``ON`` after days with duties.

    Args:
        first: (kinds,) for each kind of duty one of its (shift, role) in ``follow``.
        nights, spills: (kinds,) night duties, and those that reach into the next day.
    """
    slots = window.slots
    contract = slots.contracts[agent]
    most_days, most_nights = int(slots.days_in_a_row_max[agent]), int(slots.nights_in_a_row_max[agent])
    least_days, least_off = contract.consecutive_days_min, contract.days_off_in_a_row_min
    next_day, later = follow.next_day[:, first], follow.later[:, first]
    signature = [(next_day[k].tobytes(), later[k].tobytes(), nights[j], spills[j]) for j, k in enumerate(first)]
    classes = {s: number + 1 for number, s in enumerate(dict.fromkeys(signature))}
    class_of = [classes[s] for s in signature]
    past = len(classes) + 1
    tomorrow = {c: next_day[k].tolist() for c, k in zip(class_of, first, strict=True)}
    tomorrow[past] = follow.past[0][first].tolist()
    day_after = {c: later[k].tolist() for c, k in zip(class_of, first, strict=True)}
    day_after[past] = follow.past[1][first].tolist()
    matters_later = {c: not all(allowed) for c, allowed in day_after.items()}
    at_border = window.days.start == line_days(slots).start  # a run that the past left too short may end there
    states: dict[_State, int] = {}
    order: list[_State] = []
    kinds = range(len(first))

    def number_of(state: _State) -> int:
        if state not in states:
            states[state] = len(order)
            order.append(state)
        return states[state]

    def work(j: int, length: int, run_of_nights: int, enough: bool) -> int:
        nights_now = run_of_nights + 1 if nights[j] else 0
        if length > most_days or nights_now > most_nights:
            return -1
        return number_of((ON, class_of[j], length, nights_now, int(enough or length >= least_days)))

    begin = number_of(_first_state(window, agent, past, least_off, least_days))
    to_work: list[list[int]] = []
    to_off: list[int] = []
    of_class: list[int] = []
    while len(of_class) < len(order):
        how, behind, length, run_of_nights, enough = order[len(of_class)]
        ahead = [-1] * max(1, len(first))
        if how == ON:
            tail = behind if matters_later[behind] else 0
            to_off.append(number_of((OFF, tail, 1, 0, 0)) if enough or (behind == past and at_border) else -1)
            allowed = tomorrow[behind]
            for j in kinds:
                if allowed[j]:
                    ahead[j] = work(j, length + 1, run_of_nights, bool(enough))
        else:
            rested = (OFF, 0, least_off if how == BEGIN else min(least_off, length + 1), 0, 0)
            to_off.append(number_of((BEGIN, 0, length - 1, 0, 0) if how == BEGIN and length else rested))
            for j in kinds:
                if how == BEGIN or (length >= least_off and (not behind or day_after[behind][j])):
                    ahead[j] = work(j, 1, 0, how == BEGIN)
        of_class.append(behind if how == ON else 0)
        to_work.append(ahead)
    spilling = np.zeros(past + 1, dtype=np.int64)
    for j, number in enumerate(class_of):
        spilling[number] = int(spills[j])
    on = np.array([length if how == ON else 0 for how, _, length, _, _ in order])
    off = np.array([0 if how == ON else least_off if how == BEGIN else length for how, _, length, _, _ in order])
    kinds_ahead = np.array(to_work).reshape(len(of_class), -1)
    return Runs(begin, np.array(of_class), kinds_ahead, np.array(to_off), spilling, on, off)


def _first_state(window: Window, agent: int, past: int, least_off: int, least_days: int) -> _State:
    """Where the person stands before the first day of the window."""
    slots, work = window.slots, window.outside
    forgotten = slots.problem.history is None
    known = line_days(slots).start if forgotten else 0
    first = window.days.start
    on = work.on[agent, known:first][::-1]
    if forgotten and first <= PAST_DAYS and not on.any():
        return (BEGIN, 0, PAST_DAYS - first, 0, 0)
    night = work.night[agent, known:first][::-1]
    if not on.any():
        return (OFF, 0, least_off, 0, 0)
    gap = int(np.argmax(on))
    if gap:
        return (OFF, past if gap == 1 else 0, min(least_off, gap), 0, 0)
    run = int(np.argmin(on)) if not on.all() else len(on)
    nights = int(np.argmin(night)) if not night.all() else len(night)
    enough = run >= least_days or (forgotten and first - run <= PAST_DAYS)
    return (ON, past, run, nights, int(enough))
