"""Sweeps: one or two parameters of a scenario over ranges of values, each point simulated against the standard.

A sweep is a list of independent points. A point is a pure function of the hotline with the point's values, the records and
the seed: it does not matter where, in which order and on how many machines points are computed, and finished ones are read
from the sweep's folder (:mod:`scenarios.sweep_folder`) instead of computed again. Every point meets the same callers (common
random numbers), so that a curve shows the parameter and not the dice.

Seats are always manned, without a roster: either those that each point asks for itself (``sized``), or in every point those
that the scenario as it is asks for (``kept``): what happens if nobody reacts.
"""

from __future__ import annotations

import itertools
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.daily_compliance import deciding_targets
from scenarios.history import RECORDED_DAYS_MIN, History, find_history, hotline_as_is
from scenarios.marked_history import learned_from
from scenarios.parameters import Parameter, parameters_of
from scenarios.preparation import DAYS_MAX, StageProgress, as_asked, forecast_period, silent, staged
from scenarios.scenario import Scenario, content_hash
from scenarios.sweep_values import SweptParameter, overrides_at, point_hotline
from simulation import centre_of, run_replications
from simulation.engine import compile_engine, engine_is_compiled
from simulation.estimates import period_values
from simulation.seat_duties import seat_duties
from wfm.calendar import TimeGrid, WorkingCalendar
from wfm.errors import BadInput
from wfm.execution import Executor, Ledger, LocalProcesses, Sharing, run_tasks
from wfm.forecast import Forecast
from wfm.hotline import Hotline, calendar_of, grid_of, open_intervals, targets_of
from wfm.i18n import Text, both, say
from wfm.metrics import KPIS
from wfm.records import RecordStore
from wfm.records.cleaning import Mark, MarkHistory
from wfm.staffing import (
    Workload,
    compute_requirement,
    compute_workload,
    day_values_of,
    sized_targets,
    sizing_inputs,
    unreachable_targets,
)
from wfm.standards import Target

__all__ = [
    "COMPLIES",
    "HEAD_HOURS",
    "POINTS_MAX",
    "SEAT_HOURS",
    "STAFFING",
    "SWEEP_STAGES",
    "Staffing",
    "SweepPoint",
    "SweepSettings",
    "SweptParameter",
    "prepare_sweep",
    "run_sweep",
    "sweep_points",
]

Staffing = Literal["sized", "kept"]
STAFFING: dict[Staffing, Text] = {
    "sized": both("each point has the seats that it asks for"),
    "kept": both("every point has the seats of the scenario as it is"),
}

COMPLIES, SEAT_HOURS, HEAD_HOURS = "complies", "seat_hours_week", "head_hours_week"
"""Measures of a point beside the KPIs: whether all targets over calls are kept; seat- and head-hours a week."""

POINTS_MAX = 10_000
SWEEP_STAGES: dict[str, Text] = {
    "history": both("Call records"),
    "compilation": both("Compiling the simulator"),
    "formula": both("First answer by formula"),
    "points": both("Points of the sweep"),
}
PATHS = 100

_NO_MATTER = (
    *("name", "about", "sources", "occupancy_max", "shrinkage", "staff_kinds", "contracts", "shifts", "shift_design"),
    *("rules", "labour_law", "patterns", "roster_cycle", "long_view", "office_work", "work_orders", "targets"),
    *("standard", "standard_is_default"),
)
"""Parts of a hotline that neither the past nor the forecast depends on."""

_KEPT = 64
"""Histories and forecasts that a process keeps."""


@dataclass(frozen=True, slots=True)
class SweepSettings:
    """Over which period, how thoroughly, and with whose seats points are simulated."""

    first: date
    days: int = 7
    seed: int = 1
    replications: int = 40
    staffing: Staffing = "sized"


class SweepPoint(NamedTuple):
    """One point: its number in the sweep, and the value of each swept parameter."""

    number: int
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class PreparedSweep:
    """What all points share; goes to every worker once."""

    hotline: Hotline
    parameters: tuple[SweptParameter, ...]
    settings: SweepSettings
    recorded: dict[str, History]
    """What stored records say, by :func:`_past_key`; empty where the past is generated."""
    marks: tuple[Mark, ...]
    seats: NDArray[np.int64] | None
    """``(G, T)`` seats of the scenario as it is, where points keep them."""


def sweep_points(parameters: Sequence[SweptParameter]) -> list[SweepPoint]:
    """Every combination of the values, the last parameter fastest.

    Raises:
        BadInput: there is no parameter, or there are too many points.
    """
    if not 1 <= len(parameters) <= 2:
        raise BadInput(say("a sweep is over one parameter or two, found {count}", count=len(parameters)))
    if len({p.path for p in parameters}) != len(parameters):
        raise BadInput(say("the two parameters of a sweep must differ"))
    count = int(np.prod([len(p.values) for p in parameters]))
    if not 1 <= count <= POINTS_MAX:
        raise BadInput(say("a sweep has 1 to {most:,} points, found {count:,}", most=POINTS_MAX, count=count))
    return [SweepPoint(n, v) for n, v in enumerate(itertools.product(*(p.values for p in parameters)))]


