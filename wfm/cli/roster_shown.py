"""How a roster is told on the command line: what is filled, what it costs, who carries how much, what is short."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from scenarios.input_names import input_words
from wfm.i18n import list_words, say

if TYPE_CHECKING:
    from rich.console import Console

    from scenarios.roster_result import RosterResult

__all__ = ["print_roster", "status_sentence"]

FIRMS_SHOWN = 10
REASONS_SHOWN = 12
WAYS_SHOWN = 3


def status_sentence(result: RosterResult) -> str:
    """How the search ended; a time limit is never called optimal."""
    words = {
        "optimal": say("proven optimal"),
        "feasible": say("all posts filled, not proven best"),
        "partial": say("posts are left open"),
        "interrupted": say("interrupted: the best roster until then"),
        "pattern": say("laid out by the pattern {pattern}", pattern=result.pattern),
    }
    return words[result.status]


def print_roster(result: RosterResult, out: Path | None) -> None:
    """Summary, objective, fairness, hours, reasons, origin."""
    from rich.text import Text as Line

    from wfm.cli.console import make_console

    console = make_console()
    title = f"{result.hotline.name} · {result.first:%Y-%m-%d} – {result.last:%Y-%m-%d}"
    console.print(Line(title, style="bold"))
    missing = result.unfilled
    posts = int(result.posts["posts_a"].sum() + result.posts["posts_b"].sum())
    short = {role: int(missing.loc[missing["role"] == role, "missing"].sum()) for role in ("A", "B")}
    people = result.quality["fairness"][0]["people"] if result.quality.get("fairness") else 0
    console.print(
        say(
            "{people} of {able} people, {duties} duties for {posts} posts; unfilled: {a} A, {b} B.",
            people=result.duties["agent"].nunique(),
            able=people,
            duties=len(result.duties),
            posts=posts,
            a=short["A"],
            b=short["B"],
        ),
        markup=False,
    )
    legal = say("legal") if result.legal else say("{n} rules broken", n=len(result.violations))
    console.print(say("Checker: {legal}. Search: {status}.", legal=legal, status=status_sentence(result)), markup=False)
    if result.objective is not None:
        _print_objective(result, console)
    _print_fairness(result.quality.get("fairness", []), console)
    _print_hours(result, console)
    for text in result.violations[:REASONS_SHOWN]:
        console.print(f"✕ {text}", markup=False, soft_wrap=True)
    for text in result.reasons[:REASONS_SHOWN]:
        console.print(f"△ {text}", markup=False, soft_wrap=True)
    _print_conflicts(result, console)
    left = len(result.violations[REASONS_SHOWN:]) + len(result.reasons[REASONS_SHOWN:])
    if left:
        console.print(say("and {count} more, all in roster.json", count=left), markup=False)
    _print_origin(result, out, console)


def _print_conflicts(result: RosterResult, console: Console) -> None:
    """Each conflict behind open posts, then its cheapest ways out."""
    from wfm.i18n import Text

    for number, conflict in enumerate(result.conflicts, start=1):
        words = say("{number}. {conflict}", number=number, conflict=Text(**conflict["text"]))
        console.print(words, style="bold", markup=False, soft_wrap=True)
        for way in conflict["relaxations"][:WAYS_SHOWN]:
            told = say("{way} (cost {cost:,})", way=Text(**way["text"]), cost=way["cost"])
            console.print(f"  → {told}", markup=False, soft_wrap=True)
        for firm in conflict.get("not_offered", ()):
            told = say("Not offered: {reason}", reason=Text(**firm["text"]))
            console.print(f"  · {told}", markup=False, soft_wrap=True, style="dim")


def _print_objective(result: RosterResult, console: Console) -> None:
    names = {
        "unfilled_a": say("A posts unfilled"),
        "unfilled_b": say("B posts unfilled"),
        "pairs": say("pairs away together"),
        "owed": say("owed without exception"),
        "hours_owed": say("hours owed"),
        "fairness": say("unfairness"),
        "wishes": say("wishes"),
        "limits": say("limits with a weight"),
        "teams": say("teams"),
        "surplus": say("posts beyond those asked for"),
    }
    parts = [f"{names.get(name, name)} {cost:,.0f}" for name, cost in result.parts.items() if cost]
    line = say(
        "Objective {objective:,.0f}, bound {bound:,.0f}, gap {gap:.1%}",
        objective=result.objective,
        bound=result.bound if result.bound is not None else 0.0,
        gap=result.gap if result.gap is not None else 0.0,
    )
    told = say("{objective}: {parts}", objective=line, parts=list_words(parts)) if parts else line
    console.print(told, markup=False, soft_wrap=True)


def _print_fairness(rows: list[dict[str, Any]], console: Console) -> None:
    from wfm.cli.console import NARROW, make_table

    if not rows:
        return
    names = {
        "duties": say("duties"),
        "standbys": say("standbys (B)"),
        "nights": say("nights"),
        "weekends": say("weekend days"),
        "holidays": say("holidays"),
        "hours": say("hours"),
    }
    firms = sorted(rows[1:], key=lambda row: -row["people"])
    shown = [rows[0], *firms[:FIRMS_SHOWN]]
    between = " · " if console.width >= NARROW else "·"
    table = make_table(console, say("Shares of each person: least, mean, most"))
    table.add_column(say("firm"), overflow="fold")
    table.add_column(say("people"), justify="right")
    for name in names.values():
        table.add_column(name, justify="right")
    for row in shown:
        cells = [between.join(_n(row[k][part]) for part in ("min", "mean", "max")) for k in names]
        table.add_row(row["firm"] or say("all"), str(row["people"]), *cells)
    console.print(table)
    if len(firms) > FIRMS_SHOWN:
        console.print(say("{count} more firms in roster.json", count=len(firms) - FIRMS_SHOWN), markup=False)


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _print_hours(result: RosterResult, console: Console) -> None:
    from rich.table import Table

    rows = result.quality.get("hours", [])
    if not rows:
        return
    names = {c.id: c.name.of() for c in result.hotline.contracts}
    table = Table(title=say("Hours a week against the contract"), title_justify="left")
    table.add_column(say("contract"), overflow="fold")
    for head in (say("people"), say("least, mean, most"), say("band"), say("hours owed")):
        table.add_column(head, justify="right")
    for row in rows:
        owed = say("{hours:g} h, {people} people", hours=row["owed_h"], people=row["owed_people"])
        table.add_row(
            names.get(row["contract"], row["contract"]),
            str(row["people"]),
            f"{_n(row['min'])} · {_n(row['mean'])} · {_n(row['max'])}",
            f"{row['least']:g}–{row['most']:g}",
            owed if row["owed_people"] else "–",
        )
    console.print(table)


def _print_origin(result: RosterResult, out: Path | None, console: Console) -> None:
    hashes = list_words(input_words(result.inputs))
    console.print(
        say(
            "Made from: {hashes}; seed {seed}, version {version}.",
            hashes=hashes,
            seed=result.seed,
            version=result.version,
        ),
        markup=False,
        style="dim",
        soft_wrap=True,
    )
    if out is not None:
        console.print(say("Written to {folder}.", folder=out), markup=False)
