"""Every configurable key of a hotline: path, type, unit, default, meaning.

Made from the models themselves, so that the documentation's reference page cannot go stale.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass, is_dataclass
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from wfm.hotline.parts import Part
from wfm.i18n import Text

__all__ = ["ReferenceRow", "keys_under", "reference_rows"]


@dataclass(frozen=True, slots=True)
class ReferenceRow:
    """One configurable key. ``*`` in the path stands for an index or a free name."""

    path: str
    type: str
    unit: str
    default: str
    description: str
    required: bool


def reference_rows(model: type[BaseModel] | None = None) -> list[ReferenceRow]:
    """Rows for every key of ``model`` (a hotline by default), in the models' order."""
    if model is None:
        from wfm.hotline.model import Hotline

        model = Hotline
    return [
        ReferenceRow(
            path=".".join(path),
            type=_type_words(annotation, field.metadata),
            unit=_unit(path),
            default=_default_words(field),
            description=field.description or "",
            required=field.is_required(),
        )
        for path, annotation, field in _walk(model, ())
    ]


def keys_under(model: type[BaseModel], path: tuple[str | int, ...]) -> list[tuple[str, ...]]:
    """Key paths below ``path``, relative to it. Empty where the model has no such place."""
    found = []
    for full in _paths(model):
        head, tail = full[: len(path)], full[len(path) :]
        if tail and tail != ("*",) and all(a in ("*", str(b)) for a, b in zip(head, path, strict=False)):
            found.append(tail)
    return found


@cache
def _paths(model: type[BaseModel]) -> list[tuple[str, ...]]:
    return [path for path, _, _ in _walk(model, ())]


def _walk(model: type[BaseModel], above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any, FieldInfo]]:
    for name, field in model.model_fields.items():
        path = (*above, field.alias or name)
        yield path, field.annotation, field
        inner, stars = _inner_model(field.annotation)
        if inner is not None:
            yield from _walk(inner, path + stars)


def _inner_model(annotation: Any) -> tuple[type[BaseModel] | None, tuple[str, ...]]:
    """The model inside an annotation, and one ``*`` for each list or mapping around it."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, ()
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _inner_model(arguments[0])
    starred = origin in (tuple, list, dict)
    for argument in arguments:
        inner, stars = _inner_model(argument)
        if inner is not None:
            return inner, (("*", *stars) if starred else stars)
    return None, ()


_UNITS = (
    ("_per_h", "1/h"),
    ("_per_day", "1/d"),
    ("_working_days", "working days"),
    ("_share", "0–1"),
    ("_min", "min"),
    ("_h", "h"),
    ("_s", "s"),
)
_UNITS_OF = {
    "hours_per_week_min": "h",
    "hours_per_week_max": "h",
    "minimum_seats": "seats",
    "built": "seats",
    "opened": "seats",
    "circuits": "calls",
    "occupancy_max": "0–1",
    "per_answered_call": "0–1",
    "consecutive_days_max": "days",
    "consecutive_nights_max": "nights",
    "nights_per_4_weeks_max": "nights",
    "duties_per_4_weeks_max": "duties",
    "weekly_rest_days_min": "days",
    "cost_per_h": "currency/h",
    "overstaffing_cost_per_h": "currency/h",
    "understaffing_cost_per_h": "currency/h",
    "cost_per_shift": "currency",
    "shifts_max": "shifts",
    "posts_min": "posts",
    "posts_max": "posts",
    "overstaffing_max": "heads",
    "cost_per_month": "currency/month",
    "cost_of_hiring": "currency",
    "attrition_per_month": "0–1",
    "hours_per_month": "h",
    "training_h_per_month": "h/month",
    "leave_days_per_year": "days/year",
    "recruiting_months": "months",
    "ramp_up": "0–1",
    "hires_per_month_max": "people",
    "hours_settled_over_months": "months",
    "growth_per_year": "share/year",
    "reserve_probability": "0–1",
    "open_24_h": "",
    "s": "s",
}


def _unit(path: tuple[str, ...]) -> str:
    name = next((part for part in reversed(path) if part != "*"), "")
    if name in _UNITS_OF:
        return _UNITS_OF[name]
    return next((unit for ending, unit in _UNITS if name.endswith(ending)), "")


_WORDS: dict[object, str] = {str: "text", int: "whole number", float: "number", bool: "true or false", date: "date"}


def _type_words(annotation: Any, metadata: list[Any] | tuple[Any, ...] = ()) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _type_words(arguments[0], (*arguments[1:], *metadata))
    if origin in (Union, types.UnionType):
        if {str, int, float, bool} <= set(arguments):
            return "any value"
        members = [_type_words(a, metadata) for a in arguments if a is not type(None)]
        return " or ".join(members) + (" or empty" if type(None) in arguments else "")
    if origin is Literal:
        words = " | ".join(str(a) for a in arguments if a != "")
        return f"{words} or empty" if "" in arguments else words
    if origin is list:
        return f"list of ({_type_words(arguments[0])})"
    if origin is tuple:
        if Ellipsis in arguments:
            return f"list of ({_type_words(arguments[0])})"
        return "list: " + ", ".join(_type_words(a) for a in arguments)
    if origin is dict:
        return f"keys ({_type_words(arguments[0])}) with ({_type_words(arguments[1])})"
    if annotation is Text or (isinstance(annotation, type) and is_dataclass(annotation)):
        return "text in en and zh"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "keys"
    return _WORDS.get(annotation, str(annotation)) + _bounds(metadata)


def _bounds(metadata: list[Any] | tuple[Any, ...]) -> str:
    words = []
    for item in metadata:
        for rule in getattr(item, "metadata", None) or (item,):
            if isinstance(rule, annotated_types.Gt):
                words.append(f"> {rule.gt}")
            elif isinstance(rule, annotated_types.Ge):
                words.append(f"≥ {rule.ge}")
            elif isinstance(rule, annotated_types.Lt):
                words.append(f"< {rule.lt}")
            elif isinstance(rule, annotated_types.Le):
                words.append(f"≤ {rule.le}")
    return " " + ", ".join(words) if words else ""


def _default_words(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.default
    if value is None or value in ((), [], {}, ""):
        return "empty"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Part):
        return "defaults below"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return str(value)
