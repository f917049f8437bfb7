"""Cover as a map, day × hour or group × interval: vermilion short, neutral right, blue over."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from dashboard.colours import FULL_SCREEN, SHORT, SURPLUS, Screen
from dashboard.figures.frame import day_axis, frame, hour_axis, hover_days, y_axis
from dashboard.views import coverage_by_group, coverage_by_hour, day_list
from dashboard.wording import clock_range, day_label, group_name
from scenarios.plan import Plan
from wfm.i18n import say

__all__ = ["coverage_figure", "diverging"]


def diverging(screen: Screen) -> list[tuple[float, str]]:
    """One scale with zero in the middle; a single missing agent is already plainly vermilion."""
    neutral = "#eceeec" if not screen.dark else "#2b343d"
    light_short, light_over = ("#e8a06b", "#9cc7e3") if not screen.dark else ("#a3541f", "#2c5f86")
    return [
        (0.0, SHORT),
        (0.4999, light_short),
        (0.5, neutral),
        (0.5001, light_over if not screen.dark else "#264862"),
        (1.0, SURPLUS),
    ]


def _words(gap: float) -> str:
    if not np.isfinite(gap):
        return say("closed")
    if gap < 0:
        return say("{n} short", n=f"{-gap:.0f}")
    return say("{n} over", n=f"{gap:.0f}") if gap > 0 else say("just right")


def coverage_figure(plan: Plan, group: str = "", day: date | None = None, screen: Screen = FULL_SCREEN) -> go.Figure:
    """Rostered less required agents: the period by hour (tightest group), or one day by group and interval."""
    return _of_day(plan, day, screen) if day else _of_period(plan, group, screen)


def _of_period(plan: Plan, group: str, screen: Screen) -> go.Figure:
    table = coverage_by_hour(plan, group)
    gaps = table.to_numpy(float)
    short = int((gaps < 0).sum())
    label = say(
        "Cover of {group} by day and hour; {short} hours are short of agents.",
        group=group_name(plan.hotline, group),
        short=short,
    )
    figure = frame(screen, label, 360)
    days = [pd.Timestamp(str(column)) for column in table.columns]
    named = hover_days(plan)
    words = [
        [f"{named[day.date()]} {hour:02d}:00<br>{_words(gap)}" for day, gap in zip(days, row, strict=True)]
        for hour, row in enumerate(gaps)
    ]
    numbers = not (screen.narrow and len(days) > 14)
    _cells(
        figure, screen, [day + pd.Timedelta(hours=12) for day in days], list(table.index), gaps, words, numbers=numbers
    )
    day_axis(figure, plan, screen, day_list(plan))
    figure.update_layout(shapes=[])
    hours = list(range(0, 24, 6 if screen.narrow else 3))
    y_axis(
        figure,
        screen,
        "" if screen.narrow else say("hour of the day"),
        range=[23.5, -0.5],
        rangemode="normal",
        tickvals=hours,
        ticktext=[f"{h:02d}:00" for h in hours],
        showgrid=False,
    )
    return figure


def _cells(
    figure: go.Figure,
    screen: Screen,
    x: list[pd.Timestamp],
    y: list[int],
    gaps: NDArray[np.float64],
    words: list[list[str]],
    *,
    numbers: bool = True,
) -> None:
    """Cells coloured by surplus and shortage, zero in the middle; ``numbers`` writes how many are short."""
    most = float(max(np.nanmax(np.abs(gaps)), 1.0)) if np.isfinite(gaps).any() else 1.0
    figure.add_heatmap(
        x=x,
        y=y,
        z=gaps,
        zmin=-most,
        zmax=most,
        colorscale=diverging(screen),
        showscale=False,
        xgap=1,
        ygap=1,
        customdata=words,
        hovertemplate="%{customdata}<extra></extra>",
        text=[[f"{-gap:.0f}" if numbers and gap < 0 else "" for gap in row] for row in gaps],
        texttemplate="%{text}",
        textfont={"size": 12, "color": "#ffffff"},
    )


def _of_day(plan: Plan, day: date, screen: Screen) -> go.Figure:
    table = coverage_by_group(plan, day)
    gaps = table.to_numpy(float)
    short = int((gaps < 0).any(axis=1).sum())
    label = say("Cover of each group on {day}; {short} groups are short at some time.", day=day_label(day), short=short)
    figure = frame(screen, label, 120 + 32 * len(table))
    starts = [pd.Timestamp(str(column)) for column in table.columns]
    minutes = plan.hotline.interval_min
    names = [group_name(plan.hotline, str(g)) for g in table.index]
    words = [
        [
            f"{name}<br>{clock_range(at.to_pydatetime(), minutes)}<br>{_words(gap)}"
            for at, gap in zip(starts, row, strict=True)
        ]
        for name, row in zip(names, gaps, strict=True)
    ]
    _cells(
        figure, screen, [at + pd.Timedelta(minutes=minutes / 2) for at in starts], list(range(len(names))), gaps, words
    )
    hour_axis(figure, screen, day)
    shown = [_wrapped(name) if screen.narrow else name for name in names]
    y_axis(
        figure,
        screen,
        "",
        range=[len(names) - 0.5, -0.5],
        rangemode="normal",
        tickvals=list(range(len(names))),
        ticktext=shown,
        showgrid=False,
        nticks=None,
    )
    return figure


def _wrapped(name: str) -> str:
    """A name on two lines, for a phone."""
    room = 6 if any(ord(c) > 0x2E80 for c in name) else 12
    if len(name) <= room:
        return name
    cut = name.rfind(" ", 0, room + 1)
    first, rest = (name[:cut], name[cut + 1 :]) if cut > 0 else (name[:room], name[room:])
    return f"{first}<br>{rest if len(rest) <= room else rest[: room - 1] + '…'}"
