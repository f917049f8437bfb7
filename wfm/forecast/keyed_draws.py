"""Uniform numbers keyed by what they are for, so that scenarios share them.

Philox is counter-based (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"): its key
says *who* draws (seed, path, line, purpose), its counter *when*. The draw of one interval does not
depend on the first day of the plan, on the number of paths or on which other lines there are.
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

__all__ = ["keyed_uniforms"]

PER_STEP = 4
"""64-bit numbers that Philox4x64 makes for one value of its counter."""


def keyed_uniforms(seed: int, path: int, owner: str, purpose: str, first: int, count: int) -> NDArray[np.float64]:
    """Uniform numbers strictly inside (0, 1) number ``first`` … ``first + count − 1`` of one stream.

    Args:
        seed: seed of the plan.
        path: number of the sample path.
        owner: line, or empty for what all lines share.
        purpose: what is drawn.
        first: position in the stream (≥ 0): interval or day number since 1970.
        count: how many.
    """
    key = int.from_bytes(blake2b(f"{seed}|{path}|{purpose}|{owner}".encode(), digest_size=16).digest(), "little")
    skip = first % PER_STEP
    drawn = np.random.Generator(np.random.Philox(key=key, counter=first // PER_STEP)).random(skip + count)
    return np.clip(drawn[skip:], 2.0**-53, 1 - 2.0**-53)
