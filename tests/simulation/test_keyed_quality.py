"""How random the keyed numbers are: large samples in the patterns in which the simulation asks for them.

Every key is fixed, so that each test gives one verdict for good; the thresholds are those that a perfect generator would
pass in all but about one of ten thousand such suites. The hash is written down a second time here, for arrays.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from simulation.keyed import Purpose, uniform

WORDS = ("seed", "replication", "purpose", "call", "attempt")
BASE = {"seed": 20260914, "replication": 3, "purpose": int(Purpose.TALK), "call": 5 << 20, "attempt": 1}
LEAST_P = 1e-5
LARGE = 2**20


def rounds(z: np.ndarray) -> np.ndarray:
    z = z + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def bits_of(**words: np.ndarray | int) -> np.ndarray:
    """The 53 bits behind ``uniform`` for every key of the broadcast words."""
    key = [np.atleast_1d(np.asarray((BASE | words)[name], dtype=np.uint64)) for name in WORDS]
    state = rounds(key[0])
    for word in key[1:]:
        state = rounds(state ^ word)
    return state >> np.uint64(11)


def shares_of(**words: np.ndarray | int) -> np.ndarray:
    return bits_of(**words) * 2.0**-53


def counting(word: str, length: int = LARGE) -> np.ndarray:
    """Numbers whose keys count up in one word, as many as there can be reasonable ones."""
    return shares_of(**{word: np.arange(length)})


def test_the_second_writing_is_the_first() -> None:
    """§6"""
    drawn = np.random.default_rng(1)
    for _ in range(200):
        words = {name: int(drawn.integers(0, 2**64, dtype=np.uint64)) for name in WORDS}
        assert shares_of(**words)[0] == uniform(**words)


@pytest.mark.parametrize("word", WORDS)
def test_a_million_neighbours_are_uniform(word: str) -> None:
    sample = counting(word)
    assert stats.kstest(sample, "uniform").pvalue > LEAST_P
    for cells in (1000, 4096):
        assert stats.chisquare(np.bincount((sample * cells).astype(int), minlength=cells)).pvalue > LEAST_P
    # The low bits too, which no interval of a uniform number shows.
    low = (sample * 2.0**53).astype(np.uint64) & np.uint64(0xFFF)
    assert stats.chisquare(np.bincount(low.astype(int), minlength=4096)).pvalue > LEAST_P


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize(("dimension", "cells"), [(2, 64), (3, 16), (4, 8)])
def test_neighbours_fill_squares_and_cubes_evenly(word: str, dimension: int, cells: int) -> None:
    """Serial test (Knuth 1997, TAOCP vol. 2, §3.3.2 B): neighbouring keys taken two, three and four together."""
    digit = (counting(word) * cells).astype(int)
    digit = digit[: len(digit) // dimension * dimension].reshape(-1, dimension)
    place = digit @ cells ** np.arange(dimension)
    assert stats.chisquare(np.bincount(place, minlength=cells**dimension)).pvalue > LEAST_P


@pytest.mark.parametrize("word", WORDS)
def test_no_number_tells_of_those_near_it(word: str) -> None:
    """Serial correlation at distances 1 … 64 and at powers of two, where structure of a hash would show."""
    sample = counting(word) - 0.5
    for lag in [*range(1, 65), *(2**k for k in range(7, 18))]:
        found = 12 * (sample[lag:] * sample[:-lag]).mean()
        assert abs(found) < 5 / np.sqrt(len(sample) - lag), lag


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize(("low", "high"), [(0.0, 0.1), (0.45, 0.55), (0.95, 1.0)])
def test_gaps_between_visits_are_geometric(word: str, low: float, high: float) -> None:
    """Gap test (Knuth, ibid., D)."""
    sample = counting(word)
    visits = np.flatnonzero((sample >= low) & (sample < high))
    gap = np.diff(visits) - 1
    share = high - low
    most = int(np.log(20 / len(gap)) / np.log1p(-share))
    expected = share * (1 - share) ** np.arange(most)
    seen = np.bincount(np.minimum(gap, most), minlength=most + 1)
    assert stats.chisquare(seen, np.append(expected, 1 - expected.sum()) * len(gap)).pvalue > LEAST_P


@pytest.mark.parametrize("word", ["replication", "call"])
@pytest.mark.parametrize("drop", [0, 20, 29])
def test_birthday_spacings(word: str, drop: int) -> None:
    """Marsaglia 1985: 1,024 birthdays in a year of 2^24 days; spacings that occur again number Poisson(16).

    ``drop`` bits are dropped from the top, so that middle and lowest bits have their turn.
    """
    years = LARGE // 1024
    bits = bits_of(**{word: np.arange(LARGE)})
    day = (bits >> np.uint64(29 - drop)) & np.uint64(2**24 - 1)
    spacing = np.sort(np.diff(np.sort(day.reshape(years, 1024), axis=1), axis=1, prepend=0), axis=1)
    again = (np.diff(spacing, axis=1) == 0).sum(axis=1)
    law = stats.poisson(1024**3 / (4 * 2**24))
    edges = np.arange(9, 25)
    expected = np.diff(np.concatenate([[0], law.cdf(edges - 1), [1]])) * years
    assert stats.chisquare(np.bincount(np.digitize(again, edges), minlength=17), expected).pvalue > LEAST_P


def calls_of_a_day(lines: int, intervals: int, within: int) -> np.ndarray:
    """Keys as the simulation makes them: line, interval, place within the interval."""
    line, interval, place = np.indices((lines, intervals, within)).reshape(3, -1)
    return line << 44 | interval << 20 | place


def test_the_calls_of_a_day_are_uniform_together() -> None:
    sample = shares_of(call=calls_of_a_day(8, 96, 600))
    assert stats.kstest(sample, "uniform").pvalue > LEAST_P
    for axis_of in (sample.reshape(8, 96, 600), sample.reshape(8, 96, 600).transpose(2, 0, 1)):
        digit = (axis_of.reshape(-1, 2) * 64).astype(int)
        assert stats.chisquare(np.bincount(digit @ [64, 1], minlength=4096)).pvalue > LEAST_P


def test_no_purpose_replication_or_attempt_tells_of_another() -> None:
    """All pairs of 25 purposes × 3 replications × 2 attempts of the same 30,000 calls: correlation, and 8 × 8 cells."""
    calls = calls_of_a_day(2, 50, 300)
    columns = np.array(
        [
            shares_of(replication=r, purpose=int(p), attempt=a, call=calls)
            for r in (0, 1, 2)
            for p in Purpose
            for a in (1, 2)
        ]
    )
    off = np.corrcoef(columns) - np.eye(len(columns))
    assert np.abs(off).max() < 5.2 / np.sqrt(len(calls))
    digit = (columns * 8).astype(int)
    worst = []
    for first, second in pairwise(digit):
        worst.append(stats.chisquare(np.bincount(first * 8 + second, minlength=64)).pvalue)
    assert min(worst) > 1e-6
    assert stats.kstest(worst, "uniform").pvalue > LEAST_P, "the p-values themselves are evenly spread"


@pytest.mark.parametrize("word", WORDS)
def test_every_bit_of_every_word_moves_every_bit_of_the_number_half_of_the_time(word: str) -> None:
    """Strict avalanche (Webster and Tavares 1985): each of 64 × 53 pairs of bits, on 20,000 keys."""
    keys = 20_000
    drawn = np.random.default_rng(5)
    words: dict[str, np.ndarray] = {
        "seed": drawn.integers(0, 1000, keys),
        "replication": drawn.integers(0, 10_000, keys),
        "purpose": drawn.integers(1, 26, keys),
        "call": drawn.choice(calls_of_a_day(8, 96, 200), keys),
        "attempt": drawn.integers(1, 21, keys),
    }
    plain = bits_of(**words)
    own = np.asarray(words[word], dtype=np.uint64)
    for bit in range(64):
        moved = plain ^ bits_of(**(words | {word: own ^ np.uint64(1 << bit)}))
        flips = np.array([((moved >> np.uint64(k)) & np.uint64(1)).mean() for k in range(53)])
        assert np.abs(flips - 0.5).max() < 5.5 * 0.5 / np.sqrt(keys)
        assert abs(flips.mean() - 0.5) < 5.5 * 0.5 / np.sqrt(keys * 53)


def test_a_million_keys_have_a_million_numbers() -> None:
    """§6 Of 53 bits, a million different numbers of chance meet twice once in 16,000; none of these do."""
    seed, replication, purpose, call, attempt = np.indices((4, 8, 26, 256, 5)).reshape(5, -1)
    key = call % 8 << 44 | call // 8 << 20
    numbers = np.sort(bits_of(seed=seed, replication=replication, purpose=purpose, call=key, attempt=attempt))
    assert len(numbers) == 1_064_960
    assert (numbers[1:] > numbers[:-1]).all()


def test_seeds_that_are_neighbours_share_nothing() -> None:
    """Seeds 1, 2, 3, … are what people choose: their whole days must differ like any others."""
    calls = calls_of_a_day(1, 40, 500)
    days = np.array([shares_of(seed=s, replication=r, call=calls) for s in range(40) for r in range(3)])
    off = np.corrcoef(days) - np.eye(len(days))
    assert np.abs(off).max() < 5 / np.sqrt(len(calls))
    means = (days.mean(axis=1) - 0.5) * np.sqrt(12 * len(calls))
    assert stats.kstest(means, "norm").pvalue > LEAST_P
