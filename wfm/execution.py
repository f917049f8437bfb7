"""Run lists of independent tasks: in this process, on local processes or on a dask cluster, with progress.

A task is a pure function of its argument, so results do not depend on the executor nor on the order in
which tasks end. They come back in the order of the tasks. With a ledger, tasks that an earlier run
finished are read instead of run, and each task is written down as soon as it ends.

A worker process that is killed takes only the tasks it was at: they are run again, a bounded number of times.
"""

from __future__ import annotations

import hashlib
import os
import pickle
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, wait
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar, cast

from wfm.errors import BadInput
from wfm.i18n import list_words, say

__all__ = [
    "EXECUTORS",
    "DaskCluster",
    "Executor",
    "InProcess",
    "Ledger",
    "LocalProcesses",
    "Progress",
    "Sharing",
    "executor_named",
    "no_progress",
    "run_tasks",
    "usable_cores",
]

S = TypeVar("S")
T = TypeVar("T")
R = TypeVar("R")
T_contra = TypeVar("T_contra", contravariant=True)

EXECUTORS = ("in-process", "processes", "dask")
"""Names of the executors."""

RESTARTS = 5
"""How often local processes are started anew after one of them was killed."""

_KEPT_VALUES = 8
"""Shared values that a worker keeps unpacked."""

REACHED_WITHIN_S = 5
"""A scheduler that does not answer so long, or has no worker, is not there."""

_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1")
"""Each worker is one of several: it must not start threads for every core."""


class Progress(Protocol):
    """Told how much of the work is done: ``progress(done, total)``."""

    def __call__(self, done: int, total: int, /) -> None:
        """Hear that ``done`` of ``total`` tasks are finished."""


def no_progress(done: int, total: int, /) -> None:
    """Progress that nobody watches."""


class Executor(Protocol):
    """Runs independent tasks somewhere."""

    def completions(self, function: Callable[[T], R], tasks: Sequence[T]) -> Iterator[tuple[int, R]]:
        """Index and result of each task, as they end, in any order.

        The first exception of a task ends the run and is raised here. Closing the iterator stops the workers.

        Raises:
            BadInput: the executor is not there, or its workers keep dying.
        """


class Ledger(Protocol[T_contra, R]):
    """Remembers finished tasks, so that a rerun plays only the others."""

    def recall(self, task: T_contra) -> R | None:
        """What the task gave in an earlier run; None if that is not known."""

    def keep(self, task: T_contra, result: R) -> None:
        """Write down what the task gave."""


class Sharing(Generic[S, T, R]):
    """``task → function(value, task)`` with a large value that all tasks share.

    The value is pickled once, whatever the number of tasks, and unpickled once in each worker process;
    workers keep the last few.
    """

    def __init__(self, function: Callable[[S, T], R], value: S) -> None:
        self.function = function
        self.value = value
        self._packed: tuple[str, bytes] | None = None

    def __call__(self, task: T) -> R:
        """The task's result."""
        return self.function(self.value, task)

    def packed(self) -> tuple[str, bytes]:
        """Digest and pickle of the value."""
        if self._packed is None:
            data = pickle.dumps(self.value, protocol=pickle.HIGHEST_PROTOCOL)
            self._packed = (hashlib.sha256(data).hexdigest(), data)
        return self._packed

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return _unpacked_sharing, (self.function, *self.packed())


_values: OrderedDict[str, object] = OrderedDict()


def unpacked(digest: str, data: bytes) -> object:
    """The shared value with this digest, unpickled at most once while it is in use."""
    if digest not in _values:
        _values[digest] = pickle.loads(data)  # noqa: S301 - our own bytes, from the process that started this one
        while len(_values) > _KEPT_VALUES:
            _values.popitem(last=False)
    _values.move_to_end(digest)
    return _values[digest]


def _unpacked_sharing(function: Callable[[Any, Any], Any], digest: str, data: bytes) -> Sharing[Any, Any, Any]:
    return Sharing(function, unpacked(digest, data))


