"""The rest of a day: what was recorded, what was planned, and what is now expected with its band; who is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.colours import FULL_SCREEN, Screen, faded
from dashboard.figures.frame import frame, hour_axis, y_axis
from dashboard.wording import clock_range, day_label, number_words
from scenarios.kept_intraday import KeptIntraday
from wfm.i18n import say

__all__ = ["rest_figure", "rest_table"]


def rest_table(look: KeptIntraday) -> pd.DataFrame:
    """interval (local clock), recorded, planned, expected, p10, p90, on_duty, needed; all lines together."""
    table = look.intervals.assign(interval=look.intervals["interval"].dt.tz_localize(None))
    found = table.rename(columns={"calls": "expected"})[["interval", "recorded", "planned", "expected", "p10", "p90"]]
    seats = look.seats.assign(interval=look.seats["interval"].dt.tz_localize(None)) if len(look.seats) else None
    if seats is not None:
        sums = seats.groupby("interval")[["on_duty", "heads"]].sum().rename(columns={"heads": "needed"})
        found = found.merge(sums, on="interval", how="left")
    return found


def rest_figure(look: KeptIntraday, interval_min: int, screen: Screen = FULL_SCREEN) -> go.Figure:
    """Calls by interval, all lines together."""
    label = say(
        "Calls by interval on {day}: recorded until {now}, then expected with the 80 % band; as planned beside it.",
        day=day_label(look.day),
        now=f"{look.now:%H:%M}",
    )
    figure = frame(screen, label, 360)
    table = rest_table(look)
    half = pd.Timedelta(minutes=interval_min / 2)
    now = pd.Timestamp(look.now).tz_localize(None)
    ahead = table[table["interval"] + pd.Timedelta(minutes=interval_min) > now]
    colour = screen.palette.accent
    edge = {"width": 0, "color": colour}
    figure.add_scatter(
        x=ahead["interval"] + half, y=ahead["p10"], mode="lines", line=edge, hoverinfo="skip", name="p10"
    )
    figure.add_scatter(
        x=ahead["interval"] + half, y=ahead["p90"], mode="lines", line=edge, fill="tonexty",
        fillcolor=faded(colour, 0.28), hoverinfo="skip", name="p90",
    )  # fmt: skip
    figure.add_scatter(
        x=table["interval"] + half, y=table["planned"], mode="lines", name=say("as planned"), hoverinfo="skip",
        line={"color": screen.palette.soft, "width": 1, "dash": "dot"},
    )  # fmt: skip
    figure.add_scatter(
        x=ahead["interval"] + half, y=ahead["expected"], mode="lines", name=say("expected"), hoverinfo="skip",
        line={"color": colour, "width": 2},
    )  # fmt: skip
    whole = table["interval"] + pd.Timedelta(minutes=interval_min) <= now  # the begun interval would look like a fall
    figure.add_scatter(
        x=table["interval"] + half, y=table["recorded"].where(whole), mode="lines+markers", name=say("recorded"), hoverinfo="skip",
        line={"color": screen.palette.ink, "width": 2}, marker={"size": 5},
    )  # fmt: skip
    figure.add_scatter(
        x=table["interval"] + half,
        y=table["expected"],
        mode="markers",
        marker={"opacity": 0, "size": 8},
        customdata=[_words(row, interval_min) for row in table.to_dict("records")],
        hovertemplate="%{customdata}<extra></extra>",
        name="",
    )
    figure.add_vline(x=now, line={"color": screen.palette.ink, "width": 1, "dash": "dash"})
    hour_axis(figure, screen, look.day)
    y_axis(figure, screen, say("calls per {minutes} min", minutes=interval_min))
    return figure


def _words(row: Mapping[Any, Any], minutes: int) -> str:
    start = pd.Timestamp(row["interval"])
    lines = [clock_range(start.to_pydatetime(), minutes)]
    if row["recorded"] == row["recorded"]:
        lines.append(say("recorded {count} calls", count=number_words(row["recorded"])))
    lines.append(say("expected {count}", count=number_words(row["expected"], 1)))
    lines.append(say("80 %: {low} – {high}", low=number_words(row["p10"]), high=number_words(row["p90"])))
    lines.append(say("planned {count}", count=number_words(row["planned"], 1)))
    return "<br>".join(lines)
