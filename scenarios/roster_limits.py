"""What a search for a roster may be given: time, seed, workers; anything else is refused in one sentence."""

from __future__ import annotations

from wfm.errors import BadInput
from wfm.i18n import say

__all__ = ["SECONDS_MAX", "check_seconds", "check_seed_and_workers"]

SECONDS_MAX = 36_000
"""Ten hours."""


def check_seconds(seconds: float) -> None:
    """Refuse a time that no search can have.

    Raises:
        BadInput: it is not above 0, or above ten hours.
    """
    if not 0 < seconds <= SECONDS_MAX:
        raise BadInput(say("--seconds: found {seconds}, allowed are more than 0 and at most 36000", seconds=seconds))


def check_seed_and_workers(seed: int, workers: int) -> None:
    """Refuse a negative seed, and fewer workers than one.

    Raises:
        BadInput: either is so.
    """
    if seed < 0:
        raise BadInput(say("--seed: found {seed}, allowed are whole numbers from 0", seed=seed))
    if workers < 1:
        raise BadInput(say("--workers: found {workers}, allowed are whole numbers from 1", workers=workers))
