"""Who waits and who is idle, compiled: lists linked through the records of calls, tasks and agents."""

from __future__ import annotations

from typing import Any

from simulation.centre import AgentChoice
from simulation.compiled_floor import NEVER, agent_at, group_at, line_at, place_of, row_at, step_at, task_at
from simulation.compiled_patience import remove_patience
from simulation.flat_centre import NOBODY, whole
from simulation.kernels import part, small
from simulation.pointers import number_at

__all__ = [
    "KEPT",
    "ON_THE_LINE",
    "add_idle",
    "add_task",
    "add_to_orders",
    "agent_for",
    "announced_wait_s",
    "count_inside",
    "count_waiting",
    "due_first",
    "next_waiting",
    "put_first",
    "remove_from_orders",
    "remove_idle",
    "stop_waiting",
    "take_head",
    "wait",
]

ON_THE_LINE, KEPT = whole(1), whole(2)
"""How a row waits in the queue of its line."""

_LONGEST_IDLE = int(AgentChoice.LONGEST_IDLE)
_LEAST_SKILLED = int(AgentChoice.LEAST_SKILLED)


@small
def count_waiting(floor: Any, change: int) -> None:
    """One caller more, or fewer, waits for an agent."""
    if floor.areas:
        floor.waiting_area_s += floor.waiting * (floor.time_s - floor.waiting_since_s)
        floor.waiting_since_s = floor.time_s
    floor.waiting += change


@small
def count_inside(floor: Any, change: int) -> None:
    """One call more, or fewer, is in the system."""
    if floor.areas:
        floor.inside_area_s += floor.inside * (floor.time_s - floor.inside_since_s)
        floor.inside_since_s = floor.time_s
        floor.inside += change


@small
def wait(floor: Any, row: int, how: int) -> None:
    """The call of this row joins the queue of its line."""
    call: Any = row_at(floor.rows, row)
    line: Any = line_at(floor.lines, call.line)
    call.next = NOBODY
    call.waits = how
    line.places += 1
    if line.queue_last >= 0:
        last: Any = row_at(floor.rows, line.queue_last)
        last.next = row
    else:
        line.queue_first = row
    line.queue_last = row
    if how == ON_THE_LINE:
        count_waiting(floor, ON_THE_LINE)
    else:
        floor.kept += 1


@small
def stop_waiting(floor: Any, row: int) -> None:
    """The call of this row waits no more; its link goes when it comes to the head of the queue."""
    call: Any = row_at(floor.rows, row)
    line: Any = line_at(floor.lines, call.line)
    line.places -= 1
    if call.waits == ON_THE_LINE:
        count_waiting(floor, -ON_THE_LINE)
    else:
        floor.kept -= 1
    call.waits = 0
    if call.agent >= 0:
        remove_patience(floor, row)


@part
def _head(floor: Any, number: int) -> int:
    """The row that has waited longest on the line; those before it that no longer wait are dropped."""
    line: Any = line_at(floor.lines, number)
    while line.queue_first >= 0:
        head = line.queue_first
        call: Any = row_at(floor.rows, head)
        if call.waits == KEPT:
            caller: Any = row_at(floor.rows, call.call)
            if caller.settled or caller.inside:
                stop_waiting(floor, head)
        if call.waits:
            return head  # type: ignore[no-any-return]
        line.queue_first = call.next
    line.queue_last = NOBODY
    return NOBODY


@small
def take_head(floor: Any, row: int) -> None:
    """The row at the head of its line's queue waits no more and leaves it."""
    stop_waiting(floor, row)
    call: Any = row_at(floor.rows, row)
    line: Any = line_at(floor.lines, call.line)
    line.queue_first = call.next
    if call.next < 0:
        line.queue_last = NOBODY


@small
def next_waiting(floor: Any, group: int) -> int:
    """The row that an agent of the group serves next; it stays in the queue."""
    best = NOBODY
    best_priority = 0
    best_since_s = 0.0
    best_place = 0
    for number in range(floor.line_count):
        line: Any = line_at(floor.lines, number)
        if line.places == 0:
            continue
        after_s = number_at(floor.reach_s, group * floor.line_count + number)
        if line.group != group and after_s == NEVER:
            continue
        head = line.queue_first
        call: Any = row_at(floor.rows, head)
        if call.waits != ON_THE_LINE:
            head = _head(floor, number)
            if head < 0:
                continue
            call = row_at(floor.rows, head)
        if line.group != group and call.queued_s + after_s > floor.time_s:
            continue
        since_s = call.queued_s - line.head_start_s
        place = place_of(call)
        if best >= 0:
            if line.priority != best_priority:
                if line.priority > best_priority:
                    continue
            elif since_s > best_since_s or (since_s == best_since_s and place > best_place):
                continue
        best = head
        best_priority = line.priority
        best_since_s = since_s
        best_place = place
    return best


@part
def announced_wait_s(floor: Any, number: int) -> float:
    """What the next caller of the line is told."""
    line: Any = line_at(floor.lines, number)
    group: Any = group_at(floor.groups, line.group)
    if group.signed_in == 0:
        return NEVER
    ahead = 0
    for other in range(floor.line_count):
        beside: Any = line_at(floor.lines, other)
        if beside.group == line.group:
            ahead += beside.places
    return (ahead + 1) * line.announced_handling_s / group.signed_in  # type: ignore[no-any-return]


@small
def add_idle(floor: Any, agent: int) -> None:
    """The agent is idle, after all others of the group."""
    who: Any = agent_at(floor.agents, agent)
    group: Any = group_at(floor.groups, who.group)
    floor.freed += 1
    who.free_since = floor.freed
    who.next = NOBODY
    who.previous = group.idle_last
    if group.idle_last >= 0:
        last: Any = agent_at(floor.agents, group.idle_last)
        last.next = agent
    else:
        group.idle_first = agent
    group.idle_last = agent


