"""Files that a command writes: whole or not at all, and refused before the work begins where they cannot be."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from wfm.errors import BadInput
from wfm.i18n import say
from wfm.os_reason import os_reason

__all__ = ["check_result_file", "write_whole"]


def check_result_file(path: Path, *endings: str) -> None:
    """Refuse a file that could not be written.

    Raises:
        BadInput: the name ends otherwise than allowed, is a folder's, or its folder is missing or read-only.
    """
    if endings and path.suffix.lower() not in endings:
        raise BadInput(say("{path}: the name must end in {endings}", path=path, endings=", ".join(endings)))
    if path.is_dir():
        raise BadInput(say("{path} is a folder; a file's name is needed", path=path))
    folder = path.absolute().parent
    if not folder.is_dir():
        raise BadInput(say("{path}: there is no folder {folder}", path=path, folder=folder))
    if not os.access(folder, os.W_OK):
        raise BadInput(say("{path}: the folder {folder} cannot be written", path=path, folder=folder))


def write_whole(path: Path, write: Callable[[Path], None]) -> None:
    """Let ``write`` fill a file beside ``path`` and rename it into place; an older file is replaced.

    Raises:
        BadInput: the file cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        write(temporary)
        temporary.replace(path)
    except OSError as error:
        raise BadInput(say("{path}: cannot be written ({reason})", path=path, reason=os_reason(error))) from None
    finally:
        temporary.unlink(missing_ok=True)
