"""``wfm intraday``: how today goes, where it will end, and what would help."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from wfm.cli import options
from wfm.i18n import say

if TYPE_CHECKING:
    from rich.console import Console

    from scenarios.intraday import Intraday
    from scenarios.intraday_kpi import DayKpi

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command(
        "intraday", help=say("The rest of today from its morning: calls, seats, where the day ends, what helps.")
    )
    def intraday(
        scenario: Annotated[str, options.scenario()],
        now: Annotated[
            str, typer.Option("--now", help=say("the moment, as 2026-09-14T10:00, local time (default: the clock's)"))
        ] = "",
        roster: Annotated[
            str,
            typer.Option(
                "--roster", help=say("plan or roster folder, Excel or CSV file (default: the planning store's roster)")
            ),
        ] = "",
        seed: Annotated[int, options.seed()] = 1,
        as_json: Annotated[bool, options.as_json()] = False,
    ) -> None:
        from scenarios.intraday import STAGES, look_at_day
        from scenarios.scenario import load_scenario
        from wfm.cli.console import make_console, print_json, stage_bars
        from wfm.cli.roster_asked import now_in
        from wfm.home import home_folder

        asked = load_scenario(scenario)
        moment = now_in(asked.hotline, now)
        with stage_bars({key: str(name) for key, name in STAGES.items()}) as bars:
            found = look_at_day(asked, scenario, moment, home_folder(), roster=roster, seed=seed, watch=bars.watch)
        if as_json:
            print_json(_as_dict(found))
        else:
            _print(found, make_console())


def _as_dict(found: Intraday) -> dict[str, Any]:
    def rows(frame: Any) -> list[dict[str, Any]]:
        told: list[dict[str, Any]] = frame.to_dict("records")
        return [
            {key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in row.items()}
            for row in told
        ]

    return {
        "hotline": found.hotline.id,
        "now": found.now.isoformat(),
        "seed": found.seed,
        "roster": found.roster,
        "days_learned": found.days_learned,
        "lines": rows(found.lines),
        "intervals": rows(found.intervals),
        "seats": rows(found.seats),
        "kpis": [
            {
                "target": k.target,
                "name": k.name.as_dict(),
                "kpi": k.kpi,
                "unit": k.unit,
                "operator": k.operator,
                "limit": k.limit,
                "planned": k.planned,
                "so_far": k.so_far,
                "value": k.value,
                "low": k.low,
                "high": k.high,
                "p_met": k.p_met,
                "status": k.status,
            }
            for k in found.kpis
        ],
        "moves": [
            {
                "kind": m.kind,
                "text": m.text.as_dict(),
                "group": m.group,
                "people": list(m.people),
                "start": m.start.isoformat(),
                "end": m.end.isoformat(),
                "hours": m.hours,
                "target": m.target,
                "before": m.before,
                "after": m.after,
            }
            for m in found.moves
        ],
        "notes": [n.as_dict() for n in found.notes],
    }


def _print(found: Intraday, console: Console) -> None:
    from scenarios.findings import limit_text, percent
    from wfm.cli.console import STATUS_ICON, STATUS_STYLE, make_table, status_word
    from wfm.i18n import Text

    hotline = found.hotline
    console.print(f"{hotline.name} · {found.now:%Y-%m-%d %H:%M}", style="bold")
    table = make_table(console, say("Calls"))
    for heading in (
        say("line"),
        say("so far"),
        say("expected by now"),
        say("rest of the day"),
        say("80 % band"),
        say("95 % band"),
        say("whole day"),
    ):
        table.add_column(heading, justify="left" if not table.columns else "right")
    names = {line.id: str(line.name) for line in hotline.lines} | {"": say("all lines")}
    rows = found.lines.to_dict("records")
    for row in rows if len(rows) > 2 else rows[:1]:
        table.add_row(
            names[str(row["line"])],
            f"{row['so_far']:,.0f}",
            f"{row['expected_so_far']:,.0f}",
            f"{row['rest']:,.0f}",
            f"{row['p10']:,.0f}–{row['p90']:,.0f}",
            f"{row['p025']:,.0f}–{row['p975']:,.0f}",
            f"{row['day']:,.0f}",
        )
    console.print(table)
    if found.kpis:
        table = make_table(console, say("Where the day ends"))
        for heading in (
            say("target"),
            say("limit"),
            say("as planned"),
            say("so far"),
            say("end of the day"),
            say("80 % band"),
            say("probability"),
            say("status"),
        ):
            table.add_column(heading, justify="left" if not table.columns else "right")
        for kpi in found.kpis:
            status = kpi.status
            table.add_row(
                str(kpi.name),
                str(limit_text(kpi.operator, kpi.limit, kpi.unit)),
                _shown(kpi.planned, kpi),
                _shown(kpi.so_far, kpi),
                _shown(kpi.value, kpi),
                f"{_shown(kpi.low, kpi)} … {_shown(kpi.high, kpi)}",
                "–" if kpi.p_met != kpi.p_met else str(percent(kpi.p_met)),
                f"{STATUS_ICON[status]} {status_word(status)}",
                style=STATUS_STYLE[status] if status in ("at risk", "missed") else None,
            )
        console.print(table)
    _print_seats(found, console)
    helping = [m for m in found.moves if m.kind != "home"]
    saving = [m for m in found.moves if m.kind == "home"]
    for heading, moves in (
        (say("What would help, each by itself:"), helping),
        (say("Hours that can be saved, one after the other:"), saving),
    ):
        if moves:
            console.print(heading, style="bold")
        for number, move in enumerate(moves, start=1):
            console.print(f"  {number}. {move.text}")
    if not found.moves and any(k.status in ("at risk", "missed") for k in found.kpis):
        console.print(say("No move within the rules helps the rest of the day."))
    for note in found.notes:
        assert isinstance(note, Text)
        console.print(f"· {note}", style="dim")
    console.print(
        say(
            "Roster: {roster} · learned from {days} past days · seed {seed}",
            roster=found.roster,
            days=found.days_learned,
            seed=found.seed,
        ),
        style="dim",
    )


def _print_seats(found: Intraday, console: Console) -> None:
    """Spells in which agents are missing."""
    lacking = found.seats[found.seats["over"] < -1e-9]
    if found.seats.empty:
        return
    names = {group.id: str(group.name) for group in found.hotline.groups}
    if lacking.empty:
        console.print(say("Enough agents are on duty until the end of the day."))
        return
    for group, part in lacking.groupby("group", sort=False):
        spells = (part["interval"].diff() != part["interval"].diff().min()).cumsum()
        for _, spell in part.groupby(spells):
            worst = spell.sort_values("over").iloc[0]
            end = spell["interval"].iloc[-1] + (
                found.intervals["interval"].iloc[1] - found.intervals["interval"].iloc[0]
            )
            console.print(
                "  △ "
                + say(
                    "{group}: from {start} to {end} up to {missing:.0f} agents are missing ({there:.0f} of {needed:.0f})",
                    group=names[str(group)],
                    start=f"{spell['interval'].iloc[0]:%H:%M}",
                    end=f"{end:%H:%M}",
                    missing=-worst["over"],
                    there=worst["on_duty"],
                    needed=worst["heads"],
                )
            )


def _shown(value: float, kpi: DayKpi) -> str:
    from scenarios.findings import value_text

    return str(value_text(None if value != value else value, kpi.unit))
