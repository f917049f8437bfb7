"""One line of the table that ``make bench`` prints."""

from __future__ import annotations

from dataclasses import dataclass

RUNS = 5
"""Every figure is the median of as many runs, ours and the peer's in turn."""


@dataclass(frozen=True)
class Row:
    """A figure, and what it is to be read against."""

    figure: str
    value: str
    against: str = ""
