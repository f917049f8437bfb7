"""What the validation page measures: forecast, requirement and waits of a real week beside what happened.

Everything comes from the product's public functions; this file only arranges and compares.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.history import find_history
from scenarios.pipeline import PlanSettings, plan_hotline
from scenarios.plan import Plan
from scenarios.preparation import forecast_period
from scenarios.scenario import Scenario, load_scenario
from simulation import Centre, centre_of, simulate
from simulation.draws import constant
from wfm.calendar import TimeGrid
from wfm.forecast import Forecast
from wfm.hotline import calendar_of, grid_of, open_intervals
from wfm.metrics import kpi
from wfm.records import ImportResult, RecordStore, aggregate_actuals, import_calls, load_mapping
from wfm.tables import DUTIES

Floats = NDArray[np.float64]

FOLDER = Path(__file__).resolve().parents[1] / "tests" / "data" / "anonymous-bank"
RECORDS_FILE = "anonymous_bank_1999_calls_jan_feb.parquet"
SIX_MINUTE_FILE = "anonymous_bank_1999_6min_to_september.parquet"
HELD_OUT = date(1999, 2, 21)
NEXT = date(1999, 3, 1)
SEED = 1
BAND_PATHS = 1000
HOUR_PRIOR_CALLS = 100.0
GAP_MAX = pd.Timedelta(hours=1)
WAITS = {"asa_s": "mean wait", "service_level_20_offered": "within 20 s", "abandon_share": "abandoned"}
HOUR_COUNTS = ("queued", "answered", "abandoned", "wait_answered_s", "answered_within_20_s", "handle_s")


@dataclass(frozen=True)
class Bank:
    """The bank's hotline and its imported records."""

    scenario: Scenario
    imported: ImportResult
    six_minute: pd.Series

    @property
    def calls(self) -> pd.DataFrame:
        """Accepted calls, ``tables.CALLS``."""
        return self.imported.calls

    def rejected(self) -> Counter[str]:
        """Rejected rows by the reason's code."""
        return Counter(r.code for r in self.imported.rejected)

    def actuals(self, first: date, days: int) -> pd.DataFrame:
        """Interval actuals of the period, ``tables.ACTUALS``."""
        hotline = self.scenario.hotline
        grid = grid_of(hotline, first, days)
        return aggregate_actuals(self.calls, grid, hotline.line_ids, hotline.short_abandon_s)


def read_bank(data: Path) -> Bank:
    """Import the records; phone keys stay in memory."""
    scenario = load_scenario(FOLDER)
    imported = import_calls(
        data / RECORDS_FILE, load_mapping("anonymous-bank"), hotline=scenario.hotline, key=b"validation".ljust(32)
    )
    counts = pd.read_parquet(data / SIX_MINUTE_FILE).set_index("timestamp")["calls"]
    return Bank(scenario, imported, counts)


@dataclass(frozen=True)
class Week:
    """A week planned from the records before it."""

    plan: Plan
    grid: TimeGrid
    is_open: NDArray[np.bool_]
    forecast: Forecast
    """The plan's forecast with :data:`BAND_PATHS` paths, for the bands of sums over lines."""

    def total(self) -> tuple[Floats, Floats]:
        """Mean over all lines (T,), and quantiles 2.5, 10, 90, 97.5 % of it (4, T)."""
        paths = self.forecast.paths.sum(axis=1)
        return self.forecast.mean.sum(axis=0), np.quantile(paths, [0.025, 0.1, 0.9, 0.975], axis=0)

    def column(self, name: str) -> Floats:
        """Column of the requirement, (T,): the bank has one group."""
        return self.plan.requirement[name].to_numpy(float)

    def rostered(self) -> Floats:
        """Agents on duty by the roster, breaks taken out, (T,)."""
        return self.plan.cover["rostered_a"].to_numpy(float)


