"""Sizes the intervals of a file with pyworkforce: prints CPU seconds and seats. Runs in ``.venv-bench``."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from pyworkforce.queuing import ErlangA, ErlangC


def main(file: str) -> None:
    """Measure and print."""
    case = json.loads(Path(file).read_text())
    # Minutes, as pyworkforce has them; its ``asa`` is the time that the service level is for.
    asked = [
        {"transactions": calls, "aht": aht / 60, "asa": case["within_s"] / 60, "interval": 30}
        for calls, aht in zip(case["calls"], case["aht_s"], strict=True)
    ]
    patience, level = [seconds / 60 for seconds in case["patience_s"]], case["level"]
    found = {}
    began = time.process_time()
    seats = [ErlangC(**asked[i]).required_positions(service_level=level[i])["raw_positions"] for i in range(len(asked))]
    found["erlang_c"] = {"cpu_s": time.process_time() - began, "seats": seats}
    began = time.process_time()
    seats = [
        ErlangA(**asked[i], patience=patience[i]).required_positions(service_level=level[i])["raw_positions"]
        for i in case["sample"]
    ]
    found["erlang_a"] = {"cpu_s": time.process_time() - began, "seats": seats}
    below_load = ErlangA(transactions=600, aht=6, asa=20 / 60, interval=30, patience=2)
    found["below_load"] = below_load.required_positions(service_level=0.8)["raw_positions"]
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1])
