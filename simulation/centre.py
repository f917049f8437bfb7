"""The simulated centre: everything that a replication needs, as arrays."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from math import ceil, inf
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.attendance import RosteredDuties
from simulation.draws import NO_TABLES, Law, constant

__all__ = ["NOTHING", "NO_LIMIT", "AgentChoice", "Centre", "GivenCalls", "Overflow"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

NO_LIMIT = 2**31 - 1
"""Circuits of a centre that is never busy."""

CALL_BACK_UNREACHED_S = 30.0
"""An agent's time for a call-back that nobody picks up (assumed: six rings)."""

NOTHING: Law = constant(0.0)
"""A duration of zero."""


class AgentChoice(IntEnum):
    """Which of several idle agents is given a call."""

    IN_ORDER = 0
    """The line's own group first, then its overflow groups as they are written; within one, the longest idle."""
    LONGEST_IDLE = 1
    """The longest idle of all groups that may answer."""
    LEAST_SKILLED = 2
    """The group that answers the fewest lines first; within one, the longest idle."""


class Overflow(NamedTuple):
    """A further group that answers a line's callers once they have waited so long."""

    group: int
    after_s: float


@dataclass(frozen=True, eq=False)
class GivenCalls:
    """First attempts at given times, ``(N,)`` each, in order of time."""

    time_s: Floats
    line: Integers


