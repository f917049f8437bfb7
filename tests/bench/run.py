"""``make bench``: what the product costs, and its peers beside it in the same run. Not a test.

Each file here named in ``FILES`` has ``rows()``, which measures and yields :class:`row.Row`; ``run.py sizing plan``
measures those alone.
"""

from __future__ import annotations

import importlib
import sys

import psutil
from row import RUNS

FILES = ("commands", "sizing", "day_level", "simulator", "plan", "shifts", "repair", "rosters", "records", "at_once")


def main() -> None:
    """Measure and print."""
    print(f"Python {sys.version.split()[0]}, {psutil.cpu_count()} cores, median of {RUNS} runs")
    for name in sys.argv[1:] or FILES:
        for row in importlib.import_module(name).rows():
            print(f"{row.figure:<76} {row.value:>16}   {row.against}", flush=True)


if __name__ == "__main__":
    main()
