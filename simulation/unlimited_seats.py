"""The same callers with a seat for each: a model so simple that its expectation is known, and close enough to steer by.

Let X(t) callers be present at t if nobody ever waited (M_t/G/∞). Given the calls of each interval, which come uniformly
within it, X(t) is a sum of independent binomial numbers; with Poisson calls it is Poisson (Eick, Massey, Whitt 1993, "The
physics of the M_t/G/∞ queue", Oper. Res. 41:731–742). So the expectation of any function of X(t) is known exactly. Played
with the draws of the simulation, the callers beyond the seats, (X(t) − n(t))⁺, rise and fall with the simulated queue. Where
patience is exponential with the mean handling time, they are distributed as Erlang A's queue.

A caller is present for the drawn conversation plus the means of ring, hold and wrap-up, up to :data:`CUT` means. That
differs from what the simulation plays, and from the mean of what it plays, but drawn and expected are the same thing
here, which is all that a control must fulfil.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray
from scipy import special

from simulation.arrivals import arrivals_of
from simulation.centre import Centre
from simulation.day_calls import durations
from simulation.draws import Law, Shape, mean_of
from simulation.keyed import Purpose, stream, uniforms

__all__ = ["beyond_seats", "mean_up_to"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

CUT = 6.0
"""Nobody stays longer than so many mean stays here, so that few intervals bear on a moment."""

LOOKS_PER_STAY = 3
LOOKS_MAX = 60
"""Moments at which an interval is looked at: three in a mean stay, so many at most. More explain no more."""

TAIL_SD = 12.0
"""Numbers further than this above the mean have no probability that counts."""

_TINY = 1e-200

_CELLS = 2**22
"""Numbers held at once."""


def mean_up_to(law: Law, x: Floats, tables: Floats) -> Floats:
    """E[min(S, x)] of a duration S with this law, for x ≥ 0."""
    shape, first, second, third = law
    with np.errstate(divide="ignore"):
        if shape == Shape.EXPONENTIAL:
            return -first * np.expm1(-x / first)
        if shape == Shape.LOGNORMAL:
            z = (np.log(x) - first) / second
            mean = np.exp(first + second * second / 2)
            return np.asarray(mean * special.ndtr(z - second) + x * special.ndtr(-z))
        if shape == Shape.WEIBULL:
            z = (x / first) ** (1 / second)
            return np.asarray(first * special.gamma(1 + second) * special.gammainc(1 + second, z) + x * np.exp(-z))
        if shape == Shape.HYPEREXPONENTIAL:
            phases = ((first, second), (1 - first, third))
            return sum((-share * mean * np.expm1(-x / max(mean, _TINY)) for share, mean in phases), np.zeros_like(x))
    if shape == Shape.EMPIRICAL:
        return _mean_up_to_empirical(tables[int(first)], x)
    return np.minimum(x, first)


def _mean_up_to_empirical(row: Floats, x: Floats) -> Floats:
    # A step that ends in infinity is infinite throughout.
    finite = np.isfinite(row[1:])
    below, above = row[:-1][finite], row[1:][finite]
    up_to = x.ravel()[:, None]
    width = above - below
    # Within a step the duration is uniform: the share below x has its mean, the others are cut to x.
    share = np.clip((up_to - below) / np.where(width > 0, width, 1.0), 0.0, 1.0)
    part = np.where(up_to >= above, (below + above) / 2, share * (below + share * width / 2) + (1 - share) * up_to)
    whole = part.sum(axis=1) + up_to[:, 0] * np.count_nonzero(~finite)
    result: Floats = (whole / (len(row) - 1)).reshape(x.shape)
    return result


@dataclass(frozen=True)
class _Stays:
    """How long the callers of each line stay, and from when on."""

    centre: Centre
    delay_s: float
    """From the call's arrival to the agents."""
    reach: Floats
    """(L,) share of calls that ask for an agent."""
    ordinary_s: Floats
    """(L,) what adds to the conversation."""
    short_s: Floats
    """(L,) length of a short call, ringing included."""
    cut_s: float
    step_s: float
    looks: int

    def expected_up_to(self, line: int, interval: int, x: Floats) -> Floats:
        """E[min(stay, x)] of a call of the line that arrives in the interval; 0 for x below 0."""
        centre = self.centre
        x = np.clip(x, 0.0, self.cut_s)
        scale, more = float(centre.talk_scale[line, interval]), float(self.ordinary_s[line])
        talked = mean_up_to(centre.talk[line], np.maximum(x - more, 0.0) / scale, centre.tables)
        ordinary = np.minimum(x, more) + scale * talked
        share = centre.short_call_share[line]
        found: Floats = (1 - share) * ordinary + share * np.minimum(x, self.short_s[line])
        return found


