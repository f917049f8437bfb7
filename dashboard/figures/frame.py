"""What all figures share: paper, type, axes with local day names, and what they say aloud."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.colours import Screen
from dashboard.views import day_list
from dashboard.wording import DayKinds, day_label, day_mark, is_rest_day, special_runs, weekday_letter, weekday_name
from scenarios.plan import Plan

__all__ = ["FONT", "aria", "day_axis", "frame", "hour_axis", "hover_day", "hover_days", "set_axes", "tinted", "y_axis"]

FONT = 'system-ui, "Segoe UI", "Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", "PingFang SC", sans-serif'


def frame(screen: Screen, label: str, height: int = 240) -> go.Figure:
    """An empty figure in the room's colours; ``label`` is what it shows, for those who cannot see it."""
    palette = screen.palette
    # As one dictionary: plotly's update_layout costs five times as much.
    figure = go.Figure(
        layout={
            "template": {},
            "height": height,
            "margin": {"l": 44 if screen.narrow else 56, "r": 12, "t": 26, "b": 44},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": {"family": FONT, "size": 12, "color": palette.ink},
            "hoverlabel": {
                "bgcolor": palette.paper,
                "bordercolor": palette.soft,
                "font": {"family": FONT, "size": 12, "color": palette.ink},
                "align": "left",
            },
            "hovermode": "x",
            "showlegend": False,
            "bargap": 0,
            "separators": ".,",
            "dragmode": False,
            "meta": {"aria": label},
        }
    )
    figure.layout.template = None
    return figure


def aria(figure: go.Figure) -> str:
    """What the figure shows, in words."""
    return str(figure.layout.meta["aria"])


def y_axis(figure: go.Figure, screen: Screen, title: str, **more: Any) -> None:
    """A count axis from zero with its unit; thousands separated."""
    settings: dict[str, Any] = {
        "title": {"text": title, "standoff": 8},
        "rangemode": "tozero",
        "gridcolor": screen.palette.grid,
        "zerolinecolor": screen.palette.grid,
        "linewidth": 0,
        "ticks": "",
        "tickformat": ",",
        "nticks": 6,
        "fixedrange": True,
        "automargin": True,
        "tickfont": {"color": screen.palette.soft},
    }
    set_axes(figure, "yaxis", {**settings, **more})


def set_axes(figure: go.Figure, kind: str, settings: dict[str, Any]) -> None:
    """Set properties of all axes of a kind (``xaxis``, ``yaxis``), as ``update_xaxes`` does in ten times the time."""
    for name in [name for name in figure.layout if name.startswith(kind)] or [kind]:
        figure.layout[name] = _merged(figure.layout[name].to_plotly_json(), settings)


def _merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    return {
        **old,
        **{
            k: _merged(old[k], v) if isinstance(v, dict) and isinstance(old.get(k), dict) else v for k, v in new.items()
        },
    }


def hour_axis(figure: go.Figure, screen: Screen, day: date) -> None:
    """The hours of one day."""
    start = pd.Timestamp(day)
    step = 6 if screen.narrow else 3
    hours = list(range(0, 25, step))
    settings = {
        "range": [start, start + pd.Timedelta(days=1)],
        "tickvals": [start + pd.Timedelta(hours=h) for h in hours],
        "ticktext": [f"{h:02d}:00" for h in hours],
    }
    set_axes(figure, "xaxis", {**settings, **_x_look(screen)})


def day_axis(figure: go.Figure, plan: DayKinds, screen: Screen, days: Sequence[date]) -> None:
    """The days of a stretch: date and weekday below, holidays and make-up days named above, rest days tinted."""
    start = pd.Timestamp(days[0])
    if len(days) > 8 and not screen.narrow:
        figure.layout.margin.b = 62
    values, words = [], []
    for index, day in enumerate(days):
        shown = _day_words(day, index, len(days), screen)
        if shown:
            values.append(pd.Timestamp(day) + pd.Timedelta(hours=12))
            words.append(shown)
    settings = {"range": [start, pd.Timestamp(days[-1] + timedelta(days=1))], "tickvals": values, "ticktext": words}
    set_axes(figure, "xaxis", {**settings, **_x_look(screen)})
    tinted(figure, plan, screen, days)


def _x_look(screen: Screen) -> dict[str, Any]:
    return {
        "type": "date",
        "showgrid": False,
        "zeroline": False,
        "linecolor": screen.palette.grid,
        "ticks": "outside",
        "ticklen": 4,
        "tickcolor": screen.palette.grid,
        "tickangle": 0,
        "fixedrange": True,
        "tickfont": {"color": screen.palette.soft},
    }


def _day_words(day: date, index: int, count: int, screen: Screen) -> str:
    if count <= 8:
        if screen.narrow:
            return f"{day.day}<br>{weekday_letter(day)}"
        return f"{day_label(day, weekday=False)}<br>{weekday_name(day)}"
    if screen.narrow:
        return day_label(day, weekday=False) if (index % 7 == 0 and index <= count - 3) else ""
    month = day_label(day, weekday=False) if index == 0 or day.weekday() == 0 else ""
    return f"{day.day}<br>{weekday_letter(day)}" + (f"<br>{month}" if month else "")


def tinted(figure: go.Figure, plan: DayKinds, screen: Screen, days: Sequence[date]) -> None:
    """Tint rest days behind the picture and name special days above it, as far as there is room."""
    rest = [is_rest_day(plan, day) for day in days]
    starts = [i for i, resting in enumerate(rest) if resting and (i == 0 or not rest[i - 1])]
    ends = [i + 1 for i, resting in enumerate(rest) if resting and (i + 1 == len(rest) or not rest[i + 1])]
    shapes = [
        {
            "type": "rect",
            "x0": pd.Timestamp(days[first]),
            "x1": pd.Timestamp(days[end - 1] + timedelta(days=1)),
            "y0": 0,
            "y1": 1,
            "yref": "paper",
            "fillcolor": screen.palette.tint,
            "line": {"width": 0},
            "layer": "below",
        }
        for first, end in zip(starts, ends, strict=True)
    ]
    names = []
    per_day = (300 if screen.narrow else 900) / len(days)
    taken = -1e9
    for first, last, name in special_runs(plan, list(days)):
        middle = (first + last + 1) / 2 * per_day
        half = sum(6.5 if ord(c) > 0x2E80 else 3.6 for c in name)
        if middle - half < taken:
            continue
        taken = middle + half + 4
        names.append(
            {
                "x": pd.Timestamp(days[first]) + pd.Timedelta(days=(last - first + 1) / 2),
                "y": 1,
                "yref": "paper",
                "yanchor": "bottom",
                "text": name,
                "showarrow": False,
                "font": {"size": 12, "color": screen.palette.ink},
            }
        )
    # All at once: plotly checks the whole layout at every single addition.
    figure.layout.shapes = (*figure.layout.shapes, *shapes)
    figure.layout.annotations = (*figure.layout.annotations, *names)


def hover_days(plan: Plan) -> dict[date, str]:
    """Each day of the period as a hover box names it."""
    return {day: hover_day(plan, day) for day in day_list(plan)}


def hover_day(plan: DayKinds, day: date) -> str:
    """A day in a hover box: date, weekday and its special name."""
    mark = day_mark(plan, day)
    label = day_label(day)
    return label if mark == weekday_name(day) else f"{label} · {mark}"
