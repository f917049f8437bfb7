"""From forecast calls to work: what reaches each group of agents in each interval, in calls and erlangs.

Calls that ask for an agent are first attempts × (1 − served by the IVR − hung up inside it), with the
redials that predicted abandonment brings. Callers join the queue a little after they arrive (announcement
and menu); at interval level this is ignored. Lines of one group are pooled: handling times weighted by
calls; patience by the mixture of their laws, weighted by calls (``pooled_patience``). Load follows the clock (``clock``): calls that came before still hold agents. What becomes of missed calls, work orders and satisfaction call-backs is said in
``deferred_work``. How many callers give up, and so are called back, is predicted in one pass, at the
seats that the calls alone ask for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.calendar import TimeGrid, WorkingCalendar
from wfm.errors import BadInput
from wfm.hotline import Hotline, open_intervals, serving_groups, targets_of
from wfm.i18n import list_words, say
from wfm.queueing import PatienceLaw, performance
from wfm.staffing.clock import ClockMethod, clock_rates
from wfm.staffing.deferred_work import LineCalls, closed_call_work_s, deferred_by_group, missed_call_work_s
from wfm.staffing.goals import sized_targets
from wfm.staffing.interval_seats import seats_per_interval
from wfm.staffing.pooled_patience import patience_of
from wfm.standards import Target

__all__ = ["PooledLines", "Workload", "calls_and_aht", "compute_workload", "group_indices", "pool_lines", "serves_any"]

Floats = NDArray[np.float64]

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Workload:
    """The work of every group in every interval of the grid, groups in their written order.

    Columns of ``table``: group; lines (those it serves now, joined by ``;``, empty where it serves none
    or the hotline is closed); interval; interval_s; arrivals (calls that ask for an agent); aht_s;
    patience_s (mean patience by its hazard: the harmonic mean of the lines, weighted by calls); busy_per_s, mean_per_s and inflow_per_s (arrival rates that the clock brings, see
    :class:`wfm.staffing.clock.ClockRates`); load_erlang (mean load of calls, and blended work); blended_erlang
    (work that yields to calls, done by the answering agents); back_office_erlang (done by back-office staff, not
    by these seats).
    """

    table: pd.DataFrame
    clock: ClockMethod
    calls: LineCalls
    """What becomes of each line's calls."""
    patience: Floats | PatienceLaw
    """Law of patience of each group and interval, in the table's order; plain means where all are exponential."""

    @property
    def unserved(self) -> Floats:
        """Calls that ask for an agent while none answers, all lines, ``(T,)``."""
        total: Floats = self.calls.unserved.sum(axis=0)
        return total


@dataclass(frozen=True, slots=True)
class PooledLines:
    """Calls of each group, ``(G, T)``."""

    arrivals: Floats
    aht_s: Floats
    patience_s: Floats
    patience: Floats | PatienceLaw


