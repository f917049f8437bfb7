"""Names of imports by what they hold: the same file, read the same way for the same hotline, has the same name."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wfm.hotline import Hotline

__all__ = ["file_hash", "import_hash"]

DIGITS = 32
"""Hexadecimal digits that a name keeps."""


def file_hash(path: Path) -> str:
    """Names the file's content, 32 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:DIGITS]


def import_hash(source_hash: str, *recipe: str, hotline: Hotline) -> str:
    """Names what an import of a file gives, 32 hexadecimal digits.

    Args:
        source_hash: of the file.
        recipe: how it is read, as the mapping or the layout's settings say.
        hotline: its id and time zone.
    """
    whole = "\0".join([source_hash, *recipe, hotline.id, hotline.time_zone])
    return hashlib.sha256(whole.encode()).hexdigest()[:DIGITS]
