"""Forecast calls: the mean as a line, 80 % and 95 % of outcomes as bands."""

from __future__ import annotations

from datetime import date

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dashboard.colours import FULL_SCREEN, Screen, faded, line_colour
from dashboard.figures.frame import day_axis, frame, hour_axis, hover_days, y_axis
from dashboard.views import day_list, demand
from dashboard.wording import clock_range, day_label, line_name, number_words
from scenarios.plan import Plan
from wfm.i18n import say

__all__ = ["demand_figure"]


def demand_figure(plan: Plan, line: str = "", day: date | None = None, screen: Screen = FULL_SCREEN) -> go.Figure:
    """Calls per interval of one line with its bands, or the means of all lines (``line`` empty)."""
    when = say("on {day}", day=day_label(day)) if day else say("over the whole period")
    if line:
        label = say(
            "Forecast calls of {line} {when}, with 80 % and 95 % bands.", line=line_name(plan.hotline, line), when=when
        )
    else:
        label = say("Forecast calls of each line {when}.", when=when)
    figure = frame(screen, label)
    if line:
        _add_line_with_bands(figure, plan, line, day)
    else:
        for one in plan.hotline.line_ids:
            _add_mean(figure, plan, one, day)
    if day:
        hour_axis(figure, screen, day)
    else:
        day_axis(figure, plan, screen, day_list(plan))
    y_axis(figure, screen, say("calls per {minutes} min", minutes=plan.hotline.interval_min))
    return figure


def _add_mean(figure: go.Figure, plan: Plan, line: str, day: date | None) -> None:
    table = demand(plan, line, day)
    if table.empty:
        return
    name = line_name(plan.hotline, line)
    figure.add_scatter(
        x=table["interval"],
        y=table["mean"],
        mode="lines",
        name=name,
        line={"color": line_colour(plan.hotline.line_ids.index(line)), "width": 1.5},
        hovertemplate=name + ": %{y:,.1f}<extra></extra>",
    )


def _add_line_with_bands(figure: go.Figure, plan: Plan, line: str, day: date | None) -> None:
    table = demand(plan, line, day)
    if table.empty:
        return
    colour = line_colour(plan.hotline.line_ids.index(line))
    for low, high, alpha, name in (("p025", "p975", 0.16, "95 %"), ("p10", "p90", 0.32, "80 %")):
        edge = {"width": 0, "color": colour}
        figure.add_scatter(x=table["interval"], y=table[low], mode="lines", line=edge, hoverinfo="skip", name=low)
        figure.add_scatter(
            x=table["interval"],
            y=table[high],
            mode="lines",
            line=edge,
            fill="tonexty",
            fillcolor=faded(colour, alpha),
            hoverinfo="skip",
            name=name,
        )
    minutes, days = plan.hotline.interval_min, hover_days(plan)
    words: NDArray[np.str_] = np.array(
        [
            "<br>".join(
                (
                    f"{days[row['interval'].date()]} {clock_range(row['interval'], minutes)}",
                    say("mean {value} calls", value=number_words(row["mean"], 1)),
                    say("80 %: {low} – {high}", low=number_words(row["p10"]), high=number_words(row["p90"])),
                    say("95 %: {low} – {high}", low=number_words(row["p025"]), high=number_words(row["p975"])),
                    say("handling time {value} s", value=number_words(row["aht_s"])),
                )
            )
            for row in table.to_dict("records")
        ]
    )
    figure.add_scatter(
        x=table["interval"],
        y=table["mean"],
        mode="lines",
        name=line_name(plan.hotline, line),
        line={"color": colour, "width": 2},
        customdata=words,
        hovertemplate="%{customdata}<extra></extra>",
    )
