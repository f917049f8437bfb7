"""A centre as flat arrays of records, as the compiled engine reads and writes it.

A record is one agent, line, call …: what happens to it touches one or two cache lines, and a compiled function takes a
dozen arrays instead of eighty. The records of lines, groups and agents hold what never changes beside what changes
while a replication runs; each replication begins with a copy of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from simulation.centre import NO_LIMIT, Centre

__all__ = [
    "AGENT",
    "FACTS",
    "GROUP",
    "LATEST",
    "LAW",
    "LINE",
    "NOBODY",
    "ORDER_CLASS",
    "ROW",
    "STEP",
    "FlatCentre",
    "flat_centre",
    "whole",
]

Floats = NDArray[np.float64]
Records = NDArray[np.void]


def whole(value: int) -> int:
    """The number as one of 64 bits: for a literal of Python's, Numba would compile a function anew."""
    number: Any = np.int64(value)
    return number  # type: ignore[no-any-return]


NOBODY = whole(-1)
"""No agent, row, task or order: the end of a list."""

LATEST = whole(2**63 - 1)
"""The bits of no time: later than all, infinite ones included."""

_F8, _I8, _I4, _I2, _I1, _U1 = np.float64, np.int64, np.int32, np.int16, np.int8, np.uint8


def _record(**fields: Any) -> np.dtype[np.void]:
    return np.dtype(list(fields.items()), align=True)


LAW = _record(shape=_I8, first=_F8, second=_F8, third=_F8)
"""A distribution, see :data:`simulation.draws.Law`."""

ROW = _record(
    arrived_s=_F8,
    ivr_s=_F8,
    queued_s=_F8,
    answered_s=_F8,
    ended_s=_F8,
    spoken_s=_F8,
    wrap_s=_F8,
    called_back_s=_F8,
    call=_I4,
    interval=_I4,
    agent=_I4,
    next=_I4,
    again=_I4,
    line=_I2,
    attempt=_I1,
    outcome=_I1,
    waits=_U1,
    inside=_U1,
    settled=_U1,
    short=_U1,
)
"""A call. Rows 0 … callers − 1 are first attempts in order of arrival, redials follow as they come; undefined times are
NaN, ``agent`` −1; ``interval`` is that of arrival. ``spoken_s`` and ``wrap_s`` are the conversation and wrap-up of every call,
from when it is answered on by that agent's pace, unless it is a ``short`` call. ``again`` is the row of the caller's next attempt, ``next`` the row behind it in the line's queue, ``waits`` whether it
still waits there (1 on the line, 2 a kept place). ``inside`` and ``settled`` are the caller's: of first attempts only."""

LINE = _record(
    talk=LAW,
    hold=LAW,
    wrap=LAW,
    patience=LAW,
    redial_delay=LAW,
    three_way=LAW,
    short_call_share=_F8,
    short_call_s=_F8,
    redial_share=_F8,
    three_way_share=_F8,
    head_start_s=_F8,
    announced_handling_s=_F8,
    offer_over_s=_F8,
    accept_share=_F8,
    balk_over_s=_F8,
    balk_share=_F8,
    attempts_max=_I8,
    priority=_I8,
    first_step=_I8,
    steps=_I8,
    group=_I8,
    places=_I8,
    queue_first=_I8,
    queue_last=_I8,
    missed_first=_I8,
    missed_last=_I8,
    follow_up_first=_I8,
    follow_up_last=_I8,
    shares=_U1,
)
"""A line: its rules (``shares``: some other group answers its callers without a delay), the group that serves it now, live places in its queue, and the ends of its queue (rows) and of its
lists of call-backs and satisfaction call-backs (tasks)."""

GROUP = _record(
    skills=_I8,
    signed_in=_I8,
    idle_first=_I8,
    idle_last=_I8,
    order_first=_I8,
    order_last=_I8,
    takes_orders=_U1,
)
"""A group: agents signed in, and the ends of its lists of idle agents and of agents at work on an order."""

