"""One queue in its steady state, simulated call by call: what the formulas of ``wfm.queueing`` are held to (§77).

Independent replications, each begun empty. The calls that arrive in the warm-up are left out; those that arrive later are
counted whatever their end. The warm-up follows from the queue's relaxation time (``simulation.relaxation``), not from the
data. Twenty replications: more would hardly narrow the intervals, and each pays for a warm-up (Schmeiser 1982, "Batch size
effects in the analysis of simulation output", Operations Research 30:556–568).

Every measure is a ratio of sums, with the interval of a ratio (Cochran 1977, *Sampling Techniques*, 3rd ed., §6.4; Student's
t): the replications' numbers of calls differ, and a mean of their ratios would be biased.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, inf, isfinite, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from simulation.attendance import RosteredDuties
from simulation.calls import ANSWERED, BLOCKED, SimulatedCalls, assert_conservation, assert_little
from simulation.centre import NO_LIMIT, NOTHING, Centre
from simulation.demand import draw_counts
from simulation.draws import NO_TABLES, Law, constant, exponential
from simulation.engine import Engine, play
from simulation.estimates import Interval
from simulation.relaxation import quantiles, relaxation_s, warm_up_s
from wfm.errors import BadInput
from wfm.execution import Progress, no_progress, run_tasks
from wfm.i18n import say

__all__ = ["SteadyState", "queue_centre", "ratio_interval", "simulate_queue"]

Floats = NDArray[np.float64]

REPLICATIONS = 20

CALLS_LEAST = 1_000
CALLS_MOST = 10**9
CALLS_A_RUN = 250_000
"""Calls of one replication at most, so that memory stays small; more calls make more replications."""

SEATS_MOST = 10_000

SETTLED = 2.0
"""Relaxation times that a replication counts at least: shorter ones are too skewed for Student's t."""

FEW = 30
"""Calls of a kind below which the interval of their share may not be narrower than that of independent calls."""

AN_INTERVAL = 2_000
"""Expected calls of an interval of the simulated centre."""

