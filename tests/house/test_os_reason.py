"""Why the system refused a file, in both languages."""

import errno
import socket
from pathlib import Path

import pytest

from wfm.i18n import use_language
from wfm.os_reason import os_reason


def test_common_reasons_are_said_in_both_languages(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file") as missing:
        (tmp_path / "none").read_text(encoding="utf-8")
    with use_language("en"):
        assert os_reason(missing.value) == "there is no such file or folder"
        assert os_reason(OSError(errno.ENOSPC, "x")) == "the disk is full"
    with use_language("zh"):
        assert os_reason(missing.value) == "没有这个文件或文件夹"
        assert os_reason(PermissionError(errno.EACCES, "Permission denied")) == "没有权限"
        assert os_reason(socket.gaierror(-2, "Name or service not known")) == "找不到该名称的主机"


def test_other_reasons_are_in_the_systems_words() -> None:
    assert os_reason(OSError(errno.ELOOP, "Too many levels of symbolic links")) == "Too many levels of symbolic links"
    assert os_reason(OSError("something")) == "something"
    assert os_reason(OSError()) == "OSError"
