"""The two engines behind one door: SimPy to read, compiled to search with (§78 of the semantics).

Whoever asks for the compiled engine where it cannot be built is played by the readable one, with the same calls; and a
plain queue is played by its own recursion. Nothing here loads Numba before a centre is to be played.
"""

from __future__ import annotations

from enum import StrEnum
from importlib import import_module

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulation.calls import SimulatedCalls
from simulation.centre import Centre
from simulation.simpy_model import simulate
from simulation.tallying import tally
from wfm.execution import Progress, no_progress
from wfm.i18n import say
from wfm.metrics import COUNTS

__all__ = [
    "Engine",
    "compile_engine",
    "count_arrays",
    "daily_counts",
    "engine_available",
    "engine_is_compiled",
    "engine_notice",
    "play",
]

Floats = NDArray[np.float64]


class Engine(StrEnum):
    """Which engine plays a centre; the calls are the same."""

    COMPILED = "compiled"
    SIMPY = "simpy"


_known: dict[str, str] = {}
"""What this process has found out: ``hindrance``, why the compiled engine cannot be used, empty if it can; ``ready``."""


def _hindrance() -> str:
    """Why the compiled engine cannot be used in this installation; empty if it can."""
    if "hindrance" not in _known:
        try:
            different = import_module("simulation.compiled_draws").differences()
            import_module("simulation.compiled")
            import_module("simulation.plain_queue")
            _known["hindrance"] = (
                say("it draws other numbers here, first {example}", example=different[0]) if different else ""
            )
        except Exception as error:  # noqa: BLE001 - whatever a compiler may raise on a machine nobody has seen
            _known["hindrance"] = _in_short(error)
    return _known["hindrance"]


def _in_short(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]


def _plays(engine: Engine) -> bool:
    """Whether the compiled engine is to play, and is ready."""
    if engine is Engine.SIMPY or _hindrance():
        return False
    if "ready" not in _known:
        compile_engine()
    return not _hindrance()


def engine_available(engine: Engine) -> bool:
    """Whether this installation can run the engine; the compiled one needs Numba, and a first compilation that works."""
    return engine is Engine.SIMPY or not _hindrance()


def engine_notice(engine: Engine = Engine.COMPILED) -> str | None:
    """What a person should know before the engine plays, in one sentence; None if nothing.

    That the readable engine plays instead, and why; or that the first run on this machine takes longer.
    """
    if engine is Engine.SIMPY:
        return None
    if _hindrance():
        return say(
            "The compiled simulator cannot be used here, so the readable one plays: the same calls, more slowly ({reason}).",
            reason=_hindrance(),
        )
    if engine_is_compiled():
        return None
    if import_module("simulation.kernels").cache_folder() is None:
        return say("The simulator is compiled first, anew in every process: its cache folder cannot be written.")
    return say("The simulator is compiled first, once on this machine.")


def engine_is_compiled() -> bool:
    """Whether the compiled engine lies ready, so that a run begins at once."""
    return not _hindrance() and bool(import_module("simulation.kernels").compiled_before())


def compile_engine(progress: Progress = no_progress) -> None:
    """Compile what is not compiled yet, by playing a small centre of either kind; nothing where SimPy has to play.

    The first replication of a process does so by itself; of several processes one compiles, and the others wait for it.

    Args:
        progress: told the step out of the steps.
    """
    if not (engine_is_compiled() or _hindrance()):
        with import_module("simulation.kernels").alone():
            if not engine_is_compiled():
                _compile(progress)
    _known["ready"] = "yes"


def _compile(progress: Progress) -> None:
    trials = import_module("simulation.trial_centres").trial_centres()
    progress(0, len(trials))
    try:
        for done, centre in enumerate(trials, start=1):
            _play(centre, 1, 0)
            _count(centre, 1, 0, 1)
            progress(done, len(trials))
    except Exception as error:  # noqa: BLE001 - as above; SimPy plays then
        _known["hindrance"] = _in_short(error)
    else:
        import_module("simulation.kernels").note_compiled()


def play(centre: Centre, seed: int, replication: int, *, engine: Engine = Engine.COMPILED) -> SimulatedCalls:
    """One replication of the centre, every call of it. Where the compiled engine is missing, SimPy plays."""
    return _play(centre, seed, replication) if _plays(engine) else simulate(centre, seed, replication)


def _play(centre: Centre, seed: int, replication: int) -> SimulatedCalls:
    from simulation.compiled import simulate_compiled
    from simulation.plain_queue import plain_queue, play_plain

    plain = plain_queue(centre)
    if plain is not None:
        return play_plain(centre, plain, seed, replication)
    return simulate_compiled(centre, seed, replication)


def count_arrays(centre: Centre, seed: int, first: int, size: int, *, engine: Engine = Engine.COMPILED) -> Floats:
    """Daily counts of replications ``first`` … ``first + size − 1`` as numbers alone, for searches.

    Returns:
        ``(size, L, D, counts)``: replication, line, date, and ``wfm.metrics.COUNTS`` in their order.
    """
    if _plays(engine):
        return _count(centre, seed, first, size)
    return np.array([_tallied(centre, simulate(centre, seed, first + k)) for k in range(size)])


def _count(centre: Centre, seed: int, first: int, size: int) -> Floats:
    from simulation.compiled import play_compiled
    from simulation.compiled_counts import cells_of, count_replication
    from simulation.plain_queue import count_plain_replications, plain_queue, play_plain

    out = np.empty((size, *cells_of(centre).shape))
    plain = plain_queue(centre)
    done = 0
    while done < size:
        if plain is None:
            played = play_compiled(centre, seed, first + done)
            count_replication(centre, played.rows, played.callers, played.stays, out[done])
            done += 1
            continue
        done += count_plain_replications(centre, plain, seed, first + done, out[done:])
        if done < size:
            out[done] = _tallied(centre, play_plain(centre, plain, seed, first + done))
            done += 1
    return out


def daily_counts(centre: Centre, seed: int, first: int, size: int, *, engine: Engine = Engine.COMPILED) -> pd.DataFrame:
    """Daily counts of replications ``first`` … ``first + size − 1``.

    Returns:
        One row per replication, line and date: columns ``replication``, ``line``, ``date`` and
        ``wfm.metrics.COUNTS``; the same whatever the engine.
    """
    counts = count_arrays(centre, seed, first, size, engine=engine)
    lines, days = counts.shape[1:3]
    table = pd.DataFrame(counts.reshape(-1, len(COUNTS)), columns=list(COUNTS))
    table.insert(0, "replication", np.repeat(np.arange(first, first + size), lines * days))
    table.insert(1, "line", np.tile(np.repeat(np.asarray(centre.line_ids, dtype=object), days), size))
    table.insert(2, "date", np.tile(centre.dates.astype("datetime64[ns]"), lines * size))
    return table


def _tallied(centre: Centre, calls: SimulatedCalls) -> Floats:
    counts: Floats = tally(calls, centre)[list(COUNTS)].to_numpy(float)
    return counts.reshape(len(centre.line_ids), len(centre.dates), len(COUNTS))
