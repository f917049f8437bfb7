"""How far shares stray by chance: against products whose shares can be written down, and drawn handling times."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from wfm.review.caller_habits import CallerHabits
from wfm.review.day_inputs import DayInputs, IvrShares, Pattern
from wfm.review.input_chance import handling_cv, share_deviations


def a_day(court, *, calls=100.0, aht_s=300.0, as_came=False):
    shares = np.array([[0.25, 0.75]])
    return DayInputs(
        volume=np.array([calls]),
        pattern=Pattern(shares, as_came=as_came),
        ivr=IvrShares(0.2, 0.0),
        handling=np.full((1, 2), aht_s),
        seats=np.ones((1, 2)),
        patience=CallerHabits.of_hotline(court),
    )


def test_a_product_strays_by_its_own_input_and_half_of_the_pair(court) -> None:
    """§113 A share strays by its own input, and by half of what chance in another input changes in its effect."""
    planned, actual = a_day(court), replace(a_day(court, calls=144.0, aht_s=360.0))
    cv = handling_cv(court.lines[0].handling)

    def work(day):
        return np.array([day.volume[0] * day.handling[0, 0]])

    found = share_deviations(court, work, planned, actual, ("volume", "handling"), answered=np.array([100.0]))
    # share of calls = (144 − 100)·(300 + 360)/2, of handling (360 − 300)·(100 + 144)/2; √144 calls, cv·360/√100 s.
    calls, took = 12.0, cv * 36.0
    assert found["volume"][0] == pytest.approx(np.hypot(calls * 330.0, took * 44.0 / 2), rel=1e-6)
    assert found["handling"][0] == pytest.approx(np.hypot(took * 122.0, calls * 60.0 / 2), rel=1e-6)


def test_the_larger_side_of_a_bent_value_counts(court) -> None:
    planned, actual = a_day(court), a_day(court, calls=100.0 + 1e-9)

    def bent(day):
        return np.array([max(day.volume[0] - 100.0, 0.0)])

    found = share_deviations(court, bent, planned, actual, ("volume",), answered=np.array([100.0]))
    assert found["volume"][0] == pytest.approx(10.0), "√100 calls more, though as many fewer change nothing"


def test_drawn_patterns_scatter_as_multinomial_calls(court) -> None:
    planned, actual = a_day(court, calls=400.0), a_day(court, calls=400.0, as_came=True)

    def early(day):
        return np.array([day.volume[0] * day.pattern.shares[0, 0]])

    found = share_deviations(court, early, planned, actual, ("pattern",), answered=np.array([400.0]))
    # √(400·¼·¾) = 8.7, known from twelve draws.
    assert found["pattern"][0] == pytest.approx(np.sqrt(75.0), rel=0.5)


def test_seats_are_recorded_and_stray_with_the_others_alone(court) -> None:
    planned = a_day(court)
    actual = replace(planned, seats=np.zeros((1, 2)))
    found = share_deviations(
        court, lambda day: np.array([day.seats.sum()]), planned, actual, ("seats",), answered=np.array([100.0])
    )
    assert found["seats"][0] == 0.0


def test_patience_and_ivr_stray_by_those_who_tell_of_them(court) -> None:
    planned = a_day(court)
    habits = CallerHabits(np.array([0.8]), np.array([0.0]), 25.0)
    actual = replace(planned, patience=habits, ivr=IvrShares(0.5, 0.0))
    found = share_deviations(
        court, lambda day: np.array([np.log(day.patience.patience_scale[0]), day.ivr.self_service]), planned, actual,
        ("ivr", "patience"), answered=np.array([100.0]),
    )  # fmt: skip
    assert found["patience"].tolist() == [pytest.approx(1 / 5), 0.0]
    assert found["ivr"].tolist() == [0.0, pytest.approx(np.sqrt(0.25 / 100))]


def test_the_spread_of_handling_times_is_that_of_drawn_ones(court) -> None:
    update = {"short_call_share": 0.1, "three_way_share": 0.2, "hold_s": 40.0}
    handling = court.lines[0].handling.model_copy(update=update)
    rng = np.random.default_rng(5)
    size = 400_000

    def lognormal(mean, cv):
        sigma = np.sqrt(np.log1p(cv**2))
        return rng.lognormal(np.log(mean) - sigma**2 / 2, sigma, size)

    took = lognormal(handling.talk_s, handling.talk_cv) + lognormal(handling.hold_s, handling.talk_cv)
    took += lognormal(handling.wrap_s, handling.wrap_cv)
    took += (rng.random(size) < 0.2) * lognormal(handling.three_way_s, handling.three_way_cv)
    took = np.where(rng.random(size) < 0.1, handling.short_call_s, took)
    assert took.mean() == pytest.approx(handling.mean_s, rel=0.01)
    assert handling_cv(handling) == pytest.approx(took.std() / took.mean(), rel=0.02)
