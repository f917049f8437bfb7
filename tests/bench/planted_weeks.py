"""Weeks with planted causes, reviewed: how often the cause is found, and how often intervals hold the truth.

``python tests/bench/planted_weeks.py [WEEKS]`` prints the table of docs/review.md (24 weeks, about ten minutes of CPU).
"""

from __future__ import annotations

import sys
import tempfile
from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from scenarios.day_causes import review_day
from scenarios.planned_days import PlannedDay, expected_seats
from scenarios.preparation import prepare
from scenarios.recorded_days import recorded_day
from scenarios.scenario import load_scenario
from scenarios.simulated_day import presence_duties, simulated_counts
from scenarios.simulated_records import calls_as_recorded
from simulation import centre_of, play
from wfm.hotline import grid_of, serving_groups
from wfm.metrics import COUNTS, KPIS
from wfm.records import RecordStore
from wfm.review.day_inputs import planned_inputs
from wfm.staffing import compute_requirement, compute_workload

FIRST = date(2026, 9, 14)
CAUSES = {1: "volume", 2: "seats", 3: "handling"}
GROUP = 0
"""Whose two agents are missing: general advice by day."""


def main(weeks: int) -> None:
    home = Path(tempfile.mkdtemp())
    prepared = prepare(load_scenario("guizhou-12348"), FIRST, 7, seed=1, paths=4, home=home)
    hotline, grid = prepared.hotline, prepared.grid
    groups = [g.id for g in hotline.groups]
    summary = prepared.forecast.summary()
    workload = compute_workload(hotline, summary, grid, prepared.calendar)
    table = compute_requirement(hotline, workload, prepared.targets, "day")
    seats = table["seats"].to_numpy(float).reshape(len(groups), -1)
    duties = presence_duties(seats, groups, grid)
    plan = PlannedDay("planted", None, summary, duties, {}, True)
    targets = tuple(t for t in prepared.targets if t.kpi in KPIS and t.limit is not None and t.measure == "calls")
    on = {d: grid.dates == np.datetime64(FIRST + timedelta(days=d), "D") for d in CAUSES}
    mean, aht_s, there = prepared.forecast.mean.copy(), prepared.forecast.aht_s.copy(), seats.copy()
    mean[:, on[1]] *= 1.15
    there[GROUP, on[2]] = np.maximum(there[GROUP, on[2]] - 2, 0)
    aht_s[:, on[3]] *= 1.10
    attended = presence_duties(there, groups, grid)

    def alone(d: int) -> dict[str, float]:
        """What the planted change does by itself, target by target."""
        own = grid_of(hotline, FIRST + timedelta(days=d), 1)
        planned = planned_inputs(hotline, own, summary, expected_seats(hotline, duties, own))
        changed = {
            1: replace(planned, volume=1.15 * planned.volume),
            2: replace(planned, seats=there[:, on[d]]),
            3: replace(planned, handling=1.10 * planned.handling),
        }[d]
        plain, other = (
            pd.DataFrame(counts.sum(axis=1), columns=COUNTS)
            for counts in simulated_counts(hotline, own, [planned, changed], seed=999, replications=600)
        )
        return {
            t.id: float(np.nanmean(KPIS[t.kpi].daily(other)) - np.nanmean(KPIS[t.kpi].daily(plain))) for t in targets
        }

    truth = {d: alone(d) for d in CAUSES}
    found: dict[tuple[str, str, str], list[bool]] = defaultdict(list)
    for week in range(1, weeks + 1):
        calls = np.random.default_rng(week).poisson(mean)[None]
        centre = centre_of(hotline, grid, prepared.open_mask, calls, aht_s, attended)
        centre = replace(centre, absence_share=0.0, late_share=0.0)
        store = RecordStore(home, f"week-{week}")
        records = calls_as_recorded(play(centre, week, 0), centre, grid)
        store.add(records, f"week{week}", "recorded", time_zone=hotline.time_zone)
        for d, cause in CAUSES.items():
            day = FIRST + timedelta(days=d)
            own = grid_of(hotline, day, 1)
            actuals = store.actuals(own, hotline.line_ids, hotline.short_abandon_s)
            serving = serving_groups(hotline, own)
            for line in hotline.line_ids:
                column = [there[groups.index(g), on[d]][t] if g in groups else 0.0 for t, g in enumerate(serving[line])]
                actuals.loc[actuals["line"] == line, "seats_staffed"] = column
            recorded = recorded_day(hotline, day, store, actuals, home)
            review = review_day(hotline, prepared.calendar, targets, plan, recorded, seed=week + 100, replications=60)
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
