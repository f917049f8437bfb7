"""Reading text that people wrote with whatever program they have: UTF-8, with or without a byte-order
mark, UTF-16, or GBK/GB18030 as Chinese Excel and Notepad save it."""

from __future__ import annotations

import codecs
from pathlib import Path

from wfm.errors import BadInput
from wfm.i18n import say
from wfm.os_reason import os_reason

__all__ = ["SIZE_MAX", "decode_text", "read_bytes", "read_text"]

SIZE_MAX = 5_000_000
"""Largest configuration file that is read, in bytes."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_bytes(path: Path, size_max: int = SIZE_MAX) -> bytes:
    """The file's bytes.

    Raises:
        BadInput: the file is missing, is a folder, cannot be read, or is larger than ``size_max``.
    """
    try:
        if path.is_dir():
            raise BadInput(say("{path}: is a folder, a file is needed", path=path))
        size = path.stat().st_size
        if size > size_max:
            raise BadInput(
                say(
                    "{path}: holds {size:,} bytes; files of at most {most:,} bytes are read",
                    path=path,
                    size=size,
                    most=size_max,
                )
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise BadInput(say("{path}: there is no such file", path=path)) from None
    except OSError as error:
        raise BadInput(say("{path}: cannot be read ({reason})", path=path, reason=os_reason(error))) from None


def decode_text(content: bytes, name: str) -> str:
    """``content`` as text; line ends become ``\\n``.

    A byte-order mark decides; without one UTF-8 is tried, then GB18030 (which contains GBK and GB2312).

    Raises:
        BadInput: neither fits, or the file holds zero bytes as no text does.
    """
    encodings = [encoding for mark, encoding in _MARKS if content.startswith(mark)] or ["utf-8", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text.replace("\r\n", "\n").replace("\r", "\n")
    raise BadInput(say("{name}: is not a text file in UTF-8 or GBK", name=name))


def read_text(path: Path, size_max: int = SIZE_MAX) -> str:
    """The file's text, whatever of these encodings it is in.

    Raises:
        BadInput: see :func:`read_bytes` and :func:`decode_text`.
    """
    return decode_text(read_bytes(path, size_max), path.name)
