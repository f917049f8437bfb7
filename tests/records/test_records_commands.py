"""``wfm import`` and ``wfm generate-calls``: what they print, keep and refuse."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import typer

from wfm.cli import generate_calls, import_calls
from wfm.errors import BadInput
from wfm.i18n import use_language
from wfm.records import RecordStore, load_mapping
from wfm.tables import CALLS

HEADER = "来电时间,接通时间,挂机时间,主叫号码,专线,座席工号,结果,满意度"
GOOD = "2026-09-14 08:00:00,2026-09-14 08:00:12,2026-09-14 08:05:12,13912345678,general,1001,接通,满意"
BAD = "2026-09-16 08:00:00,2026-09-16 07:00:12,2026-09-16 08:05:12,13912345678,general,1001,接通,满意"
LATER = GOOD.replace("09-14", "09-17")


@pytest.fixture
def wfm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WFM_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("WFM_PHONE_KEY", raising=False)
    monkeypatch.chdir(tmp_path)
    app = typer.Typer()
    import_calls.register(app)
    generate_calls.register(app)
    command = typer.main.get_command(app)

    def run(*arguments: str) -> None:
        with use_language("en"):
            command.main(args=list(arguments), standalone_mode=False)

    return run


def write(path: Path, *rows: str) -> str:
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return str(path)


TO = ("--map", "chinese-acd", "--hotline", "guizhou-12348")


def test_import_tells_and_keeps(wfm, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(tmp_path / "calls.csv", GOOD, BAD, LATER, GOOD)
    wfm("import", file, *TO, "--json", "--rejects", "rejects.csv", "--rejected-max", "0.25")
    told = json.loads(capsys.readouterr().out)
    assert (told["rows_read"], told["accepted"], told["rejected"], told["duplicates"]) == (4, 2, 1, 1)
    assert told["rejected_by_reason"] == {"order": 1}
    assert (told["first_day"], told["last_day"], told["days"]) == ("2026-09-14", "2026-09-17", 2)
    assert told["missing_days"] == ["2026-09-15", "2026-09-16"]
    assert told["already_imported"] is False
    with (tmp_path / "rejects.csv").open(encoding="utf-8-sig", newline="") as listed:
        assert [(r["line"], r["code"]) for r in csv.DictReader(listed)] == [("2", "duplicate"), ("3", "order")]
    store = RecordStore(tmp_path / "home", "guizhou-12348")
    assert store.labels() == ["recorded"]
    assert len(store.calls(date(2026, 9, 14), date(2026, 9, 17))) == 2
    wfm("import", file, *TO, "--rejected-max", "0.25")
    words = capsys.readouterr().out
    assert "4 rows read, 2 calls accepted" in words
    assert "line 3: answered_at: 2026-09-16 07:00:12 lies before" in words
    assert "imported before; nothing has changed" in words


def test_the_mapping_may_name_the_hotline(wfm, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shipped = (Path(__file__).parents[2] / "wfm" / "records" / "mappings" / "chinese-acd.yaml").read_text(
        encoding="utf-8"
    )
    file = write(tmp_path / "calls.csv", GOOD)
    (tmp_path / "m.yaml").write_text("hotline: guizhou-12348\n" + shipped, encoding="utf-8")
    wfm("import", file, "--map", str(tmp_path / "m.yaml"), "--json")
    assert json.loads(capsys.readouterr().out)["hotline"] == "guizhou-12348"
    (tmp_path / "bare.yaml").write_text(shipped, encoding="utf-8")
    with pytest.raises(BadInput, match="names no hotline"):
        wfm("import", file, "--map", str(tmp_path / "bare.yaml"))


def test_strict_imports_nothing(wfm, tmp_path: Path) -> None:
    file = write(tmp_path / "calls.csv", GOOD, BAD)
    with pytest.raises(BadInput, match="1 of 2 rows rejected, nothing imported"):
        wfm("import", file, *TO, "--strict", "--rejects", "rejects.csv")
    assert not (tmp_path / "home" / "records").exists()
    assert (tmp_path / "rejects.csv").exists()


def test_one_bad_row_in_a_hundred_is_named_and_the_rest_kept(wfm, tmp_path: Path, capsys) -> None:
    rows = [
        GOOD.replace("2026-09-14", f"2026-08-{1 + n % 28:02d}").replace("08:0", f"{8 + n // 28:02d}:0")
        for n in range(99)
    ]
    wfm("import", write(tmp_path / "calls.csv", *rows, BAD), *TO, "--json")
    told = json.loads(capsys.readouterr().out)
    assert (told["rows_read"], told["accepted"], told["rejected"]) == (100, 99, 1)


def test_more_bad_rows_than_that_point_to_a_wrong_mapping(wfm, tmp_path: Path) -> None:
    file = write(tmp_path / "calls.csv", *[GOOD] * 97, *[BAD] * 3)
    with pytest.raises(BadInput, match=r"3 of 100 rows rejected, nothing imported; line 99: .*--rejected-max 0.03"):
        wfm("import", file, *TO)
    assert not (tmp_path / "home" / "records").exists()
    with pytest.raises(BadInput, match="--rejected-max"):
        wfm("import", file, *TO, "--rejected-max", "2")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("import", "none.csv", *TO), "none.csv: there is no such file"),
        (("import", "x.csv", "--map", "nonsense", "--hotline", "guizhou-12348"), "no shipped mapping"),
        (("import", "x.csv", "--map", "chinese-acd", "--hotline", "guizhou"), "guizhou-12348"),
        (("generate-calls", "guizhou-12348", "--first", "2026-06-22"), "--out FILE.csv"),
        (("generate-calls", "guizhou-12348", "--first", "22.6.2026", "--store"), "--first"),
        (("generate-calls", "guizhou-12348", "--first", "2026-06-22", "--days", "0", "--store"), "--days"),
        (("generate-calls", "guizhou-12348", "--first", "2026-06-22", "--out", "x.xlsx"), ".parquet"),
    ],
)
def test_bad_input_is_one_sentence(wfm, arguments: tuple[str, ...], words: str) -> None:
    with pytest.raises(BadInput) as caught:
        wfm(*arguments)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_generated_calls_are_labelled_everywhere(wfm, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wfm(
        "generate-calls",
        "nanxun-12368",
        "--first",
        "2026-06-22",
        "--days",
        "3",
        "--out",
        "calls.csv",
        "--store",
        "--json",
    )
    told = json.loads(capsys.readouterr().out)
    assert told["label"] == "synthetic"
    written = pd.read_csv(tmp_path / "calls.csv")
    assert written.columns.tolist() == CALLS.column_names
    assert len(written) == told["calls"] == sum(told["outcomes"].values())
    assert written["agent"].dropna().str.startswith("synthetic-").all()
    store = RecordStore(tmp_path / "home", "nanxun-12368")
    assert store.labels() == ["synthetic"]
    assert len(store.calls(date(2026, 6, 22), date(2026, 6, 24))) == told["calls"]
    wfm("generate-calls", "nanxun-12368", "--first", "2026-06-22", "--days", "3", "--store")
    assert "stored before" in capsys.readouterr().out
    file = write(tmp_path / "real.csv", GOOD.replace("general", "x"))
    recipe = tmp_path / "m.yaml"
    line = written["line"].iloc[0]
    recipe.write_text(
        f"columns:\n  line: {{default: {line}}}\n  arrived_at: 来电时间\n  answered_at: 接通时间\n  ended_at: 挂机时间\n",
        encoding="utf-8",
    )
    load_mapping(recipe)
    with pytest.raises(BadInput, match="--mix"):
        wfm("import", file, "--map", str(recipe), "--hotline", "nanxun-12368")
    wfm("import", file, "--map", str(recipe), "--hotline", "nanxun-12368", "--mix")
    assert store.labels() == ["recorded", "synthetic"]


def test_written_parquet_is_read_back_by_a_mapping(wfm, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wfm("generate-calls", "guizhou-12348", "--first", "2026-06-22", "--days", "1", "--out", "calls.parquet", "--json")
    made = json.loads(capsys.readouterr().out)
    names = [c for c in CALLS.column_names if c not in ("caller_key", "topic")]
    (tmp_path / "m.yaml").write_text("columns:\n" + "".join(f"  {n}: {n}\n" for n in names), encoding="utf-8")
    wfm("import", "calls.parquet", "--map", "m.yaml", "--hotline", "guizhou-12348", "--json")
    read = json.loads(capsys.readouterr().out)
    assert (read["accepted"], read["rejected"]) == (made["calls"], 0)
    assert read["outcomes"] == made["outcomes"]
