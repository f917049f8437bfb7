"""The simulator beside a bare SimPy queue."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

import numpy as np
import simpy
from row import RUNS, Row


def rows() -> Iterator[Row]:
    """Calls per CPU-second of both, run in turn."""
    pairs = [(_bare_simpy_calls_per_s(), _our_calls_per_s()) for _ in range(RUNS)]
    bare, ours = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(b / a for a, b in pairs)
    yield Row("bare SimPy M/M/52+M", f"{bare:,.0f} calls/CPU-s", "the peer")
    yield Row("simulated centre, every rule on", f"{ours:,.0f} calls/CPU-s", f"{ratio:.2f} times the peer")


def _bare_simpy_calls_per_s(calls: int = 20_000) -> float:
    """An idiomatic SimPy M/M/52+M queue, 10 calls a minute."""
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


def _our_calls_per_s() -> float:
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
