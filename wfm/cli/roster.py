"""``wfm roster``: build, judge, mend and hand out rosters; each subcommand has a file of its own."""

from __future__ import annotations

import importlib

import typer

from wfm.i18n import say

__all__ = ["SUBCOMMANDS", "register"]

SUBCOMMANDS = (
    "roster_build",
    "roster_patterns",
    "roster_export",
    "roster_check",
    "roster_compare",
    "roster_who",
    "roster_month",
    "roster_publish",
    "roster_swap",
    "roster_leave",
    "roster_withdraw",
    "roster_settle",
    "roster_repair",
    "roster_why",
)
"""Files of this package that register subcommands, in the order of the help."""


def register(app: typer.Typer) -> None:
    """Add the group ``wfm roster`` with its subcommands."""
    group = typer.Typer(
        name="roster", help=say("Rosters: who works when, A and B on every post, legal and fair."), no_args_is_help=True
    )
    for name in SUBCOMMANDS:
        importlib.import_module(f"wfm.cli.{name}").register(group)
    app.add_typer(group)
