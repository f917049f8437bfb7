"""Experiments end to end: numbers, precision, executors, and a run that is killed and taken up again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import scenarios.experiments
from scenarios.experiments import REPLICATIONS, run_experiment
from simulation import Centre, Engine, run_replications
from simulation.precision import Precision
from wfm.errors import BadInput
from wfm.execution import LocalProcesses, executor_named

Make = Callable[..., Centre]


@pytest.fixture
def centre(plain_centre: Make) -> Centre:
    return plain_centre(3)


def test_a_number_of_replications(centre: Centre, tmp_path: Path) -> None:
    found = run_experiment(centre, seed=7, replications=23, ledger_folder=tmp_path / "ledger")
    pd.testing.assert_frame_equal(found.counts, run_replications(centre, seed=7, replications=23), check_exact=True)
    assert (found.replications, found.reached, found.half_width, found.statement) == (23, None, None, None)
    assert found.calls == found.counts["offered"].sum()
    assert found.resumed == 0
    assert found.seconds > 0
    again = run_experiment(centre, seed=7, replications=23, ledger_folder=tmp_path / "ledger")
    pd.testing.assert_frame_equal(found.counts, again.counts, check_exact=True)
    assert again.resumed == 23
    assert run_experiment(centre, seed=8, replications=3, ledger_folder=tmp_path / "ledger").resumed == 0


def test_a_precision_and_its_rerun_on_processes(centre: Centre, tmp_path: Path) -> None:
    precision = Precision(kpi="asa_s", relative=0.15, replications_max=200)
    found = run_experiment(centre, seed=7, precision=precision, ledger_folder=tmp_path)
    assert found.reached
    assert found.half_width is not None
    assert found.statement is not None
    again = run_experiment(centre, seed=7, precision=precision, ledger_folder=tmp_path, executor=LocalProcesses(2))
    pd.testing.assert_frame_equal(found.counts, again.counts, check_exact=True)
    assert again.resumed == again.replications == found.replications


def test_neither_engine_nor_executor_changes_the_counts(centre: Centre) -> None:
    from distributed import LocalCluster

    alone = run_experiment(centre, seed=7, replications=13, engine=Engine.SIMPY)
    assert len(alone.counts["replication"].unique()) == 13
    with LocalCluster(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=":0") as cluster:
        dask = executor_named("dask", scheduler=cluster.scheduler_address)
        for engine, executor in (
            (Engine.COMPILED, None),
            (Engine.SIMPY, LocalProcesses(2)),
            (Engine.COMPILED, LocalProcesses(2)),
            (Engine.SIMPY, dask),
        ):
            other = run_experiment(centre, seed=7, replications=13, engine=engine, executor=executor)
            pd.testing.assert_frame_equal(alone.counts, other.counts, check_exact=True)


def test_what_is_not_asked_for_is_usual(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    assert REPLICATIONS == 100
    monkeypatch.setattr(scenarios.experiments, "REPLICATIONS", 5)
    assert run_experiment(centre, seed=1).replications == 5
    with pytest.raises(ValueError, match="not both"):
        run_experiment(centre, seed=1, replications=3, precision=Precision(kpi="asa_s", relative=0.1))
    for wrong in ({"replications": 0}, {"replications": 3, "seed": -1}):
        with pytest.raises(BadInput, match="found"):
            run_experiment(centre, **({"seed": 1} | wrong))


EXPERIMENT = """
import pickle, sys
from pathlib import Path
import scenarios.ledger
from scenarios.experiments import run_experiment
from simulation import Engine
from wfm.execution import LocalProcesses

if __name__ == "__main__":
    scenarios.ledger.simulation_sources_hash = lambda: "these"
    folder = Path(sys.argv[1])
    centre = pickle.loads((folder / "centre").read_bytes())
    run_experiment(
        centre, seed=5, replications=4000, engine=Engine.SIMPY,
        executor=LocalProcesses(2), ledger_folder=folder / "ledger",
    )
"""


def test_a_killed_experiment_is_taken_up_where_it_was(
    plain_centre: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """kill -9 while batches are written: the folder is sound, the rerun plays the rest and is that of one go."""
    import pickle

    import simulation.experiment

    centre = plain_centre(3)
    (tmp_path / "centre").write_bytes(pickle.dumps(centre))
    (tmp_path / "experiment.py").write_text(EXPERIMENT)
    process = subprocess.Popen(
        [sys.executable, str(tmp_path / "experiment.py"), str(tmp_path)],
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        until = time.monotonic() + 90
        while len(list(tmp_path.glob("ledger/*/*.parquet"))) < 3 and time.monotonic() < until:
            assert process.poll() is None
            time.sleep(0.01)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    finished = sorted(p.name for p in tmp_path.glob("ledger/*/*.parquet"))
    assert len(finished) >= 3
    last = max(int(name.split("-")[1]) for name in finished)
    replications = min(last + 60, 4000)

    played: list[int] = []
    play = simulation.experiment.daily_counts

    def watched(centre: Centre, seed: int, first: int, size: int, **how: Any) -> pd.DataFrame:
        played.extend(range(first, first + size))
        return play(centre, seed, first, size, **how)

    monkeypatch.setattr(simulation.experiment, "daily_counts", watched)
    monkeypatch.setattr("scenarios.ledger.simulation_sources_hash", lambda: "these")
    resumed = run_experiment(
        centre, seed=5, replications=replications, engine=Engine.SIMPY, ledger_folder=tmp_path / "ledger"
    )
    assert resumed.resumed > 0
    assert sorted(played) == sorted(set(played))
    assert len(played) == replications - resumed.resumed < replications
    in_one_go = run_replications(centre, seed=5, replications=replications, engine=Engine.SIMPY)
    pd.testing.assert_frame_equal(resumed.counts, in_one_go, check_exact=True)
