"""``wfm plan``: from call records to a roster that was simulated against the standard."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wfm.cli import options
from wfm.i18n import list_words, say

if TYPE_CHECKING:
    from datetime import date

    from scenarios.pipeline import PlanSettings
    from scenarios.plan import Plan


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("plan", help=say("Plan a hotline: forecast, seats, roster, simulation, scorecard, report."))
    def plan(
        scenario: Annotated[str, options.scenario()],
        out: Annotated[Path, typer.Option("--out", help=say("folder to write the plan to"))],
        days: Annotated[int, options.days()] = 28,
        start: Annotated[str, options.start()] = "",
        seed: Annotated[int, options.seed()] = 1,
        replications: Annotated[int, typer.Option("--replications", help=say("simulated repetitions"))] = 40,
        roster_seconds: Annotated[
            float, typer.Option("--roster-seconds", help=say("time the roster solver may take"))
        ] = 40.0,
        allow_gaps: Annotated[
            bool, typer.Option("--allow-gaps", help=say("plan on where too few people leave posts unfilled"))
        ] = False,
        reproducible: Annotated[
            bool,
            typer.Option(
                "--reproducible/--all-cores",
                help=say("one solver worker, the same roster every time; or all cores, perhaps a better one"),
            ),
        ] = True,
        level: Annotated[str, options.level()] = "interval",
        confidence: Annotated[float | None, options.confidence()] = None,
        as_json: Annotated[bool, typer.Option("--json", help=say("print the plan's summary as JSON"))] = False,
    ) -> None:
        from scenarios.pipeline import PlanSettings
        from wfm.execution import usable_cores

        settings = PlanSettings(
            first=parse_day(start) if start else next_monday(),
            days=days,
            seed=seed,
            replications=replications,
            workers=usable_cores(),
            roster_seconds=roster_seconds,
            allow_gaps=allow_gaps,
            reproducible=reproducible,
            level=one_of("--level", level, ("interval", "day")),  # type: ignore[arg-type]
            confidence=confidence,
        )
        run_plan_command(scenario, out, settings, as_json)


def run_plan_command(name: str, out: Path, settings: PlanSettings, as_json: bool) -> None:
    """Plan, write the folder, keep the plan in the store, print the scorecard."""
    from dashboard.reports import render_report
    from scenarios.keep_plan import make_plan
    from scenarios.pipeline import STAGES
    from scenarios.plan_folder import check_target_folder
    from scenarios.scenario import load_scenario
    from wfm.cli.console import print_json, stage_bars
    from wfm.cli.engine_told import tell_engine
    from wfm.home import home_folder
    from wfm.store import open_store

    check_target_folder(out)
    scenario = load_scenario(name)
    store = open_store()
    tell_engine()
    names = {key: text.of() for key, text in STAGES.items()} | {"report": say("Report")}
    with stage_bars(names) as bars:
        plan = make_plan(scenario, settings, out, home_folder(), store, render_report, bars.watch)
    if as_json:
        print_json(plan_summary(plan, out))
    else:
        print_plan(plan, out)


def parse_day(text: str) -> date:
    """A date written YYYY-MM-DD.

    Raises:
        BadInput: it is none.
    """
    from datetime import date

    from wfm.errors import BadInput

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(say("--start: found {found!r}, allowed is a date such as 2026-09-14", found=text)) from None


def one_of(option: str, found: str, allowed: tuple[str, ...]) -> str:
    """The word, if it is one of those allowed.

    Raises:
        BadInput: it is not.
    """
    from wfm.errors import BadInput

    if found not in allowed:
        words = list_words(list(allowed))
        raise BadInput(
            say("{option}: found {found!r}, allowed are {allowed}", option=option, found=found, allowed=words)
        )
    return found


def next_monday() -> date:
    """The Monday after today."""
    from datetime import datetime, timedelta

    today = datetime.now().astimezone().date()
    return today + timedelta(days=7 - today.weekday())


def plan_summary(plan: Plan, out: Path) -> dict[str, object]:
    """What ``--json`` prints."""
    from scenarios.plan_folder import scorecard_json

    return {
        "hotline": plan.hotline.id,
        "first": plan.first.isoformat(),
        "days": plan.days,
        "seed": plan.seed,
        "version": plan.version,
        "inputs": plan.inputs,
        "folder": str(out),
        "scorecard": scorecard_json(plan),
        "roster": {
            name: getattr(plan.roster, name)
            for name in ("status", "legal", "objective", "bound", "posts", "unfilled", "agents", "agents_used", "hours")
        },
        "findings": [
            {
                "severity": f.severity,
                "text": f.text.as_dict(),
                "remedy": f.remedy.as_dict() if f.remedy is not None else None,
            }
            for f in plan.findings
        ],
    }


def roster_word(status: str) -> str:
    """The solver's word in the language of the moment; a time limit is never called optimal."""
    words = {"optimal": say("optimal"), "feasible": say("feasible, not proven best"), "partial": say("partial")}
    return words[status]


def print_plan(plan: Plan, out: Path) -> None:
    """The scorecard, the findings and what to open next."""
    from wfm.cli.console import make_console
    from wfm.cli.scorecard_shown import scorecard_table

    console = make_console()
    console.print(plan.title, style="bold")
    for finding in plan.findings:
        icon = {"good": "✓", "notice": "·", "warning": "△", "problem": "✕"}[finding.severity]
        console.print(f"{icon} {finding.text}")
        if finding.remedy is not None:
            console.print(f"  → {finding.remedy}")
    console.print(scorecard_table(plan.scorecard, default=plan.hotline.standard_is_default))
    roster = plan.roster
    console.print(
        say(
            "Roster: {posts} duties for {used} of {agents} agents, {hours:,.0f} agent-hours, {unfilled} unfilled, "
            "{legal}; solver: {status}.",
            posts=roster.posts,
            used=roster.agents_used,
            agents=roster.agents,
            hours=roster.hours,
            unfilled=roster.unfilled,
            legal=say("legal") if roster.legal else say("{n} violations", n=len(roster.violations)),
            status=roster_word(roster.status),
        )
    )
    console.print(
        say(
            "Written to {folder}. Open {report}, or run: wfm serve --plans {parent}",
            folder=out,
            report=out / "report.html",
            parent=out.parent,
        )
    )
