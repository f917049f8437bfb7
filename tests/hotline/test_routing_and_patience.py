"""Keys of routing, announced waits, laws of patience, work on orders: read rightly, and refused in one sentence."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from scipy import stats

from wfm.errors import BadInput
from wfm.hotline import (
    Agent,
    Patience,
    calendar_of,
    grid_of,
    load_agents,
    load_hotline,
    order_deadlines_s,
)

OTHER = "  - {id: night, name: {en: N, zh: 夜}, lines: [general], from: '20:00', to: '08:00'}\n"


def with_line(text, keys):
    """The small hotline with further keys of its line, open by day only, and a group that helps."""
    text = text.replace("    patience: {mean_s: 240}\n", f"    patience: {{mean_s: 240}}\n{keys}")
    return text.replace("    lines: [general]\n", "    lines: [general]\n    from: '08:00'\n    to: '20:00'\n" + OTHER)


def mistake(folder) -> str:
    with pytest.raises(BadInput) as caught:
        load_hotline(folder)
    return str(caught.value)


def test_the_new_rules_are_off_unless_asked_for(write_hotline, hotline_text):
    line = load_hotline(write_hotline(hotline_text)).lines[0]
    assert (line.priority, line.head_start_s, line.overflow) == (1, 0, ())
    assert line.announced_wait.offer_call_back_over_s is None
    assert line.announced_wait.balk_over_s is None
    assert line.handling.three_way_share == 0
    assert line.handling.mean_s == 210
    assert line.patience.mean_s == 240


def test_every_new_key_is_read(write_hotline, hotline_text):
    keys = (
        "    priority: 2\n    head_start_s: 60\n    overflow: [{group: night, after_s: 30}]\n"
        "    announced_wait: {offer_call_back_over_s: 120, accept_share: 0.4, balk_over_s: 300, balk_share: 0.5}\n"
    )
    text = with_line(hotline_text, keys) + (
        "agent_choice: least_skilled\ncall_back: {missed_calls: true, missed_when: next_morning}\n"
        "shrinkage: {late_share: 0.1, late_mean_min: 4}\n"
    )
    hotline = load_hotline(write_hotline(text))
    line = hotline.lines[0]
    assert (line.priority, line.head_start_s) == (2, 60)
    assert [(step.group, step.after_s) for step in line.overflow] == [("night", 30)]
    assert line.announced_wait.accept_share == 0.4
    assert (hotline.agent_choice, hotline.call_back.missed_when) == ("least_skilled", "next_morning")
    assert hotline.shrinkage.late_mean_min == 4


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("    overflow: [{group: nobody}]\n", "lines.0.overflow.0.group: line general: unknown group 'nobody'"),
        ("    overflow: [{group: night}, {group: night}]\n", "overflow.1.group: line general: the group night stands twice"),
        ("    priority: 0\n", "hotline.yaml:12:5: lines.0.priority: should be at least 1 (found 0)"),
        ("    head_start_s: -1\n", "lines.0.head_start_s: should be at least 0 (found -1)"),
        ("    announced_wait: {accept_share: 1.2}\n", "lines.0.announced_wait.accept_share: should be at most 1"),
        ("    announced_wait: {balk_share: 0.2}\n", "announced_wait.balk_share: has no effect without balk_over_s"),
    ],
)  # fmt: skip
def test_a_wrong_rule_is_named_with_its_place(write_hotline, hotline_text, keys, said):
    message = mistake(write_hotline(with_line(hotline_text, keys)))
    assert said in message
    assert message.startswith("hotline.yaml:")
    assert len(message.splitlines()) == 1


def test_overflow_to_the_only_group_of_the_line_is_refused(write_hotline, hotline_text):
    text = hotline_text.replace("{mean_s: 240}\n", "{mean_s: 240}\n    overflow: [{group: all, after_s: 9}]\n")
    assert "lines.0.overflow.0.group: line general: all serves it at all times" in mistake(write_hotline(text))


@pytest.mark.parametrize(
    ("patience", "said"),
    [
        ("{distribution: weibull}", "lines.0.patience: mean_s is missing"),
        ("{mean_s: 9, distribution: hyperexponential}", "lines.0.patience: hyperexponential patience needs a cv above 1"),
        ("{mean_s: 9, distribution: hyperexponential, cv: 1}", "needs a cv above 1, found 1"),
        ("{mean_s: 9, distribution: weibull, cv: 0.001}", "lines.0.patience.cv: Weibull patience needs a cv of at least 0.02"),
        ("{mean_s: 9, shape: 2}", "lines.0.patience.shape: goes with distribution: weibull only"),
        ("{mean_s: 9, quantiles: [{share: 1, s: 9}]}", "lines.0.patience.quantiles: goes with distribution: empirical only"),
        ("{distribution: empirical}", "lines.0.patience: empirical patience needs quantiles"),
        ("{distribution: empirical, quantiles: [{share: 1, s: null}]}", "empirical patience needs quantiles"),
        ("{distribution: empirical, quantiles: [{share: 1, s: 0}]}", "somebody must wait longer than 0 s"),
        ("{mean_s: 9, distribution: empirical, quantiles: [{share: 1, s: 9}]}", "patience.mean_s: leave it out"),
        ("{distribution: empirical, quantiles: [{share: 0.5, s: 9}]}", "quantiles.0.share: the last share must be 1, found 0.5"),
        ("{distribution: empirical, quantiles: [{share: 0.5, s: 9}, {share: 0.4, s: 12}, {share: 1, s: 20}]}",
         "lines.0.patience.quantiles.1.share: shares must rise: found 0.4 after 0.5"),
        ("{distribution: empirical, quantiles: [{share: 0.5, s: 9}, {share: 1, s: 8}]}",
         "lines.0.patience.quantiles.1.s: quantiles must not fall: found 8 s after 9 s"),
        ("{distribution: empirical, quantiles: [{share: 0.5, s: null}, {share: 1, s: 8}]}",
         "lines.0.patience.quantiles.0.s: only the last quantile may leave its seconds empty"),
        ("{distribution: empirical, quantiles: [{share: 1.5, s: 8}]}", "quantiles.0.share: should be at most 1"),
        ("{distribution: empirical, quantiles: [{share: 1, s: never}]}", "quantiles.0.s: should be a number (found 'never')"),
    ],
)  # fmt: skip
def test_wrong_patience_is_named_with_its_place(write_hotline, hotline_text, patience, said):
    message = mistake(write_hotline(hotline_text.replace("{mean_s: 240}", patience)))
    assert said in message
    assert message.startswith("hotline.yaml:11:")
    assert len(message.splitlines()) == 1


@pytest.mark.parametrize("cv", [0.02, 0.3, 1.0, 1.7, 5.0])
def test_the_weibull_shape_has_the_coefficient_of_variation_asked_for(cv):
    law = Patience(mean_s=100, distribution="weibull", cv=cv)
    true = stats.weibull_min(law.weibull_shape)
    assert true.std() / true.mean() == pytest.approx(cv, rel=1e-9)
    assert Patience(mean_s=100, distribution="weibull", shape=0.7).weibull_shape == 0.7


@pytest.mark.parametrize("cv", [1.01, 1.5, 4.0])
def test_hyperexponential_phases_are_balanced_and_keep_mean_and_cv(cv):
    share, first, second = Patience(mean_s=90, distribution="hyperexponential", cv=cv).phases
    assert share * first == pytest.approx((1 - share) * second)
    mean = share * first + (1 - share) * second
    square = 2 * (share * first**2 + (1 - share) * second**2)
    assert mean == pytest.approx(90)
    assert np.sqrt(square - mean**2) / mean == pytest.approx(cv)


def test_the_mean_of_an_empirical_law():
    """Half give up evenly between 0 and 60 s, 30 % between 60 and 200 s, the rest never: they count as 200 s."""
    points = [{"share": 0.5, "s": 60}, {"share": 0.8, "s": 200}, {"share": 1, "s": None}]
    law = Patience(distribution="empirical", quantiles=points)
    assert law.mean_s == pytest.approx(0.5 * 30 + 0.3 * 130 + 0.2 * 200)
    together = Patience(distribution="empirical", quantiles=[{"share": 0, "s": 50}, {"share": 1, "s": 50}])
    assert together.mean_s == pytest.approx(50)


def test_a_saved_hotline_reads_back_whatever_the_law(write_hotline, hotline_text):
    law = "{distribution: empirical, quantiles: [{share: 0.6, s: 100}, {share: 1, s: null}]}"
    hotline = load_hotline(write_hotline(hotline_text.replace("{mean_s: 240}", law)))
    again = type(hotline).model_validate(hotline.model_dump(mode="json", by_alias=True))
    assert again == hotline


def test_deadlines_of_orders(write_hotline, hotline_text):
    """The day of receipt is not counted, National Day is, make-up days work (Civil Code, Arts. 201 and 203)."""
    orders = """work_orders:
  - {id: a, name: {en: A, zh: 甲}, per_answered_call: 0.1, handling_s: 60, deadline_h: 2}
  - {id: b, name: {en: B, zh: 乙}, per_answered_call: 0.1, handling_s: 60, deadline_working_days: 1}
  - {id: c, name: {en: C, zh: 丙}, per_answered_call: 0.1, handling_s: 60, deadline_working_days: 0}
