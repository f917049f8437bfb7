"""``wfm seats`` as a person and as a program meet it."""

from __future__ import annotations

import json

import pytest

from wfm.cli import app

CHECK = ["--calls", "100", "--interval-min", "30", "--aht-s", "180", "--within-s", "20"]


@pytest.fixture(autouse=True)
def _only_this_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "COMMANDS", ("seats",))
    monkeypatch.setenv("WFM_LANG", "en")


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = app.run(["seats", *arguments])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_what_fourteen_seats_achieve(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, *CHECK, "--seats", "14", "--json")
    found = json.loads(out)
    assert (code, err) == (0, "")
    assert list(found) == [
        "seats",
        "load_erlang",
        "wait_probability",
        "asa_s",
        "mean_wait_s",
        "service_level",
        "abandon_share",
        "occupancy",
        "steady_state",
    ]
    # pyworkforce docs erlangc.md.
    assert found["wait_probability"] == pytest.approx(0.1741319336, abs=5e-11)
    assert found["service_level"] == pytest.approx(0.8883500192, abs=5e-11)
    assert found["load_erlang"] == 10
    assert found["steady_state"] is True


def test_how_many_seats_a_level_asks_for(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, *CHECK, "--patience-s", "300", "--service-level", "0.8", "--json")
    found = json.loads(out)
    # pyworkforce erlanga.md: 13 seats reach 0.8581777.
    assert found["service_level"] == pytest.approx(0.8581777, abs=5e-8)
    assert found["seats"] == 13
    _, out, _ = run(capsys, *CHECK, "--patience-s", "300", "--seats", "12", "--json")
    assert json.loads(out)["service_level"] < 0.8


def test_overload_is_an_answer(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, *CHECK, "--seats", "10", "--json")
    found = json.loads(out)
    assert code == 0
    assert found["steady_state"] is False
    assert found["asa_s"] is None
    assert found["service_level"] is None
    code, out, _ = run(capsys, *CHECK, "--seats", "10")
    assert code == 0
    assert "grows without end" in out


def test_no_calls(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "--calls", "0", "--aht-s", "180", "--seats", "2", "--json")
    found = json.loads(out)
    assert (found["load_erlang"], found["occupancy"], found["service_level"]) == (0, 0, 1)
    _, out, _ = run(capsys, "--calls", "0", "--aht-s", "180", "--service-level", "0.8", "--json")
    assert json.loads(out)["seats"] == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["--calls", "100", "--aht-s", "180"],
        ["--calls", "100", "--aht-s", "180", "--seats", "3", "--service-level", "0.8"],
        *(["--calls", bad, "--aht-s", "180", "--seats", "3"] for bad in ("-1", "nan", "inf", "many")),
        *(["--calls", "1", "--aht-s", bad, "--seats", "3"] for bad in ("-1", "0", "nan", "inf")),
        *(["--calls", "1", "--aht-s", "9", "--seats", bad] for bad in ("-1", "0", "nan", "inf", "2.5")),
        *(["--calls", "1", "--aht-s", "9", "--service-level", bad] for bad in ("-1", "0", "nan", "1", "1.2", "80")),
        *(["--calls", "1", "--aht-s", "9", "--seats", "1", "--within-s", bad] for bad in ("-1", "nan", "inf")),
        *(["--calls", "1", "--aht-s", "9", "--seats", "1", "--patience-s", bad] for bad in ("-1", "0", "nan", "inf")),
        *(["--calls", "1", "--aht-s", "9", "--seats", "1", "--interval-min", bad] for bad in ("-1", "0", "nan", "inf")),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_bad_numbers_get_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: list[str], language: str
) -> None:
    monkeypatch.setenv("WFM_LANG", language)
    code, out, err = run(capsys, *arguments, "--json")
    assert (code, out) == (2, "")
    assert len(err.strip().splitlines()) == 1
    assert "Traceback" not in err
    assert err.isascii() == (language == "en")


def test_the_table_speaks_chinese(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WFM_LANG", "zh")
    _, out, _ = run(capsys, *CHECK, "--seats", "14")
    assert "服务水平" in out
    assert "88.84%" in out