def _stays(centre: Centre) -> _Stays:
    lines = len(centre.line_ids)

    def mean(law: Law) -> float:
        return mean_of(law, centre.tables)

    more = np.array([centre.ring_s + mean(centre.hold[k]) + mean(centre.wrap[k]) for k in range(lines)])
    talk = np.array([mean(law) for law in centre.talk])
    usual_s = float((talk * centre.talk_scale.mean(axis=1) + more).mean())
    looks = min(max(ceil(LOOKS_PER_STAY * centre.interval_s / usual_s), 1), LOOKS_MAX)
    reach = max(1 - centre.self_service_share - centre.hang_up_share, 0.0)
    return _Stays(
        centre=centre,
        delay_s=centre.announcement_s + mean(centre.menu),
        reach=np.full(lines, reach),
        ordinary_s=more,
        short_s=np.array(centre.short_call_s) + centre.ring_s,
        cut_s=CUT * usual_s,
        step_s=centre.interval_s / looks,
        looks=looks,
    )


def beyond_seats(centre: Centre, *, seed: int, replications: int, rates: Floats | None = None) -> Floats:
    """Callers beyond the seats in each replication less their expectation: the period's mean of (X(t) − n(t))⁺, groups added.

    Args:
        centre: The centre; its groups' seats are those of the roster less its share of absence.
        seed: The seed that it is played with.
        replications: Replications 0 … R − 1.
        rates: ``(L, T)`` means of the Poisson counts that the paths were drawn with; None: the expectation is that given
            each path.

    Returns:
        ``(R, 1)``; ``(R, 0)`` where the calls come at given times.

    Raises:
        ValueError: ``rates`` has another shape.
    """
    if centre.given is not None:
        return np.zeros((replications, 0))
    if rates is not None and rates.shape != centre.arrivals.shape[1:]:
        raise ValueError(f"rates: expected {centre.arrivals.shape[1:]}, found {rates.shape}")
    stays = _stays(centre)
    seats = _seats(stays)
    there = _presence(stays)
    drawn = np.array([_drawn(stays, seats, seed, r) for r in range(replications)])
    if rates is not None:
        expected: Floats = np.full(replications, _expected_poisson(there, rates, seats))
    else:
        paths = _expected_given(there, centre.arrivals[:replications], seats)
        expected = paths[np.arange(replications) % len(paths)]
    return (drawn - expected)[:, None]


def _seats(stays: _Stays) -> Floats:
    """(G, M) seats expected to be manned at each look."""
    centre = stays.centre
    duties = centre.duties
    looks = (np.arange(len(centre.interval_date) * stays.looks) + 1) * stays.step_s
    seats = np.zeros((len(centre.group_ids), len(looks)))
    for duty in np.flatnonzero(~duties.standby).tolist():
        present = (duties.start_s[duty] <= looks) & (looks < duties.end_s[duty])
        for start, end in duties.pauses[duty]:
            present &= (looks < start) | (end <= looks)
        share = 1.0 if duties.backups[duty] else 1 - centre.absence_share
        seats[duties.group[duty], present] += share
    return np.minimum(seats, centre.places)


def _drawn(stays: _Stays, seats: Floats, seed: int, replication: int) -> float:
    centre = stays.centre
    came = arrivals_of(centre, seed, replication)
    route = uniforms(stream(seed, replication, Purpose.IVR_ROUTE), came.key, 1)
    asks = centre.is_open[came.interval] & (route >= 1 - stays.reach[came.line])
    time, line, interval, key = came.time_s[asks], came.line[asks], came.interval[asks], came.key[asks]
    talked = uniforms(stream(seed, replication, Purpose.TALK), key, 1)
    short = uniforms(stream(seed, replication, Purpose.SHORT_CALL), key, 1) < np.array(centre.short_call_share)[line]
    stay = np.empty(len(time))
    for number, law in enumerate(centre.talk):
        its = line == number
        stay[its] = durations(law, talked[its], centre.tables) * centre.talk_scale[number, interval[its]]
    stay = np.where(short, stays.short_s[line], stay + stays.ordinary_s[line])
    begin = time + stays.delay_s
    end = begin + np.minimum(stay, stays.cut_s)
    group = centre.serving[line, interval]
    looks = seats.shape[1]
    change = np.zeros((len(seats), looks + 1))
    for moment, sign in ((begin, 1.0), (end, -1.0)):
        # Present at a look: begun not later, ended later.
        at = np.minimum(np.ceil(moment / stays.step_s).astype(np.int64) - 1, looks)
        np.add.at(change, (group, np.maximum(at, 0)), sign)
    beyond = np.maximum(change.cumsum(axis=1)[:, :looks] - seats, 0.0)
    return float(beyond.sum() / looks)


