"""What ``wfm staff`` prints: the price of strictness, the days, and what decides."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from wfm.cli.staff_rooms import print_office, print_price
from wfm.cli.staff_simulated import print_simulated, simulated_json
from wfm.i18n import language, say

if TYPE_CHECKING:
    from rich.console import Console

    from scenarios.staff import LevelView, StaffView

__all__ = ["print_staff", "staff_json"]


def staff_json(view: StaffView) -> dict[str, Any]:
    """Everything as plain values."""
    requirement = view.requirement.assign(interval=[t.isoformat() for t in view.requirement["interval"]])
    by_day = view.by_day()
    kinds = [view.day_kinds[f"{day:%Y-%m-%d}"]["kind"] for day in by_day["date"]]
    settings = view.settings
    return {
        "hotline": view.prepared.hotline.id,
        "first": settings.first.isoformat(),
        "days": settings.days,
        "level": settings.level,
        "confidence": settings.confidence,
        "clock": settings.clock,
        "seed": settings.seed,
        "by": settings.by,
        "version": view.version,
        "inputs": view.inputs,
        "levels": {
            level: {
                "seat_hours": one.seat_hours,
                "head_hours": one.head_hours,
                "seats_peak": one.seats_peak,
                "short_seat_hours": one.short_hours,
                "values": _means(one),
            }
            for level, one in view.levels.items()
        },
        "by_day": _rows(by_day.assign(date=by_day["date"].dt.strftime("%Y-%m-%d"), kind=kinds)),
        "decides": decides(view.requirement),
        "simulation": None if view.simulated is None else simulated_json(view.simulated, settings.each_line),
        "lines_together": _rows(view.price),
        "skill_groups": _rows(view.skill_groups),
        "training": {
            "regular_h": view.training.regular_h,
            "unplaced_h": view.training.unplaced_h,
            "people": [float(n) for n in view.training.people],
        },
        "back_office": _office_json(view),
        "notes": [note.as_dict() for note in view.notes],
        "requirement": _rows(requirement),
    }


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): (None if v is pd.NA else v) for k, v in row.items()} for row in table.to_dict("records")]


def _office_json(view: StaffView) -> dict[str, Any]:
    office = view.office
    classes = office.classes.assign(name=[name.as_dict() for name in office.classes["name"]])
    schedule = office.schedule.assign(interval=[t.isoformat() for t in office.schedule["interval"]])
    backlog = office.backlog.assign(date=[f"{day:%Y-%m-%d}" for day in office.backlog["date"]])
    return {
        "heads": office.heads,
        "p_met": office.p_met,
        "confidence": office.confidence,
        "proven": office.proven,
        "bottleneck": office.bottleneck.as_dict(),
        "unreachable": [why.as_dict() for why in office.unreachable],
        "watches": _rows(office.watches),
        "classes": _rows(classes),
        "schedule": _rows(schedule),
        "backlog": _rows(backlog),
    }


def _means(view: LevelView) -> dict[str, float]:
    """Mean over the days of each target's expected value."""
    values = view.values.drop(columns="date")
    return {str(k): float(np.nanmean(v)) if np.isfinite(v).any() else float("nan") for k, v in values.items()}


def decides(requirement: pd.DataFrame) -> dict[str, float]:
    """Seat-hours by what decides them, most first."""
    hours = requirement["seats"] * requirement["interval_s"] / 3600
    sums = hours.groupby(requirement["reason"]).sum().sort_values(ascending=False)
    return {str(reason): float(value) for reason, value in sums.items() if value > 0}


def print_staff(view: StaffView, out: Path | None) -> None:
    """Tables for people."""
    from wfm.cli.console import make_console, print_origin

    console = make_console()
    settings = view.settings
    last = settings.first + timedelta(days=settings.days - 1)
    console.print(f"{view.prepared.hotline.name} · {settings.first:%Y-%m-%d} – {last:%Y-%m-%d}", style="bold")
    for note in view.notes:
        console.print(f"· {note}")
    _print_levels(view, console)
    _print_days(view, console)
    if view.simulated is not None:
        print_simulated(view, view.simulated, console)
    _print_decides(view, console)
    if len(view.prepared.hotline.lines) > 1:
        print_price(view, console)
    if len(view.office.classes):
        print_office(view, console)
    if out is not None:
        console.print(say("The seats of every interval are written to {path}.", path=out))
    print_origin(
        console, settings.seed, view.version, view.inputs, say("clock {clock}", clock=clock_word(settings.clock))
    )


