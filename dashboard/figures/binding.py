"""What decides the seats, group by interval: a strip in a fixed order of colours, each named in words."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.colours import FULL_SCREEN, LINE_COLOURS, Screen
from dashboard.figures.frame import day_axis, frame, hour_axis, hover_days, y_axis
from dashboard.views import binding_by_group, binding_by_hour, day_list, reasons_of
from dashboard.wording import clock_range, day_label, group_name, reason_words
from scenarios.plan import Plan
from wfm.i18n import list_words, say

__all__ = ["binding_figure", "reason_colours"]

_FIXED = {"minimum_cover": "#8f7a00", "built_seats": "#c85000", "occupancy_max": "#CC79A7", "closed": ""}
_TARGETS = ("#0072B2", "#E69F00", "#009E73", "#56B4E9", LINE_COLOURS[7])


def reason_colours(plan: Plan, screen: Screen = FULL_SCREEN) -> dict[str, str]:
    """Colour of everything that decides seats somewhere in the plan, in a fixed order; closed is the grid's grey."""
    found = reasons_of(plan)
    targets = [reason for reason in found if reason not in _FIXED]
    colours = {reason: _TARGETS[n % len(_TARGETS)] for n, reason in enumerate(sorted(targets))}
    colours |= {reason: _FIXED[reason] or screen.palette.grid for reason in _FIXED if reason in found}
    return {reason: colours[reason] for reason in found}


def binding_figure(plan: Plan, group: str = "", day: date | None = None, screen: Screen = FULL_SCREEN) -> go.Figure:
    """One day: each group by interval. The period: day by hour, what decides most seats of the group or of all."""
    colours = reason_colours(plan, screen)
    names = list_words([reason_words(reason) for reason in colours if reason != "closed"])
    if day:
        table = binding_by_group(plan, day)
        if group:
            table = table.loc[[group]]
        label = say("What decides the seats of each group on {day}: {names}.", day=day_label(day), names=names)
        figure = frame(screen, label, 100 + 34 * len(table))
        starts = [pd.Timestamp(str(column)) for column in table.columns]
        minutes = plan.hotline.interval_min
        rows = [group_name(plan.hotline, str(g)) for g in table.index]
        words = [
            [f"{name}<br>{clock_range(at.to_pydatetime(), minutes)}<br>{_decided(str(r))}" for at, r in zip(starts, row, strict=True)]
            for name, row in zip(rows, table.to_numpy(dtype=object), strict=True)
        ]  # fmt: skip
        x = [at + pd.Timedelta(minutes=minutes / 2) for at in starts]
        _cells(figure, x, list(range(len(rows))), table, words, colours)
        hour_axis(figure, screen, day)
        shown = [name if len(name) <= 14 or not screen.narrow else name[:13] + "…" for name in rows]
        y_axis(figure, screen, "", range=[len(rows) - 0.5, -0.5], rangemode="normal", tickvals=list(range(len(rows))),
               ticktext=shown, showgrid=False, nticks=None)  # fmt: skip
        return figure
    table = binding_by_hour(plan, group)
    label = say(
        "What decides most seats of {group} by day and hour: {names}.",
        group=group_name(plan.hotline, group),
        names=names,
    )
    figure = frame(screen, label, 360)
    named = hover_days(plan)
    days = [pd.Timestamp(str(column)) for column in table.columns]
    words = [
        [f"{named[d.date()]} {hour:02d}:00<br>{_decided(str(r))}" for d, r in zip(days, row, strict=True)]
        for hour, row in zip(table.index, table.to_numpy(dtype=object), strict=True)
    ]
    _cells(figure, [d + pd.Timedelta(hours=12) for d in days], list(table.index), table, words, colours)
    day_axis(figure, plan, screen, day_list(plan))
    figure.update_layout(shapes=[])
    hours = list(range(0, 24, 6 if screen.narrow else 3))
    y_axis(figure, screen, "" if screen.narrow else say("hour of the day"), range=[23.5, -0.5], rangemode="normal",
           tickvals=hours, ticktext=[f"{h:02d}:00" for h in hours], showgrid=False)  # fmt: skip
    return figure


def _decided(reason: str) -> str:
    return say("closed") if reason == "closed" else say("decided by: {reason}", reason=reason_words(reason))


def _cells(
    figure: go.Figure,
    x: list[pd.Timestamp],
    y: list[int],
    table: pd.DataFrame,
    words: list[list[str]],
    colours: dict[str, str],
) -> None:
    order = {reason: n for n, reason in enumerate(colours)}
    z = np.array([[order.get(str(r), np.nan) for r in row] for row in table.to_numpy(dtype=object)], dtype=np.float64)
    count = max(len(order), 1)
    scale = [(edge, colour) for n, colour in enumerate(colours.values()) for edge in (n / count, (n + 1) / count)]
    figure.add_heatmap(
        x=x,
        y=y,
        z=z,
        zmin=-0.5,
        zmax=count - 0.5,
        colorscale=scale or None,
        showscale=False,
        xgap=1,
        ygap=1,
        customdata=words,
        hovertemplate="%{customdata}<extra></extra>",
    )
