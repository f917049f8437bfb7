"""Looking back: forecasts beside what came, errors over time, coverage of bands, and what each cause brought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.colours import FULL_SCREEN, SHORT, SURPLUS, Screen, faded, line_colour
from dashboard.figures.frame import day_axis, frame, hour_axis, hover_day, y_axis
from dashboard.wording import DayKinds, clock_range, day_label, difference_words, line_name, number_words, value_words
from scenarios.forecast_against import ForecastAgainst
from scenarios.kept_review import KeptTarget
from wfm.i18n import say
from wfm.metrics import KPIS
from wfm.review.forecast_accuracy import Accuracy
from wfm.review.sentences import cause_name

__all__ = [
    "Kinds",
    "against_by_day",
    "against_by_day_figure",
    "against_figure",
    "against_table",
    "causes_figure",
    "coverage_of_bands_figure",
    "errors_figure",
]

BETTER, WORSE = SURPLUS, SHORT


@dataclass(frozen=True, slots=True)
class Kinds:
    """Kinds of days, as axes ask for them."""

    day_kinds: Mapping[str, Mapping[str, str]]


def against_table(against: ForecastAgainst, line: str = "", day: date | None = None) -> pd.DataFrame:
    """interval (local clock), mean, p025, p10, p90, p975, actual of one line; of all together only mean and actual.

    A sum is known where every line that is forecast or recorded is.
    """
    cells = against.cells
    cells = cells if day is None else cells[cells["date"] == pd.Timestamp(day)]
    local = cells["interval"].dt.tz_localize(None)
    cells = cells.assign(interval=local)
    if line:
        found = cells[cells["line"] == line]
        return found[["interval", "mean", "p025", "p10", "p90", "p975", "actual"]].reset_index(drop=True)
    return cells.groupby("interval", as_index=False)[["mean", "actual"]].sum(min_count=1)


def against_by_day(against: ForecastAgainst, line: str = "") -> pd.DataFrame:
    """date, forecast, actual: calls a day in opening hours; NaN where a day was not forecast or not recorded.

    Of a day that is recorded only until some hour, the forecast counts until then too.
    """
    cells = against.cells[against.cells["is_open"]]
    cells = cells[cells["line"] == line] if line else cells
    begun = cells.groupby("date")["actual"].transform("count") > 0
    cells = cells.assign(mean=cells["mean"].where(cells["actual"].notna() | ~begun))
    found = cells.groupby("date", as_index=False)[["mean", "actual"]].sum(min_count=1)
    return found.rename(columns={"mean": "forecast"})


def against_figure(
    against: ForecastAgainst, kinds: DayKinds, line: str, day: date | None, screen: Screen = FULL_SCREEN
) -> go.Figure:
    """Calls by interval: the forecast with its bands, what came in ink."""
    hotline = against.hotline
    name = line_name(hotline, line) if line else say("all lines")
    when = (
        day_label(day)
        if day
        else say("{first} to {last}", first=day_label(against.first), last=day_label(against.last))
    )
    figure = frame(screen, say("Calls by interval, {line}, {when}: forecast and recorded.", line=name, when=when), 360)
    table = against_table(against, line, day)
    colour = line_colour(hotline.line_ids.index(line)) if line else screen.palette.accent
    if line:
        _bands(figure, table, colour)
    minutes = hotline.interval_min
    days = {moment: hover_day(kinds, moment) for moment in table["interval"].dt.date.unique()}
    words = [_cell_words(row, minutes, days) for row in table.to_dict("records")]
    figure.add_scatter(
        x=table["interval"], y=table["mean"], mode="lines", name=say("forecast"), line={"color": colour, "width": 1.5},
        hoverinfo="skip", connectgaps=False,
    )  # fmt: skip
    figure.add_scatter(
        x=table["interval"],
        y=table["actual"],
        mode="lines+markers" if day else "lines",
        name=say("recorded"),
        line={"color": screen.palette.ink, "width": 2},
        marker={"size": 5},
        connectgaps=False,
        hoverinfo="skip",
    )
    # One invisible trace tells of every interval, also where one of the two is not known.
    figure.add_scatter(
        x=table["interval"],
        y=table["mean"].fillna(table["actual"]),
        mode="markers",
        marker={"opacity": 0, "size": 8},
        customdata=words,
        hovertemplate="%{customdata}<extra></extra>",
        name="",
    )
    if day:
        hour_axis(figure, screen, day)
    else:
        day_axis(figure, kinds, screen, against.days)
    y_axis(figure, screen, say("calls per {minutes} min", minutes=minutes))
    return figure


def _bands(figure: go.Figure, table: pd.DataFrame, colour: str) -> None:
    edge = {"width": 0, "color": colour}
    for low, high, alpha in (("p025", "p975", 0.16), ("p10", "p90", 0.32)):
        figure.add_scatter(x=table["interval"], y=table[low], mode="lines", line=edge, hoverinfo="skip", name=low)
        figure.add_scatter(
            x=table["interval"], y=table[high], mode="lines", line=edge, fill="tonexty",
            fillcolor=faded(colour, alpha), hoverinfo="skip", name=high,
        )  # fmt: skip


def _cell_words(row: Mapping[Any, Any], minutes: int, days: Mapping[date, str]) -> str:
    start = pd.Timestamp(row["interval"])
    lines = [f"{days[start.date()]} {clock_range(start.to_pydatetime(), minutes)}"]
    lines.append(say("recorded {count} calls", count=number_words(row["actual"])))
    lines.append(say("forecast {count}", count=number_words(row["mean"], 1)))
    if "p10" in row:
        lines.append(say("80 %: {low} – {high}", low=number_words(row["p10"]), high=number_words(row["p90"])))
        lines.append(say("95 %: {low} – {high}", low=number_words(row["p025"]), high=number_words(row["p975"])))
    return "<br>".join(lines)


def against_by_day_figure(
    against: ForecastAgainst, kinds: DayKinds, line: str, screen: Screen = FULL_SCREEN
) -> go.Figure:
    """Calls a day: the forecast as a line, what came as points in ink."""
    name = line_name(against.hotline, line) if line else say("all lines")
    figure = frame(screen, say("Calls by day, {line}: forecast and recorded.", line=name), 360)
    table = against_by_day(against, line)
    middle = table["date"] + pd.Timedelta(hours=12)
    words = [
        "<br>".join(
            (
                hover_day(kinds, row["date"].date()),
                say("recorded {count} calls", count=number_words(row["actual"])),
                say("forecast {count}", count=number_words(row["forecast"])),
                say("difference {share}", share=_share_words(row["forecast"], row["actual"])),
            )
        )
        for row in table.to_dict("records")
    ]
    colour = line_colour(against.hotline.line_ids.index(line)) if line else screen.palette.accent
    figure.add_scatter(
        x=middle, y=table["forecast"], mode="lines", line={"color": colour, "width": 2, "shape": "hvh"},
        name=say("forecast"), hoverinfo="skip",
    )  # fmt: skip
    figure.add_scatter(
        x=middle,
        y=table["actual"],
        mode="lines+markers",
        line={"color": screen.palette.ink, "width": 1},
        marker={"size": 7, "color": screen.palette.ink},
        name=say("recorded"),
        customdata=words,
        hovertemplate="%{customdata}<extra></extra>",
    )
    day_axis(figure, kinds, screen, against.days)
    y_axis(figure, screen, say("calls a day"))
    return figure


def _share_words(forecast: float, actual: float) -> str:
    if not actual > 0 or not np.isfinite(forecast):
        return "–"
    return f"{100 * (forecast - actual) / actual:+.1f} %".replace("-", "−")


def errors_figure(
    errors: Mapping[date, Accuracy], kinds: DayKinds, days: Sequence[date], weeks: bool, screen: Screen = FULL_SCREEN
) -> go.Figure:
    """WAPE of the intervals as points in ink, bias as bars: above zero the forecast was too high."""
    by = say("week") if weeks else say("day")
    figure = frame(screen, say("Error of the forecast by {by}: WAPE of the intervals, and bias.", by=by), 240)
    width = 86_400_000 * (6 if weeks else 0.7)
    half = pd.Timedelta(days=3.5 if weeks else 0.5)
    x = [pd.Timestamp(day) + half for day in errors]
    bias = [100 * one.bias for one in errors.values()]
    words = [
        "<br>".join(
            (
                say("week from {day}", day=day_label(day)) if weeks else hover_day(kinds, day),
                say("WAPE {share}", share=value_words(one.wape, "share")),
                say("bias {share}", share=_signed_share(one.bias)),
                say("{count} calls in {cells} intervals", count=number_words(one.calls), cells=number_words(one.cells)),
            )
        )
        for day, one in errors.items()
    ]
    figure.add_bar(
        x=x, y=bias, width=width, name=say("bias"), hoverinfo="skip",
        marker={"color": [BETTER if b >= 0 else WORSE for b in bias], "opacity": 0.75},
    )  # fmt: skip
    figure.add_scatter(
        x=x,
        y=[100 * one.wape for one in errors.values()],
        mode="lines+markers",
        line={"color": screen.palette.ink, "width": 1},
        marker={"size": 7},
        name="WAPE",
        customdata=words,
        hovertemplate="%{customdata}<extra></extra>",
    )
    day_axis(figure, kinds, screen, days)
    y_axis(figure, screen, "%", rangemode="normal", tickformat="", zeroline=True)
    return figure


def _signed_share(value: float) -> str:
    return "–" if not np.isfinite(value) else f"{100 * value:+.1f} %".replace("-", "−")


def coverage_of_bands_figure(named: Sequence[tuple[str, Accuracy]], screen: Screen = FULL_SCREEN) -> go.Figure:
    """For each part, the share of intervals inside the 80 % and the 95 % band, with its own interval; nominal dashed."""
    figure = frame(screen, say("Share of recorded intervals inside the forecast's bands, with 95 % intervals."), 240)
    figure.update_layout(hovermode="closest")
    names = [name for name, _ in named]
    for at, (nominal, symbol, shift) in enumerate(((0.80, "circle", -0.12), (0.95, "diamond", 0.12))):
        found = [next((c for c in one.coverage if abs(c.nominal - nominal) < 1e-9), None) for _, one in named]
        kept = [(n, c) for n, c in enumerate(found) if c is not None and np.isfinite(c.share)]
        figure.add_scatter(
            x=[n + shift for n, _ in kept],
            y=[100 * c.share for _, c in kept],
            error_y={
                "type": "data",
                "array": [100 * (c.high - c.share) for _, c in kept],
                "arrayminus": [100 * (c.share - c.low) for _, c in kept],
                "thickness": 1.5,
                "width": 4,
            },
            mode="markers",
            marker={"symbol": symbol, "size": 9, "color": screen.palette.ink if at == 0 else screen.palette.accent},
            name=f"{nominal:.0%}",
            customdata=[
                "<br>".join(
                    (
                        names[n],
                        say(
                            "in the {band} % band: {share}",
                            band=round(100 * nominal),
                            share=value_words(c.share, "share"),
                        ),
                        say(
                            "95 % interval {low} – {high}",
                            low=value_words(c.low, "share"),
                            high=value_words(c.high, "share"),
                        ),
                        say("{cells} intervals", cells=number_words(c.cells)),
                    )
                )
                for n, c in kept
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )
        figure.add_shape(
            type="line", x0=0, x1=1, xref="paper", y0=100 * nominal, y1=100 * nominal,
            line={"color": screen.palette.soft, "width": 1, "dash": "dash"},
        )  # fmt: skip
    figure.update_xaxes(
        range=[-0.5, max(len(named), 1) - 0.5],
        tickvals=list(range(len(named))),
        ticktext=[name if len(name) <= 12 or not screen.narrow else name[:10] + "…" for name in names],
        showgrid=False,
        zeroline=False,
        fixedrange=True,
        linecolor=screen.palette.grid,
        tickfont={"color": screen.palette.soft},
    )
    lows = [100 * c.low for _, one in named for c in one.coverage if np.isfinite(c.low)]
    y_axis(figure, screen, "%", range=[min([70.0, *lows]) - 3, 101.5], rangemode="normal", tickformat="")
    return figure


def causes_figure(row: KeptTarget, screen: Screen = FULL_SCREEN) -> go.Figure:
    """What each cause brought, the heaviest on top, with its interval; what is left at the foot."""
    label = say(
        "{name}: {planned} planned, {observed} observed; what each cause brought.",
        name=row.name,
        planned=value_words(row.planned, row.unit),
        observed=value_words(row.observed, row.unit),
    )
    causes = sorted(row.causes, key=lambda c: abs(c.value))
    figure = frame(screen, label, 36 * (len(causes) + 1) + 84)
    figure.update_layout(hovermode="closest", margin={"l": 8, "r": 16, "t": 16, "b": 48}, bargap=0.35)
    scale = 100.0 if row.unit == "share" else 1.0
    higher_is_better = KPIS[row.kpi].better == "higher"
    names = [cause_name("luck").of(), *(c.name.of() for c in causes)]
    values = [row.luck, *(c.value for c in causes)]
    halves = [0.0, *(c.half_width for c in causes)]
    colours = [screen.palette.soft] + [BETTER if (c.value >= 0) == higher_is_better else WORSE for c in causes]
    words = [
        "<br>".join(
            (
                names[n],
                _effect_words(values[n], row.unit),
                *(
                    [say("95 % interval ± {half}", half=difference_words(halves[n], row.unit).lstrip("+"))]
                    if halves[n]
                    else []
                ),
            )
        )
        for n in range(len(names))
    ]
    figure.add_bar(
        x=[scale * v for v in values],
        y=names,
        orientation="h",
        marker={"color": colours},
        error_x={
            "type": "data",
            "array": [scale * h for h in halves],
            "thickness": 1.5,
            "width": 5,
            "color": screen.palette.ink,
        },
        customdata=words,
        hovertemplate="%{customdata}<extra></extra>",
    )
    figure.update_yaxes(
        automargin=True,
        fixedrange=True,
        showgrid=False,
        zeroline=False,
        ticks="",
        tickfont={"color": screen.palette.ink},
    )
    figure.update_xaxes(
        title={"text": say("percentage points") if row.unit == "share" else say("seconds"), "standoff": 4},
        zeroline=True,
        zerolinecolor=screen.palette.ink,
        gridcolor=screen.palette.grid,
        fixedrange=True,
        tickfont={"color": screen.palette.soft},
    )
    return figure


def _effect_words(value: float, unit: str) -> str:
    return difference_words(value, unit)
