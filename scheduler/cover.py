"""How many posts each shift needs on each date, so that the requirement is covered at least cost.

The set-covering model of Dantzig (1954, "A comment on Edie's traffic delays at toll booths",
Operations Research 2) on elementary segments: time is cut at every interval, shift and break
boundary, so that breaks inside an interval are seen exactly. The matrix is nearly an interval
matrix; HiGHS solves it to the integer optimum.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize, sparse

from scheduler.shift_times import at_minute, utc_minutes
from scheduler.table_rows import rows_of
from wfm.errors import BadInput
from wfm.execution import Progress, no_progress
from wfm.hotline import Hotline, Shift
from wfm.i18n import say

if TYPE_CHECKING:
    from wfm.calendar import TimeGrid, WorkingCalendar

__all__ = ["Cover", "cover_shifts", "required_heads"]

SHORT_COST = 10_000.0
"""Cost of one head missing in one segment, in paid hours: any shift is cheaper."""
PEAK_COST = 0.01
"""Cost of a day's highest surplus, in paid hours: among equally cheap covers the smooth one."""
TIME_LIMIT_S = 20.0


@dataclass(frozen=True, slots=True)
class Cover:
    """Posts that cover the requirement.

    Attributes:
        posts: columns ``date, group, shift, posts_a, posts_b``, one row each with at least one post.
        shortfall: columns ``group, interval, short_heads``: heads that no shift may bring (no shift
            lies there, or the seats are all taken). Empty when everything is covered.
        tail: columns ``group, interval``: first intervals of the period that only a shift begun
            before it can serve. Without a history ``posts`` holds that shift, dated on the eve.
        paid_h: paid hours of all A posts.
        proven: whether the cover is proven least-cost.
    """

    posts: pd.DataFrame
    shortfall: pd.DataFrame
    tail: pd.DataFrame
    paid_h: float
    proven: bool


@dataclass(frozen=True, slots=True)
class _Choice:
    """One variable of the model: posts of a shift on a date for a group."""

    day: date
    group: str
    shift: Shift
    spans: tuple[tuple[int, int], ...]
    """Time on duty less breaks, UTC minutes."""


@dataclass(frozen=True, slots=True)
class _Rows:
    """Distinct covering rows of one group: who covers, how many heads, and of which day."""

    matrix: sparse.csr_array
    heads: NDArray[np.float64]
    day: NDArray[np.int64]


def cover_shifts(
    hotline: Hotline,
    requirement: pd.DataFrame,
    grid: TimeGrid,
    calendar: WorkingCalendar,
    *,
    seats_opened: bool = True,
    history: pd.DataFrame | None = None,
    progress: Progress = no_progress,
) -> Cover:
    """Posts per (date, group, shift) at least paid hours with ``heads`` on duty in every interval.

    A shift counts in a segment only while it is on duty there, breaks out. It may begin on the kinds
    of day and for the groups it names; one begun on the last day may end after the period. B posts:
    ``ceil(posts_a / group.posts_per_backup)``.

    Args:
        requirement: ``tables.REQUIREMENT``; only ``group, interval, heads`` are read. Intervals
            without a row, or with 0 heads, need nobody.
        seats_opened: at no time more A posts over all groups than ``seats.opened``; False: than ``seats.built``.
        history: duties of the roster before. Its A duties serve the first hours of the period; when
            None, shifts may begin on the eve for them.

    Raises:
        BadInput: the requirement names an unknown group or an interval that is not of the grid.
    """
    heads = required_heads(hotline, requirement, grid)
    bounds = np.array([utc_minutes(t) for t in [*grid.starts, grid.ends[-1]]], dtype=np.int64)
    choices = {g: _choices(hotline, g, grid, calendar, bounds[0], with_eve=history is None) for g in heads}
    earlier = _earlier_duty(history, grid, bounds[0], list(heads))
    cap = hotline.seats.opened if seats_opened else hotline.seats.built

    progress(0, len(heads) + 1)
    counts: dict[str, NDArray[np.int64]] = {}
    proven = True
    for done, (group_id, needed) in enumerate(heads.items(), start=1):
        rows = _covering_rows(choices[group_id], needed, earlier[group_id], bounds, grid)
        counts[group_id], exact = _solve([choices[group_id]], [rows], None, cap)
        proven &= exact
        progress(done, len(heads) + 1)
    every = [c for g in heads for c in choices[g]]
    chosen = np.concatenate([counts[g] for g in heads]) if heads else np.zeros(0, dtype=np.int64)
    together = _overlap_rows(every)
    if len(every) and (together @ chosen > cap).any():
        rows_all = [_covering_rows(choices[g], heads[g], earlier[g], bounds, grid) for g in heads]
        chosen, proven = _solve([choices[g] for g in heads], rows_all, together, cap)
    progress(len(heads) + 1, len(heads) + 1)
    return _cover_of(hotline, heads, every, chosen, earlier, bounds, grid, proven)


