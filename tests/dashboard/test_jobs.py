"""Long work: done once, told of while it goes on, called off, repeated, and never lost with its process."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard.desk import Desk
from dashboard.jobs import KINDS, JobKind, JobWork, kind_of
from dashboard.jobs.names import worker_lives, worker_name
from dashboard.jobs.words import duration_words, stage_words
from wfm.errors import BadInput
from wfm.i18n import Text, say, use_language
from wfm.store import JobRecord

TITLE = Text("Some work", "一项工作")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("WFM_HOME", str(tmp_path / "home"))
    return Desk(tmp_path / "plans")


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[JobWork], Any]], None]:
    """Makes a function the work of the kind ``test``."""

    def register(run: Callable[[JobWork], Any]) -> None:
        module = types.ModuleType("kinds_of_this_test")
        stages = {"count": Text("Counting", "计数")}
        vars(module)["TEST"] = JobKind("test", Text("Test", "测试"), "plan", run, stages=stages)
        monkeypatch.setitem(sys.modules, "kinds_of_this_test", module)
        monkeypatch.setitem(KINDS, "test", "kinds_of_this_test:TEST")

    return register


def test_work_is_done_with_what_it_was_given(desk: Desk, known: Any) -> None:
    seen: dict[str, Any] = {}

    def run(work: JobWork) -> dict[str, Any]:
        seen.update(work.parameters, who=work.who, same=work.desk is desk)
        return {"plan": "x", "n": 3}

    known(run)
    number = desk.jobs.submit("test", {"days": 7}, title=TITLE, who="li", hotline="h")
    assert desk.jobs.get(number).state == "waiting"
    job = desk.jobs.run_here(number)
    assert (job.state, job.result) == ("done", {"plan": "x", "n": 3})
    assert seen == {"days": 7, "who": "li", "same": True}
    assert [j.id for j in desk.jobs.recent(kind="test", hotline="h", who="li")] == [number]
    assert desk.jobs.run_here(number) == job  # done is done


def test_progress_is_kept_and_bounded(desk: Desk, known: Any) -> None:
    told: list[tuple[str, int, int]] = []

    def run(work: JobWork) -> dict[str, Any]:
        progress = work.watch("count")
        for n in range(2000):
            progress(n + 1, 2000)
        job = desk.jobs.get(work.record.id)
        told.append((job.stage.zh, job.done, job.total))
        return {}

    known(run)
    written: list[Any] = []
    from wfm.store import JobStore

    with pytest.MonkeyPatch.context() as patch:
        tell = JobStore.tell
        patch.setattr(JobStore, "tell", lambda *a, **k: (written.append(k), tell(*a, **k))[1])
        began = time.monotonic()
        assert desk.jobs.run_here(desk.jobs.submit("test", {}, title=TITLE, who="")).state == "done"
        took = time.monotonic() - began
    assert told == [("计数", 2000, 2000)]
    assert len(written) <= 3 + 5 * took


def test_a_stage_of_the_pipeline_has_its_name(desk: Desk, known: Any) -> None:
    names: list[str] = []

    def run(work: JobWork) -> dict[str, Any]:
        work.watch("simulation")(1, 2)
        names.append(desk.jobs.get(work.record.id).stage.zh)
        return {}

    known(run)
    desk.jobs.run_here(desk.jobs.submit("test", {}, title=TITLE, who=""))
    assert names == ["仿真"]


def test_work_that_is_called_off_stops_at_its_next_word(desk: Desk, known: Any) -> None:
    after: list[str] = []

    def run(work: JobWork) -> dict[str, Any]:
        progress = work.watch("count")
        desk.jobs.cancel(work.record.id, "wang")
        try:
            progress(5, 5)
            after.append("went on")
        except Exception:  # noqa: BLE001
            after.append("held up")  # what catches everything must not hold it up
        return {}

    known(run)
    job = desk.jobs.run_here(desk.jobs.submit("test", {}, title=TITLE, who="li"))
    assert job.state == "cancelled"
    assert after == []


def test_another_thread_is_not_stopped(desk: Desk, known: Any) -> None:
    """A solver tells of its progress from a thread of its own, which an exception would tear down."""
    raised: list[BaseException] = []

    def run(work: JobWork) -> dict[str, Any]:
        progress = work.watch("count")
        desk.jobs.cancel(work.record.id, "li")

        def elsewhere() -> None:
            try:
                progress(1, 1)
            except BaseException as error:  # noqa: BLE001
                raised.append(error)

        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
        work.go_on()
        return {}

    known(run)
    assert desk.jobs.run_here(desk.jobs.submit("test", {}, title=TITLE, who="")).state == "cancelled"
    assert raised == []


def test_bad_input_becomes_the_sentence_of_the_job(desk: Desk, known: Any) -> None:
    def run(work: JobWork) -> dict[str, Any]:
        raise BadInput(say("Job {number} is not finished; call it off before repeating it.", number=9))

    known(run)
    with use_language("zh"):
        number = desk.jobs.submit("test", {}, title=TITLE, who="li")
    job = desk.jobs.run_here(number)
    assert job.state == "failed"
    assert job.error is not None
    assert "任务 9" in job.error.of("zh")  # the language of whoever asked
    assert job.fault == ""


def test_a_fault_is_logged_under_the_number_that_is_shown(
    desk: Desk, known: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def run(work: JobWork) -> dict[str, Any]:
        return {"x": 1 / 0}

    known(run)
    with caplog.at_level(logging.ERROR, "wfm.jobs"):
        job = desk.jobs.run_here(desk.jobs.submit("test", {}, title=TITLE, who=""))
    assert job.state == "failed"
    assert job.error is not None
    assert job.fault
    assert job.fault in job.error.en
    assert job.fault in job.error.zh
    assert "division" not in job.error.en
    (record,) = [r for r in caplog.records if r.exc_info]
    assert vars(record)["fault"] == job.fault


def test_a_result_that_json_cannot_hold_is_a_fault(desk: Desk, known: Any) -> None:
    known(lambda work: {"x": object()})
    assert desk.jobs.run_here(desk.jobs.submit("test", {}, title=TITLE, who="")).state == "failed"


def test_repeating(desk: Desk, known: Any) -> None:
    known(lambda work: dict(work.parameters))
    number = desk.jobs.submit("test", {"days": 7}, title=TITLE, who="li", hotline="h")
    with pytest.raises(BadInput, match="not finished"):
        desk.jobs.rerun(number, "wang")
    desk.jobs.run_here(number)
    again = desk.jobs.rerun(number, "wang")
    job = desk.jobs.run_here(again)
    assert (job.again_of, job.owner, job.hotline, job.result, job.title) == (number, "wang", "h", {"days": 7}, TITLE)
    assert [(e.who, e.action) for e in desk.store.audit()] == [("wang", "rerun job"), ("li", "submit job")]


def test_an_unknown_kind_is_refused(desk: Desk) -> None:
    with pytest.raises(BadInput, match="“nothing”"):
        desk.jobs.submit("nothing", {}, title=TITLE, who="")
    assert desk.jobs.recent() == []


def test_every_kind_can_be_loaded() -> None:
    for key in KINDS:
        kind = kind_of(key)
        assert kind.key == key
        assert kind.name.zh != kind.name.en


def test_a_plan_as_long_work_is_the_plan_of_the_command(desk: Desk, tmp_path: Path) -> None:
    from datetime import date

    from dashboard.jobs.plan_job import plan_parameters
    from scenarios.pipeline import PlanSettings

    settings = PlanSettings(first=date(2026, 9, 14), days=7, replications=2, roster_seconds=1)
    parameters = json.loads(json.dumps(plan_parameters("nanxun-12368", settings)))
    job = desk.jobs.run_here(desk.jobs.submit("plan", parameters, title=TITLE, who="li"))
    assert job.error is None
    assert job.result == {"plan": "nanxun-12368-2026-09-14"}
    assert desk.plans.names() == ["nanxun-12368-2026-09-14"]
    (kept,) = desk.store.plans("nanxun-12368")
    assert Path(kept.folder) == tmp_path / "plans" / "nanxun-12368-2026-09-14"
    assert {e.who for e in desk.store.audit()} == {"li"}
    assert kind_of("plan").opens(job) == "/plan?plan=nanxun-12368-2026-09-14"


def test_what_a_job_says() -> None:
    assert [duration_words(s) for s in (0.4, 59, 200, 3900)] == ["0 s", "59 s", "3 min 20 s", "1 h 5 min"]
    with use_language("zh"):
        assert duration_words(200) == "3 分 20 秒"


def test_a_name_says_whether_its_process_lives() -> None:
    from datetime import UTC, datetime, timedelta

    now = datetime.now(UTC)
    host, number, begun = worker_name().split("|")
    assert worker_lives(worker_name(), None)
    assert not worker_lives(f"{host}|{number}|{int(begun) - 3600}", now)  # the number was used before by another one
    assert not worker_lives(f"{host}|99999999|{begun}", now)
    assert worker_lives("elsewhere|1|1", now - timedelta(seconds=10))
    assert not worker_lives("elsewhere|1|1", now - timedelta(minutes=10))
    assert not worker_lives("nonsense", None)


# Real processes

KINDS_FILE = """
import os, time
from pathlib import Path
from dashboard.jobs import JobKind
from wfm.i18n import Text

