"""Keyed random numbers: a stateless, counter-based hash instead of a stream with a state.

A draw is named by (seed, replication, purpose, call, attempt) and is always the same number, whoever
asks, in whatever order and on whatever machine. Scenarios that differ in one thing therefore share
every other draw (common random numbers), and results do not depend on how replications are spread
over processes.

The mixing function is the finaliser of SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable
pseudorandom number generators", fig. 16). The words of the key are folded in one after another, each
by one round of it. All arithmetic is on 64-bit integers, masked where Python would grow them, so that
a compiled version gives the same bits.
"""

from __future__ import annotations

import hashlib
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

__all__ = ["GOLDEN", "Purpose", "draw", "key_of", "mix", "stream", "uniform", "uniforms"]

MASK = 0xFFFFFFFFFFFFFFFF
GOLDEN = 0x9E3779B97F4A7C15
"""The increment of SplitMix64: 2^64 divided by the golden ratio, made odd."""
_FIRST = 0xBF58476D1CE4E5B9
_SECOND = 0x94D049BB133111EB
_STEP = 2.0**-53
_LEAST = 2.0**-54


class Purpose(IntEnum):
    """What a draw is for. Numbers are part of every published result: add, never renumber."""

    ARRIVAL = 1
    IVR_ROUTE = 2
    IVR_TIME = 3
    PATIENCE = 4
    SHORT_CALL = 5
    TALK = 6
    HOLD = 7
    WRAP_UP = 8
    REDIAL = 9
    REDIAL_DELAY = 10
    CALL_BACK_REACHED = 11
    SATISFACTION = 12
    FOLLOW_UP_TIME = 13
    ABSENCE = 14
    DAY_FACTOR = 15
    INTERVAL_FACTOR = 16
    COUNT = 17
    LATE = 18
    LATE_TIME = 19
    THREE_WAY = 20
    THREE_WAY_TIME = 21
    CALL_BACK_ACCEPTED = 22
    BALK = 23
    ORDER = 24
    ORDER_TIME = 25


def mix(z: int) -> int:
    """One round of SplitMix64's finaliser: a bijection of 64-bit integers that spreads every bit."""
    z = ((z ^ (z >> 30)) * _FIRST) & MASK
    z = ((z ^ (z >> 27)) * _SECOND) & MASK
    return z ^ (z >> 31)


def stream(seed: int, replication: int, purpose: int) -> int:
    """The part of the key that many draws share, folded into 64 bits."""
    z = mix((seed + GOLDEN) & MASK)
    z = mix(((z ^ replication) + GOLDEN) & MASK)
    return mix(((z ^ purpose) + GOLDEN) & MASK)


def draw(base: int, call: int, attempt: int) -> float:
    """Uniform number in (0, 1), 53 bits, of a :func:`stream` and the rest of the key."""
    z = ((base ^ call) + GOLDEN) & MASK
    z = ((z ^ (z >> 30)) * _FIRST) & MASK
    z = ((z ^ (z >> 27)) * _SECOND) & MASK
    z = ((z ^ (z >> 31) ^ attempt) + GOLDEN) & MASK
    z = ((z ^ (z >> 30)) * _FIRST) & MASK
    z = ((z ^ (z >> 27)) * _SECOND) & MASK
    bits = (z ^ (z >> 31)) >> 11
    return bits * _STEP if bits else _LEAST


def uniform(seed: int, replication: int, purpose: int, call: int, attempt: int) -> float:
    """Uniform number in (0, 1), 53 bits, of the whole key. Every word lies in 0 … 2^64 − 1."""
    return draw(stream(seed, replication, purpose), call, attempt)


def _mixed(z: NDArray[np.uint64]) -> NDArray[np.uint64]:
    z = (z ^ (z >> np.uint64(30))) * np.uint64(_FIRST)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(_SECOND)
    return z ^ (z >> np.uint64(31))


def uniforms(base: int | NDArray[np.uint64], calls: NDArray[np.uint64], attempt: int) -> NDArray[np.float64]:
    """:func:`draw` for an array of calls, bit for bit the same numbers; shape as ``calls``, or as ``base`` of each."""
    z = _mixed((calls ^ np.asarray(base, dtype=np.uint64)) + np.uint64(GOLDEN))
    z = _mixed((z ^ np.uint64(attempt)) + np.uint64(GOLDEN))
    bits = z >> np.uint64(11)
    return np.where(bits > 0, bits.astype(np.float64) * _STEP, _LEAST)


def key_of(*words: object) -> int:
    """A 64-bit key of things that have names (an agent, a date), the same on every machine."""
    text = "\x1f".join(str(word) for word in words)
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8"), digest_size=8).digest(), "little")
