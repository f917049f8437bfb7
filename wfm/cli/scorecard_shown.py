"""A scorecard as a table of the terminal: what a plan and a simulation both show."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from wfm.i18n import say

if TYPE_CHECKING:
    from rich.table import Table

    from scenarios.plan import ScoreRow

__all__ = ["scorecard_table", "source_word"]


def source_word(source: str, *, default: bool) -> str:
    """How surely a limit is known; ``default``: the hotline's own text sets none, and another standard stands in."""
    if default and source == "assumed":
        return say("assumed, secondary source")
    words = {"published": say("published"), "secondary": say("secondary source"), "assumed": say("assumed")}
    return words[source]


def scorecard_table(rows: Iterable[ScoreRow], *, default: bool) -> Table:
    """One row a target: value, range over periods, how often it is kept, limit, status and source.

    ``default``: the hotline's own text sets no limits, and another standard stands in.
    """
    from rich.table import Table

    from scenarios.findings import limit_text, percent, value_text
    from wfm.cli.console import STATUS_ICON, STATUS_STYLE, status_word

    table = Table(title=say("Scorecard"), title_justify="left", expand=False)
    headings = (say("Target"), say("Value"), say("95 % of periods"), say("Kept"), say("Limit"), say("Status"))
    for index, heading in enumerate(headings):
        table.add_column(heading, justify="right" if 0 < index < 5 else "left", overflow="fold")
    table.add_column(say("Source"), overflow="fold")
    for row in rows:
        table.add_row(
            row.name.of(),
            value_text(row.value, row.unit).of(),
            "–" if row.low is None else f"{value_text(row.low, row.unit)} … {value_text(row.high, row.unit)}",
            "–" if row.p_met is None else percent(row.p_met).of(),
            "–" if row.limit is None else limit_text(row.operator, row.limit, row.unit).of(),
            f"[{STATUS_STYLE[row.status]}]{STATUS_ICON[row.status]} {status_word(row.status)}[/]",
            say("{clause} ({source})", clause=row.clause, source=source_word(row.source, default=default)),
        )
    return table
