"""What the store gives back: plain values, never rows that are tied to a database session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import pandas as pd

from wfm.errors import BadInput

__all__ = [
    "AuditEntry",
    "ForecastRecord",
    "PlanRecord",
    "RosterRecord",
    "RosterVersionRecord",
    "SavedRoster",
    "StaleVersion",
]


class StaleVersion(BadInput):
    """Someone else saved the roster in the meantime: reload it before changing it.

    ``found`` is the version in the store, ``expected`` the one that was worked on.
    """

    def __init__(self, sentence: str, *, found: int, expected: int) -> None:
        super().__init__(sentence)
        self.found = found
        self.expected = expected


@dataclass(frozen=True, slots=True)
class PlanRecord:
    """A finished plan. ``scorecard`` holds the rows of ``scorecard.json``."""

    id: int
    hotline: str
    first: date
    days: int
    seed: int
    version: str
    inputs: dict[str, str]
    folder: str
    scorecard: list[dict[str, Any]]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class RosterRecord:
    """A roster; ``version`` is the latest one, ``published_version`` the one that was made known."""

    id: int
    hotline: str
    first: date
    last: date
    time_zone: str
    version: int
    published_version: int | None
    plan_id: int | None
    created_at: datetime
    changed_at: datetime

    @property
    def status(self) -> Literal["draft", "published"]:
        """``published`` when the latest version is the one that was made known."""
        return "published" if self.published_version == self.version else "draft"


@dataclass(frozen=True, slots=True)
class RosterVersionRecord:
    """One version of a roster."""

    roster: int
    version: int
    who: str
    note: str
    created_at: datetime
    duties: int
    """Number of duties."""
    published: bool


@dataclass(frozen=True, slots=True)
class SavedRoster:
    """A roster with the duties of one of its versions (columns of ``tables.DUTIES``)."""

    record: RosterRecord
    version: int
    duties: pd.DataFrame


@dataclass(frozen=True, slots=True)
class ForecastRecord:
    """A forecast as it was made; the summary is read by ``ForecastStore.summary``."""

    id: int
    hotline: str
    origin: datetime
    first: date
    days: int
    interval_min: int
    model: str
    seed: int
    plan_id: int | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what to what, and when."""

    id: int
    at: datetime
    who: str
    action: str
    object: str
    details: dict[str, Any]
