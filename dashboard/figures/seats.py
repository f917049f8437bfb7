"""Agents required as a step line, agents rostered as the filled step behind it, seats as dashed caps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.colours import FULL_SCREEN, SHORT, Screen, faded
from dashboard.figures.frame import day_axis, frame, hour_axis, hover_days, y_axis
from dashboard.views import day_list, seats
from dashboard.wording import clock_range, day_label, group_name, number_words, reason_words, value_words
from scenarios.plan import Plan
from wfm.i18n import say

__all__ = ["seats_figure"]


Band = tuple[float, Sequence[pd.Timestamp], Sequence[float]]
"""Per cent of days, starts of intervals, agents required on them."""


def seats_figure(
    plan: Plan, group: str = "", day: date | None = None, screen: Screen = FULL_SCREEN, bands: Sequence[Band] = ()
) -> go.Figure:
    """Required against rostered for one group, or the whole hotline (``group`` empty) with its seats as caps.

    ``bands``: agents required so that more demanding days are covered too, the least demanding first.
    """
    table = seats(plan, group, day)
    short = int((table["short_heads"] > 0).sum())
    label = say(
        "Agents required and rostered, {group}, {when}; {short} intervals are short.",
        group=group_name(plan.hotline, group),
        when=say("on {day}", day=day_label(day)) if day else say("over the whole period"),
        short=short,
    )
    if bands:
        most = max(bands, key=lambda band: band[0])
        label += " " + say(
            "For {share:g} % of days up to {heads} agents are required at once.",
            share=most[0],
            heads=f"{max(most[2], default=0):.0f}",
        )
    figure = frame(screen, label, 360)
    palette = screen.palette
    x, rostered = _steps(table, "rostered_a")
    figure.add_scatter(
        x=x,
        y=rostered,
        mode="lines",
        name=say("rostered"),
        line={"shape": "hv", "width": 0, "color": palette.fill},
        fill="tozeroy",
        fillcolor=palette.fill,
        hoverinfo="skip",
    )
    lacking = table[table["short_heads"] > 0]
    half = pd.to_timedelta(lacking["interval_s"] / 2, unit="s")
    figure.add_bar(
        x=lacking["interval"] + half,
        y=lacking["short_heads"],
        base=lacking["heads"] - lacking["short_heads"],
        width=lacking["interval_s"] * 1000,
        name=say("short"),
        marker={
            "color": SHORT,
            "line": {"width": 0},
            "pattern": {"shape": "/", "fillmode": "overlay", "fgcolor": palette.paper, "fgopacity": 0.6, "size": 5},
        },
        hoverinfo="skip",
    )
    for _share, starts, heads in bands:
        _add_band(figure, table, starts, heads, palette.accent)
    x, needed = _steps(table, "heads")
    figure.add_scatter(
        x=x,
        y=needed,
        mode="lines",
        name=say("required"),
        line={"shape": "hv", "width": 1.5, "color": palette.ink},
        hoverinfo="skip",
    )
    _add_hover(figure, plan, table)
    highest = float(np.nanmax([*table["heads"], *table["rostered_a"], *(h for b in bands for h in b[2]), 1.0]))
    if not group:
        highest = _add_caps(figure, plan, screen, highest)
    if day:
        hour_axis(figure, screen, day)
    else:
        day_axis(figure, plan, screen, day_list(plan))
    y_axis(figure, screen, say("agents"), range=[0, highest * 1.08], tickformat=",d", dtick=1 if highest < 6 else None)
    return figure


def _add_band(
    figure: go.Figure, table: pd.DataFrame, starts: Sequence[pd.Timestamp], heads: Sequence[float], colour: str
) -> None:
    """What lies between the requirement and that of more demanding days."""
    more = pd.DataFrame({"interval": list(starts), "band": list(heads)})
    joined = table[["interval", "interval_s", "heads"]].merge(more, on="interval", how="left")
    joined["band"] = joined["band"].fillna(joined["heads"]).clip(lower=joined["heads"])
    edge = {"shape": "hv", "width": 0, "color": colour}
    x, low = _steps(joined, "heads")
    figure.add_scatter(x=x, y=low, mode="lines", line=edge, hoverinfo="skip", name="")
    figure.add_scatter(
        x=x,
        y=_steps(joined, "band")[1],
        mode="lines",
        line=edge,
        fill="tonexty",
        fillcolor=faded(colour, 0.22),
        hoverinfo="skip",
        name="",
    )


def _steps(table: pd.DataFrame, column: str) -> tuple[list[pd.Timestamp], list[float]]:
    """Points of a step line over intervals, ended and broken where intervals do not touch."""
    x: list[pd.Timestamp] = []
    y: list[float] = []
    ends = table["interval"] + pd.to_timedelta(table["interval_s"], unit="s")
    last: pd.Timestamp | None = None
    for start, end, value in zip(table["interval"], ends, table[column], strict=True):
        if last is not None and start != last:
            x += [last, last]
            y += [y[-1], float("nan")]
        x.append(start)
        y.append(float(value))
        last = end
    if last is not None:
        x.append(last)
        y.append(y[-1])
    return x, y


def _add_hover(figure: go.Figure, plan: Plan, table: pd.DataFrame) -> None:
    """An unseen point in the middle of each interval that says everything about it."""
    words = []
    days = hover_days(plan)
    for row in table.to_dict("records"):
        lines = [
            f"{days[row['interval'].date()]} {clock_range(row['interval'], row['interval_s'] / 60)}",
            say("required {heads} ({seats} seats)", heads=number_words(row["heads"]), seats=number_words(row["seats"])),
            say("rostered {a} A, {b} B", a=number_words(row["rostered_a"]), b=number_words(row["rostered_b"])),
        ]
        if row["short_heads"] > 0:
            lines.append(say("{n} short", n=number_words(row["short_heads"])))
        if "reason" in row:
            lines.append(say("decided by: {reason}", reason=reason_words(str(row["reason"]))))
            if np.isfinite(row["asa_s"]):
                lines.append(say("predicted answer time {value}", value=value_words(row["asa_s"], "s")))
        words.append("<br>".join(lines))
    figure.add_scatter(
        x=table["interval"] + pd.to_timedelta(table["interval_s"] / 2, unit="s"),
        y=table["heads"],
        mode="markers",
        marker={"opacity": 0, "color": "#888"},
        name=say("interval"),
        customdata=words,
        hovertemplate="%{customdata}<extra></extra>",
    )


def _add_caps(figure: go.Figure, plan: Plan, screen: Screen, highest: float) -> float:
    """Dashed caps for seats opened and built; built only where it does not flatten the picture. Returns the top."""
    caps = [(plan.hotline.seats.opened, say("{n} seats opened", n=plan.hotline.seats.opened))]
    if plan.hotline.seats.built <= 3 * highest:
        caps.append((plan.hotline.seats.built, say("{n} seats built", n=plan.hotline.seats.built)))
    for value, words in caps:
        figure.add_shape(
            type="line",
            x0=0,
            x1=1,
            xref="paper",
            y0=value,
            y1=value,
            line={"color": screen.palette.soft, "width": 1, "dash": "dash"},
        )
        figure.add_annotation(
            x=0,
            xref="paper",
            y=value,
            text=words,
            showarrow=False,
            xanchor="left",
            yanchor="bottom",
            font={"size": 12, "color": screen.palette.soft},
        )
    return max(highest, *(float(value) for value, _ in caps))
