"""Writing call records to a file: CSV that Chinese Excel opens, or Parquet; whole or not at all."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from wfm.errors import BadInput
from wfm.i18n import say
from wfm.os_reason import os_reason
from wfm.tables import CALLS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["write_calls"]


def write_calls(calls: pd.DataFrame, path: Path) -> None:
    """Write ``tables.CALLS`` to a ``.csv`` (UTF-8 with byte-order mark, times with offset) or ``.parquet`` file.

    Raises:
        BadInput: the name ends otherwise, or the file cannot be written.
    """
    if path.suffix.lower() not in (".csv", ".parquet"):
        raise BadInput(say("{path}: the name must end in .csv or .parquet", path=path))
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix.lower() == ".parquet":
            calls.to_parquet(temporary, index=False)
        else:
            shown = calls.copy(deep=False)
            for column in CALLS.columns:
                if column.kind == "time":
                    shown[column.name] = [
                        t.isoformat(timespec="milliseconds") if t == t else "" for t in calls[column.name]
                    ]
            shown.to_csv(temporary, index=False, encoding="utf-8-sig", lineterminator="\n")
        temporary.replace(path)
    except OSError as error:
        raise BadInput(say("{path}: cannot be written ({reason})", path=path, reason=os_reason(error))) from None
    finally:
        temporary.unlink(missing_ok=True)
