"""``wfm compare``: finished plans side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wfm.i18n import say

if TYPE_CHECKING:
    from scenarios.comparison import Comparison, ComparisonRow


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("compare", help=say("Put finished plans side by side; the first is the reference."))
    def compare(
        plans: Annotated[list[Path], typer.Argument(help=say("plan folders, two or more"))],
        as_json: Annotated[bool, typer.Option("--json", help=say("print the comparison as JSON"))] = False,
    ) -> None:
        from scenarios.comparison import compare_plans
        from scenarios.plan_folder import read_plan
        from wfm.cli.console import print_json

        comparison = compare_plans([read_plan(folder) for folder in plans])
        if as_json:
            print_json(comparison_json(comparison, plans))
        else:
            print_comparison(comparison)


def comparison_json(comparison: Comparison, folders: list[Path]) -> dict[str, object]:
    """What ``--json`` prints."""
    return {
        "plans": [
            {"folder": str(folder), "hotline": p.hotline.id, "name": p.hotline.name.as_dict(), "seed": p.seed}
            for folder, p in zip(folders, comparison.plans, strict=True)
        ],
        "paired": comparison.paired,
        "rows": [
            {
                "kpi": row.kpi,
                "unit": row.unit,
                "limit": row.limit,
                "values": row.values,
                "statuses": row.statuses,
                "differences": [
                    None if d is None else {"mean": d.mean, "low": d.low, "high": d.high} for d in row.differences
                ],
            }
            for row in comparison.rows
        ],
        "costs": [{"name": c.name.as_dict(), "unit": c.unit, "values": c.values} for c in comparison.costs],
        "sentences": [s.as_dict() for s in comparison.sentences],
    }


def _difference(row: ComparisonRow, index: int) -> str:
    difference = row.differences[index]
    if difference is None:
        return "–"
    half = (difference.high - difference.low) / 2
    if row.unit == "share":
        return say("{mean:+.2f} ± {half:.2f} points", mean=100 * difference.mean, half=100 * half)
    if row.unit == "s":
        return say("{mean:+.2f} ± {half:.2f} s", mean=difference.mean, half=half)
    return f"{difference.mean:+.2f} ± {half:.2f}"


def print_comparison(comparison: Comparison) -> None:
    """Sentences first, then the table."""
    from rich.table import Table

    from scenarios.findings import value_text
    from wfm.cli.console import STATUS_ICON, make_console

    console = make_console()
    for sentence in comparison.sentences:
        console.print(f"· {sentence}")
    if not comparison.paired:
        console.print(say("The plans differ in seed, period or replications: differences are not paired."))
    table = Table(title=say("Comparison"), title_justify="left")
    table.add_column(say("Figure"), overflow="fold")
    for index, plan in enumerate(comparison.plans):
        table.add_column(f"{chr(ord('A') + index)} {plan.hotline.name}", justify="right")
        if index:
            table.add_column(say("difference from A"), justify="right")
    for row in comparison.rows:
        cells = []
        for index, value in enumerate(row.values):
            icon = STATUS_ICON.get(row.statuses[index], "")
            cells.append(f"{value_text(value, row.unit)} {icon}".rstrip())
            if index:
                cells.append(_difference(row, index))
        table.add_row(row.name.of(), *cells)
    for cost in comparison.costs:
        cells = []
        for index, value in enumerate(cost.values):
            cells.append(value_text(value, cost.unit).of())
            if index:
                cells.append(f"{value - cost.values[0]:+,.0f}")
        table.add_row(cost.name.of(), *cells)
    console.print(table)
