"""Heads by month: needed as a step line, on board with their band, joining as bars."""

from __future__ import annotations

import plotly.graph_objects as go

from dashboard.colours import FULL_SCREEN, Screen, faded
from dashboard.figures.frame import frame, y_axis
from dashboard.wording import number_words, probability_words
from scenarios.kept_hires import KeptTeam
from wfm.i18n import language, say

__all__ = ["hiring_figure", "month_words"]


def month_words(month: object, *, short: bool = False) -> str:
    """``2026-12`` as a reader meets it."""
    year, number = month.year, month.month  # type: ignore[attr-defined]
    if language() == "zh":
        return f"{number}月" if short else f"{year}年{number}月"
    name = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")[number - 1]
    return name if short else f"{name} {year}"


def hiring_figure(team: KeptTeam, name: str, screen: Screen = FULL_SCREEN) -> go.Figure:
    """Heads needed and on board of one team."""
    months = team.months
    short = sum(month.gap > 0.05 for month in months)
    label = say(
        "Heads of {team} by month: needed and on board; {short} of {all} months are short.",
        team=name,
        short=short,
        all=len(months),
    )
    figure = frame(screen, label, 320)
    palette = screen.palette
    x = list(range(len(months)))
    edge = {"width": 0, "color": palette.accent}
    figure.add_scatter(x=x, y=[m.low for m in months], mode="lines", line=edge, hoverinfo="skip", name="")
    figure.add_scatter(x=x, y=[m.high for m in months], mode="lines", line=edge, fill="tonexty",
                       fillcolor=faded(palette.accent, 0.22), hoverinfo="skip", name="")  # fmt: skip
    figure.add_bar(x=x, y=[m.joining for m in months], width=0.5, marker={"color": palette.fill}, hoverinfo="skip",
                   name=say("joining"))  # fmt: skip
    figure.add_scatter(
        x=[edge_x for n in x for edge_x in (n - 0.5, n + 0.5)],
        y=[m.needed for m in months for _side in (0, 1)],
        mode="lines",
        line={"color": palette.ink, "width": 2},
        hoverinfo="skip",
        name=say("needed"),
    )
    words = [
        "<br>".join(
            (
                month_words(m.month),
                say("needed {n} heads", n=number_words(m.needed, 1)),
                say("on board {n} ({low} – {high})", n=number_words(m.heads, 1), low=m.low, high=m.high),
                say("enough with {p}", p=probability_words(m.p_enough)),
                say("joining {n}, leaving {gone}", n=m.joining, gone=number_words(m.leaving, 1)),
            )
        )
        for m in months
    ]
    figure.add_scatter(
        x=x,
        y=[m.heads for m in months],
        mode="lines+markers",
        line={"color": palette.accent, "width": 2},
        marker={"size": 6, "color": palette.accent},
        customdata=words,
        hovertemplate="%{customdata}<extra></extra>",
        name=say("on board"),
    )
    shown = [n for n in x if not screen.narrow or n % 3 == 0]
    figure.update_xaxes(
        tickvals=shown,
        ticktext=[
            month_words(months[n].month, short=True)
            + (f"<br>{months[n].month.year}" if n == 0 or months[n].month.month == 1 else "")
            for n in shown
        ],
        range=[-0.6, len(months) - 0.4],
        showgrid=False, zeroline=False, linecolor=palette.grid, fixedrange=True, tickangle=0,
        tickfont={"color": palette.soft},
    )  # fmt: skip
    y_axis(figure, screen, say("heads"))
    return figure
