"""The price of separate specialist lines against pooling, in seat-hours.

A queue of its own loses twice: safety seats, which grow with the square root of the load only when loads
are added (β√a + β√b > β√(a + b)), and whole seats, as half a seat cannot be manned. Both arise in every
interval, most at night. Against it stands what specialists are for: shorter or better consultations,
which this table does not price.

Source: W. Whitt, "Understanding the efficiency of multi-server service systems", Management Science 38
(1992); D. Smith and W. Whitt, "Resource sharing for efficiency in traffic systems", Bell System
Technical Journal 60 (1981).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.hotline import Agent, Hotline
from wfm.queueing import Goal
from wfm.staffing.goals import sized_targets
from wfm.staffing.lines_together import pooled_seats, skill_group_seats
from wfm.staffing.skill_subsets import LineSet
from wfm.staffing.workload import Workload
from wfm.standards import Target

__all__ = ["price_of_hotline", "price_of_separation", "skill_groups_of_hotline"]

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


def price_of_separation(
    lines: Sequence[str],
    loads: Floats,
    aht_s: Floats,
    patience_s: Floats,
    goals: Sequence[Goal],
    interval_h: float,
    *,
    serving: Counts | None = None,
    skills: Sequence[LineSet] = (),
    minimum: int = 1,
) -> pd.DataFrame:
    """Seat-hours of every way to cut the lines, over the intervals given.

    Rows (``arrangement``): ``separate``, each line with its own agents; ``merged``, the same with one
    pair of lines as one queue, for every pair; ``present``, the groups that the hotline has; ``shared``,
    the first requirement of people who know several lines, which routing comes near to at best; and
    ``pooled``, one queue for all. Columns: arrangement, lines (joined by ``;``, of a merged pair or of
    all), seat_h, saved_h and saved_share against ``separate``, and most_seats at one moment.

    Args:
        lines: identifiers of the lines.
        loads: erlangs of each line; ``(L, T)``, as ``aht_s`` and ``patience_s``.
        aht_s: mean handling times.
        patience_s: mean patience.
        goals: limits that every queue keeps.
        interval_h: length of an interval.
        serving: index of the group that serves each line now, −1 where closed; ``(L, T)``. Without it
            there is no ``present`` row, and every line counts as open all the time.
        skills: lines, by index, that kinds of people know. Without it there is no ``shared`` row.
        minimum: fewest seats of a queue that is open, in every arrangement alike.
    """
    count, spell = loads.shape
    opened = np.ones((count, spell), dtype=np.bool_) if serving is None else serving >= 0

    def seats_of(members: NDArray[np.bool_]) -> Counts:
        """Seats of all queues together; ``members`` is ``(Q, L)`` or ``(Q, L, T)``."""
        belongs = (members if members.ndim == 3 else members[:, :, None]) & opened
        found: Counts = pooled_seats(belongs, loads, aht_s, patience_s, goals, minimum).sum(axis=0)
        return found

    alone = np.eye(count, dtype=np.bool_)
    own = pooled_seats(alone[:, :, None] & opened, loads, aht_s, patience_s, goals, minimum)
    rows: list[tuple[str, str, Counts]] = [("separate", ";".join(lines), own.sum(axis=0))]
    for a, b in combinations(range(count), 2):
        both = seats_of((alone[a] | alone[b])[None])
        rows.append(("merged", f"{lines[a]};{lines[b]}", own.sum(axis=0) - own[a] - own[b] + both))
    if serving is not None:
        groups = np.arange(max(int(serving.max()) + 1, 1))
        rows.append(("present", ";".join(lines), seats_of(serving[None] == groups[:, None, None])))
    if skills:
        shared = skill_group_seats(loads * opened, aht_s, patience_s, goals, skills).seats.sum(axis=0)
        rows.append(("shared", ";".join(lines), np.maximum(shared, minimum * opened.any(axis=0))))
    rows.append(("pooled", ";".join(lines), seats_of(np.ones((1, count), dtype=np.bool_))))

    hours = np.array([seats.sum() * interval_h for _, _, seats in rows])
    saved = hours[0] - hours
    return pd.DataFrame(
        {
            "arrangement": [name for name, _, _ in rows],
            "lines": [names for _, names, _ in rows],
            "seat_h": hours,
            "saved_h": saved,
            "saved_share": saved / hours[0] if hours[0] > 0 else np.zeros_like(saved),
            "most_seats": [int(seats.max()) for _, _, seats in rows],
        }
    )


def price_of_hotline(
    hotline: Hotline, workload: Workload, targets: Iterable[Target], agents: Sequence[Agent] = ()
) -> pd.DataFrame:
    """The table of :func:`price_of_separation` for a hotline's workload, by its targets and occupancy cap.

    ``shared`` stands for the kinds of people among ``agents`` who answer. Every queue has one seat at
    least while it is open.
    """
    loads, aht_s, patience_s, goals, skills = _of_hotline(hotline, workload, targets, agents)
    interval_h = float(workload.table["interval_s"].iloc[0]) / 3600
    serving = workload.calls.serving
    return price_of_separation(
        hotline.line_ids, loads, aht_s, patience_s, goals, interval_h, serving=serving, skills=skills
    )


def skill_groups_of_hotline(
    hotline: Hotline, workload: Workload, targets: Iterable[Target], agents: Sequence[Agent]
) -> pd.DataFrame:
    """The first requirement of each skill group (people who know the same lines), see :func:`skill_group_seats`.

    Columns: lines (joined by ``;``), people, seat_h over the period, most_seats at one moment.
    """
    loads, aht_s, patience_s, goals, skills = _of_hotline(hotline, workload, targets, agents)
    interval_h = float(workload.table["interval_s"].iloc[0]) / 3600
    opened = workload.calls.serving >= 0
    if not skills:
        return pd.DataFrame({"lines": [], "people": [], "seat_h": [], "most_seats": []})
    seats = skill_group_seats(loads * opened, aht_s, patience_s, goals, skills).seats
    known = _known_lines(hotline, agents)
    return pd.DataFrame(
        {
            "lines": [";".join(hotline.line_ids[n] for n in sorted(skill)) for skill in skills],
            "people": [known.count(skill) for skill in skills],
            "seat_h": seats.sum(axis=1) * interval_h,
            "most_seats": seats.max(axis=1),
        }
    )


def _of_hotline(
    hotline: Hotline, workload: Workload, targets: Iterable[Target], agents: Sequence[Agent]
) -> tuple[Floats, Floats, Floats, list[Goal], list[LineSet]]:
    """Loads, handling times and patience of the lines, ``(L, T)``; the goals; the lines that kinds of people know."""
    calls = workload.calls
    goals = [goal for _, goal in sized_targets(hotline, targets)] + [Goal("occupancy", hotline.occupancy_max)]
    interval_s = float(workload.table["interval_s"].iloc[0])
    known = set(_known_lines(hotline, agents))
    patience = np.broadcast_to([[line.patience.mean_s] for line in hotline.lines], calls.aht_s.shape)
    return calls.arrivals * calls.aht_s / interval_s, calls.aht_s, patience, goals, sorted(known, key=sorted)


def _known_lines(hotline: Hotline, agents: Sequence[Agent]) -> list[LineSet]:
    """The lines that each person who answers knows."""
    silent = {kind.id for kind in hotline.staff_kinds if not kind.answers_calls}
    return [frozenset(map(hotline.line_ids.index, a.lines)) for a in agents if a.staff_kind not in silent]
