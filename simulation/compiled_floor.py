"""The centre while the compiled engine plays it: one record that holds counts, and where all other records are."""

from __future__ import annotations

import threading
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.centre import Centre
from simulation.event_heap import EVENT, LATEST, SPARE, as_whole, no_events, push, replace_first
from simulation.flat_centre import AGENT, FACTS, GROUP, LINE, NOBODY, ORDER_CLASS, ROW, STEP, FlatCentre
from simulation.kernels import part, small
from simulation.keyed import Purpose, stream
from simulation.pointers import address_of, pointer_to

__all__ = [
    "ATTEMPTS",
    "FLOOR",
    "HAND_ON",
    "NEVER",
    "ORDER",
    "PATIENCE",
    "STAY",
    "TASK",
    "WORK",
    "Growing",
    "agent_at",
    "class_at",
    "events_that_fit",
    "floor_of",
    "group_at",
    "line_at",
    "make_room",
    "order_at",
    "place_of",
    "row_at",
    "set_event",
    "stay_at",
    "step_at",
    "task_at",
    "work_at",
]

Records = NDArray[np.void]

HAND_ON = 2**32
"""Rows and agents are below this number; the event of an agent's work carries the number of that work above it."""

ATTEMPTS = 32

NEVER = inf

AHEAD = 64
"""Events for which there is room after arrays have grown."""

_F8, _I8, _U1 = np.float64, np.int64, np.uint8

GROWING = ("rows", "events", "tasks", "works", "stays", "orders", "pool", "pool_by_day", "patience")
_CONSTANT = (
    "reach_s", "order_classes", "order_due_s", "serving", "is_open", "by_day", "talk_scale", "next_opening",
    "next_morning", "tables",
)  # fmt: skip
_OWN = ("base", "arrive_s", "keys", "lines", "steps", "groups", "agents", "planned", "coming")

FLOOR = np.dtype(
    [
        *((name, FACTS[name]) for name in FACTS.names or ()),
        *((name, _F8) for name in ("time_s", "waiting_area_s", "waiting_since_s", "inside_area_s", "inside_since_s")),
        *((name, _I8) for name in ("waiting", "kept", "inside", "free_circuits", "free_seats", "freed", "missed")),
        *((name, _I8) for name in ("follow_ups", "at_orders", "standing_first", "standing_last", "arrived")),
        *((name, _I8) for name in ("row_count", "event_count", "task_count", "work_count", "stay_count")),
        *(
            (name, _I8)
            for name in (
                "order_count",
                "pool_count",
                "pool_by_day_count",
                "patience_count",
                "coming_count",
                "callers",
                "overflows",
                "overflow_step",
                "arriving",
                "opened",
            )
        ),
        *(
            (name, _I8)
            for name in ("line_count", "group_count", "class_count", "intervals", "table_count", "table_steps")
        ),
        *((name, _I8) for name in ("agent_count", "step_count")),
        *((f"{name}_room", _I8) for name in ("row", "event", "task", "work", "stay", "order", "patience")),
        *((name, _I8) for name in (*GROWING, *_CONSTANT, *_OWN)),
        *((name, _U1) for name in ("is_open_now", "by_day_now", "begun", "ended", "taken", "areas", "leaps")),
    ],
    align=True,
)
"""The moment, how far each array is filled, and the address of each. ``taken``: the first event of the heap is being played,
its place in the heap is free. ``coming`` is a heap of the events that are known beforehand. No overflow delay passes before
``overflows``, the bits of a time. ``leaps``: answered calls pass over their hanging up."""

PATIENCE = np.dtype([("when", _I8), ("row", _I8)], align=True)
"""When the caller of a row gives up: the bits of the time in seconds; the first is infinitely late if nobody waits."""

TASK = np.dtype([("due_s", _F8), ("row", _I8), ("next", _I8)], align=True)
"""A call-back to make: since when it is due, for which call, and the one behind it in the line's list."""

WORK = np.dtype([("start_s", _F8), ("end_s", _F8), ("row", _I8), ("agent", _I8), ("kind", _I8)], align=True)
"""Other work that an agent has done, see :class:`simulation.calls.OtherWork`."""

STAY = np.dtype([("start_s", _F8), ("end_s", _F8), ("agent", _I8), ("group", _I8), ("remote", _U1)], align=True)
"""An agent's stay, planned or as it was."""

ORDER = np.dtype(
    [
        *((name, _F8) for name in ("received_s", "due_s", "work_s", "finished_s", "left_s")),
        *((name, _I8) for name in ("row", "order_class")),
    ],
    align=True,
)
"""A work order, see :class:`simulation.calls.Orders`; ``left_s`` is the work that remains."""

row_at = pointer_to(ROW)
line_at = pointer_to(LINE)
group_at = pointer_to(GROUP)
agent_at = pointer_to(AGENT)
step_at = pointer_to(STEP)
class_at = pointer_to(ORDER_CLASS)
task_at = pointer_to(TASK)
work_at = pointer_to(WORK)
stay_at = pointer_to(STAY)
order_at = pointer_to(ORDER)


@small
def place_of(row: Any) -> int:
    """Place of a call among the events of one kind."""
    return int(row.call) * ATTEMPTS + int(row.attempt)


