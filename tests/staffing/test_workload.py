"""Calls become work: nothing is lost on the way from the forecast to the groups."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from wfm.errors import BadInput
from wfm.staffing import compute_workload

LAWYERS = {"id": "duty-officer", "name": {"en": "d", "zh": "d"}, "answers_calls": True, "back_office": True}
HANDLERS = {"id": "handler", "name": {"en": "h", "zh": "h"}, "answers_calls": False, "back_office": True}
ORDERS = [
    {
        "id": "complaint",
        "name": {"en": "c", "zh": "c"},
        "per_answered_call": 0.2,
        "handling_s": 900,
        "deadline_working_days": 3,
    },
    {"id": "report", "name": {"en": "r", "zh": "r"}, "per_answered_call": 0.05, "handling_s": 1800, "deadline_h": 24},
]
ORDER_S = 0.2 * 900 + 0.05 * 1800


def by_interval(table: pd.DataFrame, column: str) -> np.ndarray:
    return table.pivot_table(index="interval", columns="group", values=column, aggfunc="sum", sort=False).to_numpy()


def test_the_ivr_keeps_its_share(make_hotline: Any, make_day: Any) -> None:
    day = make_day(make_hotline(ivr={"self_service_share": 0.25, "hang_up_share": 0.05}))
    forecast = day.forecast({"general": 20, "wages": 4})
    table = compute_workload(day.hotline, forecast, day.grid, day.calendar).table
    asked = 0.7 * forecast.groupby("interval", sort=False)["mean"].sum().to_numpy()
    assert by_interval(table, "arrivals").sum(axis=1) == pytest.approx(asked)


def test_each_line_goes_to_the_group_that_serves_it(make_hotline: Any, make_day: Any) -> None:
    day = make_day(make_hotline())
    table = compute_workload(day.hotline, day.forecast({"general": 20, "wages": 5}), day.grid, day.calendar).table
    noon = table[table["interval"] == pd.Timestamp("2026-09-14 12:00", tz="Asia/Shanghai")].set_index("group")
    assert noon["lines"].to_dict() == {"day-general": "general", "day-wages": "wages", "night": ""}
    assert noon["arrivals"].to_dict() == pytest.approx({"day-general": 20, "day-wages": 5, "night": 0})
    night = table[table["interval"] == pd.Timestamp("2026-09-14 22:00", tz="Asia/Shanghai")].set_index("group")
    assert night["lines"].to_dict() == {"day-general": "", "day-wages": "", "night": "general;wages"}
    assert night["arrivals"].to_dict() == pytest.approx({"day-general": 0, "day-wages": 0, "night": 5})
    # Pooled: handling time weighted by calls (4 × 240 s and 1 × 480 s), patience by its hazard.
    assert night.loc["night", "aht_s"] == pytest.approx((4 * 240 + 1 * 480) / 5)
    assert night.loc["night", "patience_s"] == pytest.approx(5 / (4 / 120 + 1 / 60))


def test_load_is_calls_times_handling_time(make_hotline: Any, make_day: Any) -> None:
    day = make_day(make_hotline())
    table = compute_workload(day.hotline, day.forecast(aht_s=300.0), day.grid, day.calendar, clock="plain").table
    assert table["load_erlang"].sum() * 1800 == pytest.approx(table["arrivals"].sum() * 300)
    assert (table["blended_erlang"] == 0).all()
    assert (table["back_office_erlang"] == 0).all()


def test_load_follows_the_clock(make_hotline: Any, make_day: Any) -> None:
    """§53"""
    day = make_day(make_hotline(), days=1)
    table = compute_workload(day.hotline, day.forecast(), day.grid, day.calendar, targets=()).table
    plain = compute_workload(day.hotline, day.forecast(), day.grid, day.calendar, targets=(), clock="plain").table
    assert table["arrivals"].to_numpy() == pytest.approx(plain["arrivals"].to_numpy())
    one = (table["group"] == "day-general").to_numpy()
    load, steady = table["load_erlang"].to_numpy()[one], plain["load_erlang"].to_numpy()[one]
    at = table["interval"].dt.hour.to_numpy()[one]
    # At 08:00 the group starts without calls; hours later the load is that of steady arrivals.
    assert load[16] < 0.97 * steady[16]
    assert load[at == 15] == pytest.approx(steady[at == 15], rel=1e-6)
    assert (table["mean_per_s"] * table["aht_s"]).to_numpy()[one] == pytest.approx(load)


def test_closed_intervals_bring_nothing(make_hotline: Any, make_day: Any) -> None:
    hours = {"weekday": ["08:30", "17:00"], "weekend": None, "holiday": None}
    day = make_day(make_hotline(opening=hours), date(2026, 9, 18), 3)
    table = compute_workload(day.hotline, day.forecast(), day.grid, day.calendar).table
    at = table["interval"].dt
    opened = (at.day_of_week < 5) & (at.hour * 60 + at.minute >= 510) & (at.hour < 17)
    assert (table.loc[~opened, ["arrivals", "load_erlang"]] == 0).all().all()
    assert (table.loc[~opened, "lines"] == "").all()
    assert table.loc[opened, "arrivals"].sum() == pytest.approx(17 * 20)


@pytest.mark.parametrize("staff", [[], [LAWYERS], [LAWYERS | {"back_office": False}, HANDLERS]])
def test_work_orders_are_conserved_and_done_by_who_can(
    make_hotline: Any, make_day: Any, staff: list[Any], make_line: Any
) -> None:
    survey = {"asked_share": 0.5, "call_back_s": 150}
    # One patience for both lines: at night their callers wait in one queue.
    lines = [make_line("general"), make_line("wages")]
    hotline = make_hotline(lines=lines, work_orders=ORDERS, satisfaction=survey, staff_kinds=staff)
    # Friday to Tuesday: the back office rests on the weekend.
    day = make_day(hotline, date(2026, 9, 18), 5)
    table = compute_workload(hotline, day.forecast(), day.grid, day.calendar, targets=(), clock="plain").table
    calls = compute_workload(
        make_hotline(lines=lines), day.forecast(), day.grid, day.calendar, targets=(), clock="plain"
    ).table
    # Every answered call brings work orders and 0.5 · (8 % + 2 %) satisfaction call-backs.
    gives_up = predicted_giving_up(calls)
    answered = (calls["arrivals"] * (1 - gives_up)).sum()
    expected_s = answered * (ORDER_S + 0.5 * 0.1 * 150)
    separate = any(not kind["answers_calls"] for kind in staff)
    mine, other = ("back_office_erlang", "blended_erlang") if separate else ("blended_erlang", "back_office_erlang")
    assert table[mine].sum() * 1800 == pytest.approx(expected_s, rel=1e-9)
    assert (table[other] == 0).all()
    at = table["interval"].dt
    if not separate:
        # Agents do it whenever they are idle, at night and on the weekend too.
        assert set(at.hour[table[mine] > 0]) == set(range(24))
        assert set(at.day_of_week[table[mine] > 0]) == {4, 5, 6, 0, 1}
        return
    working = table[table[mine] > 0]["interval"].dt
    assert working.hour.min() == 9
    assert working.hour.max() == 17
    assert (table.loc[at.hour == 12, mine] == 0).all()
    assert (table.loc[at.day_of_week >= 5, mine] == 0).all()
    # Monday carries the weekend's work too.
    daily = table.groupby(at.day_of_week)[mine].sum()
    assert daily[0] > daily[4]
    assert table["load_erlang"].to_numpy() == pytest.approx(calls["load_erlang"].to_numpy())


def predicted_giving_up(table: pd.DataFrame) -> np.ndarray:
    """Share giving up at the seats of minimum cover (no targets): one seat a group, by its balance equations."""
    found = np.zeros(len(table))
    for n, row in enumerate(table.itertuples()):
        if row.arrivals == 0:
            continue
        rate, weights = row.arrivals / row.interval_s, [1.0]
        for k in range(1, 400):
            weights.append(weights[-1] * rate / (1 / row.aht_s + (k - 1) / row.patience_s))
        p = np.array(weights) / sum(weights)
        found[n] = (p[1:] * np.arange(399)).sum() / row.patience_s / rate
    return found


def test_missed_calls_are_called_back_after_the_delay(make_hotline: Any, make_day: Any) -> None:
    call_back = {"missed_calls": True, "reached_share": 0.75, "delay_s": 3600}
    day = make_day(make_hotline(call_back=call_back))
    forecast = day.forecast({"general": 30, "wages": 0.0}, aht_s=240.0)
    table = compute_workload(day.hotline, forecast, day.grid, day.calendar, targets=(), clock="plain").table
    missed = table["arrivals"] * predicted_giving_up(table)
    assert table["blended_erlang"].sum() * 1800 == pytest.approx(0.75 * missed.sum() * 240, rel=1e-9)
    pooled = table.groupby("interval", sort=False).agg(arrivals=("arrivals", "sum"), work=("blended_erlang", "sum"))
    lost = missed.groupby(table["interval"], sort=False).sum().to_numpy()
    # 15 min to the middle of the interval and an hour of delay: two intervals later.
    assert pooled["work"].to_numpy()[2:-2] * 1800 == pytest.approx(0.75 * 240 * lost[:-4], rel=1e-9)
    assert (table["load_erlang"] - table["arrivals"] * 240 / 1800).to_numpy() == pytest.approx(
        table["blended_erlang"].to_numpy()
    )


def test_calls_of_the_night_are_called_back_after_opening(make_hotline: Any, make_day: Any) -> None:
    hours = {"weekday": ["08:00", "18:00"]}
    day = make_day(make_hotline(opening=hours, call_back={"closed_calls": True, "reached_share": 0.5}))
    forecast = day.forecast({"general": 10, "wages": 0.0}, aht_s=240.0)
    table = compute_workload(day.hotline, forecast, day.grid, day.calendar).table
    work = table.groupby("interval", sort=False)["blended_erlang"].sum().to_numpy() * 1800
    first_night, second_night = 16 * 2.0, 4 * 10.0 + 8 * 2.0 + 16 * 2.0
    assert work[16:20] == pytest.approx(np.full(4, first_night * 0.5 * 240 / 4))
    assert work[64:68] == pytest.approx(np.full(4, second_night * 0.5 * 240 / 4))
    # Calls after the last opening of the period are called back after it.
    assert work.sum() == pytest.approx((first_night + second_night) * 0.5 * 240)


def test_redials_come_on_top_of_first_attempts(make_hotline: Any, make_day: Any, make_line: Any) -> None:
    lines = [make_line("general", redial={"share": 0.5, "attempts_max": 2}), make_line("wages")]
    day = make_day(make_hotline(lines=lines))
    forecast = day.forecast({"general": 30, "wages": 1e-9})
    once = compute_workload(make_hotline(), forecast, day.grid, day.calendar, targets=(), clock="plain").table
    lost = predicted_giving_up(once)
    table = compute_workload(day.hotline, forecast, day.grid, day.calendar, targets=(), clock="plain").table
    by_day = table["group"] == "day-general"
    expected = (once["arrivals"] * (1 + 0.5 * lost))[by_day]
    assert table.loc[by_day, "arrivals"].to_numpy() == pytest.approx(expected.to_numpy(), rel=1e-9)


def test_a_forecast_that_does_not_fit_is_refused(make_hotline: Any, make_day: Any) -> None:
    day = make_day(make_hotline())
    good = day.forecast()
    for wrong, sentence in (
        (good.assign(line="moon"), "unknown line"),
        (good.assign(interval=good["interval"] + pd.Timedelta(days=9)), "outside the period"),
        (good.assign(mean=-1.0), "zero or more"),
        (good.assign(mean=np.nan), "zero or more"),
    ):
        with pytest.raises(BadInput, match=sentence):
            compute_workload(day.hotline, wrong, day.grid, day.calendar)
