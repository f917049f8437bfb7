"""``wfm roster withdraw``: take back a request or a swap that is not decided yet."""

from __future__ import annotations

from typing import Annotated

import typer

from wfm.cli import options
from wfm.i18n import say

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("withdraw", help=say("Withdraw a request or a swap that is not decided yet; it stays in the audit."))
    def withdraw(
        hotline: Annotated[str, options.scenario()],
        request: Annotated[
            int, typer.Option("--request", help=say("number of the request, as wfm roster month shows it"))
        ] = 0,
        swap: Annotated[int, typer.Option("--swap", help=say("number of the swap, as wfm roster month shows it"))] = 0,
        now: Annotated[str, options.now()] = "",
        as_json: Annotated[bool, options.as_json()] = False,
    ) -> None:
        from scenarios.scenario import load_scenario
        from scenarios.withdrawn_requests import Withdrawn, withdraw_request, withdraw_swap
        from wfm.cli.console import print_json
        from wfm.cli.roster_asked import now_in, user_name
        from wfm.errors import BadInput
        from wfm.store import open_store

        if (request > 0) == (swap > 0):
            raise BadInput(say("name one number above 0: --request or --swap"))
        scenario = load_scenario(hotline)
        store, at = open_store(), now_in(scenario.hotline, now)
        if swap:
            withdraw_swap(scenario, store, swap, who=user_name())
            found = Withdrawn(1, ())
        else:
            found = withdraw_request(scenario, store, request, at, who=user_name())
        if as_json:
            print_json({"withdrawn": found.count, "stand": [text.as_dict() for text in found.stand]})
            return
        print(say("Swap {n} is withdrawn.", n=swap) if swap else say("Request {n} is withdrawn.", n=request))
        for reason in found.stand:
            print(say("For another month it stands: {reason}.", reason=reason))
