"""What one person carries in spans of days: everything that is limited or costs by amount, as numbers of a line.

A tally counts the duties of a line (and what is given: the past, training) over spans and says what each amount costs;
amounts that may not be cost ``FORBIDDEN``. The dynamic program follows a few tallies exactly, the others are looked at
when a line is found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from scheduler.costs import COST_HOUR_OWED, COST_OWED
from scheduler.count_limits import amounts, bounds, counted, most_spans, unit_of, whole_spans
from scheduler.lines.shortest_line import FORBIDDEN
from scheduler.slots import Slots
from scheduler.work import Work
from wfm.hotline import CountLimit

__all__ = ["NEVER", "Tally", "tallies_of"]

Ints = NDArray[np.int64]
WINDOW_DAYS = 28
NEVER = 10**9


@dataclass(frozen=True)
class Tally:
    """One amount of one person.

    Attributes:
        name: for debugging and tests.
        of_slot: (slots,) what each duty counts.
        given: (days,) what counts already: past and training.
        kind: ``sum`` adds up; ``weekends`` counts a weekend once; ``touched`` counts days with a minute of duty, for which
            ``spilled`` (slots,) says which duties reach into the next day.
        spans: disjoint spans of day numbers, or overlapping windows (``sliding``).
        most: (spans,) never more.
        least: (spans,) less costs ``owed`` for each unit begun below it.
        weight: cost of each unit beyond ``free`` (spans,).
        unit: the amount of one unit.
        whole: least and most of the last span when it goes on behind a growing roster (less what is given behind); None:
            it does not.
        lowest: (spans,) less is left out of the search where more can be reached; empty: nothing is.
    """

    name: str
    of_slot: Ints
    given: Ints
    kind: str
    spans: tuple[range, ...]
    most: Ints
    least: Ints
    owed: float
    free: Ints
    weight: float
    unit: int
    sliding: bool = False
    whole: tuple[int, int] | None = None
    lowest: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def cost_of(self, amount: Ints | int, span: int) -> NDArray[np.float64]:
        """Cost of an amount (any shape) in a span."""
        amount = np.asarray(amount)
        below = -(-np.maximum(self.least[span] - amount, 0) // self.unit)
        beyond = -(-np.maximum(amount - self.free[span], 0) // self.unit)
        cost = self.owed * below + self.weight * beyond
        return np.where(amount > self.most[span], FORBIDDEN, cost)

    def amount(self, there: Ints, weekend: NDArray[np.bool_], span: range) -> int:
        """What ``there`` (days,), duties or what they count by day, comes to within ``span``; ``weekend`` (days,)."""
        inside = there[span.start : span.stop]
        if self.kind == "sum":
            return int(inside.sum())
        if self.kind == "touched":
            return int((inside > 0).sum())
        fresh = (inside > 0) & weekend[span.start : span.stop]
        return int(fresh.sum() - (fresh[1:] & fresh[:-1]).sum())

    def of_line(self, counts: Ints, weekend: NDArray[np.bool_]) -> float:
        """Cost of a whole line: ``counts`` (days,) of its duties, ``weekend`` days. Of overlapping windows the dearest counts."""
        costs = [0.0]
        there = self.given + counts
        sums = np.concatenate(([0], np.cumsum(there))) if self.kind == "sum" else None
        for number, span in enumerate(self.spans):
            amount = self.amount(there, weekend, span) if sums is None else int(sums[span.stop] - sums[span.start])
            if amount > self.most[number] and (not self.sliding or counts[span.start : span.stop].any()):
                return FORBIDDEN
            if self.whole is None or number < len(self.spans) - 1:
                costs.append(float(self.cost_of(min(amount, int(self.most[number])), number)))
        return max(costs) if self.sliding else sum(costs)


def tallies_of(slots: Slots, work: Work, agent: int, hours_low: Ints) -> list[Tally]:
    """All tallies of one agent. ``work`` is what is given; ``hours_low`` (weeks,) minutes owed in each week."""
    found = [_week_hours(slots, work, agent, hours_low)]
    rest = _rest_days(slots, work, agent)
    if rest is not None:
        found.append(rest)
    contract = slots.contracts[agent]
    if contract.nights_per_4_weeks_max is not None:
        nights = np.array([int(s.shift.night) for s in slots.all], dtype=np.int64)
        found.append(_window(slots, "nights", nights, work.night[agent], contract.nights_per_4_weeks_max))
    if contract.duties_per_4_weeks_max is not None:
        duties = np.ones(len(slots.all), dtype=np.int64)
        found.append(_window(slots, "duties", duties, work.on[agent], contract.duties_per_4_weeks_max))
    for limit in slots.limits_of_agents[agent]:
        found += _limit(slots, work, agent, limit)
    return [t for t in found if t.spans]


def _week_hours(slots: Slots, work: Work, agent: int, hours_low: Ints) -> Tally:
    given = np.asarray(work.paid_min[agent], dtype=np.int64)
    weeks = tuple(slots.weeks)
    most = np.full(len(weeks), round(slots.contracts[agent].hours_per_week_max * 60), dtype=np.int64)
    law = slots.problem.hotline.law
    if law is not None:
        for person, week in slots.law_protected_weeks:
            if person == agent:
                number = weeks.index(week)
                most[number] = min(most[number], round(law.hours_per_week * 60))
    most = np.maximum(most, _sums(given, weeks))
    nothing = np.full(len(weeks), NEVER, dtype=np.int64)
    return Tally(
        "week_hours", slots.paid_of_slots, given, "sum", weeks, most, hours_low, COST_HOUR_OWED, nothing, 0.0, 60
    )


def _rest_days(slots: Slots, work: Work, agent: int) -> Tally | None:
    needed = slots.problem.hotline.rules.weekly_rest_days_min
    law = slots.problem.hotline.law
    if law is not None and slots.contracts[agent].employee:
        needed = max(needed, law.rest_days_per_week)
    if needed <= 0:
        return None
    given = (work.on[agent] | work.spill[agent]).astype(np.int64)
    weeks = tuple(slots.weeks)
    most = np.maximum(7 - needed, _sums(given, weeks))
    zero = np.zeros(len(weeks), dtype=np.int64)
    ones = np.ones(len(slots.all), dtype=np.int64)
    return Tally("touched", ones, given, "touched", weeks, most, zero, 0.0, zero + NEVER, 0.0, 1)


def _sums(given: Ints, spans: Sequence[range]) -> Ints:
    sums = np.concatenate(([0], np.cumsum(given)))
    return np.asarray(sums[[s.stop for s in spans]] - sums[[s.start for s in spans]], dtype=np.int64)


def _window(slots: Slots, name: str, of_slot: Ints, done: NDArray[np.bool_], cap: int) -> Tally:
    first, last = slots.period.start, slots.period.stop - 1
    starts = range(max(0, first - WINDOW_DAYS + 1), min(last, slots.n_days - WINDOW_DAYS) + 1)
    spans = tuple(range(d, d + WINDOW_DAYS) for d in starts)
    zero = np.zeros(len(spans), dtype=np.int64)
    given = done.astype(np.int64)
    return Tally(name, of_slot, given, "sum", spans, zero + cap, zero, 0.0, zero + NEVER, 0.0, 1, sliding=True)


def _limit(slots: Slots, work: Work, agent: int, limit: CountLimit) -> list[Tally]:
    soft = limit.weight is not None
    of_slot, _ = slots.limit_amounts(limit)
    given = amounts(work, limit, np.array([agent]))[0]
    kind = "weekends" if limit.count == "weekends" else "sum"
    least, most = bounds(limit)
    unit = unit_of(limit)
    weight = float(round(limit.weight or 0.0))
    found = []
    name = f"{limit.count}{limit.shift}/{limit.over}"
    both_spans = (
        most_spans(slots, limit) if most is not None else [],
        whole_spans(slots, limit) if least is not None else [],
    )
    same = both_spans[0] == both_spans[1]
    for place, spans in enumerate(both_spans):
        if not spans or (same and place == 1):
            continue
        zero = np.zeros(len(spans), dtype=np.int64)
        low = zero + (least if least is not None and (place == 1 or same) else 0)
        high = zero + (most if most is not None and place == 0 else NEVER)
        if not soft and limit.over != "four_weeks":  # what the past holds already is no fault of the line
            high = np.maximum(high, [int(counted(slots, limit, given[None, :], span)[0]) for span in spans])
        sliding = limit.over == "four_weeks"
        if soft:
            found.append(
                Tally(name, of_slot, given, kind, tuple(spans), zero + NEVER, low, weight, high, weight, unit, sliding)
            )
        else:
            found.append(
                Tally(name, of_slot, given, kind, tuple(spans), high, low, COST_OWED, zero + NEVER, 0.0, unit, sliding)
            )
    return found
