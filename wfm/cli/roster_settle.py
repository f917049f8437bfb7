"""``wfm roster attend``: keep who was signed in; ``wfm roster settle``: fees by person and firm."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wfm.cli import options
from wfm.i18n import say

if TYPE_CHECKING:
    from scheduler.settlement import Settlement

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands."""

    @app.command("attend", help=say("Keep who was signed in when, from a CSV or Excel file."))
    def attend(
        hotline: Annotated[str, options.scenario()],
        file: Annotated[Path, typer.Argument(help=say("columns agent, signed_in, signed_out"))],
    ) -> None:
        from scenarios.month_settled import record_attendance
        from scenarios.scenario import load_scenario
        from wfm.cli.roster_asked import user_name
        from wfm.store import open_store

        new, read = record_attendance(load_scenario(hotline), open_store(), file, who=user_name())
        print(say("{file}: {read} records, {new} of them new.", file=file, read=read, new=new))

    @app.command("settle", help=say("Fees of a month: signed-in hours × rate, by person and firm."))
    def settle(
        hotline: Annotated[str, options.scenario()],
        start: Annotated[str, options.month_start()],
        final: Annotated[
            bool, typer.Option("--final", help=say("settle: the month changes no more; otherwise only show"))
        ] = False,
        out: Annotated[
            Path | None, typer.Option("--out", help=say("write the roster with its settlement to this Excel file"))
        ] = None,
        now: Annotated[str, options.now()] = "",
        as_json: Annotated[bool, options.as_json()] = False,
    ) -> None:
        from scenarios.month_settled import settle_month
        from scenarios.scenario import load_scenario
        from wfm.cli.console import print_json
        from wfm.cli.result_file import check_result_file
        from wfm.cli.roster_asked import needed_day, now_in, user_name
        from wfm.store import open_store

        if out is not None:
            check_result_file(out, ".xlsx")
        scenario = load_scenario(hotline)
        at = now_in(scenario.hotline, now)
        found, fees = settle_month(
            scenario, open_store(), needed_day("--start", start), at, final=final, who=user_name()
        )
        if out is not None:
            from dashboard.reports.roster_book import render_roster_book
            from dashboard.reports.roster_paper import RosterPaper
            from scheduler.firm_duties import check_with_places
            from wfm.cli.result_file import write_whole

            violations = tuple(check_with_places(found.problem, found.duties))
            paper = RosterPaper(found.problem, found.duties, violations, str(found.version), at, found.posts_known)
            content = render_roster_book(paper, fees)
            write_whole(out, lambda path: _put(path, content))
        if as_json:
            print_json(settlement_json(fees, final=final))
        else:
            print_settlement(fees, final=final)
            if out is not None:
                print(say("Written to {file}.", file=out))


def _put(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def settlement_json(fees: Settlement, *, final: bool) -> dict[str, Any]:
    """What ``--json`` prints; amounts are decimal numbers in words, so that no cent is lost."""
    return {
        "final": final,
        "amount": str(fees.amount),
        "firms": [
            {"firm": f.firm, "people": f.people, "paid_h": f.paid_h, "amount": str(f.amount)} for f in fees.firms
        ],
        "people": [
            {
                "agent": p.agent,
                "firm": p.firm,
                "contract": p.contract,
                "duties_a": p.duties_a,
                "duties_b": p.duties_b,
                "rostered_h": p.rostered_h,
                "signed_in_h": p.signed_in_h,
                "off_duty_h": p.off_duty_h,
                "paid_h": p.paid_h,
                "rate": str(p.rate),
                "amount": str(p.amount),
                "missed": p.missed,
            }
            for p in fees.people
        ],
    }


def print_settlement(fees: Settlement, *, final: bool) -> None:
    """A row a firm and one a person with something to settle."""
    from rich.table import Table

    from wfm.cli.console import make_console

    table = Table(title=say("Settlement"), title_justify="left")
    for heading in (say("Firm"), say("Person")):
        table.add_column(heading)
    for heading in (
        say("rostered h"),
        say("signed in h"),
        say("off duty h"),
        say("paid h"),
        say("rate"),
        say("amount"),
        say("missed"),
    ):
        table.add_column(heading, justify="right")
    for firm in fees.firms:
        for p in (p for p in fees.people if p.firm == firm.firm):
            hours = (p.rostered_h, p.signed_in_h, p.off_duty_h, p.paid_h)
            table.add_row(
                firm.firm or "–",
                p.agent,
                *(f"{h:,.2f}" for h in hours),
                f"{float(p.rate):g}",
                f"{p.amount:,}",
                str(p.missed),
            )
        table.add_row(
            firm.firm or "–",
            say("{n} people", n=firm.people),
            "",
            "",
            "",
            f"{firm.paid_h:,.2f}",
            "",
            f"{firm.amount:,}",
            "",
            style="bold",
            end_section=True,
        )
    make_console().print(table)
    print(say("{amount:,} in all; each person rounded half up to the cent.", amount=fees.amount))
    if not final:
        print(say("Shown only; settle the month with --final."))
