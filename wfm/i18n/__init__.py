"""Chinese and English: texts, the language of the moment, and the message catalogues.

English sentences stand in the code and are the keys; Chinese stands in one catalogue per room under
``wfm/i18n/locale/zh/LC_MESSAGES/``. Sentences are ``str.format`` templates, so that numbers keep
their place in either language::

    say("{line} is {seats} seats short", line=line.name, seats=2)

A parameter may itself be a :class:`Text`; it is shown in the language of the sentence.
"""

from __future__ import annotations

import gettext
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, ClassVar, Literal

__all__ = [
    "LANGUAGES",
    "Language",
    "Text",
    "both",
    "language",
    "language_from_environment",
    "list_words",
    "say",
    "set_language",
    "use_language",
]

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")
LOCALE_FOLDER = Path(__file__).parent / "locale"


@dataclass(frozen=True, slots=True)
class Text:
    """A short text in both languages, as hotlines, standards and KPIs carry them."""

    en: str
    zh: str
    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    def of(self, chosen: Language | None = None) -> str:
        """The text in ``chosen``, or in the language of the moment."""
        return self.zh if (chosen or language()) == "zh" else self.en

    def __str__(self) -> str:
        return self.of()

    def as_dict(self) -> dict[str, str]:
        """``{"en": …, "zh": …}``, as written to JSON."""
        return {"en": self.en, "zh": self.zh}


def language_from_environment() -> Language:
    """``WFM_LANG`` if set, else Chinese when the locale is Chinese, else English."""
    asked = os.environ.get("WFM_LANG") or next(
        (v for v in map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG")) if v), ""
    )
    return "zh" if asked.lower().startswith("zh") else "en"


_language: ContextVar[Language | None] = ContextVar("wfm_language", default=None)


def language() -> Language:
    """The language of the moment (of this thread, request or command)."""
    return _language.get() or language_from_environment()


def set_language(chosen: Language) -> None:
    """Speak ``chosen`` from here on in this context."""
    _language.set(chosen)


@contextmanager
def use_language(chosen: Language) -> Iterator[None]:
    """Speak ``chosen`` inside the ``with`` block."""
    token = _language.set(chosen)
    try:
        yield
    finally:
        _language.reset(token)


@cache
def _catalogues() -> dict[str, gettext.GNUTranslations]:
    """The catalogue of each room that speaks Chinese."""
    found = {}
    for path in sorted((LOCALE_FOLDER / "zh" / "LC_MESSAGES").glob("*.mo")):
        with path.open("rb") as file:
            found[path.stem] = gettext.GNUTranslations(file)
    return found


@lru_cache(maxsize=16_384)
def _in_chinese(template: str, room: str) -> str:
    """The Chinese of a sentence as the room says it that speaks, else as another room does."""
    catalogues = _catalogues()
    own = catalogues.get(room)
    for catalogue in (*((own,) if own is not None else ()), *catalogues.values()):
        found: str = catalogue.gettext(template)
        if found != template:
            return found
    return template


def _speaking(depth: int) -> str:
    """The room whose code is ``depth`` calls up: the same words may mean one thing in one room, another in the next."""
    parts = str(sys._getframe(depth).f_globals.get("__name__", "")).split(".")
    return parts[1] if parts[0] == "wfm" and len(parts) > 1 else parts[0]


def _said(template: str, room: str, values: dict[str, object]) -> str:
    shown = _in_chinese(template, room) if language() == "zh" else template
    return shown.format(**values) if values else shown


def say(template: str, /, **values: object) -> str:
    """``template`` in the language of the moment, filled with ``values``."""
    return _said(template, _speaking(2), values)


def both(template: str, /, **values: object) -> Text:
    """``template`` filled with ``values``, in both languages."""
    room, spoken = _speaking(2), {}
    for chosen in LANGUAGES:
        with use_language(chosen):
            spoken[chosen] = _said(template, room, values)
    return Text(**spoken)


def list_words(words: list[str]) -> str:
    """Words joined as the language does: ``a, b, c`` or ``a、b、c``."""
    return ("、" if language() == "zh" else ", ").join(words)
