"""Earliest deadline first: what a given number of hands finishes in time.

Work is a fluid that may be interrupted and taken up again; in every interval the hands take what is due
first, and what is already too late comes after everything that can still be in time.

For such work this rule finishes everything in time if any rule does (M. Dertouzos, "Control robotics",
IFIP 1974; C. L. Liu and J. Layland, JACM 20 (1973)), and, dropping what has become too late, finishes the
most work in time (serving a later deadline while an earlier one waits can be exchanged without loss).
Everything can be in time exactly when in no window [s, d) the work that arises after s and is due by d
exceeds the capacity (the demand bound of S. Baruah, L. Rosier and R. Howell, Real-Time Systems 2 (1990)).

The period is taken to repeat: what is due after its end meets its own first days again, and what arose
before its start is that of its last days. So no work is lost at either end, and short periods do not look
easier than long ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wfm.staffing.deferred_items import DeferredWork

__all__ = ["Hands", "Served", "repeated", "serve_by_deadline"]

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]

Entry = list[Any]
"""Due place, class, seconds left, arose inside the period."""

_NOTHING_S = 1e-6


@dataclass(frozen=True, slots=True)
class Hands:
    """Time for deferred work in each interval, seconds; ``(T,)``, or ``(places,)`` of :func:`repeated`."""

    agents_s: Floats
    """Of answering agents between calls."""
    office_s: Floats
    """Of back-office staff."""
    agents_help: bool
    """Agents take work that the back office could do; otherwise only what is theirs alone."""


@dataclass(frozen=True, slots=True)
class Served:
    """What was worked, over one period of T intervals and C classes."""

    on_time_share: Floats
    """Share of the work that arises in the period which is finished in time; ``(C,)``, 1 where none arises."""
    agents_s: Floats
    """Worked by agents, late work included; ``(C, T)``."""
    office_s: Floats
    """Worked by the back office; ``(C, T)``."""
    waiting_s: Floats
    """Left at the end of each interval; ``(C, T)``."""
    least_slack: Floats
    """Intervals between the end of work and its deadline, the least of what was in time; ``(C,)``, NaN where none was."""


def repeated(work: DeferredWork) -> tuple[Counts, int]:
    """The period with what comes before and after: index of the interval at each place, and the place of its start.

    Before it one whole period (28 days of a longer one) beyond the longest time to a deadline, which
    settles what is left over at its start; after it that longest time.
    """
    spell = work.work_s.shape[1]
    some = work.work_s > 0
    longest = int((work.due - np.arange(spell))[some].max(initial=1))
    lead = longest + min(spell, max(_SETTLES, longest))
    return np.arange(-lead, spell + longest) % spell, lead


_SETTLES = 28 * 48
"""Intervals after which the left-over of long ago no longer matters in a period longer than this."""


def serve_by_deadline(work: DeferredWork, hands: Hands, drawn_s: Floats | None = None) -> Served:
    """Serve the period's work, earliest deadline first.

    Args:
        work: what arises and when it is due.
        hands: time for it.
        drawn_s: seconds that arise at each place of :func:`repeated` instead of the mean; ``(C, places)``.
    """
    at, lead = repeated(work)
    spell, kinds = work.work_s.shape[1], len(work.classes)
    arising = (work.work_s[:, at] if drawn_s is None else drawn_s).tolist()
    ahead = np.arange(spell)
    free = (work.free_from - ahead)[:, at].tolist()
    due = (work.due - ahead)[:, at].tolist()
    agents, office = (x if len(x) == len(at) else x[at] for x in (hands.agents_s, hands.office_s))
    agents, office = agents.tolist(), office.tolist()
    telephone = (work.may_call[at]).tolist()
    # Classes that the same people may do at the same hours wait in one queue.
    sorts = [(hands.agents_help or c.doers == "agents", c.doers == "anyone", c.by_telephone) for c in work.classes]
    queues: dict[tuple[bool, bool, bool], tuple[list[Entry], list[Entry]]] = {kind: ([], []) for kind in sorts}
    coming: list[list[Entry]] = [[] for _ in at]
    for c in range(kinds):
        for place, amount in enumerate(arising[c]):
            if amount > 0 and place + free[c][place] < len(at):
                inside = lead <= place < lead + spell
                coming[place + free[c][place]].append([place + due[c][place], c, amount, inside])

    in_time, slack, left = [0.0] * kinds, [np.inf] * kinds, [0.0] * kinds
    done, waiting = np.zeros((2, kinds, spell)), np.zeros((kinds, spell))
    open_entries: dict[tuple[int, int, bool], Entry] = {}
    for place in range(len(at)):
        for entry in coming[place]:
            by, c, amount, inside = entry
            left[c] += amount
            same = open_entries.get((by, c, inside))
            if same is not None:
                same[2] += amount
            else:
                open_entries[by, c, inside] = entry
                heappush(queues[sorts[c]][0], entry)
        mine, theirs = agents[place], office[place]
        measured = lead <= place < lead + spell
        for punctual in (True, False):
            if not (punctual or any(late for _, late in queues.values())):
                break
            while mine > _NOTHING_S or theirs > _NOTHING_S:
                soonest, chosen, able = np.inf, None, sorts[0] if sorts else (False, False, False)
                for kind, (waits, late) in queues.items():
                    while waits and waits[0][0] <= place:
                        entry = heappop(waits)
                        open_entries.pop((entry[0], entry[1], entry[3]), None)
                        heappush(late, entry)
                    queue = waits if punctual else late
                    if (
                        queue
                        and queue[0][0] < soonest
                        and ((mine > _NOTHING_S and kind[0]) or (theirs > _NOTHING_S and kind[1]))
                        and (telephone[place] or not kind[2])
                    ):
                        soonest, chosen, able = queue[0][0], queue, kind
                if chosen is None:
                    break
                entry = chosen[0]
                c, amount = entry[1], entry[2]
                from_agents = min(mine, amount) if able[0] else 0.0
                from_office = min(theirs, amount - from_agents) if able[1] else 0.0
                mine -= from_agents
                theirs -= from_office
                entry[2] = amount - from_agents - from_office
                left[c] -= from_agents + from_office
                if measured:
                    done[0, c, place - lead] += from_agents
                    done[1, c, place - lead] += from_office
                if punctual and entry[3]:
                    in_time[c] += from_agents + from_office
                if entry[2] <= _NOTHING_S:
                    heappop(chosen)
                    if punctual:
                        open_entries.pop((entry[0], c, entry[3]), None)
                        if entry[3]:
                            slack[c] = min(slack[c], entry[0] - place - 1)
        if measured:
            waiting[:, place - lead] = left

    total = np.array([sum(row[lead : lead + spell]) for row in arising]) if kinds else np.zeros(0)
    share = np.divide(in_time, total, out=np.ones(kinds), where=total > 0)
    least = np.array([x if np.isfinite(x) else np.nan for x in slack])
    return Served(np.minimum(share, 1.0), done[0], done[1], np.maximum(waiting, 0.0), least)
