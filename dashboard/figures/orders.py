"""Open items by the day they are due, overdue ones first, against what a cover can do in a day."""

from __future__ import annotations

from datetime import date

import pandas as pd
import plotly.graph_objects as go

from dashboard.colours import FULL_SCREEN, SHORT, Screen
from dashboard.figures.frame import frame, y_axis
from dashboard.wording import day_label, number_words, weekday_name
from wfm.calendar import WorkingCalendar
from wfm.i18n import say

__all__ = ["due_figure"]

_TICKS_ON_A_PHONE = 6
"""Labels that have room side by side on a narrow screen."""


def due_figure(
    counts: pd.DataFrame,
    calendar: WorkingCalendar,
    today: date,
    capacity: float,
    people: int,
    screen: Screen = FULL_SCREEN,
) -> go.Figure:
    """Bars of open work orders and call-backs by due day; a line of items a working day that the cover can do.

    Args:
        counts: day (None: overdue), kind and count, as ``count_by_due_day`` gives them.
        calendar: days off are tinted.
        today: the day of the moment.
        capacity: items that the cover can do on a working day.
        people: of the cover.
        screen: what it is drawn for.
    """
    days = list(dict.fromkeys(counts["day"]))
    overdue = int(counts.loc[counts["day"].isna(), "count"].sum())
    label = say("Open items by the day they are due; {n} are overdue.", n=overdue)
    figure = frame(screen, label, 360)
    palette = screen.palette
    x = list(range(len(days)))
    names = {"order": say("work orders"), "call_back": say("call-backs")}
    for kind, colour in (("order", palette.accent), ("call_back", palette.soft)):
        mine = counts[counts["kind"] == kind]
        values = [int(mine.loc[_same(mine["day"], day), "count"].sum()) for day in days]
        words = [
            f"{_hover_day(day)}<br>{names[kind]}: {number_words(value)}"
            for day, value in zip(days, values, strict=True)
        ]
        figure.add_bar(
            x=x,
            y=values,
            name=names[kind],
            marker={
                "color": [SHORT if day is None or pd.isna(day) else colour for day in days],
                "opacity": [0.75 if kind == "call_back" else 1.0] * len(days),
                "pattern": {"shape": "/" if kind == "call_back" else "", "fgcolor": palette.paper, "size": 5},
            },
            customdata=words,
            hovertemplate="%{customdata}<extra></extra>",
        )
    figure.update_layout(barmode="stack", bargap=0.3, hovermode="closest")
    if capacity > 0 and people:
        stacked = counts.groupby(counts["day"].astype(str))["count"].sum()
        _add_capacity(figure, days, calendar, capacity, people, screen, shown=capacity <= 3 * max(1, stacked.max()))
    ticks = [say("overdue") if day is None or pd.isna(day) else _tick(day, today, screen) for day in days]
    every = -(-len(days) // _TICKS_ON_A_PHONE) if screen.narrow else 1
    figure.update_xaxes(
        type="linear",
        range=[-0.6, len(days) - 0.4],
        tickvals=x[::every],
        ticktext=ticks[::every],
        showgrid=False,
        zeroline=False,
        linecolor=palette.grid,
        tickangle=0,
        fixedrange=True,
        tickfont={"color": palette.soft},
    )
    figure.update_layout(margin_b=56)
    _tint(figure, days, calendar, screen)
    y_axis(figure, screen, say("items"))
    return figure


def _same(column: pd.Series, day: date | None) -> pd.Series:
    found: pd.Series = column.isna() if day is None or pd.isna(day) else column == day
    return found


def _hover_day(day: date | None) -> str:
    return say("overdue") if day is None or pd.isna(day) else day_label(day)


def _tick(day: date, today: date, screen: Screen) -> str:
    if screen.narrow:
        return f"{day.month}/{day.day}"
    name = say("today") if day == today else weekday_name(day)
    return f"{day_label(day, weekday=False)}<br>{name}"


def _add_capacity(
    figure: go.Figure,
    days: list[date],
    calendar: WorkingCalendar,
    capacity: float,
    people: int,
    screen: Screen,
    *,
    shown: bool,
) -> None:
    """A dashed cap over each working day; only in words where it would flatten the picture."""
    xs: list[float | None] = []
    ys: list[float | None] = []
    for at, day in enumerate(days):
        if not shown or day is None or pd.isna(day) or not calendar.is_working_day(day):
            continue
        xs += [at - 0.45, at + 0.45, None]
        ys += [capacity, capacity, None]
    figure.add_scatter(
        x=xs,
        y=ys,
        mode="lines",
        name=say("capacity"),
        line={"color": screen.palette.soft, "width": 1.5, "dash": "dash"},
        hoverinfo="skip",
    )
    words = say("a cover of {people} does {n} items a day", people=people, n=number_words(capacity))
    figure.add_annotation(
        x=1,
        xref="paper",
        y=1,
        yref="paper",
        text=words,
        showarrow=False,
        xanchor="right",
        yanchor="bottom",
        font={"size": 12, "color": screen.palette.soft},
    )


def _tint(figure: go.Figure, days: list[date], calendar: WorkingCalendar, screen: Screen) -> None:
    shapes = [
        {
            "type": "rect",
            "x0": at - 0.5,
            "x1": at + 0.5,
            "y0": 0,
            "y1": 1,
            "yref": "paper",
            "fillcolor": screen.palette.tint,
            "line": {"width": 0},
            "layer": "below",
        }
        for at, day in enumerate(days)
        if day is not None and not pd.isna(day) and not calendar.is_working_day(day)
    ]
    figure.layout.shapes = (*figure.layout.shapes, *shapes)
