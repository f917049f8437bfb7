"""``wfm hire``: heads by month, the hires that keep them, and the pool by firm."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wfm.cli import options
from wfm.errors import BadInput
from wfm.i18n import say

if TYPE_CHECKING:
    from datetime import date

__all__ = ["parse_month", "register"]


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("hire", help=say("Look ahead by month: heads needed, whom to hire when, the pool by firm."))
    def hire(
        scenario: Annotated[str, options.scenario()],
        months: Annotated[int, typer.Option("--months", help=say("months to look at, 1 to 36"))] = 24,
        start: Annotated[str, typer.Option("--start", help=say("first month, YYYY-MM (default: next month)"))] = "",
        confidence: Annotated[
            float | None,
            typer.Option(
                "--confidence", help=say("hire so that there are enough heads with this probability, 0.5 to 0.999")
            ),
        ] = None,
        out: Annotated[Path | None, typer.Option("--out", help=say("write the months to this CSV file"))] = None,
        as_json: Annotated[bool, options.as_json()] = False,
    ) -> None:
        from scenarios.hire import HIRE_STAGES, plan_hires
        from scenarios.scenario import load_scenario
        from wfm.cli.console import print_json, stage_bars
        from wfm.cli.hire_shown import hire_json, months_table, print_hire
        from wfm.cli.result_file import check_result_file, write_whole
        from wfm.execution import usable_cores
        from wfm.home import home_folder

        if confidence is not None and not 0.5 <= confidence <= 0.999:
            raise BadInput(
                say(
                    "{option}: found {found!r}, must be {allowed}",
                    option="--confidence",
                    found=f"{confidence:g}",
                    allowed=say("a probability from 0.5 to 0.999"),
                )
            )
        first = parse_month(start) if start else next_month()
        if out is not None:
            check_result_file(out, ".csv")
        loaded = load_scenario(scenario)
        with stage_bars({key: text.of() for key, text in HIRE_STAGES.items()}) as bars:
            plan = plan_hires(
                loaded,
                first,
                months,
                home_folder(),
                reserve=confidence,
                workers=usable_cores(),
                watch=bars.watch,
            )
        if out is not None:
            # The mark at the start tells Chinese Excel that this is UTF-8.
            table = months_table(plan)
            write_whole(out, lambda file: table.to_csv(file, index=False, encoding="utf-8-sig", lineterminator="\n"))
        if as_json:
            print_json(hire_json(plan, loaded))
        else:
            print_hire(plan, out)


def parse_month(text: str) -> date:
    """The first day of a month written YYYY-MM.

    Raises:
        BadInput: it is none.
    """
    import re
    from datetime import date

    found = re.fullmatch(r"(\d{4})-(\d{1,2})", text.strip())
    if found and 1 <= int(found[2]) <= 12 and 2000 <= int(found[1]) <= 2100:
        return date(int(found[1]), int(found[2]), 1)
    raise BadInput(say("--start: found {found!r}, allowed is a month such as 2026-10", found=text))


def next_month() -> date:
    """The first day of the month after this one."""
    from datetime import datetime

    from wfm.staffing.long_view import month_after

    return month_after(datetime.now().astimezone().date(), 1)