@dataclass(frozen=True, eq=False, kw_only=True)
class Centre:
    """A centre over a period of T intervals, with P sample paths of calls on L lines.

    Times are seconds from the start of the period. Indices: ``line`` into ``line_ids``, ``group``
    into ``group_ids``, ``agent`` into ``duties.agent_ids``. A picklable value: replications on other
    processes get it whole.
    """

    line_ids: tuple[str, ...]
    group_ids: tuple[str, ...]
    dates: NDArray[np.datetime64]
    """(D,) local dates of the period."""
    interval_date: Integers
    """(T,) index of each interval's date."""
    interval_s: float
    arrivals: Integers
    """(P, L, T) calls that arrive: first attempts."""
    is_open: Flags
    """(T,) agents answer."""
    by_day: Flags
    """(T,) satisfaction call-backs may be made."""
    serving: Integers
    """(L, T) group that serves the line."""
    talk_scale: Floats
    """(L, T) factor on talk of calls arriving in the interval."""
    duties: RosteredDuties
    circuits: int = NO_LIMIT
    ring_s: float = 3.0
    short_abandon_s: float = 5.0
    announcement_s: float = 0.0
    menu: Law = NOTHING
    self_service_share: float = 0.0
    self_service: Law = NOTHING
    hang_up_share: float = 0.0
    hang_up: Law = NOTHING
    ivr_open_24_h: bool = True
    talk: tuple[Law, ...]
    """One law a line, as ``hold``, ``wrap``, ``patience`` and ``redial_delay``."""
    hold: tuple[Law, ...]
    wrap: tuple[Law, ...]
    short_call_share: tuple[float, ...]
    short_call_s: tuple[float, ...]
    patience: tuple[Law, ...]
    redial_share: tuple[float, ...]
    redial_delay: tuple[Law, ...]
    attempts_max: tuple[int, ...]
    call_back_missed: bool = False
    call_back_closed: bool = False
    call_back_reached_share: float = 0.8
    call_back_delay_s: float = 300.0
    call_back_unreached_s: float = CALL_BACK_UNREACHED_S
    follow_up_share: float = 0.0
    """Satisfaction call-backs per answered call."""
    follow_up: Law = NOTHING
    absence_share: float = 0.0
    standby_delay_s: float = 0.0
    tables: Floats = field(default_factory=lambda: NO_TABLES)
    """(M, Q) quantile tables of the empirical laws, see :func:`simulation.draws.quantile_table`."""
    given: GivenCalls | None = None
    """Calls that come at given times in every replication, instead of ``arrivals``."""

    priority: tuple[int, ...] = ()
    """(L,) lower numbers are served first; default 1."""
    head_start_s: tuple[float, ...] = ()
    """(L,) time a line's callers count as having waited already; default 0."""
    overflow: tuple[tuple[Overflow, ...], ...] = ()
    """(L,) further groups that answer the line, in the order in which they are asked; default none."""
    agent_choice: AgentChoice = AgentChoice.IN_ORDER

    announced_handling_s: tuple[float, ...] = ()
    """(L,) handling time that the announced wait is reckoned with; default 0."""
    offer_over_s: tuple[float, ...] = ()
    """(L,) a call-back is offered when the announced wait exceeds this; default never."""
    accept_share: tuple[float, ...] = ()
    """(L,) callers who accept it; default 0."""
    balk_over_s: tuple[float, ...] = ()
    """(L,) callers may leave at once when the announced wait exceeds this; default never."""
    balk_share: tuple[float, ...] = ()
    """(L,) callers who then do; default 0."""

    three_way_share: tuple[float, ...] = ()
    """(L,) calls into which a third party is brought; default 0."""
    three_way: tuple[Law, ...] = ()
    """(L,) time that adds to the conversation."""
    call_back_next_morning: bool = False
    """Missed calls are called back on the next morning, not at the next free moment."""

    order_share: tuple[float, ...] = ()
    """(C,) work orders of each class per answered call."""
    order_work: tuple[Law, ...] = ()
    """(C,) work on an order."""
    order_due_s: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    """(C, T) deadline of an order received in the interval; infinite without one."""
    order_by_day: tuple[bool, ...] = ()
    """(C,) the order is done by telephone, so only when call-backs may be made."""
    order_groups: Flags = field(default_factory=lambda: np.zeros(0, dtype=bool))
    """(G,) groups that work on orders; default none."""

    late_share: float = 0.0
    """A duties that begin late."""
    late: Law = NOTHING
    pace: Floats = field(default_factory=lambda: np.ones(0))
    """(agents,) factor on what an agent takes for conversation and wrap-up; default 1."""
    places: int = NO_LIMIT
    """Seats that are open: no more agents answer at the centre at once. Remote agents need none."""

    def __post_init__(self) -> None:
        lines, groups, agents = len(self.line_ids), len(self.group_ids), len(self.agent_ids)
        for name, usual in _USUAL.items():
            if not len(getattr(self, name)):
                object.__setattr__(self, name, (usual,) * lines)
        if not len(self.order_groups):
            object.__setattr__(self, "order_groups", np.zeros(groups, dtype=bool))
        if not len(self.pace):
            object.__setattr__(self, "pace", np.ones(agents))

    @cached_property
    def group_skills(self) -> Integers:
        """(G,) lines that each group answers at some time, overflow included."""
        skills = np.zeros((len(self.group_ids), len(self.line_ids)), dtype=bool)
        for line, serving in enumerate(self.serving):
            skills[serving, line] = True
            for step in self.overflow[line]:
                skills[step.group, line] = True
        counted: Integers = skills.sum(axis=1, dtype=np.int64)
        return counted

    @cached_property
    def next_opening(self) -> Floats:
        """(T + 1,) start of the first open interval from each interval on; infinite if there is none."""
        return _starts_ahead(self.is_open, self.interval_s)

    @cached_property
    def next_morning(self) -> Floats:
        """(T,) start of the first interval of a later date in which call-backs may be made; infinite if there is none."""
        ahead = _starts_ahead(self.by_day, self.interval_s)
        first_of_next = np.searchsorted(self.interval_date, self.interval_date, side="right")
        return ahead[first_of_next]

    @property
    def horizon_s(self) -> float:
        """Length of the period in seconds; no call arrives after it."""
        return len(self.interval_date) * self.interval_s

    @property
    def agent_ids(self) -> tuple[str, ...]:
        """Agents that the roster names."""
        return self.duties.agent_ids

    def next_opening_s(self, time_s: float) -> float:
        """Start of the first open interval at or after ``time_s``; infinite if the period has none."""
        return float(self.next_opening[min(ceil(time_s / self.interval_s), len(self.is_open))])

    def next_morning_s(self, time_s: float) -> float:
        """When call-backs begin on the next date that has such a time; infinite if the period has none."""
        return float(self.next_morning[min(int(time_s / self.interval_s), len(self.is_open) - 1)])


_USUAL: dict[str, object] = {
    "priority": 1,
    "head_start_s": 0.0,
    "overflow": (),
    "announced_handling_s": 0.0,
    "offer_over_s": inf,
    "accept_share": 0.0,
    "balk_over_s": inf,
    "balk_share": 0.0,
    "three_way_share": 0.0,
    "three_way": NOTHING,
}
"""What holds on every line of which a centre says nothing."""


def _starts_ahead(flags: Flags, interval_s: float) -> Floats:
    """(T + 1,) start of the first flagged interval from each on, infinite where there is none."""
    marks = np.append(np.where(flags, np.arange(len(flags)) * interval_s, inf), inf)
    ahead: Floats = np.minimum.accumulate(marks[::-1])[::-1]
    return ahead
