"""Seats of some days as planned and as changed: the filled step before, the line after."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.colours import FULL_SCREEN, Screen
from dashboard.figures.frame import day_axis, frame, hour_axis, hover_days, y_axis
from dashboard.wording import clock_range, day_label, number_words
from scenarios.plan import Plan
from scenarios.quick_answer import QuickAnswer
from wfm.i18n import say

__all__ = ["what_if_figure"]


def what_if_figure(
    plan: Plan, days: Sequence[date], before: QuickAnswer, after: QuickAnswer, screen: Screen = FULL_SCREEN
) -> go.Figure:
    """Agents required of all groups together, before and after."""
    was, now = before.heads.sum(axis=0), after.heads.sum(axis=0)
    label = say(
        "Agents required {when}: up to {was} as planned, up to {now} as changed.",
        when=day_label(days[0]) if len(days) == 1 else f"{day_label(days[0])} – {day_label(days[-1])}",
        was=number_words(float(was.max(initial=0))),
        now=number_words(float(now.max(initial=0))),
    )
    figure = frame(screen, label, 360)
    palette = screen.palette
    starts = list(after.starts.tz_localize(None))
    ends = [*starts, starts[-1] + pd.Timedelta(seconds=after.interval_s)]
    named = hover_days(plan)
    figure.add_scatter(
        x=ends,
        y=[*was, was[-1]],
        mode="lines",
        name=say("as planned"),
        line={"shape": "hv", "width": 0, "color": palette.fill},
        fill="tozeroy",
        fillcolor=palette.fill,
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=ends,
        y=[*now, now[-1]],
        mode="lines",
        name=say("as changed"),
        line={"shape": "hv", "width": 2, "color": palette.accent},
        hoverinfo="skip",
    )
    words = [
        "<br>".join(
            (
                f"{named[at.date()]} {clock_range(at.to_pydatetime(), after.interval_s / 60)}",
                say("as planned: {n} agents", n=number_words(float(a))),
                say("as changed: {n} agents", n=number_words(float(b))),
                *([say("{n} seats more are wanted than are opened", n=number_words(float(s)))] if s > 0 else []),
            )
        )
        for at, a, b, s in zip(starts, was, now, (after.wanted - after.seats).sum(axis=0), strict=True)
    ]
    half = pd.Timedelta(seconds=after.interval_s / 2)
    figure.add_scatter(
        x=[at + half for at in starts],
        y=np.maximum(was, now),
        mode="markers",
        marker={"opacity": 0, "color": "#888"},
        name=say("interval"),
        customdata=words,
        hovertemplate="%{customdata}<extra></extra>",
    )
    highest = float(max(was.max(initial=0), now.max(initial=0), 1))
    cap = plan.hotline.seats.opened
    if cap <= 3 * highest:
        figure.add_shape(type="line", x0=0, x1=1, xref="paper", y0=cap, y1=cap,
                         line={"color": palette.soft, "width": 1, "dash": "dash"})  # fmt: skip
        figure.add_annotation(x=0, xref="paper", y=cap, text=say("{n} seats opened", n=cap), showarrow=False,
                              xanchor="left", yanchor="bottom", font={"size": 12, "color": palette.soft})  # fmt: skip
        highest = max(highest, float(cap))
    if len(days) == 1:
        hour_axis(figure, screen, days[0])
    else:
        day_axis(figure, plan, screen, list(days))
    y_axis(figure, screen, say("agents"), range=[0, highest * 1.08], dtick=1 if highest < 6 else None)
    return figure
