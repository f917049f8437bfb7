"""``wfm simulate``: every call of a coming period, on the requirement's seats or on a plan's roster."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wfm.cli import options
from wfm.i18n import say

if TYPE_CHECKING:
    from scenarios.plan import Plan
    from scenarios.simulate import SimulateSettings, SimulateView
    from simulation.precision import Precision
    from wfm.execution import Executor

ENGINES = ("compiled", "simpy")
REPLICATIONS = 40
DAYS = 28


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("simulate", help=say("Simulate every call of a coming period, and show the scorecard with intervals."))
    def simulate(
        scenario: Annotated[str, options.scenario()],
        plan: Annotated[
            Path | None, typer.Option("--plan", help=say("folder of a plan: its roster, period and seed"))
        ] = None,
        start: Annotated[str, options.start()] = "",
        days: Annotated[int | None, typer.Option("--days", help=say("days to simulate (default: 28)"))] = None,
        seed: Annotated[
            int | None, typer.Option("--seed", help=say("seed of every random number (default: the plan's, or 1)"))
        ] = None,
        replications: Annotated[
            int | None,
            typer.Option("--replications", help=say("simulated repetitions (default: as many as the plan's, or 40)")),
        ] = None,
        precision: Annotated[
            str,
            typer.Option(
                "--precision",
                metavar=say("WIDTH"),
                help=say("repeat until the half-width of the KPI is below 1% of it, 0.5s, or 0.01 in its own unit"),
            ),
        ] = "",
        kpi: Annotated[
            str, typer.Option("--kpi", metavar=say("KPI"), help=say("KPI whose precision counts"))
        ] = "asa_s",
        control_variate: Annotated[
            bool,
            typer.Option(
                "--control-variate", help=say("sharpen the KPI's mean by the same callers with a seat for each")
            ),
        ] = False,
        engine: Annotated[str, options.engine()] = "compiled",
        executor: Annotated[
            str,
            typer.Option(
                "--executor",
                help=say(
                    "where replications run: in-process, processes or dask (default: processes if the run is long)"
                ),
            ),
        ] = "",
        scheduler: Annotated[
            str, typer.Option("--scheduler", help=say("address of dask's scheduler, such as tcp://127.0.0.1:8786"))
        ] = "",
        workers: Annotated[int | None, options.processes()] = None,
        calls_out: Annotated[
            Path | None,
            typer.Option("--calls-out", help=say("write every call of every replication to this Parquet file")),
        ] = None,
        as_json: Annotated[bool, options.as_json()] = False,
    ) -> None:
        from scenarios.plan_folder import read_plan
        from wfm.cli.result_file import check_result_file
        from wfm.execution import usable_cores

        if calls_out is not None:
            check_result_file(calls_out, ".parquet")
        processes = usable_cores() if workers is None else workers
        executing = _executor(executor, scheduler, processes)
        made = None if plan is None else read_plan(plan)
        settings = _settings(made, start, days, seed, replications, precision, kpi, engine, executing, processes)
        settings = replace(settings, control_variate=control_variate)
        view, rows = _run(scenario, settings, made, calls_out)
        if as_json:
            from wfm.cli.console import print_json
            from wfm.cli.simulate_shown import simulate_json

            print_json(simulate_json(view, calls_out, rows))
        else:
            from wfm.cli.simulate_shown import print_simulation

            print_simulation(view, calls_out, rows)


def _executor(name: str, scheduler: str, workers: int) -> Executor | None:
    from wfm.errors import BadInput
    from wfm.execution import executor_named

    if scheduler and name != "dask":
        raise BadInput(say("--scheduler: goes with --executor dask only"))
    named = executor_named(name or "processes", workers=workers, scheduler=scheduler or None)
    return named if name else None


def _settings(
    plan: Plan | None,
    start: str,
    days: int | None,
    seed: int | None,
    replications: int | None,
    precision: str,
    kpi: str,
    engine: str,
    executor: Executor | None,
    workers: int,
) -> SimulateSettings:
    from scenarios.simulate import SimulateSettings
    from simulation import Engine
    from wfm.cli.plan import next_monday, one_of, parse_day
    from wfm.errors import BadInput

    if plan is not None and (start or days is not None):
        option = "--start" if start else "--days"
        raise BadInput(say("{option}: the plan has its own period; leave one of them out", option=option))
    if precision and replications is not None:
        raise BadInput(say("--precision: finds the number of replications; leave --replications out"))
    wanted = read_precision(precision, kpi) if precision else None
    usual = (REPLICATIONS, DAYS, 1) if plan is None else (plan.replications, plan.days, plan.seed)
    first = plan.first if plan is not None else parse_day(start) if start else next_monday()
    return SimulateSettings(
        first=first,
        days=usual[1] if days is None else days,
        seed=usual[2] if seed is None else seed,
        replications=None if wanted is not None else usual[0] if replications is None else replications,
        precision=wanted,
        kpi=kpi,
        engine=Engine(one_of("--engine", engine, ENGINES)),
        executor=executor,
        workers=workers,
    )


def read_precision(text: str, kpi: str) -> Precision:
    """``1%`` of the KPI's mean, ``0.5s`` for a KPI in seconds, or ``0.01`` in the KPI's own unit.

    Raises:
        BadInput: it is none of them, or not above zero.
    """
    from simulation.precision import Precision
    from wfm.errors import BadInput
    from wfm.metrics import KPIS

    number = re.fullmatch(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*(%|s|)\s*", text)
    if number is None or float(number[1]) <= 0 or (number[2] == "%" and float(number[1]) >= 100):
        raise BadInput(
            say(
                "--precision: found {found!r}, allowed are a share of the mean such as 1%, seconds such as 0.5s, "
                "or a number above 0 in the KPI's own unit such as 0.01",
                found=text,
            )
        )
    if number[2] == "s" and kpi in KPIS and KPIS[kpi].unit != "s":
        raise BadInput(say("--precision: {kpi} is not in seconds; found {found!r}", kpi=kpi, found=text))
    value = float(number[1])
    return Precision(kpi=kpi, relative=value / 100) if number[2] == "%" else Precision(kpi=kpi, absolute=value)


def _run(
    name: str, settings: SimulateSettings, plan: Plan | None, calls_out: Path | None
) -> tuple[SimulateView, int | None]:
    """The simulation, and how many calls were written."""
    from scenarios.calls_file import write_calls
    from scenarios.scenario import load_scenario
    from scenarios.simulate import SIMULATE_STAGES, simulate_scenario
    from wfm.cli.console import stage_bars
    from wfm.cli.engine_told import tell_engine
    from wfm.cli.result_file import write_whole
    from wfm.home import home_folder

    scenario = load_scenario(name)
    tell_engine(settings.engine)
    written: list[int] = []
    with stage_bars({key: text.of() for key, text in SIMULATE_STAGES.items()}) as bars:
        view = simulate_scenario(scenario, settings, home_folder(), plan=plan, watch=bars.watch)
        if calls_out is not None:
            progress = bars.watch("calls")

            def write(file: Path) -> None:
                rows = write_calls(
                    file,
                    view.centre,
                    seed=settings.seed,
                    replications=view.experiment.replications,
                    engine=settings.engine,
                    progress=progress,
                )
                written.append(rows)

            write_whole(calls_out, write)
    return view, written[0] if written else None
