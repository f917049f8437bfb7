"""Scenarios of one's own: small YAML files in one folder, each naming its parent and what differs from it.

A file appears whole or not at all. Its version is a hash of what it says, so that whoever saves over a version that
somebody else changed meanwhile is told so and nothing is lost. What is removed is kept aside and can be put back.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from scenarios.scenario import WhatIf, content_hash, read_what_if
from wfm.errors import BadInput
from wfm.i18n import Text, say
from wfm.os_reason import os_reason

__all__ = [
    "OwnScenario",
    "check_name",
    "put_back_scenario",
    "remove_scenario",
    "save_scenario",
    "scenario_version",
    "what_if_bytes",
]

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_ASIDE = ".removed"


@dataclass(frozen=True, slots=True)
class OwnScenario:
    """A scenario as it is to be written."""

    name: str
    """Name of the file and of the scenario."""
    extends: str
    title: Text
    about: Text | None
    set: Mapping[str, Any]


def check_name(name: str) -> str:
    """The name, if a scenario may be called so.

    Raises:
        BadInput: it is no identifier.
    """
    if not _NAME.fullmatch(name):
        raise BadInput(
            say(
                "A scenario's name has at most 40 lower-case letters, digits, - and _, the first a letter or digit "
                "(found {name}).",
                name=f"“{name[:60]}”",
            )
        )
    return name


def scenario_version(path: Path) -> str:
    """Hash of what the file says, whatever its layout and comments; empty if there is no such file.

    Raises:
        BadInput: it is no what-if.
    """
    if not path.is_file():
        return ""
    found = read_what_if(path)
    return content_hash(found[0].model_dump(mode="json") if found else {})


def what_if_bytes(scenario: OwnScenario) -> bytes:
    """The file of a scenario: YAML 1.2, texts in both languages on one line each.

    Raises:
        BadInput: a text holds a character that YAML does not allow.
    """
    document = CommentedMap({"extends": scenario.extends, "name": _text(scenario.title)})
    if scenario.about is not None:
        document["about"] = _text(scenario.about)
    document["set"] = dict(scenario.set)
    yaml = YAML()
    yaml.width = 120
    yaml.allow_unicode = True
    buffer = StringIO()
    yaml.dump(document, buffer)
    return buffer.getvalue().encode()


def _text(text: Text) -> CommentedMap:
    shown = CommentedMap({"en": _line(text.en), "zh": _line(text.zh)})
    shown.fa.set_flow_style()
    return shown


def _line(words: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())


def save_scenario(folder: Path, scenario: OwnScenario, expected: str | None = "") -> str:
    """Write the scenario's file; returns its version.

    Args:
        folder: where one's own scenarios are kept; made if it is not there.
        scenario: what to write.
        expected: version that is to be replaced; empty where there is none yet, None whatever there is.

    Raises:
        BadInput: the name is none, the file was changed or made by somebody else meanwhile, or it cannot be written.
    """
    path = folder / f"{check_name(scenario.name)}.yaml"
    found = scenario_version(path)
    if expected is not None and found != expected:
        if not expected:
            raise BadInput(say("There is a scenario “{name}” already; choose another name.", name=scenario.name))
        raise BadInput(
            say(
                "“{name}” was changed or removed by somebody else meanwhile; open it again to see the change.",
                name=scenario.name,
            )
        )
    content = what_if_bytes(scenario)
    temporary = ""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=".part-", dir=folder)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        written = read_what_if(Path(temporary))
        if written is None or written[0] != _expected(scenario):
            raise BadInput(say("“{name}” cannot be written as YAML.", name=scenario.name))
        Path(temporary).chmod(0o644)
        if expected == "":
            os.link(temporary, path)  # fails where somebody made the same name meanwhile
            Path(temporary).unlink()
        else:
            Path(temporary).replace(path)
    except FileExistsError:
        Path(temporary).unlink(missing_ok=True)
        raise BadInput(say("There is a scenario “{name}” already; choose another name.", name=scenario.name)) from None
    except OSError as error:
        raise BadInput(say("cannot write to {folder}: {reason}", folder=folder, reason=os_reason(error))) from None
    finally:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
    return scenario_version(path)


def _expected(scenario: OwnScenario) -> WhatIf:
    def text(words: Text | None) -> Text | None:
        return None if words is None else Text(_line(words.en), _line(words.zh))

    return WhatIf(
        extends=scenario.extends, name=text(scenario.title), about=text(scenario.about), set=dict(scenario.set)
    )


def remove_scenario(folder: Path, name: str) -> str:
    """Take a scenario away; returns the token with which :func:`put_back_scenario` brings it back.

    Raises:
        BadInput: there is none of this name, or it cannot be moved.
    """
    path = folder / f"{check_name(name)}.yaml"
    if not path.is_file():
        raise BadInput(say("There is no scenario “{name}” of one's own.", name=name))
    aside = folder / _ASIDE
    token = f"{name}.{scenario_version(path)}"
    try:
        aside.mkdir(exist_ok=True)
        path.replace(aside / f"{token}.yaml")
    except OSError as error:
        raise BadInput(say("cannot write to {folder}: {reason}", folder=folder, reason=os_reason(error))) from None
    return token


def put_back_scenario(folder: Path, token: str) -> str:
    """Bring a removed scenario back; returns its name.

    Raises:
        BadInput: there is nothing to bring back, or another one of its name is there now.
    """
    name = check_name(token.partition(".")[0])
    kept, path = folder / _ASIDE / f"{Path(token).name}.yaml", folder / f"{name}.yaml"
    if not kept.is_file():
        raise BadInput(say("There is nothing left of “{name}” to bring back.", name=name))
    if path.exists():
        raise BadInput(say("There is a scenario “{name}” already; choose another name.", name=name))
    kept.replace(path)
    return name
