"""An experiment: a centre's replications, so many or as many as a precision needs, resumed from where a run ended."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import pandas as pd

from scenarios.ledger import BatchFolder
from simulation.centre import Centre
from simulation.engine import Engine
from simulation.experiment import run_replications
from simulation.precision import Precision, replicate_until
from wfm.execution import Executor, InProcess, Progress, no_progress
from wfm.i18n import Text

__all__ = ["ExperimentResult", "run_experiment"]

REPLICATIONS = 100
"""Replications where neither a number nor a precision is asked for."""


@dataclass(frozen=True, slots=True)
class ExperimentResult:
    """What an experiment gave."""

    counts: pd.DataFrame
    """As :func:`simulation.run_replications` returns it."""
    replications: int
    reached: bool | None
    """Whether the precision was reached; None if none was asked for."""
    half_width: float | None
    """Half-width of the KPI that the precision names; None if none was asked for."""
    statement: Text | None
    """What precision was reached, in one sentence."""
    calls: int
    """Calls of all replications, redials included."""
    seconds: float
    """Wall-clock time."""
    resumed: int
    """Replications that were read from the ledger instead of played."""


def run_experiment(
    centre: Centre,
    *,
    seed: int,
    replications: int | None = None,
    precision: Precision | None = None,
    engine: Engine = Engine.COMPILED,
    executor: Executor | None = None,
    ledger_folder: Path | None = None,
    progress: Progress = no_progress,
) -> ExperimentResult:
    """Play a number of replications, or as many as the precision needs.

    Args:
        centre: The centre.
        seed: Seed of every draw.
        replications: How many; not beside ``precision``. Neither: :data:`REPLICATIONS`.
        precision: How precisely which KPI shall be known.
        engine: Which engine plays.
        executor: Where; None: in this process.
        ledger_folder: Where finished batches are kept, so that a rerun reads them; None: nowhere.
        progress: Told how many replications are finished, of how many that are foreseen.

    Raises:
        BadInput: a number is out of range, the executor is not there, or the folder cannot be written.
        ValueError: both ``replications`` and ``precision`` are given.
    """
    if replications is not None and precision is not None:
        raise ValueError("give replications or precision, not both")
    began = perf_counter()
    ledger = None if ledger_folder is None else BatchFolder(ledger_folder)
    where = executor or InProcess()
    reached, half, statement = None, None, None
    if precision is None:
        counts = run_replications(
            centre,
            seed=seed,
            replications=REPLICATIONS if replications is None else replications,
            engine=engine,
            executor=where,
            ledger=ledger,
            progress=progress,
        )
    else:
        found = replicate_until(
            centre, seed=seed, precision=precision, engine=engine, executor=where, ledger=ledger, progress=progress
        )
        counts, reached, half = found.counts, found.reached, found.estimate.half_width
        statement = found.statement(precision)
    if ledger is not None:
        ledger.tidy()
    return ExperimentResult(
        counts=counts,
        replications=int(counts["replication"].iloc[-1]) + 1,
        reached=reached,
        half_width=half,
        statement=statement,
        calls=int(counts["offered"].sum()),
        seconds=perf_counter() - began,
        resumed=0 if ledger is None else ledger.recalled,
    )
