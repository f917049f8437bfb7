"""What is expected of a day: the kept look that forecast its rest anew, else the forecast of the plan that holds it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd

from scenarios.kept_intraday import KeptIntraday
from scenarios.kept_plans import WHAT_IF
from scenarios.plan import Plan
from wfm.i18n import Text, both

__all__ = ["DayExpected", "day_expected", "plan_of_day"]

BAND = ("p025", "p10", "p90", "p975")


@dataclass(frozen=True, slots=True, eq=False)
class DayExpected:
    """Calls expected of a day.

    Attributes:
        updated: the moment of the records that the rest was forecast from; None: as planned, before the day.
        source: in words.
        intervals: line (empty: all together), interval, mean, p025, p10, p90, p975; bands NaN where they are not known,
            since quantiles of lines do not add up.
        before: line, interval, mean: as expected before the day; what "expected by now" is counted from.
        rest: line, mean, p10, p90, p025, p975 of the calls from the moment on; quantiles only of an updated forecast.
    """

    updated: datetime | None
    source: Text
    intervals: pd.DataFrame
    before: pd.DataFrame
    rest: pd.DataFrame

    def by(self, moment: datetime, line: str, interval_min: int) -> float:
        """Calls of a line (empty: all) that were expected until a moment of the day; NaN where nothing was."""
        rows = self.before[self.before["line"] == line] if line else self.before
        return _until(rows, moment, interval_min) if len(rows) else float("nan")

    def after(self, moment: datetime, line: str, interval_min: int) -> float:
        """Calls of a line (empty: all) still expected from a moment on; NaN where nothing is."""
        rows = self.intervals[self.intervals["line"] == line]
        return float(rows["mean"].sum()) - _until(rows, moment, interval_min) if len(rows) else float("nan")


def _until(rows: pd.DataFrame, moment: datetime, interval_min: int) -> float:
    """Sum up to a moment; the interval that holds it counts by the part that has passed."""
    seconds = (pd.Timestamp(moment) - rows["interval"]).dt.total_seconds()
    passed = (seconds / (60.0 * interval_min)).clip(lower=0.0, upper=1.0)
    return float((rows["mean"] * passed).sum())


def plan_of_day(day: date, plans: list[tuple[str, Plan]]) -> tuple[str, Plan] | None:
    """The newest plan that holds the day; those that only asked what if come last."""
    for name, plan in sorted(plans, key=lambda p: WHAT_IF in p[1].inputs):
        if plan.first <= day < plan.first + timedelta(days=plan.days):
            return name, plan
    return None


def day_expected(day: date, kept: KeptIntraday | None, planned: tuple[str, Plan] | None) -> DayExpected | None:
    """What is expected of the day; None where neither a kept look nor a plan says."""
    before = _of_plan(day, planned[1]) if planned is not None else None
    if kept is None:
        if before is None or planned is None:
            return None
        source = both("forecast of plan {name}", name=planned[0])
        return DayExpected(None, source, _with_all(before), before[["line", "interval", "mean"]], _no_rest())
    lines = kept.line_intervals.reindex(columns=["line", "interval", "mean", *BAND])
    every = pd.DataFrame(
        {
            "line": "",
            "interval": kept.intervals["interval"],
            "mean": kept.intervals["calls"],
            "p025": np.nan,
            "p10": kept.intervals["p10"],
            "p90": kept.intervals["p90"],
            "p975": np.nan,
        }
    )
    if len(set(kept.line_intervals["line"])) == 1:
        every = lines.assign(line="")
    rest = kept.lines[["line", "rest", "p025", "p10", "p90", "p975"]].rename(columns={"rest": "mean"})
    if before is None:
        before = _before_of_look(kept)
    return DayExpected(
        kept.now,
        both("rest of the day forecast anew from the calls until {clock}", clock=f"{kept.now:%H:%M}"),
        pd.concat([lines, every], ignore_index=True),
        before[["line", "interval", "mean"]],
        rest.assign(line=rest["line"].astype(object).fillna("")),
    )


def _of_plan(day: date, plan: Plan) -> pd.DataFrame:
    local = plan.forecast["interval"].dt.tz_convert(plan.hotline.time_zone)
    inside = plan.forecast[(local.dt.date == day).to_numpy()]
    found: pd.DataFrame = inside.reindex(columns=["line", "interval", "mean", *BAND])
    return found.assign(interval=local[inside.index])


def _with_all(lines: pd.DataFrame) -> pd.DataFrame:
    if len(set(lines["line"])) == 1:
        doubled: pd.DataFrame = pd.concat([lines, lines.assign(line="")], ignore_index=True)
        return doubled
    every: pd.DataFrame = lines.groupby("interval", as_index=False)["mean"].sum().assign(line="")
    found: pd.DataFrame = pd.concat([lines, every], ignore_index=True)
    return found


def _before_of_look(kept: KeptIntraday) -> pd.DataFrame:
    """The forecast before the day as a look keeps it: of all lines; each line's share as its updated forecast has it."""
    day = kept.line_intervals.groupby("line")["mean"].sum()
    shares = day / day.sum()
    planned = kept.intervals[["interval", "planned"]].rename(columns={"planned": "mean"})
    parts: list[pd.DataFrame] = [
        planned.assign(line=str(line), mean=planned["mean"] * float(share)) for line, share in shares.items()
    ]
    return pd.concat(parts, ignore_index=True)


def _no_rest() -> pd.DataFrame:
    return pd.DataFrame(columns=["line", "mean", *BAND])
