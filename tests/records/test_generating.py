"""Synthetic records: labelled, seeded, plausible, and true to the hotline's own demand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from wfm.hotline import calendar_of, find_hotline, grid_of, load_hotline, open_intervals
from wfm.records import generate_calls, hourly_weights, interval_shares
from wfm.records.call_flow import draw_calls
from wfm.records.generating import expected_calls
from wfm.records.profiles import PROFILES
from wfm.tables import CALLS, check_table


@pytest.fixture(scope="module")
def guizhou():
    return load_hotline(find_hotline("guizhou-12348"))


@pytest.fixture(scope="module")
def month(guizhou):
    return generate_calls(guizhou, date(2026, 6, 22), 28, 1)


@pytest.mark.parametrize("name", sorted(PROFILES))
@pytest.mark.parametrize("minutes", [5, 15, 30, 60])
def test_profiles_keep_each_hours_weight(name: str, minutes: int) -> None:
    weights, shares = hourly_weights(name), interval_shares(name, minutes)
    assert weights.shape == (24,)
    assert weights.sum() == pytest.approx(1)
    assert (shares >= 0).all()
    assert shares.reshape(24, -1).sum(axis=1) == pytest.approx(weights)


def test_smooth_profile_has_no_step_at_the_hour() -> None:
    shares = interval_shares("two-peaks", 5)
    inside = np.abs(np.diff(shares.reshape(24, 12), axis=1)).max()
    across = np.abs(np.diff(shares)[11::12]).max()
    assert across <= inside * 1.2


def test_own_weights_and_zero_hours() -> None:
    shares = interval_shares([0.0] * 8 + [1.0] * 10 + [0.0] * 6, 30)
    assert shares[:16].sum() == 0
    assert shares[36:].sum() == 0
    assert shares.sum() == pytest.approx(1)


def test_records_are_valid_labelled_and_ordered(month, guizhou) -> None:
    pd.testing.assert_frame_equal(check_table(CALLS, month), month)
    assert month["arrived_at"].is_monotonic_increasing
    answered = month[month["outcome"] == "answered"]
    assert answered["agent"].str.startswith("synthetic-").all()
    assert month.loc[month["outcome"] != "answered", "agent"].isna().all()
    assert month["call"].str.startswith("synthetic-").all()
    assert str(month["arrived_at"].dtype.tz) == "Asia/Shanghai"
    assert month["caller_key"].str.fullmatch("[0-9a-f]{24}").all()
    dates = month["arrived_at"].dt.date
    assert (dates.min(), dates.max()) == (date(2026, 6, 22), date(2026, 7, 19))


def test_moments_follow_each_other(month) -> None:
    for earlier, later in (("arrived_at", "queued_at"), ("queued_at", "answered_at"), ("answered_at", "ended_at")):
        both = month[[earlier, later]].dropna()
        assert (both[later] >= both[earlier]).all()
    asked = month["outcome"].isin(["answered", "abandoned"])
    assert month.loc[asked, "queued_at"].notna().all()
    assert month.loc[month["outcome"] == "answered", "answered_at"].notna().all()
    # No agent talks to two callers at once.
    answered = month[month["outcome"] == "answered"].sort_values(["agent", "answered_at"])
    free = answered["ended_at"] + pd.to_timedelta(answered["wrap_s"], unit="s")
    gap = answered["answered_at"] - free.groupby(answered["agent"]).shift(1)
    assert gap.dropna().min() >= pd.Timedelta(milliseconds=-5)


def test_volume_and_service_are_plausible(month, guizhou) -> None:
    grid = grid_of(guizhou, date(2026, 6, 22), 28)
    mean = expected_calls(guizhou, grid, calendar_of(guizhou)).sum()
    # Poisson and a day factor of about 10 % on 28 days of 4 lines: 5 % is over three standard errors.
    assert len(month) == pytest.approx(mean, rel=0.05)
    queued = month["outcome"].isin(["answered", "abandoned"])
    abandoned = (month["outcome"] == "abandoned").sum() / queued.sum()
    assert 0.03 <= abandoned <= 0.06
    answered = month[month["outcome"] == "answered"]
    for line in guizhou.lines:
        mine = answered[answered["line"] == line.id]
        handle = mine[["talk_s", "hold_s", "wrap_s"]].sum(axis=1)
        error = handle.std() / np.sqrt(len(mine))
        assert abs(handle.mean() - line.handling.mean_s) < 4.5 * error


def test_ordinary_weekday_brings_the_calls_that_the_demand_names(guizhou) -> None:
    # 22 June 2026 is a Monday with no holiday near.
    grid = grid_of(guizhou, date(2026, 6, 22), 1)
    expected = expected_calls(guizhou, grid, calendar_of(guizhou)).sum(axis=1)
    assert expected == pytest.approx([line.demand.calls_per_day for line in guizhou.lines])
    holiday = grid_of(guizhou, date(2026, 10, 1), 1)
    less = expected_calls(guizhou, holiday, calendar_of(guizhou)).sum(axis=1)
    assert less == pytest.approx([line.demand.calls_per_day * line.demand.holiday_factor for line in guizhou.lines])


def test_same_seed_same_calls_and_more_days_change_none(month, guizhou) -> None:
    again = generate_calls(guizhou, date(2026, 6, 22), 7, 1)
    shared = month[month["arrived_at"].dt.date < date(2026, 6, 28)]
    pd.testing.assert_frame_equal(again.iloc[: len(shared)].reset_index(drop=True), shared.reset_index(drop=True))
    other = generate_calls(guizhou, date(2026, 6, 22), 7, 2)
    assert not again["arrived_at"].head(20).equals(other["arrived_at"].head(20))


def test_scale_multiplies_the_calls(guizhou) -> None:
    grid = grid_of(guizhou, date(2026, 6, 22), 7)
    line = guizhou.lines[0]
    doubled = line.model_copy(update={"demand": line.demand.model_copy(update={"scale": 2.0})})
    twice = guizhou.model_copy(update={"lines": (doubled, *guizhou.lines[1:])})
    one, two = (expected_calls(h, grid, calendar_of(h)) for h in (guizhou, twice))
    assert two[0] == pytest.approx(2 * one[0])
    assert two[1:] == pytest.approx(one[1:])


def test_scale_of_handling_multiplies_every_call_s_time(guizhou) -> None:
    line, arrived_s = guizhou.lines[0], np.arange(500.0)
    longer = line.model_copy(update={"handling": line.handling.model_copy(update={"scale": 1.5})})
    usual, slow = (draw_calls(np.random.default_rng(5), guizhou, one, arrived_s) for one in (line, longer))
    for part in ("talk_s", "hold_s", "wrap_s"):
        assert getattr(slow, part) == pytest.approx(1.5 * getattr(usual, part))
    assert (slow.patience_s == usual.patience_s).all()


def test_closed_hours_redials_and_busy_lines(guizhou) -> None:
    opening = guizhou.opening.model_copy(
        update={"weekday": ("08:00", "18:00"), "weekend": None, "holiday": None, "by_weekday": {}}
    )
    lines = tuple(
        line.model_copy(update={"redial": line.redial.model_copy(update={"share": 0.9, "delay_mean_s": 120.0})})
        for line in guizhou.lines
    )
    trunks = guizhou.trunks.model_copy(update={"circuits": 8})
    call_back = guizhou.call_back.model_copy(update={"missed_calls": True, "closed_calls": True, "reached_share": 1.0})
    hotline = guizhou.model_copy(update={"opening": opening, "lines": lines, "trunks": trunks, "call_back": call_back})
    calls = generate_calls(hotline, date(2026, 6, 22), 7, 3)
    grid = grid_of(hotline, date(2026, 6, 22), 7)
    is_open = open_intervals(hotline, grid, calendar_of(hotline))
    asked_at = calls["queued_at"].where(calls["queued_at"].notna(), calls["ended_at"])
    open_then = is_open[np.clip(grid.locate(asked_at), 0, None)]
    served = calls["outcome"].isin(["answered", "abandoned"]).to_numpy()
    assert open_then[served].all()
    closed = (calls["outcome"] == "closed").to_numpy()
    assert closed.any()
    assert not open_then[closed].any()
    # Eight circuits cannot hold the morning peak: some callers meet a busy line, and most try again.
    assert (calls["outcome"] == "blocked").any()
    assert calls["caller_key"].duplicated().any()
    in_system = []
    inside = calls[calls["outcome"] != "blocked"]
    for at in inside["arrived_at"].iloc[::29]:
        in_system.append(((inside["arrived_at"] <= at) & (inside["ended_at"] > at)).sum())
    assert max(in_system) <= 8
    back = calls[calls["called_back_at"].notna()]
    assert len(back) > 0
    assert back["outcome"].isin(["abandoned", "blocked", "closed"]).all()
    assert is_open[grid.locate(back["called_back_at"])].all()
    assert (back["called_back_at"] >= back["ended_at"]).all()


def test_satisfaction_answers_follow_the_survey(month, guizhou) -> None:
    answered = month[month["outcome"] == "answered"]
    asked = answered["satisfaction"].notna().mean()
    share = guizhou.satisfaction.asked_share
    assert asked == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / len(answered)))
    unhappy = (answered["satisfaction"].dropna() != "satisfied").mean()
    wanted = 1 - guizhou.satisfaction.satisfied_share
    assert unhappy == pytest.approx(wanted, abs=4 * np.sqrt(wanted / (len(answered) * asked)))
    assert month.loc[month["outcome"] != "answered", "satisfaction"].isna().all()
