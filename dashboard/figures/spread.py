"""How a burden spreads over people: a dot for everybody, and where the fair band lies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.colours import SHORT, SURPLUS, Screen
from dashboard.figures.frame import frame

__all__ = ["spread_figure"]


def spread_figure(
    screen: Screen,
    label: str,
    unit: str,
    points: Sequence[tuple[str, float, int]],
    band: tuple[float, float] | None,
    *,
    hover: str,
) -> go.Figure:
    """A strip of dots along the amount carried; dots of the same amount stand above one another.

    Args:
        screen: what it is drawn for.
        label: what it shows, in words.
        unit: title of the axis.
        points: who, how much, and -1, 0 or 1: below, within or above the person's own fair band.
        band: least and most that is fair for most people, tinted; None where there is no even share.
        hover: template of the hover, with ``%{text}`` for who and ``%{x}`` for how much.
    """
    figure = frame(screen, label, 240)
    palette = screen.palette
    level: Counter[float] = Counter()
    xs, ys, names, colours, marks = [], [], [], [], []
    for who, amount, side in sorted(points, key=lambda p: (p[1], p[2], p[0])):
        place = round(amount, 1)
        level[place] += 1
        xs.append(amount)
        ys.append(level[place])
        names.append(who)
        colours.append({-1: SURPLUS, 0: palette.soft, 1: SHORT}[side])
        marks.append({-1: "triangle-down", 0: "circle", 1: "triangle-up"}[side])
    if band is not None:
        figure.add_vrect(x0=band[0], x1=band[1], fillcolor=palette.fill, opacity=0.5, line_width=0, layer="below")
    size = 8 if len(points) < 120 else 5
    figure.add_trace(
        go.Scatter(
            x=xs,
            y=ys,
            text=names,
            mode="markers",
            marker={"color": colours, "symbol": marks, "size": size},
            hovertemplate=f"{hover}<extra></extra>",
        )
    )
    top = max(level.values(), default=1)
    figure.update_xaxes(
        title={"text": unit},
        showgrid=True,
        gridcolor=palette.grid,
        zeroline=False,
        fixedrange=True,
        rangemode="tozero",
        tickfont={"color": palette.soft},
    )
    figure.update_yaxes(visible=False, range=[0, max(top * 1.15, 4)], fixedrange=True)
    figure.update_layout(hovermode="closest")
    return figure