def required_heads(hotline: Hotline, requirement: pd.DataFrame, grid: TimeGrid) -> dict[str, NDArray[np.int64]]:
    """Heads ``(T,)`` that each group of a requirement needs, groups that it does not name left out.

    Raises:
        BadInput: it names an unknown group or an interval outside the grid.
    """
    known = [g.id for g in hotline.groups]
    unknown = sorted(set(requirement["group"]) - set(known))
    if unknown:
        raise BadInput(
            say(
                "requirement: unknown group {group}; known: {known}",
                group=unknown[0],
                known=", ".join(known),
            )
        )
    places = np.asarray(grid.locate(requirement["interval"]))
    if (places < 0).any():
        outside = requirement["interval"].iloc[int(np.argmax(places < 0))]
        raise BadInput(say("requirement: the interval {interval} lies outside the period", interval=outside))
    heads: dict[str, NDArray[np.int64]] = {}
    for group_id in known:
        mine = (requirement["group"] == group_id).to_numpy()
        if not mine.any():
            continue
        needed = np.zeros(len(grid), dtype=np.int64)
        np.maximum.at(needed, places[mine], np.ceil(requirement["heads"].to_numpy(dtype=float)[mine]).astype(np.int64))
        heads[group_id] = needed
    return heads


def _choices(
    hotline: Hotline,
    group_id: str,
    grid: TimeGrid,
    calendar: WorkingCalendar,
    begin: int,
    *,
    with_eve: bool,
) -> list[_Choice]:
    zone = ZoneInfo(hotline.time_zone)
    found = []
    for offset in range(-1 if with_eve else 0, grid.days):
        day = grid.first + timedelta(days=offset)
        kind = str(calendar.kind(day))
        for shift in hotline.shifts_of(group_id):
            if kind not in shift.days:
                continue
            spans = _on_duty(day, shift, zone)
            if spans[-1][1] > begin:
                found.append(_Choice(day, group_id, shift, spans))
    first_begin = min((c.spans[0][0] for c in found if c.day >= grid.first), default=None)
    reached = first_begin is not None and first_begin <= begin
    return [c for c in found if c.day >= grid.first or not reached]


def _on_duty(day: date, shift: Shift, zone: ZoneInfo) -> tuple[tuple[int, int], ...]:
    """Spans of UTC minutes on duty, breaks taken out."""
    cuts = [0]
    for pause in shift.breaks:
        cuts += [pause.after_min, pause.after_min + pause.length_min]
    cuts.append(shift.length_min)
    marks = [utc_minutes(at_minute(day, shift.start_min + c, zone)) for c in cuts]
    return tuple((a, b) for a, b in zip(marks[::2], marks[1::2], strict=True) if b > a)


def _earlier_duty(
    history: pd.DataFrame | None, grid: TimeGrid, begin: int, group_ids: list[str]
) -> dict[str, list[tuple[int, int]]]:
    """Spans of A duties begun before the period that reach into it, by group (breaks not taken out)."""
    found: dict[str, list[tuple[int, int]]] = {g: [] for g in group_ids}
    if history is None:
        return found
    for row in rows_of(history):
        if row.role != "A" or pd.Timestamp(row.date).date() >= grid.first or row.group not in found:
            continue
        span = (utc_minutes(row.start), utc_minutes(row.end))
        if span[1] > begin:
            found[row.group].append(span)
    return found


