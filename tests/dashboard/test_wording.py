"""Numbers with units and days with names, in both languages."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path

import pytest

import dashboard
from dashboard.wording import (
    day_label,
    day_mark,
    difference_words,
    error_words,
    interval_words,
    limit_words,
    probability_words,
    special_runs,
    value_words,
)
from scenarios.plan import Plan
from wfm.i18n import use_language
from wfm.i18n.catalogues import find_problems


def test_values_carry_their_unit() -> None:
    with use_language("en"):
        assert value_words(0.978, "share") == "97.8\u00a0%"
        assert value_words(7.84, "s") == "7.8\u00a0s"
        assert value_words(1250.0, "count") == "1,250"
        assert value_words(None, "s") == "–"
        assert value_words(float("nan"), "share") == "–"
        assert limit_words(">=", 0.9, "share") == "≥\u00a090\u00a0%"
        assert limit_words("<", 15.0, "s") == "<\u00a015\u00a0s"
        assert difference_words(-0.0123, "share") == "−1.23\u00a0pp"
    with use_language("zh"):
        assert value_words(0.978, "share") == "97.8%"
        assert value_words(7.84, "s") == "7.8\u00a0秒"


def test_near_certainty_is_not_shown_as_certainty() -> None:
    with use_language("en"):
        assert value_words(0.9996, "share") == "99.96\u00a0%"
        assert probability_words(0.998) == ">\u00a099\u00a0%"
        assert probability_words(1.0) == "100\u00a0%"
        assert probability_words(0.001) == "<\u00a01\u00a0%"
        assert probability_words(0.0) == "0\u00a0%"


@pytest.mark.parametrize(
    ("day", "en", "zh"),
    [
        (date(2026, 9, 15), "Tue", "周二"),
        (date(2026, 9, 20), "workday", "班"),
        (date(2026, 10, 2), "National Day", "国庆节"),
        (date(2026, 9, 26), "Mid-Autumn", "中秋节"),
    ],
)
def test_days_have_local_names(month_plan: Plan, day: date, en: str, zh: str) -> None:
    with use_language("en"):
        assert day_mark(month_plan, day) == en
    with use_language("zh"):
        assert day_mark(month_plan, day) == zh


def test_day_labels() -> None:
    with use_language("en"):
        assert day_label(date(2026, 9, 15)) == "Tue 15 Sep"
    with use_language("zh"):
        assert day_label(date(2026, 9, 15)) == "9月15日 周二"


def test_a_holiday_is_named_once(month_plan: Plan) -> None:
    from dashboard.views import day_list

    with use_language("zh"):
        runs = special_runs(month_plan, day_list(month_plan))
    assert [(last - first + 1, name) for first, last, name in runs] == [
        (1, "班"),
        (3, "中秋节"),
        (7, "国庆节"),
        (1, "班"),
    ]


def test_the_room_speaks_chinese_wholly() -> None:
    assert find_problems("dashboard") == []


def test_no_sentence_hides_in_an_f_string() -> None:
    """Messages inside f-strings are not seen by the extractor and would stay English."""
    hidden = []
    for path in Path(dashboard.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                calls = [c for c in ast.walk(node) if isinstance(c, ast.Call)]
                hidden += [f"{path.name}:{c.lineno}" for c in calls if getattr(c.func, "id", "") in ("say", "both")]
    assert hidden == []


def test_what_holds_or_does_not_has_no_error_and_no_band() -> None:
    assert interval_words(1.0, 1.0, "flag") == "yes"
    assert interval_words(0.0, 1.0, "flag") == "no – yes"
    assert interval_words(0.9, 1.0, "share") == f"{value_words(0.9, 'share')} – {value_words(1.0, 'share')}"
    assert error_words(0.0, "flag") == ""
    assert error_words(None, "s") == ""
    assert error_words(0.2, "s") == f"± {value_words(0.2, 's')}"
