"""Replications: the same centre played many times, wherever they run, with the same result.

Replications are played in batches of about equal work. A batch is a pure function of centre, seed and
the numbers of its replications; neither the engine nor the executor changes it, so that finished batches can be
read from a ledger instead of played again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import pandas as pd

from simulation.centre import Centre
from simulation.engine import Engine, compile_engine, daily_counts, engine_available
from simulation.soundness import require_sound
from wfm.errors import BadInput
from wfm.execution import Executor, InProcess, LocalProcesses, Progress, Sharing, no_progress, run_tasks
from wfm.i18n import say

__all__ = [
    "Batch",
    "BatchLedger",
    "Replications",
    "calls_of",
    "path_count",
    "play_replications",
    "require_seed",
    "run_replications",
]

BATCH_MAX = 250
"""Replications of one task at most: few enough for a lively progress bar."""

BATCH_CALLS = {Engine.SIMPY: 4_000, Engine.COMPILED: 500_000}
"""Calls of one task: enough to send it to a process for, about a tenth of a second."""

SMALL_RUN_CALLS = 100_000
"""Fewer calls than these are played sooner here by the readable engine than other processes start."""

_TIMES_FASTER = {Engine.SIMPY: 1, Engine.COMPILED: 200}
"""By how much an engine shifts that number: a process that loads compiled code starts later, and plays faster."""


class Batch(NamedTuple):
    """Replications ``first`` … ``first + size − 1`` of a centre."""

    seed: int
    first: int
    size: int


class BatchLedger(Protocol):
    """Remembers the daily counts of finished batches."""

    def recall(self, centre: Centre, batch: Batch) -> pd.DataFrame | None:
        """The counts of the batch as an earlier run found them; None if they are not known."""

    def keep(self, centre: Centre, batch: Batch, counts: pd.DataFrame) -> None:
        """Write the counts of a finished batch down."""


class Replications(NamedTuple):
    """Replications ``first`` … ``first + size − 1`` of the centre with this number."""

    centre: int
    first: int
    size: int


class _Task(NamedTuple):
    centre: int
    batch: Batch
    engine: Engine


def _play(centres: tuple[Centre, ...], task: _Task) -> pd.DataFrame:
    batch = task.batch
    return daily_counts(centres[task.centre], batch.seed, batch.first, batch.size, engine=task.engine)


class _Known:
    """A batch ledger as the executor asks for it."""

    def __init__(self, ledger: BatchLedger, centres: Sequence[Centre]) -> None:
        self._ledger = ledger
        self._centres = centres

    def recall(self, task: _Task) -> pd.DataFrame | None:
        return self._ledger.recall(self._centres[task.centre], task.batch)

    def keep(self, task: _Task, result: pd.DataFrame) -> None:
        self._ledger.keep(self._centres[task.centre], task.batch, result)


def calls_of(centre: Centre) -> float:
    """First attempts of one replication, mean over the paths."""
    if centre.given is not None:
        return float(len(centre.given.time_s))
    return float(centre.arrivals.sum()) / len(centre.arrivals)


def path_count(centre: Centre) -> int:
    """Sample paths of calls that replications take in turn; 1 if the calls are given."""
    return 1 if centre.given is not None else len(centre.arrivals)


def require_seed(seed: int) -> None:
    """Refuse a seed that no draw can be keyed by.

    Raises:
        BadInput: it lies outside 0 … 2^64 − 1.
    """
    if not 0 <= seed < 2**64:
        raise BadInput(say("simulation: the seed must lie between 0 and 2^64 − 1, found {seed}", seed=seed))


def _batches(centre: Centre, wanted: Replications, seed: int, engine: Engine) -> list[Batch]:
    size = int(min(max(BATCH_CALLS[engine] / max(calls_of(centre), 1.0), 1), BATCH_MAX))
    end = wanted.first + wanted.size
    return [Batch(seed, first, min(size, end - first)) for first in range(wanted.first, end, size)]


def play_replications(
    centres: Sequence[Centre],
    wanted: Sequence[Replications],
    *,
    seed: int,
    engine: Engine = Engine.COMPILED,
    executor: Executor | None = None,
    workers: int = 1,
    ledger: BatchLedger | None = None,
    progress: Progress = no_progress,
) -> list[pd.DataFrame]:
    """Daily counts of every wanted run of replications, all of them spread over the executor together.

    Args:
        centres: The centres that ``wanted`` numbers.
        wanted: Which replications of which centre.
        seed: Seed of every draw.
        engine: Which engine plays.
        executor: Where they are played.
        workers: Local processes at most, where no executor is given; a small run stays in this process.
        ledger: Finished batches are read from it and written to it.
        progress: Told how many replications are finished.

    Returns:
        One table for each of ``wanted``, as :func:`run_replications` returns it.

    Raises:
        BadInput: the seed is out of range, a centre cannot be played (:func:`simulation.soundness.require_sound`), or the
            executor is not there.
    """
    require_seed(seed)
    for number in sorted({part.centre for part in wanted}):
        require_sound(centres[number])
    # What really plays decides how much is worth sending away.
    playing = engine if engine_available(engine) else Engine.SIMPY
    tasks, owners = [], []
    for number, part in enumerate(wanted):
        for batch in _batches(centres[part.centre], part, seed, playing):
            tasks.append(_Task(part.centre, batch, engine))
            owners.append(number)
    total = sum(part.size for part in wanted)
    if executor is None:
        calls = sum(calls_of(centres[part.centre]) * part.size for part in wanted)
        small = calls < SMALL_RUN_CALLS * _TIMES_FASTER[playing]
        executor = InProcess() if small or workers <= 1 else LocalProcesses(workers)
    if playing is Engine.COMPILED and not isinstance(executor, InProcess):
        compile_engine()  # once here rather than in every process

    def watch(done: int, of: int) -> None:
        progress(total if done == of else done * total // of, total)

    tables = run_tasks(
        Sharing(_play, tuple(centres)),
        tasks,
        executor=executor,
        ledger=None if ledger is None else _Known(ledger, centres),
        progress=watch,
    )
    parts: list[list[pd.DataFrame]] = [[] for _ in wanted]
    for owner, table in zip(owners, tables, strict=True):
        parts[owner].append(table)
    return [pd.concat(its, ignore_index=True) for its in parts]


def run_replications(
    centre: Centre,
    *,
    seed: int,
    replications: int,
    workers: int = 1,
    engine: Engine = Engine.COMPILED,
    executor: Executor | None = None,
    ledger: BatchLedger | None = None,
    progress: Progress = no_progress,
) -> pd.DataFrame:
    """Daily counts of replications 0 … ``replications`` − 1.

    Args:
        centre: The centre.
        seed: Seed of every draw, 0 … 2^64 − 1.
        replications: How many.
        workers: Local processes at most, where no executor is given; a small run stays in this process.
        engine: Which engine plays.
        executor: Where they are played.
        ledger: Finished batches are read from it and written to it.
        progress: Told how many replications are finished.

    Returns:
        One row per replication, line and date: columns ``replication``, ``line``, ``date`` and
        ``wfm.metrics.COUNTS``. The same whatever plays, wherever and in whatever order.

    Raises:
        BadInput: ``replications`` or ``seed`` is out of range, the centre cannot be played, or the executor is not there.
    """
    if replications < 1:
        raise BadInput(say("simulation: replications must be at least 1, found {n}", n=replications))
    (counts,) = play_replications(
        (centre,),
        (Replications(0, 0, replications),),
        seed=seed,
        engine=engine,
        executor=executor,
        workers=workers,
        ledger=ledger,
        progress=progress,
    )
    return counts
