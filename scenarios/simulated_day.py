"""A day played many times with inputs as planned or as they were: the simulation's answer to what they bring.

Coalitions of inputs share their random numbers: the same callers with the same patience and handling, placed in
the day by the same uniform numbers. What differs between two of them is what their inputs change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulation import Centre, centre_of
from simulation.centre import NO_LIMIT
from simulation.experiment import Replications, play_replications
from wfm.calendar import TimeGrid
from wfm.execution import Progress, no_progress
from wfm.hotline import Hotline, calendar_of, open_intervals
from wfm.metrics import COUNTS
from wfm.review.day_inputs import DayInputs, Pattern, hotline_with
from wfm.tables import DUTIES

__all__ = ["presence_duties", "simulated_counts"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

WARM_UP_H = 4
"""Hours before the day that are played too, with the day's own last hours, so that no queue begins empty."""
STAY_H = 3
"""Seats of the day's last interval stay on so long, so that who called before midnight is answered."""


def simulated_counts(
    hotline: Hotline,
    grid: TimeGrid,
    inputs: Sequence[DayInputs],
    *,
    seed: int,
    replications: int,
    workers: int = 1,
    progress: Progress = no_progress,
) -> list[Floats]:
    """Daily counts ``(R, L, counts)`` of the day for each of ``inputs``, columns ``wfm.metrics.COUNTS``.

    Args:
        hotline: its settings; IVR shares, patience and redials are those of the inputs.
        grid: the day.
        inputs: what to play; all with the same seed and replications.
        seed: seed of every draw.
        replications: how often.
        workers: local processes at most.
        progress: told how many replications are finished, of all.
    """
    window = TimeGrid(grid.first - timedelta(days=1), 2, grid.interval_min, grid.time_zone)
    chance = _Chance(seed, replications, len(hotline.lines))
    centres = [_centre(hotline, grid, window, one, chance) for one in inputs]
    tables = play_replications(
        centres,
        [Replications(k, 0, replications) for k in range(len(centres))],
        seed=seed,
        workers=workers,
        progress=progress,
    )
    return [_of_day(table, grid, hotline.line_ids, replications) for table in tables]


def _of_day(table: pd.DataFrame, grid: TimeGrid, lines: Sequence[str], replications: int) -> Floats:
    mine = table[table["date"] == pd.Timestamp(grid.first)]
    order = pd.Index(lines).get_indexer(pd.Index(mine["line"].astype(str)))
    counts = np.zeros((replications, len(lines), len(COUNTS)))
    counts[mine["replication"].to_numpy(dtype=np.int64), order] = mine[list(COUNTS)].to_numpy(dtype=np.float64)
    return counts


class _Chance:
    """The uniform numbers that place calls in the day; the same for every coalition."""

    def __init__(self, seed: int, replications: int, lines: int) -> None:
        self.seed, self.replications, self.lines = seed, replications, lines
        random = np.random.default_rng([seed, 109, 0])
        self.total = random.random((replications, lines))
        self.offset = random.random((replications, lines))

    def places(self, replication: int, line: int, calls: int) -> Floats:
        """A uniform number for each of the first ``calls`` callers, the same however many there are."""
        return np.random.default_rng([self.seed, 109, 1, replication, line]).random(calls)


def draw_arrivals(volume: Floats, pattern: Pattern, chance: _Chance) -> Integers:
    """First attempts ``(R, L, T)``: the day's total, in whole calls, placed by the pattern.

    A total that is no whole number is rounded up or down by chance. Expected shares scatter the calls over the day,
    each by itself; shares of calls that came so are kept to within one call an interval (systematic sampling).
    """
    lines, spell = pattern.shares.shape
    counts = np.zeros((chance.replications, lines, spell), dtype=np.int64)
    edges = np.cumsum(pattern.shares, axis=1)
    for r in range(chance.replications):
        for line in range(lines):
            # Whole but for rounding: as many calls as came, not sometimes one more.
            calls = int(np.floor(volume[line] * edges[line, -1] + 1e-9 + min(chance.total[r, line], 1 - 1e-6)))
            if calls == 0 or edges[line, -1] <= 0:
                continue
            if pattern.as_came:
                at = (np.arange(calls) + chance.offset[r, line]) / calls
            else:
                at = chance.places(r, line, calls)
            place = np.searchsorted(edges[line] / edges[line, -1], at, side="right")
            last = int(np.flatnonzero(pattern.shares[line])[-1])
            counts[r, line] = np.bincount(np.minimum(place, last), minlength=spell)
    return counts


