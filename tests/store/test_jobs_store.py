"""Jobs in the store: begun once, ended in one way, never lost with the process that did them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from wfm.errors import BadInput
from wfm.i18n import Text, use_language
from wfm.store import ATTEMPTS_MAX, JobStore, Store, open_store, store_status, upgrade_store

TITLE = Text("Plan of December", "十二月规划")


@pytest.fixture
def store(any_url: str) -> Iterator[Store]:
    opened = open_store(any_url)
    yield opened
    opened._engine.dispose()


@pytest.fixture
def jobs(store: Store) -> JobStore:
    return store.jobs


def submitted(jobs: JobStore, who: str = "li", **changes: str) -> int:
    return jobs.submit("plan", {"days": 28, "lines": ["综合"]}, title=TITLE, who=who, **changes)


def test_a_job_is_kept_as_it_was_asked_for(store: Store, jobs: JobStore) -> None:
    before = datetime.now(UTC)
    number = jobs.submit("plan", {"days": 28, "x": None}, title=TITLE, who="李", hotline="guizhou-12348", language="zh")
    job = jobs.get(number)
    assert (job.kind, job.hotline, job.owner, job.language) == ("plan", "guizhou-12348", "李", "zh")
    assert job.parameters == {"days": 28, "x": None}
    assert job.title == TITLE
    assert (job.state, job.done, job.total, job.attempts, job.worker) == ("waiting", 0, 0, 0, "")
    assert before <= job.created_at <= datetime.now(UTC)
    assert (job.started_at, job.finished_at, job.error, job.result) == (None, None, None, {})
    (entry,) = store.audit()
    assert (entry.who, entry.action, entry.object) == ("李", "submit job", f"job {number}")
    assert entry.details["kind"] == "plan"


def test_of_many_that_would_begin_a_job_one_does(jobs: JobStore) -> None:
    number = submitted(jobs)
    begun: list[str] = []
    together = threading.Barrier(6)

    def begin(worker: str) -> None:
        together.wait()
        if jobs.claim(number, worker) is not None:
            begun.append(worker)

    threads = [threading.Thread(target=begin, args=(f"w{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(begun) == 1
    job = jobs.get(number)
    assert (job.state, job.worker, job.attempts) == ("running", begun[0], 1)
    assert job.started_at is not None


def test_progress_and_result(jobs: JobStore) -> None:
    number = submitted(jobs)
    jobs.claim(number, "w")
    assert jobs.tell(number, "w", stage=Text("Roster", "排班"), done=3, total=40) == "go on"
    job = jobs.get(number)
    assert (job.stage.zh, job.done, job.total) == ("排班", 3, 40)
    assert jobs.tell(number, "w") == "go on"
    assert jobs.get(number).done == 3  # a sign of life changes nothing else
    assert jobs.finish(number, "w", {"plan": "december"})
    job = jobs.get(number)
    assert (job.state, job.result, job.finished) == ("done", {"plan": "december"}, True)
    assert job.finished_at is not None
    assert jobs.tell(number, "w") == "lost"


def test_a_failure_is_one_sentence_in_both_languages(jobs: JobStore) -> None:
    number = submitted(jobs)
    jobs.claim(number, "w")
    assert jobs.fail(number, "w", Text("no records", "没有话务记录"), fault="ab12")
    job = jobs.get(number)
    assert job.error is not None
    assert (job.state, job.error.zh, job.fault) == ("failed", "没有话务记录", "ab12")


def test_a_waiting_job_is_called_off_at_once(store: Store, jobs: JobStore) -> None:
    number = submitted(jobs)
    assert jobs.cancel(number, who="wang").state == "cancelled"
    assert jobs.claim(number, "w") is None
    assert jobs.get(number).finished_at is not None
    assert [(e.who, e.action) for e in store.audit()] == [("wang", "cancel job"), ("li", "submit job")]
    jobs.cancel(number, who="wang")
    assert len(store.audit()) == 2  # nothing was changed a second time


def test_a_running_job_hears_that_it_is_called_off(jobs: JobStore) -> None:
    number = submitted(jobs)
    jobs.claim(number, "w")
    job = jobs.cancel(number, who="wang")
    assert (job.state, job.cancel_asked) == ("running", True)
    assert jobs.tell(number, "w") == "cancel"
    assert jobs.end_cancelled(number, "w")
    assert jobs.get(number).state == "cancelled"
    assert not jobs.finish(number, "w", {})


def test_whoever_ends_a_job_first_has_ended_it(jobs: JobStore) -> None:
    """The work is done and called off in the same moment, again and again: one outcome, told to both."""
    for _ in range(10):
        number = submitted(jobs)
        jobs.claim(number, "w")
        jobs.cancel(number, who="li")
        said: dict[str, bool] = {}
        together = threading.Barrier(2)

        def finish(number: int = number, said: dict[str, bool] = said, meet: threading.Barrier = together) -> None:
            meet.wait()
            said["done"] = jobs.finish(number, "w", {"plan": "x"})

        def stop(number: int = number, said: dict[str, bool] = said, meet: threading.Barrier = together) -> None:
            meet.wait()
            said["cancelled"] = jobs.end_cancelled(number, "w")

        threads = [threading.Thread(target=finish), threading.Thread(target=stop)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        (won,) = [state for state, true in said.items() if true]
        job = jobs.get(number)
        assert job.state == won
        assert job.result == ({"plan": "x"} if won == "done" else {})


def test_only_its_own_worker_ends_a_job(jobs: JobStore) -> None:
    number = submitted(jobs)
    jobs.claim(number, "w1")
    assert jobs.tell(number, "w2") == "lost"
    assert not jobs.finish(number, "w2", {})
    assert not jobs.fail(number, "w2", TITLE)
    assert not jobs.give_back(number, "w2")
    assert jobs.get(number).state == "running"


def test_a_job_given_back_waits_as_if_never_begun(jobs: JobStore) -> None:
    number = submitted(jobs)
    jobs.claim(number, "w1")
    jobs.tell(number, "w1", stage=TITLE, done=1, total=2)
    assert jobs.give_back(number, "w1")
    job = jobs.get(number)
    assert (job.state, job.worker, job.attempts, job.done, job.stage.en) == ("waiting", "", 0, 0, "")
    assert jobs.waiting() == [number]
    assert jobs.claim(number, "w2") is not None


def test_a_job_given_back_that_was_called_off_ends(jobs: JobStore) -> None:
    number = submitted(jobs)
    jobs.claim(number, "w1")
    jobs.cancel(number, who="li")
    assert not jobs.give_back(number, "w1")
    assert jobs.get(number).state == "cancelled"


def test_jobs_of_lost_processes_wait_again(jobs: JobStore) -> None:
    lost, alive, off = submitted(jobs), submitted(jobs), submitted(jobs)
    jobs.claim(lost, "gone")
    jobs.claim(alive, "here")
    jobs.claim(off, "gone")
    jobs.cancel(off, who="li")
    heard: list[datetime | None] = []

    def lives(worker: str, at: datetime | None) -> bool:
        heard.append(at)
        return worker == "here"

    assert jobs.take_back(lives) == [lost]
    assert [jobs.get(n).state for n in (lost, alive, off)] == ["waiting", "running", "cancelled"]
    assert all(at is not None for at in heard)
    assert jobs.get(lost).attempts == 1
    assert jobs.take_back(lives) == []


def test_a_job_that_kills_its_process_each_time_fails(jobs: JobStore) -> None:
    number = submitted(jobs)
    for attempt in range(ATTEMPTS_MAX):
        assert jobs.get(number).state == "waiting", attempt
        jobs.claim(number, "gone")
        jobs.take_back(lambda worker, at: False)
    job = jobs.get(number)
    assert job.state == "failed"
    assert job.error is not None
    assert str(ATTEMPTS_MAX) in job.error.en
    assert str(ATTEMPTS_MAX) in job.error.zh


def test_recent_jobs_and_counts(jobs: JobStore) -> None:
    first = submitted(jobs, who="li", hotline="a")
    second = submitted(jobs, who="wang", hotline="b")
    third = jobs.submit("sweep", {}, title=TITLE, who="li", hotline="a")
    assert [j.id for j in jobs.recent()] == [third, second, first]
    assert [j.id for j in jobs.recent(limit=2)] == [third, second]
    assert [j.id for j in jobs.recent(who="li", kind="plan")] == [first]
    assert [j.id for j in jobs.recent(hotline="b")] == [second]
    jobs.claim(third, "w")
    assert jobs.under_way() == {"waiting": 2, "running": 1}
    assert jobs.under_way("wang") == {"waiting": 1, "running": 0}
    assert jobs.waiting() == [first, second]
    assert jobs.waiting(older_than_s=3600) == []


def test_workers_come_and_go(jobs: JobStore) -> None:
    jobs.worker_lives("w1")
    (worker,) = jobs.workers()
    jobs.worker_lives("w1")
    jobs.worker_lives("w2")
    again = jobs.workers()
    assert [w.name for w in again] == ["w1", "w2"]
    assert again[0].started_at == worker.started_at
    assert again[0].heartbeat_at >= worker.heartbeat_at
    jobs.forget_workers(["w1"])
    assert [w.name for w in jobs.workers()] == ["w2"]


def test_a_job_that_is_not_there(jobs: JobStore) -> None:
    with pytest.raises(BadInput, match="no job 7"):
        jobs.get(7)
    with use_language("zh"), pytest.raises(BadInput, match="编号为 7 的任务"):
        jobs.cancel(7, who="li")


def test_a_store_from_before_jobs_is_copied_and_brought_up(tmp_path: Path) -> None:
    """A store at the revision before has its plans kept, a copy beside it, and jobs afterwards."""
    from alembic import command

    from wfm.store.connection import connect_engine, writing
    from wfm.store.schema import _config

    url = f"sqlite:///{tmp_path / 'wfm.sqlite'}"
    engine = connect_engine(url)
    with writing(engine) as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
    assert store_status(url).state == "older"
    after, copy = upgrade_store(url)
    assert after.state == "current"
    assert copy == tmp_path / "wfm.0003.sqlite"
    assert submitted(open_store(url).jobs) == 1
