"""``wfm days``: the kinds of days as a table and as JSON."""

from __future__ import annotations

import json

import pytest

from wfm.cli import main


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(["days", *words])
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def test_the_table_shows_holidays_eves_and_make_up_days_and_leaves_out_ordinary_ones(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WFM_LANG", "en")
    code, out, _ = run(capsys, "nanxun-12368", "--from", "2025-09-20", "--to", "2025-10-15")
    assert code == 0
    lines = {line.split()[1]: line for line in out.splitlines() if line.startswith("│ 2025")}
    assert "eve of National Day" in lines["2025-09-30"]
    assert "make-up working day" in lines["2025-09-28"]
    assert "day 8 of 8 off" in lines["2025-10-08"]
    assert "first day after National Day" in lines["2025-10-09"]
    assert "2025-09-22" not in lines
    assert "not announced" not in out


def test_a_year_not_announced_is_said_with_its_chances(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """§120"""
    monkeypatch.setenv("WFM_LANG", "zh")
    code, out, _ = run(capsys, "nanxun-12368", "--from", "2040-09-25", "--to", "2040-10-14")
    assert code == 0
    assert "2040 年的放假安排尚未公布" in out
    line = next(line for line in out.splitlines() if "2040-10-05" in line)
    assert "放假概率" in line


def test_json_has_every_day_and_its_marks(capsys: pytest.CaptureFixture[str]) -> None:
    """§118"""
    code, out, _ = run(capsys, "nanxun-12368", "--from", "2024-02-08", "--to", "2024-02-19", "--json")
    assert code == 0
    found = json.loads(out)
    assert found["country"] == "CN"
    days = {day["date"]: day for day in found["days"]}
    assert len(days) == 12
    assert days["2024-02-10"]["festival"] == "spring_festival"
    assert days["2024-02-10"]["spring_offset"] == 0
    assert days["2024-02-09"]["before"] == 1
    assert days["2024-02-18"]["kind"] == "makeup"
    assert days["2024-02-12"]["chances"] == {"holiday": 1.0}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--from", "soon"], "--from: found 'soon'"),
        (["--from", "2026-02-02", "--to", "2026-02-01"], "--to: found 2026-02-01, allowed are 3660 days from"),
        (["--from", "2026-02-02", "--to", "2099-02-01"], "--to: found 2099-02-01"),
    ],
)
def test_days_that_are_none_are_refused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: list[str], sentence: str
) -> None:
    monkeypatch.setenv("WFM_LANG", "en")
    code, _, err = run(capsys, "nanxun-12368", *words)
    assert code == 2
    assert sentence in err
