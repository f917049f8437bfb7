"""``wfm rehearse``: one sentence for what it cannot make, and nothing half-written that a second start trips over."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenarios.whole_folder import new_folder
from wfm.cli.app import run
from wfm.errors import BadInput

COURT = "nanxun-12368"
NOW = "2026-11-26T10:30"


@pytest.fixture(autouse=True)
def only_this_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wfm.cli.app.COMMANDS", ("rehearse",))


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    assert run(["rehearse", *arguments]) == 2
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1, said
    return said


@pytest.mark.parametrize(
    ("arguments", "english", "chinese"),
    [
        (["--now", "2026-02-30T10:00"], "--now: found '2026-02-30T10:00'", "--now：现为 '2026-02-30T10:00'"),
        (["--now", "yesterday"], "--now: found 'yesterday'", "应为时间"),
        (["--now", "0001-01-01T10:00"], "allowed are times of the years 1970 to 2199", "年份应在1970至2199年之间"),
        (["--now", "9999-12-31T10:00"], "allowed are times of the years 1970 to 2199", "年份应在1970至2199年之间"),
        (["--now", "1990-12-31T10:00"], "has not announced the holidays", "尚未公布1990年"),
        (["--days", "-5"], "--days: found '-5', allowed is a number from 14 to 730", "应为14至730之间的数"),
        (["--days", "9" * 5000], f"found '{'9' * 40}…', allowed is a number from 14 to 730", "应为14至730之间的数"),
        (["--days", "28.5"], "--days: found '28.5', allowed is a whole number", "应为整数"),
        (["--seed", "-1"], "--seed: found -1, allowed are whole numbers from 0", "--seed"),
        (["--replications", "1"], "allowed is a number from 2 to 10000", "应为2至10000之间的数"),
    ],
)
def test_impossible_numbers_and_moments(
    arguments: list[str], english: str, chinese: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = [COURT, "--out", str(tmp_path / "new"), *(["--now", NOW] if "--now" not in arguments else []), *arguments]
    assert english in refused(capsys, *asked)
    assert chinese in refused(capsys, *asked, "--lang", "zh")
    assert list(tmp_path.iterdir()) == []


def test_places_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a file"
    file.write_text("x", encoding="utf-8")
    full = tmp_path / "满"
    full.mkdir()
    (full / "x").touch()
    asked = [COURT, "--now", NOW, "--out"]
    assert "a file is a file; choose a new folder" in refused(capsys, *asked, str(file))
    assert "满 is not empty; choose a new folder" in refused(capsys, *asked, str(full))
    below = refused(capsys, *asked, str(file / "below"), "--lang", "zh")
    assert f"无法写入 {file / 'below'}：" in below
    assert "是一个文件" in below
    assert "名称过长" in refused(capsys, *asked, str(tmp_path / ("长" * 200)), "--lang", "zh")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a file", "满"]


def test_a_hotline_that_cannot_be_read_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "own").mkdir()
    file = tmp_path / "own" / "hotline.yaml"
    file.write_bytes(b"id: own\nname: {en: Own, zh: \xff\xfe\xff}\n")
    asked = [str(tmp_path / "own"), "--out", str(tmp_path / "new")]
    assert "hotline.yaml: is not a text file in UTF-8 or GBK" in refused(capsys, *asked)
    file.write_bytes("id: own\nname: 南浔热线: 12368\n".encode("gbk"))  # as Chinese Windows writes it: read, and judged
    assert "hotline.yaml:2:" in refused(capsys, *asked)
    assert "no hotline 'nowhere'" in refused(capsys, "nowhere", *asked[1:])


@pytest.mark.parametrize(("fault", "code"), [(KeyboardInterrupt(), 130), (OSError(28, "No space left"), 2)])
def test_what_is_interrupted_leaves_nothing(
    fault: BaseException,
    code: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def planned(*_: object) -> None:
        raise fault

    monkeypatch.setattr("scenarios.rehearsal.plan_hotline", planned)  # the records are written by then
    assert run(["rehearse", COURT, "--now", NOW, "--days", "14", "--out", str(tmp_path / "new")]) == code
    said = capsys.readouterr().err.splitlines()[-1]
    assert said == ("interrupted; nothing half-written is left" if code == 130 else said)
    assert code == 130 or said.endswith("the disk is full")
    assert list(tmp_path.iterdir()) == []


def test_a_new_folder_appears_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = tmp_path / "演练 #1? %41"
    with new_folder(odd) as partial:
        (partial / "x").write_text("x", encoding="utf-8")
        assert not odd.exists()
    assert [p.name for p in odd.iterdir()] == ["x"]
    with pytest.raises(BadInput), new_folder(odd):
        pass
    stood = tmp_path / "empty"
    stood.mkdir()
    monkeypatch.chdir(stood)
    with new_folder(Path()) as partial:  # where somebody stands: the folder itself stays
        (partial / "x").touch()
    assert [p.name for p in Path().iterdir()] == ["x"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["empty", odd.name]
