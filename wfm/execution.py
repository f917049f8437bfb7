"""Run lists of independent tasks: in this process or on local processes, with progress.

Results come back in the order of the tasks and do not depend on the executor, because a task is a
pure function of its argument.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

__all__ = ["Progress", "no_progress", "run_tasks", "usable_cores"]

T = TypeVar("T")
R = TypeVar("R")


class Progress(Protocol):
    """Told how much of the work is done: ``progress(done, total)``."""

    def __call__(self, done: int, total: int, /) -> None:
        """Hear that ``done`` of ``total`` tasks are finished."""


def no_progress(done: int, total: int, /) -> None:
    """Progress that nobody watches."""


def usable_cores() -> int:
    """Cores this process may use, at least 1."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return max(1, os.cpu_count() or 1)


def run_tasks(
    function: Callable[[T], R], tasks: Sequence[T], *, workers: int = 1, progress: Progress = no_progress
) -> list[R]:
    """``[function(task) for task in tasks]`` on ``workers`` processes.

    With more than one worker, ``function`` and the tasks must be picklable and the processes are
    started afresh (loky), never forked.
    """
    progress(0, len(tasks))
    results: list[R] = []
    if workers <= 1 or len(tasks) <= 1:
        for task in tasks:
            results.append(function(task))
            progress(len(results), len(tasks))
        return results
    from joblib import Parallel, delayed

    parallel = Parallel(n_jobs=min(workers, len(tasks)), return_as="generator", batch_size=1)
    for result in parallel(delayed(function)(task) for task in tasks):
        results.append(result)
        progress(len(results), len(tasks))
    return results
