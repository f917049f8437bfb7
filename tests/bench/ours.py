"""Sizes the intervals of a file with the product: prints CPU seconds, seats, and how many are not the fewest."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
from scipy import special

from wfm.queueing import Goal, minimal_seats, performance


def sized(case: dict[str, np.ndarray], patience: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """The fewest seats, one call for each level that is asked for."""
    rate, seats = case["calls"] / 1800, np.zeros(case["calls"].size, dtype=np.int64)
    for level in np.unique(case["level"][cells]):
        some = cells[case["level"][cells] == level]
        goal = Goal("service_level", float(level), t_s=float(case["within_s"]))
        seats[some] = minimal_seats(rate[some], case["aht_s"][some], goal, patience[some])
    return seats


def not_minimal(case: dict[str, np.ndarray], patience: np.ndarray, seats: np.ndarray) -> int:
    """Intervals where the seats miss the level, or one seat less keeps it."""
    rate, aht, t = case["calls"] / 1800, case["aht_s"], case["within_s"]
    enough = performance(rate, aht, seats, t, patience).service_level >= case["level"]
    fewer = performance(rate, aht, np.maximum(seats - 1, 0), t, patience).service_level >= case["level"]
    return int((~enough | fewer).sum())


def main(file: str) -> None:
    """Measure and print."""
    case = {key: np.array(values) for key, values in json.loads(Path(file).read_text()).items()}
    every = np.arange(case["calls"].size)
    found: dict[str, object] = {}
    for name, patience in (("erlang_c", np.full(every.size, np.inf)), ("erlang_a", case["patience_s"])):
        # As in a process that has sized before: the heap has its size.
        sized(case, patience, every)
        began = time.process_time()
        seats = sized(case, patience, every)
        cpu_s = time.process_time() - began
        wrong = not_minimal(case, patience, seats)
        found[name] = {"cpu_s": cpu_s, "seats": seats.tolist(), "not_minimal": wrong}
    load = case["calls"] / 1800 * case["aht_s"]
    began = time.process_time()
    special.gammaincc(np.floor(load) + 1, load)
    found["gamma_s"] = time.process_time() - began
    day = every[: 4 * 96]
    goal = Goal("service_level", 0.9, t_s=float(case["within_s"]))
    began = time.process_time()
    minimal_seats(case["calls"][day] / 1800, case["aht_s"][day], goal, case["patience_s"][day])
    found["slider_s"] = time.process_time() - began
    found["below_load"] = int(minimal_seats(600 / 1800, 360, Goal("service_level", 0.8, t_s=20), 120))
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1])
