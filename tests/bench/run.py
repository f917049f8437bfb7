"""``make bench``: what the product costs, and its simulator beside a bare SimPy queue in the same run.

Prints one line a figure: the median of the runs, and what it was measured against. Not a test.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil
import simpy

ROOT = Path(__file__).parents[2]
RUNS = 5


def help_cpu_s() -> float:
    """CPU seconds of ``wfm --help`` in a fresh process."""
    before = os.times()
    subprocess.run([sys.executable, "-m", "wfm.cli", "--help"], check=True, capture_output=True, cwd=ROOT)
    after = os.times()
    return (after.children_user - before.children_user) + (after.children_system - before.children_system)


def plan_cost() -> tuple[float, float]:
    """Wall seconds and peak memory in GiB (all processes together) of the four-week Guizhou plan."""
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


def bare_simpy_calls_per_s(calls: int = 20_000) -> float:
    """An idiomatic SimPy M/M/52+M queue, 10 calls a minute: the peer."""
    rng = np.random.default_rng(1)
    gaps, work, patience = (rng.exponential(scale, calls) for scale in (6.0, 300.0, 300.0))
    environment = simpy.Environment()
    agents = simpy.Resource(environment, 52)

    def caller(k: int):  # type: ignore[no-untyped-def]
        with agents.request() as request:
            found = yield request | environment.timeout(patience[k])
            if request in found:
                yield environment.timeout(work[k])

    def source():  # type: ignore[no-untyped-def]
        for k in range(calls):
            yield environment.timeout(gaps[k])
            environment.process(caller(k))

    environment.process(source())
    began = time.process_time()
    environment.run()
    return calls / (time.process_time() - began)


def our_calls_per_s() -> float:
    """The Guizhou centre for a week with every rule on, one replication."""
    from datetime import date, datetime, timedelta
    from zoneinfo import ZoneInfo

    import pandas as pd

    from scenarios.scenario import load_scenario
    from simulation import centre_of, simulate
    from wfm.hotline import calendar_of, grid_of, open_intervals

    hotline = load_scenario("guizhou-12348").hotline
    first, zone = date(2026, 9, 14), ZoneInfo(hotline.time_zone)
    grid = grid_of(hotline, first, 7)
    rng = np.random.default_rng(1)
    arrivals = rng.poisson(3.4, (1, len(hotline.lines), len(grid))).astype(float)
    rows = []
    for group in hotline.groups:
        for day in grid.day_list:
            start = datetime.combine(day, datetime.min.time(), tzinfo=zone)
            for agent in range(14):
                rows.append((f"{group.id}-{agent}-{day}", day, group.id, start, start + timedelta(days=1)))
    duties = pd.DataFrame(rows, columns=["agent", "date", "group", "start", "end"]).assign(
        date=lambda t: pd.to_datetime(t["date"]),
        shift="d",
        post=lambda t: t["agent"],
        role="A",
        breaks="",
        remote=False,
    )
    centre = centre_of(hotline, grid, open_intervals(hotline, grid, calendar_of(hotline)), arrivals, None, duties)
    began = time.process_time()
    calls = simulate(centre, 1, 0)
    return len(calls.frame()) / (time.process_time() - began)


def main() -> None:
    """Measure and print."""
    print(f"Python {sys.version.split()[0]}, {psutil.cpu_count()} cores, median of {RUNS} runs")
    cpu = statistics.median(help_cpu_s() for _ in range(RUNS))
    print(f"wfm --help                       {cpu:6.2f} s CPU   (bound 0.5)")
    peers = [(bare_simpy_calls_per_s(), our_calls_per_s()) for _ in range(RUNS)]
    bare, ours = (statistics.median(column) for column in zip(*peers, strict=True))
    print(f"bare SimPy M/M/52+M              {bare:6,.0f} calls per CPU-second   (the peer)")
    ratio = statistics.median(b / a for a, b in peers)
    print(f"simulated centre, every rule on  {ours:6,.0f} calls per CPU-second   ratio {ratio:.2f}")
    costs = [plan_cost() for _ in range(RUNS)]
    wall, memory = (statistics.median(column) for column in zip(*costs, strict=True))
    print(f"wfm plan guizhou-12348, 28 days  {wall:6.1f} s wall  (bound 120)   {memory:.2f} GiB peak (bound 1.5)")


if __name__ == "__main__":
    main()