@dataclass(frozen=True, slots=True)
class InProcess:
    """Runs the tasks here, one after another."""

    def completions(self, function: Callable[[T], R], tasks: Sequence[T]) -> Iterator[tuple[int, R]]:
        """See :class:`Executor`."""
        for index, task in enumerate(tasks):
            yield index, function(task)


@dataclass(frozen=True, slots=True)
class LocalProcesses:
    """Runs the tasks on processes of this machine, started afresh (loky), never forked; they stay warm for the next run."""

    workers: int

    def completions(self, function: Callable[[T], R], tasks: Sequence[T]) -> Iterator[tuple[int, R]]:
        """See :class:`Executor`. ``function`` and the tasks must be picklable."""
        if len(tasks) <= 1 or self.workers <= 1:
            yield from InProcess().completions(function, tasks)
            return
        waiting = list(range(len(tasks)))
        for _ in range(RESTARTS + 1):
            lost: list[int] = []
            yield from self._until_broken(function, tasks, waiting, lost)
            if not lost:
                return
            waiting = lost
        raise BadInput(
            say(
                "processes: worker processes were killed {n} times, perhaps for want of memory; "
                "try fewer workers (used: {workers})",
                n=RESTARTS + 1,
                workers=self.workers,
            )
        )

    def _until_broken(
        self, function: Callable[[T], R], tasks: Sequence[T], waiting: Sequence[int], lost: list[int]
    ) -> Iterator[tuple[int, R]]:
        """Run the waiting tasks; when a worker is killed, name in ``lost`` those that are not finished."""
        from joblib.externals.loky import get_reusable_executor
        from joblib.externals.loky.process_executor import TerminatedWorkerError

        pool = get_reusable_executor(
            max_workers=self.workers, timeout=60, initializer=_leave_interrupts, env=_ONE_THREAD
        )
        under_way: dict[Any, int] = {}
        ahead = iter(waiting)
        broken = False
        try:
            while True:
                # A few tasks ahead of the workers, so that they never wait and not all are pickled at once.
                while not broken and len(under_way) < 2 * self.workers + 1 and (index := next(ahead, None)) is not None:
                    try:
                        under_way[pool.submit(function, tasks[index])] = index
                    except TerminatedWorkerError:
                        lost.append(index)
                        broken = True
                if not under_way:
                    break
                for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                    index = under_way.pop(future)
                    try:
                        result = future.result()
                    except TerminatedWorkerError:
                        lost.append(index)
                        broken = True
                        continue
                    yield index, cast("R", result)
        except BaseException:
            pool.shutdown(wait=False, kill_workers=True)
            raise
        lost.extend(ahead)
        lost.sort()


