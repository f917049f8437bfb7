"""Backlog carry-over: intervals that start with what the earlier ones left, overloaded ones included.

A stationary formula for one interval forgets the callers who wait at its start, and has no answer where
load exceeds seats and nobody gives up. Here the mean number of callers in the system, X, is carried from
moment to moment, and only its shape is taken from the stationary queue:

    dX/dt = λ(t) − r(X),    where the stationary queue with arrival rate r has X callers in it.

r is the modified arrival rate: as many callers leave (answered to the end, or giving up) as would come in the
stationary queue that is as full. Waits at that moment are that queue's. This is the pointwise stationary
fluid flow approximation (W.-P. Wang, D. Tipper and S. Banerjee 1996, "A simple approximation for modeling
nonstationary queues", IEEE INFOCOM), with Erlang A, C or B as the stationary queue. It is exact

* for constant rates after a while, whatever the seats (then r = λ);
* without waiting, where r = X/E[S]: the modified offered load of exponential handling times;
* where mean patience equals mean handling time, as X then is Poisson.

Between these it is close for callers who give up (service level within about 0.02 of the transient
M_t/M/n_t + M queue in bursts of 130 % load); for callers who never do, queues are right within some 20 % and
service levels during the aftermath of a burst too even, as a stationary queue near full load is spread wider.

The carry-over of R. Stolletz (2008, "Approximation of the non-stationary M(t)/M(t)/c(t)-queue using
stationary queueing models: the stationary backlog-carryover approach", EJOR 190) is the same thought for
callers who never give up: what a loss queue would block in a period of about one handling time is offered
again in the next, and what it carries is the modified arrival rate. :func:`carried_over_rates` is that method.
It knows no patience: matching what a loss queue carries says nothing of how many give up. So it serves for
comparison; X is what is carried elsewhere.

Handling times that are not exponential enter through the offered load: λ(t) is replaced by the inflow that
would give exponential handling times the same offered load m(t), m′ + m/E[S] (:func:`matching_inflow`).

Where seats fall below the calls in hand, the calls beyond wait anew: agents who finish a call after the end of
their duty are not counted. When a group closes, what it has left is finished or gone before it opens again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.errors import BadInput
from wfm.i18n import say
from wfm.queueing import erlang_b
from wfm.queueing.delay import delay
from wfm.queueing.fluid_flow import Filling, Tables, carry_over_days, follow
from wfm.queueing.inputs import require, require_queue

__all__ = ["BacklogPerformance", "Days", "backlog_performance", "carried_over_rates", "matching_inflow"]

Floats = NDArray[np.float64]
Numbers = TypeVar("Numbers", Floats, NDArray[np.int64])

_STEPS_PER_HANDLING = 4
_STEPS = (4, 16)
"""Steps per interval: four per handling time, within these bounds."""
_DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class BacklogPerformance:
    """What callers experience when backlog is carried on; arrays of the arguments' common shape.

    Definitions as in :class:`wfm.queueing.Performance`, over the callers who arrive in the interval; NaN
    where nobody arrives.
    """

    rate_per_s: Floats
    """Modified arrival rate, mean over the interval."""
    in_system: Floats
    """Callers waiting or being served at the end of the interval, mean number."""
    waiting: Floats
    """Callers waiting, mean over the interval."""
    service_level: Floats
    asa_s: Floats
    mean_wait_s: Floats
    wait_probability: Floats
    abandon_share: Floats
    occupancy: Floats
    """Busy seats ÷ seats; 0 without seats."""


class LoadAtEdges(Protocol):
    """Offered load at the start and end of each interval, as ``OfferedLoad`` and ``GroupLoad`` have it."""

    @property
    def start_erlang(self) -> Floats:
        """At its start."""

    @property
    def end_erlang(self) -> Floats:
        """At its end."""


@dataclass(frozen=True, slots=True)
class Days:
    """A period ``(groups, T)`` cut into days, so that they can be followed side by side."""

    shape: tuple[int, ...]
    """Shape of the arguments."""
    spell: int
    """T."""
    count: int
    per_day: int

    @classmethod
    def of(cls, shape: tuple[int, ...], interval_s: float) -> Days:
        """The days of arrays of this shape, one- or two-dimensional.

        Raises:
            BadInput: the interval has no length, or the shape is another.
        """
        length = np.asarray(interval_s, dtype=np.float64)
        require(np.isfinite(length) & (length > 0), length, say("length of an interval"), say("finite and above zero"))
        if len(shape) not in (1, 2) or 0 in shape:
            raise BadInput(say("backlog: arrays of shape (groups, intervals) are needed, found {shape}", shape=shape))
        per_day = min(max(1, round(_DAY_S / interval_s)), shape[-1])
        return cls(shape, shape[-1], -(-shape[-1] // per_day), per_day)

    def cut(self, values: Numbers) -> Numbers:
        """``(groups, T)`` as ``(groups, days, intervals of a day)``; the last day is filled up with its last interval."""
        rows = np.broadcast_to(values, self.shape).reshape(-1, self.spell)
        spare = self.count * self.per_day - self.spell
        cut: Numbers = np.pad(rows, ((0, 0), (0, spare)), mode="edge").reshape(len(rows), self.count, self.per_day)
        return cut

    def joined(self, values: Numbers) -> Numbers:
        """Back to the arguments' shape."""
        joined: Numbers = values.reshape(len(values), -1)[:, : self.spell].reshape(self.shape)
        return joined


