"""Keyed random numbers against the published reference, and against chance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from simulation.keyed import GOLDEN, Purpose, draw, key_of, mix, stream, uniform, uniforms

WORD = st.integers(0, 2**64 - 1)


def test_mixing_gives_the_published_splitmix64_sequence() -> None:
    # Reference outputs of the public-domain splitmix64.c (Vigna) for state 1234567, as widely quoted
    # (e.g. Rosetta Code, "Pseudo-random numbers/Splitmix64").
    published = [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]
    assert [mix((1234567 + k * GOLDEN) % 2**64) for k in range(1, 6)] == published


def test_known_answers_of_a_whole_key_computed_with_unbounded_integers() -> None:
    """§6 The fold is written a second time here, from the reference C code, without masks but with mod."""

    def rounds(state: int) -> int:
        z = (state + 0x9E3779B97F4A7C15) % 2**64
        z = (z ^ z // 2**30) * 0xBF58476D1CE4E5B9 % 2**64
        z = (z ^ z // 2**27) * 0x94D049BB133111EB % 2**64
        return z ^ z // 2**31

    for key in [(0, 0, 1, 0, 1), (20260914, 7, 4, 2**44 + 5, 3), (2**64 - 1, 999, 14, 2**64 - 1, 20)]:
        state = rounds(key[0])
        for word in key[1:]:
            state = rounds(state ^ word)
        assert uniform(*key) == (state // 2**11) / 2**53


@given(WORD, st.integers(0, 10**6), st.sampled_from(list(Purpose)), WORD, st.integers(1, 20))
def test_one_by_one_and_in_arrays_the_same_bits(
    seed: int, replication: int, purpose: int, call: int, attempt: int
) -> None:
    """§6"""
    base = stream(seed, replication, purpose)
    alone = draw(base, call, attempt)
    assert 0 < alone < 1
    assert uniform(seed, replication, purpose, call, attempt) == alone
    assert uniforms(base, np.array([call], dtype=np.uint64), attempt)[0] == alone


@pytest.mark.parametrize("varied", ["replication", "call", "attempt", "purpose", "seed"])
def test_uniform_whichever_word_of_the_key_counts_up(varied: str) -> None:
    words = {"seed": 42, "replication": 3, "purpose": 5, "call": 77, "attempt": 1}
    sample = np.array([uniform(**(words | {varied: k})) for k in range(20_000)])
    assert stats.kstest(sample, "uniform").pvalue > 1e-4
    cells = np.bincount((sample * 100).astype(int), minlength=100)
    assert stats.chisquare(cells).pvalue > 1e-4
    assert abs(np.corrcoef(sample[1:], sample[:-1])[0, 1]) < 4 / np.sqrt(len(sample))


@pytest.mark.parametrize("shift", [0, 20, 44])
def test_purposes_and_neighbours_are_independent(shift: int) -> None:
    calls = np.arange(30_000, dtype=np.uint64) << np.uint64(shift)
    columns = [uniforms(stream(1, r, p), calls, a) for r in (0, 1) for p in (4, 5, 6) for a in (1, 2)]
    off = np.corrcoef(columns) - np.eye(len(columns))
    assert np.abs(off).max() < 4.5 / np.sqrt(len(calls))
    grid = np.histogram2d(columns[0], columns[2], bins=16)[0]
    assert stats.chisquare(grid.ravel()).pvalue > 1e-4


def test_every_bit_of_a_key_flips_half_of_the_bits() -> None:
    calls = np.arange(2_000, dtype=np.uint64)
    plain = (uniforms(stream(9, 0, 4), calls, 1) * 2**53).astype(np.uint64)
    for bit in range(64):
        flipped = (uniforms(stream(9, 0, 4), calls ^ np.uint64(1 << bit), 1) * 2**53).astype(np.uint64)
        changed = np.unpackbits((plain ^ flipped).view(np.uint8)).sum() / len(calls) / 53
        assert abs(changed - 0.5) < 0.01


def test_names_have_keys_of_their_own() -> None:
    keys = {key_of("agent", a, day) for a in range(500) for day in range(30)}
    assert len(keys) == 15_000
    assert key_of("ab", "c") != key_of("a", "bc")