STAY_S = 1e8
"""How long agents stay after the last arrival, so that everybody is served."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SteadyState:
    """Measures of a simulated steady state with their 95 % intervals; NaN where nothing is defined.

    Shares are ÷ all calls; ``mean_wait_s`` and ``long_wait_share`` ÷ calls that got a circuit, ``asa_s`` ÷ answered calls,
    ``occupancy`` ÷ staffed time: as in ``wfm.queueing``.
    """

    wait_probability: Interval
    asa_s: Interval
    mean_wait_s: Interval
    service_level: Interval
    long_wait_share: Interval
    abandon_share: Interval
    blocked_share: Interval
    occupancy: Interval
    calls: int
    """Calls counted."""
    replications: int
    warm_up_s: float
    """Time left out of each replication."""
    relaxation_s: float


class _Sums(NamedTuple):
    """What one replication counted."""

    calls: float
    entered: float
    answered: float
    waited: float
    wait_s: float
    answer_wait_s: float
    within: float
    long_waits: float
    abandoned: float
    blocked: float
    busy_s: float
    staffed_s: float


class _Task(NamedTuple):
    centre: Centre
    seed: int
    replication: int
    engine: Engine
    warm_up_s: float
    within_s: float
    long_wait_s: float


def simulate_queue(
    rate_per_s: float,
    aht_s: float,
    seats: int,
    patience: Law | None,
    calls: int,
    *,
    within_s: float,
    long_wait_s: float = 40.0,
    circuits: int | None = None,
    handling: Law | None = None,
    tables: Floats = NO_TABLES,
    engine: Engine = Engine.COMPILED,
    seed: int = 1,
    workers: int = 1,
    progress: Progress = no_progress,
) -> SteadyState:
    """Simulate about ``calls`` calls of M/G/n+G, or of M/G/n/K+G behind circuits, in the steady state.

    Args:
        rate_per_s: Poisson arrivals per second.
        aht_s: mean handling time in seconds, exponential unless ``handling`` says otherwise.
        seats: agents, present all the time.
        patience: law of patience; None: nobody gives up.
        calls: calls to count, warm-up not included.
        within_s: threshold of the service level.
        long_wait_s: wait above which a wait is long.
        circuits: callers waiting or served at most; None: no limit.
        handling: law of handling times, of mean ``aht_s``; the warm-up takes it for exponential.
        tables: quantile tables of empirical laws.
        engine: which engine plays.
        seed: seed of every draw.
        workers: processes at most.
        progress: told of replications played.

    Raises:
        BadInput: there is no steady state, or a number is out of range; too few calls among them.
        AssertionError: Little's law or the agents' time does not hold on a replication.
    """
    endless = constant(inf) if patience is None else patience
    _require(rate_per_s, aht_s, seats, calls, within_s, long_wait_s, circuits, seed)
    _require_steady(rate_per_s, aht_s, seats, endless, circuits, tables)
    relaxation = relaxation_s(rate_per_s, aht_s, seats, endless, inf if circuits is None else circuits, tables)
    warm_up = warm_up_s(relaxation, rate_per_s * aht_s)
    replications = REPLICATIONS * ceil(calls / (REPLICATIONS * CALLS_A_RUN))
    least = max(CALLS_LEAST, ceil(SETTLED * relaxation * rate_per_s * REPLICATIONS))
    if calls < least:
        raise BadInput(
            say(
                "simulation: found {calls} calls, at least {least} are needed: the queue takes the time of {settle} calls to "
                "settle, and {replications} repetitions are played",
                calls=f"{calls:,}",
                least=f"{least:,}",
                settle=f"{ceil(relaxation * rate_per_s):,}",
                replications=REPLICATIONS,
            )
        )
    centre = queue_centre(
        rate_per_s,
        exponential(aht_s) if handling is None else handling,
        seats,
        endless,
        warm_up + calls / replications / rate_per_s,
        circuits=circuits,
        tables=tables,
        seed=seed,
        replications=replications,
    )
    tasks = [_Task(centre, seed, r, engine, warm_up, within_s, long_wait_s) for r in range(replications)]
    rows = np.array(run_tasks(_count, tasks, workers=workers, progress=progress))
    sums: dict[str, Floats] = dict(zip(_Sums._fields, rows.T, strict=True))

    def ratio(part: str, whole: str) -> Interval:
        return ratio_interval(sums[part], sums[whole])

    def share(part: str, whole: str = "calls") -> Interval:
        return _wide_enough(ratio(part, whole), float(sums[part].sum()), float(sums[whole].sum()))

    return SteadyState(
        wait_probability=share("waited"),
        asa_s=ratio("answer_wait_s", "answered"),
        mean_wait_s=ratio("wait_s", "entered"),
        service_level=share("within"),
        long_wait_share=share("long_waits", "entered"),
        abandon_share=share("abandoned"),
        blocked_share=share("blocked"),
        occupancy=ratio("busy_s", "staffed_s"),
        calls=int(sums["calls"].sum()),
        replications=replications,
        warm_up_s=warm_up,
        relaxation_s=relaxation,
    )


def queue_centre(
    rate_per_s: float,
    handling: Law,
    seats: int,
    patience: Law,
    length_s: float,
    *,
    circuits: int | None = None,
    tables: Floats = NO_TABLES,
    seed: int = 1,
    replications: int = 1,
) -> Centre:
    """A centre of one line and one group whose agents are always there: no ringing, no IVR, no wrap-up.

    Calls come as a Poisson process for ``length_s`` seconds, another one in each of the replications.
    """
    intervals = max(1, ceil(rate_per_s * length_s / AN_INTERVAL))
    interval_s = length_s / intervals
    date = np.zeros(intervals, dtype=np.int64)
    rate = np.full((1, intervals), rate_per_s * interval_s)
    always = np.ones(intervals, dtype=bool)
    return Centre(
        line_ids=("line",),
        group_ids=("group",),
        dates=np.array(["2000-01-01"], dtype="datetime64[D]"),
        interval_date=date,
        interval_s=interval_s,
        arrivals=draw_counts(rate, date, seed=seed, paths=replications),
        is_open=always,
        by_day=~always,
        serving=np.zeros((1, intervals), dtype=np.int64),
        talk_scale=np.ones((1, intervals)),
        duties=_always_there(seats, length_s + STAY_S),
        circuits=NO_LIMIT if circuits is None else circuits,
        ring_s=0.0,
        talk=(handling,),
        hold=(NOTHING,),
        wrap=(NOTHING,),
        short_call_share=(0.0,),
        short_call_s=(0.0,),
        patience=(patience,),
        redial_share=(0.0,),
        redial_delay=(NOTHING,),
        attempts_max=(1,),
        tables=tables,
    )


def _always_there(seats: int, until_s: float) -> RosteredDuties:
    return RosteredDuties(
        agent_ids=tuple(f"seat-{k:05d}" for k in range(seats)),
        agent=np.arange(seats),
        group=np.zeros(seats, dtype=np.int64),
        standby=np.zeros(seats, dtype=bool),
        start_s=np.zeros(seats),
        end_s=np.full(seats, until_s),
        key=np.arange(seats, dtype=np.uint64),
        pauses=((),) * seats,
        backups=((),) * seats,
        paired=(False,) * seats,
    )


def _count(task: _Task) -> _Sums:
    """Play one replication and count it."""
    centre = task.centre
    calls = play(centre, task.seed, task.replication, engine=task.engine)
    assert_little(calls, centre)
    assert_conservation(calls, centre)
    counted = calls.arrived_s >= task.warm_up_s
    answered, blocked = calls.outcome == ANSWERED, calls.outcome == BLOCKED
    abandoned = ~answered & ~blocked
    wait_s = np.where(answered, calls.answered_s, calls.ended_s) - np.where(blocked, calls.ended_s, calls.queued_s)
    return _Sums(
        calls=float(counted.sum()),
        entered=float((counted & ~blocked).sum()),
        answered=float((counted & answered).sum()),
        # Who gives up had to wait, even with no patience at all.
        waited=float((counted & ((answered & (wait_s > 0)) | abandoned)).sum()),
        wait_s=float(wait_s[counted].sum()),
        answer_wait_s=float(wait_s[counted & answered].sum()),
        within=float((counted & answered & (wait_s <= task.within_s)).sum()),
        long_waits=float((counted & ~blocked & (wait_s > task.long_wait_s)).sum()),
        abandoned=float((counted & abandoned).sum()),
        blocked=float((counted & blocked).sum()),
        busy_s=_busy_s(calls, task.warm_up_s, centre.horizon_s),
        staffed_s=len(centre.agent_ids) * (centre.horizon_s - task.warm_up_s),
    )


def _busy_s(calls: SimulatedCalls, start_s: float, end_s: float) -> float:
    """Agents' time on calls between two moments."""
    answered = calls.outcome == ANSWERED
    begin = np.maximum(calls.answered_s[answered], start_s)
    end = np.minimum(calls.answered_s[answered] + calls.handle_s[answered], end_s)
    return float(np.maximum(end - begin, 0.0).sum())


