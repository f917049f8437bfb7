"""How today goes: the morning against its forecast, the rest of the day, where it will end, and what would help."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.daily_compliance import deciding_targets
from scenarios.expectations import expected_kind_factors
from scenarios.history import RECORDED_DAYS_MIN
from scenarios.intraday_closed import closed_counts_to_come
from scenarios.intraday_kpi import DayEnd, DayKpi, done_counts
from scenarios.intraday_moves import Move, find_moves
from scenarios.intraday_roster import agents_on_duty, roster_of_day, seats_expected
from scenarios.intraday_situation import Situation
from scenarios.preparation import Prepared, StageProgress, prepare, silent, staged
from scenarios.scenario import Scenario
from wfm.errors import BadInput
from wfm.forecast import Forecast
from wfm.forecast.intraday import reforecast, rest_of_day
from wfm.forecast.intraday_learning import IntradayLearning, learn_intraday
from wfm.forecast.intraday_seen import SeenDay, seen_today
from wfm.hotline import Hotline, grid_of
from wfm.i18n import Text, both, say
from wfm.metrics import KPIS
from wfm.records import RecordStore, aggregate_actuals
from wfm.staffing import compute_requirement, compute_workload, unreachable_targets

__all__ = ["STAGES", "Intraday", "look_at_day"]

Floats = NDArray[np.float64]

STAGES: dict[str, Text] = {
    "history": Text("Call records", "通话记录"),
    "forecast": Text("Forecast", "话务预测"),
    "learning": Text("How past days went on", "往日走势"),
    "day": Text("End of the day", "当日结果"),
    "moves": Text("Moves", "调整措施"),
}
"""Stages in their order, with the names that progress shows."""

LEARNING_DAYS = 182
"""Latest days of the history that past mornings are forecast from, several times: half a year keeps that quick."""
PATHS = 1000


@dataclass(frozen=True, slots=True)
class Intraday:
    """One day up to now, and its rest.

    ``lines``: columns of :func:`wfm.forecast.intraday.rest_of_day`; ``intervals``: interval, planned (calls
    forecast before the day), recorded, calls (recorded and forecast), p10, p90, all lines together; ``seats``:
    group, interval, on_duty, heads (required), over (on_duty − heads), from now on; ``moves``: what would help,
    the most first.
    """

    hotline: Hotline
    now: datetime
    seed: int
    roster: str
    lines: pd.DataFrame
    intervals: pd.DataFrame
    seats: pd.DataFrame
    kpis: tuple[DayKpi, ...]
    moves: tuple[Move, ...]
    notes: tuple[Text, ...]
    days_learned: int
    forecast: Forecast


def look_at_day(
    scenario: Scenario,
    asked: str,
    now: datetime,
    home: Path,
    *,
    roster: str = "",
    seed: int = 1,
    watch: StageProgress = silent,
) -> Intraday:
    """Look at the day that holds ``now``, from the records before ``now`` alone.

    Args:
        scenario: hotline and people.
        asked: the scenario as it was asked for.
        now: the moment, with a time zone.
        home: where call records live.
        roster: folder or file of the roster; empty: what the planning store holds.
        seed: seed of the forecast's paths.
        watch: called with a stage's key, returns the progress to tell of it.

    Raises:
        BadInput: there are no records of the last week, or no roster that holds the day.
    """
    hotline = scenario.hotline
    now = now.astimezone(ZoneInfo(hotline.time_zone))
    day = now.date()
    store = RecordStore(home, hotline.id)
    recorded = [d for d in store.days() if d < day]
    if len(recorded) < RECORDED_DAYS_MIN:
        raise BadInput(
            say(
                "{hotline} has call records of {found} days before {day}; at least {least} are needed to forecast it (wfm import)",
                hotline=hotline.id,
                found=len(recorded),
                day=day,
                least=RECORDED_DAYS_MIN,
            )
        )
    at_hand = roster_of_day(scenario, asked, day, roster)
    prepared = prepare(scenario, day, 1, seed=seed, paths=PATHS, home=home, watch=watch)
    learned = staged(watch, "learning", lambda: _learn(prepared))
    calls, actuals = _today(store, prepared, now)
    seen = seen_today(prepared.forecast, actuals, now)
    updated = reforecast(prepared.forecast, actuals, now, learned)
    grid = prepared.grid
    workload = compute_workload(hotline, updated.summary(), grid, prepared.calendar)
    requirement = compute_requirement(hotline, workload, prepared.targets, "interval")
    on_duty = agents_on_duty(hotline, at_hand.duties, grid)
    seats = seats_expected(hotline, on_duty)
    unreachable = {t.id for t, _ in unreachable_targets(hotline, prepared.targets)}
    targets = deciding_targets(prepared.targets, unreachable)
    end = DayEnd(
        hotline,
        grid,
        prepared.calendar,
        targets=targets,
        done=done_counts(hotline, calls, actuals),
        so_far=seen.calls,
        passed=seen.passed,
        handling_s=updated.aht_s,
        closed=closed_counts_to_come(store, hotline, prepared.calendar, now),
    )
    rest = updated.mean - seen.calls
    all_day = closed_counts_to_come(store, hotline, prepared.calendar, grid.starts[0].to_pydatetime())
    kpis = _kpis(end, prepared, rest, updated.paths - seen.calls, seats, all_day, watch)
    situation = Situation(
        hotline=hotline,
        grid=grid,
        now=now,
        problem=at_hand.problem,
        duties=at_hand.duties.reset_index(drop=True),
        on_duty=on_duty,
        heads=requirement["heads"].to_numpy(dtype=np.float64).reshape(on_duty.shape),
        minimum=np.array([g.minimum_seats for g in hotline.groups], dtype=np.float64),
        blended_erlang=workload.table["blended_erlang"].to_numpy(dtype=np.float64).reshape(on_duty.shape),
        load_erlang=workload.table["load_erlang"].to_numpy(dtype=np.float64).reshape(on_duty.shape),
        passed=seen.passed,
        calls=rest,
    )
    moves = find_moves(situation, end, kpis, watch("moves"))
    return Intraday(
        hotline=hotline,
        now=now,
        seed=seed,
        roster=at_hand.name,
        lines=rest_of_day(updated, seen),
        intervals=_intervals(prepared.forecast, updated, seen),
        seats=_seats(situation),
        kpis=kpis,
        moves=moves,
        notes=_notes(prepared, updated, now, learned),
        days_learned=learned.days,
        forecast=updated,
    )


def _learn(prepared: Prepared) -> IntradayLearning:
    hotline, history = prepared.hotline, prepared.history
    days = min(history.grid.days, LEARNING_DAYS)
    past = grid_of(hotline, history.grid.first + timedelta(days=history.grid.days - days), days)
    return learn_intraday(
        history.actuals,
        past,
        prepared.calendar,
        hotline.line_ids,
        origin=prepared.grid.starts[0].to_pydatetime(),
        aht_prior_s={line.id: line.handling.mean_s for line in hotline.lines},
        kind_factors=expected_kind_factors(hotline),
    )


def _today(store: RecordStore, prepared: Prepared, now: datetime) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Today's calls before now, and the day's interval actuals up to now."""
    hotline, grid = prepared.hotline, prepared.grid
    day: date = grid.first
    # Yesterday evening's calls show which of today's are redials.
    calls = store.calls(day - timedelta(days=1), day, time_zone=hotline.time_zone)
    calls = calls[calls["arrived_at"] < pd.Timestamp(now)]
    today = calls[calls["arrived_at"] >= grid.starts[0]]
    if len(today):
        actuals = aggregate_actuals(calls, grid, hotline.line_ids, hotline.short_abandon_s)
    else:
        actuals = store.actuals(grid, hotline.line_ids, hotline.short_abandon_s)
    actuals = actuals[actuals["interval"] < pd.Timestamp(now)]
    return today, actuals.assign(handle_s=_with_wrap_up(hotline, today, actuals))