def _centre(hotline: Hotline, grid: TimeGrid, window: TimeGrid, inputs: DayInputs, chance: _Chance) -> Centre:
    """The day and the hours before it as a centre; nobody is absent or late beyond what the seats say."""
    mine = hotline_with(hotline, inputs)
    here = np.flatnonzero(window.dates == np.datetime64(grid.first, "D"))
    before = min(WARM_UP_H * 60 // grid.interval_min, int(here[0]), len(here))
    warm = slice(int(here[0]) - before, int(here[0]))
    arrivals = draw_arrivals(inputs.volume, inputs.pattern, chance)
    calls = np.zeros((chance.replications, len(mine.lines), len(window)), dtype=np.int64)
    calls[:, :, here] = arrivals
    calls[:, :, warm] = arrivals[:, :, len(here) - before :]
    aht_s = np.full((len(mine.lines), len(window)), np.nan)
    aht_s[:, here] = inputs.handling
    aht_s[:, warm] = inputs.handling[:, len(here) - before :]
    seats = np.zeros((len(mine.groups), len(window)))
    seats[:, here] = inputs.seats
    seats[:, warm] = inputs.seats[:, len(here) - before :]
    is_open = open_intervals(mine, window, calendar_of(mine))
    duties = presence_duties(seats, [g.id for g in mine.groups], window)
    centre = centre_of(mine, window, is_open, calls, aht_s, duties)
    return replace(centre, absence_share=0.0, late_share=0.0, places=NO_LIMIT)


def presence_duties(seats: Floats, group_ids: Sequence[str], grid: TimeGrid) -> pd.DataFrame:
    """Duties (``tables.DUTIES``) that put a mean of ``seats`` ``(G, T)`` agents on duty in each interval.

    Seat s of a group is there in the part of the interval by which ``seats`` exceeds s, joined to the neighbour in
    which it is there longer.
    """
    starts_s = np.arange(len(grid), dtype=np.float64) * float(grid.interval_s)
    rows = []
    for group, wanted in zip(group_ids, seats, strict=True):
        for seat in range(int(np.ceil(wanted.max(initial=0.0) - 1e-9))):
            share = np.clip(wanted - seat, 0.0, 1.0)
            after = np.append(share[1:], 0.0) > np.append(0.0, share[:-1])
            begin: Floats = starts_s + np.where(after, (1 - share) * grid.interval_s, 0.0)
            end: Floats = begin + share * grid.interval_s
            for first_s, last_s in _joined(begin, end, share > 1e-9):
                stay_s = STAY_H * 3600.0 if last_s >= starts_s[-1] + grid.interval_s - 1e-6 else 0.0
                rows.append((f"{group}-{seat:04d}", group, first_s, last_s + stay_s))
    table = pd.DataFrame(rows, columns=["agent", "group", "from_s", "to_s"])
    origin = grid.starts[0]
    begins = origin + pd.to_timedelta(table["from_s"].round(3), unit="s")
    ends = origin + pd.to_timedelta(table["to_s"].round(3), unit="s")
    table = table.assign(start=begins, end=ends, date=begins.dt.tz_localize(None).dt.normalize())
    table = table[table["end"] > table["start"]]
    return table.assign(shift="", post=table["agent"], role="A", breaks="", remote=False)[DUTIES.column_names]


def _joined(begin: Floats, end: Floats, there: NDArray[np.bool_]) -> list[tuple[float, float]]:
    """Stays in the intervals that have one, those that touch made one."""
    stays: list[tuple[float, float]] = []
    for at in np.flatnonzero(there).tolist():
        if stays and begin[at] <= stays[-1][1] + 1e-6:
            stays[-1] = (stays[-1][0], float(end[at]))
        else:
            stays.append((float(begin[at]), float(end[at])))
    return stays
