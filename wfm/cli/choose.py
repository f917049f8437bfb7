"""``wfm choose``: which of many plans' rosters is best, simulated only as far as it takes to tell."""

from __future__ import annotations

from math import floor
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wfm.cli import options
from wfm.i18n import say

if TYPE_CHECKING:
    from scenarios.choose import ChooseView
    from scenarios.plan import Plan


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command(
        "choose", help=say("Find the best of many plans' rosters, simulating most where it is hard to choose.")
    )
    def choose(
        scenario: Annotated[str, options.scenario()],
        plans: Annotated[list[Path], typer.Argument(help=say("plan folders of one period, two or more"))],
        kpi: Annotated[
            str, typer.Option("--kpi", metavar=say("KPI"), help=say("KPI by which the plans are told apart"))
        ] = "asa_s",
        probability: Annotated[
            float, typer.Option("--probability", help=say("how surely the chosen plan shall be the best"))
        ] = 0.95,
        indifference: Annotated[
            float, typer.Option("--indifference", help=say("differences up to this do not matter, in the KPI's unit"))
        ] = 0.0,
        replications: Annotated[
            int, typer.Option("--replications", help=say("simulated repetitions of all plans together, at most"))
        ] = 2000,
        seed: Annotated[
            int | None, typer.Option("--seed", help=say("seed of every random number (default: the first plan's)"))
        ] = None,
        engine: Annotated[str, options.engine()] = "compiled",
        workers: Annotated[int | None, options.processes()] = None,
        as_json: Annotated[bool, options.as_json()] = False,
    ) -> None:
        from scenarios.choose import CHOOSE_STAGES, ChooseSettings, choose_plan
        from scenarios.plan_folder import read_plan
        from scenarios.scenario import load_scenario
        from simulation import Engine
        from wfm.cli.console import print_json, stage_bars
        from wfm.cli.engine_told import tell_engine
        from wfm.cli.plan import one_of
        from wfm.cli.simulate import ENGINES
        from wfm.execution import usable_cores
        from wfm.home import home_folder

        settings = ChooseSettings(
            kpi=kpi,
            probability=probability,
            indifference=indifference,
            replications_max=replications,
            seed=seed,
            engine=Engine(one_of("--engine", engine, ENGINES)),
            workers=usable_cores() if workers is None else workers,
        )
        named: dict[str, Plan] = {str(folder): read_plan(folder) for folder in plans}
        what = load_scenario(scenario)
        tell_engine(settings.engine)
        with stage_bars({key: text.of() for key, text in CHOOSE_STAGES.items()}) as bars:
            view = choose_plan(what, named, settings, home_folder(), watch=bars.watch)
        if as_json:
            print_json(choice_json(view))
        else:
            print_choice(view)


def choice_json(view: ChooseView) -> dict[str, object]:
    """What ``--json`` prints."""
    choice = view.choice
    return {
        "hotline": view.prepared.hotline.id,
        "kpi": view.settings.kpi,
        "seed": view.seed,
        "version": view.version,
        "inputs": view.inputs,
        "engine": str(view.engine),
        "best": choice.best,
        "p_good": choice.p_good,
        "asked": view.settings.probability,
        "indifference": view.settings.indifference,
        "reached": choice.reached,
        "replications": choice.replications_total,
        "plans": [
            {
                "plan": name,
                "probability_best": choice.probability[name],
                "mean": found.mean,
                "half_width": found.half_width,
                "replications": choice.replications[name],
            }
            for name, found in choice.estimates.items()
        ],
    }


def print_choice(view: ChooseView) -> None:
    """Who is best and how surely, then the table, the most probable first."""
    from rich.table import Table

    from scenarios.findings import value_text
    from wfm.cli.console import make_console, print_origin
    from wfm.metrics import KPIS

    console, choice, kpi = make_console(), view.choice, KPIS[view.settings.kpi]
    console.print(_conclusion(view))
    table = Table(title=say("Choice by {kpi}", kpi=kpi.name), title_justify="left")
    table.add_column(say("Plan"), overflow="fold")
    for heading in (kpi.name.of(), "±", say("best with probability"), say("replications")):
        table.add_column(heading, justify="right")
    for name in sorted(choice.probability, key=lambda plan: -choice.probability[plan]):
        found = choice.estimates[name]
        table.add_row(
            name,
            value_text(found.mean, kpi.unit).of(),
            f"{100 * found.half_width:.2g} %" if kpi.unit == "share" else f"{found.half_width:.2g}",
            f"{100 * choice.probability[name]:.1f} %",
            f"{choice.replications[name]:,}",
        )
    console.print(table)
    print_origin(console, view.seed, view.version, view.inputs)


def _conclusion(view: ChooseView) -> str:
    choice, settings = view.choice, view.settings
    facts = {
        "plan": choice.best,
        "sure": f"{floor(1000 * min(choice.p_good, 0.9999)) / 10:.1f} %",
        "asked": f"{100 * settings.probability:.10g} %",
        "n": choice.replications_total,
    }
    if choice.reached:
        return say("{plan} is best, or as good, with at least {sure} probability; {n:,} replications in all.", **facts)
    return say(
        "After {n:,} replications {plan} leads, but is best, or as good, with only {sure} probability at least; asked for "
        "was {asked}. Say with --indifference what difference does not matter, or allow more --replications.",
        **facts,
    )