def clock_word(clock: str) -> str:
    """How load follows the clock, in words."""
    words = {
        "offered-load": say("offered load follows the clock"),
        "backlog": say("what an interval leaves is carried over"),
        "plain": say("each interval by itself"),
    }
    return words[clock]


def _print_levels(view: StaffView, console: Console) -> None:
    from rich.table import Table

    from scenarios.findings import limit_text, value_text

    table = Table(title=say("What strictness costs"), title_justify="left")
    table.add_column(say("Measure"), overflow="fold")
    table.add_column(say("Limit"), justify="right")
    table.add_column(say("every interval keeps it"), justify="right")
    table.add_column(say("the day keeps it"), justify="right")
    strict, loose = view.levels["interval"], view.levels["day"]
    spared = strict.seat_hours - loose.seat_hours
    table.add_row(say("Seat-hours"), "", f"{strict.seat_hours:,.1f}", f"{loose.seat_hours:,.1f}")
    table.add_row(say("Hours with unplanned shrinkage"), "", f"{strict.head_hours:,.1f}", f"{loose.head_hours:,.1f}")
    table.add_row(say("Most seats at once"), "", f"{strict.seats_peak}", f"{loose.seats_peak}")
    if strict.short_hours or loose.short_hours:
        table.add_row(
            say("Seat-hours beyond the seats opened"), "", f"{strict.short_hours:,.1f}", f"{loose.short_hours:,.1f}"
        )
    values = [_means(one) for one in (strict, loose)]
    for target in view.targets:
        cells = ["–" if not np.isfinite(v[target.id]) else value_text(v[target.id], target.unit).of() for v in values]
        table.add_row(
            say("{name} (mean of days)", name=target.name),
            limit_text(target.operator or "", target.limit, target.unit).of(),
            *cells,
        )
    console.print(table)
    if strict.seat_hours > 0:
        console.print(
            say(
                "Keeping the limits in every interval costs {hours:,.1f} seat-hours more than keeping them over the day: {share:.1f} %.",
                hours=spared,
                share=100 * spared / loose.seat_hours if loose.seat_hours else 0.0,
            )
        )


def _print_days(view: StaffView, console: Console) -> None:
    from rich.table import Table

    by_day = view.by_day()
    confident = view.confident is not None
    table = Table(title=say("Day by day"), title_justify="left")
    table.add_column(say("Day"), overflow="fold")
    for heading in (say("Calls"), say("Most seats"), say("Seat-hours, interval"), say("Seat-hours, day")):
        table.add_column(heading, justify="right")
    if confident:
        table.add_column(say("Seat-hours for {share:.1%}", share=view.settings.confidence), justify="right")
        table.add_column(say("Complies"), justify="right")
    for row in by_day.to_dict("records"):
        cells = [
            _day_words(view, row["date"].date()),
            f"{row['calls']:,.0f}",
            f"{row['seats_peak']:.0f}",
            f"{row['interval_seat_hours']:,.1f}",
            f"{row['day_seat_hours']:,.1f}",
        ]
        if confident:
            cells += [
                f"{row['chosen_seat_hours']:,.1f}",
                say("{share:.1f} ± {half:.1f} %", share=100 * row["probability"], half=100 * row["half_width"])
                + ("" if row["reached"] else " △"),
            ]
        table.add_row(*cells)
    console.print(table)
    if confident and not by_day["reached"].all():
        console.print(
            say("△ The seats that may be opened do not reach the confidence on this day; these are the best.")
        )


def _day_words(view: StaffView, day: date) -> str:
    """Date, weekday, and the name of a holiday or make-up day."""
    kind = view.day_kinds[day.isoformat()]
    names = {"makeup": say("workday")}
    name = names.get(kind["kind"], "")
    if kind["kind"] == "holiday":
        name = kind[language()].split(";")[0].split("(")[0].strip() or say("holiday")
    weekdays = (say("Mon"), say("Tue"), say("Wed"), say("Thu"), say("Fri"), say("Sat"), say("Sun"))
    return f"{day:%m-%d} {weekdays[day.weekday()]} {name}".strip()


def _print_decides(view: StaffView, console: Console) -> None:
    from rich.table import Table

    from dashboard.wording import reason_words

    found = decides(view.requirement)
    total = sum(found.values())
    table = Table(title=say("What decides the seats"), title_justify="left")
    table.add_column(say("Decided by"), overflow="fold")
    table.add_column(say("Seat-hours"), justify="right")
    table.add_column(say("Share"), justify="right")
    for reason, hours in found.items():
        table.add_row(reason_words(reason), f"{hours:,.1f}", f"{hours / total:.1%}")
    console.print(table)
