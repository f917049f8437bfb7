"""Keyed draws and durations, compiled: the same bits as ``simulation.keyed`` and ``simulation.draws``.

The durations are those functions themselves, compiled as they stand. The hash is written again with 64-bit words that
wrap, where Python masks whole numbers that grow. Inside compiled code every word must be a ``np.uint64``.
"""

from __future__ import annotations

from collections.abc import Callable
from math import nextafter
from typing import Any

import numpy as np
from numba.extending import overload
from numpy.typing import NDArray

from simulation import draws, keyed
from simulation.kernels import inlined, kernel

__all__ = ["differences", "draw", "duration", "law_table", "mix", "sample", "stream", "tabled", "untabled"]

Floats = NDArray[np.float64]

_GOLDEN = np.uint64(keyed.GOLDEN)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_30, _27, _31, _11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_STEP = 2.0**-53
_LEAST = 2.0**-54


@overload(draws.normal_quantile, jit_options={"nogil": True, "error_model": "numpy"})
def _normal_quantile(p: float) -> Callable[[float], float]:
    return draws.normal_quantile


sample = inlined(draws.sample)
"""The duration of a law at ``u``: see :func:`simulation.draws.sample`."""

_NO_ROWS: Any = ((0.0, 0.0),)
_EMPIRICAL = int(draws.Shape.EMPIRICAL)


@inlined
def untabled(shape: int, first: float, second: float, third: float, u: float) -> float:
    """The duration at ``u`` of a law that is not empirical; 0 of one that is.

    The same source compiled without the tables: an array handed to a function has its references counted, which costs
    more than the draw.
    """
    if shape == _EMPIRICAL:
        return 0.0
    return sample(shape, first, second, third, u, _NO_ROWS)


@kernel
def tabled(first: float, u: float, tables: Floats) -> float:
    """The duration at ``u`` of the empirical law of row ``first`` of the tables."""
    return sample(_EMPIRICAL, first, 0.0, 0.0, u, tables)


@inlined
def mix(z: np.uint64) -> np.uint64:
    """One round of SplitMix64's finaliser, see :func:`simulation.keyed.mix`."""
    z = (z ^ (z >> _30)) * _FIRST
    z = (z ^ (z >> _27)) * _SECOND
    return z ^ (z >> _31)


@inlined
def stream(seed: np.uint64, replication: np.uint64, purpose: np.uint64) -> np.uint64:
    """The part of the key that many draws share, see :func:`simulation.keyed.stream`."""
    return mix((mix((mix(seed + _GOLDEN) ^ replication) + _GOLDEN) ^ purpose) + _GOLDEN)


@inlined
def draw(base: np.uint64, call: np.uint64, attempt: np.uint64) -> float:
    """Uniform number in (0, 1) of a :func:`stream` and the rest of the key, see :func:`simulation.keyed.draw`."""
    z = mix((mix((base ^ call) + _GOLDEN) ^ attempt) + _GOLDEN)
    bits = np.int64(z >> _11)  # below 2^53, so that the sign does not matter, and signed numbers convert faster
    return bits * _STEP if bits else _LEAST


@inlined
def duration(laws: Floats, law: int, u: float, tables: Floats) -> float:
    """The duration of row ``law`` of ``laws`` (see :func:`law_table`) at ``u``."""
    return sample(int(laws[law, 0]), laws[law, 1], laws[law, 2], laws[law, 3], u, tables)


def law_table(*laws: draws.Law) -> Floats:
    """Laws as rows of four numbers, shape ``(laws, 4)``."""
    return np.array(laws, dtype=np.float64).reshape(-1, 4)


_TRIED = (0.0, 2.0**-54, 2.0**-53, 1e-9, 0.0749, 0.25, 0.425, 0.5, 0.75, 0.925, 0.9251, 1 - 1e-9, 1 - 2.0**-53)


def differences() -> list[str]:
    """What this installation computes otherwise compiled than in Python, in a sample of draws; empty if nothing.

    A mathematical library that Numba links and Python does not would show here, before it could show in results.
    """
    tables = draws.quantile_table((0, 0.5, 1), (0, 60, 600))[None, :]
    laws: dict[str, draws.Law] = {
        "constant": draws.constant(3),
        "exponential": draws.exponential(240),
        "lognormal": draws.lognormal(300, 0.9),
        "weibull": draws.weibull(120, 0.7),
        "hyperexponential": draws.hyperexponential(0.3, 30, 300),
        "empirical": draws.empirical(0),
    }
    rows = law_table(*laws.values())
    base = keyed.stream(1, 2, keyed.Purpose.TALK)
    found: list[str] = []
    numbers: list[float] = [u for u in _TRIED if u > 0]
    for call in range(400):
        u = keyed.draw(base, call, 1)
        numbers += [u, nextafter(u, 1)]
        word: Any = np.uint64
        if draw(word(base), word(call), word(1)) != u:
            found.append(f"draw({call})")
    for k, (name, law) in enumerate(laws.items()):
        found += [f"{name}({u!r})" for u in numbers if duration(rows, k, u, tables) != draws.sample(*law, u, tables)]
    return found
