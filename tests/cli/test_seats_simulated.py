"""``wfm seats --simulate``: formula and simulation side by side, and one sentence where that cannot be."""

from __future__ import annotations

import json
from typing import Any

import pytest

from wfm.cli import app

CHECK = ["--calls", "100", "--interval-min", "30", "--aht-s", "180", "--within-s", "20", "--seats", "14"]
PLAY = ["--simulate", "5000", "--engine", "simpy"]


@pytest.fixture(autouse=True)
def _only_this_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "COMMANDS", ("seats",))
    monkeypatch.setenv("WFM_LANG", "en")


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = app.run(["seats", *arguments])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def found_for(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    code, out, _ = run(capsys, *arguments, "--json")
    assert code == 0
    return json.loads(out)


def near(measure: dict[str, float], value: float) -> bool:
    """Within four standard errors; half an interval is 2.09 of them."""
    return abs(measure["simulated"] - value) < 4 / 2.093 * (measure["high"] - measure["simulated"])


def test_the_formula_stands_beside_what_was_simulated(capsys: pytest.CaptureFixture[str]) -> None:
    found = found_for(capsys, *CHECK, *PLAY)
    told = found["simulation"]
    assert (told["engine"], told["seed"], told["replications"]) == ("simpy", 1, 20)
    assert abs(told["calls"] - 5_000) < 4 * 5_000**0.5
    assert list(told["measures"]) == [
        "wait_probability", "asa_s", "mean_wait_s", "service_level", "abandon_share", "occupancy",
    ]  # fmt: skip
    # pyworkforce docs erlangc.md: P(wait), ASA and service level of this queue.
    published = {"wait_probability": 0.1741319336, "asa_s": 7.83594, "service_level": 0.8883500192}
    for name, value in published.items():
        measure = told["measures"][name]
        assert measure["formula"] == found[name] == pytest.approx(value, rel=1e-6)
        assert near(measure, value)
        assert measure["inside"] == (measure["low"] <= value <= measure["high"])
    assert told["measures"]["asa_s"] == told["measures"]["mean_wait_s"], "everybody is answered"


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        (["--patience-s", "120", "--long-wait-s", "30"], "long_wait_share"),
        (["--patience-s", "120", "--trunks", "16"], "blocked_share"),
        (["--patience-s", "120", "--patience-law", "weibull", "--patience-shape", "0.6"], "abandon_share"),
        (["--patience-s", "120", "--patience-law", "lognormal", "--patience-cv", "1.5"], "abandon_share"),
        (["--patience-s", "0"], "abandon_share"),
    ],
)
def test_every_law_and_circuits(capsys: pytest.CaptureFixture[str], asked: list[str], named: str) -> None:
    found = found_for(capsys, *CHECK, *PLAY, *asked)
    measures = found["simulation"]["measures"]
    assert named in measures
    for name, measure in measures.items():
        assert near(measure, found[name]) or measure["simulated"] == found[name] == 0, name


def test_goals_choose_the_seats_that_are_simulated(capsys: pytest.CaptureFixture[str]) -> None:
    asked = [*CHECK[:-2], "--patience-s", "300", "--service-level", "0.8"]
    found = found_for(capsys, *asked, *PLAY)
    assert found["seats"] == 13
    assert near(found["simulation"]["measures"]["service_level"], 0.8581777)  # pyworkforce erlanga.md


def test_the_seed_decides_the_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    one, again, other = (found_for(capsys, *CHECK, *PLAY, "--seed", seed)["simulation"] for seed in ("5", "5", "6"))
    assert one == again
    assert one["measures"] != other["measures"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_table_in_both_languages(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setenv("WFM_LANG", language)
    code, out, err = run(capsys, *CHECK, *PLAY, "--patience-s", "300")
    assert code == 0
    assert ("Simulated steady state" in out) == (language == "en")
    assert ("仿真稳态" in out) == (language == "zh")
    assert ("Simulation" in err) == (language == "en")
    assert out.count("✓") + out.count("△") == 6
    assert max(len(line) for line in out.splitlines()) <= 120


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--simulate", "0"], "--simulate: found '0'"),
        (["--simulate", "-100"], "--simulate: found '-100'"),
        (["--simulate", "999"], "a whole number from 1,000"),
        (["--simulate", "2e9"], "to 1,000,000,000"),
        (["--simulate", "1000.5"], "1000.5"),
        (["--simulate", "many"], "many"),
        (["--simulate", "nan"], "nan"),
        (["--simulate", "20000", "--engine", "java"], "must be compiled or simpy"),
        (["--simulate", "20000", "--seed", "-1"], "--seed"),
        (["--simulate", "20000", "--seed", "18446744073709551616"], "18,446,744,073,709,551,615"),
        (["--engine", "simpy"], "--engine: goes with --simulate only"),
        (["--seed", "3"], "--seed: goes with --simulate only"),
        (["--simulate", "20000", "--curve"], "--curve"),
        (["--simulate", "20000", "--patience-s", "60", "--redial-share", "0.5"], "redial"),
        (["--simulate", "20000", "--seats", "10"], "no steady state"),
        (["--simulate", "1000", "--seats", "11"], "calls to settle"),
        (["--simulate", "20000", "--seats", "20000"], "10,000"),
        (["--simulate", "20000", "--calls", "0"], "must be calls to simulate"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_one_sentence_where_nothing_can_be_simulated(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, asked: list[str], said: str, language: str
) -> None:
    monkeypatch.setenv("WFM_LANG", language)
    code, out, err = run(capsys, *CHECK, *asked, "--json")
    sentence = [line for line in err.strip().splitlines() if "error" in line or "错误" in line]
    assert (code, out) == (2, "")
    assert len(sentence) == 1
    assert "Traceback" not in err
    assert language == "zh" or said in sentence[0]
    assert sentence[0].isascii() == (language == "en")
