"""``wfm seats``: the calculator, in both directions — what given seats achieve, and how many the goals ask for."""

from __future__ import annotations

from typing import Annotated

import typer

from wfm.cli import options
from wfm.i18n import say

__all__ = ["register"]


# Numbers come in as words, so that a wrong one gets the same kind of sentence in either language.
def _number(name: str, meaning: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(name, metavar=say("NUMBER"), help=meaning)
    return option


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("seats", help=say("Calculate what seats achieve, or how many a service level asks for."))
    def seats(
        calls: Annotated[str, _number("--calls", say("calls in the interval; with redials, first calls"))],
        aht_s: Annotated[str, _number("--aht-s", say("mean handling time in seconds"))],
        interval_min: Annotated[str, _number("--interval-min", say("length of the interval in minutes"))] = "30",
        within_s: Annotated[str, _number("--within-s", say("answer time that the service level counts"))] = "15",
        patience_s: Annotated[
            str,
            _number(
                "--patience-s",
                say("mean patience in seconds; left out, nobody gives up; 0: who is not answered at once is gone"),
            ),
        ] = "",
        patience_law: Annotated[
            str,
            typer.Option(
                "--patience-law",
                metavar=say("LAW"),
                help=say("law of patience: exponential, weibull or lognormal (default: exponential)"),
            ),
        ] = "",
        patience_shape: Annotated[
            str, _number("--patience-shape", say("shape of Weibull patience; 1 is exponential"))
        ] = "",
        patience_cv: Annotated[
            str, _number("--patience-cv", say("standard deviation ÷ mean of lognormal patience"))
        ] = "",
        number_of_seats: Annotated[str, _number("--seats", say("seats: what do they achieve?"))] = "",
        service_level: Annotated[
            str,
            _number("--service-level", say("share to answer in time, such as 0.8: how many seats does it ask for?")),
        ] = "",
        asa_s: Annotated[str, _number("--asa-s", say("goal: mean answer time in seconds, at most"))] = "",
        abandoned_max: Annotated[str, _number("--abandoned-max", say("goal: share that gives up, at most"))] = "",
        long_wait_max: Annotated[str, _number("--long-wait-max", say("goal: share of long waits, at most"))] = "",
        long_wait_s: Annotated[
            str, _number("--long-wait-s", say("wait in seconds that counts as long (default: 40)"))
        ] = "",
        occupancy_max: Annotated[str, _number("--occupancy-max", say("goal: occupancy of the seats, at most"))] = "",
        trunks: Annotated[
            str, _number("--trunks", say("telephone circuits for callers who wait or talk; left out, no limit"))
        ] = "",
        redial_share: Annotated[
            str, _number("--redial-share", say("share of callers who gave up that call again; also after a busy tone"))
        ] = "",
        redial_blocked_share: Annotated[
            str, _number("--redial-blocked-share", say("share of callers who met a busy tone that call again"))
        ] = "",
        attempts_max: Annotated[
            str, _number("--attempts-max", say("calls of one caller at most, redials included (default: no limit)"))
        ] = "",
        built: Annotated[
            str, _number("--built", say("seats that exist: are they enough, and if not, what is the best they can do?"))
        ] = "",
        curve: Annotated[
            bool, typer.Option("--curve", help=say("show the whole trade-off, one row per number of seats"))
        ] = False,
        simulate: Annotated[
            str,
            typer.Option(
                "--simulate",
                metavar=say("CALLS"),
                help=say("simulate so many calls too, and set the steady state found beside the formula"),
            ),
        ] = "",
        engine: Annotated[
            str,
            typer.Option(
                "--engine",
                metavar=say("ENGINE"),
                help=say("what simulates: compiled (default), or simpy, slower and the same calls"),
            ),
        ] = "",
        seed: Annotated[str, _number("--seed", say("seed of the simulation's random numbers (default: 1)"))] = "",
        as_json: Annotated[bool, options.as_json()] = False,
    ) -> None:
        from wfm.cli.console import make_console, print_json
        from wfm.cli.seats_asked import read_question
        from wfm.cli.seats_found import answer, curve_rows
        from wfm.cli.seats_shown import figure_names, print_answer, print_curve
        from wfm.cli.seats_simulated import print_simulated, read_simulation, simulate_seats

        question = read_question(
            {
                "--calls": calls,
                "--aht-s": aht_s,
                "--interval-min": interval_min,
                "--within-s": within_s,
                "--patience-s": patience_s,
                "--patience-law": patience_law,
                "--patience-shape": patience_shape,
                "--patience-cv": patience_cv,
                "--seats": number_of_seats,
                "--service-level": service_level,
                "--asa-s": asa_s,
                "--abandoned-max": abandoned_max,
                "--long-wait-max": long_wait_max,
                "--long-wait-s": long_wait_s,
                "--occupancy-max": occupancy_max,
                "--trunks": trunks,
                "--redial-share": redial_share,
                "--redial-blocked-share": redial_blocked_share,
                "--attempts-max": attempts_max,
                "--built": built,
            },
            curve=curve,
        )
        asked = read_simulation({"--simulate": simulate, "--engine": engine, "--seed": seed}, question, curve=curve)
        if curve:
            rows = curve_rows(question)
            if as_json:
                print_json(rows)
            else:
                print_curve(rows, question, make_console())
        else:
            found = answer(question)
            seen = None if asked is None else simulate_seats(question, found.figures, asked)
            if as_json:
                print_json(found.as_dict() | ({} if seen is None else {"simulation": seen.as_dict()}))
            else:
                print_answer(found, question, make_console())
                if seen is not None:
                    print_simulated(seen, figure_names(question), make_console())
