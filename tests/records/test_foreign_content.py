"""Files from outside are looked at before anything reads them: kinds by content, archives that would burst, names that lie."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from wfm.errors import BadInput
from wfm.records import foreign_content
from wfm.records.foreign_content import check_content


def test_kinds_are_known_by_content_whatever_the_name(tmp_path: Path) -> None:
    frame = pd.DataFrame({"来电时间": ["2026-09-14 08:00:00"], "结果": ["接通"]})
    places = {name: tmp_path / name for name in ("calls.xlsx", "calls.parquet", "gbk.dat", "log")}
    frame.to_excel(places["calls.xlsx"], index=False)
    frame.to_parquet(places["calls.parquet"])
    frame.to_csv(places["gbk.dat"], index=False, encoding="gbk")
    places["log"].write_text("1789430400|1.1|general|NONE|ENTERQUEUE||138|1\n")
    found = {name: check_content(path) for name, path in places.items()}
    assert found == {"calls.xlsx": "workbook", "calls.parquet": "parquet", "gbk.dat": "text", "log": "text"}
    lying = tmp_path / "calls.csv"
    lying.write_bytes(places["calls.xlsx"].read_bytes())
    assert check_content(lying) == "workbook"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"%PDF-1.7 ...", "kind PDF"),
        (b"\x1f\x8b\x08\x00abc", "kind gzip"),
        (b"MZ\x90\x00\x03\x00\x00\x00", "kind EXE"),
        (b"\x00\x01\x02\x03binary\x00\xff", "not a text"),
        (b"", "empty"),
        (b"PK\x03\x04 cut off", "not an Excel workbook"),
        (b"PAR1 cut off", "not a Parquet file"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=told) as refused:
        check_content(path)
    assert "\n" not in str(refused.value)


def test_an_archive_of_files_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("calls.csv", "a,b\n1,2\n")
    with pytest.raises(BadInput, match="archive and no workbook"):
        check_content(path)


def test_a_workbook_that_bursts_is_refused_even_if_its_directory_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten MiB of zeros pack into ten kB; then the directory is changed to say that they are 99 bytes."""
    monkeypatch.setattr(foreign_content, "UNPACKED_MAX", 4 * 2**20)
    path = tmp_path / "bomb.xlsx"
    size = 10 * 2**20
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * size)
    assert path.stat().st_size < 100_000
    with pytest.raises(BadInput, match="unpacks to more than 4 MiB"):
        check_content(path)
    content = path.read_bytes()
    assert content.count(struct.pack("<I", size)) == 2
    lying = tmp_path / "lying.xlsx"
    lying.write_bytes(content.replace(struct.pack("<I", size), struct.pack("<I", 99)))
    with zipfile.ZipFile(lying) as archive:
        assert archive.infolist()[1].file_size == 99
    with pytest.raises(BadInput, match="unpacks to more than 4 MiB"):
        check_content(lying)


def test_a_workbook_within_bounds_passes(tmp_path: Path) -> None:
    path = tmp_path / "calls.xlsx"
    pd.DataFrame({"a": range(100)}).to_excel(path, index=False)
    assert check_content(path) == "workbook"


def test_a_parquet_file_of_too_many_rows_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign_content, "PARQUET_ROWS_MAX", 99)
    path = tmp_path / "calls.parquet"
    pd.DataFrame({"a": range(100)}).to_parquet(path)
    with pytest.raises(BadInput, match="100 rows"):
        check_content(path)
