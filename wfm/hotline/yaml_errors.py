"""What is wrong with a configuration, in one sentence a line: where, what, what is allowed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from wfm.hotline.parts import Misfit
from wfm.hotline.reference import keys_under
from wfm.hotline.yaml_source import Place
from wfm.i18n import list_words, say

__all__ = ["Path", "Walk", "explain_errors", "found_words", "sentence_of"]

Path = tuple[str | int, ...]
Walk = Callable[[Path], tuple[Path, Place | None]]
"""Parts of a path that exist, and the line and column of the last."""

SHOWN_MAX = 20
_MISSING = ("missing", "missing_argument")
_UNKNOWN = ("extra_forbidden", "unexpected_keyword_argument")


def explain_errors(error: ValidationError, model: type[BaseModel], name: str, walk: Walk) -> str:
    """Every error on a line of its own: ``hotline.yaml:12:9: lines.0.talk_s: should be greater than 0 (found -180)``.

    Args:
        error: what pydantic found.
        model: the model that was validated; knows which keys exist.
        name: file name to show.
        walk: finds the place of a key path.
    """
    placed: list[tuple[Place, str]] = []
    details = _without_noise(error.errors(include_url=False))
    misspelt = {(*d["loc"][:-1], _meant(model, d["loc"])) for d in details if d["type"] in _UNKNOWN}
    for detail in details:
        if detail["type"] in _MISSING and detail["loc"] in misspelt:
            continue  # the key is there, misspelt: one mistake, one sentence
        path = tuple(part for part in detail["loc"] if not _is_tag(part))
        cause = detail.get("ctx", {}).get("error")
        if isinstance(cause, Misfit):
            path = (*path, *cause.at)
        known, place = walk(path)
        shown = path if detail["type"] == "missing" or not known else known
        where = name if place is None else f"{name}:{place[0]}:{place[1]}"
        dotted = ".".join(map(str, shown))
        sentence = sentence_of(detail, model, shown)
        placed.append((place or (0, 0), f"{where}: {dotted}: {sentence}" if dotted else f"{where}: {sentence}"))
    lines = list(dict.fromkeys(line for _, line in sorted(placed, key=lambda item: item[0])))
    if len(lines) > SHOWN_MAX:
        lines[SHOWN_MAX:] = [say("… and {count} more", count=len(lines) - SHOWN_MAX)]
    return "\n".join(lines)


def _is_tag(part: str | int) -> bool:
    """Whether pydantic added this part to name a union's member or a validator."""
    return isinstance(part, str) and ("[" in part or part in ("str", "int", "float", "bool", "is-instance"))


def _without_noise(details: Sequence[ErrorDetails]) -> list[ErrorDetails]:
    """One error where several members of a union, or a list and its entries, complained about the same value."""

    def at(detail: ErrorDetails) -> Path:
        return tuple(part for part in detail["loc"] if not _is_tag(part))

    kept: list[ErrorDetails] = []
    for detail in details:
        inside = len(detail["loc"])
        if detail["type"] == "too_short" and any(
            len(d["loc"]) > inside and d["loc"][:inside] == detail["loc"] for d in details
        ):
            continue  # entries that failed are not counted; they speak for themselves
        if len(at(detail)) != len(detail["loc"]):
            rivals = [d for d in details if d is not detail and at(d)[: len(at(detail))] == at(detail)]
            is_list = isinstance(detail["input"], list | tuple)
            if rivals and (detail["type"] == "literal_error" if is_list else detail["type"] == "tuple_type"):
                continue
        kept.append(detail)
    return kept


def found_words(value: object) -> str:
    """A value as a message shows it: short, and never a whole table."""
    if value is None:
        return say("nothing")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return say("keys with values")
    if isinstance(value, list | tuple):
        return say("a list of {count}", count=len(value))
    text = repr(value) if isinstance(value, str) else f"{value}"
    return text if len(text) <= 60 else text[:57] + "…" + ("'" if isinstance(value, str) else "")


