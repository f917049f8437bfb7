"""Which shifts may be built: what is accepted, what is refused and how, and where breaks may lie."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.shifts.break_windows import break_windows
from wfm.errors import BadInput
from wfm.hotline import MealBreak, ShiftDesign, ShortBreaks, library_folder, load_hotline
from wfm.i18n import use_language

COURT = (library_folder() / "nanxun-12368" / "hotline.yaml").read_text(encoding="utf-8")


def read_with(folder: Path, block: str):
    (folder / "hotline.yaml").write_text(f"{COURT}\nshift_design:\n{block}", encoding="utf-8")
    return load_hotline(folder).shift_design


def test_without_the_key_the_usual_shifts_may_be_built():
    design = load_hotline(library_folder() / "nanxun-12368").shift_design
    assert design == ShiftDesign()
    assert design.lengths_min == tuple(range(240, 481, 30))
    assert design.starts_min == tuple(range(0, 1440, 30))
    assert (design.meal.length_min, design.meal.paid, design.short_breaks.paid) == (30, False, True)


def test_a_design_is_read_from_the_hotline(tmp_path):
    design = read_with(
        tmp_path,
        "  start_grid_min: 60\n  earliest_start: '20:00'\n  latest_start: '02:00'\n"
        "  meal: null\n  short_breaks: {windows_min: [[60, 120], [180, 240]]}\n",
    )
    assert design.starts_min == (0, 60, 120, 1200, 1260, 1320, 1380)
    assert design.meal is None
    assert [(w.kind, w.earliest_min, w.latest_min) for w in break_windows(design, 480)] == [(1, 60, 120), (2, 180, 240)]
    assert [w.kind for w in break_windows(design, 240)] == [1]


@pytest.mark.parametrize(
    ("block", "english", "chinese"),
    [
        ("  longest_h: 3\n", "longest_h: must not be below shortest_h (4), found 3", "不得小于 shortest_h（4）"),
        ("  posts_min: 3\n  posts_max: 2\n", "posts_max: must not be below posts_min (3), found 2", "posts_min（3）"),
        (
            "  start_grid_min: 240\n  earliest_start: '09:00'\n  latest_start: '11:00'\n",
            "start_grid_min: no multiple of 240 minutes lies between 09:00 and 11:00",
            "09:00 至 11:00 之间没有 240 分钟",
        ),
        (
            "  meal: {earliest_min: 200, latest_min: 100}\n",
            "meal.latest_min: must not come before earliest_min (200), found 100",
            "不得早于 earliest_min（200）",
        ),
        (
            "  short_breaks: {windows_min: [[60, 120], [100, 140]]}\n",
            "windows_min.1: 100–140 must follow the window before it",
            "100—140 应在前一时间窗之后",
        ),
        ("  apart_min: 7\n", "shift_design.apart_min: should be a multiple of 5, found 7", "5 的整数倍"),
        ("  grid_min: 7\n", "shift_design.grid_min: should be one of 5, 10, 15, 20, 30, 60", "grid_min"),
        ("  shortest_h: 4.1\n", "shift_design.shortest_h: should be a multiple of 0.25, found 4.1", "0.25 的整数倍"),
    ],
)
def test_designs_that_contradict_themselves_are_refused(tmp_path, block, english, chinese):
    with use_language("en"), pytest.raises(BadInput) as caught:
        read_with(tmp_path, block)
    assert english in str(caught.value)
    with use_language("zh"), pytest.raises(BadInput) as caught:
        read_with(tmp_path, block)
    assert chinese in str(caught.value)


@settings(max_examples=200, deadline=None)
@given(
    length=st.integers(8, 48).map(lambda n: n * 30),
    every_h=st.sampled_from([1.5, 2.0, 3.0, 4.0]),
    window=st.sampled_from([0, 30, 60, 120]),
    apart=st.sampled_from([0, 15, 30, 60]),
    short=st.sampled_from([5, 10, 15]),
    meal=st.sampled_from([None, 30, 45, 60]),
)
def test_breaks_never_come_nearer_than_the_work_between_them(length, every_h, window, apart, short, meal):
    """Whatever places the windows' breaks are given: the earliest of one against the latest of the one before."""
    design = ShiftDesign(
        apart_min=apart,
        meal=None if meal is None else MealBreak(length_min=meal),
        short_breaks=ShortBreaks(length_min=short, every_h=every_h, window_min=window),
        longest_h=24,
    )
    try:
        windows = break_windows(design, length)
    except BadInput:
        return
    assert sum(w.kind > 0 for w in windows) == int(length // (60 * every_h))
    assert sum(w.kind == 0 for w in windows) == (meal is not None and length >= 360)
    for before, after in itertools.pairwise(windows):
        assert after.earliest_min - (before.latest_min + before.length_min) >= apart
    for one in windows:
        assert apart <= one.earliest_min <= one.latest_min
        assert one.latest_min + one.length_min + apart <= length
        assert one.earliest_min % 15 == one.latest_min % 15 == 0
        if one.kind:
            assert one.latest_min - one.earliest_min <= window
