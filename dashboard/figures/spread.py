"""How a burden spreads over people: a dot for everybody, and where the fair band lies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.colours import SHORT, SURPLUS, Screen
from dashboard.figures.frame import frame

__all__ = ["spread_figure"]

HIGH = 24
"""So many dots stand above one another at most."""
ACROSS = 150
"""So many dots of a block would stand beside one another over the whole axis."""
FEW = 12
"""Up to this amount every whole number has its mark on the axis."""


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
        hover: template of the hover, with ``%{text}`` for who and ``%{customdata}`` for how much.
    """
    figure = frame(screen, label, 240)
    palette = screen.palette
    amounts = [amount for _, amount, _ in points]
    apart = (max(amounts, default=1.0) or 1.0) / ACROSS
    alike = Counter(round(amount, 1) for amount in amounts)
    level: Counter[float] = Counter()
    xs, ys, names, held, colours, marks = [], [], [], [], [], []
    for who, amount, side in sorted(points, key=lambda p: (p[1], p[2], p[0])):
        place = round(amount, 1)
        # Of many people who carry the same, the dots stand in a block around it instead of one tall column.
        wide = -(-alike[place] // HIGH)
        column, row = level[place] % wide, level[place] // wide
        level[place] += 1
        xs.append(amount + (column - (wide - 1) / 2) * apart)
        ys.append(row + 1)
        held.append(amount)
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
            customdata=held,
            mode="markers",
            marker={"color": colours, "symbol": marks, "size": size},
            hovertemplate=f"{hover}<extra></extra>",
        )
    )
    top = max(ys, default=1)
    figure.update_xaxes(
        title={"text": unit},
        showgrid=True,
        gridcolor=palette.grid,
        zeroline=False,
        fixedrange=True,
        rangemode="tozero",
        **({"dtick": 1} if max(amounts, default=0.0) <= FEW else {}),
        tickfont={"color": palette.soft},
    )
    figure.update_yaxes(visible=False, range=[0, max(top * 1.15, 4)], fixedrange=True)
    figure.update_layout(hovermode="closest")
    return figure
