"""What somebody waits for at the screen, in CPU seconds: a forecast, seats of four weeks, a changed roster, a refusal."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from repair import full_time_problem
from row import RUNS, Row

from scheduler.roster_cells import EMPTY, Cell, LiveRoster, StandingDuty, live_roster
from wfm.calendar import TimeGrid, WorkingCalendar
from wfm.errors import BadInput
from wfm.forecast import forecast_calls
from wfm.hotline import calendar_of, grid_of, load_hotline, targets_of
from wfm.staffing import compute_requirement, compute_workload
from wfm.tables import DUTIES, empty_table

MONDAY = date(2026, 9, 14)
ZONE = "Asia/Shanghai"


def rows() -> Iterator[Row]:
    """Median CPU seconds of each."""
    yield Row("forecast: 4 lines, 12 weeks, 28 days, 100 paths", _cpu(_forecast()), "bound 2")
    yield Row("seats: 3 lines round the clock, 1,000 seats, 28 days", _cpu(_seats()), "bound 1")
    yield Row("roster of 400 × 31 days: a cell is changed and judged", _cpu(_cell_changes(), 12), "bound 0.3")
    with tempfile.TemporaryDirectory() as folder:
        yield Row("YAML whose aliases repeat 10 to the 29 values: refused", _cpu(_bomb(Path(folder))), "bound 5")


def _cpu(work: Callable[[], object], runs: int = RUNS) -> str:
    took = []
    for _ in range(runs):
        before = time.process_time()
        work()
        took.append(time.process_time() - before)
    return f"{statistics.median(took):.3f} s CPU"


def _forecast() -> Callable[[], object]:
    history, plan = TimeGrid(date(2026, 6, 22), 84, 30, ZONE), TimeGrid(MONDAY, 28, 30, ZONE)
    hours = np.arange(48) / 2
    shape = np.exp(-(((hours - 10.5) / 3) ** 2)) + 0.7 * np.exp(-(((hours - 16) / 2.5) ** 2)) + 0.03
    rng = np.random.default_rng(0)
    frames = []
    for line, calls in zip("abcd", (400, 120, 40, 6), strict=True):
        came = rng.poisson(np.tile(calls * shape / shape.sum(), 84)).astype(float)
        counts = {"first_attempts": came, "answered": came, "handle_s": came * 300.0}
        frames.append(pd.DataFrame({"line": line, "interval": history.starts, **counts}))
    actuals = pd.concat(frames, ignore_index=True)
    origin = datetime.fromisoformat("2026-09-14T00:00:00+08:00")
    settings = {"origin": origin, "seed": 11, "paths": 100, "aht_prior_s": dict.fromkeys("abcd", 300.0)}
    return lambda: forecast_calls(actuals, history, plan, WorkingCalendar(), list("abcd"), **settings).summary()  # type: ignore[arg-type]


def _seats() -> Callable[[], object]:
    hotline = full_time_problem(400, 28).hotline
    grid, calendar, targets = grid_of(hotline, MONDAY, 28), calendar_of(hotline), targets_of(hotline)
    rng = np.random.default_rng(1)
    calls = pd.concat(
        [
            pd.DataFrame(
                {
                    "line": line.id,
                    "interval": grid.starts,
                    "mean": calls_each * rng.uniform(0.5, 1.5, len(grid)),
                    "aht_s": line.handling.mean_s,
                }
            )
            for line, calls_each in zip(hotline.lines, (60.0, 45.0, 30.0), strict=True)
        ],
        ignore_index=True,
    )

    def sized() -> object:
        return compute_requirement(hotline, compute_workload(hotline, calls, grid, calendar, targets), targets)

    return sized


def _cell_changes() -> Callable[[], object]:
    """One more cell with every call, where there is a duty none and where there is none a duty."""
    problem = full_time_problem(400, 31)
    draws = np.random.default_rng(3)
    shifts, group = [shift.id for shift in problem.hotline.shifts], problem.hotline.groups[0].id
    names = [agent.id for agent in problem.agents]

    def on(shift: str, role: str = "A") -> Cell:
        return Cell((StandingDuty(shift, group, role),), False)

    cells = {
        (names[who], MONDAY + timedelta(days=day)): on(shifts[n % 3], "A" if n < 180 else "B")
        for day in range(31)
        for n, who in enumerate(draws.permutation(400)[:240])
    }
    kept: list[LiveRoster] = [live_roster(problem, empty_table(DUTIES, problem.hotline.time_zone)).with_cells(cells)]

    def change() -> object:
        where = names[draws.integers(400)], MONDAY + timedelta(days=int(draws.integers(31)))
        wanted = on(shifts[draws.integers(3)]) if kept[0].cell(*where) == EMPTY else EMPTY
        kept[0] = kept[0].with_cells({where: wanted})
        return kept[0].violations

    return change


def _bomb(folder: Path) -> Callable[[], object]:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    (folder / "hotline.yaml").write_text("\n".join(lines), encoding="utf-8")

    def refused() -> object:
        try:
            return load_hotline(folder)
        except BadInput as refusal:
            return refusal

    return refused
