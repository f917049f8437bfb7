"""Backlog carried from interval to interval, against the equations of state of the changing queue."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate

from wfm.errors import BadInput
from wfm.queueing import Goal, erlang_b, minimal_seats, performance
from wfm.queueing.handling_law import constant_law, exponential_law, lognormal_law
from wfm.staffing.backlog import backlog_performance, carried_over_rates, matching_inflow
from wfm.staffing.backlog_seats import backlog_seats
from wfm.staffing.interval_seats import COVER
from wfm.staffing.offered_load import offered_load

QUARTER = 900.0
BURST = np.array([0.7, 0.8, 0.85, 1.3, 1.3, 0.9, 0.8, 0.7, 0.6])
SEATS = np.full(BURST.size, 20)


@pytest.fixture(scope="module")
def truth():
    path = Path(__file__).parents[2] / "docs" / "transient_queue.py"
    spec = importlib.util.spec_from_file_location("transient_queue", path)
    module = importlib.util.module_from_spec(spec)
    # Its dataclass looks itself up by module name.
    import sys

    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_equations_of_state_are_integrated_rightly(truth):
    calls, seats, aht, patience, room = np.array([6.0, 9.0, 2.0]), np.array([3, 2, 4]), 400.0, 300.0, 20
    course = truth.transient(calls, QUARTER, aht, seats, patience, 20.0, room=room)
    number, state = np.arange(seats.max() + room + 1), np.zeros(seats.max() + room + 1)
    state[0] = 1
    for t, (rate, n) in enumerate(zip(calls / QUARTER, seats, strict=True)):
        down = np.minimum(number, n) / aht + np.maximum(number - n, 0) / patience
        up = np.where(number < number[-1], rate, 0.0)

        def change(_, y, up=up, down=down):
            p = y[: number.size]
            gain = np.concatenate([[0], (p * up)[:-1]]) + np.concatenate([(p * down)[1:], [0]])
            return np.concatenate([gain - p * (up + down), p])

        solved = integrate.solve_ivp(
            change, (0, QUARTER), np.concatenate([state, 0 * state]), rtol=1e-9, atol=1e-11, method="LSODA"
        ).y[:, -1]
        state, average = solved[: number.size], solved[number.size :] / QUARTER
        assert course.waiting[t] == pytest.approx(average @ np.maximum(number - n, 0), abs=1e-5)
        assert course.busy[t] == pytest.approx(average @ np.minimum(number, n), abs=1e-5)


def test_a_caller_in_a_settled_queue_fares_as_balance_equations_say(truth, chain):
    settled = chain(7 / QUARTER, 400.0, 3, 300.0)
    course = truth.transient(np.full(12, 7.0), QUARTER, 400.0, np.full(12, 3), 300.0, 20.0, room=40)
    assert course.answered[-1] == pytest.approx(1 - settled.abandon, abs=1e-6)
    assert course.asa_s[-1] == pytest.approx(settled.asa_s, rel=1e-5)
    soon = integrate.quad(lambda t: settled.waits_over(t) / 300, 0, 20)[0]  # gave up within 20 s
    assert course.within[-1] == pytest.approx(1 - settled.waits_over(20) - soon, abs=1e-6)


@pytest.mark.parametrize(("aht", "patience"), [(600.0, 120.0), (240.0, 120.0), (240.0, 10.0), (240.0, 600.0)])
def test_a_burst_with_callers_who_give_up_comes_near_the_true_queue(truth, aht, patience):
    rate = BURST * SEATS / aht
    true = truth.transient(rate * QUARTER, QUARTER, aht, SEATS, patience, 15.0, room=120)
    found = backlog_performance(rate, QUARTER, aht, SEATS, patience, 15.0)
    plain = performance(rate, aht, SEATS, 15.0, patience)
    assert np.abs(found.service_level - true.within).max() < 0.02
    assert np.abs(found.waiting - true.waiting).max() < 0.03 * true.waiting.max()
    assert np.abs(found.asa_s - true.asa_s).max() < 0.05 * true.asa_s.max()
    for wrong, right in (
        (plain.service_level, found.service_level),
        (rate * plain.mean_wait_s, found.waiting),
    ):
        known = true.within if wrong is plain.service_level else true.waiting
        assert 5 * np.abs(right - known).max() < np.abs(wrong - known).max()


def test_patience_as_long_as_handling_is_exact(truth):
    # Everyone leaves at one rate, in service or in line: the number in the system is Poisson throughout.
    rate = BURST * SEATS / 600
    true = truth.transient(rate * QUARTER, QUARTER, 600.0, SEATS, 600.0, 15.0)
    found = backlog_performance(rate, QUARTER, 600.0, SEATS, 600.0, 15.0)
    assert found.service_level == pytest.approx(true.within, abs=2e-3)
    present = integrate.solve_ivp(
        lambda t, y: rate[min(int(t // QUARTER), rate.size - 1)] - y / 600,
        (0, BURST.size * QUARTER), [0.0], max_step=30, rtol=1e-8,
    ).y[0, -1]  # fmt: skip
    assert found.in_system[-1] == pytest.approx(present, rel=1e-3)


def test_a_burst_with_callers_who_never_give_up_is_answered_at_all(truth):
    rate = BURST * SEATS / 600
    true = truth.transient(rate * QUARTER, QUARTER, 600.0, SEATS, 1e9, 15.0, room=300)
    found = backlog_performance(rate, QUARTER, 600.0, SEATS, np.inf, 15.0)
    plain = performance(rate, 600.0, SEATS, 15.0)
    assert np.isnan(plain.mean_wait_s[3:5]).all()
    assert found.waiting[3:] == pytest.approx(true.waiting[3:], rel=0.35)
    after = slice(5, None)
    assert (np.abs(found.waiting - true.waiting) < np.abs(rate * plain.mean_wait_s - true.waiting))[after].all()
    # Stolletz's carry-over, too, is nearer than forgetting.
    modified = carried_over_rates(rate, QUARTER, 600.0, SEATS)
    carried = modified * performance(modified, 600.0, SEATS, 15.0).mean_wait_s
    assert (np.abs(carried - true.waiting) < np.abs(rate * plain.mean_wait_s - true.waiting))[after].all()


def test_stolletz_offers_again_what_a_loss_queue_blocks():
    rate, aht, seats = np.array([0.5, 0.2, 0.1]) / 60, 900.0, np.array([4, 4, 3])
    modified, backlog = [], 0.0
    for r, n in zip(rate, seats, strict=True):
        offered = (r + backlog) * aht
        blocked = (
            offered**n
            / np.prod(np.arange(1, n + 1))
            / sum(offered**k / np.prod(np.arange(1, k + 1)) for k in range(n + 1))
        )
        modified.append((r + backlog) * (1 - blocked))
        backlog = (r + backlog) * blocked
    assert carried_over_rates(rate, QUARTER, aht, seats) == pytest.approx(np.array(modified), rel=1e-12)


@given(st.floats(0.05, 0.9), st.integers(1, 60), st.floats(60, 1200))
@settings(max_examples=10, deadline=None)
def test_stolletz_settles_where_all_arrivals_are_carried(utilisation, seats, aht):
    rate = utilisation * seats / aht
    # A single seat settles slowest, by a factor of 1 − (1 − ρ)² a period: 0.99 at a utilisation of 0.9.
    modified = carried_over_rates(np.full(1_500, rate), aht, aht, seats)
    assert modified[-1] == pytest.approx(rate, rel=1e-6)
    assert (modified < seats / aht).all()
    assert modified[0] == pytest.approx(rate * (1 - float(erlang_b(rate * aht, seats))), rel=1e-9)


@given(st.floats(0.1, 1.6), st.integers(0, 60), st.floats(60, 900), st.floats(5, 900), st.sampled_from([900.0, 1800.0]))
@settings(max_examples=15, deadline=None)
def test_under_constant_calls_the_stationary_queue_returns(utilisation, seats, aht, patience, interval_s):
    rate = utilisation * max(seats, 1) / aht
    found = backlog_performance(np.full(60, rate), interval_s, aht, seats, patience, 15.0)
    settled = performance(rate, aht, seats, 15.0, patience)
    assert found.rate_per_s[-1] == pytest.approx(rate, rel=1e-6)
    assert found.service_level[-1] == pytest.approx(float(settled.service_level), abs=1e-6)
    assert found.abandon_share[-1] == pytest.approx(float(settled.abandon_share), abs=1e-6)
    assert found.mean_wait_s[-1] == pytest.approx(float(settled.mean_wait_s), rel=1e-4, abs=1e-6)
    if seats:
        assert found.occupancy[-1] == pytest.approx(float(settled.occupancy), abs=1e-6)


def test_without_waiting_it_is_the_offered_load():
    calls = np.array([0.0, 4, 12, 20, 24, 15, 6, 0, 0, 30])
    load = offered_load(calls, QUARTER, exponential_law(600.0))
    found = backlog_performance(calls / QUARTER, QUARTER, 600.0, 400, 120.0)
    assert found.in_system == pytest.approx(load.end_erlang, rel=2e-3, abs=1e-3)


@pytest.mark.parametrize("law", [lognormal_law(600.0, 1.3), constant_law(450.0)])
def test_the_matching_inflow_brings_the_load_of_another_law(law):
    calls = np.array([0.0, 4, 12, 20, 24, 15, 6, 0, 0, 30])
    load = offered_load(calls, QUARTER, law)
    inflow = matching_inflow(load, QUARTER, law.mean_s)
    found = backlog_performance(calls / QUARTER, QUARTER, law.mean_s, 400, 120.0, inflow_per_s=inflow)
    assert found.in_system == pytest.approx(load.end_erlang, rel=2e-3, abs=2e-2)
    exponential = offered_load(calls, QUARTER, exponential_law(600.0))
    assert matching_inflow(exponential, QUARTER, 600.0) == pytest.approx(calls / QUARTER, abs=1e-9)


def test_without_seats_callers_gather_as_long_as_they_are_patient():
    found = backlog_performance(np.full(4, 0.01), QUARTER, 300.0, 0, np.inf)
    assert found.in_system == pytest.approx(0.01 * QUARTER * np.arange(1, 5))
    assert (found.service_level == 0).all()
    impatient = backlog_performance(np.full(40, 0.01), QUARTER, 300.0, 0, 500.0)
    assert impatient.in_system[-1] == pytest.approx(0.01 * 500, rel=5e-3)
    assert impatient.waiting[-1] == pytest.approx(0.01 * 500)
    assert impatient.abandon_share[-1] == pytest.approx(1.0)


def test_a_group_that_was_closed_opens_empty():
    is_open = np.array([True, True, False, True])
    found = backlog_performance(
        np.array([0.1, 0.1, 0.0, 0.0]), QUARTER, 300.0, np.array([2, 2, 0, 2]), np.inf, is_open=is_open
    )
    assert found.in_system[1] > 50
    assert found.in_system[2:].tolist() == [0.0, 0.0]
    assert np.isnan(found.service_level[2:]).all()


def test_days_side_by_side_are_days_one_after_another():
    rng = np.random.default_rng(2)
    rate = rng.uniform(0.2, 1.5, (2, 96 * 3)) * 10 / 600
    whole = backlog_performance(rate, QUARTER, 600.0, 10, np.inf, 15.0)
    left = np.zeros(2)
    for day in range(3):
        one = slice(96 * day, 96 * (day + 1))
        alone = backlog_performance(rate[:, one], QUARTER, 600.0, 10, np.inf, 15.0, in_system=left)
        assert whole.in_system[:, one] == pytest.approx(alone.in_system, rel=1e-6)
        assert whole.service_level[:, one] == pytest.approx(alone.service_level, abs=1e-6)
        left = alone.in_system[:, -1]
    assert (left > 0).all()


GOALS = [Goal("service_level", 0.85, t_s=20), Goal("asa_s", 15, strict=True), Goal("occupancy", 0.85)]


def day_of(calls_per_day):
    hour = np.arange(96) / 4
    shape = np.exp(-(((hour - 10.5) / 2.2) ** 2)) + 0.7 * np.exp(-(((hour - 15.5) / 2) ** 2)) + 0.03
    return calls_per_day * shape / shape.sum() / QUARTER


def kept(found, goals):
    measures = {"service_level": found.service_level, "asa_s": found.asa_s, "occupancy": found.occupancy}
    return np.array([goal.kept_by(measures[goal.measure]) for goal in goals])


def test_seats_forward_keep_every_goal_and_one_fewer_does_not():
    rate = day_of(700)[20:72]
    found = backlog_seats(GOALS, rate, QUARTER, 600.0, 180.0, minimum=1)
    assert found.seats.tolist() == found.wanted.tolist()
    assert kept(backlog_performance(rate, QUARTER, 600.0, found.seats, 180.0, 20.0), GOALS).all()
    for t in np.flatnonzero(found.seats > 1)[::5]:
        fewer = found.seats.copy()
        fewer[t] -= 1
        fails = ~kept(backlog_performance(rate, QUARTER, 600.0, fewer, 180.0, 20.0), GOALS)[:, t]
        assert fails.any()
        assert fails[found.binding[t]]
    assert (found.binding[found.seats == 1] == COVER).all()


def test_seats_forward_keep_the_goal_in_the_true_queue_where_plain_ones_fail(truth):
    rate, goal = day_of(900)[20:56], Goal("service_level", 0.85, t_s=20)
    carried = backlog_seats([goal], rate, QUARTER, 600.0, 180.0, minimum=1).seats
    plain = np.maximum(minimal_seats(rate, 600.0, goal, 180.0), 1)
    true = [truth.transient(rate * QUARTER, QUARTER, 600.0, seats, 180.0, 20.0, room=50) for seats in (plain, carried)]
    assert true[0].within.min() < 0.8
    assert true[1].within.min() > 0.845
    assert carried.sum() <= plain.sum() * 1.01


def test_what_may_not_be_opened_is_carried_on_and_shared():
    rate = np.stack([day_of(700), day_of(300)])[:, 24:64]
    free = backlog_seats(GOALS[:1], rate, QUARTER, 600.0, np.inf, minimum=1)
    tight = backlog_seats(GOALS[:1], rate, QUARTER, 600.0, np.inf, 0.0, 1, 18)
    assert tight.seats.sum(axis=0).max() == 18
    assert (tight.seats >= 1).all()
    # Callers who never give up are still there: whoever was refused seats asks for more of them later.
    first = np.flatnonzero(free.wanted.sum(axis=0) > 18)[0]
    assert (tight.wanted[:, : first + 1] == free.wanted[:, : first + 1]).all()
    asked, needed = (x.wanted[:, first + 1 : first + 4].sum(axis=0) for x in (tight, free))
    assert (asked >= needed).all()
    assert asked[-1] > needed[-1]


def test_other_work_counts_in_the_occupancy_alone():
    found = backlog_seats([Goal("occupancy", 0.85)], np.zeros(3), QUARTER, 600.0, 180.0, [0.0, 3.0, 8.5])
    assert found.seats.tolist() == [0, 4, 10]
    assert backlog_seats([GOALS[0]], np.zeros(3), QUARTER, 600.0, 180.0, 3.0).seats.tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: backlog_performance([0.1], QUARTER, 0.0, 3), "handling time"),
        (lambda: backlog_performance([0.1], QUARTER, 300.0, 3.5), "seats"),
        (lambda: backlog_performance([0.1], 0.0, 300.0, 3), "length of an interval"),
        (lambda: backlog_performance([0.1, 0.2], QUARTER, 300.0, [1, 2, 3]), "do not fit"),
        (lambda: backlog_performance([0.1], QUARTER, 300.0, 3, in_system=-1.0), "callers in the system"),
        (lambda: backlog_performance([0.1], QUARTER, 300.0, 3, in_system=[1.0, 2.0]), "one a group"),
        (lambda: backlog_performance(np.zeros((2, 2, 2)), QUARTER, 300.0, 3), "groups, intervals"),
        (lambda: backlog_seats([Goal("service_level", 1.0, t_s=20)], [0.1], QUARTER, 300.0), "no number of seats"),
        (lambda: backlog_seats(GOALS, [np.nan], QUARTER, 300.0), "found nan"),
        (lambda: backlog_seats(GOALS, [0.1], QUARTER, 300.0, 100.0, -1.0), "other work"),
    ],
)
def test_what_describes_no_queue_is_refused(call, told):
    with pytest.raises(BadInput, match=told):
        call()
