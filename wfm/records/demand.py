"""What a forecast learns from: the calls of each line and interval, from whatever the records know of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["demand_column"]


def demand_column(actuals: pd.DataFrame) -> pd.Series:
    """Calls that count as demand, one value a row of ``tables.ACTUALS``; empty where nothing was recorded.

    First attempts where they are known. Where callers cannot be told apart no redial is known either, and every
    call counts as one: then ``offered``, else ``queued``. An empty value is no zero: the interval was not recorded.
    """
    found = actuals["first_attempts"].astype(float)
    for name in ("offered", "queued"):
        if name in actuals:
            found = found.where(found.notna(), actuals[name].astype(float))
    return found.rename("demand")
