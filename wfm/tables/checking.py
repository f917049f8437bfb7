"""Tables held to their declarations, where data enters the product."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from wfm.tables.columns import Column, Kind, Table

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pa

__all__ = ["check_table", "empty_table"]


@cache
def _schema(table: Table) -> pa.DataFrameSchema:
    import pandera.pandas as pa

    def checks(column: Column) -> list[pa.Check]:
        found = [pa.Check.isin(column.allowed)] if column.allowed else []
        if column.kind in ("seconds", "hours", "count"):
            found.append(pa.Check.ge(-1 if column.name in ("agent", "group") else 0))
        if column.kind == "share":
            found.append(pa.Check.in_range(0, 1))
        return found

    dtypes: dict[Kind, object] = {
        "text": "string",
        "date": "datetime64[ns]",
        "seconds": "float64",
        "hours": "float64",
        "share": "float64",
        "count": "float64",
        "number": "float64",
        "flag": "bool",
    }
    columns = {
        c.name: pa.Column(
            None if c.kind == "time" else dtypes[c.kind],
            checks(c),
            nullable=c.nullable,
            coerce=c.kind != "time",
            description=c.meaning,
        )
        for c in table.columns
    }
    return pa.DataFrameSchema(columns, strict="filter", name=table.name, unique=list(table.key))


def check_table(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """``frame`` with the declared columns, dtypes and order.

    Counts become floats, so that "not known" can stand beside zero. Columns that are not declared
    are dropped; a nullable column that is absent is added empty.

    Raises:
        pandera.errors.SchemaErrors: a column is missing, of another kind, or holds a value outside
            its bounds; or the key is not unique; or a time has no time zone.
    """
    import pandas as pd

    present = frame.copy(deep=False)
    for column in table.columns:
        if column.name not in present and column.nullable:
            present[column.name] = pd.NaT if column.kind == "time" else pd.Series(pd.NA, index=frame.index)
            if column.kind not in ("time", "text"):
                present[column.name] = float("nan")
    for column in table.columns:
        if column.kind == "time" and column.name in present:
            values = present[column.name]
            if values.isna().all() and not isinstance(values.dtype, pd.DatetimeTZDtype):
                values = pd.Series(pd.NaT, index=values.index, dtype="datetime64[ns, UTC]")
            elif not isinstance(values.dtype, pd.DatetimeTZDtype):
                raise TypeError(f"{table.name}.{column.name}: times need a time zone, found {values.dtype}")
            present[column.name] = values
    checked: pd.DataFrame = _schema(table).validate(present, lazy=True)
    return checked[table.column_names]


def empty_table(table: Table, time_zone: str) -> pd.DataFrame:
    """The table with no rows and the right dtypes."""
    import pandas as pd

    kinds = {"text": "string", "time": f"datetime64[ns, {time_zone}]", "date": "datetime64[ns]", "flag": "bool"}
    return pd.DataFrame({c.name: pd.Series([], dtype=kinds.get(c.kind, "float64")) for c in table.columns})