AGENT = _record(
    pace=_F8,
    signed_in_s=_F8,
    busy_since_s=_F8,
    busy_s=_F8,
    order_end_s=_F8,
    free_since=_I8,
    group=_I8,
    previous=_I8,
    next=_I8,
    work_row=_I8,
    work_kind=_I8,
    order=_I8,
    stay=_I8,
    turn=_I8,
    on_duty=_U1,
    busy=_U1,
    seated=_U1,
    stands=_U1,
)
"""An agent: who is before and behind in the list of idle agents (of those at work on an order, of those without a seat), and
the work in hand. ``turn`` counts that work: the end of work that was put aside is known by its number."""

STEP = _record(after_s=_F8, group=_I8, next_row=_I8, due=_I8, leads=_U1)
"""A step of overflow: its delay, its group, and, of the first step of the line with this delay (which ``leads``), the first
row in the line's queue for which the delay had not passed when it was last looked for, and when it passes, as bits."""

ORDER_CLASS = _record(work=LAW, share=_F8, by_day=_U1)
"""A class of work orders."""

FACTS = _record(
    interval_s=_F8,
    horizon_s=_F8,
    ring_s=_F8,
    announcement_s=_F8,
    self_service_share=_F8,
    hang_up_share=_F8,
    menu=LAW,
    self_service=LAW,
    hang_up=LAW,
    follow_up=LAW,
    follow_up_share=_F8,
    call_back_reached_share=_F8,
    call_back_delay_s=_F8,
    call_back_unreached_s=_F8,
    agent_choice=_I8,
    ivr_open_24_h=_U1,
    call_back_missed=_U1,
    call_back_closed=_U1,
    call_back_next_morning=_U1,
    announces=_U1,
    routes=_U1,
    keeps_orders=_U1,
    ends_alone=_U1,
)
"""What holds for the whole centre. ``announces``: some line offers call-backs or lets callers balk; ``routes``: some line
overflows, or has a priority or a head start; ``keeps_orders``: there are work orders; ``ends_alone``: nothing follows from an
answered caller's hanging up but the agent's wrap-up, no circuit, satisfaction call-back or order."""


@dataclass(frozen=True, eq=False, kw_only=True)
class FlatCentre:
    """A centre of L lines, G groups and T intervals as the compiled engine takes it."""

    facts: Records
    """(1,) of :data:`FACTS`."""
    lines: Records
    """(L,) of :data:`LINE`."""
    groups: Records
    """(G,) of :data:`GROUP`."""
    agents: Records
    """(agents,) of :data:`AGENT`."""
    steps: Records
    """(steps,) of :data:`STEP`, line by line."""
    reach_s: Floats
    """(G, L) the wait after which a group may answer a line by overflow, infinite if never."""
    order_classes: Records
    """(C,) of :data:`ORDER_CLASS`."""
    order_due_s: Floats
    """(C, T)."""
    serving: NDArray[np.int64]
    """(T, L) group that serves the line."""
    is_open: NDArray[np.int64]
    """(T,)"""
    by_day: NDArray[np.int64]
    """(T,)"""
    changes: NDArray[np.int64]
    """Intervals at whose start opening hours, daytime or groups change."""
    talk_scale: Floats
    """(L, T)"""
    next_opening: Floats
    """(T + 1,)"""
    next_morning: Floats
    """(T,)"""
    tables: Floats
    """(M, Q)"""


_flat: WeakKeyDictionary[Centre, FlatCentre] = WeakKeyDictionary()


def flat_centre(centre: Centre) -> FlatCentre:
    """The centre as flat arrays, made once for each centre."""
    known = _flat.get(centre)
    if known is None:
        known = _flat[centre] = _flatten(centre)
    return known


