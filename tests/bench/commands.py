"""What a command costs before it does anything."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from row import RUNS, Row

ROOT = Path(__file__).parents[2]


def rows() -> Iterator[Row]:
    """CPU seconds of ``wfm --help`` in a fresh process."""
    cpu = statistics.median(_help_cpu_s() for _ in range(RUNS))
    yield Row("wfm --help", f"{cpu:.2f} s CPU", "bound 0.5")


def _help_cpu_s() -> float:
    before = os.times()
    subprocess.run([sys.executable, "-m", "wfm.cli", "--help"], check=True, capture_output=True, cwd=ROOT)
    after = os.times()
    return (after.children_user - before.children_user) + (after.children_system - before.children_system)
