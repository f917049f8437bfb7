"""Executors: the same results wherever and in whatever order tasks run; killed workers lose nothing that was finished."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from wfm.errors import BadInput
from wfm.execution import DaskCluster, InProcess, LocalProcesses, Sharing, executor_named, run_tasks


class Box(dict[int, int]):
    """A ledger in memory."""

    def recall(self, task: int) -> int | None:
        return self.get(task)

    def keep(self, task: int, result: int) -> None:
        self[task] = result


def _tasks() -> dict[str, Callable[..., Any]]:
    """Functions that workers get by value: they cannot import this file."""

    def square(x: int) -> int:
        return x * x

    def power(values: tuple[int, ...], k: int) -> int:
        return values[k] ** 3

    def killed_once(folder: str, x: int) -> int:
        mark = Path(folder) / "killed"
        if x == 5 and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        with (Path(folder) / "played").open("a") as file:
            file.write(f"{x}\n")
        return x + 100

    def always_killed(x: int) -> int:
        if x == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return x

    def refuse(x: int) -> int:
        if x == 2:
            raise BadInput("task 2 is wrong")
        return x

    return locals()


square, power, killed_once, always_killed, refuse = _tasks().values()


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, processes=False, dashboard_address=":0") as cluster:
        yield cluster.scheduler_address


def test_results_come_in_the_order_of_tasks_whatever_the_executor(scheduler: str) -> None:
    values = tuple(range(40))
    for executor in (InProcess(), LocalProcesses(2), DaskCluster(scheduler)):
        told: list[tuple[int, int]] = []
        found = run_tasks(
            Sharing(power, values), range(40), executor=executor, progress=lambda *at, told=told: told.append(at)
        )
        assert found == [v**3 for v in values], executor
        assert told == [(n, 40) for n in range(41)]
        assert run_tasks(square, [3, 1, 2], executor=executor) == [9, 1, 4]
        assert run_tasks(square, [], executor=executor) == []


@pytest.mark.parametrize("executor", [InProcess(), LocalProcesses(2)])
def test_an_error_of_a_task_is_the_error_of_the_run(executor: Any) -> None:
    with pytest.raises(BadInput, match="task 2 is wrong"):
        run_tasks(refuse, range(8), executor=executor)
    assert run_tasks(square, range(4), executor=executor) == [0, 1, 4, 9]


def test_dask_reports_the_error_of_a_task(scheduler: str) -> None:
    with pytest.raises(BadInput, match="task 2 is wrong"):
        run_tasks(refuse, range(8), executor=DaskCluster(scheduler))


def test_a_killed_process_loses_no_finished_task(tmp_path: Path) -> None:
    ledger = Box()
    found = run_tasks(Sharing(killed_once, str(tmp_path)), range(30), executor=LocalProcesses(2), ledger=ledger)
    assert found == [x + 100 for x in range(30)]
    assert ledger == {x: x + 100 for x in range(30)}
    assert (tmp_path / "killed").exists()
    played = [int(x) for x in (tmp_path / "played").read_text().split()]
    assert set(played) == set(range(30))
    # Only what was under way when the process died is played again: at most two tasks a worker and one.
    assert len(played) <= 30 + 5


def test_processes_that_keep_dying_are_given_up_and_keep_what_was_finished(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wfm.execution.RESTARTS", 1)
    ledger = Box()
    with pytest.raises(BadInput, match="were killed 2 times"):
        run_tasks(always_killed, range(6), executor=LocalProcesses(2), ledger=ledger)
    assert 3 not in ledger
    assert run_tasks(square, range(3), executor=LocalProcesses(2)) == [0, 1, 4], "the next run has sound processes"


def test_a_ledger_spares_finished_tasks() -> None:
    calls: list[int] = []

    def play(x: int) -> int:
        calls.append(x)
        return x * x

    ledger = Box({1: 1, 3: 9})
    assert run_tasks(play, range(5), ledger=ledger) == [0, 1, 4, 9, 16]
    assert calls == [0, 2, 4]
    assert run_tasks(play, range(5), ledger=ledger) == [0, 1, 4, 9, 16]
    assert calls == [0, 2, 4]


def test_a_dask_worker_that_is_killed_loses_nothing(tmp_path: Path) -> None:
    from distributed import LocalCluster

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with LocalCluster(n_workers=1, threads_per_worker=1, processes=True, dashboard_address=":0") as cluster:
            executor = DaskCluster(cluster.scheduler_address)
            found = run_tasks(Sharing(killed_once, str(tmp_path)), range(12), executor=executor)
    assert (tmp_path / "killed").exists()
    assert found == [x + 100 for x in range(12)]


@pytest.mark.parametrize(
    ("name", "asked", "said"),
    [
        ("cloud", {}, "'cloud'.*in-process"),
        ("processes", {"workers": 0}, "at least 1, found 0"),
        ("dask", {}, "name its scheduler"),
    ],
)
def test_an_executor_that_is_not_there_is_refused(name: str, asked: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        executor_named(name, **asked)


def test_dask_that_is_not_installed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(BadInput, match="not installed"):
        executor_named("dask", scheduler="tcp://127.0.0.1:8786")


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nowhere", "http://127.0.0.1:9"])
def test_a_scheduler_that_does_not_answer_is_said(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wfm.execution.REACHED_WITHIN_S", 1)
    with pytest.raises(BadInput, match="no scheduler answers at"):
        run_tasks(square, [1, 2], executor=DaskCluster(address))


def test_a_cluster_without_workers_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from distributed import LocalCluster

    monkeypatch.setattr("wfm.execution.REACHED_WITHIN_S", 1)
    with (
        LocalCluster(n_workers=0, processes=False, dashboard_address=":0") as cluster,
        pytest.raises(BadInput, match="has no worker"),
    ):
        run_tasks(square, [1, 2], executor=DaskCluster(cluster.scheduler_address))


INTERRUPTED = """
import os, signal, sys, threading
from wfm.execution import LocalProcesses, run_tasks
import psutil

def slow(x):
    import time
    time.sleep(0.05)
    return x

def interrupt(done, total):
    if done == 3:
        os.kill(os.getpid(), signal.SIGINT)

def is_worker(process):
    try:
        return "popen_loky" in " ".join(process.cmdline())
    except psutil.NoSuchProcess:  # or ended and not yet waited for
        return False

if __name__ == "__main__":
    try:
        run_tasks(slow, range(10_000), executor=LocalProcesses(2), progress=interrupt)
    except KeyboardInterrupt:
        alive = psutil.wait_procs([p for p in psutil.Process().children(recursive=True) if is_worker(p)], timeout=20)[1]
        print("interrupted", len(alive))
"""


def test_an_interrupt_stops_the_workers(tmp_path: Path) -> None:
    script = tmp_path / "interrupted.py"
    script.write_text(INTERRUPTED)
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "interrupted 0", done.stderr
    assert "Traceback" not in done.stderr
