"""What each further seat-hour buys: the whole curve behind a slider.

From minimum cover upwards every seat goes where it helps one goal most (:mod:`wfm.staffing.seat_path`). Where
the row is marked ``best`` no allocation of as many seats does better for that goal: for measures that divide
by all callers (lost calls, long waits, service level of all, mean wait of all) that is the best value itself; for
those that divide by answered callers it is best against the goal's own limit, and near it elsewhere.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from wfm.queueing import Goal, delay
from wfm.staffing.day_terms import Cells, Counts, Floats, Solver, day_terms, level_terms, usual_last
from wfm.staffing.seat_path import seat_path

__all__ = ["trade_off_curve"]

_HULL_TINY = 1e-9


def trade_off_curve(
    goal: Goal,
    arrivals_per_s: Floats,
    aht_s: ArrayLike,
    patience_s: ArrayLike,
    minimum: ArrayLike,
    opened: int,
    interval_s: float,
    *,
    calls: Floats | None = None,
    within_s: float = 15.0,
    long_wait_s: float = 40.0,
    solve: Solver = delay,
) -> pd.DataFrame:
    """Seats one after another over the intervals of one day; arrays ``(G, T)``.

    The curve ends where the load is covered with 2.5 square roots of it to spare, or where places end.

    Args:
        goal: what the seats are to serve; not the occupancy.
        arrivals_per_s: arrival rate that the queues see.
        aht_s: mean handling time.
        patience_s: mean patience.
        minimum: seats from which the curve starts; where callers never give up it must exceed the load.
        opened: seats that all groups together may have at once.
        interval_s: length of an interval.
        calls: calls of each interval where they are not ``arrivals_per_s · interval_s``.
        within_s: threshold of ``service_level``.
        long_wait_s: threshold of ``waited_over_share``.
        solve: the queue's formula.

    Returns:
        One row a total: seats (seat-intervals), staff_hours, asa_s, service_level (answered within T ÷ all
        calls), abandon_share, waited_over_share, best, group and interval (indices of the cell that got the
        row's last seat; −1 in the first row). Waits run until an agent is free, without ringing.
    """
    shape = np.shape(arrivals_per_s)

    def flat(values: ArrayLike) -> Floats:
        return np.broadcast_to(np.asarray(values, dtype=np.float64), shape).ravel()

    rate, first = flat(arrivals_per_s), flat(minimum).astype(np.int64)
    counted = rate * interval_s if calls is None else flat(calls)
    interval = np.broadcast_to(np.arange(shape[1]), shape).ravel()
    room = np.maximum(opened - first.reshape(shape).sum(axis=0), 0)
    cells = Cells(counted, rate, flat(aht_s), flat(patience_s), interval, first)
    most = first + np.where(counted > 0, room[interval], 0)
    last = np.minimum(usual_last(cells), most)
    shown = [
        Goal("asa_s", 1.0),
        Goal("service_level", 0.5, t_s=within_s),
        Goal("abandon_share", 0.5),
        Goal("wait_exceeds", 0.5, t_s=long_wait_s),
    ]
    zero = np.zeros(1)
    day = day_terms([goal], cells, last, most, room, zero, zero, solve)
    above, below, _ = level_terms(shown, cells, last, solve)

    path = seat_path(day.excess[0], day.allowed, interval, room)
    at, step = path.cell, path.level
    excess = np.append(0.0, np.cumsum(day.excess[0, at, step] - day.excess[0, at, step - 1]))
    hull = np.append(0.0, -np.cumsum(path.gain))
    ratios = [_along(a, at, step) / np.maximum(_along(b, at, step), 1e-300) for a, b in zip(above, below, strict=True)]
    asa, level, abandoned, long = ratios
    answered = _along(below[0], at, step) > 0
    total = int(first.sum()) + np.arange(len(at) + 1)
    return pd.DataFrame(
        {
            "seats": total,
            "staff_hours": total * (interval_s / 3600),
            "asa_s": np.where(answered, asa, np.nan),
            "service_level": level,
            "abandon_share": abandoned,
            "waited_over_share": long,
            "best": excess - hull <= _HULL_TINY,
            "group": np.append(-1, at // shape[1]),
            "interval": np.append(-1, at % shape[1]),
        }
    )


def _along(terms: Floats, cell: Counts, step: Counts) -> Floats:
    """Σ of ``terms`` ``(C, L)`` before the first seat and after each."""
    sums: Floats = np.append(0.0, np.cumsum(terms[cell, step] - terms[cell, step - 1])) + terms[:, 0].sum()
    return sums
