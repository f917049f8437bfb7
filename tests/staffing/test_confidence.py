"""The search for confident seats, on days whose answer is known: a day complies from so many seats on."""

from __future__ import annotations

import numpy as np
import pytest

from wfm.errors import BadInput
from wfm.staffing.confidence import day_gamma_paths, find_confident_seats, share_and_half_width


class Days:
    """Days that each need a number of seats in each interval; the family gives every interval the same."""

    def __init__(self, seed: int, days: int, mean: float = 20.0, spread: float = 0.15, intervals: int = 4) -> None:
        rng = np.random.default_rng(seed)
        self.need = mean * intervals * np.exp(spread * rng.standard_normal(days))
        self.played: list[int] = []

    def __call__(self, seats: np.ndarray) -> np.ndarray:
        self.played.append(int(seats.sum()))
        return seats.sum() >= self.need


def family(factor: float, intervals: int = 4, most: int = 10_000) -> np.ndarray:
    return np.full((1, intervals), min(int(np.ceil(20 * factor)), most), dtype=np.int64)


@pytest.mark.parametrize("confidence", [0.05, 0.5, 0.8, 0.9, 0.99])
@pytest.mark.parametrize("start", [0.5, 1.0, 2.5])
def test_the_fewest_seats_that_comply(confidence: float, start: float) -> None:
    searched, stated = Days(4, 2000), Days(2, 500)
    found = find_confident_seats(family, searched, stated, confidence, start=start)
    aim = confidence + 0.5 * np.sqrt(confidence * (1 - confidence) / 2000)
    fewest = next(n for n in range(1, 1000) if (np.floor(n) >= searched.need).mean() >= aim)
    # Half a day is taken off the share, so that at most the next seat is needed.
    assert fewest <= found.seats.sum() <= fewest + 1
    assert found.reached
    assert found.evaluations == len(set(searched.played)) + 1 <= 16
    assert found.probability == (found.seats.sum() >= stated.need).mean()
    assert abs(found.probability - confidence) < found.half_width + 0.04


def test_what_is_stated_is_not_what_was_searched() -> None:
    """Days that need twice as much: the statement is theirs, whatever the search saw."""
    stated = Days(2, 2000, mean=40.0)
    found = find_confident_seats(family, Days(1, 500), stated, 0.9)
    assert found.probability < 0.3
    assert found.probability == (found.seats.sum() >= stated.need).mean()


def test_kinder_days_make_the_search_aim_higher_once() -> None:
    """Days that need 6 % more than those searched: the first statement is too low, the second within its error."""
    searched, stated = Days(4, 2000), Days(2, 2000, mean=21.2)
    plain = find_confident_seats(family, searched, Days(3, 500), 0.9)
    found = find_confident_seats(family, searched, stated, 0.9)
    first, second = (n for n in stated.played)
    assert first == plain.seats.sum() < second == found.seats.sum()
    assert (first >= stated.need).mean() < 0.88
    assert 0.9 <= found.probability + found.half_width < 0.94


def test_places_that_are_short() -> None:
    def capped(factor: float) -> np.ndarray:
        return family(factor, most=21)

    found = find_confident_seats(capped, Days(1, 500), Days(2, 500), 0.95)
    assert not found.reached
    assert found.seats.tolist() == [[21] * 4]
    assert found.demand_factor < 1.1, "no more demand than the places are good for"
    assert 0.4 < found.probability < 0.8


def test_never_below_the_least_factor() -> None:
    found = find_confident_seats(family, Days(1, 500), Days(2, 500), 0.05, least=1.0)
    assert found.seats.tolist() == [[20] * 4]
    assert found.demand_factor == 1.0
    assert found.evaluations == 2


@pytest.mark.parametrize("confidence", [0.0, 1.0, -0.1, float("nan")])
def test_confidence_that_is_none(confidence: float) -> None:
    with pytest.raises(BadInput, match="confidence should lie between 0 and 1"):
        find_confident_seats(family, Days(1, 50), Days(2, 50), confidence)


def test_wilson_interval_as_published() -> None:
    """81 of 263: 0.2553 to 0.3662. Newcombe 1998, Statistics in Medicine 17:857–872, table I."""
    share, half_width = share_and_half_width(np.arange(263) < 81)
    assert share == 81 / 263
    assert half_width == pytest.approx((0.3662 - 0.2553) / 2, abs=6e-5)


def test_days_of_one_rate_do_not_tell_twice() -> None:
    """Ten rates whose days all share their fate, played 100 times each: as sure as of ten days."""
    complies = np.tile([True] * 8 + [False] * 2, 100)
    origin = np.tile(np.arange(10), 100)
    share, half_width = share_and_half_width(complies, origin)
    assert share == 0.8
    assert half_width == pytest.approx(1.96 * np.std([1] * 8 + [0] * 2, ddof=1) / np.sqrt(10))
    assert half_width > 3 * share_and_half_width(complies)[1]
    assert share_and_half_width(np.ones(1000, dtype=bool), origin)[1] > 0.1


@pytest.mark.parametrize("cv", [0.05, 0.3, 1.0])
def test_gamma_days(cv: float) -> None:
    mean = np.array([[1.0, 2.0, 3.0], [4.0, 0.0, 5.0]])
    paths = day_gamma_paths(mean, cv, 4000, seed=3)
    assert paths.shape == (4000, 2, 3)
    factor = paths[:, 0, 0]
    assert factor.mean() == pytest.approx(1.0, abs=0.002)
    assert factor.std() == pytest.approx(cv, rel=0.02)
    # Gamma with mean 1: E x³ = (1 + cv²)(1 + 2cv²).
    assert (factor**3).mean() == pytest.approx((1 + cv**2) * (1 + 2 * cv**2), rel=0.05)
    assert paths == pytest.approx(factor[:, None, None] * mean)
    assert day_gamma_paths(mean, 0.0, 2, 1) == pytest.approx(np.stack([mean, mean]))


def test_gamma_days_that_are_none() -> None:
    with pytest.raises(BadInput, match="variation of the day"):
        day_gamma_paths(np.ones((1, 1)), -0.1, 10, 1)
    with pytest.raises(BadInput, match="paths"):
        day_gamma_paths(np.ones((1, 1)), 0.1, 0, 1)
