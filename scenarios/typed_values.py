"""What somebody types for a parameter: read as a value, or refused in one sentence.

Numbers may carry their unit (``240 s``), shares may be written in per cent (``12 %``), and a change against the present
value as ``+20 %``, ``-15 %`` or ``+5 pp`` (percentage points). Hours are written ``08:00-18:00`` or ``closed``, lists as in YAML.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from scenarios.parameters import VARIES, Parameter, parameters_of, unit_text
from scenarios.scenario import KeyPath, set_values
from wfm.calendar.published import is_known_country
from wfm.errors import BadInput
from wfm.hotline import Hotline, targets_of
from wfm.hotline.parts import Misfit
from wfm.hotline.yaml_errors import sentence_of
from wfm.hotline.yaml_source import parse_yaml
from wfm.i18n import say

__all__ = ["TYPED_MAX", "Checked", "check_typed", "check_values", "read_typed", "typed_text"]

TYPED_MAX = 20_000
"""Characters that may be typed for one parameter."""

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_CHANGE = re.compile(r"([+-])\s*(\d{1,6}(?:\.\d{0,6})?|\.\d{1,6})\s*(%|pp|个百分点|百分点)")
_PERCENT = re.compile(r"(\d{1,6}(?:\.\d{0,9})?|\.\d{1,9})\s*%")
_HOURS = re.compile(r"(\d{1,2}:\d\d)\s*(?:-|–|—|~|至|到|to)\s*(\d{1,2}:\d\d)")
_YES = ("yes", "true", "on", "是", "有", "开")
_NO = ("no", "false", "off", "否", "无", "关")
_NOTHING = ("empty", "none", "null", "~", "空")
_CLOSED = ("closed", "关闭", "不开放", *_NOTHING)


@dataclass(frozen=True, slots=True)
class Checked:
    """A draft of overrides, read and checked."""

    hotline: Hotline | None
    """The hotline with all of it; None while something is wrong."""
    overrides: dict[str, Any]
    """Values by key path, as a what-if file holds them; those that change nothing are left out."""
    problems: dict[str, str]
    """One sentence by the path of the parameter that it stands beneath."""
    rest: tuple[str, ...] = ()
    """Sentences about what no typed parameter names."""


def read_typed(parameter: Parameter, typed: str) -> dict[str, Any]:
    """What the text sets, by key path; empty where it leaves the present value.

    A change in per cent of a parameter for all items changes each from its own value.

    Raises:
        BadInput: the text is no value of the parameter, in one sentence.
    """
    text = typed.encode("utf-8", "replace").decode().strip()
    if parameter.kind not in ("list", "text"):
        text = unicodedata.normalize("NFKC", text).replace("−", "-").strip()
    if not text:
        return {}
    if len(text) > TYPED_MAX:
        raise BadInput(say("should have at most {most} characters", most=TYPED_MAX))
    change = _CHANGE.fullmatch(text.lower()) if parameter.numeric else None
    if change is not None:
        return _changed(parameter, change)
    value = _fitting(parameter, _plain(parameter, text))
    if parameter.now is not VARIES and _same(value, parameter.now):
        return {}
    return {parameter.path: value}


def typed_text(value: Any) -> str:
    """A value as somebody would type it, which :func:`read_typed` reads as the same value."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if isinstance(value, (list, tuple)) and len(value) == 2 and all(isinstance(v, str) and ":" in v for v in value):
        return f"{value[0]}-{value[1]}"
    if isinstance(value, (list, tuple, Mapping)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return repr(value)


def check_typed(hotline: Hotline, typed: Mapping[str, str]) -> Checked:
    """The whole draft: each text read by itself, then the hotline with all of them.

    Args:
        hotline: the hotline that the scenario starts from.
        typed: what was typed, by the path of the parameter; empty texts leave the present value.
    """
    known = {p.path: p for p in parameters_of(hotline)}
    overrides: dict[str, Any] = {}
    problems: dict[str, str] = {}
    # What stands for all items comes before what is said of one of them, whatever was typed first.
    for path in sorted(typed, key=lambda p: ("*" not in p, p)):
        if not typed[path].strip():
            continue
        if path not in known:
            problems[path] = say("the hotline {hotline} has no such key", hotline=hotline.id)
            continue
        try:
            overrides |= read_typed(known[path], typed[path])
        except BadInput as error:
            problems[path] = str(error).splitlines()[0]
    if problems:
        return Checked(None, overrides, problems)
    changed, found, rest = check_values(hotline, overrides)
    owners = {o: _owner(o, typed) for o in overrides}
    problems = {owners[path]: sentence for path, sentence in found.items()}
    return Checked(changed, overrides, problems, rest)


def _owner(path: str, typed: Mapping[str, str]) -> str:
    """The typed parameter that an override came from: itself, or the one for all items."""
    if path in typed and typed[path].strip():
        return path
    steps = path.split(".")
    for index in range(len(steps)):
        starred = ".".join([*steps[:index], "*", *steps[index + 1 :]])
        if starred in typed:
            return starred
    return path


def _changed(parameter: Parameter, change: re.Match[str]) -> dict[str, Any]:
    amount = float(change[2]) / 100 * (1 if change[1] == "+" else -1)
    points = change[3] != "%"
    if points and parameter.unit != "0–1":
        raise BadInput(say("percentage points are for shares only; write +20 % for a change in proportion"))
    if amount == 0:
        return {}
    starred = parameter.now is VARIES
    values = parameter.spread if starred else (parameter.now,)
    if any(value is None for value in values):
        raise BadInput(say("has no value now that could be changed in proportion; type a value"))

    def moved(value: float) -> float | int:
        after = value + amount if points else value * (1 + amount)
        return round(after) if parameter.kind == "whole" else float(f"{after:.10g}")

    if not starred:
        return {parameter.path: _fitting(parameter, moved(parameter.now))}
    head, _, tail = parameter.path.partition(".*.")
    return {
        f"{head}.{item}.{tail}": _fitting(parameter, moved(value))
        for item, value in zip(parameter.items, values, strict=True)
    }


def _plain(parameter: Parameter, text: str) -> Any:
    """The text as JSON could hold it; whether it fits is asked afterwards."""
    low = text.lower()
    if parameter.may_be_empty and low in (_CLOSED if parameter.kind == "hours" else _NOTHING):
        return None
    if parameter.numeric:
        return _number(parameter, low)
    if parameter.kind == "yes-no":
        if low in _YES or low in _NO:
            return low in _YES
        raise BadInput(say("should be yes or no (found {found})", found=_shown(text)))
    if parameter.kind == "choice":
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text
    if parameter.kind == "hours":
        hours = _HOURS.fullmatch(low)
        if hours is not None:
            return [clock.zfill(5) for clock in hours.groups()]
    if parameter.kind == "text":
        return text
    body = "\n".join(f"  {line}" for line in text.split("\n"))
    try:
        value: Any = parse_yaml(f"v:\n{body}", "YAML").data["v"]
    except BadInput as error:
        raise BadInput(str(error).splitlines()[0]) from None
    return json.loads(json.dumps(value, default=str, ensure_ascii=False))


def _number(parameter: Parameter, text: str) -> float | int:
    share = _PERCENT.fullmatch(text)
    if share is not None:
        if parameter.unit not in ("0–1", "") or parameter.kind == "whole":
            raise BadInput(say("per cent alone is for shares; write +20 % for a change against the present value"))
        return float(f"{float(share[1]) / 100:.10g}")
    for ending in sorted({parameter.unit, *unit_text(parameter.unit).as_dict().values()}, key=len, reverse=True):
        if ending and text.endswith(ending.lower()) and parameter.unit != "0–1":
            text = text[: -len(ending)].strip()
            break
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    if len(text) > 300 or not _NUMBER.fullmatch(text):
        kind = say("should be a whole number") if parameter.kind == "whole" else say("should be a number")
        raise BadInput(say("{rule} (found {found})", rule=kind, found=_shown(text)))
    whole = text.lstrip("+-").isdigit()
    return int(text) if whole and len(text) < 20 else float(text)


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return f"“{line}”" if len(line) <= 40 else f"“{line[:39]}…”"


def _same(value: Any, now: Any) -> bool:
    return bool(value == now) and isinstance(value, bool) == isinstance(now, bool)


def _fitting(parameter: Parameter, value: Any) -> Any:
    """The value, if the model allows it by itself; a whole number written with decimals is one.

    Raises:
        BadInput: it does not, in the model's sentence.
    """
    if (isinstance(value, float) and value != value) or value in (float("inf"), float("-inf")):
        raise BadInput(say("should be a finite number"))
    if parameter.kind == "whole" and isinstance(value, float) and value.is_integer():
        value = int(value)
    if parameter.kind == "number" and isinstance(value, int) and not isinstance(value, bool):
        value = float(value) if abs(value) < 2**53 else value
        value = int(value) if value == int(value) else value
    try:
        TypeAdapter(parameter.annotation).validate_json(json.dumps(value, ensure_ascii=False), strict=True)
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        at = tuple(x for x in detail["loc"] if isinstance(x, int) or "[" not in x)
        sentence = sentence_of(detail, Hotline, (*parameter.key.split("."), *at))
        inner = [str(x) for x in at if parameter.kind == "list"]
        raise BadInput(f"{'.'.join(inner)}: {sentence}" if inner else sentence) from None
    return value


def check_values(
    hotline: Hotline, overrides: Mapping[str, Any]
) -> tuple[Hotline | None, dict[str, str], tuple[str, ...]]:
    """The hotline with these values by key path; None beside sentences by key path, and those that belong to none."""
    raw = hotline.model_dump(mode="json", by_alias=True)
    places: dict[KeyPath, str] = {}
    problems: dict[str, str] = {}
    for path, value in overrides.items():
        found = set_values(raw, path.split("."), value)
        if not found:
            problems[path] = say("the hotline {hotline} has no such key", hotline=hotline.id)
        places |= dict.fromkeys(found, path)
    if problems:
        return None, problems, ()
    try:
        changed = Hotline.model_validate_json(json.dumps(raw, ensure_ascii=False), strict=True)
        targets_of(changed)
        if changed.calendar.country not in (None, "CN") and not is_known_country(str(changed.calendar.country)):
            problem = say("the holidays of {country} are not known", country=changed.calendar.country)
            return None, {}, (problem,)
        return changed, {}, ()
    except ValidationError as error:
        rest: list[str] = []
        for detail in error.errors(include_url=False):
            cause = detail.get("ctx", {}).get("error")
            at: KeyPath = (*detail["loc"], *(cause.at if isinstance(cause, Misfit) else ()))
            sentence = sentence_of(detail, Hotline, at)
            owner = next((places[at[:n]] for n in range(len(at), 0, -1) if at[:n] in places), None)
            owner = owner or _nearest(at, places)
            if owner is not None:
                problems.setdefault(owner, sentence)
            else:
                rest.append(f"{'.'.join(map(str, at))}: {sentence}" if at else sentence)
        return None, problems, tuple(dict.fromkeys(rest))
    except BadInput as error:
        return None, {}, tuple(str(error).splitlines())


def _nearest(at: KeyPath, places: Mapping[KeyPath, str]) -> str | None:
    """The override inside the part that does not fit together, if there is one alone."""
    inside = {owner for place, owner in places.items() if place[: len(at)] == at or place[:-1] == at[:-1]}
    return inside.pop() if len(inside) == 1 else None
