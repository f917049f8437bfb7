"""Tables that go out hold no formula that a spreadsheet would run."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from dashboard.csv_cells import harmless_cell, harmless_cells
from dashboard.tables import csv_bytes


@pytest.mark.parametrize(
    "text",
    ['=HYPERLINK("http://evil.example")', "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "=", "==", "-a"],
)
def test_formulas_become_texts(text: str) -> None:
    expected = text if len(text) == 1 else f"'{text}"
    assert harmless_cell(text) == expected


@pytest.mark.parametrize(
    "value", ["Lin", "林 = 小", "-5", "-1,250.5", "+3.5e2", "–", "-", "", 5, -2.5, None, True, "10:30"]
)
def test_everything_else_stays(value: object) -> None:
    assert harmless_cell(value) is value


def test_numbers_and_moments_keep_their_kind() -> None:
    table = pd.DataFrame({"n": [1, -2], "x": [0.5, None], "at": pd.to_datetime(["2026-09-14", "2026-09-15"], utc=True)})
    pd.testing.assert_frame_equal(harmless_cells(table), table)


def test_every_download_goes_through_it() -> None:
    out = csv_bytes(pd.DataFrame({"who": ["=1+1"], "kind": pd.Categorical(["@x"]), "calls": [-3]}))
    assert pd.read_csv(io.BytesIO(out)).iloc[0].to_list() == ["'=1+1", "'@x", -3]