def sentence_of(detail: ErrorDetails, model: type[BaseModel], path: Path) -> str:
    """One of pydantic's errors as a sentence in the language of the moment; ``path`` is where the value stands."""
    kind, ctx = detail["type"], detail.get("ctx", {})
    if kind == "value_error":
        return str(ctx["error"])
    if kind in _MISSING:
        return say("is missing")
    if kind in _UNKNOWN:
        return _unknown_key(model, path)
    return say("{rule} (found {found})", rule=_rule(kind, ctx, detail), found=found_words(detail["input"]))


_PATTERNS: dict[str, Callable[[], str]] = {
    r"^[a-z0-9][a-z0-9_-]{0,39}$": lambda: say(
        "should be an identifier: at most 40 lower-case letters, digits, - and _, the first a letter or digit"
    ),
    r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$": lambda: say("should be a time of day from 00:00 to 24:00, as HH:MM"),
    r"^\d{3,12}$": lambda: say("should be 3 to 12 digits in quotes"),
    r"^[A-Z]{2}$": lambda: say("should be a country's two capital letters, as CN"),
    r"^[01]{7}$": lambda: say("should be seven digits 0 or 1, Monday first"),
}


def _rule(kind: str, ctx: Mapping[str, Any], detail: ErrorDetails) -> str:
    bounds: dict[str, Callable[[], str]] = {
        "greater_than": lambda: say("should be greater than {limit:g}", limit=ctx["gt"]),
        "greater_than_equal": lambda: say("should be at least {limit:g}", limit=ctx["ge"]),
        "less_than": lambda: say("should be less than {limit:g}", limit=ctx["lt"]),
        "less_than_equal": lambda: say("should be at most {limit:g}", limit=ctx["le"]),
        "finite_number": lambda: say("should be a finite number"),
        "literal_error": lambda: say("should be one of {allowed}", allowed=_allowed(str(ctx["expected"]))),
        "too_short": lambda: say("should hold at least {least} entries", least=ctx["min_length"]),
        "too_long": lambda: say("should hold at most {most} entries", most=ctx["max_length"]),
        "string_too_short": lambda: say("should not be empty"),
        "string_too_long": lambda: say("should have at most {most} characters", most=ctx["max_length"]),
        "string_pattern_mismatch": lambda: _PATTERNS.get(
            str(ctx["pattern"]), lambda: say("should match {pattern}", pattern=ctx["pattern"])
        )(),
    }
    if kind in bounds:
        return bounds[kind]()
    if kind == "string_type" and isinstance(detail["input"], int | float):
        return say("should be text: put it in quotes")
    families: tuple[tuple[tuple[str, ...], Callable[[], str]], ...] = (
        (("string",), lambda: say("should be text")),
        (("int",), lambda: say("should be a whole number")),
        (("float", "decimal"), lambda: say("should be a number")),
        (("bool",), lambda: say("should be true or false")),
        (("date", "datetime"), lambda: say("should be a date, as 2026-09-20")),
        (("list", "tuple", "set"), lambda: say("should be a list")),
        (("dict", "mapping", "model"), lambda: say("should be keys with values")),
        (("dataclass",), lambda: say("should be a text in both languages: en: … and zh: …")),
    )
    family = kind.split("_")[0]
    for names, words in families:
        if family in names:
            return words()
    return str(detail["msg"])


def _allowed(expected: str) -> str:
    """The values that pydantic lists as ``'a', 'b' or 'c'``, joined as the language does."""
    return list_words([word.strip().strip("'") for word in expected.replace(" or ", ", ").split(",")])


def _meant(model: type[BaseModel], path: Path) -> str | None:
    """The known key that an unknown one probably stands for; ``a.b`` where it belongs one level deeper."""
    known = keys_under(model, path[:-1])
    asked = str(path[-1])
    deeper = [".".join(key) for key in known if len(key) > 1 and key[-1] == asked and "*" not in key]
    close = deeper[:1] or get_close_matches(asked, sorted({key[0] for key in known}), n=1, cutoff=0.6)
    return close[0] if close else None


def _unknown_key(model: type[BaseModel], path: Path) -> str:
    meant = _meant(model, path)
    if meant is not None:
        return say("unknown key; did you mean {close}?", close=meant)
    direct = sorted({key[0] for key in keys_under(model, path[:-1])})
    if not direct:
        return say("unknown key")
    return say("unknown key; known: {known}", known=list_words(direct))
