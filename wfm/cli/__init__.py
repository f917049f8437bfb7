"""The command line: ``wfm``, one file per command.

A command file holds ``register(app)``; heavy libraries are imported inside the commands, so that
``wfm --help`` answers at once.
"""

from __future__ import annotations

import sys

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns and, as the console script, exits with the code.

    0 done (also when a target is missed), 2 bad input, 130 interrupted.
    """
    from wfm.cli.app import run

    return run(sys.argv[1:] if arguments is None else arguments)