def plan_week(bank: Bank, first: date, home: Path, replications: int) -> Week:
    """Plan seven days as on the evening before ``first``: later records are not in the store."""
    hotline = bank.scenario.hotline
    known = bank.calls[bank.calls["arrived_at"].dt.date < first]
    RecordStore(home, hotline.id).add(known, f"until-{first}", "recorded", time_zone=hotline.time_zone)
    plan = plan_hotline(bank.scenario, PlanSettings(first, days=7, seed=SEED, replications=replications), home)
    history = find_history(hotline, first, SEED, home)
    grid, calendar = grid_of(hotline, first, 7), calendar_of(hotline)
    is_open = open_intervals(hotline, grid, calendar)
    forecast = forecast_period(hotline, history.actuals, history.grid, grid, calendar, seed=SEED, paths=BAND_PATHS)
    assert np.allclose(forecast.mean.ravel(), plan.forecast["mean"]), "the page shows the plan's own forecast"
    return Week(plan, grid, is_open, forecast)


# Forecast ---------------------------------------------------------------------------------------


def six_week_mean(bank: Bank, first: date) -> Floats:
    """Mean of the same weekday over the up to six recorded weeks before, (L, T): what a spreadsheet does."""
    size = len(bank.scenario.hotline.lines)
    weeks = []
    for back in range(1, 7):
        came = matrix(bank.actuals(first - timedelta(days=7 * back), 7), "first_attempts", size)
        by_day = came.reshape(size, 7, -1)
        silent = by_day.sum(axis=(0, 2)) == 0
        by_day[:, silent] = np.nan
        weeks.append(by_day)
    return np.asarray(np.nanmean(weeks, axis=0).reshape(size, -1), dtype=float)


def matrix(actuals: pd.DataFrame, column: str, lines: int) -> Floats:
    """A column of the actuals as (L, T)."""
    return actuals[column].to_numpy(float).reshape(lines, -1).copy()


def wape(forecast: Floats, came: Floats) -> float:
    """Σ|F−A| ÷ ΣA."""
    return float(np.abs(forecast - came).sum() / came.sum())


def inside(came: Floats, low: Floats, high: Floats, counted: NDArray[np.bool_]) -> float:
    """Share of the counted intervals whose calls lie in the band."""
    return float(((came >= low) & (came <= high))[..., counted].mean())


# People seen and what the queue made of them ----------------------------------------------------------


def agents_seen(bank: Bank, grid: TimeGrid) -> Floats:
    """Different agents on the phone at some time of each interval, (T,); who is idle throughout is not seen."""
    calls = bank.calls[(bank.calls["outcome"] == "answered") & bank.calls["agent"].notna()]
    last = np.where(
        calls["ended_at"] > calls["answered_at"], calls["ended_at"] - pd.Timedelta("1ns"), calls["ended_at"]
    )
    first_at = grid.locate(pd.DatetimeIndex(calls["answered_at"]))
    last_at = grid.locate(pd.DatetimeIndex(last).tz_convert(grid.time_zone))
    pairs = {
        (agent, at)
        for agent, a, b in zip(calls["agent"], first_at, last_at, strict=True)
        if a >= 0 and b >= 0
        for at in range(int(a), int(b) + 1)
    }
    return np.bincount([at for _, at in pairs], minlength=len(grid)).astype(float)


def duties_seen(bank: Bank, grid: TimeGrid, away_s: float) -> pd.DataFrame:
    """Duties made of what agents did: on duty from one call to the next, unless away in between.

    Away: callers waited for more than ``away_s`` between two calls of the agent, or more than
    :data:`GAP_MAX` passed. The whole gap then counts as absence.
    """
    calls = bank.calls[(bank.calls["outcome"] == "answered") & bank.calls["agent"].notna()]
    calls = calls[grid.locate(pd.DatetimeIndex(calls["answered_at"])) >= 0].sort_values(["agent", "answered_at"])
    until = calls.groupby("agent")["ended_at"].cummax()
    before = until.groupby(calls["agent"]).shift()
    gap = calls["answered_at"] - before
    waited_s = _time_with_queue(bank, grid, calls["answered_at"]) - _time_with_queue(
        bank, grid, before.fillna(calls["answered_at"])
    )
    spell = (gap.isna() | (gap > GAP_MAX) | (waited_s > away_s)).cumsum()
    spells = pd.DataFrame({"agent": calls["agent"], "start": calls["answered_at"], "end": until})
    duties = spells.groupby(spell).agg(agent=("agent", "first"), start=("start", "first"), end=("end", "last"))
    duties["end"] = duties["end"].where(duties["end"] > duties["start"], duties["start"] + pd.Timedelta("1s"))
    duties = duties.reset_index(drop=True)
    return duties.assign(
        date=duties["start"].dt.tz_localize(None).dt.normalize(),
        shift="seen",
        group=bank.scenario.hotline.groups[0].id,
        post=[f"seen-{n}" for n in range(len(duties))],
        role="A",
        breaks="",
        remote=False,
    )[DUTIES.column_names]


