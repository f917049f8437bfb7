"""``wfm backtest``: how good forecasts of the past would have been, and how much of the error nobody could avoid."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wfm.cli import options
from wfm.i18n import say

if TYPE_CHECKING:
    from wfm.cli.console import StageBars
    from wfm.forecast.backtest import Backtest, Series

HORIZON_DAYS_MAX = 92
ORIGINS_MAX = 1000


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("backtest", help=say("Forecast the past again and again, and score the forecasts."))
    def backtest(
        source: Annotated[
            str, typer.Argument(metavar="SCENARIO|FILE", help=say("hotline with call records, or a file of counts"))
        ],
        time_column: Annotated[
            str, typer.Option("--time-column", help=say("column of a file with the time"))
        ] = "timestamp",
        count_column: Annotated[
            str, typer.Option("--count-column", help=say("column of a file with the count"))
        ] = "calls",
        interval_min: Annotated[
            int, typer.Option("--interval-min", help=say("minutes of an interval, for a file"))
        ] = 30,
        time_zone: Annotated[
            str, typer.Option("--time-zone", help=say("time zone of a file's times, as Asia/Shanghai"))
        ] = "UTC",
        country: Annotated[
            str, typer.Option("--country", help=say("whose holidays a file's days keep, as CN (default: none)"))
        ] = "",
        horizons: Annotated[
            str, typer.Option("--horizons", help=say("how far ahead, in days or weeks, as 1d,1w,4w"))
        ] = "1d,1w,4w",
        origins: Annotated[int, typer.Option("--origins", help=say("on how many mornings forecasts are made"))] = 8,
        first_origin: Annotated[
            str, typer.Option("--first-origin", help=say("first of them, YYYY-MM-DD (default: the last that fit)"))
        ] = "",
        model: Annotated[
            str,
            typer.Option("--model", help=say("default, recent-mean, boosted, several with commas, or all of them")),
        ] = "default",
        seed: Annotated[int, options.seed()] = 1,
        as_json: Annotated[bool, options.as_json()] = False,
    ) -> None:
        from wfm.cli.backtest_shown import backtest_json, print_backtest
        from wfm.cli.console import print_json, stage_bars
        from wfm.errors import BadInput
        from wfm.forecast.backtest import backtest as run
        from wfm.forecast.backtest import choose_origins
        from wfm.forecast.models import MODELS, find_model

        names = list(MODELS) if model == "all" else [name.strip() for name in model.split(",")]
        models = {name: find_model(name) for name in names}
        days = _horizons(horizons)
        if not 1 <= origins <= ORIGINS_MAX:
            raise BadInput(say("--origins: found {found}, allowed are 1 to {most}", found=origins, most=ORIGINS_MAX))
        if seed < 0:
            raise BadInput(say("--seed: found {seed}, allowed are whole numbers from 0", seed=seed))
        first = _day(first_origin)
        stages = {"read": say("Reading {name}", name=Path(source).name)}
        stages |= {name: say("Forecasting: {model}", model=name) for name in names}
        with stage_bars(stages) as bars:
            series = _series(source, time_column, count_column, interval_min, time_zone, country, bars)
            mornings = choose_origins(series, max(days.values()), origins, first)
            found = [
                run(
                    series,
                    models[name],
                    name,
                    horizons_days=list(days.values()),
                    origins=mornings,
                    seed=seed,
                    progress=bars.watch(name),
                )
                for name in names
            ]
        found = _one_floor(found)
        if as_json:
            print_json(backtest_json(source, series, days, found, seed))
        else:
            print_backtest(series, days, found)


def _one_floor(found: list[Backtest]) -> list[Backtest]:
    """The same floor for all: that of the first model, as chance does not depend on who forecasts."""
    first = found[0].scores
    return [
        replace(
            one,
            scores={
                key: replace(
                    score, poisson_floor_share=first[key].poisson_floor_share, floor_share=first[key].floor_share
                )
                for key, score in one.scores.items()
                if key in first
            },
        )
        for one in found
    ]


def _series(
    source: str,
    time_column: str,
    count_column: str,
    interval_min: int,
    time_zone: str,
    country: str,
    bars: StageBars,
) -> Series:
    """The records of a hotline, or those of a file."""
    from wfm.forecast.series_file import is_series_file, read_series

    if is_series_file(source):
        from wfm.calendar import WorkingCalendar

        return read_series(
            Path(source),
            WorkingCalendar(country or None),
            time_column=time_column,
            count_column=count_column,
            interval_min=interval_min,
            time_zone=time_zone,
            progress=bars.watch("read"),
        )
    from scenarios.backtest import recorded_series
    from scenarios.scenario import load_scenario
    from wfm.home import home_folder

    progress = bars.watch("read")
    progress(0, 1)
    series = recorded_series(load_scenario(source).hotline, home_folder())
    progress(1, 1)
    return series


def _horizons(text: str) -> dict[str, int]:
    """Days of each horizon by its name."""
    from wfm.errors import BadInput

    found: dict[str, int] = {}
    for word in text.split(","):
        match = re.fullmatch(r"\s*(\d{1,3})([dw])\s*", word)
        days = int(match[1]) * (7 if match[2] == "w" else 1) if match else 0
        if not 1 <= days <= HORIZON_DAYS_MAX:
            raise BadInput(
                say(
                    "--horizons: found {found!r}, allowed are days and weeks up to {most} days, as 1d,1w,4w",
                    found=word.strip(),
                    most=HORIZON_DAYS_MAX,
                )
            )
        found[word.strip()] = days
    return found


def _day(text: str) -> date | None:
    from wfm.errors import BadInput

    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(say("--first-origin: found {found!r}, allowed is a day as 2026-09-14", found=text)) from None
