"""Counts without a table are those of the table, bit for bit."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from simulation import Centre, SimulatedCalls, simulate, tally
from simulation.calls import CALL_BACK_ACCEPTED
from simulation.compiled import call_order
from simulation.compiled_counts import count_replication, interval_at
from simulation.flat_centre import ROW
from wfm.metrics import COUNTS

NAMES = {"en": "x", "zh": "x"}


def busy_hotline(groups: int) -> dict[str, Any]:
    """Two lines with IVR, redials, both kinds of call-backs, circuits and a night without agents."""
    line = {
        "demand": {"calls_per_day": 1},
        "name": NAMES,
        "handling": {"talk_s": 240, "talk_cv": 0.9, "hold_s": 20, "wrap_s": 60, "short_call_share": 0.1},
        "patience": {"mean_s": 60},
        "redial": {"share": 0.6, "delay_mean_s": 4000},
    }
    split = [
        {"id": "first", "name": NAMES, "lines": ["a"], "from": "06:00", "to": "13:00"},
        {"id": "second", "name": NAMES, "lines": ["b"], "from": "06:00", "to": "13:00"},
        {"id": "all", "name": NAMES, "lines": ["a", "b"], "from": "13:00", "to": "06:00"},
    ]
    return {
        "lines": [{"id": "a", **line}, {"id": "b", **line}],
        "groups": split if groups == 3 else [{"id": "all", "name": NAMES, "lines": ["a", "b"]}],
        "ivr": {
            "announcement_s": 5,
            "menu_s": 20,
            "self_service_share": 0.1,
            "self_service_s": 60,
            "hang_up_share": 0.1,
            "hang_up_s": 15,
        },
        "ring_s": 3,
        "interval_min": 15,
        "opening": {"weekday": ("06:00", "22:00"), "weekend": None, "holiday": None},
        "trunks": {"circuits": 5},
        "call_back": {"missed_calls": True, "closed_calls": True, "reached_share": 0.7},
    }


def recorded(calls: SimulatedCalls, rng: np.random.Generator) -> np.ndarray:
    """The calls as an engine keeps them: first attempts in order, then redials in any."""
    rows = np.zeros(len(calls), dtype=ROW)
    for name in ROW.names or ():
        if hasattr(calls, name):
            rows[name] = getattr(calls, name)
    rows["interval"] = (calls.arrived_s / 900).astype(int)
    rows["spoken_s"] = calls.handle_s
    first = np.flatnonzero(calls.attempt == 1)
    redials = np.flatnonzero(calls.attempt > 1)
    shuffled = rng.permutation(redials)
    redials = shuffled[np.argsort(calls.attempt[shuffled], kind="stable")]
    order = np.concatenate([first, redials])
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    again = np.flatnonzero(calls.attempt[1:] > 1)
    rows["again"] = -1
    rows["again"][again] = place[again + 1]
    return rows[order]


def counted(centre: Centre, calls: SimulatedCalls) -> np.ndarray:
    """(L, D, counts) by the compiled functions."""
    rows = recorded(calls, np.random.default_rng(1))
    callers = int((calls.attempt == 1).sum())
    order = call_order(rows, callers)
    assert rows["call"][order].tolist() == calls.call.tolist()
    assert rows["attempt"][order].tolist() == calls.attempt.tolist()
    stays = np.zeros(len(calls.stays.group), dtype=[("start_s", float), ("end_s", float), ("group", np.int32)])
    for name in stays.dtype.names:
        stays[name] = getattr(calls.stays, name)
    out = np.ones((len(centre.line_ids), len(centre.dates), len(COUNTS)))
    count_replication(centre, rows, callers, stays, out)
    return out


def assert_counts(found: np.ndarray, table: pd.DataFrame):
    for k, name in enumerate(COUNTS):
        assert found[:, :, k].ravel().tolist() == table[name].tolist(), name


@pytest.mark.parametrize("groups", [1, 3])
@pytest.mark.parametrize("ring_s", [3, 16])
def test_sums_of_every_count_are_equal(small_centre, on_duty, groups, ring_s):
    """§35, §78"""
    hotline = busy_hotline(groups) | {"ring_s": ring_s}
    named = [group["id"] for group in hotline["groups"]]
    duties = [
        on_duty(f"{group}{n}", 24 * day + 6 + n / 3, 24 * day + 20 + n / 2, group=group, breaks="11:50-12:30")
        for group in named
        for day in range(3)
        for n in range(4)
    ]
    arrivals = np.random.default_rng(4).poisson(5.0, (1, 2, 3 * 96)).astype(float)
    offers = {"announced_handling_s": (300.0, 300.0), "offer_over_s": (500.0, 900.0), "accept_share": (0.3, 0.9)}
    centre = small_centre(arrivals, duties, days=3, hotline=hotline, **offers)
    for replication in range(2):
        calls = simulate(centre, 1, replication)
        table = tally(calls, centre)
        assert (calls.outcome == CALL_BACK_ACCEPTED).any()
        none = {"rang_over_three"} if ring_s < 15 else {"answered_within_10_s", "answered_within_15_s"}
        assert {name for name in COUNTS if not table[name].sum()} == none, "every other count is tried"
        assert_counts(counted(centre, calls), table)


def test_a_day_without_calls_still_counts_who_was_there(small_centre, on_duty):
    """§35"""
    centre = small_centre({}, [on_duty("a", 3, 9), on_duty("b", 8, 30)], days=2)
    calls = simulate(centre, 1, 0)
    found = counted(centre, calls)
    assert_counts(found, tally(calls, centre))
    assert found[0, :, COUNTS.index("staffed_s")].tolist() == [(6 + 16) * 3600.0, 6 * 3600.0]


def test_the_time_of_many_groups_is_added_up_in_their_order(small_centre, on_duty):
    """§35, §78: from eight terms on NumPy adds a single cell's column in pairs."""
    agents = [on_duty(f"{n:02}", n / 7, 24 - n / 9) for n in range(27)]
    centre = small_centre(dict.fromkeys(range(24), 30), agents)
    groups = {"group_ids": tuple("abcdefghi"), "order_groups": np.zeros(9, dtype=bool)}
    serving = (np.arange(24) % 9)[None, :]
    many = replace(centre, **groups, serving=serving, duties=replace(centre.duties, group=np.arange(27) % 9))
    for replication in range(5):
        calls = simulate(many, 1, replication)
        assert_counts(counted(many, calls), tally(calls, many))


def test_the_interval_of_a_moment_is_the_whole_number_of_intervals_before_it():
    """§1: and not that of a quotient which rounding carries over the boundary."""
    for interval_s in (900.0, 0.1, 1 / 3):
        for k in range(1, 200):
            for time_s in (k * interval_s, np.nextafter(k * interval_s, 0), np.nextafter(k * interval_s, np.inf)):
                expected = min(int(np.floor_divide(time_s, interval_s)), 149)
                assert interval_at(time_s, int(time_s / interval_s), interval_s, 150) == expected
