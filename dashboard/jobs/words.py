"""Jobs in words: their state, how far they are, how long they take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from wfm.i18n import Text, both, say
from wfm.store import JobRecord, JobState

__all__ = ["STATES", "StateLook", "duration_words", "elapsed_s", "stage_words"]


@dataclass(frozen=True, slots=True)
class StateLook:
    """How a state is shown: icon and word, and the class that colours the icon."""

    icon: str
    word: Text
    look: str


STATES: dict[JobState, StateLook] = {
    "waiting": StateLook("…", both("waiting"), "none"),
    "running": StateLook("▸", both("running"), "none"),
    "done": StateLook("✓", both("done"), "met"),
    "failed": StateLook("✕", both("failed"), "missed"),
    "cancelled": StateLook("–", both("called off"), "none"),
}


def elapsed_s(job: JobRecord, now: datetime | None = None) -> float:
    """Seconds since it was begun, until it ended; 0 before."""
    if job.started_at is None:
        return 0.0
    return max(0.0, ((job.finished_at or now or datetime.now(UTC)) - job.started_at).total_seconds())


def duration_words(seconds: float) -> str:
    """``12 s``, ``3 min 20 s`` or ``1 h 5 min``."""
    whole = round(seconds)
    if whole < 60:
        return say("{seconds} s", seconds=whole)
    if whole < 3600:
        return say("{minutes} min {seconds} s", minutes=whole // 60, seconds=whole % 60)
    return say("{hours} h {minutes} min", hours=whole // 3600, minutes=whole % 3600 // 60)


def stage_words(job: JobRecord) -> str:
    """What it is at, in a sentence."""
    if job.state == "waiting":
        return say("Begins as soon as a worker is free.")
    if job.state == "running" and job.cancel_asked:
        return say("Is being called off …")
    if job.state != "running":
        return ""
    stage = job.stage.of()
    if not stage:
        return say("Begins …")
    if job.total > 1:
        return say("{stage}: {done:,} of {total:,}", stage=stage, done=job.done, total=job.total)
    return stage