def compute_workload(
    hotline: Hotline,
    summary: pd.DataFrame,
    grid: TimeGrid,
    calendar: WorkingCalendar,
    targets: Iterable[Target] | None = None,
    *,
    clock: ClockMethod = "offered-load",
) -> Workload:
    """The work that the forecast brings.

    Args:
        hotline: lines, groups, IVR, call-backs, work orders.
        summary: columns line, interval, mean (first attempts) and aht_s; missing rows are no calls.
        grid: the period.
        calendar: for opening hours and working days.
        targets: predict abandonment at the seats these ask for; the hotline's own by default.
        clock: how load follows the clock; see :func:`wfm.staffing.clock.clock_rates`.

    Raises:
        BadInput: the forecast names an unknown line or an interval outside the period, or holds a
            negative or undefined number of calls.
    """
    first_attempts, line_aht = calls_and_aht(hotline, summary, grid)
    opened = open_intervals(hotline, grid, calendar)
    group_of = group_indices(hotline, grid)
    serving = np.where(opened, group_of, -1)
    asking = first_attempts * max(1 - hotline.ivr.self_service_share - hotline.ivr.hang_up_share, 0.0)
    calls = np.where(serving >= 0, asking, 0.0)
    groups, spell = len(hotline.groups), len(grid)

    pooled = pool_lines(hotline, calls, line_aht, serving)
    rate = clock_rates(hotline, calls, line_aht, serving, grid, clock).busy_per_s
    chosen = targets_of(hotline) if targets is None else targets
    goals = [goal for _, goal in sized_targets(hotline, chosen)]
    minimum = np.array([[g.minimum_seats] for g in hotline.groups]) * serves_any(serving, groups)
    sized = seats_per_interval(
        goals, rate, pooled.aht_s, pooled.patience, np.zeros_like(rate), minimum, hotline.seats.opened
    )
    law = _flat(pooled.patience)
    solved = performance(rate.ravel(), pooled.aht_s.ravel(), sized.seats.ravel(), 0.0, law)
    gives_up = solved.abandon_share.reshape(rate.shape)
    gives_up = np.where(pooled.arrivals > 0, gives_up, 0.0)

    attempts, missed = np.zeros_like(calls), np.zeros_like(calls)
    answered, blended = np.zeros_like(calls), np.zeros((groups, spell))
    for row, line in enumerate(hotline.lines):
        lost = np.where(serving[row] >= 0, gives_up[serving[row], np.arange(spell)], 0.0)
        tries = sum(((line.redial.share * lost) ** k for k in range(line.redial.attempts_max)), np.zeros(spell))
        attempts[row] = calls[row] * tries
        missed[row] = attempts[row] * lost - (attempts[row] - calls[row])
        open_now = serving[row] >= 0
        call_backs = missed_call_work_s(hotline, missed[row], line_aht[row], open_now, grid.interval_s)
        call_backs += closed_call_work_s(hotline, asking[row], line_aht[row], open_now, grid.interval_s)
        _add(blended, serving[row], call_backs)
        answered[row] = attempts[row] * (1 - lost)

    pooled = pool_lines(hotline, attempts, line_aht, serving)
    rates = clock_rates(hotline, attempts, line_aht, serving, grid, clock)
    blended /= grid.interval_s
    line_calls = LineCalls(attempts, answered, missed, np.where(serving >= 0, 0.0, asking), line_aht, serving)
    # A little less than the cap leaves, so that work which fills idle time asks for no seat by rounding.
    room = (1 - _ROUNDING) * hotline.occupancy_max * sized.seats
    idle = room - rates.busy_per_s * pooled.aht_s * (1 - gives_up) - blended
    idle = np.where(sized.wanted > sized.seats, 0.0, idle)  # nobody puts callers off where seats are too few
    home = np.array([next(n for n, g in enumerate(hotline.groups) if x in g.lines) for x in hotline.line_ids])
    between_calls, back_office = deferred_by_group(
        hotline, line_calls, idle, serves_any(serving, groups), home, grid, calendar
    )
    blended += between_calls
    names = [g.id for g in hotline.groups]
    table = pd.DataFrame(
        {
            "group": np.repeat(names, spell),
            "lines": _line_names(hotline, serving).ravel(),
            "interval": grid.starts.append([grid.starts] * (groups - 1)),
            "interval_s": grid.interval_s,
            "arrivals": pooled.arrivals.ravel(),
            "aht_s": pooled.aht_s.ravel(),
            "patience_s": pooled.patience_s.ravel(),
            "busy_per_s": rates.busy_per_s.ravel(),
            "mean_per_s": rates.mean_per_s.ravel(),
            "inflow_per_s": rates.inflow_per_s.ravel(),
            "load_erlang": (rates.mean_per_s * pooled.aht_s + blended).ravel(),
            "blended_erlang": blended.ravel(),
            "back_office_erlang": back_office.ravel(),
        }
    )
    return Workload(table, clock, line_calls, _flat(pooled.patience))


