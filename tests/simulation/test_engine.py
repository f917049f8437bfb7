"""The door to both engines: the same tables from either, and a way round a compiler that is not there."""

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from simulation import engine as door
from simulation import kernels
from simulation.engine import Engine, count_arrays, daily_counts, engine_available, engine_notice, play
from wfm.compiling import remove_old, version_of
from wfm.metrics import COUNTS


@pytest.fixture
def other_process(monkeypatch):
    """As if nothing were known yet of the compiled engine."""
    monkeypatch.setattr(door, "_known", {})


@pytest.fixture
def centres(small_centre, on_duty):
    """A plain queue, and one whose callers try again."""
    agents = [on_duty("a"), on_duty("b"), on_duty("c")]
    plain = small_centre({8: 40, 9: 60, 15: 20}, agents)
    return plain, small_centre({8: 40, 9: 60, 15: 20}, agents, redial_share=(0.7,))


def test_both_engines_count_the_same_table(centres):
    """§78"""
    for centre in centres:
        compiled, readable = (daily_counts(centre, 3, 2, 3, engine=engine) for engine in Engine)
        pd.testing.assert_frame_equal(compiled, readable, check_exact=True)
        assert list(compiled.columns) == ["replication", "line", "date", *COUNTS]
        assert compiled["replication"].tolist() == [2, 3, 4]


def test_both_engines_return_the_same_calls(centres):
    """§78"""
    for centre in centres:
        compiled, readable = (play(centre, 3, 1, engine=engine).frame() for engine in Engine)
        pd.testing.assert_frame_equal(compiled, readable, check_exact=True)


@pytest.mark.parametrize("missing", ["numba", "llvmlite"])
def test_without_a_compiler_simpy_plays_and_a_notice_says_so(centres, other_process, monkeypatch, missing):
    """§78"""
    expected = daily_counts(centres[1], 1, 0, 2, engine=Engine.SIMPY)
    for name in list(sys.modules):
        if name.partition(".")[0] == missing or name.startswith(
            ("simulation.compiled", "simulation.kernels", "simulation.plain", "wfm.compiling")
        ):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    assert not engine_available(Engine.COMPILED)
    assert engine_available(Engine.SIMPY)
    notice = engine_notice()
    assert notice is not None
    assert "readable" in notice
    assert missing in notice
    assert engine_notice(Engine.SIMPY) is None
    pd.testing.assert_frame_equal(daily_counts(centres[1], 1, 0, 2), expected)


def test_a_compiler_that_computes_otherwise_is_not_used(centres, other_process, monkeypatch):
    """§78"""
    monkeypatch.setattr("simulation.compiled_draws.differences", lambda: ["lognormal(0.5)"])
    assert not engine_available(Engine.COMPILED)
    notice = engine_notice()
    assert notice is not None
    assert "lognormal(0.5)" in notice
    assert count_arrays(centres[0], 1, 0, 1)[0, 0, 0, 0] == 120


def test_a_compiler_that_fails_at_the_first_trial_is_not_used(centres, other_process, monkeypatch):
    """§78"""

    def fails(*_):
        raise RuntimeError("no such instruction")

    monkeypatch.setattr(kernels, "compiled_before", lambda: False)
    monkeypatch.setattr(door, "_count", fails)
    assert count_arrays(centres[0], 1, 0, 1)[0, 0, 0, 0] == 120
    assert "no such instruction" in (engine_notice() or "")
    assert not engine_available(Engine.COMPILED)


def test_the_first_run_on_a_machine_is_announced_and_marked(other_process, monkeypatch, tmp_path):
    marked: list[bool] = []
    steps: list[tuple[int, int]] = []
    monkeypatch.setattr(kernels, "compiled_before", lambda: bool(marked))
    monkeypatch.setattr(kernels, "note_compiled", lambda: marked.append(True))
    assert "once on this machine" in (engine_notice() or "")
    door.compile_engine(lambda done, total: steps.append((done, total)))
    assert marked == [True]
    assert steps == [(0, 2), (1, 2), (2, 2)]
    assert engine_notice() is None
    door.compile_engine()
    assert marked == [True]


