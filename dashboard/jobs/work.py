"""A job that is being done: what it is given, and how it tells of its progress."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from typing import TYPE_CHECKING, Any

from wfm.errors import BadInput
from wfm.execution import Progress
from wfm.i18n import Text, both, use_language
from wfm.store import JobRecord

if TYPE_CHECKING:
    from dashboard.desk import Desk

__all__ = ["Cancelled", "JobWork", "do_job"]

_LOG = logging.getLogger("wfm.jobs")

TOLD_EVERY_S = 0.2
"""Progress reaches the store at most so often."""


class Cancelled(BaseException):
    """The job was called off, or is no longer this process's to do. No ``except Exception`` holds it up."""


class JobWork:
    """What a kind of work is given to do."""

    def __init__(self, record: JobRecord, desk: Desk, worker: str, stages: dict[str, Text] | None = None) -> None:
        self.record = record
        self.parameters: dict[str, Any] = record.parameters
        self.who = record.owner
        self.desk = desk
        self._worker = worker
        self._stages = stages or {}
        self._stop = threading.Event()
        self._thread = threading.get_ident()
        self._told = 0.0

    def watch(self, stage: str) -> Progress:
        """The progress of a stage, as the pipeline asks for it; it raises :class:`Cancelled` once the job is called off."""
        name = self._stages.get(stage) or _stage_name(stage)
        self._tell(stage=name, done=0, total=0)

        def progress(done: int, total: int, /) -> None:
            whole = done >= total
            if whole or time.monotonic() - self._told >= TOLD_EVERY_S:
                self._tell(stage=name, done=int(done), total=int(total))
            self.go_on()

        return progress

    def go_on(self) -> None:
        """Nothing, unless the job was called off; raises :class:`Cancelled` then. For work without stages."""
        # Raised only where the work itself runs: a solver's own thread would not survive it.
        if self._stop.is_set() and threading.get_ident() == self._thread:
            raise Cancelled

    def stop(self) -> None:
        """Have the work stop at its next word of progress. May be called from another thread."""
        self._stop.set()

    def _tell(self, **values: Any) -> None:
        self._told = time.monotonic()
        if self.desk.store.jobs.tell(self.record.id, self._worker, **values) != "go on":
            self.stop()
        self.go_on()


def _stage_name(stage: str) -> Text:
    from scenarios.pipeline import STAGES

    return STAGES.get(stage, Text(stage, stage))


def do_job(desk: Desk, number: int, worker: str, begun: Any = None) -> JobRecord | None:
    """Do a job that waits, and keep what came of it; None if it does not wait (any more).

    Args:
        desk: what it works with.
        number: which one.
        worker: who does it.
        begun: called with the :class:`JobWork` before it begins, and with None when it has ended.
    """
    from dashboard.jobs.kinds import kind_of

    jobs = desk.store.jobs
    record = jobs.claim(number, worker)
    if record is None:
        return None
    _LOG.info("job begun", extra={"job": number, "kind": record.kind, "who": record.owner})
    try:
        with use_language(record.language):
            try:
                kind = kind_of(record.kind)
                work = JobWork(record, desk, worker, dict(kind.stages))
                if begun is not None:
                    begun(work)
                jobs.finish(number, worker, kind.run(work))
            except Cancelled:
                jobs.end_cancelled(number, worker)
            except BadInput as error:
                jobs.fail(number, worker, Text(str(error), str(error)))
            except Exception:  # noqa: BLE001 - whatever it was, the job ends and says so
                fault = secrets.token_hex(4)
                _LOG.exception("job failed", extra={"job": number, "kind": record.kind, "fault": fault})
                words = both("This did not work. The log tells more under the number {number}.", number=fault)
                jobs.fail(number, worker, words, fault=fault)
            except BaseException:
                jobs.give_back(number, worker)
                raise
    finally:
        if begun is not None:
            begun(None)
    ended = jobs.get(number)
    _LOG.info("job ended", extra={"job": number, "kind": record.kind, "state": ended.state})
    return ended
