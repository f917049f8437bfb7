"""``wfm roster swap``: may two people swap duties? Checked against every rule and the deadline, then agreed."""

from __future__ import annotations

from typing import Annotated

import typer

from wfm.cli import options
from wfm.i18n import say

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("swap", help=say("Check whether two people may swap duties of the published roster, and agree to it."))
    def swap(
        hotline: Annotated[str, options.scenario()],
        start: Annotated[str, options.month_start()],
        giver: Annotated[str, typer.Option("--giver", help=say("who gives a duty away (number)"))],
        date: Annotated[str, typer.Option("--date", help=say("day of that duty, YYYY-MM-DD"))],
        taker: Annotated[str, typer.Option("--taker", help=say("who takes it (number)"))],
        back: Annotated[
            str, typer.Option("--for", help=say("day of the taker's duty that the giver takes in return"))
        ] = "",
        shift: Annotated[
            str, typer.Option("--shift", help=say("which duty, where the giver has several that day"))
        ] = "",
        agree: Annotated[
            bool, typer.Option("--agree", help=say("publish the swap if nothing speaks against it"))
        ] = False,
        now: Annotated[str, options.now()] = "",
        as_json: Annotated[bool, options.as_json()] = False,
    ) -> None:
        from scenarios.month_changes import swap_in_month
        from scenarios.scenario import load_scenario
        from scheduler.swaps import Swap
        from wfm.cli.console import print_json
        from wfm.cli.roster_asked import day_asked, needed_day, now_in, user_name
        from wfm.cli.roster_leave import print_takers
        from wfm.store import open_store

        scenario = load_scenario(hotline)
        asked = Swap(giver, needed_day("--date", date), taker, day_asked("--for", back), shift)
        first, at = needed_day("--start", start), now_in(scenario.hotline, now)
        answer = swap_in_month(scenario, open_store(), first, asked, at, agree=agree, who=user_name())
        if as_json:
            print_json(
                {
                    "swap": answer.number,
                    "possible": not answer.refused,
                    "reasons": [text.as_dict() for text in answer.refused],
                    "takers": [t.agent for t in answer.takers or ()],
                    "version": answer.published.version if answer.published else None,
                }
            )
            return
        if answer.refused:
            print(say("✕ The swap is not possible:"))
            for text in answer.refused:
                print(f"  ✕ {text}")
            if answer.takers is not None:
                print_takers(answer.takers)
        elif answer.published is None:
            print(say("✓ The swap keeps every rule; agree to it with --agree."))
        else:
            print(say("✓ Swapped; published as version {version}.", version=answer.published.version))
