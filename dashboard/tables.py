"""The tables behind the charts: as rows of a grid, and as CSV that Chinese Excel opens rightly."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from dashboard.csv_cells import harmless_cells
from dashboard.views import coverage_by_hour, daily_rows, demand, group_ids, kpi_by_day, seats
from dashboard.wording import group_name, reason_words
from scenarios.plan import Plan

__all__ = ["TABLES", "csv_bytes", "seats_rows", "table_of"]

TABLES = ("demand", "seats", "coverage", "daily", "scorecard", "binding", "compliance")
"""Names of the tables that can be downloaded."""

_BOM = b"\xef\xbb\xbf"


def csv_bytes(table: pd.DataFrame) -> bytes:
    """UTF-8 with a byte-order mark, without which Excel in Chinese would read GBK; no cell is a formula."""
    return _BOM + harmless_cells(table).to_csv(index=False, lineterminator="\n").encode()


def table_of(
    plan: Plan, name: str, *, line: str = "", group: str = "", day: date | None = None, target: str = ""
) -> pd.DataFrame:
    """The table behind the chart ``name``; units stand in the columns' names.

    Raises:
        KeyError: there is no such table.
    """
    if name == "demand":
        lines = [line] if line else plan.hotline.line_ids
        return pd.concat([demand(plan, one, day).assign(line=one) for one in lines], ignore_index=True)
    if name == "seats":
        groups = [group] if group else group_ids(plan)
        return pd.concat([seats(plan, one, day) for one in groups], ignore_index=True)
    if name == "coverage":
        table = coverage_by_hour(plan, group)
        return table.set_axis([f"{pd.Timestamp(str(c)):%Y-%m-%d}" for c in table.columns], axis=1).reset_index()
    if name == "binding":
        frame = table_of(plan, "seats", group=group, day=day)
        return frame[["group", "interval", "interval_s", "seats", "heads", "short_seats", "reason"]]
    if name == "compliance":
        return plan.compliance
    if name == "daily":
        row = next((r for r in daily_rows(plan) if r.target == target), plan.scorecard[0])
        dates, values = kpi_by_day(row)
        return pd.DataFrame(
            {"target": row.target, "unit": row.unit, "date": dates, "value": values, "limit": row.limit}
        )
    if name == "scorecard":
        fields = [
            "target",
            "kpi",
            "value",
            "low",
            "high",
            "p_met",
            "mc_half_width",
            "operator",
            "limit",
            "unit",
            "clause",
            "source",
            "status",
        ]
        rows = [
            {f: getattr(row, f) for f in fields} | {"name": row.name.of(), "definition": row.definition.of()}
            for row in plan.scorecard
        ]
        return pd.DataFrame(rows)
    raise KeyError(name)


def seats_rows(plan: Plan, group: str, day: date | None) -> list[dict[str, Any]]:
    """Rows of the interval table, in the language of the moment."""
    table = table_of(plan, "seats", group=group, day=day)
    return [
        {
            "group": group_name(plan.hotline, str(row["group"])),
            "interval": f"{row['interval']:%Y-%m-%d %H:%M}",
            "heads": row["heads"],
            "seats": row["seats"],
            "rostered_a": row["rostered_a"],
            "rostered_b": row["rostered_b"],
            "short_heads": row["short_heads"],
            "reason": reason_words(str(row["reason"])),
        }
        for row in table.to_dict("records")
    ]
