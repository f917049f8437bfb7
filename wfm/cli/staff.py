"""``wfm staff``: the seats of a coming period, with every interval or with the day keeping the standard."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wfm.cli import options
from wfm.i18n import say

if TYPE_CHECKING:
    from scenarios.staff import StaffSettings, StaffView

LEVELS = ("interval", "day")
CLOCKS = ("offered-load", "backlog", "plain")
WAYS = ("formula", "simulation")


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("staff", help=say("Compute the seats of a coming period, and what strictness and confidence cost."))
    def staff(
        scenario: Annotated[str, options.scenario()],
        level: Annotated[str, options.level()] = "interval",
        confidence: Annotated[float | None, options.confidence()] = None,
        clock: Annotated[
            str,
            typer.Option("--clock", help=say("how load follows the clock: offered-load, backlog or plain")),
        ] = "offered-load",
        by: Annotated[
            str,
            typer.Option(
                "--by", help=say("formula, or simulation: search the fewest seats that hold when every call is played")
            ),
        ] = "formula",
        each_line: Annotated[
            bool, typer.Option("--each-line", help=say("by simulation: every line keeps the targets by itself"))
        ] = False,
        absence: Annotated[
            bool, typer.Option("--absence", help=say("by simulation: agents fail to come as often as the hotline says"))
        ] = False,
        start: Annotated[str, options.start()] = "",
        days: Annotated[int, options.days()] = 28,
        seed: Annotated[int, options.seed()] = 1,
        out: Annotated[
            Path | None, typer.Option("--out", help=say("write the seats of every interval to this CSV file"))
        ] = None,
        as_json: Annotated[bool, options.as_json()] = False,
    ) -> None:
        from scenarios.staff import StaffSettings
        from wfm.cli.plan import next_monday, one_of, parse_day
        from wfm.execution import usable_cores

        settings = StaffSettings(
            first=parse_day(start) if start else next_monday(),
            days=days,
            level=one_of("--level", level, LEVELS),  # type: ignore[arg-type]
            confidence=confidence,
            clock=one_of("--clock", clock, CLOCKS),  # type: ignore[arg-type]
            seed=seed,
            by=one_of("--by", by, WAYS),  # type: ignore[arg-type]
            each_line=each_line,
            absence=absence,
            workers=usable_cores(),
        )
        view = _run(scenario, settings, out)
        if as_json:
            from wfm.cli.console import print_json
            from wfm.cli.staff_shown import staff_json

            print_json(staff_json(view))
        else:
            from wfm.cli.staff_shown import print_staff

            print_staff(view, out)


def _run(name: str, settings: StaffSettings, out: Path | None) -> StaffView:
    from scenarios.scenario import load_scenario
    from scenarios.staff import STAFF_STAGES, staff_hotline
    from wfm.cli.console import stage_bars
    from wfm.cli.result_file import check_result_file, write_whole
    from wfm.home import home_folder

    if out is not None:
        check_result_file(out, ".csv")
    scenario = load_scenario(name)
    with stage_bars({key: text.of() for key, text in STAFF_STAGES.items()}) as bars:
        view = staff_hotline(scenario, settings, home_folder(), bars.watch)
    if out is not None:
        table = view.requirement.assign(interval=[t.isoformat() for t in view.requirement["interval"]])
        # The mark at the start tells Chinese Excel that this is UTF-8.
        write_whole(out, lambda file: table.to_csv(file, index=False, encoding="utf-8-sig", lineterminator="\n"))
    return view
