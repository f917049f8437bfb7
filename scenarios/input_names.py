"""What a result was made from, in words: the name of each input and the beginning of its hash."""

from __future__ import annotations

from collections.abc import Mapping

from wfm.i18n import say

__all__ = ["input_words"]


def input_words(inputs: Mapping[str, str], digits: int = 8) -> list[str]:
    """``posts 3f820bf5`` for each input, in the language of the moment and the order given."""
    names = {
        "hotline": say("hotline"),
        "agents": say("staff list"),
        "leave": say("leave"),
        "wishes": say("wishes"),
        "pins": say("pins"),
        "busy": say("busy hours"),
        "posts": say("posts"),
        "calendar": say("calendar"),
        "history": say("roster before"),
        "records": say("call records"),
        "requests": say("requests collected"),
        "standard": say("standard"),
        "duties": say("duty table"),
        "repaired": say("repaired roster"),
        "balances": say("balances"),
    }
    return [f"{names.get(key, key)} {value[:digits]}" for key, value in inputs.items()]
