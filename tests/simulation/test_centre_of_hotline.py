"""What a hotline says reaches the centre: every key, with its unit; what it does not say is off."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, gamma, inf
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from simulation import Centre, centre_of
from simulation.centre import NO_LIMIT, NOTHING, AgentChoice, Overflow
from simulation.draws import mean_of, sample
from simulation.keyed import Purpose, stream, uniforms
from wfm.errors import BadInput
from wfm.hotline import Agent, Hotline, calendar_of, grid_of, open_intervals

NAMES = {"en": "x", "zh": "x"}
Build = Callable[..., Centre]
Duty = Callable[..., dict[str, Any]]


def line(name: str, **more: Any) -> dict[str, Any]:
    base = {"demand": {"calls_per_day": 1}, "handling": {"talk_s": 100, "wrap_s": 0}, "patience": {"mean_s": 300}}
    return {"id": name, "name": NAMES, **base, **more}


def test_what_a_hotline_does_not_say_is_off(small_centre: Build, on_duty: Duty) -> None:
    centre = small_centre({9: 5}, [on_duty("a")])
    assert centre.priority == (1,)
    assert centre.head_start_s == (0.0,)
    assert centre.overflow == ((),)
    assert centre.agent_choice is AgentChoice.IN_ORDER
    assert centre.offer_over_s == centre.balk_over_s == (inf,)
    assert centre.accept_share == centre.balk_share == centre.three_way_share == (0.0,)
    assert centre.call_back_next_morning is False
    assert centre.order_share == ()
    assert not centre.order_groups.any()
    assert centre.late_share == 0
    assert centre.pace.tolist() == [1.0]
    assert centre.places == 1000  # seats opened
    assert centre.announced_handling_s == (200.0,)
    assert centre.circuits == NO_LIMIT


def test_every_rule_that_a_hotline_says(small_hotline: Callable[..., Hotline], on_duty: Duty) -> None:
    """§57, §60, §62–§64, §66–§68, §70–§73"""
    hotline = small_hotline(
        lines=[
            line(
                "first",
                priority=2,
                head_start_s=90,
                overflow=[{"group": "others", "after_s": 30}, {"group": "night"}],
                announced_wait={"offer_call_back_over_s": 60, "accept_share": 0.4, "balk_over_s": 120, "balk_share": 0.3},
                handling={"talk_s": 100, "wrap_s": 20, "three_way_share": 0.5, "three_way_s": 60, "three_way_cv": 0.4},
            ),
            line("second"),
        ],
        groups=[
            {"id": "night", "name": NAMES, "lines": ["first", "second"], "from": "20:00", "to": "08:00"},
            {"id": "own", "name": NAMES, "lines": ["first"], "from": "08:00", "to": "20:00"},
            {"id": "others", "name": NAMES, "lines": ["second"], "from": "08:00", "to": "20:00", "works_on_orders": True},
        ],
        agent_choice="longest_idle",
        call_back={"missed_calls": True, "missed_when": "next_morning"},
        shrinkage={"unplanned_share": 0, "late_share": 0.2, "late_mean_min": 5},
        seats={"built": 9, "opened": 7},
        work_orders=[
            {"id": "a", "name": NAMES, "per_answered_call": 0.1, "handling_s": 60, "deadline_h": 4},
            {"id": "b", "name": NAMES, "per_answered_call": 0.3, "handling_s": 90, "deadline_h": 1, "by_telephone": True},
        ],
        office_work={"calls_from": "09:00", "calls_to": "18:00"},
    )  # fmt: skip
    grid = grid_of(hotline, pd.Timestamp("2026-09-14").date(), 1)
    mask = open_intervals(hotline, grid, calendar_of(hotline))
    duties = pd.DataFrame(
        [on_duty("quick", group="own"), on_duty("slow", group="others"), on_duty("new", group="night")]
    )
    agents = [Agent(id="slow", lines=("second",), pace=1.5), Agent(id="away", lines=("first",), pace=3)]
    aht = np.full((2, 24), 180.0)
    centre = centre_of(hotline, grid, mask, np.ones((1, 2, 24)), aht, duties, agents)
    assert centre.priority == (2, 1)
    assert centre.head_start_s == (90.0, 0.0)
    assert centre.overflow == ((Overflow(2, 30.0), Overflow(0, 0.0)), ())
    assert centre.agent_choice is AgentChoice.LONGEST_IDLE
    assert (centre.offer_over_s, centre.accept_share) == ((60.0, inf), (0.4, 0.0))
    assert (centre.balk_over_s, centre.balk_share) == ((120.0, inf), (0.3, 0.0))
    assert centre.announced_handling_s == (150.0, 100.0)
    assert centre.three_way_share == (0.5, 0.0)
    assert mean_of(centre.three_way[0]) == pytest.approx(60)
    # Talk alone is scaled to the forecast: 180 s = 20 s of wrap-up + half of 60 s + 130 s of talk.
    assert centre.talk_scale[0, 9] == pytest.approx(1.3)
    assert centre.talk_scale[1, 9] == pytest.approx(1.8)
    slow = hotline.model_copy(
        update={
            "lines": tuple(
                one.model_copy(update={"handling": one.handling.model_copy(update={"scale": 2.0})})
                for one in hotline.lines
            )
        }
    )
    # Without a forecast the settings are: 2 × 150 s = 20 s + half of 60 s + 250 s of talk, and 2 × 100 s of talk.
    settled = centre_of(slow, grid, mask, np.ones((1, 2, 24)), None, duties, agents)
    assert settled.talk_scale[:, 9] == pytest.approx([2.5, 2.0])
    assert centre.call_back_next_morning is True
    assert (centre.late_share, mean_of(centre.late)) == (0.2, 300.0)
    assert dict(zip(centre.agent_ids, centre.pace.tolist(), strict=True)) == {"quick": 1.0, "slow": 1.5, "new": 1.0}
    assert centre.places == 7
    assert centre.order_groups.tolist() == [False, False, True]
    assert centre.order_share == (0.1, 0.3)
    assert [mean_of(law) for law in centre.order_work] == pytest.approx([60, 90])
    assert centre.order_due_s[:, 3].tolist() == [7 * 3600, 4 * 3600]
    assert centre.order_by_day == (False, True)
    assert np.flatnonzero(centre.by_day).tolist() == list(range(9, 18))


def test_orders_go_to_a_back_office_where_no_group_works_on_them(small_centre: Build, on_duty: Duty) -> None:
    orders = [{"id": "a", "name": NAMES, "per_answered_call": 0.1, "handling_s": 60, "deadline_h": 4}]
    centre = small_centre({9: 5}, [on_duty("a")], hotline={"work_orders": orders})
    assert centre.order_share == ()
    assert centre.order_work == ()


@pytest.mark.parametrize(
    ("patience", "survival"),
    [
        ({"mean_s": 90, "distribution": "weibull", "shape": 0.6}, stats.weibull_min(0.6, scale=90 / gamma(1 + 1 / 0.6)).sf),
        ({"mean_s": 90, "distribution": "weibull", "cv": 1.0}, stats.expon(scale=90).sf),
        (
            {"mean_s": 90, "distribution": "hyperexponential", "cv": 2.0},
            lambda t: 0.887298334620742 * exp(-t / 50.71575389) + 0.112701665379258 * exp(-t / 399.2842461),
        ),
        (
            {"distribution": "empirical", "quantiles": [{"share": 0.25, "s": 20}, {"share": 0.8, "s": 130}, {"share": 1, "s": None}]},
            lambda t: 1 - float(np.interp(t, [0, 20, 130], [0, 0.25, 0.8])),
        ),
    ],
    ids=["weibull", "weibull by cv", "hyperexponential", "empirical"],
)  # fmt: skip
def test_patience_follows_the_law_that_is_said(
    small_centre: Build, on_duty: Duty, patience: dict[str, Any], survival: Callable[[float], float]
) -> None:
    """§69"""
    centre = small_centre({9: 5}, [on_duty("a")], hotline={"lines": [line("general", patience=patience)]})
    u = uniforms(stream(3, 0, Purpose.PATIENCE), np.arange(40_000, dtype=np.uint64), 1)
    found = np.array([sample(*centre.patience[0], one, centre.tables) for one in u.tolist()])
    for t in (5.0, 20.0, 60.0, 129.0, 400.0):
        true = survival(t)
        error = np.sqrt(max(true * (1 - true), 1e-4) / len(found))
        assert (found > t).mean() == pytest.approx(true, abs=4.5 * error)
    if patience["distribution"] == "empirical":
        assert np.isinf(found).mean() == pytest.approx(0.2, abs=4.5 * np.sqrt(0.16 / len(found)))
    else:
        assert centre.tables.shape[0] == 0


def test_two_empirical_lines_have_a_table_each(small_centre: Build, on_duty: Duty) -> None:
    laws = [{"distribution": "empirical", "quantiles": [{"share": 1, "s": s}]} for s in (10, 40)]
    groups = [{"id": "all", "name": NAMES, "lines": ["a", "b"]}]
    lines = [line("a", patience=laws[0]), line("b", patience=laws[1])]
    centre = small_centre(np.ones((1, 2, 24)), [on_duty("x")], hotline={"lines": lines, "groups": groups})
    assert [mean_of(law, centre.tables) for law in centre.patience] == pytest.approx([5, 20])
    assert centre.three_way[0] == pytest.approx(centre.three_way[1])
    assert centre.menu == NOTHING


def test_a_line_with_calls_and_nobody_to_answer_is_refused(small_centre: Build, on_duty: Duty) -> None:
    groups = [{"id": "all", "name": NAMES, "lines": ["a"]}, {"id": "few", "name": NAMES, "lines": ["b"]}]
    setting = {"lines": [line("a"), line("b")], "groups": groups}
    with pytest.raises(BadInput, match="nobody can answer line b"):
        small_centre(np.ones((1, 2, 24)), [on_duty("x")], hotline=setting)
    helped = setting | {"lines": [line("a"), line("b", overflow=[{"group": "all"}])]}
    assert small_centre(np.ones((1, 2, 24)), [on_duty("x")], hotline=helped).overflow[1] == (Overflow(0, 0.0),)
