"""What one replication produced: every call with every time, and assertions that must always hold."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.tables import SIMULATED_CALLS, SIMULATED_OUTCOMES

if TYPE_CHECKING:
    from simulation.centre import Centre

__all__ = [
    "ABANDONED",
    "ANSWERED",
    "BLOCKED",
    "CALL_BACK_ACCEPTED",
    "CLOSED",
    "IVR_ABANDONED",
    "IVR_COMPLETED",
    "KEPT_PLACE",
    "MISSED_CALL",
    "ORDER",
    "SATISFACTION",
    "Orders",
    "OtherWork",
    "SimulatedCalls",
    "Stays",
    "assert_conservation",
    "assert_little",
    "assert_one_fate",
    "assert_same_calls",
]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

BLOCKED, IVR_ABANDONED, IVR_COMPLETED, ANSWERED, ABANDONED, CLOSED, CALL_BACK_ACCEPTED = range(len(SIMULATED_OUTCOMES))
"""Indices into ``wfm.tables.SIMULATED_OUTCOMES``."""

MISSED_CALL, SATISFACTION, KEPT_PLACE, ORDER = range(4)
"""Kinds of other work: the call-back of a missed call, that of a caller who was not fully satisfied, that of a
caller who accepted a call-back instead of waiting, and a piece of work on a work order."""


@dataclass(frozen=True, eq=False, kw_only=True)
class OtherWork:
    """Work beside incoming calls, of a kind from :data:`MISSED_CALL` to :data:`ORDER`.

    One entry each, in the order in which they ended; ``row`` is the call that caused it, times in seconds
    from the start. A work order that was put aside has an entry for every piece.
    """

    kind: Integers
    row: Integers
    agent: Integers
    start_s: Floats
    end_s: Floats


@dataclass(frozen=True, eq=False, kw_only=True)
class Orders:
    """Work orders that answered calls brought, one entry each in the order received; times in seconds from the start.

    ``finished_s`` is NaN for those not finished when the last duty ended; ``due_s`` may be infinite.
    """

    row: Integers
    order_class: Integers
    received_s: Floats
    due_s: Floats
    work_s: Floats
    finished_s: Floats


@dataclass(frozen=True, eq=False, kw_only=True)
class Stays:
    """When agents were really signed in, calls finished after the end of a duty included."""

    agent: Integers
    group: Integers
    start_s: Floats
    end_s: Floats


@dataclass(frozen=True, eq=False, kw_only=True)
class SimulatedCalls:
    """Every call of one replication, one entry a call and attempt, in the order (call, attempt).

    Columns as ``wfm.tables.SIMULATED_CALLS``; undefined times are NaN, ``agent`` −1. The areas are
    integrals over time that the engine kept while it ran: callers waiting, and calls in the system.
    """

    replication: int
    call: Integers
    attempt: Integers
    line: Integers
    arrived_s: Floats
    ivr_s: Floats
    queued_s: Floats
    answered_s: Floats
    ended_s: Floats
    outcome: Integers
    handle_s: Floats
    agent: Integers
    called_back_s: Floats
    waiting_area_s: float
    inside_area_s: float
    busy_s: Floats
    """(agents,) seconds each agent was occupied, as the engine kept them."""
    other_work: OtherWork
    orders: Orders
    stays: Stays

    def __len__(self) -> int:
        return len(self.call)

    def frame(self) -> pd.DataFrame:
        """The calls as a table with the columns of ``SIMULATED_CALLS``."""
        columns = {name: getattr(self, name) for name in SIMULATED_CALLS.column_names if name != "replication"}
        return pd.DataFrame({"replication": np.full(len(self), self.replication), **columns})


def assert_one_fate(calls: SimulatedCalls, centre: Centre) -> None:
    """Every caller of the path, or every given call, came; every attempt has one fate, and its times fit that fate.

    Raises:
        AssertionError: a call is lost, doubled, or its times contradict its fate.
    """
    lines = len(centre.line_ids)
    if centre.given is None:
        expected = centre.arrivals[calls.replication % len(centre.arrivals)].sum(axis=1)
    else:
        expected = np.bincount(centre.given.line, minlength=lines)
    first = calls.attempt == 1
    came = np.bincount(calls.line[first], minlength=lines)
    assert came.tolist() == expected.tolist(), "every call of the path arrives once"
    assert np.array_equal(calls.call[first], np.arange(expected.sum())), "callers are numbered without gaps"
    follows = calls.attempt[1:] == calls.attempt[:-1] + 1
    same_caller = calls.call[1:] == calls.call[:-1]
    assert np.array_equal(same_caller, follows & ~first[1:]), "attempts count up from 1"
    assert ((calls.outcome >= 0) & (calls.outcome < len(SIMULATED_OUTCOMES))).all(), "every call ended"
    answered, abandoned = calls.outcome == ANSWERED, calls.outcome == ABANDONED
    accepted = calls.outcome == CALL_BACK_ACCEPTED
    queued = answered | abandoned | accepted
    assert np.array_equal(~np.isnan(calls.queued_s), queued), "who queues is answered, gives up or accepts a call-back"
    for times in (calls.answered_s, calls.handle_s):
        assert np.array_equal(~np.isnan(times), answered), "answered calls, and only they, are handled"
    assert np.array_equal(calls.agent >= 0, answered)
    assert not np.isnan(calls.ended_s).any()
    assert (calls.ended_s >= calls.arrived_s).all()
    assert (calls.ivr_s >= 0).all()
    assert (calls.queued_s[answered] + centre.ring_s <= calls.answered_s[answered] + 1e-6).all()
    assert (calls.handle_s[answered] >= 0).all()
    assert np.array_equal(calls.ended_s[accepted], calls.queued_s[accepted]), "who accepts a call-back leaves at once"
    fails = abandoned | (calls.outcome == BLOCKED)
    assert fails[:-1][same_caller].all(), "only who gave up or met a busy signal calls again"
    _assert_called_back_once(calls, abandoned | accepted | (calls.outcome == CLOSED))


def _assert_called_back_once(calls: SimulatedCalls, unanswered: NDArray[np.bool_]) -> None:
    reached = ~np.isnan(calls.called_back_s)
    assert unanswered[reached].all(), "only missed calls and kept places are called back"
    back, who = calls.called_back_s[reached], calls.call[reached]
    assert (back >= calls.ended_s[reached]).all()
    assert len(np.unique(who)) == len(who), "nobody is called back twice"
    answered_callers = calls.call[calls.outcome == ANSWERED]
    assert not np.isin(who, answered_callers).any(), (
        "who was answered is not called back, and who was reached does not call"
    )


def assert_little(calls: SimulatedCalls, centre: Centre, *, tolerance: float = 1e-9) -> None:
    """Little's law on this run: time-integrals of numbers present equal the sums of times spent.

    The left sides were kept by the engine event by event, the right sides come from the calls.

    Raises:
        AssertionError: they differ by more than rounding.
    """
    answered = calls.outcome == ANSWERED
    left = np.where(answered, calls.answered_s - centre.ring_s, calls.ended_s)
    waits = np.nansum(left - calls.queued_s)
    inside = (calls.ended_s - calls.arrived_s).sum()
    for kept, summed, what in (
        (calls.waiting_area_s, waits, "callers waiting"),
        (calls.inside_area_s, inside, "calls in the system"),
    ):
        scale = max(1.0, abs(summed), len(calls) * centre.horizon_s * 1e-3)
        assert abs(kept - summed) <= tolerance * scale, f"{what}: {kept} ≠ {summed}"


def assert_conservation(calls: SimulatedCalls, centre: Centre, *, tolerance: float = 1e-9) -> None:
    """Each agent was occupied exactly for the calls and other work handled, one thing at a time, and only while
    signed in; no more were signed in at the centre than there are seats; work orders took what they ask for.

    Raises:
        AssertionError: seconds were lost or invented, or somebody was at two things or without a seat.
    """
    agents = len(centre.agent_ids)
    answered = calls.outcome == ANSWERED
    work = calls.other_work
    spent = np.bincount(
        calls.agent[answered], weights=calls.handle_s[answered] + centre.ring_s, minlength=agents
    ) + np.bincount(work.agent, weights=work.end_s - work.start_s, minlength=agents)
    signed_in = np.bincount(calls.stays.agent, weights=calls.stays.end_s - calls.stays.start_s, minlength=agents)
    slack = tolerance * max(1.0, centre.horizon_s) * max(1, len(calls))
    assert np.abs(spent - calls.busy_s).max(initial=0.0) <= slack, "busy seconds are handled seconds"
    assert (calls.busy_s <= signed_in + slack).all(), "nobody is busy longer than signed in"
    begins_s = np.concatenate([calls.answered_s[answered] - centre.ring_s, work.start_s])
    ends_s = np.concatenate([calls.answered_s[answered] + calls.handle_s[answered], work.end_s])
    agent = np.concatenate([calls.agent[answered], work.agent])
    order = np.lexsort((ends_s, begins_s, agent))
    next_of_same = agent[order][1:] == agent[order][:-1]
    gap_s = begins_s[order][1:] - ends_s[order][:-1]
    assert (gap_s[next_of_same] >= -slack).all(), "nobody does two things at once"
    _assert_kinds(calls)
    _assert_orders(calls, slack)
    _assert_seats(calls.stays, centre)


def _assert_kinds(calls: SimulatedCalls) -> None:
    """Other work follows from calls of the fate that brings it."""
    work = calls.other_work
    outcome = calls.outcome[work.row]
    assert np.isin(outcome[work.kind == MISSED_CALL], (ABANDONED, CLOSED)).all()
    assert (outcome[work.kind == KEPT_PLACE] == CALL_BACK_ACCEPTED).all()
    assert (outcome[(work.kind == SATISFACTION) | (work.kind == ORDER)] == ANSWERED).all()
    once = work.row[work.kind != ORDER]
    assert len(np.unique(once)) == len(once), "a call-back is tried once"


def _assert_orders(calls: SimulatedCalls, slack: float) -> None:
    """The pieces of work on the orders of a call sum to the work of the finished, and do not exceed that of all."""
    orders, work = calls.orders, calls.other_work
    if not len(orders.row):
        assert not (work.kind == ORDER).any(), "work on an order needs an order"
        return
    assert (calls.outcome[orders.row] == ANSWERED).all(), "answered calls bring orders"
    finished = ~np.isnan(orders.finished_s)
    took_s = orders.finished_s[finished] - orders.received_s[finished]
    assert (took_s >= orders.work_s[finished] - slack).all(), "no order is finished faster than its work"
    pieces = work.kind == ORDER
    count = len(calls)
    done_s = np.bincount(work.row[pieces], weights=(work.end_s - work.start_s)[pieces], minlength=count)
    asked_s = np.bincount(orders.row, weights=orders.work_s, minlength=count)
    finished_s = np.bincount(orders.row[finished], weights=orders.work_s[finished], minlength=count)
    assert (done_s <= asked_s + slack).all(), "no order takes more than its work"
    assert (done_s >= finished_s - slack).all(), "a finished order took its work"


def _assert_seats(stays: Stays, centre: Centre) -> None:
    """No more agents were signed in at the centre at once than there are seats; remote ones need none."""
    duties = centre.duties
    if centre.places >= len(duties):
        return
    present = np.ones(len(stays.agent), dtype=bool)
    for duty in np.flatnonzero(duties.remote).tolist():
        within = (stays.start_s >= duties.start_s[duty]) & (stays.start_s < duties.end_s[duty])
        present &= ~(within & (stays.agent == duties.agent[duty]))
    start_s, end_s = stays.start_s[present], stays.end_s[present]
    moment = np.concatenate([end_s, start_s])
    change = np.concatenate([np.full(len(end_s), -1), np.full(len(start_s), 1)])
    # At one instant who leaves makes room first; a stay of no length takes no seat.
    change[moment == np.concatenate([start_s, end_s])] = 0
    seated = np.cumsum(change[np.lexsort((change, moment))])
    assert seated.max(initial=0) <= centre.places, "nobody answers at the centre without a seat"


def assert_same_calls(calls: SimulatedCalls, others: SimulatedCalls) -> None:
    """Two replications are the same bit for bit: every call, other work, order and stay, areas and busy seconds (§78).

    Raises:
        AssertionError: something differs; it names the column and the first entry that does.
    """
    _assert_same(calls, others, "")


def _assert_same(one: Any, other: Any, where: str) -> None:
    for name in (column.name for column in fields(one)):
        mine, theirs = getattr(one, name), getattr(other, name)
        if is_dataclass(mine):
            _assert_same(mine, theirs, f"{name}.")
        elif isinstance(mine, np.ndarray):
            assert mine.dtype == theirs.dtype, f"{where}{name}: {mine.dtype} ≠ {theirs.dtype}"
            assert len(mine) == len(theirs), f"{where}{name}: {len(mine)} ≠ {len(theirs)} entries"
            different = np.flatnonzero((mine != theirs) & ~(np.isnan(mine) & np.isnan(theirs)))
            assert not len(different), (
                f"{where}{name}[{different[0]}]: {mine[different[0]]!r} ≠ {theirs[different[0]]!r}"
            )
        else:
            assert mine == theirs, f"{where}{name}: {mine!r} ≠ {theirs!r}"
