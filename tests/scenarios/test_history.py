"""Where a plan's past comes from, and what is added to it when the records are silent."""

from datetime import date

import pandas as pd
import pytest

from scenarios.history import HISTORY_DAYS, find_history
from scenarios.preparation import forecast_period
from scenarios.scenario import load_scenario
from scenarios.scenario_differences import changes_between
from scenarios.typed_values import check_typed
from wfm.hotline import calendar_of, grid_of
from wfm.records import RecordStore, generate_calls

FIRST = date(2026, 9, 14)


@pytest.fixture(scope="module")
def hotline():
    return load_scenario("nanxun-12368").hotline


def _store(home, hotline, calls):
    RecordStore(home, hotline.id).add(calls, "a" * 32, "recorded", time_zone=hotline.time_zone)


def test_without_records_a_synthetic_past_is_labelled(tmp_path, hotline):
    history = find_history(hotline, FIRST, 1, tmp_path)
    assert (history.kind, history.days) == ("synthetic", HISTORY_DAYS)


def test_records_of_a_week_are_enough_and_later_ones_are_not_looked_at(tmp_path, hotline):
    calls = generate_calls(hotline, date(2026, 8, 31), 21, 3)
    _store(tmp_path, hotline, calls)
    history = find_history(hotline, FIRST, 1, tmp_path)
    assert history.kind == "records"
    before = calls[calls["arrived_at"] < pd.Timestamp(FIRST, tz=hotline.time_zone)]
    assert history.actuals["offered"].sum() == len(before)
    assert history.grid.day_list[-1] < FIRST
    assert history.notes == ()


def test_a_what_if_learns_from_the_same_past(tmp_path, hotline):
    busier = check_typed(hotline, {"lines.*.demand.scale": "1.5", "lines.*.handling.scale": "2"}).hotline
    assert (
        find_history(busier, FIRST, 1, tmp_path).content_hash == find_history(hotline, FIRST, 1, tmp_path).content_hash
    )


def test_longer_handling_is_heard_where_records_tell_how_long_calls_take(tmp_path, hotline):
    _store(tmp_path, hotline, generate_calls(hotline, date(2026, 8, 31), 14, 3))
    longer = check_typed(hotline, {"lines.*.handling.scale": "+25 %"}).hotline
    forecasts = []
    for asked in (hotline, longer):
        history, grid, calendar = find_history(asked, FIRST, 1, tmp_path), grid_of(asked, FIRST, 7), calendar_of(asked)
        forecasts.append(
            forecast_period(asked, history.actuals, history.grid, grid, calendar, seed=1, paths=2),
        )
    was, now = forecasts
    assert now.aht_s == pytest.approx(1.25 * was.aht_s)
    assert (now.paths == was.paths).all()
    assert [c.text.en for c in changes_between(hotline, longer)] == ["handling time +25 %"]


def test_after_call_work_is_added_where_records_never_tell_it(tmp_path, hotline):
    calls = generate_calls(hotline, date(2026, 8, 31), 14, 3)
    _store(tmp_path / "full", hotline, calls)
    _store(tmp_path / "bare", hotline, calls.assign(wrap_s=float("nan")))
    full = find_history(hotline, FIRST, 1, tmp_path / "full")
    bare = find_history(hotline, FIRST, 1, tmp_path / "bare")
    handling = hotline.lines[0].handling
    answered = calls[calls["outcome"] == "answered"]
    expected = answered["talk_s"].sum() + answered["hold_s"].fillna(0).sum()
    expected += len(answered) * (1 - handling.short_call_share) * handling.wrap_s
    assert bare.actuals["handle_s"].sum() == pytest.approx(expected)
    assert bare.actuals["handle_s"].sum() == pytest.approx(full.actuals["handle_s"].sum(), rel=0.05)
    assert len(bare.notes) == 1
    assert full.notes == ()
