"""Files that are there whole or not at all: written beside their place and renamed into it."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["write_parquet", "write_whole"]


def write_whole(path: Path, content: bytes) -> None:
    """Write a file, and its folder where there is none; an older file of the name is replaced."""
    temporary = _beside(path)
    temporary.write_bytes(content)
    temporary.replace(path)


def write_parquet(path: Path, table: pa.Table) -> None:
    """Write a table likewise, compressed."""
    import pyarrow.parquet as pq

    temporary = _beside(path)
    pq.write_table(table, temporary, compression="zstd")
    temporary.replace(path)


def _beside(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
