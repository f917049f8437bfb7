"""Trials of seats: a centre played with given seats, and the surplus that its targets have in every replication.

The seats of G groups in B blocks of a day take the place of the roster; before the day, other seats bridge the
hours whose callers and call-backs reach into it. Everything else is the centre's own: ringing, IVR, circuits,
redials, call-backs, overflow.

What one seat more or less does is felt by the callers of the hours around it, of the lines that its group may
answer. Many cells are therefore changed in one play, far enough apart in time and by lines, and each is credited
with what happened around it: K plays a sign and group instead of one a cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.attendance import RosteredDuties
from simulation.centre import Centre
from simulation.engine import Engine
from simulation.interval_counts import interval_counts
from simulation.keyed import mix
from simulation.staffing_search import ROUNDING
from wfm.metrics import KPIS
from wfm.standards import Target

__all__ = ["DayWindow", "Measures", "SeatTrials", "manned_seats", "window_of"]

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]

FELT_S = 2 * 3600.0
"""A seat more or less is felt by callers who arrive up to so long after its block (assumed: backlogs are gone by then)."""
STAY_S = 3 * 3600.0
"""Seats of the last block stay on so long, so that who called before the end is still answered."""
REMEMBERED = 4
"""Samples, and measured changes, that are not played again when they are asked for again."""


@dataclass(frozen=True, eq=False)
class DayWindow:
    """A centre cut to one day and the hours before it."""

    centre: Centre
    first: int
    """First interval of the day within the window."""
    before: Counts
    """``(G, first)`` seats on duty before the day."""
    number: int
    """Replications of this window are numbered from here, so that days differ in their luck."""


@dataclass(frozen=True, eq=False)
class Measures:
    """Sums of each target's measure in every replication, ``(R, J)``."""

    above: Floats
    below: Floats

    @property
    def values(self) -> Floats:
        """Ratio of the sums, ``(J,)``; NaN where nothing was counted."""
        above, below = self.above.sum(axis=0), self.below.sum(axis=0)
        ratio: Floats = np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0)
        return ratio

    @property
    def errors(self) -> Floats:
        """Standard errors of :attr:`values` by the delta method, ``(J,)``."""
        size, mean = len(self.above), np.maximum(self.below.mean(axis=0), 1e-12)
        if size < 2:
            return np.full(self.above.shape[1], np.nan)
        left = self.above - np.nan_to_num(self.values) * self.below
        found: Floats = left.std(axis=0, ddof=1) / mean / np.sqrt(size)
        return found


def window_of(centre: Centre, first: int, last: int) -> Centre:
    """The centre between intervals ``first`` and ``last``, the end left out; ``arrivals`` are cut likewise."""
    dates, interval_date = np.unique(centre.interval_date[first:last], return_inverse=True)
    cut = slice(first, last)
    start_s = first * centre.interval_s
    return replace(
        centre,
        dates=centre.dates[dates],
        interval_date=interval_date.astype(np.int64),
        arrivals=centre.arrivals[:, :, cut],
        is_open=centre.is_open[cut],
        by_day=centre.by_day[cut],
        serving=centre.serving[:, cut],
        talk_scale=centre.talk_scale[:, cut],
        order_due_s=centre.order_due_s[:, cut] - start_s if centre.order_due_s.size else centre.order_due_s,
    )


def manned_seats(seats: Counts, group_ids: Sequence[str], interval_s: float) -> RosteredDuties:
    """Duties that put seats ``(G, T)`` on duty: seat s of a group while the interval wants more than s."""
    rows: list[tuple[int, int, float, float, int]] = []
    names: list[str] = []
    end = seats.shape[1]
    for group, wanted in enumerate(seats):
        for seat in range(int(wanted.max(initial=0))):
            edges = np.flatnonzero(np.diff(np.concatenate([[False], wanted > seat, [False]]).astype(int))).tolist()
            for start, after in zip(edges[::2], edges[1::2], strict=True):
                until = after * interval_s + (STAY_S if after == end else 0.0)
                key = mix(((group << 48) | (seat << 24) | start) + 1)
                rows.append((len(names), group, start * interval_s, until, key))
            names.append(f"{group_ids[group]}-{seat:04d}")
    rows.sort(key=lambda row: (row[2], row[0]))
    size = len(rows)
    return RosteredDuties(
        agent_ids=tuple(names),
        agent=np.array([row[0] for row in rows], dtype=np.int64),
        group=np.array([row[1] for row in rows], dtype=np.int64),
        standby=np.zeros(size, dtype=bool),
        start_s=np.array([row[2] for row in rows], dtype=float),
        end_s=np.array([row[3] for row in rows], dtype=float),
        key=np.array([row[4] for row in rows], dtype=np.uint64),
        pauses=((),) * size,
        backups=((),) * size,
        paired=(False,) * size,
    )