def _with_wrap_up(hotline: Hotline, calls: pd.DataFrame, actuals: pd.DataFrame) -> pd.Series:
    """Handling times with the hotline's after-call work on lines whose calls tell of none, as in the history."""
    handle_s = actuals["handle_s"].copy()
    answered = calls[calls["outcome"] == "answered"]
    for line in hotline.lines:
        mine = answered["line"] == line.id
        if mine.any() and not answered.loc[mine, "wrap_s"].notna().any():
            here = actuals["line"] == line.id
            wrap_s = (1 - line.handling.short_call_share) * line.handling.wrap_s
            handle_s[here] += actuals.loc[here, "answered"] * wrap_s
    return handle_s


def _kpis(
    end: DayEnd,
    prepared: Prepared,
    rest: Floats,
    rests: Floats,
    seats: Floats,
    closed: dict[str, float],
    watch: StageProgress,
) -> tuple[DayKpi, ...]:
    planned = DayEnd(
        prepared.hotline,
        prepared.grid,
        prepared.calendar,
        targets=end.targets,
        done=dict.fromkeys(end.done, 0.0),
        so_far=np.zeros_like(rest),
        passed=np.zeros_like(end.passed),
        handling_s=prepared.forecast.aht_s,
        closed=closed,
    ).values(prepared.forecast.mean, seats)
    so_far, expected = end.so_far_values(), end.values(rest, seats)
    drawn = end.over_paths(rest, rests, seats, watch("day"))
    found = []
    for target in end.targets:
        values = drawn[target.id][np.isfinite(drawn[target.id])]
        low, high = np.quantile(values, [0.1, 0.9]) if len(values) else (np.nan, np.nan)
        met = np.mean([target.met(float(v)) for v in values]) if len(values) else np.nan
        found.append(
            DayKpi(
                target=target.id,
                name=target.name,
                kpi=target.kpi,
                unit=KPIS[target.kpi].unit,
                operator=target.operator or "",
                limit=float(target.limit or 0.0),
                planned=planned[target.id],
                so_far=so_far[target.id],
                value=expected[target.id],
                low=float(low),
                high=float(high),
                p_met=float(met),
            )
        )
    return tuple(found)


