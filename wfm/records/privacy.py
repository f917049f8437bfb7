"""Where records live, and how a phone number becomes a key that cannot be turned back.

A number is hashed with HMAC-SHA256 (RFC 2104) under a secret key and cut to 96 bits: enough to see
that the same caller called again, useless to whoever lacks the key. The number itself never reaches
disk, a log or a message.
"""

from __future__ import annotations

import hmac
import os
import re
import secrets
import unicodedata
from pathlib import Path

from wfm.errors import BadInput
from wfm.home import home_folder
from wfm.i18n import say
from wfm.os_reason import os_reason

__all__ = ["caller_key", "hide_numbers", "home_folder", "phone_key"]

KEY_DIGITS = 24
"""Hexadecimal digits that a caller key keeps."""
_KEY_LENGTH_MIN = 16
_NUMBER = re.compile(r"(?:\+|00)?(?:\d[ \-()]?){7,}|[0-9A-Fa-f]{24,}")
_DATE = re.compile(
    r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:[ T]?\d{1,2}[:时]\d{1,2}(?:[:分]\d{1,2}(?:\.\d{1,6})?)?[分秒]?)?"
)


def phone_key(home: Path) -> bytes:
    """The secret that phone numbers are hashed with: ``WFM_PHONE_KEY``, or ``secret.key`` in ``home``.

    The file is made on first use, 256 random bits that only its owner may read. Losing it loses
    nothing but the link between callers of older and newer records.

    Raises:
        BadInput: ``WFM_PHONE_KEY`` is shorter than 16 characters, or the file cannot be used.
    """
    given = os.environ.get("WFM_PHONE_KEY", "")
    if given:
        if len(given) < _KEY_LENGTH_MIN:
            raise BadInput(say("WFM_PHONE_KEY: needs at least {least} characters", least=_KEY_LENGTH_MIN))
        return given.encode()
    path = home / "secret.key"
    try:
        if not path.exists():
            _create_key(path)
        kept = path.read_text(encoding="ascii").strip()
        key = bytes.fromhex(kept)
    except (ValueError, UnicodeDecodeError):
        key = b""
    except OSError as error:
        raise BadInput(say("{path}: cannot be used ({reason})", path=path, reason=os_reason(error))) from None
    if len(key) < _KEY_LENGTH_MIN:
        raise BadInput(say("{path}: holds no usable key; restore it, or remove it to begin with a new one", path=path))
    return key


def _create_key(path: Path) -> None:
    """Write a new key whole: another process that makes one at the same moment must not read half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32))
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        pass
    except OSError:
        # No hard links on this file system: the last writer wins, before anyone has hashed with it.
        temporary.replace(path)
    temporary.unlink(missing_ok=True)


def plain_number(number: str) -> str:
    """The number as callers share it: digits without spaces, dashes, brackets and the prefix +86 or 0086.

    What holds no digit stays as it is.
    """
    if number.isascii() and number.isdigit() and not number.startswith("00"):
        return number
    text = unicodedata.normalize("NFKC", number).strip().removesuffix(".0")
    bare = re.sub(r"[\s\-()./·]", "", text)
    bare = re.sub(r"^(?:\+|00)86(?=\d{7,})", "", bare)
    return bare if any(c.isdigit() for c in bare) else text


def caller_key(number: str, key: bytes, hotline_id: str) -> str:
    """The keyed hash of a caller's number, 24 hexadecimal digits.

    The hotline's id goes in, so that two hotlines' records cannot be joined on their callers.
    """
    message = f"{hotline_id}\0{plain_number(number)}".encode()
    return hmac.digest(key, message, "sha256").hex()[:KEY_DIGITS]


def hide_numbers(text: str) -> str:
    """``text`` with whatever might be a phone number (seven digits and more) blotted out; dates stay."""
    if _DATE.fullmatch(text.strip()):
        return text
    return _NUMBER.sub("•••", text)
