"""A sweep as a curve with its bands, or as a heatmap with the contour of the limit."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.colours import FULL_SCREEN, Screen
from dashboard.figures.frame import frame, y_axis
from dashboard.wording import interval_words, limit_words, unit_words, value_words
from scenarios.sweep_shown import Measure, SweptAxis
from wfm.i18n import say

__all__ = ["sweep_curve", "sweep_heatmap"]

_SCALE = {"share": 100.0}


def _rows(table: pd.DataFrame, measure: Measure, method: str) -> pd.DataFrame:
    return table[(table["measure"] == measure.key) & (table["method"] == method)].sort_values(["x", "y"])


def _axis_words(axis: SweptAxis) -> str:
    return say("{name} (change)", name=axis.name) if axis.swept.relative else axis.name.of()


def sweep_curve(table: pd.DataFrame, axis: SweptAxis, measure: Measure, screen: Screen = FULL_SCREEN) -> go.Figure:
    """The measure over one parameter: the mean, its confidence band, 95 % of single periods, the limit, and the formula.

    Args:
        table: as :class:`scenarios.sweep_folder.KeptSweep` holds it.
        axis: the parameter.
        measure: what is shown.
        screen: what it is drawn for.
    """
    label = say("{measure} over {parameter}, with bands and limit.", measure=measure.name, parameter=axis.name)
    figure = frame(screen, label, 360)
    palette, scale = screen.palette, _SCALE.get(measure.unit, 1.0)
    found, formula = _rows(table, measure, "simulation"), _rows(table, measure, "formula")
    x = found["x"].to_numpy(float)
    for low, high, opacity in (("low", "high", 0.16), ("ci_low", "ci_high", 0.4)):
        if len(found) and not (measure.key == "complies" and low == "low"):
            figure.add_scatter(
                x=np.concatenate([x, x[::-1]]),
                y=scale * np.concatenate([found[high].to_numpy(float), found[low].to_numpy(float)[::-1]]),
                mode="lines",
                line={"width": 0},
                fill="toself",
                fillcolor=palette.accent,
                opacity=opacity,
                hoverinfo="skip",
            )
    if len(formula):
        figure.add_scatter(
            x=formula["x"],
            y=scale * formula["mean"],
            mode="lines",
            line={"color": palette.soft, "dash": "dot", "width": 1.5},
            customdata=[[axis.words(v), value_words(m, measure.unit)] for v, m in formula[["x", "mean"]].to_numpy()],
            hovertemplate=say("by formula") + ": %{customdata[0]}: %{customdata[1]}<extra></extra>",
        )
    if len(found):
        words = [
            [
                axis.words(row["x"]),
                value_words(row["mean"], measure.unit),
                interval_words(row["ci_low"], row["ci_high"], measure.unit),
                interval_words(row["low"], row["high"], measure.unit),
            ]
            for row in found.to_dict("records")
        ]
        figure.add_scatter(
            x=x,
            y=scale * found["mean"],
            mode="lines+markers",
            line={"color": palette.accent, "width": 2},
            marker={"size": 7, "color": palette.accent},
            customdata=words,
            hovertemplate="%{customdata[0]}: <b>%{customdata[1]}</b><br>"
            + say("mean within {interval} (95 %)", interval="%{customdata[2]}")
            + "<br>"
            + say("95 % of periods: {interval}", interval="%{customdata[3]}")
            + "<extra></extra>",
        )
    _limit(figure, measure, scale, screen)
    figure.update_layout(hovermode="closest")
    shares = {"range": [-3, 103]} if measure.key == "complies" else {}
    y_axis(figure, screen, _measure_words(measure, screen), **shares)
    _value_axis(figure, axis, table, screen)
    if axis.now is not None and len(table) and table["x"].min() <= axis.now <= table["x"].max():
        figure.add_vline(x=axis.now, line={"color": palette.soft, "width": 1, "dash": "dot"})
        figure.add_annotation(
            x=axis.now,
            y=1,
            yref="paper",
            yanchor="bottom",
            text=say("now"),
            showarrow=False,
            font={"size": 12, "color": palette.soft},
        )
    return figure


def _measure_words(measure: Measure, screen: Screen) -> str:
    name = measure.name.of()
    room = 24 if screen.narrow else 48
    name = name if len(name) <= room else f"{name[: room - 1]}…"
    return f"{name} ({unit_words(measure.unit)})"


def _limit(figure: go.Figure, measure: Measure, scale: float, screen: Screen) -> None:
    if measure.limit is None:
        return
    ink = screen.palette.ink
    figure.add_hline(y=scale * measure.limit, line={"color": ink, "dash": "dash", "width": 1})
    figure.add_annotation(
        x=1,
        xref="paper",
        xanchor="right",
        y=scale * measure.limit,
        yanchor="bottom",
        text=say("limit {limit}", limit=limit_words(measure.operator, measure.limit, measure.unit)),
        showarrow=False,
        font={"size": 12, "color": ink},
    )


def _value_axis(figure: go.Figure, axis: SweptAxis, table: pd.DataFrame, screen: Screen) -> None:
    values = sorted({float(v) for v in table["x"]})
    step = max(1, math.ceil(len(values) / (4 if screen.narrow else 9)))
    shown = values[::step]
    figure.update_xaxes(
        title={"text": _axis_words(axis)},
        tickvals=shown,
        ticktext=[axis.words(v) for v in shown],
        tickangle=0,
        showgrid=False,
        zeroline=False,
        linecolor=screen.palette.grid,
        ticks="outside",
        ticklen=4,
        fixedrange=True,
        tickfont={"color": screen.palette.soft},
    )


def sweep_heatmap(
    table: pd.DataFrame, axes: tuple[SweptAxis, SweptAxis], measure: Measure, screen: Screen = FULL_SCREEN
) -> go.Figure:
    """The measure over two parameters: a cell a point with its value, and the line along which the limit is just kept.

    Cells of points that are not finished stay empty.
    """
    along, up = axes
    label = say(
        "{measure} over {first} and {second}; the line is the limit.",
        measure=measure.name,
        first=along.name,
        second=up.name,
    )
    simulated = _rows(table, measure, "simulation")
    found = simulated if len(simulated) else _rows(table, measure, "formula")
    xs, ys = (tuple(dict.fromkeys(axis.swept.values)) for axis in axes)
    figure = frame(screen, label, max(240, min(520, 110 + 34 * len(ys))))
    grid = np.full((len(ys), len(xs)), np.nan)
    for row in found.to_dict("records"):
        grid[ys.index(row["y"]), xs.index(row["x"])] = row["mean"]
    scale = _SCALE.get(measure.unit, 1.0)
    words = [
        [f"{along.words(x)} · {up.words(y)}: {value_words(v, measure.unit)}" for x, v in zip(xs, line, strict=True)]
        for y, line in zip(ys, grid, strict=True)
    ]
    few = len(xs) <= (6 if screen.narrow else 14)
    texts = [[value_words(v, measure.unit) if np.isfinite(v) else "" for v in line] for line in grid]
    palette = screen.palette
    across, over = list(range(len(xs))), list(range(len(ys)))
    figure.add_heatmap(
        x=across,
        y=over,
        z=scale * grid,
        customdata=words,
        hovertemplate="%{customdata}<extra></extra>",
        text=texts if few else None,
        texttemplate="%{text}" if few else None,
        textfont={"size": 12},
        colorscale=_colours(measure, screen),
        showscale=False,
        xgap=1,
        ygap=1,
        **_bounds(measure, scale * grid),
    )
    if measure.limit is not None and min(grid.shape) > 1 and np.isfinite(grid).all():
        limit = scale * measure.limit
        if np.nanmin(scale * grid) < limit < np.nanmax(scale * grid):
            figure.add_contour(
                x=across,
                y=over,
                z=scale * grid,
                contours={"type": "constraint", "operation": "=", "value": limit, "showlabels": False},
                line={"color": palette.ink, "width": 2.5},
                fillcolor="rgba(0,0,0,0)",
                hoverinfo="skip",
                showlegend=False,
            )
    figure.update_layout(hovermode="closest")
    for axis, name, values, most in ((along, "x", xs, 5 if screen.narrow else 12), (up, "y", ys, 14)):
        step = max(1, math.ceil(len(values) / most))
        settings = {
            "title": {"text": _axis_words(axis), "standoff": 8},
            "tickvals": list(range(0, len(values), step)),
            "ticktext": [axis.words(v) for v in values[::step]],
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
            "automargin": True,
            "tickfont": {"color": palette.soft},
        }
        (figure.update_xaxes if name == "x" else figure.update_yaxes)(**settings)
    return figure


def _bounds(measure: Measure, grid: np.ndarray) -> dict[str, float]:
    """The limit in the middle of the scale, as zero is in the middle of cover; without one the values' own range."""
    known = grid[np.isfinite(grid)]
    if not len(known) or measure.limit is None:
        return {}
    limit = _SCALE.get(measure.unit, 1.0) * measure.limit
    wide = max(float(np.abs(known - limit).max()), 1e-9)
    return {"zmin": limit - wide, "zmax": limit + wide}


def _colours(measure: Measure, screen: Screen) -> list[list[object]]:
    """Vermilion beyond the limit, blue within it, neutral at the limit; shades of blue without one."""
    middle = "#2b343d" if screen.dark else "#eceeec"
    if measure.limit is None:
        return [[0.0, middle], [1.0, "#3d7fb5" if screen.dark else "#8db8dc"]]
    bad, good = ("#a34e1c", "#2a6490") if screen.dark else ("#eba27c", "#94bfdf")
    ends = (bad, good) if measure.operator.startswith(">") else (good, bad)
    return [[0.0, ends[0]], [0.5, middle], [1.0, ends[1]]]
