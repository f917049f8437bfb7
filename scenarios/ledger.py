"""Finished batches of an experiment on disk, so that a rerun reads them and plays only the others.

A batch is one Parquet file, ``CENTRE/SEED-FIRST-SIZE.parquet``; ``CENTRE`` is a hash of the centre's content and of all that
decides what its calls are (the sources of simulation and of the counts), so that another version never reads them. Neither the
engine nor the executor is part of it, as they do not change the counts. A file appears whole under its name or not at
all; pages carry checksums, and a file that is damaged or holds something else is passed over: its batch is played again.

When the folder grows beyond its limit, the centres that were not used for the longest go first.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from importlib.resources import files
from pathlib import Path
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from simulation.centre import Centre
from simulation.experiment import Batch
from wfm.errors import BadInput
from wfm.i18n import say
from wfm.metrics import COUNTS
from wfm.os_reason import os_reason

__all__ = ["BatchFolder", "centre_hash", "simulation_sources_hash"]

BYTES_MAX = 2 * 2**30
"""Size to which a folder is cut."""

ABANDONED_AFTER_S = 86_400
"""A file that is still being written after so long belongs to a run that was killed."""

_UNFINISHED = ".part-"
_SOURCES = (("simulation", "*.py"), ("wfm", "metrics.py"), ("wfm.tables", "*.py"))


def centre_hash(centre: Centre) -> str:
    """A hash of everything the centre says, 32 hexadecimal digits: the same on every machine and in every process."""
    digest = hashlib.sha256()
    for part in _parts(centre):
        digest.update(len(part).to_bytes(8, "little"))
        digest.update(part)
    return digest.hexdigest()[:32]


def _parts(value: object) -> list[bytes]:
    """``value`` as a list of byte strings that no other value has; names of fields and types included."""
    if isinstance(value, Enum):
        return [b"enum", type(value).__name__.encode(), *_parts(value.value)]
    if isinstance(value, np.generic):
        value = value.item() if value.dtype.kind in "biuf" else np.asarray(value)
    if value is None or isinstance(value, (bool, int, str)):
        return [type(value).__name__.encode(), str(value).encode()]
    if isinstance(value, float):
        return [b"float", value.hex().encode()]
    if isinstance(value, np.ndarray):
        if value.dtype.kind not in "biufMm":
            raise TypeError(f"arrays of {value.dtype} have no content hash")
        plain = np.ascontiguousarray(value, dtype=value.dtype.newbyteorder("<"))
        return [b"array", plain.dtype.str.encode(), str(value.shape).encode(), plain.tobytes()]
    if isinstance(value, (tuple, list)):
        parts = [b"list", str(len(value)).encode()]
        for item in value:
            parts += _parts(item)
        return parts
    if is_dataclass(value):
        parts = [b"fields", type(value).__name__.encode()]
        for field in fields(value):
            parts += [field.name.encode(), *_parts(getattr(value, field.name))]
        return parts
    raise TypeError(f"{type(value).__name__} has no content hash")


@cache
def simulation_sources_hash() -> str:
    """A hash of the sources that decide what calls a centre has and how they are counted, 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for package, pattern in _SOURCES:
        for path in sorted(Path(str(files(package))).glob(pattern)):
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


class BatchFolder:
    """A folder of finished batches, see the module. Several processes may use one at the same time.

    Raises:
        BadInput: the folder cannot be made or written.
    """

    def __init__(self, folder: Path, *, bytes_max: int = BYTES_MAX) -> None:
        self.folder = folder
        self.bytes_max = bytes_max
        self.recalled = 0
        """Replications read instead of played."""
        self._names: WeakKeyDictionary[Centre, Path] = WeakKeyDictionary()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            raise BadInput(say("cannot write to {folder}: {reason}", folder=folder, reason=os_reason(error))) from None

    def _of(self, centre: Centre) -> Path:
        if centre not in self._names:
            name = hashlib.sha256((centre_hash(centre) + simulation_sources_hash()).encode()).hexdigest()[:32]
            self._names[centre] = self.folder / name
        return self._names[centre]

    def _file(self, centre: Centre, batch: Batch) -> Path:
        return self._of(centre) / f"{batch.seed}-{batch.first}-{batch.size}.parquet"

    def recall(self, centre: Centre, batch: Batch) -> pd.DataFrame | None:
        """The counts of the batch, None if there is no sound file of it."""
        path = self._file(centre, batch)
        if not path.is_file():
            return None
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            counts: pd.DataFrame = pq.read_table(path, page_checksum_verification=True).to_pandas()
        except (pa.ArrowException, OSError, ValueError):
            return None
        if not _sound(counts, centre, batch):
            return None
        os.utime(path.parent)
        self.recalled += batch.size
        return counts

    def keep(self, centre: Centre, batch: Batch, counts: pd.DataFrame) -> None:
        """Write the batch down; it appears whole or not at all.

        Raises:
            BadInput: the folder cannot be written.
        """
        path = self._file(centre, batch)
        temporary: str | None = None
        try:
            path.parent.mkdir(exist_ok=True)
            handle, temporary = tempfile.mkstemp(prefix=_UNFINISHED, dir=path.parent)
            os.close(handle)
            import pyarrow as pa
            import pyarrow.parquet as pq

            table = pa.Table.from_pandas(counts, preserve_index=False)
            pq.write_table(table, temporary, compression="zstd", write_page_checksum=True)
            Path(temporary).replace(path)
        except OSError as error:
            if temporary is not None:
                Path(temporary).unlink(missing_ok=True)
            raise BadInput(
                say("cannot write to {folder}: {reason}", folder=path.parent, reason=os_reason(error))
            ) from None

    def tidy(self) -> None:
        """Cut the folder to its size: centres not used for the longest go first, those of this run stay.

        Files that a killed run left unfinished go, too. Files that others remove meanwhile are no error.
        """
        kept = set(self._names.values())
        sizes: dict[Path, int] = {}
        for part in (p for p in self.folder.iterdir() if p.is_dir()):
            sizes[part] = 0
            for path in part.iterdir():
                try:
                    about = path.stat()
                except FileNotFoundError:
                    continue
                if path.name.startswith(_UNFINISHED) and time.time() - about.st_mtime > ABANDONED_AFTER_S:
                    path.unlink(missing_ok=True)
                else:
                    sizes[part] += about.st_size
        total = sum(sizes.values())
        for part in sorted(sizes.keys() - kept, key=_used_at):
            if total <= self.bytes_max:
                break
            shutil.rmtree(part, ignore_errors=True)
            total -= sizes[part]


def _used_at(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _sound(counts: pd.DataFrame, centre: Centre, batch: Batch) -> bool:
    if list(counts.columns) != ["replication", "line", "date", *COUNTS]:
        return False
    cells = len(centre.line_ids) * len(centre.dates)
    numbers = np.repeat(np.arange(batch.first, batch.first + batch.size), cells)
    return len(counts) == len(numbers) and bool((counts["replication"].to_numpy() == numbers).all())
