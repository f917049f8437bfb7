"""The day under way: calls as they came against the forecast with its bands, and who is there against who is required."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.colours import FULL_SCREEN, SHORT, Screen, faded, line_colour
from dashboard.figures.frame import frame, hour_axis, y_axis
from dashboard.wording import clock_range, day_label, line_name, number_words
from scenarios.today import Today
from wfm.i18n import say

__all__ = ["calls_figure", "calls_table", "people_figure", "people_table"]


def calls_table(today: Today, line: str = "") -> pd.DataFrame:
    """interval (local clock), recorded (whole intervals, and the begun one), complete, mean, p025, p10, p90, p975, before."""
    starts = today.cover["interval"]
    table = pd.DataFrame({"interval": starts})
    so_far = today.so_far.intervals
    mine = so_far if not line else so_far[so_far["line"] == line]
    came = mine.groupby("interval")["first_attempts"].sum()
    table["recorded"] = came.reindex(starts).to_numpy(dtype=float)
    reach = today.so_far.reach
    length = pd.Timedelta(minutes=today.hotline.interval_min)
    table["complete"] = (starts + length <= pd.Timestamp(reach)).to_numpy() if reach is not None else False
    table.loc[(starts >= pd.Timestamp(reach or today.now)).to_numpy(), "recorded"] = np.nan
    for name in ("mean", "p025", "p10", "p90", "p975"):
        table[name] = np.nan
    table["before"] = np.nan
    if today.expected is not None:
        rows = today.expected.intervals
        mine = rows[rows["line"] == line].set_index("interval")
        for name in ("mean", "p025", "p10", "p90", "p975"):
            table[name] = mine[name].reindex(starts).to_numpy(dtype=float)
        before = today.expected.before
        before = before if not line else before[before["line"] == line]
        table["before"] = before.groupby("interval")["mean"].sum().reindex(starts).to_numpy(dtype=float)
    return table.assign(interval=_local(starts))


def people_table(today: Today) -> pd.DataFrame:
    """interval (local clock), on_duty, backups, needed."""
    return today.cover.assign(interval=_local(today.cover["interval"]))


def _local(times: pd.Series) -> pd.Series:
    found: pd.Series = times.dt.tz_localize(None)
    return found


def calls_figure(today: Today, line: str = "", screen: Screen = FULL_SCREEN) -> go.Figure:
    """Calls by interval: what came in ink, what is expected as a line with its bands, the moment as a rule."""
    table = calls_table(today, line)
    name = line_name(today.hotline, line) if line else say("all lines")
    label = say(
        "Calls by interval on {day}, {line}: recorded, and forecast with its bands.",
        day=day_label(today.now.date()),
        line=name,
    )
    figure = frame(screen, label, 360)
    colour = line_colour(today.hotline.line_ids.index(line)) if line else screen.palette.accent
    length = pd.Timedelta(minutes=today.hotline.interval_min)
    middle = table["interval"] + length / 2
    updated = today.expected.updated if today.expected is not None else None
    # What has passed is certain in an updated forecast: its bands begin with what is still to come.
    ahead = pd.Series(True, index=table.index)
    if updated is not None:
        ahead = table["interval"] + length > pd.Timestamp(updated).tz_localize(None)
    for low, high, alpha in (("p025", "p975", 0.16), ("p10", "p90", 0.32)):
        part = table[ahead & table[low].notna()]
        if part.empty:
            continue
        x = part["interval"] + length / 2
        edge = {"width": 0, "color": colour}
        figure.add_scatter(x=x, y=part[low], mode="lines", line=edge, hoverinfo="skip", name=low)
        figure.add_scatter(
            x=x,
            y=part[high],
            mode="lines",
            line=edge,
            fill="tonexty",
            fillcolor=faded(colour, alpha),
            hoverinfo="skip",
            name=high,
        )
    if updated is not None:
        figure.add_scatter(
            x=middle,
            y=table["before"],
            mode="lines",
            name=say("as planned"),
            line={"color": screen.palette.soft, "width": 1, "dash": "dot"},
            hoverinfo="skip",
        )
    shown = table["mean"].where(ahead)
    figure.add_scatter(
        x=middle, y=shown, mode="lines", name=say("expected"), line={"color": colour, "width": 2}, hoverinfo="skip"
    )
    came = table[table["recorded"].notna()]
    ink = screen.palette.ink
    for whole, fill in ((True, ink), (False, screen.palette.paper)):  # a begun interval is no fall in calls: not joined
        part = came[came["complete"] == whole]
        figure.add_scatter(
            x=part["interval"] + length / 2,
            y=part["recorded"],
            mode="lines+markers" if whole else "markers",
            name=say("came"),
            line={"color": ink, "width": 2},
            marker={"color": fill, "size": 6, "line": {"color": ink, "width": 1.5}},
            hoverinfo="skip",
        )
    figure.add_scatter(
        x=middle,
        y=table["mean"].fillna(table["recorded"]).fillna(0.0),
        mode="markers",
        marker={"opacity": 0, "color": "#888"},
        name=say("interval"),
        customdata=[_calls_words(row, today.hotline.interval_min) for row in table.to_dict("records")],
        hovertemplate="%{customdata}<extra></extra>",
    )
    _moment(figure, today, screen)
    hour_axis(figure, screen, today.now.date())
    y_axis(figure, screen, say("calls per {minutes} min", minutes=today.hotline.interval_min))
    return figure


def _calls_words(row: dict[Any, Any], minutes: int) -> str:
    def known(name: str) -> bool:
        return bool(pd.notna(row[name]))

    lines = [clock_range(row["interval"], minutes)]
    if known("recorded"):
        words = say("came {value}", value=number_words(row["recorded"]))
        lines.append(words if row["complete"] else say("{words} (interval not over)", words=words))
    if known("mean"):
        lines.append(say("expected {value}", value=number_words(row["mean"], 1)))
    for low, high, share in (("p10", "p90", "80"), ("p025", "p975", "95")):
        if known(low):
            band = {"low": number_words(row[low]), "high": number_words(row[high])}
            lines.append(say("80 %: {low} – {high}", **band) if share == "80" else say("95 %: {low} – {high}", **band))
    return "<br>".join(lines)


def people_figure(today: Today, screen: Screen = FULL_SCREEN) -> go.Figure:
    """Agents on duty as a filled step, those required as a step line in front, what is missing hatched."""
    table = people_table(today)
    label = say("Agents on duty and required on {day}.", day=day_label(today.now.date()))
    figure = frame(screen, label, 240)
    palette = screen.palette
    length = pd.Timedelta(minutes=today.hotline.interval_min)
    x = [*table["interval"], table["interval"].iloc[-1] + length]
    figure.add_scatter(
        x=x,
        y=_closed(table["on_duty"]),
        mode="lines",
        name=say("on duty"),
        line={"shape": "hv", "width": 0, "color": palette.fill},
        fill="tozeroy",
        fillcolor=palette.fill,
        hoverinfo="skip",
    )
    short = (table["needed"] - table["on_duty"]).clip(lower=0)
    lacking = table[short > 1e-6]
    figure.add_bar(
        x=lacking["interval"] + length / 2,
        y=short[short > 1e-6],
        base=lacking["on_duty"],
        width=length.total_seconds() * 1000,
        name=say("short"),
        marker={
            "color": SHORT,
            "line": {"width": 0},
            "pattern": {"shape": "/", "fillmode": "overlay", "fgcolor": palette.paper, "fgopacity": 0.6, "size": 5},
        },
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=x,
        y=_closed(table["needed"]),
        mode="lines",
        name=say("required"),
        line={"shape": "hv", "width": 1.5, "color": palette.ink},
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=table["interval"] + length / 2,
        y=table["on_duty"].fillna(table["needed"]).fillna(0.0),
        mode="markers",
        marker={"opacity": 0, "color": "#888"},
        name=say("interval"),
        customdata=[_people_words(row, today.hotline.interval_min) for row in table.to_dict("records")],
        hovertemplate="%{customdata}<extra></extra>",
    )
    _moment(figure, today, screen)
    hour_axis(figure, screen, today.now.date())
    highest = float(np.nanmax([1.0, *table["on_duty"], *table["needed"]]))
    y_axis(figure, screen, say("agents"), range=[0, highest * 1.12], tickformat=",d", dtick=1 if highest < 6 else None)
    return figure


def _people_words(row: dict[Any, Any], minutes: int) -> str:
    lines = [clock_range(row["interval"], minutes)]
    if pd.notna(row["on_duty"]):
        lines.append(say("on duty {a} A, {b} B", a=number_words(row["on_duty"]), b=number_words(row["backups"])))
    if pd.notna(row["needed"]):
        lines.append(say("required {n}", n=number_words(row["needed"])))
    return "<br>".join(lines)


def _closed(values: pd.Series) -> list[float]:
    """Values of a step line with the last one held to its end."""
    numbers = values.astype(float).tolist()
    return [*numbers, numbers[-1]]


def _moment(figure: go.Figure, today: Today, screen: Screen) -> None:
    """A rule at the moment, with its clock."""
    at = pd.Timestamp(today.now).tz_localize(None)
    figure.add_shape(
        type="line", x0=at, x1=at, y0=0, y1=1, yref="paper", line={"color": screen.palette.accent, "width": 1}
    )
    right = at.hour < 20
    figure.add_annotation(
        x=at,
        y=1,
        yref="paper",
        yanchor="bottom",
        xanchor="left" if right else "right",
        text=f"{today.now:%H:%M}",
        showarrow=False,
        font={"size": 12, "color": screen.palette.accent},
    )
