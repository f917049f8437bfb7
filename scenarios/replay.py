"""A recorded period played again: its calls at their times, met by agents as the records show them.

Callers come when they came. Handling times, patience, pauses, presence, skills and the order of the lines are
read from the records; nothing is fitted to the waits that the replay is compared with.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.attendance import RosteredDuties
from simulation.centre import AgentChoice, Centre, GivenCalls, Overflow
from simulation.draws import TABLE_STEPS, Law, constant, empirical, exponential, quantile_table
from simulation.keyed import key_of
from wfm.queueing import patience_from_waits
from wfm.records.asked_calls import AskedCalls
from wfm.records.pace import HandlingPace, handling_pace
from wfm.records.pauses import PauseLaw, Pauses, drawn_pauses, pause_law, pauses_of
from wfm.records.precedence import head_starts
from wfm.records.presence import RecordedStays, stays_of
from wfm.records.skills import answered_lines

__all__ = ["AWAY_S", "Floor", "Habits", "ReplayedWeek", "floor_of", "habits_of", "replayed_weeks"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

AWAY_S = 90.0
"""A longer pause after a call is an absence, a shorter one work after the call."""
WEEK_DAYS = 7
OFFERS_MIN = 30
"""A line with fewer callers who waited, or fewer answered calls, borrows the times of all lines."""
PROBABILITIES: Floats = np.linspace(0.0, 1.0, TABLE_STEPS + 1)


@dataclass(frozen=True, eq=False)
class Habits:
    """What recorded calls say of callers and agents, whoever was there."""

    handling: HandlingPace
    patience: dict[str, Floats]
    """Line → quantiles at :data:`PROBABILITIES`; ``""`` is all lines together."""
    pauses: PauseLaw


@dataclass(frozen=True, eq=False)
class Floor:
    """Who answered what, and what is known of their pauses, day by day."""

    head_start_s: Floats
    """(days, L)"""
    answers: Flags
    """(agents, days, L)"""
    pauses: Pauses


@dataclass(frozen=True, eq=False)
class ReplayedWeek:
    """Some days of the records as a centre to be played."""

    centre: Centre
    calls: NDArray[np.int64]
    """Places in the asked calls of the centre's given ones, in the same order."""


def floor_of(asked: AskedCalls) -> Floor:
    """Read the order of the lines, week by week, then the agents' skills and pauses, day by day."""
    days = len(asked.grid.day_list)
    head_s = np.zeros((days, len(asked.line_ids)))
    for first in range(0, days, WEEK_DAYS):
        head_s[first : first + WEEK_DAYS] = head_starts(asked, (first, first + WEEK_DAYS))
    answers = answered_lines(asked, head_s)
    return Floor(head_s, answers, pauses_of(asked, answers))


def habits_of(asked: AskedCalls, floor: Floor) -> Habits:
    """Read handling times, patience (product-limit estimate of those who waited) and pauses."""
    patience = {}
    for number, line in enumerate(asked.line_ids):
        mine = asked.waited & (asked.line == number)
        gave_up = mine & ~asked.answered
        if mine.sum() >= OFFERS_MIN and gave_up.any():
            patience[line] = _patience(asked, mine)
    patience[""] = _patience(asked, asked.waited)
    return Habits(handling_pace(asked), patience, pause_law(floor.pauses))


def _patience(asked: AskedCalls, mine: Flags) -> Floats:
    """Quantiles of patience: how long callers would wait until their call is given to an agent."""
    waits_s = (asked.left_s - asked.queued_s)[mine]
    law = patience_from_waits(waits_s, ~asked.answered[mine])
    gone, times_s = np.cumsum(law.shares), law.times_s
    if law.rest_share > 0:
        # The rest in steps of equal probability, but for the last thousandth.
        within = np.linspace(0.0, 0.999, 200)
        gone = np.concatenate([gone, 1 - float(law.rest_share) * (1 - within)])
        times_s = np.concatenate([times_s, float(law.rest_from_s) - float(law.rest_mean_s) * np.log1p(-within)])
    return quantile_table(np.concatenate([[0.0], gone]), np.concatenate([times_s[:1], times_s]))


def replayed_weeks(
    asked: AskedCalls, floor: Floor, habits: Habits, *, seed: int, away_s: float = AWAY_S
) -> Iterator[ReplayedWeek]:
    """The records as centres of a week each (the last may be shorter), ready to be played.

    Pauses of which only bounds are known are drawn with ``seed``: other seeds, other possible presences.

    Args:
        asked: The calls to replay.
        floor: Read from the same calls.
        habits: Read from the same calls or from others.
        seed: Of the pauses.
        away_s: Pauses over this many seconds are absences at their recorded time; shorter ones are drawn after each call.
    """
    uniform = np.random.default_rng(seed).random(len(floor.pauses.before))
    stays = stays_of(asked, floor.pauses, drawn_pauses(floor.pauses, habits.pauses, uniform), away_s)
    days = len(asked.grid.day_list)
    for first in range(0, days, WEEK_DAYS):
        within = np.arange(first, min(first + WEEK_DAYS, days))
        calls = np.flatnonzero((asked.day >= within[0]) & (asked.day <= within[-1]))
        here = (stays.day >= within[0]) & (stays.day <= within[-1])
        if len(calls) and here.any():
            centre = _centre(asked, floor, habits, stays, here, calls, within, away_s)
            yield ReplayedWeek(centre, calls)


