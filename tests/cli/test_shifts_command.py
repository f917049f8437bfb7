"""``wfm shifts`` as a person and as a program meet it."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from ruamel.yaml import YAML

from scenarios.scenario import load_scenario
from scheduler import cover_shifts
from wfm.cli import app
from wfm.hotline import calendar_of, grid_of, library_folder, load_hotline

SMALLEST = ["nanxun-12368", "--start", "2026-09-14"]


@pytest.fixture(autouse=True)
def _only_this_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(app, "COMMANDS", ("shifts",))
    monkeypatch.setenv("WFM_LANG", "en")
    monkeypatch.setenv("WFM_HOME", str(tmp_path / "home"))


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = app.run(["shifts", *arguments])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def with_shifts(folder: Path, block: Path) -> Path:
    """The shipped court line with the block in place of its shifts."""
    yaml = YAML()
    text = yaml.load((library_folder() / "nanxun-12368" / "hotline.yaml").read_text(encoding="utf-8"))
    text["shifts"] = yaml.load(block.read_text(encoding="utf-8"))["shifts"]
    folder.mkdir()
    with (folder / "hotline.yaml").open("w", encoding="utf-8") as stream:
        yaml.dump(text, stream)
    return folder


def test_what_is_written_reads_back_and_covers_as_well(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    block = tmp_path / "shifts.yaml"
    code, out, _ = run(capsys, *SMALLEST, "--days", "2", "--out", str(block), "--json")
    assert code == 0
    found = json.loads(out)
    assert found["status"] == "optimal"
    assert found["objective"] == found["bound"]
    hotline = load_hotline(with_shifts(tmp_path / "new", block))
    assert len(hotline.shifts) == sum(len(s["breaks"]) for s in found["shifts"])
    # The need as it was told, slot by slot, covered by the written shifts.
    cover = pd.DataFrame(found["cover"])
    starts = pd.to_datetime(cover["interval"])
    finer = hotline.model_copy(update={"interval_min": 15})
    grid = grid_of(finer, starts.min().date(), 2)
    requirement = pd.DataFrame({"group": cover["group"], "interval": starts, "heads": cover["need"].astype(float)})
    covered = cover_shifts(finer, requirement, grid, calendar_of(hotline))
    assert covered.shortfall.empty
    assert covered.paid_h <= found["paid_h"] + 1e-9
    assert covered.paid_h >= found["bound"] - 1e-9


def test_the_report_adds_up(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, *SMALLEST, "--days", "2", "--json")
    found = json.loads(out)
    assert code == 0
    cover, posts = pd.DataFrame(found["cover"]), pd.DataFrame(found["posts"])
    assert found["over_h"] == pytest.approx(cover["over"].sum() / 4)
    assert found["short_h"] == 0
    paid = {s["id"]: s["paid_h"] for s in found["shifts"]}
    assert found["paid_h"] == pytest.approx((posts["shift"].map(paid) * posts["posts"]).sum())
    assert {s["id"]: s["posts"] for s in found["shifts"]} == posts.groupby("shift")["posts"].sum().to_dict()
    # What the hotline's own shifts come to, from its own cover.
    scenario = load_scenario("nanxun-12368")
    grid = grid_of(scenario.hotline, pd.Timestamp("2026-09-14").date(), 2)
    half_hours = cover[pd.to_datetime(cover["interval"]).isin(grid.starts)]
    requirement = pd.DataFrame(
        {
            "group": half_hours["group"],
            "interval": pd.to_datetime(half_hours["interval"]),
            "heads": half_hours["need"].astype(float),
        }
    )
    own = cover_shifts(scenario.hotline, requirement, grid, calendar_of(scenario.hotline))
    assert found["given"]["paid_h"] == pytest.approx(own.paid_h)
    duty = {s.id: s.paid_h for s in scenario.hotline.shifts}  # its breaks, if any, are unpaid
    worked = float((own.posts["shift"].map(duty) * own.posts["posts_a"]).sum())
    assert found["given"]["work_h"] == pytest.approx(worked)
    assert found["given"]["over_h"] == pytest.approx(worked - requirement["heads"].sum() / 2)


def test_the_tables_say_it_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, *SMALLEST, "--days", "1")
    assert code == 0
    for words in (
        "Shifts chosen",
        "Posts by day",
        "Beside the hotline's own shifts",
        "proven to be the least",
        "Seed 1",
    ):
        assert words in out
    code, out, _ = run(capsys, *SMALLEST, "--days", "1", "--lang", "zh")
    assert code == 0
    for words in ("所选班次", "逐日岗数", "与现有班次对照", "已证明为最低", "随机种子 1"):
        assert words in out
    assert "Shift" not in out


def test_a_week_that_repeats(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, *SMALLEST, "--days", "14", "--cyclic", "--json")
    assert code == 0
    most = json.loads(out)
    assert all(row["date"] is None and 0 <= row["day"] <= 6 for row in most["posts"])
    assert {row["interval"] for row in most["cover"]} == {None}
    code, out, _ = run(capsys, *SMALLEST, "--days", "14", "--cyclic", "--over-weeks", "mean", "--json")
    mean = json.loads(out)
    needs = [sum(row["need"] for row in one["cover"]) for one in (most, mean)]
    assert needs[1] <= needs[0]
    assert mean["paid_h"] <= most["paid_h"]
    code, out, _ = run(capsys, *SMALLEST, "--days", "7", "--cyclic", "--seconds", "1")
    assert "One week that repeats; it needs the most of the period's weeks." in out


def test_people_who_know_several_lines(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, *SMALLEST, "--days", "1", "--shared-skills", "--json")
    assert code == 0
    found = json.loads(out)
    agents = load_scenario("nanxun-12368").agents
    assert sum(row["posts"] for row in found["posts"]) <= len(agents)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--grid-min", "7"], "--grid-min: found 7, allowed are 5, 10, 15, 20, 30, 60"),
        (["--cyclic", "--days", "3"], "--cyclic: needs --days of at least 7, found 3"),
        (["--by", "simulation", "--cyclic"], "leave --cyclic and --shared-skills out"),
        (["--by", "guess"], "--by: found 'guess'"),
        (["--over-weeks", "least"], "--over-weeks: found 'least'"),
        (["--seconds", "0"], "--seconds: found 0, allowed are more than 0"),
        (["--out", "shifts.txt"], "the name must end in .yaml, .yml"),
        (["--days", "0"], "--days: found 0"),
    ],
)
def test_bad_input_is_one_sentence(capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str) -> None:
    code, out, err = run(capsys, *SMALLEST, *arguments)
    assert (code, out) == (2, "")
    assert sentence in err
    assert len([line for line in err.splitlines() if line.startswith("error")]) == 1
