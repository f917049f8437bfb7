"""The clock of the day for a hotline: groups, hand-over, closing; and what each method achieves in the true queue."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from wfm.calendar import TimeGrid
from wfm.queueing import Goal, minimal_seats
from wfm.queueing.handling_law import exponential_law, handling_law_of
from wfm.staffing.clock import clock_rates, group_loads
from wfm.staffing.offered_load import offered_load
from wfm.staffing.workload import compute_workload


@pytest.fixture
def day(make_day, make_hotline):
    return make_day(make_hotline())


def serving_of(day):
    """Lines general, wages; groups day-general, day-wages, night."""
    by_day = (day.grid.minutes >= 480) & (day.grid.minutes < 1200)
    return np.stack([np.where(by_day, 0, 2), np.where(by_day, 1, 2)])


def calls_of(day):
    hour = day.grid.minutes / 60
    return np.stack([8 + 6 * np.sin(hour / 24 * 2 * np.pi), 3 + 2 * np.cos(hour / 24 * 2 * np.pi)])


def test_all_work_is_done_by_the_group_that_took_the_call(day):
    calls, serving = calls_of(day), serving_of(day)
    aht = np.array([[300.0], [600.0]]) * np.ones_like(calls)
    load = group_loads(day.hotline, calls, aht, serving, day.grid)
    per_day = 48
    for group in range(3):
        came = sum((calls[line] * aht[line])[serving[line] == group].sum() for line in range(2)) / 2
        held = (load.mean_erlang + load.after_close_erlang)[group, per_day:].sum() * day.grid.interval_s
        assert held == pytest.approx(came, rel=1e-6)


def test_a_group_that_hands_over_finishes_its_calls_and_the_next_starts_without(day):
    calls, serving = calls_of(day), serving_of(day)
    aht = np.full(calls.shape, 1200.0)
    load = group_loads(day.hotline, calls, aht, serving, day.grid)
    rates = clock_rates(day.hotline, calls, aht, serving, day.grid).busy_per_s
    evening = int(np.flatnonzero(day.grid.minutes == 1200)[0])
    assert (load.mean_erlang[:2, evening] == 0).all()
    assert (rates[:2, evening] == 0).all()
    law = handling_law_of(day.hotline.lines[0].handling, 1200.0)
    assert load.after_close_erlang[0, evening] == pytest.approx(
        float(offered_load(calls[0, evening - 24 : evening + 1] * (np.arange(25) < 24), 1800.0, law).mean_erlang[-1]),
        rel=1e-6,
    )
    assert load.start_erlang[2, evening] < 0.05
    assert load.mean_erlang[2, evening] < 0.7 * calls[:, evening].sum() * 1200 / 1800
    assert rates[2, evening] * 1200 == pytest.approx(load.busy_erlang[2, evening])


def test_the_day_before_is_taken_to_have_been_like_the_first(day):
    calls, serving = calls_of(day), serving_of(day)
    aht = np.full(calls.shape, 2400.0)
    load = group_loads(day.hotline, calls, aht, serving, day.grid)
    assert load.mean_erlang[:, :48] == pytest.approx(load.mean_erlang[:, 48:], rel=1e-3, abs=1e-3)
    assert load.mean_erlang[2, 0] > 0.9 * calls[:, 0].sum() * 2400 / 1800


def test_plain_rates_are_those_of_the_workload(day):
    summary = day.forecast({"general": 12.0, "wages": 7.0})
    workload = compute_workload(day.hotline, summary, day.grid, day.calendar).table
    calls = np.stack([summary.loc[summary["line"] == line, "mean"] for line in day.hotline.line_ids])
    aht = np.stack([summary.loc[summary["line"] == line, "aht_s"] for line in day.hotline.line_ids])
    plain = clock_rates(day.hotline, calls, aht, serving_of(day), day.grid, "plain").mean_per_s
    assert plain.ravel() * 1800 == pytest.approx(workload["arrivals"].to_numpy())
    followed = clock_rates(day.hotline, calls, aht, serving_of(day), day.grid)
    steady, inflow = followed.mean_per_s, followed.inflow_per_s
    middle = (day.grid.minutes >= 720) & (day.grid.minutes < 1200)
    # The forecast is flat by day: hours after opening all methods agree.
    assert steady[:2, middle] == pytest.approx(plain[:2, middle], rel=2e-3)
    assert inflow[:2, middle] == pytest.approx(plain[:2, middle], rel=5e-3)
    opening = int(np.flatnonzero(day.grid.minutes == 480)[0])
    assert (steady[:2, opening] < plain[:2, opening]).all()


def test_a_closed_line_leaves_calls_in_hand_and_none_come(make_day, make_hotline):
    day = make_day(make_hotline(interval_min=15), days=1)
    grid: TimeGrid = day.grid
    is_open = (grid.minutes >= 480) & (grid.minutes < 1080)
    serving = np.where(is_open, np.array([[0], [1]]), -1)
    calls = np.where(is_open, 5.0, 0.0) * np.ones((2, 1))
    load = group_loads(day.hotline, calls, np.full(calls.shape, 900.0), serving, grid)
    closing = int(np.flatnonzero(grid.minutes == 1080)[0])
    assert (load.mean_erlang[:, closing:] == 0).all()
    after = load.after_close_erlang[:, closing:]
    assert after[0, 0] > 2
    assert (np.diff(after[:2], axis=1) <= 0).all()
    assert (load.after_close_erlang[2] == 0).all()


@pytest.fixture(scope="module")
def truth():
    path = Path(__file__).parents[2] / "docs" / "transient_queue.py"
    spec = importlib.util.spec_from_file_location("transient_queue", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


CONSULTATION_S, PATIENCE_S, INTERVAL_S = 600.0, 180.0, 900.0
GOAL = Goal("service_level", 0.8, t_s=20)


@pytest.fixture(scope="module")
def courses(truth):
    """A morning of consultations from opening on, sized by each load, in the true queue."""
    calls = np.array([10.0, 16, 22, 30, 36, 36, 30, 18, 10, 8, 8, 14, 24, 28, 20, 10])
    load = offered_load(calls, INTERVAL_S, exponential_law(CONSULTATION_S))
    loads = {
        "plain": calls / INTERVAL_S * CONSULTATION_S,
        "mean": load.mean_erlang,
        "busy": (load.mean_erlang + load.peak_erlang) / 2,
        "peak": load.peak_erlang,
    }
    found = {}
    for name, erlang in loads.items():
        seats = minimal_seats(erlang / CONSULTATION_S, CONSULTATION_S, GOAL, PATIENCE_S)
        found[name] = seats, truth.transient(calls, INTERVAL_S, CONSULTATION_S, seats, PATIENCE_S, 20.0, room=50)
    return calls, found


def test_plain_sizing_has_too_many_seats_before_a_peak_and_too_few_after_it(courses):
    calls, found = courses
    seats, course = found["plain"]
    rising, falling = np.diff(calls, prepend=0) > 0, np.diff(calls, prepend=0) < 0
    assert course.within[rising].min() > 0.83
    assert course.within[falling].max() < GOAL.limit
    assert course.within.min() < 0.55
    better = found["mean"][0]
    assert (seats[rising] >= better[rising]).all()
    assert (seats[falling] <= better[falling]).all()
    assert (seats != better).mean() > 0.8


def test_offered_load_comes_nearer_the_target_with_no_more_seats(courses):
    _, found = courses
    far = {name: np.abs(course.within - GOAL.limit) for name, (_, course) in found.items()}
    assert far["mean"][1:].max() < 0.12 < 0.25 < far["plain"][1:].max()
    assert far["mean"].mean() < 0.4 * far["plain"].mean()
    assert found["mean"][0].sum() <= found["plain"][0].sum()


def test_sized_for_its_busy_load_every_interval_keeps_the_target(courses):
    _, found = courses
    assert (found["busy"][1].within >= GOAL.limit).all()
    assert found["mean"][0].sum() < found["busy"][0].sum() < found["peak"][0].sum()