def calls_and_aht(hotline: Hotline, summary: pd.DataFrame, grid: TimeGrid) -> tuple[Floats, Floats]:
    """First attempts and handling time of each line and interval, ``(L, T)``."""
    known = hotline.line_ids
    strange = sorted(set(summary["line"].astype(str)) - set(known))
    if strange:
        raise BadInput(
            say("the forecast has the unknown line {line!r}; known: {known}", line=strange[0], known=list_words(known))
        )
    column = grid.locate(pd.DatetimeIndex(summary["interval"]))
    mean = summary["mean"].to_numpy(dtype=np.float64)
    if (column < 0).any():
        raise BadInput(
            say("the forecast has the interval {time} outside the period", time=summary["interval"][column < 0].iloc[0])
        )
    wrong = ~(np.isfinite(mean) & (mean >= 0))
    if wrong.any():
        found = f"{mean[wrong][0]:g}"
        raise BadInput(say("the forecast has {found} calls in an interval; zero or more are allowed", found=found))
    row = summary["line"].astype(str).map({line: n for n, line in enumerate(known)}).to_numpy(dtype=np.int64)
    calls = np.zeros((len(known), len(grid)))
    aht = np.repeat([[line.handling.mean_s] for line in hotline.lines], len(grid), axis=1)
    np.add.at(calls, (row, column), mean)
    given = summary["aht_s"].to_numpy(dtype=np.float64)
    usable = np.isfinite(given) & (given > 0)
    aht[row[usable], column[usable]] = given[usable]
    return calls, aht


def group_indices(hotline: Hotline, grid: TimeGrid) -> NDArray[np.int64]:
    """Index of the group that serves each line in each interval, −1 for none; ``(L, T)``."""
    places = {g.id: n for n, g in enumerate(hotline.groups)} | {"": -1}
    serving = serving_groups(hotline, grid)
    return np.array([[places[str(g)] for g in serving[line]] for line in hotline.line_ids], dtype=np.int64)


def serves_any(serving: NDArray[np.int64], groups: int) -> NDArray[np.bool_]:
    """Whether each group serves any line in each interval; ``(G, T)``."""
    flags: NDArray[np.bool_] = (serving[None] == np.arange(groups)[:, None, None]).any(axis=1)
    return flags


def pool_lines(hotline: Hotline, calls: Floats, line_aht: Floats, serving: NDArray[np.int64]) -> PooledLines:
    """The lines of each group as one queue."""
    belongs = serving[None] == np.arange(len(hotline.groups))[:, None, None]
    member = np.array([[line in g.lines for line in hotline.line_ids] for g in hotline.groups])
    # Without calls every line counts alike, so that handling time and patience stay defined.
    arrivals = (belongs * calls).sum(axis=1)
    even = np.where(belongs.any(axis=1)[:, None], belongs, member[:, :, None])
    weights = np.where((arrivals > 0)[:, None], belongs * calls, even)
    weights = weights / weights.sum(axis=1, keepdims=True)
    hazard = np.array([1 / line.patience.mean_s for line in hotline.lines])
    law = patience_of(hotline, np.moveaxis(weights, 1, 2))
    return PooledLines(
        arrivals,
        (weights * line_aht).sum(axis=1),
        1 / (weights * hazard[:, None]).sum(axis=1),
        law.reshape(arrivals.shape) if isinstance(law, np.ndarray) else law,
    )


def _flat(patience: Floats | PatienceLaw) -> Floats | PatienceLaw:
    return patience.ravel() if isinstance(patience, np.ndarray) else patience


def _add(table: Floats, group: NDArray[np.int64], amounts: Floats) -> None:
    """Add one line's amounts to the groups that serve it; an amount where none serves is zero."""
    some = (group >= 0) & (amounts > 0)
    table[group[some], np.flatnonzero(some)] += amounts[some]


def _line_names(hotline: Hotline, serving: NDArray[np.int64]) -> NDArray[np.object_]:
    """The lines each group serves, joined by ``;``; ``(G, T)``."""
    names = np.empty((len(hotline.groups), serving.shape[1]), dtype=object)
    patterns, which = np.unique(serving, axis=1, return_inverse=True)
    for g in range(len(hotline.groups)):
        joined = [
            ";".join(line for line, s in zip(hotline.line_ids, pattern, strict=True) if s == g)
            for pattern in patterns.T
        ]
        names[g] = np.array(joined, dtype=object)[which]
    return names
