"""A whole plan, as a user would ask for it."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
from row import RUNS, Row

ROOT = Path(__file__).parents[2]


def rows() -> Iterator[Row]:
    """Wall seconds and peak memory of the four-week Guizhou plan."""
    costs = [_cost() for _ in range(RUNS)]
    wall, memory = (statistics.median(column) for column in zip(*costs, strict=True))
    yield Row("wfm plan guizhou-12348, 28 days", f"{wall:.1f} s wall", "bound 120")
    yield Row("  peak memory, all processes together", f"{memory:.2f} GiB", "bound 1.5")


def _cost() -> tuple[float, float]:
    """Wall seconds and GiB."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "wfm.cli", "plan", "guizhou-12348", "--start", "2026-09-14", "--days", "28"]
        environment = {**os.environ, "WFM_HOME": f"{folder}/home"}
        began = time.perf_counter()
        process = psutil.Popen(
            [*command, "--out", f"{folder}/plan"],
            env=environment,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        peak = 0
        while process.poll() is None:
            peak = max(peak, _memory(process))
            time.sleep(0.2)
        if process.returncode:
            raise SystemExit(f"the plan ended with {process.returncode}")
        return time.perf_counter() - began, peak / 2**30


def _memory(process: psutil.Process) -> int:
    total = 0
    try:
        for one in [process, *process.children(recursive=True)]:
            try:
                total += one.memory_info().rss
            except psutil.Error:
                continue
    except psutil.Error:
        pass
    return total