@small
def remove_idle(floor: Any, agent: int) -> None:
    """The agent is idle no more."""
    who: Any = agent_at(floor.agents, agent)
    group: Any = group_at(floor.groups, who.group)
    if who.previous >= 0:
        before: Any = agent_at(floor.agents, who.previous)
        before.next = who.next
    else:
        group.idle_first = who.next
    if who.next >= 0:
        behind: Any = agent_at(floor.agents, who.next)
        behind.previous = who.previous
    else:
        group.idle_last = who.previous


@part
def put_first(floor: Any, agent: int) -> None:
    """The agent who was longest idle has found nothing to do, and is longest idle again."""
    who: Any = agent_at(floor.agents, agent)
    group: Any = group_at(floor.groups, who.group)
    who.previous = NOBODY
    who.next = group.idle_first
    if group.idle_first >= 0:
        second: Any = agent_at(floor.agents, group.idle_first)
        second.previous = agent
    else:
        group.idle_last = agent
    group.idle_first = agent


@part
def add_to_orders(floor: Any, agent: int) -> None:
    """The agent begins work on an order, after all others of the group."""
    who: Any = agent_at(floor.agents, agent)
    group: Any = group_at(floor.groups, who.group)
    floor.freed += 1
    floor.at_orders += 1
    who.free_since = floor.freed
    who.next = NOBODY
    who.previous = group.order_last
    if group.order_last >= 0:
        last: Any = agent_at(floor.agents, group.order_last)
        last.next = agent
    else:
        group.order_first = agent
    group.order_last = agent


@part
def remove_from_orders(floor: Any, agent: int) -> None:
    """The agent works on an order no more."""
    who: Any = agent_at(floor.agents, agent)
    group: Any = group_at(floor.groups, who.group)
    floor.at_orders -= 1
    if who.previous >= 0:
        before: Any = agent_at(floor.agents, who.previous)
        before.next = who.next
    else:
        group.order_first = who.next
    if who.next >= 0:
        behind: Any = agent_at(floor.agents, who.next)
        behind.previous = who.previous
    else:
        group.order_last = who.previous


@small
def agent_for(floor: Any, number: int, idle: bool) -> int:
    """The agent who is given a caller of the line at ring-back, of those idle or of those at work on an order."""
    line: Any = line_at(floor.lines, number)
    own: Any = group_at(floor.groups, line.group)
    best = own.idle_first if idle else own.order_first
    if not line.shares:
        return best  # type: ignore[no-any-return]
    choice = floor.agent_choice
    best_skills = own.skills
    for k in range(line.first_step, line.first_step + line.steps):
        step: Any = step_at(floor.steps, k)
        if step.after_s > 0:
            continue
        group: Any = group_at(floor.groups, step.group)
        agent = group.idle_first if idle else group.order_first
        if agent < 0:
            continue
        if best >= 0:
            if choice == _LONGEST_IDLE:
                first: Any = agent_at(floor.agents, best)
                rival: Any = agent_at(floor.agents, agent)
                if first.free_since <= rival.free_since:
                    continue
            elif choice != _LEAST_SKILLED or group.skills >= best_skills:
                continue
        best = agent
        best_skills = group.skills
    return best  # type: ignore[no-any-return]


@part
def add_task(floor: Any, row: int, due_s: float, missed: bool) -> None:
    """A call-back to make for the call of this row."""
    call: Any = row_at(floor.rows, row)
    line: Any = line_at(floor.lines, call.line)
    number = floor.task_count
    floor.task_count += 1
    task: Any = task_at(floor.tasks, number)
    task.due_s = due_s
    task.row = row
    task.next = NOBODY
    last = line.missed_last if missed else line.follow_up_last
    if last >= 0:
        before: Any = task_at(floor.tasks, last)
        before.next = number
    elif missed:
        line.missed_first = number
    else:
        line.follow_up_first = number
    if missed:
        line.missed_last = number
        floor.missed += 1
    else:
        line.follow_up_last = number
        floor.follow_ups += 1


@part
def due_first(floor: Any, group: int, missed: bool) -> int:
    """Take the call-back of the group's lines that was due first; its row, or nobody.

    A missed caller who is calling or was served needs none.
    """
    while True:
        best_line = NOBODY
        best = NOBODY
        best_due_s = 0.0
        best_place = 0
        for number in range(floor.line_count):
            line: Any = line_at(floor.lines, number)
            first = line.missed_first if missed else line.follow_up_first
            if line.group != group or first < 0:
                continue
            task: Any = task_at(floor.tasks, first)
            call: Any = row_at(floor.rows, task.row)
            place = place_of(call)
            if best < 0 or task.due_s < best_due_s or (task.due_s == best_due_s and place < best_place):
                best_line = number
                best = first
                best_due_s = task.due_s
                best_place = place
        if best < 0:
            return NOBODY
        taken: Any = task_at(floor.tasks, best)
        owner: Any = line_at(floor.lines, best_line)
        if missed:
            floor.missed -= 1
            owner.missed_first = taken.next
            if taken.next < 0:
                owner.missed_last = NOBODY
        else:
            floor.follow_ups -= 1
            owner.follow_up_first = taken.next
            if taken.next < 0:
                owner.follow_up_last = NOBODY
        row = taken.row
        if not missed:
            return row  # type: ignore[no-any-return]
        due: Any = row_at(floor.rows, row)
        caller: Any = row_at(floor.rows, due.call)
        if not (caller.settled or caller.inside):
            return row  # type: ignore[no-any-return]