def _time_with_queue(bank: Bank, grid: TimeGrid, moments: pd.Series) -> Floats:
    """Seconds since the beginning of the records in which anybody waited for an agent, up to each moment."""
    asked = bank.calls[bank.calls["outcome"].isin(["answered", "abandoned"])]
    left = asked["answered_at"].where(asked["outcome"] == "answered", asked["ended_at"])
    start_s, end_s = (_seconds(series, grid) for series in (asked["queued_at"], left))
    times = np.concatenate([start_s, end_s])
    steps = np.repeat([1, -1], len(start_s))
    order = np.lexsort((-steps, times))
    waiting = np.cumsum(steps[order])[:-1] > 0
    total = np.concatenate([[0.0], np.cumsum(np.diff(times[order]) * waiting)])
    return np.interp(_seconds(moments, grid), times[order], total)


def _seconds(moments: pd.Series, grid: TimeGrid) -> Floats:
    return (moments - grid.starts[0]).dt.total_seconds().to_numpy(float)


def pause_between_calls(calls: pd.DataFrame) -> pd.Series:
    """Seconds from an agent's hanging up to the next answer, where that caller had been waiting all along."""
    calls = calls[(calls["outcome"] == "answered") & calls["agent"].notna()].sort_values(["agent", "answered_at"])
    before = calls.groupby("agent")["ended_at"].cummax().groupby(calls["agent"]).shift()
    pause_s = (calls["answered_at"] - before).dt.total_seconds()
    return pause_s[(calls["queued_at"] <= before) & (pause_s >= 0)]


def planned_centre(bank: Bank, week: Week) -> Centre:
    """The centre that the plan simulated: its forecast, its roster."""
    return centre_of(
        bank.scenario.hotline, week.grid, week.is_open, week.forecast.paths, week.forecast.aht_s, week.plan.duties
    )


def replayed_centre(bank: Bank, week: Week, away_s: float, pause_s: float) -> Centre:
    """The calls that asked for an agent in that week, met by the agents who were seen.

    Calls of each half-hour as recorded (redials are among them, so nobody redials); handling times with
    the week's mean of each line and factor of each hour; ``pause_s`` after each call; nobody absent.
    """
    hotline = bank.scenario.hotline
    size = len(hotline.lines)
    actuals = bank.actuals(week.grid.day_list[0], 7)
    asked = matrix(actuals, "queued", size)
    handled, answered = matrix(actuals, "handle_s", size), matrix(actuals, "answered", size)
    by_line = (handled.sum(axis=1) / answered.sum(axis=1))[:, None]
    hour = np.asarray(week.grid.minutes) // 60
    took = np.bincount(hour, handled.sum(axis=0), 24)
    expected = np.bincount(hour, (answered * by_line).sum(axis=0), 24)
    # An hour of the day has its own factor once it has many calls; 100 average ones pull it to 1.
    average = HOUR_PRIOR_CALLS * handled.sum() / answered.sum()
    aht = by_line * ((took + average) / (expected + average))[hour]
    duties = duties_seen(bank, week.grid, away_s)
    centre = centre_of(hotline, week.grid, np.ones(len(week.grid), bool), asked[None], aht, duties)
    return replace(
        centre,
        absence_share=0.0,
        hang_up_share=0.0,
        redial_share=(0.0,) * size,
        wrap=(constant(pause_s),) * size,
    )


