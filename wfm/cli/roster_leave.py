"""``wfm roster leave``: may somebody be away, and who could take the duties in the way?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from wfm.cli import options
from wfm.i18n import say

if TYPE_CHECKING:
    from scheduler.requests_checked import RequestChecked, Taker

__all__ = ["print_takers", "register"]


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("leave", help=say("Check whether somebody may be away, and who could take the duties in the way."))
    def leave(
        roster: Annotated[str, options.roster()],
        agent: Annotated[str, typer.Option("--agent", help=say("who wants to be away (number)"))],
        first: Annotated[str, typer.Option("--from", help=say("first day away, YYYY-MM-DD"))],
        last: Annotated[str, typer.Option("--to", help=say("last day away (default: the first)"))] = "",
        hotline: Annotated[str, options.roster_hotline()] = "",
        start: Annotated[str, options.roster_start()] = "",
        as_json: Annotated[bool, options.as_json()] = False,
    ) -> None:
        from scenarios.roster_at_hand import roster_at_hand
        from scheduler.requests_checked import check_leave
        from wfm.cli.console import print_json
        from wfm.cli.roster_asked import day_asked, needed_day

        begin = needed_day("--from", first)
        end = day_asked("--to", last) or begin
        found = roster_at_hand(roster, hotline=hotline, start=day_asked("--start", start))
        checked = check_leave(found.problem, found.duties, agent, begin, end)
        if as_json:
            print_json(_json_of(checked))
            return
        if checked.ok:
            print(
                say(
                    "✓ {agent} may be away from {first} to {last}: no rule is broken.",
                    agent=agent,
                    first=begin,
                    last=end,
                )
            )
            return
        print(
            say(
                "✕ {agent} cannot be away from {first} to {last} as the roster stands:",
                agent=agent,
                first=begin,
                last=end,
            )
        )
        for violation in checked.breaks:
            print(f"  ✕ {violation.text}")
        names = {s.id: s.name.of() for s in found.problem.hotline.shifts}
        for duty in checked.to_cover:
            words = names.get(duty.shift, duty.shift)
            print(say("{date} {shift} {role}:", date=duty.date, shift=words, role=duty.role))
            print_takers(duty.takers)


def print_takers(takers: Sequence[Taker]) -> None:
    """Who could take a duty over, best first, with what it means for them."""
    if not takers:
        print(say("Nobody could take the duty over without breaking a rule."))
        return
    print(say("Could take the duty over, best first:"))
    for taker in takers:
        print(f"  {taker.text}")


def _json_of(checked: RequestChecked) -> dict[str, object]:
    return {
        "possible": checked.ok,
        "reasons": [{"rule": v.rule, "text": v.text.as_dict()} for v in checked.breaks],
        "to_cover": [
            {
                "date": d.date.isoformat(),
                "shift": d.shift,
                "group": d.group,
                "role": d.role,
                "takers": [{"agent": t.agent, "cost": t.cost, "text": t.text.as_dict()} for t in d.takers],
            }
            for d in checked.to_cover
        ],
    }
