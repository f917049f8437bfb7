"""The fewest seats forward in time, interval by interval, given what the earlier ones left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.errors import BadInput
from wfm.i18n import say
from wfm.queueing import Goal, goal_terms, size_seats
from wfm.queueing.delay import delay
from wfm.queueing.fluid_flow import Filling, Tables, carry_over_days, follow
from wfm.queueing.inputs import require, require_queue
from wfm.staffing.backlog import Days, starts_of, steps_of, together
from wfm.staffing.interval_seats import COVER, IntervalSeats, share_seats

__all__ = ["backlog_seats"]

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

_SEATS_MAX = 1e6


def backlog_seats(
    goals: Sequence[Goal],
    arrivals_per_s: ArrayLike,
    interval_s: float,
    aht_s: ArrayLike,
    patience_s: ArrayLike = np.inf,
    other_work_erlang: ArrayLike = 0.0,
    minimum: ArrayLike = 0,
    opened: int | None = None,
    *,
    inflow_per_s: ArrayLike | None = None,
    in_system: ArrayLike = 0.0,
    is_open: ArrayLike = True,
) -> IntervalSeats:
    """In each interval the fewest seats that keep every goal, given the backlog that ``wfm.staffing.backlog`` carries on.

    Goals hold on the mean over the callers who arrive in the interval. Without callers (and other work) only
    the minimum is asked for. What the opened seats do not allow is missing in the interval, and its backlog is
    carried on.

    Args:
        goals: limits to keep, all of them.
        arrivals_per_s: Poisson arrivals per second, ``(groups, T)`` or ``(T,)``; all others broadcast against it.
        interval_s: length of an interval.
        aht_s: mean handling time.
        patience_s: mean patience; infinite: nobody gives up.
        other_work_erlang: work that yields to calls; it counts in the occupancy alone.
        minimum: seats that stand open in any case.
        opened: seats of all groups that may stand open at once, shared as in ``share_seats``; None: no limit.
        inflow_per_s: :func:`~wfm.staffing.backlog.matching_inflow` where handling times are not exponential.
        in_system: callers waiting or being served when the period starts, one number a group.
        is_open: whether the group answers; what is left when it closes is finished or gone when it opens again.

    Raises:
        BadInput: a number describes no queue, shapes do not fit together, or no number of seats keeps a goal.
    """
    inflow = arrivals_per_s if inflow_per_s is None else inflow_per_s
    values = together(arrivals_per_s, aht_s, minimum, patience_s, other_work_erlang, inflow, is_open)
    require_queue(*(x.ravel() for x in values[:4]))
    busy = values[4]
    require(np.isfinite(busy) & (busy >= 0), busy, say("other work in erlangs"), say("finite and not negative"))
    days = Days.of(values[0].shape, interval_s)
    rate, aht, least, patience, other, flow, serving = (days.cut(x) for x in values)
    start, steps = starts_of(in_system, len(rate)), steps_of(interval_s, aht)
    load = _load_without_waiting(days.joined(flow).reshape(start.size, -1), values[1], start, interval_s)
    sized = size_seats(load / values[1], values[1], goals, values[3], other_work_erlang=busy).seats
    guess = days.cut(sized.reshape(days.shape).astype(np.float64))
    known: Tables = {}
    wanted, seats, binding = (np.zeros(rate.shape, dtype=np.int64) for _ in range(3))

    def step(here: NDArray[np.intp], t: int, present: Floats) -> Floats:
        def now(x: Floats) -> Floats:
            return x[:, here, t].ravel()

        cells = _Cells(
            goals=goals,
            rate=now(rate),
            aht=now(aht),
            patience=now(patience),
            other=now(other),
            inflow=now(flow),
            present=present.ravel(),
            interval_s=interval_s,
            steps=steps,
            known=known,
        )
        fewest, bound = cells.fewest(now(least), now(guess))
        asked = fewest.astype(np.int64).reshape(present.shape)
        wanted[:, here, t], binding[:, here, t] = asked, bound.reshape(present.shape)
        given = asked if opened is None else share_seats(asked, least[:, here, t].astype(np.int64), opened)
        seats[:, here, t] = given
        filling = Filling.of(cells.aht, given.ravel().astype(np.float64), cells.patience, known)
        end = follow(filling, cells.inflow, cells.present, interval_s, steps)[2].reshape(present.shape)
        return end * serving[:, here, t]

    carry_over_days(step, start, days.count, days.per_day)
    return IntervalSeats(days.joined(wanted), days.joined(seats), days.joined(binding))


@dataclass(frozen=True, slots=True)
class _Cells:
    """One interval of every stream, to be sized."""

    goals: Sequence[Goal]
    rate: Floats
    aht: Floats
    patience: Floats
    other: Floats
    inflow: Floats
    present: Floats
    interval_s: float
    steps: int
    known: Tables

    def fewest(self, least: Floats, guess: Floats) -> tuple[Floats, Counts]:
        """The fewest seats from ``least`` on, and the first goal that asks for so many (−1: none).

        More seats keep every goal that fewer keep: gallop from the guess until bracketed, then bisect.
        """
        low, high = least - 1, np.full_like(least, np.inf)
        binding = np.full(least.size, COVER, dtype=np.int64)
        tried, step = np.maximum(guess, least), np.ones_like(least)
        streams = np.arange(least.size)
        while streams.size:
            if tried[streams].max() > _SEATS_MAX:
                raise BadInput(
                    say("these limits ask for more than {seats} seats in one interval", seats=f"{_SEATS_MAX:,.0f}")
                )
            failed = self.failed_goal(streams, tried[streams])
            good, bad = streams[failed < 0], streams[failed >= 0]
            high[good], low[bad], binding[bad] = tried[good], tried[bad], failed[failed >= 0]
            streams = streams[high[streams] - low[streams] > 1]
            above, below = high[streams], low[streams]
            halved = np.floor((np.where(np.isfinite(above), above, 0.0) + below) / 2)
            untouched = below < least[streams]
            galloped = np.where(
                np.isfinite(above), np.maximum(above - step[streams], least[streams]), below + step[streams]
            )
            tried[streams] = np.where(np.isfinite(above) & ~untouched, halved, galloped)
            step[streams] *= 2
        return high, binding

    def failed_goal(self, streams: NDArray[np.intp], seats: Floats) -> Counts:
        """Index of the first goal that these seats do not keep, −1 where they keep all."""
        aht, patience, called = self.aht[streams], self.patience[streams], self.rate[streams] > 0
        filling = Filling.of(aht, seats, patience, self.known)
        modified, _, _ = follow(filling, self.inflow[streams], self.present[streams], self.interval_s, self.steps)
        solved = delay(modified.ravel(), *(np.repeat(x, self.steps) for x in (aht, seats, patience)))
        failed = np.full(streams.size, -1, dtype=np.int64)
        for index in reversed(range(len(self.goals))):
            goal = self.goals[index]
            above, below = (x.reshape(-1, self.steps).mean(axis=1) for x in goal_terms(goal, solved))
            asked = called
            if goal.measure == "occupancy":
                above, asked = above + self.other[streams], called | (self.other[streams] > 0)
            value = np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0)
            failed[asked & ~goal.kept_by(value)] = index
        return failed


def _load_without_waiting(inflow: Floats, aht: Floats, start: Floats, interval_s: float) -> Floats:
    """Load that is hardly exceeded within the interval if nobody waited, ``(groups, T)``: where the search begins."""
    aht = np.broadcast_to(aht, inflow.shape)
    load, present = np.zeros_like(inflow), start
    for t in range(inflow.shape[1]):
        settled = np.maximum(inflow[:, t], 0.0) * aht[:, t]
        end = settled + (present - settled) * np.exp(-interval_s / aht[:, t])
        load[:, t] = (present + 2 * end + np.maximum(present, end)) / 4
        present = end
    return load
