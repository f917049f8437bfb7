"""Cover of a roster as a map with figures in its cells: vermilion short, neutral right, blue over, zero in the middle."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from dashboard.colours import Screen
from dashboard.figures.coverage import diverging
from dashboard.figures.frame import frame, y_axis
from dashboard.wording import day_label, weekday_name
from wfm.i18n import language, say

__all__ = ["cover_of_day", "cover_of_month"]


_DAYS_ON_A_PHONE = 10
"""Days that can be named side by side on a narrow screen; of more, the Mondays are."""


def cover_of_month(gaps: pd.DataFrame, rest: Sequence[bool], name: str, screen: Screen) -> go.Figure:
    """Hours × days. ``gaps``: index hour 0–23, a column a date; the worst interval of the hour. ``rest``: tinted days."""
    days = [pd.Timestamp(str(day)).date() for day in gaps.columns]
    label = say(
        "Cover of {group} by day and hour; {short} hours are short of agents.",
        group=name,
        short=int((gaps.to_numpy() < 0).sum()),
    )
    figure = frame(screen, label, 24 * 20 + 84)
    words = [
        [f"{day_label(day)} {hour:02d}:00<br>{_words(gap)}" for day, gap in zip(days, row, strict=True)]
        for hour, row in zip(gaps.index, gaps.to_numpy(), strict=True)
    ]
    _cells(
        figure, screen, [day.isoformat() for day in days], [f"{h:02d}:00" for h in gaps.index], gaps.to_numpy(), words
    )
    every_day = not screen.narrow or len(days) <= _DAYS_ON_A_PHONE
    told = [(day, is_rest) for day, is_rest in zip(days, rest, strict=True) if every_day or day.weekday() == 0]
    figure.update_xaxes(
        type="category",
        tickvals=[day.isoformat() for day, _ in told],
        ticktext=[_tick(day, is_rest) for day, is_rest in told],
        tickangle=0,
        side="top",
        fixedrange=True,
        showgrid=False,
        tickfont={"color": screen.palette.soft, "size": 12},
    )
    figure.update_layout(margin_t=48, margin_b=8)
    y_axis(figure, screen, "", type="category", autorange="reversed", showgrid=False, nticks=24, rangemode="normal")
    return figure


def _tick(day: date, rest: bool) -> str:
    short = weekday_name(day)[-1] if language() == "zh" else weekday_name(day)[:2]
    return f"<b>{day.day}<br>{short}</b>" if rest else f"{day.day}<br>{short}"


def cover_of_day(gaps: pd.DataFrame, names: Sequence[str], day: date, screen: Screen) -> go.Figure:
    """Groups × intervals of one day. ``gaps``: a row a group, a column a clock time ``HH:MM``."""
    label = say(
        "Cover of each group on {day}; {short} groups are short at some time.",
        day=day_label(day),
        short=int((gaps.to_numpy() < 0).any(axis=1).sum()),
    )
    figure = frame(screen, label, 84 + 36 * len(gaps))
    clocks = [str(c) for c in gaps.columns]
    words = [
        [f"{name}<br>{day_label(day)} {clock}<br>{_words(gap)}" for clock, gap in zip(clocks, row, strict=True)]
        for name, row in zip(names, gaps.to_numpy(), strict=True)
    ]
    _cells(figure, screen, clocks, list(names), gaps.to_numpy(), words, numbers=len(clocks) <= 48)
    figure.update_xaxes(
        type="category",
        tickvals=[c for c in clocks if c.endswith(":00") and int(c[:2]) % (6 if screen.narrow else 2) == 0],
        tickangle=0,
        side="top",
        fixedrange=True,
        showgrid=False,
        tickfont={"color": screen.palette.soft, "size": 12},
    )
    figure.update_layout(margin_t=36, margin_b=8)
    y_axis(figure, screen, "", type="category", autorange="reversed", showgrid=False, nticks=None, rangemode="normal")
    return figure


def _words(gap: float) -> str:
    if not np.isfinite(gap):
        return say("closed")
    if gap < 0:
        return say("{n} short", n=f"{-gap:g}")
    return say("{n} over", n=f"{gap:g}") if gap > 0 else say("just right")


def _cells(
    figure: go.Figure,
    screen: Screen,
    x: Sequence[str],
    y: Sequence[str],
    gaps: NDArray[np.float64],
    words: list[list[str]],
    *,
    numbers: bool = True,
) -> None:
    known = np.isfinite(gaps)
    most = float(max(np.abs(gaps[known]).max(), 1.0)) if known.any() else 1.0
    shown = numbers and not screen.narrow
    figure.add_heatmap(
        x=list(x),
        y=list(y),
        z=gaps,
        zmin=-most,
        zmax=most,
        colorscale=diverging(screen),
        showscale=False,
        xgap=1,
        ygap=1,
        customdata=words,
        hovertemplate="%{customdata}<extra></extra>",
        text=[[_number(gap) if shown else "" for gap in row] for row in gaps],
        texttemplate="%{text}",
        textfont={"size": 12},
    )


def _number(gap: float) -> str:
    """The figure of a cell: a shortage or surplus with its sign, nothing where it is right or closed."""
    if not np.isfinite(gap) or gap == 0:
        return ""
    return f"{gap:+.3g}".replace("-", "−")
