"""A real call centre's records: what the import makes of them against figures taken from the raw columns."""

from __future__ import annotations

import os
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from wfm.hotline import calendar_of, grid_of, load_agents, load_hotline, open_intervals
from wfm.records import RecordStore, import_calls, load_mapping, tally_calls

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "tests" / "data" / "anonymous-bank"
FILE = "anonymous_bank_1999_calls_jan_feb.parquet"


def test_the_banks_folder_is_a_hotline() -> None:
    hotline = load_hotline(FOLDER)
    assert len(load_agents(hotline, FOLDER)) == 60
    grid = grid_of(hotline, date(1999, 3, 1), 7)  # Monday to Sunday
    is_open = open_intervals(hotline, grid, calendar_of(hotline))
    hours = pd.Series(is_open).groupby(pd.Index(grid.dates)).sum() * 0.5
    assert hours.tolist() == [17, 17, 17, 17, 7, 5, 17]
    starts = {shift.start for shift in hotline.shifts}
    ends = {shift.end for shift in hotline.shifts}
    assert {"07:00"} <= starts
    assert {"24:00", "14:00"} <= ends


@pytest.fixture(scope="module")
def raw() -> pd.DataFrame:
    path = Path(os.environ.get("WFM_BENCH_DATA", ROOT.parent / "shared" / "data")) / FILE
    if not path.exists():
        pytest.skip(f"real records are absent: {path}")
    return pd.read_parquet(path).assign(path=str(path))


@pytest.fixture(scope="module")
def imported(raw: pd.DataFrame):
    hotline = load_hotline(FOLDER)
    return import_calls(raw["path"].iloc[0], load_mapping("anonymous-bank"), hotline=hotline, key=b"k" * 32)


@pytest.mark.real_data
def test_every_row_is_accounted_for(raw: pd.DataFrame, imported) -> None:
    assert imported.rows_read == len(raw) == 64_943
    assert len(imported.calls) + len(imported.rejected) + len(imported.left_out) + len(imported.duplicates) == len(raw)
    assert len(imported.left_out) == (raw["outcome"] == "PHANTOM").sum() == 518
    assert imported.duplicates == []
    codes = Counter(r.code for r in imported.rejected)
    phantom = raw["outcome"] == "PHANTOM"
    assert codes["unknown_line"] == raw["type"].isin(["AA"]).sum() == 2
    assert codes["negative"] == ((raw["vru_s"] < 0) & ~phantom).sum()
    assert len(imported.rejected) < 0.002 * len(raw)


@pytest.mark.real_data
def test_outcomes_are_those_of_the_file(raw: pd.DataFrame, imported) -> None:
    rejected = {r.row - 1 for r in imported.rejected}
    kept = raw.drop(index=sorted(rejected))
    asked = kept["q_start"].notna()
    expected = {
        "answered": (kept["outcome"] == "AGENT").sum(),
        "abandoned": ((kept["outcome"] == "HANG") & asked).sum(),
        "ivr_abandoned": ((kept["outcome"] == "HANG") & ~asked).sum(),
    }
    assert imported.calls["outcome"].value_counts().to_dict() == expected


@pytest.mark.real_data
def test_service_waits_and_abandonment(raw: pd.DataFrame, imported) -> None:
    calls = imported.calls
    regular = calls[(calls["line"] == "regular") & (calls["outcome"] == "answered")]
    mean = raw.loc[(raw["type"] == "PS") & (raw["outcome"] == "AGENT"), "ser_s"].mean()
    assert mean == pytest.approx(188, abs=1)
    assert regular["talk_s"].mean() == pytest.approx(mean, rel=0.002)
    gone = calls[calls["outcome"] == "abandoned"]
    waited = (gone["ended_at"] - gone["queued_at"]).dt.total_seconds()
    hung_up = raw[(raw["outcome"] == "HANG") & raw["q_start"].notna()]
    assert waited.mean() == pytest.approx(hung_up["q_s"].mean(), rel=0.002)
    asked = calls["outcome"].isin(["answered", "abandoned"]).sum()
    assert len(gone) / asked == pytest.approx(
        len(hung_up) / (len(hung_up) + (raw["outcome"] == "AGENT").sum()), abs=0.001
    )
    # Answer times: the queue's own stopwatch and the clocks of the switch agree within their two seconds.
    answered = calls[calls["outcome"] == "answered"]
    queue_s = raw.loc[raw["outcome"] == "AGENT", "q_s"].mean()
    asa_s = (answered["answered_at"] - answered["queued_at"]).dt.total_seconds().mean()
    assert asa_s == pytest.approx(queue_s, abs=2)


@pytest.mark.real_data
def test_median_patience_is_near_the_published_one(imported) -> None:
    calls = imported.calls
    asked = calls[calls["outcome"].isin(["answered", "abandoned"])]
    left = asked["answered_at"].where(asked["outcome"] == "answered", asked["ended_at"])
    wait = (left - asked["queued_at"]).dt.total_seconds().to_numpy()
    order = np.argsort(wait, kind="stable")
    gave_up = (asked["outcome"] == "abandoned").to_numpy()[order]
    survival = np.cumprod(1 - gave_up / (len(order) - np.arange(len(order))))
    median = wait[order][np.argmax(survival <= 0.5)]
    # 311 s over January to March; two of the three months are here.
    assert median == pytest.approx(311, rel=0.08)


@pytest.mark.real_data
def test_days_midnights_and_the_store(raw: pd.DataFrame, imported, tmp_path: Path) -> None:
    hotline = load_hotline(FOLDER)
    days = imported.days
    assert (days[0], days[-1], len(days)) == (date(1999, 1, 1), date(1999, 2, 28), 57)
    assert not {date(1999, 1, 11), date(1999, 1, 12)} & set(days)
    lasted = (imported.calls["ended_at"] - imported.calls["arrived_at"]).dt.total_seconds()
    assert lasted.min() >= 0
    assert lasted.max() < 3 * 3600
    over = imported.calls["ended_at"].dt.date != imported.calls["arrived_at"].dt.date
    crossing = (raw["ser_exit"] < raw["ser_start"]) & (raw["outcome"] == "AGENT")
    assert over.sum() >= crossing.sum() > 0
    store = RecordStore(tmp_path, hotline.id)
    assert store.add(imported.calls, imported.content_hash, "recorded", time_zone=hotline.time_zone).added
    grid = grid_of(hotline, days[0], 59)
    actuals = store.actuals(grid, hotline.line_ids, hotline.short_abandon_s)
    tally = tally_calls(imported.calls, hotline)
    assert actuals["offered"].sum() == tally["offered"].sum() == len(imported.calls)
    by_day = actuals.groupby(actuals["interval"].dt.date)["offered"].sum()
    kept = raw.drop(index=[r.row - 1 for r in [*imported.rejected, *imported.left_out]])
    assert by_day[by_day > 0].tolist() == kept.groupby(kept["vru_entry"].dt.date).size().tolist()
    assert 0.9 < actuals["first_attempts"].sum() / actuals["offered"].sum() < 1
