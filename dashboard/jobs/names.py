"""Names of the processes that do jobs, from which another process can tell whether they are still there."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta
from functools import cache

import psutil

__all__ = ["SILENT_S", "worker_lives", "worker_name"]

SILENT_S = 60.0
"""A worker on another machine that was silent for so long is lost."""
_SAME_START_S = 5


@cache
def _host() -> str:
    return socket.gethostname()[:80]


def worker_name() -> str:
    """Name of this process: its machine, number and start. No other process ever has the same."""
    process = psutil.Process()
    return f"{_host()}|{process.pid}|{int(process.create_time())}"


def worker_lives(name: str, heard: datetime | None) -> bool:
    """Whether the process of this name, last heard of then, is still there.

    Of this machine the system knows it at once; of another one its silence tells.
    """
    host, _, rest = name.partition("|")
    number, _, begun = rest.partition("|")
    if host != _host():
        return heard is not None and datetime.now(UTC) - heard < timedelta(seconds=SILENT_S)
    try:
        process = psutil.Process(int(number))
        return process.status() != psutil.STATUS_ZOMBIE and abs(process.create_time() - int(begun)) < _SAME_START_S
    except (psutil.Error, ValueError):
        return False
