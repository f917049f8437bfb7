"""Hours against a limit, and what each further hour buys."""

from __future__ import annotations

from datetime import date

import pandas as pd
import plotly.graph_objects as go

from dashboard.colours import FULL_SCREEN, STATUSES, Screen
from dashboard.figures.frame import frame, y_axis
from dashboard.wording import day_label, difference_words, number_words, unit_words, value_words
from scenarios.quick_change import Knob
from wfm.i18n import say

__all__ = ["bought_figure", "cost_figure", "knob_value_words"]


def knob_value_words(knob: Knob, value: float) -> str:
    """A value of the knob with its unit."""
    return say("{value} s", value=f"{value:g}") if knob.unit == "s" else say("{value} %", value=f"{value:g}")


def cost_figure(knob: Knob, table: pd.DataFrame, screen: Screen = FULL_SCREEN) -> go.Figure:
    """Agent-hours for each value of the limit; the planned one is filled."""
    least, most = table["agent_hours"].min(), table["agent_hours"].max()
    label = say(
        "Agent-hours by {name}: from {least} to {most}.",
        name=knob.name,
        least=number_words(float(least), 1),
        most=number_words(float(most), 1),
    )
    figure = frame(screen, label, 300)
    palette = screen.palette
    words = [
        "<br>".join(
            (
                knob_value_words(knob, row["value"]),
                say("{hours} agent-hours", hours=number_words(row["agent_hours"], 1)),
                say("{difference} against the plan", difference=difference_words(row["extra_h"], "h")),
            )
        )
        for row in table.to_dict("records")
    ]
    figure.add_scatter(
        x=table["value"],
        y=table["agent_hours"],
        mode="lines+markers",
        line={"color": palette.ink, "width": 1.5},
        marker={
            "size": [12 if planned else 8 for planned in table["planned"]],
            "color": [palette.accent if planned else palette.paper for planned in table["planned"]],
            "line": {"width": 2, "color": [palette.accent if planned else palette.ink for planned in table["planned"]]},
        },
        customdata=words,
        hovertemplate="%{customdata}<extra></extra>",
    )
    planned = table[table["planned"]].iloc[0]
    figure.add_annotation(
        x=planned["value"], y=planned["agent_hours"], text=say("planned"), showarrow=False, yshift=-18,
        font={"size": 12, "color": palette.accent},
    )  # fmt: skip
    ticks = _apart(table["value"].astype(float), float(planned["value"]), 0.1 if screen.narrow else 0.03)
    figure.update_xaxes(
        title={"text": say("seconds") if knob.unit == "s" else "%", "standoff": 8},
        tickvals=ticks,
        ticktext=[f"{value:g}" for value in ticks],
        showgrid=False,
        zeroline=False,
        linecolor=palette.grid,
        ticks="outside",
        tickcolor=palette.grid,
        fixedrange=True,
        tickfont={"color": palette.soft},
    )
    pad = max(0.15 * (most - least), 0.5)
    y_axis(figure, screen, say("agent-hours"), range=[max(0.0, least - pad), most + pad], rangemode="normal")
    return figure


def _apart(values: pd.Series, kept: float, share: float) -> list[float]:
    """The values that are at least ``share`` of the axis from ``kept`` and from each other; ``kept`` among them."""
    room = share * float(values.max() - values.min())
    found = [kept]
    for value in sorted(values):
        if all(abs(value - other) >= room for other in found):
            found.append(value)
    return sorted(found)


def bought_figure(
    name: str, unit: str, day: date, table: pd.DataFrame, hours: float, limit: float, screen: Screen = FULL_SCREEN
) -> go.Figure:
    """The target's figure over the day against seat-hours; the plan's hours and the limit marked."""
    near = table[(table["staff_hours"] >= 0.7 * hours) & (table["staff_hours"] <= 1.3 * hours) & table["value"].notna()]
    scale = 100.0 if unit == "share" else 1.0
    label = say("{name} over {day} against seat-hours, each seat where it helps most.", name=name, day=day_label(day))
    figure = frame(screen, label, 300)
    palette = screen.palette
    hours_words = say("seat-hours")
    figure.add_scatter(
        x=near["staff_hours"],
        y=near["value"] * scale,
        mode="lines",
        line={"color": palette.ink, "width": 2},
        customdata=[
            f"{number_words(row['staff_hours'], 1)} {hours_words}<br>{value_words(row['value'], unit)}"
            for row in near.to_dict("records")
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )
    missed = STATUSES["missed"].dark if screen.dark else STATUSES["missed"].light
    if len(near) and near["value"].min() <= limit * 1.5:
        figure.add_shape(type="line", x0=0, x1=1, xref="paper", y0=limit * scale, y1=limit * scale,
                         line={"color": missed, "width": 1, "dash": "dash"})  # fmt: skip
        figure.add_annotation(x=1, xref="paper", y=limit * scale, text=say("limit"), showarrow=False, xanchor="right",
                              yanchor="bottom", font={"size": 12, "color": palette.soft})  # fmt: skip
    figure.add_shape(type="line", x0=hours, x1=hours, y0=0, y1=1, yref="paper",
                     line={"color": palette.accent, "width": 1, "dash": "dot"})  # fmt: skip
    figure.add_annotation(x=hours, y=1, yref="paper", text=say("planned"), showarrow=False, yanchor="bottom",
                          font={"size": 12, "color": palette.accent})  # fmt: skip
    figure.update_xaxes(
        title={"text": say("seat-hours"), "standoff": 8}, showgrid=False, zeroline=False, linecolor=palette.grid,
        ticks="outside", tickcolor=palette.grid, fixedrange=True, tickfont={"color": palette.soft},
    )  # fmt: skip
    y_axis(figure, screen, unit_words(unit), rangemode="normal", tickformat="")
    return figure
