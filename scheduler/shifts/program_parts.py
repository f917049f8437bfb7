"""The program of shift choice as arrays, and the parts of it that share no row."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from scheduler.shifts.program import Program

__all__ = [
    "WHOLE",
    "Part",
    "cut_part",
    "fingerprint",
    "parts_of",
    "rest_of",
    "rounded",
    "step_of",
    "stepped",
    "whole_part",
]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
WHOLE = 1e-6
"""A number so near to a whole one is whole."""


@dataclass(frozen=True, eq=False)
class Part:
    """A program, or a part of it, as arrays."""

    cost: Floats
    low: Floats
    high: Floats
    whole: Flags
    lead: Flags
    at: NDArray[np.int64]
    matrix: sparse.csr_array
    least: Floats
    most: Floats
    slots: int


def whole_part(program: Program) -> Part:
    """All of a program."""
    return Part(
        program.cost,
        *program.bounds,
        program.whole,
        program.lead,
        program.at,
        program.matrix,
        *program.sides,
        program.slots,
    )


def parts_of(whole: Part) -> list[tuple[NDArray[np.int64], Part]]:
    """The parts that share no row, largest last, each with its columns."""
    rows, columns = whole.matrix.shape
    entries = whole.matrix.tocoo()
    graph = sparse.coo_array(
        (np.ones(entries.nnz), (entries.coords[0], entries.coords[1] + rows)), shape=(rows + columns, rows + columns)
    )
    _, label = csgraph.connected_components(graph, directed=False)
    row_label, column_label = label[:rows], label[rows:]
    found = []
    order = np.argsort(column_label, kind="stable")
    edges = np.flatnonzero(np.diff(column_label[order])) + 1
    row_order = np.argsort(row_label, kind="stable")
    sorted_rows = row_label[row_order]
    by_columns = whole.matrix.tocsc()
    for group in np.split(order, edges):
        name = column_label[group[0]]
        mine = row_order[np.searchsorted(sorted_rows, name) : np.searchsorted(sorted_rows, name, side="right")]
        found.append((group, cut_part(whole, by_columns, group, mine)))
    return sorted(found, key=lambda one: len(one[0]))


def cut_part(whole: Part, by_columns: sparse.csc_array, columns: NDArray[np.int64], rows: NDArray[np.int64]) -> Part:
    """Some columns and rows; ``by_columns`` is the matrix, the rows of other columns are the caller's."""
    return Part(
        whole.cost[columns],
        whole.low[columns],
        whole.high[columns],
        whole.whole[columns],
        whole.lead[columns],
        whole.at[columns],
        by_columns[:, columns].tocsr()[rows],
        whole.least[rows],
        whole.most[rows],
        whole.slots,
    )


def rest_of(whole: Part, by_columns: sparse.csc_array, free: NDArray[np.int64], x: Floats) -> Part:
    """The program of the free columns while the others stay at ``x``."""
    rows = np.unique(by_columns[:, free].indices).astype(np.int64)
    fixed = x.copy()
    fixed[free] = 0.0
    found = cut_part(whole, by_columns, free, rows)
    base = whole.matrix[rows] @ fixed
    return replace(found, least=found.least - base, most=found.most - base)


def fingerprint(part: Part) -> bytes:
    """The same for parts that are the same but for the slots to which they belong, as alike days are."""
    matrix = part.matrix
    arrays = (part.cost, part.low, part.high, part.whole, part.lead, part.least, part.most)
    found = hashlib.sha256()
    for array in (*arrays, matrix.indptr, matrix.indices, matrix.data):
        found.update(np.ascontiguousarray(array).tobytes())
        found.update(b"|")
    return found.digest()


def step_of(part: Part) -> float:
    """All costs are whole multiples of it; 0 where there is no such step, or columns that cost are no whole numbers."""
    costly = np.abs(part.cost) > 1e-12
    if not costly.any() or not part.whole[costly].all():
        return 0.0
    units = np.rint(part.cost[costly] * 1e4)
    if np.abs(units / 1e4 - part.cost[costly]).max() > 1e-10:
        return 0.0
    step = float(np.gcd.reduce(np.abs(units).astype(np.int64))) / 1e4
    return step if step >= 1e-3 else 0.0


def stepped(part: Part, bound: float) -> float:
    """The bound raised to the next value that the cost can take."""
    step = step_of(part)
    return float(np.ceil(bound / step - 1e-6) * step) if step else bound


def rounded(part: Part, x: Floats) -> Floats:
    """Whole columns rounded, the others as they are."""
    return np.where(part.whole, np.rint(x), x)
