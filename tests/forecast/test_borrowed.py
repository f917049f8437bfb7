"""A line without history, by what the others have."""

from __future__ import annotations

import numpy as np
import pytest

from wfm.forecast.borrowed import RATIO_MAX, borrowed

HOURS = 24


def test_twice_the_calls_that_were_assumed_of_the_others_are_twice_its_own():
    assumed = np.linspace(100, 200, HOURS)
    others = np.full((2, HOURS), 500.0)
    assert borrowed(assumed, 2 * others, others) == pytest.approx(2 * assumed)


def test_the_profile_of_the_others_is_borrowed_where_they_have_calls():
    assumed, others = np.full(HOURS, 10.0), np.full((1, HOURS), 1e6)
    seen = others * np.where(np.arange(HOURS) < 12, 0.5, 1.5)
    assert borrowed(assumed, seen, others) == pytest.approx(np.where(np.arange(HOURS) < 12, 5.0, 15.0), rel=1e-3)


def test_few_calls_of_the_others_say_little_of_an_hour():
    assumed, others = np.full(HOURS, 10.0), np.full((1, HOURS), 0.01)
    seen = others * np.where(np.arange(HOURS) < 12, 0.0, 2.0)
    assert borrowed(assumed, seen, others) == pytest.approx(assumed, rel=0.01)


def test_no_correction_beyond_belief_and_none_without_others():
    assumed, others = np.full(HOURS, 10.0), np.full((1, HOURS), 1000.0)
    assert borrowed(assumed, 50 * others, others) == pytest.approx(RATIO_MAX * assumed)
    assert borrowed(assumed, np.zeros((0, HOURS)), np.zeros((0, HOURS))) is assumed
