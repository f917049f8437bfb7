"""Long work as pages ask for it: submitted, looked at, called off, repeated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dashboard.jobs.kinds import kind_of
from dashboard.jobs.names import worker_name
from dashboard.jobs.queue import Queue
from dashboard.jobs.work import do_job
from wfm.errors import BadInput
from wfm.i18n import Text, language, say
from wfm.store import JobRecord, JobState

if TYPE_CHECKING:
    from dashboard.desk import Desk

__all__ = ["Jobs"]


class Jobs:
    """The jobs of a desk. May be used by several threads; rights are checked by whoever calls."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._queue = Queue(desk.home)

    def submit(self, kind: str, parameters: Mapping[str, Any], *, title: Text, who: str, hotline: str = "") -> int:
        """Ask for work; a worker takes it up within a second where one is free. Returns the job's number.

        Args:
            kind: a key of :data:`dashboard.jobs.kinds.KINDS`.
            parameters: what the kind needs, as plain values that JSON can hold.
            title: what it is, as lists of jobs show it.
            who: name of the person who asks.
            hotline: which hotline it is about, if one.

        Raises:
            BadInput: there is no such kind.
        """
        kind_of(kind)
        return self._send(
            self._desk.store.jobs.submit(kind, parameters, title=title, who=who, hotline=hotline, language=language())
        )

    def get(self, job: int) -> JobRecord:
        """One job.

        Raises:
            BadInput: there is none of this number.
        """
        return self._desk.store.jobs.get(job)

    def recent(
        self, kind: str | None = None, hotline: str | None = None, who: str | None = None, limit: int = 20
    ) -> list[JobRecord]:
        """Jobs, the latest first."""
        return self._desk.store.jobs.recent(kind=kind, hotline=hotline, who=who, limit=limit)

    def under_way(self, who: str | None = None) -> dict[JobState, int]:
        """How many jobs wait, and how many run."""
        return self._desk.store.jobs.under_way(who)

    def cancel(self, job: int, who: str) -> JobRecord:
        """Call a job off; one that runs stops within a few seconds, a finished one stays as it is."""
        return self._desk.store.jobs.cancel(job, who=who)

    def rerun(self, job: int, who: str) -> int:
        """Ask for the same work again; returns the new job's number.

        Raises:
            BadInput: there is no such job, or it is not finished.
        """
        old = self.get(job)
        if not old.finished:
            raise BadInput(say("Job {number} is not finished; call it off before repeating it.", number=job))
        return self._send(
            self._desk.store.jobs.submit(
                old.kind,
                old.parameters,
                title=old.title,
                who=who,
                hotline=old.hotline,
                language=language(),
                again_of=job,
            )
        )

    def run_here(self, job: int) -> JobRecord:
        """Do a waiting job in this process, without a worker; for tests and scripts. Returns it as it ended.

        Raises:
            BadInput: there is no such job.
        """
        return do_job(self._desk, job, worker_name()) or self.get(job)

    def _send(self, job: int) -> int:
        self._queue.send(job)
        return job
