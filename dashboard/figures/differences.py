"""Paired differences against the first plan, each with its 95 % interval, on one zero line per unit."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.colours import FULL_SCREEN, Screen, line_colour
from dashboard.figures.frame import frame
from dashboard.wording import difference_range, difference_words
from scenarios.comparison import Comparison
from wfm.i18n import say

__all__ = ["differences_figure", "units_of"]


def units_of(comparison: Comparison) -> list[str]:
    """Units that have a difference to show, seconds first."""
    found = {row.unit for row in comparison.rows if any(d is not None for d in row.differences)}
    return [unit for unit in ("s", "share", "count", "h") if unit in found]


def differences_figure(
    comparison: Comparison, names: Sequence[str], unit: str, screen: Screen = FULL_SCREEN
) -> go.Figure:
    """Differences of the KPIs in ``unit``: a point and its interval for each plan but the first."""
    rows = [r for r in comparison.rows if r.unit == unit and any(d is not None for d in r.differences)]
    scale = 100.0 if unit == "share" else 1.0
    title = {"s": say("seconds"), "share": say("percentage points"), "h": say("hours")}.get(unit, say("count"))
    label = say(
        "Differences against {first} in {unit}, with 95 % intervals.", first=names[0] if names else "", unit=title
    )
    lanes = max(len(names) - 1, 1)
    figure = frame(screen, label, 90 + 44 * max(len(rows), 1) + 12 * (lanes - 1) * len(rows))
    for number, name in enumerate(names[1:], start=1):
        x, y, plus, minus, words = [], [], [], [], []
        for index, row in enumerate(rows):
            difference = row.differences[number]
            if difference is None:
                continue
            x.append(difference.mean * scale)
            y.append(index + (number - (lanes + 1) / 2) * 0.22)
            plus.append((difference.high - difference.mean) * scale)
            minus.append((difference.mean - difference.low) * scale)
            interval = difference_range(difference.low, difference.high, unit)
            words.append(f"{name}<br>{row.name}<br>{difference_words(difference.mean, unit)} ({interval})")
        figure.add_scatter(
            x=x,
            y=y,
            mode="markers",
            name=name,
            marker={
                "color": line_colour(number - 1),
                "size": 9,
                "symbol": ["circle", "diamond", "square", "cross"][(number - 1) % 4],
            },
            error_x={
                "type": "data",
                "array": plus,
                "arrayminus": minus,
                "thickness": 1.5,
                "width": 4,
                "color": line_colour(number - 1),
            },
            customdata=words,
            hovertemplate="%{customdata}<extra></extra>",
        )
    palette = screen.palette
    figure.add_shape(type="line", x0=0, x1=0, y0=0, y1=1, yref="paper", line={"color": palette.ink, "width": 1})
    figure.update_layout(hovermode="closest")
    figure.update_xaxes(
        title={"text": title},
        gridcolor=palette.grid,
        zeroline=False,
        fixedrange=True,
        nticks=5 if screen.narrow else 9,
        tickfont={"color": palette.soft},
    )
    shown = [_short(row.name.of(), 13 if screen.narrow else 40) for row in rows]
    figure.update_yaxes(
        range=[len(rows) - 0.5, -0.5],
        tickvals=list(range(len(rows))),
        ticktext=shown,
        fixedrange=True,
        automargin=True,
        showgrid=False,
        zeroline=False,
    )
    return figure


def _short(words: str, room: int) -> str:
    """Words on lines of about ``room`` letters, three at most."""
    wide = any(ord(c) > 0x2E80 for c in words)
    room = room * 2 // 3 if wide else room
    lines: list[str] = []
    rest = words
    while len(rest) > room and len(lines) < 2:
        cut = room if wide else max(rest.rfind(" ", 0, room + 1), 0) or room
        lines.append(rest[:cut].strip())
        rest = rest[cut:].strip()
    lines.append(rest if len(rest) <= room else f"{rest[: room - 1]}…")
    return "<br>".join(lines)
