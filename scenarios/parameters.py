"""Every parameter of a hotline that a scenario may set: where it stands, its unit, default, value and meaning.

Made by walking the hotline beside its models, so that a key which the model gains is a parameter at once. Items of
lists go by their ``id``; a parameter that all items of a list share stands once more with ``*``, for all at once.
Names, identifiers and sources are no parameters.
"""

from __future__ import annotations

import threading
import types
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from wfm.hotline import Hotline, reference_rows
from wfm.hotline.reference import ReferenceRow
from wfm.i18n import Text, both

__all__ = [
    "COMMON",
    "VARIES",
    "Kind",
    "Parameter",
    "Section",
    "leaf_values",
    "parameter_at",
    "parameters_of",
    "sections_of",
    "unit_text",
]

Kind = Literal["number", "whole", "yes-no", "choice", "text", "hours", "list"]

COMMON = (
    "lines.*.demand.scale",
    "lines.*.handling.scale",
    "lines.*.demand.calls_per_day",
    "lines.*.handling.talk_s",
    "lines.*.handling.wrap_s",
    "lines.*.patience.mean_s",
    "ivr.self_service_share",
    "shrinkage.unplanned_share",
    "shrinkage.planned_share",
    "call_back.missed_calls",
    "call_back.reached_share",
    "seats.opened",
    "seats.built",
    "opening.weekday",
    "opening.weekend",
    "opening.holiday",
    "occupancy_max",
)
"""Keys that are asked for most, in the order in which a form shows them first."""

VARIES = object()
"""Value of a parameter for all items at once, where the items differ."""

_NAMES = frozenset({"id", "name", "about", "short", "number", "sources"})


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the hotline under which a form shows its parameters."""

    key: str
    """``common``, or the key path of the part: ``ivr``, ``lines.*``, ``lines.general``."""
    title: Text
    of: Text | None = None
    """Name of the list that it is an item of."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of one hotline."""

    path: str
    """Key path as a scenario writes it: ``lines.general.demand.scale``, ``lines.*.demand.scale``."""
    key: str
    """The same with ``*`` for every item, as the reference of the model names it."""
    section: str
    kind: Kind
    unit: str
    description: str
    """The model's own words, in English; a key of the message catalogue."""
    default: Any
    """The model's default; None beside ``required`` where it has none."""
    required: bool
    now: Any
    """Its value in the hotline, as JSON holds it; :data:`VARIES` where the items differ."""
    choices: tuple[str, ...]
    may_be_empty: bool
    annotation: Any
    """What the model allows, for pydantic."""
    spread: tuple[Any, ...] = ()
    """Of a parameter for all items: the value of each."""
    items: tuple[str, ...] = ()
    """Of a parameter for all items: the identifier of each."""

    @property
    def numeric(self) -> bool:
        """Whether it is a number, which can be swept over a range."""
        return self.kind in ("number", "whole")


def parameters_of(hotline: Hotline) -> tuple[Parameter, ...]:
    """Every parameter of the hotline, in the model's order; those of all items of a list before those of each."""
    # A hotline never changes, and a form asks for its parameters at every letter that is typed.
    kept = _walked.get(id(hotline))
    if kept is None or kept[0] is not hotline:
        kept = (hotline, _walk(hotline))
        with _lock:
            _walked[id(hotline)] = kept
            while len(_walked) > _WALKED_MAX:
                _walked.popitem(last=False)
    return kept[1]


_WALKED_MAX = 32
_walked: OrderedDict[int, tuple[Hotline, tuple[Parameter, ...]]] = OrderedDict()
_lock = threading.Lock()


def _walk(hotline: Hotline) -> tuple[Parameter, ...]:
    found: list[Parameter] = []
    raw = hotline.model_dump(mode="json", by_alias=True)
    for field, value, name, now in _fields(hotline, raw):
        key = (name,)
        if _is_list_of_parts(value):
            found += _of_list(value, now, name, field)
        elif isinstance(value, BaseModel):
            found += _leaves(value, now, key, key, name)
        else:
            found.append(_parameter(field, now, key, key, "hotline"))
    return tuple(found)


def sections_of(hotline: Hotline) -> tuple[Section, ...]:
    """The sections of a form, in its order: what is common first, then the parts of the hotline."""
    sections = [Section("common", both("Asked for most")), Section("hotline", both("Whole hotline"))]
    for name, field in Hotline.model_fields.items():
        value = getattr(hotline, name)
        if name in _NAMES:
            continue
        title = _described(field)
        if _is_list_of_parts(value):
            if len(value) > 1 and _have_ids(value):
                sections.append(Section(f"{name}.*", both("All together"), title))
            for index, item in enumerate(value):
                shown = getattr(item, "name", None)
                own = shown if isinstance(shown, Text) else Text(_item(item, index), _item(item, index))
                sections.append(Section(f"{name}.{_item(item, index)}", own, title))
        elif isinstance(value, BaseModel):
            sections.append(Section(name, title))
    lists = [p for p in parameters_of(hotline) if p.section == "lists"]
    return (*sections, *((Section("lists", both("Whole lists (YAML)")),) if lists else ()))


def parameter_at(hotline: Hotline, path: str) -> Parameter | None:
    """The parameter at a key path; None if there is none."""
    return next((p for p in parameters_of(hotline) if p.path == path), None)


def leaf_values(hotline: Hotline) -> dict[str, Parameter]:
    """The parameters that stand for one place each, by path: what two hotlines are compared by."""
    return {p.path: p for p in parameters_of(hotline) if "*" not in p.path and p.section != "lists"}


