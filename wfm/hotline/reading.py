"""Reading a hotline from disk: a folder with ``hotline.yaml``, and beside it its people and leave."""

from __future__ import annotations

import json
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

import wfm
from wfm.calendar.published import is_known_country
from wfm.errors import BadInput
from wfm.hotline.model import Hotline
from wfm.hotline.targets import check_targets
from wfm.hotline.yaml_errors import Walk, explain_errors
from wfm.hotline.yaml_source import YamlSource, read_yaml
from wfm.i18n import list_words, say

__all__ = ["HOTLINE_FILE", "check_data", "find_hotline", "library_folder", "library_names", "load_hotline"]

HOTLINE_FILE = "hotline.yaml"

M = TypeVar("M", bound=BaseModel)


def load_hotline(path: str | Path) -> Hotline:
    """The hotline in a folder (its ``hotline.yaml``) or in a YAML file.

    Raises:
        BadInput: the file is missing, is not YAML, or says something a hotline cannot be; one line a
            mistake, with file, line, column, key path, what was found and what is allowed.
    """
    source = read_yaml(hotline_file(Path(path)))
    hotline = check_source(Hotline, source)

    def where(at: tuple[str | int, ...]) -> str:
        return f"{source.where(at)}: {'.'.join(map(str, at))}"

    check_targets(hotline, where)
    if hotline.calendar.country not in (None, "CN") and not is_known_country(str(hotline.calendar.country)):
        raise BadInput(
            say(
                "{where}: the holidays of {country} are not known; leave country empty and give the days in calendar.days",
                where=where(("calendar", "country")),
                country=hotline.calendar.country,
            )
        )
    return hotline


def hotline_file(path: Path) -> Path:
    """The YAML file meant by a folder or file.

    Raises:
        BadInput: there is no such file or folder, or the folder holds no ``hotline.yaml``.
    """
    if path.is_dir():
        if not (path / HOTLINE_FILE).is_file():
            raise BadInput(say("{path}: the folder holds no {file}", path=path, file=HOTLINE_FILE))
        return path / HOTLINE_FILE
    if not path.exists():
        raise BadInput(say("{path}: there is no such file or folder", path=path))
    return path


def check_source(model: type[M], source: YamlSource) -> M:
    """The YAML document as a ``model``.

    Raises:
        BadInput: it does not fit, as :func:`load_hotline` says it.
    """
    return check_data(model, source.data, source.name, source.walk)


def check_data(model: type[M], data: Any, name: str, walk: Walk) -> M:
    """Plain values as a ``model``; ``walk`` tells where a key stands, ``name`` what file to name.

    Numbers are numbers, text is text: ``"640"`` is no number and ``1`` is not true.

    Raises:
        BadInput: the values do not fit; one line a mistake.
    """
    try:
        return model.model_validate_json(json.dumps(data, default=str, ensure_ascii=False), strict=True)
    except ValidationError as error:
        raise BadInput(explain_errors(error, model, name, walk)) from None


@cache
def library_folder() -> Path:
    """The folder of the shipped hotlines: ``scenarios/library`` beside the ``wfm`` package."""
    return Path(wfm.__file__).resolve().parents[1] / "scenarios" / "library"


def library_names() -> list[str]:
    """Names of the shipped hotlines, sorted."""
    return list(_library_names())


@cache
def _library_names() -> tuple[str, ...]:
    return tuple(sorted(path.parent.name for path in library_folder().glob(f"*/{HOTLINE_FILE}")))


def find_hotline(name_or_path: str | Path) -> Path:
    """The folder (or YAML file) of a hotline: a path that exists, else a shipped hotline's name.

    Raises:
        BadInput: neither; the message lists the known names and the closest.
    """
    path = Path(name_or_path)
    names = library_names()
    if str(name_or_path) in names and not (path / HOTLINE_FILE).is_file():
        return library_folder() / str(name_or_path)
    if path.is_file() or (path / HOTLINE_FILE).is_file():
        return path
    if path.is_dir() or path.suffix or len(path.parts) > 1:
        return hotline_file(path)
    close = get_close_matches(str(name_or_path), names, n=1)
    if close:
        raise BadInput(
            say(
                "no hotline {name!r}; did you mean {close}? Known: {known}; or give the path of a folder with {file}",
                name=str(name_or_path),
                close=close[0],
                known=list_words(names),
                file=HOTLINE_FILE,
            )
        )
    raise BadInput(
        say(
            "no hotline {name!r}; known: {known}; or give the path of a folder with {file}",
            name=str(name_or_path),
            known=list_words(names),
            file=HOTLINE_FILE,
        )
    )
