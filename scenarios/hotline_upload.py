"""A hotline's files brought in from outside: looked at in a room of their own first, then put in place whole, the old ones kept.

Only names that a hotline's folder knows are taken; nothing of an archive is written where its own names say.
"""

from __future__ import annotations

import io
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from scenarios.scenario import Scenario, load_scenario
from scenarios.whole_folder import write_folder
from wfm.errors import BadInput
from wfm.hotline import library_names
from wfm.hotline.reading import HOTLINE_FILE
from wfm.i18n import list_words, say
from wfm.os_reason import os_reason

__all__ = [
    "PEOPLE_FILES",
    "UPLOAD_MB_MOST",
    "CheckedHotline",
    "check_files",
    "files_of_archive",
    "files_of_upload",
    "kept_before",
    "put_back",
    "put_in_place",
]

UPLOAD_MB_MOST = 5
"""Size of an upload, packed."""
_UNPACKED_MB_MOST = 30
_ENTRIES_MOST = 60
_TABLES = ("agents", "leave", "wishes", "pins", "busy", "balances")
PEOPLE_FILES = tuple(f"{stem}{suffix}" for stem in _TABLES for suffix in (".csv", ".xlsx"))
"""Files of people that may be brought in one by one."""
_TAKEN = (HOTLINE_FILE, *PEOPLE_FILES)
_IGNORED = ("README.md", "README.txt", ".DS_Store", "Thumbs.db")
_BEFORE = "hotlines-before"
_KEPT_BEFORE = 10


@dataclass(frozen=True, slots=True)
class CheckedHotline:
    """Files that make a hotline without a mistake.

    Attributes:
        scenario: the hotline and its people as read; its folder is gone.
        files: name and content of each file of the folder to be.
        replaces: whether one's own folder of this name is replaced.
        hides_shipped: whether a shipped hotline has this name, which it then hides.
        left_out: names of the upload that no hotline's folder knows.
    """

    scenario: Scenario
    files: dict[str, bytes]
    replaces: bool
    hides_shipped: bool
    left_out: tuple[str, ...] = ()


