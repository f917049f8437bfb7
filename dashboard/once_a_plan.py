"""What is worked out from a finished plan is worked out once: a plan never changes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from scenarios.plan import Plan

__all__ = ["once_a_plan"]

P = ParamSpec("P")
T = TypeVar("T")

_PLANS, _ANSWERS = 8, 64
"""Plans, the last asked for, and answers of each that are kept."""

_lock = threading.Lock()
_kept: OrderedDict[int, tuple[Plan, OrderedDict[tuple[Any, ...], Any]]] = OrderedDict()


def once_a_plan(function: Callable[Concatenate[Plan, P], T]) -> Callable[Concatenate[Plan, P], T]:
    """Keeps the function's answers with its plan. They are shared by whoever asks: nobody may change one.

    The further arguments must be hashable, and nothing else, such as the language, may decide the answer.
    """

    @wraps(function)
    def asked(plan: Plan, /, *args: P.args, **named: P.kwargs) -> T:
        key = (function, args, tuple(sorted(named.items())))
        with _lock:
            answers = _answers_of(plan)
            if key in answers:
                answers.move_to_end(key)
                found: T = answers[key]
                return found
        found = function(plan, *args, **named)
        with _lock:
            answers[key] = found
            while len(answers) > _ANSWERS:
                answers.popitem(last=False)
        return found

    return asked


def _answers_of(plan: Plan) -> OrderedDict[tuple[Any, ...], Any]:
    known = _kept.get(id(plan))
    if known is None or known[0] is not plan:
        known = _kept[id(plan)] = (plan, OrderedDict())
    _kept.move_to_end(id(plan))
    while len(_kept) > _PLANS:
        _kept.popitem(last=False)
    return known[1]
