"""``wfm roster patterns``: the patterns a hotline can be laid out by, what they ask of people, what stands against them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from wfm.cli import options
from wfm.i18n import Text, say

if TYPE_CHECKING:
    from scheduler.patterns import PartFacts

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("patterns", help=say("List rotation patterns: hours a week, people per post, what law and rules say."))
    def patterns(
        hotline: Annotated[
            str, typer.Argument(help=say("shipped name, hotline folder or scenario file (default: model shifts)"))
        ] = "",
        as_json: Annotated[bool, options.as_json()] = False,
    ) -> None:
        rows = _of_hotline(hotline) if hotline else _of_models()
        if as_json:
            from wfm.cli.console import print_json

            print_json({"hotline": hotline or None, "patterns": rows})
        else:
            _print(rows)


def _of_hotline(name: str) -> list[dict[str, Any]]:
    from scenarios.scenario import load_scenario
    from scheduler.patterns import offered_patterns, pattern_facts

    hotline = load_scenario(name).hotline
    rows = []
    for one in offered_patterns(hotline):
        parts = [] if one.pattern is None else pattern_facts(hotline, one.pattern)
        rows.append(_row(one.id, one.name, one.own, one.lacking, parts))
    return rows


def _of_models() -> list[dict[str, Any]]:
    """The built-in patterns with the times they are meant for, under the product's own rules."""
    from scheduler.patterns import BUILT_IN
    from scheduler.patterns.built_in import model_shifts
    from scheduler.patterns.facts import cycle_facts, turns_facts
    from wfm.hotline import LabourLaw, RosterRules

    rows = []
    for built in BUILT_IN.values():
        shifts = model_shifts(built)
        pattern = built.make(built, {role: role for role in shifts})
        parts = [cycle_facts(pattern, c, shifts, RosterRules(), LabourLaw(), ()) for c in pattern.cycles]
        parts += [turns_facts(t, shifts, ()) for t in pattern.turns]
        rows.append(_row(built.id, built.name, False, "", parts))
    return rows


def _row(name: str, shown: Text, own: bool, lacking: str, parts: list[PartFacts]) -> dict[str, Any]:
    return {
        "id": name,
        "name": shown,
        "own": own,
        "does_not_fit": lacking or None,
        "parts": [
            {
                "hours_per_week": part.hours_per_week,
                "most_hours_per_week": part.most_hours_per_week,
                "nights_per_4_weeks": part.nights_per_4_weeks,
                "people_per_post": part.people_per_post,
                "flags": list(part.flags),
            }
            for part in parts
        ],
    }


def _print(rows: list[dict[str, Any]]) -> None:
    from wfm.cli.console import make_console, make_table, narrow_heading

    console = make_console()
    table = make_table(console, say("Patterns"))
    table.add_column(say("pattern"), overflow="fold")
    for head in (say("hours a week"), say("fullest week"), say("nights in 4 weeks"), say("people per post")):
        table.add_column(narrow_heading(console, head), justify="right")
    keys = ("hours_per_week", "most_hours_per_week", "nights_per_4_weeks", "people_per_post")
    for row in rows:
        for part in row["parts"] or [{}]:
            name = say("{pattern} ({name})", pattern=row["id"], name=row["name"])
            if len(row["parts"]) > 1:
                in_turn = part["hours_per_week"] is None
                name = say("{name}: in turn", name=name) if in_turn else say("{name}: by cycle", name=name)
            table.add_row(name, *("–" if part.get(k) is None else f"{round(part[k], 1):g}" for k in keys))
    console.print(table)
    for row in rows:
        if row["does_not_fit"]:
            console.print(_line("✕", row["id"], row["does_not_fit"]), markup=False, soft_wrap=True)
        for part in row["parts"]:
            for flag in part["flags"]:
                console.print(_line("△", row["id"], flag), markup=False, soft_wrap=True)


def _line(icon: str, pattern: str, words: object) -> str:
    return f"{icon} " + say("{pattern}: {words}", pattern=pattern, words=words)
