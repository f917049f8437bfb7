"""The values that a sweep gives a parameter: as they are, or as a proportion of the present value."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from scenarios.parameters import VARIES, Parameter
from scenarios.scenario_differences import value_text
from scenarios.typed_values import check_values
from wfm.errors import BadInput
from wfm.hotline import Hotline
from wfm.i18n import Text, both, say

__all__ = [
    "STEPS_MAX",
    "SweptParameter",
    "overrides_at",
    "percent_change",
    "point_hotline",
    "stepped",
    "value_words_of",
]

STEPS_MAX = 200


@dataclass(frozen=True, slots=True)
class SweptParameter:
    """A parameter and the values it takes."""

    path: str
    """Key path; ``*`` for all items of a list."""
    values: tuple[float, ...]
    relative: bool = False
    """Whether the values are proportions of the present value (1.1 is 10 % more)."""


def stepped(least: float, most: float, steps: int, *, whole: bool = False) -> tuple[float, ...]:
    """``steps`` values from ``least`` to ``most`` at equal distances; whole numbers without repetition.

    Raises:
        BadInput: too few or too many steps, or ends that are no numbers.
    """
    if not 1 <= steps <= STEPS_MAX:
        raise BadInput(say("steps: found {steps}, allowed are 1 to {most}", steps=steps, most=STEPS_MAX))
    if not (np.isfinite(least) and np.isfinite(most)):
        raise BadInput(say("a range needs two numbers"))
    if steps > 1 and least == most:
        raise BadInput(say("a range needs two different numbers, found {number:g} twice", number=least))
    values = np.linspace(least, most, steps)
    if whole:
        values = np.unique(np.round(values))
        values = values if least <= most else values[::-1]
    return tuple(float(f"{v:.10g}") for v in values)


def overrides_at(known: Mapping[str, Parameter], swept: SweptParameter, value: float) -> dict[str, Any]:
    """What a value of the sweep sets, by key path.

    Raises:
        BadInput: there is no such parameter, it is no number, or it has no value of which to take a proportion.
    """
    parameter = known.get(swept.path)
    if parameter is None or not parameter.numeric:
        raise BadInput(say("{path}: there is no number of this name that could be swept", path=swept.path))
    if not swept.relative:
        return {swept.path: _typed(parameter, value)}
    values = parameter.spread if parameter.now is VARIES else (parameter.now,)
    if any(v is None for v in values):
        raise BadInput(say("{path}: has no value now of which a proportion could be taken", path=swept.path))
    if parameter.now is not VARIES:
        return {swept.path: _typed(parameter, parameter.now * value)}
    head, _, tail = swept.path.partition(".*.")
    return {
        f"{head}.{item}.{tail}": _typed(parameter, v * value) for item, v in zip(parameter.items, values, strict=True)
    }


def _typed(parameter: Parameter, value: float) -> float | int:
    return round(value) if parameter.kind == "whole" else float(f"{value:.10g}")


def point_hotline(hotline: Hotline, overrides: Mapping[str, Any]) -> Hotline:
    """The hotline with these values.

    Raises:
        BadInput: a value does not fit, in one sentence that names the key.
    """
    changed, problems, rest = check_values(hotline, overrides)
    if changed is None:
        path, sentence = next(iter(problems.items()), ("", ""))
        told = f"{path} = {json.dumps(overrides[path])}: {sentence}" if path else next(iter(rest))
        raise BadInput(told)
    return changed


def percent_change(value: float) -> str:
    """A proportion as a signed change in per cent, without its unit."""
    percent = round(100 * (value - 1), 1)
    return f"{percent:+g}".replace("-", "−") if percent else "0"


def value_words_of(parameter: Parameter, swept: SweptParameter, value: float) -> Text:
    """A value of the sweep with its unit, or as a change in per cent."""
    if swept.relative:
        return both("{change} %", change=percent_change(value))
    return value_text(_typed(parameter, value), parameter.unit)
