"""Seats by formula at once: what a change of a few numbers does to days of a finished plan.

The answer is that of ``compute_workload`` and ``compute_requirement`` for the changed hotline, seat for seat, only
sooner: load that follows the clock is kept by line and handling time, and scaled, since twice the calls are twice the
load; each interval's search begins at the seats of the plan and looks at all goals at once, with n seats and n − 1.

Two things cannot be had that way, and are then computed in full: callers who call again, and work orders and
call-backs that may not fit between the calls, or meet too few opened seats (:attr:`QuickAnswer.in_full`).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from threading import Lock

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.plan import Plan
from scenarios.quick_change import Change, changed_hotline, changed_summary, changed_targets, line_factors
from scenarios.quick_seats import Queues, fewest_seats, raised_for_occupancy
from wfm.calendar import TimeGrid, WorkingCalendar
from wfm.hotline import Hotline, calendar_of, grid_of, open_intervals
from wfm.queueing import Goal, PatienceLaw
from wfm.queueing.waiting import Waiting
from wfm.staffing import compute_requirement, compute_workload, day_values_of, sized_targets
from wfm.staffing.back_office import agents_help
from wfm.staffing.clock import line_load
from wfm.staffing.deferred_items import deferred_items
from wfm.staffing.deferred_work import closed_call_work_s, has_back_office
from wfm.staffing.goals import answer_threshold_s, closed_call_terms
from wfm.staffing.interval_seats import COVER, share_seats
from wfm.staffing.requirement import day_seats_of, heads_for
from wfm.staffing.sizing_inputs import SizingInputs
from wfm.staffing.workload import calls_and_aht, group_indices, pool_lines, serves_any
from wfm.standards import Target

__all__ = ["QuickAnswer", "QuickAnswers"]

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

_LOADS_KEPT = 24
"""Handling times whose loads are kept."""
_SHARE_OF_IDLE = 0.5
"""Deferred work that takes no more of a day's idle time than this is taken to fit between the calls."""


@dataclass(frozen=True, slots=True)
class QuickAnswer:
    """Seats of some days; arrays ``(G, T)`` over the groups and the intervals of :attr:`starts`."""

    starts: pd.DatetimeIndex
    interval_s: float
    seats: Counts
    heads: Floats
    wanted: Counts
    """Seats wanted; more than :attr:`seats` where the seats opened do not suffice."""
    reason: NDArray[np.object_]
    """KPI that decides, ``occupancy_max``, ``minimum_cover``, ``built_seats`` or ``closed``."""
    calls: Floats
    service_level: Floats
    asa_s: Floats
    abandon_share: Floats
    kpis: dict[str, float]
    """Expected KPI of each sized target over the days, by target; NaN without calls."""
    kpis_by_day: pd.DataFrame
    in_full: bool
    """Whether the long way had to be taken."""
    inputs: SizingInputs | None = None
    """What the seats were decided from; None where the long way was taken."""

    @property
    def seat_hours(self) -> float:
        """Hours of agents answering."""
        return float(self.seats.sum()) * self.interval_s / 3600

    @property
    def agent_hours(self) -> float:
        """Hours of agents on duty, unplanned absence included."""
        return float(self.heads.sum()) * self.interval_s / 3600

    @property
    def most_seats(self) -> int:
        """Most seats at once."""
        return int(self.seats.sum(axis=0).max(initial=0))

    @property
    def short_hours(self) -> float:
        """Seat-hours wanted beyond the seats opened."""
        return float((self.wanted - self.seats).sum()) * self.interval_s / 3600


@dataclass(frozen=True)
class _Base:
    """What no change touches."""

    grid: TimeGrid
    calendar: WorkingCalendar
    serving: NDArray[np.int64]
    """Index of the serving group while open, −1 else, ``(L, T)``."""
    first: Floats
    """Expected first attempts ``(L, T)``."""
    aht: Floats
    serves: NDArray[np.bool_]
    minimum: Counts
    day: Counts
    due: Counts
    """Interval in which who gave up in an interval is called back, ``(T,)``."""
    loads: OrderedDict[float, tuple[Floats, Floats]] = field(default_factory=OrderedDict)
    """Mean and peak load by line and group, ``(L, G, T)``, of the first attempts, by factor on handling times."""


