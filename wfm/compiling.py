"""Rooms whose functions Numba compiles, and the folder that keeps them compiled.

Numba's disk cache does not notice a change in a function that a cached one calls. The folder is therefore named by a
hash of every source of the room and where it lies, of the versions that compile them and of the processor: another
product, another folder, and only then is it known whether everything lies there compiled. Loaded by what is compiled
alone, so that nobody else waits for Numba.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO, Any, TypeVar, cast

import llvmlite
import numba
import numpy as np
from llvmlite import binding
from numba.core import config

__all__ = ["CompiledRoom", "remove_old", "version_of"]

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows
    fcntl = None  # type: ignore[assignment]

F = TypeVar("F", bound=Callable[..., Any])

KEPT = 2
"""Cache folders that stay: this version's and the one before."""

UNUSED_S = 3600.0
"""Older folders are removed when no process has begun with them for so long."""

WAITED_S = 180.0
"""So long a process waits for another that compiles the same; a compilation takes less than a minute."""

_DONE = "complete"
_decorating = threading.Lock()
numba_settings: Any = config


class CompiledRoom:
    """A package whose functions are compiled together and kept in one folder.

    Args:
        folder: the package's folder; all its sources decide which folder of compiled functions is its own.
    """

    def __init__(self, folder: Path) -> None:
        self.room = folder
        self.prefix = f"compiled-{folder.name}-"

    def kernel(self, function: F) -> F:
        """Compile the function when it is first called, and keep it on disk for the next process.

        Without the interpreter's lock, with IEEE arithmetic as written (no fused, reordered or approximate operations),
        so that it returns the bits that Python returns; a division by zero is infinite or NaN, not an error.
        """
        return self._compiled(function, {})

    def inlined(self, function: F) -> F:
        """As :meth:`kernel`, for the small functions of inner loops: put into every caller.

        A call that is not put into its caller costs about 12 ns, more than most draws.
        """
        return self._compiled(function, {"forceinline": True})

    def part(self, function: F) -> F:
        """As :meth:`kernel`, for functions that only compiled ones call: no way in for Python, so sooner compiled."""
        return self._compiled(function, {"no_cpython_wrapper": True, "no_cfunc_wrapper": True})

    def small(self, function: F) -> F:
        """As :meth:`part`, for the small functions of inner loops: put into every caller."""
        return self._compiled(function, {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "forceinline": True})

    @cache  # noqa: B019 - as many rooms as packages, each for good
    def cache_folder(self) -> Path | None:
        """Where compiled functions are kept, created if need be; None where nothing can be written.

        Below ``NUMBA_CACHE_DIR`` if that is set, else below the user's cache folder of this platform.
        """
        home = _home()
        folder = home / f"{self.prefix}{version_of(self.room)}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                os.utime(folder)
        except OSError:
            return None
        remove_old(home, folder, self.prefix)
        return folder

    def compiled_before(self) -> bool:
        """Whether a process has already compiled everything and left it in the folder."""
        folder = self.cache_folder()
        return folder is not None and (folder / _DONE).exists()

    def note_compiled(self) -> None:
        """Leave a mark that the folder now holds everything."""
        folder = self.cache_folder()
        if folder is not None:
            with_mark = folder / _DONE
            try:
                folder.mkdir(parents=True, exist_ok=True)
                with_mark.touch()
            except OSError:  # a full disk: the next process looks, and compiles, again
                return

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Compile while no other process does: whoever waits here finds the folder filled.

        Where files cannot be locked, or the other takes longer than :data:`WAITED_S`, both compile.
        """
        folder = self.cache_folder()
        if fcntl is None or folder is None:
            yield
            return
        with (folder / "compiling").open("w") as file:
            until = time.monotonic() + WAITED_S
            while not _locked(file) and time.monotonic() < until:
                time.sleep(0.2)
            yield

    def _compiled(self, function: F, options: dict[str, Any]) -> F:
        # Said of every function: what is not said, a function takes over from the one it is first compiled for.
        said: dict[str, Any] = {"nogil": True, "fastmath": False, "error_model": "numpy", "forceinline": False}
        options = said | options
        folder = self.cache_folder()
        if folder is None:
            return cast("F", numba.njit(**options)(function))
        with _decorating:  # the setting belongs to everybody who uses Numba in this process
            before = numba_settings.CACHE_DIR
            numba_settings.CACHE_DIR = str(folder)
            try:
                return cast("F", numba.njit(cache=True, **options)(function))
            finally:
                numba_settings.CACHE_DIR = before


def _locked(file: IO[str]) -> bool:
    """Whether the file is now this process's; a lock of this kind is not handed down to processes that are forked."""
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return True
    return True


def _home() -> Path:
    if numba_settings.CACHE_DIR:
        return Path(numba_settings.CACHE_DIR) / "hotline-wfm"
    from platformdirs import user_cache_path

    return user_cache_path("hotline-wfm", appauthor=False)


def version_of(room: Path) -> str:
    """A short hash of all that decides what the compiled functions are, and where Numba looks for them."""
    content = hashlib.sha256()
    for source in sorted(room.glob("*.py")):
        # Numba keeps functions by the place and the time of their source, too: a copy elsewhere has to be compiled itself.
        place = f"{source.resolve()} {source.stat().st_mtime_ns}"
        content.update(place.encode() + b"\0" + source.read_bytes() + b"\0")
    versions = (numba.__version__, llvmlite.__version__, np.__version__, sys.version, platform.machine())
    processor = (binding.get_host_cpu_name(), binding.get_host_cpu_features().flatten())
    content.update("\0".join((*versions, *processor)).encode())
    return content.hexdigest()[:16]


def remove_old(home: Path, mine: Path, prefix: str) -> None:
    """Remove the folders of earlier versions but the latest, as long as no process has begun with them lately.

    A process that still runs with one loses nothing but time: Numba makes the folder anew.
    """
    try:
        used = {folder: folder.stat().st_mtime for folder in home.glob(f"{prefix}*") if folder != mine}
    except OSError:  # another process removes them now
        return
    old = sorted(used, key=lambda folder: used[folder], reverse=True)[KEPT - 1 :]
    for folder in old:
        if time.time() - used[folder] > UNUSED_S:
            aside = home / f"removed-{folder.name}-{os.getpid()}"
            try:
                folder.rename(aside)  # at once out of the way of others, who may remove it too
            except OSError:
                continue
            shutil.rmtree(aside, ignore_errors=True)
