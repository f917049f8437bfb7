"""``wfm seats``: the calculator, in both directions — what given seats achieve, and how many a level asks for."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated

import typer

from wfm.errors import BadInput
from wfm.i18n import say

if TYPE_CHECKING:
    from wfm.queueing import Performance

Found = dict[str, float | int | bool | None]
"""What is printed; undefined values are None."""


def register(app: typer.Typer) -> None:
    """Add the command."""

    # Numbers come in as words, so that a wrong one gets the same kind of sentence in either language.
    @app.command("seats", help=say("Calculate what seats achieve, or how many a service level asks for."))
    def seats(
        calls: Annotated[str, typer.Option("--calls", metavar=_number(), help=say("calls in the interval"))],
        aht_s: Annotated[str, typer.Option("--aht-s", metavar=_number(), help=say("mean handling time in seconds"))],
        interval_min: Annotated[
            str, typer.Option("--interval-min", metavar=_number(), help=say("length of the interval in minutes"))
        ] = "30",
        within_s: Annotated[
            str, typer.Option("--within-s", metavar=_number(), help=say("answer time that the service level counts"))
        ] = "15",
        patience_s: Annotated[
            str,
            typer.Option(
                "--patience-s", metavar=_number(), help=say("mean patience in seconds; left out, nobody gives up")
            ),
        ] = "",
        number_of_seats: Annotated[
            str, typer.Option("--seats", metavar=_number(), help=say("seats: what do they achieve?"))
        ] = "",
        service_level: Annotated[
            str,
            typer.Option(
                "--service-level",
                metavar=_number(),
                help=say("share to answer in time, such as 0.8: how many seats does it ask for?"),
            ),
        ] = "",
        as_json: Annotated[bool, typer.Option("--json", help=say("print one JSON document"))] = False,
    ) -> None:
        if bool(number_of_seats) == bool(service_level):
            raise BadInput(say("give either --seats or --service-level"))
        offered = _at_least_zero("--calls", calls)
        length_min = _above_zero("--interval-min", interval_min)
        handling_s = _above_zero("--aht-s", aht_s)
        threshold_s = _at_least_zero("--within-s", within_s)
        patience = _above_zero("--patience-s", patience_s) if patience_s else math.inf
        rate = offered / (length_min * 60)
        if service_level:
            chosen = _fewest_seats(rate, handling_s, _share("--service-level", service_level), threshold_s, patience)
        else:
            chosen = _whole("--seats", number_of_seats)
        _print(_calculate(rate, handling_s, chosen, threshold_s, patience), threshold_s, patience, as_json=as_json)


def _number() -> str:
    return say("NUMBER")


def _parse(option: str, word: str, allowed: str) -> float:
    try:
        return float(word)
    except ValueError:
        raise _refusal(option, word, allowed) from None


def _refusal(option: str, word: str, allowed: str) -> BadInput:
    return BadInput(say("{option}: found {found!r}, must be {allowed}", option=option, found=word, allowed=allowed))


def _at_least_zero(option: str, word: str) -> float:
    allowed = say("a number, zero or more")
    value = _parse(option, word, allowed)
    if not (math.isfinite(value) and value >= 0):
        raise _refusal(option, word, allowed)
    return value


def _above_zero(option: str, word: str) -> float:
    allowed = say("a number above zero")
    value = _parse(option, word, allowed)
    if not (math.isfinite(value) and value > 0):
        raise _refusal(option, word, allowed)
    return value


def _share(option: str, word: str) -> float:
    allowed = say("a share above 0 and below 1, such as 0.8 (no number of seats answers every call in time)")
    value = _parse(option, word, allowed)
    if not 0 < value < 1:
        raise _refusal(option, word, allowed)
    return value


def _whole(option: str, word: str) -> int:
    allowed = say("a whole number from 1 to 1,000,000")
    value = _parse(option, word, allowed)
    if not (1 <= value <= 1_000_000 and value == int(value)):
        raise _refusal(option, word, allowed)
    return int(value)


def _fewest_seats(rate: float, aht_s: float, level: float, within_s: float, patience_s: float) -> int:
    from wfm.queueing import Goal, minimal_seats

    return int(minimal_seats(rate, aht_s, Goal("service_level", level, t_s=within_s), patience_s))


def _calculate(rate: float, aht_s: float, seats: int, within_s: float, patience_s: float) -> Found:
    from wfm.queueing import performance

    found: Performance = performance(rate, aht_s, seats, within_s, patience_s)
    measures = {
        "load_erlang": found.load_erlang,
        "wait_probability": found.wait_probability,
        "asa_s": found.asa_s,
        "mean_wait_s": found.mean_wait_s,
        "service_level": found.service_level,
        "abandon_share": found.abandon_share,
        "occupancy": found.occupancy,
    }
    plain = {name: float(value) for name, value in measures.items()}
    return {
        "seats": seats,
        **{name: value if math.isfinite(value) else None for name, value in plain.items()},
        "steady_state": bool(found.steady_state),
    }


def _print(found: Found, within_s: float, patience_s: float, *, as_json: bool) -> None:
    from wfm.cli.console import make_console, print_json

    if as_json:
        print_json(found)
        return
    from rich.table import Table

    table = Table(say("Figure"), title=say("Seats"))
    table.add_column(say("Value"), justify="right")
    table.add_column(say("Definition"))
    rows = (
        ("seats", say("Seats"), say("agents ready to answer all through the interval")),
        ("load_erlang", say("Load (erlang)"), say("calls × handling time ÷ interval")),
        ("wait_probability", say("Callers who wait"), say("calls that find every seat busy ÷ all calls")),
        ("asa_s", say("Mean answer time (s)"), say("wait of answered calls ÷ answered calls")),
        ("mean_wait_s", say("Mean wait of all (s)"), say("wait of answered and abandoned calls ÷ all calls")),
        (
            "service_level",
            say("Service level"),
            say("answered within {seconds} s ÷ all calls", seconds=f"{within_s:g}"),
        ),
        ("abandon_share", say("Abandoned"), say("calls given up while waiting ÷ all calls")),
        ("occupancy", say("Occupancy"), say("handling ÷ staffed time")),
    )
    for key, name, meaning in rows:
        table.add_row(name, _shown(key, found[key]), meaning)
    console = make_console()
    console.print(table)
    if not found["steady_state"]:
        console.print(say("The load reaches the seats and nobody gives up: the queue grows without end."))
    elif math.isinf(patience_s):
        console.print(say("Erlang C: every caller waits until answered."))
    else:
        console.print(
            say("Erlang A: callers give up after {seconds} s of patience on average.", seconds=f"{patience_s:g}")
        )


def _shown(key: str, value: float | bool | None) -> str:
    if value is None:
        return "–"
    if key == "seats":
        return f"{value:,}"
    if key == "load_erlang":
        return f"{value:,.4g}"
    return f"{value:,.1f}" if key.endswith("_s") else f"{value:.2%}"
