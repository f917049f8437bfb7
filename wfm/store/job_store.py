"""Long work in the planning store: asked for, taken up once, told of, and ended in one way only.

Every change of a job's state is one conditional update, so that of two that would end a job, or two
processes that would begin it, exactly one does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, cast

from sqlalchemy import Connection, Engine, delete, func, insert, select, update
from sqlalchemy.engine import CursorResult, RowMapping

from wfm.errors import BadInput
from wfm.i18n import Language, Text, both, say
from wfm.store.audit import write_audit
from wfm.store.connection import reading, writing
from wfm.store.job_models import JobRow, JobWorkerRow
from wfm.store.job_records import JobRecord, JobState, JobWorker
from wfm.store.rows import insert_row

__all__ = ["ATTEMPTS_MAX", "JobStore"]

ATTEMPTS_MAX = 3
"""How often a job is begun whose process is lost each time."""

Word = Literal["go on", "cancel", "lost"]
"""What a process hears when it tells of its job; ``lost``: the job is no longer its own."""


class JobStore:
    """Jobs and their workers in one database; every method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    # Asking for work

    def submit(
        self,
        kind: str,
        parameters: Mapping[str, Any],
        *,
        title: Text,
        who: str,
        hotline: str = "",
        language: Language = "en",
        again_of: int | None = None,
    ) -> int:
        """Keep a job that waits to be done; returns its number."""
        values: dict[str, Any] = {
            "kind": kind,
            "title": title.as_dict(),
            "hotline": hotline,
            "parameters": dict(parameters),
            "owner": who,
            "language": language,
            "state": "waiting",
            "stage": {},
            "done": 0,
            "total": 0,
            "created_at": _now(),
            "worker": "",
            "attempts": 0,
            "cancel_asked": False,
            "again_of": again_of,
            "result": {},
            "fault": "",
        }
        told = {"kind": kind, "hotline": hotline, "title": title.as_dict()}
        with writing(self._engine) as connection:
            number = insert_row(connection, JobRow, values)
            write_audit(
                connection,
                who,
                "submit job" if again_of is None else "rerun job",
                f"job {number}",
                told if again_of is None else {**told, "again_of": again_of},
            )
        return number

    def cancel(self, job: int, *, who: str) -> JobRecord:
        """Call a job off: at once if it waits; if it runs, its process is told. A finished one stays as it is.

        Raises:
            BadInput: there is no such job.
        """
        with writing(self._engine) as connection:
            if _read(connection, job).cancel_asked:
                return _read(connection, job)
            at_once = {"state": "cancelled", "cancel_asked": True, "finished_at": _now()}
            changed = _change(connection, job, "waiting", at_once) or _change(
                connection, job, "running", {"cancel_asked": True}
            )
            record = _read(connection, job)
            if changed:
                write_audit(connection, who, "cancel job", f"job {job}", {"state": record.state})
            return record

    # Looking

    def get(self, job: int) -> JobRecord:
        """One job.

        Raises:
            BadInput: there is none of this number.
        """
        with reading(self._engine) as connection:
            return _read(connection, job)

    def recent(
        self, *, kind: str | None = None, hotline: str | None = None, who: str | None = None, limit: int = 20
    ) -> list[JobRecord]:
        """Jobs, the latest asked for first."""
        query = select(JobRow.__table__).order_by(JobRow.id.desc()).limit(limit)
        for column, wanted in ((JobRow.kind, kind), (JobRow.hotline, hotline), (JobRow.owner, who)):
            if wanted is not None:
                query = query.where(column == wanted)
        with reading(self._engine) as connection:
            return [_record(row) for row in connection.execute(query).mappings()]

    def under_way(self, who: str | None = None) -> dict[JobState, int]:
        """How many jobs wait and how many run."""
        query = (
            select(JobRow.state, func.count()).where(JobRow.state.in_(("waiting", "running"))).group_by(JobRow.state)
        )
        if who is not None:
            query = query.where(JobRow.owner == who)
        counts: dict[JobState, int] = {"waiting": 0, "running": 0}
        with reading(self._engine) as connection:
            for state, number in connection.execute(query):
                counts[cast("JobState", state)] = int(number)
        return counts

    def waiting(self, older_than_s: float = 0.0) -> list[int]:
        """Numbers of the jobs that have waited for so long, the longest waiting first."""
        before = _now() - timedelta(seconds=older_than_s)
        query = select(JobRow.id).where(JobRow.state == "waiting", JobRow.created_at <= before).order_by(JobRow.id)
        with reading(self._engine) as connection:
            return [int(number) for number in connection.execute(query).scalars()]

    # Doing it

    def claim(self, job: int, worker: str) -> JobRecord | None:
        """Take a waiting job up; None if it does not wait (any more): somebody else has it, or it was called off."""
        now = _now()
        begun = {
            "state": "running",
            "worker": worker,
            "started_at": now,
            "heartbeat_at": now,
            "stage": {},
            "done": 0,
            "total": 0,
            "attempts": JobRow.attempts + 1,
        }
        with writing(self._engine) as connection:
            return _read(connection, job) if _change(connection, job, "waiting", begun) else None

    def tell(
        self, job: int, worker: str, *, stage: Text | None = None, done: int | None = None, total: int | None = None
    ) -> Word:
        """Say that the job is alive, and how far it is; hear whether it is to go on."""
        values: dict[str, Any] = {"heartbeat_at": _now()}
        if stage is not None:
            values["stage"] = stage.as_dict()
        if done is not None:
            values["done"] = done
        if total is not None:
            values["total"] = total
        with writing(self._engine) as connection:
            if not _change(connection, job, "running", values, worker):
                return "lost"
            asked = connection.execute(select(JobRow.cancel_asked).where(JobRow.id == job)).scalar_one()
            return "cancel" if asked else "go on"

    def finish(self, job: int, worker: str, result: Mapping[str, Any]) -> bool:
        """Keep the result; whether the job was still this worker's to end."""
        return self._end(job, worker, {"state": "done", "result": dict(result)})

    def fail(self, job: int, worker: str, error: Text, *, fault: str = "") -> bool:
        """Keep why it failed, in one sentence; whether the job was still this worker's to end."""
        return self._end(job, worker, {"state": "failed", "error": error.as_dict(), "fault": fault})

    def end_cancelled(self, job: int, worker: str) -> bool:
        """Say that it has stopped as it was asked to; whether the job was still this worker's to end."""
        return self._end(job, worker, {"state": "cancelled"})

    def give_back(self, job: int, worker: str) -> bool:
        """Let a job that was begun wait again, since its worker closes; one that was called off is cancelled."""
        with writing(self._engine) as connection:
            return _back(connection, job, worker, attempts=JobRow.attempts - 1)

    def _end(self, job: int, worker: str, values: Mapping[str, Any]) -> bool:
        with writing(self._engine) as connection:
            return _change(connection, job, "running", {**values, "finished_at": _now()}, worker)

    # Lost processes

    def take_back(self, lives: Callable[[str, datetime | None], bool]) -> list[int]:
        """Let jobs wait again whose process is lost; one that lost its process too often has failed.

        Args:
            lives: whether the worker of this name, last heard of then, is still there.

        Returns:
            the jobs that wait again.
        """
        query = select(JobRow.id, JobRow.worker, JobRow.heartbeat_at, JobRow.attempts).where(JobRow.state == "running")
        with reading(self._engine) as connection:
            running = list(connection.execute(query))
        lost = [(j, w, n) for j, w, heard, n in running if not lives(w, heard)]
        again = []
        if lost:
            with writing(self._engine) as connection:
                for job, worker, attempts in lost:
                    if attempts >= ATTEMPTS_MAX:
                        why = both("The process that did this ended {n} times without a word.", n=attempts)
                        gone = {"state": "failed", "error": why.as_dict(), "finished_at": _now()}
                        _change(connection, job, "running", gone, worker)
                    elif _back(connection, job, worker):
                        again.append(job)
        return again

    # Workers

    def worker_lives(self, name: str) -> None:
        """Say that a worker is there."""
        now = _now()
        with writing(self._engine) as connection:
            known = connection.execute(
                update(JobWorkerRow).where(JobWorkerRow.name == name).values(heartbeat_at=now)
            ).rowcount
            if not known:
                connection.execute(insert(JobWorkerRow).values(name=name, started_at=now, heartbeat_at=now))

    def workers(self) -> list[JobWorker]:
        """Workers that have not said good-bye."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(JobWorkerRow.__table__).order_by(JobWorkerRow.started_at)).mappings()
            return [JobWorker(**row) for row in rows]

    def forget_workers(self, names: Iterable[str]) -> None:
        """Workers that are gone."""
        with writing(self._engine) as connection:
            connection.execute(delete(JobWorkerRow).where(JobWorkerRow.name.in_(list(names))))


def _change(
    connection: Connection, job: int, state: JobState, values: Mapping[str, Any], worker: str | None = None
) -> bool:
    """Change a job that is in ``state`` (and in the hands of ``worker``); whether it was."""
    query = update(JobRow).where(JobRow.id == job, JobRow.state == state).values(dict(values))
    if worker is not None:
        query = query.where(JobRow.worker == worker)
    done: CursorResult[Any] = connection.execute(query)
    return done.rowcount == 1


def _back(connection: Connection, job: int, worker: str, **values: Any) -> bool:
    """Let a running job wait again, or cancel it if that was asked; whether it waits again."""
    asked = select(JobRow.cancel_asked).where(JobRow.id == job)
    if connection.execute(asked).scalar_one_or_none():
        _change(connection, job, "running", {"state": "cancelled", "finished_at": _now()}, worker)
        return False
    waits = {"state": "waiting", "worker": "", "stage": {}, "done": 0, "total": 0, "heartbeat_at": None, **values}
    return _change(connection, job, "running", waits, worker)


def _read(connection: Connection, job: int) -> JobRecord:
    row = connection.execute(select(JobRow.__table__).where(JobRow.id == job)).mappings().one_or_none()
    if row is None:
        raise BadInput(say("planning store: there is no job {number}", number=job))
    return _record(row)


def _record(row: RowMapping) -> JobRecord:
    values = dict(row)
    values["title"] = Text(**values["title"])
    values["stage"] = Text(**values["stage"]) if values["stage"] else Text("", "")
    values["error"] = Text(**values["error"]) if values["error"] else None
    return JobRecord(**values)


def _now() -> datetime:
    return datetime.now(UTC)
