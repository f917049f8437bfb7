"""Hours and duties that each coming month asks for.

A month is sized as any other period: its own days (weekdays, weekends, holidays, make-up days), the
calls of a like day grown and in season, the seats that the targets ask for, whole shifts over them with
their A and B posts, and the back office's hours. Each month is sized anew: twice the calls need less
than twice the seats, and minimum cover needs the same heads whatever the calls.

Growth is compounded by month: calls × (1 + growth)^(months ÷ 12), counted from the month whose level
the typical days hold. Only the ratios of month factors matter. Days of a year that is not announced yet
are taken as its statute says, without moved days (``provisional``).

Limits of validity: handling time, patience and the shape of the day stay as they are; hours are for the
opened seats where more would be wanted (``short_seats``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.calendar import DayKind, TimeGrid, WorkingCalendar
from wfm.errors import BadInput
from wfm.execution import Progress, no_progress, run_tasks
from wfm.hotline import Hotline, calendar_of, grid_of, targets_of
from wfm.i18n import say
from wfm.records.generating import expected_calls
from wfm.staffing.requirement import compute_requirement
from wfm.staffing.workload import Workload, compute_workload
from wfm.standards import Target

__all__ = [
    "MONTHS_MAX",
    "MonthWork",
    "RequirementOf",
    "Rostered",
    "RosteredOf",
    "ShiftPosts",
    "TypicalCalls",
    "calls_of_demand",
    "month_after",
    "month_factor",
    "month_work",
    "rostered_by_the_hour",
]

Floats = NDArray[np.float64]

MONTHS_MAX = 36
"""The longest view; beyond it growth alone decides."""
WORTH_PROCESSES_S = 8.0
"""With less work left than that, it is done sooner here than by processes that have to start."""


@dataclass(frozen=True, slots=True)
class TypicalCalls:
    """Calls of a like day, before growth and season."""

    by_kind: dict[DayKind, Floats]
    """First attempts by line and interval of the day, ``(L, n)``."""
    aht_s: Floats
    """Handling time of each line and interval of the day, ``(L, n)``."""
    level_of: date | None
    """Middle of the days it was taken from, from where growth counts; None: the first month planned."""
    season: Floats
    """Calls of January … December ÷ the year's mean, ``(12,)``."""


@dataclass(frozen=True, slots=True)
class ShiftPosts:
    """Posts that begin with one shift for one group on one date."""

    date: date
    group: str
    shift: str
    posts_a: int
    posts_b: int


@dataclass(frozen=True, slots=True)
class Rostered:
    """What whole shifts bring in a month."""

    paid_a_h: float
    paid_b_h: float
    """Paid length of the B duties, before ``standby_hours_share``."""
    duties: dict[date, int]
    """A and B duties that begin on each day."""
    nights: int
    """Of these, night duties."""
    posts: tuple[ShiftPosts, ...] = ()
    """The posts one by one; empty where no shifts were laid."""
    uncovered_h: float = 0.0
    """Hours of heads that no shift may bring."""


@dataclass(frozen=True, slots=True)
class MonthWork:
    """What one month asks for."""

    month: date
    """Its first day."""
    days: dict[DayKind, int]
    provisional: bool
    """Its make-up days and moved days off are not announced yet."""
    factor: float
    """Growth × season applied to the typical calls."""
    calls_per_day: float
    """First attempts, mean over all days."""
    seat_h: float
    """Hours of heads that the requirement asks for."""
    rostered: Rostered
    counted_h: float
    """Paid hours of A and B duties that count toward the hours band."""
    back_office_h: float
    short_seats: int
    """Seats wanted beyond those opened, at the worst moment."""


RequirementOf = Callable[[Hotline, Workload, tuple[Target, ...]], pd.DataFrame]
"""Makes ``tables.REQUIREMENT``; interval level by default, or the day level."""

