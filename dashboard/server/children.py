"""Processes that another one starts, keeps running and stops.

Each is a fresh interpreter (never a fork of one that has threads), leads a process group of its own, so that Ctrl-C
reaches only the parent, and reads a pipe from the parent: when that closes, whatever the reason, the child closes too.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import psutil

__all__ = ["Child", "EndsAtOnce", "keep_running", "stop_all"]

_LOG = logging.getLogger("wfm.serve")

_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "JE_ARROW_MALLOC_CONF": "background_thread:false"}
"""Libraries that start a thread as soon as they are loaded; a process that forks must have none."""

SOON_S = 10.0
"""A child that ends within this of its start was no good start."""
BAD_STARTS_MAX = 4


class EndsAtOnce(Exception):
    """A child ends each time soon after it was started; ``name`` says which, ``code`` how."""

    def __init__(self, name: str, code: int) -> None:
        super().__init__(f"{name} ends with {code}")
        self.name = name
        self.code = code


@dataclass
class Child:
    """A process to keep running."""

    name: str
    module: str
    arguments: Sequence[str] = ()
    environ: Mapping[str, str] = field(default_factory=dict)
    handed: Sequence[int] = ()
    """Numbers of the files and sockets that it is handed."""
    process: subprocess.Popen[bytes] | None = None
    began: float = 0.0
    bad_starts: int = 0
    wait_until: float = 0.0

    def start(self) -> None:
        """Start it."""
        self.began = time.monotonic()
        apart: dict[str, object] = (
            {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
            if sys.platform == "win32"
            else {"start_new_session": True, "pass_fds": tuple(self.handed)}
        )
        self.process = subprocess.Popen(  # noqa: S603 - a module of ours
            [sys.executable, "-m", "dashboard.server.start", self.module, *self.arguments],
            stdin=subprocess.PIPE,
            env={**_ONE_THREAD, **os.environ, **self.environ},
            **apart,  # type: ignore[call-overload]
        )

    def look_after(self) -> None:
        """Start it again if it has ended.

        Raises:
            EndsAtOnce: it does so each time.
        """
        if self.process is None:
            if time.monotonic() >= self.wait_until:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        _LOG.warning("process ended; a new one is started", extra={"child": self.name, "code": code})
        self.end_rest()
        self.bad_starts = self.bad_starts + 1 if time.monotonic() - self.began < SOON_S else 0
        if self.bad_starts >= BAD_STARTS_MAX:
            raise EndsAtOnce(self.name, code)
        self.process = None
        self.wait_until = time.monotonic() + 0.25 * self.bad_starts

    def ask_to_close(self) -> None:
        """Close the pipe it reads."""
        if self.process is not None and self.process.stdin is not None:
            with contextlib.suppress(OSError):
                self.process.stdin.close()

    def end_rest(self) -> None:
        """End whatever it started itself and has left behind."""
        if self.process is None:
            return
        if sys.platform == "win32":
            with contextlib.suppress(psutil.Error):
                for rest in psutil.Process(self.process.pid).children(recursive=True):
                    rest.kill()
            self.process.kill()
        else:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)


def keep_running(children: Sequence[Child]) -> None:
    """Look after all of them once.

    Raises:
        EndsAtOnce: one of them ends each time it is started.
    """
    for child in children:
        child.look_after()


def stop_all(children: Sequence[Child], within_s: float) -> None:
    """Have all of them close, and end those that have not after a while, with all that they started."""
    for child in children:
        child.ask_to_close()
    until = time.monotonic() + within_s
    for child in children:
        if child.process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.0, until - time.monotonic()))
    for child in children:
        child.end_rest()
        if child.process is not None:
            child.process.wait()
