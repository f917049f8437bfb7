"""The numbers behind the long view, and where each comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wfm.i18n import both, say

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from scenarios.hire import HirePlan
    from wfm.hotline import Source

__all__ = ["numbers_behind", "print_numbers"]

_EMPLOYEES_ONLY = ("hours_per_month", "leave_days_per_year", "training_h_per_month", "sick_share", "cost_per_month")
_OTHERS_ONLY = ("taken_share",)


def numbers_behind(plan: HirePlan) -> list[tuple[list[tuple[str, object]], str, str]]:
    """The numbers of the long view that count here, together where they have one source: keys, kind, reason."""
    from wfm.hotline import Source
    from wfm.hotline.sources import closest_sources

    what_if = Source(paths=("", *plan.differences), kind="assumed", why=both("set by the what-if scenario"))

    view = plan.hotline.long_view
    rows: list[tuple[tuple[tuple[str, ...], ...], str, object]] = [
        (((("long_view",), (name,))), name, getattr(view, name))
        for name in ("growth_per_year", "month_factors", "induction_h", "hours_settled_over_months")
    ]
    for number, member in [(n, m) for team in plan.teams for n, m in enumerate(team.team.members)]:
        outlook = view.outlook(member.contract.id)
        place = next((str(n) for n, x in enumerate(view.contracts) if x.id == outlook.id), str(number))
        hidden = _OTHERS_ONLY if member.contract.employee else _EMPLOYEES_ONLY
        for name in type(outlook).model_fields:
            if name == "id" or name in hidden:
                continue
            path = (("long_view",), ("contracts",), (place, outlook.id), (name,))
            rows.append((path, f"{outlook.id}.{name}", getattr(outlook, name)))
    employees = any(m.contract.employee for team in plan.teams for m in team.team.members)
    grouped: dict[int, tuple[list[tuple[str, object]], Source | None]] = {}
    for steps, name, value in rows:
        if value in (None, ()) or (name == "hours_settled_over_months" and not employees):
            continue
        as_list = isinstance(value, tuple)
        changed = closest_sources((what_if,), steps, of_list=as_list)
        found = changed or closest_sources(plan.hotline.sources, steps, of_list=as_list)
        source = found[0] if found else None
        grouped.setdefault(id(source), ([], source))[0].append((name, value))
    return [(keys, *_source_words(source)) for keys, source in grouped.values()]


def _source_words(source: Source | None) -> tuple[str, str]:
    if source is None:
        return "assumed", say("default of the product")
    parts = [part for part in (source.clause, str(source.why) if source.why else "") if part]
    return source.kind, say(": ").join(parts)


def print_numbers(plan: HirePlan, table: Table, console: Console) -> None:
    """The numbers as rows of a table."""
    words = {"published": say("published"), "secondary": say("secondary source"), "assumed": say("assumed")}
    table.add_column(say("Number"), overflow="fold", max_width=40)
    table.add_column(say("Source"), overflow="fold")
    for keys, kind, why in numbers_behind(plan):
        table.add_row(
            "\n".join(f"{key} {_value(value)}" for key, value in keys), say("{kind} · {why}", kind=words[kind], why=why)
        )
    console.print(table)


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join(f"{x:g}" for x in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