def _flatten(centre: Centre) -> FlatCentre:
    state = np.vstack([centre.serving, centre.is_open, centre.by_day])
    steps, first_step = _steps(centre)
    return FlatCentre(
        facts=_facts(centre),
        lines=_lines(centre, first_step),
        groups=_groups(centre),
        agents=_agents(centre),
        steps=steps,
        reach_s=_reach(centre),
        order_classes=_order_classes(centre),
        order_due_s=np.ascontiguousarray(centre.order_due_s, dtype=_F8),
        serving=np.ascontiguousarray(centre.serving.T, dtype=_I8),
        is_open=centre.is_open.astype(_I8),
        by_day=centre.by_day.astype(_I8),
        changes=np.flatnonzero((state[:, 1:] != state[:, :-1]).any(axis=0)) + 1,
        talk_scale=np.ascontiguousarray(centre.talk_scale, dtype=_F8),
        next_opening=np.ascontiguousarray(centre.next_opening, dtype=_F8),
        next_morning=np.ascontiguousarray(centre.next_morning, dtype=_F8),
        tables=np.ascontiguousarray(centre.tables, dtype=_F8),
    )


def _facts(centre: Centre) -> Records:
    facts = np.zeros(1, dtype=FACTS)
    named = ("announces", "routes", "keeps_orders", "ends_alone")
    for name in FACTS.names or ():
        if name not in named:
            facts[name] = getattr(centre, name)
    waits = zip(centre.accept_share, centre.balk_share, strict=True)
    facts["announces"] = any(accepted > 0 or balked > 0 for accepted, balked in waits)
    facts["routes"] = any(centre.overflow) or len(set(centre.priority)) > 1 or len(set(centre.head_start_s)) > 1
    facts["keeps_orders"] = len(centre.order_share) > 0
    unlimited = centre.circuits >= NO_LIMIT
    facts["ends_alone"] = unlimited and centre.follow_up_share <= 0 and not len(centre.order_share)
    return facts


def _lines(centre: Centre, first_step: list[int]) -> Records:
    lines = np.zeros(len(centre.line_ids), dtype=LINE)
    for name in (
        "talk", "hold", "wrap", "patience", "redial_delay", "three_way", "short_call_share", "short_call_s",
        "redial_share", "three_way_share", "head_start_s", "announced_handling_s", "offer_over_s", "accept_share",
        "balk_over_s", "balk_share", "attempts_max", "priority",
    ):  # fmt: skip
        for line, value in enumerate(getattr(centre, name)):
            lines[name][line] = value
    lines["first_step"] = first_step
    lines["steps"] = [len(steps) for steps in centre.overflow]
    lines["shares"] = [any(step.after_s <= 0 for step in steps) for steps in centre.overflow]
    for name in ("queue", "missed", "follow_up"):
        lines[f"{name}_first"] = lines[f"{name}_last"] = NOBODY
    return lines


def _groups(centre: Centre) -> Records:
    groups = np.zeros(len(centre.group_ids), dtype=GROUP)
    groups["skills"] = centre.group_skills
    groups["takes_orders"] = centre.order_groups
    for name in ("idle_first", "idle_last", "order_first", "order_last"):
        groups[name] = NOBODY
    return groups


def _agents(centre: Centre) -> Records:
    agents = np.zeros(len(centre.agent_ids), dtype=AGENT)
    agents["pace"] = centre.pace
    for name in ("group", "previous", "next", "work_row", "work_kind", "order", "stay"):
        agents[name] = NOBODY
    return agents


def _steps(centre: Centre) -> tuple[Records, list[int]]:
    flat = []
    for steps in centre.overflow:
        delays = [step.after_s for step in steps]
        for k, step in enumerate(steps):
            leads = 0 < step.after_s < inf and delays.index(step.after_s) == k
            flat.append((step.after_s, step.group, NOBODY, LATEST, leads))
    ends = np.cumsum([0] + [len(steps) for steps in centre.overflow])
    return np.array(flat, dtype=STEP), ends[:-1].tolist()


def _reach(centre: Centre) -> Floats:
    reach_s = np.full((len(centre.group_ids), len(centre.line_ids)), inf)
    for line, steps in enumerate(centre.overflow):
        for step in steps:
            reach_s[step.group, line] = min(reach_s[step.group, line], step.after_s)
    return reach_s


def _order_classes(centre: Centre) -> Records:
    classes = np.zeros(len(centre.order_share), dtype=ORDER_CLASS)
    for k, share in enumerate(centre.order_share):
        classes["work"][k] = centre.order_work[k]
        classes["share"][k] = share
        classes["by_day"][k] = centre.order_by_day[k]
    return classes
