"""Run CP-SAT so that an interruption is heard at once and the clock or the work is what ends it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from ortools.sat.python import cp_model

__all__ = ["Effort", "solve_model"]


class Effort:
    """What may still be spent: seconds of the clock, of the processor (``cpu``), or in reproducible runs deterministic work.

    CP-SAT counts its own work in units that do not depend on the machine's load; about two units
    fit into a second of one core.
    """

    UNITS_PER_S = 0.5

    def __init__(self, seconds: float, *, reproducible: bool, cpu: bool = False) -> None:
        self.reproducible = reproducible
        self.clock = time.process_time if cpu else time.monotonic
        self.seconds = seconds
        self.work_left = seconds * self.UNITS_PER_S
        self.ends = self.clock() + seconds

    @property
    def left_s(self) -> float:
        """What is left, as seconds."""
        if self.reproducible:
            return self.work_left / self.UNITS_PER_S
        return self.ends - self.clock()

    def spend(self, units: float) -> None:
        """Count deterministic work."""
        self.work_left -= units

    @property
    def done_share(self) -> float:
        """Share of the budget that is spent."""
        return min(1.0, max(0.0, 1 - self.left_s / self.seconds)) if self.seconds > 0 else 1.0


def solve_model(
    model: Any,
    effort: Effort,
    limit_s: float,
    *,
    workers: int,
    seed: int,
    heard: Callable[[], None],
    settings: Mapping[str, object] | None = None,
) -> tuple[Any, int]:
    """Solve within ``limit_s`` (or the effort left) and give the solver and its status.

    The search runs in a thread of its own; ``heard`` is called about twice a second meanwhile. ``settings`` are
    further parameters of CP-SAT by name.

    Raises:
        KeyboardInterrupt: the user interrupted; the search has been stopped.
    """
    solver = cp_model.CpSolver()
    parameters = solver.parameters
    parameters.random_seed = seed % (2**31)
    parameters.catch_sigint_signal = False
    for name, value in (settings or {}).items():
        setattr(parameters, name, value)
    limit_s = max(0.05, min(limit_s, effort.left_s))
    if effort.reproducible:
        parameters.num_workers = 1
        parameters.max_deterministic_time = limit_s * Effort.UNITS_PER_S
    else:
        parameters.num_workers = workers
        parameters.max_time_in_seconds = limit_s / workers if effort.clock is time.process_time else limit_s
        if workers == 2:
            parameters.ignore_subsolvers.append("default_lp")
            parameters.extra_subsolvers.append("max_lp")
    statuses: list[Any] = []
    thread = threading.Thread(target=lambda: statuses.append(solver.solve(model)), daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(0.5)
            heard()
    except BaseException:
        solver.stop_search()
        thread.join()
        raise
    if not statuses:
        raise RuntimeError("the solver ended without a status")
    effort.spend(solver.response_proto.deterministic_time)
    return solver, statuses[0]
