"""What is found out of the ordinary: next to nothing in quiet data, what was planted with certainty, each with its numbers."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from wfm.calendar import DayKind, TimeGrid, WorkingCalendar
from wfm.i18n import Text
from wfm.records.cleaning import Mark, find_marks
from wfm.records.cleaning.tails import believed, negative_binomial_tails, none_probability

ZONE = "Asia/Shanghai"
CALENDAR = WorkingCalendar(None)
MONDAY = date(2026, 3, 2)
WEEK = np.array([1.1, 1.0, 1.0, 0.95, 0.9, 0.5, 0.4])
SHAPE = np.exp(-(((np.arange(48) - 26) / 9.0) ** 2))
"""A single peak in the early afternoon; next to no calls at night."""


def records(
    seed: int, *, calls_per_day: float = 600, days: int = 84, lines: int = 1, day_cv: float = 0.1, growth: float = 0.0
) -> tuple[pd.DataFrame, TimeGrid, np.ndarray]:
    """Actuals of clean days (gamma days, Poisson intervals), their grid, and counts (L, D, 48) to plant something in."""
    rng = np.random.default_rng(seed)
    grid = TimeGrid(MONDAY, days, 30, ZONE)
    level = calls_per_day * WEEK[np.arange(days) % 7] * np.exp(growth * np.arange(days))
    factor = rng.gamma(1 / day_cv**2, day_cv**2, (lines, days))
    counts = rng.poisson((level * factor)[:, :, None] * SHAPE / SHAPE.sum()).astype(float)
    return table(counts, grid), grid, counts


def table(counts: np.ndarray, grid: TimeGrid) -> pd.DataFrame:
    return pd.concat(
        [
            pd.DataFrame(
                {"line": f"l{n}", "interval": grid.starts, "first_attempts": row.ravel(), "offered": row.ravel()}
            )
            for n, row in enumerate(counts)
        ],
        ignore_index=True,
    )


def marks_of(counts: np.ndarray, grid: TimeGrid, calendar: WorkingCalendar = CALENDAR) -> list[Mark]:
    return find_marks(table(counts, grid), grid, calendar, [f"l{n}" for n in range(len(counts))])


def covers(mark: Mark, grid: TimeGrid, first: int, last: int) -> bool:
    """Whether the mark is these intervals of the grid."""
    return (pd.Timestamp(mark.start), pd.Timestamp(mark.end)) == (grid.starts[first], grid.ends[last - 1])


def test_the_tails_are_those_of_the_negative_binomial() -> None:
    count, mean, variation = np.array([0.0, 3, 40, 900]), np.array([5.0, 2, 30, 600]), np.array([0.3, 0.1, 0.5, 0.08])
    below, above = negative_binomial_tails(count, mean, variation)
    size = 1 / variation**2
    law = stats.nbinom(size, size / (size + mean))
    np.testing.assert_allclose(below, law.cdf(count), rtol=1e-10)
    np.testing.assert_allclose(above, law.sf(count - 1), rtol=1e-8)
    np.testing.assert_allclose(none_probability(mean, 0.3), stats.nbinom(1 / 0.09, 1 / (1 + 0.09 * mean)).pmf(0))


def test_believing_is_the_step_up_procedure() -> None:
    # The worked example of Benjamini and Hochberg (1995), table of section 3.2: four of fifteen are believed at 5 %.
    chance = np.array(
        [
            0.0001,
            0.0004,
            0.0019,
            0.0095,
            0.0201,
            0.0278,
            0.0298,
            0.0344,
            0.0459,
            0.3240,
            0.4262,
            0.5719,
            0.6528,
            0.7590,
            1.0,
        ]
    )
    shuffled = np.random.default_rng(1).permutation(15)
    assert sorted(chance[shuffled][believed(chance[shuffled], 0.05)]) == [0.0001, 0.0004, 0.0019, 0.0095]
    assert not believed(np.array([]), 0.05).any()


def test_quiet_data_give_next_to_no_marks() -> None:
    """§108"""
    told = [
        len(marks_of(records(seed, calls_per_day=calls, lines=lines, days=days)[2], TimeGrid(MONDAY, days, 30, ZONE)))
        for calls, lines, days in ((15, 1, 84), (150, 2, 84), (600, 1, 84), (600, 3, 56), (3000, 1, 180))
        for seed in range(12)
    ]
    # 60 clean data sets, 5,616 days of lines or centres: fewer than one in ten of the sets shows a single mark.
    assert sum(told) <= 6


def test_growth_is_no_outlier() -> None:
    """§108"""
    told = sum(len(marks_of(records(seed, growth=0.01)[2], TimeGrid(MONDAY, 84, 30, ZONE))) for seed in range(6))
    assert told <= 1


def test_a_lasting_change_is_no_outlier() -> None:
    """§108"""
    told = 0
    for seed in range(6):
        _, grid, counts = records(seed)
        counts[0, 45:] += records(100 + seed, calls_per_day=300)[2][0, 45:]  # half as many again
        told += len(marks_of(counts, grid))
    assert told <= 2


def test_a_line_that_opens_later_or_closes_is_no_gap() -> None:
    """§108"""
    _, grid, counts = records(11, lines=3)
    counts[1, :40] = 0
    counts[2, 60:] = 0
    assert [m for m in marks_of(counts, grid) if m.line is not None] == []


@pytest.mark.parametrize(("factor", "kind"), [(0.3, "outlier_low"), (2.0, "outlier_high")])
def test_planted_odd_days_are_found_with_their_numbers(factor: float, kind: str) -> None:
    """§108"""
    hits, spreads = 0, []
    for seed in range(10):
        _, grid, counts = records(seed)
        counts[0, 37] = np.random.default_rng(seed).poisson(factor * 600 * WEEK[2] * SHAPE / SHAPE.sum())
        found = [m for m in marks_of(counts, grid) if covers(m, grid, 37 * 48, 38 * 48)]
        hits += len(found) == 1 and found[0].kind == kind
        if found:
            assert found[0].found == counts[0, 37].sum()
            assert found[0].usual == pytest.approx(600, rel=0.1)
            spreads.append(found[0].spread)
            assert f"{found[0].found:,.0f} calls" in found[0].reason.en
            assert "for a Wednesday" in found[0].reason.en
            assert "星期三" in found[0].reason.zh
    assert hits == 10
    # Poisson and a gamma day of 10 %: √(600 + 60²) ≈ 65, more as neither mean nor scale is known from 84 days.
    assert 60 < np.mean(spreads) < 100


def test_a_busy_hour_is_told_by_its_hours() -> None:
    """§108"""
    hits = 0
    for seed in range(10):
        _, grid, counts = records(seed)
        counts[0, 50, 26:28] *= 3
        found = [m for m in marks_of(counts, grid) if m.kind == "outlier_high"]
        hits += any(covers(m, grid, 50 * 48 + 26, 50 * 48 + 28) for m in found)
    assert hits >= 9


def test_missing_days_are_a_gap_and_a_silent_afternoon_is_an_outage() -> None:
    """§108"""
    _, grid, counts = records(3, lines=2)
    counts[:, 20:22] = 0
    counts[:, 40, 24:30] = 0
    found = {m.kind: m for m in marks_of(counts, grid)}
    assert set(found) == {"gap", "outage"}
    assert covers(found["gap"], grid, 20 * 48, 22 * 48)
    assert covers(found["outage"], grid, 40 * 48 + 24, 40 * 48 + 30)
    assert found["gap"].line is None
    assert "2 days in a row" in found["gap"].reason.en
    assert "for 3 h" in found["outage"].reason.en


def test_what_nobody_recorded_is_silence_too() -> None:
    """§108"""
    _, grid, counts = records(4)
    counts[0, 20] = np.nan
    (gap,) = marks_of(counts, grid)
    assert gap.kind == "gap"
    assert covers(gap, grid, 20 * 48, 21 * 48)


def test_a_last_day_cut_off_is_a_partial_day() -> None:
    """§108"""
    _, grid, counts = records(5)
    counts[0, -1, 25:] = 0
    (cut,) = marks_of(counts, grid)
    assert cut.kind == "partial_day"
    assert pd.Timestamp(cut.start) == grid.starts[83 * 48 + 25]


def test_days_on_which_the_centre_never_opens_are_no_gaps() -> None:
    """§108"""
    _, grid, counts = records(6)
    counts[0, np.arange(84) % 7 >= 5] = 0
    assert marks_of(counts, grid) == []


def test_one_lines_trouble_is_told_of_that_line_alone() -> None:
    """§108"""
    _, grid, counts = records(7, lines=3)
    counts[1, 40] *= 3
    counts[2, 60, 20:32] = 0
    found = marks_of(counts, grid)
    assert {(m.line, m.kind) for m in found} == {("l1", "outlier_high"), ("l2", "outage")}
    named = find_marks(table(counts, grid), grid, CALENDAR, ["l0", "l1", "l2"], names={"l1": Text("Wages", "欠薪")})
    (wages,) = (m for m in named if m.line == "l1")
    assert "calls on Wages" in wages.reason.en
    assert "欠薪" in wages.reason.zh


def test_days_beside_holidays_are_special_and_known_special_days_are_not_told() -> None:
    """§108"""
    _, grid, counts = records(8)
    holiday, eve = MONDAY + timedelta(days=45), 44
    counts[0, 45] *= 0.2
    counts[0, eve] *= 0.45
    counts[0, 60] *= 2.5
    calendar = WorkingCalendar(None, extra_days={holiday: (DayKind.HOLIDAY, Text("Harvest", "丰收节"))})
    found = marks_of(counts, grid, calendar)
    assert found[0].kind == "special_day"
    assert covers(found[0], grid, eve * 48, (eve + 1) * 48)
    assert found[0].name == Text("before Harvest", "丰收节之前")
    assert found[0].reason.en.startswith("before Harvest: ")
    assert [m.kind for m in found] == ["special_day", "outlier_high"]
    known = calendar.with_special({MONDAY + timedelta(days=60): "launch"})
    assert [m.kind for m in marks_of(counts, grid, known)] == ["special_day"]


def test_few_days_say_nothing() -> None:
    _, grid, counts = records(9, days=14)
    counts[0, 5] *= 4
    assert [m for m in marks_of(counts, grid) if m.kind.startswith("outlier")] == []
    assert marks_of(np.zeros((1, 3, 48)), TimeGrid(MONDAY, 3, 30, ZONE)) == []
    assert marks_of(np.full((2, 30, 48), np.nan), TimeGrid(MONDAY, 30, 30, ZONE)) == []
