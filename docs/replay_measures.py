"""What the replay of real records measures: recorded calls beside the same calls played again, by hour."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.replay import AWAY_S, Floor, Habits, floor_of, habits_of, replayed_weeks
from simulation.engine import play
from wfm.calendar import TimeGrid
from wfm.records.asked_calls import AskedCalls, asked_calls
from wfm.records.pauses import pauses_of

Floats = NDArray[np.float64]

WITHIN_S = 20.0
JANUARY, FEBRUARY = (date(1999, 1, 1), 31), (date(1999, 2, 1), 28)
BOTH = (JANUARY[0], JANUARY[1] + FEBRUARY[1])
ZONE = "Asia/Jerusalem"
MEASURES = ("within", "abandoned", "wait_s")


@dataclass(frozen=True, eq=False)
class Replay:
    """Calls as recorded and as played: measures of each call, ``recorded`` (3, N), ``played`` (3, R, N).

    Measures: answered within 20 s, abandoned, and the wait of answered calls (NaN for others).
    """

    asked: AskedCalls
    recorded: Floats
    played: Floats

    def by(self, key: NDArray[np.int64], runs: slice = slice(None)) -> tuple[Floats, Floats, Floats]:
        """Calls (K,), recorded means (3, K) and means of the replications (3, K) by a number of each call."""
        size = int(key.max()) + 1
        played = self.played[:, runs]
        found = means(played.reshape(len(played), -1), np.tile(key, played.shape[1]), size)
        return np.bincount(key, minlength=size), means(self.recorded, key, size), found

    def off(self, key: NDArray[np.int64]) -> Floats:
        """Call-weighted mean absolute error of answered-within-20-s and abandonment, (2,)."""
        return error(*self.by(key))

    def chance(self, key: NDArray[np.int64]) -> Floats:
        """The same error of a record that the replay itself has made: one replication against the others, (2,)."""
        found = []
        for n in range(self.played.shape[1]):
            others = np.delete(self.played, n, axis=1).mean(axis=1)
            size = int(key.max()) + 1
            calls = np.bincount(key, minlength=size)
            found.append(error(calls, means(self.played[:, n], key, size), means(others, key, size)))
        return np.mean(found, axis=0)

    @property
    def hour(self) -> NDArray[np.int64]:
        """(N,) hour of the day in which each call asked."""
        return self.asked.minute // 60

    @property
    def hour_of_day(self) -> NDArray[np.int64]:
        """(N,) number of the hour since the first day's midnight."""
        return self.asked.day * 24 + self.hour


def means(values: Floats, key: NDArray[np.int64], size: int) -> Floats:
    """Means by key, NaN where there is nothing."""
    with np.errstate(invalid="ignore"):
        known = ~np.isnan(values)
        rows = [
            np.bincount(key, np.where(k, v, 0), size) / np.bincount(key, k, size)
            for v, k in zip(values, known, strict=True)
        ]
    return np.array(rows)


def error(calls: Floats, first: Floats, second: Floats) -> Floats:
    """Mean over calls of |first − second| for the two shares."""
    used = calls > 0
    return (np.abs(first - second)[:2, used] * calls[used]).sum(axis=1) / calls.sum()


def ring_of(calls: pd.DataFrame) -> float:
    """Seconds that calls answered at once stay longer in the voice response than calls that queue: the ringing hidden there."""
    asked = calls[calls["outcome"].isin(["answered", "abandoned"]) & calls["ivr_s"].notna()]
    at_once = (asked["answered_at"] - asked["queued_at"]).dt.total_seconds() <= 1
    middle = asked.groupby(["line", at_once])["ivr_s"].median().unstack()
    weight = asked["line"].value_counts()
    longer = (middle[True] - middle[False]).dropna()
    return float(round(np.average(longer, weights=weight[longer.index])))


def ask(calls: pd.DataFrame, period: tuple[date, int], ring_s: float) -> AskedCalls:
    """The period's calls that asked for an agent."""
    return asked_calls(calls, TimeGrid(*period, 30, ZONE), ring_s=ring_s)


def played(asked: AskedCalls, floor: Floor, habits: Habits, replications: int, away_s: float = AWAY_S) -> Replay:
    """Play the records ``replications`` times, each with other draws of the pauses that are not known."""
    found = np.full((3, replications, len(asked)), np.nan)
    for n in range(replications):
        for week in replayed_weeks(asked, floor, habits, seed=n, away_s=away_s):
            calls = play(week.centre, n, 0)
            wait_s = calls.answered_s - calls.queued_s
            values = (wait_s <= WITHIN_S + 1e-9, np.isnan(wait_s), wait_s)
            for measure, value in enumerate(values):
                found[measure, n, week.calls] = value
    recorded_s = np.where(asked.answered, asked.wait_s, np.nan)
    recorded = np.stack([recorded_s <= WITHIN_S + 1e-9, ~asked.answered, recorded_s])
    return Replay(asked, recorded, found)


def everybody(asked: AskedCalls, floor: Floor) -> Floor:
    """The floor if every agent answered every line."""
    answers = np.ones_like(floor.answers)
    return replace(floor, answers=answers, pauses=pauses_of(asked, answers))


def variants(asked: AskedCalls) -> dict[str, tuple[Floor, Habits, float]]:
    """The method, and what it is without each of its parts: floor, habits, limit of absence."""
    floor = floor_of(asked)
    habits = habits_of(asked, floor)
    handling, pauses = habits.handling, floor.pauses
    flat = np.ones(24)
    raw = {
        line: np.sort((asked.done_s - asked.left_s)[asked.answered & (asked.line == n)] - asked.ring_s)
        for n, line in enumerate(asked.line_ids)
    }
    plain = replace(habits, handling=replace(handling, pace={}, by_hour=flat, times_s=raw))
    all_in_one = replace(everybody(asked, floor), head_start_s=np.zeros_like(floor.head_start_s))
    seen = replace(all_in_one, pauses=replace(all_in_one.pauses, least_s=all_in_one.pauses.most_s))
    # Only short pauses, as where callers wait all along, and none that a gap without callers may have held.
    short = replace(plain, pauses=habits.pauses.up_to(30.0))
    return {
        "the method": (floor, habits, AWAY_S),
        "absent after 60 s": (floor, habits, 60.0),
        "absent after 180 s": (floor, habits, 180.0),
        "absent after 300 s": (floor, habits, 300.0),
        "pauses never absences, up to one hour": (floor, habits, 3600.0),
        "unknown pauses as short as they can be": (
            replace(floor, pauses=replace(pauses, most_s=pauses.least_s)),
            habits,
            AWAY_S,
        ),
        "unknown pauses as long as they can be": (
            replace(floor, pauses=replace(pauses, least_s=pauses.most_s)),
            habits,
            AWAY_S,
        ),
        "every agent answers every line": (everybody(asked, floor), habits, AWAY_S),
        "no line goes first": (replace(floor, head_start_s=np.zeros_like(floor.head_start_s)), habits, AWAY_S),
        "one pace for all agents and hours": (floor, plain, AWAY_S),
        "one pace for all hours": (floor, replace(habits, handling=replace(handling, by_hour=flat)), AWAY_S),
        "first attempt: there through gaps up to 5 min, one queue, one pace": (seen, short, 300.0),
    }
