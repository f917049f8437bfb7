"""The clock of the day for a hotline: what calls hold each group of agents at each moment.

A call stays with the group that answered it. When a line passes to another group (specialists by day, one
pooled group at night), that group starts without its calls, and the first group finishes them; the same at
closing time. Agents who finish calls after their group's hours are no seats that answer: their load is told
apart. Within a group's hours, calls in hand at a change of shift are counted to its seats, though the agent
who leaves may finish the last one beyond the end of the duty.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from wfm.calendar import TimeGrid
from wfm.hotline import Hotline, Line
from wfm.queueing.handling_law import handling_law_of
from wfm.staffing.backlog import matching_inflow
from wfm.staffing.offered_load import OfferedLoad, offered_load

__all__ = ["ClockMethod", "ClockRates", "GroupLoad", "clock_rates", "group_loads", "line_load"]

Floats = NDArray[np.float64]

ClockMethod = Literal["offered-load", "backlog", "plain"]
"""How load follows the clock; see :func:`clock_rates`."""


@dataclass(frozen=True, slots=True)
class GroupLoad:
    """Offered load of every group in every interval, ``(G, T)``, erlangs."""

    mean_erlang: Floats
    """Mean over the interval; zero where the group serves no line."""
    peak_erlang: Floats
    """Highest within the interval; zero where the group serves no line."""
    start_erlang: Floats
    """At the start of the interval, calls being finished after closing included."""
    end_erlang: Floats
    """At its end, likewise."""
    after_close_erlang: Floats
    """Mean load of calls that the group still finishes where it serves no line any more."""

    @property
    def busy_erlang(self) -> Floats:
        """Half-way from mean to peak: the load to size an interval for that is to keep its targets by itself.

        Load that changes within an interval hurts more where it is high than it helps where it is low, and
        the queue of the high part lasts into the low one.
        """
        return (self.mean_erlang + self.peak_erlang) / 2


def group_loads(
    hotline: Hotline, calls_by_line: Floats, aht_by_line: Floats, serving: NDArray[np.int64], grid: TimeGrid
) -> GroupLoad:
    """Modified offered load of each group, each line with its own law of handling times.

    Before the period the first day's calls are taken to have come, at the same times of day and to the
    same groups, so that a night's calls are in hand at midnight.

    Args:
        hotline: its lines' handling times.
        calls_by_line: ``(L, T)`` calls that ask for an agent.
        aht_by_line: ``(L, T)`` mean handling time of the calls of each interval, seconds.
        serving: ``(L, T)`` index of the group that serves the line, −1 while none does.
        grid: the period.

    Raises:
        BadInput: calls are negative or not finite, or a handling time is not finite and above zero.
    """
    shape = (len(hotline.groups), len(grid))
    mean, peak, start, end = (np.zeros(shape) for _ in range(4))
    for row, line in enumerate(hotline.lines):
        groups, load = line_load(line, calls_by_line[row], aht_by_line[row], serving[row], grid)
        mean[groups] += load.mean_erlang
        peak[groups] += load.peak_erlang
        start[groups] += load.start_erlang
        end[groups] += load.end_erlang
    serves = (serving[None] == np.arange(shape[0])[:, None, None]).any(axis=1)
    return GroupLoad(
        mean_erlang=np.where(serves, mean, 0.0),
        peak_erlang=np.where(serves, peak, 0.0),
        start_erlang=start,
        end_erlang=end,
        after_close_erlang=np.where(serves, 0.0, mean),
    )


def line_load(
    line: Line, calls: Floats, aht_s: Floats, serving: NDArray[np.int64], grid: TimeGrid
) -> tuple[NDArray[np.int64], OfferedLoad]:
    """Modified offered load of one line: indices of the groups that ever serve it, and a row of load for each.

    Twice the calls are twice the load.

    Args:
        line: its handling times.
        calls: ``(T,)`` calls that ask for an agent.
        aht_s: ``(T,)`` mean handling time of the calls of each interval.
        serving: ``(T,)`` index of the group that serves the line, −1 while none does.
        grid: the period; what comes before it is as in :func:`group_loads`.

    Raises:
        BadInput: calls are negative or not finite, or a handling time is not finite and above zero.
    """
    first_day = int((grid.dates == grid.dates[0]).sum())
    different, law_of = np.unique(aht_s, return_inverse=True)
    laws = [handling_law_of(line.handling, float(aht)) for aht in different]
    groups = np.unique(serving[serving >= 0])
    by_group = np.where(serving == groups[:, None], calls, 0.0)
    load = offered_load(_with_day_before(by_group, first_day), grid.interval_s, laws, before=first_day,
                        law_of=_with_day_before(law_of, first_day))  # fmt: skip
    return groups, load


@dataclass(frozen=True, slots=True)
class ClockRates:
    """Arrivals per second of each group, ``(G, T)``, to put into queueing formulas: rate × handling time is the load."""

    busy_per_s: Floats
    """Where every interval is to keep its targets by itself (:attr:`GroupLoad.busy_erlang`)."""
    mean_per_s: Floats
    """Where intervals are judged together (:attr:`GroupLoad.mean_erlang`)."""
    inflow_per_s: Floats
    """What :func:`~wfm.staffing.backlog_seats.backlog_seats` follows; see
    :func:`~wfm.staffing.backlog.matching_inflow`."""


def clock_rates(
    hotline: Hotline,
    calls_by_line: Floats,
    aht_by_line: Floats,
    serving: NDArray[np.int64],
    grid: TimeGrid,
    method: ClockMethod = "offered-load",
) -> ClockRates:
    """The rates that the clock brings; with ``plain`` all are calls ÷ length of the interval.

    Args:
        hotline: its lines' handling times.
        calls_by_line: ``(L, T)`` calls that ask for an agent.
        aht_by_line: ``(L, T)`` mean handling time of the calls of each interval, seconds.
        serving: ``(L, T)`` index of the group that serves the line, −1 while none does.
        grid: the period.
        method: ``offered-load`` and ``backlog`` follow the clock alike; they differ in how seats are found.

    Raises:
        BadInput: calls are negative or not finite, or a handling time is not finite and above zero.
    """
    aht, arrivals = _mean_handling_s(hotline, calls_by_line, aht_by_line, serving)
    if method == "plain":
        plain = arrivals / grid.interval_s
        return ClockRates(plain, plain, plain)
    load = group_loads(hotline, calls_by_line, aht_by_line, serving, grid)
    inflow = matching_inflow(load, grid.interval_s, aht)
    return ClockRates(load.busy_erlang / aht, load.mean_erlang / aht, inflow)


def _mean_handling_s(hotline: Hotline, calls: Floats, aht: Floats, serving: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Handling time of each group's calls, and their number, ``(G, T)``.

    Without calls every line counts alike: those served now, else those the group is there for.
    """
    belongs = serving[None] == np.arange(len(hotline.groups))[:, None, None]
    member = np.array([[line in g.lines for line in hotline.line_ids] for g in hotline.groups])
    arrivals: Floats = (belongs * calls).sum(axis=1)
    even = np.where(belongs.any(axis=1)[:, None], belongs, member[:, :, None])
    weights = np.where((arrivals > 0)[:, None], belongs * calls, even)
    mean: Floats = (weights * aht).sum(axis=1) / weights.sum(axis=1)
    return mean, arrivals


def _with_day_before(values: NDArray, first_day: int) -> NDArray:  # type: ignore[type-arg]
    return np.concatenate([values[..., :first_day], values], axis=-1)
