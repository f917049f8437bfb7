"""The solver of shift programs: small ones against enumeration, limits, interruption."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.shifts import solve_part as one_part
from scheduler.shifts import solve_program as module
from scheduler.shifts import windows
from scheduler.shifts.program import Program
from scheduler.shifts.solve_program import relax_program, solve_program


def a_program(cost: list[float], rows: list[tuple[list[int], int]], high: int = 4) -> Program:
    program = Program(slots=4)
    columns = program.columns(len(cost), cost=np.array(cost), high=float(high), lead=True, at=np.arange(len(cost)) % 4)
    for entries, least in rows:
        row = program.rows(1, least=float(least))
        program.add(row, columns, np.array(entries, dtype=float))
    return program


def enumerated(cost: list[float], rows: list[tuple[list[int], int]], high: int) -> float:
    best = np.inf
    for x in itertools.product(range(high + 1), repeat=len(cost)):
        if all(np.dot(entries, x) >= least for entries, least in rows):
            best = min(best, float(np.dot(cost, x)))
    return best


@settings(max_examples=40, deadline=None)
@given(
    cost=st.lists(st.sampled_from([0.5, 1.0, 1.5, 4.0, 7.5]), min_size=2, max_size=4),
    data=st.data(),
)
def test_the_least_is_found_directly_and_by_diving(cost: list[float], data: st.DataObject) -> None:
    entries = st.lists(st.integers(0, 2), min_size=len(cost), max_size=len(cost))
    rows = data.draw(st.lists(st.tuples(entries, st.integers(0, 6)), min_size=1, max_size=4))
    least = enumerated(cost, rows, 4)
    with pytest.MonkeyPatch.context() as patch:
        for small in (1500, -1):  # the second time everything goes by diving and windows
            patch.setattr(one_part, "SMALL", small)
            answer = solve_program(a_program(cost, rows), 20)
            if not np.isfinite(least):
                assert answer.status == "infeasible"
                assert answer.x is None
                continue
            assert answer.x is not None
            assert answer.objective == pytest.approx(least)
            assert answer.bound <= answer.objective + 1e-9
            for one, wanted in rows:
                assert np.dot(one, answer.x) >= wanted - 1e-9
            assert (answer.x == np.rint(answer.x)).all()
            if small > 0:
                assert answer.status == "optimal"


def test_a_row_that_nothing_enters_holds_or_forbids_everything() -> None:
    program = a_program([1.0], [([1], 1)])
    program.rows(1, least=0.0, most=2.0)
    assert solve_program(program, 5).objective == 1
    program.rows(1, least=1.0)
    assert solve_program(program, 5).status == "infeasible"


def test_alike_parts_are_solved_once(monkeypatch: pytest.MonkeyPatch) -> None:
    solved = []
    real = module.solve_part
    monkeypatch.setattr(module, "solve_part", lambda part, *a: solved.append(len(part.cost)) or real(part, *a))
    program = Program(slots=2)
    for slot in (0, 1, 0):
        columns = program.columns(2, cost=1.0, high=5.0, lead=True, at=np.full(2, slot))
        row = program.rows(1, least=3.0 if slot == 0 else 4.0)
        program.add(row, columns, 1.0)
    answer = solve_program(program, 5)
    assert answer.objective == 10
    assert solved == [2, 2]


def test_an_interruption_keeps_the_best_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    # Costs without a common step, so that the bound stays below the least in whole numbers.
    rows = [([2, 1], 3), ([1, 2], 2)]
    monkeypatch.setattr(one_part, "SMALL", -1)
    monkeypatch.setattr(windows, "rest_of", stop)
    answer = solve_program(a_program([1.0, 1.00003], rows), 20)
    # Windows are where it was interrupted: what the dive had found is kept, its bound beside it.
    assert answer.status == "interrupted"
    assert answer.bound == pytest.approx(5 / 3, abs=1e-4)
    assert answer.x is not None
    assert all(np.dot(entries, answer.x) >= least for entries, least in rows)
    monkeypatch.setattr(one_part, "Relaxation", stop)
    with pytest.raises(KeyboardInterrupt):
        solve_program(a_program([1.0, 1.00003], rows), 20)


def test_the_relaxation_is_no_dearer() -> None:
    program = a_program([1.0, 1.0], [([2, 1], 3), ([1, 2], 2)])
    x, bound = relax_program(program)
    assert x is not None
    assert bound == pytest.approx(5 / 3)  # both rows tight at x = (4/3, 1/3)
    assert solve_program(program, 5).objective == 2
    program.rows(1, least=1.0)
    assert relax_program(program) == (None, np.inf)
