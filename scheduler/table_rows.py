"""Rows of a table as plain objects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

__all__ = ["rows_of"]


def rows_of(frame: pd.DataFrame) -> Iterator[Any]:
    """One named tuple a row; columns are attributes (their types are the table's own, declared in ``wfm.tables``)."""
    yield from frame.itertuples(index=False)
