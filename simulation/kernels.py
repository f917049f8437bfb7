"""Functions that Numba compiles, and the folder that keeps them compiled.

Numba's disk cache does not notice a change in a function that a cached one calls. The folder is therefore named by a
hash of every source of this room and where it lies, of the versions that compile them and of the processor: another
product, another folder, and only then is it known whether everything lies there compiled. Loaded by the compiled engine alone, so that nobody else waits for Numba.
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
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import llvmlite
import numba
import numpy as np
from llvmlite import binding
from numba.core import config

__all__ = ["cache_folder", "compiled_before", "inlined", "kernel", "note_compiled", "part", "small"]

F = TypeVar("F", bound=Callable[..., Any])

KEPT = 2
"""Cache folders that stay: this version's and the one before."""

UNUSED_S = 3600.0
"""Older folders are removed when no process has begun with them for so long."""

_PREFIX = "compiled-"
_DONE = "complete"
_decorating = threading.Lock()
numba_settings: Any = config


def kernel(function: F) -> F:
    """Compile the function when it is first called, and keep it on disk for the next process.

    Without the interpreter's lock, with IEEE arithmetic as written (no fused, reordered or approximate operations), so
    that it returns the bits that Python returns; a division by zero is infinite or NaN, not an error.
    """
    return _compiled(function, {})


def inlined(function: F) -> F:
    """As :func:`kernel`, for the small functions of inner loops: put into every caller.

    A call that is not put into its caller costs about 12 ns, more than most draws.
    """
    return _compiled(function, {"forceinline": True})


def part(function: F) -> F:
    """As :func:`kernel`, for functions that only compiled ones call: no way in for Python, so sooner compiled."""
    return _compiled(function, {"no_cpython_wrapper": True, "no_cfunc_wrapper": True})


def small(function: F) -> F:
    """As :func:`part`, for the small functions of inner loops: put into every caller."""
    return _compiled(function, {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "forceinline": True})


def _compiled(function: F, options: dict[str, Any]) -> F:
    # Said of every function: what is not said, a function takes over from the one it is first compiled for.
    said: dict[str, Any] = {"nogil": True, "fastmath": False, "error_model": "numpy", "forceinline": False}
    options = said | options
    folder = cache_folder()
    if folder is None:
        return cast("F", numba.njit(**options)(function))
    with _decorating:  # the setting belongs to everybody who uses Numba in this process
        before = numba_settings.CACHE_DIR
        numba_settings.CACHE_DIR = str(folder)
        try:
            return cast("F", numba.njit(cache=True, **options)(function))
        finally:
            numba_settings.CACHE_DIR = before


@cache
def cache_folder() -> Path | None:
    """Where compiled functions are kept, created if need be; None where nothing can be written.

    Below ``NUMBA_CACHE_DIR`` if that is set, else below the user's cache folder of this platform.
    """
    home = _home()
    folder = home / f"{_PREFIX}{_version()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            os.utime(folder)
    except OSError:
        return None
    _remove_old(home, folder)
    return folder


def compiled_before() -> bool:
    """Whether a process has already compiled everything and left it in the folder."""
    folder = cache_folder()
    return folder is not None and (folder / _DONE).exists()


def note_compiled() -> None:
    """Leave a mark that the folder now holds everything."""
    folder = cache_folder()
    if folder is not None:
        with_mark = folder / _DONE
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with_mark.touch()
        except OSError:  # a full disk: the next process looks, and compiles, again
            return


def _home() -> Path:
    if numba_settings.CACHE_DIR:
        return Path(numba_settings.CACHE_DIR) / "hotline-wfm"
    from platformdirs import user_cache_path

    return user_cache_path("hotline-wfm", appauthor=False)


def _version(room: Path = Path(__file__).parent) -> str:
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


def _remove_old(home: Path, mine: Path) -> None:
    """Remove the folders of earlier versions but the latest, as long as no process has begun with them lately.

    A process that still runs with one loses nothing but time: Numba makes the folder anew.
    """
    try:
        used = {folder: folder.stat().st_mtime for folder in home.glob(f"{_PREFIX}*") if folder != mine}
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
