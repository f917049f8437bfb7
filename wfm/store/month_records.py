"""What the store gives back of the scheduler's month: plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from wfm.errors import BadInput

__all__ = [
    "AttendanceRecord",
    "MonthRecord",
    "MonthRequest",
    "Publication",
    "PublishedAlready",
    "SettlementRecord",
    "SwapRecord",
]


class PublishedAlready(BadInput):
    """Another roster stands there that the caller did not mean to replace; ``version`` is the published one."""

    def __init__(self, sentence: str, *, version: int) -> None:
        super().__init__(sentence)
        self.version = version


@dataclass(frozen=True, slots=True)
class MonthRecord:
    """A roster's month; ``roster_id`` is the roster published for it, ``version`` counts the month's changes."""

    id: int
    hotline: str
    first: date
    last: date
    roster_id: int | None
    version: int
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Publication:
    """A version of a roster that was made known; ``late`` if the deadline had passed."""

    roster_id: int
    version: int
    content: str
    late: bool
    who: str
    note: str
    at: datetime
    unchanged: bool = False
    """Whether this version had been published before, so that nothing was written."""


@dataclass(frozen=True, slots=True)
class MonthRequest:
    """A request for a month: what ``kind``, whose, the values of it, when it came in; its number in the store (0: not kept
    yet), and when and by whom it was withdrawn (None: it stands)."""

    kind: str
    agent: str
    details: dict[str, Any]
    received_at: datetime
    late: bool
    who: str = ""
    id: int = field(default=0, compare=False)
    withdrawn_at: datetime | None = None
    withdrawn_by: str = ""


@dataclass(frozen=True, slots=True)
class SwapRecord:
    """A swap that was asked for. ``reasons`` say why it was refused, in both languages."""

    id: int
    asked: dict[str, Any]
    state: Literal["asked", "agreed", "refused", "withdrawn"]
    reasons: list[dict[str, str]]
    roster_version: int | None
    who: str
    asked_at: datetime
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class AttendanceRecord:
    """Somebody was signed in."""

    agent: str
    signed_in: datetime
    signed_out: datetime


@dataclass(frozen=True, slots=True)
class SettlementRecord:
    """What a month cost: the sum (in words of a decimal number) and each person's row."""

    amount: str
    people: list[dict[str, Any]]
    who: str
    at: datetime
