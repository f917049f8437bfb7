"""The duties table with the dtypes that ``wfm.tables`` declares."""

from __future__ import annotations

from typing import Any

import pandas as pd

from wfm.tables import DUTIES

__all__ = ["duties_frame"]


def duties_frame(rows: list[dict[str, Any]], time_zone: str) -> pd.DataFrame:
    """Rows (times aware) as ``tables.DUTIES``, times in ``time_zone``."""
    frame = pd.DataFrame(rows, columns=DUTIES.column_names)
    for column in ("start", "end"):
        frame[column] = pd.to_datetime(frame[column], utc=True).dt.tz_convert(time_zone).dt.as_unit("ns")
    frame["date"] = pd.to_datetime(frame["date"]).dt.as_unit("ns")
    texts = ("agent", "shift", "group", "post", "role", "breaks")
    return frame.astype({**dict.fromkeys(texts, "string"), "remote": "bool"})
