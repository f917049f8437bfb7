"""The callers of many days drawn at once: the reference model's own random numbers, as arrays.

Caller (line, interval, place) of replication r has here the arrival, IVR fate, patience and handling time that
``simpy_model`` gives the same key, up to the last bits of array logarithms. Circuits are never busy here and
nobody calls again; everything else of a call's way to the queue is as in the reference model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import special

from simulation.centre import Centre
from simulation.draws import NO_TABLES, Law, Shape, sample
from simulation.keyed import Purpose, stream, uniforms

__all__ = ["DayCalls", "draw_day_calls", "durations"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

FOREVER_S = 1e12
"""Stands for patience without end."""

_BATCH_CALLERS = 150_000

_TO_AGENT, _SERVED, _HUNG_UP = range(3)
"""Ways out of announcement and IVR."""


@dataclass(frozen=True, eq=False, kw_only=True)
class DayCalls:
    """Callers of D days; times in seconds from the start of a window of T intervals.

    Arrays ``(K, D)`` hold the k-th caller of each day to ask for an agent, K of the fullest day. Where a day has
    fewer, ``patience_s`` is −1: nobody.
    """

    centre: Centre
    first: int
    """First interval of the window within the centre's period."""
    intervals: int
    queued_s: Floats
    arrived_s: Floats
    line: Integers
    patience_s: Floats
    handle_s: Floats
    counted: Flags
    """The call arrived in an interval that counts."""
    reached: Flags
    """A call-back would reach the caller."""
    follow_up_s: Floats
    """Agent's time for the satisfaction call-back that the call brings when it is answered; 0 for none."""
    counted_intervals: Flags
    """``(T,)`` intervals whose calls count."""
    sums: dict[str, Floats]
    """Counts ``(D,)`` that no seat changes, of ``wfm.metrics.COUNTS``; ``called_back`` of closed calls only."""

    @property
    def days(self) -> int:
        """D."""
        return int(self.queued_s.shape[1])


@dataclass(frozen=True, eq=False)
class _Callers:
    """First attempts of all days, one entry each."""

    day: Integers
    line: Integers
    interval: Integers
    key: NDArray[np.uint64]
    seed: int
    replications: range
    tables: Floats

    def uniform(self, purpose: Purpose, chosen: Integers | slice = slice(None)) -> Floats:
        """The draw of each chosen caller."""
        base = np.array([stream(self.seed, r, purpose) for r in self.replications], dtype=np.uint64)
        return uniforms(base[self.day[chosen]], self.key[chosen], 1)

    def by_line(self, laws: Sequence[Law], purpose: Purpose, chosen: Integers) -> Floats:
        """A duration of each chosen caller, by the law of its line."""
        if all(law[0] == Shape.CONSTANT for law in laws):
            return np.array([law[1] for law in laws])[self.line[chosen]]
        u, line = self.uniform(purpose, chosen), self.line[chosen]
        shapes = {law[0] for law in laws}
        if len(shapes) == 1 and shapes <= {Shape.EXPONENTIAL, Shape.LOGNORMAL}:
            first, second, third = (np.array(values)[line] for values in list(zip(*laws, strict=True))[1:])
            return durations((laws[0][0], first, second, third), u, self.tables)
        found = np.empty(len(u))
        for number, law in enumerate(laws):
            its = line == number
            found[its] = durations(law, u[its], self.tables)
        return found


def draw_day_calls(
    centre: Centre,
    counts: NDArray[np.integer],
    seed: int,
    *,
    first: int = 0,
    counted: Flags | None = None,
    replication: int = 0,
) -> DayCalls:
    """Draw the callers of D days, replications ``replication`` … ``replication`` + D − 1.

    Args:
        centre: the call side of a centre; its roster and its sample paths are not looked at.
        counts: ``(D, L, T)`` first attempts in each interval of the window.
        seed: seed of every draw.
        first: first interval of the window within the centre's period.
        counted: ``(T,)`` intervals whose arrivals count; the others only fill the queue. None: all.
        replication: number of the first day.

    Raises:
        ValueError: ``counts`` does not fit the centre, or holds a negative number.
    """
    days, lines, intervals = counts.shape
    if lines != len(centre.line_ids) or first + intervals > len(centre.interval_date) or (counts < 0).any():
        raise ValueError(
            f"counts: expected (days, {len(centre.line_ids)}, intervals) of at least 0, found {counts.shape}"
        )
    # Few enough callers at a time for their arrays to stay near the processor.
    batch = max(1, int(_BATCH_CALLERS * days / max(int(counts.sum()), 1)))
    parts = [
        _draw(centre, counts[at : at + batch].astype(np.int64), seed, first, counted, replication + at)
        for at in range(0, max(days, 1), batch)
    ]
    return parts[0] if len(parts) == 1 else _side_by_side(parts)


