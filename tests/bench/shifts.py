"""Choosing a week's shifts with breaks on a 15-minute grid for 400 seats, beside a model with a column for every place of
every break, both through the same solver.

Time to an answer within half a per cent of the bound.
"""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from row import RUNS, Row

from scheduler.shifts.horizon import weekly_horizon
from scheduler.shifts.implicit_model import Limits, shift_program
from scheduler.shifts.program import Program
from scheduler.shifts.shift_space import ShiftSpace, shift_space
from scheduler.shifts.skill_sets import one_set_a_group
from scheduler.shifts.solve_program import relax_program, solve_program
from wfm.hotline import ShiftDesign, library_folder, load_hotline

SEATS = 400
NEAR = 0.005
SECONDS = 60.0


def rows() -> Iterator[Row]:
    """CPU seconds of both, the ratio, and the size of both programs."""
    space, need = week()
    made = shift_program(space, need, Limits(short_allowed=False)).program
    explicit = explicit_program(space, need)
    ours, peers, ratios = [], [], []
    gaps: list[list[float]] = [[], []]
    for run in range(RUNS):
        spent = []
        for program, own in zip((made, explicit), gaps, strict=True):
            began = time.process_time()
            answer = solve_program(program, SECONDS, seed=run, gap=NEAR)
            spent.append(time.process_time() - began)
            own.append((answer.objective - answer.bound) / answer.objective)
        ours.append(spent[0])
        peers.append(spent[1])
        ratios.append(spent[1] / spent[0])
    alone = [_relaxed(program) for program in (made, explicit)]
    if abs(alone[0][1] - alone[1][1]) > 1e-6 * alone[0][1]:
        raise SystemExit(f"the relaxations differ: {alone[0][1]} and {alone[1][1]}")
    sizes = [f"{p.width:,} columns, {p.matrix.nnz:,} entries" for p in (made, explicit)]
    yield Row(
        f"explicit breaks, {SEATS} seats at 15 min for a week, gap ≤ 0.5 %",
        f"{statistics.median(peers):.1f} s CPU",
        f"the peer; {sizes[1]}",
    )
    yield Row(
        "  implicit breaks, the same week",
        f"{statistics.median(ours):.1f} s CPU",
        f"{statistics.median(ratios):.1f} times faster; {sizes[0]}",
    )
    yield Row("  their relaxations alone, with the same bound", f"{alone[1][0]:.1f}, {alone[0][0]:.1f} s CPU")
    yield Row("  largest gap to the bound", f"{max(gaps[0]):.2%}", f"bound 0.5 %; the peer's {max(gaps[1]):.2%}")
    if max(gaps[0]) > NEAR:
        raise SystemExit("implicit breaks: the gap was not reached")


def _relaxed(program: Program) -> tuple[float, float]:
    """CPU seconds, and the bound."""
    spent = []
    for _ in range(RUNS):
        began = time.process_time()
        _, bound = relax_program(program)
        spent.append(time.process_time() - began)
    return statistics.median(spent), bound


def week() -> tuple[ShiftSpace, NDArray[np.int64]]:
    """A weekly cycle with three peaks a day, weekends at half."""
    hours = np.arange(96) / 4
    day = 0.08 + 0.75 * np.exp(-(((hours - 10.5) / 2.2) ** 2)) + 0.9 * np.exp(-(((hours - 15.5) / 2.8) ** 2))
    day += 0.35 * np.exp(-(((hours - 20) / 2) ** 2))
    rng = np.random.default_rng(1)
    weights = (1, 1, 0.95, 0.97, 0.9, 0.5, 0.45)
    need = np.concatenate([np.ceil(SEATS * w * day / day.max() * rng.uniform(0.93, 1.0, 96)) for w in weights])
    hotline = load_hotline(library_folder() / "nanxun-12368")
    group = hotline.groups[0].model_copy(update={"id": "all", "from_": "00:00", "to": "24:00"})
    hotline = hotline.model_copy(update={"groups": (group,)})
    heads = need.astype(np.int64)
    space = shift_space(hotline, ShiftDesign(), weekly_horizon(15), {"all": heads}, one_set_a_group(hotline))
    return space, heads[None]


def explicit_program(space: ShiftSpace, need: NDArray[np.int64]) -> Program:
    """A column for every shift and place of its breaks; rows as in Dantzig's set covering (1954)."""
    horizon, price = space.horizon, space.cost
    slots: list[NDArray[np.int64]] = []
    options: list[int] = []
    for number in range(len(space)):
        kind = space.kinds[space.kind[number]]
        places = [range(w.earliest_min, w.latest_min + 1, horizon.slot_min) for w in kind.windows]
        for chosen in itertools.product(*places):
            on = np.ones(kind.length_min // horizon.slot_min, dtype=bool)
            for window, after in zip(kind.windows, chosen, strict=True):
                on[after // horizon.slot_min : (after + window.length_min) // horizon.slot_min] = False
            slots.append((space.begin[number] + np.flatnonzero(on)) % horizon.slots)
            options.append(number)
    program = Program(horizon.slots)
    posts = program.columns(len(slots), cost=price[options], lead=True, at=space.begin[options])
    rows = program.rows(horizon.slots, least=need[0].astype(float))
    program.add(rows[np.concatenate(slots)], np.repeat(posts, [len(part) for part in slots]), 1.0)
    return program
