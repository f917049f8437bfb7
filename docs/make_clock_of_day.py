"""Measure what each way to follow the clock achieves in a queue that really changes, and fill ``docs/clock-of-the-day.md``.

``python docs/make_clock_of_day.py`` needs no data: the days are made here. Every text between ``<!--=name-->`` and
``<!--/-->`` is replaced by what was measured under that name.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from transient_queue import Course, simulate, transient
from validation_page import fill, percent, table
from validation_pictures import ACCENT, GREY, INK, VERMILION, save

from wfm.hotline import HandlingTime
from wfm.queueing import Goal, minimal_seats, performance
from wfm.queueing.handling_law import HandlingLaw, exponential_law, handling_law_of
from wfm.records.profiles import interval_shares
from wfm.staffing.backlog import backlog_performance, carried_over_rates, matching_inflow
from wfm.staffing.backlog_seats import backlog_seats
from wfm.staffing.offered_load import offered_load

DOCS = Path(__file__).resolve().parent
Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

INTERVAL_S, PATIENCE_S = 900.0, 180.0
GOAL = Goal("service_level", 0.9, t_s=15)
CONSULTATION = HandlingTime(talk_s=500, talk_cv=0.9, hold_s=10, wrap_s=90, wrap_cv=0.6)
OPENS_H, CLOSES_H = 8, 20
SIMULATED_DAYS = 1000
METHODS = {
    "plain": "plain: λ·E[S] of each interval",
    "mean": "offered load, mean of the interval",
    "busy": "offered load, busy (half-way to the peak)",
    "peak": "offered load, peak of the interval",
    "backlog": "backlog carried forward",
}


@dataclass(frozen=True)
class Day:
    """Calls of a day's open intervals, and the seats that each method asks for."""

    calls: Floats
    seats: dict[str, Counts]
    load: Floats


def day_of(calls_per_day: float, law: HandlingLaw, goal: Goal = GOAL) -> Day:
    """A two-peak day, open from 08:00 to 20:00."""
    hour = np.arange(96) / 4
    is_open = (hour >= OPENS_H) & (hour < CLOSES_H)
    calls = calls_per_day * interval_shares("two-peaks", 15)[is_open]
    load, aht = offered_load(calls, INTERVAL_S, law), law.mean_s
    loads = {
        "plain": calls / INTERVAL_S * aht,
        "mean": load.mean_erlang,
        "busy": (load.mean_erlang + load.peak_erlang) / 2,
        "peak": load.peak_erlang,
    }
    seats = {name: minimal_seats(x / aht, aht, goal, PATIENCE_S) for name, x in loads.items()}
    inflow = matching_inflow(load, INTERVAL_S, aht)
    forward = backlog_seats([goal], calls / INTERVAL_S, INTERVAL_S, aht, PATIENCE_S, inflow_per_s=inflow)
    return Day(calls, seats | {"backlog": forward.seats}, load.mean_erlang)


def exactly(day: Day, aht_s: float, method: str) -> Course:
    """The day as its equations of state have it: exponential handling times."""
    return transient(day.calls, INTERVAL_S, aht_s, day.seats[method], PATIENCE_S, GOAL.t_s, room=80)


def lognormally(day: Day, method: str) -> Course:
    """The day simulated with the line's own handling times."""

    def draw(rng: np.random.Generator, count: int) -> Floats:
        total = np.zeros(count)
        line = CONSULTATION
        for mean, cv in ((line.talk_s, line.talk_cv), (line.hold_s, line.talk_cv), (line.wrap_s, line.wrap_cv)):
            variance = np.log1p(cv**2)
            total += np.exp(rng.normal(np.log(mean) - variance / 2, np.sqrt(variance), count))
        return total

    return simulate(day.calls, INTERVAL_S, draw, day.seats[method], PATIENCE_S, GOAL.t_s, SIMULATED_DAYS, seed=1)


def method_row(day: Day, course: Course, method: str, slack: float = 0.0) -> list[str]:
    """Seat-hours and what they achieve."""
    kept = course.within >= GOAL.limit - slack
    return [
        METHODS[method],
        f"{day.seats[method].sum() * INTERVAL_S / 3600:.1f}",
        percent(course.within_all),
        f"{kept.sum()} of {kept.size}",
        percent(course.within.min()),
        percent(course.within.max()),
        f"{np.abs(course.within - GOAL.limit).mean() * 100:.1f}",
    ]


HEAD = ["seats by", "seat-hours", "answered in 15 s", "intervals kept", "worst", "best", "off by, points"]


def method_tables() -> tuple[dict[str, str], Day, dict[str, Course]]:
    """The same day sized by each method: exact for exponential handling times, simulated for the line's own."""
    found, shown = {}, {}
    for calls in (640, 2500):
        day = day_of(calls, exponential_law(CONSULTATION.mean_s))
        courses = {m: exactly(day, CONSULTATION.mean_s, m) for m in METHODS}
        found[f"exact-{calls}"] = table(HEAD, [method_row(day, courses[m], m) for m in METHODS])
        shown[calls] = day, courses
    day = day_of(640, handling_law_of(CONSULTATION))
    rows = [method_row(day, lognormally(day, m), m, slack=0.005) for m in METHODS]
    found["lognormal-640"] = table(HEAD, rows)
    plain = shown[2500][1]["plain"].within
    found |= {
        "plain-kept": f"{(plain >= GOAL.limit).sum()} of {plain.size}",
        "plain-worst": percent(plain.min(), 0),
        "plain-best": percent(plain.max(), 0),
        "scv": f"{handling_law_of(CONSULTATION).scv:.2f}",
        "simulated-days": f"{SIMULATED_DAYS:,}",
    }
    return found, *shown[2500]


