"""Figures hold the plan's own numbers, name their units, keep the house's colours and say what they show."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from dashboard.colours import DARK, LIGHT, LINE_COLOURS, SHORT, STATUSES, SURPLUS, Screen
from dashboard.figures import coverage_figure, daily_figure, demand_figure, differences_figure, seats_figure
from dashboard.figures.frame import aria
from dashboard.graph import GRAPH_CONFIG, graph
from scenarios.comparison import compare_plans
from scenarios.plan import Plan
from wfm.i18n import Language, use_language
from wfm.tables import STATUSES as STATUS_WORDS

NARROW = Screen(narrow=True)
TUESDAY = date(2026, 9, 22)


def trace(figure: go.Figure, name: str) -> Any:
    return next(t for t in figure.data if t.name == name)


def all_figures(plan: Plan, screen: Screen) -> list[go.Figure]:
    daily = next(r for r in plan.scorecard if r.by_day)
    return [
        demand_figure(plan, "general", None, screen),
        demand_figure(plan, "", TUESDAY, screen),
        seats_figure(plan, "", None, screen),
        seats_figure(plan, "day-special", TUESDAY, screen),
        coverage_figure(plan, "", None, screen),
        coverage_figure(plan, "", TUESDAY, screen),
        daily_figure(plan, daily, screen),
    ]


def test_demand_holds_the_forecast(week_plan: Plan) -> None:
    with use_language("en"):
        figure = demand_figure(week_plan, "wage")
    table = week_plan.forecast[week_plan.forecast["line"] == "wage"]
    for name, column in (
        ("Migrant workers' wages", "mean"),
        ("80 %", "p90"),
        ("95 %", "p975"),
        ("p10", "p10"),
        ("p025", "p025"),
    ):
        np.testing.assert_array_equal(trace(figure, name).y, table[column])
    assert figure.layout.yaxis.title.text == "calls per 30 min"
    assert figure.layout.yaxis.rangemode == "tozero"


def test_a_line_keeps_its_colour_everywhere(week_plan: Plan) -> None:
    with use_language("en"):
        alone = demand_figure(week_plan, "consumer")
        together = demand_figure(week_plan, "")
    colour = LINE_COLOURS[week_plan.hotline.line_ids.index("consumer")]
    assert trace(alone, "Consumers").line.color == colour
    assert trace(together, "Consumers").line.color == colour


def test_seats_hold_requirement_and_roster(week_plan: Plan) -> None:
    with use_language("en"):
        figure = seats_figure(week_plan, "day-general", TUESDAY)
    wanted = week_plan.requirement
    wanted = wanted[(wanted["group"] == "day-general") & (wanted["interval"].dt.date == TUESDAY)]
    required, rostered = trace(figure, "required"), trace(figure, "rostered")
    assert required.line.shape == rostered.line.shape == "hv"
    # One point an interval, and one that ends the last step.
    np.testing.assert_array_equal(required.y[:-1], wanted["heads"])
    assert required.y[-1] == wanted["heads"].iloc[-1]
    assert str(required.x[0]).startswith("2026-09-22T08:00") or str(required.x[0]).startswith("2026-09-22 08:00")
    assert rostered.fill == "tozeroy"
    assert figure.layout.yaxis.title.text == "agents"


def test_steps_break_where_a_group_is_off(week_plan: Plan) -> None:
    with use_language("en"):
        figure = seats_figure(week_plan, "day-general")
    assert np.isnan(np.array(trace(figure, "required").y, float)).sum() == week_plan.days - 1


def test_what_is_missing_is_vermilion_and_hatched(week_plan: Plan) -> None:
    with use_language("en"):
        bars = trace(seats_figure(week_plan, "day-special", TUESDAY), "short")
    assert list(bars.y) == [2.0]
    assert bars.marker.color == SHORT
    assert bars.marker.pattern.shape == "/"
    assert bars.marker.pattern.fillmode == "overlay"


def test_caps_are_the_seats_of_the_hotline(week_plan: Plan) -> None:
    with use_language("en"):
        figure = seats_figure(week_plan)
    levels = [s.y0 for s in figure.layout.shapes if s.type == "line"]
    assert 30 in levels
    assert all(s.line.dash == "dash" for s in figure.layout.shapes if s.type == "line")
    assert "30 seats opened" in [a.text for a in figure.layout.annotations]


def test_cover_is_one_scale_with_zero_in_the_middle(week_plan: Plan) -> None:
    figure = coverage_figure(week_plan)
    heat = figure.data[0]
    assert heat.zmin == -heat.zmax
    assert heat.colorscale[0][1] == SHORT
    assert heat.colorscale[-1][1] == SURPLUS
    assert np.nanmin(np.array(heat.z, float)) == -2


def test_daily_values_ring_the_days_beyond_the_limit(week_plan: Plan) -> None:
    row = next(r for r in week_plan.scorecard if r.kpi == "connection_rate_24h")
    figure = daily_figure(week_plan, row)
    points = figure.data[0]
    np.testing.assert_allclose(points.y, [100 * v for _, v in sorted(row.by_day.items())])
    beyond = [v < row.limit for _, v in sorted(row.by_day.items())]
    assert [s == "circle-open" for s in points.marker.symbol] == beyond
    assert any(beyond)
    assert figure.layout.yaxis.title.text == "%"


def test_differences_hold_means_and_intervals(month_plan: Plan, plan_maker: Any) -> None:
    other = plan_maker(date(2026, 9, 14), 28, faster=1.5)
    comparison = compare_plans([month_plan, other])
    figure = differences_figure(comparison, ["a", "b"], "s")
    found = next(r for r in comparison.rows if r.kpi == "asa_s").differences[1]
    assert found is not None
    assert found.mean == pytest.approx(-1.5)
    points = figure.data[0]
    assert points.x[0] == pytest.approx(found.mean)
    assert points.error_x.array[0] == pytest.approx(found.high - found.mean)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("dark", [False, True])
def test_every_figure_says_what_it_shows_in_the_room_s_ink(week_plan: Plan, language: Language, dark: bool) -> None:
    palette = DARK if dark else LIGHT
    with use_language(language):
        for figure in all_figures(week_plan, Screen(dark=dark)):
            words = aria(figure)
            assert len(words) > 10
            assert bool(re.search(r"[\u4e00-\u9fff]", words)) == (language == "zh")
            assert figure.layout.font.color == palette.ink
            assert figure.layout.font.size >= 12
            assert figure.layout.height in (240, 360) or figure.layout.height == 120 + 32 * 3
            assert graph("x", figure).to_plotly_json()["props"]["aria-label"] == words


@pytest.mark.parametrize("screen", [Screen(), NARROW], ids=["desk", "phone"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_axis_words_have_room(month_plan: Plan, week_plan: Plan, screen: Screen, language: Language) -> None:
    """Words on the time axis do not overlap: their widths fit between their places."""
    width = 310 if screen.narrow else 1080
    with use_language(language):
        for figure in (f for plan in (month_plan, week_plan) for f in all_figures(plan, screen)):
            axis = figure.layout.xaxis
            start, end = (np.datetime64(v) for v in axis.range)
            places = [(np.datetime64(v) - start) / (end - start) * width for v in axis.tickvals]
            halves = [
                max(sum(6.5 if ord(c) > 0x2E80 else 3.5 for c in line) for line in t.split("<br>"))
                for t in axis.ticktext
            ]
            for (left, a), (right, b) in zip(
                zip(places, halves, strict=True), zip(places[1:], halves[1:], strict=True), strict=False
            ):
                # Months stand under Mondays only, on a line of their own.
                if "<br>" not in "".join(axis.ticktext) or len(places) <= 8:
                    assert left + a <= right - b, axis.ticktext


def test_days_on_the_axis_have_local_names(month_plan: Plan) -> None:
    with use_language("zh"):
        figure = demand_figure(month_plan, "general")
    assert [a.text for a in figure.layout.annotations] == ["班", "中秋节", "国庆节", "班"]
    assert figure.layout.xaxis.ticktext[0] == "14<br>一<br>9月14日"


def test_nothing_can_be_shared_or_edited_elsewhere() -> None:
    assert GRAPH_CONFIG["showSendToCloud"] is False
    assert GRAPH_CONFIG["plotlyServerURL"] == ""
    assert GRAPH_CONFIG["displaylogo"] is False
    assert GRAPH_CONFIG["showLink"] is False
    assert GRAPH_CONFIG["displayModeBar"] is False


def test_graphs_are_made_in_one_place_only() -> None:
    import dashboard

    root = __import__("pathlib").Path(dashboard.__file__).parent
    makers = [p.name for p in root.rglob("*.py") if "dcc.Graph(" in p.read_text(encoding="utf-8")]
    assert makers == ["graph.py"]


def test_every_status_has_colour_icon_and_word() -> None:
    assert set(STATUSES) == set(STATUS_WORDS)
    wanted = {"met": "#2a7f62", "at risk": "#c98a00", "missed": "#b8402a"}
    assert {s: STATUSES[s].light for s in wanted} == wanted
    assert len({s.icon for s in STATUSES.values()}) == len(STATUSES)
    assert all(s.word.zh and s.word.en for s in STATUSES.values())


def _luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def _contrast(a: str, b: str) -> float:
    high, low = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_words_can_be_read() -> None:
    """WCAG AA: 4.5 : 1 for text."""
    for palette in (LIGHT, DARK):
        for colour in (palette.ink, palette.soft, palette.accent):
            assert _contrast(colour, palette.paper) >= 4.5
            assert _contrast(colour, palette.tint) >= 4.4
    assert _contrast("#ffffff", SHORT) >= 4.0


def test_figures_are_plain_json(week_plan: Plan) -> None:
    for figure in all_figures(week_plan, NARROW):
        json.loads(figure.to_json())
