"""The pictures of a report, one function each: plan → SVG in the language of the moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd

from dashboard.colours import line_colour
from dashboard.reports.drawing import (
    Panel,
    Values,
    band_path,
    line_path,
    nice_ticks,
    number,
    picture,
    rect,
    rule,
    step_area,
    step_path,
    text,
    y_axis,
)
from dashboard.views import (
    day_list,
    demand,
    demand_by_day,
    group_ids,
    kpi_by_day,
    seats,
)
from dashboard.wording import (
    day_label,
    group_name,
    is_rest_day,
    limit_words,
    line_name,
    number_words,
    special_runs,
    unit_words,
    value_words,
    weekday_name,
)
from scenarios.plan import Plan, ScoreRow
from wfm.i18n import say

__all__ = [
    "WIDTH",
    "demand_by_day_picture",
    "demand_picture",
    "kpi_by_day_picture",
    "seats_day_picture",
    "seats_picture",
    "sparkline",
    "words_width",
]

WIDTH = 680.0
LEFT, RIGHT = 48.0, 20.0


def day_axis(
    panel: Panel, plan: Plan, days: Sequence[date], *, names: bool = True, above: bool = True, tint: bool = True
) -> list[str]:
    """Days under a panel whose x is counted in days: number, weekday, special names above, rest days tinted."""
    parts = []
    for index, day in enumerate(days):
        left = panel.x(index)
        if tint and is_rest_day(plan, day):
            parts.append(rect(left, panel.top, panel.width / len(days), panel.height, "rest"))
    if names:
        for index, day in enumerate(days):
            middle = panel.x(index + 0.5)
            if len(days) <= 10:
                parts.append(text(middle, panel.bottom + 16, day_label(day, weekday=False), "tick", "middle"))
                parts.append(text(middle, panel.bottom + 30, weekday_name(day), "tick", "middle"))
            else:
                parts.append(text(middle, panel.bottom + 16, str(day.day), "tick", "middle"))
                if day.weekday() == 0 or index == 0:
                    left = panel.x(index)
                    parts.append(rule(left, panel.bottom, left, panel.bottom + 34, "grid"))
                    week = min(7 - day.weekday(), len(days) - index)
                    if week > 2:
                        parts.append(text(left + 3, panel.bottom + 32, day_label(day), "tick"))
    for first, last, name in special_runs(plan, list(days)) if above else []:
        room = panel.x(last + 1) - panel.x(first)
        shown = _fit(name, max(room + 8, 52))
        parts.append(text((panel.x(first) + panel.x(last + 1)) / 2, panel.top - 4, shown, "special", "middle"))
    return parts


def clock_axis(panel: Panel, step_h: int = 3) -> list[str]:
    """Clock times under a panel whose x is counted in hours."""
    parts = []
    first = int(np.ceil(panel.x_from / step_h)) * step_h
    for hour in range(first, int(panel.x_to) + 1, step_h):
        parts.append(rule(panel.x(hour), panel.bottom, panel.x(hour), panel.bottom + 4, "axis"))
        parts.append(text(panel.x(hour), panel.bottom + 16, f"{hour:02d}:00", "tick", "middle"))
    return parts


def _days_since(frame: pd.DataFrame, start: date) -> Values:
    elapsed = (frame["interval"] - pd.Timestamp(start)).dt.total_seconds()
    return np.asarray(elapsed.to_numpy(float) / 86400)


def _between(frame: pd.DataFrame, days: Sequence[date]) -> pd.DataFrame:
    first, end = pd.Timestamp(days[0]), pd.Timestamp(days[-1] + timedelta(days=1))
    return frame[(frame["interval"] >= first) & (frame["interval"] < end)]


def _top(value: float) -> float:
    """Upper end of a y axis that holds ``value``: the next round step above it."""
    ticks = nice_ticks(0, max(value, 1.0) * 1.04)
    step = ticks[1] - ticks[0]
    return ticks[-1] + step if ticks[-1] < value * 1.02 else ticks[-1]


def demand_picture(plan: Plan, days: Sequence[date]) -> str:
    """Calls an interval of each line over ``days``: mean with its 80 % band, and the 95 % band lighter."""
    lines = [line for line in plan.hotline.line_ids if line in set(plan.forecast["line"])]
    each, gap, top = 92.0, 24.0, 22.0
    parts = []
    for index, line in enumerate(lines):
        frame = _between(demand(plan, line), days)
        x = _days_since(frame, days[0]) + plan.hotline.interval_min / 2880
        values = {q: frame[q].to_numpy(float) for q in ("mean", "p025", "p10", "p90", "p975")}
        panel = Panel(
            LEFT, top + index * (each + gap), WIDTH - LEFT - RIGHT, each, 0, len(days), 0, _top(values["p975"].max())
        )
        colour = line_colour(plan.hotline.line_ids.index(line))
        parts += day_axis(panel, plan, days, names=index == len(lines) - 1, above=index == 0)
        parts.append(y_axis(panel, "", lambda v: number_words(v), nice_ticks(panel.y_from, panel.y_to, 3)))
        parts.append(band_path(panel, x, values["p025"], values["p975"], "band wide", f"fill:{colour}"))
        parts.append(band_path(panel, x, values["p10"], values["p90"], "band", f"fill:{colour}"))
        parts.append(line_path(panel, x, values["mean"], "line", f"stroke:{colour}"))
        parts.append(rect(panel.left, panel.top, 12 + words_width(line_name(plan.hotline, line)), 18, "label-back"))
        parts.append(text(panel.left + 6, panel.top + 13, line_name(plan.hotline, line), "label"))
    height = top + len(lines) * (each + gap) + 14
    parts.append(text(0, 12, say("calls per {minutes} min", minutes=plan.hotline.interval_min), "tick"))
    label = say(
        "Forecast calls per interval of {lines} lines from {first} to {last}, with 80 % and 95 % bands.",
        lines=len(lines),
        first=day_label(days[0]),
        last=day_label(days[-1]),
    )
    return picture(WIDTH, height, label, parts)


def demand_by_day_picture(plan: Plan) -> str:
    """Mean calls a day, stacked by line, over the whole period."""
    table = demand_by_day(plan)
    days = day_list(plan)
    right = min(24 + max(words_width(line_name(plan.hotline, str(line))) for line in table.columns), 190.0)
    panel = Panel(LEFT, 30, WIDTH - LEFT - right, 170, 0, len(days), 0, _top(float(table.sum(axis=1).max())))
    parts = day_axis(panel, plan, days)
    parts.append(y_axis(panel, say("calls a day"), lambda v: number_words(v)))
    width = panel.width / len(days)
    stacked = np.zeros(len(table))
    positions = [(pd.Timestamp(d).date() - plan.first).days for d in table.index]
    for index, line in enumerate(table.columns):
        values = table[line].to_numpy(float)
        colour = line_colour(plan.hotline.line_ids.index(line) if line in plan.hotline.line_ids else index)
        for place, low, value in zip(positions, stacked, values, strict=True):
            day = days[place]
            title = f"{day_label(day)} · {line_name(plan.hotline, line)}: {number_words(value)}"
            high = panel.y(low + value)
            parts.append(
                rect(
                    panel.x(place) + width * 0.14,
                    high,
                    width * 0.72,
                    panel.y(low) - high,
                    "bar",
                    title,
                    f"fill:{colour}",
                )
            )
        stacked = stacked + values
    # Names beside the last bar, moved apart where bars are thin.
    last = table.iloc[-1].to_numpy(float)
    centres = [panel.y(float(last[: i + 1].sum() - last[i] / 2)) for i in range(len(last))]
    low_edge = panel.bottom + 6
    for index, line in enumerate(table.columns):
        y = min(centres[index], low_edge)
        low_edge = y - 16
        colour = line_colour(plan.hotline.line_ids.index(line) if line in plan.hotline.line_ids else index)
        parts.append(rect(panel.right + 4, y - 9, 9, 9, "swatch", style=f"fill:{colour}"))
        parts.append(text(panel.right + 17, y, _fit(line_name(plan.hotline, line), right - 20), "label"))
    label = say(
        "Mean calls of each day of the period, by line; the busiest day has {most}.",
        most=number_words(float(table.sum(axis=1).max())),
    )
    return picture(WIDTH, panel.bottom + 42, label, parts)


def words_width(words: str) -> float:
    """Roughly how wide a 12-px text is, in px: Chinese characters are twice as wide as letters."""
    return sum(12.5 if ord(c) > 0x2E80 else 7.2 for c in words)


def _fit(words: str, room: float) -> str:
    """Words cut to a room in px."""
    if words_width(words) <= room:
        return words
    while words and words_width(words) > room - 10:
        words = words[:-1]
    return f"{words}…"


def _seats_panel(panel: Panel, frame: pd.DataFrame, starts: Values, length: Values) -> list[str]:
    rostered = frame["rostered_a"].to_numpy(float)
    needed = frame["heads"].to_numpy(float)
    parts = [step_area(panel, starts, starts + length, rostered, "rostered")]
    short = frame["short_heads"].to_numpy(float) > 0
    for x, width, low, high in zip(starts[short], length[short], rostered[short], needed[short], strict=True):
        parts.append(
            rect(
                panel.x(x),
                panel.y(high),
                panel.width * width / (panel.x_to - panel.x_from),
                panel.y(low) - panel.y(high),
                "short",
            )
        )
    parts.append(step_path(panel, starts, starts + length, needed, "needed"))
    return parts


def _caps(plan: Plan, panel: Panel) -> list[str]:
    parts = []
    for value, words in (
        (plan.hotline.seats.built, say("{n} seats built", n=plan.hotline.seats.built)),
        (plan.hotline.seats.opened, say("{n} seats opened", n=plan.hotline.seats.opened)),
    ):
        if value <= panel.y_to:
            parts.append(rule(panel.left, panel.y(value), panel.right, panel.y(value), "cap"))
            parts.append(text(panel.left + 6, panel.y(value) - 4, words, "tick"))
    return parts


def _legend(y: float) -> list[str]:
    first = say("required (with unplanned absence)")
    second = say("rostered")
    third = say("short")
    x2 = LEFT + 34 + words_width(first) + 18
    x3 = x2 + 24 + words_width(second) + 18
    return [
        rule(LEFT, y - 4, LEFT + 22, y - 4, "needed"),
        text(LEFT + 28, y, first, "tick"),
        rect(x2, y - 10, 16, 11, "rostered"),
        text(x2 + 22, y, second, "tick"),
        rect(x3, y - 10, 16, 11, "short"),
        text(x3 + 22, y, third, "tick"),
    ]


def seats_picture(plan: Plan, days: Sequence[date]) -> str:
    """Heads required against agents rostered over ``days``, the whole hotline, with seats opened and built."""
    frame = _between(seats(plan), days)
    starts = _days_since(frame, days[0])
    length = frame["interval_s"].to_numpy(float) / 86400
    highest = float(max(frame["heads"].max(), frame["rostered_a"].max(), plan.hotline.seats.built))
    if plan.hotline.seats.built > 3 * max(frame["heads"].max(), frame["rostered_a"].max(), 1):
        highest = float(max(frame["heads"].max(), frame["rostered_a"].max(), plan.hotline.seats.opened))
    panel = Panel(LEFT, 52, WIDTH - LEFT - RIGHT, 180, 0, len(days), 0, _top(highest))
    parts = [*_legend(12), *day_axis(panel, plan, days), y_axis(panel, say("agents"), lambda v: number_words(v))]
    parts += _seats_panel(panel, frame, starts, length) + _caps(plan, panel)
    label = say(
        "Agents required and rostered from {first} to {last}; at most {most} are required, {short} intervals are short.",
        first=day_label(days[0]),
        last=day_label(days[-1]),
        most=number_words(float(frame["heads"].max())),
        short=int((frame["short_heads"] > 0).sum()),
    )
    return picture(WIDTH, panel.bottom + 40, label, parts)


def seats_day_picture(plan: Plan, day: date) -> str:
    """One day enlarged: required against rostered for each group, on one scale of hours."""
    groups = [g for g in group_ids(plan) if len(seats(plan, g, day))]
    each, gap, top = 110.0, 30.0, 46.0
    parts = _legend(12)
    short_groups = []
    for index, group in enumerate(groups):
        frame = seats(plan, group, day)
        hours = _days_since(frame, day) * 24
        length = frame["interval_s"].to_numpy(float) / 3600
        high = float(max(frame["heads"].max(), frame["rostered_a"].max()))
        panel = Panel(LEFT, top + index * (each + gap), WIDTH - LEFT - RIGHT, each, 0, 24, 0, _top(high))
        ticks = [v for v in nice_ticks(0, panel.y_to, 4) if v == int(v)]
        parts.append(y_axis(panel, "", lambda v: number_words(v), ticks))
        parts += _seats_panel(panel, frame, hours, length)
        parts.append(text(panel.left, panel.top - 6, group_name(plan.hotline, group), "label"))
        for hour, heads, lacking in zip(hours, frame["heads"], frame["short_heads"], strict=True):
            if lacking > 0:
                words = say("{n} short", n=number_words(float(lacking)))
                parts.append(text(panel.x(hour), max(panel.y(heads) - 4, panel.top + 8), words, "alarm"))
                short_groups.append(group)
                break
        parts += clock_axis(panel) if index == len(groups) - 1 else []
    label = say(
        "Agents required and rostered on {day} for each of {groups} groups; {short} of them are short at some time.",
        day=day_label(day),
        groups=len(groups),
        short=len(short_groups),
    )
    return picture(WIDTH, top + len(groups) * (each + gap), label, parts)


def kpi_by_day_picture(plan: Plan, rows: Sequence[ScoreRow]) -> str:
    """Daily mean of each KPI with its limit dashed, one panel each."""
    days = day_list(plan)
    each, gap, top = 84.0, 44.0, 34.0
    parts = []
    for index, row in enumerate(rows):
        dates, values = kpi_by_day(row)
        scale = 100.0 if row.unit == "share" else 1.0
        shown = np.array(values) * scale
        limit = None if row.limit is None else row.limit * scale
        extent = [*shown[np.isfinite(shown)], *([limit] if limit is not None else [])]
        low, high = (min(extent), max(extent)) if extent else (0.0, 1.0)
        if row.unit != "share":
            low = 0.0
        pad = max((high - low) * 0.15, 0.5 if row.unit == "share" else 0.1)
        y_from = max(0.0, low - pad)
        y_to = min(100.0, high + pad) if row.unit == "share" else high + pad
        panel = Panel(LEFT, top + index * (each + gap), WIDTH - LEFT - RIGHT, each, 0, len(days), y_from, y_to)
        parts += day_axis(panel, plan, days, names=index == len(rows) - 1, above=index == 0)
        digits = 0 if y_to - y_from > 4 else 1
        parts.append(
            y_axis(panel, "", lambda v, d=digits: number_words(v, d), nice_ticks(y_from, y_to, 4))  # type: ignore[misc]
        )
        words = f"{row.name} ({unit_words(row.unit)})"
        parts.append(text(panel.left, panel.top - 18, words, "label"))
        x = np.array([(d - plan.first).days + 0.5 for d in dates])
        if limit is not None:
            parts.append(rule(panel.left, panel.y(limit), panel.right, panel.y(limit), "limit"))
            place = panel.y(limit) + (14 if panel.y(limit) < panel.top + 16 else -4)
            parts.append(text(panel.right - 2, place, limit_words(row.operator, row.limit, row.unit), "tick", "end"))
        parts.append(line_path(panel, x, shown, "line ink"))
        for a, b, value in zip(x, shown, values, strict=True):
            if np.isfinite(b):
                title = f"{day_label(days[int(a)])}: {value_words(value, row.unit)}"
                broken = row.limit is not None and not _kept(row, value)
                mark = f'<circle cx="{number(panel.x(a))}" cy="{number(panel.y(b))}" r="{4 if broken else 2.5}"'
                parts.append(f'{mark} class="{"miss" if broken else "dot"}"><title>{title}</title></circle>')
    label = say("Daily values of {n} targets over the period with their limits.", n=len(rows))
    return picture(WIDTH, top + len(rows) * (each + gap) + 4, label, parts)


def _kept(row: ScoreRow, value: float) -> bool:
    if row.limit is None:
        return True
    return {
        "<": value < row.limit,
        "<=": value <= row.limit,
        ">": value > row.limit,
        ">=": value >= row.limit,
    }.get(row.operator, True)


def sparkline(row: ScoreRow) -> str:
    """The daily values of a target as a small line, for a table cell."""
    _dates, values = kpi_by_day(row)
    shown = np.array(values)
    if np.isfinite(shown).sum() < 2:
        return ""
    known = shown[np.isfinite(shown)]
    low, high = float(known.min()), float(known.max())
    spread = max(high - low, 1e-9)
    panel = Panel(2, 3, 60, 16, 0, len(shown) - 1, low - 0.1 * spread, high + 0.1 * spread)
    label = say("by day from {low} to {high}", low=value_words(low, row.unit), high=value_words(high, row.unit))
    return picture(64, 22, label, [line_path(panel, np.arange(len(shown), dtype=float), shown, "line ink")])