def patient(work):
    folder = Path(work.parameters["folder"])
    (folder / f"begun-{os.getpid()}").touch()
    progress = work.watch("wait")
    while not (folder / "go").exists():
        progress(1, 2)
        time.sleep(0.02)
    return {"by": os.getpid()}

def deaf(work):
    Path(work.parameters["folder"], "deaf").touch()
    while True:
        time.sleep(0.02)

PATIENT = JobKind("patient", Text("Patient", "耐心"), "plan", patient)
DEAF = JobKind("deaf", Text("Deaf", "不听"), "plan", deaf)
"""
START = """
import sys
from dashboard.jobs import KINDS, worker
KINDS.update(patient="kinds_of_processes:PATIENT", deaf="kinds_of_processes:DEAF")
worker.STOPS_WITHIN_S, worker.FORGOTTEN_AFTER_S, worker.LOOKS_EVERY_S = 0.3, 0.3, 0.1
sys.exit(worker.main(["--plans", sys.argv[1]]))
"""
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


@pytest.fixture
def start(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts workers that know two more kinds; none outlives the test."""
    (tmp_path / "kinds_of_processes.py").write_text(KINDS_FILE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(KINDS, "patient", "kinds_of_processes:PATIENT")
    monkeypatch.setitem(KINDS, "deaf", "kinds_of_processes:DEAF")
    path = os.pathsep.join([str(Path(__file__).parents[2]), str(tmp_path)])
    started: list[subprocess.Popen[bytes]] = []

    def one() -> subprocess.Popen[bytes]:
        environment = {**os.environ, "PYTHONPATH": path}
        command = [sys.executable, "-c", START, str(desk.plans.folder)]
        started.append(subprocess.Popen(command, stdin=subprocess.PIPE, env=environment))
        return started[-1]

    yield one
    for process in started:
        process.kill()
        process.wait()
        assert process.stdin is not None
        process.stdin.close()


def until(found: Callable[[], Any], seconds: float = 60) -> Any:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = found()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError("did not come about in time")


@posix
def test_a_job_outlives_the_processes_that_do_it(desk: Desk, start: Any, tmp_path: Path) -> None:
    def running_by(number: int, process: subprocess.Popen[bytes]) -> JobRecord | None:
        job = desk.jobs.get(number)
        return job if job.state == "running" and job.done == 1 and f"|{process.pid}|" in job.worker else None

    parameters = {"folder": str(tmp_path)}
    number = desk.jobs.submit("patient", parameters, title=TITLE, who="li")
    first = start()
    until(lambda: running_by(number, first))
    assert stage_words(desk.jobs.get(number)) == "wait: 1 of 2"
    first.kill()  # without a word
    first.wait()
    assert desk.jobs.get(number).state == "running"

    second = start()
    job = until(lambda: running_by(number, second))
    assert job.attempts == 2
    assert [w.name.split("|")[1] for w in desk.store.jobs.workers()] == [str(second.pid)]
    second.send_signal(signal.SIGTERM)  # politely: it gives the job back
    assert second.wait(20) == 0
    job = desk.jobs.get(number)
    assert (job.state, job.attempts) == ("waiting", 1)
    assert desk.store.jobs.workers() == []

    third = start()
    until(lambda: running_by(number, third))
    (tmp_path / "go").touch()
    job = until(lambda: (j := desk.jobs.get(number)).finished and j)
    assert (job.state, job.result) == ("done", {"by": third.pid})
    assert len(list(tmp_path.glob("begun-*"))) == 3

    # A job that no message told of is taken up as well, and the end of the pipe closes the worker.
    silent = desk.store.jobs.submit("patient", parameters, title=TITLE, who="li")
    until(lambda: desk.jobs.get(silent).state == "done")
    assert third.stdin is not None
    third.stdin.close()
    assert third.wait(20) == 0


@posix
def test_a_job_that_hears_nothing_is_ended_with_its_process(desk: Desk, start: Any, tmp_path: Path) -> None:
    from dashboard.jobs.worker import ENDED_HARD

    number = desk.jobs.submit("deaf", {"folder": str(tmp_path)}, title=TITLE, who="li")
    process = start()
    until(lambda: (tmp_path / "deaf").exists())
    assert desk.jobs.cancel(number, "li").state == "running"
    assert process.wait(20) == ENDED_HARD
    job = desk.jobs.get(number)
    assert (job.state, job.result, job.error) == ("cancelled", {}, None)