def _kept_all(columns: Floats) -> Flags:
    """``(R,)`` replications whose every surplus is not below zero."""
    kept: Flags = np.min(columns, axis=1) >= -ROUNDING
    return kept


class _Played(NamedTuple):
    surplus: Floats
    above: Floats
    below: Floats


class SeatTrials:
    """Plays a day with seats to be tried; an :class:`~simulation.staffing_search.Oracle`.

    Targets in the order given are the columns J, each over the day and all lines. With ``each_line`` every line keeps
    them by itself, with ``each_interval`` the callers of every group in every interval (of every line with both);
    columns then stand by line or group, and interval, within a target. Blocks are the day's intervals, ``per_block`` of them in each.
    """

    def __init__(
        self,
        day: DayWindow,
        targets: Iterable[Target],
        seed: int,
        *,
        each_line: bool = False,
        each_interval: bool = False,
        probability: float | None = None,
        per_block: int = 1,
        engine: Engine = Engine.COMPILED,
    ) -> None:
        """With ``probability`` there is one column: (the day keeps every target) − probability."""
        self.day, self.seed, self.engine = day, seed, engine
        self.targets = tuple(targets)
        self.each_line, self.each_interval = each_line, each_interval
        self.probability, self.per_block = probability, per_block
        self.evaluations = 0
        """Plays of a sample."""
        self.calls_played = 0
        self._known: dict[tuple[bytes, int, int], _Played] = {}
        self._changed: dict[tuple[bytes, bytes, int, int, int], Floats] = {}
        centre = day.centre
        self.intervals = len(centre.interval_date)
        self.span = self.intervals - day.first
        self.blocks = ceil(self.span / per_block)
        self.block_of = np.arange(self.span) // per_block
        felt = ceil(FELT_S / centre.interval_s)
        self.apart = per_block + felt + 1
        """Intervals between cells that are changed in one play."""
        self.parts = _parts(centre)[:, day.first :]
        serving = centre.serving[:, day.first :]
        self._serves = (serving[None] == np.arange(len(centre.group_ids))[:, None, None]).astype(float)
        self._never_here = _never_here(centre, day.first)
        kpis = [KPIS[target.kpi] for target in self.targets]
        used = {name for k in kpis for name in (*k.numerator, *k.denominator, *k.denominator_less)}
        self._names = sorted(used | {"offered", "called_back", *self._never_here})

    # What a search asks.

    def surplus(self, seats: Counts, first: int, size: int) -> Floats:
        """As :class:`~simulation.staffing_search.Oracle`."""
        return self._judged(self._by_cell(seats, first, size).surplus)

    def mean_parts(self, seats: Counts, first: int, size: int) -> Floats:
        """As :class:`~simulation.staffing_search.Oracle`; parts are the day's intervals where they add up."""
        base = self._by_cell(seats, first, size).surplus
        if self.probability is not None:
            return np.array([[self._judged(base).mean()]])
        parts: Floats = self._in_parts(base.mean(axis=0))
        return parts

    def changes(self, seats: Counts, cells: Flags, step: int, first: int, size: int) -> Floats:
        """As :class:`~simulation.staffing_search.Oracle`."""
        name = (seats.tobytes(), cells.tobytes(), step, first, size)
        if name not in self._changed:
            found = self._measured(seats, cells, step, first, size)
            self._changed = {**dict(list(self._changed.items())[1 - REMEMBERED :]), name: found}
        return self._changed[name]

    def _measured(self, seats: Counts, cells: Flags, step: int, first: int, size: int) -> Floats:
        base = self._by_cell(seats, first, size).surplus
        judged = self.mean_parts(seats, first, size)
        found = np.zeros((*judged.shape, *seats.shape))
        for chosen in self._plays(cells):
            tried = seats.copy()
            tried[chosen[:, 0], chosen[:, 1]] += step
            change = self._by_cell(tried, first, size, keep=False).surplus - base
            mean = change.mean(axis=0)
            for group, block in chosen.tolist():
                lines, around = self._around(group, block)
                if self.probability is None:
                    part = np.zeros_like(mean)
                    part[:, lines, around] = mean[:, lines, around]
                    found[:, :, group, block] = self._in_parts(part)
                else:
                    felt = base.copy()
                    felt[:, :, lines, around] += change[:, :, lines, around]
                    found[:, 0, group, block] = self._judged(felt).mean(axis=0) - judged[:, 0]
        return found

    def measures(self, seats: Counts, first: int, size: int) -> Measures:
        """Numerators and denominators of every target's measure over the day, lines summed or one by one."""
        return self._measures_of(self._by_cell(seats, first, size))

    def _measures_of(self, played: _Played) -> Measures:
        above, below = played.above, played.below
        if self.each_line:
            return Measures(above.reshape(len(above), -1), below.reshape(len(below), -1))
        return Measures(above.sum(axis=2), below.sum(axis=2))

    # What may be asked of duties of any kind, with breaks and all.

    def surplus_with(self, duties: RosteredDuties, first: int, size: int) -> Floats:
        """Surplus ``(size, J)`` with these duties on the window's clock, in place of seats."""
        return self._judged(self._counted(self._centre_of(duties), first, size).surplus)

    def measures_with(self, duties: RosteredDuties, first: int, size: int) -> Measures:
        """As :meth:`measures`, with duties."""
        return self._measures_of(self._counted(self._centre_of(duties), first, size))

    # How it is found out.

    def _columns(self, surplus: Floats) -> Floats:
        """``(R, K, L, T)`` → ``(R, J)``."""
        if not self.each_interval:
            surplus = surplus.sum(axis=3, keepdims=True)
        if not self.each_line:
            serves = self._serves if self.each_interval else np.ones((1, surplus.shape[2], 1))
            surplus = np.einsum("rklt,glt->rkgt", surplus, serves)
        return surplus.reshape(len(surplus), -1)

    def _in_parts(self, mean: Floats) -> Floats:
        """``(K, L, T)`` → ``(J, S)``."""
        if self.each_interval:
            return self._columns(mean[None]).T
        found: Floats = mean.reshape(-1, mean.shape[2]) if self.each_line else mean.sum(axis=1)
        return found

    def _judged(self, surplus: Floats) -> Floats:
        """Surplus ``(R, J)`` of what ``(R, K, L, T)`` adds up to."""
        columns = self._columns(surplus)
        if self.probability is None:
            return columns
        return _kept_all(columns)[:, None].astype(np.float64) - self.probability

    def _by_cell(self, seats: Counts, first: int, size: int, *, keep: bool = True) -> _Played:
        """Surplus ``(R, K, L, T)`` of the calls by line and interval of arrival, T of the day; and the sums
        ``(R, K, L)`` of numerators and denominators. The last ones played are remembered."""
        name = (seats.tobytes(), first, size)
        if name in self._known:
            return self._known[name]
        played = self._play(seats, first, size)
        if keep:
            self._known = {**dict(list(self._known.items())[1 - REMEMBERED :]), name: played}
        return played

    def _play(self, seats: Counts, first: int, size: int) -> _Played:
        return self._counted(self._centre_with(seats), first, size)

    def _counted(self, centre: Centre, first: int, size: int) -> _Played:
        self.evaluations += 1
        lines, goals = len(centre.line_ids), len(self.targets)
        numbers = range(self.day.number + first, self.day.number + first + size)
        counts = interval_counts(centre, self.seed, numbers, self._names, engine=self.engine)
        counts = counts[:, :, self.day.first :] + self._later(counts[:, :, self.day.first :])
        self.calls_played += int(counts[..., self._names.index("offered")].sum())
        surplus = np.empty((size, goals, lines, self.span))
        above, below = np.empty((size, goals, lines)), np.empty((size, goals, lines))

        def summed(names: Sequence[str]) -> Floats:
            total: Floats = counts[..., [self._names.index(name) for name in names]].sum(axis=3)
            return total

        for k, target in enumerate(self.targets):
            kpi, limit = KPIS[target.kpi], float(target.limit or 0.0)
            over = summed(kpi.numerator)
            under = summed(kpi.denominator) - summed(kpi.denominator_less)
            more = over - limit * under if kpi.better == "higher" else limit * under - over
            # Seconds become the calls that the limit allows so long: surpluses of all targets are in calls.
            surplus[:, k] = more / limit if kpi.unit == "s" and limit > 0 else more
            above[:, k], below[:, k] = over.sum(axis=2), under.sum(axis=2)
        return _Played(surplus, above, below)

    def _later(self, counts: Floats) -> Floats:
        """Callers whom call-backs will reach that fall due after the window, as counts of the day's intervals."""
        later = np.zeros_like(counts)
        due = np.zeros(counts.shape[:3])
        for name, never in self._never_here.items():
            due += counts[..., self._names.index(name)] * never
        later[..., self._names.index("called_back")] = due * self.day.centre.call_back_reached_share
        return later

    def _centre_with(self, seats: Counts) -> Centre:
        centre = self.day.centre
        whole = np.concatenate([self.day.before, seats[:, self.block_of]], axis=1)
        return self._centre_of(manned_seats(whole, centre.group_ids, centre.interval_s))

    def _centre_of(self, duties: RosteredDuties) -> Centre:
        return replace(self.day.centre, duties=duties, pace=np.ones(len(duties.agent_ids)))

    def _plays(self, cells: Flags) -> list[NDArray[np.intp]]:
        """The cells to change, ``(N, 2)`` of each play: far apart in time, and of groups that share no line."""
        groups = len(cells)
        plays: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for group, block in np.argwhere(cells).tolist():
            part = self.parts[:, block * self.per_block]
            colour = int((part[:group] == part[group]).sum())
            step = max(ceil(self.apart / self.per_block), 1)
            plays.setdefault((block % step, colour if groups > 1 else 0), []).append((group, block))
        return [np.array(chosen) for _, chosen in sorted(plays.items())]

    def _around(self, group: int, block: int) -> tuple[list[int], slice]:
        """Lines and intervals of the callers who feel a change of the cell."""
        centre = self.day.centre
        start = block * self.per_block
        lines = _lines_of(centre, self.parts[:, start], self.parts[group, start], self.day.first + start)
        return lines, slice(max(start - 1, 0), min(start - 1 + self.apart, self.span))


