"""What a day comes to: against Erlang A by its birth-death equations, conservation, and the simulation of the same day."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from scenarios.simulated_day import presence_duties, simulated_counts
from wfm.hotline import open_intervals
from wfm.metrics import COUNTS, KPIS
from wfm.review.day_evaluation import DayFormulas
from wfm.review.day_inputs import (
    Pattern,
    actual_inputs,
    changed_factors,
    hotline_with,
    mixed_inputs,
    planned_inputs,
    scaled_patience,
)


def flat_day(court, grid, calendar, *, calls=200.0, seats=4.0, aht_s=300.0):
    opened = open_intervals(court, grid, calendar)
    forecast = pd.DataFrame({"line": court.line_ids[0], "interval": grid.starts, "aht_s": aht_s})
    forecast["mean"] = np.where(opened, calls / opened.sum(), 0.0)
    return planned_inputs(court, grid, forecast, np.where(opened, seats, 0.0)[None])


def birth_death(rate, aht_s, seats, patience_s, states=400):
    """Share that gives up and probability of waiting, by the equations of the chain."""
    p = [0.0]
    for n in range(states):
        out = min(n + 1, seats) / aht_s + max(n + 1 - seats, 0) / patience_s
        p.append(p[-1] + np.log(rate / out))
    weight = np.exp(np.array(p) - max(p))
    weight /= weight.sum()
    waiting = (np.maximum(np.arange(states + 1) - seats, 0) * weight).sum()
    return waiting / patience_s / rate, weight[seats:].sum()


def test_a_flat_day_is_erlang_a(court, court_day) -> None:
    grid, calendar = court_day
    day = flat_day(court, grid, calendar)
    found = DayFormulas(court, grid, calendar, carry_over=False).counts(day)
    opened = open_intervals(court, grid, calendar)
    rate = 200.0 / opened.sum() / grid.interval_s
    gives_up, _ = birth_death(rate, 300.0, 4, court.lines[0].patience.mean_s)
    assert found["queued"].sum() == pytest.approx(200.0)
    assert found["abandoned"].sum() == pytest.approx(200.0 * gives_up, rel=1e-6)
    assert found["answered"].sum() + found["abandoned"].sum() == pytest.approx(200.0)
    assert found["handle_s"].sum() == pytest.approx(300.0 * found["answered"].sum())
    assert found["staffed_s"].sum() == pytest.approx(4 * opened.sum() * grid.interval_s)


def test_seats_between_two_whole_numbers_mix_them(court, court_day) -> None:
    grid, calendar = court_day
    formulas = DayFormulas(court, grid, calendar, carry_over=False)
    lost = [
        formulas.counts(flat_day(court, grid, calendar, seats=seats))["abandoned"].sum() for seats in (3.0, 3.25, 4.0)
    ]
    assert lost[1] == pytest.approx(0.75 * lost[0] + 0.25 * lost[2])


def test_redials_settle_where_attempts_cause_themselves(court, court_day) -> None:
    grid, calendar = court_day
    day = flat_day(court, grid, calendar, seats=3.0)
    habits = replace(day.patience, redial_share=np.array([0.5]))
    line = court.lines[0]
    endless = line.model_copy(update={"redial": line.redial.model_copy(update={"attempts_max": 20})})
    formulas = DayFormulas(court.model_copy(update={"lines": (endless,)}), grid, calendar, carry_over=False)
    found = formulas.counts(replace(day, patience=habits))
    # Every other caller who gives up is one attempt more: attempts = first calls + half of those given up.
    assert found["queued"].sum() == pytest.approx(200.0 + 0.5 * found["abandoned"].sum(), rel=2e-3)
    assert found["offered"].sum() == pytest.approx(found["queued"].sum())


@pytest.mark.parametrize(("calls", "seats"), [(200.0, 4.0), (300.0, 3.5)])
def test_formulas_agree_with_simulated_days(court, court_day, calls, seats) -> None:
    grid, calendar = court_day
    day = flat_day(court, grid, calendar, calls=calls, seats=seats, aht_s=court.lines[0].handling.mean_s)
    expected = pd.DataFrame({n: [v.sum()] for n, v in DayFormulas(court, grid, calendar).counts(day).items()})
    played = pd.DataFrame(simulated_counts(court, grid, [day], seed=3, replications=300)[0].sum(axis=1), columns=COUNTS)
    for kpi, near in (("abandon_share", 0.015), ("service_level_15_offered", 0.03), ("waited_over_40_s_share", 0.03)):
        assert KPIS[kpi].of(expected) == pytest.approx(KPIS[kpi].daily(played).mean(), abs=near), kpi


def test_coalitions_take_each_input_from_one_side(court, court_day) -> None:
    grid, calendar = court_day
    planned = flat_day(court, grid, calendar)
    actual = replace(planned, volume=planned.volume * 1.2, seats=planned.seats - 0.5)
    assert changed_factors(planned, actual) == ("volume", "seats")
    mixed = mixed_inputs(planned, actual, {"seats"})
    assert mixed.volume is planned.volume
    assert mixed.seats is actual.seats
    assert changed_factors(planned, planned) == ()


def test_what_the_records_do_not_tell_stays_as_planned(court, court_day) -> None:
    """§112 An input that the records do not tell counts as planned; known are volume, pattern and handling by line."""
    grid, calendar = court_day
    planned = flat_day(court, grid, calendar)
    empty = dict.fromkeys(("ivr_answered", "ivr_completed", "ivr_abandoned"), np.nan)
    table = pd.DataFrame({"line": court.line_ids[0], "interval": grid.starts, "first_attempts": np.nan, **empty})
    table["offered"] = np.where(np.arange(len(grid)) == 20, 30.0, 0.0)
    table["queued"] = table["offered"]
    table["answered"] = np.where(np.arange(len(grid)) == 20, 10.0, np.nan)
    table["handle_s"] = table["answered"] * 360.0
    actual = actual_inputs(court, grid, planned, table)
    assert changed_factors(planned, actual) == ("volume", "pattern", "handling")
    assert actual.volume.tolist() == [30.0]
    assert actual.pattern.as_came
    assert actual.pattern.shares[0, 20] == 1.0
    np.testing.assert_allclose(actual.handling, 1.2 * planned.handling)  # 360 s for 300 s
    one_seat_unknown = np.where(np.arange(len(grid)) == 20, np.nan, 2.0)[None]
    seats = actual_inputs(court, grid, planned, table, seats=one_seat_unknown).seats
    assert seats[0, 20] == planned.seats[0, 20]
    assert seats[0, 21] == 2.0


def test_calls_that_came_are_played_as_they_came(court, court_day) -> None:
    grid, calendar = court_day
    rng = np.random.default_rng(1)
    came = rng.poisson(3.0, (1, len(grid))) * open_intervals(court, grid, calendar)
    planned = flat_day(court, grid, calendar)
    shares = came / came.sum()
    day = replace(planned, volume=np.array([float(came.sum())]), pattern=Pattern(shares, as_came=True))
    counts = simulated_counts(court, grid, [day, planned], seed=1, replications=20)
    offered = COUNTS.index("offered")
    assert (counts[0][:, 0, offered] == came.sum()).all()
    assert (counts[1][:, 0, offered] == 200.0).all(), "a planned total is played whole, wherever its calls fall"


def test_presence_adds_up_to_the_mean_seats(court, court_day) -> None:
    grid, _calendar = court_day
    rng = np.random.default_rng(2)
    seats = np.round(rng.uniform(0, 3, (1, len(grid))), 2) * (rng.random((1, len(grid))) < 0.8)
    duties = presence_duties(seats, [court.groups[0].id], grid)
    edges = [*grid.starts, grid.ends[-1]]
    for t in range(len(grid)):
        inside = duties["end"].clip(upper=edges[t + 1]) - duties["start"].clip(lower=edges[t])
        there = inside.dt.total_seconds().clip(lower=0).sum() / grid.interval_s
        assert there == pytest.approx(seats[0, t], abs=1e-5)


def test_patience_is_stretched_whatever_its_law(court) -> None:
    for update in ({}, {"distribution": "weibull", "cv": 0.7}, {"distribution": "lognormal", "cv": 1.4}):
        law = court.lines[0].patience.model_copy(update=update)
        stretched = scaled_patience(law, 1.5)
        assert stretched.mean_s == pytest.approx(1.5 * law.mean_s)
        assert stretched.distribution == law.distribution


def test_a_day_carries_its_own_habits_into_the_hotline(court, court_day) -> None:
    grid, calendar = court_day
    day = flat_day(court, grid, calendar)
    habits = replace(day.patience, patience_scale=np.array([0.5]), redial_share=np.array([0.3]))
    hotline = hotline_with(court, replace(day, patience=habits))
    assert hotline.lines[0].patience.mean_s == pytest.approx(court.lines[0].patience.mean_s / 2)
    assert hotline.lines[0].redial.share == 0.3


def test_calls_outside_opening_hours_are_a_matter_of_when(court, court_day) -> None:
    """§109 Calls outside opening hours belong to when calls came, not to how many: no forecast speaks of them."""
    grid, calendar = court_day
    opened = open_intervals(court, grid, calendar)
    planned = flat_day(court, grid, calendar, calls=36.0)
    table = pd.DataFrame({"line": court.line_ids[0], "interval": grid.starts})
    table["first_attempts"] = np.where(opened, 2.0, 0.0)
    table.loc[2, "first_attempts"] = 5.0  # at one in the morning
    for name in ("offered", "queued"):
        table[name] = table["first_attempts"]
    for name in ("answered", "handle_s", "ivr_answered", "ivr_completed", "ivr_abandoned"):
        table[name] = np.nan
    actual = actual_inputs(court, grid, planned, table, is_open=opened)
    assert actual.volume.tolist() == [36.0]
    assert actual.arrivals.sum() == pytest.approx(41.0)
    counts = simulated_counts(court, grid, [actual], seed=1, replications=3)[0]
    assert (counts[:, 0, COUNTS.index("offered")] == 41).all()
    assert (counts[:, 0, COUNTS.index("closed")] == 5).all()
    assert DayFormulas(court, grid, calendar).counts(actual)["closed"].tolist() == [pytest.approx(5.0)]