def simulated_hours(centre: Centre, replications: int) -> Floats:
    """Counts by hour of arrival, (R, T ÷ 2, :data:`HOUR_COUNTS`)."""
    hours = int(len(centre.interval_date) * centre.interval_s // 3600)
    found = np.zeros((replications, hours, len(HOUR_COUNTS)))
    for n in range(replications):
        calls = simulate(centre, SEED, n).frame()
        wait_s = (calls["answered_s"] - calls["queued_s"]).to_numpy(float)
        answered = ~np.isnan(wait_s)
        queued = calls["queued_s"].notna().to_numpy()
        hour = np.minimum(calls["arrived_s"].to_numpy(float) // 3600, hours - 1).astype(int)
        values = (
            queued,
            answered,
            queued & ~answered,
            np.nan_to_num(wait_s),
            wait_s <= 20,
            calls["handle_s"].fillna(0),
        )
        for k, value in enumerate(values):
            found[n, :, k] = np.bincount(hour, weights=np.asarray(value, float), minlength=hours)
    return found


def observed_hours(bank: Bank, grid: TimeGrid) -> Floats:
    """The same counts as recorded, (T ÷ 2, counts)."""
    actuals = bank.actuals(grid.day_list[0], len(grid.day_list))
    per_hour = round(3600 / grid.interval_s)
    size = len(bank.scenario.hotline.lines)
    columns = [matrix(actuals, name, size).sum(axis=0).reshape(-1, per_hour).sum(axis=1) for name in HOUR_COUNTS]
    return np.stack(columns, axis=-1)


def waits(counts: Floats) -> dict[str, float]:
    """The measures of :data:`WAITS` of summed counts (counts,), by the product's own definitions."""
    row = pd.DataFrame([dict(zip(HOUR_COUNTS, counts, strict=True))])
    return {name: kpi(name).of(row) for name in WAITS}


def silent_span(bank: Bank, week: Week) -> tuple[datetime, datetime]:
    """The longest time within opening hours of the week in which no call was answered."""
    answered = bank.calls.loc[bank.calls["outcome"] == "answered", "answered_at"].sort_values()
    answered = answered[(answered >= week.grid.starts[0]) & (answered < week.grid.ends[-1])]
    same_day = answered.dt.date == answered.shift().dt.date
    gap = answered.diff().where(same_day)
    after = gap.idxmax()
    return (answered[after] - gap[after]).to_pydatetime(), answered[after].to_pydatetime()


# Times ---------------------------------------------------------------------------------------------


def queue_waits(calls: pd.DataFrame) -> tuple[Floats, NDArray[np.bool_]]:
    """Wait of each call that asked for an agent, and whether it was given up."""
    asked = calls[calls["outcome"].isin(["answered", "abandoned"])]
    gave_up = (asked["outcome"] == "abandoned").to_numpy()
    left = asked["answered_at"].where(~gave_up, asked["ended_at"])
    return (left - asked["queued_at"]).dt.total_seconds().to_numpy(float), gave_up


def survival(wait_s: Floats, gave_up: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Kaplan–Meier estimate of P(patience > t): times and values (answered calls are censored)."""
    order = np.lexsort((~gave_up, wait_s))
    at_risk = len(order) - np.arange(len(order))
    return wait_s[order], np.cumprod(1 - gave_up[order] / at_risk)


def time_figures(calls: pd.DataFrame) -> dict[str, float]:
    """Mean handling time, its cv, share of short calls, and mean patience by exponential maximum likelihood."""
    talk = calls.loc[calls["outcome"] == "answered", "talk_s"].to_numpy(float)
    wait_s, gave_up = queue_waits(calls)
    times, alive = survival(wait_s, gave_up)
    return {
        "aht_s": float(talk.mean()),
        "cv": float(talk[talk > 10].std() / talk[talk > 10].mean()),
        "short": float((talk <= 10).mean()),
        "patience_s": float(wait_s.sum() / max(gave_up.sum(), 1)),
        "median_patience_s": float(times[np.argmax(alive <= 0.5)]) if alive[-1] <= 0.5 else float("nan"),
        "hang_up": float((calls["outcome"] == "ivr_abandoned").mean()),
    }