@small
def set_event(floor: Any, time_s: float, order: int, what: int) -> None:
    """Let something happen at a time, in the written order."""
    if floor.taken:
        floor.taken = 0
        replace_first(floor.events, floor.event_count, as_whole(time_s), order, what)
    else:
        push(floor.events, floor.event_count, time_s, order, what)
        floor.event_count += 1


class Growing(threading.local):
    """Arrays that grow as they fill; a thread keeps them from one replication to the next."""

    def __init__(self) -> None:
        self.rows = np.zeros(0, dtype=ROW)
        self.arrive_s, self.keys = np.zeros(0), np.zeros(0, dtype=np.uint64)
        self.events, self.pool, self.pool_by_day = (no_events(0) for _ in range(3))
        self.tasks, self.works = np.zeros(0, dtype=TASK), np.zeros(0, dtype=WORK)
        self.patience = np.zeros(1, dtype=PATIENCE)
        self.stays, self.orders = np.zeros(0, dtype=STAY), np.zeros(0, dtype=ORDER)

    def hold(self, callers: int) -> None:
        """Make room for so many callers."""
        if len(self.arrive_s) < callers:
            self.arrive_s, self.keys = np.empty(callers), np.empty(callers, dtype=np.uint64)
        if len(self.rows) < callers:
            # Twice the room: pages that nothing is written to take no memory.
            self.rows = np.empty(2 * callers + 1024, dtype=ROW)

    def clear(self) -> None:
        """Empty the heaps: orders may have been left in them."""
        for events in (self.events, self.pool, self.pool_by_day, self.patience[:1]):
            events["when"] = LATEST


def floor_of(
    centre: Centre,
    flat: FlatCentre,
    seed: int,
    replication: int,
    own: dict[str, NDArray[Any]],
    *,
    callers: int,
    areas: bool,
) -> tuple[Records, dict[str, NDArray[Any]]]:
    """The record (1,) of a replication that begins, and the arrays that must live as long as it.

    ``own`` holds the replication's own arrays: times and keys of the callers, planned stays, what is coming.
    """
    own["base"] = np.array([stream(seed, replication, purpose) for purpose in range(max(Purpose) + 1)], dtype=np.uint64)
    own |= {name: getattr(flat, name).copy() for name in ("lines", "steps", "groups", "agents")}
    floor = np.zeros(1, dtype=FLOOR)
    moment = floor[0]
    for name in FACTS.names or ():
        moment[name] = flat.facts[0][name]
    for name in _CONSTANT:
        moment[name] = address_of(getattr(flat, name))
    for name in _OWN:
        moment[name] = address_of(own[name])
    moment["row_count"] = moment["callers"] = callers
    moment["coming_count"] = len(own["coming"]) - SPARE
    moment["line_count"], moment["group_count"] = len(flat.lines), len(flat.groups)
    moment["class_count"], moment["table_count"] = len(flat.order_classes), len(flat.tables)
    moment["table_steps"] = flat.tables.shape[1]
    # A few more than there are: an event does more than what each agent has a part in.
    moment["agent_count"], moment["step_count"] = len(flat.agents) + 2, len(flat.steps)
    moment["intervals"] = len(flat.is_open)
    moment["free_circuits"], moment["free_seats"] = centre.circuits, centre.places
    moment["overflows"] = LATEST
    moment["areas"] = areas
    moment["leaps"] = bool(flat.facts[0]["ends_alone"]) and not areas
    moment["standing_first"] = moment["standing_last"] = NOBODY
    return floor, own


def make_room(floor: Records, growing: Growing) -> None:
    """Let those arrays grow that the next ``AHEAD`` events may fill."""
    moment = floor[0]
    waiting, agents, classes = (int(moment[name]) for name in ("waiting", "agent_count", "class_count"))
    # When the centre ends, all who wait give up.
    each = {"events": agents, "works": agents, "stays": agents, "rows": 1, "tasks": 1, "patience": 1}
    for name, most in (each | dict.fromkeys(("orders", "pool", "pool_by_day"), classes)).items():
        one = "patience" if name == "patience" else name[:-1]
        used = int(moment["order_count" if name.startswith("pool") else f"{one}_count"]) + (
            waiting if name == "events" else 0
        )
        array = getattr(growing, name)
        if len(array) < used + AHEAD * most + SPARE:
            room = max(used + AHEAD * most + SPARE, 2 * len(array))
            larger = no_events(room) if array.dtype == EVENT else np.empty(room, dtype=array.dtype)
            larger[: len(array)] = array
            setattr(growing, name, larger)
            array = larger
        moment[name] = address_of(array)
        if not name.startswith("pool"):
            moment[f"{one}_room"] = len(array) - SPARE


@part
def events_that_fit(floor: Any) -> int:
    """How many events can be played before an array may be full.

    An event may end the work of every agent and set an event for each; see :func:`make_room`.
    """
    fit = min(floor.row_room - floor.row_count, floor.task_room - floor.task_count)
    fit = min(fit, floor.patience_room - floor.patience_count)
    fit = min(fit, (floor.event_room - floor.event_count - floor.waiting) // floor.agent_count)
    fit = min(fit, (floor.work_room - floor.work_count) // floor.agent_count)
    fit = min(fit, (floor.stay_room - floor.stay_count) // floor.agent_count)
    if floor.class_count > 0:
        fit = min(fit, (floor.order_room - floor.order_count) // floor.class_count)
    return fit  # type: ignore[no-any-return]
