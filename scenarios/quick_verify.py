"""A quick answer held to the calls themselves: its seats, always manned, played over the days it is for.

Played is what the formula assumes of the demand: Poisson calls around the expected ones, as the change has them. What
the formula leaves out is in: whole handling times, callers in the order of their lines, queues that last from interval
to interval, ringing that holds the agent, and call-backs. Hours before the first day are played too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.plan import Plan, ScoreRow
from scenarios.preparation import StageProgress, silent
from scenarios.quick_answer import QuickAnswer, QuickAnswers
from scenarios.quick_change import Change, changed_hotline, changed_summary, changed_targets
from scenarios.scorecard import build_scorecard
from scenarios.simulated_day import WARM_UP_H, presence_duties
from simulation import centre_of, run_replications
from simulation.centre import NO_LIMIT
from simulation.engine import compile_engine, engine_is_compiled
from wfm.calendar import TimeGrid
from wfm.errors import BadInput
from wfm.hotline import calendar_of, grid_of, open_intervals
from wfm.i18n import Text, both, say
from wfm.metrics import COUNTS, KPIS

__all__ = ["VERIFY_STAGES", "Verified", "change_from", "change_json", "verify_answer"]

VERIFY_STAGES: dict[str, Text] = {
    "requirement": both("Seats by formula"),
    "compilation": Text("Compiling the simulator", "编译仿真引擎"),
    "simulation": Text("Simulation", "仿真"),
}


@dataclass(frozen=True, slots=True)
class Verified:
    """What the simulation says beside the formula."""

    answer: QuickAnswer
    rows: tuple[ScoreRow, ...]
    """The targets over calls, with the limits of the change."""
    replications: int


def change_json(change: Change) -> dict[str, Any]:
    """The change as plain values."""
    return {
        "volume": change.volume,
        "aht": change.aht,
        "patience": change.patience,
        "shrinkage": change.shrinkage,
        "ivr": change.ivr,
        "confidence": change.confidence,
        "limits": dict(sorted(change.limits.items())),
    }


def change_from(values: Mapping[str, Any]) -> Change:
    """The change of :func:`change_json`."""
    return Change(**{**values, "limits": dict(values.get("limits") or {})})


def verify_answer(
    plan: Plan,
    change: Change,
    days: Sequence[date],
    *,
    replications: int = 200,
    workers: int = 1,
    watch: StageProgress = silent,
) -> Verified:
    """Play the quick answer's seats of these days, which follow one another.

    Raises:
        BadInput: no day of the plan is asked for, or the change is out of range.
    """
    wanted = sorted(day for day in set(days) if 0 <= (day - plan.first).days < plan.days)
    if not wanted or (wanted[-1] - wanted[0]).days != len(wanted) - 1:
        raise BadInput(say("verify: days of the plan that follow one another are needed"))
    stage = watch("requirement")
    stage(0, 1)
    answers = QuickAnswers(plan)
    answer = answers.answer(change, wanted)
    hotline = changed_hotline(plan.hotline, change)
    targets = changed_targets(plan.hotline, change)
    window = TimeGrid(wanted[0] - timedelta(days=1), len(wanted) + 1, plan.hotline.interval_min, plan.hotline.time_zone)
    here = np.flatnonzero(window.dates >= np.datetime64(wanted[0], "D"))
    warm = min(WARM_UP_H * 60 // window.interval_min, int(here[0]), len(here))
    before = slice(int(here[0]) - warm, int(here[0]))
    first_day = int((window.dates == np.datetime64(wanted[0], "D")).sum())
    tail = slice(first_day - warm, first_day)
    mean, handling = _calls(plan, change, wanted, len(here))
    calls, aht = np.zeros((len(hotline.lines), len(window))), np.full((len(hotline.lines), len(window)), np.nan)
    seats = np.zeros((len(hotline.groups), len(window)))
    for target, source in ((calls, mean), (aht, handling), (seats, answer.seats.astype(np.float64))):
        target[:, here] = source
        target[:, before] = source[:, tail]
    rng = np.random.default_rng(np.random.SeedSequence([plan.seed, 0x51]))
    arrivals = rng.poisson(calls, (replications, *calls.shape)).astype(np.int64)
    stage(1, 1)
    if not engine_is_compiled():
        compile_engine(watch("compilation"))
    centre = centre_of(
        hotline,
        window,
        open_intervals(hotline, window, calendar_of(hotline)),
        arrivals,
        aht,
        presence_duties(seats, [group.id for group in hotline.groups], window),
    )
    counts = run_replications(
        replace(centre, absence_share=0.0, late_share=0.0, places=NO_LIMIT),
        seed=plan.seed,
        replications=replications,
        workers=workers,
        progress=watch("simulation"),
    )
    counts = counts[counts["date"] >= pd.Timestamp(wanted[0])]
    chosen = tuple(t for t in targets if t.id in answer.kpis)
    kpis = _kpis(counts, sorted({t.kpi for t in chosen}))
    return Verified(answer, build_scorecard(hotline, chosen, counts, kpis, {}), replications)


def _kpis(counts: pd.DataFrame, wanted: Sequence[str]) -> pd.DataFrame:
    """These KPIs of every replication."""
    days = counts.groupby(["replication", "date"], sort=True)[list(COUNTS)].sum().reset_index()
    rows = [
        {"replication": number, **{kpi: KPIS[kpi].of(part) for kpi in wanted}}
        for number, part in days.groupby("replication", sort=True)
    ]
    return pd.DataFrame(rows)


def _calls(
    plan: Plan, change: Change, days: Sequence[date], spell: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Expected first attempts and handling times ``(L, T)`` of the days."""
    from wfm.staffing.workload import calls_and_aht

    grid = grid_of(plan.hotline, plan.first, plan.days)
    columns = np.flatnonzero(np.isin(grid.dates, np.array(list(days), dtype="datetime64[D]")))
    calls, aht = calls_and_aht(plan.hotline, changed_summary(plan.forecast, change), grid)
    return calls[:, columns][:, :spell], aht[:, columns][:, :spell]