def length_table() -> dict[str, str]:
    """How wrong the plain method is as calls grow longer, at one load."""
    rows = []
    for aht in (120.0, 300.0, 600.0, 1200.0):
        day = day_of(1_500_000 / aht, exponential_law(aht))
        row = [f"{aht / 60:.0f} min"]
        for method in ("plain", "busy", "backlog"):
            course = exactly(day, aht, method)
            kept = (course.within >= GOAL.limit).mean()
            row += [percent(kept, 0), percent(course.within.min(), 0)]
        rows.append(row)
    head = ["handling", "plain: kept", "worst", "busy: kept", "worst", "backlog: kept", "worst"]
    return {"length": table(head, rows)}


def burst_table() -> dict[str, str]:
    """Half an hour of 130 % load, ten-minute calls, twenty seats."""
    load = np.array([0.7, 0.8, 0.85, 1.3, 1.3, 0.9, 0.8, 0.7, 0.6])
    seats, aht = np.full(load.size, 20), 600.0
    rate = load * seats / aht
    rows = []
    for patience, words in ((120.0, "2 min"), (600.0, "10 min"), (np.inf, "endless")):
        true = transient(rate * INTERVAL_S, INTERVAL_S, aht, seats, min(patience, 1e9), 15.0, room=300)
        plain = performance(rate, aht, seats, 15.0, patience)
        carried = backlog_performance(rate, INTERVAL_S, aht, seats, patience, 15.0)
        rows.append([words, "answered in 15 s, true", *(percent(x, 0) for x in true.within)])
        rows.append(["", "backlog carried", *(percent(x, 0) for x in carried.service_level)])
        rows.append(["", "plain", *("–" if np.isnan(x) else percent(x, 0) for x in plain.service_level)])
        rows.append(["", "waiting, true", *(f"{x:.1f}" for x in true.waiting)])
        rows.append(["", "backlog carried", *(f"{x:.1f}" for x in carried.waiting)])
        if np.isinf(patience):
            modified = carried_over_rates(rate, INTERVAL_S, aht, seats)
            waiting = modified * performance(modified, aht, seats, 15.0).mean_wait_s
            rows.append(["", "Stolletz's carry-over", *(f"{x:.1f}" for x in waiting)])
        waiting = rate * plain.mean_wait_s
        rows.append(["", "plain", *("–" if np.isnan(x) else f"{x:.1f}" for x in waiting)])
    return {"burst": table(["patience", "load", *(percent(x, 0) for x in load)], rows)}


def picture(day: Day, courses: dict[str, Course]) -> None:
    """Seats and what they achieve through the day."""
    figure = Figure(figsize=(11, 6), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True)
    edges = OPENS_H + np.arange(day.calls.size + 1) * INTERVAL_S / 3600
    middle = (edges[1:] + edges[:-1]) / 2
    above.stairs(day.seats["busy"], edges, fill=True, color=ACCENT, alpha=0.18, lw=0)
    above.stairs(day.seats["busy"], edges, color=ACCENT, lw=1.5)
    above.stairs(day.seats["plain"], edges, color=VERMILION, lw=1.3)
    above.plot(middle, day.load, color=GREY, lw=1, ls="--")
    above.plot(middle, day.calls / INTERVAL_S * CONSULTATION.mean_s, color=INK, lw=1, ls=":")
    above.set_ylabel("seats, erlangs")
    above.set_title("Seats asked for, and load: 2,500 calls a day of ten minutes on average")
    words = (
        ("seats, offered load", ACCENT),
        ("seats, plain", VERMILION),
        ("dashed: offered load", GREY),
        ("dotted: λ·E[S]", INK),
    )
    for n, (word, colour) in enumerate(words):
        above.text(
            0.99, 0.95 - 0.1 * n, word, color=colour, transform=above.transAxes, ha="right", va="top", fontsize=9
        )
    below.axhline(GOAL.limit * 100, color=GREY, lw=0.8)
    for method, colour in (("plain", VERMILION), ("busy", ACCENT)):
        below.stairs(courses[method].within * 100, edges, baseline=None, color=colour, lw=1.5)
    below.set_ylabel("answered in 15 s, %")
    below.set_title("What these seats achieve in the queue that really changes; the target is 90 %")
    below.set_xlim(OPENS_H, CLOSES_H)
    below.set_xticks(range(OPENS_H, CLOSES_H + 1, 2), [f"{h:02d}:00" for h in range(OPENS_H, CLOSES_H + 1, 2)])
    above.set_ylim(0)
    save(figure, DOCS / "pictures" / "clock-of-the-day.svg")


def main() -> int:
    """Measure, draw, fill the page."""
    found, day, courses = method_tables()
    picture(day, courses)
    fill(DOCS / "clock-of-the-day.md", found | length_table() | burst_table())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
