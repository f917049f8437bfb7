"""Cost against compliance: a point and its interval for each plan, the front that nobody beats joined by a line."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.colours import FULL_SCREEN, Screen, line_colour
from dashboard.figures.frame import frame, y_axis
from dashboard.wording import number_words, probability_words
from scenarios.scorecard import P_MET
from scenarios.trade_off import TradeOff
from wfm.i18n import say

__all__ = ["trade_off_figure"]


def trade_off_figure(
    points: Sequence[TradeOff], names: Sequence[str], measure: str, cost: str, screen: Screen = FULL_SCREEN
) -> go.Figure:
    """The picture.

    Args:
        points: what each plan costs a week and how surely it complies.
        names: name of each plan, by its number.
        measure: what compliance is asked for, in words.
        cost: title of the axis of cost, with its unit.
        screen: what it is drawn for.
    """
    best = [p for p in points if p.best]
    label = say(
        "Cost against compliance of {count} plans; on the front: {best}.",
        count=len(points),
        best="、".join(names[p.plan] for p in best),
    )
    figure = frame(screen, label, 360)
    palette = screen.palette
    costs = [p.cost for p in points]
    room = max((max(costs) - min(costs)) * 0.25, max(costs) * 0.02) if costs else 1.0
    front = sorted(best, key=lambda p: p.cost)
    figure.add_scatter(
        x=[p.cost for p in front],
        y=[100 * (p.compliance.p or 0.0) for p in front],
        mode="lines",
        line={"color": palette.accent, "width": 1.5, "shape": "hv"},
        hoverinfo="skip",
    )
    for point in points:
        surely = point.compliance
        p = surely.p or 0.0
        low, high = (p if surely.low is None else surely.low), (p if surely.high is None else surely.high)
        words = say(
            "{name}<br>{measure}: {share} ({low} – {high})<br>{cost}: {amount}",
            name=names[point.plan],
            measure=measure,
            share=probability_words(p),
            low=probability_words(low),
            high=probability_words(high),
            cost=cost,
            amount=number_words(point.cost),
        )
        figure.add_scatter(
            x=[point.cost],
            y=[100 * p],
            mode="markers",
            marker={
                "color": line_colour(point.plan) if point.best else palette.paper,
                "size": 11,
                "symbol": ["circle", "diamond", "square", "triangle-up"][point.plan % 4],
                "line": {"color": line_colour(point.plan), "width": 2},
            },
            error_y={
                "type": "data",
                "array": [100 * (high - p)],
                "arrayminus": [100 * (p - low)],
                "thickness": 1,
                "width": 3,
                "color": line_colour(point.plan),
            },
            customdata=[words],
            hovertemplate="%{customdata}<extra></extra>",
        )
    _labels(figure, points, names, screen, room)
    figure.add_hline(
        y=100 * P_MET,
        line={"color": palette.soft, "dash": "dash", "width": 1},
    )
    figure.update_layout(hovermode="closest")
    y_axis(figure, screen, say("{measure} (%)", measure=_short(measure, screen)), range=[-4, 108])
    figure.update_xaxes(
        title={"text": cost},
        range=[min(costs) - room, max(costs) + room] if costs else None,
        gridcolor=palette.grid,
        zeroline=False,
        tickformat=",",
        nticks=4 if screen.narrow else 8,
        fixedrange=True,
        tickfont={"color": palette.soft},
    )
    return figure


def _short(words: str, screen: Screen) -> str:
    room = 26 if screen.narrow else 44
    return words if len(words) <= room else f"{words[: room - 1]}…"


def _labels(figure: go.Figure, points: Sequence[TradeOff], names: Sequence[str], screen: Screen, room: float) -> None:
    """A name at each point, above it or below it by turns where two lie close together."""
    most = 14 if screen.narrow else 34
    order = sorted(points, key=lambda p: (p.cost, p.plan))
    notes = []
    last_cost, below = float("-inf"), False
    for point in order:
        below = not below if point.cost - last_cost < 2 * room else False
        last_cost = point.cost
        name = names[point.plan]
        p = 100 * (point.compliance.p or 0.0)
        notes.append(
            {
                "x": point.cost,
                "y": p,
                "text": name if len(name) <= most else f"{name[: most - 1]}…",
                "showarrow": False,
                "yshift": -14 if below else 14,
                "xanchor": "center",
                "font": {"size": 12, "color": screen.palette.ink},
            }
        )
    figure.layout.annotations = (*figure.layout.annotations, *notes)
