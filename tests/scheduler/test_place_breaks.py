"""Breaks that were counted can always be given to shifts, and are given as counted."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from scheduler.shifts.implicit_model import _pool
from scheduler.shifts.place_breaks import place_breaks
from scheduler.shifts.program import Program
from scheduler.shifts.shift_space import BreakPool


class Line:
    """What the pool's constraints ask of a space: its horizon and its grid."""

    def __init__(self, slots: int, cyclic: bool) -> None:
        self.horizon = self
        self.design = self
        self.slots, self.cyclic = slots, cyclic
        self.slot_min = self.break_grid_min = 15


def counts(values: list[int]) -> np.ndarray:
    return np.array(values, dtype=np.int64)


@st.composite
def windows(draw: st.DrawFn, cyclic: bool) -> tuple[int, np.ndarray, np.ndarray, np.ndarray]:
    slots = draw(st.integers(4, 12))
    size = draw(st.integers(1, 6))
    first = [draw(st.integers(0, slots - 1)) for _ in range(size)]
    width = [draw(st.integers(0, slots - 1 if cyclic else slots - 1 - a)) for a in first]
    posts = [draw(st.integers(0, 4)) for _ in range(size)]
    return slots, counts(first), counts(first) + counts(width), counts(posts)


def keeps_constraints(
    slots: int, cyclic: bool, first: np.ndarray, last: np.ndarray, posts: np.ndarray, begun: np.ndarray
) -> bool:
    """Whether the program's rows allow the counts: they fix posts and breaks, the waiting are free."""
    program = Program(slots)
    columns = program.columns(len(posts), low=posts.astype(float), high=posts.astype(float))
    at, breaks = _pool(program, Line(slots, cyclic), BreakPool(0, 0, 1, np.arange(len(posts)), first, last), columns)
    outside = np.setdiff1d(np.flatnonzero(begun), at)
    if len(outside):
        return False
    low, high = program.bounds
    low[breaks] = high[breaks] = begun[at]
    found = optimize.milp(
        program.cost,
        integrality=np.ones(program.width),
        bounds=optimize.Bounds(low, high),
        constraints=optimize.LinearConstraint(program.matrix, *program.sides),
    )
    return bool(found.status == 0)


def assignable(slots: int, first: np.ndarray, last: np.ndarray, posts: np.ndarray, begun: np.ndarray) -> bool:
    """By Hall's theorem itself: every set of shifts has at least as many breaks in its windows, and all are as many."""
    if posts.sum() != begun.sum():
        return False
    reach = [{s % slots for s in range(a, b + 1)} for a, b in zip(first, last, strict=True)]
    some = [w for w in range(len(posts)) if posts[w]]
    for size in range(1, len(some) + 1):
        for chosen in itertools.combinations(some, size):
            near = set().union(*(reach[w] for w in chosen))
            if sum(posts[w] for w in chosen) > sum(begun[s] for s in near):
                return False
    return True


@pytest.mark.parametrize("cyclic", [False, True])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_the_constraints_are_halls_condition_and_placing_never_fails_where_they_hold(
    cyclic: bool, data: st.DataObject
) -> None:
    slots, first, last, posts = data.draw(windows(cyclic))
    # Counts near to feasible ones: a true placing, then perhaps one break moved.
    begun = np.zeros(slots, dtype=np.int64)
    for a, b, n in zip(first, last, posts, strict=True):
        for _ in range(n):
            begun[data.draw(st.integers(int(a), int(b))) % slots] += 1
    if begun.sum() and data.draw(st.booleans()):
        begun[data.draw(st.sampled_from(np.flatnonzero(begun).tolist()))] -= 1
        begun[data.draw(st.integers(0, slots - 1))] += 1
    possible = assignable(slots, first, last, posts, begun)
    assert keeps_constraints(slots, cyclic, first, last, posts, begun) == possible
    if not possible:
        with pytest.raises(ValueError):  # noqa: PT011
            place_breaks(first, last, posts, begun, cyclic=cyclic)
        return
    found = place_breaks(first, last, posts, begun, cyclic=cyclic)
    given_slots = np.concatenate(list(found)) % slots if posts.sum() else np.zeros(0, dtype=np.int64)
    assert (np.bincount(given_slots, minlength=slots) == begun).all()
    for part, a, b, n in zip(found, first, last, posts, strict=True):
        assert len(part) == n
        assert ((part >= a) & (part <= b)).all()


def test_a_narrow_window_inside_a_wide_one_goes_first() -> None:
    found = place_breaks(counts([0, 1]), counts([4, 2]), counts([2, 1]), counts([0, 1, 1, 0, 1]))
    assert [part.tolist() for part in found] == [[2, 4], [1]]
    with pytest.raises(ValueError, match=r"slot|window"):
        place_breaks(counts([0, 1]), counts([4, 2]), counts([2, 1]), counts([2, 0, 0, 1, 0]))


def test_a_window_may_run_over_the_end_of_the_week() -> None:
    found = place_breaks(counts([8]), counts([11]), counts([3]), counts([1, 0, 0, 0, 0, 0, 0, 0, 2, 0]), cyclic=True)
    assert found[0].tolist() == [8, 8, 10]
