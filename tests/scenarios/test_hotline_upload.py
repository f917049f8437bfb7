"""Files of a hotline from outside: what is taken, what is refused, and that nothing is half written or lost."""

from __future__ import annotations

import io
import stat
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scenarios.hotline_upload import (
    UPLOAD_MB_MOST,
    check_files,
    files_of_upload,
    kept_before,
    put_back,
    put_in_place,
)
from scenarios.scenario import load_scenario
from wfm.errors import BadInput
from wfm.hotline import library_folder
from wfm.i18n import use_language

COURT = library_folder() / "nanxun-12368"


def court_files() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in COURT.iterdir() if path.is_file()}


def zipped(files: dict[str, bytes], folder: str = "") -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, inside in files.items():
            archive.writestr(f"{folder}{name}", inside)
    return content.getvalue()


@pytest.mark.parametrize("folder", ["", "my-court/"])
def test_a_folder_that_is_packed_is_read(folder: str, tmp_path: Path) -> None:
    files, left_out = files_of_upload("court.zip", zipped({**court_files(), "notes.docx": b"x"}, folder))
    checked = check_files(tmp_path / "hotlines", files, left_out=left_out)
    assert checked.scenario.hotline.id == "nanxun-12368"
    assert len(checked.scenario.agents) == 13
    assert checked.hides_shipped
    assert not checked.replaces
    assert [name.rpartition("/")[2] for name in checked.left_out] == ["notes.docx"]
    assert not (tmp_path / "hotlines").exists()  # looking writes nothing


@pytest.mark.parametrize(
    "name", ["../hotline.yaml", "/etc/hotline.yaml", "a/../../agents.csv", "C:\\agents.csv", "..\\agents.csv"]
)
def test_paths_that_lead_outside_are_refused(name: str) -> None:
    content = zipped({**court_files(), name: b"x"})
    with pytest.raises(BadInput, match="would lead outside"):
        files_of_upload("court.zip", content)


def test_links_are_refused() -> None:
    content = io.BytesIO(zipped(court_files()))
    with zipfile.ZipFile(content, "a") as archive:
        link = zipfile.ZipInfo("leave.csv.link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(BadInput, match="would lead outside"):
        files_of_upload("court.zip", content.getvalue())


def test_what_unpacks_to_too_much_is_refused() -> None:
    bomb = zipped({**court_files(), "agents.csv": b"\0" * 40_000_000})
    assert len(bomb) < UPLOAD_MB_MOST * 1_000_000
    with pytest.raises(BadInput, match="unpacks to more than 30 MB"):
        files_of_upload("court.zip", bomb)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("court.zip", b"no archive", "is no ZIP archive"),
        ("court.zip", zipped({"agents.csv": b"id"}), "holds no hotline.yaml"),
        ("court.zip", zipped({**court_files(), "b/agents.csv": b"id"}), "several folders"),
        ("court.zip", zipped({f"{n}.txt": b"" for n in range(80)}), "at most 60"),
        ("run.exe", b"MZ", "a ZIP archive of a hotline's folder is needed"),
        ("agents.csv", b"x" * (UPLOAD_MB_MOST * 1_000_000 + 1), "larger than 5 MB"),
    ],
)
def test_other_files_are_refused_in_a_sentence(name: str, content: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        files_of_upload(name, content)


def test_a_mistake_is_named_with_its_line_and_not_with_a_hidden_folder(tmp_path: Path) -> None:
    files = court_files()
    text = files["hotline.yaml"].decode()
    line = next(n for n, words in enumerate(text.splitlines(), start=1) if words.strip().startswith("number:"))
    files["hotline.yaml"] = text.replace('number: "12368"', "number: wrong").encode()
    with pytest.raises(BadInput) as caught:
        check_files(tmp_path / "hotlines", files)
    assert f"hotline.yaml:{line}" in str(caught.value)
    assert "wfm-hotline-" not in str(caught.value)


def test_people_of_an_own_hotline_are_exchanged_and_put_back(tmp_path: Path) -> None:
    hotlines = tmp_path / "hotlines"
    place = put_in_place(hotlines, check_files(hotlines, court_files()))
    assert load_scenario(place).hotline.id == "nanxun-12368"
    before = (place / "agents.csv").read_bytes()
    fewer = b"\n".join(before.splitlines()[:3]) + b"\n"
    checked = check_files(hotlines, {"agents.csv": fewer, "leave.csv": b"agent,first,last,reason\n"}, place)
    assert checked.replaces
    put_in_place(hotlines, checked, datetime(2026, 11, 24, tzinfo=UTC))
    assert len(load_scenario(place).agents) == 2
    assert (place / "hotline.yaml").read_bytes() == court_files()["hotline.yaml"]
    assert kept_before(hotlines, "nanxun-12368") is not None
    put_back(hotlines, "nanxun-12368", datetime(2026, 11, 25, tzinfo=UTC))
    assert (place / "agents.csv").read_bytes() == before
    put_back(hotlines, "nanxun-12368", datetime(2026, 11, 26, tzinfo=UTC))  # and forth again
    assert len(load_scenario(place).agents) == 2


def test_files_of_another_hotline_are_refused(tmp_path: Path) -> None:
    hotlines = tmp_path / "hotlines"
    place = put_in_place(hotlines, check_files(hotlines, court_files()))
    other = (library_folder() / "guizhou-12348" / "hotline.yaml").read_bytes()
    agents = (library_folder() / "guizhou-12348" / "agents.csv").read_bytes()
    files = {"hotline.yaml": other, "agents.csv": agents, "leave.csv": b"agent,first,last,reason\n"}
    with pytest.raises(BadInput, match="are of guizhou-12348, not of nanxun-12368"):
        check_files(hotlines, files, place)
    with pytest.raises(BadInput, match="choose the hotline"):
        check_files(hotlines, {"agents.csv": agents})


def test_sentences_are_chinese_too() -> None:
    with use_language("zh"), pytest.raises(BadInput, match="ZIP 压缩包"):
        files_of_upload("court.zip", b"no archive")