def _centre(
    asked: AskedCalls,
    floor: Floor,
    habits: Habits,
    stays: RecordedStays,
    here: Flags,
    calls: NDArray[np.int64],
    within: NDArray[np.int64],
    away_s: float,
) -> Centre:
    grid, lines = asked.grid, len(asked.line_ids)
    day_of_interval = (grid.dates - grid.dates[0]).astype(np.int64)
    span = np.flatnonzero((day_of_interval >= within[0]) & (day_of_interval <= within[-1]))
    origin_s = span[0] * grid.interval_s
    agents = np.unique(stays.agent[here])
    skills = floor.answers[stays.agent[here], stays.day[here]]
    groups, group_of_stay = np.unique(skills, axis=0, return_inverse=True)
    serving, overflow = _routes(groups, lines)
    laws, tables = _laws(asked, habits, away_s)
    factor = habits.handling.by_hour[grid.minutes[span] // 60]
    return Centre(
        line_ids=asked.line_ids,
        group_ids=tuple("+".join(np.asarray(asked.line_ids)[mine]) or "none" for mine in groups),
        dates=grid.dates[span[0]] + np.arange(len(within)),
        interval_date=day_of_interval[span] - within[0],
        interval_s=grid.interval_s,
        arrivals=np.zeros((1, lines, len(span)), dtype=np.int64),
        is_open=np.ones(len(span), dtype=bool),
        by_day=np.ones(len(span), dtype=bool),
        serving=np.repeat(serving[:, None], len(span), axis=1),
        talk_scale=np.tile(factor, (lines, 1)),
        duties=_duties(asked, stays, here, agents, group_of_stay.ravel(), origin_s),
        ring_s=asked.ring_s,
        talk=laws["talk"],
        hold=(constant(0.0),) * lines,
        wrap=laws["wrap"],
        short_call_share=(0.0,) * lines,
        short_call_s=(0.0,) * lines,
        patience=laws["patience"],
        redial_share=(0.0,) * lines,
        redial_delay=(exponential(300.0),) * lines,
        attempts_max=(1,) * lines,
        tables=tables,
        given=GivenCalls(asked.queued_s[calls] - origin_s, asked.line[calls]),
        head_start_s=tuple(floor.head_start_s[within[0]].tolist()),
        overflow=overflow,
        agent_choice=AgentChoice.LONGEST_IDLE,
        pace=np.array([habits.handling.pace.get(asked.agent_ids[a], 1.0) for a in agents]),
    )


def _routes(groups: Flags, lines: int) -> tuple[NDArray[np.int64], tuple[tuple[Overflow, ...], ...]]:
    """Group that serves each line, (L,), and the others that answer it at once as well."""
    serving, overflow = [], []
    for line in range(lines):
        # A line that nobody seems to answer is left to all.
        able = np.flatnonzero(groups[:, line]) if groups[:, line].any() else np.arange(len(groups))
        serving.append(able[0])
        overflow.append(tuple(Overflow(int(group), 0.0) for group in able[1:]))
    return np.array(serving, dtype=np.int64), tuple(overflow)


def _laws(asked: AskedCalls, habits: Habits, away_s: float) -> tuple[dict[str, tuple[Law, ...]], Floats]:
    """Laws of the lines, and the quantile tables they point to."""
    all_times = np.sort(np.concatenate(list(habits.handling.times_s.values())))
    rows: list[Floats] = [habits.pauses.up_to(away_s).quantile(PROBABILITIES)]
    found: dict[str, list[Law]] = {"talk": [], "patience": [], "wrap": [empirical(0)] * len(asked.line_ids)}
    for line in asked.line_ids:
        times = habits.handling.times_s.get(line, all_times)
        for name, row in (
            ("talk", np.quantile(times if len(times) >= OFFERS_MIN else all_times, PROBABILITIES)),
            ("patience", habits.patience.get(line, habits.patience[""])),
        ):
            found[name].append(empirical(len(rows)))
            rows.append(row)
    return {name: tuple(laws) for name, laws in found.items()}, np.stack(rows)


def _duties(
    asked: AskedCalls,
    stays: RecordedStays,
    here: Flags,
    agents: NDArray[np.int64],
    group: NDArray[np.int64],
    origin_s: float,
) -> RosteredDuties:
    agent = np.searchsorted(agents, stays.agent[here])
    start_s, end_s = stays.start_s[here] - origin_s, stays.end_s[here] - origin_s
    order = np.lexsort((agent, start_s))
    names = tuple(asked.agent_ids[a] for a in agents)
    return RosteredDuties(
        agent_ids=names,
        agent=agent[order].astype(np.int64),
        group=group[order].astype(np.int64),
        standby=np.zeros(len(order), dtype=bool),
        start_s=start_s[order],
        end_s=end_s[order],
        key=np.array([key_of(names[agent[n]], f"{start_s[n]:.3f}") for n in order], dtype=np.uint64),
        pauses=((),) * len(order),
        backups=((),) * len(order),
        paired=(False,) * len(order),
    )