def _covering_rows(
    choices: list[_Choice],
    heads: NDArray[np.int64],
    earlier: list[tuple[int, int]],
    bounds: NDArray[np.int64],
    grid: TimeGrid,
) -> _Rows:
    """One row per distinct set of shifts that are on duty together, with the most heads it must bring."""
    marks = _marks([*(s for c in choices for s in c.spans), *earlier], bounds)
    interval = np.searchsorted(bounds, marks[:-1], side="right") - 1
    inside = (interval >= 0) & (interval < len(heads))
    needed = np.where(inside, heads[np.clip(interval, 0, len(heads) - 1)], 0)
    for begin, end in earlier:
        needed[(marks[:-1] >= begin) & (marks[:-1] < end)] -= 1
    covering: list[list[int]] = [[] for _ in needed]
    for column, choice in enumerate(choices):
        for begin, end in choice.spans:
            for row in range(*np.searchsorted(marks, (begin, end))):
                covering[row].append(column)
    days = (grid.dates - grid.dates[0]).astype(int)
    best: dict[tuple[int, ...], tuple[int, int]] = {}
    for row, columns in enumerate(covering):
        if needed[row] > 0 and columns:
            key = tuple(columns)
            day = int(days[interval[row]])
            best[key] = (max(int(needed[row]), best.get(key, (0, 0))[0]), day)
    lengths = [len(key) for key in best]
    indices = np.array([column for key in best for column in key], dtype=np.int64)
    matrix = sparse.csr_array(
        (np.ones(len(indices)), indices, np.cumsum([0, *lengths])), shape=(len(best), len(choices))
    )
    values = list(best.values())
    return _Rows(
        matrix, np.array([v[0] for v in values], dtype=float), np.array([v[1] for v in values], dtype=np.int64)
    )


def _marks(spans: list[tuple[int, int]], bounds: NDArray[np.int64]) -> NDArray[np.int64]:
    edges = np.array([edge for span in spans for edge in span], dtype=np.int64)
    return np.unique(np.concatenate([bounds, edges]))


def _overlap_rows(choices: list[_Choice]) -> sparse.csr_array:
    """Row per moment at which a shift begins or a break ends: which shifts are on duty then."""
    starts = sorted({begin for c in choices for begin, _ in c.spans})
    rows, columns = [], []
    for column, choice in enumerate(choices):
        for begin, end in choice.spans:
            for row in range(*np.searchsorted(starts, (begin, end))):
                rows.append(row)
                columns.append(column)
    shape = (len(starts), len(choices))
    return sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)


def _solve(
    choices: list[list[_Choice]], rows: list[_Rows], together: sparse.csr_array | None, cap: int
) -> tuple[NDArray[np.int64], bool]:
    """Least-cost counts of all choices, and whether they are proven least-cost.

    Variables: posts | heads short in each row | highest surplus of each (group, day).
    """
    n_posts = sum(len(c) for c in choices)
    n_rows = sum(len(r.heads) for r in rows)
    if n_rows == 0:
        return np.zeros(n_posts, dtype=np.int64), True
    cover = sparse.block_diag([r.matrix for r in rows], format="csr")
    heads = np.concatenate([r.heads for r in rows])
    days = np.concatenate([r.day + i * 100_000 for i, r in enumerate(rows)])
    peaks, peak_of = np.unique(days, return_inverse=True)
    n_peaks = len(peaks)
    peak = sparse.csr_array((np.ones(n_rows), (np.arange(n_rows), peak_of)), shape=(n_rows, n_peaks))
    nothing = sparse.csr_array((n_rows, n_peaks))
    constraints = [
        optimize.LinearConstraint(sparse.hstack([cover, sparse.eye_array(n_rows), nothing]).tocsr(), lb=heads),
        optimize.LinearConstraint(sparse.hstack([cover, sparse.csr_array((n_rows, n_rows)), -peak]).tocsr(), ub=heads),
    ]
    if together is not None:
        rest = sparse.csr_array((together.shape[0], n_rows + n_peaks))
        constraints.append(optimize.LinearConstraint(sparse.hstack([together, rest]).tocsr(), ub=float(cap)))
    paid = [max(c.shift.paid_h, 0.01) for part in choices for c in part]
    result = optimize.milp(
        np.concatenate([paid, np.full(n_rows, SHORT_COST), np.full(n_peaks, PEAK_COST)]),
        integrality=np.concatenate([np.ones(n_posts), np.zeros(n_rows + n_peaks)]),
        bounds=optimize.Bounds(0, np.inf),
        constraints=constraints,
        options={"time_limit": TIME_LIMIT_S, "mip_rel_gap": 1e-7},
    )
    if result.x is None:
        return _one_by_one(choices, rows, together, cap), False
    return np.rint(result.x[:n_posts]).astype(np.int64), result.status == 0


