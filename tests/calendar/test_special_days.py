"""Special days: what a hotline names, where it is marked, and how a mistake in it is told."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wfm.calendar import SpecialDays, WorkingCalendar, day_marks
from wfm.cli import main
from wfm.errors import BadInput
from wfm.hotline import calendar_of, load_hotline
from wfm.i18n import Text, use_language

HOTLINE = """\
id: small
number: "12345"
name: {en: Small, zh: 小}
calendar:
  country: CN
  special_days:
SPECIAL
seats: {built: 10, opened: 5}
lines:
  - id: general
    name: {en: General, zh: 综合}
    demand: {calls_per_day: 100}
    handling:
      talk_s: 180
    patience: {mean_s: 240}
groups:
  - id: all
    name: {en: All, zh: 全部}
    lines: [general]
contracts:
  - {id: staff, name: {en: Staff, zh: 职工}, employee: true}
shifts:
  - {id: day, name: {en: Day, zh: 日班}, short: {en: D, zh: 日}, start: 08:00, end: 20:00}
"""
THREE = """\
    - {id: tax_deadline, name: {en: Tax deadline, zh: 报税截止日}, dates: [2026-05-31, 2026-06-30]}
    - {id: flood_season, name: {en: Flood season, zh: 汛期}, yearly: 06-01, yearly_last: 08-31}
    - {id: launch, name: {en: New card, zh: 新卡启用}, first: 2026-03-02, last: 2026-03-06}
    - {id: heating, name: {en: Heating begins, zh: 供暖}, yearly: 11-15}"""


@pytest.fixture
def folder(tmp_path):
    def write(special: str):
        (tmp_path / "hotline.yaml").write_text(HOTLINE.replace("SPECIAL", special), encoding="utf-8")
        return tmp_path

    return write


def test_named_days_are_marked_beside_their_kind(folder) -> None:
    """§119"""
    calendar = calendar_of(load_hotline(folder(THREE)))
    plain = WorkingCalendar("CN")
    expected = {
        date(2026, 5, 31): ("tax_deadline",),
        date(2026, 6, 30): ("tax_deadline", "flood_season"),
        date(2025, 5, 31): (),
        date(2025, 6, 1): ("flood_season",),
        date(2031, 8, 31): ("flood_season",),
        date(2026, 9, 1): (),
        date(2026, 3, 2): ("launch",),
        date(2026, 3, 6): ("launch",),
        date(2026, 3, 7): (),
        date(2027, 3, 2): (),
        date(2024, 11, 15): ("heating",),
        date(2024, 11, 16): (),
    }
    for day, causes in expected.items():
        assert calendar.special(day) == causes, day
        assert day_marks(calendar, [day])[0].special == causes, day
        assert calendar.kind(day) is plain.kind(day)
        assert calendar.is_working_day(day) == plain.is_working_day(day)


@given(
    st.dates(date(2020, 1, 1), date(2029, 12, 31)),
    st.tuples(st.integers(1, 12), st.integers(1, 28)),
    st.integers(0, 364),
)
def test_a_yearly_stretch_runs_from_its_first_day_to_its_last_over_new_year_too(
    day: date, begins: tuple[int, int], length: int
) -> None:
    """§119 Compared with a stretch laid out day by day from every year's first day; 29 February lies inside or not."""
    last = date(2021, *begins) + timedelta(days=length)
    season = SpecialDays("season", Text("s", "s"), yearly=(begins, (last.month, last.day)))
    laid = set()
    for year in range(2018, 2031):
        at = date(year, *begins)
        while True:
            laid.add(at)
            if (at.month, at.day) == (last.month, last.day):
                break
            at += timedelta(days=1)
    assert season.holds(day) == (day in laid)


def test_days_may_be_added_to_a_calendar_afterwards() -> None:
    base = WorkingCalendar("CN", special_days=[SpecialDays("a", Text("A", "甲"), frozenset({date(2026, 3, 2)}))])
    more = base.with_special({date(2026, 3, 2): "outage", date(2025, 1, 9): "outage", date(2025, 1, 10): "storm"})
    assert more.special(date(2026, 3, 2)) == ("a", "outage")
    assert more.special(date(2025, 1, 9)) == ("outage",)
    assert more.special(date(2025, 1, 10)) == ("storm",)
    assert base.special(date(2025, 1, 9)) == ()
    assert more.kind(date(2026, 10, 1)) is base.kind(date(2026, 10, 1))
    assert more != base


@pytest.mark.parametrize(
    ("special", "sentence"),
    [
        ("    - {id: x, name: {en: X, zh: 某}}", "x: which days? give dates, first and last, or yearly"),
        ("    - {id: x, name: {en: X, zh: 某}, first: 2026-03-02}", "x: first and last belong together"),
        (
            "    - {id: x, name: {en: X, zh: 某}, first: 2026-03-02, last: 2026-03-01}",
            "last: must not come before first (2026-03-02), found 2026-03-01",
        ),
        ("    - {id: x, name: {en: X, zh: 某}, yearly: 02-30}", "no year has the day 02-30"),
        ("    - {id: x, name: {en: X, zh: 某}, yearly_last: 02-03}", "which days?"),
        ("    - {id: x, name: {en: X, zh: 某}, dates: [2026-02-03], yearly_last: 02-04}", "yearly_last needs yearly"),
        ("    - {id: x, name: {en: X, zh: 某}, date: 2026-02-03}", "did you mean dates"),
        (THREE + "\n    - {id: launch, name: {en: X, zh: 某}, yearly: 03-01}", "the id 'launch' stands twice"),
    ],
)
def test_mistakes_are_told_in_one_sentence_with_their_place(folder, special: str, sentence: str) -> None:
    with use_language("en"), pytest.raises(BadInput) as caught:
        load_hotline(folder(special))
    message = str(caught.value)
    assert sentence in message
    assert "calendar.special_days." in message
    assert len(message.splitlines()) == 1


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["special days", "Tax deadline (2026-05-31, 2026-06-30)", "every year 06-01 to 08-31"]),
        ("zh", ["特殊日", "报税截止日", "汛期", "每年 06-01 至 08-31"]),
    ],
)
def test_show_tells_of_them(folder, capsys, monkeypatch, language: str, words: list[str]) -> None:
    monkeypatch.setenv("WFM_LANG", language)
    monkeypatch.setenv("COLUMNS", "160")
    assert main(["show", str(folder(THREE))]) == 0
    shown = capsys.readouterr().out
    for word in words:
        assert word in shown
