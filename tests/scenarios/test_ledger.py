"""Finished batches on disk: found again by content, never half written, never trusted when damaged."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scenarios.ledger import BatchFolder, centre_hash, simulation_sources_hash
from simulation import Centre, Engine, daily_counts
from simulation.centre import GivenCalls, Overflow
from simulation.draws import exponential, lognormal
from simulation.experiment import Batch
from wfm.errors import BadInput

Make = Callable[..., Centre]


@pytest.fixture
def centre(plain_centre: Make) -> Centre:
    return plain_centre(2)


def counts_of(centre: Centre, seed: int, first: int, size: int) -> pd.DataFrame:
    return daily_counts(centre, seed, first, size, engine=Engine.SIMPY)


def other(value: Any) -> Any:
    """Something of the same kind that is not the same."""
    if isinstance(value, np.ndarray):
        if value.size == 0:
            return np.ones(tuple(n + 1 for n in value.shape), dtype=value.dtype)
        changed = value.copy()
        changed.flat[-1] = ~changed.flat[-1] if value.dtype == bool else changed.flat[-1] + 1
        return changed
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return type(value)(0) if value else type(value)(1)
    if isinstance(value, str):
        return value + "x"
    if value is None:
        return GivenCalls(np.array([1.0]), np.array([0]))
    if value and isinstance(value[0], (int, float, str)) and not isinstance(value[0], bool):
        return (*value[:-1], other(value[-1]))
    if value and isinstance(value[0], tuple) and value[0]:
        return (other(value[0]), *value[1:])
    return ((Overflow(0, 5.0),),) if value else (exponential(3.0),)


def test_every_field_of_a_centre_and_of_its_duties_is_in_its_hash(centre: Centre) -> None:
    seen = {centre_hash(centre)}
    for owner, rebuild in (
        (centre, lambda name, value: replace(centre, **{name: value})),
        (centre.duties, lambda name, value: replace(centre, duties=replace(centre.duties, **{name: value}))),
    ):
        for field in fields(owner):
            if field.name == "duties":
                continue
            value = getattr(owner, field.name)
            if field.name in ("backups", "pauses"):
                changed: Any = (((7, 9),), *value[1:])
            elif field.name == "paired":
                changed = (not value[0], *value[1:])
            elif field.name == "agent_choice":
                changed = type(value)(2)
            else:
                changed = other(value)
            seen.add(centre_hash(rebuild(field.name, changed)))
    assert len(seen) == 1 + len(fields(centre)) - 1 + len(fields(centre.duties))


def test_the_hash_tells_types_and_shapes_apart_and_not_the_layout(centre: Centre) -> None:
    base = centre_hash(centre)
    assert centre_hash(replace(centre, arrivals=np.asfortranarray(centre.arrivals))) == base
    assert centre_hash(replace(centre, arrivals=centre.arrivals.astype(">i8"))) == base
    assert centre_hash(replace(centre, arrivals=centre.arrivals.astype(float))) != base
    assert centre_hash(replace(centre, arrivals=centre.arrivals.reshape(1, 2, -1))) != base
    assert centre_hash(replace(centre, talk=(lognormal(100, 0.5),))) != base
    assert centre_hash(replace(centre, call_back_reached_share=np.float64(centre.call_back_reached_share))) == base
    with pytest.raises(TypeError, match="object"):
        centre_hash(replace(centre, arrivals=np.array([object()])))


def test_another_process_finds_the_same_hash(centre: Centre, tmp_path: Path) -> None:
    import pickle

    (tmp_path / "centre").write_bytes(pickle.dumps(centre))
    code = (
        "import pickle, sys, pathlib; from scenarios.ledger import centre_hash, simulation_sources_hash as s; "
        "print(centre_hash(pickle.loads(pathlib.Path(sys.argv[1]).read_bytes())), s())"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "centre")],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "7"},
    )
    simulation_sources_hash.cache_clear()
    assert told.stdout.split() == [centre_hash(centre), simulation_sources_hash()]


def test_a_batch_comes_back_exactly(centre: Centre, tmp_path: Path) -> None:
    batch = Batch(3, 4, 2)
    counts = counts_of(centre, 3, 4, 2)
    ledger = BatchFolder(tmp_path / "ledger")
    assert ledger.recall(centre, batch) is None
    ledger.keep(centre, batch, counts)
    again = BatchFolder(tmp_path / "ledger")
    found = again.recall(replace(centre), batch)
    assert found is not None
    pd.testing.assert_frame_equal(found, counts, check_exact=True)
    assert again.recalled == 2
    for unknown in (Batch(4, 4, 2), Batch(3, 5, 2), Batch(3, 4, 1)):
        assert again.recall(centre, unknown) is None
    assert again.recall(replace(centre, ring_s=4.5), batch) is None


def test_damaged_files_are_passed_over(centre: Centre, tmp_path: Path) -> None:
    batch = Batch(3, 0, 2)
    ledger = BatchFolder(tmp_path)
    ledger.keep(centre, batch, counts_of(centre, 3, 0, 2))
    (path,) = tmp_path.glob("*/*.parquet")
    sound = path.read_bytes()
    assert ledger.recall(centre, batch) is not None
    for broken in (b"", sound[: len(sound) // 2], b"PAR1" + bytes(100), sound[:-1]):
        path.write_bytes(broken)
        assert ledger.recall(centre, batch) is None
    wrong = 0
    for at in range(8, 400, 7):
        path.write_bytes(sound[:at] + bytes([sound[at] ^ 0x10]) + sound[at + 1 :])
        found = ledger.recall(centre, batch)
        wrong += found is not None and not found.equals(counts_of(centre, 3, 0, 2))
    assert wrong == 0, "no flipped bit is believed"
    path.write_bytes(sound)
    assert ledger.recall(centre, batch) is not None
    # A sound file of another batch under this name is not this batch.
    ledger.keep(centre, Batch(3, 2, 2), counts_of(centre, 3, 2, 2))
    (path.parent / "3-2-2.parquet").replace(path)
    assert ledger.recall(centre, batch) is None


def test_another_version_reads_none_of_it(centre: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = Batch(1, 0, 1)
    BatchFolder(tmp_path).keep(centre, batch, counts_of(centre, 1, 0, 1))
    monkeypatch.setattr("scenarios.ledger.simulation_sources_hash", lambda: "another")
    assert BatchFolder(tmp_path).recall(centre, batch) is None


def test_a_folder_that_is_too_large_loses_what_was_not_used_for_the_longest(plain_centre: Make, tmp_path: Path) -> None:
    centres = [plain_centre(n) for n in (1, 2, 3, 4)]
    for age, one in enumerate(centres):
        ledger = BatchFolder(tmp_path)
        ledger.keep(one, Batch(1, 0, 1), counts_of(one, 1, 0, 1))
        os.utime(ledger._of(one), (1000 + age, 1000 + age))
    assert BatchFolder(tmp_path).recall(centres[0], Batch(1, 0, 1)) is not None, "used again: now the youngest"
    size = sum(p.stat().st_size for p in tmp_path.rglob("*.parquet"))
    unfinished = tmp_path / "left" / ".part-1"
    unfinished.parent.mkdir()
    unfinished.write_bytes(b"half")
    os.utime(unfinished, (1000, 1000))
    fresh = tmp_path / "left" / ".part-2"
    fresh.write_bytes(b"being written")
    ledger = BatchFolder(tmp_path, bytes_max=size * 5 // 8)
    assert ledger.recall(centres[1], Batch(1, 0, 1)) is not None
    os.utime(ledger._of(centres[1]), (999, 999))
    ledger.tidy()
    assert [BatchFolder(tmp_path).recall(c, Batch(1, 0, 1)) is not None for c in centres] == [True, True, False, False]
    assert not unfinished.exists()


def test_a_place_that_cannot_be_written_is_said(centre: Centre, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match=r"cannot write to .*file"):
        BatchFolder(tmp_path / "file")
    ledger = BatchFolder(tmp_path / "ledger")
    ledger._of(centre).write_text("")
    with pytest.raises(BadInput, match="cannot write to"):
        ledger.keep(centre, Batch(1, 0, 1), counts_of(centre, 1, 0, 1))
