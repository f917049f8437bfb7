"""A target day by day, with its limit."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.colours import FULL_SCREEN, STATUSES, Screen
from dashboard.figures.frame import day_axis, frame, hover_day, y_axis
from dashboard.views import day_list, kpi_by_day
from dashboard.wording import limit_words, unit_words, value_words
from scenarios.plan import Plan, ScoreRow
from wfm.i18n import say

__all__ = ["daily_figure"]


def daily_figure(plan: Plan, row: ScoreRow, screen: Screen = FULL_SCREEN) -> go.Figure:
    """Daily mean of one target; days beyond the limit are ringed."""
    label = say(
        "Daily values of “{name}” with the limit {limit}.",
        name=row.name,
        limit=limit_words(row.operator, row.limit, row.unit),
    )
    figure = frame(screen, label)
    dates, values = kpi_by_day(row)
    scale = 100.0 if row.unit == "share" else 1.0
    shown = np.array(values) * scale
    broken = [not _kept(row, v) for v in values]
    missed = STATUSES["missed"].dark if screen.dark else STATUSES["missed"].light
    source = f"<br>{row.clause}" if row.clause else ""
    middle = [pd.Timestamp(d) + pd.Timedelta(hours=12) for d in dates]
    figure.add_scatter(
        x=middle,
        y=shown,
        mode="lines+markers",
        name=row.name.of(),
        line={"color": screen.palette.ink, "width": 1.5},
        marker={
            "size": [9 if b else 5 for b in broken],
            "symbol": ["circle-open" if b else "circle" for b in broken],
            "color": [missed if b else screen.palette.ink for b in broken],
            "line": {"width": 2},
        },
        customdata=[
            f"{hover_day(plan, d)}<br>{row.name}: {value_words(v, row.unit)}{source}"
            for d, v in zip(dates, values, strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )
    if row.limit is not None:
        limit = row.limit * scale
        figure.add_shape(
            type="line",
            x0=0,
            x1=1,
            xref="paper",
            y0=limit,
            y1=limit,
            line={"color": missed, "width": 1, "dash": "dash"},
        )
        figure.add_annotation(
            x=1,
            xref="paper",
            y=limit,
            text=limit_words(row.operator, row.limit, row.unit),
            showarrow=False,
            xanchor="right",
            yanchor="bottom",
            font={"size": 12, "color": screen.palette.soft},
        )
    day_axis(figure, plan, screen, day_list(plan))
    known = [*shown[np.isfinite(shown)], *([row.limit * scale] if row.limit is not None else [])]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    if row.unit == "share":
        pad = max(0.2 * (high - low), 0.5)
        span = [max(0.0, low - pad), min(100.5, high + pad)]
    else:
        span = [0.0, high * 1.2 or 1.0]
    y_axis(figure, screen, unit_words(row.unit), range=span, rangemode="normal", tickformat="")
    return figure


def _kept(row: ScoreRow, value: float) -> bool:
    if row.limit is None or not np.isfinite(value):
        return True
    tests = {"<": value < row.limit, "<=": value <= row.limit, ">": value > row.limit, ">=": value >= row.limit}
    return tests.get(row.operator, True)
