"""Replications: the same centre played many times, on one process or several, with the same result."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from simulation.centre import Centre
from simulation.engine import Engine, daily_counts
from wfm.errors import BadInput
from wfm.execution import Progress, no_progress, run_tasks
from wfm.i18n import say

__all__ = ["run_replications"]

BATCH = 4
"""Replications of one task: few enough for a lively progress bar, enough to send a centre for."""

SMALL_RUN_CALLS = 100_000
"""Fewer calls than these are played sooner here than other processes start."""


class _Batch(NamedTuple):
    centre: Centre
    seed: int
    first: int
    size: int
    engine: Engine


def _play(batch: _Batch) -> pd.DataFrame:
    return daily_counts(batch.centre, batch.seed, batch.first, batch.size, engine=batch.engine)


def run_replications(
    centre: Centre,
    *,
    seed: int,
    replications: int,
    workers: int = 1,
    engine: Engine = Engine.COMPILED,
    progress: Progress = no_progress,
) -> pd.DataFrame:
    """Daily counts of replications 0 … ``replications`` − 1.

    Args:
        centre: The centre.
        seed: Seed of every draw, 0 … 2^64 − 1.
        replications: How many.
        workers: Processes at most; a small run stays in this one.
        engine: Which engine plays.
        progress: Told how many replications are finished.

    Returns:
        One row per replication, line and date: columns ``replication``, ``line``, ``date`` and
        ``wfm.metrics.COUNTS``. The same whatever ``workers``.

    Raises:
        BadInput: ``replications`` or ``seed`` is out of range.
    """
    if replications < 1:
        raise BadInput(say("simulation: replications must be at least 1, found {n}", n=replications))
    if not 0 <= seed < 2**64:
        raise BadInput(say("simulation: the seed must lie between 0 and 2^64 − 1, found {seed}", seed=seed))
    batches = [
        _Batch(centre, seed, first, min(BATCH, replications - first), engine) for first in range(0, replications, BATCH)
    ]

    calls = float(centre.arrivals.sum()) / len(centre.arrivals) * replications

    def watch(done: int, total: int) -> None:
        progress(min(done * BATCH, replications), replications)

    processes = workers if calls >= SMALL_RUN_CALLS else 1
    return pd.concat(run_tasks(_play, batches, workers=processes, progress=watch), ignore_index=True)