def _one_by_one(
    choices: list[list[_Choice]], rows: list[_Rows], together: sparse.csr_array | None, cap: int
) -> NDArray[np.int64]:
    """A legal cover when the solver finds none in time: add the shift that brings most missing heads per hour."""
    parts = []
    for part, needed in zip(choices, rows, strict=True):
        chosen = np.zeros(len(part))
        paid = np.array([max(c.shift.paid_h, 0.01) for c in part])
        while True:
            missing = np.maximum(0.0, needed.heads - needed.matrix @ chosen) > 0
            gain = (needed.matrix.T @ missing.astype(float)) / paid
            if not len(gain) or gain.max() <= 0:
                break
            chosen[int(np.argmax(gain))] += 1
        parts.append(chosen)
    counts = np.concatenate(parts)
    while together is not None and (over := together @ counts > cap).any():
        worst = int(np.argmax((together.T @ over.astype(float)) * (counts > 0)))
        counts[worst] -= 1
    return counts.astype(np.int64)


def _cover_of(
    hotline: Hotline,
    heads: dict[str, NDArray[np.int64]],
    choices: list[_Choice],
    chosen: NDArray[np.int64],
    earlier: dict[str, list[tuple[int, int]]],
    bounds: NDArray[np.int64],
    grid: TimeGrid,
    proven: bool,
) -> Cover:
    posts = []
    for choice, count in zip(choices, chosen, strict=True):
        if count > 0:
            per_backup = hotline.group(choice.group).posts_per_backup
            backups = math.ceil(int(count) / per_backup) if per_backup else 0
            posts.append((pd.Timestamp(choice.day), choice.group, choice.shift.id, int(count), backups))
    short, tail = [], []
    for group_id, needed in heads.items():
        mine = [(c, int(n)) for c, n in zip(choices, chosen, strict=True) if c.group == group_id]
        least = _least_on_duty(mine, earlier[group_id], bounds)
        begun_inside = _least_on_duty([(c, 1) for c, _ in mine if c.day >= grid.first], [], bounds)
        within_first_day = grid.dates == grid.dates[0]
        for t in np.flatnonzero(needed > least).tolist():
            short.append((group_id, grid.starts[t], float(needed[t] - least[t])))
        for t in np.flatnonzero((needed > 0) & (begun_inside == 0) & within_first_day & (least > 0)).tolist():
            tail.append((group_id, grid.starts[t]))
    table = pd.DataFrame(posts, columns=["date", "group", "shift", "posts_a", "posts_b"])
    table = table.astype({"posts_a": "int64", "posts_b": "int64"})
    table["date"] = pd.to_datetime(table["date"])
    return Cover(
        posts=table.sort_values(["date", "group", "shift"], ignore_index=True),
        shortfall=pd.DataFrame(short, columns=["group", "interval", "short_heads"]),
        tail=pd.DataFrame(tail, columns=["group", "interval"]),
        paid_h=float(sum(c.shift.paid_h * int(n) for c, n in zip(choices, chosen, strict=True))),
        proven=proven,
    )


def _least_on_duty(
    posts: list[tuple[_Choice, int]], earlier: list[tuple[int, int]], bounds: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Fewest heads on duty at any moment of each interval."""
    spans = [(s, n) for c, n in posts if n for s in c.spans] + [(s, 1) for s in earlier]
    marks = _marks([s for s, _ in spans], bounds)
    change = np.zeros(len(marks) + 1, dtype=np.int64)
    for (begin, end), n in spans:
        change[np.searchsorted(marks, begin)] += n
        change[np.searchsorted(marks, end)] -= n
    on_duty = np.cumsum(change)[: len(marks) - 1]
    interval = np.searchsorted(bounds, marks[:-1], side="right") - 1
    least = np.full(len(bounds) - 1, np.iinfo(np.int64).max)
    inside = (interval >= 0) & (interval < len(least))
    np.minimum.at(least, interval[inside], on_duty[inside])
    return least
