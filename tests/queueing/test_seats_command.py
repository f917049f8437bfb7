"""``wfm seats`` as a person and as a program meet it."""

from __future__ import annotations

import json
from typing import Any

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
        *(["--calls", "1", "--aht-s", "9", "--seats", "1", "--patience-s", bad] for bad in ("-1", "nan", "inf")),
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


FIVE_GOALS = [
    *("--service-level", "0.9", "--asa-s", "10", "--abandoned-max", "0.03"),
    *("--long-wait-max", "0.05", "--long-wait-s", "40", "--occupancy-max", "0.8"),
]


def found_for(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    code, out, err = run(capsys, *arguments, "--json")
    assert (code, err) == (0, "")
    return json.loads(out)


def test_the_hardest_of_several_goals_binds(capsys: pytest.CaptureFixture[str]) -> None:
    patient = ["--calls", "100", "--aht-s", "180", "--patience-s", "120"]
    found = found_for(capsys, *patient, *FIVE_GOALS)
    alone = {goal["measure"]: goal["seats"] for goal in found["goals"]}
    assert found["seats"] == max(alone.values())
    assert alone[found["binding"]] == found["seats"]
    assert all(goal["kept"] and goal["gap"] == 0 for goal in found["goals"])
    # One seat less breaks the goal that binds: asked the other way round.
    less = found_for(capsys, *patient, "--long-wait-s", "40", "--seats", str(found["seats"] - 1))
    assert less["service_level"] < 0.9
    assert less["long_wait_share"] > found["long_wait_share"]


def test_too_few_built_seats_do_their_best(capsys: pytest.CaptureFixture[str]) -> None:
    patient = ["--calls", "100", "--aht-s", "180", "--patience-s", "120"]
    found = found_for(capsys, *patient, *FIVE_GOALS, "--built", "12")
    assert (found["seats"], found["built"]) == (12, 12)
    assert found["seats_required"] - found["seats_missing"] == 12
    figures = found_for(capsys, *patient, "--seats", "12")
    by_measure = {goal["measure"]: goal for goal in found["goals"]}
    assert by_measure["service_level"]["value"] == figures["service_level"]
    assert by_measure["service_level"]["gap"] == pytest.approx(0.9 - figures["service_level"])
    assert by_measure["abandon_share"]["gap"] == pytest.approx(figures["abandon_share"] - 0.03)
    assert [m for m, goal in by_measure.items() if goal["kept"]] == ["asa_s", "occupancy"]
    enough = found_for(capsys, *patient, *FIVE_GOALS, "--built", "58")
    assert enough["seats_missing"] == 0
    assert enough["seats"] == enough["seats_required"] == found["seats_required"]
    code, out, _ = run(capsys, *patient, *FIVE_GOALS, "--built", "12")
    assert code == 0
    assert "12 are built: 2 short" in out


def test_the_curve_is_what_each_number_of_seats_achieves(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--calls", "100", "--aht-s", "180", "--patience-s", "120"]
    rows = found_for(capsys, *arguments, "--service-level", "0.8", "--curve")
    assert [row["seats"] for row in rows] == list(range(1, len(rows) + 1))
    assert [row["seats"] for row in rows if row["chosen"]] == [12]
    assert [row["kept"] for row in rows] == [row["service_level"] >= 0.8 for row in rows]
    assert len(rows) > 12 + 2
    single = found_for(capsys, *arguments, "--seats", "7")
    assert rows[6]["service_level"] == pytest.approx(single["service_level"], rel=1e-12)
    assert rows[6]["asa_s"] == pytest.approx(single["asa_s"], rel=1e-12)
    marked = found_for(capsys, *arguments, "--seats", "7", "--curve")
    assert [row["seats"] for row in marked if row["chosen"]] == [7]
    assert {row["kept"] for row in marked} == {None}
    assert marked[-1]["service_level"] > 0.99
    built = found_for(capsys, *arguments, "--service-level", "0.8", "--curve", "--built", "10")
    assert [row["seats"] for row in built if row["built"]] == list(range(1, 11))


def test_a_curve_begins_where_a_steady_state_does(capsys: pytest.CaptureFixture[str]) -> None:
    rows = found_for(capsys, "--calls", "100", "--aht-s", "180", "--curve")
    # 10 erlangs, nobody gives up: at least 11 seats.
    assert rows[0]["seats"] == 11
    assert all(row["steady_state"] for row in rows)
    _, out, _ = run(capsys, "--calls", "1000", "--aht-s", "180", "--patience-s", "60", "--curve")
    assert "--json gives them all" in out
    assert found_for(capsys, "--calls", "0", "--aht-s", "180", "--curve")[0]["service_level"] == 1


def test_circuits_bring_a_busy_tone(capsys: pytest.CaptureFixture[str]) -> None:
    # Ten erlangs on ten seats and circuits: Erlang B, 0.214582 in every table of it.
    found = found_for(capsys, "--calls", "100", "--aht-s", "180", "--seats", "10", "--trunks", "10")
    assert found["blocked_share"] == pytest.approx(0.214582, abs=5e-7)
    assert found["service_level"] == pytest.approx(1 - 0.214582, abs=5e-7)
    assert (found["asa_s"], found["abandon_share"], found["steady_state"]) == (0, 0, True)
    code, out, err = run(capsys, "--calls", "100", "--aht-s", "180", "--service-level", "0.8", "--trunks", "10")
    assert (code, out) == (2, "")
    assert "10 circuits" in err


def test_no_patience_is_erlang_b(capsys: pytest.CaptureFixture[str]) -> None:
    found = found_for(capsys, "--calls", "100", "--aht-s", "180", "--seats", "10", "--patience-s", "0")
    assert found["abandon_share"] == pytest.approx(0.214582, abs=5e-7)
    _, out, _ = run(capsys, "--calls", "100", "--aht-s", "180", "--seats", "10", "--patience-s", "0")
    assert "Erlang B" in out


def test_redials_come_on_top_of_first_calls(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--calls", "100", "--aht-s", "180", "--patience-s", "120", "--seats", "10"]
    once, again = found_for(capsys, *arguments), found_for(capsys, *arguments, "--redial-share", "0.6")
    assert again["attempts_per_call"] == pytest.approx(1 / (1 - 0.6 * again["abandon_share"]), rel=1e-12)
    assert again["load_erlang"] == pytest.approx(10 * again["attempts_per_call"], rel=1e-12)
    assert again["service_level"] < once["service_level"]
    assert again["finally_answered_share"] > 1 - once["abandon_share"]
    limited = found_for(capsys, *arguments, "--redial-share", "0.6", "--attempts-max", "2")
    assert limited["attempts_per_call"] == pytest.approx(1 + 0.6 * limited["abandon_share"], rel=1e-12)
    code, out, _ = run(capsys, *arguments, "--redial-share", "1")
    assert code == 0
    assert "redials grow without end" in out
    busy = found_for(capsys, *arguments, "--trunks", "12", "--redial-share", "0", "--redial-blocked-share", "0.5")
    assert busy["attempts_per_call"] == pytest.approx(1 / (1 - 0.5 * busy["blocked_share"]), rel=1e-12)


def test_a_law_of_patience(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--calls", "100", "--aht-s", "180", "--patience-s", "120"]
    plain = found_for(capsys, *arguments, "--seats", "10")
    as_law = found_for(capsys, *arguments, "--seats", "10", "--patience-law", "weibull", "--patience-shape", "1")
    for name in ("service_level", "asa_s", "abandon_share", "wait_probability"):
        assert as_law[name] == pytest.approx(plain[name], rel=1e-9), name
    lognormal = ["--patience-law", "lognormal", "--patience-cv", "1.5"]
    sized = found_for(capsys, *arguments, *lognormal, "--service-level", "0.8")
    assert found_for(capsys, *arguments, *lognormal, "--seats", str(sized["seats"]))["service_level"] >= 0.8
    assert found_for(capsys, *arguments, *lognormal, "--seats", str(sized["seats"] - 1))["service_level"] < 0.8


ONE = ["--calls", "1", "--aht-s", "9"]


@pytest.mark.parametrize(
    "arguments",
    [
        [*ONE, "--curve", "--seats", "3", "--service-level", "0.8"],
        [*ONE, "--asa-s", "0"],
        [*ONE, "--asa-s", "nan"],
        [*ONE, "--abandoned-max", "1"],
        [*ONE, "--abandoned-max", "3"],
        [*ONE, "--long-wait-max", "0"],
        [*ONE, "--long-wait-max", "0.1", "--long-wait-s", "-1"],
        [*ONE, "--occupancy-max", "0"],
        [*ONE, "--occupancy-max", "nan"],
        [*ONE, "--seats", "3", "--trunks", "0"],
        [*ONE, "--seats", "3", "--trunks", "2.5"],
        [*ONE, "--seats", "3", "--redial-share", "1.1"],
        [*ONE, "--seats", "3", "--redial-share", "nan"],
        [*ONE, "--seats", "3", "--redial-blocked-share", "0.5"],
        [*ONE, "--seats", "3", "--attempts-max", "3"],
        [*ONE, "--seats", "3", "--redial-share", "0.5", "--attempts-max", "0"],
        [*ONE, "--seats", "3", "--built", "2"],
        [*ONE, "--service-level", "0.8", "--built", "0"],
        [*ONE, "--seats", "3", "--patience-law", "weibull"],
        [*ONE, "--seats", "3", "--patience-law", "exponential"],
        [*ONE, "--seats", "3", "--patience-law", "gamma", "--patience-s", "60"],
        [*ONE, "--seats", "3", "--patience-s", "60", "--patience-law", "weibull"],
        [*ONE, "--seats", "3", "--patience-s", "60", "--patience-law", "weibull", "--patience-cv", "1"],
        [*ONE, "--seats", "3", "--patience-s", "60", "--patience-cv", "1"],
        [*ONE, "--seats", "3", "--patience-s", "0", "--patience-law", "lognormal", "--patience-cv", "1"],
        [*ONE, "--seats", "3", "--patience-s", "60", "--patience-law", "weibull", "--patience-shape", "0.001"],
        [
            *ONE,
            "--seats",
            "3",
            "--trunks",
            "9",
            "--patience-s",
            "60",
            "--patience-law",
            "lognormal",
            "--patience-cv",
            "1",
        ],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_options_that_cannot_be_used_get_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: list[str], language: str
) -> None:
    test_bad_numbers_get_one_sentence(capsys, monkeypatch, arguments, language)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "arguments",
    [
        ["--seats", "10"],
        FIVE_GOALS,
        [*FIVE_GOALS, "--built", "12"],
        [*FIVE_GOALS, "--curve"],
        [*FIVE_GOALS, "--curve", "--trunks", "30", "--redial-share", "0.5"],
        ["--curve"],
        ["--seats", "10", "--trunks", "20", "--redial-share", "0.5", "--long-wait-s", "60"],
    ],
    ids=len,
)
def test_tables_fit_eighty_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: list[str], language: str
) -> None:
    from rich.cells import cell_len

    monkeypatch.setenv("WFM_LANG", language)
    code, out, _ = run(capsys, "--calls", "100", "--aht-s", "180", "--patience-s", "120", *arguments)
    assert code == 0
    tables = [line for line in out.splitlines() if line[:1] in " │┏┡┃└" and not line.isspace()]
    assert max(map(cell_len, tables)) <= 80
    assert "…" not in out


def test_calls_longer_than_the_interval_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    told = "lasts longer than the interval"
    _, out, _ = run(capsys, "--calls", "10", "--interval-min", "15", "--aht-s", "1200", "--seats", "20")
    assert told in " ".join(out.split())
    _, out, _ = run(capsys, "--calls", "10", "--interval-min", "30", "--aht-s", "1200", "--seats", "20")
    assert told not in " ".join(out.split())