class QuickAnswers:
    """Answers for one plan; what they share is prepared once. May be asked by several threads."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        hotline = plan.hotline
        self.summary = plan.forecast
        self._factors: dict[float | None, Floats] = {}
        self._lock = Lock()
        self._deferred_s: float | None = None
        grid, calendar = grid_of(hotline, plan.first, plan.days), calendar_of(hotline)
        first, aht = calls_and_aht(hotline, plan.forecast, grid)
        opened = open_intervals(hotline, grid, calendar)
        serving = np.where(opened, group_indices(hotline, grid), -1)
        serves = serves_any(serving, len(hotline.groups))
        places = np.flatnonzero(serves.any(axis=0))
        later = np.arange(len(grid)) + int((grid.interval_s / 2 + hotline.call_back.delay_s) // grid.interval_s)
        due = places[np.minimum(np.searchsorted(places, later), places.size - 1)] if places.size else later
        self.base = _Base(
            grid=grid,
            calendar=calendar,
            serving=serving,
            first=first,
            aht=aht,
            serves=serves,
            minimum=np.array([[g.minimum_seats] for g in hotline.groups]) * serves,
            day=np.unique(grid.dates, return_inverse=True)[1].astype(np.int64),
            due=due,
        )
        self._guess = self._seats_of_plan()
        self._planned_load = self._load_of_plan()

    def answer(self, change: Change, days: Sequence[date] = ()) -> QuickAnswer:
        """Seats of these days (all by default) as the change has them.

        Raises:
            BadInput: the change is out of range, or asks for a target that is not there.
        """
        hotline, targets = changed_hotline(self.plan.hotline, change), changed_targets(self.plan.hotline, change)
        columns = self._columns(days)
        if not any(line.redial.share > 0 for line in hotline.lines):
            found = self._scaled(hotline, targets, change, columns)
            if found is not None:
                return found
        return self._in_full(hotline, targets, change, columns)

    def prepare(self) -> None:
        """Compute what the first answer would have to wait for."""
        self._loads(1.0)

    def _columns(self, days: Sequence[date]) -> Counts:
        if not days:
            return np.arange(len(self.base.grid))
        return np.flatnonzero(np.isin(self.base.grid.dates, np.array(list(days), dtype="datetime64[D]")))

    def _seats_of_plan(self) -> Counts:
        """Where the search of each interval begins."""
        table = self.plan.requirement
        groups = {group.id: n for n, group in enumerate(self.plan.hotline.groups)}
        seats = np.zeros((len(groups), len(self.base.grid)), dtype=np.int64)
        rows = table["group"].astype(str).map(groups).to_numpy(dtype=np.int64)
        at = self.base.grid.locate(pd.DatetimeIndex(table["interval"]))
        inside = at >= 0
        seats[rows[inside], at[inside]] = (table["seats"] + table["short_seats"]).to_numpy(dtype=np.float64)[inside]
        return seats

    def _load_of_plan(self) -> Floats:
        calls = np.where(self.base.serving >= 0, self.base.first, 0.0) * self.base.aht / self.base.grid.interval_s
        ivr = self.plan.hotline.ivr
        load = np.zeros(self._guess.shape)
        for row, groups in enumerate(self.base.serving):
            there = np.flatnonzero(groups >= 0)
            np.add.at(load, (groups[there], there), calls[row, there])
        return load * max(1 - ivr.self_service_share - ivr.hang_up_share, 0.0)

    def _line_factors(self, change: Change) -> Floats:
        """Factor on each line's expected calls, ``(L, 1)``."""
        if change.confidence not in self._factors:
            raised = line_factors(self.summary, change.confidence)
            self._factors[change.confidence] = np.array([[raised.get(x, 1.0)] for x in self.plan.hotline.line_ids])
        return self._factors[change.confidence] * change.volume

    def _loads(self, factor: float) -> tuple[Floats, Floats]:
        base, hotline = self.base, self.plan.hotline
        with self._lock:
            if factor in base.loads:
                base.loads.move_to_end(factor)
                return base.loads[factor]
        shape = (len(hotline.lines), len(hotline.groups), len(base.grid))
        mean, peak = np.zeros(shape), np.zeros(shape)
        for row, line in enumerate(hotline.lines):
            calls = np.where(base.serving[row] >= 0, base.first[row], 0.0)
            groups, load = line_load(line, calls, base.aht[row] * factor, base.serving[row], base.grid)
            mean[row, groups], peak[row, groups] = load.mean_erlang, load.peak_erlang
        found = mean * base.serves, peak * base.serves
        with self._lock:
            base.loads[factor] = found
            while len(base.loads) > _LOADS_KEPT:
                base.loads.popitem(last=False)
        return found

    def _scaled(
        self, hotline: Hotline, targets: tuple[Target, ...], change: Change, window: Counts
    ) -> QuickAnswer | None:
        """The answer from kept loads; None where deferred work might not fit between the calls."""
        base, plan = self.base, self.plan
        factors = self._line_factors(change)
        asking_share = max(1 - hotline.ivr.self_service_share - hotline.ivr.hang_up_share, 0.0)
        mean_load, peak_load = self._loads(change.aht)
        scale = factors * asking_share
        # Also the intervals whose missed callers are called back in the window.
        here = np.union1d(window, np.flatnonzero(np.isin(base.due, window) & base.serves.any(axis=0)))
        serving = base.serving[:, here]
        asking = base.first[:, here] * scale
        calls = np.where(serving >= 0, asking, 0.0)
        line_aht = base.aht[:, here] * change.aht
        pooled = pool_lines(hotline, calls, line_aht, serving)
        mean_erlang = np.tensordot(scale[:, 0], mean_load[:, :, here], axes=1)
        busy_erlang = (mean_erlang + np.tensordot(scale[:, 0], peak_load[:, :, here], axes=1)) / 2
        law: Floats | PatienceLaw = (
            pooled.patience.ravel() if isinstance(pooled.patience, np.ndarray) else pooled.patience
        )
        queues = Queues((busy_erlang / pooled.aht_s).ravel(), pooled.aht_s.ravel(), law)
        sized = sized_targets(hotline, targets)
        goals = tuple(goal for _, goal in sized)
        minimum = base.minimum[:, here]
        shape = minimum.shape
        guess = self._near(here, mean_erlang)
        wanted, binding = fewest_seats(queues, goals, minimum.ravel(), guess.ravel())
        opened = hotline.seats.opened
        seats = share_seats(wanted.reshape(shape), minimum, opened)
        solved = queues.solved(seats.ravel())
        gives_up = np.where(pooled.arrivals > 0, solved.abandon_share.reshape(shape), 0.0)
        lost = np.where(serving >= 0, np.take_along_axis(gives_up, np.maximum(serving, 0), axis=0), 0.0)
        call_backs = self._call_backs(hotline, change, calls * lost, line_aht, here)
        inside = np.isin(here, window)
        if (wanted.reshape(shape) > seats).any() and self._deferred_per_answer_s() > 0:
            return None
        idle = hotline.occupancy_max * seats - busy_erlang * (1 - gives_up) - call_backs
        if not self._deferred_fits(hotline, (calls * (1 - lost))[:, inside], idle[:, inside], base.day[window]):
            return None
        rest = Queues(queues.rate_per_s.reshape(shape)[:, inside].ravel(), pooled.aht_s[:, inside].ravel(),
                      _part(law, shape, inside))  # fmt: skip
        inputs = SizingInputs(
            goals=(*goals, Goal("occupancy", hotline.occupancy_max)),
            reasons=(*(target.kpi for target, _ in sized), "occupancy_max"),
            calls=pooled.arrivals[:, inside],
            rate_per_s=(busy_erlang if plan.level == "interval" else mean_erlang)[:, inside] / pooled.aht_s[:, inside],
            mean_per_s=mean_erlang[:, inside] / pooled.aht_s[:, inside],
            inflow_per_s=mean_erlang[:, inside] / pooled.aht_s[:, inside],
            aht_s=pooled.aht_s[:, inside],
            patience_s=pooled.patience_s[:, inside],
            patience=rest.patience.reshape(shape[0], -1) if isinstance(rest.patience, np.ndarray) else rest.patience,
            blended_erlang=call_backs[:, inside],
            minimum=minimum[:, inside],
            serves=base.serves[:, window],
            opened=opened,
            interval_s=float(base.grid.interval_s),
            day=np.unique(base.day[window], return_inverse=True)[1].astype(np.int64),
            **self._closed_terms(hotline, sized, window, asking_share * factors),
        )
        chosen = wanted.reshape(shape)[:, inside], binding.reshape(shape)[:, inside]
        first = seats[:, inside]
        if plan.level == "interval":
            wanted, binding = raised_for_occupancy(rest, *chosen, inputs, self._handled(queues, solved, shape, inside))
            seats = share_seats(wanted, inputs.minimum, opened)
        else:
            wanted, binding, seats = _over_the_days(inputs, guess[:, inside])
        within = answer_threshold_s(targets) - hotline.ring_s
        if plan.level == "interval" and np.array_equal(seats, first):
            measures = tuple(m.reshape(shape)[:, inside] for m in _measures(solved, within))
        else:
            measures = tuple(m.reshape(seats.shape) for m in _measures(rest.solved(seats.ravel()), within))
        return self._told(hotline, targets, inputs, seats, wanted, binding, window, measures)

    def _near(self, here: Counts, load: Floats) -> Counts:
        """Where to begin looking: the plan's seats, their spare ones scaled with the root of the load."""
        before = self._planned_load[:, here]
        spare = (self._guess[:, here] - before) * np.sqrt(load / np.maximum(before, 1e-9))
        near = np.where(before > 0, np.ceil(load + spare - 1e-9), self._guess[:, here])
        return np.clip(near, 0, 1e5).astype(np.int64)

    def _handled(self, queues: Queues, solved: Waiting, shape: tuple[int, ...], inside: NDArray[np.bool_]) -> Floats:
        """Erlangs of calls that are handled with the seats that were solved for."""
        handled = np.where(queues.rate_per_s > 0, solved.load_erlang * solved.answered_share, 0.0)
        return handled.reshape(shape)[:, inside]

    def _call_backs(self, hotline: Hotline, change: Change, missed: Floats, line_aht: Floats, here: Counts) -> Floats:
        """Erlangs of call-backs ``(G, len(here))`` to who gave up and to who came while closed."""
        base = self.base
        work = np.zeros((len(hotline.groups), len(base.grid)))
        reached = hotline.call_back.reached_share if hotline.call_back.missed_calls else 0.0
        closed_factor = self._line_factors(change) * max(
            1 - hotline.ivr.self_service_share - hotline.ivr.hang_up_share, 0.0
        )
        for row in range(len(hotline.lines)):
            if reached:
                due = base.due[here]
                group = base.serving[row, due]
                there = group >= 0
                np.add.at(work, (group[there], due[there]), (missed[row] * reached * line_aht[row])[there])
            if hotline.call_back.closed_calls:
                asked = base.first[row] * closed_factor[row]
                later = closed_call_work_s(
                    hotline, asked, base.aht[row] * change.aht, base.serving[row] >= 0, base.grid.interval_s
                )
                there = (base.serving[row] >= 0) & (later > 0)
                np.add.at(work, (base.serving[row][there], np.flatnonzero(there)), later[there])
        return work[:, here] / base.grid.interval_s

    def _deferred_fits(self, hotline: Hotline, answered: Floats, idle: Floats, day: Counts) -> bool:
        """Whether what answered calls leave to do fits with room into the idle time of each day, or others do it.

        Where a back office of its own does it, agents help only in their idle time, and no seat is added.
        """
        if has_back_office(hotline):
            return True
        per_answer_s = self._deferred_per_answer_s()
        if per_answer_s == 0:
            return True
        if not agents_help(hotline):
            return False
        interval_s = self.base.grid.interval_s
        days = np.unique(day, return_inverse=True)[1]
        asked = np.bincount(days, weights=answered.sum(axis=0)) * per_answer_s
        there = np.bincount(days, weights=np.maximum(idle, 0.0).sum(axis=0)) * interval_s
        return bool((asked <= _SHARE_OF_IDLE * there).all())

    def _deferred_per_answer_s(self) -> float:
        if self._deferred_s is None:
            base, hotline = self.base, self.plan.hotline
            answered = np.where(base.serving >= 0, base.first, 0.0)
            work = deferred_items(hotline, answered, np.zeros_like(answered), base.grid, base.calendar)
            total = float(answered.sum())
            self._deferred_s = float(work.work_s.sum()) / total if work.classes and total > 0 else 0.0
        return self._deferred_s

    def _closed_terms(
        self, hotline: Hotline, sized: list[tuple[Target, Goal]], window: Counts, scale: Floats
    ) -> dict[str, Floats]:
        """What calls outside opening hours add to each day's sums, for the goals and the occupancy."""
        base = self.base
        asked = np.where(base.serving >= 0, 0.0, base.first * scale)[:, window].sum(axis=0)
        day = np.unique(base.day[window], return_inverse=True)[1]
        unserved = np.bincount(day, weights=asked).astype(np.float64)
        above, below = (np.zeros((len(unserved), len(sized) + 1)) for _ in range(2))
        for j, (target, goal) in enumerate(sized):
            above[:, j], below[:, j] = closed_call_terms(hotline, target, goal, unserved)
        return {"other_numerator": above, "other_denominator": below}

    def _told(
        self,
        hotline: Hotline,
        targets: tuple[Target, ...],
        inputs: SizingInputs,
        seats: Counts,
        wanted: Counts,
        binding: Counts,
        window: Counts,
        measures: tuple[Floats, ...],
    ) -> QuickAnswer:
        names = np.array([*inputs.reasons, "minimum_cover"], dtype=object)
        reason = np.where(inputs.serves, names[binding], "closed")
        reason = np.where(wanted > seats, "built_seats", reason)
        called = inputs.calls > 0
        level, asa_s, gives_up = (np.where(called, values, np.nan) for values in measures)
        by_day = day_values_of(hotline, inputs, targets, seats)
        offered = np.bincount(inputs.day, weights=inputs.calls.sum(axis=0)).astype(np.float64)
        return QuickAnswer(
            starts=self.base.grid.starts[window],
            interval_s=inputs.interval_s,
            seats=seats,
            heads=heads_for(hotline, seats),
            wanted=wanted,
            reason=reason,
            calls=inputs.calls,
            service_level=level,
            asa_s=asa_s + hotline.ring_s,
            abandon_share=gives_up,
            kpis={str(name): _mean(by_day[name].to_numpy(dtype=np.float64), offered) for name in by_day.columns},
            kpis_by_day=by_day,
            in_full=False,
            inputs=inputs,
        )

    def _in_full(self, hotline: Hotline, targets: tuple[Target, ...], change: Change, window: Counts) -> QuickAnswer:
        """As a plan computes it, over the whole period."""
        base, plan = self.base, self.plan
        summary = changed_summary(self.summary, change)
        workload = compute_workload(hotline, summary, base.grid, base.calendar, targets)
        table = compute_requirement(hotline, workload, targets, plan.level)
        shape = (len(hotline.groups), len(base.grid))

        def cut(column: str) -> NDArray[np.float64]:
            return table[column].to_numpy(dtype=np.float64).reshape(shape)[:, window]

        seats = cut("seats").astype(np.int64)
        by_day = self._values_in_full(hotline, targets, workload, table, window)
        day = np.unique(base.day[window], return_inverse=True)[1]
        offered = np.bincount(day, weights=cut("arrivals").sum(axis=0)).astype(np.float64)
        return QuickAnswer(
            starts=base.grid.starts[window],
            interval_s=float(base.grid.interval_s),
            seats=seats,
            heads=cut("heads"),
            wanted=seats + cut("short_seats").astype(np.int64),
            reason=table["reason"].to_numpy(dtype=object).reshape(shape)[:, window],
            calls=cut("arrivals"),
            service_level=cut("service_level"),
            asa_s=cut("asa_s"),
            abandon_share=cut("abandon_share"),
            kpis={str(name): _mean(by_day[name].to_numpy(dtype=np.float64), offered) for name in by_day.columns},
            kpis_by_day=by_day,
            in_full=True,
        )

    def _values_in_full(
        self, hotline: Hotline, targets: tuple[Target, ...], workload: object, table: pd.DataFrame, window: Counts
    ) -> pd.DataFrame:
        from wfm.staffing import sizing_inputs

        inputs = sizing_inputs(hotline, workload, targets, self.plan.level)  # type: ignore[arg-type]
        seats = table["seats"].to_numpy(dtype=np.int64).reshape(inputs.calls.shape)
        every = day_values_of(hotline, inputs, targets, seats)
        return every.iloc[np.unique(self.base.day[window])].reset_index(drop=True)


