"""``wfm adherence``: who kept to the roster, from the imported states of the agents."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wfm.cli import options
from wfm.i18n import list_words, say

if TYPE_CHECKING:
    import pandas as pd

    from wfm.hotline import Hotline
    from wfm.review.adherence import Adherence

__all__ = ["register"]

_ROWS_SHOWN = 40


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command(
        "adherence", help=say("Adherence and conformance of people to the roster, from their imported states.")
    )
    def adherence(
        hotline: Annotated[str, options.scenario()],
        first: Annotated[str, typer.Option("--from", help=say("first day, YYYY-MM-DD"))],
        last: Annotated[str, typer.Option("--to", help=say("last day, YYYY-MM-DD (default: the first)"))] = "",
        duties: Annotated[
            Path | None,
            typer.Option(
                "--duties", help=say("CSV file of duties (default: the published rosters of the planning store)")
            ),
        ] = None,
        now: Annotated[
            str, typer.Option("--now", help=say("scheduled time from this moment on is left out (default: none of it)"))
        ] = "",
        as_json: Annotated[bool, options.as_json()] = False,
    ) -> None:
        _run(hotline, first, last, duties, now, as_json)


def _run(name: str, first_text: str, last_text: str, file: Path | None, now_text: str, as_json: bool) -> None:
    import pandas as pd

    from scenarios.scenario import load_scenario
    from wfm.calendar import TimeGrid
    from wfm.cli.console import print_json
    from wfm.cli.roster_asked import day_asked, moment_asked, needed_day
    from wfm.errors import BadInput
    from wfm.records.items import agent_states
    from wfm.records.privacy import home_folder
    from wfm.review.adherence import measure_adherence

    hotline = load_scenario(name).hotline
    first = needed_day("--from", first_text)
    last = day_asked("--to", last_text) or first
    if last < first:
        raise BadInput(say("--to: {last} lies before --from {first}", last=last, first=first))
    grid = TimeGrid(first, (last - first).days + 1, hotline.interval_min, hotline.time_zone)
    roster = _duties(hotline, file, grid)
    states = agent_states(home_folder(), hotline, first, last)
    if states.empty:
        raise BadInput(
            say(
                "no agents' states of {hotline} from {first} to {last} have been imported; import them with wfm import-states",
                hotline=hotline.id,
                first=first,
                last=last,
            )
        )
    moment = pd.Timestamp(moment_asked("--now", now_text, hotline)) if now_text else None
    found = measure_adherence(roster, states, grid, now=moment)
    if as_json:
        print_json(_summary(found, hotline, grid))
    else:
        _print(found, hotline, grid)


def _duties(hotline: Hotline, file: Path | None, grid: Any) -> pd.DataFrame:
    if file is not None:
        from scheduler import read_duties

        return read_duties(file, hotline.time_zone)
    from scenarios.published_duties import published_duties
    from wfm.store import open_store

    return published_duties(open_store(), hotline.id, grid.first, grid.day_list[-1])


def _summary(found: Adherence, hotline: Hotline, grid: Any) -> dict[str, Any]:
    from wfm.review.adherence import FATES

    days = [
        {
            "agent": row["agent"],
            "date": row["date"].date().isoformat(),
            **{name: row[name] for name in row if name not in ("agent", "date")},
        }
        for row in found.days.to_dict("records")
    ]
    intervals = [
        {"interval": row["interval"].isoformat(), **{k: v for k, v in row.items() if k != "interval"}}
        for row in found.intervals.to_dict("records")
    ]
    totals = {name: found.total(name) for name in ("scheduled_s", "scheduled_work_s", "worked_s")}
    return {
        "hotline": hotline.id,
        "from": grid.first.isoformat(),
        "to": grid.day_list[-1].isoformat(),
        "adherence": found.adherence,
        "conformance": found.conformance,
        **totals,
        "fates_s": {fate: found.total(f"{fate}_s") for fate in FATES},
        "duties": len(found.duties),
        "not_measured": found.not_measured,
        "never_seen": list(found.never_seen),
        "unrostered_s": found.unrostered_s,
        "known_until": None if found.known_until is None else found.known_until.isoformat(),
        "days": days,
        "intervals": intervals,
    }


def _print(found: Adherence, hotline: Hotline, grid: Any) -> None:
    from rich.table import Table

    from wfm.cli.console import make_console
    from wfm.review.adherence import FATES

    console = make_console()
    period = say("{first} to {last}", first=grid.first, last=grid.day_list[-1])
    console.print(
        say("{hotline}: adherence and conformance, {period}", hotline=hotline.name, period=period), style="bold"
    )
    if found.duties.empty:
        console.print(say("no duty of these days can be measured: no state is known of them"))
    else:
        console.print(
            say(
                "adherence {adherence}: {kept} of {scheduled} scheduled hours were as scheduled",
                adherence=_percent(found.adherence),
                kept=_hours(found.total("adherent_s")),
                scheduled=_hours(found.total("scheduled_s")),
            )
        )
        console.print(
            say(
                "conformance {conformance}: {worked} h worked ÷ {asked} h scheduled for work",
                conformance=_percent(found.conformance),
                worked=_hours(found.total("worked_s")),
                asked=_hours(found.total("scheduled_work_s")),
            )
        )
        words = _fate_words()
        table = Table(title=say("Where scheduled time went"), title_justify="left")
        table.add_column(say("What became of it"))
        for heading in (say("Hours"), say("Share")):
            table.add_column(heading, justify="right")
        for fate in FATES:
            lost = found.total(f"{fate}_s")
            table.add_row(words[fate], _hours(lost), _percent(lost / found.total("scheduled_s")))
        console.print(table)
        console.print(_people(found))
    for sentence in _remarks(found):
        console.print(sentence)


def _people(found: Adherence) -> Any:
    """Adherence and conformance of each person over the period, the least adherent first."""
    from rich.table import Table

    sums = found.duties.groupby("agent")[
        [
            "scheduled_s",
            "scheduled_work_s",
            "adherent_s",
            "worked_s",
            "absent_s",
            "late_s",
            "left_early_s",
            "break_overrun_s",
        ]
    ].sum()
    sums["adherence"] = sums["adherent_s"] / sums["scheduled_s"]
    ordered = sums.sort_values(["adherence", "scheduled_s"], kind="stable")
    more = len(ordered) - _ROWS_SHOWN
    title = say("By person, the least adherent first")
    if more > 0:
        title = say("By person, the least adherent first ({more} more: --json)", more=more)
    table = Table(title=title, title_justify="left")
    table.add_column(say("Agent"))
    headings = (
        say("Scheduled h"),
        say("Adherence"),
        say("Conformance"),
        say("Absent h"),
        say("Late min"),
        say("Left early min"),
        say("Break overrun min"),
    )
    for heading in headings:
        table.add_column(heading, justify="right")
    for agent, row in ordered.head(_ROWS_SHOWN).iterrows():
        work = row["scheduled_work_s"]
        table.add_row(
            str(agent),
            _hours(row["scheduled_s"]),
            _percent(row["adherence"]),
            _percent(row["worked_s"] / work) if work else "–",
            _hours(row["absent_s"]),
            *(f"{row[name] / 60:,.0f}" for name in ("late_s", "left_early_s", "break_overrun_s")),
        )
    return table


def _remarks(found: Adherence) -> list[str]:
    remarks = []
    if found.never_seen:
        shown = list_words(list(found.never_seen[:8])) + (" …" if len(found.never_seen) > 8 else "")
        remarks.append(
            say(
                "rostered people who occur in no state: {n}, absent or named otherwise in the telephone system ({agents})",
                n=len(found.never_seen),
                agents=shown,
            )
        )
    if found.not_measured:
        remarks.append(say("duties not measured, as no state is known of their time: {n}", n=found.not_measured))
    if found.unrostered_s:
        hours = _hours(sum(found.unrostered_s.values()))
        remarks.append(
            say("worked far from every duty of theirs: {hours} h of {n} people", hours=hours, n=len(found.unrostered_s))
        )
    if found.known_until is not None:
        remarks.append(say("states are known until {moment:%Y-%m-%d %H:%M}", moment=found.known_until))
    return remarks


def _fate_words() -> dict[str, str]:
    return {
        "adherent": say("as scheduled"),
        "absent": say("absent all duty"),
        "late": say("late start"),
        "left_early": say("left early"),
        "break_overrun": say("on break when work was scheduled"),
        "away": say("away when work was scheduled"),
        "worked_in_break": say("worked in a scheduled break"),
    }


def _percent(share: float) -> str:
    from scenarios.findings import percent

    return percent(share, 1).of() if share == share else "–"


def _hours(seconds: float) -> str:
    return f"{seconds / 3600:,.1f}"
