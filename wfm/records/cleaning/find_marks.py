"""Finding what is not as usual in interval actuals, told as marks with a reason in words and numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.calendar import DayKind, TimeGrid, WorkingCalendar
from wfm.i18n import Text, both
from wfm.records.cleaning.marks import Kind, Mark, mark_id
from wfm.records.cleaning.odd_days import OddStretch, odd_days, odd_stretches
from wfm.records.cleaning.silences import Silence, silences
from wfm.records.cleaning.usual_days import HOLIDAY, MAKEUP, SPECIAL, Usual, day_kinds, usual_days
from wfm.records.demand import demand_column

__all__ = ["FALSE_SHARE", "find_marks"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

FALSE_SHARE = 0.01
"""Share of the marks that chance may have made, on average."""
LINE_SHARE = 0.8
"""A line that makes this share of the centre's deviation is told instead of the centre."""

_A_DAY = (
    Text("a Monday", "星期一"),
    Text("a Tuesday", "星期二"),
    Text("a Wednesday", "星期三"),
    Text("a Thursday", "星期四"),
    Text("a Friday", "星期五"),
    Text("a Saturday", "星期六"),
    Text("a Sunday", "星期日"),
)


def find_marks(
    actuals: pd.DataFrame,
    grid: TimeGrid,
    calendar: WorkingCalendar,
    lines: Sequence[str],
    *,
    names: Mapping[str, Text] | None = None,
    false_share: float = FALSE_SHARE,
) -> list[Mark]:
    """Marks to propose, by time.

    The centre is looked at first, then each line; what the centre's marks explain is not told of a line again.

    Args:
        actuals: ``tables.ACTUALS`` over the grid.
        grid: intervals from the first to the last day of the records.
        calendar: kinds of the days.
        lines: the lines.
        names: what the lines are called in sentences; their identifiers otherwise.
        false_share: share of the marks that chance may have made, on average (false discovery rate).
    """
    counts = _counts(actuals, grid, lines)
    kinds = day_kinds(grid.day_list, calendar)
    # Lines of which nothing at all is known do not count; the centre is known where all others are.
    known = counts[~np.isnan(counts).all(axis=1)]
    silent = np.zeros(len(grid), dtype=bool)
    marks = _of_series(known.sum(axis=0), grid, kinds, calendar, None, Text("", ""), false_share, silent)
    if len(lines) < 2:
        return marks
    for row, line in enumerate(lines):
        name = (names or {}).get(line, Text(line, line))
        mine = _of_series(counts[row], grid, kinds, calendar, line, name, false_share, silent.copy())
        own = [mark for mark in mine if not _explained(mark, marks)]
        # What one line alone brought about is told of that line.
        marks = [mark for mark in marks if not any(_brought_about(other, mark) for other in own)] + own
    return sorted(marks, key=lambda mark: (mark.start, mark.line or "", mark.kind))


def _counts(actuals: pd.DataFrame, grid: TimeGrid, lines: Sequence[str]) -> Floats:
    """Calls that count as demand by line and interval, (L, T); NaN where nothing was recorded."""
    counts = np.full((len(lines), len(grid)), np.nan)
    rows = actuals[actuals["line"].isin(list(lines))]
    at = grid.locate(pd.DatetimeIndex(rows["interval"]))
    row = pd.Index(list(lines)).get_indexer(pd.Index(rows["line"].to_numpy(dtype=object)))
    values = demand_column(rows).to_numpy(float)
    counts[row[at >= 0], at[at >= 0]] = values[at >= 0]
    return counts


def _of_series(
    counts: Floats,
    grid: TimeGrid,
    kinds: NDArray[np.int64],
    calendar: WorkingCalendar,
    line: str | None,
    name: Text,
    false_share: float,
    silent: Flags,
) -> list[Mark]:
    """Marks of one line or of the centre. ``silent`` (T,): silences told already; those found here are added to it."""
    recorded = ~np.isnan(counts) & ~silent
    counts = np.nan_to_num(counts)
    if line is not None and counts.any():
        # A line may open later than others, or close: before its first call and after its last one nothing is odd.
        lively = np.flatnonzero(counts > 0)
        recorded[: lively[0]] = False
        recorded[lively[-1] + 1 :] = False
    usual = usual_days(counts, grid, kinds, recorded)
    quiet = silences(counts, usual, silent, at_edges=line is None)
    for silence in quiet:
        silent[silence.first : silence.last] = True
    recorded &= ~silent
    odd = odd_days(counts, usual_days(counts, grid, kinds, recorded), recorded, false_share)
    # Once more without the days that stray, so that they do not widen what counts as usual.
    usual = usual_days(counts, grid, kinds, recorded, odd != 0)
    odd = odd_days(counts, usual, recorded, false_share)
    marks = [_silence_mark(silence, grid, line, name) for silence in quiet]
    marks += [
        _day_mark(n, counts, usual, recorded, odd, grid, calendar, line, name) for n in np.flatnonzero(odd).tolist()
    ]
    for stretch in odd_stretches(counts, usual, recorded, odd, false_share):
        marks.append(_stretch_mark(stretch, grid, line, name))
    return marks


def _explained(mark: Mark, others: Sequence[Mark]) -> bool:
    """Whether a mark of the centre tells the same: it covers the stretch and strays the same way."""
    return any(
        other.start <= mark.start
        and mark.end <= other.end
        and (_way(other) == _way(mark))
        and not _brought_about(mark, other)
        for other in others
        if other.line is None
    )