_UNITS = {
    "s": Text("s", "秒"),
    "min": Text("min", "分钟"),
    "h": Text("h", "小时"),
    "1/h": Text("per hour", "每小时"),
    "1/d": Text("per day", "每天"),
    "working days": Text("working days", "个工作日"),
    "seats": Text("seats", "席"),
    "calls": Text("calls", "路"),
    "days": Text("days", "天"),
    "nights": Text("nights", "个夜班"),
    "duties": Text("duties", "个班"),
    "shifts": Text("shifts", "个班次"),
    "posts": Text("posts", "岗"),
    "heads": Text("people", "人"),
    "people": Text("people", "人"),
    "months": Text("months", "个月"),
    "currency": Text("yuan", "元"),
    "currency/h": Text("yuan/h", "元/小时"),
    "currency/month": Text("yuan/month", "元/月"),
    "h/month": Text("h/month", "小时/月"),
    "days/year": Text("days/year", "天/年"),
    "share/year": Text("share a year", "每年占比"),
    "0–1": Text("share 0–1", "占比 0–1"),
}


def unit_text(unit: str) -> Text:
    """A unit of the reference in both languages; empty for none."""
    return _UNITS.get(unit, Text(unit, unit))


def _fields(part: BaseModel, raw: Mapping[str, Any]) -> Iterator[tuple[FieldInfo, Any, str, Any]]:
    for name, field in type(part).model_fields.items():
        shown = field.alias or name
        if shown not in _NAMES:
            yield field, getattr(part, name), shown, raw[shown]


def _of_list(items: tuple[BaseModel, ...], raw: list[Any], name: str, field: FieldInfo) -> list[Parameter]:
    """The parameters of each item of a list, those of all items, and the list as a whole."""
    each: list[list[Parameter]] = []
    for index, (item, now) in enumerate(zip(items, raw, strict=True)):
        label = _item(item, index)
        each.append(list(_leaves(item, now, (name, label), (name, "*"), f"{name}.{label}")))
    together = []
    if _have_ids(items):
        for first in each[0]:
            tail = first.path.split(".", 2)[2]
            alike = [next((p for p in its if p.path.split(".", 2)[2] == tail), None) for its in each]
            known = [p for p in alike if p is not None]
            if len(known) == len(each):
                together.append(_together(known, f"{name}.*.{tail}", f"{name}.*"))
    whole = _parameter(field, raw, (name,), (name,), "lists")
    return [*together, *(p for its in each for p in its), whole]


def _together(each: list[Parameter], path: str, section: str) -> Parameter:
    first, values = each[0], tuple(p.now for p in each)
    same = all(value == values[0] for value in values)
    return Parameter(
        path=path,
        key=first.key,
        section=section,
        kind=first.kind,
        unit=first.unit,
        description=first.description,
        default=first.default,
        required=first.required,
        now=values[0] if same else VARIES,
        choices=first.choices,
        may_be_empty=first.may_be_empty,
        annotation=first.annotation,
        spread=values,
        items=tuple(p.path.split(".", 2)[1] for p in each),
    )


def _leaves(
    part: BaseModel, raw: Mapping[str, Any], path: tuple[str, ...], key: tuple[str, ...], section: str
) -> Iterator[Parameter]:
    for field, value, name, now in _fields(part, raw):
        if _is_list_of_parts(value):
            for index, (item, its) in enumerate(zip(value, now, strict=True)):
                yield from _leaves(item, its, (*path, name, _item(item, index)), (*key, name, "*"), section)
        elif isinstance(value, BaseModel):
            yield from _leaves(value, now, (*path, name), (*key, name), section)
        elif not isinstance(value, Text):
            yield _parameter(field, now, (*path, name), (*key, name), section)


def _parameter(field: FieldInfo, now: Any, path: tuple[str, ...], key: tuple[str, ...], section: str) -> Parameter:
    row = _reference()[".".join(key)]
    kind, choices = _kind(field)
    default = None if field.is_required() else field.default
    return Parameter(
        path=".".join(path),
        key=row.path,
        section=section,
        kind=kind,
        unit=row.unit or ("0–1" if key[-1] == "share" else ""),
        description=row.description,
        default=default,
        required=field.is_required(),
        now=now,
        choices=choices,
        may_be_empty=_may_be_none(field.annotation),
        annotation=Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation,
    )


@cache
def _reference() -> dict[str, ReferenceRow]:
    return {row.path: row for row in reference_rows()}


def _is_list_of_parts(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and all(isinstance(item, BaseModel) for item in value)


def _have_ids(items: tuple[Any, ...]) -> bool:
    return all(isinstance(getattr(item, "id", None), str) for item in items)


def _item(item: Any, index: int) -> str:
    name = getattr(item, "id", None)
    return name if isinstance(name, str) and not name.isdigit() else str(index)


def _described(field: FieldInfo) -> Text:
    words = field.description or ""
    return both(words)


def _members(annotation: Any) -> tuple[Any, ...]:
    """The alternatives of an annotation, without None."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _members(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        return tuple(m for a in get_args(annotation) if a is not type(None) for m in _members(a))
    return (annotation,)


def _may_be_none(annotation: Any) -> bool:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _may_be_none(get_args(annotation)[0])
    return origin in (Union, types.UnionType) and type(None) in get_args(annotation)


def _kind(field: FieldInfo) -> tuple[Kind, tuple[str, ...]]:
    members = _members(field.annotation)
    if len(members) == 1:
        (one,) = members
        if get_origin(one) is Literal:
            return "choice", tuple(str(a) for a in get_args(one))
        plain: dict[Any, Kind] = {bool: "yes-no", int: "whole", float: "number", str: "text"}
        if one in plain:
            return plain[one], ()
        if get_origin(one) is tuple and len(get_args(one)) == 2 and Ellipsis not in get_args(one):
            return "hours", ()
    return "list", ()
