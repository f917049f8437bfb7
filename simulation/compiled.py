"""The compiled engine: the rules of ``simulation.simpy_model`` as one loop over arrays, the same calls bit for bit."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.attendance import attendance
from simulation.calls import Orders, OtherWork, SimulatedCalls, Stays
from simulation.centre import Centre
from simulation.clock import Moment
from simulation.compiled_arrivals import caller_count, fill_callers
from simulation.compiled_floor import STAY, Growing, floor_of, make_room
from simulation.compiled_loop import fill_heap, play_events
from simulation.event_heap import SPARE, no_events
from simulation.flat_centre import FlatCentre, flat_centre
from simulation.kernels import kernel
from simulation.pointers import address_of

__all__ = ["Played", "call_order", "play_compiled", "simulate_compiled"]

Records = NDArray[np.void]
Integers = NDArray[np.int64]


@kernel
def call_order(rows: Records, callers: int) -> Integers:
    """(rows,) the rows in the order (call, attempt)."""
    order = np.empty(len(rows), np.int64)
    at = 0
    for caller in range(callers):
        row: Any = np.int64(caller)
        while row >= 0:
            order[at] = row
            at += 1
            row = np.int64(rows[row].again)
    return order


@dataclass(frozen=True, eq=False, kw_only=True)
class Played:
    """What the engine wrote down; views of arrays that the next replication of the same thread overwrites."""

    rows: Records
    """(calls,) of :data:`simulation.flat_centre.ROW`: first attempts in order of arrival, then redials as they came."""
    callers: int
    """First attempts."""
    agents: Records
    """(agents,) of :data:`simulation.flat_centre.AGENT`; ``busy_s`` is the time occupied."""
    works: Records
    """Other work, of :data:`simulation.compiled_floor.WORK`."""
    stays: Records
    """Stays as they were, of :data:`simulation.compiled_floor.STAY`."""
    orders: Records
    """Work orders, of :data:`simulation.compiled_floor.ORDER`."""
    waiting_area_s: float
    inside_area_s: float
    """Time-integrals of how many wait and how many are inside; NaN if they were not asked for."""

    def order(self) -> Integers:
        """(calls,) the rows in the order (call, attempt)."""
        return call_order(self.rows, self.callers)


_growing = Growing()


def play_compiled(centre: Centre, seed: int, replication: int, *, areas: bool = False) -> Played:
    """Play one replication of the centre; the rows as they were written.

    Args:
        centre: what is played.
        seed: seed of every draw.
        replication: its number.
        areas: whether the time-integrals are wanted. Without them fewer events are played, to the same calls.
    """
    flat = flat_centre(centre)
    callers = caller_count(centre, replication)
    _growing.hold(callers)
    fill_callers(centre, seed, replication, _growing.arrive_s, _growing.keys)
    planned, coming = _planned(centre, flat, seed, replication)
    _growing.clear()
    floor, own = floor_of(
        centre,
        flat,
        seed,
        replication,
        {"arrive_s": _growing.arrive_s, "keys": _growing.keys, "planned": planned, "coming": coming},
        callers=callers,
        areas=areas,
    )
    done = False
    while not done:
        make_room(floor, _growing)
        done = play_events(floor)
    end = floor[0]
    return Played(
        rows=_growing.rows[: end["row_count"]],
        callers=callers,
        agents=own["agents"],
        works=_growing.works[: end["work_count"]],
        stays=_growing.stays[: end["stay_count"]],
        orders=_growing.orders[: end["order_count"]],
        waiting_area_s=float(end["waiting_area_s"]) if areas else nan,
        inside_area_s=float(end["inside_area_s"]) if areas else nan,
    )


def _planned(centre: Centre, flat: FlatCentre, seed: int, replication: int) -> tuple[Records, Records]:
    """The stays of this replication, and a heap of the events that are known beforehand."""
    there = attendance(
        centre.duties,
        centre.absence_share,
        centre.standby_delay_s,
        seed=seed,
        replication=replication,
        late_share=centre.late_share,
        late=centre.late,
        tables=centre.tables,
    )
    stays = np.empty(len(there), dtype=STAY)
    for name in STAY.names or ():
        stays[name] = getattr(there, name)
    number = np.arange(len(there))
    ends_s = max(centre.horizon_s, there.end_s.max(initial=0.0))
    time_s = np.concatenate([there.start_s, there.end_s, flat.changes * centre.interval_s, [ends_s]])
    order = np.concatenate(
        [
            Moment.SIGN_ON + there.agent,
            Moment.SIGN_OFF + there.agent,
            np.full(len(flat.changes), Moment.HOURS),
            [Moment.END],
        ]
    )
    what = np.concatenate([number, number, flat.changes, [0]])
    coming = no_events(len(time_s) + SPARE)
    fill_heap(time_s, order, what, address_of(coming))
    return stays, coming


def simulate_compiled(centre: Centre, seed: int, replication: int) -> SimulatedCalls:
    """Play one replication of the centre and return every call.

    The result depends on the arguments alone, and is that of :func:`simulation.simpy_model.simulate`.
    """
    played = play_compiled(centre, seed, replication, areas=True)
    rows, works, stays, orders = played.rows, played.works, played.stays, played.orders
    order = played.order()
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    whole: dict[str, Any] = {
        name: rows[name][order].astype(np.int64) for name in ("call", "attempt", "line", "outcome", "agent")
    }
    times: dict[str, Any] = {name: rows[name][order] for name in _TIMES}
    handle_s = rows["spoken_s"][order] + rows["wrap_s"][order]
    handle_s[np.isnan(times["answered_s"])] = np.nan
    return SimulatedCalls(
        replication=replication,
        **whole,
        **times,
        handle_s=handle_s,
        waiting_area_s=played.waiting_area_s,
        inside_area_s=played.inside_area_s,
        busy_s=played.agents["busy_s"].copy(),
        other_work=OtherWork(
            kind=works["kind"].astype(np.int64),
            row=place[works["row"]],
            agent=works["agent"].astype(np.int64),
            start_s=works["start_s"].copy(),
            end_s=works["end_s"].copy(),
        ),
        orders=Orders(
            row=place[orders["row"]],
            order_class=orders["order_class"].astype(np.int64),
            **{name: orders[name].copy() for name in ("received_s", "due_s", "work_s", "finished_s")},
        ),
        stays=Stays(
            agent=stays["agent"].astype(np.int64),
            group=stays["group"].astype(np.int64),
            start_s=stays["start_s"].copy(),
            end_s=stays["end_s"].copy(),
        ),
    )


_TIMES = ("arrived_s", "ivr_s", "queued_s", "answered_s", "ended_s", "called_back_s")
