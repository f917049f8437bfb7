"""Days sized from the records before them, met by the calls that then came: as many comply as was stated."""

from __future__ import annotations

import importlib.util
import re
import sys
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "calibration.md"
WEEKS = [date(1999, 2, 28) + timedelta(days=56 * n) for n in range(4)]
"""Every eighth week, so that the test stays short; the page has all."""


@pytest.fixture(scope="module")
def measures() -> ModuleType:
    spec = importlib.util.spec_from_file_location("calibration_measures", ROOT / "docs" / "calibration_measures.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.real_data
@pytest.mark.slow
def test_unseen_days_comply_about_as_often_as_stated(bench_data, measures) -> None:
    source = measures.SixMinuteCounts(bench_data)
    days = list(measures.real_days(source, WEEKS, (0.8,), paths=200, days=100, replays=10))
    assert len(days) == 28
    stated = np.mean([d.sized.stated for d in days])
    complied = np.mean([d.complied for d in days])
    print(f"stated {stated:.3f}, complied {complied:.3f} of {len(days)} days")
    assert 0.78 <= stated <= 0.9
    # What chance allows 28 days, 99 % of the time.
    assert abs(complied - stated) <= 2.576 * np.sqrt(stated * (1 - stated) / len(days))
    # Demand is known only roughly: neither every day above the forecast's middle nor every one below.
    ranks = np.array([d.rank for d in days])
    assert 0.2 <= (ranks < 0.5).mean() <= 0.8


@pytest.mark.real_data
def test_a_replay_meets_the_calls_of_its_day(bench_data, measures) -> None:
    """1 February 1999: as many calls as the file holds between 07:00 and midnight, and seats that plainly do or don't."""
    source = measures.SixMinuteCounts(bench_data)
    day = date(1999, 2, 1)
    counts = source.counts[(source.counts.index.date == day) & (source.counts.index.hour >= 7)]
    for seats, expected in ((60, 1.0), (2, 0.0)):
        sized = measures.Sized(day, 0.9, np.full((1, 48), seats), 0.9, 0.0, 1.0, 1)
        complied, came = source.replay(sized, 3)
        assert came == np.rint(counts.to_numpy()).sum()
        assert complied == expected


def test_the_page_keeps_its_promise() -> None:
    """Every mark is filled, and generated days differ from what is stated by at most three points."""
    marks = dict(re.findall(r"<!--=([\w.-]+)-->(.*?)<!--/-->", PAGE.read_text(encoding="utf-8"), re.DOTALL))
    assert all(text.strip() not in ("", "–") for text in marks.values())
    rows = re.findall(r"^\| \S+-\S+, (?:day|interval) \|.*$", marks["generated"], re.MULTILINE)
    assert len(rows) == 7
    for row in rows:
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        asked, stated, came = (float(re.match(r"[\d.]+", cell)[0]) for cell in (cells[1], cells[4], cells[5]))  # type: ignore[index]
        assert abs(stated - came) <= 3.0
        assert stated >= asked - 3.0
    assert float(marks["generated-worst"]) <= 3.0
    assert int(marks["fresh"].replace(",", "")) >= 1000
    assert (ROOT / "docs" / "pictures" / "calibration.svg").stat().st_size > 2000
