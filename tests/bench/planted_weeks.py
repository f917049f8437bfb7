"""Weeks with planted causes, reviewed: how often the cause is found, and how often intervals hold the truth.

``python tests/bench/planted_weeks.py [WEEKS]`` prints the table of docs/review.md (24 weeks, about ten minutes of CPU).
"""

from __future__ import annotations

import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from scenarios.day_causes import review_day
from scenarios.planned_days import PlannedDay, expected_seats
from scenarios.preparation import Prepared, prepare
from scenarios.recorded_days import recorded_day
from scenarios.scenario import load_scenario
from scenarios.simulated_day import presence_duties, simulated_counts
from scenarios.simulated_records import calls_as_recorded
from simulation import centre_of, play
from wfm.hotline import grid_of, serving_groups
from wfm.metrics import COUNTS, KPIS
from wfm.records import RecordStore
from wfm.review.day_inputs import planned_inputs
from wfm.review.missed import DayReview
from wfm.staffing import compute_requirement, compute_workload
from wfm.standards import Target

FIRST = date(2026, 9, 14)
CAUSES = {1: "volume", 2: "seats", 3: "handling"}
GROUP = 0
"""Whose two agents are missing: general advice by day, six to ten seats."""


@dataclass(frozen=True, eq=False)
class PlantedWeek:
    """A planned week and what happens in it instead."""

    prepared: Prepared
    plan: PlannedDay
    groups: list[str]
    mean: np.ndarray
    """Calls that come, one line × interval, 15 % more on Tuesday."""
    aht_s: np.ndarray
    """Seconds that a call takes, 10 % more on Thursday."""
    there: np.ndarray
    """Agents who are there, one group × interval, two fewer of one group on Wednesday."""

    def on(self, d: int) -> np.ndarray:
        """Which intervals belong to the week's day ``d``, from 0."""
        return self.prepared.grid.dates == np.datetime64(FIRST + timedelta(days=d), "D")

    def alone(self, d: int, targets: Sequence[Target], *, seed: int, replications: int) -> dict[str, float]:
        """What the change of day ``d`` does by itself, target by target."""
        hotline = self.prepared.hotline
        own = grid_of(hotline, FIRST + timedelta(days=d), 1)
        planned = planned_inputs(hotline, own, self.plan.forecast, expected_seats(hotline, self.plan.duties, own))
        changed = {
            1: replace(planned, volume=1.15 * planned.volume),
            2: replace(planned, seats=self.there[:, self.on(d)]),
            3: replace(planned, handling=1.10 * planned.handling),
        }[d]
        plain, other = (
            pd.DataFrame(counts.sum(axis=1), columns=COUNTS)
            for counts in simulated_counts(hotline, own, [planned, changed], seed=seed, replications=replications)
        )
        return {
            t.id: float(np.nanmean(KPIS[t.kpi].daily(other)) - np.nanmean(KPIS[t.kpi].daily(plain))) for t in targets
        }

    def record(self, store: RecordStore, *, calls_seed: int, seed: int) -> None:
        """Play the week from Poisson counts around the mean, and write its calls to the store."""
        prepared = self.prepared
        calls = np.random.default_rng(calls_seed).poisson(self.mean)[None]
        attended = presence_duties(self.there, self.groups, prepared.grid)
        centre = centre_of(prepared.hotline, prepared.grid, prepared.open_mask, calls, self.aht_s, attended)
        centre = replace(centre, absence_share=0.0, late_share=0.0)
        records = calls_as_recorded(play(centre, seed, 0), centre, prepared.grid)
        store.add(records, "planted", "recorded", time_zone=prepared.hotline.time_zone)

    def review(
        self, d: int, store: RecordStore, home: Path, targets: Sequence[Target], *, seed: int, replications: int
    ) -> DayReview:
        """Day ``d`` as reviewed from the store, seats counted as there were."""
        hotline = self.prepared.hotline
        day = FIRST + timedelta(days=d)
        own = grid_of(hotline, day, 1)
        actuals = store.actuals(own, hotline.line_ids, hotline.short_abandon_s)
        serving = serving_groups(hotline, own)
        there = self.there[:, self.on(d)]
        for line in hotline.line_ids:
            column = [there[self.groups.index(g), t] if g in self.groups else 0.0 for t, g in enumerate(serving[line])]
            actuals.loc[actuals["line"] == line, "seats_staffed"] = column
        recorded = recorded_day(hotline, day, store, actuals, home)
        return review_day(
            hotline,
            self.prepared.calendar,
            tuple(targets),
            self.plan,
            recorded,
            seed=seed,
            replications=replications,
        )


def plant(home: Path, level: str) -> PlantedWeek:
    """The week of a shipped hotline, its seats required by ``level`` (interval or day)."""
    prepared = prepare(load_scenario("guizhou-12348"), FIRST, 7, seed=1, paths=4, home=home)
    hotline, grid = prepared.hotline, prepared.grid
    groups = [g.id for g in hotline.groups]
    summary = prepared.forecast.summary()
    workload = compute_workload(hotline, summary, grid, prepared.calendar)
    table = compute_requirement(hotline, workload, prepared.targets, level)
    seats = table["seats"].to_numpy(float).reshape(len(groups), -1)
    plan = PlannedDay("planted", None, summary, presence_duties(seats, groups, grid), {}, True)
    week = PlantedWeek(
        prepared, plan, groups, prepared.forecast.mean.copy(), prepared.forecast.aht_s.copy(), seats.copy()
    )
    week.mean[:, week.on(1)] *= 1.15
    week.there[GROUP, week.on(2)] = np.maximum(week.there[GROUP, week.on(2)] - 2, 0)
    week.aht_s[:, week.on(3)] *= 1.10
    return week


def main(weeks: int) -> None:
    home = Path(tempfile.mkdtemp())
    planted = plant(home, "day")
    targets = tuple(
        t for t in planted.prepared.targets if t.kpi in KPIS and t.limit is not None and t.measure == "calls"
    )
    truth = {d: planted.alone(d, targets, seed=999, replications=600) for d in CAUSES}
    found: dict[tuple[str, str, str], list[bool]] = defaultdict(list)
    for week in range(1, weeks + 1):
        store = RecordStore(home, f"week-{week}")
        planted.record(store, calls_seed=week, seed=week)
        for d, cause in CAUSES.items():
            review = planted.review(d, store, home, targets, seed=week + 100, replications=60)
            for row in review.targets:
                largest = max(row.causes, key=lambda c: abs(c.value)).factor
                found[row.target.kpi, cause, "largest"].append(largest == cause)
                found[row.target.kpi, cause, "left is chance"].append(row.verdict == "chance")
                for c in row.causes:
                    held = abs(c.value - truth[d][row.target.id]) if c.factor == cause else abs(c.value)
                    what = "holds the truth" if c.factor == cause else "others hold zero"
                    found[row.target.kpi, cause, what].append(held <= c.half_width)
    for (kpi, cause, what), hits in sorted(found.items()):
        print(f"{kpi:28} {cause:9} {what:17} {sum(hits)} of {len(hits)}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 24)
