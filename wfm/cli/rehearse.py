"""``wfm rehearse``: a centre with generated records, a plan and a published roster, to practise on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wfm.cli import options
from wfm.i18n import say

__all__ = ["register"]

ADDRESS = "http://127.0.0.1:8350"
"""Where ``wfm serve`` is by default."""


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("rehearse", help=say("Make a centre to practise on: generated records, plan and published roster."))
    def rehearse(
        hotline: Annotated[str, typer.Argument(help=say("shipped name or hotline folder"))],
        out: Annotated[Path, typer.Option("--out", help=say("new folder to write it to"))],
        now: Annotated[str, options.now()] = "",
        days: Annotated[int, typer.Option("--days", min=14, max=730, help=say("days of records"))] = 70,
        seed: Annotated[int, options.seed()] = 1,
        replications: Annotated[
            int, typer.Option("--replications", min=2, max=10_000, help=say("simulated repetitions of the period"))
        ] = 40,
        as_json: Annotated[bool, options.as_json()] = False,
    ) -> None:
        from dashboard.reports import render_report
        from scenarios.pipeline import STAGES
        from scenarios.rehearsal import rehearse as make_rehearsal
        from scenarios.scenario import load_scenario
        from wfm.cli.console import print_json, stage_bars
        from wfm.cli.roster_asked import now_in

        scenario = load_scenario(hotline)
        names = {"generate": say("Generating calls")}
        names |= {key: text.of() for key, text in STAGES.items()} | {"report": say("Report")}
        with stage_bars(names) as bars:
            made = make_rehearsal(
                scenario,
                out,
                now_in(scenario.hotline, now),
                render_report,
                days_before=days,
                seed=seed,
                replications=replications,
                watch=bars.watch,
            )
        at = f"{made.now:%Y-%m-%dT%H:%M}"
        if as_json:
            print_json(
                {
                    "home": str(made.home),
                    "plans": str(made.plans),
                    "now": made.now.isoformat(),
                    "plan": made.plan,
                    "calls": made.calls,
                    "orders": made.orders,
                }
            )
            return
        print(
            say(
                "{calls:,} generated calls and {orders:,} work orders until {now}",
                calls=made.calls,
                orders=made.orders,
                now=at,
            )
        )
        print(say("Open it: WFM_HOME={home} wfm serve --plans {plans}", home=made.home, plans=made.plans))
        print(say("Once its link was opened, look from that moment: {address}", address=f"{ADDRESS}/today?at={at}"))
