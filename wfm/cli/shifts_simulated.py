"""What ``wfm shifts --by simulation`` adds: how the search went, and what targets come to with the shifts found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wfm.i18n import say

if TYPE_CHECKING:
    from rich.console import Console

    from scenarios.shift_search import ShiftSearch
    from scenarios.shifts import ShiftView

__all__ = ["print_searched"]


def print_searched(view: ShiftView, searched: ShiftSearch, console: Console) -> None:
    """The steps with their paid hours, and each day's targets on callers that the search had not seen."""
    from rich.table import Table

    from scenarios.findings import limit_text, value_text

    table = Table(title=say("Search by simulation"), title_justify="left")
    table.add_column(say("Step"), overflow="fold")
    table.add_column(say("Paid hours"), justify="right")
    held = say("targets hold") if searched.start_held else say("targets do not hold")
    table.add_row(say("chosen for the formulas' heads ({held})", held=held), f"{searched.start.paid_h:,.1f}")
    table.add_row(say("chosen for heads that hold in simulation"), f"{searched.mended_paid_h:,.1f}")
    table.add_row(
        say("by cutting planes ({cuts} cuts, {rounds} rounds)", cuts=searched.cuts, rounds=searched.rounds),
        f"{searched.cut_paid_h:,.1f}",
    )
    table.add_row(
        say(
            "post by post ({dropped} left out, {shortened} shortened, {added} added)",
            dropped=searched.dropped,
            shortened=searched.shortened,
            added=searched.added,
        ),
        f"{searched.choice.paid_h:,.1f}",
    )
    console.print(table)
    targets = {target.id: target for target in view.prepared.targets}
    days = Table(title=say("Targets with these shifts, on callers that the search had not seen"), title_justify="left")
    days.add_column(say("Day"))
    for name in dict.fromkeys(searched.measures["target"]):
        target = targets[str(name)]
        limit = limit_text(target.operator or "", target.limit, target.unit).of()
        days.add_column(f"{target.name}\n{limit}", justify="right")
    days.add_column(say("holds"), justify="right")
    by_day = searched.measures.set_index(["date", "target"])["value"].unstack("target", sort=False)
    for date, held_day in zip(searched.days["date"], searched.days["held"], strict=True):
        values = [value_text(float(by_day.loc[date, name]), targets[str(name)].unit).of() for name in by_day.columns]
        days.add_row(f"{date:%m-%d}", *values, "✓" if held_day else "✕")
    console.print(days)
    if not bool(searched.days["held"].all()):
        console.print(
            say("✕ The targets do not hold for certain on this day, with the seats and shifts that may be used.")
        )
