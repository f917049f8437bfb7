"""10,000 intervals sized to a service level, beside pyworkforce in an environment of its own.

Both sides read the same intervals from a file and run in processes of their own, one after the other. The
peer's Erlang A would need half an hour for all of them, so it is timed on every hundredth interval in the
order of load, and its time is scaled up.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from row import RUNS, Row

HERE = Path(__file__).parent
PEER_PYTHON = HERE.parents[1] / ".venv-bench" / "bin" / "python"
INTERVALS = 10_000
SAMPLE_EVERY = 100
LEVELS = (0.80, 0.85, 0.90, 0.95)
WITHIN_S = 20.0


def rows() -> Iterator[Row]:
    """Seconds of both, the ratio, and how often the peer misses the fewest seats."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "intervals.json"
        cases = _intervals()
        file.write_text(json.dumps(cases))
        runs = [
            (_run(sys.executable, "ours.py", file), _run(PEER_PYTHON, "peer_pyworkforce.py", file)) for _ in range(RUNS)
        ]
    gamma = statistics.median(run[0]["gamma_s"] for run in runs)
    # What n and n − 1 seats need at least: one blocking probability, and with patience two sums J and two after T.
    for key, name, sample, gammas in (("erlang_c", "Erlang C", 1, 1), ("erlang_a", "Erlang A", SAMPLE_EVERY, 5)):
        ours = statistics.median(run[0][key]["cpu_s"] for run in runs)
        peer = statistics.median(run[1][key]["cpu_s"] for run in runs) * sample
        ratio = statistics.median(run[1][key]["cpu_s"] * sample / run[0][key]["cpu_s"] for run in runs)
        exact, found = runs[0][0][key]["seats"], runs[0][1][key]["seats"]
        places = cases["sample"] if sample > 1 else range(INTERVALS)
        missed = sum(exact[place] != seats for place, seats in zip(places, found, strict=True))
        scaled = f", {len(found)} timed and scaled" if sample > 1 else ""
        yield Row(f"pyworkforce {name}, 10,000 intervals to a service level", f"{peer:,.2f} s CPU", f"the peer{scaled}")
        yield Row(f"ours, {name}, the same intervals", f"{ours * 1000:.2f} ms CPU", f"{ratio:,.0f} times faster")
        yield Row(
            "  floor: its incomplete gamma functions alone, SciPy's",
            f"{gammas * gamma * 1000:.2f} ms CPU",
            f"{gammas} a cell",
        )
        yield Row("  intervals where the peer's answer is not the fewest", f"{missed} of {len(found)}", "ours: 0")
        failing = runs[0][0][key]["not_minimal"]
        if failing:
            raise SystemExit(f"{name}: {failing} of our answers are not the fewest seats")
    ours, peer = (run["below_load"] for run in runs[0])
    yield Row("600 calls in 30 min, AHT 6 min, patience 2 min, 80/20", f"{ours} seats", f"peer: {peer} seats")
    slider = statistics.median(run[0]["slider_s"] for run in runs)
    yield Row("a slider moves: 4 lines × 96 intervals, Erlang A", f"{slider * 1000:.2f} ms CPU")


def _intervals() -> dict[str, Any]:
    """Calls in 30 minutes, AHT and patience in seconds, and the level wanted, mixed."""
    rng = np.random.default_rng(20260914)
    calls, aht = rng.uniform(5, 600, INTERVALS), rng.uniform(180, 600, INTERVALS)
    by_load = np.argsort(calls * aht)
    return {
        "within_s": WITHIN_S,
        "calls": calls.tolist(),
        "aht_s": aht.tolist(),
        "patience_s": rng.uniform(60, 300, INTERVALS).tolist(),
        "level": rng.choice(LEVELS, INTERVALS).tolist(),
        "sample": by_load[SAMPLE_EVERY // 2 :: SAMPLE_EVERY].tolist(),
    }


def _run(python: str | Path, script: str, file: Path) -> dict[str, Any]:
    done = subprocess.run([str(python), str(HERE / script), str(file)], check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found