@dataclass(frozen=True)
class _Presence:
    """P(present at a look) of the calls of the intervals that bear on it."""

    lags: int
    share: Floats
    """(L, lags, M): of a call of the interval ``lag`` before the look's own."""
    serving: Integers
    """(L, lags, M): the group that takes such a call, −1 for none."""
    interval: Integers
    """(lags, M): that interval."""


def _presence(stays: _Stays) -> _Presence:
    centre = stays.centre
    lines, intervals = len(centre.line_ids), len(centre.interval_date)
    length = centre.interval_s
    lags = ceil((stays.cut_s + stays.delay_s) / length) + 1
    looks = intervals * stays.looks
    own = np.arange(looks) // stays.looks
    interval = own[None] - np.arange(lags)[:, None]
    known = interval >= 0
    share = np.zeros((lines, lags, looks))
    serving = np.full((lines, lags, looks), -1, dtype=np.int64)
    at = (np.arange(stays.looks) + 1) * stays.step_s
    since = (np.arange(lags)[:, None] * length + at[None]) - stays.delay_s
    interval = np.maximum(interval, 0)
    for line in range(lines):
        # The same at all looks of intervals whose talk is scaled alike.
        for scale in np.unique(centre.talk_scale[line]):
            like = int(np.flatnonzero(centre.talk_scale[line] == scale)[0])
            grown = stays.expected_up_to(line, like, since) - stays.expected_up_to(line, like, since - length)
            present = stays.reach[line] * grown / length
            here = known & (centre.talk_scale[line][interval] == scale)
            share[line] = np.where(here, np.tile(present, (1, intervals)), share[line])
        open_then = known & centre.is_open[interval]
        share[line] *= open_then
        serving[line] = np.where(open_then, centre.serving[line][interval], -1)
    return _Presence(lags, share, serving, interval)


def _expected_poisson(there: _Presence, rates: Floats, seats: Floats) -> float:
    """The expectation when the counts are Poisson."""
    total = 0.0
    for group in range(len(seats)):
        mean = (np.where(there.serving == group, there.share, 0.0) * rates[:, there.interval]).sum(axis=(0, 1))
        n = seats[group]
        # Σ_{x > n} (x − n)·p(x), with x·p(x) = m·p(x − 1).
        total += float((mean * _poisson_above(np.floor(n) - 1, mean) - n * _poisson_above(np.floor(n), mean)).sum())
    return total / float(seats.shape[1])


def _poisson_above(k: Floats, mean: Floats) -> Floats:
    """P(X > k)."""
    return np.where(k < 0, 1.0, np.where(mean > 0, special.gammainc(np.maximum(k, 0.0) + 1, mean), 0.0))


def _expected_given(there: _Presence, paths: Integers, seats: Floats) -> Floats:
    """The expectation given each path's calls, ``(P,)``: X(t) is a sum of binomial numbers.

    Its characteristic function is Π (1 − p + p·e^(iω))^N, and the expectation of a function of X is the sum of that
    over ω, weighted with the function's own Fourier transform (Parseval).
    """
    lines, lags, looks = there.share.shape
    total = np.zeros(len(paths))
    for group in range(len(seats)):
        share = np.where(there.serving == group, there.share, 0.0).reshape(lines * lags, looks)
        calls = paths[:, :, there.interval].reshape(len(paths), lines * lags, looks)
        most = float((share * calls).sum(axis=1).max(initial=0.0))
        size = 2 ** ceil(np.log2(most + TAIL_SD * np.sqrt(most) + 32))
        turn = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size) - 1
        # Real transforms hold each frequency but the first and the last once for two.
        twice = np.where(np.arange(len(turn)) % (size // 2) == 0, 1.0, 2.0) / size
        step = max(1, _CELLS // ((lines * lags + len(paths)) * len(turn)))
        for start in range(0, looks, step):
            at = slice(start, start + step)
            turned = 1 + share[:, at, None] * turn
            # 0 to the power of 0 calls is 1.
            turned = np.log(np.where(np.abs(turned) < _TINY, _TINY, turned))
            spectrum = np.exp(calls[:, :, at].transpose(2, 0, 1).astype(float) @ turned.transpose(1, 0, 2))
            beyond = np.fft.rfft(np.maximum(np.arange(size) - seats[group, at, None], 0.0), axis=1).conj() * twice
            total += np.einsum("tpf,tf->p", spectrum, beyond).real
    expected: Floats = total / looks
    return expected
