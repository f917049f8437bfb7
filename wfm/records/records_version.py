"""One short name for all that is stored of a hotline: it changes when records or marks are added or withdrawn."""

from __future__ import annotations

import hashlib
from pathlib import Path

__all__ = ["records_version"]

DIGITS = 16


def records_version(home: Path, hotline_id: str) -> str:
    """Names what the store holds, 16 hexadecimal digits: calls, intervals, what stands beside them, and marks.

    Files of the store are named by their content and never change, so that their names tell all of it. What was
    worked out under one name need not be worked out again under the same.
    """
    folder = Path(home) / "records" / hotline_id
    found = [*folder.glob("manifests/*.json"), *folder.glob("*/manifests/*.json"), *folder.glob("marks/*.jsonl")]
    names = sorted(path.relative_to(folder).as_posix() for path in found)
    return hashlib.sha256("\0".join(names).encode()).hexdigest()[:DIGITS]