def _leave_interrupts() -> None:
    """Ctrl-C reaches every process of a terminal: the one that started the others stops them."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)


@dataclass(frozen=True, slots=True)
class DaskCluster:
    """Runs the tasks on the workers of an existing dask cluster, which must have the same version of the product.

    The scheduler hands the tasks of a worker that dies to others, up to its own limit (``allowed-failures``, 3).
    """

    scheduler: str

    def completions(self, function: Callable[[T], R], tasks: Sequence[T]) -> Iterator[tuple[int, R]]:
        """See :class:`Executor`."""
        if not tasks:
            return
        dask = _require_dask()
        with self._client(dask) as client:
            if isinstance(function, Sharing):
                # The value is itself a task: workers that come later, or lose it, get it anew.
                value = client.submit(unpacked, *function.packed(), pure=False)
                futures = client.map(_with_value, tasks, function=function.function, value=value, pure=False)
            else:
                futures = client.map(function, tasks, pure=False)
            number = {future.key: index for index, future in enumerate(futures)}
            try:
                for future in dask.as_completed(futures, loop=client.loop):
                    yield number[future.key], future.result()
            except (dask.KilledWorker, dask.CancelledError) as error:
                raise BadInput(
                    say(
                        "executor dask: the cluster at {scheduler} lost its workers ({reason})",
                        scheduler=self.scheduler,
                        reason=type(error).__name__,
                    )
                ) from None
            finally:
                client.cancel(futures)

    def _client(self, dask: Any) -> Any:
        try:
            client = dask.Client(self.scheduler, timeout=REACHED_WITHIN_S, set_as_default=False)
        except (OSError, ValueError):
            raise BadInput(
                say("executor dask: no scheduler answers at {scheduler}", scheduler=self.scheduler)
            ) from None
        try:
            client.wait_for_workers(1, timeout=REACHED_WITHIN_S)
            theirs = client.submit(product_version, pure=False).result()
        except TimeoutError:
            client.close()
            raise BadInput(
                say("executor dask: the cluster at {scheduler} has no worker", scheduler=self.scheduler)
            ) from None
        except ImportError:
            theirs = "—"
        except BaseException:
            client.close()
            raise
        if theirs != product_version():
            client.close()
            raise BadInput(
                say(
                    "executor dask: the workers at {scheduler} run version {theirs} of the product, this is {ours}",
                    scheduler=self.scheduler,
                    theirs=theirs,
                    ours=product_version(),
                )
            )
        return client


def product_version() -> str:
    """Version of the product in this process."""
    from wfm import __version__

    return __version__


def _with_value(task: Any, *, function: Callable[[Any, Any], Any], value: object) -> Any:
    return function(value, task)


def _require_dask() -> Any:
    from importlib import import_module

    try:
        return import_module("distributed")
    except ImportError:
        raise BadInput(say("executor dask: dask is not installed; install hotline-wfm[cluster]")) from None


def executor_named(name: str, *, workers: int = 1, scheduler: str | None = None) -> Executor:
    """The executor of this name from :data:`EXECUTORS`.

    Args:
        name: which one.
        workers: processes of ``processes``.
        scheduler: address of dask's scheduler.

    Raises:
        BadInput: no such executor; dask without an address, or not installed; fewer than one worker.
    """
    if workers < 1:
        raise BadInput(say("executor: workers must be at least 1, found {n}", n=workers))
    if name == "in-process":
        return InProcess()
    if name == "processes":
        return LocalProcesses(workers)
    if name != "dask":
        raise BadInput(
            say("executor: found {name!r}, allowed are {known}", name=name, known=list_words(list(EXECUTORS)))
        )
    if not scheduler:
        raise BadInput(say("executor dask: name its scheduler, such as tcp://127.0.0.1:8786"))
    _require_dask()
    return DaskCluster(scheduler)


def usable_cores() -> int:
    """Cores this process may use, at least 1."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return max(1, os.cpu_count() or 1)


def run_tasks(
    function: Callable[[T], R],
    tasks: Sequence[T],
    *,
    workers: int = 1,
    executor: Executor | None = None,
    ledger: Ledger[T, R] | None = None,
    progress: Progress = no_progress,
) -> list[R]:
    """``[function(task) for task in tasks]``.

    Args:
        function: pure, and picklable if it is to run elsewhere; :class:`Sharing` carries a large value to the workers.
        tasks: its arguments.
        workers: local processes, where no executor is given.
        executor: where the tasks run.
        ledger: finished tasks are read from it and written to it.
        progress: told how many tasks are finished.

    Raises:
        BadInput: the executor is not there, or its workers keep dying.
    """
    results: dict[int, R] = {}
    if ledger is not None:
        for index, task in enumerate(tasks):
            known = ledger.recall(task)
            if known is not None:
                results[index] = known
    progress(len(results), len(tasks))
    rest = [index for index in range(len(tasks)) if index not in results]
    chosen = executor or LocalProcesses(workers)
    with closing(cast("Any", chosen.completions(function, [tasks[index] for index in rest]))) as completions:
        for place, result in completions:
            index = rest[place]
            results[index] = result
            if ledger is not None:
                ledger.keep(tasks[index], result)
            progress(len(results), len(tasks))
    return [results[index] for index in range(len(tasks))]