def files_of_upload(name: str, content: bytes) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Files of an upload by their names, and what of it is left out: an archive of a hotline's folder, or a file of people.

    Raises:
        BadInput: it is too large, of another kind, or an archive that cannot be trusted.
    """
    if len(content) > UPLOAD_MB_MOST * 1_000_000:
        raise BadInput(say("{name}: the file is larger than {most} MB", name=name, most=UPLOAD_MB_MOST))
    plain = PurePosixPath(name.replace("\\", "/")).name
    if plain.lower().endswith(".zip"):
        return files_of_archive(plain, content)
    if plain in PEOPLE_FILES or plain == HOTLINE_FILE:
        return {plain: content}, ()
    raise BadInput(
        say(
            "{name}: a ZIP archive of a hotline's folder is needed, or one of its files: {known}",
            name=plain,
            known=list_words([HOTLINE_FILE, "agents.csv", "leave.csv", "agents.xlsx", "leave.xlsx"]),
        )
    )


def files_of_archive(name: str, content: bytes) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Files of a ZIP archive of one hotline's folder, by their bare names, and the names that are left out.

    Raises:
        BadInput: no ZIP, encrypted, too large or too many entries, a path that leads outside, a link, or no ``hotline.yaml``.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise BadInput(say("{name}: is no ZIP archive that can be read", name=name)) from None
    if len(entries) > _ENTRIES_MOST:
        raise BadInput(
            say(
                "{name}: holds {found} files; at most {most} are taken",
                name=name,
                found=len(entries),
                most=_ENTRIES_MOST,
            )
        )
    found: dict[str, bytes] = {}
    folders: set[PurePosixPath] = set()
    left_out: list[str] = []
    room = _UNPACKED_MB_MOST * 1_000_000
    for entry in entries:
        path = _safe_path(name, entry)
        if any(part.startswith((".", "__MACOSX")) for part in path.parts) or path.name in _IGNORED:
            continue
        if path.name not in _TAKEN or len(path.parts) > 2:
            left_out.append(str(path))
            continue
        folders.add(path.parent)
        inside = _unpacked(name, archive, entry, room)
        room -= len(inside)
        found[path.name] = inside
    if HOTLINE_FILE not in found:
        raise BadInput(say("{name}: holds no {file}", name=name, file=HOTLINE_FILE))
    if len(folders) > 1:
        raise BadInput(say("{name}: holds the files of several folders; pack the folder of one hotline", name=name))
    return found, tuple(left_out)


def _safe_path(name: str, entry: zipfile.ZipInfo) -> PurePosixPath:
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    link = stat.S_ISLNK(entry.external_attr >> 16)
    if link or path.is_absolute() or ".." in path.parts or ":" in entry.filename or "\0" in entry.filename:
        raise BadInput(
            say("{name}: {entry} would lead outside its folder; nothing is taken", name=name, entry=path.name)
        )
    if entry.flag_bits & 0x1:
        raise BadInput(say("{name}: is protected by a password; pack it without", name=name))
    return path


def _unpacked(name: str, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int) -> bytes:
    """Content of an entry; no more is unpacked than there is room for, whatever its head says."""
    try:
        with archive.open(entry) as opened:
            inside = opened.read(room + 1)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError):
        raise BadInput(say("{name}: {entry} cannot be unpacked", name=name, entry=entry.filename)) from None
    if len(inside) > room:
        raise BadInput(say("{name}: unpacks to more than {most} MB", name=name, most=_UNPACKED_MB_MOST))
    return inside


def check_files(
    hotlines: Path, files: Mapping[str, bytes], onto: Path | None = None, left_out: tuple[str, ...] = ()
) -> CheckedHotline:
    """The hotline that these files make.

    Args:
        hotlines: folder of one's own hotlines.
        files: name and content.
        onto: folder of an own hotline that they are put into; its other files stay. Empty: they are the whole folder.
        left_out: names that were left out before.

    Raises:
        BadInput: a mistake in a file, named with file, line and column; or files without ``hotline.yaml``.
    """
    whole: dict[str, bytes] = {}
    if onto is not None:
        stems = {Path(name).stem for name in files if name != HOTLINE_FILE}
        for path in sorted(onto.iterdir()):
            # A new agents.csv takes the place of agents.xlsx too.
            if path.is_file() and path.name in _TAKEN and path.stem not in stems:
                whole[path.name] = path.read_bytes()
    whole |= files
    if HOTLINE_FILE not in whole:
        raise BadInput(say("choose the hotline that these files belong to; they hold no {file}", file=HOTLINE_FILE))
    room = Path(tempfile.mkdtemp(prefix="wfm-hotline-"))
    try:
        for name, content in whole.items():
            (room / name).write_bytes(content)
        try:
            scenario = load_scenario(room)
        except BadInput as error:
            raise BadInput(str(error).replace(f"{room}/", "").replace(str(room), say("the upload"))) from None
    finally:
        shutil.rmtree(room, ignore_errors=True)
    name = scenario.hotline.id
    if onto is not None and onto.name != name:
        raise BadInput(
            say(
                "the files are of {found}, not of {wanted}; upload the whole folder instead",
                found=name,
                wanted=onto.name,
            )
        )
    return CheckedHotline(
        scenario=scenario,
        files=whole,
        replaces=(hotlines / name).is_dir(),
        hides_shipped=name in library_names(),
        left_out=left_out,
    )


def put_in_place(hotlines: Path, checked: CheckedHotline, now: datetime | None = None) -> Path:
    """Write the hotline's folder, whole or not at all; the one before is kept. Returns the folder.

    Raises:
        BadInput: it cannot be written; what was there stays.
    """
    folder = hotlines / checked.scenario.hotline.id
    try:
        hotlines.mkdir(parents=True, exist_ok=True)
        if folder.is_dir():
            _keep(hotlines, folder, now or datetime.now(UTC))
    except OSError as error:
        raise BadInput(say("cannot write to {folder}: {reason}", folder=folder, reason=os_reason(error))) from None
    write_folder(folder, checked.files)
    return folder


def _keep(hotlines: Path, folder: Path, now: datetime) -> None:
    place = hotlines.parent / _BEFORE / folder.name
    place.mkdir(parents=True, exist_ok=True)
    shutil.copytree(folder, place / f"{now.astimezone(UTC):%Y%m%dT%H%M%S%f}")
    for old in sorted(place.iterdir())[:-_KEPT_BEFORE]:
        shutil.rmtree(old, ignore_errors=True)


def kept_before(hotlines: Path, name: str) -> Path | None:
    """The files that a hotline had before its last change; None where it was never changed."""
    place = hotlines.parent / _BEFORE / name
    return max(place.iterdir(), default=None) if place.is_dir() else None


def put_back(hotlines: Path, name: str, now: datetime | None = None) -> Path:
    """Exchange a hotline's files for those before its last change. Returns the folder.

    Raises:
        BadInput: nothing was kept, or it cannot be written.
    """
    kept = kept_before(hotlines, name)
    if kept is None:
        raise BadInput(say("nothing is kept from before of {name}", name=name))
    files = {path.name: path.read_bytes() for path in kept.iterdir() if path.is_file()}
    folder = hotlines / name
    if folder.is_dir():
        _keep(hotlines, folder, now or datetime.now(UTC))
    write_folder(folder, files)
    shutil.rmtree(kept, ignore_errors=True)
    return folder
