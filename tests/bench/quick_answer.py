"""How long a quick answer takes on a plan's folder: median of 20 runs for a day, a week and the whole plan.

``python tests/bench/quick_answer.py PLAN_FOLDER``: milliseconds of the clock and of the processor, each run another
volume so that nothing is remembered; and handling times that were not asked for before, whose loads are made anew.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from statistics import median
from time import perf_counter, process_time

from scenarios.plan_folder import read_plan
from scenarios.quick_answer import QuickAnswers
from scenarios.quick_change import Change

RUNS = 20


def main(folder: str) -> None:
    """Print the medians."""
    plan = read_plan(folder)
    answers = QuickAnswers(plan)
    begun = perf_counter()
    answers.prepare()
    print(f"prepared in {1000 * (perf_counter() - begun):.0f} ms")
    spans = {"1 day": 1, "7 days": 7, f"{plan.days} days": plan.days}
    for name, length in spans.items():
        days = [plan.first + timedelta(days=n) for n in range(min(length, plan.days))]
        for what in ("volume", "aht"):
            wall, processor = [], []
            for run in range(RUNS):
                change = Change(**{what: 0.9 + 0.01 * run})
                clock, used = perf_counter(), process_time()
                answers.answer(change, days)
                wall.append(1000 * (perf_counter() - clock))
                processor.append(1000 * (process_time() - used))
            print(
                f"{name}, {what}: median {median(wall):.0f} ms of the clock, {median(processor):.0f} ms of the processor"
            )


if __name__ == "__main__":
    main(sys.argv[1])
