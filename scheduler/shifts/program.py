"""An integer program as data: columns with cost and bounds, rows as sparse sums between two bounds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

__all__ = ["Program"]

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


class Program:
    """Minimise cost·x over whole numbers x between bounds, rows between bounds. Built piece by piece, never changed."""

    def __init__(self, slots: int = 1) -> None:
        self.slots = slots
        """Slots of the time to which columns belong."""
        self.width = 0
        self.height = 0
        self._cost: list[Floats] = []
        self._low: list[Floats] = []
        self._high: list[Floats] = []
        self._whole: list[NDArray[np.bool_]] = []
        self._lead: list[NDArray[np.bool_]] = []
        self._at: list[Counts] = []
        self._entries: list[tuple[Counts, Counts, Floats]] = []
        self._least: list[Floats] = []
        self._most: list[Floats] = []

    def columns(
        self,
        size: int,
        *,
        cost: Floats | float = 0.0,
        low: Floats | float = 0.0,
        high: Floats | float = np.inf,
        whole: bool = True,
        lead: bool = False,
        at: Counts | None = None,
    ) -> Counts:
        """Add ``size`` columns; their numbers.

        Args:
            whole: they are whole numbers.
            lead: once these are settled the others follow.
            at: slot to which each belongs; None where they belong to no time.
        """
        for store, value in ((self._cost, cost), (self._low, low), (self._high, high)):
            store.append(np.broadcast_to(np.asarray(value, dtype=np.float64), (size,)).copy())
        self._whole.append(np.full(size, whole))
        self._lead.append(np.full(size, lead))
        self._at.append(np.full(size, -1, dtype=np.int64) if at is None else np.asarray(at, dtype=np.int64))
        self.width += size
        return np.arange(self.width - size, self.width, dtype=np.int64)

    def rows(self, size: int, *, least: Floats | float = -np.inf, most: Floats | float = np.inf) -> Counts:
        """Add ``size`` rows without entries; their numbers."""
        for store, value in ((self._least, least), (self._most, most)):
            store.append(np.broadcast_to(np.asarray(value, dtype=np.float64), (size,)).copy())
        self.height += size
        return np.arange(self.height - size, self.height, dtype=np.int64)

    def add(self, rows: Counts | int, columns: Counts | int, values: Floats | float) -> None:
        """Add entries, which sum where they meet."""
        r, c, v = np.broadcast_arrays(
            np.asarray(rows, dtype=np.int64), np.asarray(columns, dtype=np.int64), np.asarray(values, dtype=np.float64)
        )
        self._entries.append((r.ravel(), c.ravel(), v.ravel()))

    def more_cost(self, amounts: Floats) -> None:
        """Add to the cost of the columns so far, ``(columns,)``."""
        at = 0
        for part in self._cost:
            part += amounts[at : at + len(part)]
            at += len(part)

    @property
    def cost(self) -> Floats:
        """``(columns,)``."""
        return _joined(self._cost)

    @property
    def bounds(self) -> tuple[Floats, Floats]:
        """Lower and upper bounds of the columns."""
        return _joined(self._low), _joined(self._high)

    @property
    def whole(self) -> NDArray[np.bool_]:
        """Which columns are whole numbers."""
        return np.concatenate(self._whole) if self._whole else np.zeros(0, dtype=bool)

    @property
    def lead(self) -> NDArray[np.bool_]:
        """Which columns are settled first."""
        return np.concatenate(self._lead) if self._lead else np.zeros(0, dtype=bool)

    @property
    def at(self) -> Counts:
        """Slot of each column, −1 for none."""
        return np.concatenate(self._at) if self._at else np.zeros(0, dtype=np.int64)

    @property
    def sides(self) -> tuple[Floats, Floats]:
        """Bounds of the rows."""
        return _joined(self._least), _joined(self._most)

    @property
    def matrix(self) -> sparse.csr_array:
        """``(rows, columns)``."""
        parts = list(zip(*self._entries, strict=True)) or [(), (), ()]
        r, c, v = (np.concatenate(part) if len(part) else np.zeros(0) for part in parts)
        found = sparse.coo_array((v, (r.astype(np.int64), c.astype(np.int64))), shape=(self.height, self.width)).tocsr()
        found.sum_duplicates()
        return found


def _joined(parts: list[Floats]) -> Floats:
    return np.concatenate(parts) if parts else np.zeros(0)
