"""Cover as a map: too few agents, just right, more than needed, on one scale with zero in the middle."""

from __future__ import annotations

import math
from datetime import date

import pandas as pd

from dashboard.reports.drawing import Panel, number, picture, rect, text
from dashboard.reports.pictures import LEFT, RIGHT, WIDTH, clock_axis, day_axis, words_width
from dashboard.views import coverage_by_group, coverage_by_hour, day_list
from dashboard.wording import clock_range, day_label, group_name
from scenarios.plan import Plan
from wfm.i18n import say

__all__ = ["coverage_day_picture", "coverage_picture"]


def _cell(gap: float, most: float) -> tuple[str, str]:
    """Class and style of a cell: vermilion and hatched when short, blue when over, blank when right."""
    if math.isnan(gap):
        return "closed", ""
    if gap < 0:
        return "short-cell", ""
    if gap == 0:
        return "right-cell", ""
    return "over-cell", f"fill-opacity:{0.15 + 0.75 * min(gap / most, 1):.2f}"


def _words(gap: float) -> str:
    if math.isnan(gap):
        return say("closed")
    if gap < 0:
        return say("{n} short", n=f"{-gap:.0f}")
    return say("{n} over", n=f"{gap:.0f}") if gap > 0 else say("just right")


def _legend(y: float) -> list[str]:
    parts, x = [], LEFT
    for cls, words, style in (
        ("short-cell", say("too few"), ""),
        ("right-cell", say("just right"), ""),
        ("over-cell", say("more than needed"), "fill-opacity:0.6"),
        ("closed", say("closed or off"), ""),
    ):
        parts += [rect(x, y - 11, 14, 12, cls, style=style), text(x + 20, y, words, "tick")]
        x += 40 + words_width(words)
    return parts


def coverage_picture(plan: Plan) -> str:
    """Day × hour over the whole period: the tightest group of each hour, rostered less required."""
    table = coverage_by_hour(plan)
    days = day_list(plan)
    row = 12.0
    panel = Panel(LEFT, 44, WIDTH - LEFT - RIGHT, row * 24, 0, len(days), 24, 0)
    width = panel.width / len(days)
    parts = [*_legend(12), *day_axis(panel, plan, days, tint=False)]
    most = max(float(table.max().max()), 1.0)
    short = 0
    for column in table.columns:
        place = (pd.Timestamp(column).date() - plan.first).days
        for hour, gap in table[column].items():
            cls, style = _cell(float(gap), most)
            y = panel.top + row * int(str(hour))
            title = f"{day_label(days[place])} {int(str(hour)):02d}:00 · {_words(float(gap))}"
            parts.append(rect(panel.x(place) + 0.5, y + 0.5, width - 1, row - 1, cls, title, style))
            if gap < 0:
                short += 1
                parts.append(
                    text(panel.x(place) + width / 2, y + row - 2, f"{gap:.0f}".replace("-", "−"), "cell", "middle")
                )
    for hour in range(0, 24, 3):
        parts.append(text(LEFT - 6, panel.top + row * hour + 10, f"{hour:02d}:00", "tick", "end"))
    label = say("Cover of each hour of {days} days; {short} hours are short of agents.", days=len(days), short=short)
    return picture(WIDTH, panel.bottom + 42, label, parts)


def coverage_day_picture(plan: Plan, day: date) -> str:
    """Group × interval of one day: rostered less required agents, with the numbers in the cells."""
    table = coverage_by_group(plan, day)
    left, row = 150.0, 26.0
    panel = Panel(left, 34, WIDTH - left - RIGHT, row * len(table), 0, 24, len(table), 0)
    width = panel.width * plan.hotline.interval_min / 1440
    most = max(float(table.max().max()), 1.0)
    parts = [*_legend(12)]
    for index, group in enumerate(table.index):
        y = panel.top + row * index
        parts.append(text(left - 8, y + 17, group_name(plan.hotline, str(group)), "label", "end"))
        for start, gap in table.loc[group].items():
            at = pd.Timestamp(str(start))
            hour = at.hour + at.minute / 60
            cls, style = _cell(float(gap), most)
            title = f"{group_name(plan.hotline, str(group))} {clock_range(at.to_pydatetime(), plan.hotline.interval_min)} · {_words(float(gap))}"
            parts.append(rect(panel.x(hour) + 0.4, y + 1, width - 0.8, row - 2, cls, title, style))
            if gap < 0 and width >= 9:
                parts.append(text(panel.x(hour) + width / 2, y + 17, f"{-gap:.0f}", "cell", "middle"))
    parts += clock_axis(panel)
    label = say("Cover of {groups} groups on {day}, interval by interval.", groups=len(table), day=day_label(day))
    return picture(WIDTH, float(number(panel.bottom + 24)), label, parts)
