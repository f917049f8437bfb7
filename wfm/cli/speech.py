"""The option parser's own words, in both languages: help headings and usage errors."""

from __future__ import annotations

import gettext
import os
import re
from typing import Any

from typer.core import TyperCommand, TyperGroup

from wfm.i18n import LOCALE_FOLDER, language, list_words, say

__all__ = ["SpokenCommand", "SpokenGroup", "bind_parser_language", "usage_sentence"]

LONGEST_SHOWN = 40
"""Characters of a wrong value that a sentence repeats."""


def bind_parser_language() -> None:
    """Let the parser's headings (Options, Commands, default …) come from ``messages.mo``."""
    if language() == "zh":
        os.environ["LANGUAGE"] = "zh"
        gettext.bindtextdomain("messages", str(LOCALE_FOLDER))
    else:  # an earlier command of this process may have spoken Chinese
        gettext.bindtextdomain("messages", os.devnull)


class _Spoken:
    """Usage line and help option in the language of the moment."""

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Write the usage line."""
        words = " ".join(self.collect_usage_pieces(ctx))  # type: ignore[attr-defined]
        formatter.write_usage(ctx.command_path, words, prefix=say("Usage: "))

    def get_help_option(self, ctx: Any) -> Any:
        """The help option, with its explanation."""
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help = say("show this help and stop")
        return option


class SpokenCommand(_Spoken, TyperCommand):
    """A command that speaks both languages."""


class SpokenGroup(_Spoken, TyperGroup):
    """A group of commands that speaks both languages."""


def usage_sentence(error: Any) -> str:
    """What was wrong with the command line, in one sentence."""
    kind, message = type(error).__name__, str(error.format_message())
    command = error.ctx.command_path if getattr(error, "ctx", None) is not None else "wfm"
    if kind == "MissingParameter":
        return say("{name} is missing; see {command} --help", name=_name(error), command=command)
    if kind == "NoSuchOption":
        close = list_words(list(error.possibilities or []))
        if close:
            return say("there is no option {name}; did you mean {close}?", name=error.option_name, close=close)
        return say("there is no option {name}; see {command} --help", name=error.option_name, command=command)
    if kind == "BadParameter":
        return _bad_value(error)
    unknown = re.match(r"No such command '(.*?)'", message)
    if unknown:
        known = list_words(list(getattr(error.ctx.command, "commands", {})))
        return say("there is no command {name!r}; known: {known}", name=unknown.group(1), known=known)
    extra = re.match(r"Got unexpected extra arguments? ?(?:\(s\))? ?\((.*)\)", message)
    if extra:
        return say("{words!r} is too much here; see {command} --help", words=extra.group(1), command=command)
    needs = re.match(r"Option '(.*?)' requires an argument", message)
    if needs:
        return say("{name} needs a value; see {command} --help", name=needs.group(1), command=command)
    return message


def _name(error: Any) -> str:
    parameter = error.param
    return str(parameter.opts[0] if parameter.param_type_name == "option" else parameter.name.upper())


def _allowed_numbers(error: Any, cause: Any) -> str | None:
    """The bounds of an option whose value lies outside them; None where the value is wrong in another way."""
    first = cause.errors()[0] if hasattr(cause, "errors") else {}
    told = first.get("ctx", {})
    if not {"ge", "le"} & set(told) and first.get("type") != "int_parsing_size":
        return None
    kept = getattr(getattr(error.param, "get_runtime_param", lambda: None)(), "parameter_info", None)
    least, most = getattr(kept, "min", told.get("ge")), getattr(kept, "max", told.get("le"))
    if least is not None and most is not None:
        return say("a number from {least} to {most}", least=least, most=most)
    if most is not None:
        return say("a number up to {most}", most=most)
    return say("a number from {least} on", least=least) if least is not None else None


def _bad_value(error: Any) -> str:
    name = _name(error) if error.param is not None else ""
    cause = error.__cause__ or error.__context__
    found = cause.errors()[0].get("input") if hasattr(cause, "errors") else None
    rules = {
        "Input should be a valid integer": say("a whole number"),
        "Input should be a valid number": say("a number"),
        "Input should be a valid boolean": say("yes or no"),
    }
    allowed = next((rule for start, rule in rules.items() if str(error.message).startswith(start)), None)
    if allowed is None:
        allowed = _allowed_numbers(error, cause)
    if allowed is None or found is None:
        return f"{name}: {error.message}"
    if len(str(found)) > LONGEST_SHOWN:
        found = f"{str(found)[:LONGEST_SHOWN]}…"
    return say("{name}: found {found!r}, allowed is {allowed}", name=name, found=found, allowed=allowed)
