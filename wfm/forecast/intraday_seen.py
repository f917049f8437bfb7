"""What of a day was seen by now: calls so far, the part of each interval that has passed, and gaps in the records.

Silence can mean that nobody called or that nobody wrote. As in the past (see ``history``), a silent stretch in which
so many calls were due that chance cannot explain it is taken as not recorded: it says nothing of the demand. Where
the silence lasts to this moment, records that come late are the likelier cause, and fewer calls due are enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.errors import BadInput
from wfm.forecast.forecast_table import Forecast
from wfm.forecast.history import SILENCE_CALLS
from wfm.i18n import Text, both, say
from wfm.records import demand_column

__all__ = ["SeenDay", "seen_today"]

Floats = NDArray[np.float64]

LATE_CALLS = 6.0
"""Calls due in a silence up to now for records to count as late (Poisson chance 0.25 %)."""
LEVEL_CALLS = 1.0
"""Calls' worth of belief that a day with silences is otherwise as busy as forecast."""


@dataclass(frozen=True)
class SeenDay:
    """One day up to now; L lines, T intervals.

    ``calls`` (L, T): first attempts before now, as recorded; ``passed`` (T,): share of each interval that has
    passed; ``seen`` (L, T): share that has passed and was recorded; ``expected`` (L, T): calls that the forecast
    of the day expected in the seen part; ``notes``: what a reader should know.
    """

    calls: Floats
    passed: Floats
    seen: Floats
    expected: Floats
    notes: tuple[Text, ...]


def seen_today(
    day_forecast: Forecast, today: pd.DataFrame, now: datetime, *, observed: NDArray[np.bool_] | None = None
) -> SeenDay:
    """Set what came against what was expected by now.

    Args:
        day_forecast: the forecast of one day.
        today: columns line, interval, first_attempts of ``tables.ACTUALS`` (an empty one was not recorded); the
            interval that holds ``now`` counts its calls before ``now``; later rows are not looked at.
        now: the moment up to which the day is known.
        observed: (T,) whether each interval was recorded; inferred when absent.

    Raises:
        BadInput: the forecast is not of one day, ``now`` has no time zone, or ``observed`` has another length.
    """
    grid, lines = day_forecast.grid, day_forecast.lines
    if grid.days != 1:
        raise BadInput(say("intraday: the forecast of one day is needed, found {days} days", days=grid.days))
    if now.tzinfo is None:
        raise BadInput(say("intraday: the time {now} needs a time zone", now=now))
    if observed is not None and len(observed) != len(grid):
        raise BadInput(
            say(
                "observed: found {found} intervals, but the history grid has {allowed}",
                found=len(observed),
                allowed=len(grid),
            )
        )
    since = (pd.Timestamp(now) - grid.starts).total_seconds().to_numpy()
    passed = np.clip(since / grid.interval_s, 0.0, 1.0)
    calls = np.zeros((len(lines), len(grid)))
    rows = today[today["line"].isin(lines)]
    at = grid.locate(pd.DatetimeIndex(rows["interval"]))
    number = rows["line"].map({line: i for i, line in enumerate(lines)}).to_numpy(np.int64)
    inside = (at >= 0) & (passed[at] > 0)
    came = demand_column(rows).to_numpy(float)
    np.add.at(calls, (number[inside], at[inside]), np.nan_to_num(came)[inside])
    empty = inside & np.isnan(came)
    due = day_forecast.mean * passed
    notes: list[Text] = []
    if observed is not None:
        recorded = np.broadcast_to(np.asarray(observed, dtype=bool), calls.shape).copy()
    else:
        recorded = _recorded(day_forecast, calls, due, passed, notes)
    recorded[number[empty], at[empty]] = False
    seen = passed * recorded
    if not (day_forecast.mean > 0).any():
        notes.append(both("No call is forecast on {day}: taken as closed", day=grid.first.isoformat()))
        if calls.sum() > 0:
            notes.append(
                both("{calls:,.0f} calls came all the same; more of them cannot be forecast", calls=calls.sum())
            )
    return SeenDay(calls, passed, seen, day_forecast.mean * seen, tuple(notes))


def _recorded(forecast: Forecast, calls: Floats, due: Floats, passed: Floats, notes: list[Text]) -> NDArray[np.bool_]:
    """Whether each interval of each line was recorded, (L, T); adds a note for each gap."""
    recorded = np.ones(calls.shape, dtype=bool)
    whole = _silences(calls.sum(axis=0), due.sum(axis=0), passed)
    for first, last, hoped in whole:
        recorded[:, first : last + 1] = False
        notes.append(_note(forecast, first, last, hoped, passed, ""))
    for i, line in enumerate(forecast.lines):
        if len(forecast.lines) == 1:
            break
        for first, last, hoped in _silences(np.where(recorded[i], calls[i], 1.0), due[i], passed):
            recorded[i, first : last + 1] = False
            notes.append(_note(forecast, first, last, hoped, passed, line))
    return recorded


def _silences(counts: Floats, due: Floats, passed: Floats) -> list[tuple[int, int, float]]:
    """Silent stretches (first, last interval, calls due) that chance does not explain.

    Where the day is quiet beside its silences too, fewer calls were due in them: an unforeseen holiday is no gap.
    """
    now = int(np.count_nonzero(passed > 0))
    found: list[tuple[int, int, float]] = []
    start: int | None = None
    for t in range(now + 1):
        if t < now and counts[t] <= 0:
            start = t if start is None else start
        elif start is not None:
            hoped = float(due[start:t].sum())
            if hoped >= (LATE_CALLS if t == now else SILENCE_CALLS):
                busy = start + np.flatnonzero(due[start:t] > 0)
                found.append((int(busy[0]), t - 1, hoped))
            start = None
    beside = np.ones(len(counts), dtype=bool)
    for first, last, _ in found:
        beside[first : last + 1] = False
    beside &= due > 0
    level = min(1.0, float(counts[beside].sum() + LEVEL_CALLS) / float(due[beside].sum() + LEVEL_CALLS))
    return [
        (first, last, hoped)
        for first, last, hoped in found
        if level * hoped >= (LATE_CALLS if last + 1 == now else SILENCE_CALLS)
    ]


def _note(forecast: Forecast, first: int, last: int, hoped: float, passed: Floats, line: str) -> Text:
    grid = forecast.grid
    begin, end = f"{grid.starts[first]:%H:%M}", f"{grid.ends[last]:%H:%M}"
    late = last + 1 >= int(np.count_nonzero(passed > 0)) and passed.min() < 1
    if late and not line:
        return both(
            "No call since {begin}, where {due:,.0f} were due: taken as not yet recorded, not as low demand",
            begin=begin,
            due=hoped,
        )
    if late:
        return both(
            "Line {line}: no call since {begin}, where {due:,.0f} were due: taken as not yet recorded, not as low demand",
            line=line,
            begin=begin,
            due=hoped,
        )
    if not line:
        return both(
            "No call from {begin} to {end}, where {due:,.0f} were due: taken as a gap, not as low demand",
            begin=begin,
            end=end,
            due=hoped,
        )
    return both(
        "Line {line}: no call from {begin} to {end}, where {due:,.0f} were due: taken as a gap, not as low demand",
        line=line,
        begin=begin,
        end=end,
        due=hoped,
    )