office_work: {watches: [{id: day, from: '09:00', to: '17:30'}]}
interval_min: 60
"""
    hotline = load_hotline(write_hotline(hotline_text + orders))
    grid = grid_of(hotline, date(2026, 9, 30), 9)
    due = order_deadlines_s(hotline, grid, calendar_of(hotline)) / 3600
    assert due.shape == (3, 9 * 24)
    assert due[0].tolist() == [hour + 2 for hour in range(9 * 24)]
    # 30 September 2026 is a Wednesday; 1–7 October is National Day; 8 October, a Thursday, is worked.
    assert set(due[1, :24]) == {8 * 24 + 17.5}
    assert due[2, 16] == 17.5
    assert due[2, 17] == 8 * 24 + 17.5  # received in the office's last hour: too late for today
    assert due[2, 8 * 24 + 16] == 8 * 24 + 17.5


def test_the_pace_of_agents(write_hotline, hotline_text):
    folder = write_hotline(hotline_text)
    (folder / "agents.csv").write_text("id,lines,pace\n1,general,1.25\n2,general,\n", encoding="utf-8")
    agents = load_agents(load_hotline(folder), folder)
    assert [agent.pace for agent in agents] == [1.25, 1.0]
    (folder / "agents.csv").write_text("工号,技能,用时系数\n1,general,0.9\n", encoding="utf-8")
    assert load_agents(load_hotline(folder), folder)[0].pace == 0.9
    for wrong, said in (("0", "at least 0.1"), ("quick", "should be a number"), ("nan", "finite")):
        (folder / "agents.csv").write_text(f"id,lines,pace\n1,general,{wrong}\n", encoding="utf-8")
        with pytest.raises(BadInput, match=f"agents.csv:2: pace: .*{said}"):
            load_agents(load_hotline(folder), folder)
    assert Agent.model_fields["pace"].default == 1
