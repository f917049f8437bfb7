"""``wfm show``: a hotline's main facts, and where each of its numbers comes from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wfm.cli import options
from wfm.i18n import list_words, say

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console, RenderableType
    from rich.table import Table

    from wfm.hotline import Agent, Hotline, Leave, Provenance, Source

__all__ = ["print_hotline", "register"]


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("show", help=say("Show a hotline: its facts, and which numbers are published and which assumed."))
    def show(
        hotline: Annotated[str, typer.Argument(help=say("name of a shipped hotline, or a folder with hotline.yaml"))],
        as_json: Annotated[bool, options.as_json()] = False,
    ) -> None:
        from wfm.cli.console import make_console, print_json
        from wfm.hotline import find_hotline

        seen = look_at(find_hotline(hotline))
        if as_json:
            print_json(document(seen))
        else:
            print_hotline(seen, make_console())


@dataclass(frozen=True, slots=True)
class Seen:
    """What ``wfm show`` knows of a hotline. Lists of people are None where the folder has none."""

    hotline: Hotline
    agents: list[Agent] | None
    leave: list[Leave]
    entries: list[Provenance]
    defaults: list[Provenance]


def look_at(path: Path) -> Seen:
    """Read the hotline, its people and the sources of its numbers.

    Raises:
        BadInput: something in the folder cannot be read.
    """
    from wfm.hotline import defaults_of, load_agents, load_hotline, load_leave, provenance

    hotline = load_hotline(path)
    folder = path if path.is_dir() else path.parent
    peopled = any((folder / name).is_file() for name in ("agents.csv", "agents.xlsx"))
    agents = load_agents(hotline, folder) if peopled else None
    leave = load_leave(hotline, folder, agents) if agents is not None else []
    return Seen(hotline, agents, leave, provenance(path), defaults_of(path))


def print_hotline(seen: Seen, console: Console) -> None:
    """Facts, targets, then published, secondary and assumed numbers apart."""
    _print_facts(seen, console)
    _print_lines(seen.hotline, console)
    _print_targets(seen.hotline, console)
    by_kind: dict[str, list[Provenance]] = {"published": [], "secondary": [], "assumed": []}
    for entry in seen.entries:
        if entry.source is not None:
            by_kind[entry.source.kind].append(entry)
    titles = {
        "published": say("Published numbers"),
        "secondary": say("Numbers from secondary sources"),
        "assumed": say("Assumed numbers"),
    }
    for kind, entries in by_kind.items():
        _print_entries(titles[kind], kind, entries, console)
    left = [entry for entry in seen.defaults if entry.source is None]
    if left:
        _print_defaults(say("Left at the product's default"), left, console)
    bare = [entry for entry in seen.entries if entry.source is None]
    if bare:
        console.print(
            say("No source is given for: {paths}", paths=list_words(_patterns(bare))), style="bold yellow", markup=False
        )


def _add(table: Table, *cells: RenderableType) -> None:
    """Add a row; texts are shown as they are, square brackets and all."""
    from rich.text import Text as Line

    table.add_row(*(Line(cell) if isinstance(cell, str) else cell for cell in cells))


def _hours(hours: tuple[str, str] | None) -> str:
    if hours is None:
        return say("closed")
    return say("24 h") if hours == ("00:00", "24:00") else f"{hours[0]}–{hours[1]}"


def _print_facts(seen: Seen, console: Console) -> None:
    from rich.table import Table
    from rich.text import Text as Line

    hotline = seen.hotline
    console.print(Line(f"{hotline.name} · {hotline.number}", style="bold"))
    if hotline.about is not None:
        console.print(Line(hotline.about.of()))
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column(overflow="fold")
    opening = hotline.opening
    if opening.round_the_clock:
        hours = say("7×24")
    else:
        hours = say(
            "weekdays {weekday}, weekends {weekend}, holidays {holiday}",
            weekday=_hours(opening.weekday),
            weekend=_hours(opening.weekend),
            holiday=_hours(opening.holiday),
        )
        own = [f"{_day_name(day)} {_hours(times)}" for day, times in opening.by_weekday.items()]
        hours = "; ".join([hours, *own])
    _add(facts, say("opening"), hours)
    _add(
        facts,
        say("seats"),
        say("{built} built, {opened} opened", built=hotline.seats.built, opened=hotline.seats.opened),
    )
    _add(
        facts,
        say("calendar"),
        say(
            "{country}, {zone}, intervals of {minutes} min",
            country=hotline.calendar.country or say("own days"),
            zone=hotline.time_zone,
            minutes=hotline.interval_min,
        ),
    )
    special = [f"{cause.name} ({cause.when()})" for cause in hotline.calendar.special_days]
    if special:
        _add(facts, say("special days"), "\n".join(special))
    groups = [
        say(
            "{group} ({start}–{end}: {lines})",
            group=group.name,
            start=group.from_,
            end=group.to,
            lines=list_words([hotline.line(line).name.of() for line in group.lines]),
        )
        for group in hotline.groups
    ]
    _add(facts, say("groups"), "\n".join(groups))
    shifts = [f"{shift.name} {shift.start}–{shift.end}" for shift in hotline.shifts]
    _add(facts, say("shifts"), list_words(shifts))
    _add(facts, say("people"), _people(seen))
    console.print(facts)


def _day_name(day: str) -> str:
    names = {
        "mon": say("Monday"),
        "tue": say("Tuesday"),
        "wed": say("Wednesday"),
        "thu": say("Thursday"),
        "fri": say("Friday"),
        "sat": say("Saturday"),
        "sun": say("Sunday"),
    }
    return names[day]


def _people(seen: Seen) -> str:
    if seen.agents is None:
        return say("no agents.csv")
    firms = len({agent.firm for agent in seen.agents if agent.firm})
    by_contract = [
        f"{contract.name} {sum(agent.contract == contract.id for agent in seen.agents)}"
        for contract in seen.hotline.contracts
    ]
    known = (
        say("{agents} from {firms} firms or units", agents=len(seen.agents), firms=firms)
        if firms
        else say("{agents} people", agents=len(seen.agents))
    )
    return say("{people} ({contracts})", people=known, contracts=list_words(by_contract))


def _print_lines(hotline: Hotline, console: Console) -> None:
    from rich.table import Table

    table = Table(title=say("Lines"), title_justify="left")
    table.add_column(say("line"), overflow="fold")
    for head in (say("calls a weekday"), say("handling time"), say("patience")):
        table.add_column(head, justify="right")
    for line in hotline.lines:
        _add(
            table,
            f"{line.name} ({line.id})",
            f"{line.demand.calls_per_day:g}",
            f"{line.handling.mean_s:.0f} s",
            f"{line.patience.mean_s:.0f} s",
        )
    console.print(table)


def _print_targets(hotline: Hotline, console: Console) -> None:
    from rich.table import Table

    from wfm.cli.standards import source_word, target_limit
    from wfm.hotline import targets_of
    from wfm.standards import load_standard

    standard = load_standard(hotline.standard)
    title = say("Targets: {standard}", standard=standard.title)
    if hotline.standard_is_default:
        title += say(" (default: the hotline's own text publishes none)")
    table = Table(title=title, title_justify="left")
    table.add_column(say("target"), overflow="fold")
    table.add_column(say("limit"), no_wrap=True)
    table.add_column(say("clause"), overflow="fold")
    table.add_column(say("source"), no_wrap=True)
    for target in targets_of(hotline):
        _add(table, target.name.of(), target_limit(target), target.clause, source_word(target.source))
    console.print(table)


@dataclass(frozen=True, slots=True)
class _Row:
    """Entries of one key over all items of a list, shown together."""

    pattern: str
    value: str
    unit: str
    description: str
    source: Source | None


def _pattern(path: str) -> str:
    return ".".join("*" if part.isdigit() else part for part in path.split("."))


def _patterns(entries: Iterable[Provenance]) -> list[str]:
    return list(dict.fromkeys(_pattern(entry.path) for entry in entries))


def _value(value: Any) -> str:
    if value is None:
        return say("empty")
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    if isinstance(value, list) and len(value) > 7 and all(isinstance(item, int | float) for item in value):
        return say("{count} values, {low:g} to {high:g}", count=len(value), low=min(value), high=max(value))
    if isinstance(value, list):
        return ", ".join(_value(item) for item in value)
    return f"{value:,}" if isinstance(value, int) else f"{value}"


def _rows(entries: list[Provenance]) -> list[_Row]:
    """Entries of the same key and source as one row: one value where all agree, else each in its order."""
    groups: dict[tuple[str, int], list[Provenance]] = {}
    for entry in entries:
        groups.setdefault((_pattern(entry.path), id(entry.source)), []).append(entry)
    rows = []
    for (pattern, _), same in groups.items():
        values = [_value(entry.value) for entry in same]
        shown = values[0] if len(set(values)) == 1 else " · ".join(values)
        path = same[0].path if len(same) == 1 else pattern
        rows.append(_Row(path, shown, same[0].unit, same[0].description, same[0].source))
    return rows


def _print_entries(title: str, kind: str, entries: list[Provenance], console: Console) -> None:
    """A table of numbers; the clause or reason stands once, beside all the numbers it covers."""
    from rich.table import Table

    if not entries:
        console.print(say("{title}: none", title=title), style="italic")
        return
    table = Table(
        title=say("{title}: {count}", title=title, count=len(entries)),
        title_justify="left",
        expand=True,
        show_lines=True,
    )
    table.add_column(say("key and value"), ratio=6)
    table.add_column(say("reason") if kind == "assumed" else say("clause"), overflow="fold", ratio=5)
    by_source: dict[int, list[_Row]] = {}
    for row in _rows(entries):
        by_source.setdefault(id(row.source), []).append(row)
    for rows in by_source.values():
        source = rows[0].source
        if source is None:
            continue
        words = [source.clause] if source.clause else []
        words += [source.why.of()] if source.why is not None else []
        _add(table, _grid(rows, meaning=kind != "assumed"), "\n".join(words))
    console.print(table)


def _grid(rows: list[_Row], *, meaning: bool) -> Table:
    """Keys and values under each other, with what each key means."""
    from rich.table import Table
    from rich.text import Text as Line

    grid = Table.grid(expand=True, padding=(0, 1))
    grid.add_column(overflow="fold", ratio=3)
    grid.add_column(overflow="fold", ratio=2)
    for row in rows:
        key = Line(row.pattern)
        if meaning and row.description:
            key.append(f"\n{say(row.description)}", style="dim")
        _add(grid, key, f"{row.value} {row.unit}" if row.unit in _SHOWN_UNITS else row.value)
    return grid


_SHOWN_UNITS = ("s", "min", "h")


def _print_defaults(title: str, entries: list[Provenance], console: Console) -> None:
    from rich.table import Table

    table = Table(title=say("{title}: {count}", title=title, count=len(entries)), title_justify="left", expand=True)
    table.add_column(say("key and value"))
    _add(table, _grid(_rows(entries), meaning=True))
    console.print(table)


def document(seen: Seen) -> dict[str, Any]:
    """The same facts as one JSON document; texts in both languages."""
    from wfm.cli.standards import target_document
    from wfm.hotline import targets_of

    hotline = seen.hotline

    def row(entry: Provenance) -> dict[str, Any]:
        source = entry.source
        return {
            "path": entry.path,
            "value": entry.value,
            "unit": entry.unit,
            "description": entry.description,
            "clause": source.clause if source is not None else "",
            "why": source.why.as_dict() if source is not None and source.why is not None else None,
        }

    def of_kind(kind: str) -> list[dict[str, Any]]:
        return [row(e) for e in seen.entries if e.source is not None and e.source.kind == kind]

    return {
        "hotline": hotline.model_dump(mode="json", by_alias=True, exclude={"sources"}),
        "agents": None if seen.agents is None else len(seen.agents),
        "firms": None if seen.agents is None else len({a.firm for a in seen.agents if a.firm}),
        "leave": len(seen.leave),
        "targets": [target_document(target) for target in targets_of(hotline)],
        "published": of_kind("published"),
        "secondary": of_kind("secondary"),
        "assumed": of_kind("assumed"),
        "defaults": [row(entry) for entry in seen.defaults if entry.source is None],
        "without_source": [entry.path for entry in seen.entries if entry.source is None],
    }
