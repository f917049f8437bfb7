"""What the store gives back of long work: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from wfm.i18n import Language, Text

__all__ = ["FINISHED", "JobRecord", "JobState", "JobWorker"]

JobState = Literal["waiting", "running", "done", "failed", "cancelled"]
FINISHED: tuple[JobState, ...] = ("done", "failed", "cancelled")
"""States in which a job stays."""


@dataclass(frozen=True, slots=True)
class JobRecord:
    """A piece of long work."""

    id: int
    kind: str
    title: Text
    hotline: str
    parameters: dict[str, Any]
    owner: str
    language: Language
    """In which it speaks: that of whoever asked for it."""
    state: JobState
    stage: Text
    """What it is at; empty before the first stage."""
    done: int
    total: int
    """How much of the stage is done; 0 of 0 where that is not known."""
    created_at: datetime
    started_at: datetime | None
    heartbeat_at: datetime | None
    finished_at: datetime | None
    worker: str
    attempts: int
    """How often it was begun: more than once where its process was lost."""
    cancel_asked: bool
    again_of: int | None
    """Number of the job of which this is a repetition."""
    result: dict[str, Any]
    error: Text | None
    """Why it failed, in one sentence."""
    fault: str
    """Number under which the log tells more; empty where there is no more to tell."""

    @property
    def finished(self) -> bool:
        """Whether nothing more happens to it."""
        return self.state in FINISHED


@dataclass(frozen=True, slots=True)
class JobWorker:
    """A process that does jobs."""

    name: str
    started_at: datetime
    heartbeat_at: datetime
