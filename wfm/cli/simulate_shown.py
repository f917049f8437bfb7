"""What ``wfm simulate`` prints, as a table or as JSON."""

from __future__ import annotations

from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

from wfm.i18n import say

if TYPE_CHECKING:
    from scenarios.simulate import SimulateView
    from simulation.control_variate import Controlled

__all__ = ["print_simulation", "simulate_json"]


def simulate_json(view: SimulateView, calls_out: Path | None, rows: int | None) -> dict[str, object]:
    """What ``--json`` prints."""
    from scenarios.plan_folder import score_rows_json

    result, found = view.experiment, view.estimate
    return {
        "hotline": view.prepared.hotline.id,
        "first": view.settings.first.isoformat(),
        "days": view.settings.days,
        "seed": view.settings.seed,
        "version": view.version,
        "inputs": view.inputs,
        "engine": str(view.engine),
        "replications": result.replications,
        "resumed": result.resumed,
        "kpi": {
            "id": view.settings.kpi,
            "mean": found.mean,
            "half_width": found.half_width,
            "low": found.low,
            "high": found.high,
            "reached": result.reached,
        },
        "control_variate": None
        if view.controlled is None
        else {
            "used": view.controlled.used,
            "mean": view.controlled.mean,
            "half_width": view.controlled.half_width,
            "variance_share": view.controlled.variance_share,
        },
        "calls": result.calls,
        "seconds": result.seconds,
        "calls_per_s": view.calls_per_s,
        "scorecard": score_rows_json(view.scorecard),
        "notes": [note.as_dict() for note in view.notes],
        "calls_out": None if calls_out is None else {"file": str(calls_out), "rows": rows},
    }


def print_simulation(view: SimulateView, calls_out: Path | None, rows: int | None) -> None:
    """The scorecard, how precisely, how fast, and from what."""
    from datetime import timedelta

    from wfm.cli.console import make_console, print_origin
    from wfm.cli.scorecard_shown import scorecard_table

    console, hotline, settings = make_console(), view.prepared.hotline, view.settings
    last = settings.first + timedelta(days=settings.days - 1)
    console.print(f"{hotline.name} · {settings.first:%Y-%m-%d} – {last:%Y-%m-%d}", style="bold")
    console.print(scorecard_table(view.scorecard, default=hotline.standard_is_default))
    console.print(_precision_words(view))
    if view.controlled is not None:
        console.print(_control_words(view.controlled, view.settings.kpi))
    console.print(_speed_words(view))
    if calls_out is not None:
        console.print(say("{rows:,} calls are written to {file}.", rows=rows or 0, file=calls_out))
    for note in view.notes:
        console.print(f"· {note}")
    print_origin(console, settings.seed, view.version, view.inputs)


def _precision_words(view: SimulateView) -> str:
    from scenarios.findings import value_text
    from wfm.metrics import KPIS

    result, found, kpi = view.experiment, view.estimate, KPIS[view.settings.kpi]
    if result.statement is not None:
        return str(result.statement)
    if not isfinite(found.half_width):
        return say(
            "{n} replications: too few to say how precisely {kpi} is known.", n=result.replications, kpi=kpi.name
        )
    return say(
        "{n} replications: {kpi} {value} ± {half} (95 % interval of the mean).",
        n=result.replications,
        kpi=kpi.name,
        value=value_text(found.mean, kpi.unit),
        half=_half(found.half_width, kpi.unit),
    )


def _control_words(controlled: Controlled, kpi_id: str) -> str:
    from scenarios.findings import value_text
    from wfm.metrics import KPIS

    kpi = KPIS[kpi_id]
    if not controlled.used:
        return say(
            "The control variate, the same callers with a seat for each, does not help to know {kpi}.", kpi=kpi.name
        )
    return say(
        "With the same callers with a seat for each as control variate: {kpi} {value} ± {half} instead of ± {plain}; "
        "{share:.0f} % of the variance is left.",
        kpi=kpi.name,
        value=value_text(controlled.mean, kpi.unit),
        half=_half(controlled.half_width, kpi.unit),
        plain=_half(controlled.plain_half_width, kpi.unit),
        share=100 * controlled.variance_share,
    )


def _half(half_width: float, unit: str) -> str:
    shown = f"{100 * half_width:.2g} %" if unit == "share" else f"{half_width:.2g}"
    return say("{seconds} s", seconds=shown) if unit == "s" else shown


def _speed_words(view: SimulateView) -> str:
    from simulation import Engine

    result = view.experiment
    names = {Engine.COMPILED: say("compiled"), Engine.SIMPY: "SimPy"}
    engine = names[view.engine]
    if result.resumed == result.replications:
        return say("{calls:,} calls, all read from an earlier run.", calls=result.calls)
    words = say(
        "{calls:,} calls in {seconds:.1f} s, {speed:,.0f} a second; engine: {engine}.",
        calls=result.calls,
        seconds=result.seconds,
        speed=view.calls_per_s,
        engine=engine,
    )
    if result.resumed:
        words += " " + say("{n} replications were read from an earlier run.", n=result.resumed)
    return words