def _never_here(centre: Centre, first: int) -> dict[str, Flags]:
    """Counts of whose call-backs none can fall due within the centre's time, with the intervals of their arrival."""
    found: dict[str, Flags] = {}
    if centre.call_back_closed:
        found["closed"] = np.isinf(centre.next_opening[first + 1 :])
    if centre.call_back_missed and centre.call_back_next_morning:
        found["abandoned"] = np.isinf(centre.next_morning[first:])
    return found


def _parts(centre: Centre) -> Counts:
    """``(G, T)`` number of the part that each group belongs to: groups that share callers at the time."""
    groups, spell = len(centre.group_ids), centre.serving.shape[1]
    found = np.empty((groups, spell), dtype=np.int64)
    edges = [(line, step.group) for line, steps in enumerate(centre.overflow) for step in steps]
    for at in range(spell):
        part = list(range(groups))
        for line, other in edges:
            old, new = part[other], part[int(centre.serving[line, at])]
            part = [new if p == old else p for p in part]
        found[:, at] = part
    return found


def _lines_of(centre: Centre, parts: Counts, part: int, at: int) -> list[int]:
    """Lines that groups of this part answer at interval ``at``."""
    return [line for line, serving in enumerate(centre.serving[:, at].tolist()) if parts[serving] == part]
