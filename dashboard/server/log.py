"""The log: one JSON object a line, in ``WFM_HOME/logs/serve.log``, written by all processes together.

Each line is one ``write`` to a file opened for appending, so that lines of several processes do not mix; the
process that finds the file too long renames it, and the others open the new one with their next line.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

__all__ = ["JsonLines", "LogFormat", "SharedFile", "log_file", "set_up_log"]

LogFormat = Literal["none", "text", "json"]

LONGEST_BYTES = 10 * 1024 * 1024
KEPT = 5

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def log_file(home: Path) -> Path:
    """Where the log lies."""
    return home / "logs" / "serve.log"


class JsonLines(logging.Formatter):
    """A record as one line of JSON: time, level, logger, message, the request it belongs to, and what was added to it."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
        }
        request = _request()
        if request:
            line["request"] = request
        line |= {key: value for key, value in vars(record).items() if key not in _STANDARD}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def _request() -> str:
    """Number of the request that is being answered; empty outside of one."""
    flask = sys.modules.get("flask")  # a process that serves nothing has not loaded it
    return str(flask.g.get("request_id", "")) if flask is not None and flask.has_request_context() else ""


class _Words(logging.Formatter):
    """The same for a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        told = json.loads(JsonLines().format(record))
        head = f"{told.pop('time')[11:19]} {told.pop('level'):7} {told.pop('message')}"
        trace = told.pop("traceback", "")
        rest = " ".join(f"{key}={value}" for key, value in told.items() if key not in ("logger", "process"))
        return f"{head}  {rest}" + (f"\n{trace}" if trace else "")


class SharedFile(logging.Handler):
    """Appends lines to a file that several processes write, and keeps it and its predecessors short."""

    def __init__(self, path: Path, longest_bytes: int = LONGEST_BYTES, kept: int = KEPT) -> None:
        super().__init__()
        self.path = path
        self.longest_bytes = longest_bytes
        self.kept = kept
        self._file: int | None = None
        self.setFormatter(JsonLines())

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record. What cannot be written, since the disk is full or the folder gone, is dropped."""
        line = (self.format(record) + "\n").encode("utf-8", "backslashreplace")
        with suppress(OSError):
            os.write(self._opened(), line)

    def _opened(self) -> int:
        if self._file is not None and not self._is_current(self._file):
            os.close(self._file)
            self._file = None
        if self._file is None:
            self._file = self._open()
        if os.fstat(self._file).st_size >= self.longest_bytes and self._rotate():
            os.close(self._file)
            self._file = self._open()
        return self._file

    def _open(self) -> int:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # Names of people stand in it: nobody else's to read.
        return os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def _is_current(self, file: int) -> bool:
        try:
            there, mine = self.path.stat(), os.fstat(file)
        except OSError:
            return False
        return (there.st_dev, there.st_ino) == (mine.st_dev, mine.st_ino)

    def _rotate(self) -> bool:
        """Rename the file away, unless another process has just done so; whether a new one is to be opened."""
        with _alone(self.path.with_suffix(".lock")) as mine:
            if not mine:
                return False
            try:
                if self.path.stat().st_size >= self.longest_bytes:
                    for number in range(self.kept - 1, 0, -1):
                        older = self._older(number)
                        if older.exists():
                            older.replace(self._older(number + 1))
                    self.path.replace(self._older(1))
            except OSError:  # Windows renames no file that another process has open: it goes on growing
                return False
            return True

    def _older(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.name}.{number}")

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            with suppress(OSError):
                os.close(self._file)
            self._file = None
        super().close()


@contextmanager
def _alone(lock: Path) -> Iterator[bool]:
    """Whether no other process is renaming at the moment."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield True
        return
    file = os.open(lock, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield True
    finally:
        os.close(file)


def set_up_log(home: Path, shown: LogFormat = "none") -> None:
    """Have this process write the log, and show it on the terminal as well if that is asked for."""
    root = logging.getLogger()
    for handler in list(root.handlers):
        root.removeHandler(handler)
        handler.close()
    root.addHandler(SharedFile(log_file(home)))
    if shown != "none":
        stream = logging.StreamHandler(sys.stderr)
        stream.setFormatter(JsonLines() if shown == "json" else _Words())
        root.addHandler(stream)
    root.setLevel(logging.INFO)
    logging.raiseExceptions = False
    for noisy in ("huey", "huey.consumer", "waitress.queue", "matplotlib", "alembic", "numba", "werkzeug"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # A page asks for its dozen scripts at once; that they queue for a moment is no news.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    logging.captureWarnings(True)
