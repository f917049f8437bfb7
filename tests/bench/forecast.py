"""Our forecasts and those of peers at the same rolling origins of three real series, scored on the same cells.

``make bench-forecast`` runs it: the peers in an environment of their own, an hour or two for all of them at 60 daily origins.
Goes on where it stopped. ::

    python tests/bench/forecast.py [--every 4] [--peers-python FILE] [--out FOLDER] [--page FILE.csv]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from forecast_series import HORIZONS, QUANTILES, SERIES, Series, load, scores

from wfm.calendar import TimeGrid, WorkingCalendar
from wfm.forecast import forecast_calls

PEERS = ("mean6", "naive", "theta", "mstl", "mstl_arima", "prophet", "prophet_flat", "arima", "arima_stationary")
OURS = "ours"
HISTORY_WEEKS = 104


def forecast_origin(series: Series, table: pd.DataFrame, origin: pd.Timestamp) -> pd.DataFrame:
    """Our quantiles of the 28 days after one origin, cells that became known only."""
    first = max(series.counts.index[0].normalize(), origin - pd.Timedelta(weeks=HISTORY_WEEKS))
    past = TimeGrid(first.date(), (origin - first).days, series.interval_min, "UTC")
    ahead = TimeGrid(origin.date(), 28, series.interval_min, "UTC")
    began = time.process_time()
    forecast = forecast_calls(
        table[(table["interval"] >= past.starts[0]) & (table["interval"] < ahead.starts[0])],
        past,
        ahead,
        WorkingCalendar(None),
        ["calls"],
        origin=ahead.starts[0].to_pydatetime(),
        paths=1,
        seed=1,
        aht_prior_s={"calls": 180.0},
        observed=past.starts.isin(table["interval"]),
    )
    found = pd.DataFrame({name: forecast.quantile(q)[0] for name, q in QUANTILES.items()})
    found.insert(0, "origin", origin)
    found["cpu_s"] = time.process_time() - began
    found.index = ahead.starts.tz_localize(None)
    wanted = series.wanted(origin).rename("actual")
    return found.join(wanted, how="inner").rename_axis("timestamp").reset_index()


def forecast_ours(series: Series, file: Path, every: int) -> None:
    """Our forecasts at every origin, kept in a file."""
    known = series.counts.dropna()
    table = pd.DataFrame(
        {
            "line": pd.Series(["calls"] * len(known), dtype="string"),
            "interval": known.index.tz_localize("UTC"),
            "first_attempts": known.to_numpy(),
            "answered": 0.0,
            "handle_s": np.nan,
        }
    )
    origins = series.origins[::every]
    parts = []
    for number, origin in enumerate(origins):
        parts.append(forecast_origin(series, table, origin))
        print(f"\r{series.name} {OURS}: {number + 1} of {len(origins)}", end="", file=sys.stderr)
    print(file=sys.stderr)
    pd.concat(parts).to_parquet(file)


def scored(folder: Path) -> pd.DataFrame:
    """Scores by series, forecaster and horizon, and ours on the origins that the forecaster has."""
    rows = []
    for name in SERIES:
        ours = pd.read_parquet(folder / f"{name}_{OURS}.parquet")
        for who in (OURS, *PEERS):
            file = folder / f"{name}_{who}.parquet"
            if not file.exists():
                continue
            table = pd.read_parquet(file)
            common = set(table["origin"]) & set(ours["origin"])
            score = scores(table[table["origin"].isin(common)]).rename_axis("horizon").reset_index()
            beside = scores(ours[ours["origin"].isin(common)]).reset_index()
            score["ours_over_wape"] = beside["wape"] / score["wape"]
            score["ours_over_pinball"] = beside["pinball"] / score["pinball"]
            score["cpu_s"] = table.groupby("origin")["cpu_s"].first().median()
            score.insert(0, "origins", len(common))
            score.insert(0, "forecaster", who)
            score.insert(0, "series", name)
            rows.append(score)
    return pd.concat(rows, ignore_index=True)


def main() -> None:
    """Forecast, score and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="forecast at every n-th origin")
    parser.add_argument("--out", type=Path, default=Path("out/forecast-bench"), help="folder of the forecasts")
    parser.add_argument("--peers-python", type=Path, help="Python of the peers' environment; without it ours alone")
    parser.add_argument("--page", type=Path, help="CSV file for the scores, as the documentation shows them")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    for name in SERIES:
        forecast_ours(load(name), asked.out / f"{name}_{OURS}.parquet", asked.every)
        if asked.peers_python:
            script = str(Path(__file__).with_name("forecast_peers.py"))
            command = [
                str(asked.peers_python),
                script,
                name,
                *PEERS,
                "--out",
                str(asked.out),
                "--every",
                str(asked.every),
            ]
            subprocess.run(command, check=True)
    table = scored(asked.out)
    if asked.page:
        table.round(5).to_csv(asked.page, index=False)
    for name in SERIES:
        here = table[table["series"] == name]
        for horizon in HORIZONS:
            row = here[here["horizon"] == horizon].set_index("forecaster")
            own, peers = row.loc[OURS], row.drop(index=OURS)
            print(f"{name} {horizon}: WAPE {own['wape']:.2%}, bands {own['cover80']:.1%} and {own['cover95']:.1%}")
            for who, peer in peers.sort_values("ours_over_wape", ascending=False).iterrows():
                print(
                    f"    {who:<18}{peer['wape']:.2%} at {peer['origins']:.0f} origins; ours over it {peer['ours_over_wape']:.3f}, "
                    f"pinball {peer['ours_over_pinball']:.3f}"
                )


if __name__ == "__main__":
    main()
