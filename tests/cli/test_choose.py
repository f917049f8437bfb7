"""``wfm choose``: the plan whose roster is best, and how surely."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from wfm.cli import app

HERE = ["--workers", "1"]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(app, "COMMANDS", ("choose", "plan"))
    monkeypatch.setenv("WFM_LANG", "en")
    monkeypatch.setenv("WFM_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan of one day."""
    folder = tmp_path_factory.mktemp("plan") / "nanxun"
    arguments = ["plan", "nanxun-12368", "--out", str(folder), "--start", "2026-09-14", "--days", "1"]
    arguments += ["--replications", "4", "--roster-seconds", "3"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app, "COMMANDS", ("plan", "choose"))
        patch.setenv("WFM_HOME", str(folder.parent / "home"))
        assert app.run(arguments) == 0
    return folder


@pytest.fixture
def fewer(plan: Path, tmp_path: Path) -> Path:
    """The same plan but for the last of its A duties of each group."""
    copy = tmp_path / "fewer"
    shutil.copytree(plan, copy)
    file = copy / "duties.csv"
    head, *duties = file.read_text(encoding="utf-8-sig").splitlines()
    role, group = (head.split(",").index(name) for name in ("role", "group"))
    first = [d for d in duties if d.split(",")[role] == "A"]
    dropped = {max(d for d in first if d.split(",")[group] == g) for g in {d.split(",")[group] for d in first}}
    file.write_text("\n".join([head, *(d for d in duties if d not in dropped)]) + "\n", encoding="utf-8")
    return copy


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def ran(*arguments: str) -> tuple[int, str, str]:
        code = app.run(["choose", *arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return ran


def test_more_agents_answer_sooner(run: Run, plan: Path, fewer: Path) -> None:
    code, out, _ = run("nanxun-12368", str(fewer), str(plan), *HERE, "--json")
    assert code == 0
    found = json.loads(out)
    assert found["best"] == str(plan)
    assert found["reached"] is True
    assert found["p_good"] >= 0.95
    rows = {row["plan"]: row for row in found["plans"]}
    assert rows[str(plan)]["mean"] < rows[str(fewer)]["mean"]
    assert sum(row["probability_best"] for row in rows.values()) == pytest.approx(1)
    assert found["replications"] == sum(row["replications"] for row in rows.values())


@pytest.mark.parametrize(("language", "words"), [("en", "best with probability"), ("zh", "最优概率")])
def test_of_equal_plans_either_is_as_good(run: Run, plan: Path, tmp_path: Path, language: str, words: str) -> None:
    """The first replications show it: none differs."""
    copy = tmp_path / "again"
    shutil.copytree(plan, copy)
    asked = ["nanxun-12368", str(plan), str(copy), *HERE]
    code, out, _ = run(*asked, "--lang", language)
    assert code == 0
    assert words in out
    code, out, _ = run(*asked, "--json")
    found = json.loads(out)
    assert found["reached"] is True
    assert [row["probability_best"] for row in found["plans"]] == [0.5, 0.5]
    assert [row["replications"] for row in found["plans"]] == [20, 20]


def test_a_budget_that_is_too_small_is_said_so(run: Run, plan: Path, fewer: Path) -> None:
    asked = ["nanxun-12368", str(plan), str(fewer), *HERE, "--replications", "40", "--probability", "0.99999999"]
    code, out, _ = run(*asked)
    assert code == 0
    assert "asked for was 99.999999 %" in " ".join(out.split())


def test_what_cannot_be_chosen_is_refused_in_one_sentence(run: Run, plan: Path, fewer: Path, tmp_path: Path) -> None:
    def refused(arguments: list[str], words: list[str]) -> None:
        code, out, err = run(*arguments)
        assert code == 2
        assert out == ""
        assert len(err.strip().splitlines()) == 1
        assert "Traceback" not in err
        for word in words:
            assert word in err

    both = [str(plan), str(fewer)]
    refused(["nanxun-12368", str(plan)], ["at least two plans", "found 1"])
    refused(["guizhou-12348", *both], ["nanxun-12368", "guizhou-12348"])
    refused(["nanxun-12368", *both, "--kpi", "joy"], ["--kpi", "joy", "asa_s"])
    refused(["nanxun-12368", *both, "--probability", "1.5"], ["between 0 and 1", "1.5"])
    refused(["nanxun-12368", *both, "--indifference", "-1"], ["indifference", "-1"])
    refused(["nanxun-12368", *both, "--replications", "3"], ["replications", "3"])
    refused(["nanxun-12368", str(plan), str(tmp_path / "nothing")], ["nothing"])
