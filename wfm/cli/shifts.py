"""``wfm shifts``: which shifts a hotline would best have, with breaks inside, for a coming period or a week that repeats."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wfm.cli import options
from wfm.i18n import say

if TYPE_CHECKING:
    from scenarios.shifts import ShiftSettings, ShiftView

LEVELS = ("interval", "day")
WAYS = ("formula", "simulation")
OVER_WEEKS = ("most", "mean")


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("shifts", help=say("Choose the shifts themselves: starts, lengths and breaks at least cost."))
    def shifts(
        scenario: Annotated[str, options.scenario()],
        start: Annotated[str, options.start()] = "",
        days: Annotated[int, options.days()] = 7,
        level: Annotated[str, options.level()] = "interval",
        grid_min: Annotated[
            int | None,
            typer.Option(
                "--grid-min", help=say("minutes between possible starts of breaks (default: the hotline's, 15)")
            ),
        ] = None,
        cyclic: Annotated[
            bool, typer.Option("--cyclic", help=say("one week that repeats, Sunday night running into Monday"))
        ] = False,
        over_weeks: Annotated[
            str,
            typer.Option("--over-weeks", help=say("with --cyclic, what the week needs: most or mean of the weeks")),
        ] = "most",
        shared_skills: Annotated[
            bool,
            typer.Option(
                "--shared-skills",
                help=say("people serve every group whose lines they know, and are as many as there are"),
            ),
        ] = False,
        by: Annotated[
            str,
            typer.Option("--by", help=say("formula, or simulation: targets must hold when every call is played")),
        ] = "formula",
        seconds: Annotated[float, typer.Option("--seconds", help=say("time that choosing may take"))] = 20.0,
        seed: Annotated[int, options.seed()] = 1,
        out: Annotated[
            Path | None,
            typer.Option("--out", help=say("write the shifts to this YAML file, ready for hotline.yaml")),
        ] = None,
        as_json: Annotated[bool, options.as_json()] = False,
    ) -> None:
        from scenarios.shifts import ShiftSettings
        from wfm.cli.plan import next_monday, one_of, parse_day
        from wfm.execution import usable_cores

        settings = ShiftSettings(
            first=parse_day(start) if start else next_monday(),
            days=days,
            level=one_of("--level", level, LEVELS),  # type: ignore[arg-type]
            grid_min=grid_min,
            cyclic=cyclic,
            over_weeks=one_of("--over-weeks", over_weeks, OVER_WEEKS),  # type: ignore[arg-type]
            shared_skills=shared_skills,
            by=one_of("--by", by, WAYS),  # type: ignore[arg-type]
            seconds=seconds,
            seed=seed,
            workers=usable_cores(),
        )
        view = _run(scenario, settings, out)
        if as_json:
            from wfm.cli.console import print_json
            from wfm.cli.shifts_shown import shifts_json

            print_json(shifts_json(view, out))
        else:
            from wfm.cli.shifts_shown import print_shifts

            print_shifts(view, out)


def _run(name: str, settings: ShiftSettings, out: Path | None) -> ShiftView:
    from scenarios.scenario import load_scenario
    from scenarios.shifts import SHIFT_STAGES, shifts_hotline
    from wfm.cli.console import stage_bars
    from wfm.cli.result_file import check_result_file, write_whole
    from wfm.cli.shifts_yaml import write_shifts
    from wfm.home import home_folder

    if out is not None:
        check_result_file(out, ".yaml", ".yml")
    scenario = load_scenario(name)
    if settings.by == "simulation":
        from wfm.cli.engine_told import tell_engine

        tell_engine()
    with stage_bars({key: text.of() for key, text in SHIFT_STAGES.items()}) as bars:
        view = shifts_hotline(scenario, settings, home_folder(), bars.watch)
    if out is not None:
        write_whole(out, lambda file: write_shifts(view.choice, file))
    return view
