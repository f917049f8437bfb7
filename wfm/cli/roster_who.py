"""``wfm roster who``: who covers a post at a moment, and who takes over when A is absent."""

from __future__ import annotations

from typing import Annotated

import typer

from wfm.cli import options
from wfm.i18n import say

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("who", help=say("Who covers a post at a moment, and who takes over when A is absent."))
    def who(
        roster: Annotated[str, options.roster()],
        at: Annotated[str, typer.Option("--at", help=say("the moment, as 2026-09-14T08:30, local time"))],
        post: Annotated[
            str, typer.Option("--post", help=say("the post, as day/general/03 (default: every post on duty then)"))
        ] = "",
        absent: Annotated[
            list[str] | None,
            typer.Option("--absent", help=say("somebody who is not there; may be given several times")),
        ] = None,
        hotline: Annotated[str, options.roster_hotline()] = "",
        start: Annotated[str, options.roster_start()] = "",
        as_json: Annotated[bool, options.as_json()] = False,
    ) -> None:
        from scenarios.roster_at_hand import roster_at_hand
        from scheduler.who import posts_at, who_covers
        from wfm.cli.console import print_json
        from wfm.cli.roster_asked import day_asked, moment_asked

        found = roster_at_hand(roster, hotline=hotline, start=day_asked("--start", start))
        moment = moment_asked("--at", at, found.scenario.hotline)
        posts = [post] if post else posts_at(found.problem, found.duties, moment)
        answers = [who_covers(found.problem, found.duties, p, moment, absent=absent or ()) for p in posts]
        if as_json:
            print_json(
                [
                    {
                        "post": a.post,
                        "at": a.at.isoformat(),
                        "a": a.a,
                        "until": a.until.isoformat() if a.until else None,
                        "absent": a.absent,
                        "covered_by": a.covered_by,
                        "stand_ins": [
                            {"agent": s.agent, "how": s.how, "delay_min": s.delay_min, "keeps": s.keeps}
                            for s in a.stand_ins
                        ],
                        "text": a.text.as_dict(),
                    }
                    for a in answers
                ]
            )
            return
        if not answers:
            print(say("Nobody is on duty at {at}.", at=f"{moment:%Y-%m-%d %H:%M}"))
            first, last = found.problem.first, found.problem.last
            if not first <= moment.date() <= last:
                print(say("The roster runs from {first} to {last}.", first=first, last=last))
        for answer in answers:
            print(answer.text)