def carried_over_rates(arrivals_per_s: ArrayLike, interval_s: float, aht_s: ArrayLike, seats: ArrayLike) -> Floats:
    """Stolletz's modified arrival rates for callers who never give up, ``(…, T)``; always below seats ÷ handling time.

    Each interval is cut into periods of about one handling time (one at least). Their modified rates are
    averaged over the interval.

    Raises:
        BadInput: a number describes no queue, or shapes do not fit together.
    """
    rate, aht, n = together(arrivals_per_s, aht_s, seats)
    require_queue(rate.ravel(), aht.ravel(), n.ravel(), np.full(rate.size, np.inf))
    modified, backlog = np.zeros_like(rate), np.zeros(rate.shape[:-1])
    for t in range(rate.shape[-1]):
        periods = max(1, round(interval_s / float(aht[..., t].mean())))
        for _ in range(periods):
            offered = rate[..., t] + backlog
            backlog = offered * erlang_b(offered * aht[..., t], n[..., t])
            modified[..., t] += (offered - backlog) / periods
    return modified


def matching_inflow(load: LoadAtEdges, interval_s: float, aht_s: ArrayLike) -> Floats:
    """Arrivals per second that give exponential handling times the offered load ``load`` at every interval's end.

    Constant within each interval; with exponential handling times it is the arrival rate itself. Where many
    calls end at once it may fall below zero for a while.
    """
    aht = np.asarray(aht_s, dtype=np.float64)
    decay = np.exp(-interval_s / aht)
    inflow: Floats = (load.end_erlang - load.start_erlang * decay) / ((1 - decay) * aht)
    return inflow


