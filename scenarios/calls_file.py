"""The calls of replications as a Parquet file, written replication by replication in bounded memory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulation import Centre, Engine, SimulatedCalls, play
from wfm.execution import Progress, no_progress
from wfm.tables import SIMULATED_OUTCOMES, WRITTEN_CALLS

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["group_of_answer", "write_calls"]

ROWS_AT_ONCE = 200_000
"""Rows of one row group, about: replications are gathered until there are as many."""


def write_calls(
    path: Path,
    centre: Centre,
    *,
    seed: int,
    replications: int,
    engine: Engine = Engine.COMPILED,
    progress: Progress = no_progress,
) -> int:
    """Play replications 0 … ``replications`` − 1 again and write every call; returns the number of rows.

    Columns are those of ``wfm.tables.WRITTEN_CALLS``; names are dictionary columns. The file is the same whatever
    the engine.

    Raises:
        OSError: the file cannot be written.
    """
    import pyarrow.parquet as pq

    schema, rows = _schema(), 0
    progress(0, replications)
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        waiting: list[pa.RecordBatch] = []
        for replication in range(replications):
            waiting.append(_batch(play(centre, seed, replication, engine=engine), centre, schema))
            rows += waiting[-1].num_rows
            if sum(batch.num_rows for batch in waiting) >= ROWS_AT_ONCE or replication + 1 == replications:
                writer.write_table(_table(waiting, schema))
                waiting.clear()
            progress(replication + 1, replications)
    return rows


def _table(batches: list[pa.RecordBatch], schema: pa.Schema) -> pa.Table:
    import pyarrow as pa

    return pa.Table.from_batches(batches, schema)


def _schema() -> pa.Schema:
    import pyarrow as pa

    kinds = {"count": pa.int64(), "seconds": pa.float64(), "text": pa.dictionary(pa.int32(), pa.string())}
    narrow = {"replication": pa.int32(), "attempt": pa.int16(), "line": pa.int16(), "group": pa.int16()}
    narrow |= {"outcome": pa.int8(), "agent": pa.int32()}
    return pa.schema(
        [pa.field(c.name, narrow.get(c.name, kinds[c.kind]), nullable=c.nullable) for c in WRITTEN_CALLS.columns]
    )


def _batch(calls: SimulatedCalls, centre: Centre, schema: pa.Schema) -> pa.RecordBatch:
    """The calls as Arrow columns: undefined times are null, names stand beside indices."""
    import pyarrow as pa

    group = group_of_answer(calls, centre.ring_s)
    names = {
        "line_name": (calls.line, centre.line_ids),
        "group_name": (group, centre.group_ids),
        "agent_name": (calls.agent, centre.agent_ids),
        "outcome_name": (calls.outcome, SIMULATED_OUTCOMES),
    }
    numbers: dict[str, Any] = {"replication": np.full(len(calls), calls.replication), "group": group}
    columns = []
    for field in schema:
        if field.name in names:
            index, words = names[field.name]
            indices = pa.array(index.astype(np.int32), mask=index < 0)
            columns.append(pa.DictionaryArray.from_arrays(indices, pa.array(words, pa.string())))
        else:
            values = numbers.get(field.name)
            values = getattr(calls, field.name) if values is None else values
            mask = np.isnan(values) if field.nullable and values.dtype.kind == "f" else None
            columns.append(pa.array(values.astype(field.type.to_pandas_dtype()), mask=mask))
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def group_of_answer(calls: SimulatedCalls, ring_s: float) -> NDArray[np.int64]:
    """Group of the agent who answered each call, −1 where nobody did; ``(calls,)``.

    An agent may serve several groups one after another: that of the stay in which the agent's telephone began to ring.
    """
    group = np.full(len(calls), -1, dtype=np.int64)
    answered = calls.agent >= 0
    stays = calls.stays
    order = np.lexsort((stays.start_s, stays.agent))
    agent, start_s, of_stay = stays.agent[order], stays.start_s[order], stays.group[order]
    if not len(order) or not answered.any():
        return group
    first = np.searchsorted(agent, calls.agent[answered], side="left")
    after = np.searchsorted(agent, calls.agent[answered], side="right")
    # Stays of one agent follow each other: the last that had begun then, but for the rounding of one subtraction.
    rang = calls.answered_s[answered] - ring_s + 1e-6
    place = first.copy()
    while (more := (place + 1 < after) & (start_s[np.minimum(place + 1, len(start_s) - 1)] <= rang)).any():
        place += more
    group[answered] = of_stay[place]
    return group