def prepare_sweep(
    scenario: Scenario,
    parameters: Sequence[SweptParameter],
    settings: SweepSettings,
    home: Path,
    watch: StageProgress = silent,
) -> PreparedSweep:
    """Check the sweep and read what its points share; stage ``history``.

    Raises:
        BadInput: a number is out of range, a parameter is none or takes a value it must not, or the calendar is not announced.
    """
    if not 1 <= settings.days <= DAYS_MAX:
        raise BadInput(say("--days: found {days}, allowed are 1 to {most}", days=settings.days, most=DAYS_MAX))
    if not 2 <= settings.replications <= 10_000:
        raise BadInput(say("--replications: found {n}, allowed are 2 to 10000", n=settings.replications))
    if settings.seed < 0:
        raise BadInput(say("--seed: found {seed}, allowed are whole numbers from 0", seed=settings.seed))
    points = sweep_points(parameters)
    known = {p.path: p for p in parameters_of(scenario.hotline)}
    hotlines = [_hotline_at(scenario.hotline, parameters, known, point) for point in points]
    calendar = calendar_of(scenario.hotline)
    last = date.fromordinal(settings.first.toordinal() + settings.days - 1)
    calendar.require_announced(settings.first, last)

    def recorded() -> dict[str, History]:
        if sum(day < settings.first for day in RecordStore(home, scenario.hotline.id).days()) < RECORDED_DAYS_MIN:
            return {}
        found: dict[str, History] = {}
        for hotline in (scenario.hotline, *hotlines):
            if (key := _past_key(hotline)) not in found:
                found[key] = find_history(hotline, settings.first, settings.seed, home)
        return found

    prepared = PreparedSweep(
        scenario.hotline,
        tuple(parameters),
        settings,
        staged(watch, "history", recorded),
        tuple(MarkHistory(home, scenario.hotline.id).marks()),
        None,
    )
    if settings.staffing == "kept":
        at = _at(prepared, scenario.hotline)
        prepared = replace(prepared, seats=_seats(at))
    return prepared


def run_sweep(
    prepared: PreparedSweep,
    *,
    executor: Executor | None = None,
    workers: int = 1,
    ledger: Ledger[SweepPoint, pd.DataFrame] | None = None,
    formula: Ledger[SweepPoint, pd.DataFrame] | None = None,
    watch: StageProgress = silent,
) -> list[pd.DataFrame]:
    """Compute every point; stages ``formula`` (where asked for), ``compilation`` and ``points``.

    Args:
        prepared: see :func:`prepare_sweep`.
        executor: where points are computed; local processes by default.
        workers: how many of those.
        ledger: finished points are read from it and written to it.
        formula: likewise for the expected values by formula, which are there long before the simulation; None: none.
        watch: called with a stage's key, returns the progress to tell of it.

    Returns:
        One table a point in the order of :func:`sweep_points`: a row a replication, a column a measure.

    Raises:
        BadInput: a point cannot be simulated, or the executor is not there.
    """
    points = sweep_points(prepared.parameters)
    where = executor or LocalProcesses(workers)
    if formula is not None:
        run_tasks(Sharing(expected_at, prepared), points, executor=where, ledger=formula, progress=watch("formula"))
    if not engine_is_compiled():
        compile_engine(watch("compilation"))
    return run_tasks(Sharing(simulated_at, prepared), points, executor=where, ledger=ledger, progress=watch("points"))


def simulated_at(prepared: PreparedSweep, point: SweepPoint) -> pd.DataFrame:
    """The point simulated: a row a replication with every KPI, :data:`COMPLIES`, :data:`SEAT_HOURS`, :data:`HEAD_HOURS`."""
    at = _at(prepared, _hotline_of(prepared, point))
    hotline, settings = at.hotline, prepared.settings
    seats = prepared.seats if prepared.seats is not None else _seats(at)
    duties = seat_duties(seats, [group.id for group in hotline.groups], at.grid)
    centre = centre_of(hotline, at.grid, at.open_mask, at.forecast.paths, at.forecast.aht_s, duties)
    centre = replace(centre, absence_share=0.0, late_share=0.0)
    counts = run_replications(centre, seed=settings.seed, replications=settings.replications)
    numbers = np.arange(settings.replications)
    table = pd.DataFrame({"replication": numbers} | {key: period_values(counts, kpi) for key, kpi in KPIS.items()})
    unreachable = {t.id for t, _ in unreachable_targets(hotline, at.targets)}
    kept = np.ones(len(table), dtype=bool)
    for target in deciding_targets(at.targets, unreachable):
        values = table[target.kpi].to_numpy(float)
        kept &= np.array([np.isnan(v) or target.met(float(v)) for v in values])
    table[COMPLIES] = kept.astype(float)
    hours = float(seats.sum()) * at.grid.interval_s / 3600 * 7 / settings.days
    table[SEAT_HOURS] = hours
    table[HEAD_HOURS] = (
        hours / (1 - hotline.shrinkage.unplanned_share) if hotline.shrinkage.unplanned_share < 1 else np.nan
    )
    return table