RosteredOf = Callable[[pd.DataFrame, TimeGrid, WorkingCalendar], Rostered]
"""Covers a requirement with shifts."""


def month_after(month: date, count: int) -> date:
    """First day of the month ``count`` months after ``month``'s."""
    place = month.year * 12 + month.month - 1 + count
    return date(place // 12, place % 12 + 1, 1)


def calls_of_demand(hotline: Hotline) -> TypicalCalls:
    """Typical days by the hotline's own ``demand``, at the level of the first month planned."""
    somewhere = date(2026, 1, 5)
    grid = TimeGrid(somewhere, 1, hotline.interval_min, "UTC")
    by_kind = {
        kind: expected_calls(hotline, grid, WorkingCalendar(None, (), {somewhere: (kind, None)})) for kind in DayKind
    }
    aht = np.repeat([[line.handling.mean_s] for line in hotline.lines], len(grid), axis=1)
    return TypicalCalls(by_kind, aht, None, _season(hotline.long_view.month_factors))


def _season(factors: Sequence[float]) -> Floats:
    season = np.array(factors or [1.0] * 12, dtype=np.float64)
    scaled: Floats = season / season.mean()
    return scaled


def month_factor(hotline: Hotline, typical: TypicalCalls, month: date, first: date) -> float:
    """Growth × season of ``month``; ``first`` is the first month planned.

    A level taken from records belongs to the middle of their days, so that months count from middle to
    middle; one of ``demand`` belongs to the first month. The season of recorded days is in their level
    and is taken out of it.
    """
    growth: float = 1 + hotline.long_view.growth_per_year
    season = float(typical.season[month.month - 1])
    if typical.level_of is None:
        since = (month.year - first.year) * 12 + month.month - first.month
        return float(growth ** (since / 12)) * season
    since_days = (month + timedelta(days=14) - typical.level_of).days
    return float(growth ** (since_days / 365.25)) * season / float(typical.season[typical.level_of.month - 1])


def month_work(
    hotline: Hotline,
    typical: TypicalCalls,
    months: Sequence[date],
    first: date,
    *,
    rostered_of: RosteredOf | None = None,
    requirement_of: RequirementOf = compute_requirement,
    workers: int = 1,
    progress: Progress = no_progress,
) -> list[MonthWork]:
    """Size each of ``months`` by its own days.

    Args:
        typical: calls of like days.
        months: first days of the months.
        first: the first month planned, at whose level ``demand`` stands.
        rostered_of: covers the requirement with shifts; by default hours are taken as they are
            (:func:`rostered_by_the_hour`).
        requirement_of: makes the requirement of a month.
        workers: processes at most, where so much is left after the first two months that starting them pays; with more
            than one both functions must be picklable. The result is the same.

    Raises:
        BadInput: growth makes more calls than can be sized.
    """
    size = partial(
        _sized,
        hotline=hotline,
        typical=typical,
        calendar=calendar_of(hotline),
        targets=targets_of(hotline),
        cover=rostered_of or partial(rostered_by_the_hour, hotline),
        requirement_of=requirement_of,
    )
    tasks = [(month, month_factor(hotline, typical, month, first)) for month in months]
    if not tasks or workers <= 1:
        return run_tasks(size, tasks, progress=progress)
    sized = [size(tasks[0])]  # also loads what months are sized with, so that the second is the one to judge by
    began = time.monotonic()
    sized += map(size, tasks[1:2])
    here = (time.monotonic() - began) * (len(tasks) - 2) < WORTH_PROCESSES_S
    done_here = len(sized)
    rest = run_tasks(
        size,
        tasks[done_here:],
        workers=1 if here else workers,
        progress=lambda done, total: progress(done + done_here, total + done_here),
    )
    return sized + rest


def _sized(
    task: tuple[date, float],
    *,
    hotline: Hotline,
    typical: TypicalCalls,
    calendar: WorkingCalendar,
    targets: tuple[Target, ...],
    cover: RosteredOf,
    requirement_of: RequirementOf,
) -> MonthWork:
    month, factor = task
    grid = grid_of(hotline, month, (month_after(month, 1) - month).days)
    kinds = [calendar.kind(day) for day in grid.day_list]
    slot = grid.minutes // hotline.interval_min
    kind_of = np.array(kinds, dtype=object)[(grid.dates - np.datetime64(month, "D")).astype(np.int64)]
    calls = np.zeros((len(hotline.lines), len(grid)))
    for kind in set(kinds):
        here = kind_of == kind
        calls[:, here] = typical.by_kind[kind][:, slot[here]] * factor
    if not np.isfinite(calls).all() or calls.max(initial=0.0) > 1e6:
        raise BadInput(
            say(
                "long_view.growth_per_year: {growth:g} makes more calls in {month} than can be sized",
                growth=hotline.long_view.growth_per_year,
                month=f"{month:%Y-%m}",
            )
        )
    summary = pd.DataFrame(
        {
            "line": np.repeat(hotline.line_ids, len(grid)),
            "interval": grid.starts.append([grid.starts] * (len(hotline.lines) - 1)),
            "mean": calls.ravel(),
            "aht_s": typical.aht_s[:, slot].ravel(),
        }
    )
    workload = compute_workload(hotline, summary, grid, calendar, targets)
    requirement = requirement_of(hotline, workload, targets)
    rostered = cover(requirement, grid, calendar)
    together = requirement.groupby("interval")["short_seats"].sum()
    back_office_h = float(workload.table["back_office_erlang"].sum()) * grid.interval_s / 3600
    return MonthWork(
        month=month,
        days={kind: kinds.count(kind) for kind in DayKind},
        provisional=any(calendar.provisional(day) for day in grid.day_list),
        factor=factor,
        calls_per_day=float(calls.sum()) / grid.days,
        seat_h=float((requirement["heads"] * requirement["interval_s"]).sum()) / 3600,
        rostered=rostered,
        counted_h=rostered.paid_a_h + hotline.rules.standby_hours_share * rostered.paid_b_h,
        back_office_h=back_office_h / hotline.occupancy_max,
        short_seats=int(together.max()) if len(together) else 0,
    )


def rostered_by_the_hour(
    hotline: Hotline, requirement: pd.DataFrame, grid: TimeGrid, _calendar: WorkingCalendar | None = None
) -> Rostered:
    """Duties as if people could be paid by the interval: a lower bound of what shifts bring.

    Duties have the mean paid length of the group's shifts; B duties are A duties ÷ ``posts_per_backup``.
    """
    heads = requirement["heads"].to_numpy(dtype=np.float64).reshape(len(hotline.groups), -1)
    hours = heads * grid.interval_s / 3600
    at_night = np.zeros(len(grid), dtype=bool)
    for shift in hotline.shifts:
        if shift.night:
            at_night |= (grid.minutes - shift.start_min) % 1440 < shift.length_min
    duties = np.zeros(len(grid))
    nights = paid_a = paid_b = 0.0
    for row, group in enumerate(hotline.groups):
        lengths = [shift.paid_h for shift in hotline.shifts_of(group.id)] or [8.0]
        length, with_b = float(np.mean(lengths)), 1 + (1 / group.posts_per_backup if group.posts_per_backup else 0)
        paid_a += float(hours[row].sum())
        paid_b += float(hours[row].sum()) * (with_b - 1)
        duties += hours[row] / length * with_b
        nights += float(hours[row, at_night].sum()) / length * with_b
    day = (grid.dates - grid.dates[0]).astype(np.int64)
    by_day = np.ceil(np.bincount(day, weights=duties, minlength=grid.days) - 1e-9).astype(int)
    return Rostered(paid_a, paid_b, dict(zip(grid.day_list, by_day.tolist(), strict=True)), int(np.ceil(nights - 1e-9)))
