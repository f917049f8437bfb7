"""Mapping files: mistakes are named with line and column, shipped ones load by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from wfm.errors import BadInput
from wfm.i18n import use_language
from wfm.records import load_mapping, mapping_names


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("columns:\n  arrivedat: t\n", "m.yaml:2:3: columns.arrivedat: unknown key; did you mean arrived_at?"),
        ("columns:\n  line: l\n", "at least one of arrived_at"),
        ("columns:\n  arrived_at: {time: t}\n", "m.yaml:2:3: columns.arrived_at"),
        ("format: json\ncolumns:\n  arrived_at: t\n", "m.yaml:1:1: format: should be one of"),
        ("time_zone: Asia/Shang\ncolumns:\n  arrived_at: t\n", "Asia/Shang"),
        ("columns:\n  arrived_at: [a\n", "m.yaml:2:15"),
    ],
)
def test_mistakes_in_a_mapping_are_named_with_line_and_column(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as caught, use_language("en"):
        load_mapping(path)
    assert words in str(caught.value)


def test_shipped_mappings_load_by_name() -> None:
    assert set(mapping_names()) >= {"anonymous-bank", "chinese-acd"}
    for name in mapping_names():
        assert load_mapping(name).about
    with pytest.raises(BadInput, match="chinese-acd"):
        load_mapping("nonsense")
