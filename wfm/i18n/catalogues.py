"""Keep the message catalogues true: extract from the code, report what is missing, compile.

One catalogue per room (``calendar``, ``hotline``, …, ``cli``, ``scheduler``, ``dashboard``)::

    python -m wfm.i18n.catalogues update [ROOM …]    # add new messages, drop those no longer said
    python -m wfm.i18n.catalogues check  [ROOM …]    # untranslated or stale: exit code 1
    python -m wfm.i18n.catalogues compile [ROOM …]   # .po -> .mo
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from wfm.i18n import LOCALE_FOLDER

__all__ = ["compile_room", "find_problems", "room_names", "update_room"]

ROOT = Path(__file__).parents[2]
KEYWORDS: dict[str, tuple[int, ...] | None] = {"say": None, "both": None, "_": None}
TOP_ROOMS = ("simulation", "scheduler", "scenarios", "dashboard")


def _folder(room: str) -> Path:
    return ROOT / room if room in TOP_ROOMS else ROOT / "wfm" / room


def _po(room: str) -> Path:
    return LOCALE_FOLDER / "zh" / "LC_MESSAGES" / f"{room}.po"


def room_names() -> list[str]:
    """Every room that may speak: the packages and modules of ``wfm`` and the top-level rooms."""
    inside = {p.stem for p in (ROOT / "wfm").iterdir() if p.suffix == ".py" or (p / "__init__.py").is_file()}
    return sorted(inside - {"__init__", "i18n"}) + list(TOP_ROOMS)


def _messages(room: str) -> Catalog:
    found = Catalog(locale="zh", project="hotline-wfm")
    folder = _folder(room)
    if folder.is_dir():
        rows = extract_from_dir(str(folder), method_map=[("**.py", "python")], keywords=KEYWORDS)
        said = [(f"{folder.name}/{name}", message) for name, _line, message, _comments, _context in rows]
    else:
        from babel.messages.extract import extract_from_file

        rows2 = extract_from_file("python", str(folder) + ".py", keywords=KEYWORDS)
        said = [(f"{room}.py", message) for _line, message, _comments, _context in rows2]
    for where, message in said:
        text = message if isinstance(message, str) else message[0]
        if text:
            found.add(text, locations=[(where, 0)])
    return found


def _read(room: str) -> Catalog:
    path = _po(room)
    if not path.exists():
        return Catalog(locale="zh", project="hotline-wfm")
    with path.open("rb") as file:
        return read_po(file, locale="zh")


def update_room(room: str) -> int:
    """Write the room's catalogue anew, keeping translations; returns how many are still missing."""
    found, known = _messages(room), _read(room)
    missing = 0
    for message in found:
        if message.id:
            old = known.get(message.id)
            message.string = old.string if old is not None else ""
            missing += not message.string
    path = _po(room)
    if len(found) == 0:
        path.unlink(missing_ok=True)
        path.with_suffix(".mo").unlink(missing_ok=True)
        return 0
    buffer = BytesIO()
    write_po(buffer, found, sort_output=True, width=120, omit_header=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    header = b'msgid ""\nmsgstr ""\n"Language: zh\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    path.write_bytes(header + buffer.getvalue())
    return missing


def find_problems(room: str) -> list[str]:
    """What keeps the room from speaking Chinese: missing, stale or ill-filled messages."""
    found, known = _messages(room), _read(room)
    said = {m.id for m in found if m.id}
    problems = [f"{room}: nobody says {m.id!r} any more" for m in known if m.id and m.id not in said]
    for key in sorted(said, key=str):
        old = known.get(key)
        if old is None or not old.string:
            problems.append(f"{room}: no Chinese for {key!r}")
        elif _fields(str(key)) != _fields(str(old.string)):
            problems.append(f"{room}: other fields in the Chinese of {key!r}")
    mo = _po(room).with_suffix(".mo")
    if said and (not mo.exists() or mo.read_bytes() != _compiled(room)):
        problems.append(f"{room}: {mo.name} is not compiled from {_po(room).name}")
    return problems


def _fields(template: str) -> set[str]:
    from string import Formatter

    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def _compiled(room: str) -> bytes:
    catalogue = _read(room)
    catalogue.creation_date = catalogue.revision_date = datetime(2026, 1, 1, tzinfo=UTC)  # same words, same bytes
    buffer = BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def compile_room(room: str) -> None:
    """Write the room's ``.mo`` from its ``.po``."""
    if _po(room).exists():
        _po(room).with_suffix(".mo").write_bytes(_compiled(room))


def main(arguments: list[str]) -> int:
    """Command line; returns the exit code."""
    action, rooms = arguments[0] if arguments else "check", arguments[1:] or room_names()
    if action == "update":
        for room in rooms:
            print(f"{room}: {update_room(room)} untranslated")
        return 0
    if action == "compile":
        for room in rooms:
            compile_room(room)
        return 0
    problems = [line for room in rooms for line in find_problems(room)]
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
