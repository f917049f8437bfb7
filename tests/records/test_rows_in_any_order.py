"""Call records by a mapping: the order of rows changes nothing, and no row is lost."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wfm.hotline import find_hotline, load_hotline
from wfm.records import import_calls, load_mapping

HOTLINE = load_hotline(find_hotline("guizhou-12348"))
HEADER = "来电时间,接通时间,挂机时间,主叫号码,专线,座席工号,结果,满意度"
MONDAY = datetime(2026, 9, 14)  # noqa: DTZ001 - as the file writes it


def row_of(second: int, wait: int, talk: int, caller: int, line: str, kind: str) -> str:
    start = MONDAY + timedelta(seconds=second)
    picked, end = start + timedelta(seconds=wait), start + timedelta(seconds=wait + talk)
    if kind == "torn":
        return f"{start:%Y-%m-%d %H:%M:%S},half"
    if kind == "放弃":
        return f"{start:%Y-%m-%d %H:%M:%S},,{picked:%Y-%m-%d %H:%M:%S},1390000{caller:04d},{line},,放弃,"
    number = f"1390000{caller:04d}"
    agent = "" if kind == "unknown" else "1001"
    return f"{start:%Y-%m-%d %H:%M:%S},{picked:%Y-%m-%d %H:%M:%S},{end:%Y-%m-%d %H:%M:%S},{number},{line},{agent},接通,满意"


ROWS = st.lists(
    st.builds(
        row_of,
        st.integers(0, 86_399),
        st.integers(0, 300),
        st.integers(0, 3000),
        st.integers(0, 20),
        st.sampled_from(["general", "consumer", "nowhere"]),
        st.sampled_from(["接通", "放弃", "torn", "unknown"]),
    ),
    max_size=30,
)


@given(ROWS, st.randoms(use_true_random=False), st.integers(0, 5))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_order_of_rows_changes_nothing(tmp_path: Path, rows: list[str], rng: random.Random, again: int) -> None:
    """§98: rows read are rows accepted, rejected, left out and duplicates."""
    good = row_of(0, 5, 60, 9999, "general", "接通")
    told = [good, *rows, *rows[:again]]
    shuffled = list(told)
    rng.shuffle(shuffled)
    found = []
    for order in (told, shuffled):
        path = tmp_path / "calls.csv"
        path.write_text("\n".join([HEADER, *order]) + "\n", encoding="utf-8")
        result = import_calls(path, load_mapping("chinese-acd"), hotline=HOTLINE, key=b"a key for these tests only")
        parts = (result.accepted, len(result.rejected), len(result.left_out), len(result.duplicates))
        assert result.rows_read == sum(parts) == len(told)
        found.append((parts, result.calls.sort_values("call", ignore_index=True)))
    assert found[0][0] == found[1][0]
    assert found[0][0][0] == len({row for row in told if row.count(",") == 7 and "nowhere" not in row})
    pd.testing.assert_frame_equal(found[0][1], found[1][1])
