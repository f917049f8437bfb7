"""The one exception that reaches a person: bad input, said in one sentence."""

from __future__ import annotations


class BadInput(Exception):
    """Input that cannot be used.

    The message is one clear sentence in the reader's language: where it stands, what was found and
    what is allowed. The command line prints it and exits with code 2; the dashboard shows it.
    """
