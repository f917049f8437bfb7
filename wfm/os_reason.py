"""Why the operating system refused a file or an address, in the language of the moment; its own words are English."""

from __future__ import annotations

import errno
import socket

from wfm.i18n import Text, both

__all__ = ["os_reason"]

_WORDS: dict[str, Text] = {
    "ENOENT": both("there is no such file or folder"),
    "EACCES": both("you do not have the right to"),
    "EPERM": both("you do not have the right to"),
    "EROFS": both("it can only be read"),
    "ENOSPC": both("the disk is full"),
    "EDQUOT": both("your share of the disk is used up"),
    "EEXIST": both("a file stands in its place"),
    "ENOTDIR": both("a file stands where a folder is needed"),
    "EISDIR": both("it is a folder"),
    "ENAMETOOLONG": both("the name is too long"),
    "EBUSY": both("another program is using it"),
    "EIO": both("the disk reports an error"),
    "EADDRNOTAVAIL": both("this machine does not have that address"),
}
_BY_NUMBER = {getattr(errno, name): words for name, words in _WORDS.items() if hasattr(errno, name)}
_UNKNOWN_NAME = both("no machine of that name is known")


def os_reason(error: OSError) -> str:
    """The reason, as the end of a sentence; in the system's own words where it is an uncommon one."""
    if isinstance(error, socket.gaierror):
        return _UNKNOWN_NAME.of()
    words = _BY_NUMBER.get(error.errno or 0)
    return words.of() if words is not None else error.strerror or str(error) or type(error).__name__