def backlog_performance(
    arrivals_per_s: ArrayLike,
    interval_s: float,
    aht_s: ArrayLike,
    seats: ArrayLike,
    patience_s: ArrayLike = np.inf,
    within_s: ArrayLike = 0.0,
    *,
    inflow_per_s: ArrayLike | None = None,
    in_system: ArrayLike = 0.0,
    is_open: ArrayLike = True,
) -> BacklogPerformance:
    """What callers experience interval after interval, each group for itself.

    Args:
        arrivals_per_s: Poisson arrivals per second, constant within an interval, ``(groups, T)`` or ``(T,)``;
            all others broadcast against it.
        interval_s: length of an interval.
        aht_s: mean handling time.
        seats: whole number of seats, 0 allowed.
        patience_s: mean patience (exponential); infinite: nobody gives up.
        within_s: threshold of the service level.
        inflow_per_s: :func:`matching_inflow` where handling times are not exponential.
        in_system: callers waiting or being served when the period starts, one number a group.
        is_open: whether the group answers; what is left when it closes is finished or gone when it opens again.

    Raises:
        BadInput: a number describes no queue, or shapes do not fit together.
    """
    inflow = arrivals_per_s if inflow_per_s is None else inflow_per_s
    values = together(arrivals_per_s, aht_s, seats, patience_s, within_s, inflow, is_open)
    require_queue(*(x.ravel() for x in values[:4]))
    days = Days.of(values[0].shape, interval_s)
    rate, aht, n, patience, within, flow, opened = (days.cut(x) for x in values)
    steps = steps_of(interval_s, aht)
    modified, level = np.zeros((*rate.shape, steps)), np.zeros((*rate.shape, steps))
    known: Tables = {}

    def step(here: NDArray[np.intp], t: int, present: Floats) -> Floats:
        times, posts, willing, coming = (x[:, here, t].ravel() for x in (aht, n, patience, flow))
        filling = Filling.of(times, posts, willing, known)
        rates, levels, end = follow(filling, coming, present.ravel(), interval_s, steps)
        modified[:, here, t], level[:, here, t] = (x.reshape(*present.shape, steps) for x in (rates, levels))
        return end.reshape(present.shape) * opened[:, here, t]

    ends = carry_over_days(step, starts_of(in_system, len(rate)), days.count, days.per_day)

    def each(x: Floats) -> Floats:
        return np.repeat(x.ravel(), steps)

    def averaged(x: Floats) -> Floats:
        mean: Floats = x.reshape(modified.shape).mean(axis=-1)
        return mean

    solved = delay(modified.ravel(), each(aht), each(n), each(patience))
    with np.errstate(invalid="ignore"):
        stuck = np.isinf(solved.patience_s) & (solved.seats == 0)
        in_line = np.where(stuck, level.ravel(), modified.ravel() * solved.mean_wait_s())
    share = np.where(solved.seats > 0, solved.answered_share, 0.0)
    busy, answered = averaged(solved.load_erlang * share), averaged(share)
    with np.errstate(invalid="ignore", divide="ignore"):
        heard = averaged(np.where(share > 0, solved.asa_s(), 0.0) * share)
        measures = {
            "service_level": averaged(np.where(share > 0, solved.answered_within(each(within)), 0.0)),
            "asa_s": np.where(answered > 0, heard / answered, np.nan),
            "mean_wait_s": averaged(solved.mean_wait_s()),
            "wait_probability": averaged(solved.wait),
            "abandon_share": averaged(solved.abandon_share),
        }
    return BacklogPerformance(
        rate_per_s=days.joined(modified.mean(axis=-1)),
        in_system=days.joined(ends),
        waiting=days.joined(averaged(in_line)),
        occupancy=days.joined(np.divide(busy, n, out=np.zeros_like(busy), where=n > 0)),
        **{name: days.joined(np.where(rate > 0, measure, np.nan)) for name, measure in measures.items()},
    )


def steps_of(interval_s: float, aht: Floats) -> int:
    """Steps in which an interval is followed."""
    return int(np.clip(np.ceil(_STEPS_PER_HANDLING * interval_s / float(aht.min())), *_STEPS))


def starts_of(in_system: ArrayLike, groups: int) -> Floats:
    """Callers in the system when the period starts, one number a group.

    Raises:
        BadInput: a number is negative or not finite, or there are not as many as groups.
    """
    (present,) = together(in_system)
    require(
        np.isfinite(present) & (present >= 0), present, say("callers in the system"), say("finite and not negative")
    )
    if present.size not in (1, groups):
        raise BadInput(say("callers in the system: found {found} numbers, must be one a group", found=present.size))
    return np.broadcast_to(present.ravel(), groups).copy()


def together(*values: ArrayLike) -> list[Floats]:
    """The values broadcast against each other, at least one-dimensional.

    Raises:
        BadInput: the shapes do not fit together.
    """
    arrays = [np.atleast_1d(np.asarray(value, dtype=np.float64)) for value in values]
    try:
        shape = np.broadcast_shapes(*(a.shape for a in arrays))
    except ValueError:
        found = ", ".join(str(a.shape) for a in arrays)
        raise BadInput(say("arrays of shapes {shapes} do not fit together", shapes=found)) from None
    return [np.broadcast_to(a, shape) for a in arrays]
