"""Tables of ``wfm.tables`` as Arrow holds them: texts as strings, moments as microseconds in UTC, the rest as doubles."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from wfm.tables import Table, check_table

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["arrow_columns", "arrow_moments", "from_arrow"]


def arrow_moments(moments: pd.Series) -> pa.Array:
    """Moments with a time zone as microseconds in UTC."""
    import pyarrow as pa

    ticks = moments.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy(dtype="datetime64[us]")
    return pa.array(ticks, pa.timestamp("us")).cast(pa.timestamp("us", tz="UTC"))


def arrow_columns(frame: pd.DataFrame, table: Table) -> dict[str, pa.Array]:
    """The columns of ``table``, with nothing of pandas' own."""
    import pyarrow as pa

    columns = {}
    for column in table.columns:
        values = frame[column.name]
        if column.kind == "time":
            columns[column.name] = arrow_moments(values)
        elif column.kind == "text":
            columns[column.name] = pa.array(values, pa.string(), from_pandas=True)
        else:
            columns[column.name] = pa.array(values.to_numpy(dtype=float, na_value=np.nan), from_pandas=True)
    return columns


def from_arrow(found: pa.Table, table: Table, time_zone: str) -> pd.DataFrame:
    """The same back as columns of ``table``, times in ``time_zone``."""
    frame = found.to_pandas()
    for column in table.columns:
        if column.kind == "time":
            local = frame[column.name].dt.tz_convert(ZoneInfo(time_zone))
            frame[column.name] = local.astype(f"datetime64[ns, {time_zone}]")
    return check_table(table, frame)
