"""Calls through trunks, IVR and queue, in the order of events: what generated records are made of."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wfm.records.waiting_line import AgentPool

if TYPE_CHECKING:
    from wfm.hotline import Hotline, Line

__all__ = ["SYNTHETIC", "CallDraws", "CallRow", "Staffed", "draw_calls", "run_calls"]

SYNTHETIC = "synthetic"
"""Begins the identifier of every synthetic call and agent, and labels such records in the store."""


@dataclass(slots=True)
class CallDraws:
    """What is drawn for the calls of one line and day, before anyone queues; arrays of equal length."""

    arrived_s: NDArray[np.float64]
    fate: NDArray[np.int64]
    ivr_s: NDArray[np.float64]
    patience_s: NDArray[np.float64]
    ring_s: NDArray[np.float64]
    talk_s: NDArray[np.float64]
    hold_s: NDArray[np.float64]
    wrap_s: NDArray[np.float64]


def _lognormal(random: np.random.Generator, mean: float, cv: float, size: int) -> NDArray[np.float64]:
    if mean <= 0:
        return np.zeros(size)
    sigma2 = np.log1p(cv * cv)
    return random.lognormal(np.log(mean) - sigma2 / 2, np.sqrt(sigma2), size)


def draw_calls(random: np.random.Generator, hotline: Hotline, line: Line, arrived_s: NDArray[np.float64]) -> CallDraws:
    """Fate in the IVR, patience, ringing and handling of the calls of one line that arrive at ``arrived_s``."""
    size, ivr, handling = len(arrived_s), hotline.ivr, line.handling
    served, gone = ivr.self_service_share, ivr.hang_up_share
    fate = random.choice(3, size=size, p=[1 - served - gone, served, gone])
    means = np.array([ivr.menu_s, ivr.self_service_s, ivr.hang_up_s])[fate]
    ivr_s = random.exponential(1.0, size) * means + np.where(fate == 2, 0.0, ivr.announcement_s)
    patience = line.patience
    patience_s = (
        random.exponential(patience.mean_s, size)
        if patience.distribution == "exponential"
        else _lognormal(random, patience.mean_s, patience.cv, size)
    )
    ring_s = hotline.ring_s * random.uniform(0.5, 1.5, size)
    short = random.random(size) < handling.short_call_share
    talk_s = np.where(short, handling.short_call_s, _lognormal(random, handling.talk_s, handling.talk_cv, size))
    hold_s = np.where(short, 0.0, _lognormal(random, handling.hold_s, handling.talk_cv, size))
    wrap_s = np.where(short, 0.0, _lognormal(random, handling.wrap_s, handling.wrap_cv, size))
    times = (handling.scale * each for each in (talk_s, hold_s, wrap_s))
    return CallDraws(arrived_s, fate, ivr_s, patience_s, ring_s, *times)


CallRow = tuple[int, int, float, float, float, float, float, float, float, float, float, int, str]
"""What :func:`run_calls` returns for one call."""


@dataclass(slots=True)
class Staffed:
    """Everything the queue needs; seconds count from the start of the grid."""

    hotline: Hotline
    interval_s: float
    serving: dict[str, NDArray[np.object_]]
    agents: dict[str, list[int]]
    random: np.random.Generator


def run_calls(day: Staffed, draws: CallDraws, line_of: NDArray[np.int64]) -> list[CallRow]:
    """Send every call through trunks, IVR and queue, in the order of events; one row per call and redial.

    A row is (caller, line, arrived, ivr, queued, ring, answered, ended, talk, hold, wrap, outcome's index in
    ``tables.OUTCOMES``, agent), times in seconds from the start, NaN where there is none.
    """
    nan = float("nan")
    hotline, lines = day.hotline, day.hotline.lines
    circuits = hotline.trunks.circuits
    pools = {group.id: AgentPool() for group in hotline.groups}
    slots = {line.id: day.serving[line.id].tolist() for line in lines}
    last_slot = len(next(iter(slots.values()))) - 1
    current = dict.fromkeys(pools, -1)
    # Events: (moment, order, caller, line, attempt, arrival or -1 while arriving, the call's own draws)
    columns = [getattr(draws, name).tolist() for name in CallDraws.__slots__]
    own = list(zip(*columns, strict=True))
    events: list[tuple[float, int, int, int, int, float, tuple[float, ...]]] = [
        (values[0], order, order, int(line), 1, -1.0, values)
        for order, (values, line) in enumerate(zip(own, line_of.tolist(), strict=True))
    ]
    heapq.heapify(events)
    order = len(events)
    leaving: list[float] = []
    in_ivr = 0
    rows: list[CallRow] = []
    while events:
        now, _, caller, row, attempt, arrived, values = heapq.heappop(events)
        _, fate, ivr_s, patience_s, ring_s, talk_s, hold_s, wrap_s = values
        line = lines[row]
        if arrived < 0:
            if circuits is not None:
                while leaving and leaving[0] <= now:
                    heapq.heappop(leaving)
                if len(leaving) + in_ivr >= circuits:
                    rows.append((caller, row, now, nan, nan, nan, nan, now, nan, nan, nan, 0, ""))
                    order = _redial(day, events, order, caller, row, attempt, now)
                    continue
            opened = slots[line.id][min(int(now // day.interval_s), last_slot)] != ""
            if not opened and not hotline.ivr.open_24_h:
                rows.append((caller, row, now, nan, nan, nan, nan, now, nan, nan, nan, 5, ""))
                continue
            if fate:
                rows.append(
                    (caller, row, now, ivr_s, nan, nan, nan, now + ivr_s, nan, nan, nan, 2 if fate == 1 else 1, "")
                )
                heapq.heappush(leaving, now + ivr_s)
                continue
            in_ivr += 1
            heapq.heappush(events, (now + ivr_s, order, caller, row, attempt, now, values))
            order += 1
            continue
        in_ivr -= 1
        slot = min(int(now // day.interval_s), last_slot)
        group = slots[line.id][slot]
        if group == "":
            rows.append((caller, row, arrived, ivr_s, nan, nan, nan, now, nan, nan, nan, 5, ""))
            continue
        pool = pools[group]
        if current[group] != slot:
            current[group] = slot
            pool.staff(day.agents[group][slot], slot * day.interval_s)
        wait_s, number = pool.answer(now, patience_s, ring_s + talk_s + hold_s + wrap_s)
        if number == 0:
            rows.append((caller, row, arrived, ivr_s, now, nan, nan, now + wait_s, nan, nan, nan, 4, ""))
            heapq.heappush(leaving, now + wait_s)
            order = _redial(day, events, order, caller, row, attempt, now + wait_s)
            continue
        answered = now + wait_s + ring_s
        ended = answered + talk_s + hold_s
        heapq.heappush(leaving, ended)
        agent = f"{SYNTHETIC}-{group}-{number:03d}"
        rows.append((caller, row, arrived, ivr_s, now, ring_s, answered, ended, talk_s, hold_s, wrap_s, 3, agent))
    return rows


def _redial(
    day: Staffed,
    events: list[tuple[float, int, int, int, int, float, tuple[float, ...]]],
    order: int,
    caller: int,
    row: int,
    attempt: int,
    gave_up_s: float,
) -> int:
    """Perhaps put the caller's next attempt among the events; returns the next order number."""
    line = day.hotline.lines[row]
    redial = line.redial
    if attempt >= redial.attempts_max or redial.share <= 0 or day.random.random() >= redial.share:
        return order
    again_s = gave_up_s + day.random.exponential(redial.delay_mean_s)
    if again_s >= day.interval_s * len(day.serving[line.id]):
        return order
    drawn = draw_calls(day.random, day.hotline, line, np.array([again_s]))
    values = tuple(getattr(drawn, name).tolist()[0] for name in CallDraws.__slots__)
    heapq.heappush(events, (again_s, order, caller, row, attempt + 1, -1.0, values))
    return order + 1