def _draw(centre: Centre, counts: Integers, seed: int, first: int, counted: Flags | None, replication: int) -> DayCalls:
    days, _, intervals = counts.shape
    callers = _callers(centre, counts, seed, first, replication)
    arrived = (callers.interval + callers.uniform(Purpose.ARRIVAL)) * centre.interval_s
    counting = np.ones(intervals, dtype=bool) if counted is None else np.asarray(counted, dtype=bool)
    in_count = counting[callers.interval]
    is_open = centre.is_open[first : first + intervals]
    heard = is_open[callers.interval] | centre.ivr_open_24_h
    route, ivr_s = _ivr(centre, callers)
    queued = arrived + ivr_s
    asks = heard & (route == _TO_AGENT)
    # Whether agents answer is judged when the caller asks for one.
    joins = asks & is_open[np.minimum(queued // centre.interval_s, intervals - 1).astype(np.int64)]
    closed = ~heard | (asks & ~joins)
    called_back = closed & centre.call_back_closed
    if called_back.any():
        called_back &= callers.uniform(Purpose.CALL_BACK_REACHED) < centre.call_back_reached_share
    flags = {
        "offered": np.ones(len(arrived), dtype=bool),
        "ivr_answered": heard,
        "ivr_completed": heard & (route == _SERVED),
        "ivr_abandoned": heard & (route == _HUNG_UP),
        "closed": closed,
        "called_back": called_back,
    }
    sums = {name: np.bincount(callers.day[f & in_count], minlength=days).astype(float) for name, f in flags.items()}

    chosen = np.flatnonzero(joins)
    # One key sorts by day, then time: days are laid end to end, further apart than anybody may ask.
    apart = float(queued.max(initial=0.0)) + 1.0
    chosen = chosen[np.argsort(callers.day[chosen] * apart + queued[chosen], kind="stable")]
    day = callers.day[chosen]
    size = np.bincount(day, minlength=days)
    place = np.arange(len(chosen)) - (np.cumsum(size) - size)[day]
    shape = (int(size.max(initial=0)), days)

    def laid(values: Floats, fill: float = 0.0) -> Floats:
        table = np.full(shape, fill)
        table[place, day] = values
        return table

    def marked(values: Flags) -> Flags:
        table = np.zeros(shape, dtype=bool)
        table[place, day] = values
        return table

    line = np.zeros(shape, dtype=np.int64)
    line[place, day] = callers.line[chosen]
    missed, asked = centre.call_back_missed, centre.follow_up_share > 0
    nobody = np.zeros(len(chosen), dtype=bool)
    return DayCalls(
        centre=centre,
        first=first,
        intervals=intervals,
        queued_s=laid(queued[chosen], intervals * centre.interval_s),
        arrived_s=laid(arrived[chosen]),
        line=line,
        patience_s=laid(np.minimum(callers.by_line(centre.patience, Purpose.PATIENCE, chosen), FOREVER_S), -1.0),
        handle_s=laid(_handling(centre, callers, chosen, first)),
        counted=marked(in_count[chosen]),
        reached=marked(
            callers.uniform(Purpose.CALL_BACK_REACHED, chosen) < centre.call_back_reached_share if missed else nobody
        ),
        follow_up_s=laid(_follow_ups(centre, callers, chosen) if asked else nobody.astype(float)),
        counted_intervals=counting,
        sums=sums,
    )


def _side_by_side(parts: list[DayCalls]) -> DayCalls:
    """The days of all parts, one after another."""
    fullest = max(len(part.queued_s) for part in parts)

    def joined(name: str, fill: float) -> Floats:
        tables = [getattr(part, name) for part in parts]
        whole = np.full((fullest, sum(table.shape[1] for table in tables)), fill, dtype=tables[0].dtype)
        at = 0
        for table in tables:
            whole[: len(table), at : at + table.shape[1]] = table
            at += table.shape[1]
        return whole

    fills = {"queued_s": parts[0].intervals * parts[0].centre.interval_s, "patience_s": -1.0}
    names = ("queued_s", "arrived_s", "line", "patience_s", "handle_s", "counted", "reached", "follow_up_s")
    sums = {name: np.concatenate([part.sums[name] for part in parts]) for name in parts[0].sums}
    return replace(parts[0], sums=sums, **{name: joined(name, fills.get(name, 0.0)) for name in names})  # type: ignore[arg-type]


def _callers(centre: Centre, counts: Integers, seed: int, first: int, replication: int) -> _Callers:
    """One entry a caller, keyed as ``simulation.arrivals`` keys it."""
    days, lines, intervals = counts.shape
    flat = counts.ravel()
    day, cell = np.divmod(np.repeat(np.arange(flat.size), flat), lines * intervals)
    line, interval = np.divmod(cell, intervals)
    within = np.arange(len(day)) - np.repeat(np.cumsum(flat) - flat, flat)
    key = (line.astype(np.uint64) << np.uint64(44)) | ((interval + first).astype(np.uint64) << np.uint64(20))
    key |= within.astype(np.uint64)
    return _Callers(day, line, interval, key, seed, range(replication, replication + days), centre.tables)


def _ivr(centre: Centre, callers: _Callers) -> tuple[Integers, Floats]:
    """How announcement and IVR end, and their length."""
    route = np.full(len(callers.day), _TO_AGENT)
    served, left = centre.self_service_share, centre.hang_up_share
    if served + left > 0:
        u = callers.uniform(Purpose.IVR_ROUTE)
        route = np.where(u < served, _SERVED, np.where(u < served + left, _HUNG_UP, _TO_AGENT))
    length = callers.uniform(Purpose.IVR_TIME)
    # Only who goes on to an agent needs a length; the others are counted and gone.
    return route, centre.announcement_s + durations(centre.menu, length)


def _handling(centre: Centre, callers: _Callers, chosen: Integers, first: int) -> Floats:
    """Talk, hold and wrap-up; a short call has its own length and no wrap-up."""
    line, interval = callers.line[chosen], callers.interval[chosen] + first
    handle = callers.by_line(centre.talk, Purpose.TALK, chosen) * centre.talk_scale[line, interval]
    handle = handle + callers.by_line(centre.hold, Purpose.HOLD, chosen)
    handle = handle + callers.by_line(centre.wrap, Purpose.WRAP_UP, chosen)
    share = np.array(centre.short_call_share)
    if (share > 0).any():
        short = callers.uniform(Purpose.SHORT_CALL, chosen) < share[line]
        handle = np.where(short, np.array(centre.short_call_s)[line], handle)
    return handle


def _follow_ups(centre: Centre, callers: _Callers, chosen: Integers) -> Floats:
    """Length of the satisfaction call-back of each caller, 0 where the caller brings none."""
    length = np.zeros(len(chosen))
    asked = np.flatnonzero(callers.uniform(Purpose.SATISFACTION, chosen) < centre.follow_up_share)
    length[asked] = durations(centre.follow_up, callers.uniform(Purpose.FOLLOW_UP_TIME, chosen[asked]))
    return length


def durations(
    law: tuple[int, float | Floats, float | Floats, float | Floats], u: Floats, tables: Floats = NO_TABLES
) -> Floats:
    """``simulation.draws.sample`` for an array of uniform numbers, with parameters of its own for each if need be."""
    shape, first, second, third = law
    if shape == Shape.EXPONENTIAL:
        return np.asarray(-first * np.log(u))
    if shape == Shape.LOGNORMAL:
        return np.asarray(np.exp(first + second * special.ndtri(u)))
    if shape != Shape.CONSTANT:
        return np.array([sample(shape, float(first), float(second), float(third), x, tables) for x in u.tolist()])
    return np.broadcast_to(np.asarray(first, dtype=float), u.shape)
