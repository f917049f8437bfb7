"""The rest of the day from its morning, on three real centres: against no update and against the plain ratio.

    python tests/bench/intraday.py [--series bank] [--origins 120] [--half judge]

Every open day at the end of the data is forecast from the twelve weeks before it alone, as `wfm intraday` does, then
updated at 08:00, 10:00, 12:00 and 15:00. What days teach is learned anew every four weeks, from the same twelve weeks. Printed are the WAPE of the rest's
intervals and of its total, and how often the rest's total fell into the 80 and 95 % bands, for the earlier half of the
days (on which the method was tuned) and for the later half (which it had not seen), with half-widths of 95 %
intervals from a bootstrap over blocks of five days.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.calendar import TimeGrid, WorkingCalendar
from wfm.forecast import Forecast, forecast_calls
from wfm.forecast.intraday import reforecast, rest_of_day
from wfm.forecast.intraday_learning import IntradayLearning, learn_intraday
from wfm.forecast.intraday_seen import seen_today

Floats = NDArray[np.float64]

DATA = Path(os.environ.get("WFM_BENCH_DATA", Path(__file__).parents[2] / ".." / "shared" / "data"))
HOURS = (8, 10, 12, 15)
RELEARN_DAYS, BLOCK_DAYS, RESAMPLES = 28, 5, 2000
PATHS = 500
HISTORY_DAYS = 84


@dataclass(frozen=True)
class Series:
    """A file of the benchmark data: its interval, its weekend, the first day used, days before the first origin."""

    file: str
    interval_min: int
    weekend: tuple[int, ...]
    first: date
    training: int
    step: int


SERIES = {
    "bank": Series("bank_calls_5min_to_2003-09-12.parquet", 30, (5, 6), date(2003, 3, 3), 60, 1),
    "anonymous": Series("anonymous_bank_1999_6min_to_september.parquet", 30, (4, 5), date(1999, 1, 1), 60, 1),
    "seattle": Series("seattle_fire911_hourly_2015_2020.parquet", 60, (5, 6), date(2018, 1, 1), 84, 3),
}


@dataclass(frozen=True)
class Centre:
    """A series on its grid: counts (D, S), actuals, calendar."""

    series: Series
    counts: Floats
    actuals: pd.DataFrame
    calendar: WorkingCalendar

    def grid(self, day: int, days: int = 1) -> TimeGrid:
        """The grid of ``days`` days from number ``day`` on."""
        return TimeGrid(self.series.first + timedelta(days=day), days, self.series.interval_min, "UTC")


def read_centre(series: Series) -> Centre:
    """The file's calls on the series' intervals."""
    found = pd.read_parquet(DATA / series.file).dropna()
    calls = found["calls"].groupby(found["timestamp"].dt.floor(f"{series.interval_min}min")).sum()
    days = (calls.index[-1].date() - series.first).days + 1
    whole = TimeGrid(series.first, days, series.interval_min, "UTC")
    place = whole.locate(pd.DatetimeIndex(calls.index).tz_localize("UTC"))
    counts = np.zeros(len(whole))
    counts[place[place >= 0]] = calls.to_numpy()[place >= 0]
    actuals = pd.DataFrame(
        {"line": "all", "interval": whole.starts, "first_attempts": counts, "answered": 0.0, "handle_s": 0.0}
    )
    return Centre(series, counts.reshape(days, -1), actuals, WorkingCalendar(None, weekend=series.weekend))


def recent(centre: Centre, day: int) -> tuple[TimeGrid, pd.DataFrame]:
    """Grid and actuals of the weeks before a day."""
    days = min(day, HISTORY_DAYS)
    size = centre.counts.shape[1]
    return centre.grid(day - days, days), centre.actuals.iloc[(day - days) * size : day * size]


def day_forecast(centre: Centre, day: int) -> Forecast:
    """The forecast of one day from all days before it."""
    past, actuals = recent(centre, day)
    grid = centre.grid(day)
    return forecast_calls(
        actuals,
        past,
        grid,
        centre.calendar,
        ["all"],
        origin=grid.starts[0].to_pydatetime(),
        paths=2,
        seed=1,
        aht_prior_s={"all": 180.0},
    )


def learn(centre: Centre, day: int) -> IntradayLearning:
    """What the days before ``day`` teach."""
    past, actuals = recent(centre, day)
    return learn_intraday(
        actuals,
        past,
        centre.calendar,
        ["all"],
        origin=centre.grid(day).starts[0].to_pydatetime(),
        aht_prior_s={"all": 180.0},
    )


def play(centre: Centre, origins: int) -> pd.DataFrame:
    """One row a day and hour: errors of the three ways, and whether the bands held."""
    series, rows = centre.series, []
    days = [d for d in range(series.training, len(centre.counts), series.step) if centre.counts[d].sum() > 0]
    learned, learned_on = IntradayLearning(), -RELEARN_DAYS
    size = centre.counts.shape[1]
    for n, day in enumerate(days[-origins:]):
        if day - learned_on >= RELEARN_DAYS:
            learned, learned_on = learn(centre, day), day
        forecast = day_forecast(centre, day)
        if not (forecast.mean > 0).any():
            continue
        came, mean = centre.counts[day], forecast.mean[0]
        today = centre.actuals.iloc[day * size : (day + 1) * size]
        for hour in HOURS:
            now = datetime.fromisoformat(f"{forecast.grid.first}T{hour:02}:00+00:00")
            k = hour * 60 // series.interval_min
            if came[k:].sum() + mean[k:].sum() < 1:
                continue
            seen = seen_today(forecast, today, now)
            updated = reforecast(forecast, today, now, learned, paths=PATHS)
            band = rest_of_day(updated, seen).iloc[0]
            theory = reforecast(forecast, today, now, paths=2)
            # The plain ratio is of what the records hold; where nothing was due yet there is none.
            ratio = came[:k].sum() / mean[:k].sum() if mean[:k].sum() > 0 else 1.0
            ways = {
                "none": mean[k:],
                "ratio": mean[k:] * ratio,
                "theory": theory.mean[0, k:],
                "update": updated.mean[0, k:],
            }
            row: dict[str, float] = {"day": n, "hour": hour, "rest": came[k:].sum()}
            for way, values in ways.items():
                row[way] = np.abs(values - came[k:]).sum()
                row[f"{way} total"] = abs(values.sum() - came[k:].sum())
            # A count on the edge of a band lies half inside.
            row["80"] = _inside(came[k:].sum(), band["p10"], band["p90"])
            row["95"] = _inside(came[k:].sum(), band["p025"], band["p975"])
            rows.append(row)
    return pd.DataFrame(rows)


def _inside(came: float, low: float, high: float) -> float:
    return float(low < came < high) if came not in (low, high) else 0.5


def table(rows: pd.DataFrame) -> pd.DataFrame:
    """WAPE in per cent and coverage by hour, with the gain over no update and its bootstrap half-width."""
    found = []
    ways = ["none", "ratio", "theory", "update"]
    for hour, part in rows.groupby("hour"):
        total = part["rest"].sum()
        row = {"hour": f"{hour:02}:00", "days": len(part)}
        row |= {way: round(100 * part[way].sum() / total, 2) for way in ways}
        low, high = _gain(part)
        row["update ÷ none"] = f"{part['update'].sum() / part['none'].sum():.3f} [{low:.3f}, {high:.3f}]"
        row |= {f"{way} total": round(100 * part[f"{way} total"].sum() / total, 2) for way in ways}
        row["80 % held"], row["95 % held"] = round(100 * part["80"].mean(), 1), round(100 * part["95"].mean(), 1)
        found.append(row)
    return pd.DataFrame(found).set_index("hour")


def _gain(part: pd.DataFrame) -> tuple[float, float]:
    """95 % interval of the ratio of errors, over blocks of days."""
    rng = np.random.default_rng(7)
    block = np.arange(len(part)) // BLOCK_DAYS
    sums = part.groupby(block)[["update", "none"]].sum().to_numpy()
    drawn = sums[rng.integers(0, len(sums), (RESAMPLES, len(sums)))].sum(axis=1)
    low, high = np.quantile(drawn[:, 0] / drawn[:, 1], [0.025, 0.975])
    return float(low), float(high)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--series", choices=[*SERIES, "all"], default="all")
    parser.add_argument("--origins", type=int, default=160)
    parser.add_argument("--half", choices=["tune", "judge", "both"], default="both")
    asked = parser.parse_args()
    pd.set_option("display.width", 250)
    pd.set_option("display.max_columns", 30)
    for name in SERIES if asked.series == "all" else [asked.series]:
        if not (DATA / SERIES[name].file).exists():
            print(f"{name}: WFM_BENCH_DATA holds no {SERIES[name].file}; skipped", file=sys.stderr)
            continue
        began = time.process_time()
        rows = play(read_centre(SERIES[name]), asked.origins)
        middle = rows["day"].max() / 2
        for half, part in (("tune", rows[rows["day"] <= middle]), ("judge", rows[rows["day"] > middle])):
            if asked.half in (half, "both"):
                print(f"\n{name}, {half}: {part['day'].nunique()} days")
                print(table(part))
        print(f"{time.process_time() - began:.0f} s CPU")


if __name__ == "__main__":
    main()