def expected_at(prepared: PreparedSweep, point: SweepPoint) -> pd.DataFrame:
    """The point by formula for the expected demand: one row, a column each KPI that seats are sized for, and the hours."""
    at = _at(prepared, _hotline_of(prepared, point))
    workload = _workload(at)
    seats = prepared.seats if prepared.seats is not None else _seats(at, workload)
    inputs = sizing_inputs(at.hotline, workload, at.targets)
    values = day_values_of(at.hotline, inputs, at.targets, seats)
    calls = np.bincount(inputs.day, weights=inputs.calls.sum(axis=0), minlength=len(values))
    found: dict[str, float] = {}
    for target, _goal in sized_targets(at.hotline, at.targets):
        by_day = values[target.id].to_numpy(float)
        known = np.isfinite(by_day) & (calls > 0)
        if target.kpi in KPIS and known.any():
            found.setdefault(target.kpi, float(np.average(by_day[known], weights=calls[known])))
    hours = float(seats.sum()) * at.grid.interval_s / 3600 * 7 / prepared.settings.days
    absent = at.hotline.shrinkage.unplanned_share
    found |= {SEAT_HOURS: hours, HEAD_HOURS: hours / (1 - absent) if absent < 1 else float("nan")}
    return pd.DataFrame([{"replication": 0, **found}])


@dataclass(frozen=True, slots=True)
class _At:
    """A point's hotline and period, forecast."""

    hotline: Hotline
    grid: TimeGrid
    calendar: WorkingCalendar
    targets: tuple[Target, ...]
    open_mask: NDArray[np.bool_]
    forecast: Forecast


def _hotline_at(
    hotline: Hotline, parameters: Sequence[SweptParameter], known: Mapping[str, Parameter], point: SweepPoint
) -> Hotline:
    overrides: dict[str, Any] = {}
    for parameter, value in zip(parameters, point.values, strict=True):
        overrides |= overrides_at(known, parameter, value)
    return point_hotline(hotline, overrides)


def _hotline_of(prepared: PreparedSweep, point: SweepPoint) -> Hotline:
    known = {p.path: p for p in parameters_of(prepared.hotline)}
    return _hotline_at(prepared.hotline, prepared.parameters, known, point)


def _past_key(hotline: Hotline) -> str:
    """Hash of what past and forecast depend on; volume and handling time multiply the forecast afterwards."""
    raw = hotline_as_is(hotline).model_dump(mode="json", by_alias=True, exclude=set(_NO_MATTER))
    return content_hash(raw)


_known_forecasts: OrderedDict[tuple[str, str], tuple[Forecast, WorkingCalendar]] = OrderedDict()


def _at(prepared: PreparedSweep, hotline: Hotline) -> _At:
    settings = prepared.settings
    grid = grid_of(hotline, settings.first, settings.days)
    key = _past_key(hotline)
    paths = max(PATHS, settings.replications)
    recorded = prepared.recorded.get(key)
    mark = content_hash(
        [recorded.content_hash if recorded else "", [m.id for m in prepared.marks], str(settings), paths]
    )
    if (key, mark) not in _known_forecasts:
        as_is = hotline_as_is(hotline)
        history = recorded or find_history(as_is, settings.first, settings.seed, _NOWHERE)
        history, calendar = learned_from(as_is, history, calendar_of(as_is), prepared.marks)
        forecast = forecast_period(
            as_is, history.actuals, history.grid, grid, calendar, seed=settings.seed, paths=paths
        )
        _known_forecasts[key, mark] = forecast, calendar
        while len(_known_forecasts) > _KEPT:
            _known_forecasts.popitem(last=False)
    forecast, calendar = _known_forecasts[key, mark]
    forecast = as_asked(forecast, hotline)
    return _At(hotline, grid, calendar, targets_of(hotline), open_intervals(hotline, grid, calendar), forecast)


_NOWHERE = Path("/nonexistent/no-records")


def _workload(at: _At) -> Workload:
    return compute_workload(at.hotline, at.forecast.summary(), at.grid, at.calendar)


def _seats(at: _At, workload: Workload | None = None) -> NDArray[np.int64]:
    requirement = compute_requirement(at.hotline, workload or _workload(at), at.targets, "interval")
    seats: NDArray[np.int64] = (
        requirement["seats"].to_numpy(dtype=np.int64).reshape(len(at.hotline.groups), len(at.grid))
    )
    return seats
