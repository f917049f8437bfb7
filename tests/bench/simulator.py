"""Both engines beside a bare SimPy queue, Ciw, and the cost of the random draws alone."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import numpy as np
import simpy
from centres import many_skills, plain_queue, shipped
from row import RUNS, Row

from simulation import Centre, Engine, daily_counts, play, run_replications, simulate
from simulation.engine import compile_engine, engine_notice
from wfm.execution import Executor, InProcess, LocalProcesses

Speed = Callable[[], float]

CIW_CALLS = 4_000


def rows() -> Iterator[Row]:
    """Calls per CPU-second, each measured in turn with the bare queue; then what people wait for."""
    notice = engine_notice()
    if notice is not None:
        print(notice)
    yield Row(
        "compiling both kinds of centre", f"{_once(compile_engine):,.1f} s", "0 where this version has run before"
    )
    _bare_simpy_calls_per_s(2_000)
    bare: list[float] = []
    found: list[tuple[str, str, float, float]] = []
    for figure, needs, speed in _speeds():
        speed()
        pairs = [(_bare_simpy_calls_per_s(), speed()) for _ in range(RUNS)]
        bare += [pair[0] for pair in pairs]
        found.append(
            (figure, needs, statistics.median(p[1] for p in pairs), statistics.median(b / a for a, b in pairs))
        )
    yield Row("bare SimPy M/M/52+M", f"{statistics.median(bare):,.0f} calls/CPU-s", "the peer")
    for figure, needs, calls_per_s, ratio in found:
        yield Row(figure, f"{calls_per_s:,.0f} calls/CPU-s", f"{ratio:,.2f} times the peer{needs}")
    yield from _waits()


def _speeds() -> Iterator[tuple[str, str, Speed]]:
    day, fortnight, weeks = plain_queue(1), plain_queue(14), many_skills(14)
    lognormal_weeks = many_skills(14, real_laws=True)
    every_rule = shipped("guizhou-12348", 7, 14, calls_per_interval=3.4)
    yield "SimPy engine, the same queue", ", at least 0.5", lambda: _readable(day)
    yield "SimPy engine, a week of Guizhou with its rules on", "", lambda: _readable(every_rule)
    yield "Ciw, the same queue", "", _ciw_calls_per_s
    yield "compiled engine, three groups, redial, breaks, call-backs", ", at least 80", lambda: _counted(weeks, 4)
    yield "compiled engine, the same with lognormal talk and wrap-up", "", lambda: _counted(lognormal_weeks, 4)
    yield "compiled engine, the same with the table of its calls", "", lambda: _listed(lognormal_weeks)
    yield "plain queue through the same door", ", at least 250", lambda: _counted(fortnight, 10)
    yield "the random draws alone: arrival, talk, patience", ", a floor", _draws_per_s


def _waits() -> Iterator[Row]:
    plan, day = shipped("guizhou-12348", 28, 14), shipped("guiyang-12345", 1, 40)
    for figure, centre, replications, limit in (
        ("28 days of Guizhou, 100 replications", plan, 100, 3),
        ("a day of Guiyang, 1,000 replications", day, 1000, 5),
    ):
        took = [
            _once(lambda c=centre, n=replications: run_replications(c, seed=1, replications=n)) for _ in range(RUNS)
        ]
        calls = int(centre.arrivals.sum()) * replications
        yield Row(figure, f"{statistics.median(took):.2f} s", f"under {limit} s; {calls:,} calls, one process")
    yield from _two_processes()
    yield Row("peak memory, 10 million calls in one process", f"{_peak_gib():.2f} GiB", "under 1.5 GiB")


def _two_processes(replications: int = 120) -> Iterator[Row]:
    """Twice the processor's share, as far as the machine has it to give: measured beside sums of whole numbers."""
    weeks, places = many_skills(14), (InProcess(), LocalProcesses(2))
    sums = [range(10_000_000)] * 20
    runs: tuple[Callable[[Executor], object], ...] = (
        lambda place: run_replications(weeks, seed=1, replications=replications, executor=place),
        lambda place: list(place.completions(sum, sums)),
    )
    for run in runs:
        run(places[1])  # the processes stay for the next run
    measured = [[[_once(lambda r=run, p=place: r(p)) for place in places] for run in runs] for _ in range(RUNS)]
    ours, possible = (statistics.median(pair[k][0] / pair[k][1] for pair in measured) for k in range(2))
    alone = statistics.median(pair[0][0] for pair in measured)
    needs = f"at least 1.8 where two cores are free; sums of whole numbers {possible:.2f}; {alone:.1f} s alone"
    yield Row("two processes beside one", f"{ours:.2f} times", needs)


def _once(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def _readable(centre: Centre) -> float:
    began = time.process_time()
    calls = simulate(centre, 1, 0)
    return len(calls) / (time.process_time() - began)


def _counted(centre: Centre, replications: int) -> float:
    """Daily counts, as every command asks for them."""
    began = time.process_time()
    counts = daily_counts(centre, 1, 0, replications, engine=Engine.COMPILED)
    return float(counts["offered"].sum()) / (time.process_time() - began)


def _listed(centre: Centre) -> float:
    began = time.process_time()
    calls = play(centre, 1, 0)
    return len(calls) / (time.process_time() - began)


def _draws_per_s(calls: int = 5_000_000) -> float:
    """What a compiled loop needs that only draws: arrival, talk and patience of each call."""
    draws = _draw_loop()
    draws(10)
    began = time.process_time()
    draws(calls)
    return calls / (time.process_time() - began)


@cache
def _draw_loop() -> Callable[[int], float]:
    from math import log

    import numba

    from simulation.compiled_draws import draw

    once = np.uint64(1)

    @numba.njit(nogil=True)  # type: ignore[untyped-decorator]
    def loop(calls: int) -> float:
        total = 0.0
        for call in range(calls):
            key = np.uint64(call)
            total += draw(np.uint64(11), key, once)
            total -= 300.0 * (log(draw(np.uint64(22), key, once)) + log(draw(np.uint64(33), key, once)))
        return total

    run: Callable[[int], float] = loop
    return run


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


def _ciw_calls_per_s() -> float:
    """The same queue in Ciw."""
    import ciw

    ciw.seed(1)
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(1 / 6)],
        service_distributions=[ciw.dists.Exponential(1 / 300)],
        reneging_time_distributions=[ciw.dists.Exponential(1 / 300)],
        number_of_servers=[52],
    )
    study = ciw.Simulation(network)
    began = time.process_time()
    study.simulate_until_max_time(6.0 * CIW_CALLS)
    return CIW_CALLS / (time.process_time() - began)


_TEN_MILLION = """
import resource, sys
sys.path.insert(0, sys.argv[1])
from centres import many_skills
from simulation.engine import count_arrays
centre = many_skills(28)
calls = replication = 0
while calls < 10_000_000:
    calls += count_arrays(centre, 1, replication, 1)[..., 0].sum()
    replication += 1
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(peak * (1 if sys.platform == "darwin" else 1024))
"""


def _peak_gib() -> float:
    command = [sys.executable, "-c", _TEN_MILLION, str(Path(__file__).parent)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(done.stdout) / 2**30
