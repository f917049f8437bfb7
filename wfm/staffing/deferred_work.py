"""Work that waits: call-backs of missed calls, satisfaction call-backs (回访), work orders (工单) and quality listening.

The rule of who does it and when:

* **Missed calls** (漏话) are called back by the agents of the line's group, in the interval after the
  call-back delay, or after the next opening. An attempt that reaches nobody is taken to cost no handling
  time. Calls that came outside opening hours are called back over the hours after opening that the hotline
  allows for it.
* **All other deferred work** arises with answered calls and is done earliest deadline first. Where
  answering agents may do it, their idle time takes it; for the rest people are at work in the office's
  watches, as few as keep each class's deadline share (``back_office``). Where the hotline has back-office
  staff who do not answer calls, these are they; where it has none, they are answering agents and their
  work is blended.
* **Blended work** yields to calls. It adds to the work that must fit under the occupancy cap, and not to
  the queue that callers wait in.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wfm.calendar import TimeGrid, WorkingCalendar
from wfm.hotline import Hotline
from wfm.staffing.back_office import agents_help, watch_seconds
from wfm.staffing.deferred_items import deferred_items
from wfm.staffing.mean_cover import mean_cover

__all__ = ["LineCalls", "closed_call_work_s", "deferred_by_group", "has_back_office", "missed_call_work_s"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class LineCalls:
    """What becomes of each line's calls; ``(L, T)``."""

    arrivals: Floats
    """Calls that ask for an agent while one answers, redials included."""
    answered: Floats
    missed: Floats
    """Callers who gave up for good."""
    unserved: Floats
    """Callers who ask for an agent while none answers."""
    aht_s: Floats
    serving: NDArray[np.int64]
    """Index of the group that serves the line, −1 where closed."""


def has_back_office(hotline: Hotline) -> bool:
    """Whether some kind of staff handles work orders without answering calls."""
    return any(kind.back_office and not kind.answers_calls for kind in hotline.staff_kinds)


def missed_call_work_s(hotline: Hotline, missed: Floats, aht_s: Floats, opened: Flags, interval_s: float) -> Floats:
    """Seconds of call-backs to missed callers of one line in each interval; shape ``(T,)``.

    ``missed`` are callers who gave up for good. Call-backs due after the period's last open interval are
    done in that interval.
    """
    work = np.zeros_like(missed)
    places = np.flatnonzero(opened)
    if not hotline.call_back.missed_calls or not places.size:
        return work
    later = np.arange(len(missed)) + int((interval_s / 2 + hotline.call_back.delay_s) // interval_s)
    due = places[np.minimum(np.searchsorted(places, later), places.size - 1)]
    np.add.at(work, due, missed * hotline.call_back.reached_share * aht_s)
    return work


def closed_call_work_s(hotline: Hotline, asked: Floats, aht_s: Floats, opened: Flags, interval_s: float) -> Floats:
    """Seconds of call-backs to callers of one line who came outside opening hours; shape ``(T,)``.

    Done evenly over the opening hours that follow, as many as ``call_back.within_h`` says; calls after the last opening of
    the period are called back after the period.
    """
    work = np.zeros_like(asked)
    places = np.flatnonzero(opened)
    if not hotline.call_back.closed_calls or not places.size:
        return work
    closed = np.flatnonzero(~opened & (asked > 0) & (np.arange(len(asked)) < places[-1]))
    count = max(int(hotline.call_back.within_h * 3600 // interval_s), 1)
    for at in closed:
        first = int(np.searchsorted(places, at))
        due = places[first : first + count]
        work[due] += asked[at] * hotline.call_back.reached_share * aht_s[at] / due.size
    return work


def deferred_by_group(
    hotline: Hotline,
    calls: LineCalls,
    idle_erlang: Floats,
    serves: Flags,
    home: NDArray[np.int64],
    grid: TimeGrid,
    calendar: WorkingCalendar,
) -> tuple[Floats, Floats]:
    """Erlangs of deferred work done by answering agents, and by the back office; ``(G, T)`` each.

    Call-backs of missed calls are not part of it. The sums over the period are the work that arises in it,
    unless some can never be done.

    Args:
        hotline: what answered calls bring, and who does it.
        calls: answered calls of each line.
        idle_erlang: idle agents of each group up to the occupancy cap; ``(G, T)``.
        serves: whether each group serves any line; ``(G, T)``.
        home: a group of each line, under which the back office's work for it is told; ``(L,)``.
        grid: the period.
        calendar: working days.
    """
    work = deferred_items(hotline, calls.answered, np.zeros_like(calls.answered), grid, calendar)
    if not work.classes:
        return np.zeros_like(idle_erlang), np.zeros_like(idle_erlang)
    idle = np.maximum(idle_erlang, 0.0)
    per_head = watch_seconds(hotline, grid, calendar)
    separate = has_back_office(hotline)
    if not separate:
        # What idle time does not hold needs more agents, and so an open hotline.
        opened = serves.any(axis=0).astype(np.float64)
        inside = per_head * opened
        per_head = inside if inside.any() else np.reshape(opened * grid.interval_s, (1, -1))
    spare = idle.sum(axis=0)
    served = mean_cover(work, spare * grid.interval_s, agents_help(hotline), per_head).served
    between, behind = (done.sum(axis=0) / grid.interval_s for done in (served.agents_s, served.office_s))
    agents = np.divide(idle, spare, out=np.zeros_like(idle), where=spare > 0) * between
    weights = np.bincount(home, weights=calls.answered.sum(axis=1), minlength=len(idle))[:, None]
    if separate:
        return agents, weights / weights.sum() * behind
    there = np.where(serves, np.maximum(weights, 1e-9), 0.0)
    return agents + there / np.maximum(there.sum(axis=0), 1e-9) * behind, np.zeros_like(idle)
