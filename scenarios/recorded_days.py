"""A day as the records have it: its counts, its intervals, its callers' habits, and who was there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.calendar import TimeGrid
from wfm.hotline import Hotline, grid_of, serving_groups
from wfm.metrics import COUNTS, KPIS
from wfm.records import RecordStore, tally_calls
from wfm.records.items import agent_states
from wfm.records.seats_staffed import seats_staffed
from wfm.review.caller_habits import CallerHabits, habits_of_calls
from wfm.standards import Target

__all__ = ["RecordedDay", "recorded_day"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class RecordedDay:
    """One day of the records."""

    day: date
    grid: TimeGrid
    actuals: pd.DataFrame
    """``tables.ACTUALS`` of the day."""
    by_line: pd.DataFrame
    """``metrics.COUNTS`` of each line, in the hotline's order; NaN where the records do not tell."""
    habits: CallerHabits | None
    agent_states: pd.DataFrame | None
    """``tables.AGENT_STATES`` around the day; None where nothing is known of agents."""
    unknown: tuple[str, ...]
    """Inputs that are not known: ``seats``, ``patience``."""

    @property
    def total(self) -> pd.DataFrame:
        """Counts of all recorded lines together, one row; NaN where one of them does not tell."""
        return self.by_line[list(COUNTS)].dropna(how="all").sum(skipna=False).to_frame().T

    def value(self, target: Target, line: str) -> float:
        """The target's KPI on the day, of one line or (empty) of all; NaN where it is not known."""
        row = self.total if not line else self.by_line[self.by_line["line"] == line]
        return float(KPIS[target.kpi].daily(row)[0])

    def group_seats(self, hotline: Hotline, duties: pd.DataFrame) -> Floats | None:
        """Agents of each group who were there, ``(G, T)``, NaN where it is not known; None: nothing is known.

        From agent states, each agent counted for the group of the duty that the roster gives them; who has none, for
        the only group at work, if there is one. Else from the actuals, the most of the lines that a group serves.
        """
        named = serving_groups(hotline, self.grid)
        serving = np.array([named[line] for line in hotline.line_ids], dtype=object)
        works = np.array([[(serving == g.id)[:, t].any() for t in range(len(self.grid))] for g in hotline.groups])
        if self.agent_states is not None:
            return _from_states(hotline, self.grid, self.agent_states, duties, works)
        staffed = self.actuals.pivot_table(
            index="line", columns="interval", values="seats_staffed", aggfunc="first", dropna=False, observed=False
        )
        table = staffed.reindex(index=hotline.line_ids, columns=self.grid.starts).to_numpy(dtype=np.float64)
        if np.isnan(table).all():
            return None
        seats = np.full((len(hotline.groups), len(self.grid)), np.nan)
        for g, group in enumerate(hotline.groups):
            mine = np.where(serving == group.id, table, -np.inf)
            most = np.max(np.where(np.isnan(mine), -np.inf, mine), axis=0)
            seats[g] = np.where(np.isfinite(most), most, np.where(works[g], np.nan, 0.0))
        return seats


def _from_states(
    hotline: Hotline, grid: TimeGrid, states: pd.DataFrame, duties: pd.DataFrame, works: NDArray[np.bool_]
) -> Floats:
    seats = np.zeros((len(hotline.groups), len(grid)))
    known = np.full(len(grid), np.nan)
    alone = np.where(works.sum(axis=0) == 1, works.argmax(axis=0), -1)
    starts = grid.starts
    for agent in sorted(states["agent"].astype(str).unique()):
        there = seats_staffed(states, grid, agents=[agent])
        known = np.where(np.isnan(there), known, 0.0)
        group = alone.copy()
        own = duties[duties["agent"].astype(str) == agent]
        for duty in own.itertuples(index=False):
            during = (starts >= duty.start - pd.Timedelta(minutes=grid.interval_min)) & (starts < duty.end)
            place = [g.id for g in hotline.groups].index(str(duty.group))
            group = np.where(during & (works[place] | (group < 0)), place, group)
        for t in np.flatnonzero((group >= 0) & (np.nan_to_num(there) > 0)):
            seats[group[t], t] += there[t]
    return np.where(np.isnan(known), np.nan, seats)


def recorded_day(hotline: Hotline, day: date, records: RecordStore, actuals: pd.DataFrame, home: Path) -> RecordedDay:
    """The day's records.

    Args:
        hotline: the hotline.
        day: local date.
        records: its call records.
        actuals: ``tables.ACTUALS`` that hold the day.
        home: where agent states live.
    """
    grid = grid_of(hotline, day, 1)
    mine = actuals[actuals["interval"].dt.tz_localize(None).dt.date == day].reset_index(drop=True)
    calls = records.calls(day, day, time_zone=hotline.time_zone)
    by_line = _counts(hotline, day, calls, mine)
    habits = habits_of_calls(hotline, calls) if len(calls) else None
    states = agent_states_of(hotline, day, home)
    unknown = []
    if states is None and mine["seats_staffed"].isna().all():
        unknown.append("seats")
    if habits is None or not np.isfinite(habits.gave_up):
        unknown.append("patience")
    return RecordedDay(day, grid, mine, by_line, habits, states, tuple(unknown))


def _counts(hotline: Hotline, day: date, calls: pd.DataFrame, actuals: pd.DataFrame) -> pd.DataFrame:
    """``metrics.COUNTS`` of each line: from its calls, else from its interval records, over the intervals that they tell."""
    known = [name for name in COUNTS if name in actuals]
    sums = actuals.assign(line=actuals["line"].astype(str)).groupby("line")[known].sum(min_count=1)
    table = sums.reindex(index=hotline.line_ids, columns=list(COUNTS)).astype(float)
    if len(calls):
        tallied = tally_calls(calls, hotline)
        tallied = tallied[tallied["date"] == pd.Timestamp(day)].set_index("line")
        told = [line for line in hotline.line_ids if line in set(calls["line"].astype(str)) and line in tallied.index]
        table.loc[told] = tallied.loc[told, list(COUNTS)].astype(float)
    return table.rename_axis("line").reset_index()


def agent_states_of(hotline: Hotline, day: date, home: Path) -> pd.DataFrame | None:
    """Agent states (``tables.AGENT_STATES``) that reach into the day; None where none are stored."""
    states = agent_states(home, hotline, day, day)
    return None if states.empty else states
