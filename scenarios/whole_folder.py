"""Folders that appear complete or not at all, and the file in them that says what they hold."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from wfm.errors import BadInput
from wfm.i18n import say
from wfm.os_reason import os_reason

__all__ = ["check_folder", "new_folder", "read_head", "write_folder"]


def check_folder(folder: Path, head: str, *, if_file: str, if_others: str) -> None:
    """Refuse a place where a folder must not be written, before any work is done.

    Args:
        folder: the place.
        head: file that marks a folder as one of ours, which may be replaced.
        if_file: what is said of a place that is a file.
        if_others: what is said of a folder that holds something else.

    Raises:
        BadInput: the place is a file, holds something else, or cannot be written.
    """
    if folder.exists() and not folder.is_dir():
        raise BadInput(if_file)
    if folder.is_dir() and any(folder.iterdir()) and not (folder / head).is_file():
        raise BadInput(if_others)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent):
            pass
    except OSError as error:
        raise _cannot_write(folder.parent, error) from None


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files into a folder of their own; an older folder in its place is replaced.

    Raises:
        BadInput: it cannot be written; what was there stays.
    """
    partial = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, content in files.items():
            (partial / name).write_bytes(content)
        partial.chmod(0o755)
        _take_place(partial, folder)
    except OSError as error:
        raise _cannot_write(folder, error) from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """A hidden folder to fill in the block, which then becomes ``folder``; nothing of it stays if the block fails.

    Raises:
        BadInput: the place is a file or holds something, or cannot be written.
    """
    place = folder.absolute()
    partial: Path | None = None
    try:
        if place.exists() and not place.is_dir():
            raise BadInput(say("{folder} is a file; choose a new folder", folder=folder))
        if place.is_dir() and any(place.iterdir()):
            raise BadInput(say("{folder} is not empty; choose a new folder", folder=folder))
        place.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.parent))
        yield partial
        partial.chmod(0o755)
        _fill_place(partial, place)
    except OSError as error:
        raise _cannot_write(folder, error) from None
    finally:
        if partial is not None:
            shutil.rmtree(partial, ignore_errors=True)


def _fill_place(partial: Path, place: Path) -> None:
    """Rename the finished folder into place; an empty one there stays, since somebody may stand in it."""
    if not place.exists():
        partial.replace(place)
        return
    for item in partial.iterdir():
        item.replace(place / item.name)


def _take_place(partial: Path, folder: Path) -> None:
    """Rename the finished folder into place; an older one steps aside first and returns if that fails."""
    if not folder.exists():
        partial.replace(folder)
        return
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-old-", dir=folder.parent))
    folder.replace(aside / "older")
    try:
        partial.replace(folder)
    except OSError:
        (aside / "older").replace(folder)
        raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _cannot_write(folder: Path, error: OSError) -> BadInput:
    reason = os_reason(error)
    return BadInput(say("cannot write to {folder}: {reason}", folder=folder, reason=reason))


def read_head(path: Path, layout: int) -> dict[str, Any]:
    """What the marking file holds.

    Raises:
        BadInput: it is of another layout than this version knows.
        OSError, ValueError, AttributeError: it cannot be read.
    """
    head: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if head.get("format") != layout:
        raise BadInput(
            say(
                "{file}: layout {found} is not known to this version (known: {known})",
                file=path,
                found=head.get("format"),
                known=layout,
            )
        )
    return head
