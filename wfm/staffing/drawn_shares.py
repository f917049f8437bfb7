"""Shares in time for many draws at once: the same rule as ``serve_by_deadline``, all draws in one array.

What is due first never meets what is due later: so work of one deadline after the other takes what hands
are left, each a fluid queue in its window, Q_t = X_t − min(0, min_{s≤t} X_s) with X the running sum of
work less capacity. Late work comes last and changes no share.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wfm.staffing.deferred_items import DeferredWork
from wfm.staffing.earliest_deadline import repeated

__all__ = ["on_time_shares"]

Floats = NDArray[np.float64]


def on_time_shares(
    work: DeferredWork, agents_s: Floats, office_s: Floats, agents_help: bool, drawn_s: Floats
) -> Floats:
    """Share of each class's work that is finished in time in each draw; ``(R, C)``, 1 where none arises.

    Args:
        work: when work can be begun and is due.
        agents_s: idle time of agents at each place of ``repeated``; ``(R, places)``.
        office_s: time of back-office staff; ``(places,)``.
        agents_help: agents take work that the back office could do.
        drawn_s: seconds that arise; ``(R, C, places)``.
    """
    at, lead = repeated(work)
    spell, ahead = work.work_s.shape[1], np.arange(work.work_s.shape[1])
    places = np.arange(len(at))
    inside = (places >= lead) & (places < lead + spell)
    agents, office = agents_s.copy(), np.repeat(office_s[None], len(agents_s), axis=0)
    may_call = work.may_call[at].astype(np.float64)

    groups: list[tuple[int, int, bool, NDArray[np.intp], NDArray[np.int64]]] = []
    for c in range(len(work.classes)):
        free = places + (work.free_from[c] - ahead)[at]
        due = places + (work.due[c] - ahead)[at]
        some = np.flatnonzero(drawn_s[:, c].any(axis=0) & (due <= len(at)))
        keys = np.stack([due[some], inside[some]])
        different, which = np.unique(keys, axis=1, return_inverse=True)
        for n, (by, measured) in enumerate(different.T.tolist()):
            mine = some[which == n]
            groups.append((by, c, bool(measured), mine, free[mine]))
    in_time = np.zeros((len(agents), len(work.classes)))
    for by, c, measured, mine, free in sorted(groups, key=lambda g: g[:2]):
        kind = work.classes[c]
        begin = int(free.min())
        window = slice(begin, by)
        allowed = may_call[window] if kind.by_telephone else 1.0
        between = agents[:, window] * allowed if agents_help or kind.doers == "agents" else None
        behind = office[:, window] * allowed if kind.doers == "anyone" else None
        capacity = sum(x for x in (between, behind) if x is not None)
        arising = np.zeros((len(agents), by - begin))
        arising[:, free - begin] = drawn_s[:, c, mine]
        total = np.cumsum(arising - capacity, axis=1)
        waits = total - np.minimum(np.minimum.accumulate(total, axis=1), 0.0)
        served = np.maximum(arising - np.diff(waits, axis=1, prepend=0.0), 0.0)
        from_agents = np.minimum(served, between) if between is not None else np.zeros_like(served)
        agents[:, window] -= from_agents
        office[:, window] -= served - from_agents
        if measured:
            in_time[:, c] += served.sum(axis=1)
    total = drawn_s[:, :, inside].sum(axis=2)
    shares: Floats = np.divide(in_time, total, out=np.ones_like(in_time), where=total > 0)
    return np.minimum(shares, 1.0)
