"""``wfm backtest`` on files and records, what it prints, and what it refuses."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from wfm.cli.app import run

DAYS = 70


@pytest.fixture(scope="module")
def counts(tmp_path_factory):
    """Ten weeks of Poisson calls, quieter at the weekend, every half-hour from 8 to 18."""
    rng = np.random.default_rng(1)
    times = pd.date_range("2026-03-02", periods=DAYS * 48, freq="30min")
    times = times[(times.hour >= 8) & (times.hour < 18)]
    rate = np.where(times.day_of_week < 5, 40.0, 10.0)
    file = tmp_path_factory.mktemp("counts") / "counts.csv"
    pd.DataFrame({"zeit": times, "anrufe": rng.poisson(rate)}).to_csv(file, index=False)
    return file, times, rate


def ask(capsys, *words):
    code = run(["backtest", *map(str, words)])
    out, err = capsys.readouterr()
    return code, out, err


def columns(file):
    return file, "--time-column", "zeit", "--count-column", "anrufe"


def test_poisson_calls_are_forecast_almost_as_well_as_can_be(counts, capsys):
    file, _, rate = counts
    code, out, _ = ask(capsys, *columns(file), "--origins", 10, "--horizons", "1d,1w", "--json")
    assert code == 0
    found = json.loads(out)["models"]["default"]
    assert len(found["origins"]) == 10
    for score in found["lines"]["calls"].values():
        assert 0.85 < score["wape_over_poisson_floor"] < 1.15
        assert score["coverage_80"]["low"] <= score["coverage_80"]["share"] <= score["coverage_80"]["high"]
    # Normal limit of the mean deviation, √(2λ/π), of the two rates.
    week = np.array([5 * 40.0, 2 * 10.0])
    deviation = np.array([5, 2]) * np.sqrt(2 * np.array([40.0, 10.0]) / np.pi)
    assert found["lines"]["calls"]["1w"]["poisson_floor"] == pytest.approx(deviation.sum() / week.sum(), rel=0.03)
    assert rate.max() == 40


def test_origins_begin_where_asked(counts, capsys):
    file, _, _ = counts
    words = ("--origins", 3, "--first-origin", "2026-04-13", "--horizons", "1d", "--json")
    code, out, _ = ask(capsys, *columns(file), *words)
    assert code == 0
    assert json.loads(out)["models"]["default"]["origins"] == ["2026-04-13", "2026-04-14", "2026-04-15"]


def test_the_table_names_each_horizon_and_the_best_model(counts, capsys):
    file, _, _ = counts
    code, out, _ = ask(capsys, *columns(file), "--origins", 2, "--horizons", "1d", "--model", "default,recent-mean")
    assert code == 0
    assert "recent-mean" in out
    assert "Least pinball loss, for review only: calls 1d:" in out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--horizons", "5m"), "--horizons: found '5m', allowed are days and weeks"),
        (("--origins", "0"), "--origins: found 0, allowed are 1 to 1000"),
        (("--first-origin", "soon"), "--first-origin: found 'soon', allowed is a day"),
        (("--first-origin", "2030-01-01"), "hold no origin with 14 days before it"),
        (("--model", "oracle"), "--model: found 'oracle', allowed are default"),
        (("--interval-min", "45"), "has a row every 30 min; allowed are multiples of it"),
        (("--country", "XX"), "no holidays are known for 'XX'"),
        (("--seed", "-1"), "--seed: found -1"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(counts, capsys, words, sentence):
    file, _, _ = counts
    code, out, err = ask(capsys, *columns(file), *words)
    assert code == 2
    assert sentence in err
    assert "Traceback" not in err + out
    assert err.count("error:") == 1


def test_a_hotline_without_records_is_refused(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("WFM_HOME", str(tmp_path))
    code, _, err = ask(capsys, "nanxun-12368")
    assert code == 2
    assert "0 days of call records are in the store" in err
