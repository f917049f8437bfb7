"""What ``wfm staff`` prints of lines together and of the work behind the calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wfm.i18n import list_words, say

if TYPE_CHECKING:
    from rich.console import Console

    from scenarios.staff import StaffView

__all__ = ["print_office", "print_price"]


def print_price(view: StaffView, console: Console) -> None:
    """Separate specialist lines against pooling, in seat-hours."""
    from rich.table import Table

    hotline, price = view.prepared.hotline, view.price
    words = {
        "separate": say("a queue for each line"),
        "present": say("the hotline's groups"),
        "shared": say("agents answer every line they know (at best)"),
        "pooled": say("one queue for all lines"),
    }
    table = Table(title=say("Separate lines against pooling"), title_justify="left")
    table.add_column(say("Arrangement"), overflow="fold")
    for heading in (say("Seat-hours"), say("Saved"), say("Share"), say("Most seats")):
        table.add_column(heading, justify="right")
    for row in price.to_dict("records"):
        name = words.get(row["arrangement"])
        if name is None:
            names = [hotline.line(line).name.of() for line in row["lines"].split(";")]
            name = say("{lines} in one queue", lines=list_words(names))
        table.add_row(
            name,
            f"{row['seat_h']:,.1f}",
            f"{row['saved_h']:,.1f}",
            f"{row['saved_share']:.1%}",
            f"{row['most_seats']:.0f}",
        )
    console.print(table)
    console.print(say("Every interval by itself keeps every target. What specialists do better is not priced."))
    for row in view.skill_groups.to_dict("records"):
        console.print(
            say(
                "{people} people know {lines}: {seats:.0f} of them at once at most, {hours:,.1f} seat-hours (first requirement).",
                people=row["people"],
                lines=list_words([hotline.line(line).name.of() for line in row["lines"].split(";")]),
                seats=row["most_seats"],
                hours=row["seat_h"],
            )
        )


def print_office(view: StaffView, console: Console) -> None:
    """The smallest back office, and what is done by whom."""
    from rich.table import Table

    office = view.office
    table = Table(title=say("Work behind the calls"), title_justify="left")
    table.add_column(say("Class"), overflow="fold")
    headings = (
        say("Items a day"),
        say("Hours a day"),
        say("between calls"),
        say("back office"),
        say("Share in time"),
        say("asked for"),
    )
    for heading in headings:
        table.add_column(heading, justify="right")
    for row in office.classes.to_dict("records"):
        table.add_row(
            row["name"].of(),
            f"{row['items_per_day']:,.1f}",
            f"{row['hours_per_day']:,.1f}",
            f"{row['agents_h_per_day']:,.1f}",
            f"{row['office_h_per_day']:,.1f}",
            f"{row['expected_share']:.1%}",
            f"{row['target_share']:.1%}",
        )
    console.print(table)
    watches = [
        say("{watch} {start}–{end}: {heads}", watch=w["watch"], start=w["from"], end=w["to"], heads=w["heads"])
        for w in office.watches.to_dict("records")
    ]
    if office.heads:
        console.print(
            say(
                "Back office at work at once: {watches}. Every class meets its share with probability {share:.0%}.",
                watches=list_words(watches),
                share=office.p_met,
            )
        )
    console.print(str(office.bottleneck))
    if view.training.regular_h > 0:
        console.print(
            say(
                "Training: {hours:,.0f} h, laid into the office hours that need the fewest seats; {left:,.0f} h find no room.",
                hours=view.training.regular_h,
                left=view.training.unplaced_h,
            )
        )
    for why in office.unreachable:
        console.print(f"△ {why}")
