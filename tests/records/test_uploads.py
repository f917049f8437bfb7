"""Files on their way into the store: bounded, private to the server, gone when imported or old."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from wfm.errors import BadInput
from wfm.records.rejecting import Rejected
from wfm.records.uploads import KEPT_H, Upload, Uploads, plain_file_name


def received(uploads: Uploads, name: str = "话单.csv", *blocks: bytes) -> Upload:
    return uploads.receive(blocks or (b"a,b\n", b"1,2\n"), name, hotline="h", who="wang", most=100)


def test_a_file_is_received_whole_under_its_name_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    upload = received(uploads)
    assert (upload.name, upload.size, upload.hotline, upload.who) == ("话单.csv", 8, "h", "wang")
    path = uploads.file(upload)
    assert path.read_bytes() == b"a,b\n1,2\n"
    assert uploads.get(upload.token) == upload
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("blocks", [(b"x" * 60, b"x" * 60), (b"",)])
def test_nothing_is_left_of_a_file_too_large_or_empty(tmp_path: Path, blocks: tuple[bytes, ...]) -> None:
    uploads = Uploads(tmp_path)
    with pytest.raises(BadInput, match=r"larger than|is empty"):
        received(uploads, "x.csv", *blocks)
    assert list(uploads.folder.iterdir()) == []


def test_nothing_is_left_of_a_file_that_breaks_off(tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"a,b\n"
        raise ConnectionError

    uploads = Uploads(tmp_path)
    with pytest.raises(ConnectionError):
        uploads.receive(broken(), "x.csv", hotline="h", who="")
    assert list(uploads.folder.iterdir()) == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\wang\\话单.xlsx", "话单.xlsx"),
        ("upload.json", "file-upload.json"),
        ("..", "file-"),
        ("a\x00b\n.csv", "ab.csv"),
    ],
)
def test_names_cannot_leave_the_folder_or_hide_what_is_kept(given: str, kept: str) -> None:
    assert plain_file_name(given) == kept


@pytest.mark.parametrize("token", ["", "../x", "0" * 15, "zz" * 8, "0" * 16])
def test_unknown_tokens_are_told_in_a_sentence(tmp_path: Path, token: str) -> None:
    with pytest.raises(BadInput, match="not here any more"):
        Uploads(tmp_path).get(token)


def test_old_files_go_and_what_came_of_them_can_still_be_looked_up(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    old, new = received(uploads), received(uploads)
    place = uploads.folder / old.token / "upload.json"
    told = json.loads(place.read_text())
    told["at"] = (datetime.now(UTC) - timedelta(hours=KEPT_H + 1)).isoformat()
    place.write_text(json.dumps(told))
    uploads.keep(old, "result", {"calls": 3})
    uploads.sweep()
    with pytest.raises(BadInput, match="is not kept"):
        uploads.file(uploads.get(old.token))
    assert uploads.kept(uploads.get(old.token), "result") == {"calls": 3}
    assert uploads.file(new).exists()


def test_problems_are_listed_by_row_in_both_languages(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    upload = received(uploads)
    rows = SimpleNamespace(
        rejected=[Rejected(7, "unknown_outcome", "结果", "'奇怪'", "接通")],
        left_out=[Rejected(3, "no_time", "来电时间")],
        duplicates=[],
    )
    uploads.keep_problems(upload, rows)
    english = uploads.problems(upload, "en").decode("utf-8-sig").splitlines()
    chinese = uploads.problems(upload, "zh").decode("utf-8-sig").splitlines()
    assert english[1].startswith("3,no_time,")
    assert english[2].startswith("7,unknown_outcome,")
    assert chinese[0] == "行号,代码,原因"
    assert chinese[1] != english[1]