def test_where_nothing_can_be_kept_every_process_compiles_and_says_so(other_process, monkeypatch):
    monkeypatch.setattr(kernels, "compiled_before", lambda: False)
    monkeypatch.setattr(kernels, "cache_folder", lambda: None)
    assert "cannot be written" in (engine_notice() or "")


PROBE = """
import numba
from simulation.kernels import cache_folder, compiled_before, kernel, note_compiled
before = numba.config.CACHE_DIR
@kernel
def twice(x):
    return 2 * x
assert twice(4) == 8 and numba.config.CACHE_DIR == before
print(cache_folder(), compiled_before())
note_compiled()
print(cache_folder(), compiled_before())
"""


def probe(home: Path, **more: str) -> list[str]:
    environment = {**os.environ, "XDG_CACHE_HOME": str(home), "HOME": str(home), **more}
    environment.pop("NUMBA_CACHE_DIR", None)
    environment |= more
    script = home.parent / "probe.py"  # a function that is cached needs a file
    script.write_text(PROBE)
    done = subprocess.run([sys.executable, script], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_the_cache_is_the_users_or_the_one_that_is_asked_for(tmp_path):
    home, asked = tmp_path / "home", tmp_path / "asked"
    home.mkdir()
    unmarked, marked = probe(home)
    assert unmarked.endswith(" False")
    assert marked == unmarked.replace(" False", " True")
    assert "hotline-wfm" in unmarked
    assert list(home.rglob("probe.twice*.nbc")), "the function is kept"
    found = probe(home, NUMBA_CACHE_DIR=str(asked))[0].split()[0]
    assert Path(found).is_relative_to(asked)


WAITING = """
from simulation.kernels import alone
print("waits", flush=True)
with alone():
    print("alone", flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="files are locked on POSIX alone")
def test_of_two_processes_one_compiles_and_the_other_waits_for_it():
    with kernels.alone():
        other = subprocess.Popen([sys.executable, "-c", WAITING], stdout=subprocess.PIPE, text=True, encoding="utf-8")
        assert other.stdout.readline() == "waits\n"
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(timeout=0.3)
    assert other.communicate(timeout=60)[0] == "alone\n"
    assert other.returncode == 0


def test_without_a_folder_to_write_functions_are_compiled_all_the_same(tmp_path):
    home = tmp_path / "home"
    home.write_text("a file where the folder should be")
    assert probe(home) == ["None False", "None False"]


def test_a_copy_of_the_product_elsewhere_is_compiled_itself(tmp_path):
    """Numba finds functions by the place and time of their source: a folder that is complete for one copy is not for another."""
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "rule.py").write_text("x = 1")
        os.utime(tmp_path / name / "rule.py", (1000, 1000))
    one, other = version_of(tmp_path / "one"), version_of(tmp_path / "other")
    assert one != other
    assert one == version_of(tmp_path / "one")
    os.utime(tmp_path / "one" / "rule.py", (2000, 2000))
    assert version_of(tmp_path / "one") != one


def test_folders_of_earlier_versions_go_but_for_the_last(tmp_path):
    mine = tmp_path / "compiled-now"
    ages = {"compiled-now": 0, "compiled-last": 9000, "compiled-older": 9001, "compiled-oldest": 90000, "other": 90000}
    for name, age in ages.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "kept").touch()
        os.utime(tmp_path / name, (time.time() - age, time.time() - age))
    remove_old(tmp_path, mine, "compiled-")
    assert {path.name for path in tmp_path.iterdir()} == {"compiled-now", "compiled-last", "other"}


def test_folders_that_others_use_now_stay(tmp_path):
    for number in range(5):
        (tmp_path / f"compiled-{number}").mkdir()
    remove_old(tmp_path, tmp_path / "compiled-0", "compiled-")
    assert len(list(tmp_path.iterdir())) == 5


def test_nobody_loads_numba_before_a_centre_is_played():
    code = "import sys, simulation, simulation.engine\nprint(sorted({'numba', 'llvmlite'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_arrays_for_searches_hold_replication_line_date_and_count(centres):
    counts = count_arrays(centres[1], 1, 0, 3)
    assert counts.shape == (3, 1, 1, len(COUNTS))
    assert (counts[:, 0, 0, COUNTS.index("answered")] > 0).all()
    assert len(np.unique(counts[:, 0, 0, COUNTS.index("handle_s")])) == 3
