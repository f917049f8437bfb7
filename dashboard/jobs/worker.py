"""A process that does jobs, one after another: ``python -m dashboard.jobs.worker --plans out``.

``wfm serve`` starts as many as are asked for, and new ones for those that end. Huey's consumer brings the
jobs; the main thread stands beside it and watches: it says that the worker lives, hears whether the job is
called off, and ends the process where the job does not stop by itself. Work of other processes that are
gone is taken up again. When it is to close (SIGTERM, Ctrl-C, or the end of its standard input), the job at
hand goes back and is begun anew by the next worker.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil

from dashboard.desk import Desk
from dashboard.jobs.names import worker_lives, worker_name
from dashboard.jobs.queue import Queue
from dashboard.jobs.work import JobWork, do_job
from dashboard.server.log import set_up_log
from dashboard.server.pipe import when_closed
from wfm.errors import BadInput
from wfm.home import home_folder

__all__ = ["JobProcess", "main"]

_LOG = logging.getLogger("wfm.jobs")

STOPS_WITHIN_S = 5.0
"""A job that was called off and goes on so long is ended with its process."""
LOOKS_EVERY_S = 0.5
LIVES_EVERY_S = 5.0
FORGOTTEN_AFTER_S = 3.0
"""A job that waited so long was not heard of, and is taken up without a message."""

NICENESS = 10
"""Pages answer first: long work takes the time that they leave."""

ENDED_HARD = 70
"""Exit code of a process that was ended with the job it would not stop."""


class JobProcess:
    """The worker of this process."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.name = worker_name()
        self.closing = threading.Event()
        self._work: JobWork | None = None
        self._asked_at: float | None = None
        self._queue = Queue(desk.home, self._do)

    def run(self) -> int:
        """Do jobs until asked to close; returns the exit code."""
        from huey.consumer import Consumer, Worker

        process = self

        class Taking(Worker):  # type: ignore[misc]
            """Huey's worker, which now and then looks into the table as well."""

            looked = 0.0

            def loop(self, now: Any = None) -> None:
                super().loop(now)
                if not process.closing.is_set() and time.monotonic() - self.looked >= FORGOTTEN_AFTER_S / 2:
                    self.looked = time.monotonic()
                    process.take_forgotten()

        class Single(Consumer):  # type: ignore[misc]
            worker_class = Taking

        self._lives()
        jobs = self.desk.store.jobs
        jobs.forget_workers(w.name for w in jobs.workers() if not worker_lives(w.name, w.heartbeat_at))
        consumer = Single(
            self._queue.huey, workers=1, periodic=False, worker_type="thread", max_delay=0.5, check_worker_health=False
        )
        consumer.start()
        _on_signals(self.closing.set)
        if sys.stdin is not None and not sys.stdin.isatty():
            when_closed(self.closing.set)
        _LOG.info("worker begins", extra={"worker": self.name})
        try:
            self._watch()
        finally:
            consumer.stop_flag.set()
            self._leave()
        return 0

    def take_forgotten(self) -> None:
        """Let jobs of processes that are gone wait again, and do one that nobody told this process of."""
        jobs = self.desk.store.jobs
        for number in jobs.take_back(self._still_done):
            _LOG.warning("job of a lost process waits again", extra={"job": number})
        for number in jobs.waiting(FORGOTTEN_AFTER_S)[:1]:
            self._do(number)

    def _still_done(self, worker: str, heard: Any) -> bool:
        # This thread is idle: what stands under its own name was left behind when the store did not answer.
        return worker != self.name and worker_lives(worker, heard)

    def _do(self, number: int) -> None:
        if not self.closing.is_set():
            do_job(self.desk, number, self.name, self._begun)

    def _begun(self, work: JobWork | None) -> None:
        self._work, self._asked_at = work, None

    def _watch(self) -> None:
        """Stand beside the work until asked to close."""
        told = time.monotonic()
        while not self.closing.wait(LOOKS_EVERY_S):
            try:
                if time.monotonic() - told >= LIVES_EVERY_S:
                    told = time.monotonic()
                    self._lives()
                self._look_after(self._work)
            except BadInput as error:  # the store is busy or away; the next look may find it again
                _LOG.warning("store does not answer", extra={"reason": str(error)})

    def _look_after(self, work: JobWork | None) -> None:
        if work is None:
            return
        jobs, number = self.desk.store.jobs, work.record.id
        word = jobs.tell(number, self.name)
        if word == "go on" or self._work is not work:
            return
        if word == "lost":
            if not jobs.get(number).finished:  # ended just now is not lost
                _LOG.error("job was taken from this process", extra={"job": number})
                self._end_hard()
            return
        work.stop()
        self._asked_at = self._asked_at or time.monotonic()
        if time.monotonic() - self._asked_at >= STOPS_WITHIN_S and jobs.end_cancelled(number, self.name):
            _LOG.warning("job did not stop by itself; its process ends", extra={"job": number})
            self._end_hard()

    def _lives(self) -> None:
        self.desk.store.jobs.worker_lives(self.name)

    def _leave(self) -> None:
        """Give the job at hand back, and end without waiting for it."""
        work = self._work
        try:
            if work is not None and self.desk.store.jobs.give_back(work.record.id, self.name):
                _LOG.info("job goes back", extra={"job": work.record.id})
            self.desk.store.jobs.forget_workers([self.name])
        except BadInput as error:
            _LOG.warning("store does not answer", extra={"reason": str(error)})
        if work is not None:
            _end_children()
            _flush()
            os._exit(0)  # the thread that does the job would hold the process up

    def _end_hard(self) -> None:
        _end_children()
        _flush()
        os._exit(ENDED_HARD)


def _on_signals(close: Any) -> None:
    def asked(signum: int, frame: object) -> None:
        close()

    for name in ("SIGTERM", "SIGINT", "SIGHUP", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), asked)


def _end_children() -> None:
    """Processes that simulate for this one, which would go on alone."""
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            child.kill()


def _flush() -> None:
    for handler in logging.getLogger().handlers:
        handler.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m dashboard.jobs.worker", description=__doc__)
    parser.add_argument("--plans", type=Path, default=Path("out"), help="folder with finished plans")
    parser.add_argument("--hotlines", type=Path, action="append", default=[], help="folder with hotlines")
    parser.add_argument("--log", choices=("none", "text", "json"), default="none", help="show the log as well")
    chosen = parser.parse_args(arguments)
    set_up_log(home_folder(), chosen.log)
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    try:
        return JobProcess(Desk(chosen.plans, chosen.hotlines)).run()
    except BadInput as error:
        sys.stderr.write(f"{error}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main())
