"""Patterns in ``hotline.yaml``: read as written, and an error points at its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from wfm.errors import BadInput
from wfm.hotline import load_hotline
from wfm.i18n import use_language

COURT = Path(__file__).parents[2] / "scenarios" / "library" / "nanxun-12368" / "hotline.yaml"

PATTERNS = """
patterns:
  - id: two-weeks
    name: {en: Two weeks, zh: 两周轮换}
    cycles:
      - days: [day-1, day-1, off, day-2, day-2, off]
        crews: 2
        anchor: 2026-01-05
    turns:
      - shifts: [day-1]
        duties_per_month_max: 4
        firm_shares:
          - {firm: 律所01, share: 0.25}
"""


def hotline_with(tmp_path, patterns):
    path = tmp_path / "hotline.yaml"
    path.write_text(COURT.read_text(encoding="utf-8") + patterns, encoding="utf-8")
    return path


def test_patterns_are_read_as_written(tmp_path):
    (pattern,) = load_hotline(hotline_with(tmp_path, PATTERNS)).patterns
    cycle, turns = pattern.cycles[0], pattern.turns[0]
    assert cycle.days == ("day-1", "day-1", "off", "day-2", "day-2", "off")
    assert (cycle.crews, cycle.anchor.isoformat()) == (2, "2026-01-05")
    assert turns.duties_per_month_max == 4
    assert (turns.firm_shares[0].firm, turns.firm_shares[0].share) == ("律所01", 0.25)
    assert pattern.night_of_day_before


@pytest.mark.parametrize(
    ("said", "instead", "place", "english", "chinese"),
    [
        ("day-2, day-2", "noon, day-2", "days: [", "unknown shift 'noon'", "noon"),
        ("crews: 2", "crews: 4", "crews: 4", "cannot be shared evenly by 4 crews", "4个班组"),
        ("crews: 2", "crews: 0", "crews: 0", "should be at least 1", "crews"),
        ("share: 0.25", "share: 1.5", "share: 1.5", "1.5", "1.5"),
        ("shifts: [day-1]", "shifts: [dusk]", "shifts: [dusk]", "unknown shift 'dusk'", "dusk"),
    ],
)
def test_an_error_names_its_line(tmp_path, said, instead, place, english, chinese):
    path = hotline_with(tmp_path, PATTERNS.replace(said, instead, 1))
    text = path.read_text(encoding="utf-8")
    line = text.count("\n", 0, text.rindex(place)) + 1
    with pytest.raises(BadInput) as told:
        load_hotline(path)
    assert f"hotline.yaml:{line}:" in str(told.value)
    assert english in str(told.value)
    with use_language("zh"), pytest.raises(BadInput, match=chinese):
        load_hotline(path)
