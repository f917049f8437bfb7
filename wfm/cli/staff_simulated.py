"""What ``wfm staff --by simulation`` prints: the search beside the formulas it began from."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from wfm.i18n import say

if TYPE_CHECKING:
    from rich.console import Console

    from scenarios.staff import StaffView
    from scenarios.staff_by_simulation import SimulatedRequirement

__all__ = ["print_simulated", "simulated_json"]

HOURS = ("start_hours", "mended_hours", "hours", "saved_hours", "bound_hours")
BLOCK_MIN = 120
"""Seats by group are shown for so many minutes of the day."""


def simulated_json(found: SimulatedRequirement, each_line: bool) -> dict[str, Any]:
    """Everything as plain values."""
    days, measures = found.days, found.measures
    return {
        "confidence_of_tests": found.confidence,
        "probability": found.probability,
        "each_line": each_line,
        "groups_share_callers": found.shared,
        **{name: float(days[name].sum()) for name in HOURS},
        "gap": _gap(days),
        "rounds": int(days["rounds"].sum()),
        "cuts": int(days["cuts"].sum()),
        "evaluations": int(days["evaluations"].sum()),
        "calls_played": int(days["calls_played"].sum()),
        "held": bool(days["held"].all()),
        "by_day": days.assign(date=days["date"].dt.strftime("%Y-%m-%d")).to_dict("records"),
        "measures": measures.assign(date=measures["date"].dt.strftime("%Y-%m-%d")).to_dict("records"),
    }


def _gap(days: pd.DataFrame) -> float:
    hours = float(days["hours"].sum())
    return float((days["hours"] - days["bound_hours"]).sum()) / hours if hours > 0 else 0.0


def print_simulated(view: StaffView, found: SimulatedRequirement, console: Console) -> None:
    """What the formulas ask for, what it takes in simulation, what was found, and what the day reaches."""
    days = found.days
    if found.probability is None:
        question = say("every target holds at the expected demand")
    else:
        question = say("each day keeps every target with probability {share:.1%}", share=found.probability)
    console.print(say("Seats by simulation: {question}", question=question), style="bold")
    _print_hours(found, console)
    _print_measures(view, found, console)
    _print_seats(view, console)
    console.print(
        say(
            "{rounds} rounds, {tried} staffings accepted or refused, {cuts} cuts, {calls:,} calls played; "
            "by the integer model no staffing takes fewer than {bound:,.1f} seat-hours (gap {gap:.1%}).",
            rounds=int(days["rounds"].sum()),
            tried=int(days["evaluations"].sum()),
            cuts=int(days["cuts"].sum()),
            calls=int(days["calls_played"].sum()),
            bound=float(days["bound_hours"].sum()),
            gap=_gap(days),
        )
    )
    console.print(
        say(
            "Checked on replications that the search had not seen, one-sided at {share:.0%}.",
            share=found.confidence,
        )
    )
    if not days["held"].all():
        console.print(say("△ On this day no seats were found whose targets hold so surely; these come nearest."))


def _print_hours(found: SimulatedRequirement, console: Console) -> None:
    from rich.table import Table

    table = Table(title=say("What the search saved"), title_justify="left")
    table.add_column(say("Day"), overflow="fold")
    headings = (
        say("By formula"),
        say("holds"),
        say("made to hold"),
        say("found"),
        say("Saved"),
        say("Share"),
        *([say("Complies")] if found.probability is not None else []),
    )
    for heading in headings:
        table.add_column(heading, justify="right")
    rows = found.days.to_dict("records")
    for row in rows:
        table.add_row(
            f"{row['date']:%m-%d}",
            f"{row['start_hours']:,.1f}",
            say("yes") if row["start_held"] else say("no"),
            f"{row['mended_hours']:,.1f}",
            f"{row['hours']:,.1f}" + ("" if row["held"] else " △"),
            f"{row['saved_hours']:,.1f}",
            _share(row["saved_hours"], row["mended_hours"]),
            *([_chance(row)] if found.probability is not None else []),
        )
    if len(rows) > 1:
        whole = {name: float(found.days[name].sum()) for name in HOURS}
        table.add_section()
        table.add_row(
            say("Seat-hours"),
            f"{whole['start_hours']:,.1f}",
            say("{days} of {all}", days=int(found.days["start_held"].sum()), all=len(rows)),
            f"{whole['mended_hours']:,.1f}",
            f"{whole['hours']:,.1f}",
            f"{whole['saved_hours']:,.1f}",
            _share(whole["saved_hours"], whole["mended_hours"]),
        )
    console.print(table)


def _chance(row: dict[Hashable, Any]) -> str:
    return say("{share:.1f} ± {half:.1f} %", share=100 * row["probability"], half=100 * row["half_width"])


def _share(part: float, whole: float) -> str:
    return f"{part / whole:.1%}" if whole > 0 else "–"


def _print_measures(view: StaffView, found: SimulatedRequirement, console: Console) -> None:
    """Mean of the days of each target, with the formulas' seats and with those found."""
    from rich.table import Table

    from scenarios.findings import limit_text, value_text

    names = {target.id: target for target in view.prepared.targets}
    table = Table(title=say("What is reached in simulation"), title_justify="left")
    table.add_column(say("Measure (mean of days)"), overflow="fold")
    for heading in (say("Limit"), say("formula's seats"), say("found"), say("95 % interval")):
        table.add_column(heading, justify="right")
    for (target_id, line), part in found.measures.groupby(["target", "line"], sort=False):
        target = names[str(target_id)]
        value = float(part["value"].mean())
        half = float(np.sqrt((part["half_width"] ** 2).sum()) / len(part))
        title = (
            target.name.of() if not line else f"{target.name.of()} · {view.prepared.hotline.line(str(line)).name.of()}"
        )
        table.add_row(
            title,
            limit_text(target.operator or "", target.limit, target.unit).of(),
            value_text(float(part["start_value"].mean()), target.unit).of(),
            value_text(value, target.unit).of(),
            f"{value_text(value - half, target.unit).of()} – {value_text(value + half, target.unit).of()}",
        )
    console.print(table)


def _print_seats(view: StaffView, console: Console) -> None:
    """Mean seats of each group by two hours of the day, over the period, beside the formulas'."""
    from rich.table import Table

    start = view.confident.table if view.confident is not None else view.levels[view.settings.level].requirement
    table = Table(title=say("Mean seats of each group"), title_justify="left")
    table.add_column(say("Hours"))
    groups = view.prepared.hotline.groups
    for group in groups:
        table.add_column(say("{group}: found (formula)", group=group.name), justify="right", overflow="fold")
    parts = []
    for requirement in (view.requirement, start):
        block = (requirement["interval"].dt.hour * 60 + requirement["interval"].dt.minute) // BLOCK_MIN
        parts.append(requirement.groupby([block, "group"])["seats"].mean())
    found, before = parts
    for block in sorted({int(key[0]) for key in found.index}):
        cells = []
        for group in groups:
            now, then = float(found.get((block, group.id), 0.0)), float(before.get((block, group.id), 0.0))
            cells.append("–" if now == then == 0 else f"{now:.1f} ({then:.1f})")
        if any(cell != "–" for cell in cells):
            hour = block * BLOCK_MIN // 60
            table.add_row(f"{hour:02d}–{hour + BLOCK_MIN // 60:02d}", *cells)
    console.print(table)
