"""Counts of a replication by line and interval of arrival, for those who must know which hour a call belongs to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simulation.centre import Centre
from simulation.engine import Engine, engine_available, play
from simulation.tallying import call_counts
from wfm.metrics import COUNTS

__all__ = ["interval_counts"]

Floats = NDArray[np.float64]


def interval_counts(
    centre: Centre, seed: int, replications: range, names: Sequence[str], *, engine: Engine = Engine.COMPILED
) -> Floats:
    """``(R, L, T, N)``: the named counts of ``wfm.metrics.COUNTS`` but ``staffed_s``, which belongs to no call.

    Summed over the intervals of a date they are the daily counts. Where the compiled engine is missing, SimPy plays.
    """
    lines, spell = len(centre.line_ids), len(centre.interval_date)
    found = np.empty((len(replications), lines, spell, len(names)))
    if engine is Engine.COMPILED and engine_available(engine):
        from simulation.compiled import play_compiled
        from simulation.compiled_counts import count_rows

        places = [COUNTS.index(name) for name in names]
        every = np.arange(spell)
        counts = np.empty((lines, spell, len(COUNTS)))
        served = np.empty((len(centre.group_ids), lines, spell))
        seconds = (centre.interval_s, centre.ring_s, centre.short_abandon_s)
        for k, replication in enumerate(replications):
            played = play_compiled(centre, seed, replication)
            served[:] = 0
            count_rows(played.rows, played.callers, *seconds, every, centre.serving, counts, served)
            found[k] = counts[:, :, places]
        return found
    for k, replication in enumerate(replications):
        calls = play(centre, seed, replication, engine=engine)
        at = np.minimum(calls.arrived_s // centre.interval_s, spell - 1).astype(np.int64)
        summed = call_counts(calls, centre)
        for n, name in enumerate(names):
            found[k, :, :, n] = np.bincount(
                calls.line * spell + at, weights=summed[name], minlength=lines * spell
            ).reshape(lines, spell)
    return found
