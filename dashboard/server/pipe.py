"""The pipe from the parent: when it closes, whatever the reason, this process closes too."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable

__all__ = ["listen", "when_closed"]


def _at_once() -> None:
    os._exit(0)


_close: Callable[[], None] = _at_once
_thread: threading.Thread | None = None


def listen() -> None:
    """Begin to listen; until :func:`when_closed` says better, the process ends at once. Safe to repeat."""
    global _thread
    if _thread is None:
        _thread = threading.Thread(target=_until_closed, daemon=True, name="pipe from the parent")
        _thread.start()


def when_closed(close: Callable[[], None]) -> None:
    """Call this, in another thread than the main one, when the pipe closes."""
    global _close
    _close = close
    listen()


def _until_closed() -> None:
    # Not through sys.stdin, whose lock a process that ends in the meantime would miss.
    with contextlib.suppress(OSError):
        while os.read(0, 1024):
            pass
    _close()
