"""The two engines behind one door: SimPy to read, compiled to search with (§78 of the semantics)."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from importlib import import_module

import pandas as pd

from simulation.calls import SimulatedCalls
from simulation.centre import Centre
from simulation.simpy_model import simulate
from simulation.tallying import tally

__all__ = ["Engine", "daily_counts", "engine_available", "play"]


class Engine(StrEnum):
    """Which engine plays a centre; the calls are the same."""

    COMPILED = "compiled"
    SIMPY = "simpy"


@cache
def engine_available(engine: Engine) -> bool:
    """Whether this installation can run the engine; the compiled one needs Numba."""
    if engine is Engine.SIMPY:
        return True
    try:
        import_module("simulation.compiled")
    except ImportError:
        return False
    return True


def play(centre: Centre, seed: int, replication: int, *, engine: Engine = Engine.COMPILED) -> SimulatedCalls:
    """One replication of the centre, every call of it. Where the compiled engine is missing, SimPy plays."""
    if engine is Engine.COMPILED and engine_available(engine):
        from simulation.compiled import simulate_compiled

        return simulate_compiled(centre, seed, replication)
    return simulate(centre, seed, replication)


def daily_counts(centre: Centre, seed: int, first: int, size: int, *, engine: Engine = Engine.COMPILED) -> pd.DataFrame:
    """Daily counts of replications ``first`` … ``first + size − 1``.

    Returns:
        One row per replication, line and date: columns ``replication``, ``line``, ``date`` and
        ``wfm.metrics.COUNTS``; the same whatever the engine.
    """
    tables = []
    for replication in range(first, first + size):
        table = tally(play(centre, seed, replication, engine=engine), centre)
        table.insert(0, "replication", replication)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)