def ratio_interval(above: Floats, below: Floats, confidence: float = 0.95) -> Interval:
    """Σ above ÷ Σ below over replications, and its confidence interval; NaN where Σ below is 0."""
    total, n = float(below.sum()), len(below)
    if total <= 0:
        return Interval(float("nan"), float("nan"), float("nan"))
    ratio = float(above.sum()) / total
    error = sqrt(float(((above - ratio * below) ** 2).sum()) / (n * (n - 1))) / (total / n)
    half = float(special.stdtrit(n - 1, (1 + confidence) / 2)) * error
    return Interval(ratio, ratio - half, ratio + half)


def _wide_enough(found: Interval, part: float, whole: float) -> Interval:
    """A share's interval, not narrower than Wilson's (1927, JASA 22:209–212) where hardly any call decides it."""
    if whole <= 0:
        return found
    low, high = max(found.low, 0.0), min(found.high, 1.0)
    if min(part, whole - part) < FEW:
        z = float(special.ndtri(0.975))
        middle = (part + z * z / 2) / (whole + z * z)
        half = z / (whole + z * z) * sqrt(part * (whole - part) / whole + z * z / 4)
        low, high = min(low, max(middle - half, 0.0)), max(high, min(middle + half, 1.0))
    return Interval(found.mean, low, high)


def _require(
    rate_per_s: float,
    aht_s: float,
    seats: int,
    calls: int,
    within_s: float,
    long_wait_s: float,
    circuits: int | None,
    seed: int,
) -> None:
    if not (isfinite(rate_per_s) and rate_per_s > 0):
        raise BadInput(say("simulation: there must be calls to simulate, found {rate:g} per second", rate=rate_per_s))
    if not (isfinite(aht_s) and aht_s > 0):
        raise BadInput(
            say("simulation: the handling time must be above zero and finite, found {found:g} s", found=aht_s)
        )
    if not 1 <= seats <= SEATS_MOST:
        raise BadInput(
            say("simulation: from 1 to {most} seats can be simulated, found {n}", most=f"{SEATS_MOST:,}", n=seats)
        )
    if not 1 <= calls <= CALLS_MOST:
        raise BadInput(
            say("simulation: calls to simulate must be a whole number from 1 to {most}, found {n}",
                most=f"{CALLS_MOST:,}", n=calls)
        )  # fmt: skip
    for threshold in (within_s, long_wait_s):
        if not threshold >= 0:
            raise BadInput(
                say("simulation: a threshold of waits must be at least 0 s, found {found:g}", found=threshold)
            )
    if circuits is not None and circuits < 1:
        raise BadInput(say("simulation: circuits must be at least 1, found {n}", n=circuits))
    if not 0 <= seed < 2**64:
        raise BadInput(say("simulation: the seed must lie between 0 and 2^64 − 1, found {seed}", seed=seed))


def _require_steady(
    rate_per_s: float, aht_s: float, seats: int, patience: Law, circuits: int | None, tables: Floats
) -> None:
    """Refuse a queue that grows without end: those who never give up alone bring as much work as the seats can do."""
    if circuits is not None:
        return
    never = float(np.isinf(quantiles(patience, tables)).mean())
    if rate_per_s * aht_s * never >= seats:
        raise BadInput(
            say(
                "simulation: {load} erlangs of callers who never give up meet {seats} seats: the queue grows without end, "
                "there is no steady state",
                load=f"{rate_per_s * aht_s * never:,.4g}",
                seats=f"{seats:,}",
            )
        )