def _measures(solved: Waiting, within_s: float) -> tuple[Floats, Floats, Floats]:
    """Service level, mean wait of the answered, and share that gives up."""
    within = np.full(solved.wait.shape, within_s)
    return solved.answered_within(within), solved.asa_s(), solved.abandon_share


def _part(law: Floats | PatienceLaw, shape: tuple[int, ...], inside: NDArray[np.bool_]) -> Floats | PatienceLaw:
    if isinstance(law, np.ndarray):
        return law.reshape(shape)[:, inside].ravel()
    cells = np.arange(shape[0] * shape[1]).reshape(shape)
    return law.at(cells[:, inside].ravel())


def _over_the_days(inputs: SizingInputs, guess: Counts) -> tuple[Counts, Counts, Counts]:
    """Wanted, binding and seats where the day keeps the targets; as ``compute_requirement`` decides them."""
    patience = inputs.patience.ravel() if isinstance(inputs.patience, np.ndarray) else inputs.patience
    queues = Queues(inputs.rate_per_s.ravel(), inputs.aht_s.ravel(), patience)
    first = fewest_seats(queues, inputs.goals[:-1], inputs.minimum.ravel(), guess.ravel())
    shape = inputs.minimum.shape
    solved = queues.solved(first[0])
    handled = np.where(queues.rate_per_s > 0, solved.load_erlang * solved.answered_share, 0.0).reshape(shape)
    wanted = raised_for_occupancy(queues, first[0].reshape(shape), first[1].reshape(shape), inputs, handled)[0]
    day = day_seats_of(inputs)
    kept = day.kept[inputs.day]
    binding = np.where(day.seats > inputs.minimum, day.binding[inputs.day], COVER)
    return np.where(kept, day.seats, np.maximum(day.seats, wanted)), binding, day.seats


def _mean(values: Floats, weights: Floats) -> float:
    """Mean over days weighted by their calls; NaN without."""
    known = np.isfinite(values) & (weights > 0)
    return float(np.average(values[known], weights=weights[known])) if known.any() else float("nan")
