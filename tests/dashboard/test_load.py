"""Many viewers at once: every answer arrives, and none costs more than it may.

A short sample of ``tests/bench/viewers.py``, which measures fifty viewers over a minute. How long an answer takes depends
on what else the machine does; how much work it is does not, so that the bound here is on work.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import psutil
import pytest

VIEWERS, SECONDS, PAUSE_S = 12, 4.0, (0.2, 0.8)
WORK_PER_ANSWER_S = 0.3


@pytest.fixture(scope="module")
def viewers() -> ModuleType:
    path = Path(__file__).parents[1] / "bench" / "viewers.py"
    spec = importlib.util.spec_from_file_location("viewers_of_the_dashboard", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def _work_s(command: str) -> float:
    """CPU seconds of the web server's processes so far."""
    return sum(
        p.cpu_times().user + p.cpu_times().system
        for p in psutil.Process().children(recursive=True)
        if any(command in word for word in p.cmdline())
    )


@pytest.mark.skipif(sys.platform == "win32", reason="several processes of gunicorn")
def test_every_viewer_is_answered(
    viewers: ModuleType, plans_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WFM_HOME", str(tmp_path))
    pages = viewers.page_paths()
    with viewers.serving(plans_folder, tmp_path, 2, "--jobs", "0") as base:
        cookies = viewers.sessions(tmp_path, base, VIEWERS)
        viewers.watch(base, cookies[:2], pages, 3.0, (0.0, 0.1))  # each worker reads each plan once
        before = _work_s("dashboard.server.web")
        seen = viewers.watch(base, cookies, pages, SECONDS, PAUSE_S)
        work_s = _work_s("dashboard.server.web") - before
    assert seen.errors == []
    assert len(seen.all) >= VIEWERS
    assert work_s / len(seen.all) < WORK_PER_ANSWER_S
    if os.getloadavg()[0] < 1.5 * (os.cpu_count() or 1):  # nothing else of weight runs
        assert seen.median_s < 1.0
