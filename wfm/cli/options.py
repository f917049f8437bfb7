"""Arguments and options that several commands ask in the same words.

Each is called inside an annotation, ``seed: Annotated[int, options.seed()] = 1``: annotations are read when the command
line is assembled, and so the help speaks the language of the moment.
"""

from __future__ import annotations

from typing import Any

import typer

from wfm.i18n import say


def scenario() -> Any:
    """What is planned."""
    return typer.Argument(help=say("shipped name, hotline folder or scenario file"))


def roster() -> Any:
    """A roster, wherever it was made."""
    return typer.Argument(help=say("roster or plan folder, Excel or CSV file, or a hotline with --start"))


def roster_hotline() -> Any:
    """The hotline of a roster that does not name it."""
    return typer.Option("--hotline", help=say("the hotline, where the roster itself does not say it"))


def roster_start() -> Any:
    """The first day of a roster that does not name it."""
    return typer.Option("--start", help=say("first day of the roster, YYYY-MM-DD, for a hotline's or a bare file"))


def start() -> Any:
    """The first day to plan."""
    return typer.Option("--start", help=say("first day, YYYY-MM-DD (default: next Monday)"))


def month_start() -> Any:
    """The first day of a scheduler's month."""
    return typer.Option("--start", help=say("first day of the month, YYYY-MM-DD"))


def now() -> Any:
    """The moment of a step of the scheduler's month."""
    return typer.Option("--now", help=say("the moment that counts as now (default: the clock's)"))


def days() -> Any:
    """How long a period to plan."""
    return typer.Option("--days", help=say("days to plan"))


def weeks() -> Any:
    """How long a roster to build."""
    return typer.Option("--weeks", help=say("weeks to roster, 1 to 13"))


def posts() -> Any:
    """A table of posts instead of the forecast's."""
    return typer.Option("--posts", help=say("posts to fill, CSV or Excel (default: what the forecast asks for)"))


def level() -> Any:
    """How strictly the standard is kept."""
    return typer.Option("--level", help=say("interval: every interval keeps every target; day: the day does"))


def confidence() -> Any:
    """How surely the standard is kept."""
    return typer.Option("--confidence", help=say("probability with which each day is to keep the standard"))


def seconds() -> Any:
    """How long a roster is searched."""
    return typer.Option("--seconds", help=say("time the search may take"))


def threads() -> Any:
    """Workers of the roster's solver."""
    return typer.Option("--workers", help=say("threads of the solver (default: the cores)"))


def processes() -> Any:
    """Processes of a simulation."""
    return typer.Option("--workers", help=say("processes at most (default: the cores of this machine)"))


def engine() -> Any:
    """The engine of a simulation."""
    return typer.Option("--engine", help=say("compiled: fast; simpy: readable; the calls are the same"))


def seed() -> Any:
    """The seed."""
    return typer.Option("--seed", help=say("seed of every random number"))


def reproducible() -> Any:
    """The same roster on every machine."""
    return typer.Option("--reproducible", help=say("one worker, the same roster every time, on any machine"))


def roster_out() -> Any:
    """Where a roster is written."""
    return typer.Option("--out", help=say("folder to write the roster to"))


def database() -> Any:
    """Another planning store than the usual one."""
    return typer.Option("--url", help=say("database URL (default: WFM_DATABASE_URL, else WFM_HOME/wfm.sqlite)"))


def as_json() -> Any:
    """One JSON document instead of words for people."""
    return typer.Option("--json", help=say("print one JSON document"))


def rejected_max() -> Any:
    """How many rows of an import may be turned away."""
    return typer.Option("--rejected-max", help=say("share of rows that may be rejected; above it nothing is imported"))


def strict() -> Any:
    """No row of an import may be turned away."""
    return typer.Option("--strict", help=say("import nothing if a row is rejected"))


def rejects() -> Any:
    """Where an import lists the rows that it did not use."""
    return typer.Option("--rejects", help=say("CSV file to list every row that was not used"))