def _way(mark: Mark) -> int:
    """1 where more calls than usual were found, −1 where fewer."""
    return 1 if (mark.found or 0.0) > (mark.usual or 0.0) else -1


def _brought_about(line: Mark, centre: Mark) -> bool:
    """Whether the line's deviation makes most of the centre's."""
    if centre.line is not None or line.line is None or centre.found is None or line.found is None:
        return False
    if centre.kind in ("gap", "outage", "partial_day") or line.start >= centre.end or line.end <= centre.start:
        return False
    of_line, of_centre = line.found - (line.usual or 0.0), centre.found - (centre.usual or 0.0)
    return of_line * of_centre > 0 and abs(of_line) >= LINE_SHARE * abs(of_centre)


def _mark(
    line: str | None,
    grid: TimeGrid,
    first: int,
    last: int,
    kind: Kind,
    reason: Text,
    found: float,
    usual: float,
    spread: float,
) -> Mark:
    start, end = grid.starts[first].to_pydatetime(), grid.ends[last - 1].to_pydatetime()
    return Mark(
        mark_id(line, start, end, kind),
        line,
        start,
        end,
        kind,
        reason,
        found=found,
        usual=round(usual, 1),
        spread=round(spread, 1),
    )


def _silence_mark(silence: Silence, grid: TimeGrid, line: str | None, name: Text) -> Mark:
    """A stretch without calls."""
    whose = both(" on {line}", line=name) if line is not None else Text("", "")
    hours = (silence.last - silence.first) * grid.interval_min / 60
    whole = grid.minutes[silence.first] == 0 and (silence.last == len(grid) or grid.minutes[silence.last] == 0)
    days = len(np.unique(grid.dates[silence.first : silence.last]))
    if not whole:
        reason = both(
            "no call{whose} for {hours:.3g} h, where {usual:,.0f} were usual",
            whose=whose,
            hours=hours,
            usual=silence.expected,
        )
    elif days == 1:
        reason = both("no call{whose} all day, where {usual:,.0f} were usual", whose=whose, usual=silence.expected)
    else:
        reason = both(
            "no call{whose} on {days} days in a row, where {usual:,.0f} were usual",
            whose=whose,
            days=days,
            usual=silence.expected,
        )
    return _mark(line, grid, silence.first, silence.last, silence.kind, reason, 0.0, silence.expected, 0.0)


def _day_mark(
    day: int,
    counts: Floats,
    usual: Usual,
    recorded: Flags,
    odd: NDArray[np.int64],
    grid: TimeGrid,
    calendar: WorkingCalendar,
    line: str | None,
    name: Text,
) -> Mark:
    """A day that strays."""
    place = np.flatnonzero(usual.day == day)
    found = float(counts[place][recorded[place]].sum())
    mean = float(usual.totals[day])
    spread = float(np.sqrt(mean + (usual.variation[day] * mean) ** 2))
    whose = both(" on {line}", line=name) if line is not None else Text("", "")
    reason = both(
        "{found:,.0f} calls{whose} where {usual:,.0f} ± {spread:,.0f} were usual for {day}",
        found=found,
        whose=whose,
        usual=mean,
        spread=spread,
        day=_kind_words(int(usual.kinds[day]), grid.day_list[day]),
    )
    kind: Kind = "outlier_high" if odd[day] > 0 else "outlier_low"
    beside = _holiday_beside(grid.day_list[day], calendar)
    if line is None and beside is not None:
        kind = "special_day"
        reason = both("{name}: {reason}", name=beside, reason=reason)
    mark = _mark(line, grid, int(place[0]), int(place[-1]) + 1, kind, reason, found, mean, spread)
    return mark if kind != "special_day" else replace(mark, name=beside)


def _stretch_mark(stretch: OddStretch, grid: TimeGrid, line: str | None, name: Text) -> Mark:
    """Some hours that stray."""
    start, end = grid.starts[stretch.first], grid.ends[stretch.last - 1]
    whose = both(" on {line}", line=name) if line is not None else Text("", "")
    reason = both(
        "{found:,.0f} calls{whose} from {start} to {end}, where {usual:,.0f} ± {spread:,.0f} were usual on a day like this",
        found=stretch.found,
        whose=whose,
        start=f"{start:%H:%M}",
        end=f"{end:%H:%M}",
        usual=stretch.expected,
        spread=stretch.spread,
    )
    kind: Kind = "outlier_high" if stretch.found > stretch.expected else "outlier_low"
    return _mark(line, grid, stretch.first, stretch.last, kind, reason, stretch.found, stretch.expected, stretch.spread)


def _kind_words(kind: int, day: date) -> Text:
    if kind >= SPECIAL:
        return both("a special day like this")
    if kind == HOLIDAY:
        return both("a holiday")
    if kind == MAKEUP:
        return both("a make-up working day")
    return _A_DAY[day.weekday()]


def _holiday_beside(day: date, calendar: WorkingCalendar) -> Text | None:
    """What to call a day just before or after a holiday, or off days that join it; None for other days and holidays."""
    if calendar.kind(day) is DayKind.HOLIDAY:
        return None
    for step in (1, -1):
        other = day + timedelta(days=step)
        for _ in range(3):  # a weekend at most lies between
            if calendar.kind(other) is DayKind.HOLIDAY:
                name = calendar.name(other) or both("a holiday")
                return both("before {holiday}", holiday=name) if step > 0 else both("after {holiday}", holiday=name)
            if calendar.is_working_day(other):
                break
            other += timedelta(days=step)
    return None