def _intervals(before: Forecast, updated: Forecast, seen: SeenDay) -> pd.DataFrame:
    totals = updated.paths.sum(axis=1)
    low, high = np.quantile(totals, [0.1, 0.9], axis=0)
    return pd.DataFrame(
        {
            "interval": before.grid.starts,
            "planned": before.mean.sum(axis=0),
            "recorded": np.where(seen.passed > 0, seen.calls.sum(axis=0), np.nan),
            "calls": updated.mean.sum(axis=0),
            "p10": low,
            "p90": high,
        }
    )


def _seats(situation: Situation) -> pd.DataFrame:
    rest = situation.passed < 1
    starts = situation.grid.starts[rest]
    parts = [
        pd.DataFrame(
            {
                "group": group.id,
                "interval": starts,
                "on_duty": situation.on_duty[g, rest],
                "heads": situation.heads[g, rest],
                "over": situation.on_duty[g, rest] - situation.heads[g, rest],
            }
        )
        for g, group in enumerate(situation.hotline.groups)
    ]
    return pd.concat(parts, ignore_index=True)


def _notes(prepared: Prepared, updated: Forecast, now: datetime, learned: IntradayLearning) -> tuple[Text, ...]:
    notes = list(updated.notes)
    open_now = np.flatnonzero(prepared.open_mask)
    clock = f"{now:%H:%M}"
    if len(open_now):
        first, last = prepared.grid.starts[open_now[0]], prepared.grid.ends[open_now[-1]]
        if pd.Timestamp(now) < first:
            notes.insert(0, both("It is {now}; agents answer from {first} on", now=clock, first=f"{first:%H:%M}"))
        elif pd.Timestamp(now) >= last:
            notes.insert(0, both("It is {now}; agents answered until {last}", now=clock, last=f"{last:%H:%M}"))
    else:
        notes.insert(0, both("The hotline is closed on {day}", day=f"{now:%Y-%m-%d}"))
    if learned.days == 0:
        notes.append(both("The past is too short to learn how days go on; the update follows theory alone"))
    if prepared.history.kind == "synthetic":
        notes.append(both("The records are synthetic, made from the hotline's assumed demand"))
    return tuple(notes)
