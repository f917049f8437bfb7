"""Files on their way into the store: received in pieces, looked at, imported, and then gone.

``WFM_HOME/uploads/TOKEN/`` holds one: the file itself under its own name, ``upload.json`` (whose it is), ``problems.csv`` (rows that
cannot be used, without any number that might be a caller's) and the mapping in the making. A file may hold callers' numbers;
so only its owner may read it, it goes as soon as it is imported, and after :data:`KEPT_H` hours whatever happened.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from wfm.errors import BadInput
from wfm.i18n import LANGUAGES, Language, say, use_language
from wfm.records.whole_files import write_whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wfm.records.rejecting import Rejected

__all__ = ["BYTES_MAX", "KEPT_H", "Upload", "Uploads"]

BYTES_MAX = 512 * 2**20
"""Bytes of one file, where no other bound is asked for."""
KEPT_H = 24
"""Hours after which a file goes that nobody imported."""
TOLD_DAYS = 30
"""Days for which it can be looked up what came of an import."""
MIB = 2**20

_TOKEN = re.compile(r"[0-9a-f]{16}")


class _Unused(Protocol):
    """What an import turned away."""

    @property
    def rejected(self) -> Sequence[Rejected]: ...

    @property
    def left_out(self) -> Sequence[Rejected]: ...

    @property
    def duplicates(self) -> Sequence[Rejected]: ...


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was received."""

    token: str
    name: str
    size: int
    hotline: str
    who: str
    at: str
    """When it came, ISO, UTC."""


class Uploads:
    """The files under ``home``."""

    def __init__(self, home: Path) -> None:
        self.folder = Path(home) / "uploads"

    def receive(self, blocks: Iterable[bytes], name: str, *, hotline: str, who: str, most: int = BYTES_MAX) -> Upload:
        """Write a file as it comes; nothing is left of one that is too large or breaks off.

        Raises:
            BadInput: it is empty, or larger than ``most`` bytes.
        """
        self.sweep()
        token = secrets.token_hex(8)
        place = self.folder / token
        place.mkdir(parents=True, mode=0o700)
        try:
            kept = plain_file_name(name)
            size = 0
            handle = os.open(place / kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                for block in blocks:
                    size += len(block)
                    if size > most:
                        raise BadInput(
                            say(
                                "{name}: is larger than {most} MiB, the most that is taken", name=kept, most=most // MIB
                            )
                        )
                    file.write(block)
            if not size:
                raise BadInput(say("{name}: the file is empty", name=kept))
            upload = Upload(token, kept, size, hotline, who, datetime.now(UTC).isoformat(timespec="seconds"))
            write_whole(place / "upload.json", json.dumps(asdict(upload), ensure_ascii=False).encode())
            return upload
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)
            raise

    def get(self, token: str) -> Upload:
        """The upload of this token.

        Raises:
            BadInput: there is none (any more).
        """
        try:
            if _TOKEN.fullmatch(token):
                return Upload(**json.loads((self.folder / token / "upload.json").read_bytes()))
        except (OSError, ValueError, TypeError):
            pass
        raise BadInput(say("This file is not here any more; choose it again."))

    def file(self, upload: Upload) -> Path:
        """The file itself.

        Raises:
            BadInput: it is gone, as it was imported or too old.
        """
        path = self.folder / upload.token / upload.name
        if not path.is_file():
            raise BadInput(
                say("{name} was imported or is too old, and is not kept; choose it again.", name=upload.name)
            )
        return path

    def scratch(self, upload: Upload) -> Path:
        """A folder for short-lived copies beside the file."""
        return self.folder / upload.token / f"first-{secrets.token_hex(4)}"

    def forget_file(self, upload: Upload) -> None:
        """Remove the file itself; what came of it can still be looked up."""
        (self.folder / upload.token / upload.name).unlink(missing_ok=True)

    def forget(self, upload: Upload) -> None:
        """Remove the file and all that was told of it."""
        shutil.rmtree(self.folder / upload.token, ignore_errors=True)

    def keep_problems(self, upload: Upload, result: _Unused) -> None:
        """List the rows that cannot be used: line, kind, reason, in each language. No caller's number is in it."""
        rows = sorted([*result.rejected, *result.left_out, *result.duplicates], key=lambda r: r.row)
        for chosen in LANGUAGES:
            with use_language(chosen):
                out = io.StringIO()
                writer = csv.writer(out, lineterminator="\n")
                writer.writerow([say("row number"), say("code"), say("reason")])
                writer.writerows([r.row, r.code, r.reason] for r in rows)
            write_whole(self._problems(upload, chosen), out.getvalue().encode("utf-8-sig"))

    def problems(self, upload: Upload, chosen: Language) -> bytes:
        """The list of :meth:`keep_problems` as CSV; empty where there is none."""
        path = self._problems(upload, chosen)
        return path.read_bytes() if path.is_file() else b""

    def _problems(self, upload: Upload, chosen: Language) -> Path:
        return self.folder / upload.token / f"problems-{chosen}.csv"

    def keep(self, upload: Upload, name: str, told: dict[str, Any]) -> None:
        """Keep plain values beside the file."""
        write_whole(self.folder / upload.token / f"{name}.told.json", json.dumps(told, ensure_ascii=False).encode())

    def kept(self, upload: Upload, name: str) -> dict[str, Any] | None:
        """What :meth:`keep` kept under this name; None if nothing."""
        path = self.folder / upload.token / f"{name}.told.json"
        try:
            told: dict[str, Any] = json.loads(path.read_bytes())
        except (OSError, ValueError):
            return None
        return told

    def sweep(self) -> None:
        """Remove files that nobody imported in time, and what was told of old ones."""
        now = time.time()
        for place in self.folder.glob("*"):
            try:
                age_h = (now - place.stat().st_mtime) / 3600
                if age_h > TOLD_DAYS * 24:
                    shutil.rmtree(place, ignore_errors=True)
                    continue
                upload = self.get(place.name)
                received = datetime.fromisoformat(upload.at).timestamp()
                if (now - received) / 3600 > KEPT_H:
                    self.forget_file(upload)
            except (OSError, BadInput, ValueError):
                if place.is_dir() and now - place.stat().st_mtime > KEPT_H * 3600:
                    shutil.rmtree(place, ignore_errors=True)


def plain_file_name(name: str) -> str:
    """The last part of a name, without what a file system or a reader could take for something else."""
    last = re.split(r"[\\/]", name)[-1]
    kept = "".join(sign for sign in last if sign.isprintable() and sign not in '<>:"|?*').strip(" .")[-120:]
    reserved = kept.endswith(".told.json") or kept.startswith("problems-") or kept in ("upload.json", "")
    return f"file-{kept}" if reserved else kept
